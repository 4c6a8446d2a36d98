"""CDISC Dataset-JSON: both versions, as one text and as lines."""

import json

import pytest

from spasticity import load
from spasticity.errors import DataError
from spasticity.load.dataset_json_files import dataset_json_grid
from spasticity.load.opening import Content

ITEMS = [
    {"itemOID": "IT.USUBJID", "name": "USUBJID", "label": "Unique Subject Identifier", "dataType": "string"},
    {"itemOID": "IT.ADY", "name": "ADY", "label": "Day", "dataType": "integer"},
    {"itemOID": "IT.MIN", "name": "MIN", "label": "Minutes", "dataType": "float"},
    {"itemOID": "IT.ADT", "name": "ADT", "label": "Date", "dataType": "date", "targetDataType": "integer"},
    {"itemOID": "IT.TRTSDT", "name": "TRTSDT", "label": "Date", "dataType": "integer", "displayFormat": "DATE9."},
]
ROWS = [
    ["P1", 1, 45.5, "2024-01-08", 23383],
    ["P2", -3, 0.1, None, None],
    ["", 7, None, "", 0],
]


def head(**changes):
    return {
        "datasetJSONCreationDateTime": "2026-01-01T00:00:00",
        "datasetJSONVersion": "1.1.0",
        "itemGroupOID": "IG.X",
        "records": 3,
        "name": "X",
        "label": "Example",
        "columns": ITEMS,
    } | changes


def one_text(rows=ROWS, **changes):
    return json.dumps(head(**changes) | {"rows": rows}, indent=1)


def lines(rows=ROWS, **changes):
    return "\n".join([json.dumps(head(**changes)), *map(json.dumps, rows)]) + "\n"


def older(rows=ROWS, **changes):
    items = [{"OID": "SEQ", "name": "ITEMGROUPDATASEQ", "type": "integer"}]
    items += [{"OID": item["itemOID"], "name": item["name"], "type": item["dataType"]} for item in ITEMS]
    items[-1]["displayFormat"] = "DATE9."
    group = {"records": 3, "name": "X", "items": items, "itemData": [[n, *row] for n, row in enumerate(rows, 1)]}
    return json.dumps(
        {"datasetJSONVersion": "1.0.0", "clinicalData": {"studyOID": "S", "itemGroupData": {"IG.X": group | changes}}}
    )


def grid(text, **options):
    return dataset_json_grid(Content("x.json", text.encode()), **options)


@pytest.mark.parametrize("write", [one_text, lines, older])
def test_every_way_of_writing_gives_the_same_cells(write):
    found = grid(write())
    assert {name: cells.tolist() for name, cells in found.columns.items()} == {
        "USUBJID": ["P1", "P2", ""],
        "ADY": ["1", "-3", "7"],
        "MIN": ["45.5", "0.1", ""],
        "ADT": ["2024-01-08", "", ""],
        "TRTSDT": ["2024-01-08", "", "1960-01-01"],
    }
    assert found.rows.tolist() == [1, 2, 3]
    assert found.notes == ("2 empty texts read as no value",)


def test_a_table_arrives_with_its_ledger(tmp_path):
    (tmp_path / "x.json").write_text(one_text(), encoding="utf-8")
    loaded = load.dataset_json(
        tmp_path / "x.json",
        "therapy",
        columns={"participant": "USUBJID", "day": "ADY", "done_min": "MIN"},
        constants={"planned_min": None, "participation": None},
        extra="ignore",
    )
    assert loaded.source.format == "Dataset-JSON 1.1.0"
    assert loaded.table["done_min"].tolist() == [45.5, 0.1]
    assert loaded.rejects[["row", "column", "rule"]].to_numpy().tolist() == [[3, "USUBJID", "a value is required"]]


@pytest.mark.parametrize("write", [one_text, lines, older])
def test_the_number_of_rows_is_checked(write):
    with pytest.raises(DataError, match=r"x\.json: its head speaks of 3 rows, but it holds 2; the file was cut"):
        grid(write(ROWS[:2]))


def test_lines_that_were_cut_between_rows_are_seen():
    with pytest.raises(DataError, match="its head speaks of 3 rows"):
        grid("\n".join(lines().splitlines()[:3]))


@pytest.mark.parametrize("write", [one_text, lines, older])
def test_a_cut_file_is_refused_at_every_byte(write):
    whole = write().rstrip().encode()
    for cut in range(len(whole)):
        with pytest.raises(DataError, match=r"x\.json: "):
            dataset_json_grid(Content("x.json", whole[:cut]))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (one_text([["P1", "1", 1, None, None]], records=1), r"`ADY` of row 1 is not of the declared type `integer`"),
        (one_text([[5, 1, 1, None, None]], records=1), r"`USUBJID` of row 1 is not of the declared type `string`"),
        (one_text([["P", 1, [1], None, None]], records=1), r"`MIN` of row 1 is not of the declared type `float`"),
        (one_text([["P1", 1]], records=1), "row 1 does not have the 5 cells that are declared"),
        (one_text(records="3"), "`records` is not a count"),
        (one_text(columns=None), "its columns are not declared as they must be"),
        (one_text(columns=[*ITEMS[:4], ITEMS[0]]), "1 column named twice: `USUBJID`"),
        (one_text(datasetJSONVersion="2.0.0"), "it does not say that it is Dataset-JSON of version 1.1 or 1.0"),
        (one_text().replace("45.5", "NaN"), "the file cannot be read as JSON"),
        (one_text().replace('"name": "X"', '"name": "X", "name": "Y"'), "the file cannot be read as JSON"),
        ("[" * 100_000, "the file cannot be read as JSON"),
        ("{}", "it does not say that it is Dataset-JSON"),
        ("", "the file is empty"),
        (older(itemData=None), "it has no `itemData`"),
    ],
)
def test_what_is_not_as_it_must_be_is_refused(text, what):
    with pytest.raises(DataError, match=what):
        grid(text)


def test_bytes_that_are_not_utf_8_are_named():
    with pytest.raises(DataError, match=r"x\.json: the byte at offset 3 is not UTF-8"):
        dataset_json_grid(Content("x.json", b'{"a\xff":1}'))


def test_a_file_of_several_data_sets_needs_the_name_of_one():
    data = json.loads(older())
    groups = data["clinicalData"]["itemGroupData"]
    groups["IG.Y"] = groups["IG.X"] | {"name": "Y"}
    with pytest.raises(DataError, match=r"the file holds the data sets `X` and `Y`; name one, as member="):
        grid(json.dumps(data))
    assert len(grid(json.dumps(data), member="Y")) == 3
