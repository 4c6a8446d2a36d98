"""Complications of implants: per implant and per patient-year. Describes data; gives no advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from spasticity.stats.adverse_events import RATE, Harms, harms
from spasticity.stats.levels import as_levels
from spasticity.stats.rates import poisson_limits
from spasticity.stats.result import estimate_frame

PER_IMPLANT, PER_YEAR = "per implant", "per patient-year"


def complications(
    events: pd.DataFrame,
    implants: pd.DataFrame,
    *,
    classes: Mapping[str, str] | None = None,
    by: str | Sequence[str] = (),
    terms: Sequence[str] = (),
    level: float = 0.95,
) -> Harms:
    """Surgical, pump and catheter events per implant and per patient-year. Describes data; gives no advice.

    Parameters
    ----------
    events : DataFrame
        `participant, term, start_day`: the device events.
    implants : DataFrame
        One row per implant: `participant, start_day, end_day` (half-open; missing when not known) and the columns of
        `by`.
    classes : mapping of str to str, optional
        Term and the class it belongs to, such as `surgical`, `pump`, `catheter`; a term that is not named is a class
        of its own.
    by : str or sequence of str
        Groups of implants.
    terms : sequence of str
        Terms that have a row even when nobody had them.
    level : float
        Confidence level.

    Returns
    -------
    Harms
        Terms `per implant` and `per patient-year`, both with exact Poisson intervals; `n` is participants, and a column
        `implants` counts implants. An event of somebody whose time is not known counts per implant only.

    Raises
    ------
    MethodError, DataError
        As `harms`.
    """
    cells = [by] if isinstance(by, str) else list(by)
    named = events.assign(group=events["term"].map(lambda term: (classes or {}).get(term, term)))
    rates = harms(named, implants, factor=None, by=cells, terms=terms, per=1.0, level=level)
    counts = _with_implants(rates.counts, implants, cells)
    low, high = poisson_limits(counts["events_all"], counts["implants"], level)
    each = counts.assign(
        term=PER_IMPLANT, estimate=counts["events_all"] / counts["implants"], events=counts["events_all"]
    )
    each = each.assign(conf_low=low, conf_high=high, person_years=float("nan"))
    names = ["kind", "event", *cells]
    timed = rates.frame[rates.frame["term"].eq(RATE)].assign(term=PER_YEAR)
    timed = timed.merge(counts[[*names, "implants"]], on=names, how="left")
    frame = pd.concat([estimate_frame(each, names)[list(timed)], timed], ignore_index=True)
    return Harms(
        frame=frame.assign(**{name: frame[name].astype(counts[name].dtype) for name in names}),
        method="device events per implant and per patient-year, exact Poisson intervals",
        n=rates.n,
        level=level,
        notes=rates.notes,
        counts=counts,
        per=1.0,
    )


def _with_implants(counts: pd.DataFrame, implants: pd.DataFrame, cells: list[str]) -> pd.DataFrame:
    known = implants.dropna(subset=["participant", *cells])
    if not cells:
        return counts.assign(implants=len(known))
    known = known.assign(**{name: as_levels(known[name]) for name in cells})
    size = known.groupby(cells, observed=True).size().rename("implants").reset_index()
    return counts.merge(size, on=cells, how="left", validate="many_to_one")
