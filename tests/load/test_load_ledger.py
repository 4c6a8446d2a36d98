"""What holds for every file: it loads or is refused by name, and the ledger rebuilds the table from the source."""

import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spasticity import load, tables
from spasticity.errors import DataError
from spasticity.files import csv_bytes
from spasticity.load.opening import content
from spasticity.load.records import delimited_grid

EXAMPLES = int(os.environ.get("SPASTICITY_EXAMPLES", "150"))
PROFILE = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
OPTIONS = {"missing": ("-99", "NA"), "duplicates": "first"}


def outcome(path, **options):
    """What loading gives: a table with its ledger, or the words of a typed error."""
    try:
        return load.delimited(path, "diary", **options)
    except DataError as error:
        return str(error)


def replayed(path, loaded):
    """The source without its rejected rows and with its repaired cells, as text by line."""
    grid = delimited_grid(content(path))
    frame = pd.DataFrame(dict(grid.columns), index=grid.rows)
    frame = frame.drop(index=frame.index.intersection(loaded.rejects["row"]))
    for repair in loaded.repairs.itertuples():
        assert frame.loc[repair.row, repair.column] == repair.was
        frame.loc[repair.row, repair.column] = repair.became
    return frame


def assert_balanced(loaded):
    assert loaded.source.rows_read == len(loaded.table) + len(loaded.rejects)
    assert not set(loaded.table.index) & set(loaded.rejects["row"])
    assert loaded.rejects["row"].is_unique
    assert set(loaded.repairs["row"]) <= set(loaded.table.index)
    assert not loaded.repairs.duplicated(["row", "column"]).any()


def assert_rebuilt(path, loaded, table, options):
    frame = replayed(path, loaded)
    assert frame.index.tolist() == loaded.table.index.tolist()
    if frame.empty:
        return
    again = path.with_name("again.csv")
    again.write_bytes(csv_bytes(frame))
    second = load.delimited(again, table, **options)
    assert len(second.repairs) == len(second.rejects) == 0
    pd.testing.assert_frame_equal(second.table.reset_index(drop=True), loaded.table.reset_index(drop=True))


texts = st.sampled_from(
    [
        "",
        " ",
        "P1",
        " P1",
        "007",
        "0",
        "1",
        "5 ",
        "10",
        "11",
        "-99",
        "NA",
        "1.5",
        "1,5",
        "\u22123",
        "x",
        "\u200b4",
        '"',
        "a\nb",
    ]
) | st.text(max_size=6)


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\r\n') else cell


def lines(rows):
    return "".join(",".join(quoted(cell) for cell in row) + "\n" for row in rows)


@PROFILE
@given(rows=st.lists(st.lists(texts, min_size=6, max_size=6), max_size=8))
def test_the_ledger_balances_and_rebuilds_the_table(tmp_path, rows):
    path = tmp_path / "diary.csv"
    path.write_text(lines([tables.DIARY.names, ["P0", "0", "1", "1", "1", "1"], *rows]), encoding="utf-8", newline="")
    loaded = outcome(path, **OPTIONS)
    if not isinstance(loaded, str):
        assert_balanced(loaded)
        assert_rebuilt(path, loaded, "diary", OPTIONS)


@PROFILE
@given(data=st.binary(max_size=300))
def test_hostile_bytes_load_or_are_refused_by_name(tmp_path, data):
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    loaded = outcome(path, extra="ignore", constants=dict.fromkeys(tables.DIARY.names[2:]))
    assert loaded.startswith("x.csv: ") if isinstance(loaded, str) else assert_balanced(loaded) is None


@PROFILE
@given(
    place=st.integers(0, 400),
    junk=st.binary(max_size=3) | st.sampled_from([b'"', b",", b"\r", b"\n\n", b"\x00", b"\xff", b";"]),
    cut=st.integers(0, 3),
)
def test_a_flipped_file_loads_with_its_ledger_or_is_refused(tmp_path, place, junk, cut):
    good = csv_bytes(tables.DIARY.example(12, np.random.default_rng(5)))
    path = tmp_path / "diary.csv"
    path.write_bytes(good[:place] + junk + good[place + cut :])
    loaded = outcome(path)
    if isinstance(loaded, str):
        assert loaded.startswith("diary.csv: ")
    else:
        assert_balanced(loaded)
        assert_rebuilt(path, loaded, "diary", {})


@pytest.mark.parametrize("schema", tables.STUDY_TABLES, ids=lambda schema: schema.name)
@given(seed=st.integers(0, 2**31), rows=st.integers(1, 12))
@settings(
    max_examples=max(8, EXAMPLES // len(tables.STUDY_TABLES)),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_table_survives_csv(tmp_path, schema, seed, rows):
    frame = schema.example(rows, np.random.default_rng(seed))
    if "age_years" in frame:
        frame["age_years"] = frame["age_years"].clip(upper=89)  # the gate lets in nobody older
    path = tmp_path / f"{schema.name}.csv"
    path.write_bytes(csv_bytes(frame))
    loaded = load.delimited(path, schema)
    pd.testing.assert_frame_equal(loaded.table.reset_index(drop=True), frame)
    assert len(loaded.repairs) == 0


def test_the_order_of_rows_does_not_change_the_totals(tmp_path):
    rng = np.random.default_rng(11)
    cells = np.array(["P1", "P2", " P3", "x", "5", "", "11"], dtype=object)
    rows = [list(rng.choice(cells, 6)) for _ in range(60)] + [["P9", "0", "1", "1", "1", "1"]]
    totals = []
    for _ in range(3):
        path = tmp_path / "diary.csv"
        path.write_text(lines([tables.DIARY.names, *rows]), encoding="utf-8")
        loaded = load.delimited(path, "diary", duplicates="reject")
        totals.append((len(loaded.table), len(loaded.rejects), len(loaded.repairs)))
        rng.shuffle(rows)
    assert len(set(totals)) == 1
