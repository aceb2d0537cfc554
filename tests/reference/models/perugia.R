# Writes perugia.json: the models of the example perugia by R survival and cmprsk, iterated to the last digits.
# Run from this folder: Rscript perugia.R
suppressMessages({library(survival); library(cmprsk)})
tight <- coxph.control(eps = 1e-14, iter.max = 100, toler.chol = 1e-15)
bmt <- read.csv("../../../src/dayzero/examples/perugia/bmtcrr.csv")
bmt$age <- bmt$Age / 10
bmt$sex <- factor(bmt$Sex, c("M", "F"), c("male", "female"))
bmt$disease <- factor(bmt$D, c("ALL", "AML"))
bmt$phase <- factor(bmt$Phase, c("CR1", "Relapse", "CR2", "CR3"))
names <- c("age", "sex", "disease", "phase")

# crr's line search gives up when round-off hides the gain, so one more Newton step is taken from its own score
crr_tight <- function(...) {
  fit <- crr(..., gtol = 1e-13, maxiter = 100)
  crr(..., init = unname(fit$coef) + solve(fit$inf, fit$score), maxiter = 0)
}
vector <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
fields <- function(...) { parts <- list(...)
  paste0("{", paste(sprintf("\"%s\": %s", names(parts), unlist(parts)), collapse = ", "), "}") }
cox_fit <- function(event, terms) {
  fit <- coxph(reformulate(terms, "Surv(ftime, event)"), transform(bmt, event = event), ties = "efron", control = tight)
  table <- cox.zph(fit, "km")$table
  phase <- grep("phase", names(coef(fit)))
  wald <- if (length(phase)) drop(coef(fit)[phase] %*% solve(vcov(fit)[phase, phase], coef(fit)[phase])) else 0
  fields(coef = vector(coef(fit)), std_err = vector(sqrt(diag(vcov(fit)))), limits = vector(exp(confint(fit))),
         zph = vector(table[, "chisq"]), zph_p = vector(table[, "p"]), phase_wald = sprintf("%.17g", wald))
}
crr_fit <- function(cause, terms) {
  x <- model.matrix(reformulate(terms), bmt)[, -1, drop = FALSE]
  fit <- crr_tight(bmt$ftime, bmt$Status, x, failcode = cause)
  half <- qnorm(0.975) * sqrt(diag(fit$var))
  fields(coef = vector(fit$coef), std_err = vector(sqrt(diag(fit$var))),
         limits = vector(exp(c(fit$coef - half, fit$coef + half))))
}
each <- function(id, fit) c(
  sprintf("\"%s\": %s", id, fit(names)),
  vapply(names, function(name) sprintf("\"%s.alone.%s\": %s", id, name, fit(name)), ""))
entries <- c(
  sprintf("\"made_with\": {\"R\": \"%s\", \"survival\": \"%s\", \"cmprsk\": \"%s\"}", R.version.string,
          packageVersion("survival"), packageVersion("cmprsk")),
  each("model.DFS.1", function(terms) cox_fit(bmt$Status > 0, terms)),
  each("model.CIR.1.cs1", function(terms) cox_fit(bmt$Status == 1, terms)),
  each("model.CIR.1.cs2", function(terms) cox_fit(bmt$Status == 2, terms)),
  each("model.CIR.1.fg1", function(terms) crr_fit(1, terms)),
  each("model.CIR.1.fg2", function(terms) crr_fit(2, terms)))
writeLines(c("{", paste0(" ", entries, c(rep(",", length(entries) - 1), "")), "}"), "perugia.json")
