"""What a report folder says of itself, and what stands in its way."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from spasticity import load
from spasticity.report import folder as room

CONTENTS = {"index.html": b"<p>one</p>", "figures/a.csv": b"x\n1\n"}


@pytest.fixture(scope="module")
def study():
    return load.sample_study()


def test_the_manifest_has_no_clock_and_no_place():
    text = room.manifest(CONTENTS, {})
    assert room.manifest(CONTENTS, {}) == text
    assert str(Path.cwd()) not in text
    assert set(json.loads(text)) == {"spasticity", "environment", "outputs"}


def test_the_key_of_a_report_is_that_of_its_study_and_options(study):
    key = room.study_key(study, {"dpi": 300})
    assert room.study_key(replace(study), {"dpi": 300}) == key
    assert room.study_key(study, {"dpi": 600}) != key


def test_one_cell_more_or_less_is_another_key(study):
    changed = study.tone.copy()
    row = changed.index[changed["grade"].eq("1")][0]
    changed.loc[row, "grade"] = "1+"
    assert room.study_key(replace(study, tone=changed), {}) != room.study_key(study, {})
    assert room.study_key(replace(study, tone=study.tone.iloc[1:]), {}) != room.study_key(study, {})
