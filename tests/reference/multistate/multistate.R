# Reference results for multi-state models and time-dependent exposure. Run in this directory:
#   Rscript multistate.R
# Made with R 4.2.2, survival 3.5-3, etm 1.1.1, KMsurv 0.1-5 (all from Debian 12).
# Writes data/wander.csv, data/bmt137.csv, data/faults.csv and multistate.json.
# survfit of survival 3.5-3 leaves the sampling of the initial distribution out of its standard errors unless
# influence = TRUE, and etm 1.1.1 sets negative covariances to zero: the first is asked for, the second not compared.
suppressMessages({library(survival); library(etm); library(jsonlite)})

write_data <- function(d, name) write.csv(d, file.path("data", name), row.names = FALSE, quote = FALSE)

# --- subjects who wander between four states, the last one absorbing ------------------------------------------
RNGversion("4.2.0"); set.seed(20262)
wander <- do.call(rbind, lapply(1:60, function(i) {
  now <- if (runif(1) < 0.4) sample(1:6, 1) else 0
  state <- 0; first <- sample(0:2, 1); weight <- round(runif(1, 0.3, 4), 3); rows <- NULL
  for (k in 1:7) {
    stay <- sample(1:9, 1); moves <- runif(1) < 0.75
    target <- if (moves) sample(setdiff(0:3, state), 1) else NA
    rows <- rbind(rows, data.frame(subject = i, start = now, stop = now + stay, from = paste0("s", state),
                                   to = ifelse(moves, paste0("s", target), "censored"), weight = weight,
                                   group = ifelse(i %% 2 == 0, "even", "odd")))
    now <- now + stay
    if (!moves || target == 3) break
    state <- target
  }
  rows
}))
# The same histories with other starts: the first state of each subject is replaced where no transition forbids it.
wander$mixed <- wander$from
for (i in unique(wander$subject)) {
  r <- which(wander$subject == i)[1]
  other <- sample(c("s0", "s1", "s2"), 1)
  if (other != wander$to[r]) wander$mixed[r] <- other
}
write_data(wander, "wander.csv")
wander$event <- factor(wander$to, c("censored", "s0", "s1", "s2", "s3"))
all_states <- paste0("s", 0:3)

steps <- function(fit, times) {
  k <- findInterval(times, fit$time)
  column <- match(all_states, fit$states)
  pick <- function(m) { m <- matrix(m, nrow = length(fit$time)); out <- m[pmax(k, 1), , drop = FALSE]; out[k == 0, ] <- NA; out[, column, drop = FALSE] }
  out <- list(time = times, estimate = pick(fit$pstate), std_err = pick(fit$std.err))
  if (!is.null(fit$lower)) out <- c(out, list(lower = pick(fit$lower), upper = pick(fit$upper)))
  out
}
days <- c(3, 7, 12, 20, 30)
origin <- subset(wander, !(subject %in% subset(wander, start > 0 & !duplicated(subject))$subject))
result <- list(versions = list(R = R.version.string, survival = as.character(packageVersion("survival")),
                               etm = as.character(packageVersion("etm"))))
aj <- function(d, ...) { d$one <- 1; aj_weighted(d, "one", ...) }
aj_weighted <- function(d, column, ...) {
  d$w <- d[[column]]
  survfit(Surv(start, stop, event) ~ 1, data = d, id = subject, istate = from, weights = w, ...)
}
for (type in c("log-log", "log", "plain", "logit", "arcsin"))
  result$occupancy[[type]] <- steps(aj(origin, conf.type = type), days)
result$occupancy_entry <- steps(aj(wander, conf.type = "log-log"), days)
result$occupancy_weight <- steps(aj_weighted(origin, "weight", conf.type = "log-log"), days)
result$occupancy_entry_weight <- steps(aj_weighted(wander, "weight", conf.type = "log-log"), days)
result$occupancy_mixed <- steps(survfit(Surv(start, stop, event) ~ 1, data = wander, id = subject, istate = mixed,
                                        influence = TRUE, conf.type = "log-log"), days)
result$occupancy_mixed_weight <- steps(survfit(Surv(start, stop, event) ~ 1, data = wander, id = subject,
                                       istate = mixed, weights = weight, influence = TRUE), days)
result$occupancy_known <- steps(survfit(Surv(start, stop, event) ~ 1, data = wander, id = subject, istate = mixed,
                                        p0 = c(0.5, 0.3, 0.2, 0)), days)
for (g in c("even", "odd"))
  result$occupancy_group[[g]] <- steps(aj(subset(wander, group == g), conf.type = "log-log"), days)
landmark <- subset(wander, stop > 8)
inside <- with(subset(wander, start <= 8 & stop > 8 & from == "s1"), subject)
landmark <- subset(landmark, subject %in% inside); landmark$start <- pmax(landmark$start, 8)
result$landmark_from_s1 <- steps(aj(landmark, conf.type = "log-log"), c(12, 20, 30))

area <- function(fit, tau) {  # integral of p(t) and its standard error from the influence of each subject
  edges <- c(0, fit$time[fit$time < tau], tau); k <- seq_len(length(edges) - 1)
  p <- rbind(fit$p0, fit$pstate)[k, , drop = FALSE]; width <- diff(edges)
  inf <- fit$influence.pstate
  total <- sapply(seq_along(fit$states), function(s) inf[, k, s] %*% width)
  column <- match(all_states, fit$states)
  list(estimate = colSums(p * width)[column], std_err = sqrt(colSums(total^2))[column])
}
for (tau in c(10, 25))
  result$time_in_state[[as.character(tau)]] <- area(aj(wander, influence = TRUE), tau)
result$time_in_state_mixed <- area(survfit(Surv(start, stop, event) ~ 1, data = wander, id = subject,
                                           istate = mixed, influence = TRUE), 25)

# --- transition probabilities ---------------------------------------------------------------------------------
tra <- matrix(TRUE, 4, 4); diag(tra) <- FALSE; tra[4, ] <- FALSE
transition <- function(d, s, times) {
  x <- data.frame(id = d$subject, entry = d$start, exit = d$stop, from = d$from,
                  to = ifelse(d$to == "censored", "cens", d$to))
  fit <- suppressWarnings(etm(x, all_states, tra, "cens", s = s, t = "last", covariance = TRUE))
  k <- findInterval(times, fit$time)
  variance <- function(i) matrix(diag(fit$cov[, , i]), 4, 4)
  list(start = s, time = times, estimate = lapply(k, function(i) unname(fit$est[, , i])),
       variance = lapply(k, variance), covariance_last = unname(fit$cov[, , k[length(k)]]))
}
result$transition_0 <- transition(origin, 0, days)
result$transition_8_entry <- transition(wander, 8, c(12, 20, 30))

# --- 137 transplants: acute GVHD, then relapse or death --------------------------------------------------------
data(bmt, package = "KMsurv")
course <- data.frame(group = bmt$group, time = bmt$t2, cause = ifelse(bmt$d2 == 1, 1, ifelse(bmt$d3 == 1, 2, 0)),
                     agvhd = ifelse(bmt$da == 1 & bmt$ta < bmt$t2, bmt$ta, NA),
                     platelets = ifelse(bmt$dp == 1 & bmt$tp < bmt$t2, bmt$tp, NA), dead = bmt$d1, os = bmt$t1)
write_data(course, "bmt137.csv")
course$id <- seq_len(nrow(course)); course$end <- factor(ifelse(course$cause > 0, 1, 0))
ill <- tmerge(course, course, id = id, gone = event(time, cause > 0), sick = tdc(agvhd), well = tdc(platelets))
ill$ev <- with(ill, ifelse(gone == 1, "dead", "censored"))
x <- tmerge(course, course, id = id, gone = event(time, 2 * (cause > 0)), gone = event(agvhd, rep(1, nrow(course))))
x$event <- factor(x$gone, 0:2, c("censored", "ill", "dead"))
fit <- survfit(Surv(tstart, tstop, event) ~ 1, data = x, id = id, conf.type = "log-log")
k <- findInterval(c(30, 60, 100, 365, 730), fit$time); column <- match(c("(s0)", "ill", "dead"), fit$states)
result$illness_death <- list(time = c(30, 60, 100, 365, 730), estimate = fit$pstate[k, column],
  std_err = fit$std.err[k, column], lower = fit$lower[k, column], upper = fit$upper[k, column])
edata <- data.frame(id = x$id, entry = x$tstart, exit = x$tstop, from = NA, to = as.character(x$event))
edata$from <- ifelse(!duplicated(edata$id), "healthy", "ill")
edata$to[edata$to == "censored"] <- "cens"
tri <- matrix(c(FALSE, FALSE, FALSE, TRUE, FALSE, FALSE, TRUE, TRUE, FALSE), 3, 3)
fit <- etm(edata, c("healthy", "ill", "dead"), tri, "cens", s = 0, covariance = TRUE)
k <- findInterval(c(30, 60, 100, 365, 730), fit$time)
result$illness_death_etm <- list(estimate = lapply(k, function(i) unname(fit$est[, , i])),
  variance = lapply(k, function(i) matrix(diag(fit$cov[, , i]), 3, 3)))

# --- time-dependent exposure: acute GVHD, the ties of tmerge ----------------------------------------------------
sm <- survfit(Surv(tstart, tstop, gone) ~ sick, data = ill, conf.type = "log-log")
for (i in 1:2) {
  s <- summary(sm[i], times = c(30, 60, 100, 365, 730), extend = TRUE)
  result$simon_makuch[[c("unexposed", "exposed")[i]]] <- list(estimate = s$surv, std_err = s$std.err,
    lower = s$lower, upper = s$upper)
}
# With exact ties the score test of the Cox model is the Mantel-Haenszel (log-rank) test of the rows.
result$mantel_byar_R <- unname(coxph(Surv(tstart, tstop, gone) ~ sick, data = ill, ties = "exact")$score)
ill2 <- ill; whole <- ill2$tstart > 0; ill2$tstart[whole] <- ill2$tstart[whole] - 0.5   # Z(t) = 1 for t >= day
moved <- c(ill2$id[-1] == ill2$id[-nrow(ill2)], FALSE); ill2$tstop[moved] <- ill2$tstop[moved] - 0.5
result$mantel_byar_textbook <- unname(coxph(Surv(tstart, tstop, gone) ~ sick, data = ill2, ties = "exact")$score)
result$tmerge <- list(id = ill$id, start = ill$tstart, stop = ill$tstop, event = as.integer(ill$gone),
                      sick = ill$sick, well = ill$well)
result$tmerge_tcount <- attr(ill, "tcount")

# --- tmerge with several values, cumulative counts and facts outside the follow-up -------------------------------
base <- data.frame(id = 1:4, from = c(0, 0, 5, 2), to = c(10, 12, 20, 9), status = c(1, 0, 1, 1))
facts <- data.frame(id = c(1, 1, 1, 2, 2, 3, 3, 4, 4, 4), day = c(0, 4, 10, -1, 6, 3, 8, 9, 11, 5),
                    level = c(5, 7, 9, 1, 2, 30, 31, 8, 9, 6))
m <- tmerge(base, base, id = id, tstart = from, tstop = to, event = event(to, status))
m <- tmerge(m, facts, id = id, level = tdc(day, level, -99), number = cumtdc(day, level, 0))
result$tmerge_values <- list(id = m$id, start = m$tstart, stop = m$tstop, event = m$event, level = m$level,
                             number = m$number, tcount = attr(m, "tcount"))

# --- survcheck ----------------------------------------------------------------------------------------------------
faults <- data.frame(subject = c(1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6), start = c(0, 5, 0, 4, 0, 6, 0, 5, 0, 7, 0),
  stop = c(5, 8, 5, 9, 5, 9, 5, 9, 5, 9, 3), from = c("a", "b", "a", "a", "a", "a", "a", "a", "a", "a", "a"),
  to = c("censored", "censored", "censored", "b", "b", "c", "b", "c", "censored", "c", "b"))
write_data(faults, "faults.csv")
check <- survcheck(Surv(start, stop, factor(to, c("censored", "b", "c"))) ~ 1, faults, id = subject, istate = from)
result$survcheck <- list(flag = as.list(check$flag), jump = check$jump$row, gap = check$gap$row,
  overlap = check$overlap$row, teleport = check$teleport$row)

write_json(result, "multistate.json", digits = I(17), auto_unbox = TRUE, na = "null", matrix = "rowmajor")
