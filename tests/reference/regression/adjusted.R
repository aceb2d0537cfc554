# Writes adjusted.json: direct-adjusted survival of Cox models by riskRegression::ate (g-formula, standard errors
# by influence functions) and cumulative incidences of survival's multi-state Cox model, on rows.csv.
# Run from this folder: Rscript adjusted.R
suppressMessages({library(survival); library(riskRegression); library(jsonlite)})
rows <- read.csv("rows.csv", stringsAsFactors = TRUE)
rows$sex <- factor(rows$female, labels = c("M", "F"))
tight <- coxph.control(eps = 1e-14, iter.max = 100, toler.chol = 1e-15)
times <- c(5, 10, 20, 30)
# Two programs err on tied days, so they are asked elsewhere: the influence functions of riskRegression are checked
# on times without ties, survfit on a multi-state Cox model (wrong for Efron's ties in survival 3.5-3) with Breslow's.
set.seed(7)
untied <- transform(rows, time = time + runif(nrow(rows)) / 2)
out <- list(made_with = list(R = R.version.string, survival = as.character(packageVersion("survival")), riskRegression = as.character(packageVersion("riskRegression"))), times = times)
fit <- coxph(Surv(time, event) ~ age + sex + dose, untied, ties = "breslow", x = TRUE, y = TRUE, control = tight)
a <- suppressWarnings(ate(fit, treatment = "sex", data = untied, times = times, se = TRUE, band = FALSE, verbose = FALSE))
m <- as.data.frame(a$meanRisk); d <- as.data.frame(a$diffRisk)
out$untied <- list(level = as.character(m$treatment), time = m$time, risk = m$estimate, se = m$se,
                   difference = d$estimate, difference_se = d$se, from = as.character(d$A), to = as.character(d$B))
rows$state <- factor(rows$cause, 0:2, c("alive", "one", "two"))
rows$id <- seq_len(nrow(rows))
fit <- coxph(Surv(time, state) ~ age + female + dose, rows, id = id, ties = "breslow", control = tight)
s <- survfit(fit, newdata = data.frame(age = c(30, 60), female = c(0, 1), dose = c(1, 4)))
k <- match(times, s$time)
out$multistate <- list(states = s$states, pstate = s$pstate[k, , ])
out$time <- untied$time
write_json(out, "adjusted.json", digits = NA, auto_unbox = TRUE)
