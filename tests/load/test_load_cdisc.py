"""SDTM and ADaM data sets: study days, partial dates, doses, supplemental qualifiers, spreading of tests."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from spasticity import load
from spasticity.errors import DataError, MethodError
from spasticity.load.cdisc_mapping import STANDARD, TERMS, CdiscFeed, cdisc_mapping_of
from spasticity.load.cdisc_readings import IS_PARTIAL, NO_DAY_ZERO, day_reading, dose_readings
from spasticity.load.columns import canonical
from spasticity.study import PlannedVisit, Protocol
from spasticity.tables.people import DAY

DM = """USUBJID,RFSTDTC,RFXSTDTC,SITEID,AGE,AGEU,SEX,ARM
S-1,2024-01-08,2024-01-08,S1,41,YEARS,F,Placebo
S-2,2024-01-08,2024-01-10,S2,52,YEARS,M,Baclofen
S-3,2024-02-01,,S2,50,MONTHS,U,Screen failure
"""
SV = """USUBJID,VISIT,SVSTDTC,SVSTDY
S-1,BASELINE,2024-01-07,-1
S-1,WEEK 4,2024-02-05T10:30,29
S-2,BASELINE,2024-01-09,2
S-2,WEEK 4,2024-02-08,
"""
MAPPING = {
    "visits": {"BASELINE": "baseline", "WEEK 4": "week 4"},
    "tables": [
        {
            "table": "participants",
            "domain": "DM",
            "where": {"ARM": ["Placebo", "Baclofen"]},
            "constants": {"cohort": "MS"},
            "codings": {"arm": {"Placebo": "placebo", "Baclofen": "oral baclofen"}},
        },
        {"table": "visits", "domain": "SV"},
    ],
}
PROTOCOL = Protocol(
    "Small",
    (PlannedVisit("baseline", -1, (-14, -1)), PlannedVisit("week 4", 28, (21, 35))),
    arms=("placebo", "oral baclofen"),
    reference_arm="placebo",
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "dm.csv").write_text(DM)
    (tmp_path / "sv.csv").write_text(SV)
    return tmp_path


def with_table(**feed):
    return MAPPING | {"tables": [*MAPPING["tables"], feed]}


def tables_of(folder, mapping=MAPPING):
    from spasticity.load.cdisc_folder import cdisc_tables

    return cdisc_tables(folder, mapping)


def days(dates, counts, start="2024-01-08", shift=0.0, **options):
    n = len(dates if dates is not None else counts)
    given = None if start is None else dt.date.fromisoformat(start)
    return day_reading(
        DAY,
        None if dates is None else np.array(dates, dtype=object),
        None if counts is None else np.array(counts, dtype=object),
        pd.Series([given] * n, dtype=object),
        pd.Series([shift] * n),
        place="XXDTC",
        **options,
    )


def test_cdisc_has_no_day_zero_and_we_have():
    """The first dose is on day 1 there and on day 0 here; the day before is -1 in both."""
    counts = days(None, ["-2", "-1", "1", "2", "29"])
    dates = days(["2024-01-06", "2024-01-07", "2024-01-08", "2024-01-09", "2024-02-05"], None)
    assert counts.values["day"].tolist() == dates.values["day"].tolist() == [-2, -1, 0, 1, 28]
    refused = days(None, ["0"])
    assert refused.faults.tolist() == [NO_DAY_ZERO]
    assert refused.values["day"].isna().all()


def test_days_may_be_counted_from_another_reference_than_the_first_dose():
    assert days(None, ["1", "3", "-1"], shift=2.0).values["day"].tolist() == [-2, 0, -3]
    both = days(["2024-01-10"], ["3"], start="2024-01-10", shift=2.0)
    assert both.values["day"].tolist() == [0]


@pytest.mark.parametrize("text", ["2024", "2024-03", "2024---15", "--03-15", "2024-03--", "2024-03T10:00"])
def test_a_partial_date_is_no_day(text):
    assert days([text], None).faults.tolist() == [IS_PARTIAL]
    assert days([text], ["5"]).faults.tolist() == [IS_PARTIAL]
    empty = days([text], None, empty=True)
    assert empty.faults.empty
    assert empty.values["day"].isna().all()
    assert empty.repairs["why"].tolist() == ["a partial date gives no day"]


@pytest.mark.parametrize(
    ("date", "count", "rule"),
    [
        ("2024-02-30", "", "expected a date such as 2024-03-31"),
        ("31.03.2024", "", "expected a date such as 2024-03-31"),
        ("0202-01-01", "", "expected a date such as 2024-03-31, between 1900 and 2100"),
        ("2024-01-08", "2", "the date and the study day do not agree"),
        ("", "1.5", "expected a study day, a whole number"),
        ("", "day 1", "expected a study day, a whole number"),
    ],
)
def test_what_is_no_day_says_why(date, count, rule):
    assert days([date], [count]).faults.tolist() == [rule]


def test_nobody_without_a_first_dose_has_a_day():
    refused = days(["2024-01-08", ""], ["", "3"], start=None, shift=float("nan"))
    assert len(refused.faults) == 2
    assert days([""], [""]).faults.empty


def test_the_end_of_a_stretch_is_the_day_after_its_last():
    assert days(["2024-01-14"], ["7"], after=1).values["day"].tolist() == [7]


def doses(*rows):
    columns = [np.array(column, dtype=object) for column in zip(*rows, strict=True)]
    given = dict(zip(("unit", "frequency", "route"), columns[1:], strict=True))
    return dose_readings(given, len(rows), texts=columns[0], place="EXDOSE")


def test_a_daily_dose_is_dose_times_frequency():
    found = doses(
        ("10", "mg", "TID", "oral"),
        ("2.5", "mg", "QD", "oral"),
        ("0", "mg", "QD", "oral"),
        ("300", "ug/day", "CONTINUOUS", "intrathecal"),
        ("0.3", "mg/day", "", "intrathecal"),
        ("", "mg", "QD", "oral"),
    )
    assert found.faults.empty
    assert found.values["dose_mg_per_day"].fillna(-1).tolist() == [30, 2.5, 0, -1, -1, -1]
    assert found.values["dose_ug_per_day"].fillna(-1).tolist() == [-1, -1, -1, 300, 300, -1]
    assert found.values["status"].tolist() == ["taken", "taken", "zero documented", "taken", "taken", "unknown"]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (("10", "mg", "PRN", "oral"), "the frequency does not say how often a day"),
        (("10", "mg", "", "oral"), "the frequency does not say how often a day"),
        (("300", "ug/day", "BID", "intrathecal"), "the frequency does not say how often a day"),
        (("1", "TABLET", "QD", "oral"), "expected a unit of mg, g, ug, mcg"),
        (("10 mg", "mg", "QD", "oral"), "expected a number"),
    ],
)
def test_a_dose_that_is_not_known_is_refused(row, rule):
    assert doses(row).faults.iloc[0].startswith(rule)


def test_a_folder_becomes_a_study(folder):
    study = load.cdisc(folder, MAPPING, protocol=PROTOCOL)
    assert study.participants["participant"].tolist() == ["S-1", "S-2"]
    assert study.participants["arm"].tolist() == ["placebo", "oral baclofen"]
    assert study.participants["sex"].tolist() == ["female", "male"]
    assert study.visits["visit"].tolist() == ["baseline", "week 4", "baseline", "week 4"]
    assert study.visits["day"].tolist() == [-1, 28, -1, 29]
    assert study.visits["status"].unique().tolist() == ["attended"]
    assert study.rejects.empty
    assert [source.note for source in study.sources] == [
        "1 record of 3 taken by no table of the mapping; not collected: condition_years, edss, ais, level, walks",
        "not collected: reason",
    ]


def test_the_age_must_be_in_years(folder):
    feed = MAPPING["tables"][0] | {"where": {}, "codings": {}}
    people = tables_of(folder, MAPPING | {"tables": [feed]})["participants"]
    assert people.rejects[["row", "column", "rule"]].to_numpy().tolist() == [
        [4, "AGE", "the age is not in years (AGEU)"]
    ]


def test_the_kind_of_file_makes_no_difference(folder, tmp_path):
    first = tables_of(folder)
    for kind in ("xpt", "json"):
        other = tmp_path / kind
        other.mkdir()
        for name in ("dm", "sv"):
            frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
            frame = frame.assign(**{c: pd.to_numeric(frame[c]) for c in ("AGE", "SVSTDY") if c in frame})
            if kind == "xpt":
                pyreadstat.write_xport(frame, str(other / f"{name}.xpt"), file_format_version=5, table_name=name)
            else:
                items = [
                    {"name": c, "dataType": "float" if c in ("AGE", "SVSTDY") else "string"} for c in frame.columns
                ]
                rows = [[None if v != v else v for v in row] for row in frame.to_numpy(dtype=object).tolist()]
                head = {"datasetJSONVersion": "1.1.0", "records": len(rows), "name": name, "columns": items}
                (other / f"{name}.json").write_text(json.dumps(head | {"rows": rows}))
        again = tables_of(other)
        for name, item in first.items():
            pd.testing.assert_frame_equal(
                again[name].table.reset_index(drop=True), item.table.reset_index(drop=True), check_index_type=False
            )


def test_the_number_of_records_is_checked_when_it_is_known(folder):
    with pytest.raises(DataError, match=r"sv\.csv: 4 rows where 5 are expected"):
        tables_of(folder, MAPPING | {"rows": {"SV": 5}})
    tables_of(folder, MAPPING | {"rows": {"SV": 4}})


def test_tests_are_spread_over_the_columns_of_a_row(folder):
    (folder / "qs.csv").write_text(
        "USUBJID,QSCAT,QSTESTCD,QSORRES,QSDTC,QSDY\n"
        "S-1,DIARY,SPASMS,3,2024-01-08,1\n"
        "S-1,DIARY,PAIN,4,2024-01-08,1\n"
        "S-1,DIARY,SPASMS,5,2024-01-09,2\n"
        "S-2,DIARY,PAIN,11,2024-01-11,4\n"
        "S-2,OTHER,X,1,2024-01-11,4\n"
    )
    feed = {
        "table": "diary",
        "domain": "QS",
        "where": {"QSCAT": ["DIARY"]},
        "spread": {"spasms": "SPASMS", "pain_nrs": "PAIN"},
        "constants": {"spasticity_nrs": None, "drowsiness_nrs": None},
    }
    diary = tables_of(folder, with_table(**feed))["diary"]
    assert diary.table[["participant", "day", "spasms"]].to_numpy().tolist() == [["S-1", 0, 3], ["S-1", 1, 5]]
    assert diary.table["pain_nrs"].isna().tolist() == [False, True]
    assert diary.rejects[["row", "column", "value"]].to_numpy().tolist() == [[5, "QSORRES of PAIN", "11"]]
    assert "4 records make 3 rows" in diary.source.note
    assert "1 record of 5 taken by no table of the mapping" in diary.source.note
    with pytest.raises(DataError, match=r"1 record of tests that `spread` of diary does not name, first record 6"):
        tables_of(folder, with_table(**{**feed, "where": {}}))


def test_a_test_that_comes_twice_is_a_row_of_its_own(folder):
    (folder / "qs.csv").write_text(
        "USUBJID,QSTESTCD,QSORRES,QSDTC\nS-1,SPASMS,3,2024-01-08\nS-1,SPASMS,9,2024-01-08\nS-1,PAIN,1,2024-01-08\n"
    )
    feed = {
        "table": "diary",
        "domain": "QS",
        "spread": {"spasms": "SPASMS", "pain_nrs": "PAIN"},
        "constants": {"spasticity_nrs": None, "drowsiness_nrs": None},
    }
    with pytest.raises(DataError, match="share the key participant, day"):
        tables_of(folder, with_table(**feed))
    diary = tables_of(folder, with_table(**feed, duplicates="first"))["diary"]
    assert diary.table["spasms"].tolist() == [3]
    assert diary.rejects["row"].tolist() == [3]


SUPP = "USUBJID,RDOMAIN,IDVAR,IDVARVAL,QNAM,QVAL\n"


def test_supplemental_qualifiers_become_variables(folder):
    (folder / "suppdm.csv").write_text(f"{SUPP}S-1,DM,,,EDSS,4.5\nS-2,DM,,,EDSS,6.0\n")
    feed = MAPPING["tables"][0] | {"columns": {"edss": "EDSS"}}
    people = tables_of(folder, MAPPING | {"tables": [feed]})["participants"]
    assert people.table["edss"].tolist() == [4.5, 6.0]
    assert "2 supplemental records of suppdm.csv joined" in people.source.note


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("S-9,DM,,,EDSS,4.5\n", r"suppdm\.csv: record 2 belongs to no record of dm\.csv"),
        ("S-1,DM,,,EDSS,4.5\nS-1,DM,,,EDSS,5\n", r"suppdm\.csv: record 3 is there twice of dm\.csv"),
        ("S-1,DM,SEQ,1,EDSS,4.5\n", r"suppdm\.csv: IDVAR names `SEQ`, which dm\.csv does not have"),
        ("S-1,DM,,,SEX,4.5\n", r"suppdm\.csv: QNAM `SEX` is a variable of dm\.csv already"),
    ],
)
def test_a_qualifier_that_has_no_record_does_not_vanish(folder, lines, what):
    (folder / "suppdm.csv").write_text(SUPP + lines)
    with pytest.raises(DataError, match=what):
        tables_of(folder)


def test_adverse_events_and_medicines_use_the_standard_terms(folder):
    (folder / "ae.csv").write_text(
        "USUBJID,AETERM,AEDECOD,AEBODSYS,AESEV,AESER,AEACN,AESTDTC,AEENDTC,AESTDY,AEENDY\n"
        "S-1,sleepy,Somnolence,Nervous system,MODERATE,N,DOSE REDUCED,2024-01-09,2024-01-09,2,2\n"
        "S-1,fall,Fall,Injury,FATAL,Y,UNKNOWN,2024-01-09,,2,\n"
        "S-2,rash,Rash,Skin,MILD,N,DOSE NOT CHANGED,2024-02,,,\n"
    )
    (folder / "cm.csv").write_text("USUBJID,CMTRT,CMSTDTC,CMENDTC\nS-1,gabapentin,2023-12-30,\n")
    mapping = with_table(table="events", domain="AE")
    mapping["tables"].append({"table": "medications", "domain": "CM"})
    found = tables_of(folder, mapping)
    event = found["events"].table.iloc[0]
    assert event[["term", "severity", "action"]].tolist() == ["Somnolence", "moderate", "dose reduced"]
    assert (event["serious"], event["start_day"], event["end_day"]) == (False, 1, 2)
    assert found["events"].rejects[["row", "column"]].to_numpy().tolist() == [[3, "AESEV"], [4, "AESTDTC"]]
    course = found["medications"].table.iloc[0]
    assert course["medicine"] == "gabapentin"
    assert course["start_day"] == -9
    assert pd.isna(course["end_day"])


def test_doses_come_from_exposure(folder):
    (folder / "ex.csv").write_text(
        "USUBJID,EXTRT,EXDOSE,EXDOSU,EXDOSFRQ,EXROUTE,EXSTDTC,EXENDTC\n"
        "S-1,BACLOFEN,5,mg,TID,ORAL,2024-01-08,2024-01-14\n"
        "S-2,BACLOFEN,300,ug/day,CONTINUOUS,INTRATHECAL,2024-01-10,2024-01-10\n"
        "S-2,BACLOFEN,10,mg,TID,TRANSDERMAL,2024-01-11,2024-01-12\n"
    )
    mapping = with_table(table="doses", domain="EX", codings={"drug": {"BACLOFEN": "baclofen"}})
    doses = tables_of(folder, mapping)["doses"]
    assert doses.table[["start_day", "end_day"]].to_numpy().tolist() == [[0, 7], [0, 1]]
    assert doses.table["dose_mg_per_day"].iloc[0] == 15
    assert doses.table["dose_ug_per_day"].iloc[1] == 300
    assert doses.table["drug"].unique().tolist() == ["baclofen"]
    assert doses.rejects[["row", "column"]].to_numpy().tolist() == [[4, "EXROUTE"]]


@pytest.mark.parametrize(
    ("mapping", "error", "what"),
    [
        ({}, DataError, r"there are no \[\[tables\]\]"),
        ({"tables": [{"table": "visits"}]}, DataError, "mapping, table 1: it has no `domain`"),
        ({"tables": [{"table": "visit", "domain": "SV"}]}, MethodError, "mapping, table 1: table='visit' is not known"),
        ({"tables": [{"table": "visits", "domain": "SV", "colums": {}}]}, MethodError, "did you mean `columns`"),
        (
            {"tables": [{"table": "visits", "domain": "SV", "where": {"A": "x"}}]},
            MethodError,
            "must be a list of values",
        ),
        (
            {"tables": [{"table": "visits", "domain": "SV", "columns": {"days": "X"}}]},
            MethodError,
            "does not have: `days`",
        ),
        (
            {"tables": [{"table": "visits", "domain": "SV"}], "partial_dates": "guess"},
            MethodError,
            "partial_dates='guess'",
        ),
        ({"tables": [{"table": "visits", "domain": "SV"}], "rows": {"SV": "4"}}, MethodError, "must be a whole number"),
        ({"tables": [{"table": "visits", "domain": "XX"}]}, DataError, "there is no data set XX; expected `xx.xpt`"),
        (
            {"tables": [*MAPPING["tables"], {"table": "tone", "domain": "SV"}]},
            DataError,
            "nothing feeds `scale`, `side` and `muscle` of tone",
        ),
        (
            {"tables": [{"table": "visits", "domain": "SV", "columns": {"reason": "SVWHY"}}]},
            DataError,
            "there is no `SVWHY`, which the mapping of visits names",
        ),
        (
            {"tables": [{"table": "visits", "domain": "SV", "where": {"SVX": ["1"]}}]},
            DataError,
            "`where` names `SVX`, which the data set does not have",
        ),
        (MAPPING | {"day_zero": "RFICDTC"}, DataError, "there is no `RFICDTC`, the date of day 0"),
    ],
)
def test_a_mapping_that_is_not_understood_says_where(folder, mapping, error, what):
    with pytest.raises(error, match=what):
        tables_of(folder, mapping)


def test_a_mapping_file_names_its_line(folder):
    path = folder / "cdisc.toml"
    path.write_text(
        '[[tables]]\ntable = "participants"\ndomain = "DM"\n\n[[tables]]\ntable = "visitz"\ndomain = "SV"\n'
    )
    with pytest.raises(MethodError, match=r"cdisc\.toml, line 5: table='visitz' is not known"):
        cdisc_mapping_of(path)


def test_two_files_of_one_domain_are_refused(folder):
    (folder / "SV.json").write_text("{}")
    with pytest.raises(DataError, match=r"the data set SV is there twice, as `SV.json` and `sv.csv`; keep one"):
        tables_of(folder)


def test_day_zero_may_be_the_reference_date(folder):
    visits = tables_of(folder, MAPPING | {"day_zero": "RFSTDTC"})["visits"]
    assert visits.table["day"].tolist() == [-1, 28, 1, 31]


def test_the_standard_names_are_columns_of_the_tables():
    for (table, domain), places in STANDARD.items():
        assert set(places) <= set(canonical(table).names)
        assert CdiscFeed(table=table, domain=domain, constants={}).places["participant"] == ["USUBJID"]
    for table, codings in TERMS.items():
        for column, coding in codings.items():
            allowed = {*canonical(table)[column].categories, "true", "false", ""}
            assert set(coding.values()) <= allowed


ADQS = (
    "USUBJID,TRTP,AVISIT,ADY,ADT,TRTSDT,PARAMCD,AVAL,BASE,CHG,DTYPE,ANL01FL\n"
    "S-1,Placebo,Baseline,-1,2024-01-07,2024-01-08,NRS,6,6,,,Y\n"
    "S-1,Placebo,Week 4,29,2024-02-05,2024-01-08,NRS,5,6,-1,,Y\n"
    "S-2,Active,Baseline,1,2024-01-10,2024-01-10,NRS,7,7,,,Y\n"
    "S-2,Active,Week 4,29,2024-02-07,2024-01-10,NRS,7,7,0,LOCF,Y\n"
    "S-2,Active,Week 8,57,2024-03-06,2024-01-10,NRS,4,7,-2,,Y\n"
    "S-2,Active,Week 8,58,2024-03-07,2024-01-10,NRS,3,7,-4,,\n"
)
VISITS = {"Baseline": "baseline", "Week 4": "week 4", "Week 8": "week 8"}


def test_analysis_data_become_outcomes(tmp_path):
    (tmp_path / "adqs.csv").write_text(ADQS)
    loaded = load.bds(
        tmp_path / "adqs.csv", {"NRS": "spasticity_nrs"}, cohort="MS", visits=VISITS, where={"ANL01FL": ["Y"]}
    )
    table = loaded.table
    assert table["outcome"].unique().tolist() == ["spasticity_nrs"]
    assert table["day"].tolist() == [-1, 28, 0]
    assert table["value"].tolist() == [6, 5, 7]
    assert table["change"].fillna(99).tolist() == [99, -1, 99]
    assert table["visit"].cat.categories.tolist() == ["baseline", "week 4", "week 8"]
    assert loaded.rejects[["row", "column", "rule"]].to_numpy().tolist() == [
        [5, "DTYPE", "a derived record (DTYPE), not an observation"],
        [6, "CHG", "the change is not the value minus the baseline"],
    ]
    assert loaded.source.note == "1 record of 6 not as `where` says"


def test_derived_records_are_kept_with_their_flag_when_that_is_asked(tmp_path):
    (tmp_path / "adqs.csv").write_text(ADQS)
    loaded = load.bds(tmp_path / "adqs.csv", {"NRS": "x"}, where={"ANL01FL": ["Y"]}, derived="keep")
    assert loaded.table["flag"].dropna().tolist() == ["LOCF"]
    (tmp_path / "twice.csv").write_text(ADQS.replace(",7,-2,", ",7,-3,"))
    with pytest.raises(DataError, match="share the key participant, outcome, visit"):
        load.bds(tmp_path / "twice.csv", {"NRS": "x"}, derived="keep")
    with pytest.raises(MethodError, match="derived='impute' is not known"):
        load.bds(tmp_path / "adqs.csv", {"NRS": "x"}, derived="impute")
    with pytest.raises(MethodError, match="where of ANL01FL must be a list of values"):
        load.bds(tmp_path / "adqs.csv", {"NRS": "x"}, where={"ANL01FL": "Y"})
    with pytest.raises(DataError, match=r"adqs\.csv: there is no `AVALX`; name the variable in `columns`"):
        load.bds(tmp_path / "adqs.csv", {"NRS": "x"}, columns={"value": "AVALX"})


def test_times_to_an_event_are_censored_where_cnsr_says_so(tmp_path):
    (tmp_path / "adtte.csv").write_text(
        "USUBJID,TRTP,PARAMCD,AVAL,CNSR,EVNTDESC\nS-1,A,STOP,12,0,Stopped\nS-2,B,STOP,168,1,Completed\n"
        "S-3,B,STOP,20,2,Lost\nS-4,B,STOP,20,,Lost\nS-5,B,OTHER,20,0,Lost\n"
    )
    loaded = load.time_to_event(tmp_path / "adtte.csv", {"STOP": "stopping"})
    assert loaded.table["event"].tolist() == [True, False, False]
    assert loaded.table["time"].tolist() == [12, 168, 20]
    assert loaded.rejects[["row", "column"]].to_numpy().tolist() == [[5, "CNSR"], [6, "PARAMCD"]]


def test_a_subject_level_data_set_is_enough_for_participants(tmp_path):
    (tmp_path / "adsl.csv").write_text(
        "USUBJID,TRT01P,SITEID,SEX,AGE,AGEU,TRTSDT\nS-1,Placebo,S1,F,41,YEARS,2024-01-08\nS-2,Active,S1,M,41,YEARS,\n"
    )
    (tmp_path / "sv.csv").write_text("USUBJID,VISIT,SVSTDTC\nS-1,WEEK 4,2024-02-05\nS-2,WEEK 4,2024-02-05\n")
    mapping = {
        "tables": [
            {"table": "participants", "domain": "ADSL", "constants": {"cohort": "SCI"}},
            {"table": "visits", "domain": "SV"},
        ]
    }
    found = tables_of(tmp_path, mapping)
    assert found["participants"].table["arm"].tolist() == ["Placebo", "Active"]
    assert found["participants"].table["first_dose_date"].isna().tolist() == [False, True]
    assert found["visits"].table["day"].tolist() == [28]
    assert found["visits"].rejects["row"].tolist() == [3]


def test_an_identifier_gets_in_only_with_a_reason(folder):
    (folder / "ae.csv").write_text("USUBJID,AETERM,AESTDTC\nS-1,ask jane.doe@example.org,2024-01-09\n")
    mapping = with_table(table="events", domain="AE")
    with pytest.raises(DataError, match=r"ae\.csv, events: column `AETERM` holds what looks like an e-?mail"):
        tables_of(folder, mapping)
    reasons = {"AETERM": "an address of the study office"}
    found = load.cdisc_tables(folder, mapping, identifiers=reasons)
    assert len(found["events"].table) == 1
    assert found["events"].identifiers["action"].tolist()[0] == "kept"
