"""What is absent at each visit, why, and whether it came back later."""

from __future__ import annotations

import pandas as pd

from spasticity.errors import MethodError, listed, one_of
from spasticity.wording import plural

PRESENT = "present"
STATES = (PRESENT, "unable", "missed visit", "after stopping", "not recorded")


def missing_pattern(completeness: pd.DataFrame, kind: str, *, by: str | None = None) -> pd.DataFrame:
    """How many have one kind of data at each visit, why the others have none, and how many of them come back.

    Something of a kind is enough to be present: one diary day, one muscle, a test that somebody was unable to do. An
    absence is intermittent when the same participant is present at a later visit, else monotone: nothing follows. What
    is absent at the last visit is monotone by its place, since nobody looked later.

    Parameters
    ----------
    completeness : DataFrame
        As `derive.completeness` gives it.
    kind : str
        Such as `diary`, `tone` or an instrument.
    by : str, optional
        `arm` or `cohort`, counted apart.

    Returns
    -------
    DataFrame
        A row for each group, visit and state, empty ones too: `[arm,] visit, state, count, monotone, intermittent,
        participants, share`. `count` is of `participants`, of whom the kind was expected; of an absence `monotone +
        intermittent = count`.

    Raises
    ------
    MethodError
        When no row is of the kind, `by` is neither `arm` nor `cohort`, or somebody has no arm or an absence no reason.
    """
    rows = completeness[completeness["kind"].eq(kind).to_numpy(dtype=bool)]
    if rows.empty:
        known = listed(completeness["kind"].dropna().unique(), "and")
        raise MethodError(f"missing_pattern: no row of kind {kind!r}; there are {known}.")
    one_of("by", by, (None, "arm", "cohort"))
    rows = rows.sort_values(["participant", "visit"], kind="stable")
    here = rows["present"].gt(0)
    rows = rows.assign(state=rows["reason"].astype(object).mask(here, PRESENT), returns=_present_later(rows, here))
    rows["state"] = pd.Categorical(rows["state"], categories=list(STATES), ordered=True)
    groups = [by, "visit"] if by else ["visit"]
    lost = rows[[*groups, "state"]].isna().any(axis=1)
    if lost.any():
        bare = plural(int(lost.sum()), "row has", "rows have")
        raise MethodError(
            f"missing_pattern: {bare} no {listed([*groups, 'reason'])}, first at "
            f"row {rows.index[lost][0]}; expected them in every row, as derive.completeness gives them. In a study "
            "without arms leave out `by`."
        )
    rows = rows.astype({name: rows[name].cat.remove_unused_categories().dtype for name in groups})
    found = rows.groupby([*groups, "state"], observed=False)["returns"]
    counts = pd.DataFrame({"count": found.size(), "intermittent": found.sum()}).astype("int64").reset_index()
    counts.insert(len(groups) + 2, "monotone", (counts["count"] - counts["intermittent"]).mask(_is_present(counts), 0))
    counts["participants"] = counts.groupby(groups, observed=False)["count"].transform("sum")
    counts["share"] = counts["count"] / counts["participants"]
    return counts[counts["participants"] > 0].reset_index(drop=True)


def _is_present(counts: pd.DataFrame) -> pd.Series:
    return counts["state"].eq(PRESENT)


def _present_later(rows: pd.DataFrame, here: pd.Series) -> pd.Series:
    """Whether an absent one is present at a later visit; rows are in the order of visits within each participant."""
    backwards = here[::-1].groupby(rows["participant"][::-1], sort=False).cummax()[::-1]
    return (backwards & ~here).astype("int64")
