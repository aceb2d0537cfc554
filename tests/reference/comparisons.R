# Reference results for areas, fixed times, conditional survival, permutation, trend and pairs.
# Run in this directory, after nonparametric.R: Rscript comparisons.R   Writes comparisons.json.
suppressMessages({library(survival); library(cmprsk); library(jsonlite)})
bmt137 <- read.csv("data/bmt137.csv")
made <- read.csv("data/made.csv")
out <- list()

# Area under each curve to tau, with the infinitesimal jackknife of survfit (influence of every patient).
# state 2 is the first cause.
area <- function(d, tau, weights = NULL, entry = NULL) {
  n <- nrow(d)
  d$status <- factor(d$cause, 0:max(d$cause))
  d$id <- seq_len(n)
  d$w <- if (is.null(weights)) rep(1, n) else weights
  f <- if (is.null(entry)) survfit(Surv(time, status) ~ 1, d, weights = w, id = id, influence = 1) else
    survfit(Surv(entry, time, status) ~ 1, d, weights = w, id = id, influence = 1)
  keep <- f$time < tau
  width <- diff(c(f$time[keep], tau))
  estimate <- apply(f$pstate[keep, , drop = FALSE] * width, 2, sum)
  influence <- f$influence.pstate           # patient x time x state
  if (dim(influence)[2] == length(f$time) + 1) influence <- influence[, -1, , drop = FALSE]
  each <- apply(influence[, keep, , drop = FALSE], 3, function(x) x %*% width)
  # survfit counts the influence per unit weight or with it; tell which from its own standard error
  se <- sqrt(colSums(influence[, sum(keep), ]^2))
  scaled <- isTRUE(all.equal(se[-1], f$std.err[sum(keep), -1]))
  if (!scaled) {
    each <- each * d$w
    stopifnot(isTRUE(all.equal(sqrt(colSums((influence[, sum(keep), ] * d$w)^2))[-1], f$std.err[sum(keep), -1])))
  }
  list(estimate = estimate[-1], std_err = sqrt(colSums(each^2))[-1],
       free = estimate[1] + min(f$time), free_std_err = sqrt(colSums(each^2))[1])
}
groups <- split(bmt137, bmt137$group)
out$lost_bmt137 <- lapply(groups, area, tau = 730)
out$lost_weight <- lapply(split(made, made$group), function(d) area(d, 300, weights = d$weight))
out$lost_entry <- lapply(split(made, made$group), function(d) area(d, 300, entry = TRUE))
out$lost_entry_weight <- lapply(split(made, made$group), function(d) area(d, 300, weights = d$weight, entry = TRUE))

# Difference and ratio of restricted means of two groups (as survRM2 defines them)
rmst <- summary(survfit(Surv(os_time, dead) ~ group, bmt137), rmean = 730)$table
m <- unname(rmst[, "rmean"]); s <- unname(rmst[, "se(rmean)"])
z <- qnorm(0.975)
out$rmst_difference <- list(estimate = m[2] - m[1], lower = m[2] - m[1] - z * sqrt(s[2]^2 + s[1]^2),
  p = 2 * pnorm(-abs(m[2] - m[1]) / sqrt(s[2]^2 + s[1]^2)))
lr <- sqrt((s[2] / m[2])^2 + (s[1] / m[1])^2)
out$rmst_ratio <- list(estimate = m[2] / m[1], upper = exp(log(m[2] / m[1]) + z * lr))

# Fixed-time comparison (Klein et al. 2007) by the delta method
klein <- function(p, se) {
  g <- list(plain = function(p) c(p, 1), log = function(p) c(log(p), 1 / p),
            `log-log` = function(p) c(log(-log(p)), 1 / (p * log(p))),
            logit = function(p) c(qlogis(p), 1 / (p * (1 - p))),
            arcsin = function(p) c(asin(sqrt(p)), 1 / (2 * sqrt(p * (1 - p)))))
  sapply(g, function(f) {
    t <- sapply(p, f)
    v <- diag((t[2, ] * se)^2)
    k <- length(p)
    cc <- cbind(1, -diag(k - 1))
    d <- cc %*% t[1, ]
    drop(t(d) %*% solve(cc %*% v %*% t(cc)) %*% d)
  })
}
s365 <- summary(survfit(Surv(os_time, dead) ~ group, bmt137), times = 365)
out$fixed_survival <- as.list(klein(s365$surv, s365$std.err))
ci <- cuminc(bmt137$time, bmt137$cause, bmt137$group); ci$Tests <- NULL
tp <- timepoints(ci, 365)
out$fixed_incidence <- as.list(klein(tp$est[1:3], sqrt(tp$var[1:3])))

# Survival given event-free at day 180
late <- bmt137[bmt137$os_time > 180, ]
f <- survfit(Surv(rep(180, nrow(late)), os_time, dead) ~ group, late, conf.type = "log-log")
s <- summary(f, times = c(365, 730, 1500), extend = TRUE)
out$conditional <- list(estimate = s$surv, std_err = s$std.err, lower = s$lower, upper = s$upper)

# Trend and pairs
fit <- survdiff(Surv(os_time, dead) ~ group, bmt137)
a <- 1:3
out$trend <- sum(a * (fit$obs - fit$exp))^2 / drop(a %*% fit$var %*% a)
pairs <- list(c(1, 2), c(1, 3), c(2, 3))
raw <- sapply(pairs, function(p) {
  d <- bmt137[bmt137$group %in% p, ]
  survdiff(Surv(os_time, dead) ~ group, d)$pvalue
})
out$pairs <- list(raw = raw, holm = p.adjust(raw, "holm"), hochberg = p.adjust(raw, "hochberg"), BH = p.adjust(raw, "BH"))
p <- c(0.01, 0.04, 0.03, 0.005, 0.02, NA, 0.9, 0.04)
out$adjust <- lapply(setNames(nm = c("holm", "hochberg", "BH", "bonferroni")), function(m) p.adjust(p, m))

# All relabellings of 10 patients
small <- data.frame(time = c(3, 5, 5, 8, 10, 12, 15, 20, 22, 30), cause = c(1, 2, 1, 0, 1, 2, 1, 0, 1, 0),
                    group = c(1, 1, 1, 1, 2, 1, 2, 2, 2, 2))
stat <- function(g) c(survdiff(Surv(time, cause > 0) ~ g, small)$chisq, cuminc(small$time, small$cause, g)$Tests[1, 1])
observed <- stat(small$group)
all <- apply(combn(10, 5), 2, function(i) stat(replace(rep(2, 10), i, 1)))
out$permutation <- list(statistic = observed, p = rowMeans(all >= observed * (1 - 1e-9)), n = ncol(all))

header <- list(script = "comparisons.R", R = R.version.string,
               packages = lapply(setNames(nm = c("survival", "cmprsk", "jsonlite")), function(p) as.character(packageVersion(p))))
write(toJSON(c(list(header = header), out), digits = I(15), auto_unbox = TRUE, na = "null", pretty = 1), "comparisons.json")
