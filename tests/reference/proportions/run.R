# One and two proportions. Run in this folder: Rscript run.R     (R, jsonlite)
# Wilson and Clopper-Pearson are R's own; the score intervals are found here by maximising the constrained likelihood
# numerically and searching for the root, with none of the closed forms that the package uses.
suppressPackageStartupMessages(library(jsonlite))
tables <- list(c(7, 34, 1, 34), c(15, 20, 9, 20), c(0, 15, 5, 16), c(29, 30, 20, 31), c(0, 10, 0, 12), c(10, 10, 0, 10),
  c(10, 10, 12, 12), c(0, 10, 12, 12), c(5, 10, 0, 10), c(41, 53, 17, 53), c(42, 143, 21, 134), c(101, 111, 66, 109),
  c(24, 25, 22, 35), c(3, 400, 9, 390), c(250, 400, 190, 390))
z <- qnorm(.975)
xlogy <- function(x, y) ifelse(x == 0, 0, x * log(y))
loglik <- function(x1, n1, x2, n2, p1, p2) xlogy(x1, p1) + xlogy(n1 - x1, 1 - p1) + xlogy(x2, p2) + xlogy(n2 - x2, 1 - p2)
# p2 that maximises the likelihood when p1 = f(p2), as the root of the derivative (or an end)
fitted <- function(x1, n1, x2, n2, f, df, lo, hi) {
  g <- function(p2) { p1 <- f(p2); d <- df(p2); a <- 0
    if (x1 > 0) a <- a + d * x1 / p1; if (x1 < n1) a <- a - d * (n1 - x1) / (1 - p1)
    if (x2 > 0) a <- a + x2 / p2;     if (x2 < n2) a <- a - (n2 - x2) / (1 - p2); a }
  e <- (hi - lo) * 1e-13; if (g(lo + e) <= 0) return(lo); if (g(hi - e) >= 0) return(hi)
  uniroot(g, c(lo + e, hi - e), tol = 1e-16, maxiter = 10000)$root }
over <- function(e, v) if (v > 0) e / sqrt(v) else if (abs(e) < 1e-15) 0 else sign(e) * Inf
scores <- list(
  rd = function(x1, n1, x2, n2, d) { p2 <- fitted(x1, n1, x2, n2, function(p) p + d, function(p) 1, max(0, -d), min(1, 1 - d)); p1 <- p2 + d
    over(x1 / n1 - x2 / n2 - d, (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * (n1 + n2) / (n1 + n2 - 1)) },
  rr = function(x1, n1, x2, n2, t) { p2 <- fitted(x1, n1, x2, n2, function(p) p * t, function(p) t, 0, min(1, 1 / t)); p1 <- p2 * t
    over(x1 / n1 - t * x2 / n2, (p1 * (1 - p1) / n1 + t^2 * p2 * (1 - p2) / n2) * (n1 + n2) / (n1 + n2 - 1)) },
  or = function(x1, n1, x2, n2, t) { f <- function(p) p * t / (1 - p + p * t); p2 <- fitted(x1, n1, x2, n2, f, function(p) t / (1 - p + p * t)^2, 0, 1); p1 <- f(p2)
    v1 <- p1 * (1 - p1); v2 <- p2 * (1 - p2); if (min(v1, v2) <= 0) return(NA)
    ((x1 / n1 - p1) / v1 - (x2 / n2 - p2) / v2) / sqrt((1 / (n1 * v1) + 1 / (n2 * v2)) * (n1 + n2) / (n1 + n2 - 1)) })
root <- function(f, a, b) uniroot(f, c(a, b), tol = 1e-13, maxiter = 10000)$root
limits_rd <- function(x1, n1, x2, n2) { s <- function(d) max(-50, min(50, scores$rd(x1, n1, x2, n2, d))); d <- x1 / n1 - x2 / n2; e <- 1e-9
  c(if (d <= -1 + e || s(-1 + e) < z) -1 else root(function(q) s(q) - z, -1 + e, d), if (d >= 1 - e || s(1 - e) > -z) 1 else root(function(q) s(q) + z, d, 1 - e)) }
limits_log <- function(s, est) { f <- function(l) max(-50, min(50, s(exp(l)))); c0 <- if (is.finite(est) && est > 0) log(est) else NA
  c(if (est == 0) 0 else exp(root(function(q) f(q) - z, -15, if (is.na(c0)) 15 else c0)), if (is.infinite(est)) Inf else exp(root(function(q) f(q) + z, if (is.na(c0)) -15 else c0, 15))) }
finite <- function(x) ifelse(is.infinite(x), "Inf", x)
res <- lapply(tables, function(t) { x1 <- t[1]; n1 <- t[2]; x2 <- t[3]; n2 <- t[4]; p1 <- x1 / n1; p2 <- x2 / n2
  w1 <- suppressWarnings(prop.test(x1, n1, correct = FALSE)$conf.int); w2 <- suppressWarnings(prop.test(x2, n2, correct = FALSE)$conf.int)
  r <- list(table = t, wilson = c(w1), clopper_pearson = c(binom.test(x1, n1)$conf.int), difference = p1 - p2,
    newcombe = c(p1 - p2 - sqrt((p1 - w1[1])^2 + (w2[2] - p2)^2), p1 - p2 + sqrt((w1[2] - p1)^2 + (p2 - w2[1])^2)),
    wald = c(p1 - p2) + c(-1, 1) * z * sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2),
    miettinen_nurminen = limits_rd(x1, n1, x2, n2))
  m <- matrix(c(x1, n1 - x1, x2, n2 - x2), 2)
  if (all(rowSums(m) > 0)) r$p <- pchisq(unname(suppressWarnings(chisq.test(m, correct = FALSE)$statistic)) * (n1 + n2 - 1) / (n1 + n2), 1, lower.tail = FALSE)
  if (x1 + x2 > 0) { est <- p1 / p2; r$ratio_score <- as.list(finite(limits_log(function(q) scores$rr(x1, n1, x2, n2, q), est))) }
  if (x1 > 0 && x2 > 0) r$katz <- exp(log(p1 / p2) + c(-1, 1) * z * sqrt(1 / x1 - 1 / n1 + 1 / x2 - 1 / n2))
  if (x1 + x2 > 0 && x1 + x2 < n1 + n2) { est <- x1 * (n2 - x2) / ((n1 - x1) * x2); r$odds_score <- as.list(finite(limits_log(function(q) scores$or(x1, n1, x2, n2, q), est))) }
  if (min(m) > 0) r$woolf <- exp(log(x1 * (n2 - x2) / ((n1 - x1) * x2)) + c(-1, 1) * z * sqrt(sum(1 / m)))
  r })
write(toJSON(list(software = R.version.string, expected = res), digits = I(15), auto_unbox = TRUE, pretty = TRUE, na = "null"), "expected.json")
