# Time one model of one R package; called by regression.py.
# Usage: Rscript regression_peers.R MODEL data.bin ROWS COLUMNS REPEATS. Prints one JSON line.
argument <- commandArgs(TRUE)
n <- as.integer(argument[3]); p <- as.integer(argument[4])
values <- matrix(readBin(argument[2], "double", n * (p + 2)), nrow = n)
days <- values[, 1]; cause <- values[, 2]; x <- values[, -(1:2), drop = FALSE]
colnames(x) <- paste0("x", seq_len(p)); rm(values)
run <- switch(argument[1],
  "R coxph" = { suppressMessages(library(survival)); y <- Surv(days, cause == 1); d <- as.data.frame(x)
    function() { m <- coxph(y ~ ., d); list(coef(m), sqrt(diag(m$var))) } },
  "R cmprsk crr" = { suppressMessages(library(cmprsk))
    function() { m <- crr(days, cause, x); list(m$coef, sqrt(diag(m$var))) } },
  "R mets cifregFG" = { suppressMessages(library(mets)); d <- data.frame(days = days, cause = cause, x)
    f <- as.formula(paste("Event(days, cause) ~", paste(colnames(x), collapse = " + ")))
    function() { m <- cifreg(f, d, cause = 1, propodds = NULL); list(m$coef, m$se.coef) } })
best <- Inf
for (i in seq_len(as.integer(argument[5]))) { seconds <- system.time(m <- run())[["elapsed"]]; best <- min(best, seconds) }
number <- function(v) paste0("[", paste(format(unname(v), digits = 15), collapse = ","), "]")
cat(sprintf('{"seconds": %.4f, "coef": %s, "std_err": %s}\n', best, number(m[[1]]), if (is.null(m[[2]])) "null" else number(m[[2]])))
