# Writes cox.json: Cox models, curves, residuals, tests of proportional hazards and concordance of R survival
# on rows.csv and bmtcrr.csv, with R's iterations run to the last digits. Run from this folder: Rscript cox.R
suppressMessages({library(survival); library(jsonlite)})
tight <- coxph.control(eps = 1e-14, iter.max = 100, toler.chol = 1e-15)
rows <- read.csv("rows.csv", stringsAsFactors = TRUE)
rows$copies <- as.numeric(rows$copies)  # cox.zph of survival 3.5-3 fails on integer weights
bmt <- read.csv("bmtcrr.csv", stringsAsFactors = TRUE)
bmt$Phase <- relevel(bmt$Phase, "Relapse")
bmt$event <- as.integer(bmt$Status > 0)

model <- function(fit) list(
  coef = unname(coef(fit)), var = unname(fit$var), naive = unname(if (is.null(fit$naive.var)) fit$var else fit$naive.var),
  loglik = fit$loglik, score = unname(fit$score), rscore = unname(fit$rscore), wald = unname(fit$wald.test),
  martingale = unname(residuals(fit, "martingale")))
residual_kinds <- function(fit) list(
  deviance = unname(residuals(fit, "deviance")), score_rows = unname(residuals(fit, "score")),
  dfbeta = unname(residuals(fit, "dfbeta")), dfbetas = unname(residuals(fit, "dfbetas")),
  schoenfeld = unname(residuals(fit, "schoenfeld")), scaledsch = unname(residuals(fit, "scaledsch")))
zph <- function(fit, ...) list(
  km = unname(cox.zph(fit, "km", ...)$table), rank = unname(cox.zph(fit, "rank", ...)$table),
  identity = unname(cox.zph(fit, "identity", ...)$table), log = unname(cox.zph(fit, "log", ...)$table))
conc <- function(fit, ...) { k <- concordance(fit, ...); list(estimate = unname(k$concordance), std_err = sqrt(unname(k$var)), count = as.matrix(k$count)) }
curve <- function(fit, new) { s <- survfit(fit, newdata = new, conf.type = "log-log", censor = FALSE)
  list(time = s$time, strata = unname(s$strata), surv = unname(as.matrix(s$surv)), std_err = unname(as.matrix(s$std.err)),
       lower = unname(as.matrix(s$lower)), upper = unname(as.matrix(s$upper)), cumhaz = unname(as.matrix(s$cumhaz))) }

right <- Surv(time, event) ~ age + female + dose
late <- Surv(entry, time, event) ~ age + female + dose
new <- data.frame(age = c(30, 60), female = c(0, 1), dose = c(1, 4))
out <- list(made_with = list(R = R.version.string, survival = as.character(packageVersion("survival"))))
for (ties in c("efron", "breslow")) {
  fits <- list(
    right = coxph(right, rows, ties = ties, control = tight),
    late = coxph(late, rows, ties = ties, control = tight),
    strata = coxph(update(late, . ~ . + strata(stratum)), rows, ties = ties, control = tight),
    weights = coxph(right, rows, weights = weight, robust = FALSE, ties = ties, control = tight),
    iptw = coxph(late, rows, weights = weight, ties = ties, control = tight, cluster = seq_len(nrow(rows))),
    cluster = coxph(late, rows, cluster = cluster, ties = ties, control = tight),
    everything = coxph(update(late, . ~ . + strata(stratum)), rows, weights = weight, cluster = cluster, ties = ties, control = tight),
    copies = coxph(right, rows, weights = copies, robust = FALSE, ties = ties, control = tight))
  out[[ties]] <- lapply(fits, function(f) c(model(f), list(zph = zph(f), concordance = conc(f))))
  for (name in c("right", "everything")) out[[ties]][[name]] <- c(out[[ties]][[name]], residual_kinds(fits[[name]]))
  for (name in c("right", "late", "weights", "iptw", "cluster"))
    out[[ties]][[name]]$curve <- curve(fits[[name]], new)
  out[[ties]]$strata$curve <- curve(fits$strata, cbind(new, stratum = c("B", "B")))
}
factor_fit <- coxph(Surv(time, event) ~ age + arm, rows, control = tight)
out$factor <- c(model(factor_fit), list(zph = unname(cox.zph(factor_fit, "km")$table)))
out$uno <- conc(coxph(right, rows, control = tight), timewt = "n/G2")
out$horizon <- conc(coxph(right, rows, control = tight), ymax = 20)
small <- rows[seq_len(60), ]
out$exact <- list(
  right = model(coxph(right, small, ties = "exact", control = tight)),
  late = model(coxph(update(late, . ~ . + strata(stratum)), rows, ties = "exact", control = tight)))
bmt_fit <- coxph(Surv(ftime, event) ~ Age + Sex + D + Phase + Source, bmt, control = tight)
out$bmtcrr <- c(model(bmt_fit), list(zph = unname(cox.zph(bmt_fit, "km")$table), concordance = conc(bmt_fit)))
basehaz_mean <- basehaz(coxph(right, rows, control = tight))
out$basehaz <- list(hazard = basehaz_mean$hazard, time = basehaz_mean$time)
write_json(out, "cox.json", digits = NA, auto_unbox = TRUE, null = "null")
