# Empirical covariances of the mixed model: R clubSandwich on nlme::gls at the covariance that R mmrm found.
#     Rscript run.R            (in this folder; reads ../mmrm_fev, writes expected.json)
suppressPackageStartupMessages({library(nlme); library(clubSandwich); library(jsonlite)})
d <- read.csv("../mmrm_fev/data.csv", stringsAsFactors = TRUE); d <- d[!is.na(d$FEV1), ]
d$SEX <- relevel(d$SEX, "Male"); d$place <- as.integer(d$AVISIT); d <- d[order(d$USUBJID, d$place), ]
found <- fromJSON("../mmrm_fev/expected.json", simplifyVector = FALSE)$expected
one <- function(case) {
  S <- matrix(as.numeric(unlist(found[[case]]$covariance)), 4); sd <- sqrt(diag(S)); R <- S / outer(sd, sd)
  ratios <- setNames(sd[-1] / sd[1], levels(d$AVISIT)[-1])
  fit <- gls(FEV1 ~ RACE + SEX + ARMCD * AVISIT, d,
    correlation = corSymm(R[lower.tri(R)], form = ~ place | USUBJID, fixed = TRUE),
    weights = varIdent(fixed = ratios, form = ~ 1 | AVISIT))
  out <- list(sigma = fit$sigma / sd[1], log_likelihood = as.numeric(logLik(fit)), estimate = unname(coef(fit)))
  for (type in c("CR0", "CR2", "CR3")) {
    V <- vcovCR(fit, cluster = d$USUBJID, type = type)
    test <- coef_test(fit, vcov = V, test = "Satterthwaite")
    out[[type]] <- list(std_error = unname(test$SE), df = unname(test$df_Satt))
  }
  out
}
cases <- c("us", "csh", "ar1")
versions <- paste(R.version.string, "nlme", packageVersion("nlme"), "clubSandwich", packageVersion("clubSandwich"))
write(toJSON(list(software = versions, expected = sapply(cases, one, simplify = FALSE)), digits = NA, auto_unbox = TRUE,
  pretty = TRUE), "expected.json")
