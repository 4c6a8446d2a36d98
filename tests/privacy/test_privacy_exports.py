"""Public exports: columns of people are found, columns of measurements are not."""

from pathlib import Path

import pandas as pd
import pytest

from spasticity import privacy

EXPORTS = Path(__file__).parents[3] / "shared" / "data" / "exports"
pytestmark = [
    pytest.mark.needs_shared,
    pytest.mark.skipif(not EXPORTS.is_dir(), reason="the reference files are not beside this checkout"),
]
TRUE_KINDS = {
    "redcap/simple/data.csv": {
        *("name_first", "name_last", "address", "telephone", "email", "dob", "mugshot"),
    },
    "redcap/clinical-trial-1/data.csv": {"name_first", "name_last", "address", "phone", "dob", "email"},
}
# Study arms, called so by the column `name`.
TOO_MANY = {"redcap/longitudinal/arm.csv": {"name"}, "redcap/redcapAPI-offline/TestRedcapAPI_Arms.csv": {"name"}}


def found(name):
    frame = pd.read_csv(EXPORTS / name, dtype=str, keep_default_na=False, sep="\t" if name.endswith(".tsv") else ",")
    columns = {column: privacy.screen_column(column, frame[column], dates=True) for column in frame}
    return {column for column, findings in columns.items() if findings}, set(columns)


@pytest.mark.parametrize("name", TRUE_KINDS)
def test_every_column_of_a_person_is_found_and_no_other(name):
    assert found(name)[0] == TRUE_KINDS[name]


def test_columns_of_measurements_are_left_alone():
    clean = ["pharmaversesdtm", "pharmaverseadam", "bids", "redcap/checkboxes-1", "redcap/repeating-instruments"]
    names = [
        path.relative_to(EXPORTS).as_posix()
        for folder in clean
        for path in sorted((EXPORTS / folder).rglob("*.[ct]sv"))
        if "dictionary" not in path.name
    ]
    alarms, columns = {}, 0
    for name in [*names, *TOO_MANY]:
        alarms[name], seen = found(name)
        columns += len(seen)
    assert columns > 250
    births = {"BRTHDTC", "DTHDTC"}
    assert {name: hit for name, hit in alarms.items() if hit} == {
        **TOO_MANY,
        "pharmaverseadam/adsl.csv": {"DTHDTC"},
        "pharmaversesdtm/dm_neuro.csv": births,
        "pharmaversesdtm/dm_peds.csv": births,
        "redcap/repeating-instruments/data.csv": {"first_name", "dob"},
    }
