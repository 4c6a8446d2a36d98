# Repeatability of trials, and the two parts of a walking test. Both data sets are invented here.
# Run in this folder: Rscript run.R     (R, psych, jsonlite)
suppressPackageStartupMessages({library(psych); library(jsonlite)})
set.seed(20261109)
n <- 40; log_time <- rnorm(n, log(8), .5)
trials <- do.call(rbind, lapply(1:n, function(i) { k <- if (i %% 8 == 0) 1 else if (i %% 5 == 0) 3 else 2
  data.frame(participant = i, trial = 1:k, time_s = round(exp(log_time[i] + rnorm(k, 0, .06)), 2)) }))
write.csv(trials, "trials.csv", row.names = FALSE, quote = FALSE)
within <- function(x, person) { keep <- person %in% names(which(table(person) > 1)); x <- x[keep]; person <- factor(person[keep])
  a <- anova(lm(x ~ person)); df <- a["Residuals", "Df"]; ms <- a["Residuals", "Mean Sq"]
  sqrt(ms * df / c(df, qchisq(.975, df), qchisq(.025, df))) }
plain <- within(trials$time_s, trials$participant); logs <- within(log(trials$time_s), trials$participant)
z <- qnorm(.975) * sqrt(2)
pair <- trials[!(trials$participant %in% c(which(1:n %% 8 == 0), which(1:n %% 5 == 0 & 1:n %% 8 != 0))), ]
wide <- matrix(log(pair$time_s), ncol = 2, byrow = TRUE)
write.csv(pair, "pairs.csv", row.names = FALSE, quote = FALSE)
icc <- ICC(wide, lmer = FALSE)$results[2, ]
people <- data.frame(participant = 1:60, arm = rep(c("a", "b"), 30), able = runif(60) < .8)
people$time_s <- ifelse(people$able, round(exp(rnorm(60, 2, .6)), 2), NA)
people$able[c(3, 8)] <- NA; people$time_s[c(3, 8)] <- NA
write.csv(people, "people.csv", row.names = FALSE, quote = FALSE, na = "")
part <- function(arm) { d <- people[people$arm == arm & !is.na(people$able), ]
  share <- suppressWarnings(prop.test(sum(d$able), nrow(d), correct = FALSE)); log_t <- t.test(log(d$time_s[d$able]))
  list(share = c(share$estimate, share$conf.int), mean = exp(c(log_t$estimate, log_t$conf.int)), n = c(nrow(d), sum(d$able))) }
walks <- people[!is.na(people$able), ]; walks$speed <- ifelse(walks$able, 7.62 / walks$time_s, 0)
ranked <- wilcox.test(speed ~ arm, walks, exact = FALSE)
out <- list(difference = c(plain, z * plain), ratio = c(100 * sqrt(exp(logs^2) - 1), exp(z * logs)),
            icc = unname(unlist(icc[c("ICC", "F", "df1", "df2", "p", "lower bound", "upper bound")])),
            parts = list(a = part("a"), b = part("b")),
            superiority = unname(1 - ranked$statistic / (sum(walks$arm == "a") * sum(walks$arm == "b"))))
write(toJSON(list(software = paste(R.version.string, "psych", packageVersion("psych")), expected = out), digits = I(15), auto_unbox = TRUE, pretty = TRUE), "expected.json")
