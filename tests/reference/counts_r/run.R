# Rscript tests/reference/counts_r/run.R      (writes expected.json beside itself; needs the packages named below)
suppressWarnings(suppressPackageStartupMessages({
  library(jsonlite); library(MASS); library(glmmTMB); library(lme4); library(geepack); library(pscl); library(sandwich)
}))
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("--file=", "", args[grep("--file=", args)])))
d <- read.csv(file.path(here, "data.csv"), stringsAsFactors = FALSE)
d$arm <- factor(d$arm, c("placebo", "drug A", "drug B"))
d$cohort <- factor(d$cohort)
d$visit <- factor(d$visit, c("week 4", "week 8", "week 12", "week 24"))
d$who <- as.integer(factor(d$participant))
d <- d[order(d$who, d$visit), ]
one <- d[d$visit == "week 12", ]
tight <- glm.control(epsilon = 1e-15, maxit = 500)
co <- function(m, v = vcov(m)) list(estimate = unname(coef(m)), se = unname(sqrt(diag(v))))
out <- list()

# Independent rows.
f <- spasms ~ log_baseline + arm + cohort + offset(log(days))
nb <- glm.nb(f, one, control = tight)
po <- glm(f, poisson, one, control = tight)
qp <- glm(f, quasipoisson, one, control = tight)
out$nb2 <- c(co(nb), list(theta = nb$theta, loglik = as.numeric(logLik(nb))))
out$poisson <- c(co(po), list(loglik = as.numeric(logLik(po))))
out$quasi <- c(co(qp), list(scale = summary(qp)$dispersion))
out$poisson_robust <- lapply(c(HC0 = "HC0", HC2 = "HC2", HC3 = "HC3"), function(t) unname(sqrt(diag(vcovHC(po, t)))))
out$nb2_lr_arm <- 2 * (as.numeric(logLik(nb)) - as.numeric(logLik(glm.nb(update(f, . ~ . - arm), one, control = tight))))
all <- glm(f, poisson, d, control = tight)
out$poisson_cluster <- lapply(c(CR0 = "HC0"), function(t)
  unname(sqrt(diag(vcovCL(all, d$who, t, cadjust = FALSE)))))

# glmmTMB stops at its optimiser's default; Newton steps on its own gradient take it to the maximum.
polish <- function(m) {
  o <- m$obj; th <- m$fit$par; k <- length(th)
  for (i in 1:20) {
    g <- as.numeric(o$gr(th)); if (max(abs(g)) < 1e-9) break
    H <- matrix(0, k, k)
    for (j in 1:k) { h <- 1e-4; a <- th; a[j] <- a[j] + h; b <- th; b[j] <- b[j] - h; H[, j] <- (o$gr(a) - o$gr(b)) / (2 * h) }
    th <- th - solve((H + t(H)) / 2, g)
  }
  H <- matrix(0, k, k)
  for (j in 1:k) { h <- 1e-4; a <- th; a[j] <- a[j] + h; b <- th; b[j] <- b[j] - h; H[, j] <- (o$gr(a) - o$gr(b)) / (2 * h) }
  list(parameters = unname(th), names = names(th), se = unname(sqrt(diag(solve((H + t(H)) / 2)))),
       loglik = -as.numeric(o$fn(th)), gradient = max(abs(o$gr(th))))
}
out$nb2_joint <- polish(glmmTMB(f, one, family = nbinom2))
out$nb1_joint <- polish(glmmTMB(f, one, family = nbinom1))
g <- spasms ~ log_baseline + arm + cohort + offset(log(days)) + (1 | participant)
out$mixed_poisson <- polish(glmmTMB(g, d, family = poisson))
out$mixed_nb2 <- polish(glmmTMB(g, d, family = nbinom2))
out$mixed_nb1 <- polish(glmmTMB(g, d, family = nbinom1))
h <- cramps ~ arm + offset(log(days))
out$zip <- polish(glmmTMB(h, d, family = poisson, ziformula = ~ cohort))
out$zinb <- polish(glmmTMB(h, d, family = nbinom2, ziformula = ~ cohort))
z <- zeroinfl(cramps ~ arm + offset(log(days)) | cohort, d, dist = "poisson", control = zeroinfl.control(reltol = 1e-15))
out$zip_pscl <- list(count = unname(z$coefficients$count), zero = unname(z$coefficients$zero), loglik = z$loglik)

# lme4: adaptive Gauss-Hermite, its deviance function taken to the minimum.
agq <- function(n) {
  m <- glmer(g, d, family = poisson, nAGQ = n, control = glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13))
  dev <- update(m, devFunOnly = TRUE)
  th <- c(getME(m, "theta"), fixef(m))
  for (i in 1:3) {
    s <- optim(th, dev, method = "BFGS", control = list(reltol = 1e-16, maxit = 500)); th <- s$par
  }
  # glmer's likelihood with nAGQ > 1 lacks the constant of the counts; the deviance is compared in differences.
  list(sigma = unname(abs(th[1])), beta = unname(th[-1]), deviance = dev(th))
}
out$agq <- list(n1 = agq(1), n5 = agq(5), n11 = agq(11))

# Estimating equations.
control <- geese.control(epsilon = 1e-13, maxit = 500)
gee <- function(f, fam, cor, v = "san.se", data = d, ...) {
  m <- geeglm(f, id = who, waves = as.integer(visit), data = data, family = fam, corstr = cor, std.err = v, control = control, ...)
  list(estimate = unname(coef(m)), se = summary(m)$coefficients[, 2], alpha = unname(m$geese$alpha), scale = unname(m$geese$gamma))
}
# geepack crashes with an unstructured correlation and missing visits, so that one is fitted to the complete people.
complete <- d[d$who %in% names(which(table(d$who) == 4)), ]
for (cor in c("independence", "exchangeable", "ar1", "unstructured")) {
  use <- if (cor == "unstructured") complete else d
  out[[paste0("gee_poisson_", cor)]] <- gee(f, poisson, cor, data = use)
  out[[paste0("gee_binomial_", cor)]] <- gee(free ~ log_baseline + arm, binomial, cor, data = use)
  out[[paste0("gee_gaussian_", cor)]] <- gee(log(spasms + 1) ~ log_baseline + arm, gaussian, cor, data = use)
}
software <- paste(c(R.version.string, vapply(c("MASS", "glmmTMB", "lme4", "geepack", "pscl", "sandwich"),
  function(p) paste(p, as.character(packageVersion(p))), "")), collapse = "; ")
write(toJSON(c(list(software = software), out), digits = NA, auto_unbox = TRUE, pretty = TRUE), file.path(here, "expected.json"))
