"""Counts of few people, taken out of a table so that nobody can work them out.

A profile is a published rule set. Rounding protects by itself; a table that is only suppressed keeps its true totals,
so that further cells have to go until no suppressed one can be told closer than the rule allows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from spasticity.errors import DataError, MethodError, one_of
from spasticity.wording import plural


@dataclass(frozen=True, slots=True)
class Profile:
    """A rule set for small cells.

    Parameters
    ----------
    name : str
    highest : int
        The largest count that is not shown; 0 is shown.
    base : int
        Counts are rounded to its multiples; 1 leaves them.
    source : str
        Where the rule is published.
    """

    name: str
    highest: int
    base: int
    source: str


#: Rounding after redacting counts up to 5 would print 5 for 6 or 7 only: hence 7.
PROFILES: Mapping[str, Profile] = {
    "opensafely": Profile("opensafely", 7, 5, "OpenSAFELY documentation, statistical disclosure control, 41030f3"),
    "cms": Profile("cms", 10, 1, "ResDAC node 1506, CMS cell size suppression policy, 2024-01-26"),
    "ons5": Profile("ons5", 4, 1, "[from memory] Office for National Statistics, counts below 5"),
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SafeTable:
    """A table of counts from which no count of few people can be worked out.

    Parameters
    ----------
    counts : DataFrame of Int64
        Missing where suppressed.
    row_totals, column_totals : Series of Int64
    total : int
    profile : Profile
    primary, secondary : int
        Cells suppressed because they are small, and further ones because they would give those away.
    """

    counts: pd.DataFrame
    row_totals: pd.Series
    column_totals: pd.Series
    total: int
    profile: Profile
    primary: int
    secondary: int

    @property
    def percentages(self) -> pd.DataFrame:
        """Percent of the column total, from the numbers that are shown; missing where suppressed."""
        shares = self.counts.astype("Float64").div(self.column_totals.mask(self.column_totals.eq(0)), axis=1)
        return (100 * shares).astype("Float64")

    @property
    def note(self) -> str:
        """What stands under the table."""
        rule = f"counts of 1 to {self.profile.highest} are not shown"
        rounded = f", others are rounded to {self.profile.base} and totals are sums of rounded counts"
        more = f"; {plural(self.secondary, 'further cell')} suppressed to protect them" if self.secondary else ""
        return f"Disclosure rule {self.profile.name}: {rule}{rounded if self.profile.base > 1 else ''}{more}."

    def shown(self, mark: str = "*") -> pd.DataFrame:
        """The table as text with its totals.

        Parameters
        ----------
        mark : str
            For a suppressed cell.

        Returns
        -------
        DataFrame of str
        """
        full = self.counts.assign(Total=self.row_totals)
        full.loc["Total"] = [*self.column_totals, self.total]
        return full.map(lambda count: mark if pd.isna(count) else f"{int(count):,}")

    def __repr__(self) -> str:
        return f"{self.shown().to_string()}\n{self.note}"

    def _repr_html_(self) -> str:
        return f"{self.shown().to_html(border=0)}<p>{self.note}</p>"


def suppress(counts: pd.DataFrame, *, profile: Literal["opensafely", "cms", "ons5"] = "opensafely") -> SafeTable:
    """A table of counts that may be shown.

    Parameters
    ----------
    counts : DataFrame of int
        People by row and column, without totals: they are added here.
    profile : str
        `opensafely` redacts and rounds, which suits cohorts of tens of people; `cms` and `ons5` suppress, and then
        often most of the table.

    Returns
    -------
    SafeTable

    Raises
    ------
    DataError
        When something is not a count.
    MethodError
        When the profile is not known, or true totals would give small counts away however many cells are hidden.
    """
    one_of("profile", profile, PROFILES)
    rule = PROFILES[profile]
    true = _checked(counts)
    small = (true >= 1) & (true <= rule.highest)
    return _rounded(counts, true, small, rule) if rule.base > 1 else _without(counts, true, small, rule)


def _checked(counts: pd.DataFrame) -> np.ndarray:
    if counts.empty or not all(pd.api.types.is_numeric_dtype(counts[name]) for name in counts):
        raise DataError("counts: expected a table of whole numbers, at least one row and one column.")
    values = counts.to_numpy(dtype=float, na_value=np.nan)
    bad = ~np.isfinite(values) | (values < 0) | (values != np.floor(values))
    if bad.any():
        raise DataError(f"counts: {plural(int(bad.sum()), 'cell')} not a whole number of people; expected 0, 1, 2 ...")
    return values.astype(int)


def _table(
    counts: pd.DataFrame, values: np.ndarray, totals: np.ndarray, hidden: np.ndarray, rule: Profile, primary: int
) -> SafeTable:
    shown = pd.DataFrame(values, index=counts.index, columns=counts.columns).astype("Int64").mask(hidden)
    return SafeTable(
        counts=shown,
        row_totals=pd.Series(totals.sum(axis=1), index=counts.index, dtype="Int64"),
        column_totals=pd.Series(totals.sum(axis=0), index=counts.columns, dtype="Int64"),
        total=int(totals.sum()),
        profile=rule,
        primary=primary,
        secondary=int(hidden.sum()) - primary,
    )


def _rounded(counts: pd.DataFrame, true: np.ndarray, small: np.ndarray, rule: Profile) -> SafeTable:
    rounded = rule.base * ((2 * true + rule.base) // (2 * rule.base))
    # A redacted cell counts nothing towards the totals, which therefore say nothing of it.
    return _table(counts, rounded, np.where(small, 0, rounded), small, rule, int(small.sum()))


def _without(counts: pd.DataFrame, true: np.ndarray, small: np.ndarray, rule: Profile) -> SafeTable:
    totals = np.concatenate([true.sum(axis=1), true.sum(axis=0)])
    if ((totals >= 1) & (totals <= rule.highest)).any():
        raise _told(rule, "a total is itself a small count")
    hidden = small.copy()
    while hidden.any():
        low, high = bounds(true, hidden)
        width = np.where(hidden, high - low, np.inf)
        # A sum of small counts, such as two ones, would say that each is small: the width alone is asked for.
        exposed = small & (width < rule.highest)
        if not exposed.any() or hidden.all():
            break
        hidden[_next(true, hidden, exposed)] = True
    exposed = small & hidden & (_width(true, hidden) < rule.highest)
    if exposed.any():  # even with every cell gone the totals tell: they go too
        raise _told(rule, f"the totals alone give away {plural(int(exposed.sum()), 'small count')}")
    return _table(counts, true, true, hidden, rule, int(small.sum()))


def _told(rule: Profile, what: str) -> MethodError:
    return MethodError(f"profile={rule.name!r}: {what}; collapse categories, or choose profile='opensafely'")


def _width(true: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    low, high = bounds(true, hidden)
    return high - low


def _next(true: np.ndarray, hidden: np.ndarray, exposed: np.ndarray) -> tuple[int, int]:
    """The smallest shown cell in a line of an exposed one; zeros last, because they hide nothing."""
    row, column = np.argwhere(exposed)[0]
    line = np.zeros_like(hidden)
    line[row], line[:, column] = True, True
    choices = line & ~hidden if (line & ~hidden).any() else ~hidden
    cost = np.where(choices, np.where(true == 0, 10**9, true), np.iinfo(int).max)
    place = np.unravel_index(int(cost.argmin()), cost.shape)
    return int(place[0]), int(place[1])


def bounds(counts: np.ndarray, hidden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What somebody who knows every total and every shown count can tell of the hidden ones.

    Parameters
    ----------
    counts : array of int, shape (r, c)
    hidden : array of bool, shape (r, c)

    Returns
    -------
    low, high : array of float, shape (r, c)
        The smallest and the largest value each cell can have; both the count itself where it is shown. Linear
        programming over the totals, whose solutions are whole numbers for a table of two dimensions.
    """
    from scipy.optimize import linprog

    low, high = counts.astype(float), counts.astype(float)
    places = np.argwhere(hidden)
    if not len(places):
        return low, high
    rows, columns = counts.shape
    known = np.zeros((rows + columns, len(places)))
    known[places[:, 0], range(len(places))] = 1
    known[rows + places[:, 1], range(len(places))] = 1
    sums = np.concatenate([(counts * hidden).sum(axis=1), (counts * hidden).sum(axis=0)])
    for number, (row, column) in enumerate(places):
        aim = np.zeros(len(places))
        aim[number] = 1
        ends = [linprog(sign * aim, A_eq=known, b_eq=sums, bounds=(0, None), method="highs") for sign in (1, -1)]
        low[row, column], high[row, column] = round(ends[0].fun), round(-ends[1].fun)
    return low, high


def midpoint6(count: int) -> int:
    """A count as the middle of its six: 0, 3, 9, 15 and so on.

    Parameters
    ----------
    count : int

    Returns
    -------
    int
    """
    return math.ceil(count / 6) * 6 - 3 * (count != 0)


def percentage_is_safe(percentage: float, total: int, *, decimals: int = 0, highest: int = 7) -> bool:
    """Whether a printed percentage of a printed total leaves open that the count is not small.

    Parameters
    ----------
    percentage : float
        As printed.
    total : int
        As printed.
    decimals : int
        Of the printed percentage.
    highest : int
        The largest count that may not be shown.

    Returns
    -------
    bool
        False when every count that rounds to the percentage is between 1 and `highest`.
    """
    half = 0.5 * 10.0**-decimals + 1e-9
    feasible = [n for n in range(total + 1) if abs(100 * n / total - percentage) <= half] if total else []
    return not feasible or not all(1 <= n <= highest for n in feasible)
