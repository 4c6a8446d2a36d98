"""Data as they really arrive, as one table: every case with its number and the behaviour that is promised for it.

Numbers 1 to 50 are the messy cases and D1 to D18 the dose strings of the project's domain dossier (5.5 and 5.4),
R1 to R20 what the usual readers do silently, and the words such as `enc-bom` the catalogue of its reliability dossier
(3.2 and 3.3). A behaviour is a value, a repair in the ledger, a reject, an error, or a flag.
"""

import csv
import datetime as dt
import inspect
import zipfile
from dataclasses import dataclass

import pandas as pd
import pytest
import xlsxwriter

from spasticity import derive, instruments, load, tables
from spasticity.errors import DataError, MethodError
from spasticity.instruments import isncsci, quality_of_life
from spasticity.load.dose_text import parse
from spasticity.study import Study
from tests.derive import tiny

SCHEMAS = {schema.name: schema for schema in tables.STUDY_TABLES}
GOOD = {
    "participants": {"participant": "P1", "cohort": "SCI", "arm": "placebo", "age_years": "40", "walks": "true"},
    "diary": {"participant": "P1", "day": "0", "spasms": "5", "spasticity_nrs": "4", "pain_nrs": "3"},
    "tone": {"participant": "P1", "visit": "baseline", "day": "-1", "scale": "mas", "side": "left"}
    | {"muscle": "knee flexors", "grade": "1+"},
    "walks": {"participant": "P1", "visit": "baseline", "day": "-1", "test": "t25fw", "trial": "1", "time_s": "9.5"}
    | {"unable": "false", "distance_m": "7.62"},
    "nights": {"participant": "P1", "day": "0", "into_bed": "22:30"},
    "doses": {"participant": "P1", "drug": "baclofen", "route": "oral", "start_day": "0", "end_day": "7"}
    | {"dose_mg_per_day": "30", "status": "taken"},
    "events": {"participant": "P1", "term": "fall", "start_day": "3"},
    "spasms": {"participant": "P1", "start_utc": "2024-03-31T22:05:00Z", "zone": "Europe/London"},
    "range_of_motion": {"participant": "P1", "visit": "baseline", "side": "left", "joint": "ankle"}
    | {"motion": "dorsiflexion", "mode": "passive", "angle_deg": "5"},
}


@dataclass(frozen=True)
class Case:
    """A case: its number, its words, the kind of behaviour, and what shows it."""

    number: str
    words: str
    behaviour: str
    show: object

    def __str__(self):
        return f"{self.number} {self.words}"


CASES = []


def case(number, words, behaviour):
    """Put a function that shows a behaviour into the table."""

    def entered(show):
        CASES.append(Case(number, words, behaviour, show))
        return show

    return entered


# --- files -----------------------------------------------------------------------------------------------------------


def written(folder, rows, name="source.csv", *, mark=",", encoding="utf-8"):
    path = folder / name
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=mark, lineterminator="\n").writerows(rows)
    return path


def source(folder, table, *changes, **options):
    """A good row in line 2, and one row per change below it, of other people."""
    header = SCHEMAS[table].names
    rows = [GOOD[table], *(GOOD[table] | {"participant": f"P{n}"} | row for n, row in enumerate(changes, start=2))]
    path = written(folder, [header, *([row.get(name, "") for name in header] for row in rows)])
    return load.delimited(path, table, **options)


def raw(folder, text, **options):
    path = folder / "source.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return load.delimited(path, "diary", **options)


DIARY = "participant,day,spasms,spasticity_nrs,pain_nrs,drowsiness_nrs\n"
ROW = "P1,0,5,4,3,1\n"


def book(folder, cells, *, merge=None, formula=None):
    path = folder / "sheet.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("S")
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for row, line in enumerate(cells):
            for column, cell in enumerate(line):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(row, column, cell, day)
                elif isinstance(cell, str) and cell.startswith("#"):
                    sheet.write_formula(row, column, "=NA()", None, cell)
                else:
                    sheet.write(row, column, cell)
        if merge:
            sheet.merge_range(merge, "Spasms")
    return path


def diary_book(folder, *lines, header=None, **options):
    header = header or DIARY.strip().split(",")
    merge = options.pop("merge", None)
    return load.excel(book(folder, [header, *lines], merge=merge), "S", "diary", **options)


# --- one cell --------------------------------------------------------------------------------------------------------

VALUE, REPAIR, REJECT = "value", "repair", "reject"
#: number, words, table, column, what is typed, options, behaviour, what it becomes or the words of rule and repair
CELLS = [
    ("1", "1+ typed as 1.5", "tone", "grade", "1.5", {}, REPAIR, ("1+", "spelled in another way")),
    ("1", "1+ typed with a space", "tone", "grade", "1 +", {}, REPAIR, ("1+", "spelled in another way")),
    ("1", "1+ typed with a comma", "tone", "grade", "1,5", {}, REPAIR, ("1+", "spelled in another way")),
    ("1", "1+ typed with a Roman one", "tone", "grade", "I+", {}, REPAIR, ("1+", "spelled in another way")),
    ("2", "a 5 among grades with 1+", "tone", "grade", "5", {}, REJECT, "needs a coding"),
    ("3", "MAS 2.5", "tone", "grade", "2.5", {}, REJECT, "may be the mean of two raters"),
    (
        "8",
        "count 999 declared missing",
        "diary",
        "spasms",
        "999",
        {"missing": ("999", "-9")},
        REPAIR,
        (None, "missing"),
    ),
    ("8", "count -9 declared missing", "diary", "spasms", "-9", {"missing": ("999", "-9")}, REPAIR, (None, "missing")),
    ("8", "count 999 not declared", "diary", "spasms", "999", {}, VALUE, 999),
    ("10", "a range of counts", "diary", "spasms", "15-20", {}, REJECT, "this is a range, ask for the number"),
    ("11", "an open count", "diary", "spasms", ">20", {}, REJECT, "this is a limit and not the number"),
    ("12", "a count with a decimal", "diary", "spasms", "3.5", {}, REJECT, "may be a mean of several"),
    ("20", "dates in two orders", "participants", "first_dose_date", "03/04/2021", {}, REJECT, "expected a date"),
    (
        "20",
        "dates in the declared order",
        "participants",
        "first_dose_date",
        "03/04/2021",
        {"date_format": "%d/%m/%Y"},
        VALUE,
        pd.Timestamp(2021, 4, 3),
    ),
    (
        "21",
        "a year of two digits",
        "participants",
        "first_dose_date",
        "3.4.21",
        {"date_format": "%d.%m.%Y"},
        REJECT,
        "expected a date written as",
    ),
    (
        "21",
        "a year of two digits, declared",
        "participants",
        "first_dose_date",
        "3.4.21",
        {"date_format": "%d.%m.%y"},
        VALUE,
        pd.Timestamp(2021, 4, 3),
    ),
    ("21", "a date serial", "participants", "first_dose_date", "44291", {}, REJECT, "perhaps a date serial"),
    ("22", "a count that became a date", "diary", "spasms", "2024-02-01", {}, REJECT, "as spreadsheets make of 1-2"),
    ("23", "a space after the code", "diary", "participant", "0012 ", {}, REPAIR, ("0012", "spaces")),
    ("23", "zeros of a code", "diary", "participant", "0012", {}, VALUE, "0012"),
    ("27", "age 212", "participants", "age_years", "212", {}, REJECT, "a number from 0 to 120"),
    ("28", "EDSS 0.5", "participants", "edss", "0.5", {}, REJECT, "0.5 does not exist"),
    ("28", "EDSS 4.25", "participants", "edss", "4.25", {}, REJECT, "half steps"),
    ("28", "EDSS 4.5", "participants", "edss", "4.5", {}, VALUE, 4.5),
    ("29", "AIS a", "participants", "ais", "a", {}, REPAIR, ("A", "the AIS grade A spelled in another way")),
    ("29", "AIS-C", "participants", "ais", "AIS-C", {}, REPAIR, ("C", "spelled in another way")),
    ("29", "ISNCSCI B", "participants", "ais", "ISNCSCI B", {}, REPAIR, ("B", "spelled in another way")),
    ("29", "Frankel D", "participants", "ais", "Frankel D", {}, REJECT, "a Frankel grade is not an AIS grade"),
    ("29", "AIS unknown", "participants", "ais", "UNK", {}, REPAIR, (None, "the grade is unknown")),
    ("30", "level C5-6", "participants", "level", "C5-6", {}, REPAIR, ("C5", "the upper one kept")),
    ("30", "level t04", "participants", "level", "t04", {}, REPAIR, ("T4", "spelled in another way")),
    ("32", "T25FW 0 s", "walks", "time_s", "0", {}, REJECT, "a number from 1 to 600"),
    ("32", "T25FW `unable` in the time", "walks", "time_s", "unable", {}, REJECT, "expected a number"),
    (
        "32",
        "T25FW DNF, declared",
        "walks",
        "time_s",
        "DNF",
        {"missing": {"time_s": ["DNF"]}},
        REPAIR,
        (None, "missing"),
    ),
    ("34", "feet, declared", "walks", "distance_m", "25", {"units": {"distance_m": "ft"}}, VALUE, 7.62),
    ("34", "a unit in the cell", "walks", "distance_m", "25 ft", {}, REJECT, "expected a number"),
    ("43", "1.234,5 undeclared", "range_of_motion", "angle_deg", "1.234,5", {}, REJECT, "must be declared"),
    (
        "43",
        "1.234,5 with a decimal comma",
        "range_of_motion",
        "angle_deg",
        "1.234,5",
        {"decimal": ","},
        REJECT,
        "no thousands mark is declared",
    ),
    (
        "43",
        "0.001.000,5 is no number",
        "range_of_motion",
        "angle_deg",
        "0.001.00,5",
        {"decimal": ",", "thousands": "."},
        REJECT,
        "expected a number",
    ),
    ("43", "thousands, declared", "diary", "spasms", "1.234", {"decimal": ",", "thousands": "."}, VALUE, 1234),
    (
        "47",
        "an unmapped word for an event",
        "events",
        "group",
        "sleepy",
        {"codings": {"group": {"somnolent": "drowsiness"}}},
        REJECT,
        "not among the declared ones",
    ),
    (
        "47",
        "a mapped word for an event",
        "events",
        "group",
        "somnolent",
        {"codings": {"group": {"somnolent": "drowsiness"}}},
        VALUE,
        "drowsiness",
    ),
    ("R5", "a site called NA", "participants", "site", "NA", {}, VALUE, "NA"),
    ("R6", "an id such as 1E5", "diary", "participant", "1E5", {}, VALUE, "1E5"),
    ("R7", "an id beyond 2^53", "diary", "participant", "9007199254740993", {}, VALUE, "9007199254740993"),
    ("R8", "1e400", "walks", "time_s", "1e400", {}, REJECT, "that a computer can hold"),
    ("R8", "inf", "walks", "time_s", "inf", {}, REJECT, "expected a number"),
    ("R11", "year 0202", "participants", "first_dose_date", "0202-01-01", {}, REJECT, "between 1900 and 2100"),
    ("num-grammar", "1_000", "diary", "spasms", "1_000", {}, REJECT, "expected a whole number"),
    ("num-grammar", "Arabic digits", "diary", "spasms", "\u0661\u0662", {}, REJECT, "expected a whole number"),
    ("num-grammar", "a typographic minus", "diary", "day", "\u22125", {}, REPAIR, (-5, "typographic minus")),
    ("num-grammar", "hexadecimal", "diary", "spasms", "0x10", {}, REJECT, "expected a whole number"),
    ("num-grammar", "1e5 as a count", "diary", "spasms", "1e5", {}, REJECT, "expected a whole number"),
    ("num-grammar", "NaN", "walks", "time_s", "NaN", {}, REJECT, "expected a number"),
    ("num-locale", "a decimal comma", "walks", "time_s", "9,5", {}, REJECT, "a decimal comma must be declared"),
    ("id-text", "a long id", "diary", "participant", "123456789012345678901", {}, VALUE, "123456789012345678901"),
    ("id-canon", "a zero-width space in an id", "diary", "participant", "P\u200b9", {}, REPAIR, ("P9", "invisible")),
    ("date-range", "30 February", "participants", "first_dose_date", "2023-02-30", {}, REJECT, "expected a date"),
    (
        "date-range",
        "29 February",
        "participants",
        "first_dose_date",
        "2024-02-29",
        {},
        VALUE,
        pd.Timestamp(2024, 2, 29),
    ),
    ("date-range", "24:00", "nights", "into_bed", "24:00", {}, REJECT, "expected a clock time"),
    ("date-range", "year 9999", "participants", "first_dose_date", "9999-12-31", {}, REJECT, "between 1900 and 2100"),
    ("range-*", "NRS 11", "diary", "pain_nrs", "11", {}, REJECT, "from 0 to 10"),
    ("range-*", "a negative count", "diary", "spasms", "-1", {}, REJECT, "from 0 to 2000"),
    ("range-*", "waking for 17 h", "nights", "waso_min", "1020", {}, REJECT, "from 0 to 960"),
    ("unit-mix", "hours where minutes are", "nights", "waso_min", "0.5", {"units": {"waso_min": "h"}}, VALUE, 30.0),
    ("code-map", "an unknown code", "tone", "side", "L", {}, REJECT, "one of left, right"),
    (
        "code-map",
        "a declared code",
        "tone",
        "side",
        "L",
        {"codings": {"side": {"L": "left", "left": "left"}}},
        VALUE,
        "left",
    ),
    ("dose-overlap", "a stretch turned round", "doses", "end_day", "-3", {}, REJECT, "ends before it begins"),
    ("dose-overlap", "a stretch without a day", "doses", "end_day", "0", {}, REJECT, "has no day"),
    ("40", "a clock reset to 1970", "spasms", "start_utc", "1970-01-03T01:00:00Z", {}, REJECT, "reset to 1970"),
]


def cell_case(table, column, text, options, behaviour, expected):
    def show(folder):
        loaded = source(folder, table, {column: text}, **options)
        place = next(iter(set(loaded.repairs["column"]) - {""}), column)
        if behaviour == REJECT:
            assert loaded.rejects[["row", "column", "value"]].to_numpy().tolist() == [[3, column, text]]
            assert expected in loaded.rejects["rule"][0]
            assert len(text) < 4 or text not in loaded.rejects["rule"][0]  # a rule is printed, a value is not
            return
        value = loaded.table.loc[3, column]
        wanted, why = expected if behaviour == REPAIR else (expected, None)
        assert pd.isna(value) if wanted is None else value == wanted
        assert loaded.rejects.empty
        if why is None:
            assert loaded.repairs.empty
        else:
            assert loaded.repairs[["row", "was"]].to_numpy().tolist() == [[3, text]]
            assert why in loaded.repairs["why"][0]
            assert place == column

    return show


for _number, _words, *_cell in CELLS:
    CASES.append(Case(_number, _words, _cell[4], cell_case(*_cell)))

# --- doses -----------------------------------------------------------------------------------------------------------

DOSES = [  # number, typed, route, daily dose, what the ledger says of it
    ("D1", "10 mg TID", "oral", 30, ""),
    ("D1", "10mg tds", "oral", 30, ""),
    ("D1", "10 mg 3x/d", "oral", 30, ""),
    ("D2", "5-5-10", "oral", 20, "unit assumed"),
    ("D3", "10/10/20", "oral", 40, "unit assumed"),
    ("D4", "20 mg QID", "oral", 80, ""),
    ("D5", "10mg bid + 20mg nocte", "oral", 40, ""),
    ("D6", "½ tab (10 mg) tid", "oral", 15, ""),
    ("D7", "10 mg PRN, max 3/d", "oral", None, "as needed"),
    ("D8", "300 mcg/day", "intrathecal", 300, ""),
    ("D8", "300 ug/d", "intrathecal", 300, ""),
    ("D8", "300 \N{MICRO SIGN}g/d", "intrathecal", 300, ""),
    ("D8", "300 \N{GREEK SMALL LETTER MU}g/d", "intrathecal", 300, ""),
    ("D9", "25 mcg/h", "intrathecal", 600, ""),
    ("D10", "0.3 mg/day", "intrathecal", 300, "mg converted to µg"),
    ("D11", "300", "intrathecal", 300, "unit assumed"),
    ("D13", "0,5 mg", "oral", 0.5, "decimal comma"),
    ("D14", "stopped", "oral", 0, ""),
    ("D14", "nil", "intrathecal", 0, ""),
    ("D14", "0", "oral", 0, ""),
    ("D15", "", "oral", None, ""),
    ("D17", "as before", "oral", 25, "as before"),
]
REFUSED_DOSES = [
    ("D12", "300 mg", "intrathecal", "cannot be true for this drug and route"),
    ("D16", "2 x 10 mg", "oral", "ask how many are taken in a day"),
    ("D18", "95.6 mg to 143.4 mg/day", "intrathecal", "two numbers may be a range"),
    ("45", "mg where the pump had µg", "intrathecal", ""),
]


def dose_log(folder, text, route):
    header = ["participant", "drug", "route", "start_day", "end_day", "dose"]
    before = "25 mg/day" if route == "oral" else "250 mcg/day"
    lines = [["P1", "baclofen", route, "0", "7", before], ["P1", "baclofen", route, "7", "14", text]]
    return load.doses(written(folder, [header, *lines]))


def dose_case(text, route, amount, why):
    def show(folder):
        loaded = dose_log(folder, text, route)
        column = "dose_mg_per_day" if route == "oral" else "dose_ug_per_day"
        row = loaded.table.loc[3]
        assert pd.isna(row[column]) if amount is None else row[column] == amount
        assert row["status"] == {None: "unknown", 0: "zero documented"}.get(amount, "taken")
        assert (why in loaded.repairs["why"].iloc[0]) if why else loaded.repairs.empty

    return show


def dose_reject(text, route, words):
    def show(folder):
        loaded = dose_log(folder, text, route)
        assert loaded.rejects[["row", "column"]].to_numpy().tolist() == [[3, "dose"]]
        assert words in loaded.rejects["rule"][0]
        assert text not in loaded.rejects["rule"][0]

    return show


for _number, _typed, _route, _amount, _why in DOSES:
    _kind = "flag" if _why else "value"
    CASES.append(Case(_number, f"dose `{_typed}`", _kind, dose_case(_typed, _route, _amount, _why)))
for _number, _typed, _route, _rule in REFUSED_DOSES[:3]:
    CASES.append(Case(_number, f"dose `{_typed}`", "reject", dose_reject(_typed, _route, _rule)))
CASES.append(Case("45", "a pump dose in mg without its unit", "reject", dose_reject("0.3", "intrathecal", "outside 1")))


@case("D7", "a dose as needed is a range", "flag")
def _(folder):
    found = parse("10 mg PRN, max 3/d", "oral")
    assert (found.low, found.high, found.flags) == (0, 30, ("as needed",))


# --- tables ----------------------------------------------------------------------------------------------------------


def answered(**items):
    rows = [
        {"participant": "A", "visit": "baseline", "instrument": name.split("__")[0], "item": name.split("__")[1]}
        | {"response": response}
        for name, response in items.items()
    ]
    return pd.DataFrame(rows)


def wide(**items):
    return pd.DataFrame([{"participant": "A", "visit": "baseline", **items}])


@case("2", "a 5 and no 1+: perhaps another coding", "error")
def _(folder):
    header = SCHEMAS["tone"].names
    rows = [GOOD["tone"] | {"grade": grade, "participant": f"P{grade}"} for grade in "253"]
    path = written(folder, [header, *([row.get(name, "") for name in header] for row in rows)])
    with pytest.raises(DataError, match=r"1 grade above 4 in `grade`, first row 3, and none is 1\+"):
        load.delimited(path, "tone")


@case("2", "the other coding, declared", "value")
def _(folder):
    coding = {"1": "0", "2": "1", "3": "2", "4": "3", "5": "4"}
    header = SCHEMAS["tone"].names
    rows = [GOOD["tone"] | {"grade": grade, "participant": f"P{grade}"} for grade in "15"]
    path = written(folder, [header, *([row.get(n, "") for n in header] for row in rows)])
    assert load.delimited(path, "tone", codings={"grade": coding}).table["grade"].tolist() == ["0", "4"]


@case("4", "no grade 0 anywhere", "flag")
def _(folder):
    people = [{**tiny.PEOPLE[0], "participant": f"P{n:02d}"} for n in range(25)]
    rows = [GOOD["tone"] | {"participant": person["participant"], "grade": "2", "day": -1} for person in people]
    found = derive.doubts(tiny.study(people=people, tone=rows))
    assert found[["table", "column"]].to_numpy().tolist() == [["tone", "grade"]]
    assert "coded 1-5" in found["doubt"][0]


@case("5", "PSFS severity although the frequency is 0", "repair")
def _(folder):
    scored = instruments.score(wide(frequency=0, severity=2), "psfs")
    severity = scored.table[scored.table["outcome"] == "psfs_severity"].iloc[0]
    assert pd.isna(severity["value"])
    assert severity["flag"] == "severity given although the frequency is 0, set aside"


@case("6", "PSFS parts swapped", "reject")
def _(folder):
    scored = instruments.score(wide(frequency=2, severity=4), "psfs")
    assert scored.table.set_index("outcome")["flag"].to_dict()["psfs_severity"] == "an answer was refused"


@case("7", "a scale of 1-5 read as PSFS 0-4", "reject")
def _(folder):
    scored = instruments.score(wide(frequency=5, severity=None), "psfs")
    assert scored.table.set_index("outcome")["flag"].to_dict()["psfs_frequency"] == "an answer was refused"


@case("7", "a form in two codings without its version", "error")
def _(folder):
    with pytest.raises((DataError, MethodError), match="version"):
        instruments.score(wide(grade=3), "sfs_daily")


@case("9", "250 spasms in a day", "flag")
def _(folder):
    rows = [{"participant": "A", "day": day, "spasms": n} for day, n in enumerate([9, 250, 11])]
    study = tiny.study(diary=rows)
    assert study.diary["spasms"].tolist() == [9, 250, 11]
    assert derive.doubts(study)["doubt"].tolist() == ["far above the person's other days; kept"]


@case("13", "a day without a diary", "value")
def _(folder):
    rows = [{"participant": "A", "day": day, "spasms": 4} for day in (-7, -6, -5, -4, -2)]
    found = derive.diary(tiny.study(diary=rows))
    row = found[(found["participant"] == "A") & (found["visit"] == "baseline")].iloc[0]
    assert (row["value"], row["n_values"]) == (4, 5)


@case("14", "two diaries of a day", "error")
def _(folder):
    with pytest.raises(DataError, match="2 rows of diary share the key participant, day"):
        raw(folder, DIARY + ROW + ROW)


@case("14", "two diaries of a day, by a declared policy", "reject")
def _(folder):
    text = DIARY + ROW + "P1,0,9,4,3,1\n"
    for policy, kept in (("first", [5]), ("last", [9])):
        loaded = raw(folder, text, duplicates=policy)
        assert loaded.table["spasms"].tolist() == kept
        assert "repeats the key" in loaded.rejects["rule"][0]


@case("key-dup", "the same row twice", "reject")
def _(folder):
    loaded = raw(folder, DIARY + ROW + ROW, duplicates="reject")
    assert loaded.table.index.tolist() == [2]
    assert loaded.rejects["row"].tolist() == [3]


@case("key-conflict", "two rows of a key that differ", "reject")
def _(folder):
    loaded = raw(folder, DIARY + ROW + "P1,0,9,4,3,1\nP2,0,1,1,1,1\n", duplicates="reject")
    assert loaded.table.index.tolist() == [4]
    assert loaded.rejects["row"].tolist() == [2, 3]


@case("15", "two visits in one window", "flag")
def _(folder):
    found = derive.windows(pd.DataFrame({"participant": "A", "day": [80, 85]}), tiny.TRIAL)
    assert found["visit"].fillna("-").tolist() == ["-", "week 12"]
    assert found["flag"].fillna("-").tolist() == ["another day is nearer", "-"]


@case("16", "a visit outside its window", "flag")
def _(folder):
    found = derive.windows(pd.DataFrame({"participant": ["A"], "day": [50]}), tiny.TRIAL)
    assert found["flag"].tolist() == ["outside window"]
    assert len(found) == 1


@case("17", "an unscheduled visit", "value")
def _(folder):
    places = [
        {"muscle": muscle, "side": side}
        for muscle in ("knee flexors", "knee extensors", "plantar flexors")
        for side in ("left", "right")
    ]
    visits = [{"day": -1, "visit": "baseline"}, {"day": 40, "visit": "unscheduled"}]
    rows = [GOOD["tone"] | {"participant": "A"} | visit | place for visit in visits for place in places]
    study = tiny.study(tone=[row | {"grade": "2"} for row in rows], visits=tiny.attended("A", "B"))
    found = derive.tone(study)
    values = found[(found["outcome"] == "llmt6") & found["value"].notna()]
    assert sorted(values["visit"].astype(str)) == ["baseline", "unscheduled"]
    assert values["baseline"].notna().all()


@case("18", "a baseline after the first dose", "error")
def _(folder):
    rows = [{"participant": "A", "visit": "baseline", "day": 5, "outcome": "x", "value": 1.0}]
    with pytest.raises(DataError, match="after the first dose"):
        derive.change(pd.DataFrame(rows), tiny.study())


@case("19", "no baseline", "flag")
def _(folder):
    rows = [("A", "baseline", -1), ("A", "week 12", 84), ("B", "week 12", 84)]
    values = pd.DataFrame([{"participant": p, "visit": v, "day": d, "outcome": "x", "value": 3.0} for p, v, d in rows])
    found = derive.change(values, tiny.study()).set_index(["participant", "visit"])
    assert found.loc[("B", "week 12"), "value"] == 3
    assert pd.isna(found.loc[("B", "week 12"), "change"])
    assert found.loc[("B", "week 12"), "flag"] == "no baseline"


@case("20", "dates where study days are asked for", "value")
def _(folder):
    zero = {"P1": dt.date(2024, 2, 28), "P2": dt.date(2024, 3, 1)}
    text = DIARY + "P1,01.03.2024,5,4,3,1\nP2,29.02.2024,5,4,3,1\nP3,29.02.2024,5,4,3,1\nP1,2024-03-04,5,4,3,1\n"
    loaded = raw(folder, text, date_format={"day": "%d.%m.%Y"}, day_zero=zero)
    assert loaded.table["day"].tolist() == [2, -1]
    assert loaded.rejects["row"].tolist() == [4, 5]
    assert "no date of first dose" in loaded.rejects["rule"][0]
    assert "written as %d.%m.%Y" in loaded.rejects["rule"][1]


@case("22", "a workbook that made a date of 1-2", "reject")
def _(folder):
    loaded = diary_book(folder, ["P1", 0, 5, 4, 3, 1], ["P2", 0, dt.date(2024, 2, 1), 4, 3, 1])
    assert loaded.rejects["column"].tolist() == ["spasms"]
    assert "as spreadsheets make of 1-2" in loaded.rejects["rule"][0]


@case("21", "a serial where serials are declared", "value")
def _(folder):
    path = book(folder, [["participant", "cohort", "first_dose_date"], ["P1", "MS", 44291]])
    absent = dict.fromkeys(set(SCHEMAS["participants"].names) - {"participant", "cohort", "first_dose_date"})
    loaded = load.excel(path, "S", "participants", serials="1900", constants=absent)
    assert loaded.table["first_dose_date"].tolist() == [pd.Timestamp(2021, 4, 5)]


@case("23", "0012 in one file, 12 in the other", "reject")
def _(folder):
    people = source(folder, "participants", {"participant": "0012"})
    study = Study.of(tiny.TRIAL, people, source(folder, "diary", {"participant": "12"}))
    assert study.rejects["rule"].tolist() == [
        "not in the participants table, which has a code that differs only in zeros, marks or letter case"
    ]


@case("24", "a code used again", "error")
def _(folder):
    with pytest.raises(DataError, match="2 rows of participants share the key participant"):
        source(folder, "participants", {"participant": "P1", "age_years": "55"})


@case("24", "somebody comes back after stopping", "flag")
def _(folder):
    rows = [("week 4", 28, "after stopping"), ("week 12", 84, "attended")]
    visits = [{"participant": "A", "visit": v, "day": d, "status": s} for v, d, s in rows]
    assert "is the code used again?" in derive.doubts(tiny.study(visits=visits))["doubt"][0]


@case("25", "no arm in a cohort", "value")
def _(folder):
    assert set(derive.flow(tiny.study(protocol=tiny.COHORT))["arm"]) == {"no arm"}


@case("26", "arms A and B without their meaning", "error")
def _(folder):
    people = source(folder, "participants", {"arm": "B"})
    with pytest.raises(DataError, match="1 arm not in the protocol"):
        Study.of(tiny.TRIAL, people)


@case("26", "arms A and B with their meaning", "value")
def _(folder):
    coding = {"arm": {"placebo": "placebo", "B": "active"}}
    people = source(folder, "participants", {"arm": "B"}, codings=coding)
    assert Study.of(tiny.TRIAL, people).participants["arm"].tolist() == ["placebo", "active"]


@case("31", "NT in an examination", "value")
def _(folder):
    keys = instruments.get("isncsci").keys()
    normal = {key: 5 if key.startswith("motor") else 2 for key in keys} | {"anal_contraction": 1, "anal_pressure": 1}
    sheets = pd.DataFrame([normal, normal | {"touch_left_C5": "NT"}])
    found = isncsci.classified(sheets)
    assert found["sensory_left"].isna().tolist() == [False, True]
    assert found["ais"].isna().tolist() == [False, True]


@case("32", "T25FW 400 s", "flag")
def _(folder):
    rows = [
        {"participant": "A", "visit": "baseline", "day": -1, "test": "t25fw", "trial": 1, "time_s": 400}
        | {"unable": False}
    ]
    found = derive.walking(tiny.study(walks=rows, visits=tiny.attended("A", "B")))
    row = found[(found["outcome"] == "t25fw_s") & (found["participant"] == "A") & (found["visit"] == "baseline")].iloc[
        0
    ]
    assert pd.isna(row["value"])
    assert "trial over 180 s" in row["flag"]


@case("32", "DNF as a time and as the reason, from one column", "repair")
def _(folder):
    header = ["participant", "visit", "day", "T25FW", "trial"]
    path = written(folder, [header, ["P1", "baseline", "-1", "9.5", "1"], ["P2", "baseline", "-1", "DNF", "1"]])
    loaded = load.delimited(
        path,
        "walks",
        columns={"time_s": "T25FW", "unable": "T25FW"},
        constants={"test": "t25fw", "distance_m": 7.62, "device": None},
        codings={"unable": {"DNF": True, "*": False}},
        missing={"time_s": ["DNF"]},
    )
    assert loaded.table["unable"].tolist() == [False, True]
    assert loaded.table["time_s"].isna().tolist() == [False, True]
    assert loaded.repairs[["row", "was"]].to_numpy().tolist() == [[3, "DNF"]]


@case("33", "speeds among times", "flag")
def _(folder):
    rows = [
        {"participant": "A", "visit": "baseline", "day": -1, "test": "10mwt", "trial": trial, "time_s": seconds}
        | {"unable": False, "distance_m": 10.0}
        for trial, seconds in ((1, 12.0), (2, 1.1))
    ]
    found = derive.doubts(tiny.study(walks=rows))
    assert found[["column", "rows", "first_row"]].to_numpy().tolist() == [["time_s", 1, 1]]


@case("34", "feet in a column of metres", "flag")
def _(folder):
    rows = [
        {"participant": "A", "visit": "baseline", "day": -1, "test": "t25fw", "trial": 1, "time_s": 9}
        | {"unable": False, "distance_m": 25.0}
    ]
    assert "in feet?" in derive.doubts(tiny.study(walks=rows))["doubt"][0]


@case("35", "PSQI bedtime `11`", "reject")
def _(folder):
    scored = instruments.score(answered_psqi("11"), "psqi")
    assert scored.refused["item"].tolist() == ["bedtime"]


def answered_psqi(bedtime):
    form = instruments.get("psqi").form()
    cells = {item.key: {"clock": "07:00", "text": None}.get(item.kind, 1) for item in form.items}
    return wide(**(cells | {"bedtime": bedtime}))


@case("36", "PROMIS: a T score among raw sums", "error")
def _(folder):
    with pytest.raises(DataError, match="no raw sum, first at row 1"):
        instruments.sleep_scales.promis_t_of_raw(pd.Series([20, 55.3]))


@case("37", "PGIC the other way round", "flag")
def _(folder):
    from tests.derive.test_derive_suspicions import impressions

    assert "other way round" in derive.doubts(tiny.study(**impressions(turned=True)))["doubt"][0]


@case("38", "EQ-5D profile in three spellings", "value")
def _(folder):
    found = quality_of_life.dimensions(pd.Series(["21231", "2-1-2-3-1", 21231]))
    assert found.drop_duplicates().to_numpy().tolist() == [[2, 1, 2, 3, 1]]
    assert quality_of_life.profile(found.drop_duplicates()).tolist() == ["21231"]


@case("39", "death during follow-up", "value")
def _(folder):
    loaded = source(folder, "events", {"term": "death", "serious": "true", "action": "stopped"})
    assert loaded.table.loc[3, ["term", "serious", "action"]].tolist() == ["death", True, "stopped"]


EVENTS = "participant,start,zone,severity,woke\n"


def events(folder, *starts, **options):
    path = folder / "button.csv"
    path.write_text(EVENTS + "".join(f"P1,{start},Europe/London,mild,true\n" for start in starts), encoding="utf-8")
    return load.event_log(path, **options)


@case("40", "a button whose clock was reset", "reject")
def _(folder):
    loaded = events(folder, "2024-03-01 10:00", "1970-01-01 00:10")
    assert loaded.rejects["rule"].tolist() == ["a clock that was reset to 1970; ask when the recording began"]


@case("41", "the hour that comes twice", "repair")
def _(folder):
    loaded = events(folder, "2024-10-27 01:30", overlap="second")
    assert loaded.table["start_utc"].tolist() == [pd.Timestamp("2024-10-27 01:30", tz="UTC")]
    assert "came twice; the second was taken" in loaded.repairs["why"][0]


@case("tz-fold", "the hour that comes twice, undeclared", "reject")
def _(folder):
    assert "came twice" in events(folder, "2024-03-01 10:00", "2024-10-27 01:30").rejects["rule"][0]


@case("tz-gap", "the hour that never was", "reject")
def _(folder):
    assert "never was" in events(folder, "2024-03-01 10:00", "2024-03-31 01:30").rejects["rule"][0]


@case("42", "#N/A in a sheet", "reject")
def _(folder):
    loaded = diary_book(folder, ["P1", 0, 5, 4, 3, 1], ["P2", 0, "#N/A", 4, 3, 1])
    assert "could not calculate this cell" in loaded.rejects["rule"][0]
    assert "(cell C3)" in loaded.rejects["rule"][0]


@case("42", "a merged header", "error")
def _(folder):
    with pytest.raises(DataError, match="C1:D1 of the header are merged"):
        diary_book(folder, ["P1", 0, 5, 4, 3, 1], merge="C1:D1")


@case("42", "two header rows", "error")
def _(folder):
    header = ("", "", "Diary", "", "", "")
    with pytest.raises(DataError, match="pass header="):
        diary_book(folder, DIARY.strip().split(","), ["P1", 0, 5, 4, 3, 1], header=header)


@case("44", "µ in Latin-1, declared", "value")
def _(folder):
    lines = [["participant", "drug", "route", "start_day", "end_day", "dose"]]
    lines += [["P1", "baclofen", "intrathecal", "0", "7", "300 µg/d"]]
    path = written(folder, lines, encoding="latin-1")
    assert load.doses(path, encoding="latin-1").table["dose_ug_per_day"].tolist() == [300]


@case("44", "µ in Latin-1, undeclared", "error")
def _(folder):
    with pytest.raises(DataError, match=r"the byte at offset \d+ \(line 2\) is not utf-8"):
        raw(folder, DIARY.encode() + "µ,0,5,4,3,1\n".encode("latin-1"))


@case("45", "a pump dose that changes a thousandfold", "flag")
def _(folder):
    rows = [
        {"participant": "A", "drug": "baclofen", "route": "intrathecal", "start_day": start, "end_day": start + 7}
        | {"dose_ug_per_day": amount, "status": "taken"}
        for start, amount in ((0, 300.0), (7, 0.3))
    ]
    assert "was the unit switched?" in derive.doubts(tiny.study(doses=rows))["doubt"][0]


@case("46", "stretches that overlap", "error")
def _(folder):
    rows = [
        {"participant": "A", "drug": "baclofen", "route": "oral", "start_day": start, "end_day": start + 30}
        | {"dose_mg_per_day": 30.0, "status": "taken"}
        for start in (0, 25)
    ]
    with pytest.raises(DataError, match="overlaps the stretch before it"):
        derive.dose_per_day(tiny.study(doses=rows))


@case("48", "a value copied down", "flag")
def _(folder):
    people = [{**tiny.PEOPLE[0], "participant": f"P{n:02d}"} for n in range(21)]
    rows = [
        {"participant": f"P{n:02d}", "visit": "baseline", "day": -1, "test": "10mwt", "trial": 1, "unable": False}
        | {"time_s": 12.0 if n < 20 else 9.0}
        for n in range(21)
    ]
    found = derive.doubts(tiny.study(people=people, walks=rows))
    assert found[["column", "rows"]].to_numpy().tolist() == [["time_s", 20]]


@case("49", "61 cells in row 418", "reject")
def _(folder):
    lines = [f"P{n},0,5,4,3,1" for n in range(600)]
    lines[416] += ",7"
    loaded = raw(folder, DIARY + "\n".join(lines) + "\n")
    assert loaded.rejects[["row", "rule"]].to_numpy().tolist() == [[418, "7 cells where the header has 6 columns"]]


@case("50", "a column of names", "error")
def _(folder):
    with pytest.raises(DataError) as caught:
        raw(folder, DIARY.replace("\n", ",patient_name\n") + "P1,0,5,4,3,1,Zzyzx Quux\n", extra="keep")
    assert "name" in str(caught.value)
    assert "Quux" not in str(caught.value)


# --- files as a whole ------------------------------------------------------------------------------------------------

ERRORS = [  # number, words, text, options, message
    ("R1", "another delimiter", DIARY.replace(",", ";") + ROW.replace(",", ";"), {}, "it looks like ';'"),
    ("R2", "every row one cell too long", DIARY + "P1,0,5,4,3,1,9\nP2,0,5,4,3,1,9\n", {}, "every row has 7 cells"),
    ("R4", "a quote that is never closed", DIARY + '"P1,0,5,4,3,1\n', {}, "a quote is opened and never closed"),
    ("R9", "a column twice", DIARY.replace("pain_nrs", "spasms") + ROW, {}, "1 column named twice: `spasms`"),
    ("R10", "NUL in a field", DIARY + "P\x001,0,5,4,3,1\n", {}, r"U\+0000 stands in line 2"),
    ("enc-nul", "a second byte-order mark", "\ufeff\ufeff" + DIARY + ROW, {}, r"U\+FEFF"),
    ("enc-invalid", "bytes of windows-1252", (DIARY + "P“,0,5,4,3,1\n").encode("cp1252"), {}, "encoding='cp1252'"),
    ("enc-ctl", "a line separator", DIARY + "P\u2028,0,5,4,3,1\n", {}, r"U\+2028"),
    ("csv-delim", "tabs where commas are declared", DIARY.replace(",", "\t") + "a\tb\n", {}, r"looks like '\\t'"),
    ("csv-quote", "a quote inside a bare field", DIARY + 'P"1,0,5,4,3,1\n', {}, "inside an unquoted field in line 2"),
    ("csv-ragged", "many torn rows", DIARY + ROW + "P2,0\nP3,0\n", {}, "2 rows of 3 have too many or too few cells"),
    ("file-empty", "an empty file", "", {}, "the file is empty"),
    ("col-dup", "names that differ in case", DIARY.replace("pain_nrs", "Spasms") + ROW, {}, "differ only in case"),
    ("col-dup", "a name with a space", DIARY.replace("day", "day ") + ROW, {}, "has spaces around it"),
    ("col-unknown", "a column too many", DIARY.replace("\n", ",x\n") + "P1,0,5,4,3,1,9\n", {}, "1 unknown column: `x`"),
    ("col-missing", "a column too few", "participant,day\nP1,0\n", {}, "4 columns missing"),
    (
        "size-*",
        "a field of more than a hundred thousand letters",
        DIARY + '"' + "x" * 140000 + '",0,5,4,3,1\n',
        {},
        "a field has more than",
    ),
    (
        "R3",
        "a file that ends in the middle of a line",
        DIARY + ROW + ROW.replace("P1", "P2") * 200 + "P3,0",
        {},
        "the file ends in the middle of line 203",
    ),
    ("expected", "fewer rows than expected", DIARY + ROW, {"rows": 2}, "1 row where 2 are expected"),
    ("fmt-magic", "a workbook called .csv", b"PK\x03\x04" + b"x" * 50, {}, "this is a workbook or archive"),
]


def error_case(text, options, message):
    def show(folder):
        with pytest.raises(DataError, match=message):
            raw(folder, text, **options)

    return show


for _number, _words, _text, _options, _message in ERRORS:
    CASES.append(Case(_number, _words, "error", error_case(_text, _options, _message)))

NOTED = [
    ("enc-bom", "UTF-16 with its mark", (DIARY + ROW).encode("utf-16"), "byte-order mark: utf-16"),
    ("enc-bom", "UTF-8 with its mark", b"\xef\xbb\xbf" + (DIARY + ROW).encode(), "byte-order mark: utf-8"),
    (
        "eol-mixed",
        "two kinds of line ends",
        (DIARY + ROW).replace("\n", "\r\n") + ROW.replace("P1", "P2"),
        "CRLF and LF",
    ),
    ("eol-mixed", "old line ends", (DIARY + ROW).replace("\n", "\r"), "line ends: CR"),
    ("row-blank", "a blank line", DIARY + ROW + "\n" + ROW.replace("P1", "P2"), "1 blank line"),
    ("file-empty", "a header alone", DIARY, "no rows"),
]


def note_case(text, note):
    def show(folder):
        loaded = raw(folder, text)
        assert note in loaded.source.note
        assert loaded.rejects.empty

    return show


for _number, _words, _text, _note in NOTED:
    CASES.append(Case(_number, _words, "flag", note_case(_text, _note)))


@case("row-footer", "a footer", "reject")
def _(folder):
    text = DIARY + "".join(f"P{n},0,5,4,3,1\n" for n in range(300)) + "Total,300\n"
    assert raw(folder, text).rejects["rule"].tolist() == ["2 cells where the header has 6 columns"]


@case("R16", "serials beside dates as text", "reject")
def _(folder):
    header = ["participant", "cohort", "first_dose_date"]
    path = book(folder, [header, ["P1", "MS", "2024-01-02"], ["P2", "MS", 45292]])
    absent = dict.fromkeys(set(SCHEMAS["participants"].names) - set(header))
    loaded = load.excel(path, "S", "participants", constants=absent)
    assert "perhaps a date serial" in loaded.rejects["rule"][0]


@case("R15", "a formula that was never calculated", "error")
def _(folder):
    path = folder / "sheet.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("S")
        sheet.write_row(0, 0, DIARY.strip().split(","))
        sheet.write_row(1, 0, ["P1", 0, 5, 4, 3])
        sheet.write_formula(1, 5, "=1+1", None, 2)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content.replace(b"<v>2</v>", b""))
    with pytest.raises(DataError, match="1 formula never calculated, first cell F2"):
        load.excel(path, "S", "diary")


@case("R17", "a table with a key twice is never merged", "error")
def _(folder):
    with pytest.raises(DataError, match="share the key"):
        source(folder, "participants", {"participant": "P1"})


@case("R18", "a sum of whole numbers past 2^63", "reject")
def _(folder):
    assert "hold exactly" in source(folder, "diary", {"spasms": "9" * 19}).rejects["rule"][0]


@case("R19", "a carriage return in a text that is saved", "error")
def _(folder):
    from spasticity.files import csv_bytes

    with pytest.raises(DataError, match="row 0 holds a carriage return"):
        csv_bytes(pd.DataFrame({"x": ["a\rb"]}))


@case("key-orphan", "rows of nobody, and somebody without rows", "reject")
def _(folder):
    study = Study.of(tiny.TRIAL, source(folder, "participants"), source(folder, "diary", {"participant": "X9"}))
    assert study.rejects["rule"].tolist() == ["not in the participants table"]


@case("id-cross", "codes that differ in zeros or marks", "flag")
def _(folder):
    people = [{**person, "participant": code} for person, code in zip(tiny.PEOPLE, ("S1-7", "s1-07"), strict=True)]
    assert "differ only in zeros" in derive.doubts(tiny.study(people=people))["doubt"][0]


@case("id-canon", "a code in two cases", "error")
def _(folder):
    with pytest.raises(DataError, match="2 codes that differ only in letter case"):
        Study.of(tiny.TRIAL, source(folder, "participants", {"participant": "p1"}))


@case("join-card", "a table given twice", "error")
def _(folder):
    people = source(folder, "participants")
    with pytest.raises(DataError, match="was given twice"):
        Study.of(tiny.TRIAL, people, people)


@case("unit-mix", "a unit nobody knows", "error")
def _(folder):
    with pytest.raises(MethodError, match="units of distance_m: 'furlong' is not known"):
        source(folder, "walks", units={"distance_m": "furlong"})


REDCAP_FIELDS = "record_id,base,text,Id,,\nday0,base,text,First dose,,date_ymd\nseen,base,text,Seen,,date_dmy\n"
REDCAP_FIELDS += 'a,base,text,A,,number\nb,base,text,B,,number\nc,base,calc,Sum,"{formula}",\n'
REDCAP_HEADER = "field_name,form_name,field_type,field_label,select_choices_or_calculations,"
REDCAP_HEADER += "text_validation_type_or_show_slider_number,field_annotation\n"


def redcap(folder, formula, *records):
    fields = REDCAP_FIELDS.format(formula=formula).replace("\n", ",\n")
    (folder / "dictionary.csv").write_text(REDCAP_HEADER + fields.replace(",,,\n", ",NA,NA,NA\n"), encoding="utf-8")
    header = "record_id,day0,seen,a,b,c,base_complete\n"
    (folder / "records.csv").write_text(header + "".join(record + ",2\n" for record in records), encoding="utf-8")
    people = dict.fromkeys(set(SCHEMAS["participants"].names) - {"participant", "cohort", "first_dose_date"})
    mapping = {
        "missing": ["-99"],
        "tables": [
            {"table": "therapy", "form": "base", "constants": {"done_min": None, "participation": None}}
            | {"columns": {"participant": "record_id", "day": "seen", "planned_min": "c"}},
            {"table": "participants", "form": "base", "constants": {"cohort": "MS", **people}}
            | {"columns": {"participant": "record_id", "first_dose_date": "day0"}},
        ],
    }
    return load.redcap(folder / "records.csv", folder / "dictionary.csv", mapping)["therapy"]


@case("redcap-*", "a calculated field that is out of date", "reject")
def _(folder):
    loaded = redcap(folder, "[a]+[b]", "1,2024-01-01,2024-01-09,1,2,3", "2,2024-01-01,2024-01-09,1,2,4")
    assert loaded.table["planned_min"].tolist() == [3]
    assert "not what its formula gives now" in loaded.rejects["rule"][0]


@case("redcap-*", "a formula of another kind", "flag")
def _(folder):
    loaded = redcap(folder, "if([a]>0,1,0)", "1,2024-01-01,2024-01-09,1,2,1")
    assert "calculated and not checked: `c`" in loaded.source.note


@case("redcap-*", "a date field that feeds study days", "value")
def _(folder):
    loaded = redcap(folder, "[a]+[b]", "1,2024-01-01,2024-01-09,1,2,3", "2,,2024-01-09,1,2,3")
    assert loaded.table["day"].tolist() == [8]
    assert "no date of first dose" in loaded.rejects["rule"][0]


@case("path-*", "a file outside the folder of the study", "error")
def _(folder):
    (folder / "study.toml").write_text(
        '[study]\nname = "x"\n[[visits]]\nname = "baseline"\nday = -1\nwindow = [-7, -1]\n'
        '[[sources]]\nloader = "delimited"\ntable = "diary"\nfile = "../x.csv"\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError, match=r"study.toml, line 10: `file` leads out of the study's folder"):
        load.study(folder)


#: Cases of another room, with who shows them and why not here.
ELSEWHERE = {
    "R12": "a transport file cut short: tests/load/test_load_transport.py cuts at each byte",
    "R13": "a transport file with a flipped bit: the format has no check of its own; rows are counted",
    "R14": "user-missing codes of SPSS: the colleague of the formats; tests/load/test_load_labelled.py",
    "R20": "text that a spreadsheet runs as a formula: written by Study.save; the colleague of the gate and export",
    "xpt-*": "transport files: the colleague of the formats",
    "miss-code": "special missing values: the colleague of the formats",
    "pq-*": "Parquet files: the colleague of the formats",
    "fmt-forbidden": "pickles and their like: the colleague of hostile files",
    "zip-bomb": "hostile workbooks: the colleague of hostile files; tests/load/test_load_workbooks.py has the first",
    "xlsx-sparse": "the same",
    "xlsx-*": "the same: macros, hidden rows and external links; merged, error and formula cells are above",
    "file-race": "the colleague of hostile files; a file is read once, and named by the digest of what was read",
    "out-inject": "as R20",
    "mem-*": "the colleague of hostile files; a file above the limit of bytes is refused before it is read",
    "edf-*": "EDF recordings: no loader in this version; the colleague of the gate reads their header",
    "acti-*": "actigraphy device files: the colleague of actigraphy",
    "chron-*": "the tables hold study days and no dates of birth, consent or death; 18 shows the one rule that is left",
    "date-*": "shown as 20, 21, 22 and R16; the 1904 system in tests/load/test_load_workbooks.py",
}
# fmt: off
CATALOGUE = [
    "enc-bom", "enc-invalid", "enc-nul", "enc-ctl", "eol-mixed", "csv-delim", "num-locale",
    "csv-quote", "csv-ragged", "row-blank", "row-footer", "file-empty", "col-dup", "col-unknown",
    "col-missing", "size-*", "num-grammar", "id-text", "date-*", "date-range", "tz-gap",
    "tz-fold", "chron-*", "range-*", "code-map", "unit-mix", "dose-overlap", "key-dup",
    "key-conflict", "id-cross", "key-orphan", "join-card", "id-canon", "zip-bomb", "xlsx-sparse",
    "xlsx-*", "fmt-magic", "xpt-*", "miss-code", "pq-*", "fmt-forbidden", "redcap-*",
    "acti-*", "edf-*", "path-*", "file-race", "out-inject", "mem-*",
]
# fmt: on


@pytest.mark.parametrize("messy", CASES, ids=str)
def test_a_messy_case_has_its_stated_behaviour(messy, tmp_path):
    messy.show(tmp_path)


def test_every_case_of_the_dossiers_is_in_the_table_or_says_where_it_is():
    numbers = [*map(str, range(1, 51)), *(f"D{n}" for n in range(1, 19)), *(f"R{n}" for n in range(1, 21)), *CATALOGUE]
    shown = {messy.number for messy in CASES}
    assert [number for number in numbers if number not in shown | set(ELSEWHERE)] == []
    assert not shown & set(ELSEWHERE)


def test_every_behaviour_is_one_of_five():
    assert {messy.behaviour for messy in CASES} == {"value", "repair", "reject", "error", "flag"}
    assert all(list(inspect.signature(messy.show).parameters) == ["folder"] for messy in CASES)
