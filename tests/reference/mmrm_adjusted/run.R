# Adjusted p values and intervals of a mixed model: R emmeans on nlme::gls at the covariance that R mmrm found, with
# residual degrees of freedom.     Rscript run.R   (in this folder; reads ../mmrm_fev)
suppressPackageStartupMessages({library(nlme); library(emmeans); library(jsonlite)})
d <- read.csv("../mmrm_fev/data.csv", stringsAsFactors = TRUE); d <- d[!is.na(d$FEV1), ]
d$SEX <- relevel(d$SEX, "Male"); d$place <- as.integer(d$AVISIT); d <- d[order(d$USUBJID, d$place), ]
S <- matrix(as.numeric(unlist(fromJSON("../mmrm_fev/expected.json")$expected$us$covariance)), 4)
sd <- sqrt(diag(S)); R <- S / outer(sd, sd)
fit <- gls(FEV1 ~ RACE + SEX + ARMCD * AVISIT, d,
  correlation = corSymm(R[lower.tri(R)], form = ~ place | USUBJID, fixed = TRUE),
  weights = varIdent(fixed = setNames(sd[-1] / sd[1], levels(d$AVISIT)[-1]), form = ~ 1 | AVISIT))
# gls takes off its correlations too, which are held here.
means <- update(emmeans(fit, ~ RACE, mode = "df.error"), df = nrow(d) - length(coef(fit)))
one <- function(method, adjust) {
  found <- summary(contrast(means, method, adjust = adjust), infer = TRUE)
  columns <- as.list(found[c("contrast", "estimate", "SE", "df", "lower.CL", "upper.CL", "p.value")])
  lapply(columns, function(x) if (is.factor(x)) as.character(x) else x)
}
out <- list(tukey = one("revpairwise", "tukey"), bonferroni = one("trt.vs.ctrl", "bonferroni"),
  holm = one("trt.vs.ctrl", "holm"), none = one("trt.vs.ctrl", "none"))
versions <- paste(R.version.string, "nlme", packageVersion("nlme"), "emmeans", packageVersion("emmeans"))
write(toJSON(list(software = versions, expected = out), digits = NA, auto_unbox = TRUE, pretty = TRUE), "expected.json")
