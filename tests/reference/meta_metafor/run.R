# Meta-analysis. hackshaw.csv is metadat::dat.hackshaw1998 (yi, vi); trials.csv is invented here, with an empty cell.
# Run in this folder: Rscript run.R     (R, metafor, jsonlite)
suppressPackageStartupMessages({library(metafor); library(jsonlite)})
h <- read.csv("hackshaw.csv"); set.seed(20261123); k <- 7
t <- data.frame(study = letters[1:k], n_1 = sample(12:60, k), n_2 = sample(12:60, k), mean_1 = round(rnorm(k, -1.4, .5), 2), mean_2 = round(rnorm(k, -.8, .3), 2),
  sd_1 = round(runif(k, 1.2, 2.6), 2), sd_2 = round(runif(k, 1.2, 2.6), 2))
t$events_1 <- rbinom(k, t$n_1, .4); t$events_2 <- rbinom(k, t$n_2, .2); t$events_2[3] <- 0; t$cohort <- rep(c("MS", "SCI"), length.out = k)
write.csv(t, "trials.csv", row.names = FALSE, quote = FALSE)
tight <- list(threshold = 1e-14, maxiter = 100000, tol = 1e-14)
one <- function(yi, vi, method, test) { f <- rma(yi, vi, method = method, test = test, control = tight); p <- predict(f)
  ci <- if (method == "FE") c(NA, NA, NA, NA) else { q <- confint(f, type = "QP", control = list(tol = 1e-14))$random; c(q["tau^2", 2:3], q["I^2(%)", 2:3]) }
  list(b = f$b[1], se = f$se, p = f$pval, ci = c(f$ci.lb, f$ci.ub), pi = if (method == "FE") c(NA, NA) else c(p$pi.lb, p$pi.ub), tau2 = f$tau2, i2 = f$I2, q = f$QE, qp = f$QEp, profile = unname(ci)) }
out <- list()
for (m in c("REML", "PM", "DL", "ML", "FE")) for (s in c("z", "knha", "adhoc")) out$hackshaw[[paste(m, s)]] <- one(h$yi, h$vi, m, s)
esc <- function(e) list(yi = as.numeric(e$yi), vi = as.numeric(e$vi))
out$effects <- list(`mean difference` = esc(with(t, escalc("MD", m1i = mean_1, sd1i = sd_1, n1i = n_1, m2i = mean_2, sd2i = sd_2, n2i = n_2))),
  `standardised mean difference` = esc(with(t, escalc("SMD", m1i = mean_1, sd1i = sd_1, n1i = n_1, m2i = mean_2, sd2i = sd_2, n2i = n_2))),
  `risk difference` = esc(with(t, escalc("RD", ai = events_1, n1i = n_1, ci = events_2, n2i = n_2, to = "none"))), `risk ratio` = esc(with(t, escalc("RR", ai = events_1, n1i = n_1, ci = events_2, n2i = n_2))),
  `odds ratio` = esc(with(t, escalc("OR", ai = events_1, n1i = n_1, ci = events_2, n2i = n_2))), `mean change` = esc(with(t, escalc("MN", mi = mean_1, sdi = sd_1, ni = n_1))))
g <- out$effects[["standardised mean difference"]]; for (m in c("REML", "PM", "DL", "ML")) out$trials[[m]] <- one(g$yi, g$vi, m, "knha")
l <- leave1out(rma(g$yi, g$vi, method = "REML", test = "knha", control = tight)); out$leave <- cbind(l$estimate, l$se, l$ci.lb, l$ci.ub)
version <- paste(R.version.string, "metafor", packageVersion("metafor"))
write(toJSON(list(software = version, expected = out), digits = I(15), auto_unbox = TRUE, pretty = TRUE, na = "null", matrix = "rowmajor"), "expected.json")
