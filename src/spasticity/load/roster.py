"""The people a source may speak of."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from spasticity.errors import DataError, MethodError
from spasticity.study import NEAR, bare_code

Roster = pd.DataFrame | Collection[str]
NOT_LISTED = "not on the roster"


def codes_of(roster: Roster) -> frozenset[str]:
    """The codes of the people on a roster.

    Parameters
    ----------
    roster : DataFrame or collection of str
        The table of participants, or codes.

    Returns
    -------
    frozenset of str

    Raises
    ------
    DataError
        When there is nobody on it.
    MethodError
        When it is something else.
    """
    if isinstance(roster, pd.DataFrame) and "participant" in roster:
        roster = roster["participant"].dropna()
    elif isinstance(roster, (str, pd.DataFrame)) or not isinstance(roster, (Collection, pd.Series)):
        raise MethodError("roster must be the table of participants, or their codes")
    codes = frozenset(map(str, roster))
    if not codes:
        raise DataError("roster: there is nobody on it; load the participants first.")
    return codes


def strangers(people: pd.Series, roster: Roster) -> pd.Series:
    """The rows of people who are not on a roster.

    Parameters
    ----------
    people : Series of str, shape (n,)
        Participant of each row.
    roster : DataFrame or collection of str

    Returns
    -------
    Series of str
        The rule they break; the index is that of the rows. A missing participant breaks another one.
    """
    codes = codes_of(roster)
    strange = people[people.notna() & ~people.isin(codes)].astype(object)
    near = strange.map(bare_code).isin({bare_code(code) for code in codes})
    return near.map(NEAR).map(lambda hint: f"{NOT_LISTED}{hint}").astype(object)
