"""Logs of typed doses into the table of doses.

It describes what was written down; it gives no advice on dosing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from spasticity.errors import DataError, one_of
from spasticity.load.casting import Reading, assemble
from spasticity.load.columns import EXTRA, Extra, expect_rows, readings_of
from spasticity.load.dose_text import AS_BEFORE, UNUSUAL, Dose, parse
from spasticity.load.gate import Identifiers
from spasticity.load.grid import Grid, frame_grid
from spasticity.load.keys import DUPLICATES, Duplicates
from spasticity.load.opening import content
from spasticity.load.records import delimited_grid
from spasticity.load.roster import Roster
from spasticity.load.spelling import ISO_DATE, Codings, Formats, Missing, spellings
from spasticity.load.study_days import DayZero
from spasticity.schema import Column, Schema
from spasticity.study import Loaded
from spasticity.tables import DOSES
from spasticity.wording import plural

NOTHING_BEFORE = "no known dose comes before this one; ask for the dose of a day"
FROM_TEXT = ("dose_mg_per_day", "dose_ug_per_day", "status")
TYPED = Schema(
    name="doses as typed",
    label="one row per participant, drug, route and stretch of days with one dose",
    columns=(
        *(column for column in DOSES if column.name not in FROM_TEXT),
        Column(name="dose", kind="text", label="Dose as typed"),
    ),
    key=DOSES.key,
)


def doses(
    source: Path | str | pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    delimiter: str = ",",
    encoding: str = "utf-8",
    missing: Missing = ("",),
    date_format: Formats = ISO_DATE,
    codings: Codings | None = None,
    extra: Extra = "refuse",
    duplicates: Duplicates = "refuse",
    rows: int | None = None,
    identifiers: Identifiers = "refuse",
    roster: Roster | None = None,
    day_zero: DayZero | None = None,
) -> Loaded:
    """The table of doses from a log of typed doses, every row of it kept or rejected, nothing guessed.

    Parameters
    ----------
    source : Path, str or DataFrame
        A delimited text, or a frame of text, with a row per stretch of days: `participant`, `drug`, `route`,
        `start_day`, `end_day` and `dose`.
    columns, constants, missing, date_format, codings, extra, duplicates, rows, identifiers, roster,
    day_zero
        As in `delimited`, for those six columns.
    delimiter, encoding : str
        As the file was written.

    Returns
    -------
    Loaded
        Oral doses in mg per day, intrathecal ones in µg per day, never in one column. A blank dose has the status
        `unknown`, never zero. What was assumed on the way is a repair of the cell, and a text with two meanings is
        a reject whose rule is the question to ask.

    Raises
    ------
    DataError
        When the source's structure is damaged, as in `delimited`.
    MethodError
        When an option is not understood.

    Notes
    -----
    It describes records and gives no advice on dosing.
    """
    one_of("duplicates", duplicates, DUPLICATES)
    one_of("extra", extra, EXTRA)
    if isinstance(source, pd.DataFrame):
        grid = frame_grid(source, "doses")
    else:
        grid = delimited_grid(content(source), delimiter=delimiter, encoding=encoding)
    expect_rows(grid, rows)
    spelled = spellings(TYPED, missing=missing, date_format=date_format, codings=codings)
    grid, readings = readings_of(
        grid, TYPED, spelled, columns=columns, constants=constants, extra=extra, day_zero=day_zero
    )
    return dose_table(grid, readings, duplicates=duplicates, identifiers=identifiers, roster=roster)


def dose_table(
    grid: Grid,
    readings: list[Reading],
    *,
    duplicates: Duplicates,
    identifiers: Identifiers = "refuse",
    roster: Roster | None = None,
) -> Loaded:
    """The table of doses, once the columns of the log are read.

    Parameters
    ----------
    grid : Grid
    readings : list of Reading
        Among them one for `dose`, as text.
    duplicates : str
    identifiers : str or mapping of column to reason
    roster : DataFrame or collection of str, optional

    Returns
    -------
    Loaded
    """
    typed = {name: values for reading in readings for name, values in reading.values.items()}
    meant = _carried(_meanings(typed), typed)
    unusual = sum(UNUSUAL in item.dose.flags for item in meant if item.dose)
    note = f"{plural(unusual, 'dose')} outside the usual range" if unusual else ""
    settled = [_settled(reading, meant) if "dose" in reading.values else reading for reading in readings]
    return assemble(grid.noting(note), DOSES, settled, duplicates=duplicates, identifiers=identifiers, roster=roster)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the dose of one row is: a dose, or the question to ask."""

    dose: Dose | None
    question: str = ""


def _meanings(typed: Mapping[str, pd.Series]) -> list[Meaning]:
    """The meaning of every row's text; each distinct text of a drug and route is read once."""
    known: dict[tuple[str, str, str], Meaning] = {}
    cells = zip(*(typed[name].astype(object).fillna("") for name in ("dose", "route", "drug")), strict=True)
    return [known[cell] if cell in known else known.setdefault(cell, _meaning(*cell)) for cell in cells]


def _meaning(text: str, route: str, drug: str) -> Meaning:
    if route not in ("oral", "intrathecal"):
        return Meaning(Dose(route="oral", status="unknown"))  # the row is rejected for its route
    try:
        return Meaning(parse(text, route, drug))  # type: ignore[arg-type]  # the line above says which it is
    except DataError as error:
        return Meaning(None, str(error).removeprefix("dose: ").rstrip("."))


def _carried(meant: list[Meaning], typed: Mapping[str, pd.Series]) -> list[Meaning]:
    """Every row's meaning, where `as before` stands for the dose of the stretch before it."""
    frame = pd.DataFrame({name: typed[name] for name in ("participant", "drug", "route", "start_day")})
    last: dict[tuple[object, ...], Dose | None] = {}
    settled = list(meant)
    for row in frame.sort_values("start_day", kind="stable").itertuples():
        place, key = int(row[0]), tuple(row[1:4])
        dose = settled[place].dose
        if dose is not None and dose.status == "as before":
            dose = last.get(key)
            settled[place] = (
                Meaning(None, NOTHING_BEFORE) if dose is None else Meaning(replace(dose, flags=(AS_BEFORE,)))
            )
        last[key] = dose if dose is not None and dose.per_day is not None else None
    return settled


def _settled(reading: Reading, meant: list[Meaning]) -> Reading:
    """The reading of the typed doses as the three columns of the table."""
    found = [item.dose for item in meant]
    oral, infused = (_amounts(found, route) for route in ("oral", "intrathecal"))
    status = [None if dose is None else dose.status for dose in found]
    return replace(
        reading,
        values={
            "dose_mg_per_day": DOSES["dose_mg_per_day"].typed(oral)[0],
            "dose_ug_per_day": DOSES["dose_ug_per_day"].typed(infused)[0],
            "status": DOSES["status"].typed(pd.Series(status, dtype=object))[0],
        },
        repairs=_assumptions(reading, found),
        faults=pd.Series({place: item.question for place, item in enumerate(meant) if item.question}, dtype=object),
    )


def _amounts(found: list[Dose | None], route: str) -> pd.Series:
    amounts = [dose.per_day if dose is not None and dose.route == route else None for dose in found]
    return pd.Series(amounts, dtype="float64")


def _assumptions(reading: Reading, found: list[Dose | None]) -> pd.DataFrame:
    """What was done to the text, and what was assumed to read it."""
    done = {int(place): str(why) for place, why in zip(reading.repairs.index, reading.repairs["why"], strict=True)}
    for place, dose in enumerate(found):
        flags = [flag for flag in dose.flags if flag != UNUSUAL] if dose else []
        if flags:
            done[place] = "; ".join([*([done[place]] if place in done else []), *flags])
    places = pd.Index(sorted(done), dtype=int)
    frame = pd.DataFrame({"became": [str(found[place] or "") for place in places]}, index=places, dtype=object)
    return frame.assign(why=[done[place] for place in places])
