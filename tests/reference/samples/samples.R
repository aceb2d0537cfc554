# Reference results for tests of characteristics. Run in this directory: Rscript samples.R   Writes samples.json.
suppressMessages(library(jsonlite))
out <- list()
tables <- list(two = rbind(c(3, 1), c(1, 3)), small = rbind(c(12, 2), c(60, 4)), zero = rbind(c(0, 5), c(7, 2)),
               three = rbind(c(3, 7, 4), c(9, 2, 5)), wide = rbind(c(4, 0, 2, 6), c(1, 5, 3, 2), c(2, 2, 6, 1)))
out$fisher <- lapply(tables, function(t) fisher.test(t)$p.value)
out$chi <- lapply(tables, function(t) suppressWarnings({k <- chisq.test(t, correct = FALSE); list(statistic = unname(k$statistic), df = unname(k$parameter), p = k$p.value)}))
out$tables <- lapply(tables, function(t) t)
set.seed(20261128)
x <- round(rnorm(14, 6, 3), 3); y <- round(rnorm(23, 8, 3), 3)
w <- wilcox.test(x, y)
out$exact <- list(x = x, y = y, statistic = unname(w$statistic), p = w$p.value)
x <- round(rnorm(60, 6, 3)); y <- round(rnorm(55, 7, 3))
w <- wilcox.test(x, y)
out$normal <- list(x = x, y = y, statistic = unname(w$statistic), p = w$p.value)
g <- rep(c("a", "b", "c"), c(8, 11, 13)); v <- round(rnorm(32, c(a = 4, b = 5, c = 7)[g], 2))
k <- kruskal.test(v, factor(g))
out$kruskal <- list(values = v, group = g, statistic = unname(k$statistic), df = unname(k$parameter), p = k$p.value)
# Standardised differences by their formulas (Austin 2009; Yang and Dalton 2012), with R's var and solve.
out$smd_number <- abs(mean(x) - mean(y)) / sqrt((var(x) + var(y)) / 2)
a <- rep(c("bm", "pb", "cord"), c(5, 9, 3)); b <- rep(c("bm", "pb", "cord"), c(12, 6, 8))
pa <- prop.table(table(factor(a, c("bm", "cord", "pb"))))[-1]; pb <- prop.table(table(factor(b, c("bm", "cord", "pb"))))[-1]
s <- ((diag(pa) - pa %o% pa) + (diag(pb) - pb %o% pb)) / 2
out$smd_category <- list(a = a, b = b, value = sqrt(drop(t(pa - pb) %*% solve(s) %*% (pa - pb))))
out$versions <- list(R = R.version.string)
write_json(out, "samples.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
