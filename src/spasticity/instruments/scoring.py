"""The engine: answers to an instrument become its scores, and nothing that was refused or replaced goes uncounted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from spasticity.errors import MethodError, listed, one_of
from spasticity.instruments.declarations import Form, Instrument
from spasticity.instruments.questions import Item
from spasticity.instruments.readings import Reading, read_item
from spasticity.instruments.registry import get
from spasticity.instruments.sheets import Sheet, sheet_of
from spasticity.instruments.tallies import PRORATED, Tally, reversed_answers
from spasticity.wording import plural


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Scored:
    """Scores of one instrument, and what happened to every answer.

    Parameters
    ----------
    instrument : str
        Its id.
    version : str
        The version that was scored; empty when there is one only.
    table : DataFrame
        `participant`, `visit`, `day` where there are; `outcome`, `value` (missing where there is no score), `n_items`
        (answers it rests on) and `flag` (missing, or in words: `prorated`, `too few answers`, ...).
    refused : DataFrame
        `row` (index label in the answers), the occasion, `item`, `value`, `rule`: answers that were not taken.
    repairs : DataFrame
        `row`, the occasion, `item`, `was`, `became`, `why`: answers read as something they do not spell.
    """

    instrument: str
    version: str
    table: pd.DataFrame
    refused: pd.DataFrame
    repairs: pd.DataFrame

    @property
    def counts(self) -> pd.DataFrame:
        """One row per outcome: occasions, and how many have a score, have none, are prorated."""
        scored = self.table["value"].notna()
        prorated = scored & self.table["flag"].str.contains(PRORATED).fillna(False).astype(bool)
        marks = pd.DataFrame({"occasions": 1, "scored": scored, "missing": ~scored, "prorated": prorated})
        return marks.astype("int64").groupby(self.table["outcome"], sort=False).sum().reset_index()

    def __repr__(self) -> str:
        return f"{self._headline()}\n{self.counts.to_string(index=False)}"

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(self._headline())}</b></p>{self.counts.to_html(index=False, border=0)}"

    def _headline(self) -> str:
        name = f"{self.instrument} {self.version}".strip()
        people = plural(self.table["participant"].nunique(), "participant")
        ledger = f"{plural(len(self.refused), 'answer')} refused, {plural(len(self.repairs), 'answer')} repaired"
        return f"{name}: {people}; {ledger}"


def score(answers: pd.DataFrame, instrument: str | Instrument, *, version: str | None = None, **options: str) -> Scored:
    """The scores of an instrument.

    Parameters
    ----------
    answers : DataFrame
        Long, shaped like `tables.ANSWERS` (`participant`, `visit`, `day`, `instrument`, `item`, `response`; rows of
        other instruments are left alone); or wide, one row per participant and visit (or day), one column per item.
    instrument : str or Instrument
        Id in the registry, or a declaration.
    version : str, optional
        Which form was used; required for an instrument that has several.
    **options : str
        Choices that the form offers, such as `hse_boundary="gt"` for the PSQI.

    Returns
    -------
    Scored
        One row per occasion and outcome: none vanishes, and one without a score says why in its flag.

    Raises
    ------
    MethodError
        When the instrument, its version or an option is not known.
    DataError
        When columns or items are not those of the form, or an occasion or item is repeated.

    Notes
    -----
    An answer out of range, or text where a number belongs, is refused and counted, and the scores that need it are
    missing: a wrong answer is not a missing one, so it is never replaced by the person's mean.
    """
    declared = get(instrument) if isinstance(instrument, str) else instrument
    form = declared.form(version)
    chosen = _chosen(declared, form, options)
    sheet = sheet_of(answers, declared, form)
    tallies = {scale.measure.id: Tally(len(sheet.occasions)) for scale in form.scales}
    kept: dict[str, np.ndarray] = {}
    refused = [sheet.unknown] if len(sheet.unknown) else []
    repaired = []
    for item in form.items:  # one item at a time, so that a million occasions need the memory of a few columns
        reading = _reading(sheet, item)
        numbers = reversed_answers(reading.numbers, item) if item.reverse else reading.numbers
        for scale in form.scales:
            if item.key in scale.items:
                tallies[scale.measure.id].add(numbers, reading)
        if form.rule is not None:
            kept[item.key] = numbers
        if reading.refused.any():
            refused.append(_refused(sheet, item, reading))
        if reading.repaired is not None:
            repaired.append(_repaired(sheet, item, reading.numbers, reading.repaired))
    ruled = form.rule(kept, **chosen) if form.rule is not None else {}
    tables = [tallies[s.measure.id].table(sheet.occasions, s, ruled.get(s.measure.id)) for s in form.scales]
    return Scored(
        instrument=declared.id,
        version=form.version,
        table=pd.concat(tables, ignore_index=True),
        refused=_together(refused, sheet, "value", "rule"),
        repairs=_together(repaired, sheet, "was", "became", "why"),
    )


def _chosen(instrument: Instrument, form: Form, options: Mapping[str, str]) -> dict[str, str]:
    """Every option of the form: as asked for, else its default."""
    for name, value in options.items():
        if name not in form.options:
            offered = f"it offers {listed(form.options, 'and')}" if form.options else "it has no options"
            raise MethodError(f"{instrument.id}: `{name}` is no option; {offered}.")
        one_of(name, value, form.options[name])
    return {name: options.get(name, choices[0]) for name, choices in form.options.items()}


def _reading(sheet: Sheet, item: Item) -> Reading:
    if item.key in sheet.columns:
        return read_item(sheet.columns[item.key], item)
    return read_item(pd.Series(np.nan, index=sheet.occasions.index), item)


def _cells(sheet: Sheet, item: Item, where: np.ndarray, name: str) -> pd.DataFrame:
    """Some answers to one item: their row, their occasion, the item, and what was given."""
    at = np.flatnonzero(where)
    given = sheet.columns[item.key].iloc[at].astype(object)
    cells = sheet.occasions.iloc[at].assign(item=item.key, **{name: given})
    cells.insert(0, "row", sheet.places[item.key][at])
    return cells


def _refused(sheet: Sheet, item: Item, reading: Reading) -> pd.DataFrame:
    return _cells(sheet, item, reading.refused, "value").assign(rule=f"expected {item.expected}")


def _repaired(sheet: Sheet, item: Item, numbers: np.ndarray, why: np.ndarray) -> pd.DataFrame:
    where = np.asarray(pd.notna(why))
    return _cells(sheet, item, where, "was").assign(became=numbers[where], why=why[where])


def _together(parts: list[pd.DataFrame], sheet: Sheet, *columns: str) -> pd.DataFrame:
    """One ledger, with its columns also when nothing happened."""
    if parts:
        return pd.concat(parts, ignore_index=True)
    return pd.DataFrame(columns=["row", *sheet.occasions, "item", *columns])
