"""What the gate let in stands in the report."""

import dataclasses

import pandas as pd
import pytest

from spasticity import simulate
from spasticity.report import checkup
from spasticity.report.disclosure import identifier_findings, identifiers_table
from spasticity.report.folder import study_facts
from spasticity.study import IDENTIFIER_COLUMNS


@pytest.fixture(scope="module")
def study():
    return simulate.trial(simulate.SMALL_DESIGN, seed=1).study


def found(action, reason=""):
    row = ("visits.csv", "visits", "reason", "column `reason`", "name", "A", 3, 4, action, reason)
    return pd.DataFrame([row], columns=IDENTIFIER_COLUMNS, dtype=object)


def test_nothing_found_is_no_table(study):
    assert identifiers_table(study) is None
    assert identifier_findings(study) == []
    assert study_facts(study)["identifiers_kept"] == 0


def test_what_was_let_in_is_a_table_with_its_reason_and_a_finding(study):
    dirty = dataclasses.replace(study, identifiers=found("kept", "names are invented"))
    table = identifiers_table(dirty)
    assert table.frame.iloc[0].to_dict() == {
        "File": "visits.csv",
        "Table": "visits",
        "Place": "column `reason`",
        "What": "name",
        "Cells": "3",
        "Action": "kept",
        "Reason": "names are invented",
        "Letter": "A",
    }
    assert "3 cells that may tell who a person is were let in" in checkup(dirty).summary()
    assert study_facts(dirty)["identifiers_kept"] == 1


def test_what_was_redacted_is_reported_and_is_nothing_to_look_at(study):
    clean = dataclasses.replace(study, identifiers=found("redacted"))
    assert identifiers_table(clean) is not None
    assert identifier_findings(clean) == []
