"""The rows of a model of counts: counts, how long they were observed, and what cannot be estimated from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import DataError, MethodError
from spasticity.stats.design import Design
from spasticity.stats.formulas import Coding, require_columns
from spasticity.stats.separation import check_events
from spasticity.wording import plural

Array = NDArray[np.float64]

#: A count made of a mean and a number of days is whole but for rounding.
WHOLE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """A design of counts.

    Parameters
    ----------
    design : Design
    y : ndarray, shape (n,)
        The counts.
    offset : ndarray, shape (n,)
        Logarithm of the exposure; zeros without one.
    exposure : str or None
        Column of the exposure.
    notes : tuple of str
        Rows left out for their exposure.
    """

    design: Design
    y: Array
    offset: Array
    exposure: str | None
    notes: tuple[str, ...]

    @property
    def unit(self) -> str:
        """What a rate is per, in words: `per day` for a column of days."""
        if self.exposure is None:
            return "per row"
        name = self.exposure.split("_")[-1] if self.exposure.split("_")[-1].rstrip("s") in UNITS else self.exposure
        return f"per {name.removesuffix('s') if name.rstrip('s') in UNITS else f'unit of {name}'}"


UNITS = ("minute", "hour", "day", "night", "week", "month", "year")


def counted(
    outcomes: pd.DataFrame,
    formula: str,
    *,
    exposure: str | None,
    reference: Mapping[str, Any] | None,
    whole: bool,
    coding: Coding = "treatment",
    needed: tuple[str, ...] = (),
) -> Counted:
    """Read and check the rows of a model of counts.

    Parameters
    ----------
    outcomes : DataFrame
    formula : str
        With the count on its left side.
    exposure : str, optional
        Column with the time over which each row was counted.
    reference : mapping, optional
        Reference levels.
    whole : bool
        Whether the model needs whole numbers.
    coding : str
        Of factors.
    needed : tuple of str
        Further columns without which a row cannot be used.

    Returns
    -------
    Counted

    Raises
    ------
    MethodError
        An unknown column, a formula that cannot be read, too few rows, no event, separation.
    DataError
        Negative counts, counts that are not whole, events over an exposure of zero or less.
    """
    rows, notes = _observed(formula, outcomes, exposure, needed)
    design = Design.of(formula, rows, reference=reference, coding=coding)
    y = _checked(design, whole)
    time = np.ones(len(y)) if exposure is None else design.data[exposure].to_numpy(dtype=np.float64)
    if exposure is not None:
        y, design, time, notes = _without_exposure(y, design, time, exposure, rows, notes, reference, coding)
    check_events(design, y)
    if len(y) <= len(design.columns):
        raise MethodError(
            f"`{formula}`: {plural(len(y), 'row')} for {plural(len(design.columns), 'coefficient')}; a model of counts "
            "needs more rows than coefficients. Use fewer terms."
        )
    return Counted(design, y, np.log(time), exposure, notes)


def _observed(
    formula: str, outcomes: pd.DataFrame, exposure: str | None, needed: tuple[str, ...]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Rows that say how long they were observed, as numbers."""
    columns = [*needed, *([exposure] if exposure else [])]
    require_columns(formula, columns, outcomes)
    if exposure is not None:
        outcomes = outcomes.assign(**{exposure: pd.to_numeric(outcomes[exposure], errors="coerce")})
    absent = outcomes[columns].isna()
    notes = tuple(
        f"{name} missing in {plural(int(count), 'row')}; these rows are left out"
        for name, count in absent.sum().items()
        if count
    )
    return (outcomes[~absent.any(axis=1).to_numpy(dtype=bool)] if notes else outcomes), notes


def _without_exposure(
    y: Array,
    design: Design,
    time: Array,
    exposure: str,
    rows: pd.DataFrame,
    notes: tuple[str, ...],
    reference: Mapping[str, Any] | None,
    coding: Coding,
) -> tuple[Array, Design, Array, tuple[str, ...]]:
    """Refuse events without time; leave out, and count, rows without time and events."""
    bad = (time < 0) | ~np.isfinite(time) | ((time == 0) & (y > 0))
    if bad.any():
        raise DataError(
            f"counts: `{exposure}` is negative, infinite, or 0 beside events in {plural(int(bad.sum()), 'row')}, first "
            f"at row {design.data.index[bad][0]}; expected the time over which the events were counted."
        )
    unseen = time == 0
    if not unseen.any():
        return y, design, time, notes
    kept = rows[rows[exposure].ne(0).to_numpy(dtype=bool)]
    if kept.empty:
        raise MethodError(f"counts: `{exposure}` is 0 in every row; nothing was observed.")
    smaller = Design.of(design.formula, kept, reference=reference, coding=coding)
    note = f"{exposure} is 0 in {plural(int(unseen.sum()), 'row')}; nothing was observed there and they are left out"
    return smaller.y.copy(), smaller, time[~unseen], (*notes, note)


def _checked(design: Design, whole: bool) -> Array:
    y = design.y
    if (y < 0).any():
        raise DataError(
            f"counts: the outcome of `{design.formula}` is negative in {plural(int((y < 0).sum()), 'row')}, first at "
            f"row {design.data.index[y < 0][0]}; expected counts, not changes."
        )
    rounded = np.round(y)
    broken = np.abs(y - rounded) > WHOLE
    if not whole:
        return np.where(broken, y, rounded)
    if broken.any():
        raise DataError(
            f"counts: the outcome of `{design.formula}` is not a whole number in {plural(int(broken.sum()), 'row')}, "
            f"first at row {design.data.index[broken][0]}; model the count with its time as `exposure`, or use "
            "family='quasi-poisson', which takes rates."
        )
    return rounded
