"""Studies of a few rows, made by hand, so that every expected number can be worked out on paper."""

import pandas as pd

from spasticity import tables
from spasticity.study import PlannedVisit, Protocol, Study

VISITS = (
    PlannedVisit("baseline", -1, (-14, 0)),
    PlannedVisit("week 4", 28, (21, 35)),
    PlannedVisit("week 12", 84, (77, 91)),
)
TRIAL = Protocol(name="Tiny", visits=VISITS, arms=("placebo", "active"), reference_arm="placebo", synthetic=True)
COHORT = Protocol(name="Tiny cohort", visits=VISITS, synthetic=True)

PEOPLE = [
    {"participant": "A", "cohort": "MS", "arm": "placebo", "first_dose_date": "2024-03-01"},
    {"participant": "B", "cohort": "MS", "arm": "active", "first_dose_date": "2024-03-01"},
]
SCHEMAS = {schema.name: schema for schema in tables.STUDY_TABLES}


def table(name, rows):
    """Rows as a checked table; columns that are not given are empty."""
    schema = SCHEMAS[name]
    return schema.check(pd.DataFrame(rows).reindex(columns=schema.names))


def study(*, people=PEOPLE, protocol=TRIAL, **rows):
    """A study of some participants and of the tables given as lists of rows."""
    if not protocol.arms:
        people = [{**person, "arm": None} for person in people]
    frames = {name: table(name, found) for name, found in rows.items()}
    return Study(protocol=protocol, participants=table("participants", people), **frames)


def attended(*people, visits=("baseline", "week 4", "week 12")):
    """A visits table in which everybody came to every visit on its day."""
    days = {visit.name: visit.day for visit in VISITS}
    return [
        {"participant": person, "visit": visit, "day": days[visit], "status": "attended"}
        for person in people
        for visit in visits
    ]


def values_of(outcomes, name, column="value"):
    """One column of one outcome by participant and visit; NaN where missing."""
    rows = outcomes[outcomes["outcome"] == name]
    keys = zip(rows["participant"], rows["visit"].astype(str), strict=True)
    return dict(zip(keys, rows[column].astype(object), strict=True))


def plain(frame):
    """A frame as lists of rows, with a dash where a cell is missing."""
    return frame.astype(object).where(frame.notna(), "-").to_numpy().tolist()
