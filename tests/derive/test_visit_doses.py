"""The mean recorded dose before a visit: known days only, documented zeros count, nothing is filled."""

import numpy as np
import pandas as pd
import pytest

from spasticity import derive
from spasticity.errors import MethodError
from tests.derive.test_harm_timing import ORAL, study


def outcomes(*days, participant="A"):
    return pd.DataFrame({"participant": participant, "visit": "v", "day": pd.array(days, dtype="Int64"), "value": 1.0})


def asked(rows, doses=ORAL, **options):
    return derive.dose_at_visits(rows, study(doses), drug="baclofen", route="oral", **options)


def test_means_by_hand():
    # days 0-9: 15 mg; 10-19: 30; 20-23 unknown; 24-29: 40; 30-39: 20; 40-49: 0 documented; 50-59: 5
    found = asked(outcomes(7, 12, 20, 26, 28, 33, 45, 200))
    expected = [15, (15 * 5 + 30 * 2) / 7, 30, np.nan, np.nan, (40 * 4 + 20 * 3) / 7, (20 * 2 + 0 * 5) / 7, np.nan]
    np.testing.assert_allclose(found["dose_mg_per_day"], expected)
    assert list(found["n_dose_days"]) == [7, 7, 7, 3, 4, 7, 7, 0]
    assert set(found["drug"]) == {"baclofen"}


def test_the_day_of_the_visit_and_the_days_asked_for_are_respected():
    found = asked(outcomes(10, 28), days=2, at_least=1)
    np.testing.assert_allclose(found["dose_mg_per_day"], [15, 40])
    np.testing.assert_allclose(asked(outcomes(26), days=7, at_least=3)["dose_mg_per_day"], [(30 + 40 + 40) / 3])


def test_no_row_vanishes_and_people_without_the_course_are_not_among_them():
    rows = pd.concat([outcomes(7, None), outcomes(7, participant="B")], ignore_index=True)
    found = asked(rows)
    assert list(found["participant"]) == ["A", "A"]
    assert list(found.index) == [0, 1]
    assert np.isnan(found["dose_mg_per_day"].iloc[1])


def test_an_intrathecal_dose_has_its_own_column():
    doses = [("baclofen", "oral", 0, 9, 15.0, None, "taken"), ("baclofen", "intrathecal", 0, 9, None, 120.0, "taken")]
    found = derive.dose_at_visits(outcomes(8), study(doses), drug="baclofen", route="intrathecal")
    assert found["dose_ug_per_day"].iloc[0] == 120
    assert "dose_mg_per_day" not in found


def test_a_course_that_is_not_there_and_a_rule_that_cannot_be_met_are_refused():
    with pytest.raises(MethodError, match=r"no dose of tizanidine, oral; there are `baclofen, oral`"):
        derive.dose_at_visits(outcomes(8), study(ORAL), drug="tizanidine", route="oral")
    with pytest.raises(MethodError, match="expected 1 <= at_least <= days"):
        asked(outcomes(8), days=3, at_least=4)
