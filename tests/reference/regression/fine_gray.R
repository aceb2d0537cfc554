# Writes fine_gray.json: Fine-Gray models of R cmprsk::crr on rows.csv and bmtcrr.csv, with crr's iterations run
# to the last digits. Run from this folder: Rscript fine_gray.R
suppressMessages({library(survival); library(cmprsk); library(jsonlite)})
rows <- read.csv("rows.csv", stringsAsFactors = TRUE)
bmt <- read.csv("bmtcrr.csv", stringsAsFactors = TRUE)
bmt$Phase <- relevel(bmt$Phase, "Relapse")
x <- as.matrix(rows[c("age", "female", "dose")])
# crr's line search gives up when round-off hides the gain, so one more Newton step is taken from its own score
tight <- function(...) {
  fit <- crr(..., gtol = 1e-13, maxiter = 100)
  crr(..., init = unname(fit$coef) + solve(fit$inf, fit$score), maxiter = 0)
}
model <- function(fit) list(coef = unname(fit$coef), var = unname(fit$var), loglik = fit$loglik, null = fit$loglik.null,
  invinf = unname(fit$invinf), uftime = fit$uftime, bfitj = fit$bfitj)
out <- list(made_with = list(R = R.version.string, cmprsk = as.character(packageVersion("cmprsk")), survival = as.character(packageVersion("survival"))))

plain <- tight(rows$time, rows$cause, x)
out$plain <- c(model(plain), list(predict = unclass(predict(plain, rbind(c(30, 0, 1), c(60, 1, 4))))))
out$cause2 <- model(tight(rows$time, rows$cause, x, failcode = 2))
out$cengroup <- model(tight(rows$time, rows$cause, x, cengroup = rows$centre))
out$uncensored <- model(tight(rows$time[rows$cause > 0], rows$cause[rows$cause > 0], x[rows$cause > 0, ]))
interacted <- tight(rows$time, rows$cause, x, cov2 = cbind(x[, "female"], x[, "female"], x[, "age"]),
                    tf = function(t) cbind(t, log(t), t))
out$interacted <- c(model(interacted), list(predict = unclass(predict(interacted, rbind(c(30, 0, 1), c(60, 1, 4)), cbind(c(0, 1), c(0, 1), c(30, 60))))))
only <- tight(rows$time, rows$cause, cov2 = x[, "female"], tf = function(t) t, cengroup = rows$centre)
out$only_interacted <- model(only)
# case weights: every row as often as its column "copies" says
again <- rep(seq_len(nrow(rows)), rows$copies)
out$copies <- model(tight(rows$time[again], rows$cause[again], x[again, ]))
# continuous times: no ties at all
set.seed(7)
jitter <- rows$time + runif(nrow(rows)) / 2
out$continuous <- c(model(tight(jitter, rows$cause, x)), list(time = jitter))

b <- model.matrix(~ Age + Sex + D + Phase + Source, bmt)[, -1]
out$bmtcrr <- c(model(tight(bmt$ftime, bmt$Status, b)), list(terms = colnames(b)))
out$bmtcrr2 <- model(tight(bmt$ftime, bmt$Status, b, failcode = 2))

# strata: the weighted counting process of survival::finegray with Breslow ties, stratum by stratum. On continuous
# times, because finegray counts the events of a day before its censorings, crr after them.
rows$state <- factor(rows$cause, 0:2)
rows$time <- jitter
split_rows <- lapply(split(rows, rows$stratum), function(d) finegray(Surv(time, state) ~ age + female + dose + stratum, d, etype = "1"))
s <- coxph(Surv(fgstart, fgstop, fgstatus) ~ age + female + dose + strata(stratum), do.call(rbind, split_rows), weights = fgwt,
           ties = "breslow", control = coxph.control(eps = 1e-14, iter.max = 100, toler.chol = 1e-15), robust = FALSE)
out$strata <- list(coef = unname(coef(s)), invinf = unname(s$var))
write_json(out, "fine_gray.json", digits = NA, auto_unbox = TRUE)
