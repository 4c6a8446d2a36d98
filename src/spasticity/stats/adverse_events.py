"""Harms: how many had an event, how often it came, and how arms differ in it. Describes data; gives no advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from spasticity import wording
from spasticity.errors import DataError, MethodError, one_of
from spasticity.stats.levels import as_levels
from spasticity.stats.proportions import INTERVALS, Interval, Method, difference, difference_score, ratio
from spasticity.stats.rates import equal_rates, poisson_limits, rate_difference, rate_ratio
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.time_at_risk import KINDS, counted, placed, stretches
from spasticity.wording import plural

INCIDENCE, RATE, FIRST = "incidence", "event rate", "first-event rate"
RISK_DIFFERENCE, RISK_RATIO = "risk difference", "risk ratio"
RATE_DIFFERENCE, RATE_RATIO, FIRST_RATIO = "rate difference", "rate ratio", "first-event rate ratio"
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Harms(Result):
    """Incidence and rates of adverse events, and their comparisons.

    Parameters
    ----------
    counts : DataFrame
        One row per event and group: `kind`, `event`, groups, `n` (people at risk), `with_event` (of them with at least
        one), `n_unknown` (whose time at risk is not known), and of the others `events`, `with_timed`, `person_years`,
        `person_years_to_first`; `events_all` counts the events of everybody.
    per : float
        Person-years that rates are given for.
    """

    counts: pd.DataFrame
    per: float

    def table(self, digits: int = 2, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The estimates as text: incidence as n/N (%), differences of risks in percentage points, rates with events.

        Parameters
        ----------
        digits : int
            Decimals of ratios; per cent and rates have one less.
        columns : sequence of str, optional
            Columns to keep, by their printed name.

        Returns
        -------
        DataFrame
            Of text. Without p: intervals say more about harms, and none is adjusted for their number.
        """
        frame = Result.table(self, digits).drop(columns="p", errors="ignore")
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
            Decimals of ratios; per cent and rates have one less.
        **where : object
            Values of grouping columns, such as `event="drowsiness"`.

        Returns
        -------
        str
        """
        row = self.row(term, **where)
        estimate, within = _printed(row, digits)
        named = [str(row[name]) for name in self.groups if name != "kind"]
        base = row.get("reference")
        named += [] if base is None or pd.isna(base) else [f"against {base}"]
        limits = f"{wording.level(self.level)} CI {within}"
        return f"{row['term']} of {', '.join(named)}: {estimate} ({limits}; n = {row['n']})."


def harms(
    events: pd.DataFrame,
    at_risk: pd.DataFrame,
    *,
    factor: str | None = "arm",
    reference: str | None = None,
    by: str | Sequence[str] = (),
    kinds: Sequence[str] = KINDS,
    terms: Sequence[str] = (),
    per: float = 100.0,
    proportion: Method = "clopper-pearson",
    interval: Interval = "miettinen-nurminen",
    level: float = 0.95,
) -> Harms:
    """Who had which event, how often per person-time, and how groups differ. Describes data; gives no advice.

    An event counts in the stretch in which it began. Several events of a person are one in the incidence and in the
    first-event rate, and all of them in the event rate.

    Parameters
    ----------
    events : DataFrame
        `participant, term, start_day` and, for groups of events, `group`: the events of a study, or some of them, such
        as the serious ones.
    at_risk : DataFrame
        Stretches of days, half-open: `participant, start_day, end_day` and the columns of `factor` and `by`. One row
        per participant for a trial (`derive.time_at_risk`); one per dose, phase or pump for rates during these. A limit
        that is missing is not known: such a person counts in the incidence, not in rates.
    factor : str, optional
        Column whose levels are compared, each participant in one of them. None: rates only, for groups that the same
        people pass through, such as phases.
    reference : str, optional
        Level the others are compared with; otherwise the first.
    by : str or sequence of str
        Further groups, within which levels are compared: cohort, drug, phase.
    kinds : sequence of str
        Rows wanted: `any` event, `group` of events, `term`.
    terms : sequence of str
        Terms that have a row even when nobody had them: zero events are a result too.
    per : float
        Person-years that rates are given for.
    proportion : str
        Interval of an incidence: `clopper-pearson` (exact) or `wilson`.
    interval : str
        Of the risk difference: `miettinen-nurminen` (score; then also of the risk ratio) or `newcombe` (ratio: Katz).
    level : float
        Confidence level.

    Returns
    -------
    Harms
        Groups `kind`, `event`, `by` and the factor. Terms: `incidence`, `event rate`, `first-event rate`, and against
        the reference `risk difference`, `risk ratio`, `rate difference`, `rate ratio`, `first-event rate ratio`.
        Further columns: `events` (people with the event for an incidence), `person_years`, `n_unknown`, `reference`.

    Raises
    ------
    MethodError
        A missing column, an unknown level or option.
    DataError
        Stretches that overlap, or a participant in two levels of the factor.

    References
    ----------
    .. [1] Clopper & Pearson 1934, Biometrika 26:404-413. [from memory]
    .. [2] Garwood 1936, Biometrika 28:437-442. [from memory]
    .. [3] Miettinen & Nurminen 1985, Statistics in Medicine 4:213-226. [from memory]
    """
    by, cells = _checked(kinds, proportion, interval, per, factor, by)
    rows, notes = stretches(at_risk, cells)
    if factor is not None:
        rows[factor] = as_levels(rows[factor], reference)
        _refuse_torn(rows, factor)
        reference = rows[factor].cat.categories[0] if reference is None else reference
        one_of("reference", reference, list(rows[factor].cat.categories))
    found, left = placed(events, rows, cells)
    counts = counted(found, rows, cells, kinds, terms)
    for name in ("days", "days_to_first"):
        counts[name.replace("days", "person_years")] = counts[name] / DAYS_PER_YEAR
    counts = counts.drop(columns=["days", "days_to_first"])
    parts = [_own(counts, per, proportion, level)]
    if factor is not None:
        parts.append(_compared(counts, factor, reference, by, per, interval, level))
    frame = pd.concat([part for part in parts if len(part)], ignore_index=True)
    for name in ("kind", "event", *cells):
        frame[name] = frame[name].astype(counts[name].dtype)
    return Harms(
        frame=estimate_frame(frame, ["kind", "event", *cells]),
        method=_words(factor, reference, per, proportion, interval),
        n=int(rows["participant"].nunique()),
        level=level,
        notes=notes + left + _unknown(rows),
        counts=counts,
        per=per,
    )


def _checked(
    kinds: Sequence[str], proportion: str, interval: str, per: float, factor: str | None, by: str | Sequence[str]
) -> tuple[list[str], list[str]]:
    for kind in kinds:
        one_of("kinds", kind, KINDS)
    one_of("proportion", proportion, list(INTERVALS))
    one_of("interval", interval, ("newcombe", "miettinen-nurminen", "wald"))
    if not per > 0 or not kinds:
        raise MethodError("harms: expected `per` above 0 person-years and at least one of `kinds`.")
    by = [by] if isinstance(by, str) else list(by)
    return by, [*by, *([] if factor is None else [factor])]


def _refuse_torn(rows: pd.DataFrame, factor: str) -> None:
    torn = rows.groupby("participant", observed=True)[factor].nunique().gt(1)
    if torn.any():
        raise DataError(
            f"time at risk: {plural(int(torn.sum()), 'participant')} in more than one {factor}; groups that share "
            f"people cannot be compared as if they were different ones. Use factor=None with by={factor!r}."
        )


def _own(counts: pd.DataFrame, per: float, proportion: Method, level: float) -> pd.DataFrame:
    """Incidence and both rates of every event and group."""
    timed = counts["n"] - counts["n_unknown"]
    low, high = INTERVALS[proportion](counts["with_event"], counts["n"], level)
    common = counts.drop(columns=["with_event", "with_timed", "events_all", "person_years_to_first"])
    incidence = common.assign(
        term=INCIDENCE, estimate=counts["with_event"] / counts["n"], conf_low=low, conf_high=high,
        events=counts["with_event"],
    )  # fmt: skip
    parts = [incidence]
    for term, events, years in ((RATE, "events", "person_years"), (FIRST, "with_timed", "person_years_to_first")):
        exposure = (counts[years] / per).where(counts[years] > 0)
        low, high = poisson_limits(counts[events], exposure, level)
        parts.append(
            common.assign(
                term=term, estimate=counts[events] / exposure, conf_low=low, conf_high=high, events=counts[events],
                person_years=counts[years], n=timed,
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _compared(
    counts: pd.DataFrame, factor: str, reference: Any, by: list[str], per: float, interval: Interval, level: float
) -> pd.DataFrame:
    keys = ["kind", "event", *by]
    records = counts.to_dict("records")
    base = {tuple(row[name] for name in keys): row for row in records if row[factor] == reference}
    rows = []
    for one in (row for row in records if row[factor] != reference):
        other = base.get(tuple(one[name] for name in keys))
        if other is None:
            continue  # nobody of the reference is in this group
        shared = {name: one[name] for name in (*keys, factor)} | {"reference": reference}
        shared |= {"n_unknown": one["n_unknown"] + other["n_unknown"]}
        rows += [shared | row for row in _pair(one, other, per, interval, level)]
    return pd.DataFrame(rows)


def _pair(
    one: Mapping[Any, Any], other: Mapping[Any, Any], per: float, interval: Interval, level: float
) -> list[dict[str, Any]]:
    """Differences and ratios of one event between two groups."""
    x1, n1, x2, n2 = (int(side[name]) for side in (one, other) for name in ("with_event", "n"))
    score = difference_score(x1, n1, x2, n2, 0.0)
    test = {"statistic": score, "p_value": 2 * float(stats.norm.sf(abs(score)))}
    risks = [
        _row(RISK_DIFFERENCE, x1 / n1 - x2 / n2, difference(x1, n1, x2, n2, interval, level)) | test,
        _row(RISK_RATIO, _over(x1 * n2, x2 * n1), ratio(x1, n1, x2, n2, score=interval != "newcombe", level=level)),
    ]
    rows = [row | {"n": n1 + n2, "events": x1 + x2} for row in risks]
    people = n1 + n2 - int(one["n_unknown"] + other["n_unknown"])
    for terms, events, years in (
        ((RATE_DIFFERENCE, RATE_RATIO), "events", "person_years"),
        ((FIRST_RATIO,), "with_timed", "person_years_to_first"),
    ):
        x1, t1, x2, t2 = int(one[events]), one[years] / per, int(other[events]), other[years] / per
        known = t1 > 0 and t2 > 0
        both = {"n": people, "events": x1 + x2, "person_years": (t1 + t2) * per}
        rows += [
            (_rates(term, x1, t1, x2, t2, level) if known else _row(term, np.nan, (np.nan,) * 2)) | both
            for term in terms
        ]
    return rows


def _rates(term: str, x1: int, t1: float, x2: int, t2: float, level: float) -> dict[str, Any]:
    if term == RATE_DIFFERENCE:
        return _row(term, x1 / t1 - x2 / t2, rate_difference(x1, t1, x2, t2, level))
    limits = rate_ratio(x1, t1, x2, t2, level)
    return _row(term, _over(x1 * t2, x2 * t1), limits) | {"p_value": equal_rates(x1, t1, x2, t2)}


def _row(term: str, estimate: float, limits: tuple[float, ...]) -> dict[str, Any]:
    return {"term": term, "estimate": estimate, "conf_low": limits[0], "conf_high": limits[1]}


def _over(above: float, below: float) -> float:
    if below:
        return above / below
    return float("inf") if above else float("nan")


def _words(factor: str | None, reference: Any, per: float, proportion: str, interval: str) -> str:
    share = {"clopper-pearson": "exact (Clopper-Pearson)", "wilson": "Wilson"}[proportion]
    words = (
        f"participants with at least one event, {share} intervals; events and first events per {per:g} person-years, "
        "exact Poisson intervals"
    )
    if factor is None:
        return words
    names = {
        "miettinen-nurminen": "Miettinen-Nurminen",
        "newcombe": "Newcombe (ratio: Katz)",
        "wald": "Wald (ratio: Katz)",
    }
    return (
        f"{words}; differences from {reference}: {names[interval]} intervals of risks, score interval of the rate "
        "difference, exact conditional interval of rate ratios; not adjusted for the number of events"
    )


def _unknown(rows: pd.DataFrame) -> tuple[str, ...]:
    people = rows.loc[rows["days"].isna(), "participant"].nunique()
    notes = [
        "events of one person are not independent: intervals of event rates can be too narrow, those of first-event "
        "rates are not"
    ]
    if people:
        notes.append(f"{plural(people, 'participant')} whose time at risk is not known: in the incidence, not in rates")
    return tuple(notes)


def _printed(row: pd.Series, digits: int) -> tuple[str, str]:
    """Estimate and interval of a row as text."""
    tenths = max(digits - 1, 0)
    scale = 100 if row["term"] in (INCIDENCE, RISK_DIFFERENCE) else 1
    rates = (RATE, FIRST, RATE_DIFFERENCE)
    places = tenths if scale == 100 or row["term"] in rates else digits
    size = _size(scale * row["estimate"], places)
    within = f"{_size(scale * row['conf_low'], places)} to {_size(scale * row['conf_high'], places)}"
    if row["term"] == INCIDENCE:
        return f"{row['events']:g}/{row['n']} ({size} %)", f"{within} %"
    if row["term"] == RISK_DIFFERENCE:
        return f"{size} % points", within
    return size, within


def _size(value: float, digits: int) -> str:
    if np.isinf(value):
        return "\N{INFINITY}" if value > 0 else f"{wording.MINUS}\N{INFINITY}"
    return wording.number(value, digits)
