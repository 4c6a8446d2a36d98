"""The tables of a study as the files of a database, a clinic and a device would hold them; still without defects."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from spasticity.simulate.arrival_forms import EVER_AFTER, FIELDS, FORMS, QUESTIONNAIRES, REPEATING
from spasticity.study import Protocol, Study
from spasticity.tables import STUDY_TABLES

DIARY_NAMES = {
    "participant": "Patient",
    "day": "Study day",
    "spasms": "Spasms",
    "spasticity_nrs": "Spasticity 0-10",
    "pain_nrs": "Pain 0-10",
    "drowsiness_nrs": "Drowsiness 0-10",
}
EXAM_NAMES = {"participant": "Patient", "visit": "Visit", "day": "Study day", "side": "Side"}
SIDES = {"left": "L", "right": "R"}
OPTIONAL = {name for schema in STUDY_TABLES for name in schema.optional()}


def arrived(study: Study, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Every table of a study as a frame of text.

    Parameters
    ----------
    study : Study
    rng : Generator
        Chooses among the ways of typing the same dose.

    Returns
    -------
    dict of str to DataFrame
        By name of the file, or of the sheet.
    """
    return {
        "redcap_records.csv": records(study),
        "diary.csv": written(study.diary).rename(columns=DIARY_NAMES),
        "spasm_button.csv": button(study.spasms),
        "recording.csv": written(study.recording),
        "nights.csv": written(study.nights),
        "examinations.xlsx, sheet MAS": written(study.tone)
        .assign(side=study.tone["side"].map(SIDES).astype(str))
        .drop(columns="scale")
        .rename(columns=EXAM_NAMES | {"muscle": "Muscle", "grade": "MAS"}),
        "examinations.xlsx, sheet Goniometer": written(study.range_of_motion)
        .assign(side=study.range_of_motion["side"].map(SIDES).astype(str))
        .drop(columns="mode")
        .rename(columns=EXAM_NAMES | {"joint": "Joint", "motion": "Motion", "angle_deg": "Angle"}),
        "doses_as_typed.csv": typed_doses(study.doses, rng),
        "therapy.csv": written(study.therapy, decimal=","),
    }


def written(frame: pd.DataFrame, *, decimal: str = ".") -> pd.DataFrame:
    """A frame as text: whole numbers without a point, dates as ISO, nothing where a value is missing.

    An optional column that nobody filled is not there: a file that arrives has what was collected.

    Parameters
    ----------
    frame : DataFrame
    decimal : str
        The decimal mark.

    Returns
    -------
    DataFrame of str
    """
    filled = frame.drop(columns=[name for name in frame if name in OPTIONAL and frame[name].isna().all()])
    columns = {name: [_text(value, decimal) for value in filled[name].astype(object)] for name in filled.columns}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(frame)), dtype=object)


def _text(value: object, decimal: str) -> str:
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # not a number
        return ""
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", decimal)
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value)


# The database ---------------------------------------------------------------------------------------------------


def event_names(protocol: Protocol) -> dict[str, str]:
    """Visit to the unique event name of the database.

    Parameters
    ----------
    protocol : Protocol

    Returns
    -------
    dict of str to str
    """
    return {visit: visit.lower().replace(" ", "_") + "_arm_1" for visit in protocol.visit_names}


def choices_of(protocol: Protocol) -> dict[str, str]:
    """Field to its choices, those of the arms filled in.

    Parameters
    ----------
    protocol : Protocol

    Returns
    -------
    dict of str to str
    """
    arms = " | ".join(f"{code}, {arm}" for code, arm in enumerate(protocol.arms, start=1))
    return {field.name: arms if field.choices == "{arms}" else field.choices for field in FIELDS}


def records(study: Study) -> pd.DataFrame:
    """The export of the database: a row per participant and event, and one per record of a repeating form.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame of str
    """
    encode = _encoder(study.protocol)
    rows: dict[tuple[str, str, str, int], dict[str, str]] = {}
    for table, form, columns in FORMS:
        frame = written(getattr(study, table))
        for entry in frame.to_dict("records"):
            key = _place(study.protocol, form, entry, rows)
            rows.setdefault(key, {}).update(
                {place: encode(place, str(entry[name])) for name, place in columns.items() if name not in KEYS}
            )
            rows[key][f"{form}_complete"] = "2"
    for entry in written(study.answers).to_dict("records"):
        key = (str(entry["participant"]), event_names(study.protocol)[str(entry["visit"])], "", 0)
        place = QUESTIONNAIRES[str(entry["instrument"])][str(entry["item"])]
        rows[key][place] = encode(place, str(entry["response"]))
        rows[key][f"{entry['instrument']}_complete"] = "2"
    return _block(rows)


KEYS = ("participant", "visit")


def _place(
    protocol: Protocol,
    form: str,
    entry: Mapping[Hashable, object],
    rows: dict[tuple[str, str, str, int], dict[str, str]],
) -> tuple[str, str, str, int]:
    """Participant, event, repeating form and instance of a record."""
    person = str(entry["participant"])
    events = event_names(protocol)
    if form not in REPEATING:
        return person, events[str(entry.get("visit", protocol.baseline_visit))], "", 0
    event = events[str(entry["visit"])] if "visit" in entry else EVER_AFTER
    instance = 1 + sum(key[:3] == (person, event, form) for key in rows)
    return person, event, form, instance


def _encoder(protocol: Protocol) -> Callable[[str, str], str]:
    """A function from a field and a value to its code."""
    codes = {
        name: {label.strip().lower(): code.strip() for code, _, label in (c.partition(",") for c in text.split("|"))}
        for name, text in choices_of(protocol).items()
        if text
    }
    codes |= {field.name: {"true": "1", "false": "0"} for field in FIELDS if field.kind == "yesno"}
    codes |= {f"{field.name}___1": {"true": "1", "false": "0"} for field in FIELDS if field.kind == "checkbox"}
    comma = {field.name for field in FIELDS if "comma" in field.validation}

    def encode(place: str, value: str) -> str:
        if place in comma:
            return value.replace(".", ",")
        return codes[place][value.lower()] if value and place in codes else value

    return encode


def _block(rows: dict[tuple[str, str, str, int], dict[str, str]]) -> pd.DataFrame:
    """Rows as the block matrix of an export; an untouched checkbox of a form in its row is 0."""
    header = ["study_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]
    for form in dict.fromkeys(field.form for field in FIELDS):
        header += [
            f"{field.name}___1" if field.kind == "checkbox" else field.name for field in FIELDS if field.form == form
        ]
        header.append(f"{form}_complete")
    header = list(dict.fromkeys(header))
    people = {key[0]: None for key in rows}
    order = sorted(rows, key=lambda key: (list(people).index(key[0]), key[1] == EVER_AFTER))
    lines = [
        dict(zip(header[:4], (person, event, form, str(number) if form else ""), strict=True))
        | {name: value for name, value in rows[person, event, form, number].items() if name != "study_id"}
        for person, event, form, number in order
    ]
    return pd.DataFrame(lines, columns=header, dtype=object).fillna("")


# The device and the dose log --------------------------------------------------------------------------------------


def button(spasms: pd.DataFrame) -> pd.DataFrame:
    """Events with the local time that the device showed.

    Parameters
    ----------
    spasms : DataFrame

    Returns
    -------
    DataFrame of str
    """
    frame = written(spasms.drop(columns="start_utc")).rename(columns={"participant": "device_user"})
    frame.insert(1, "local_time", [f"{moment:%Y-%m-%d %H:%M:%S}" for moment in local_times(spasms)])
    return frame


def local_times(spasms: pd.DataFrame) -> list[datetime]:
    """When the events were, on the clocks of their zones.

    Parameters
    ----------
    spasms : DataFrame

    Returns
    -------
    list of datetime
    """
    moments = zip(spasms["start_utc"], spasms["zone"], strict=True)
    return [moment.to_pydatetime().astimezone(ZoneInfo(zone)) for moment, zone in moments]


def came_twice(moment: datetime) -> bool:
    """Whether the clock of a zone shows this time twice.

    Parameters
    ----------
    moment : datetime
        With its zone.

    Returns
    -------
    bool
    """
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def skipped_time(moment: datetime) -> datetime | None:
    """A time of the same day that the clock of the zone skips, when there is one.

    Parameters
    ----------
    moment : datetime
        With its zone.

    Returns
    -------
    datetime or None
    """
    start = moment.replace(hour=0, minute=30, second=0, tzinfo=None)
    for hour in range(24):
        shown = start + timedelta(hours=hour)
        real = shown.replace(tzinfo=moment.tzinfo)
        back = datetime.fromtimestamp(real.timestamp(), moment.tzinfo).replace(tzinfo=None)
        if back != shown:
            return shown
    return None


def typed_doses(doses: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The dose log, with every dose in words.

    Parameters
    ----------
    doses : DataFrame
    rng : Generator

    Returns
    -------
    DataFrame of str
    """
    frame = written(doses[["participant", "drug", "route", "start_day", "end_day"]])
    amounts = zip(doses["status"], doses["dose_mg_per_day"], doses["dose_ug_per_day"], strict=True)
    words = [_ways(str(status), mg, ug) for status, mg, ug in amounts]
    picks = rng.random(len(words))
    return frame.assign(dose=[ways[int(pick * len(ways))] for ways, pick in zip(words, picks, strict=True)])


def _ways(status: str, mg: float, ug: float) -> list[str]:
    """Ways in which people write the same dose of a day."""
    if status == "unknown":
        return [""]
    if status == "zero documented":
        return ["stopped", "nil", "0"]
    if mg == mg:  # not missing
        thirds = [form.format(mg / 3) for form in ("{:g} mg tid", "{:g}mg tds", "{:g} mg 3x/d", "{0:g}-{0:g}-{0:g} mg")]
        return (thirds if mg % 3 == 0 else []) + ([f"{mg / 4:g} mg qid"] if mg % 4 == 0 else []) or [
            f"{mg / 2:g} mg bid"
        ]
    hourly = [f"{ug / 24:g} mcg/h"] if ug % 24 == 0 else []
    mus = ("mcg/day", "\N{MICRO SIGN}g/d", "\N{GREEK SMALL LETTER MU}g/d", "ug/day")
    return [f"{ug:g} {unit}" for unit in mus] + hourly
