"""Three digits of a ZIP code, where more than 20,000 people live behind them.

Populations: 2020 Census of the United States, by three-digit prefix (public domain). A prefix that was not counted is
not kept. Never publish the three digits beside the state: 834 is mostly Idaho, and a few hundred people in Wyoming.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import pandas as pd

from spasticity.errors import DataError
from spasticity.wording import plural

FEWEST = 20_000  # 45 CFR 164.514(b)(2)(i)(B)(1): more than 20,000 people
WITHHELD = "000"
# Prefixes at or below it by the Census of 2000, as printed in the guidance of the Office for Civil Rights.
BY_2000 = frozenset(
    f"{prefix:03d}" for prefix in (36, 59, 63, 102, 203, 556, 692, 790, 821, 823, 830, 831, 878, 879, 884, 890, 893)
)
ZIP = r"^([0-9]{3})[0-9]{2}(?:-?[0-9]{4})?$"


@cache
def _kept() -> frozenset[str]:
    source = files("spasticity.privacy").joinpath("zip3_population_2020.csv").read_text(encoding="utf-8")
    rows = (line.split(",") for line in source.splitlines()[1:])
    return frozenset(prefix for prefix, people, _ in rows if int(people) > FEWEST)


def zip3(codes: pd.Series, *, strict: bool = False) -> pd.Series:
    """The first three digits of ZIP codes, or 000 where few people live.

    Parameters
    ----------
    codes : Series of str
        Five digits, or nine.
    strict : bool
        Withhold also what was small in the Census of 2000.

    Returns
    -------
    Series of str

    Raises
    ------
    DataError
        When something is not a ZIP code; nothing is shortened then.
    """
    known = codes.notna()
    found = codes[known].astype(str).str.extract(ZIP)[0]
    if found.isna().any():
        row = found.index[found.isna()][0]
        raise DataError(
            f"ZIP codes: {plural(int(found.isna().sum()), 'value')} of another form, first row {row}; expected five or "
            "nine digits as text. Leading zeros may have been lost."
        )
    kept = found.isin(_kept() - BY_2000 if strict else _kept())
    return found.where(kept, WITHHELD).reindex(codes.index).astype(object)
