"""Several files of one table, and a study.toml that says where the tables are."""

import pandas as pd
import pytest

from spasticity import load
from spasticity.errors import DataError, MethodError
from spasticity.files import csv_bytes

HEADER = "participant,day,spasms,spasticity_nrs,pain_nrs,drowsiness_nrs\n"


@pytest.fixture
def diaries(tmp_path):
    def read(name, *lines):
        path = tmp_path / f"{name}.csv"
        path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
        return load.delimited(path, "diary")

    return read


def test_two_sites_are_one_table_with_both_histories(diaries):
    one = diaries("one", "P1,0,1,1,1,1", "P1,1,x,1,1,1", " P1,2,1,1,1,1")
    two = diaries("two", "P2,0,1,1,1,1")
    both = load.stack(one, two)
    assert both.table["participant"].tolist() == ["P1", "P1", "P2"]
    assert both.table.index.tolist() == [2, 4, 2]
    assert both.source.name == "one.csv + two.csv"
    assert (both.source.rows_read, both.source.format) == (4, "csv")
    assert both.rejects[["source", "row"]].to_numpy().tolist() == [["one.csv", 3]]
    assert both.repairs[["source", "row"]].to_numpy().tolist() == [["one.csv", 4]]
    assert load.stack(one) is one


def test_what_cannot_be_stacked_is_refused(diaries, tmp_path):
    one = diaries("one", "P1,0,1,1,1,1")
    with pytest.raises(DataError, match=r"two.csv: 1 row of diary with a key that another source has, first row 3"):
        load.stack(one, diaries("two", "P2,0,1,1,1,1", "P1,0,2,2,2,2"))
    (tmp_path / "recording.csv").write_text("participant,day,zone\nP1,0,UTC\n", encoding="utf-8")
    with pytest.raises(MethodError, match="stack needs loads of one table"):
        load.stack(one, load.delimited(tmp_path / "recording.csv", "recording"))
    with pytest.raises(MethodError, match="stack needs at least one"):
        load.stack()


PLAN = """[study]
name = "Small"
arms = ["placebo", "active"]

[[visits]]
name = "baseline"
day = -1
window = [-14, -1]

[[sources]]
loader = "delimited"
table = "participants"
file = "people.csv"

[[sources]]
loader = "delimited"
table = "diary"
file = "one.csv"
delimiter = ";"
missing = ["99"]
[sources.columns]
participant = "who"

[[sources]]
loader = "delimited"
table = "diary"
file = "two.csv"
"""


@pytest.fixture
def arrived(small_study, tmp_path):
    def write(plan=PLAN):
        (tmp_path / "people.csv").write_bytes(csv_bytes(small_study.participants))
        diary = small_study.diary
        halves = diary.iloc[:15].rename(columns={"participant": "who"}), diary.iloc[15:]
        (tmp_path / "one.csv").write_bytes(csv_bytes(halves[0]).replace(b",", b";"))
        (tmp_path / "two.csv").write_bytes(csv_bytes(halves[1]))
        (tmp_path / "notes.csv").write_text("not a table", encoding="utf-8")
        (tmp_path / "study.toml").write_text(plan, encoding="utf-8")
        return tmp_path

    return write


def test_sources_say_where_the_tables_are(small_study, arrived):
    study = load.study(arrived())
    pd.testing.assert_frame_equal(study.participants, small_study.participants)
    pd.testing.assert_frame_equal(study.diary, small_study.diary)
    assert [source.name for source in study.sources] == ["people.csv", "one.csv + two.csv"]


WRONG = [
    ('"people.csv"', '"persons.csv"', "persons.csv: there is no such file"),
    ('"people.csv"', '"../people.csv"', r"study.toml, line 13: `file` leads out of the study's folder"),
    ('"people.csv"', '"/etc/passwd"', r"study.toml, line 13: `file` leads out of the study's folder"),
    ('"people.csv"', "5", r"study.toml, line 13: `file` must be a text in quotes"),
    ('file = "people.csv"\n', "", r"study.toml, line 10: the source has no `file`"),
    ('table = "participants"\n', "", r"study.toml, line 10: the source has no `table`"),
    (
        'delimiter = ";"',
        'delimeter = ";"',
        r"study.toml, line 19: `delimeter` is not known; did you mean `delimiter`\?",
    ),
    ('delimiter = ";"', 'columns = ["x"]', r"Cannot overwrite|Cannot declare|invalid|line"),
    ('missing = ["99"]', 'missing = "99"', r"missing='99' is one text, not a list of codes"),
    ('missing = ["99"]', "constants = 5", r"study.toml, line 20: `constants` must be names and values"),
    ('missing = ["99"]', 'rows = "15"', r"study.toml, line 20: `rows` must be a whole number"),
    ('missing = ["99"]', "rows = 16", r"one.csv: 15 rows where 16 are expected"),
    (
        'loader = "delimited"\ntable = "diary"\nfile = "one',
        'loader = "csv"\nfile = "one',
        r"line 16: `loader` must be `",
    ),
    (
        'loader = "delimited"\ntable = "diary"\nfile = "one',
        'file = "one',
        r"line 15: `loader` must be `",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), WRONG)
def test_a_source_that_is_not_understood_is_named_by_its_line(arrived, old, new, message):
    assert old in PLAN
    with pytest.raises((DataError, MethodError), match=message):
        load.study(arrived(PLAN.replace(old, new, 1)))


def test_an_error_inside_a_file_also_says_who_asked(arrived):
    with pytest.raises(DataError, match="it looks like ';'") as caught:
        load.study(arrived(PLAN.replace('delimiter = ";"\n', "")))
    assert caught.value.__notes__ == ["Asked for by study.toml, line 15."]


def test_sources_must_be_a_list(arrived):
    with pytest.raises(DataError, match=r"`sources` must be a list of \[\[sources\]\]"):
        load.study(arrived(PLAN.split("[[sources]]")[0] + "[sources]\nx = 1\n"))


DATED = """[study]
name = "Small"
arms = ["placebo", "active"]

[[visits]]
name = "baseline"
day = -1
window = [-14, -1]

[[sources]]
loader = "delimited"
table = "diary"
file = "diary.csv"
date_format = { day = "%d.%m.%Y" }

[[sources]]
loader = "delimited"
table = "participants"
file = "people.csv"
"""


@pytest.fixture
def dated(small_study, tmp_path):
    def write(plan=DATED):
        people = small_study.participants.assign(first_dose_date=pd.Timestamp("2024-02-28"))
        (tmp_path / "people.csv").write_bytes(csv_bytes(people))
        codes = people["participant"].tolist()[:2]
        rows = [f"{codes[0]},27.02.2024,1,1,1,1", f"{codes[1]},01.03.2024,1,1,1,1", "nobody,01.03.2024,1,1,1,1"]
        (tmp_path / "diary.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
        (tmp_path / "study.toml").write_text(plan, encoding="utf-8")
        return tmp_path

    return write


def test_dates_of_a_source_are_counted_from_the_first_dose_of_the_participants(dated):
    study = load.study(dated())
    assert study.diary["day"].tolist() == [-1, 2]
    assert study.rejects[["source", "row"]].to_numpy().tolist() == [["diary.csv", 4]]
    assert "counted from the date of the first dose" in next(s.note for s in study.sources if s.name == "diary.csv")
    assert load.problems(dated()).empty


def test_dates_need_participants_to_count_from(dated):
    plan = DATED.replace('table = "participants"\nfile = "people.csv"', 'table = "recording"\nfile = "r.csv"')
    folder = dated(plan)
    (folder / "r.csv").write_text("participant,day,zone\nP1,0,UTC\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"study.toml, line 14: dates are counted from the first dose, but no source"):
        load.study(folder)
    with pytest.raises(MethodError, match="pass day_zero, the table of participants"):
        load.delimited(folder / "diary.csv", "diary", date_format={"day": "%d.%m.%Y"})
