# Reference results for the nonparametric statistics. Run in this directory:
#   Rscript nonparametric.R
# Writes data/bmt137.csv, data/cmprsk_example.csv, data/made.csv and nonparametric.json.
suppressMessages({library(survival); library(cmprsk); library(jsonlite)})

write_data <- function(d, name) write.csv(d, file.path("data", name), row.names = FALSE, quote = FALSE)

bmtcrr <- read.csv("data/bmtcrr.csv")
data(bmt, package = "KMsurv")
bmt137 <- data.frame(group = bmt$group, time = bmt$t2, cause = ifelse(bmt$d2 == 1, 1, ifelse(bmt$d3 == 1, 2, 0)),
                     os_time = bmt$t1, dead = bmt$d1, mtx = bmt$z10)
write_data(bmt137, "bmt137.csv")

suppressWarnings(RNGversion("1.6.2")); set.seed(2)
ss <- rexp(100); gg <- factor(sample(1:3, 100, replace = TRUE), 1:3, c("a", "b", "c"))
cc <- sample(0:2, 100, replace = TRUE); strt <- sample(1:2, 100, replace = TRUE)
example <- data.frame(time = sprintf("%.17g", ss), cause = cc, group = gg, stratum = strt)
write_data(example, "cmprsk_example.csv")

RNGversion("4.2.0"); set.seed(20261)
n <- 160
made <- data.frame(group = sample(c("A", "B", "C"), n, TRUE), stratum = sample(1:3, n, TRUE))
made$entry <- ifelse(runif(n) < 0.5, 0, floor(rexp(n, 1 / 40)))
made$time <- made$entry + ceiling(rexp(n, 1 / 150))
made$cause <- sample(0:3, n, TRUE, c(0.35, 0.3, 0.25, 0.1))
made$whole <- sample(1:3, n, TRUE)
made$weight <- round(runif(n, 0.3, 4), 4)
made$id <- seq_len(n)
write_data(made, "made.csv")

km <- function(fit, times) {
  s <- summary(fit, times = times, extend = TRUE)
  list(time = s$time, estimate = s$surv, std_err = s$std.err, lower = s$lower, upper = s$upper,
       at_risk = s$n.risk, group = if (is.null(s$strata)) NULL else sub(".*=", "", as.character(s$strata)))
}
# summary.survfitms of survival 3.5-3 fails on some of these curves, so the steps are looked up here.
aj <- function(fit, times) {
  rows <- if (is.null(fit$strata)) list(all = seq_along(fit$time)) else
    setNames(split(seq_along(fit$time), rep(seq_along(fit$strata), fit$strata)), sub(".*=", "", names(fit$strata)))
  lapply(rows, function(r) {
    i <- r[pmax(findInterval(times, fit$time[r]), 1)]
    seen <- findInterval(times, fit$time[r]) > 0
    pick <- function(x) { y <- array(x, dim(fit$pstate))[i, -1, drop = FALSE]; y[!seen, ] <- NA; unname(y) }
    list(time = times, estimate = pick(fit$pstate), std_err = pick(fit$std.err), lower = pick(fit$lower), upper = pick(fit$upper))
  })
}
quant <- function(fit, p) {
  q <- quantile(fit, p)
  list(p = p, estimate = q$quantile, lower = q$lower, upper = q$upper)
}
gray <- function(...) { x <- cuminc(...)$Tests; list(statistic = x[, 1], p = x[, 2], df = x[, 3], cause = rownames(x)) }
points <- function(fit, times) {
  fit$Tests <- NULL
  x <- timepoints(fit, times)
  list(curve = rownames(x$est), time = times, estimate = unname(x$est), variance = unname(x$var))
}
diff_test <- function(fit) list(statistic = fit$chisq, observed = fit$obs, expected = fit$exp, variance = fit$var)
types <- c("log-log", "log", "plain", "logit", "arcsin")
out <- list()

# Kaplan-Meier, every interval type, three groups and one
days <- c(50, 100, 365, 730, 1500, 2700)
out$km_bmt137 <- lapply(setNames(types, types), function(type)
  km(survfit(Surv(os_time, dead) ~ group, bmt137, conf.type = type), days))
out$km_bmtcrr <- lapply(setNames(types, types), function(type)
  km(survfit(Surv(ftime, Status != 0) ~ D, bmtcrr, conf.type = type), c(1, 6, 12, 24, 60)))
out$quantile_bmt137 <- lapply(setNames(types, types), function(type)
  quant(survfit(Surv(os_time, dead) ~ group, bmt137, conf.type = type), c(0.1, 0.25, 0.5, 0.75)))
plateau <- data.frame(time = c(1, 2, 3, 4, 5, 6, 7, 8), dead = c(1, 1, 1, 1, 0, 0, 0, 1))
out$quantile_plateau <- quant(survfit(Surv(time, dead) ~ 1, plateau, conf.type = "log"), c(0.25, 0.5, 0.75))
out$quantile_end <- quant(survfit(Surv(1:4, c(1, 1, 0, 0)) ~ 1, conf.type = "plain"), c(0.25, 0.5, 0.6))
out$hazard_bmt137 <- {
  s <- summary(survfit(Surv(os_time, dead) ~ group, bmt137, ctype = 1), times = days, extend = TRUE)
  list(estimate = s$cumhaz, std_err = s$std.chaz)
}
out$rmst_bmt137 <- {
  m <- summary(survfit(Surv(os_time, dead) ~ group, bmt137), rmean = 730)$table
  list(estimate = unname(m[, "rmean"]), std_err = unname(m[, "se(rmean)"]))
}
out$rmst_bmt137_all <- {
  m <- summary(survfit(Surv(os_time, dead) ~ 1, bmt137), rmean = 730)$table
  list(estimate = unname(m["rmean"]), std_err = unname(m["se(rmean)"]))
}
out$follow_up_bmt137 <- quant(survfit(Surv(os_time, 1 - dead) ~ group, bmt137, conf.type = "log-log"), 0.5)

# Aalen-Johansen: cmprsk and survfit
out$cif_bmt137_cmprsk <- points(cuminc(bmt137$time, bmt137$cause, bmt137$group), days)
out$cif_bmtcrr_cmprsk <- points(cuminc(bmtcrr$ftime, bmtcrr$Status, bmtcrr$D), c(1, 6, 12, 24, 60))
out$cif_example_cmprsk <- points(cuminc(ss, cc, gg), c(0.1, 0.5, 1, 2))
out$cif_bmt137_all_cmprsk <- points(cuminc(bmt137$time, bmt137$cause), c(100, 365))
out$cif_bmt137_survfit <- lapply(setNames(types, types), function(type)
  aj(survfit(Surv(time, factor(cause, 0:2)) ~ group, bmt137, conf.type = type), days))
out$cif_bmt137_all_survfit <- aj(survfit(Surv(time, factor(cause, 0:2)) ~ 1, bmt137, conf.type = "log-log"), c(100, 365))

# Delayed entry and weights
stops <- c(20, 60, 120, 240, 400)
out$km_entry <- km(survfit(Surv(entry, time, cause != 0) ~ group, made, conf.type = "log-log"), stops)
out$km_whole <- km(survfit(Surv(time, cause != 0) ~ group, made, weights = whole, conf.type = "log-log"), stops)
out$km_weight <- km(survfit(Surv(time, cause != 0) ~ group, made, weights = weight, conf.type = "log-log"), stops)
out$cif_weight <- aj(survfit(Surv(time, factor(cause, 0:3)) ~ group, made, weights = weight, id = id,
                             conf.type = "log-log"), stops)
out$cif_entry <- aj(survfit(Surv(entry, time, factor(cause, 0:3)) ~ group, made, id = id,
                            conf.type = "log-log"), stops)
out$km_entry_weight <- km(survfit(Surv(entry, time, cause != 0) ~ group, made, weights = weight, id = id,
                                  robust = TRUE, conf.type = "log-log"), stops)
out$cif_entry_weight <- aj(survfit(Surv(entry, time, factor(cause, 0:3)) ~ group, made, weights = weight, id = id,
                                   conf.type = "log-log"), stops)

# Log-rank family
for (rho in c(0, 0.5, 1)) {
  out[[paste0("logrank_bmt137_rho", rho)]] <- diff_test(survdiff(Surv(os_time, dead) ~ group, bmt137, rho = rho))
  out[[paste0("logrank_strata_rho", rho)]] <-
    diff_test(survdiff(Surv(os_time, dead) ~ group + strata(mtx), bmt137, rho = rho))
}
out$logrank_bmtcrr <- diff_test(survdiff(Surv(ftime, Status == 1) ~ Phase, bmtcrr))
out$logrank_entry <- { # score test of a Cox model with exact handling of the same risk sets, no ties in d
  d <- made[!duplicated(made$time), ]
  f <- coxph(Surv(entry, time, cause != 0) ~ group, d, ties = "breslow")
  list(score = unname(f$score), rows = d$id)
}

# Gray
out$gray_bmtcrr <- gray(bmtcrr$ftime, bmtcrr$Status, bmtcrr$D)
out$gray_bmtcrr_phase <- gray(bmtcrr$ftime, bmtcrr$Status, bmtcrr$Phase)
out$gray_bmtcrr_phase_rho1 <- gray(bmtcrr$ftime, bmtcrr$Status, bmtcrr$Phase, rho = 1)
out$gray_bmt137 <- gray(bmt137$time, bmt137$cause, bmt137$group)
out$gray_bmt137_strata <- gray(bmt137$time, bmt137$cause, bmt137$group, bmt137$mtx)
out$gray_bmt137_strata_rho <- gray(bmt137$time, bmt137$cause, bmt137$group, bmt137$mtx, rho = 0.5)
out$gray_example <- gray(ss, cc, gg)
out$gray_example_strata <- gray(ss, cc, gg, strt)
out$gray_made <- gray(made$time, made$cause, made$group, made$stratum)
# One group runs out of patients, all with the event: the pooled incidence of cmprsk then passes 1.
ended <- data.frame(time = 1:10, cause = c(1, 1, 1, 1, 1, 1, 1, 1, 1, 2), group = c(1, 1, 1, 2, 1, 2, 2, 2, 2, 2))
out$gray_ended <- c(gray(ended$time, ended$cause, ended$group), list(rows = as.list(ended)))
months <- ceiling(bmt137$time / 30.4375)
out$gray_months <- gray(months, bmt137$cause, bmt137$group)
out$cif_months_cmprsk <- points(cuminc(months, bmt137$cause), c(3, 12))

# Exact proportions
out$binomial <- lapply(list(c(0, 8), c(8, 8), c(3, 8), c(29, 137)), function(x) {
  b <- binom.test(x[1], x[2]); list(events = x[1], n = x[2], lower = b$conf.int[1], upper = b$conf.int[2]) })

header <- list(script = "nonparametric.R", R = R.version.string,
               packages = lapply(setNames(nm = c("survival", "cmprsk", "KMsurv", "jsonlite")),
                                 function(p) as.character(packageVersion(p))))
write(toJSON(c(list(header = header), out), digits = I(17), auto_unbox = TRUE, na = "null", pretty = 1), "nonparametric.json")
