"""Typed doses: each string of the domain dossier, its relatives, and what a log of them becomes."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity import load
from spasticity.errors import DataError, MethodError
from spasticity.load.dose_text import parse
from spasticity.tables import DOSES

ORAL, PUMP = "oral", "intrathecal"

# Section 5.4 of the domain dossier and its golden test G20.
DOSSIER = [
    ("10 mg TID", ORAL, 30, ()),
    ("10mg tds", ORAL, 30, ()),
    ("10 mg 3x/d", ORAL, 30, ()),
    ("5-5-10", ORAL, 20, ("unit assumed",)),
    ("10/10/20", ORAL, 40, ("unit assumed",)),
    ("20 mg QID", ORAL, 80, ()),
    ("10mg bid + 20mg nocte", ORAL, 40, ()),
    ("½ tab (10 mg) tid", ORAL, 15, ()),
    ("300 mcg/day", PUMP, 300, ()),
    ("300 ug/d", PUMP, 300, ()),
    ("300 \N{MICRO SIGN}g/d", PUMP, 300, ()),
    ("300 \N{GREEK SMALL LETTER MU}g/d", PUMP, 300, ()),
    ("25 mcg/h", PUMP, 600, ()),
    ("0.3 mg/day", PUMP, 300, ("mg converted to µg",)),
    ("300", PUMP, 300, ("unit assumed",)),
    ("0,5 mg", ORAL, 0.5, ("decimal comma", "taken as the dose of a day", "outside the usual range")),
]
RELATIVES = [
    ("10 mg t.i.d.", ORAL, 30, ()),
    ("10 MG BD", ORAL, 20, ()),
    ("10 mg twice daily", ORAL, 20, ()),
    ("10 mg three times a day", ORAL, 30, ()),
    ("10 mg x3/d", ORAL, 30, ()),
    ("10 mg every 8 hours", ORAL, 30, ()),
    ("10 mg q6h", ORAL, 40, ()),
    ("10\N{NO-BREAK SPACE}mg qds", ORAL, 40, ()),
    ("10 mg 1-0-1", ORAL, 20, ()),
    ("5 - 5 - 10 mg", ORAL, 20, ()),
    ("5-5-5-10 mg", ORAL, 25, ()),
    ("5\N{EN DASH}5\N{EN DASH}10 mg", ORAL, 20, ()),
    ("10 mg mane, 20 mg nocte", ORAL, 30, ()),
    ("10 mg am and 5 mg noon and 10 mg pm", ORAL, 25, ()),
    ("1½ tabs (10 mg) bid", ORAL, 30, ()),
    ("2 tablets of 10 mg bid", ORAL, 40, ()),
    ("2 x 10 mg tid", ORAL, 60, ()),
    ("7,5 mg tid", ORAL, 22.5, ("decimal comma",)),
    ("30 mg/day", ORAL, 30, ()),
    ("30 mg", ORAL, 30, ("taken as the dose of a day",)),
    ("100.1 mg bid", ORAL, 200.2, ("outside the usual range",)),
    ("262,5 µg/d", PUMP, 262.5, ("decimal comma",)),
    ("300 mcg", PUMP, 300, ("taken as the dose of a day",)),
    ("300 mcg daily", PUMP, 300, ()),
    ("2500 mcg/day", PUMP, 2500, ("outside the usual range",)),
    ("30 mg/d in 3 doses", ORAL, 30, ()),
    ("30 mg daily in 3 divided doses", ORAL, 30, ()),
    ("30 mg/day, divided tid", ORAL, 30, ()),
    ("30 mg split in 3", ORAL, 30, ()),
    ("10 mg morning, 10 mg midday, 20 mg night", ORAL, 40, ()),
    ("10 milligrams tid", ORAL, 30, ()),
    ("10mgs tid", ORAL, 30, ()),
    ("10 mg 6-hourly", ORAL, 40, ()),
    ("10 mg/24 h", ORAL, 10, ()),
    ("300 micrograms/day", PUMP, 300, ()),
    ("300 mcg / 24 hours", PUMP, 300, ()),
]


@pytest.mark.parametrize(("text", "route", "dose", "flags"), DOSSIER + RELATIVES)
def test_a_dose_of_a_day_is_read_with_its_assumptions(text, route, dose, flags):
    found = parse(text, route)
    assert (found.status, found.route, found.flags) == ("taken", route, flags)
    assert found.per_day == found.low == found.high == dose
    assert found.unit == ("mg/day" if route == ORAL else "µg/day")


@pytest.mark.parametrize("route", [ORAL, PUMP])
@pytest.mark.parametrize("text", ["stopped", "nil", "0", " Stopped ", "0 mg", "0 µg/d", "0.0", "discontinued", "held"])
def test_a_documented_zero_is_zero(text, route):
    found = parse(text, route)
    assert (found.status, found.per_day) == ("zero documented", 0)


@pytest.mark.parametrize("route", [ORAL, PUMP])
@pytest.mark.parametrize("text", ["", None, "  ", "unknown", "?"])
def test_no_record_is_unknown_never_zero(text, route):
    found = parse(text, route)
    assert (found.status, found.per_day, found.low, found.high) == ("unknown", None, None, None)


NEEDED = [
    ("10 mg PRN, max 3/d", 30),
    ("10 mg p.r.n. max. 3x/day", 30),
    ("10 mg tid prn", 30),
    ("10 mg as needed up to 25 mg/day", 25),
    ("10 mg prn", None),
    ("10 mg as required", None),
]


@pytest.mark.parametrize(("text", "most"), NEEDED)
def test_a_dose_as_needed_is_a_range_and_not_a_known_dose(text, most):
    found = parse(text, ORAL)
    assert (found.status, found.low, found.high, found.per_day) == ("unknown", 0, most, None)
    assert found.flags == ("as needed",)


QUESTIONS = [
    ("300 mg", PUMP, "outside 1 to 3000 µg/day and cannot be true"),
    ("95.6 mg to 143.4 mg/day", PUMP, "two numbers may be a range"),
    ("4000 mcg/day", PUMP, "outside 1 to 3000 µg/day"),
    ("300 mcg bid", PUMP, "given per day or per hour"),
    ("50 mcg bolus", PUMP, "given per day or per hour"),
    ("300-350", PUMP, "two numbers may be a range"),
    ("5-5-10", PUMP, "two numbers may be a range|not understood"),
    ("1,000 mcg/d", PUMP, "a comma before three digits has two meanings"),
    ("300 mcg/day", ORAL, "a dose by mouth is given in µg"),
    ("2 x 10 mg", ORAL, "how many are taken in a day"),
    ("2 x 10 mg/d", ORAL, "how many are taken in a day"),
    ("10-20 mg", ORAL, "a range or two doses"),
    ("10/20", ORAL, "a range or two doses"),
    ("1-0-1", ORAL, "tablets or mg"),
    ("30", ORAL, "a number without a unit"),
    ("1 tab tid", ORAL, "without their strength"),
    ("10 mg + 20 mg", ORAL, "no time of day"),
    ("500 mg/d", ORAL, "outside 0.5 to 240 mg/day"),
    ("0.1 mg/d", ORAL, "outside 0.5 to 240 mg/day"),
    ("10 mg weekly", ORAL, "not understood"),
    ("10 mg q7h", ORAL, "not understood"),
    ("10 mg 8h", ORAL, "not understood"),
    ("10 mg in 3 doses", ORAL, "not understood"),
    ("300 mcg/day divided", PUMP, "given per day or per hour"),
    ("300 mcg divided tid", ORAL, "a dose by mouth is given in µg"),
    ("10 mg prn after meals", ORAL, "not understood"),
    ("-10 mg tid", ORAL, "not understood"),
    ("ten mg", ORAL, "not understood"),
    ("\u0661\u0660 mg tid", ORAL, "not understood"),
    ("1" * 400 + " mg", ORAL, "not understood"),
]


@pytest.mark.parametrize(("text", "route", "question"), QUESTIONS)
def test_a_text_with_two_meanings_or_none_becomes_a_question(text, route, question):
    with pytest.raises(DataError, match=question) as caught:
        parse(text, route)
    assert text not in str(caught.value)


def test_what_is_possible_depends_on_the_drug():
    assert parse("40 mg bid", ORAL).per_day == 80
    with pytest.raises(DataError, match=r"outside 0\.5 to 60 mg/day"):
        parse("40 mg bid", ORAL, "cyclobenzaprine")
    assert parse("400 mg tid", ORAL, "gabapentin").flags == ()


def test_a_route_is_one_of_two():
    with pytest.raises(MethodError, match="route='iv' is not known"):
        parse("10 mg", "iv")


@settings(max_examples=400, deadline=None)
@given(text=st.text(alphabet="0123456789 .,/-+xmguµtabidqsprnhdy()½", max_size=25), route=st.sampled_from([ORAL, PUMP]))
def test_any_text_is_a_dose_or_a_question(text, route):
    try:
        found = parse(text, route)
    except DataError:
        return
    if found.per_day is not None and found.status == "taken":
        assert parse(str(found), route).per_day == pytest.approx(found.per_day, rel=1e-9)


LOG = """participant,drug,route,start_day,end_day,dose
P1,baclofen,oral,0,7,10 mg tid
P1,baclofen,oral,7,14,as before
P1,baclofen,oral,14,21, as before
P1,baclofen,oral,21,28,
P1,baclofen,oral,28,35,as before
P1,baclofen,oral,35,36,stopped
P1,baclofen,intrathecal,0,7,300
P1,baclofen,intrathecal,7,14,as before
P2,cyclobenzaprine,oral,0,7,"10 mg PRN, max 3/d"
P2,baclofen,oral,0,7,2 x 10 mg
P2,baclofen,oral,7,14,as before
P2,baclofen,nasal,7,14,10 mg tid
P3,baclofen,oral,0,7,250 mg/d
"""


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "doses.csv"
    path.write_text(LOG, encoding="utf-8")
    return load.doses(path)


def test_a_log_becomes_doses_with_units_apart(log):
    assert log.schema == DOSES
    assert list(log.table) == DOSES.names
    assert log.table.index.tolist() == [2, 3, 4, 5, 7, 8, 9, 10]
    assert log.table["dose_mg_per_day"].tolist()[:3] == [30, 30, 30]
    assert log.table["dose_mg_per_day"].isna().tolist() == [False, False, False, True, False, True, True, True]
    assert log.table["dose_ug_per_day"].dropna().to_dict() == {8: 300, 9: 300}
    assert log.table["status"].tolist() == [
        *["taken"] * 3,
        "unknown",
        "zero documented",
        *["taken"] * 2,
        "unknown",
    ]


def test_what_was_assumed_is_a_repair_of_the_typed_cell(log):
    assert log.repairs[["row", "column", "was", "became", "why"]].to_numpy().tolist() == [
        [3, "dose", "as before", "30 mg/day", "as before"],
        [4, "dose", " as before", "30 mg/day", "spaces or line ends removed; as before"],
        [8, "dose", "300", "300 µg/day", "unit assumed"],
        [9, "dose", "as before", "300 µg/day", "as before"],
        [10, "dose", "10 mg PRN, max 3/d", "unknown", "as needed"],
    ]


def test_what_cannot_be_known_is_rejected_with_the_question(log):
    assert log.rejects["row"].tolist() == [6, 11, 12, 13, 14]
    assert log.rejects["column"].tolist() == ["dose", "dose", "dose", "route", "dose"]
    assert log.rejects["rule"].tolist() == [
        "no known dose comes before this one; ask for the dose of a day",
        "several tablets are counted, but not how often; ask how many are taken in a day",
        "no known dose comes before this one; ask for the dose of a day",
        "expected one of oral, intrathecal",
        "it is outside 0.5 to 240 mg/day and cannot be true for this drug and route; ask for the dose and its unit",
    ]


def test_the_ledger_rebuilds_the_table(log, tmp_path):
    lines = LOG.splitlines()
    for repair in log.repairs.itertuples():
        cells = lines[repair.row - 1].split(",", 5)[:5]
        lines[repair.row - 1] = ",".join([*cells, repair.became])
    kept = [line for number, line in enumerate(lines, start=1) if number not in set(log.rejects["row"])]
    path = tmp_path / "again.csv"
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    again = load.doses(path)
    assert len(again.repairs) == len(again.rejects) == 0
    pd.testing.assert_frame_equal(again.table.reset_index(drop=True), log.table.reset_index(drop=True))


def test_a_frame_of_text_is_a_log_too(log, tmp_path):
    frame = pd.read_csv(tmp_path / "doses.csv", dtype=str, keep_default_na=False)
    loaded = load.doses(frame.rename(columns={"dose": "typed"}), columns={"dose": "typed"})
    assert loaded.source.format == "frame"
    pd.testing.assert_frame_equal(loaded.table.reset_index(drop=True), log.table.reset_index(drop=True))
    assert loaded.table.index.tolist() == [row - 2 for row in log.table.index]


def test_a_log_is_as_strict_as_a_table(tmp_path):
    path = tmp_path / "doses.csv"
    path.write_text(LOG.replace("dose\n", "doose\n", 1), encoding="utf-8")
    with pytest.raises(DataError, match="`doose` looks like `dose`"):
        load.doses(path)
    path.write_text(LOG + LOG.splitlines()[1] + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"2 rows of doses share the key participant, drug, route, start_day"):
        load.doses(path)
    assert load.doses(path, duplicates="first").rejects["row"].tolist()[-1] == 15


def test_unusual_doses_are_counted(tmp_path):
    path = tmp_path / "doses.csv"
    path.write_text(LOG + "P4,baclofen,oral,0,7,40 mg tid\n", encoding="utf-8")
    loaded = load.doses(path)
    assert loaded.source.note == "1 dose outside the usual range"
    assert loaded.table.loc[15, "dose_mg_per_day"] == 120
    assert 15 not in set(loaded.repairs["row"])
