"""Statistics: outcomes in, a frozen `Result` with an estimate frame out."""

from spasticity.stats import missing
from spasticity.stats.adverse_events import Harms, harms
from spasticity.stats.count_fit import counts
from spasticity.stats.count_result import CountFit
from spasticity.stats.device_events import complications
from spasticity.stats.distributions import shares
from spasticity.stats.effects import Proportions, two_by_two
from spasticity.stats.heterogeneity import subgroups
from spasticity.stats.hypotheses import TermTests
from spasticity.stats.linear import LinearFit, ancova
from spasticity.stats.mmrm_fit import mmrm
from spasticity.stats.mmrm_result import Mmrm
from spasticity.stats.ordinal_models import ordinal, ordinal_mixed
from spasticity.stats.ordinal_result import Ordinal, OrdinalMixed
from spasticity.stats.pairs import Paired, paired
from spasticity.stats.published import event_rate, implied, two_rates
from spasticity.stats.quantile_bands import normal_quantiles
from spasticity.stats.responses import Responders, responders
from spasticity.stats.result import Result
from spasticity.stats.summaries import describe
from spasticity.stats.visits import ancova_by_visit

__all__ = [
    "CountFit",
    "Harms",
    "LinearFit",
    "Mmrm",
    "Ordinal",
    "OrdinalMixed",
    "Paired",
    "Proportions",
    "Responders",
    "Result",
    "TermTests",
    "ancova",
    "ancova_by_visit",
    "complications",
    "counts",
    "describe",
    "event_rate",
    "harms",
    "implied",
    "missing",
    "mmrm",
    "normal_quantiles",
    "ordinal",
    "ordinal_mixed",
    "paired",
    "responders",
    "shares",
    "subgroups",
    "two_by_two",
    "two_rates",
]
