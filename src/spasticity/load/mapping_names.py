"""Which column of a source may be which of a table: suggestions for somebody to confirm, never used by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from spasticity import tables
from spasticity.privacy import kind_by_name
from spasticity.schema import Column, Schema

LIKELY = 0.7  # of 1; below it a name is not worth a suggestion [proposal]
ENOUGH = 0.5  # likely columns of a table, over the root of how many it has [proposal]
#: Words that sources use for a column. Names of CDISC variables as in docs/conventions.md; SubIDNam and the like are
#: NINDS common data elements; the rest are proposals.
ALSO: dict[str, tuple[str, ...]] = {
    "participant": ("patient", "subject", "usubjid", "subjid", "record id", "study id", "id", "pid", "subidnam"),
    "cohort": ("condition", "diagnosis", "group"),
    "arm": ("treatment", "trtp", "trt01p", "randomised arm", "allocation"),
    "site": ("siteid", "centre", "center"),
    "sex": ("gender",),
    "age_years": ("age", "age at enrolment"),
    "condition_years": ("disease duration", "years since onset", "years since injury"),
    "ais": ("asia", "ais grade", "asia impairment scale"),
    "level": ("neurological level", "injury level", "nli"),
    "first_dose_date": ("trtsdt", "first dose", "start date", "date enrolled"),
    "visit": ("avisit", "event", "redcap event name", "visit name"),
    "day": ("ady", "study day", "visit day"),
    "spasms": ("spasm count", "number of spasms", "spasms per day"),
    "spasticity_nrs": ("spasticity", "spasticity 0 10", "nrs spasticity"),
    "pain_nrs": ("pain", "pain 0 10", "nrs pain"),
    "drowsiness_nrs": ("drowsiness", "sleepiness", "somnolence"),
    "start_utc": ("start", "timestamp", "time", "event time", "local time"),
    "start": ("start time", "timestamp", "time", "event time", "local time"),
    "zone": ("time zone", "timezone", "tz"),
    "grade": ("mas", "ashworth", "ashworth grade"),
    "angle_deg": ("angle", "rom", "degrees"),
    "time_s": ("time", "walk time", "seconds", "t25fw"),
    "distance_m": ("distance", "metres", "meters"),
    "device": ("walking aid", "assistive device"),
    "into_bed": ("bedtime", "got into bed"),
    "attempt": ("lights out", "tried to sleep"),
    "sol_min": ("sleep latency", "sleep onset latency"),
    "waso_min": ("wake after sleep onset", "waso"),
    "final_awakening": ("woke up", "wake time"),
    "out_of_bed": ("got up", "rise time"),
    "instrument": ("questionnaire", "qscat", "scale"),
    "item": ("question", "qstestcd"),
    "response": ("answer", "qsorres", "value", "score"),
    "drug": ("medication", "extrt"),
    "start_day": ("astdy", "first day"),
    "end_day": ("aendy", "last day", "stop day"),
    "dose": ("dose as typed", "dosage"),
    "term": ("aeterm", "adverse event", "event"),
    "group": ("aebodsys", "event group"),
    "severity": ("aesev", "intensity"),
    "serious": ("aeser", "sae"),
    "action": ("aeacn", "action taken"),
    "medicine": ("cmtrt", "medication", "med name", "drug"),
    "atc": ("atc code", "cmclascd"),
    "planned_min": ("planned minutes", "prescribed"),
    "done_min": ("minutes", "duration", "done"),
}


def likely(column: Column, header: Iterable[str]) -> list[str]:
    """Columns of a source that may stand for a column of a table, the likeliest first.

    Parameters
    ----------
    column : Column
    header : iterable of str

    Returns
    -------
    list of str
        At most two; a column that by its name tells who a person is, such as `first_name`, is never suggested.
    """
    names = [_plain(word) for word in (column.name, column.label, *ALSO.get(column.name, ()))]
    open_to_all = [place for place in header if not kind_by_name(place)]
    scores = [(max(_alike(_plain(place), name) for name in names), place) for place in open_to_all]
    found = sorted((pair for pair in scores if pair[0] >= LIKELY), key=lambda pair: -pair[0])
    return [place for _, place in found[:2]]


def likely_tables(header: Iterable[str]) -> list[Schema]:
    """Tables that a source may hold, the likeliest first.

    Parameters
    ----------
    header : iterable of str

    Returns
    -------
    list of Schema
        Tables of which most own columns, participant, visit and day aside, have a likely place.
    """
    header = list(header)
    shared = {"participant", "visit", "day"}
    shares = []
    for number, schema in enumerate(tables.STUDY_TABLES):
        own = [column for column in schema if column.name not in shared]
        found = sum(bool(likely(column, header)) for column in own)
        shares.append((found / max(len(own), 1) ** 0.5, -number, schema))
    ranked = sorted(shares, key=lambda item: item[:2], reverse=True)
    return [schema for share, _, schema in ranked if share >= ENOUGH][:3]


def _plain(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.findall(r"[^\W_]+", words.casefold()))


def _alike(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    words, others = set(one.split()), set(other.split())
    shared = len(words & others) / len(words | others)
    return max(
        shared, SequenceMatcher(None, one, other).ratio() if min(len(one), len(other)) > 3 else float(one == other)
    )
