"""A REDCap project: one export, several tables, by its dictionary and a mapping."""

import pandas as pd
import pytest

from spasticity import load
from spasticity.errors import DataError, MethodError

HEADER = (
    '"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",'
    '"Choices, Calculations, OR Slider Labels","Field Note","Text Validation Type OR Show Slider Number",'
    '"Text Validation Min","Text Validation Max",Identifier?,"Branching Logic (Show field only if...)",'
    '"Required Field?","Custom Alignment","Question Number (surveys only)","Matrix Group Name","Matrix Ranking?",'
    '"Field Annotation"'
)
FIELDS = [
    ("study_id", "demographics", "text", "Study ID", "", "", ""),
    ("condition", "demographics", "radio", "Condition", "1, MS | 2, SCI", "", ""),
    ("sex", "demographics", "radio", "Sex", "0, Female | 1, Male", "", ""),
    ("age", "demographics", "text", "Age", "", "number_1dp_comma_decimal", ""),
    ("walker", "demographics", "yesno", "Walks?", "", "", ""),
    ("first_dose", "demographics", "text", "First dose", "", "date_dmy", ""),
    ("visit_day", "visit", "text", "Study day", "", "integer", ""),
    ("visit_status", "visit", "radio", "Status", "1, attended | 2, missed | 3, after stopping", "", ""),
    ("mas_kf_l", "tone", "dropdown", "Knee flexors, left", "0, 0 | 1, 1 | 2, 1+ | 3, 2 | 4, 3 | 5, 4", "", ""),
    ("mas_kf_r", "tone", "dropdown", "Knee flexors, right", "0, 0 | 1, 1 | 2, 1+ | 3, 2 | 4, 3 | 5, 4", "", ""),
    ("tone_sum", "tone", "calc", "Sum", "[mas_kf_l]+[mas_kf_r]", "", ""),
    ("t25fw_1", "walk", "text", "First trial (s)", "", "number", ""),
    ("t25fw_2", "walk", "text", "Second trial (s)", "", "number", ""),
    ("walk_unable", "walk", "checkbox", "Not completed", "1, first trial | 2, second trial", "", ""),
    ("ae_term", "adverse_event", "text", "Event, in words", "", "", ""),
    ("ae_start", "adverse_event", "text", "First day", "", "integer", ""),
    ("ae_serious", "adverse_event", "yesno", "Serious?", "", "", ""),
]
DICTIONARY = "\n".join(
    [HEADER, *(f'{n},{f},,{k},"{label}","{c}",,{v},,,,,,,,,,{note}' for n, f, k, label, c, v, note in FIELDS)]
)
COLUMNS = (
    "study_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,condition,sex,age,walker,first_dose,"
    "demographics_complete,visit_day,visit_status,visit_complete,mas_kf_l,mas_kf_r,tone_sum,tone_complete,t25fw_1,"
    "t25fw_2,walk_unable___1,walk_unable___2,walk_complete,ae_term,ae_start,ae_serious,adverse_event_complete"
)
RECORDS = [
    '001,base_arm_1,,,1,0,"45,5",1,2024-01-31,2,-1,1,2,2,3,5,2,8.5,-99,0,0,2,,,,',
    "001,week_12_arm_1,,,,,,,,,84,1,2,0,,0,1,,,1,1,0,,,,",
    "001,logs_arm_1,adverse_event,1,,,,,,,,,,,,,,,,,,,dizziness,9,0,2",
    "001,logs_arm_1,adverse_event,2,,,,,,,,,,,,,,,,,,,fall,12,1,2",
    '002,base_arm_1,,,2,1,"33,0",0,2024-02-01,2,-2,1,2,NI,1,1,2,,,0,0,,,,,',
    "002,week_12_arm_1,,,,,,,,,,2,2,,,0,0,,,0,0,0,,,,",
]
MAPPING = {
    "events": {"base_arm_1": "baseline", "week_12_arm_1": "week 12", "logs_arm_1": "logs"},
    "missing": ["-99", "NI"],
    "tables": [
        {
            "table": "participants",
            "form": "demographics",
            "columns": {
                "participant": "study_id",
                "cohort": "condition",
                "sex": "sex",
                "age_years": "age",
                "walks": "walker",
                "first_dose_date": "first_dose",
            },
            "constants": dict.fromkeys(["arm", "site", "condition_years", "edss", "ais", "level"]),
        },
        {
            "table": "visits",
            "form": "visit",
            "columns": {
                "participant": "study_id",
                "visit": "redcap_event_name",
                "day": "visit_day",
                "status": "visit_status",
            },
            "constants": {"reason": ""},
        },
        {
            "table": "tone",
            "form": "tone",
            "columns": {"participant": "study_id", "visit": "redcap_event_name", "day": "visit_day"},
            "constants": {"scale": "mas", "muscle": "knee flexors"},
            "melt": [
                {"columns": {"grade": "mas_kf_l"}, "constants": {"side": "left"}},
                {"columns": {"grade": "mas_kf_r"}, "constants": {"side": "right"}},
            ],
        },
        {
            "table": "walks",
            "form": "walk",
            "columns": {"participant": "study_id", "visit": "redcap_event_name", "day": "visit_day"},
            "constants": {"test": "t25fw", "distance_m": 7.62, "device": None},
            "melt": [
                {"columns": {"time_s": "t25fw_1", "unable": "walk_unable___1"}, "constants": {"trial": 1}},
                {"columns": {"time_s": "t25fw_2", "unable": "walk_unable___2"}, "constants": {"trial": 2}},
            ],
        },
        {
            "table": "events",
            "form": "adverse_event",
            "columns": {
                "participant": "study_id",
                "term": "ae_term",
                "start_day": "ae_start",
                "serious": "ae_serious",
            },
            "constants": {"group": None, "severity": None, "end_day": None, "action": None},
        },
    ],
}


@pytest.fixture
def project(tmp_path):
    def read(records=(COLUMNS, *RECORDS), dictionary=DICTIONARY, mapping=MAPPING):
        (tmp_path / "records.csv").write_text("\n".join(records) + "\n", encoding="utf-8")
        (tmp_path / "dictionary.csv").write_text(dictionary + "\n", encoding="utf-8")
        return load.redcap(tmp_path / "records.csv", tmp_path / "dictionary.csv", mapping)

    return read


def changed(table, **changes):
    """The mapping with one of its tables changed."""
    tables = [entry | changes if entry["table"] == table else entry for entry in MAPPING["tables"]]
    return MAPPING | {"tables": tables}


def test_a_field_in_another_unit_is_converted_and_said(project):
    years = project()["participants"]
    loaded = project(mapping=changed("participants", units={"age_years": "months"}))["participants"]
    assert (loaded.table["age_years"] * 12).tolist() == years.table["age_years"].tolist() == [45.5, 33.0]
    assert "`age_years` converted from months" in loaded.source.note
    assert "converted" not in years.source.note


def test_units_of_a_project_are_checked(project):
    with pytest.raises(MethodError, match="mapping, table 4: units of time_s: 'kg' is not known there"):
        project(mapping=changed("walks", units={"time_s": "kg"}))
    with pytest.raises(MethodError, match="units names 1 column that the table walks does not have: `speed`"):
        project(mapping=changed("walks", units={"speed": "ms"}))
    with pytest.raises(MethodError, match="names and values"):
        project(mapping=changed("walks", units="ms"))


def test_each_form_feeds_its_table(project):
    loaded = project()
    assert list(loaded) == ["participants", "visits", "tone", "walks", "events"]
    people = loaded["participants"].table
    assert people.index.tolist() == [2, 6]
    assert people[["participant", "cohort", "sex", "age_years", "walks"]].to_numpy().tolist() == [
        ["001", "MS", "female", 45.5, True],
        ["002", "SCI", "male", 33.0, False],
    ]
    assert people["first_dose_date"].tolist() == [pd.Timestamp(2024, 1, 31), pd.Timestamp(2024, 2, 1)]
    visits = loaded["visits"].table
    assert visits["visit"].tolist() == ["baseline", "week 12", "baseline", "week 12"]
    assert visits["status"].tolist() == ["attended", "attended", "attended", "missed"]
    events = loaded["events"].table
    assert events[["participant", "term", "start_day", "serious"]].to_numpy().tolist() == [
        ["001", "dizziness", 9, False],
        ["001", "fall", 12, True],
    ]
    assert events.index.tolist() == [4, 5]


def test_wide_fields_become_rows_with_a_stated_factor(project):
    tone = project()["tone"]
    assert (tone.source.rows_read, tone.source.factor, len(tone.table)) == (3, 2, 6)
    assert tone.table[["participant", "visit", "side"]].to_numpy().tolist() == [
        [person, visit, side]
        for person, visit in (("001", "baseline"), ("001", "week 12"), ("002", "baseline"))
        for side in ("left", "right")
    ]
    assert tone.table["grade"].tolist()[:3] == ["1+", "2", "0"]
    assert tone.table["grade"].isna().tolist() == [False, False, False, True, True, False]
    assert tone.table.index.tolist() == [2, 2, 3, 3, 6, 6]
    assert tone.source.note == "1 record not marked complete"
    assert tone.repairs.to_numpy().tolist() == [["records.csv, tone", 6, "mas_kf_l", "NI", "", "declared missing code"]]


def test_an_untouched_checkbox_says_nothing_and_a_form_that_was_opened_does(project):
    walks = project()["walks"].table
    assert walks[["participant", "visit", "trial"]].to_numpy().tolist() == [
        ["001", "baseline", 1],
        ["001", "baseline", 2],
        ["001", "week 12", 1],
        ["001", "week 12", 2],
    ]
    assert walks["unable"].tolist() == [False, False, True, True]
    assert walks["time_s"].tolist()[0] == 8.5
    assert walks["time_s"].isna().tolist() == [False, True, True, True]


def test_a_blank_item_may_make_no_row(project):
    tone = project(mapping=changed("tone", skip_blank="grade"))["tone"]
    assert len(tone.table) == 5
    assert (tone.source.rows_read, tone.source.factor) == (5, 1)
    assert "1 blank cell that make no row" in tone.source.note


def test_damaged_cells_are_named_by_line_and_field(project):
    records = [line.replace("8.5", "8.5 s").replace(",1+", "") for line in RECORDS]
    records[1] = records[1].replace(",84,", ",x,")
    loaded = project((COLUMNS, *records))
    assert loaded["walks"].rejects[["source", "row", "column", "value"]].to_numpy().tolist() == [
        ["records.csv, walk", 2, "t25fw_1", "8.5 s"],
        ["records.csv, walk", 3, "visit_day", "x"],
        ["records.csv, walk", 3, "visit_day", "x"],
    ]
    walks = loaded["walks"]
    assert walks.source.rows_read * walks.source.factor == len(walks.table) + len(walks.rejects) == 4


def test_a_code_that_the_dictionary_does_not_know_is_rejected(project):
    records = [RECORDS[0], RECORDS[1], *RECORDS[2:4], RECORDS[4].replace(",NI,1,", ",7,1,"), RECORDS[5]]
    tone = project((COLUMNS, *records))["tone"]
    assert tone.rejects[["row", "column", "rule"]].to_numpy().tolist() == [
        [6, "mas_kf_l", "the code is not among the declared ones"]
    ]


def test_declared_codings_come_before_the_dictionary(project):
    feed = changed("participants", codings={"sex": {0: "male", 1: "female"}})
    assert project(mapping=feed)["participants"].table["sex"].tolist() == ["male", "female"]


def test_missing_codes_may_be_exempt(project):
    fields = DICTIONARY.replace('"Event, in words","",,,,,,,,,,,,', '"Event, in words","",,,,,,,,,,,,@NOMISSING')
    assert "@NOMISSING" in fields
    records = [line.replace("dizziness", "NI") for line in RECORDS]
    assert project((COLUMNS, *records), fields)["events"].table["term"].tolist() == ["NI", "fall"]
    assert project((COLUMNS, *records))["events"].rejects["rule"].tolist() == ["a value is required"]


def test_two_forms_may_feed_one_table(project):
    tone = changed("tone")["tables"][2]
    halves = [tone | {"melt": tone["melt"][:1]}, tone | {"melt": tone["melt"][1:]}]
    loaded = project(mapping=MAPPING | {"tables": halves})["tone"]
    whole = project()["tone"]
    assert len(loaded.table) == len(whole.table)
    assert loaded.source.name == "records.csv, tone + records.csv, tone"
    with pytest.raises(DataError, match=r"3 rows of tone with a key that another source has, first row 2"):
        project(mapping=MAPPING | {"tables": [halves[0], halves[0]]})


def test_a_mapping_may_be_a_file(project, tmp_path):
    path = tmp_path / "mapping.toml"
    path.write_text(
        """
events = { base_arm_1 = "baseline", week_12_arm_1 = "week 12", logs_arm_1 = "logs" }
missing = ["-99", "NI"]

[[tables]]
table = "events"
form = "adverse_event"
columns = { participant = "study_id", term = "ae_term", start_day = "ae_start", serious = "ae_serious" }
constants = { group = "", severity = "", end_day = "", action = "" }

[[tables]]
table = "tone"
form = "tone"
columns = { participant = "study_id", visit = "redcap_event_name", day = "visit_day" }
constants = { scale = "mas", muscle = "knee flexors" }
melt = [
    { columns = { grade = "mas_kf_l" }, constants = { side = "left" } },
    { columns = { grade = "mas_kf_r" }, constants = { side = "right" } },
]
""",
        encoding="utf-8",
    )
    loaded = project(mapping=path)
    for table in ("events", "tone"):
        pd.testing.assert_frame_equal(loaded[table].table, project()[table].table)
    text = path.read_text(encoding="utf-8")
    for old, new, message in (
        ('"adverse_event"', '"adverse"', r"dictionary.csv: there is no form `adverse`; there are `demographics`, "),
        ("ae_term", "ae_trem", r"there is no field `ae_trem`, which the mapping of events names; did you mean `ae_ter"),
        ('table = "tone"', 'table = "tones"', r"mapping.toml, line 11: table='tones' is not known: .* mean `tone`\?"),
        ("scale =", "scael =", r"mapping.toml, line 11: constants names 1 column that the table tone does not have"),
        ('group = "", ', "", r"mapping.toml, line 5: events: nothing feeds `group`; name a field in `columns`"),
        ("melt =", "melted =", r"mapping.toml, line 11: table key='melted' is not known"),
        ('form = "tone"\n', "", r"mapping.toml, line 11: it has no `form`"),
        ("events =", "event =", r"mapping key='event' is not known: .* did you mean `events`\?"),
    ):
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises((DataError, MethodError), match=message):
            project(mapping=path)


def test_the_frozen_value_says_the_same(project):
    feed = MAPPING["tables"][4]
    plan = load.RedcapMapping(tables=(load.Feed(**feed),), events=MAPPING["events"], missing=tuple(MAPPING["missing"]))
    pd.testing.assert_frame_equal(project(mapping=plan)["events"].table, project()["events"].table)


WRONG_KINDS = [
    ({"tables": 5}, r"`tables` must be a list, not int"),
    ({"tables": []}, r"there are no \[\[tables\]\]"),
    ({"tables": [5]}, r"mapping, table 1: table must be names and values, not int"),
    ({"events": ["x"]}, r"`events` must be names and values, not list"),
    ({"missing": "-99"}, r"`missing` must be a list of codes"),
    (changed("tone", columns="study_id"), r"mapping, table 3: `columns` must be names and values, not str"),
    (changed("tone", melt={"x": 1}), r"mapping, table 3: `melt` must be a list, not dict"),
    (changed("tone", skip_blank=True), r"mapping, table 3: `skip_blank` must be a text in quotes, not bool"),
    (changed("tone", missing={"grade": "-99"}), r"mapping, table 3: missing of grade must be a list of codes, not str"),
    (changed("tone", codings={"grade": "x"}), r"mapping, table 3: codings of grade must be a mapping of code to value"),
    (
        changed("visits", columns={"participant": 5}),
        r"mapping, table 2: (visits: nothing feeds|columns of participant must)",
    ),
    (changed("visits", constants={"day": 0, "reason": ""}), r"table 2: visits: `day` has a field and a constant"),
]


@pytest.mark.parametrize(("mapping", "message"), WRONG_KINDS)
def test_a_mapping_of_the_wrong_shape_is_told(project, mapping, message):
    with pytest.raises((DataError, MethodError), match=message):
        project(mapping=MAPPING | mapping)


def labelled(line):
    return line.replace(",1,0,", ",MS,Female,", 1)


WRONG_PROJECTS = [
    ({"records": ["Study ID,Event", "1,x"]}, r"the export has labels in its header; export it again as raw data"),
    ({"records": (COLUMNS, labelled(RECORDS[0]))}, r"`condition` holds labels, not codes; export the project again"),
    ({"records": (COLUMNS.replace("study_id", "record_id"), *RECORDS)}, r"first column is `record_id`, but the id of"),
    ({"records": (COLUMNS, *RECORDS, "003,week_4_arm_1" + "," * 24)}, r"1 event that the mapping does not name: `week"),
    ({"records": (COLUMNS, *RECORDS, "003,base_arm_1")}, r"2 cells where the header has 26 columns in line 8"),
    (
        {"dictionary": HEADER.replace("Field Type", "Type")},
        r"not a REDCap data dictionary: it has no column `Field Type",
    ),
    ({"dictionary": DICTIONARY + "\n" + DICTIONARY.splitlines()[-1]}, r"the field `ae_serious` comes twice"),
]


@pytest.mark.parametrize(("files", "message"), WRONG_PROJECTS)
def test_an_export_that_does_not_fit_is_refused(project, files, message):
    with pytest.raises(DataError, match=message):
        project(**files)


def test_a_checkbox_is_named_by_its_choice(project):
    walks = changed("walks")["tables"][3]
    part = {"columns": {"time_s": "t25fw_1", "unable": "walk_unable"}, "constants": {"trial": 1}}
    with pytest.raises(DataError, match=r"`walk_unable` is a checkbox; .* name `walk_unable___1` or `walk_unable___2`"):
        project(mapping=MAPPING | {"tables": [walks | {"melt": [part]}]})


def test_a_study_stands_on_an_export(project):
    from spasticity.study import PlannedVisit, Protocol, Study

    visits = (PlannedVisit("baseline", -1, (-7, 0)), PlannedVisit("week 12", 84, (70, 98)))
    study = Study.of(Protocol("Tiny", visits, synthetic=True), *project().values())
    assert len(study.tone) == 6
    assert study.ledger.frame["rows_read"].tolist() == [2, 4, 6, 4, 2]
