"""Each participant against themselves: two visits of one outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity import wording
from spasticity.errors import MethodError, one_of
from spasticity.instruments import measure
from spasticity.stats.groups import grouped
from spasticity.stats.ranks import TIED
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.selection import of_outcome, visits_of
from spasticity.stats.signed_rank import hodges_lehmann, signed_rank_p
from spasticity.stats.summaries import is_skewed
from spasticity.wording import plural

Numbers = Callable[[NDArray[np.float64], float], dict[str, float]]

MEAN_CHANGE, PSEUDOMEDIAN = "mean change", "Hodges-Lehmann change"


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Paired(Result):
    """Changes between two visits.

    Parameters
    ----------
    pairs : DataFrame
        One row per participant with both values: `participant`, the groups, `first`, `last`, `difference` (last minus
        first).
    """

    pairs: pd.DataFrame


def paired(
    outcomes: pd.DataFrame,
    outcome: str,
    *,
    first: str,
    last: str,
    by: str | Sequence[str] | None = None,
    level: float = 0.95,
) -> Paired:
    """Change of each participant from one visit to another, tested by t and by Wilcoxon's signed ranks.

    A change within one group is no treatment effect; compare groups with `ancova`.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes with `value`.
    outcome : str
        Id of a measure.
    first, last : str
        The two visits.
    by : str or sequence of str, optional
        Columns that make groups, such as `arm`.
    level : float
        Confidence level.

    Returns
    -------
    Paired
        Per group the terms `mean change` (paired t) and `Hodges-Lehmann change` (median of pairwise means; p from the
        exact signed-rank test). `n` is participants with both values; `n_missing` those with one of them only, or
        neither; `achieved_level` that of the interval; `mean_first` and `mean_last` the means of those with both.

    Raises
    ------
    MethodError
        Unknown outcome or visit, the same visit twice, nobody with both.
    DataError
        A participant twice at a visit.

    References
    ----------
    .. [1] Wilcoxon 1945, Biometrics Bulletin 1:80-83. [from memory]
    .. [2] Hodges & Lehmann 1963, Annals of Mathematical Statistics 34:598-611. [from memory]
    """
    by = [by] if isinstance(by, str) else list(by or [])
    everyone = _wide(of_outcome(outcomes, outcome, ["value", *by]), first, last, by)
    if not everyone["difference"].notna().any():
        raise MethodError(f"{outcome}: nobody has a value at both {first} and {last}; there is nothing to compare.")
    frames = []
    for term, numbers in ((MEAN_CHANGE, _paired_t), (PSEUDOMEDIAN, _signed_rank)):
        described, notes = grouped(everyone, by, partial(_row, numbers=numbers, level=level))
        frames.append(described.assign(term=term))
    frame = pd.concat(frames, ignore_index=True)
    if by:
        frame = frame.sort_values(by, kind="stable")
    pairs = everyone.dropna(subset=["difference"]).reset_index(drop=True)
    return Paired(
        frame=estimate_frame(frame.assign(outcome=outcome), ["outcome", *by]),
        method=(
            f"change of {measure(outcome).label} from {first} to {last}: paired t, and Hodges-Lehmann with "
            f"Wilcoxon's signed-rank test; {wording.level(level)} intervals"
        ),
        n=len(pairs),
        level=level,
        notes=notes + _measured(everyone, by) + _lost(len(everyone) - len(pairs), first, last),
        pairs=pairs,
    )


def _wide(rows: pd.DataFrame, first: str, last: str, by: list[str]) -> pd.DataFrame:
    """One row per participant with both values; groups as at the last visit, or at the first."""
    for name, visit in (("first", first), ("last", last)):
        one_of(name, visit, visits_of(rows))
    if first == last:
        raise MethodError(f"first and last are both {first!r}; name two visits.")
    at = {
        name: rows[rows["visit"].eq(visit).to_numpy(dtype=bool)].set_index("participant")
        for name, visit in (("first", first), ("last", last))
    }
    people = at["last"].index.union(at["first"].index)
    wide = pd.DataFrame({"participant": people})
    for name in by:
        here = at["last"][name].reindex(people)
        wide[name] = here.where(here.notna(), at["first"][name].reindex(people)).to_numpy()
        if isinstance(rows[name].dtype, pd.CategoricalDtype):
            wide[name] = wide[name].astype(rows[name].dtype)
    for name in ("first", "last"):
        wide[name] = at[name]["value"].reindex(people).to_numpy(dtype=np.float64)
    return wide.assign(difference=wide["last"] - wide["first"])


def _row(rows: pd.DataFrame, numbers: Numbers, level: float) -> dict[str, Any]:
    both = rows[rows["difference"].notna()]
    x = both["difference"].to_numpy(dtype=np.float64)
    means = {f"mean_{name}": float(both[name].mean()) for name in ("first", "last")}
    return {**numbers(x, level), "n": len(x), "n_missing": len(rows) - len(x), **means}


def _paired_t(x: NDArray[np.float64], level: float) -> dict[str, float]:
    if len(x) < 2:
        return {"estimate": float(x.mean()) if len(x) else np.nan, "achieved_level": np.nan}
    mean, error, df = float(x.mean()), float(x.std(ddof=1) / np.sqrt(len(x))), len(x) - 1
    margin = float(stats.t.isf((1 - level) / 2, df)) * error
    statistic = mean / error if error > 0 else np.nan
    return {
        "estimate": mean,
        "std_error": error,
        "df": df,
        "statistic": statistic,
        "p_value": 2 * float(stats.t.sf(abs(statistic), df)),
        "conf_low": mean - margin,
        "conf_high": mean + margin,
        "achieved_level": level,
    }


def _signed_rank(x: NDArray[np.float64], level: float) -> dict[str, float]:
    median, low, high, achieved = hodges_lehmann(x, level)
    return {
        "estimate": median,
        "p_value": signed_rank_p(x),
        "conf_low": low,
        "conf_high": high,
        "achieved_level": achieved,
    }


def _measured(everyone: pd.DataFrame, by: list[str]) -> tuple[str, ...]:
    """Intervals that were measured off their band with changes like these, in words."""
    known = everyone[everyone["difference"].notna()]
    parts = [rows for _, rows in known.groupby(by, observed=True)] if by else [known]
    changes = [rows["difference"].to_numpy(dtype=np.float64) for rows in parts]
    notes = []
    if any(is_skewed(values) for values in changes):
        notes.append("changes of few people are skewed: t intervals of such missed in 5 to 9 %")
    if any(1 - len(np.unique(values)) / len(values) > TIED for values in changes if len(values) > 1):
        notes.append("many changes are tied: the Hodges-Lehmann interval is then too wide, and holds 0 almost always")
    return tuple(f"{note} (docs/methods/describe.md)" for note in notes)


def _lost(count: int, first: str, last: str) -> tuple[str, ...]:
    if not count:
        return ()
    return (f"left out: {plural(count, 'participant')} without a value at both {first} and {last}",)
