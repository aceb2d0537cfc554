# Reference results for pseudo-observations and bootstrap intervals. Run in this directory, after multistate.R:
#   Rscript resampling.R
# Made with R 4.2.2, survival 3.5-3, prodlim 2019.11.13, boot 1.3-28.1 (all from Debian 12).
# Writes resampling.json.
suppressMessages({library(survival); library(prodlim); library(boot); library(jsonlite)})
d <- read.csv("data/bmt137.csv"); d$event <- as.integer(d$cause > 0)
days <- c(50, 100, 365, 730, 1500)
result <- list(versions = list(R = R.version.string, survival = as.character(packageVersion("survival")),
  prodlim = as.character(packageVersion("prodlim")), boot = as.character(packageVersion("boot"))), days = days)

# --- pseudo-observations ------------------------------------------------------------------------------------------
result$jackknife_survival <- unname(jackknife(prodlim(Hist(time, event) ~ 1, data = d), times = days))
result$jackknife_incidence <- unname(jackknife(prodlim(Hist(time, cause) ~ 1, data = d), times = days, cause = 1))
single <- survfit(Surv(time, event) ~ 1, data = d)
result$ij_survival <- unname(pseudo(single, times = days))
result$ij_mean <- unname(pseudo(single, times = days, type = "rmst"))
d$state <- factor(d$cause, 0:2, c("censored", "relapse", "death"))
d$id <- seq_len(nrow(d))
multi <- survfit(Surv(time, state) ~ 1, data = d, id = id)
p <- pseudo(multi, times = days)
result$ij_relapse <- unname(p[, , match("relapse", multi$states)])
grouped <- survfit(Surv(time, event) ~ group, data = d)
result$ij_survival_group <- unname(pseudo(grouped, times = days))

# --- intervals from given replicates ------------------------------------------------------------------------------
mean_time <- function(data, rows) {  # restricted mean to 730 days: continuous, so that no replicate ties
  s <- survfit(Surv(time, event) ~ 1, data = data[rows, ]); t <- c(0, s$time[s$time < 730], 730)
  sum(diff(t) * c(1, s$surv[s$time < 730]))
}
RNGversion("4.2.0"); set.seed(20263)
small <- d[seq(1, nrow(d), by = 4), c("time", "event")]
b <- boot(small, mean_time, R = 999)
left_out <- sapply(seq_len(nrow(small)), function(i) mean_time(small, -i))
L <- (nrow(small) - 1) * (mean(left_out) - left_out)
ci <- boot.ci(b, conf = c(0.9, 0.95), type = c("perc", "bca"), L = L)
result$interval <- list(time = small$time, event = small$event, estimate = b$t0, replicates = as.vector(b$t),
  left_out = left_out, percentile = ci$percent[, 4:5], bca = ci$bca[, 4:5])

write_json(result, "resampling.json", digits = I(17), auto_unbox = TRUE, na = "null", matrix = "rowmajor")
