# Cumulative link models of an invented trial: Rscript run.R writes data.csv and expected.json next to itself.
# R 4.2.2, ordinal 2022.11.16, MASS 7.3, emmeans 1.8; the optimisers are told to go on to the end.
suppressPackageStartupMessages({library(ordinal); library(MASS); library(jsonlite); library(emmeans); library(numDeriv)})
set.seed(1)
people <- 110
d <- data.frame(participant = sprintf("P%03d", 1:people), arm = sample(c("drug", "placebo"), people, TRUE),
                cohort = sample(c("MS", "SCI"), people, TRUE), baseline = round(rnorm(people, 2.5, 0.8), 1),
                u = rnorm(people, 0, 1.3))
d <- merge(d, data.frame(visit = c("week 04", "week 08", "week 12"), time = 0:2))
latent <- with(d, 0.9 * (baseline - 2.5) + 0.5 * (cohort == "SCI") - (arm == "drug") * (0.4 + 0.4 * time) + u + rlogis(nrow(d)))
marks <- c("0", "1", "1+", "2", "3")
d$grade <- marks[as.integer(cut(latent, c(-Inf, -2, -0.5, 0.6, 2.2, Inf)))]
d <- d[runif(nrow(d)) > 0.08, c("participant", "arm", "cohort", "baseline", "visit", "grade")]
d <- d[order(d$participant, d$visit), ]
write.csv(d, "data.csv", row.names = FALSE)
d$grade <- factor(d$grade, levels = marks, ordered = TRUE); d$arm <- relevel(factor(d$arm), "placebo"); d$participant <- factor(d$participant)
one <- droplevels(d[d$visit == "week 12", ]); one$weight <- rep(1:3, length.out = nrow(one))
tight <- clm.control(gradTol = 1e-12, maxIter = 200)
out <- function(m) list(estimate = unname(coef(m)), se = unname(sqrt(diag(vcov(m))))[seq_along(coef(m))], loglik = as.numeric(logLik(m)), term = names(coef(m)))
f <- grade ~ baseline + cohort + arm
e <- list()
for (link in c("logit", "probit", "cloglog", "loglog", "cauchit")) e[[paste0("clm_", link)]] <- out(clm(f, data = one, link = link, control = tight))
for (link in c("logistic", "probit", "cloglog", "loglog", "cauchit")) {
  m <- polr(f, data = one, method = link, Hess = TRUE, control = list(reltol = 1e-15, maxit = 1000))
  e[[paste0("polr_", link)]] <- list(estimate = unname(c(m$zeta, coef(m))), loglik = as.numeric(logLik(m)))
}
w <- clm(f, data = one, weights = weight, control = tight); e$weights <- out(w)
m <- clm(f, data = one, control = tight)
n <- clm(grade ~ baseline + cohort, nominal = ~arm, data = one, control = tight); e$nominal <- out(n)
larger <- list(baseline = clm(grade ~ cohort + arm, nominal = ~baseline, data = one, control = tight),
               cohort = clm(grade ~ baseline + arm, nominal = ~cohort, data = one, control = tight), arm = n)
lr <- sapply(larger, function(x) 2 * as.numeric(logLik(x) - logLik(m)))
e$proportional <- list(term = names(lr), lr = unname(lr), p = unname(pchisq(lr, length(unique(one$grade)) - 2, lower.tail = FALSE)))
ci <- confint(m, type = "profile", trace = FALSE); e$profile <- list(term = rownames(ci), low = unname(ci[, 1]), high = unname(ci[, 2]))
dr <- drop1(m, test = "Chisq"); e$drop1 <- list(term = rownames(dr)[-1], lr = dr$LRT[-1], p = dr[["Pr(>Chi)"]][-1])
row <- data.frame(baseline = 2.2, cohort = "SCI", arm = c("placebo", "drug"))
pr <- predict(m, newdata = row, type = "prob", se.fit = TRUE); e$predict <- list(fit = unname(as.matrix(pr$fit)), se = unname(as.matrix(pr$se.fit)))
emm <- as.data.frame(summary(emmeans(m, "arm", mode = "latent"))); e$emmeans_latent <- list(arm = as.character(emm$arm), estimate = emm$emmean, se = emm$SE)
emp <- as.data.frame(summary(emmeans(m, ~grade | arm, mode = "prob"))); e$emmeans_prob <- list(grade = as.character(emp$grade), arm = as.character(emp$arm), estimate = emp$prob, se = emp$SE)
g <- grade ~ baseline + cohort + arm * visit + (1 | participant)
polished <- function(link, k) {   # clmm stops early: Newton's method on its own likelihood, with Richardson derivatives
  rho <- clmm(g, data = d, nAGQ = k, link = link, doFit = FALSE, control = clmm.control(gradTol = 1e-12, maxIter = 500))
  f <- function(par) if (k > 1) ordinal:::getNAGQ.ssr(rho, par) else ordinal:::getNLA.ssr(rho, par)
  par <- nlminb(rho$par, f, control = list(rel.tol = 1e-14))$par
  for (step in 1:4) par <- par - solve(numDeriv::hessian(f, par), numDeriv::grad(f, par))
  value <- f(par); tau <- exp(par[length(par)])
  f(par); u <- rho$u * tau
  se <- sqrt(diag(solve(numDeriv::hessian(f, par))))
  list(term = names(rho$par), estimate = unname(par[-length(par)]), se = unname(se[-length(par)]), sd = unname(tau),
       sd_se = unname(se[length(par)] * tau), loglik = -value, ranef = u)
}
for (k in c(1, 7, 15)) for (link in c("logit", "probit")) e[[paste0("clmm_", link, "_", k)]] <- polished(link, k)
x <- list(software = paste(R.version.string, "ordinal", packageVersion("ordinal"), "MASS", packageVersion("MASS"), "emmeans", packageVersion("emmeans")),
          source = "invented trial, drawn by run.R", expected = e)
write(toJSON(x, digits = 15, auto_unbox = TRUE, pretty = TRUE, na = "null"), "expected.json")
