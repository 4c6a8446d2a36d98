# Analysis of covariance, adjusted means, contrasts and their adjustments, F tests, HC3.
# data.csv is invented. Run in this folder (some minutes): Rscript run.R     (R, emmeans, car, sandwich, mvtnorm, jsonlite)
suppressPackageStartupMessages({library(emmeans); library(car); library(sandwich); library(jsonlite)})
set.seed(1)
arms <- c("placebo", "oral baclofen", "cyclobenzaprine", "intrathecal baclofen")
d <- read.csv("data.csv")
d$arm <- factor(d$arm, arms); d$cohort <- factor(d$cohort); d$sex <- factor(d$sex)
rows <- function(x) { x <- as.data.frame(x); for (j in seq_along(x)) if (is.factor(x[[j]])) x[[j]] <- as.character(x[[j]]); x }
both <- function(e) rows(summary(e, infer = c(TRUE, TRUE)))
coefs <- function(m, v = vcov(m)) { b <- coef(m); b <- b[!is.na(b)]; se <- sqrt(diag(v)); t <- b / se
  q <- qt(.975, df.residual(m)); data.frame(estimate = b, SE = se, df = df.residual(m), t.ratio = t,
  p.value = 2 * pt(-abs(t), df.residual(m)), lower.CL = b - q * se, upper.CL = b + q * se, row.names = NULL) }
anova_rows <- function(a) { a <- as.data.frame(a); a <- a[!rownames(a) %in% c("(Intercept)", "Residuals"), ]
  data.frame(term = rownames(a), df = a$Df, F = a[["F value"]] %||% a[["F"]], p = a[["Pr(>F)"]]) }
`%||%` <- function(a, b) if (is.null(a)) b else a
out <- list()

m <- lm(change ~ baseline + arm + cohort, d)
out$main <- list(coefficients = coefs(m), sigma = sigma(m), standardised = unname(rstandard(m)), leverage = unname(hatvalues(m)))
for (w in c("equal", "proportional", "cells")) out$main[[paste0("means_", w)]] <- both(emmeans(m, "arm", weights = w))
out$main$means_at_5 <- both(emmeans(m, "arm", at = list(baseline = 5)))
e <- emmeans(m, "arm")
for (a in c("none", "bonferroni", "holm")) out$main[[paste0("reference_", a)]] <- both(contrast(e, "trt.vs.ctrl", adjust = a))
out$main$pairs_tukey <- both(contrast(e, "revpairwise", adjust = "tukey"))
# Dunnett by mvtnorm itself, with a tight error: emmeans' "mvt" uses 1e-3
L <- contrast(e, "trt.vs.ctrl"); V <- vcov(L); R <- cov2cor(V); df <- df.residual(m); s <- rows(summary(L))
inside <- function(t) mvtnorm::pmvt(-rep(t, 3), rep(t, 3), corr = R, df = df, algorithm = mvtnorm::GenzBretz(maxpts = 5e6, abseps = 1e-9, releps = 0))[1]
pv <- 1 - sapply(abs(s$t.ratio), inside)
qv <- uniroot(function(t) inside(t) - .95, c(2, 3), tol = 1e-9)$root   # qmvt stops at 1e-5
out$main$reference_dunnett <- data.frame(p.value = pv, lower.CL = s$estimate - qv * s$SE, upper.CL = s$estimate + qv * s$SE)
out$main$type2 <- anova_rows(Anova(m, type = 2))

i <- lm(change ~ baseline + arm * cohort + sex, d)
ei <- emmeans(i, ~ arm | cohort)
out$interaction <- list(coefficients = coefs(i), means = both(ei), tukey = both(contrast(ei, "revpairwise", adjust = "tukey")),
  overall = both(suppressMessages(emmeans(i, "arm"))), proportional = both(emmeans(i, ~ arm | cohort, weights = "proportional")),
  cells = both(suppressMessages(emmeans(i, "arm", weights = "cells"))), type2 = anova_rows(Anova(i, type = 2)))
s3 <- lm(change ~ baseline + arm * cohort + sex, d, contrasts = list(arm = "contr.sum", cohort = "contr.sum", sex = "contr.sum"))
out$interaction$type3 <- anova_rows(Anova(s3, type = 3))

v <- vcovHC(m, "HC3")
eh <- emmeans(m, "arm", vcov. = v)
out$hc3 <- list(coefficients = coefs(m, v), means = both(eh), reference_none = both(contrast(eh, "trt.vs.ctrl", adjust = "none")),
  type2 = anova_rows(suppressMessages(Anova(m, type = 2, white.adjust = "hc3"))))

# a cell that nobody is in: no SCI in the intrathecal arm
g <- subset(d, !(arm == "intrathecal baclofen" & cohort == "SCI"))
k <- lm(change ~ baseline + arm * cohort, g)
out$empty_cell <- list(means = both(emmeans(k, ~ arm | cohort)), overall = both(suppressMessages(emmeans(k, "arm"))),
  reference_none = both(contrast(emmeans(k, ~ arm | cohort), "trt.vs.ctrl", adjust = "none")))

l <- lm(log(change + 12) ~ log(baseline) + arm, d)
out$logs <- list(coefficients = coefs(l), means = both(emmeans(l, "arm", tran = "none")))

version <- c(R.version.string, sapply(c("emmeans", "car", "sandwich", "mvtnorm"), function(p) paste(p, packageVersion(p))))
write(toJSON(list(software = paste(version, collapse = ", "), expected = out), digits = I(15), auto_unbox = TRUE, pretty = TRUE, na = "null"), "expected.json")
