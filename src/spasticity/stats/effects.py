"""Two proportions compared in every way a report asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from spasticity import wording
from spasticity.errors import one_of
from spasticity.stats.proportions import Interval, difference, difference_score, odds_ratio, ratio, wilson
from spasticity.stats.result import Result, estimate_frame

Event = Literal["benefit", "harm"]

PROPORTION, DIFFERENCE, RATIO, ODDS, NNT = (
    "response",
    "risk difference",
    "risk ratio",
    "odds ratio",
    "number needed to treat",
)
WORDS = {
    "newcombe": "Newcombe interval of the difference, Katz of the ratio, Woolf of the odds ratio",
    "miettinen-nurminen": "Miettinen-Nurminen intervals of the difference, the ratio and the odds ratio",
    "wald": "Wald interval of the difference, Katz of the ratio, Woolf of the odds ratio",
}


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Proportions(Result):
    """Proportions and their comparisons; printed in per cent, and numbers needed to treat in words.

    The frame has the further columns `events`, `event` (`benefit` or `harm`) and `disjoint`: when that is true the
    interval of a number needed to treat is everything *outside* its limits.
    """

    def table(self, digits: int = 2, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The estimates as text: proportions and differences in per cent, numbers needed to treat in words.

        Parameters
        ----------
        digits : int
            Decimals of ratios; per cent and numbers needed to treat have one less.
        columns : sequence of str, optional
            Columns to keep, by their printed name.

        Returns
        -------
        DataFrame
            Of text.
        """
        frame = Result.table(self, digits)
        printed = [_printed(row, digits) for _, row in self.frame.iterrows()]
        frame["Estimate"] = [estimate for estimate, _ in printed]
        frame[f"{wording.level(self.level)} CI"] = [within for _, within in printed]
        return frame if columns is None else frame[list(columns)]

    def sentence(self, term: str | None = None, digits: int = 2, **where: Any) -> str:
        """One estimate in words.

        Parameters
        ----------
        term : str, optional
            Value of the `term` column.
        digits : int
            Decimals of ratios; per cent and numbers needed to treat have one less.
        **where : object
            Values of grouping columns.

        Returns
        -------
        str
        """
        row = self.row(term, **where)
        estimate, within = _printed(row, digits)
        named = ", ".join(dict.fromkeys(str(row[name]) for name in self.groups))
        p = f"; {wording.p_value(row['p_value'])}" if pd.notna(row["p_value"]) else ""
        return f"{row['term']} ({named}): {estimate} ({wording.level(self.level)} CI {within}{p}; n = {row['n']})."


def two_by_two(
    events: int,
    n: int,
    reference_events: int,
    reference_n: int,
    *,
    interval: Interval = "newcombe",
    event: Event = "benefit",
    level: float = 0.95,
) -> Proportions:
    """Two published proportions compared: difference, ratio, odds ratio and number needed to treat.

    Parameters
    ----------
    events, n : int
        Of the group of interest.
    reference_events, reference_n : int
        Of the group it is compared with.
    interval : str
        `newcombe`, `miettinen-nurminen` (then also for the ratios) or `wald`.
    event : str
        Whether the event is a `benefit` or a `harm`; only the words for a number needed to treat depend on it.
    level : float
        Confidence level.

    Returns
    -------
    Proportions
        Terms `response` (one per `group`), `risk difference`, `risk ratio`, `odds ratio`, `number needed to treat`.

    Raises
    ------
    MethodError
        Events outside 0 to n, or an empty group.
    """
    one_of("event", event, ("benefit", "harm"))
    compared = comparison_rows(events, n, reference_events, reference_n, interval, level)
    rows = [
        proportion_row(events, n, level) | {"group": "treated"},
        proportion_row(reference_events, reference_n, level) | {"group": "reference"},
        *(row | {"group": "treated - reference"} for row in compared),
    ]
    frame = pd.DataFrame(rows).assign(event=event)
    return Proportions(
        frame=estimate_frame(frame, ["group"]),
        method=f"two proportions; Wilson intervals; {WORDS[interval]}; p: N - 1 chi-squared",
        n=n + reference_n,
        level=level,
    )


def proportion_row(events: int, n: int, level: float) -> dict[str, Any]:
    """One proportion with Wilson's interval, as a row of an estimate frame.

    Parameters
    ----------
    events, n : int
    level : float

    Returns
    -------
    dict
    """
    low, high = wilson(events, n, level)
    estimate = events / n if n else np.nan
    return {
        "term": PROPORTION,
        "estimate": estimate,
        "conf_low": float(low),
        "conf_high": float(high),
        "n": n,
        "events": events,
        "disjoint": False,
    }


def comparison_rows(x1: int, n1: int, x2: int, n2: int, interval: Interval, level: float) -> list[dict[str, Any]]:
    """Difference, ratio, odds ratio and number needed to treat, as rows of an estimate frame.

    The p value is of equal proportions, by the chi-squared test with N - 1 in place of N; it is given once, beside the
    difference.

    Parameters
    ----------
    x1, n1, x2, n2 : int
        Events and people of the group of interest and of the reference.
    interval : str
        As for `difference`.
    level : float
        Confidence level.

    Returns
    -------
    list of dict

    References
    ----------
    .. [1] Campbell 2007, Statistics in Medicine 26:3661-3675. [from memory]
    """
    if min(n1, n2) == 0:
        return [_row(term, np.nan, (np.nan, np.nan), n1 + n2) for term in (DIFFERENCE, RATIO, ODDS, NNT)]
    score = interval == "miettinen-nurminen"
    off = x1 / n1 - x2 / n2
    limits = difference(x1, n1, x2, n2, interval, level)
    statistic = difference_score(x1, n1, x2, n2, 0.0)
    test = {"statistic": statistic, "p_value": 2 * float(stats.norm.sf(abs(statistic)))}
    return [
        _row(DIFFERENCE, off, limits, n1 + n2) | test,
        _row(RATIO, _over(x1 * n2, x2 * n1), ratio(x1, n1, x2, n2, score=score, level=level), n1 + n2),
        _row(
            ODDS, _over(x1 * (n2 - x2), x2 * (n1 - x1)), odds_ratio(x1, n1, x2, n2, score=score, level=level), n1 + n2
        ),
        _needed(off, limits, n1 + n2),
    ]


def _row(term: str, estimate: float, limits: tuple[float, float], n: int) -> dict[str, Any]:
    low, high = limits
    return {"term": term, "estimate": estimate, "conf_low": low, "conf_high": high, "n": n, "disjoint": False}


def _needed(off: float, limits: tuple[float, float], n: int) -> dict[str, Any]:
    """1 / difference; when the difference may be 0 its interval is all numbers *outside* the two limits.

    References
    ----------
    .. [1] Altman 1998, BMJ 317:1309-1312. [from memory]
    """
    low, high = (_over(1, limit) for limit in limits)
    spans = limits[0] <= 0 <= limits[1]
    if spans:
        return _row(NNT, _over(1, off), (low if limits[0] else -np.inf, high), n) | {"disjoint": True}
    return _row(NNT, _over(1, off), (high, low), n)


def _printed(row: pd.Series, digits: int) -> tuple[str, str]:
    """Estimate and interval of a row as text."""
    tenths = max(digits - 1, 0)
    if row["term"] == NNT:
        return _needed_words(row, tenths)
    if not row["term"].startswith((PROPORTION, DIFFERENCE)):
        return wording.number(row["estimate"], digits), wording.interval(row["conf_low"], row["conf_high"], digits)
    share = wording.number(100 * row["estimate"], tenths)
    within = f"{wording.interval(100 * row['conf_low'], 100 * row['conf_high'], tenths)} %"
    if row["term"].startswith(DIFFERENCE):
        return f"{share} % points", within
    return f"{row['events']:g}/{row['n']} ({share} %)", within


def _needed_words(row: pd.Series, digits: int) -> tuple[str, str]:
    """NNTB (benefit) or NNTH (harm); through infinity when the difference may be 0."""
    good, bad = ("NNTB", "NNTH") if row["event"] == "benefit" else ("NNTH", "NNTB")
    estimate, low, high = row["estimate"], row["conf_low"], row["conf_high"]
    side = good if estimate > 0 else bad
    words = f"{side} {_size(estimate, digits)}" if np.isfinite(estimate) else _size(estimate, digits)
    if row["disjoint"]:
        return words, f"{good} {_size(high, digits)} to \N{INFINITY} to {bad} {_size(low, digits)}"
    near, far = sorted((abs(low), abs(high)))
    return words, f"{side} {_size(near, digits)} to {_size(far, digits)}"


def _size(value: float, digits: int) -> str:
    return "\N{INFINITY}" if np.isinf(value) else wording.number(abs(value), digits)


def _over(above: float, below: float) -> float:
    if below:
        return above / below
    return float("inf") if above else float("nan")
