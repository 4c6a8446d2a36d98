"""The invented study as CDISC data sets: some of its people, in Dataset-JSON, with planted and listed defects."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spasticity.errors import DataError, listed
from spasticity.files import csv_bytes
from spasticity.files import write as write_file
from spasticity.simulate.streams import stream
from spasticity.simulate.submission_domains import DIARY, DIARY_TESTS, GRADES, NUMBERS, QUALIFIERS, domains, test_codes
from spasticity.study import Study

CREATED = "2024-01-01T00:00:00"  # a fixed time, so that the same study gives the same bytes
COLUMNS = ["source", "row", "column", "defect", "action", "rule"]


@dataclass(frozen=True, slots=True)
class Blemish:
    """A defect of one cell.

    Parameters
    ----------
    domain, table, column, defect, action, rule : str
        Where it is, in the words of the ledger, and what must become of it.
    variable : str
        Of the file.
    becomes : callable
        The cell after it.
    where : callable
        Records in which it may stand.
    """

    domain: str
    table: str
    column: str
    defect: str
    action: str
    rule: str
    variable: str
    becomes: Callable[[str], str]
    where: Callable[[pd.DataFrame], pd.Series]


def _filled(variable: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: frame[variable] != ""


def _test(code: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: (frame["QSTESTCD"] == code) & (frame["QSORRES"] != "")


PARTIAL, WORDS = "a whole date", "a code of the list"
# The record of a diary is the first of its day, whose test is that of the spasms.
BLEMISHES = (
    Blemish(
        *("sv", "visits", "SVSTDTC", "a partial date", "rejected", PARTIAL),
        *("SVSTDTC", lambda cell: cell[:7], _filled("SVSTDTC")),
    ),
    Blemish(
        *("sv", "visits", "VISIT", "an unscheduled visit", "rejected", "a visit of the protocol"),
        *("VISIT", lambda _: "UNSCHEDULED 3.1", _filled("SVSTDTC")),
    ),
    Blemish(
        *("qs", "diary", "QSORRES of SPASMS", "a count in words", "rejected", "a whole number"),
        *("QSORRES", lambda _: "many", _test("SPASMS")),
    ),
    Blemish(
        *("qs", "tone", "QSORRES", "a grade with a space", "repaired", "1+"),
        *("QSORRES", lambda _: "1 +", lambda frame: (frame["QSCAT"] == GRADES) & (frame["QSORRES"] == "1+")),
    ),
    Blemish(
        *("qs", "tone", "QSORRES", "a grade between two", "rejected", "a grade"),
        *("QSORRES", lambda _: "2.5", lambda frame: (frame["QSCAT"] == GRADES) & (frame["QSORRES"] == "2")),
    ),
    Blemish(
        *("qs", "answers", "VISIT", "an unscheduled visit", "rejected", "a visit of the protocol"),
        *("VISIT", lambda _: "UNSCHEDULED 3.1", lambda frame: frame["QSCAT"] == "PSFS"),
    ),
    Blemish(
        *("ex", "doses", "EXDOSE", "a dose as needed", "rejected", "a frequency that counts"),
        *("EXDOSFRQ", lambda _: "PRN", lambda frame: frame["EXDOSFRQ"] == "TID"),
    ),
    Blemish(
        *("ex", "doses", "EXDOSE", "tablets without a strength", "rejected", "mg or µg"),
        *("EXDOSU", lambda _: "TABLET", lambda frame: (frame["EXROUTE"] == "ORAL") & (frame["EXDOSE"] != "")),
    ),
    Blemish(
        *("cm", "medications", "CMSTDTC", "a partial date", "rejected", PARTIAL),
        *("CMSTDTC", lambda cell: cell[:4], _filled("CMSTDTC")),
    ),
    Blemish(
        *("ae", "events", "AESTDTC", "a day that is not that of its date", "rejected", "both the same"),
        *("AESTDY", lambda cell: str(int(cell) + 2), _filled("AESTDY")),
    ),
    Blemish(
        *("ae", "events", "AESTDTC", "a study day 0", "rejected", "no day 0"),
        *("AESTDY", lambda _: "0", _filled("AESTDY")),
    ),
    Blemish(
        *("ae", "events", "AESEV", "a word with a space behind", "repaired", WORDS),
        *("AESEV", lambda cell: f"{cell} ", _filled("AESEV")),
    ),
    Blemish(
        *("ae", "events", "AESEV", "a grade of another list", "rejected", WORDS),
        *("AESEV", lambda _: "GRADE 2", _filled("AESEV")),
    ),
    Blemish(
        *("ce", "spasms", "CESTDTC", "a time without its zone", "rejected", "a time in UTC"),
        *("CESTDTC", lambda cell: cell.removesuffix("Z"), _filled("CESTDTC")),
    ),
)
TWICE = ("qs", "answers", "USUBJID", "an answer sent twice", "rejected", "one answer; the first is kept")


def submit(study: Study, folder: Path | str, seed: int, *, people: int = 6, overwrite: bool = False) -> Path:
    """A study as a sponsor would hand it over: SDTM data sets, their mapping, and every planted defect listed.

    Parameters
    ----------
    study : Study
    folder : Path or str
        Made when it is not there.
    seed : int
        Decides where the defects stand.
    people : int
        How many of the participants, of all cohorts and arms in turn.
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
    groups = study.participants.groupby(["cohort", "arm"], observed=True)["participant"]
    order = study.participants["participant"].loc[groups.cumcount().sort_values(kind="stable").index]
    some = study.where(participant=sorted(order.head(people)))
    frames = domains(some)
    defects = planted(frames, seed)
    contents = {f"{name}.json": dataset(name, frame) for name, frame in frames.items()}
    contents |= {
        "cdisc.toml": mapping_toml(some, {name: len(frame) for name, frame in frames.items()}).encode(),
        "study.toml": f'{study.protocol.toml()}\n[[sources]]\nloader = "cdisc"\nfile = "."\n'.encode(),
        "defects.csv": csv_bytes(defects),
    }
    folder = Path(folder)
    present = [name for name in contents if (folder / name).exists()]
    if present and not overwrite:
        raise DataError(f"{folder.name}: {listed(present, 'and')} exist and are not overwritten; use another folder.")
    for name, content in contents.items():
        write_file(folder / name, content, overwrite=overwrite)
    return folder


def planted(frames: dict[str, pd.DataFrame], seed: int) -> pd.DataFrame:
    """Plant every defect in its domain, each in a record of its own.

    Parameters
    ----------
    frames : dict of str to DataFrame
        By domain; they are changed.
    seed : int

    Returns
    -------
    DataFrame
        `source, row, column, defect, action, rule`; the row is the record, counted from 1.
    """
    taken: set[tuple[str, int]] = set()
    found = []
    for plan in BLEMISHES:
        frame = frames[plan.domain]
        free = [int(n) for n in np.flatnonzero(plan.where(frame)) if (plan.domain, int(n)) not in taken]
        if not free:
            continue
        place = free[int(stream(seed, "submission", plan.domain, plan.defect).integers(len(free)))]
        frame.loc[place, plan.variable] = plan.becomes(str(frame.loc[place, plan.variable]))
        taken.add((plan.domain, place))
        found.append(_line(place, plan.domain, plan.table, plan.column, plan.defect, plan.action, plan.rule))
    frame = frames["qs"]
    free = [int(n) for n in np.flatnonzero(frame["QSCAT"] == "PSFS") if ("qs", int(n)) not in taken]
    again = frame.loc[free[0]].copy()
    again["QSSEQ"] = str(len(frame) + 1)
    frame.loc[len(frame)] = again
    found.append(_line(len(frame) - 1, *TWICE))
    return pd.DataFrame(found, columns=COLUMNS).sort_values(["source", "row"], kind="stable", ignore_index=True)


def _line(place: int, domain: str, table: str, *rest: str) -> dict[str, object]:
    return dict(zip(COLUMNS, (f"{domain}.json, {table}", place + 1, *rest), strict=True))


def dataset(name: str, frame: pd.DataFrame) -> bytes:
    """A domain in Dataset-JSON 1.1, one record in a line.

    Parameters
    ----------
    name : str
        Of the domain.
    frame : DataFrame of str

    Returns
    -------
    bytes
    """
    order = ["STUDYID", *(["DOMAIN"] if not name.startswith("supp") else []), "USUBJID"]
    order += [column for column in frame.columns if column not in ("STUDYID", "DOMAIN", "USUBJID")]
    kinds = {column: _kind(column) for column in order}
    head = {
        "datasetJSONCreationDateTime": CREATED,
        "datasetJSONVersion": "1.1.0",
        "itemGroupOID": f"IG.{name.upper()}",
        "records": len(frame),
        "name": name.upper(),
        "label": f"Invented records of {name.upper()}",
        "columns": [
            {"itemOID": f"IT.{name.upper()}.{column}", "name": column, "label": column, "dataType": kind}
            for column, kind in kinds.items()
        ],
    }
    rows = [
        json.dumps([_value(cell, kinds[column]) for column, cell in zip(order, row, strict=True)], ensure_ascii=False)
        for row in frame[order].to_numpy(dtype=object)
    ]
    text = json.dumps(head, ensure_ascii=False)[:-1]
    return (text + ', "rows": [\n' + ",\n".join(rows) + "\n]}\n").encode("utf-8")


def _kind(column: str) -> str:
    if column in ("EXDOSE", "AGE"):
        return "float"
    return "integer" if column in NUMBERS or column.endswith("DY") else "string"


def _value(cell: str, kind: str) -> object:
    if not cell:
        return None
    return cell if kind == "string" else int(cell) if kind == "integer" else float(cell)


def mapping_toml(study: Study, rows: Mapping[str, int]) -> str:
    """The mapping of these data sets.

    Parameters
    ----------
    study : Study
    rows : mapping of str to int
        Domain to its records.

    Returns
    -------
    str
    """
    codes = test_codes(study)
    instruments = list(dict.fromkeys(instrument for instrument, _ in codes))
    lines = ["# Which data set feeds which table, and what the study's own codes mean.", "", "[visits]"]
    lines += [f'"{name.upper()}" = "{name}"' for name in study.protocol.visit_names]
    lines += ["", "[rows]", *(f"{name.upper()} = {count}" for name, count in rows.items() if len(name) == 2)]
    arms = {arm.upper(): arm for arm in study.protocol.arms}
    yes = {"Y": "true", "N": "false"}
    sex = {"F": "female", "M": "male", "UNDIFFERENTIATED": "other"}
    drugs = {str(drug).upper(): str(drug) for drug in study.doses["drug"].unique()}
    muscles = {str(muscle).upper(): str(muscle) for muscle in study.tone["muscle"].unique()}
    status = {value.upper(): value for value in ("attended", "missed", "after stopping")}
    items = {code: item for (_, item), code in codes.items()}
    known = {name: place for name, place in QUALIFIERS.items() if study.participants[name].notna().any()}
    lines += _feed("participants", "DM", columns=known, codings={"arm": arms, "walks": yes, "sex": sex})
    lines += _feed("visits", "SV", columns={"status": "VSTATUS"}, codings={"status": status})
    lines += _feed("diary", "QS", where={"QSCAT": [DIARY]}, spread=DIARY_TESTS)
    lines += _feed(
        *("answers", "QS"),
        where={"QSCAT": [name.upper() for name in instruments]},
        duplicates="first",
        codings={"instrument": {name.upper(): name for name in instruments}, "item": items},
    )
    lines += _feed(
        *("tone", "QS"),
        where={"QSCAT": [GRADES]},
        columns={"side": "QSLAT", "muscle": "QSLOC", "grade": "QSORRES"},
        constants={"scale": "mas"},
        codings={"side": {"LEFT": "left", "RIGHT": "right"}, "muscle": muscles},
    )
    lines += _feed("doses", "EX", codings={"drug": drugs})
    lines += _feed("medications", "CM")
    lines += _feed("events", "AE")
    lines += _feed(
        *("spasms", "CE"),
        columns={"start_utc": "CESTDTC", "zone": "CEZONE", "severity": "CESEV", "woke": "CEWOKE"},
        codings={"severity": {name.upper(): name for name in ("mild", "moderate", "severe")}, "woke": yes},
    )
    return "\n".join(lines) + "\n"


def _feed(table: str, domain: str, **options: Any) -> list[str]:
    lines = ["", "[[tables]]", f'table = "{table}"', f'domain = "{domain}"']
    lines += [f"{name} = {_inline(value)}" for name, value in options.items() if name != "codings"]
    codings = options.get("codings", {})
    return lines + [f"codings.{name} = {_inline(coding)}" for name, coding in codings.items()]


def _inline(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_inline(item)}" for key, item in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
