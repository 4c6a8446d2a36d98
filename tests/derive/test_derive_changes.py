"""Values become outcomes: baseline, change, percent change, and a reason for each that is absent."""

import pandas as pd
import pytest

from spasticity.derive.changes import as_outcomes, change, ordered
from spasticity.errors import DataError
from spasticity.tables import OUTCOMES
from tests.derive.tiny import COHORT, PEOPLE, TRIAL, attended, plain, study, values_of


def values(*rows, outcome="spasticity_nrs"):
    columns = ["participant", "visit", "value", "day"]
    return pd.DataFrame([dict(zip(columns, row, strict=False)) for row in rows]).assign(outcome=outcome)


def test_every_column_by_hand():
    rows = change(values(("A", "week 4", 4.2, 27), ("A", "baseline", 6.0, -1)), study())
    assert plain(rows.drop(columns="change")) == [
        ["A", "MS", "placebo", "baseline", -1, "spasticity_nrs", 6.0, 6.0, 0.0, "-", "-"],
        ["A", "MS", "placebo", "week 4", 27, "spasticity_nrs", 4.2, 6.0, pytest.approx(-30.0), "-", "-"],
    ]
    assert rows["change"].tolist() == pytest.approx([0.0, -1.8])


def test_percent_change_is_missing_unless_the_baseline_is_above_zero():
    rows = change(
        values(("A", "baseline", 0), ("A", "week 4", 3), ("B", "baseline", -10), ("B", "week 4", -5)), study()
    )
    assert rows["percent_change"].isna().all()
    assert rows["change"].tolist() == [0, 3, 0, 5]


def test_somebody_without_a_baseline_keeps_the_value_and_is_flagged():
    rows = change(values(("A", "baseline", 5), ("A", "week 4", 4), ("B", "week 4", 3)), study())
    row = rows[rows["participant"] == "B"].iloc[0]
    assert (row["value"], row["flag"]) == (3, "no baseline")
    assert pd.isna(row["change"])


def test_an_outcome_that_nobody_has_at_baseline_is_not_flagged():
    rows = change(values(("A", "week 4", 2), ("B", "week 4", 3), outcome="pgic"), study())
    assert rows["flag"].isna().all()
    assert rows["change"].isna().all()


def test_a_missing_baseline_value_is_no_baseline():
    rows = change(values(("A", "baseline", None), ("A", "week 4", 4), ("B", "baseline", 2)), study())
    assert values_of(rows, "spasticity_nrs", "flag")[("A", "week 4")] == "no baseline"


def test_baselines_of_other_outcomes_and_people_are_not_borrowed():
    both = pd.concat(
        [values(("A", "baseline", 5), ("B", "baseline", 7)), values(("A", "baseline", 1), outcome="other")]
    )
    rows = change(pd.concat([both, values(("B", "week 4", 9), outcome="other")]), study())
    assert pd.isna(values_of(rows, "other", "baseline")[("B", "week 4")])


@pytest.mark.parametrize(("day", "refused"), [(-1, False), (0, False), (1, True)])
def test_a_baseline_from_after_the_first_dose_is_refused(day, refused):
    rows = values(("A", "baseline", 5, -1), ("B", "baseline", 5, day))
    if not refused:
        assert len(change(rows, study())) == 2
        return
    with pytest.raises(DataError, match="1 baseline value taken after the first dose, first at row 1") as caught:
        change(rows, study())
    assert caught.value.failures[["row", "column", "value"]].to_numpy().tolist() == [[1, "day", 1]]


@pytest.mark.parametrize("known_by", ["arms", "dates", "doses"])
def test_a_study_has_a_first_dose_when_it_has_arms_dates_or_doses(known_by):
    people = [{**person, "first_dose_date": "2024-03-01" if known_by == "dates" else None} for person in PEOPLE]
    dose = {"participant": "A", "drug": "baclofen", "route": "oral", "start_day": 0, "end_day": 9, "status": "unknown"}
    found = study(
        people=people,
        protocol=TRIAL if known_by == "arms" else COHORT,
        doses=[dose] if known_by == "doses" else [],
    )
    with pytest.raises(DataError, match="1 baseline value taken after the first dose"):
        change(values(("A", "baseline", 5, 3)), found)


def test_a_cohort_without_a_first_dose_has_no_late_baseline():
    people = [{**person, "first_dose_date": None} for person in PEOPLE]
    assert len(change(values(("A", "baseline", 5, 3)), study(people=people, protocol=COHORT))) == 1


def test_a_late_baseline_without_a_value_is_not_refused():
    assert len(change(values(("A", "baseline", None, 5)), study())) == 1


def test_people_outside_the_study_are_refused():
    with pytest.raises(
        DataError, match="values: 1 row of people who are not in the participants table, first at row 0"
    ):
        change(values(("Z", "week 4", 1)), study())


def test_two_values_for_one_visit_are_refused():
    with pytest.raises(DataError, match="repeats the key participant, outcome, visit"):
        change(values(("A", "week 4", 1), ("A", "week 4", 2)), study())


def test_visits_and_arms_come_in_the_order_of_the_protocol_and_still_pass_the_check():
    rows = change(values(("A", "week 12", 1), ("B", "week 4", 2), ("B", "unscheduled", 3)), study())
    assert list(rows["visit"].cat.categories) == ["baseline", "week 4", "week 12", "unscheduled"]
    assert rows["visit"].cat.ordered
    assert list(rows["arm"].cat.categories) == ["placebo", "active"]
    checked = OUTCOMES.check(rows)
    assert checked["visit"].tolist() == ["week 12", "week 4", "unscheduled"]
    pd.testing.assert_frame_equal(ordered(checked, TRIAL), rows)


def test_a_cohort_study_has_no_arms():
    rows = change(values(("A", "week 4", 1)), study(protocol=COHORT))
    assert rows["arm"].isna().all()
    assert OUTCOMES.check(rows)["arm"].isna().all()


def test_an_absent_value_has_a_row_that_says_why():
    visits = attended("A", "B", visits=["baseline", "week 4"])
    visits[1] = {"participant": "A", "visit": "week 4", "status": "missed", "reason": "illness"}
    visits.append({"participant": "B", "visit": "week 12", "status": "after stopping"})
    found = as_outcomes(
        values(("A", "baseline", 5, -1), ("B", "week 4", 5, 28), ("A", "week 12", 5, 84)), study(visits=visits)
    )
    assert values_of(found, "spasticity_nrs", "flag") == {
        ("A", "baseline"): pd.NA,
        ("A", "week 4"): "missed visit",
        ("A", "week 12"): pd.NA,
        ("B", "baseline"): "not done",
        ("B", "week 4"): "no baseline",
        ("B", "week 12"): "after stopping",
    }


def test_an_outcome_that_a_cohort_does_not_have_gives_it_no_rows():
    people = [*PEOPLE, {"participant": "C", "cohort": "SCI", "arm": "active", "first_dose_date": "2024-03-01"}]
    found = as_outcomes(values(("A", "week 4", 8, 28), outcome="t25fw_s"), study(people=people))
    assert found["participant"].tolist() == ["A", "B"]


def test_without_a_visits_table_the_reason_is_not_known():
    found = as_outcomes(values(("A", "week 4", 5, 28)), study())
    assert values_of(found, "spasticity_nrs", "flag")[("B", "week 4")] == "no record"


def test_a_visit_at_which_nobody_was_measured_has_no_rows():
    found = as_outcomes(values(("A", "week 4", 5, 28)), study(visits=attended("A", "B")))
    assert found["visit"].astype(str).unique().tolist() == ["week 4"]


@pytest.mark.parametrize(("day", "flag"), [(35, pd.NA), (36, "outside window"), (20, "outside window"), (None, pd.NA)])
def test_a_visit_out_of_its_window_keeps_its_value_and_is_flagged(day, flag):
    row = as_outcomes(values(("A", "week 4", 5, day)), study()).iloc[0]
    assert row["value"] == 5
    assert row["flag"] is flag or row["flag"] == flag


def test_nothing_collected_gives_an_empty_outcomes_table():
    assert list(as_outcomes(None, study())) == OUTCOMES.names
    assert len(as_outcomes(None, study())) == 0


def test_further_columns_are_kept():
    rows = change(values(("A", "week 4", 4)).assign(rater="R1"), study())
    assert rows["rater"].tolist() == ["R1"]
