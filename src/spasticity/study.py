"""A study: checked tables, the protocol they follow, and what happened to every row on the way in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import pandas as pd

from spasticity import tables
from spasticity.errors import DataError, listed, one_of
from spasticity.files import csv_bytes, parquet_bytes, quiet_frame, write_folder
from spasticity.ledger import COLUMNS, RULES, Ledger, rules_of
from spasticity.protocol import PROTOCOL_FILE, PlannedVisit, Protocol
from spasticity.schema import Schema
from spasticity.wording import plural

REPAIR_COLUMNS = ["source", "row", "column", "was", "became", "why"]
APOSTROPHES = "apostrophes = true  # one stands before each text that a spreadsheet would run as a formula\n\n"
TABLES = {schema.name: schema for schema in tables.STUDY_TABLES}
RETURN = "\r\n?"  # CSV readers split a row at one
HISTORIES = ("repairs", "rejects", "identifiers")
FORMATS = {"csv": csv_bytes, "parquet": parquet_bytes}
REJECT_COLUMNS = ["source", "row", "column", "value", "rule"]
NEAR = {True: ", which has a code that differs only in zeros, marks or letter case", False: ""}
IDENTIFIER_COLUMNS = ["source", "table", "column", "place", "kind", "letter", "cells", "first_row", "action", "reason"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table came from.

    Parameters
    ----------
    name : str
        File name, with the sheet or form when there is one.
    sha256 : str
        Digest of the file's bytes.
    rows_read : int
        Records in the source, header excluded.
    format : str
        Such as `csv` or `REDCap`.
    factor : int
        Rows a record becomes when a wide source is made long.
    note : str
        What the reader must know, such as an encoding.
    """

    name: str
    sha256: str
    rows_read: int
    format: str = "csv"
    factor: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Loaded:
    """One checked table and the history of its rows.

    Parameters
    ----------
    table : DataFrame
        Rows that were kept; the index is the row's place in the source (the line of a text file).
    repairs : DataFrame
        One row per changed cell: `source, row, column, was, became, why`.
    rejects : DataFrame
        One row per refused row: `source, row, column, value, rule`.
    source : Source
        Where it came from.
    schema : Schema
        The table it was checked against.
    touched : frozenset of str
        Participants of whom a row was rejected or a cell repaired.
    identifiers : DataFrame
        What may tell who a person is, and what became of it: `source, table, column, place, kind, letter, cells,
        first_row, action, reason`. Never a value.

    Raises
    ------
    DataError
        When rows read are not rows kept plus rows rejected: a defect of a loader, never of the data.
    """

    table: pd.DataFrame
    repairs: pd.DataFrame
    rejects: pd.DataFrame
    source: Source
    schema: Schema
    touched: frozenset[str] = frozenset()
    identifiers: pd.DataFrame = field(default_factory=lambda: _empty(IDENTIFIER_COLUMNS))

    def __post_init__(self) -> None:
        accounted = len(self.table) + len(self.rejects)
        if accounted != self.source.rows_read * self.source.factor:
            raise DataError(
                f"{self.source.name}: {plural(self.source.rows_read, 'row')} read, but {len(self.table):,} kept and "
                f"{len(self.rejects):,} rejected do not add up. This is a defect of the loader; please report it."
            )

    @property
    def ledger(self) -> pd.DataFrame:
        """One row: what was read, kept, rejected and repaired."""
        row = {
            "source": self.source.name,
            "table": self.schema.name,
            "rows_read": self.source.rows_read * self.source.factor,
            "kept": len(self.table),
            "rejected": len(self.rejects),
            "cells_repaired": len(self.repairs),
        }
        return pd.DataFrame([row])[COLUMNS]

    def __repr__(self) -> str:
        row = self.ledger.iloc[0]
        return (
            f"{row['table']} from {row['source']}: {plural(row['rows_read'], 'row')} read = {row['kept']:,} kept "
            f"+ {row['rejected']:,} rejected; {plural(row['cells_repaired'], 'cell')} repaired"
        )

    def _repr_html_(self) -> str:
        parts = [f"<p><b>{self!r}</b></p>"]
        for title, ledger, what in (("Rejected", self.rejects, "rule"), ("Repaired", self.repairs, "why")):
            if len(ledger):
                counts = ledger.groupby(["column", what], dropna=False).size().rename("n").reset_index()
                parts.append(f"<p>{title}</p>{counts.to_html(index=False, border=0)}")
        return "".join(parts)


def _empty(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Study:
    """Checked tables of one study, with the history of every row. Change makes a new study.

    Each canonical table is an attribute; one that was not collected is empty. Build it with `Study.of`.
    """

    protocol: Protocol
    participants: pd.DataFrame
    visits: pd.DataFrame = field(default_factory=tables.VISITS.empty)
    diary: pd.DataFrame = field(default_factory=tables.DIARY.empty)
    spasms: pd.DataFrame = field(default_factory=tables.SPASMS.empty)
    recording: pd.DataFrame = field(default_factory=tables.RECORDING.empty)
    nights: pd.DataFrame = field(default_factory=tables.NIGHTS.empty)
    epochs: pd.DataFrame = field(default_factory=tables.EPOCHS.empty)
    answers: pd.DataFrame = field(default_factory=tables.ANSWERS.empty)
    tone: pd.DataFrame = field(default_factory=tables.TONE.empty)
    range_of_motion: pd.DataFrame = field(default_factory=tables.RANGE_OF_MOTION.empty)
    walks: pd.DataFrame = field(default_factory=tables.WALKS.empty)
    doses: pd.DataFrame = field(default_factory=tables.DOSES.empty)
    medications: pd.DataFrame = field(default_factory=tables.MEDICATIONS.empty)
    therapy: pd.DataFrame = field(default_factory=tables.THERAPY.empty)
    events: pd.DataFrame = field(default_factory=tables.EVENTS.empty)
    repairs: pd.DataFrame = field(default_factory=lambda: _empty(REPAIR_COLUMNS))
    rejects: pd.DataFrame = field(default_factory=lambda: _empty(REJECT_COLUMNS))
    sources: tuple[Source, ...] = ()
    ledger: Ledger = field(default_factory=lambda: Ledger(_empty(COLUMNS), _empty(RULES)))
    identifiers: pd.DataFrame = field(default_factory=lambda: _empty(IDENTIFIER_COLUMNS))

    @classmethod
    def of(cls, protocol: Protocol, *loaded: Loaded) -> Study:
        """A study from its protocol and its loaded tables.

        Rows of people who are not in the participants table are rejected and counted.

        Parameters
        ----------
        protocol : Protocol
            Visits and arms.
        *loaded : Loaded
            At most one per table; participants is required.

        Returns
        -------
        Study

        Raises
        ------
        DataError
            No participants, a table twice, or arms that the protocol does not know.
        """
        by_name: dict[str, Loaded] = {}
        for item in loaded:
            if item.schema.name in by_name:
                raise DataError(f"study: the table `{item.schema.name}` was given twice; join its files first.")
            by_name[item.schema.name] = item
        if "participants" not in by_name:
            raise DataError("study: there is no participants table; every study needs one.")
        people = by_name["participants"].table
        _check_codes(people)
        _check_arms(protocol, people)
        known = set(people["participant"])
        settled = [_without_strangers(item, known) for item in by_name.values()]
        repairs = pd.concat([item.repairs for item in settled], ignore_index=True)
        rejects = pd.concat([item.rejects for item in settled], ignore_index=True)
        return cls(
            protocol=protocol,
            repairs=repairs,
            rejects=rejects,
            sources=tuple(item.source for item in settled),
            ledger=Ledger(
                pd.concat([item.ledger for item in settled], ignore_index=True),
                rules_of(rejects, repairs),
                tuple(sorted(known & frozenset().union(*(item.touched for item in settled)))),
            ),
            identifiers=pd.concat([item.identifiers for item in settled], ignore_index=True),
            **{item.schema.name: item.table.reset_index(drop=True) for item in settled},
        )

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables that have rows, by name, in canonical order."""
        frames = {schema.name: getattr(self, schema.name) for schema in tables.STUDY_TABLES}
        return {name: frame for name, frame in frames.items() if len(frame)}

    def where(self, **conditions: object) -> Study:
        """The study of some of its participants.

        Parameters
        ----------
        **conditions : object
            Column of participants and the value, or list of values, to keep: `cohort="MS"`.

        Returns
        -------
        Study

        Raises
        ------
        DataError
            When a column is not one of participants, or nobody is left.
        """
        keep = pd.Series(True, index=self.participants.index)
        for name, wanted in conditions.items():
            if name not in self.participants:
                raise DataError(f"participants: no column `{name}`; there are {listed(self.participants, 'and')}.")
            values = list(wanted) if isinstance(wanted, (list, tuple, set, frozenset)) else [wanted]
            keep &= self.participants[name].isin(values)
        chosen = self.participants.loc[keep, "participant"]
        if chosen.empty:
            raise DataError(f"study: no participant has {', '.join(conditions)} as asked; nobody is left.")
        kept = {
            name: frame[frame["participant"].isin(chosen)].reset_index(drop=True) for name, frame in self.tables.items()
        }
        return replace(self, **kept)  # type: ignore[arg-type]  # only tables are in it

    def save(
        self,
        folder: Path | str,
        *,
        format: Literal["csv", "parquet"] = "csv",  # noqa: A002 the word a user looks for
        overwrite: bool = False,
    ) -> Path:
        """Write the study as a folder: its tables, study.toml, codebook, and what happened to every row.

        Text that a spreadsheet would run as a formula gets an apostrophe before it, which `load.study` takes away.
        The folder appears whole or not at all; an earlier study in it is replaced as a whole.

        Parameters
        ----------
        folder : Path or str
            Made when it is not there.
        format : str
            Of the tables: `csv`, or `parquet` (smaller and quicker to read; needs the extra `parquet`).
        overwrite : bool
            Whether files that are there may be replaced.

        Returns
        -------
        Path

        Raises
        ------
        DataError
            When a file exists and may not be replaced; nothing is written then.
        MethodError
            When the format is not known, or its library is not installed.
        """
        one_of("format", format, list(FORMATS))
        written = FORMATS[format]
        filled = {name: _without_empty(frame, TABLES[name]) for name, frame in self.tables.items()}
        quieted = {name: quiet_frame(frame, _texts(frame, TABLES[name])) for name, frame in filled.items()}
        marked = any(not quieted[name].equals(frame) for name, frame in filled.items())
        # The counts let a reader see that a file was cut between two lines.
        rows = "".join(f"{name} = {len(frame)}\n" for name, frame in self.tables.items())
        plan = f"{APOSTROPHES if marked else ''}{self.protocol.toml()}\n[rows]\n{rows}{_reasons(self.identifiers)}"
        contents = {PROTOCOL_FILE: plan.encode()}
        contents |= {f"{name}.{format}": written(frame) for name, frame in quieted.items()}
        contents["codebook.csv"] = csv_bytes(_codebook())
        histories = {name: getattr(self, name) for name in HISTORIES}
        contents |= {
            f"{name}.csv": csv_bytes(quiet_frame(frame.map(_without_returns), frame))
            for name, frame in histories.items()
            if len(frame)
        }
        stale = [f"{name}.{kind}" for name in (*TABLES, *HISTORIES) for kind in FORMATS]
        stale = [name for name in stale if name not in contents]
        return write_folder(folder, contents, last=PROTOCOL_FILE, stale=stale, overwrite=overwrite)

    def __repr__(self) -> str:
        people = plural(len(self.participants), "participant")
        rows = ", ".join(f"{name} {len(frame):,}" for name, frame in self.tables.items())
        return f"{self.protocol.name}: {people}; rows: {rows}; {len(self.rejects):,} rejected"

    def _repr_html_(self) -> str:
        counts = pd.crosstab(self.participants["arm"].fillna("no arm"), self.participants["cohort"])
        synthetic = " <i>(synthetic data)</i>" if self.protocol.synthetic else ""
        return (
            f"<h4>{self.protocol.name}{synthetic}</h4><p>{plural(len(self.participants), 'participant')}</p>"
            f"{counts.to_html(border=0)}{self.ledger._repr_html_()}"
        )


def _codebook() -> pd.DataFrame:
    return pd.concat([schema.codebook() for schema in tables.STUDY_TABLES], ignore_index=True)


def _without_returns(cell: object) -> object:
    return re.sub(RETURN, "\n", cell) if isinstance(cell, str) else cell


def _without_empty(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """A table without those optional columns that nobody filled."""
    return frame.drop(columns=[name for name in schema.optional() if name in frame and frame[name].isna().all()])


def _texts(frame: pd.DataFrame, schema: Schema) -> list[str]:
    return [name for name in map(str, frame) if name not in schema or schema[name].kind == "text"]


def _reasons(identifiers: pd.DataFrame) -> str:
    """Why identifiers may stay, as the plan of a study says it."""
    stay = identifiers[identifiers["action"].eq("kept") & identifiers["reason"].ne("") & identifiers["column"].notna()]
    lines = []
    for table, rows in stay.groupby("table", sort=False):
        reasons = dict(zip(rows["column"], rows["reason"], strict=True))
        lines += ["", f"[identifiers.{table}]", *(f"{json.dumps(c)} = {json.dumps(r)}" for c, r in reasons.items())]
    return "\n".join([*lines, ""]) if lines else ""


def _check_arms(protocol: Protocol, people: pd.DataFrame) -> None:
    unknown = sorted(set(people["arm"].dropna()) - set(protocol.arms))
    if unknown:
        raise DataError(
            f"participants: {plural(len(unknown), 'arm')} not in the protocol ({listed(protocol.arms, 'and')}). "
            f"Correct the column or add to `arms` in {PROTOCOL_FILE}."
        )


def bare_code(code: str) -> str:
    """A code without what people add or leave out when they type it: letter case, marks, leading zeros.

    Parameters
    ----------
    code : str

    Returns
    -------
    str
    """
    plain = re.sub(r"(?<!\d)0+(?=\d)", "", code.casefold())
    return re.sub(r"(?<!\d)[\W_]+|[\W_]+(?!\d)", "", re.sub(r"(?<=\d)[\W_]+(?=\d)", "-", plain))


def _check_codes(people: pd.DataFrame) -> None:
    same = people["participant"].str.casefold().duplicated(keep=False)
    if same.any():
        raise DataError(
            f"participants: {plural(int(same.sum()), 'code')} that differ only in letter case, first row "
            f"{people.index[same][0]}; write every code in one way."
        )


def _without_strangers(item: Loaded, known: set[str]) -> Loaded:
    """Move rows of people who are not participants to the rejects."""
    stranger = ~item.table["participant"].isin(known)
    if not stranger.any():
        return item
    rows, bare = item.table[stranger], {bare_code(code) for code in known}
    rejects = pd.DataFrame(
        {
            "source": item.source.name,
            "row": rows.index,
            "column": "participant",
            "value": rows["participant"].to_numpy(dtype=object),
            "rule": "not in the participants table" + rows["participant"].map(bare_code).isin(bare).map(NEAR),
        }
    )
    both = pd.concat([item.rejects, rejects], ignore_index=True) if len(item.rejects) else rejects
    gone = item.repairs["source"].eq(item.source.name) & item.repairs["row"].isin(rows.index)
    return replace(item, table=item.table[~stranger], rejects=both, repairs=item.repairs[~gone])


__all__ = ["Ledger", "Loaded", "PlannedVisit", "Protocol", "Source", "Study", "bare_code"]
