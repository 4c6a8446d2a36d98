# Incidence, rates, and their differences and ratios. events.csv and at_risk.csv are invented.
# Counts are made person by person in plain loops; intervals are those of the stats package, and the score interval of
# a difference of two rates has its likelihood maximised numerically.
# Run in this folder: Rscript run.R     (R, jsonlite)
suppressPackageStartupMessages(library(jsonlite))
ev <- read.csv("events.csv"); ar <- read.csv("at_risk.csv")
arms <- c("placebo", "active", "other"); years <- 365.25 * 100
count <- function(arm, term) {
  n <- with <- unknown <- events <- timed <- 0; days <- first <- 0
  for (p in unique(ar$participant[ar$arm == arm])) {
    s <- ar[ar$participant == p, ]; s <- s[order(s$start_day), ]
    e <- sort(ev$start_day[ev$participant == p & (term == "any event" | ev$term == term)])
    inside <- sapply(e, function(d) any(d >= s$start_day & (is.na(s$end_day) | d < s$end_day)))
    e <- e[as.logical(inside)]
    n <- n + 1; with <- with + (length(e) > 0)
    if (any(is.na(s$end_day))) { unknown <- unknown + 1; next }
    days <- days + sum(s$end_day - s$start_day); events <- events + length(e)
    if (length(e)) { timed <- timed + 1; d <- e[1]; first <- first + sum(pmax(0, pmin(s$end_day, d + 1) - s$start_day)) }
    else first <- first + sum(s$end_day - s$start_day)
  }
  list(n = n, with = with, unknown = unknown, events = events, timed = timed, days = days, first = first)
}
score <- function(x1, t1, x2, t2, d) {
  ll <- function(r2) (if (x1 > 0) x1 * log(r2 + d) else 0) + (if (x2 > 0) x2 * log(r2) else 0) - t1 * (r2 + d) - t2 * r2
  lo <- max(0, -d); o <- optimize(ll, c(lo, lo + 10 * (x1 + x2 + 1) / min(t1, t2)), maximum = TRUE, tol = 1e-14)$maximum
  g <- function(r2) x1 / (r2 + d) + x2 / r2 - t1 - t2
  if (x1 > 0 && x2 > 0) o <- uniroot(g, c(lo + 1e-9, lo + 10 * (x1 + x2 + 1) / min(t1, t2)), tol = 1e-15)$root
  else { cand <- c(lo, o, x1 / (t1 + t2) - d, x2 / (t1 + t2)); cand <- cand[cand >= lo]; v <- sapply(cand, ll); v[is.nan(v)] <- -Inf; o <- cand[which.max(v)] }
  (x1 / t1 - x2 / t2 - d) / sqrt((o + d) / t1 + o / t2)
}
rate_diff <- function(x1, t1, x2, t2) {
  z <- qnorm(.975); d <- x1 / t1 - x2 / t2; far <- 50 * (1 / t1 + 1 / t2)
  c(uniroot(function(q) score(x1, t1, x2, t2, q) - z, c(d - far, d - 1e-9), tol = 1e-14)$root,
    uniroot(function(q) score(x1, t1, x2, t2, q) + z, c(d + 1e-9, d + far), tol = 1e-14)$root)
}
own <- list(); pairs <- list()
for (term in c("any event", "drowsiness", "dry mouth", "seizure")) {
  k <- lapply(arms, count, term = term); names(k) <- arms
  for (a in arms) {
    x <- k[[a]]; b <- binom.test(x$with, x$n)$conf.int
    p <- poisson.test(x$events, x$days / years); q <- poisson.test(x$timed, x$first / years)
    own[[length(own) + 1]] <- list(event = term, arm = a, n = x$n, with = x$with, unknown = x$unknown,
      incidence = c(x$with / x$n, b), rate = c(unname(p$estimate), p$conf.int), first = c(unname(q$estimate), q$conf.int))
  }
  for (a in arms[-1]) {
    x <- k[[a]]; y <- k$placebo; t <- c(x$days, y$days) / years
    p <- if (x$events + y$events) poisson.test(c(x$events, y$events), t) else NULL
    q <- if (x$timed + y$timed) poisson.test(c(x$timed, y$timed), c(x$first, y$first) / years) else NULL
    pairs[[length(pairs) + 1]] <- list(event = term, arm = a,
      difference = c(x$events / t[1] - y$events / t[2], rate_diff(x$events, t[1], y$events, t[2])),
      ratio = as.character(if (is.null(p)) NA else c(unname(p$estimate), p$conf.int, p$p.value)),
      first_ratio = as.character(if (is.null(q)) NA else c(unname(q$estimate), q$conf.int, q$p.value)))
  }
}
write(toJSON(list(software = R.version.string, expected = list(own = own, pairs = pairs)), digits = I(15), auto_unbox = TRUE, pretty = TRUE), "expected.json")
