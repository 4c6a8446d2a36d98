"""Stops in a sentence. Describes a log and gives no advice on dosing."""

from __future__ import annotations

import pandas as pd

from spasticity.derive.stopping import CLASSES
from spasticity.errors import MethodError, listed
from spasticity.wording import plural

NO_ADVICE = "This describes what the log records; it is not advice on treatment."


def describe_stops(falls: pd.DataFrame) -> str:
    """How the recorded courses of a drug ended, in words that say that they are no advice.

    Parameters
    ----------
    falls : DataFrame
        As `derive.stops` gives them.

    Returns
    -------
    str
        One sentence per drug and route: how many stops count, of which class, how many were resumed, and how many
        falls do not count; then that it is not advice.

    Raises
    ------
    MethodError
        When a column is absent.
    """
    missing = [name for name in ("drug", "route", "class", "resumed_day", "flag") if name not in falls]
    if missing:
        raise MethodError(
            f"describe_stops: the table lacks {listed(missing, 'and')}; make it with `derive.stops(daily)`."
        )
    groups = falls.groupby(["drug", "route"], observed=True, sort=True)
    sentences = [_sentence(str(drug), str(route), rows) for (drug, route), rows in groups]
    return " ".join([*(sentences or ["No stop was recorded."]), NO_ADVICE])


def _sentence(drug: str, route: str, rows: pd.DataFrame) -> str:
    counted = rows[rows["flag"].isna()]
    sizes = counted["class"].astype(str).value_counts()
    kinds = [f"{sizes[kind]:,} {kind}" for kind in CLASSES if kind in sizes]
    resumed = int(counted["resumed_day"].notna().sum())
    aside = len(rows) - len(counted)
    words = f"{route.capitalize()} {drug}: {plural(len(counted), 'stop')}"
    words += f" ({', '.join(kinds)}), {resumed:,} of them resumed" if kinds else ""
    return f"{words}; {plural(aside, 'further fall')} not counted." if aside else f"{words}."
