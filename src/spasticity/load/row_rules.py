"""Rules that speak of two cells of a row."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from spasticity.schema import Schema

REVERSED = "the stretch ends before it begins; the end is the day after its last"
EMPTY = "the stretch has no day; the end is the day after its last"


def broken(table: pd.DataFrame, schema: Schema) -> Mapping[str, pd.Series]:
    """Rows that contradict themselves.

    Parameters
    ----------
    table : DataFrame
        Typed.
    schema : Schema

    Returns
    -------
    mapping of str to Series
        Column to the rule its cells break; the index is that of the rows.
    """
    if "start_day" not in schema or "end_day" not in schema:
        return {}
    length = (table["end_day"] - table["start_day"]).astype("Float64")
    rules = pd.Series(REVERSED, index=table.index[length.lt(0).fillna(False)], dtype=object)
    if "end_day" not in schema.required:  # an event or a course may begin and end on the same day
        return {"end_day": rules}
    empty = pd.Series(EMPTY, index=table.index[length.eq(0).fillna(False)], dtype=object)
    return {"end_day": pd.concat([rules, empty]).sort_index()}
