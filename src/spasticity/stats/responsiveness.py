"""Whether a measure can show change, and how large a change has to be to mean something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats

from spasticity import wording
from spasticity.errors import MethodError, listed
from spasticity.instruments import measure
from spasticity.stats.pairs import Paired, paired
from spasticity.stats.result import Result, estimate_frame
from spasticity.wording import plural

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What tells who changed: another outcome at the last visit, such as the patient's global impression.

    Parameters
    ----------
    outcome : str
        Id of the measure.
    improved : sequence of float
        Its values that mean a small but important improvement.
    unchanged : sequence of float
        Its values that mean no change.
    """

    outcome: str
    improved: Sequence[float]
    unchanged: Sequence[float]


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class ChangeScores(Result):
    """Indices of change, and for an anchor its curve.

    Parameters
    ----------
    pairs : DataFrame
        One row per participant with both values: `participant`, `first`, `last`, `difference`, and with an anchor
        `anchor` (`improved`, `unchanged` or missing).
    curve : DataFrame
        With an anchor, one row per threshold of change: `threshold`, `sensitivity`, `specificity`; else empty.
    """

    pairs: pd.DataFrame
    curve: pd.DataFrame


def change_scores(
    outcomes: pd.DataFrame,
    outcome: str,
    *,
    first: str,
    last: str,
    reliability: float | None = None,
    anchor: Anchor | None = None,
    level: float = 0.95,
) -> ChangeScores:
    """Indices of change of one outcome between two visits.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes with `value`.
    outcome : str
        Id of a measure.
    first, last : str
        The two visits.
    reliability : float, optional
        Test-retest ICC of a single value, from a study of its own (`stats.icc`); gives SEM and MDC.
    anchor : Anchor, optional
        Gives the thresholds that depend on what people say of their change.
    level : float
        Confidence level; also that of the minimal detectable change.

    Returns
    -------
    ChangeScores
        Terms `mean change`; `effect size` (by the SD at first); `standardised response mean` (by the SD of changes,
        exact interval); `half SD`; with `reliability` `SEM` and `MDC`; with an anchor `mean change, improved`,
        `mean change, unchanged`, `improved minus unchanged`, `ROC area`, `ROC threshold` and `anchor correlation`
        (Spearman). Sizes (`half SD`, `SEM`, `MDC`) have no sign; changes keep theirs.

    Raises
    ------
    MethodError
        Unknown outcome or visit, fewer than three pairs, no spread, a reliability outside 0 to 1, an anchor without
        people in both groups or whose groups overlap.

    Notes
    -----
    SEM = SD sqrt(1 - ICC), MDC = z sqrt(2) SEM. Distribution-based indices say what stands out from noise, not what
    matters. The ROC threshold is the change with the largest sensitivity + specificity, halfway to the next value seen;
    improvement is a fall where the registry says that lower is better. The area's interval is DeLong's.

    References
    ----------
    .. [1] Cohen 1988; Liang et al. 1990, Med Care 28:632-642 (indices). [from memory]
    .. [2] de Vet et al. 2006, Health Qual Life Outcomes 4:54 (MDC and MIC). [from memory]
    .. [3] DeLong et al. 1988, Biometrics 44:837-845. [from memory]
    """
    if reliability is not None and not 0 <= reliability <= 1:
        raise MethodError(f"reliability={reliability!r}: expected an ICC from 0 to 1.")
    changes = paired(outcomes, outcome, first=first, last=last, level=level)
    rows = _distribution(changes, reliability, level)
    pairs, curve = changes.pairs.drop(columns="outcome", errors="ignore"), pd.DataFrame()
    notes = changes.notes
    if anchor is not None:
        sign = -1.0 if measure(outcome).better == "lower" else 1.0
        pairs = _with_anchor(pairs, outcomes, anchor, last)
        curve, more = _anchored(pairs, sign, level)
        rows += more
        unsaid = int(pairs["anchor"].isna().sum())
        notes += (f"{plural(unsaid, 'participant')} in neither group of the anchor",) if unsaid else ()
    return ChangeScores(
        frame=estimate_frame(pd.DataFrame(rows).assign(outcome=outcome), ["outcome"]),
        method=(
            f"change scores of {measure(outcome).label} from {first} to {last}"
            + (f", anchored on {measure(anchor.outcome).label}" if anchor else "")
            + f"; {wording.level(level)} intervals"
        ),
        n=len(pairs),
        level=level,
        notes=notes,
        pairs=pairs,
        curve=curve,
    )


def _distribution(changes: Paired, reliability: float | None, level: float) -> list[dict[str, Any]]:
    """What the spread of the values says."""
    x = changes.pairs["difference"].to_numpy(dtype=np.float64)
    first = changes.pairs["first"].to_numpy(dtype=np.float64)
    n = len(x)
    if n < 3 or np.ptp(first) == 0 or np.ptp(x) == 0:
        raise MethodError(
            f"{plural(n, 'pair')}: indices of change need at least 3 that differ, at first and in change."
        )
    mean = changes.row("mean change")
    sd = float(first.std(ddof=1))
    srm = float(x.mean() / x.std(ddof=1))
    low, high = _standardised(srm, n, level)
    rows: list[dict[str, Any]] = [
        {name: mean[name] for name in ("std_error", "df", "statistic", "p_value", "conf_low", "conf_high")}
        | {"term": "mean change", "estimate": mean["estimate"]},
        {"term": "effect size", "estimate": float(x.mean()) / sd},
        {"term": "standardised response mean", "estimate": srm, "conf_low": low, "conf_high": high},
        {"term": "half SD", "estimate": sd / 2},
    ]
    if reliability is not None:
        sem = sd * float(np.sqrt(1 - reliability))
        z = float(stats.norm.ppf((1 + level) / 2))
        rows += [{"term": "SEM", "estimate": sem}, {"term": "MDC", "estimate": z * float(np.sqrt(2)) * sem}]
    return [row | {"n": n} for row in rows]


def _standardised(d: float, n: int, level: float) -> tuple[float, float]:
    """Exact interval of a mean over its SD, from the noncentral t."""
    t, root = abs(d) * np.sqrt(n), float(np.sqrt(n))
    reach = 6 * np.sqrt(1 + t**2 / (2 * (n - 1)))  # further out the distribution function has no digits

    def limit(share: float) -> float:
        return float(optimize.brentq(lambda nc: stats.nct.cdf(t, n - 1, nc) - share, t - reach, t + reach, xtol=1e-12))

    low, high = limit((1 + level) / 2) / root, limit((1 - level) / 2) / root
    return (low, high) if d >= 0 else (-high, -low)


def _with_anchor(pairs: pd.DataFrame, outcomes: pd.DataFrame, anchor: Anchor, last: str) -> pd.DataFrame:
    """Pairs with the group that the anchor puts them in, and its value."""
    both = set(anchor.improved) & set(anchor.unchanged)
    if both:
        raise MethodError(f"anchor: {listed(map(str, sorted(both)), 'and')} cannot mean improved and unchanged.")
    there = outcomes["outcome"].eq(anchor.outcome) & outcomes["visit"].astype(str).eq(last)
    said = outcomes[there.fillna(False).to_numpy(dtype=bool)].set_index("participant")["value"]
    if said.index.has_duplicates or said.empty:
        why = "is not among the outcomes" if said.empty else "has several rows of one participant"
        raise MethodError(f"anchor: {anchor.outcome} at {last} {why}.")
    value = pairs["participant"].map(said)
    group = pd.Series(pd.NA, index=pairs.index, dtype=pd.StringDtype("python"))
    group = group.mask(value.isin(anchor.improved), "improved").mask(value.isin(anchor.unchanged), "unchanged")
    pairs = pairs.assign(anchor=group, anchor_value=value)
    sizes = {name: int(group.eq(name).sum()) for name in ("improved", "unchanged")}
    if min(sizes.values()) < 2:
        raise MethodError(
            f"anchor: {sizes['improved']} improved and {sizes['unchanged']} unchanged; "
            "thresholds need at least 2 of both."
        )
    return pairs


def _anchored(pairs: pd.DataFrame, sign: float, level: float) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """What the anchor says: the curve of thresholds, and the terms."""
    groups = {
        name: pairs.loc[pairs["anchor"].eq(name).fillna(False), "difference"].to_numpy(dtype=np.float64)
        for name in ("improved", "unchanged")
    }
    improved, unchanged = groups["improved"], groups["unchanged"]
    rows = [{"term": f"mean change, {name}"} | _mean(x, level) for name, x in groups.items()]
    rows.append({"term": "improved minus unchanged"} | _welch(improved, unchanged, level))
    curve = _roc(sign * improved, sign * unchanged).assign(threshold=lambda table: sign * table["threshold"])
    best = curve.iloc[int((curve["sensitivity"] + curve["specificity"]).argmax())]
    rows.append({"term": "ROC area"} | _area(sign * improved, sign * unchanged, level))
    rows.append({"term": "ROC threshold", "estimate": float(best["threshold"])})
    said = pairs[["difference", "anchor_value"]].dropna()
    rho = stats.spearmanr(said["difference"], said["anchor_value"])
    rows = [row | {"n": len(improved) + len(unchanged)} if "n" not in row else row for row in rows]
    rows.append(
        {"term": "anchor correlation", "estimate": float(rho.statistic), "p_value": float(rho.pvalue), "n": len(said)}
    )
    return curve, rows


def _mean(x: Array, level: float) -> dict[str, Any]:
    error = float(x.std(ddof=1) / np.sqrt(len(x)))
    margin = float(stats.t.ppf((1 + level) / 2, len(x) - 1)) * error
    mean = float(x.mean())
    return {
        "estimate": mean,
        "std_error": error,
        "df": len(x) - 1,
        "conf_low": mean - margin,
        "conf_high": mean + margin,
        "n": len(x),
    }


def _welch(a: Array, b: Array, level: float) -> dict[str, Any]:
    test = stats.ttest_ind(a, b, equal_var=False)
    interval = test.confidence_interval(level)
    difference = float(a.mean() - b.mean())
    return {
        "estimate": difference,
        "std_error": float(np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))),
        "df": float(test.df),
        "statistic": float(test.statistic),
        "p_value": float(test.pvalue),
        "conf_low": float(interval.low),
        "conf_high": float(interval.high),
    }


def _roc(improved: Array, unchanged: Array) -> pd.DataFrame:
    """Sensitivity and specificity of every threshold between two values seen; larger is improved."""
    seen = np.unique(np.concatenate((improved, unchanged)))
    threshold = (seen[1:] + seen[:-1]) / 2
    return pd.DataFrame(
        {
            "threshold": threshold,
            "sensitivity": [(improved > cut).mean() for cut in threshold],
            "specificity": [(unchanged <= cut).mean() for cut in threshold],
        }
    )


def _area(improved: Array, unchanged: Array, level: float) -> dict[str, Any]:
    """Area under the curve with DeLong's standard error; ties count half."""
    above = np.greater.outer(improved, unchanged) + 0.5 * np.equal.outer(improved, unchanged)
    area = float(above.mean())
    variance = above.mean(axis=1).var(ddof=1) / len(improved) + above.mean(axis=0).var(ddof=1) / len(unchanged)
    error = float(np.sqrt(variance))
    margin = float(stats.norm.ppf((1 + level) / 2)) * error
    z = (area - 0.5) / error if error > 0 else np.nan
    return {
        "estimate": area,
        "std_error": error,
        "statistic": z,
        "p_value": 2 * float(stats.norm.sf(abs(z))),
        "conf_low": max(area - margin, 0.0),
        "conf_high": min(area + margin, 1.0),
    }
