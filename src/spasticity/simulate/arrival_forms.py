"""How the invented study arrives: the forms of its database, and the plan that reads every file. No data."""

from __future__ import annotations

from typing import NamedTuple

PSQI_ITEMS = (
    *("bedtime", "latency_min", "getup", "hours_sleep"),
    *("5a", "5b", "5c", "5d", "5e", "5f", "5g", "5h", "5i", "5j", "5j_comment"),
    *("quality", "medicine", "staying_awake", "enthusiasm"),
)
RATED = ("5a", "5b", "5c", "5d", "5e", "5f", "5g", "5h", "5i", "5j", *PSQI_ITEMS[-4:])
VISIT_FIELDS = {"participant": "study_id", "visit": "redcap_event_name", "day": "visit_day"}


class Field(NamedTuple):
    """A field of the database, as its data dictionary says."""

    name: str
    form: str
    kind: str = "text"
    label: str = ""
    choices: str = ""
    validation: str = ""


def codes(*labels: str, first: int = 1) -> str:
    """Choices as the dictionary writes them: `1, MS | 2, SCI`."""
    return " | ".join(f"{code}, {label}" for code, label in enumerate(labels, start=first))


GRADED = codes("0", "1", "2", "3", "4", first=0)
FIELDS = (
    Field("study_id", "demographics", label="Study ID"),
    Field("condition", "demographics", "radio", "Condition", codes("MS", "SCI")),
    Field("arm", "demographics", "dropdown", "Arm", "{arms}"),
    Field("site", "demographics", label="Site"),
    Field("sex", "demographics", "radio", "Sex", codes("Female", "Male", "Other")),
    Field("age", "demographics", label="Age (years)", validation="number_1dp_comma_decimal"),
    Field("years_since_onset", "demographics", label="Years since onset", validation="number_1dp_comma_decimal"),
    Field("edss", "demographics", label="EDSS", validation="number_1dp"),
    Field("ais", "demographics", "dropdown", "AIS grade", codes("A", "B", "C", "D", "E")),
    Field("injury_level", "demographics", label="Neurological level"),
    Field("walks", "demographics", "yesno", "Able to walk"),
    Field("first_dose", "demographics", label="Date of first dose", validation="date_dmy"),
    Field("visit_status", "visit", "radio", "Visit", codes("attended", "missed", "after stopping")),
    Field("visit_day", "visit", label="Study day", validation="integer"),
    Field("visit_reason", "visit", label="Reason if missed"),
    Field("psfs_frequency", "psfs", "radio", "Part 1", GRADED),
    Field("psfs_severity", "psfs", "radio", "Part 2", GRADED),
    *(
        Field(f"psqi_{item}", "psqi", *(("radio", item, GRADED) if item in RATED else ("text", item)))
        for item in PSQI_ITEMS
    ),
    Field("pgic", "pgic", "radio", "Change", codes(*"1234567")),
    Field("walk_day", "timed_walk", label="Study day", validation="integer"),
    Field("walk_test", "timed_walk", "radio", "Test", codes("t25fw", "10mwt")),
    Field("walk_trial", "timed_walk", label="Trial", validation="integer"),
    Field("walk_time", "timed_walk", label="Time (s)", validation="number"),
    Field("walk_problem", "timed_walk", "checkbox", "Tick what applies", codes("unable to walk the distance")),
    Field("walk_distance", "timed_walk", label="Timed distance (m)", validation="number"),
    Field("walk_device", "timed_walk", "dropdown", "Device", codes("none", "cane", "crutches", "walker", "other")),
    Field("ae_term", "adverse_event", label="Event"),
    Field("ae_group", "adverse_event", label="Group of events"),
    Field("ae_severity", "adverse_event", "radio", "Severity", codes("mild", "moderate", "severe")),
    Field("ae_serious", "adverse_event", "yesno", "Serious"),
    Field("ae_start", "adverse_event", label="First day", validation="integer"),
    Field("ae_end", "adverse_event", label="Day after the last", validation="integer"),
    Field(
        "ae_action",
        "adverse_event",
        "radio",
        "Action",
        codes("none", "dose reduced", "interrupted", "stopped", first=0),
    ),
    Field("med_name", "other_medicine", label="Medicine"),
    Field("med_atc", "other_medicine", label="ATC code"),
    Field("med_start", "other_medicine", label="First day", validation="integer"),
    Field("med_end", "other_medicine", label="Day after the last", validation="integer"),
)
REPEATING = ("timed_walk", "adverse_event", "other_medicine")
EVER_AFTER = "log_arm_1"  # the event that holds the forms without a visit

#: Canonical table, form, and canonical column to field, of the forms in which a record is a row.
FORMS = (
    (
        "participants",
        "demographics",
        {
            "participant": "study_id",
            "cohort": "condition",
            "arm": "arm",
            "site": "site",
            "sex": "sex",
            "age_years": "age",
            "condition_years": "years_since_onset",
            "edss": "edss",
            "ais": "ais",
            "level": "injury_level",
            "walks": "walks",
            "first_dose_date": "first_dose",
        },
    ),
    ("visits", "visit", {**VISIT_FIELDS, "status": "visit_status", "reason": "visit_reason"}),
    (
        "walks",
        "timed_walk",
        {
            "participant": "study_id",
            "visit": "redcap_event_name",
            "day": "walk_day",
            "test": "walk_test",
            "trial": "walk_trial",
            "time_s": "walk_time",
            "unable": "walk_problem___1",
            "distance_m": "walk_distance",
            "device": "walk_device",
        },
    ),
    (
        "events",
        "adverse_event",
        {
            "participant": "study_id",
            "term": "ae_term",
            "group": "ae_group",
            "severity": "ae_severity",
            "serious": "ae_serious",
            "start_day": "ae_start",
            "end_day": "ae_end",
            "action": "ae_action",
        },
    ),
    (
        "medications",
        "other_medicine",
        {
            "participant": "study_id",
            "medicine": "med_name",
            "atc": "med_atc",
            "start_day": "med_start",
            "end_day": "med_end",
        },
    ),
)
#: Questionnaire to the field of each item, of the forms in which an answer is a row.
QUESTIONNAIRES = {
    "psfs": {"frequency": "psfs_frequency", "severity": "psfs_severity"},
    "psqi": {item: f"psqi_{item}" for item in PSQI_ITEMS},
    "pgic": {"pgic": "pgic"},
}


def mapping_toml(events: dict[str, str]) -> str:
    """The file that says which fields of the database feed which tables.

    Parameters
    ----------
    events : dict of str to str
        Unique event name to visit.

    Returns
    -------
    str
    """
    lines = ["# Which fields of the REDCap project feed which tables.", 'missing = ["-99"]', "", "[events]"]
    lines += [f'{event} = "{visit}"' for event, visit in events.items()]
    for table, form, columns in FORMS:
        lines += ["", "[[tables]]", f'table = "{table}"', f'form = "{form}"', f"columns = {_inline(columns)}"]
        lines += ['duplicates = "first"'] if form in REPEATING and table == "walks" else []
    for form, items in QUESTIONNAIRES.items():
        lines += ["", "[[tables]]", 'table = "answers"', f'form = "{form}"', f"columns = {_inline(VISIT_FIELDS)}"]
        lines += [f'constants = {{ instrument = "{form}" }}', 'skip_blank = "response"', "melt = ["]
        lines += [
            f'    {{ columns = {{ response = "{field}" }}, constants = {{ item = "{item}" }} }},'
            for item, field in items.items()
        ]
        lines += ["]"]
    return "\n".join(lines) + "\n"


def _inline(values: dict[str, str]) -> str:
    return "{ " + ", ".join(f'{name} = "{value}"' for name, value in values.items()) + " }"


DICTIONARY_HEADER = (
    *("Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label"),
    *("Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number"),
    *("Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)"),
    *("Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name"),
    *("Matrix Ranking?", "Field Annotation"),
)

SOURCES = """
# Where each table is, and how its file writes things. `load.study` reads this folder.

[[sources]]
loader = "redcap"
file = "redcap_records.csv"
dictionary = "redcap_dictionary.csv"
mapping = "redcap_mapping.toml"

[[sources]]
loader = "delimited"
table = "diary"
file = "diary.csv"
delimiter = ";"
missing = ["999"]
duplicates = "first"
[sources.columns]
participant = "Patient"
day = "Study day"
spasms = "Spasms"
spasticity_nrs = "Spasticity 0-10"
pain_nrs = "Pain 0-10"
drowsiness_nrs = "Drowsiness 0-10"

[[sources]]
loader = "event_log"
file = "spasm_button.csv"
[sources.columns]
participant = "device_user"
start = "local_time"

[[sources]]
loader = "delimited"
table = "recording"
file = "recording.csv"

[[sources]]
loader = "delimited"
table = "nights"
file = "nights.csv"
delimiter = ";"

[[sources]]
loader = "excel"
table = "tone"
file = "examinations.xlsx"
sheet = "MAS"
header = 3
duplicates = "first"
constants = { scale = "mas" }
codings = { side = { L = "left", R = "right" } }
[sources.columns]
participant = "Patient"
visit = "Visit"
day = "Study day"
side = "Side"
muscle = "Muscle"
grade = "MAS"

[[sources]]
loader = "excel"
table = "range_of_motion"
file = "examinations.xlsx"
sheet = "Goniometer"
header = 3
constants = { mode = "passive" }
codings = { side = { L = "left", R = "right" } }
[sources.columns]
participant = "Patient"
visit = "Visit"
day = "Study day"
side = "Side"
joint = "Joint"
motion = "Motion"
angle_deg = "Angle"

[[sources]]
loader = "doses"
file = "doses_as_typed.csv"

[[sources]]
loader = "delimited"
table = "therapy"
file = "therapy.csv"
delimiter = ";"
decimal = ","
"""

README = """# The same invented study, as it would really arrive

**Nobody in these files exists.** They hold some of the participants of the study one folder up, as a database, a clinic
and a device would hand them over, with defects planted on purpose. They are written by the same command.

    from spasticity import load
    study = load.raw_sample()
    study.repairs, study.rejects

| file | what it is |
|---|---|
| `redcap_records.csv` | raw REDCap export: events, repeating forms, a checkbox, a missing code |
| `redcap_dictionary.csv` | the data dictionary of that project |
| `redcap_mapping.toml` | which of its fields feed which tables |
| `diary.csv` | electronic diary: semicolons, CRLF, a byte-order mark |
| `spasm_button.csv` | spasm events by local clock and zone; two nights hold a change of the clocks |
| `recording.csv` | days on which the button was carried |
| `nights.csv` | sleep diary |
| `examinations.xlsx` | graded examinations as typed, below a title |
| `doses_as_typed.csv` | doses in words |
| `therapy.csv` | sessions, with decimal commas |
| `study.toml` | the protocol, and how each file is read |
| `defects.csv` | every planted defect: where, what, and whether it is repaired or its row is rejected |
| `wrist` | two people's recordings, minute by minute, as ActiLife exports them; `load.actigraphy` reads each file |
| `cdisc` | a folder of its own: six people as CDISC data sets, with their own defects; `load.cdisc` reads it |
"""
