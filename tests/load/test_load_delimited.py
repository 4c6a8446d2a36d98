"""Delimited text: strict structure, cells read by declaration, every row in the ledger."""

import codecs

import numpy as np
import pandas as pd
import pytest

from spasticity import load, tables
from spasticity.errors import DataError, MethodError
from spasticity.schema import Column, Schema

HEADER = "participant,day,spasms,spasticity_nrs,pain_nrs,drowsiness_nrs"
GOOD = "P1,0,3,5,4,1"
NOTES = Schema(
    name="notes",
    label="one row per code",
    key=("code",),
    columns=(
        Column(name="code", kind="text", label="Code"),
        Column(name="value", kind="number", label="Value"),
        Column(name="seen", kind="date", label="Seen"),
        Column(name="at", kind="clock", label="At"),
        Column(name="yes", kind="flag", label="Yes"),
        Column(name="moment", kind="instant", label="Moment"),
        Column(name="sex", kind="category", label="Sex", categories=("female", "male")),
        Column(name="n", kind="integer", label="n", low=0, high=2**60),
    ),
)


@pytest.fixture
def file(tmp_path):
    def write(content, name="diary.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


def diary(*lines, header=HEADER, end="\n"):
    return end.join([header, GOOD, *lines]) + end


def test_a_clean_file_is_kept_whole_and_indexed_by_line(file):
    loaded = load.delimited(file(diary("P1,1,0,5,,", "P2,0,,0,10,0")), "diary")
    assert loaded.table.index.tolist() == [2, 3, 4]
    assert loaded.table["participant"].tolist() == ["P1", "P1", "P2"]
    assert loaded.table["spasms"].tolist() == [3, 0, pd.NA]
    assert loaded.table["pain_nrs"].isna().tolist() == [False, True, False]
    assert loaded.table.dtypes.equals(tables.DIARY.empty().dtypes)
    assert (loaded.source.rows_read, loaded.source.name, loaded.source.format) == (3, "diary.csv", "csv")
    assert loaded.source.note == ""
    assert len(loaded.repairs) == len(loaded.rejects) == 0


BROKEN_FILES = [
    (b"", r"diary.csv: the file is empty"),
    (b" \n\n", r"diary.csv: the file is empty"),
    (diary(header=HEADER.replace(",", ";")), r"1 column missing|columns missing"),
    (diary().replace(",", ";"), r"one column when it is split at ','; it looks like ';'. Declare delimiter=';'"),
    (diary().replace(",", "\t"), r"it looks like '\\t'"),
    (diary('P1,1,"0,5,,'), r"a quote is opened and never closed, in the record that begins in line 3"),
    (diary('P1,1,"0"x,5,,'), r"text follows a closing quote, in the record that begins in line 3"),
    (diary('P1,1,0"0",5,,'), r"a quote stands inside an unquoted field in line 3"),
    (diary(header=HEADER.replace("day", "pain_nrs")), r"1 column named twice: `pain_nrs`; rename one"),
    (diary(header=HEADER.replace("day", "")), r"1 column without a name, first column 2; name it"),
    (diary(header=HEADER.replace("day", " day")), r"the header of ` day` has spaces around it"),
    (diary(header=HEADER.replace("day", "Pain_NRS")), r"`Pain_NRS` and `pain_nrs` differ only in case or accents"),
    (diary("P1,1,0,5,\x00,"), r"the control character U\+0000 stands in line 3; declare encoding='utf-16-le'"),
    (diary("P1,1,0,5,\x1b,"), r"the control character U\+001B stands in line 3; remove it"),
    (diary("P1,1,0,5,\x92,"), r"the control character U\+0092 stands in line 3; the file may be in windows-1252"),
    (diary("\ufeffP1,1,0,5,4,"), r"the control character U\+FEFF stands in line 3"),
    (diary().encode("utf-16-le"), r"the control character U\+0000 stands in line 1; declare encoding='utf-16-le'"),
    (diary("Pé,1,0,5,4,").encode("latin-1"), r"the byte at offset 76 \(line 3\) is not utf-8; declare how .*cp1252"),
    (b"PK\x03\x04xxxx", r"this is a workbook or archive, not text; use `load.excel`"),
    (diary("P1,1,0,5", "P1,2,0,5"), r"2 rows of 3 have too many or too few cells, first line 3; the header has 6 col"),
    ("a,b\n1,2,3\n1,2,3\n", r"every row has 3 cells, but the header has 2 columns"),
    (diary()[:-3], r"ends in the middle of line 2; it was cut"),
    (diary(GOOD), r"2 rows of diary share the key participant, day with another, first rows 2 and 3\."),
    (diary("P1,1,x" + "y" * 140_000 + ",,,"), r"a field has more than 131,072 characters"),
    (f"{HEADER}\nP1,x,1,1,1,1\n,0,1,1,1,1\n", r"none of 2 rows can be kept, first row 2 in `day`: expected a whole nu"),
]


@pytest.mark.parametrize(("content", "message"), BROKEN_FILES)
def test_a_damaged_file_stops_the_load(file, content, message):
    with pytest.raises(DataError, match=message):
        load.delimited(file(content), "diary")


def test_no_message_holds_the_value_of_a_cell(file):
    for content, _ in BROKEN_FILES:
        with pytest.raises(DataError) as caught:
            load.delimited(file(content), "diary")
        assert "P1" not in str(caught.value)


def test_a_file_that_is_not_there_is_named_with_its_neighbour(file, tmp_path):
    file("x", "diary.csv")
    with pytest.raises(DataError, match=r"dairy.csv: there is no such file; did you mean `diary.csv`\?"):
        load.delimited(tmp_path / "dairy.csv", "diary")
    with pytest.raises(DataError, match="this is not a file"):
        load.delimited(tmp_path, "diary")


def test_the_wording_of_bytes_is_written_down_not_changed(file):
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8"), (b"", "utf-16"), (codecs.BOM_UTF32_BE, "utf-32-be")):
        loaded = load.delimited(file(mark + diary("P2,0,1,1,1,1").encode(encoding)), "diary")
        assert loaded.table["participant"].tolist() == ["P1", "P2"]
        assert "byte-order mark" in loaded.source.note
    for end, words in (("\r\n", "line ends: CRLF"), ("\r", "line ends: CR")):
        loaded = load.delimited(file(diary("", "P2,0,1,1,1,1", end=end)), "diary")
        assert loaded.table.index.tolist() == [2, 4]
        assert loaded.source.note == f"{words}; 1 blank line"


def test_a_header_alone_is_a_table_without_rows(file):
    loaded = load.delimited(file(HEADER + "\n"), "diary")
    assert len(loaded.table) == 0
    assert loaded.source.note == "no rows"
    assert loaded.table.dtypes.equals(tables.DIARY.empty().dtypes)


def test_cells_may_span_lines_and_every_row_keeps_its_own(file):
    text = 'code,value,seen,at,yes,moment,sex,n\n"a\nb",1,,,,,,\n\n"say ""x""",2,,,,,,\n"c\r\nd",3,,,,,,\n'
    loaded = load.delimited(file(text), NOTES)
    assert loaded.table["code"].to_dict() == {2: "a\nb", 5: 'say "x"', 6: "c\nd"}
    assert loaded.repairs[["row", "why"]].to_numpy().tolist() == [[6, "spaces or line ends removed"]]


def test_a_torn_row_is_rejected_with_its_line(file):
    lines = [f"P2,{day},1,1,1,1" for day in range(300)]
    lines[100], lines[200] = "P2,100,1", "P2,200,1,1,1,1,9"
    loaded = load.delimited(file(diary(*lines)), "diary")
    assert loaded.rejects.to_numpy().tolist() == [
        ["diary.csv", 103, "", "P2,100,1", "3 cells where the header has 6 columns"],
        ["diary.csv", 203, "", "P2,200,1,1,1,1,9", "7 cells where the header has 6 columns"],
    ]
    assert len(loaded.table) == 299


CELLS = [
    # column, text, value or None when rejected, part of the repair's why or of the rule
    ("value", "1.5", 1.5, ""),
    ("value", "-.5e-3", -0.0005, ""),
    ("value", "+7.", 7.0, ""),
    ("value", " 7", 7.0, "spaces or line ends removed"),
    ("value", "\u22125", -5.0, "typographic minus"),
    ("value", "\u200b7 ", 7.0, "invisible characters removed"),
    ("value", " seven ", None, "expected a number"),
    ("value", "1,5", None, "a decimal comma must be declared"),
    ("value", "1_000", None, "expected a number"),
    ("value", "1 000", None, "expected a number"),
    ("value", "\u0661\u0662", None, "expected a number"),
    ("value", "\uff11", None, "expected a number"),
    ("value", "0x10", None, "expected a number"),
    ("value", "inf", None, "expected a number"),
    ("value", "nan", None, "expected a number"),
    ("value", "1e400", None, "that a computer can hold"),
    ("value", "2024-02-01", None, "this is a date, as spreadsheets make of 1-2"),
    ("value", "n.d.", None, "expected a number"),
    ("n", "3", 3, ""),
    ("n", "3.0", 3, ""),
    ("n", "3.5", None, "expected a whole number"),
    ("n", "1e5", None, "expected a whole number"),
    ("n", "-1", None, "expected a whole number from 0"),
    ("n", "9007199254740993", None, "hold exactly"),
    ("n", "9" * 5000, None, "hold exactly"),
    ("code", "007", "007", ""),
    ("code", "1E5", "1E5", ""),
    ("code", "NA", "NA", ""),
    ("code", "9007199254740993", "9007199254740993", ""),
    ("code", "a ", "a", "spaces or line ends removed"),
    ("code", "a\u202eb", "ab", "invisible characters removed"),
    ("code", "   ", None, "a value is required"),
    ("seen", "2024-02-29", pd.Timestamp(2024, 2, 29), ""),
    ("seen", "2023-02-29", None, "expected a date such as"),
    ("seen", "0202-01-01", None, "between 1900 and 2100"),
    ("seen", "9999-12-31", None, "between 1900 and 2100"),
    ("seen", "03/04/2021", None, "expected a date such as"),
    ("seen", "21-04-03", None, "expected a date such as"),
    ("seen", "2024-02-01 10:00", None, "expected a date such as"),
    ("seen", "45292", None, "perhaps a date serial of a spreadsheet"),
    ("seen", "\u0662\u0660\u0662\u0664-02-01", None, "expected a date such as"),
    ("at", "22:30", "22:30", ""),
    ("at", "7:05", "07:05", "HH:MM"),
    ("at", "22:30:00", "22:30", "HH:MM"),
    ("at", "22:30:10", None, "expected a clock time"),
    ("at", "24:00", None, "expected a clock time"),
    ("at", "11", None, "expected a clock time"),
    ("at", "10:30 pm", None, "expected a clock time"),
    ("yes", "True", True, ""),
    ("yes", "false", False, ""),
    ("yes", "1", None, "declare a coding for other words"),
    ("moment", "2024-03-31T01:30:00Z", pd.Timestamp("2024-03-31T01:30:00Z"), ""),
    ("moment", "2024-03-31 01:30+02:00", pd.Timestamp("2024-03-30T23:30:00Z"), ""),
    ("moment", "2024-03-31T01:30:00", None, "expected a UTC time"),
    ("moment", "2024-02-30T01:30:00Z", None, "expected a UTC time"),
    ("moment", "1971-01-01T00:00:00Z", pd.Timestamp("1971-01-01T00:00:00Z"), ""),
    ("moment", "20240331T013000Z", None, "expected a UTC time"),
    ("sex", "female", "female", ""),
    ("sex", "Female", "female", "letter case"),
    ("sex", "F", None, "expected one of female, male"),
]


@pytest.mark.parametrize(("column", "text", "value", "said"), CELLS)
def test_a_cell_is_read_repaired_in_the_open_or_refused(file, column, text, value, said):
    quoted = dict.fromkeys(NOTES.names, "") | {"code": "x", column: '"' + text + '"'}
    good = dict.fromkeys(NOTES.names, "") | {"code": "good"}
    lines = [",".join(NOTES.names), ",".join(good.values()), ",".join(quoted.values())]
    loaded = load.delimited(file("\n".join(lines) + "\n"), NOTES)
    if value is None:
        assert loaded.table.index.tolist() == [2]
        row = loaded.rejects.iloc[0]
        assert (row["row"], row["column"], row["value"]) == (3, column, text)
        assert said in row["rule"]
        assert len(loaded.repairs) == 0
        return
    assert loaded.table.loc[3, column] == value
    if not said:
        assert len(loaded.repairs) == 0
        return
    row = loaded.repairs.iloc[0]
    assert (row["source"], row["row"], row["column"], row["was"]) == ("diary.csv", 3, column, text)
    assert said in row["why"]


GRADES = [("1 +", "1+"), ("1,5", "1+"), ("1.5", "1+"), ("I+", "1+"), ("1+", "1+"), ("3", "3")]


@pytest.mark.parametrize(("text", "grade"), GRADES)
def test_a_grade_in_another_spelling_becomes_the_grade(file, text, grade):
    line = f'P1,baseline,-1,mas,left,knee flexors,"{text}"'
    loaded = load.delimited(file(",".join(tables.TONE.names) + f"\n{line}\n"), "tone")
    assert loaded.table["grade"].tolist() == [grade]
    assert len(loaded.repairs) == (text != grade)


@pytest.mark.parametrize("text", ["2.5", "-1", "x", "1++"])
def test_a_grade_that_is_none_is_rejected(file, text):
    lines = [f'P1,baseline,-1,mas,{side},knee flexors,"{g}"' for side, g in (("left", "1"), ("right", text))]
    loaded = load.delimited(file("\n".join([",".join(tables.TONE.names), *lines]) + "\n"), "tone")
    assert loaded.rejects[["row", "column", "value"]].to_numpy().tolist() == [[3, "grade", text]]


def test_a_row_with_several_faults_is_rejected_once_and_says_them_all(file):
    loaded = load.delimited(file(diary(",x,-1,5,4,11")), "diary")
    assert loaded.rejects["rule"].tolist() == [
        "a value is required; `day`: expected a whole number; "
        "`spasms`: expected a whole number from 0 to 2000; `drowsiness_nrs`: expected a whole number from 0 to 10"
    ]


def test_declared_codes_for_missing_are_missing_and_written_down(file):
    path = file(diary("P1,1,-99,99,99,", "P1,2,NA,-99,5,1"))
    missing = {"*": ("-99", "NA"), "spasticity_nrs": ("99", "-99")}
    loaded = load.delimited(path, "diary", missing=missing)
    assert loaded.table.index.tolist() == [2, 4]
    assert loaded.rejects[["row", "column", "value"]].to_numpy().tolist() == [[3, "pain_nrs", "99"]]
    assert loaded.repairs.to_numpy().tolist() == [
        ["diary.csv", 4, "spasms", "NA", "", "declared missing code"],
        ["diary.csv", 4, "spasticity_nrs", "-99", "", "declared missing code"],
    ]


def test_columns_codings_dates_and_decimals_are_declared(file):
    text = "ID;Wert;Tag;Sex\n001;1,5;31.12.2023;1\n002;-2;1.2.2024;2\n003;1.5;01.02.2024;1\n004;;;3\n"
    loaded = load.delimited(
        file(text),
        NOTES,
        columns={"code": "ID", "value": "Wert", "seen": "Tag", "sex": "Sex"},
        constants={"at": "07:30", "yes": True, "moment": None, "n": 4},
        delimiter=";",
        decimal=",",
        date_format={"seen": "%d.%m.%Y"},
        codings={"sex": {1: "female", "2": "male"}},
    )
    assert loaded.table["code"].tolist() == ["001", "002"]
    assert loaded.table["value"].tolist() == [1.5, -2.0]
    assert loaded.table["seen"].tolist() == [pd.Timestamp(2023, 12, 31), pd.Timestamp(2024, 2, 1)]
    assert loaded.table["sex"].tolist() == ["female", "male"]
    assert loaded.table[["at", "yes", "n"]].drop_duplicates().to_numpy().tolist() == [["07:30", True, 4]]
    assert loaded.table["moment"].isna().all()
    assert loaded.rejects[["row", "column"]].to_numpy().tolist() == [[4, "Wert"], [5, "Sex"]]
    assert loaded.rejects["rule"].tolist() == [
        "expected a number; the declared decimal mark is a comma, and no thousands mark is declared",
        "the code is not among the declared ones",
    ]
    assert len(loaded.repairs) == 0


WRONG_OPTIONS = [
    ({"table": "dairy"}, MethodError, r"table='dairy' is not known: .* did you mean `diary`\?"),
    ({"delimiter": ",,"}, MethodError, "delimiter=',,' is not one character"),
    ({"delimiter": '"'}, MethodError, "is not one character"),
    ({"decimal": "p"}, MethodError, "decimal='p' is not known"),
    ({"encoding": "utf8000"}, MethodError, "encoding='utf8000' is not known"),
    ({"encoding": "rot13"}, MethodError, "encoding='rot13' is not known"),
    ({"missing": "NA"}, MethodError, r"is one text, not a list of codes; write \('NA',\)"),
    ({"missing": {"day": 99}}, MethodError, "missing must be a list of codes, not int"),
    ({"date_format": {"day": 5}}, MethodError, "date_format of day must be a text such as"),
    ({"codings": {"day": 5}}, MethodError, "codings of day must be a mapping of code to value, not int"),
    ({"columns": {"day": 5}}, MethodError, "columns of day must be the name of a column, not int"),
    ({"missing": {"dai": ("NA",)}}, MethodError, "missing names 1 column that the table diary does not have: `dai`"),
    ({"date_format": {"dai": "%Y"}}, MethodError, "date_format names 1 column"),
    ({"codings": {"dai": {}}}, MethodError, "codings names 1 column"),
    ({"columns": {"dai": "x"}}, MethodError, "columns names 1 column"),
    ({"constants": {"dai": "x"}}, MethodError, "constants names 1 column"),
    ({"extra": "drop"}, MethodError, "extra='drop' is not known"),
    ({"duplicates": "mean"}, MethodError, "duplicates='mean' is not known"),
    (
        {"columns": {"day": "dy"}},
        DataError,
        r"`columns` names `dy`, which the file does not have; did you mean `day`\?",
    ),
    ({"columns": {"day": "QQQ"}}, DataError, "which the file does not have; the file has `participant`, `day`"),
    ({"columns": {"day": "spasms"}}, DataError, "the file has `day`, but `columns` or `constants` gives another value"),
    ({"constants": {"day": 0}}, DataError, "the file has `day`, but `columns` or `constants` gives another value"),
    ({"constants": {"day": "x"}, "extra": "ignore"}, MethodError, "constants: `day` expected a whole number"),
    ({"rows": 2}, DataError, "diary.csv: 1 row where 2 are expected; the file was cut or edited"),
]


@pytest.mark.parametrize(("options", "error", "message"), WRONG_OPTIONS)
def test_an_option_that_makes_no_sense_is_told(file, options, error, message):
    options = {"table": "diary"} | options
    with pytest.raises(error, match=message):
        load.delimited(file(diary()), **options)


def test_a_column_that_was_not_collected_is_declared_not_assumed(file):
    path = file("participant,day,spasms\nP1,0,3\n")
    with pytest.raises(DataError, match=r"3 columns missing.*declared: constants=\{'spasticity_nrs': None\}"):
        load.delimited(path, "diary")
    nothing = dict.fromkeys(["spasticity_nrs", "pain_nrs", "drowsiness_nrs"])
    assert load.delimited(path, "diary", constants=nothing).table["pain_nrs"].isna().all()


def test_further_columns_are_refused_ignored_or_kept(file):
    path = file("\n".join(f"{line},{word}" for line, word in zip([HEADER, GOOD], ["by", " me"], strict=True)) + "\n")
    with pytest.raises(DataError, match="1 unknown column: `by`"):
        load.delimited(path, "diary")
    ignored = load.delimited(path, "diary", extra="ignore")
    assert list(ignored.table) == tables.DIARY.names
    assert ignored.source.note == "1 column not used"
    kept = load.delimited(path, "diary", extra="keep")
    assert kept.table["by"].tolist() == ["me"]
    assert len(kept.repairs) == 1


def test_repeated_keys_are_settled_by_a_declared_policy(file):
    path = file(diary("P2,0,1,1,1,1", "P2,0,2,2,2,2", "P2,0,1,1,1,1"))
    kept = {
        policy: load.delimited(path, "diary", duplicates=policy).table.index.tolist()
        for policy in ("first", "last", "reject")
    }
    assert kept == {"first": [2, 3], "last": [2, 5], "reject": [2]}
    rules = load.delimited(path, "diary", duplicates="last").rejects
    assert rules[["row", "column", "rule"]].to_numpy().tolist() == [
        [row, "participant", "repeats the key participant, day; the last row is kept"] for row in (3, 4)
    ]


def test_a_refused_duplicate_carries_its_rows(file):
    with pytest.raises(DataError, match="share the key") as caught:
        load.delimited(file(diary("P2,0,1,1,1,1", "P2,0,2,2,2,2")), "diary")
    assert caught.value.failures["row"].tolist() == [3, 4]


def test_a_damaged_row_does_not_count_as_a_repetition(file):
    loaded = load.delimited(file(diary("P1,0,x,1,1,1")), "diary")
    assert loaded.table.index.tolist() == [2]


def test_missing_values_in_all_kinds_survive(file):
    lines = [",".join(NOTES.names), "x,,,,,,,"]
    table = load.delimited(file("\n".join(lines) + "\n"), NOTES).table
    assert table.drop(columns="code").isna().all(axis=None)
    assert table.dtypes.equals(NOTES.empty().dtypes)


def test_loaded_numbers_are_the_nearest_floats(file):
    rng = np.random.default_rng(3)
    values = rng.standard_normal(200) * 10.0 ** rng.integers(-300, 300, 200)
    lines = [",".join(NOTES.names), *(f"c{i},{value!r},,,,,," for i, value in enumerate(values.tolist()))]
    table = load.delimited(file("\n".join(lines) + "\n"), NOTES).table
    assert table["value"].tolist() == values.tolist()
