"""Responders within strata: one table for each stratum, and what they say together."""

from __future__ import annotations

from typing import Any

import pandas as pd

from spasticity.errors import DataError
from spasticity.stats.mantel_haenszel import COMMON, breslow_day, common_rows
from spasticity.stats.proportions import Interval
from spasticity.stats.selection import of_outcome
from spasticity.wording import number, p_value, plural

#: Up to so many people intervals of differences of the stored study (benchmarks/responses_coverage.py) were too narrow.
NARROW_UP_TO = 80


def stratified(
    people: pd.DataFrame, outcomes: pd.DataFrame, outcome: str, strata: str
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """People with their stratum, which must be one for each.

    Parameters
    ----------
    people : DataFrame
    outcomes : DataFrame
    outcome, strata : str

    Returns
    -------
    people : DataFrame
    notes : tuple of str

    Raises
    ------
    DataError
        Somebody in two strata.
    """
    known = of_outcome(outcomes, outcome, [strata])[["participant", strata]].dropna().drop_duplicates()
    torn = known["participant"].duplicated()
    if torn.any():
        raise DataError(
            f"outcomes: {plural(int(torn.sum()), 'participant')} in more than one {strata}, first at row "
            f"{known.index[torn][0]}; a stratum is something people keep."
        )
    people = people.merge(known, how="left", on="participant")
    lost = int(people[strata].isna().sum())
    note = f"{plural(lost, 'participant')} without {strata} not in the comparison within strata"
    return people, ((note,) if lost else ())


def _tables(people: pd.DataFrame, factor: str, arm: Any, reference: Any, strata: str) -> list[list[int]]:
    """Events and people of an arm and of the reference in each stratum."""
    tables = []
    for _, rows in people.dropna(subset=[strata]).groupby(strata, observed=True):
        sides = [rows.loc[rows[factor].eq(name).to_numpy(dtype=bool), "responder"] for name in (arm, reference)]
        tables.append([number for side in sides for number in (int(side.sum()), len(side))])
    return tables


def within(
    people: pd.DataFrame, factor: str, arms: list[Any], reference: Any, strata: str, level: float
) -> list[dict[str, Any]]:
    """Common effects of each arm against the reference, as rows of an estimate frame.

    Parameters
    ----------
    people : DataFrame
    factor : str
    arms : list
    reference : object
    strata : str
    level : float

    Returns
    -------
    list of dict
    """
    found = []
    for arm in (arm for arm in arms if arm != reference):
        absent = int(people.loc[people[factor].isin([arm, reference]), "responder"].isna().sum())
        rows = common_rows(_tables(people, factor, arm, reference, strata), level)
        found += [row | {factor: arm, "reference": reference, "n_missing": absent} for row in rows]
    return found


def alike(samples: dict[str, pd.DataFrame], factor: str, reference: Any, strata: str) -> tuple[str, ...]:
    """Whether a common odds ratio fits all strata, for each comparison by the first rule for missing values.

    Parameters
    ----------
    samples : dict of DataFrame
    factor : str
    reference : object
    strata : str

    Returns
    -------
    tuple of str
    """
    people = next(iter(samples.values()))
    notes = []
    for arm in (arm for arm in people[factor].cat.categories if arm != reference):
        chi, df, p = breslow_day(_tables(people, factor, arm, reference, strata))
        if pd.notna(p):
            notes.append(
                f"{arm}: same odds ratio in every {strata}? Breslow-Day with Tarone's correction, chi-squared "
                f"{number(chi, 2)} ({df} df, {p_value(p)})"
            )
    return tuple(notes)


def narrow(frame: pd.DataFrame, interval: Interval) -> tuple[str, ...]:
    """Intervals of differences that were measured too narrow in trials of this size, in words.

    Parameters
    ----------
    frame : DataFrame
        Of comparisons, with `reference`.
    interval : str
        Of differences.

    Returns
    -------
    tuple of str
    """
    compared = frame[frame["reference"].notna()] if "reference" in frame else frame.iloc[:0]
    if compared.empty or compared["n"].min() > NARROW_UP_TO:
        return ()
    notes = (
        ["Wald's interval of the difference missed in 6 to 9 %; use interval='newcombe'"] if interval == "wald" else []
    )
    if compared["term"].eq(COMMON["difference"]).any():
        notes.append(f"with so few people the interval of the {COMMON['difference']} missed in 6 to 8 %; its p did not")
    return tuple(f"{note} (docs/methods/responders.md)" for note in notes)
