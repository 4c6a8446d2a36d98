# Rank tests of invented samples: Rscript run.R writes expected.json. R 4.2.2 stats and coin 1.4-2.
suppressPackageStartupMessages({library(coin); library(jsonlite)})
set.seed(7)
cases <- list()
for (i in 1:8) {
  m <- sample(4:25, 1); n <- sample(4:25, 1)
  x <- round(rnorm(m, 0.4), 6); y <- round(rnorm(n), 6)
  w <- wilcox.test(x, y, exact = TRUE, conf.int = TRUE)
  cases[[i]] <- list(x = x, y = y, p = w$p.value, estimate = unname(w$estimate), low = w$conf.int[1], high = w$conf.int[2],
                     level = 1 - 2 * pwilcox(max(qwilcox(.025, m, n), 1) - 1, m, n))
}
tied <- list()
for (i in 1:8) {
  m <- sample(4:25, 1); n <- sample(4:25, 1)
  x <- sample(0:4, m, TRUE, c(.3, .3, .2, .1, .1)); y <- sample(0:4, n, TRUE)
  d <- data.frame(v = c(x, y), g = factor(rep(c("a", "b"), c(m, n))))
  tied[[i]] <- list(x = x, y = y, p = as.numeric(pvalue(wilcox_test(v ~ g, d, distribution = exact("shift")))))
}
large <- list()
for (i in 1:3) {
  x <- sample(0:10, 150 + i, TRUE); y <- sample(0:10, 120, TRUE)
  large[[i]] <- list(x = x, y = y, p = wilcox.test(x, y, exact = FALSE, correct = TRUE)$p.value)
}
elteren <- list()
ridits <- function(y) rank(y) / (length(y) + 1)
for (i in 1:4) {
  n <- 60; d <- data.frame(v = sample(0:4, n, TRUE), g = factor(sample(c("a", "b"), n, TRUE)), s = factor(sample(c("MS", "SCI", "other"), n, TRUE)))
  t <- independence_test(v ~ g | s, data = d, teststat = "quadratic", ytrafo = function(data) trafo(data, numeric_trafo = ridits, block = d$s))
  elteren[[i]] <- list(v = d$v, g = as.character(d$g), s = as.character(d$s), chi = as.numeric(statistic(t)), p = as.numeric(pvalue(t)))
}
write(toJSON(list(software = paste(R.version.string, "coin", packageVersion("coin")), cases = cases, tied = tied, large = large, elteren = elteren),
             digits = 15, auto_unbox = TRUE, pretty = FALSE), "expected.json")
