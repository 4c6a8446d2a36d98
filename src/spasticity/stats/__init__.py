"""Statistics: outcomes in, a frozen `Result` with an estimate frame out."""

from spasticity.stats import missing
from spasticity.stats.adverse_events import Harms, harms
from spasticity.stats.associations import RepeatedCorrelation, correlations, repeated_correlation
from spasticity.stats.benefits import comparison
from spasticity.stats.characteristics import Baseline, baseline
from spasticity.stats.competing_risks import CumulativeIncidence, cumulative_incidence, gray
from spasticity.stats.count_fit import counts
from spasticity.stats.count_mixed import MixedCountFit, mixed_counts
from spasticity.stats.count_outcomes import as_counts
from spasticity.stats.count_result import CountFit
from spasticity.stats.cox_fit import CoxFit, cox
from spasticity.stats.crossover_trials import Crossover, crossover
from spasticity.stats.device_events import complications
from spasticity.stats.distributions import shares
from spasticity.stats.effects import Proportions, two_by_two
from spasticity.stats.gee_fit import GeeFit, gee
from spasticity.stats.geometric_ratios import geometric_means
from spasticity.stats.heterogeneity import subgroups
from spasticity.stats.hierarchies import Hierarchy, hochberg
from spasticity.stats.hypotheses import TermTests
from spasticity.stats.linear import LinearFit, ancova
from spasticity.stats.mmrm_fit import mmrm
from spasticity.stats.mmrm_result import Mmrm
from spasticity.stats.moves import transitions
from spasticity.stats.ordinal_models import ordinal, ordinal_mixed
from spasticity.stats.ordinal_result import Ordinal, OrdinalMixed
from spasticity.stats.pairs import Paired, paired
from spasticity.stats.parts import two_part
from spasticity.stats.pooled_studies import MetaAnalysis, meta_analysis
from spasticity.stats.printed_effects import study_effects
from spasticity.stats.published import event_rate, implied, two_rates
from spasticity.stats.quantile_bands import normal_quantiles
from spasticity.stats.ranks import Ranks, rank_sum
from spasticity.stats.raters import Reliability, icc, weighted_kappa
from spasticity.stats.recurrent_events import MeanEvents, mean_events
from spasticity.stats.responses import Responders, responder_table, responders
from spasticity.stats.responsiveness import Anchor, ChangeScores, change_scores
from spasticity.stats.result import Result
from spasticity.stats.single_case import SingleCase, n_of_1
from spasticity.stats.single_case_series import SingleCaseSeries, n_of_1_series
from spasticity.stats.summaries import describe
from spasticity.stats.survival_curves import Survival, survival
from spasticity.stats.survival_tests import LogRank, log_rank
from spasticity.stats.trial_noise import repeatability
from spasticity.stats.two_methods import Agreement, agreement
from spasticity.stats.visits import ancova_by_visit
from spasticity.stats.wins import Priority, Wins, win_ratio
from spasticity.stats.within_between import DoseResponse, dose_response
from spasticity.stats.zero_fit import ZeroInflatedFit, zero_inflated

__all__ = [
    "Agreement",
    "Anchor",
    "Baseline",
    "ChangeScores",
    "CountFit",
    "CoxFit",
    "Crossover",
    "CumulativeIncidence",
    "DoseResponse",
    "GeeFit",
    "Harms",
    "Hierarchy",
    "LinearFit",
    "LogRank",
    "MeanEvents",
    "MetaAnalysis",
    "MixedCountFit",
    "Mmrm",
    "Ordinal",
    "OrdinalMixed",
    "Paired",
    "Priority",
    "Proportions",
    "Ranks",
    "Reliability",
    "RepeatedCorrelation",
    "Responders",
    "Result",
    "SingleCase",
    "SingleCaseSeries",
    "Survival",
    "TermTests",
    "Wins",
    "ZeroInflatedFit",
    "agreement",
    "ancova",
    "ancova_by_visit",
    "as_counts",
    "baseline",
    "change_scores",
    "comparison",
    "complications",
    "correlations",
    "counts",
    "cox",
    "crossover",
    "cumulative_incidence",
    "describe",
    "dose_response",
    "event_rate",
    "gee",
    "geometric_means",
    "gray",
    "harms",
    "hochberg",
    "icc",
    "implied",
    "log_rank",
    "mean_events",
    "meta_analysis",
    "missing",
    "mixed_counts",
    "mmrm",
    "n_of_1",
    "n_of_1_series",
    "normal_quantiles",
    "ordinal",
    "ordinal_mixed",
    "paired",
    "rank_sum",
    "repeatability",
    "repeated_correlation",
    "responder_table",
    "responders",
    "shares",
    "study_effects",
    "subgroups",
    "survival",
    "transitions",
    "two_by_two",
    "two_part",
    "two_rates",
    "weighted_kappa",
    "win_ratio",
    "zero_inflated",
]
