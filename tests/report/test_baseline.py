"""Table 1 by hand on five people."""

import pandas as pd
import pytest

from spasticity import report, tables
from spasticity.study import PlannedVisit, Protocol, Study

PROTOCOL = Protocol(
    name="Tiny", visits=(PlannedVisit("baseline", -1, (-7, 0)),), arms=("placebo", "active"), reference_arm="placebo"
)
PEOPLE = pd.DataFrame(
    {
        "participant": list("12345"),
        "cohort": ["MS", "MS", "SCI", "MS", "SCI"],
        "arm": ["placebo", "placebo", "placebo", "active", "active"],
        "sex": ["female", "male", "female", None, "female"],
        "age_years": [30, 40, 50, 60, None],
        "condition_years": [1, 2, 9, 4, 5],
        "edss": [4.0, 6.0, None, 5.5, None],
        "ais": [None, None, "C", None, None],
    }
)


@pytest.fixture
def study():
    return Study(
        protocol=PROTOCOL, participants=tables.PARTICIPANTS.check(PEOPLE.reindex(columns=tables.PARTICIPANTS.names))
    )


@pytest.fixture
def printed(study):
    return report.baseline_table(study).frame.set_index("Characteristic")


def rows_after(printed, heading):
    names = [name.strip() for name in printed.index]
    return printed.iloc[names.index(heading) + 1 :]


def cell(printed, name, column, *, under=None):
    rows = rows_after(printed, under) if under else printed
    matches = [place for place, label in enumerate(rows.index) if label.strip() == name]
    return rows.iloc[matches[0]][column].replace("\N{NO-BREAK SPACE}", " ")


def test_the_columns_are_arms_with_their_n_and_all(printed):
    assert printed.columns.tolist() == ["placebo (n = 3)", "active (n = 2)", "All (n = 5)"]


def test_counts_are_of_those_on_record_and_missing_is_counted(printed):
    assert cell(printed, "female", "placebo (n = 3)", under="Sex") == "2 (67 %)"
    assert cell(printed, "female", "active (n = 2)", under="Sex") == "1 (100 %)"
    assert cell(printed, "missing", "active (n = 2)", under="Sex") == "1"
    assert cell(printed, "MS", "All (n = 5)", under="Cohort") == "3 (60 %)"


def test_measured_characteristics_have_mean_and_sd_or_median_and_quartiles(printed):
    assert cell(printed, "Age (years), mean (SD)", "placebo (n = 3)") == "40.0 (10.0)"
    assert (
        cell(printed, "Time since onset or injury (years), median [quartiles]", "placebo (n = 3)") == "2.0 [1.5, 5.5]"
    )


def test_what_is_asked_of_one_cohort_is_missing_only_there(printed):
    assert cell(printed, "EDSS, median [quartiles]", "active (n = 2)") == "5.5 [5.5, 5.5]"
    assert cell(printed, "missing", "active (n = 2)", under="AIS grade") == "1"
    assert cell(printed, "C", "placebo (n = 3)", under="AIS grade") == "1 (100 %)"


def test_a_characteristic_nobody_has_is_left_out(printed):
    assert "Walks" not in printed.index


def test_no_p_value_is_printed(study):
    table = report.baseline_table(study)
    assert not any(str(name).strip().lower() == "p" for name in table.frame.columns)
    assert "not tested" in table.note


def test_the_numbers_behind_it_are_not_rounded(study):
    data = report.baseline_table(study).data.set_index(["characteristic", "arm"])
    assert data.loc[("age_years", "All"), "mean"] == 45.0
    assert data.loc[("age_years", "All"), "sd"] == pytest.approx(12.909944487358056, rel=1e-14)
