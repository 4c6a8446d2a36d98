"""The tables of a study as CDISC domains; still without defects.

Names and terms are those of SDTM [from memory: SDTMIG 3.4 and its terminology]; the tests of the diary and of the
questionnaires have codes of their own, which the mapping declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from spasticity.simulate.arrival_files import written
from spasticity.study import Study

DIARY_TESTS = {"spasms": "SPASMS", "spasticity_nrs": "SPASTNRS", "pain_nrs": "PAINNRS", "drowsiness_nrs": "DROWSNRS"}
DIARY, GRADES = "DIARY", "MODIFIED ASHWORTH SCALE"
NUMBERS = ("AGE", "VISITNUM", "EXDOSE", "QSSEQ", "EXSEQ", "AESEQ", "CMSEQ", "CESEQ")
SEX = {"female": "F", "male": "M", "other": "UNDIFFERENTIATED"}
ACTIONS = {
    "none": "DOSE NOT CHANGED",
    "dose reduced": "DOSE REDUCED",
    "interrupted": "DRUG INTERRUPTED",
    "stopped": "DRUG WITHDRAWN",
}
YES = {"true": "Y", "false": "N"}
#: Column of participants to its QNAM in SUPPDM.
QUALIFIERS = {
    "cohort": "COHORT",
    "condition_years": "CONDYRS",
    "edss": "EDSS",
    "ais": "AIS",
    "level": "NEUROLVL",
    "walks": "WALKS",
}
Records = list[dict[str, Any]]


def domains(study: Study) -> dict[str, pd.DataFrame]:
    """Every domain as a frame of text, one row per record, in the order of its file.

    Parameters
    ----------
    study : Study
        Its participants have dates of first dose.

    Returns
    -------
    dict of str to DataFrame
        By name of the file, without its ending.
    """
    start = dict(zip(study.participants["participant"], study.participants["first_dose_date"], strict=True))
    visits = {name: number for number, name in enumerate(study.protocol.visit_names, start=1)}
    found = {
        **_people(study),
        **_seen(study, start, visits),
        "qs": [*_diary(study, start), *_answers(study, start, visits), *_grades(study, start, visits)],
        "ex": _exposure(study, start),
        "cm": _medicines(study, start),
        "ae": _events(study, start),
        **_spasms(study),
    }
    for name in ("qs", "ex", "cm", "ae"):
        found[name] = [{**record, f"{name.upper()}SEQ": str(n)} for n, record in enumerate(found[name], start=1)]
    frames = {name: pd.DataFrame(records, dtype=object).fillna("") for name, records in found.items()}
    return {name: frame.assign(STUDYID="INVENTED", DOMAIN=name.upper()[-2:]) for name, frame in frames.items()}


def test_codes(study: Study) -> dict[tuple[str, str], str]:
    """Instrument and item to a test code of at most eight letters.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict of (str, str) to str
    """
    pairs = study.answers[["instrument", "item"]].drop_duplicates().itertuples(index=False)
    numbers: dict[str, int] = {}
    codes = {}
    for instrument, item in pairs:
        numbers[instrument] = numbers.get(instrument, 0) + 1
        codes[str(instrument), str(item)] = f"{str(instrument).upper()[:5]}{numbers[instrument]:02d}"
    return codes


def _rows(frame: pd.DataFrame) -> list[Mapping[str, str]]:
    texts = written(frame).reindex(columns=frame.columns, fill_value="")  # a submission has a column nobody filled
    return [{str(name): str(value) for name, value in row.items()} for row in texts.to_dict("records")]


def _when(prefix: str, start: pd.Timestamp, day: str, part: str = "") -> dict[str, str]:
    """The date of a study day and its CDISC number, which has no 0; nothing for no day."""
    if not day:
        return {f"{prefix}{part}DTC": "", f"{prefix}{part}DY": ""}
    count = int(day)
    date = (start + timedelta(days=count)).strftime("%Y-%m-%d")
    return {f"{prefix}{part}DTC": date, f"{prefix}{part}DY": str(count + 1 if count >= 0 else count)}


def _stretch(prefix: str, start: pd.Timestamp, row: Mapping[str, str]) -> dict[str, str]:
    """A half-open stretch by its first and its last day."""
    last = str(int(row["end_day"]) - 1) if row["end_day"] else ""
    return _when(prefix, start, row["start_day"], "ST") | _when(prefix, start, last, "EN")


def _people(study: Study) -> dict[str, Records]:
    people: Records = []
    extra: Records = []
    for row in _rows(study.participants):
        person, first = row["participant"], row["first_dose_date"]
        people.append(
            {
                "USUBJID": person,
                "RFSTDTC": first,
                "RFXSTDTC": first,
                "SITEID": row["site"],
                "AGE": row["age_years"],
                "AGEU": "YEARS",
                "SEX": SEX[row["sex"]],
                "ARM": row["arm"].upper(),
            }
        )
        for name, qualifier in QUALIFIERS.items():
            if row[name]:
                extra.append(_qualifier("DM", person, "", "", qualifier, YES.get(row[name], row[name])))
    return {"dm": people, "suppdm": extra}


def _qualifier(domain: str, person: str, key: str, value: str, name: str, said: str) -> dict[str, str]:
    return {"USUBJID": person, "RDOMAIN": domain, "IDVAR": key, "IDVARVAL": value, "QNAM": name, "QVAL": said}


def _seen(study: Study, start: Mapping[str, Any], visits: Mapping[str, int]) -> dict[str, Records]:
    seen: Records = []
    extra: Records = []
    for row in _rows(study.visits):
        person, number = row["participant"], str(visits[row["visit"]])
        came = "N" if row["status"] == "missed" else "Y"
        record = {"USUBJID": person, "VISITNUM": number, "VISIT": row["visit"].upper(), "SVOCCUR": came}
        seen.append(record | {"SVREASOC": row["reason"]} | _when("SV", start[person], row["day"], "ST"))
        extra.append(_qualifier("SV", person, "VISITNUM", number, "VSTATUS", row["status"].upper()))
    return {"sv": seen, "suppsv": extra}


def _diary(study: Study, start: Mapping[str, Any]) -> Records:
    return [
        {"USUBJID": row["participant"], "QSCAT": DIARY, "QSTESTCD": code, "QSORRES": row[name]}
        | {"QSSTAT": "" if row[name] else "NOT DONE"}
        | _when("QS", start[row["participant"]], row["day"])
        for row in _rows(study.diary)
        for name, code in DIARY_TESTS.items()
    ]


def _answers(study: Study, start: Mapping[str, Any], visits: Mapping[str, int]) -> Records:
    codes = test_codes(study)
    return [
        {
            "USUBJID": row["participant"],
            "QSCAT": row["instrument"].upper(),
            "QSTESTCD": codes[row["instrument"], row["item"]],
            "QSORRES": row["response"],
            "VISITNUM": str(visits[row["visit"]]),
            "VISIT": row["visit"].upper(),
        }
        | _when("QS", start[row["participant"]], row["day"])
        for row in _rows(study.answers)
    ]


def _grades(study: Study, start: Mapping[str, Any], visits: Mapping[str, int]) -> Records:
    return [
        {
            "USUBJID": row["participant"],
            "QSCAT": GRADES,
            "QSTESTCD": "MAS",
            "QSORRES": row["grade"],
            "QSSTAT": "" if row["grade"] else "NOT DONE",
            "QSLOC": row["muscle"].upper(),
            "QSLAT": row["side"].upper(),
            "VISITNUM": str(visits[row["visit"]]),
            "VISIT": row["visit"].upper(),
        }
        | _when("QS", start[row["participant"]], row["day"])
        for row in _rows(study.tone)
    ]


def _exposure(study: Study, start: Mapping[str, Any]) -> Records:
    return [
        {"USUBJID": row["participant"], "EXTRT": row["drug"].upper(), "EXROUTE": row["route"].upper()}
        | _dose(row["dose_mg_per_day"], row["dose_ug_per_day"], row["route"])
        | _stretch("EX", start[row["participant"]], row)
        for row in _rows(study.doses)
    ]


def _dose(mg: str, ug: str, route: str) -> dict[str, str]:
    """A dose as it is given: three times a day where that comes out even, or by a pump."""
    if route == "intrathecal":
        return {"EXDOSE": ug, "EXDOSU": "ug/day", "EXDOSFRQ": "CONTINUOUS"}
    thrice = mg and float(mg) % 3 == 0
    return {"EXDOSE": f"{float(mg) / 3:g}" if thrice else mg, "EXDOSU": "mg", "EXDOSFRQ": "TID" if thrice else "QD"}


def _medicines(study: Study, start: Mapping[str, Any]) -> Records:
    return [
        {"USUBJID": row["participant"], "CMTRT": row["medicine"], "CMCLASCD": row["atc"]}
        | _stretch("CM", start[row["participant"]], row)
        for row in _rows(study.medications)
    ]


def _events(study: Study, start: Mapping[str, Any]) -> Records:
    return [
        {
            "USUBJID": row["participant"],
            "AETERM": row["term"],
            "AEDECOD": row["term"],
            "AEBODSYS": row["group"],
            "AESEV": row["severity"].upper(),
            "AESER": YES[row["serious"]],
            "AEACN": ACTIONS[row["action"]],
        }
        | _stretch("AE", start[row["participant"]], row)
        for row in _rows(study.events)
    ]


def _spasms(study: Study) -> dict[str, Records]:
    events: Records = []
    extra: Records = []
    moments = study.spasms["start_utc"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    for number, (row, moment) in enumerate(zip(_rows(study.spasms), moments, strict=True), start=1):
        person, key = row["participant"], str(number)
        term = {"USUBJID": person, "CESEQ": key, "CETERM": "SPASM", "CESEV": row["severity"].upper()}
        events.append(term | {"CESTDTC": moment})
        extra.append(_qualifier("CE", person, "CESEQ", key, "CEZONE", row["zone"]))
        extra.append(_qualifier("CE", person, "CESEQ", key, "CEWOKE", YES[row["woke"]]))
    return {"ce": events, "suppce": extra}
