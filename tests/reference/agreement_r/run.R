# Intraclass correlations, weighted kappa, limits of agreement.
# data.csv is invented; shrout.csv is the example of Shrout & Fleiss 1979 as psych prints it; grades.csv is invented.
# Run in this folder: Rscript run.R     (R, psych, jsonlite)
suppressPackageStartupMessages({library(psych); library(jsonlite)})
shrout <- matrix(c(9,2,5,8, 6,1,3,2, 8,4,6,8, 7,1,2,6, 10,5,6,9, 6,2,4,7), ncol = 4, byrow = TRUE)
write.csv(data.frame(participant = rep(1:6, each = 4), rater = rep(1:4, 6), value = as.vector(t(shrout))), "shrout.csv", row.names = FALSE, quote = FALSE)
set.seed(20261123)
n <- 25; truth <- rnorm(n, 60, 12)
wide <- sapply(c(0, 3, -2), function(shift) round(truth + shift + rnorm(n, 0, 4), 1))
write.csv(data.frame(participant = rep(1:n, each = 3), rater = rep(1:3, n), value = as.vector(t(wide))), "data.csv", row.names = FALSE, quote = FALSE)
icc <- function(m) { r <- ICC(m, lmer = FALSE)$results; lapply(1:6, function(i) as.list(r[i, c("type", "ICC", "F", "df1", "df2", "p", "lower bound", "upper bound")])) }
a <- sample(0:5, 60, TRUE, c(.1, .2, .25, .2, .15, .1)); b <- pmin(5, pmax(0, a + sample(-2:2, 60, TRUE, c(.05, .2, .45, .25, .05))))
write.csv(data.frame(participant = 1:60, first = a, second = b), "grades.csv", row.names = FALSE, quote = FALSE)
k <- 0:5; apart <- abs(outer(k, k, "-"))
# The variance of weighted kappa is by the delta method, with numeric derivatives: psych 2.2.9 takes each rater's margin for
# the other's there, which differs as soon as the margins do (for plain kappa it agrees with the delta method).
delta <- function(w) { p <- table(factor(a, k), factor(b, k)) / 60
  kap <- function(p) { e <- sum(w * outer(rowSums(p), colSums(p))); (sum(w * p) - e) / (1 - e) }
  g <- sapply(seq_along(p), function(i) { h <- 1e-5; up <- p; up[i] <- up[i] + h; down <- p; down[i] <- down[i] - h
    (8 * (kap(up) - kap(down)) - { up[i] <- up[i] + h; down[i] <- down[i] - h; kap(up) - kap(down) }) / (12 * h) })
  (sum(p * g^2) - sum(p * g)^2) / 60 }
kappa <- function(w) { r <- cohen.kappa(cbind(a, b), w = w, alpha = .05)
  c(plain = r$kappa, weighted = r$weighted.kappa, var_plain = r$var.kappa, var_weighted = delta(w)) }
ba <- function(x, y) { d <- y - x; m <- length(d); s <- sd(d); z <- qnorm(.975); t <- t.test(d)
  q <- function(p) mean(d) + s / sqrt(m) * qt(p, m - 1, z * sqrt(m))
  fit <- summary(lm(d ~ I((x + y) / 2)))$coefficients[2, ]
  c(mean(d), t$conf.int, mean(d) - z * s, 2 * mean(d) - q(.975), 2 * mean(d) - q(.025), mean(d) + z * s, q(.025), q(.975), fit) }
out <- list(shrout = icc(shrout), data = icc(wide), linear = as.list(kappa(1 - apart / 5)), quadratic = as.list(kappa(1 - apart^2 / 25)),
            limits = unname(ba(wide[, 1], wide[, 2])))
version <- paste(R.version.string, "psych", packageVersion("psych"))
write(toJSON(list(software = version, expected = out), digits = I(15), auto_unbox = TRUE, pretty = TRUE, na = "null"), "expected.json")
