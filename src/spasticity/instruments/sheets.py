"""Answers as they come, long or wide, laid out item by item: one row per occasion on which a person answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd

from spasticity.errors import DataError, listed
from spasticity.instruments.declarations import Form, Instrument
from spasticity.wording import plural

LONG = ("instrument", "item", "response")
WHEN = ("visit", "day")


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Answers laid out for scoring.

    Parameters
    ----------
    occasions : DataFrame
        `participant`, then `visit` and `day` where there are; one row per occasion, in the order of the answers.
    columns : mapping of str to Series
        The answers to each item, in the rows of `occasions`; an item nobody answered may be absent.
    places : mapping of str to array
        For each item, the index labels of its answers in the frame they came from.
    unknown : DataFrame
        Rows of a long table whose item the form does not have: `row`, the occasion, `item`, `value`, `rule`.
    """

    occasions: pd.DataFrame
    columns: Mapping[str, pd.Series]
    places: Mapping[str, np.ndarray]
    unknown: pd.DataFrame


def sheet_of(answers: pd.DataFrame, instrument: Instrument, form: Form) -> Sheet:
    """Answers to one instrument, from a long or a wide table.

    Parameters
    ----------
    answers : DataFrame
        Long, shaped like `tables.ANSWERS`; or wide, one row per occasion and one column per item.
    instrument : Instrument
        Whose answers.
    form : Form
        Its version.

    Returns
    -------
    Sheet

    Raises
    ------
    DataError
        When columns are missing or unknown, no answer fits the form, or an occasion is there twice.
    """
    where = f"answers to {instrument.id}"
    by = _occasion(answers, where, daily=instrument.daily)
    if {"item", "response"} & set(answers.columns):
        return _long(answers, instrument, form, by, where)
    return _wide(answers, form, by, where)


def _occasion(answers: pd.DataFrame, where: str, *, daily: bool) -> list[str]:
    """The columns that tell one occasion from another: the visit, and the day for what is answered daily."""
    when = [name for name in WHEN if name in answers]
    if "participant" not in answers or not when:
        raise DataError(f"{where}: expected the columns `participant` and `visit` (or `day`); see tables.ANSWERS.")
    by = ["participant", *(when if daily else when[:1])]
    for name in by:
        absent = answers[name].isna()
        if absent.any():
            count = plural(int(absent.sum()), "row has", "rows have")
            raise DataError(f"{where}: {count} no `{name}`, first at row {absent.idxmax()}; every answer needs one.")
    return by


def _refuse_repeats(repeated: pd.Series, what: str, where: str) -> None:
    if repeated.any():
        count = plural(int(repeated.sum()), "row repeats", "rows repeat")
        raise DataError(f"{where}: {count} {what}, first at row {repeated.idxmax()}; decide which one counts.")


def _wide(answers: pd.DataFrame, form: Form, by: list[str], where: str) -> Sheet:
    needed = [item.key for item in form.items if not item.optional]
    missing = [key for key in needed if key not in answers]
    unknown = [str(name) for name in answers if name not in (*form.keys, "participant", *WHEN)]
    if missing or unknown:
        raise DataError(f"{where}: {_wrong_columns(missing, unknown)}")
    _refuse_repeats(answers.duplicated(by), f"an occasion ({', '.join(by)})", where)
    flat = answers.reset_index(drop=True)
    occasions = flat[["participant", *(name for name in WHEN if name in flat)]]
    columns = {key: flat[key] for key in form.keys if key in flat}
    return Sheet(occasions, columns, dict.fromkeys(columns, answers.index.to_numpy()), _no_unknown(by))


def _wrong_columns(missing: list[str], unknown: list[str]) -> str:
    parts = []
    if missing:
        parts.append(f"{plural(len(missing), 'item')} of the form {'is' if len(missing) == 1 else 'are'} not there: "
                     f"{listed(missing, 'and')}")  # fmt: skip
    if unknown:
        parts.append(f"{plural(len(unknown), 'column')} no item of the form: {listed(unknown, 'and')}")
    near = {name: get_close_matches(name, missing, n=1) for name in unknown}
    pairs = [f"`{name}` looks like `{match[0]}`" for name, match in near.items() if match]
    remedy = "; ".join(pairs) or "check the version, then name the columns by their item keys and drop all others"
    return f"{'; '.join(parts)}. {remedy[0].upper()}{remedy[1:]}."


def _no_unknown(by: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=["row", *by, "item", "value", "rule"])


def _long(answers: pd.DataFrame, instrument: Instrument, form: Form, by: list[str], where: str) -> Sheet:
    missing = [name for name in LONG if name not in answers]
    if missing:
        raise DataError(f"{where}: a long table lacks {listed(missing, 'and')}; see tables.ANSWERS.")
    own = answers[answers["instrument"].eq(instrument.stored_as).fillna(False).astype(bool)]
    if own.empty:
        raise DataError(f"{where}: no row has `{instrument.stored_as}` in its column `instrument`.")
    known = own["item"].isin(form.keys)
    if not known.any():
        raise DataError(f"{where}: no row names an item of the form. Its items are {listed(form.keys, 'and')}.")
    _refuse_repeats(own.duplicated([*by, "item"]) & known, f"an item on one occasion ({', '.join(by)}, item)", where)
    strangers = own.loc[~known, [*by, "item"]]
    given = own.loc[~known, "response"].astype(object)
    unknown = strangers.assign(row=strangers.index, value=given, rule="expected an item of the form")
    unknown = unknown[["row", *by, "item", "value", "rule"]].reset_index(drop=True)
    labels, own = own.index.to_numpy(), own.reset_index(drop=True)
    groups = own.groupby(by, sort=False, observed=True)
    code = groups.ngroup().to_numpy()
    occasions = own.loc[~pd.Series(code).duplicated(), by].reset_index(drop=True)
    if "day" in own and "day" not in by:
        occasions["day"] = groups["day"].min().to_numpy()  # the first day of an occasion that took several
    columns, places = {}, {}
    for key, rows in own.groupby("item", observed=True).indices.items():
        if key not in form.keys:
            continue
        at = pd.Index(code[rows])
        columns[str(key)] = pd.Series(own["response"].iloc[rows].array, index=at).reindex(occasions.index)
        places[str(key)] = pd.Series(labels[rows], index=at).reindex(occasions.index).to_numpy()
    return Sheet(occasions, columns, places, unknown)
