# Kaplan-Meier, log-rank, Cox, competing risks, mean cumulative function.
# ovarian.csv is survival::ovarian. stops.csv and falls.csv are invented here. Run in this folder: Rscript run.R
suppressPackageStartupMessages({library(survival); library(cmprsk); library(jsonlite)})
o <- read.csv("ovarian.csv"); set.seed(20261123)
n <- 90; arm <- rep(c("a", "b", "c"), each = 30); cohort <- sample(c("MS", "SCI"), n, TRUE); x <- round(rnorm(n), 2)
t1 <- ceiling(rexp(n, .02 * exp(.5 * (arm == "b") - .4 * x))); t2 <- ceiling(rexp(n, .012)); c1 <- sample(20:120, n, TRUE)
days <- pmin(t1, t2, c1); cause <- ifelse(days == c1 & c1 < pmin(t1, t2), "none", ifelse(t1 <= t2, "effect", "harm"))
s <- data.frame(participant = 1:n, arm, cohort, x, days, cause); s$days[3] <- 0; write.csv(s, "stops.csv", row.names = FALSE, quote = FALSE)
rows <- list(); for (i in 1:40) { start <- 0; end <- sample(30:90, 1); z <- i %% 2; frail <- rgamma(1, 2, 2)
  repeat { nxt <- start + ceiling(rexp(1, .03 * frail * exp(.4 * z))); late <- nxt > end
    rows[[length(rows) + 1]] <- data.frame(participant = i, arm = z, begin = start, end = min(nxt, end), fell = as.integer(!late))
    if (late || nxt == end) break; start <- nxt } }
f <- do.call(rbind, rows); write.csv(f, "falls.csv", row.names = FALSE, quote = FALSE)
out <- list()
km <- function(fit) { q <- summary(fit); data.frame(group = as.character(q$strata), time = q$time, n = q$n.risk, s = q$surv, se = q$std.err, low = q$lower, high = q$upper) }
for (type in c("plain", "log", "log-log")) {
  fit <- survfit(Surv(futime, fustat) ~ rx, o, conf.type = type); out$km[[type]] <- km(fit); q <- quantile(fit, .5)
  fit2 <- survfit(Surv(days, cause != "none") ~ arm, s, conf.type = type); out$km2[[type]] <- km(fit2); q2 <- quantile(fit2, .5)
  out$median[[type]] <- cbind(q$quantile, q$lower, q$upper); out$median2[[type]] <- cbind(q2$quantile, q2$lower, q2$upper) }
even <- data.frame(t = c(1, 2, 3, 4, 5, 6, 7, 8), e = c(1, 1, 1, 1, 0, 0, 1, 1)); q <- quantile(survfit(Surv(t, e) ~ 1, even, conf.type = "log-log"), .5)
out$even <- c(q$quantile, q$lower, q$upper)
m <- function(fit, tau) summary(fit, rmean = tau)$table[, c("rmean", "se(rmean)")]
out$rmst <- m(survfit(Surv(futime, fustat) ~ rx, o), 600); out$rmst2 <- m(survfit(Surv(days, cause != "none") ~ arm, s), 60)
ev <- s$cause != "none"
test <- function(d) c(d$chisq, d$obs, d$exp)
flat <- function(d) { o <- if (is.matrix(d$obs)) rowSums(d$obs) else d$obs; e <- if (is.matrix(d$exp)) rowSums(d$exp) else d$exp; c(d$chisq, o, e) }
out$logrank <- list(ovarian = flat(survdiff(Surv(futime, fustat) ~ rx, o)), ovarian_strata = flat(survdiff(Surv(futime, fustat) ~ rx + strata(resid.ds), o)),
  stops = flat(survdiff(Surv(days, ev) ~ arm, s)), stops_peto = flat(survdiff(Surv(days, ev) ~ arm, s, rho = 1)),
  stops_strata = flat(survdiff(Surv(days, ev) ~ arm + strata(cohort), s)), stops_peto_strata = flat(survdiff(Surv(days, ev) ~ arm + strata(cohort), s, rho = 1)))
tight <- coxph.control(eps = 1e-14, iter.max = 100, toler.chol = 1e-15)
one <- function(fit) { z <- lapply(c("km", "identity", "rank", "log"), function(tr) { ok <- tryCatch(unname(cox.zph(fit, transform = tr)$table[, 1:2]), error = function(e) NULL); ok })
  list(coef = unname(coef(fit)), vcov = unname(vcov(fit)), loglik = fit$loglik, zph = z) }
p <- s[s$days > 0, ]; pev <- p$cause != "none"
out$cox <- list(ovarian = one(coxph(Surv(futime, fustat) ~ age + rx + ecog.ps, o, control = tight)),
  efron = one(coxph(Surv(days, pev) ~ arm + x, p, control = tight)), breslow = one(coxph(Surv(days, pev) ~ arm + x, p, ties = "breslow", control = tight)),
  strata = one(coxph(Surv(days, pev) ~ arm + x + strata(cohort), p, control = tight)))
for (ties in c("efron", "breslow")) out$robust[[ties]] <- one(coxph(Surv(begin, end, fell) ~ arm + cluster(participant), f, ties = ties, control = tight))[c("coef", "vcov", "loglik")]
out$entry <- one(coxph(Surv(begin, end, fell) ~ arm, f, control = tight))[c("coef", "vcov", "loglik")]
ci <- cuminc(s$days, s$cause, s$arm, cencode = "none"); at <- timepoints(ci, c(10, 20, 40, 60)); out$cuminc <- list(est = at$est, var = at$var, rows = rownames(at$est), tests = ci$Tests)
cs <- cuminc(s$days, s$cause, s$arm, s$cohort, cencode = "none"); out$gray_strata <- cs$Tests
c2 <- s[s$arm != "c", ]; out$gray_two <- cuminc(c2$days, c2$cause, c2$arm, cencode = "none")$Tests
mc <- survfit(Surv(begin, end, fell) ~ arm, f, id = participant, cluster = participant); q <- summary(mc, times = c(10, 30, 50)); out$mcf <- list(est = q$cumhaz, se = q$std.chaz)
version <- paste(R.version.string, "survival", packageVersion("survival"), "cmprsk", packageVersion("cmprsk"))
write(toJSON(list(software = version, expected = out), digits = I(15), auto_unbox = TRUE, pretty = TRUE, na = "null", matrix = "rowmajor"), "expected.json")
