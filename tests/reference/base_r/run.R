# Means, medians, quartiles, geometric means, paired t, signed ranks, exact Poisson rates.
# data.csv is invented. Run in this folder: Rscript run.R     (R, exactRankTests, jsonlite)
suppressPackageStartupMessages({library(exactRankTests); library(jsonlite)})
d <- read.csv("data.csv")
out <- list()
for (g in unique(d$group)) {
  x <- d$last[d$group == g]; x <- x[!is.na(x)]; n <- length(x)
  t <- t.test(x); q <- quantile(x, c(.25, .75), names = FALSE); lg <- t.test(log(x))
  r <- qbinom(.025, n, .5); if (pbinom(r, n, .5) <= .025) r <- r + 1   # largest r with P(B < r) <= .025
  s <- sort(x)
  out$describe[[g]] <- list(n = n, mean = mean(x), sd = sd(x), se = sd(x) / sqrt(n), low = t$conf.int[1], high = t$conf.int[2],
    median = median(x), q1 = q[1], q3 = q[2], min = min(x), max = max(x),
    median_low = if (r > 0) s[r] else NA, median_high = if (r > 0) s[n + 1 - r] else NA,
    median_level = if (r > 0) 1 - 2 * pbinom(r - 1, n, .5) else NA,
    geometric = exp(mean(log(x))), geometric_low = exp(lg$conf.int[1]), geometric_high = exp(lg$conf.int[2]))
  z <- (d$last - d$first)[d$group == g]; z <- z[!is.na(z)]; p <- t.test(z)
  ties <- anyDuplicated(abs(z)) > 0 || any(z == 0)
  w <- if (ties) NULL else wilcox.test(z, exact = TRUE, conf.int = TRUE)
  few <- 2 * dsignrank(0, length(z)) > .05   # too few for the level: R then gives the range
  e <- wilcox.exact(z, exact = TRUE)
  out$paired[[g]] <- list(n = length(z), mean = mean(z), se = p$stderr, df = unname(p$parameter), t = unname(p$statistic), p = p$p.value,
    low = p$conf.int[1], high = p$conf.int[2], exact_p = e$p.value,
    hl = if (ties) NA else unname(w$estimate), hl_low = if (ties || few) NA else w$conf.int[1], hl_high = if (ties || few) NA else w$conf.int[2],
    wilcox_p = if (ties) NA else w$p.value)
}
rates <- list(c(8, 160.4), c(558, 1362), c(0, 12.5), c(1, 3))
out$rates <- lapply(rates, function(r) { p <- poisson.test(r[1], r[2]); list(events = r[1], exposure = r[2], rate = unname(p$estimate), low = p$conf.int[1], high = p$conf.int[2]) })
version <- paste(R.version.string, "exactRankTests", packageVersion("exactRankTests"))
write(toJSON(list(software = version, expected = out), digits = I(15), auto_unbox = TRUE, pretty = TRUE, na = "null"), "expected.json")
