"""From which state to which: everybody at two visits, nobody left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import MethodError, one_of
from spasticity.stats.groups import require
from spasticity.stats.proportions import wilson
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.selection import visits_of
from spasticity.wording import level as level_words
from spasticity.wording import plural

ABSENT = "no result"


def transitions(
    table: pd.DataFrame, state: str, *, first: str, last: str, absent: str = ABSENT, level: float = 0.95
) -> Result:
    """How many went from each state at one visit to each at another.

    Parameters
    ----------
    table : DataFrame
        One row per participant and visit, such as `derive.walk_states` gives.
    state : str
        Column with the state: a category, whose order is kept.
    first, last : str
        The two visits.
    absent : str
        The state of those without one; everybody with a row at any visit is counted.
    level : float
        Confidence level.

    Returns
    -------
    Result
        One row per pair of states that occur, empty pairs too: term `share`, groups `first` and `last`, `estimate` the
        share of those who were in `first`, with Wilson's interval of each share by itself, `n` those who were in
        `first`, `count`.

    Raises
    ------
    MethodError
        Missing columns, an unknown visit, twice the same visit, no category, or a participant twice at a visit.
    """
    require(table, ["participant", "visit", state])
    visits = visits_of(table)
    one_of("first", first, visits)
    one_of("last", last, visits)
    if first == last:
        raise MethodError(f"transitions: first and last are both {first!r}; expected two visits.")
    if not isinstance(table[state].dtype, pd.CategoricalDtype):
        raise MethodError(f"`{state}` is not a category; make it one whose levels are in order (pandas.Categorical).")
    twice = table.duplicated(["participant", "visit"])
    if twice.any():
        raise MethodError(
            f"{plural(int(twice.sum()), 'row repeats', 'rows repeat')} a participant and visit, first at row "
            f"{table.index[twice][0]}; keep one row each."
        )
    people = pd.Index(table["participant"].unique())
    levels = [*map(str, table[state].cat.categories), absent]
    places = [_at(table, state, visit, people, len(levels) - 1) for visit in (first, last)]
    counts = np.zeros((len(levels), len(levels)), dtype=np.int64)
    np.add.at(counts, tuple(places), 1)
    kept = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))
    used = [levels[place] for place in kept]
    frame = _long(counts[np.ix_(kept, kept)], used, level)
    dtype = pd.CategoricalDtype(used, ordered=True)
    return Result(
        frame=estimate_frame(frame.astype({"first": dtype, "last": dtype}).assign(term="share"), ["first", "last"]),
        method=(
            f"{state} at {last} of those in each state at {first}; {level_words(level)} Wilson interval of each share "
            "by itself"
        ),
        n=len(people),
        level=level,
    )


def _at(table: pd.DataFrame, state: str, visit: str, people: pd.Index, absent: int) -> NDArray[np.int64]:
    """The place of everybody's state at a visit among the levels."""
    here = table[table["visit"].eq(visit).to_numpy(dtype=bool)].set_index("participant")[state].cat.codes
    codes = here.reindex(people).fillna(-1).to_numpy(dtype=np.int64)
    return np.where(codes < 0, absent, codes)


def _long(counts: NDArray[np.int64], names: list[str], level: float) -> pd.DataFrame:
    n, count = np.repeat(counts.sum(axis=1), len(names)), counts.ravel()
    low, high = wilson(count, n, level)
    with np.errstate(invalid="ignore"):
        share = count / np.where(n > 0, n, np.nan)
    return pd.DataFrame(
        {
            "first": np.repeat(np.array(names, dtype=object), len(names)),
            "last": np.tile(np.array(names, dtype=object), len(names)),
            "estimate": share,
            "conf_low": low,
            "conf_high": high,
            "n": n,
            "count": count,
        }
    )
