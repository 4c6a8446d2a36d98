"""The invented study as it would really arrive: some of its people, in files with planted and listed defects."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import xlsxwriter

from spasticity.errors import DataError, listed
from spasticity.files import write as write_file
from spasticity.simulate.arrival_defects import BUTTON, DIARY, MAS, PLANS, RECORDS, Plan
from spasticity.simulate.arrival_files import arrived, came_twice, choices_of, event_names, local_times, skipped_time
from spasticity.simulate.arrival_forms import DICTIONARY_HEADER, EVER_AFTER, FIELDS, README, SOURCES, mapping_toml
from spasticity.simulate.arrival_wrist import exported
from spasticity.simulate.streams import stream
from spasticity.study import Study

TITLE_ROWS = 2  # above the header of a sheet
DEFECT_COLUMNS = ["source", "row", "column", "defect", "action", "rule"]
SEPARATOR = {DIARY: ";", "nights.csv": ";", "therapy.csv": ";"}
CREATED = datetime(2024, 1, 1)  # a fixed date, so that the same study gives the same bytes


def arrive(study: Study, folder: Path | str, seed: int, *, people: int = 24, overwrite: bool = False) -> Path:
    """A study as a database, a clinic and a device would hand it over, with every planted defect in `defects.csv`.

    Parameters
    ----------
    study : Study
    folder : Path or str
        Made when it is not there.
    seed : int
        Decides where the defects stand.
    people : int
        How many of the participants, among them some whose spasms were recorded while clocks changed.
    overwrite : bool
        Whether files that are there may be replaced.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        When a file exists and may not be replaced; nothing is written then.
    """
    some = study.where(participant=chosen(study, people))
    planting = Planting(arrived(some, stream(seed, "arrival", "doses")), seed)
    for plan in PLANS:
        planting.cell(plan)
    _plant_clock_changes(planting, some)
    _plant_rows(planting)
    contents = _contents(some, planting)
    folder = Path(folder)
    present = [name for name in contents if (folder / name).exists()]
    if present and not overwrite:
        raise DataError(f"{folder.name}: {listed(present, 'and')} exist and are not overwritten; use another folder.")
    for name, content in contents.items():
        write_file(folder / name, content, overwrite=overwrite)
    return folder


def chosen(study: Study, people: int) -> list[str]:
    """Codes of the participants to hand over: some with a change of clocks, then some of each cohort and arm.

    Parameters
    ----------
    study : Study
    people : int

    Returns
    -------
    list of str
    """
    times = local_times(study.spasms)
    twice = study.spasms["participant"][[came_twice(moment) for moment in times]]
    days = {(moment.date(), str(moment.tzinfo)): moment for moment in times}
    short = {day for day, moment in days.items() if skipped_time(moment)}
    skipped = study.spasms["participant"][[(moment.date(), str(moment.tzinfo)) in short for moment in times]]
    groups = study.participants.groupby(["cohort", "arm"], observed=True)["participant"]
    spread = study.participants["participant"].loc[groups.cumcount().sort_values(kind="stable").index]
    first = [*twice.drop_duplicates().head(4), *skipped.drop_duplicates().head(4)]
    return sorted(list(dict.fromkeys([*first, *spread]))[:people])


@dataclass(slots=True)
class Planting:
    """Files while defects are planted in them, and the list of what was planted.

    Parameters
    ----------
    files : dict of str to DataFrame
        By name of the file or sheet; text in every cell.
    seed : int
    """

    files: dict[str, pd.DataFrame]
    seed: int
    defects: list[dict[str, object]] = field(default_factory=list)
    taken: set[tuple[str, int]] = field(default_factory=set)

    def note(self, plan: Plan, position: int) -> None:
        """List a defect, and leave its row alone from now on."""
        self.taken.add((plan.file, position))
        above = TITLE_ROWS if "sheet" in plan.file else 0
        self.defects.append(
            {
                "source": plan.source,
                "row": position + above + 2,
                "column": plan.column,
                "defect": plan.defect,
                "action": plan.action,
                "rule": plan.rule,
            }
        )

    def pick(self, plan: Plan) -> int | None:
        """A row for a defect that has none yet."""
        free = [
            int(place) for place in plan.eligible(self.files[plan.file]) if (plan.file, int(place)) not in self.taken
        ]
        rng = stream(self.seed, "arrival", plan.source, plan.column, plan.defect)
        return free[int(rng.integers(len(free)))] if free else None

    def cell(self, plan: Plan) -> None:
        """Damage one cell, where there is one to damage."""
        position = self.pick(plan)
        if position is not None:
            frame = self.files[plan.file]
            frame.loc[position, plan.column] = plan.damaged(str(frame.loc[position, plan.column]))
            self.note(plan, position)

    def row(self, plan: Plan, entry: Iterable[str]) -> None:
        """Add a row at the end."""
        frame = self.files[plan.file]
        frame.loc[len(frame)] = list(entry)
        self.note(plan, len(frame) - 1)


def _plant_clock_changes(planting: Planting, study: Study) -> None:
    """List the events in the hour that came twice, and move one into the hour that never was."""
    times = local_times(study.spasms)
    twice = Plan(BUTTON, "local_time", "an hour that came twice", "{}", "rejected", "a time that came once")
    for position, moment in enumerate(times):
        if came_twice(moment):
            planting.note(twice, position)
    skipped = [(position, skipped_time(moment)) for position, moment in enumerate(times)]
    for position, shown in skipped:
        if shown is not None and (BUTTON, position) not in planting.taken:
            planting.files[BUTTON].loc[position, "local_time"] = f"{shown:%Y-%m-%d %H:%M:%S}"
            never = Plan(BUTTON, "local_time", "an hour that never was", "{}", "rejected", "a time of the zone")
            planting.note(never, position)
            break


REPEATED = (
    Plan(DIARY, "Patient", "a second diary of a day", "{}", "rejected", "one diary per day; the first is kept"),
    Plan(MAS, "Patient", "a row copied down", "{}", "rejected", "one grade per muscle; the first is kept"),
    Plan(RECORDS, "study_id", "a trial entered twice", "{}", "rejected", "the first is kept", form="timed_walk"),
)
STRANGER = Plan(DIARY, "participant", "a code nobody has", "{}", "rejected", "a participant of the study")
TORN = Plan(DIARY, "", "a delimiter too many", "{}", "rejected", "the width of the header")


def _plant_rows(planting: Planting) -> None:
    """Rows that should not be there."""
    for plan in REPEATED:
        position = planting.pick(plan)
        if position is not None:
            planting.taken.add((plan.file, position))
            planting.row(plan, planting.files[plan.file].to_numpy()[position])
    planting.row(STRANGER, ("P999", "0", "1", "1", "1", "1"))
    planting.row(TORN, ("P999", "1", "1", "1", "1", "1;"))


def _contents(study: Study, planting: Planting) -> dict[str, bytes]:
    """Every file as bytes."""
    files = planting.files
    events = {event: visit for visit, event in event_names(study.protocol).items()} | {EVER_AFTER: "log"}
    defects = pd.DataFrame(planting.defects, columns=DEFECT_COLUMNS).sort_values(["source", "row"], kind="stable")
    contents = {
        "README.md": README.encode(),
        "study.toml": (study.protocol.toml() + SOURCES).encode(),
        "redcap_dictionary.csv": _csv(DICTIONARY_HEADER, _dictionary(study)),
        "redcap_mapping.toml": mapping_toml(events).encode(),
        "examinations.xlsx": _workbook({name.split("sheet ")[1]: files[name] for name in files if "sheet" in name}),
        "defects.csv": _csv(DEFECT_COLUMNS, defects.astype(str).to_numpy()),
    }
    for name, frame in files.items():
        if "sheet" not in name:
            contents[name] = _csv(frame.columns, frame.to_numpy(), SEPARATOR.get(name, ","))
    # The torn row is written as it is, without the quotes that would make it whole.
    diary = contents[DIARY].replace(b'"1;"', b"1;").replace(b"\n", b"\r\n")
    return contents | {DIARY: b"\xef\xbb\xbf" + diary} | exported(study)


def _csv(header: Iterable[str], rows: Iterable[Iterable[str]], delimiter: str = ",") -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8")


def _dictionary(study: Study) -> list[list[str]]:
    """A line per field, in the columns of a data dictionary."""
    choices = choices_of(study.protocol)
    return [
        [field.name, field.form, "", field.kind, field.label, choices[field.name], "", field.validation, *[""] * 10]
        for field in FIELDS
    ]


def _workbook(sheets: dict[str, pd.DataFrame]) -> bytes:
    """Sheets below a title, with numbers as numbers."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": "Invented examinations; nobody in them exists", "created": CREATED})
        day = workbook.add_format({"num_format": "d mmm yyyy"})
        for name, frame in sheets.items():
            sheet = workbook.add_worksheet(name)
            sheet.write_string(0, 0, f"Spasticity clinic, {name} (invented)")
            for row, cells in enumerate([list(frame.columns), *frame.to_numpy().tolist()], start=TITLE_ROWS):
                for column, cell in enumerate(cells):
                    _write_cell(sheet, row, column, cell, day)
    return buffer.getvalue()


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: object, day: object) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(row, column, cell, day)
    elif cell == "#N/A":
        sheet.write_formula(row, column, "=NA()", None, cell)
    elif re.fullmatch(r"-?\d+(\.\d+)?", str(cell)):
        sheet.write_number(row, column, float(str(cell)))
    elif cell:
        sheet.write_string(row, column, str(cell))
