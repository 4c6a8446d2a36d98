# Dose within and between persons: random intercept by REML. data.csv is invented.
# Run in this folder: Rscript run.R     (R, nlme, lmerTest, pbkrtest, jsonlite)
suppressPackageStartupMessages({library(nlme); library(lmerTest); library(pbkrtest); library(jsonlite)})
d <- read.csv("data.csv"); d$visit <- factor(d$visit, c("week 4", "week 8", "week 12", "week 24"))
d$between <- ave(d$dose_mg_per_day, d$participant) / 10; d$within <- d$dose_mg_per_day / 10 - d$between
f <- lme(change ~ baseline + visit + within + between + cohort, random = ~1 | participant, d, method = "REML",
  control = lmeControl(opt = "optim", reltol = 1e-14, msTol = 1e-14, tolerance = 1e-12))
b <- fixef(f)[c("within", "between")]; V <- vcov(f)[c("within", "between"), c("within", "between")]
L <- rbind(c(1, 0), c(0, 1), c(-1, 1))
m <- lmer(change ~ baseline + visit + within + between + cohort + (1 | participant), d, REML = TRUE,
  control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12)))
names6 <- names(fixef(m)); big <- matrix(0, 3, length(names6), dimnames = list(NULL, names6))
big[, c("within", "between")] <- L
kr <- vcovAdj(m)
ddf <- apply(big, 1, function(l) contest1D(m, l, ddf = "Satterthwaite")$df)
out <- list(estimate = as.vector(L %*% b), se_model = sqrt(diag(L %*% V %*% t(L))),
  se_kr = sqrt(diag(big %*% as.matrix(kr) %*% t(big))), df = ddf, loglik = as.numeric(logLik(f)))
write(toJSON(list(software = paste(R.version.string, "nlme", packageVersion("nlme"), "lme4", packageVersion("lme4"), "pbkrtest", packageVersion("pbkrtest")), expected = out), digits = I(15), auto_unbox = TRUE, pretty = TRUE), "expected.json")
