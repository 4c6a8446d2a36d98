"""Days of walking bouts: sums, means and percentiles by hand, against Mobilise-D, and never of a wheelchair user."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spasticity import derive, load
from spasticity.errors import DataError, MethodError
from spasticity.tables import WALKING_BOUTS, WEAR
from tests.reference.gait.compare import DAYS, comparisons

SHARED = Path(__file__).parents[3] / "shared" / "data" / "recordings"
REFERENCE = Path(__file__).parents[1] / "reference" / "gait"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the reference files are not beside this checkout")


def bouts(**changes):
    """One day of five bouts."""
    made = {
        "participant": "P1",
        "day": -1,
        "bout": list("abcde"),
        "duration_s": [5.0, 10.0, 20.0, 30.0, 70.0],
        "steps": [8.0, 16.0, 30.0, 50.0, 120.0],
        "turns": [0.0, 1.0, 1.0, 2.0, 3.0],
        "cadence_per_min": [90.0, 96.0, 92.0, 100.0, 104.0],
        "stride_s": [1.3, 1.2, 1.3, 1.2, 1.1],
        "stride_length_m": [0.8, 0.9, 1.0, 1.1, 1.2],
        "speed_m_per_s": [0.6, 0.7, 0.8, 0.9, 1.0],
    }
    return pd.DataFrame(made | changes)


def test_a_day_by_hand():
    (day,) = derive.daily_walking(bouts()).to_dict("records")
    assert (day["participant"], day["day"]) == ("P1", -1)
    assert day["walking_min_per_day"] == 135 / 60
    assert (day["steps_per_day"], day["turns_per_day"], day["bouts_per_day"]) == (224, 7, 5)
    assert (day["bout_median_s"], day["bout_p90_s"]) == (20, pytest.approx(30 + 0.6 * 40))
    assert day["bout_cv"] == pytest.approx(pd.Series([5, 10, 20, 30, 70]).std() / 27)
    assert (day["cadence_per_min"], day["stride_s"]) == (pytest.approx(96.4), pytest.approx(1.22))
    # 10 s is not longer than 10 s, and 30 s belongs to the middle.
    assert (day["bouts_10_30s_per_day"], day["bouts_over_10s_per_day"]) == (2, 3)
    assert (day["bouts_over_30s_per_day"], day["bouts_over_60s_per_day"]) == (1, 1)
    assert day["speed_10_30s_m_per_s"] == pytest.approx(0.85)
    assert day["stride_length_10_30s_m"] == pytest.approx(1.05)
    assert day["speed_p90_over_10s_m_per_s"] == pytest.approx(0.9 + 0.8 * 0.1)
    assert (day["speed_over_30s_m_per_s"], day["cadence_over_30s_per_min"]) == (1.0, 104)
    assert np.isnan(day["speed_cv_over_30s"])  # of one bout


def test_what_is_not_plausible_is_left_out():
    flags = {
        "duration_plausible": [True, True, True, True, False],
        "cadence_plausible": [None, False, True, True, True],
    }
    flags |= {"stride_length_plausible": [True, True, False, True, True]}
    (day,) = derive.daily_walking(bouts(**flags)).to_dict("records")
    assert (day["bouts_per_day"], day["steps_per_day"]) == (4, 104)
    assert day["cadence_per_min"] == pytest.approx((90 + 92 + 100) / 3)
    assert day["stride_length_10_30s_m"] == 1.1
    assert day["speed_10_30s_m_per_s"] == 0.9  # speed is cadence times stride length
    assert (day["bouts_over_30s_per_day"], day["bouts_10_30s_per_day"]) == (0, 2)


def test_the_order_of_bouts_does_not_matter_and_people_and_days_stay_apart():
    both = pd.concat([bouts(), bouts(participant="P2", steps=1.0), bouts(day=2, steps=2.0)], ignore_index=True)
    found = derive.daily_walking(both.sample(frac=1, random_state=3))
    assert found[["participant", "day", "steps_per_day"]].to_numpy().tolist() == [
        ["P1", -1, 224],
        ["P1", 2, 10],
        ["P2", -1, 5],
    ]


def test_bouts_must_have_a_day_and_be_there_once():
    with pytest.raises(DataError, match="neither `day` nor `date` is known for every bout"):
        derive.daily_walking(bouts(day=[1, 1, None, 1, 1]))
    with pytest.raises(DataError, match="2 bouts of one day twice, first at row 3"):
        derive.daily_walking(bouts(bout=list("abcaa")))


def wear(*rows):
    return pd.DataFrame(rows, columns=["participant", "start", "worn_s"])


def test_wear_by_hand():
    found = derive.wear_hours(
        wear(
            ("P1", "2024-03-30 06:59:00", 60),
            ("P1", "2024-03-30 07:00:00", 30),
            ("P1", "2024-03-30 21:59:00", 60),
            ("P1", "2024-03-30 22:00:00", 60),
            ("P1", "2024-03-31 12:00:00", 0),
        )
    )
    assert found["date"].dt.day.tolist() == [30, 31]
    np.testing.assert_allclose(found["worn_h"], [210 / 3600, 0])
    np.testing.assert_allclose(found["worn_waking_h"], [90 / 3600, 0])


def test_wear_with_a_time_that_is_none_is_refused():
    with pytest.raises(DataError, match="1 start not written as 2024-03-31 22:05:00, first at row 0"):
        derive.wear_hours(wear(("P1", "31.3.2024 7:00", 60)))
    with pytest.raises(MethodError, match="expected two hours of a day"):
        derive.wear_hours(wear(("P1", "2024-03-30 06:59:00", 60)), waking=(22, 7))


def test_a_worn_day_without_a_bout_has_amounts_of_0_and_no_speed():
    worn = pd.DataFrame(
        {"participant": "P1", "day": [-1, 0, 1], "worn_h": [20, 20, 0.0], "worn_waking_h": [15, 14, 0.0]}
    )
    found = derive.daily_walking(bouts(), worn).set_index("day")
    assert found.loc[0, "steps_per_day"] == 0
    assert found.loc[0, "bouts_over_30s_per_day"] == 0
    assert np.isnan(found.loc[0, "speed_10_30s_m_per_s"])
    assert np.isnan(found.loc[1, "steps_per_day"])  # not worn is not known
    assert found.loc[-1, "worn_waking_h"] == 15
    with pytest.raises(DataError, match="wear: it has no `day`"):
        derive.daily_walking(bouts(), worn.rename(columns={"day": "date"}))


@pytest.fixture(scope="module")
def study():
    return load.sample_study()


def week(study, people, value=100.0, worn=15.0):
    """Seven days before the first dose for each person."""
    rows = [(person, day) for person in people for day in range(-7, 0)]
    days = pd.DataFrame(rows, columns=["participant", "day"])
    return days.assign(steps_per_day=value + days["day"], worn_waking_h=worn)


def test_the_week_before_a_visit_becomes_an_outcome_and_a_wheelchair_user_has_none(study):
    people = study.participants.set_index("participant")["walks"]
    walker, other = people.index[people.eq(True)][0], people.index[people.eq(False)][0]
    found = derive.gait(week(study, [walker, other]), study, outcomes=("steps_per_day",))
    at = found[found["visit"] == "baseline"].set_index("participant")
    assert at.loc[walker, "value"] == 96.0
    assert at.loc[walker, "n_values"] == 7
    assert pd.isna(at.loc[walker, "flag"])
    assert pd.isna(at.loc[other, "value"])
    assert "mean nothing for a wheelchair user" in at.loc[other, "flag"]
    assert found.loc[found["participant"].isin(people.index[people.eq(False)]), "value"].isna().all()


def test_days_that_were_hardly_worn_do_not_count(study):
    walker = study.participants.loc[study.participants["walks"], "participant"].iloc[0]
    days = week(study, [walker])
    days.loc[:4, "worn_waking_h"] = 11.9
    (row,) = (
        derive.gait(days, study, outcomes=("steps_per_day",))
        .query("visit == 'baseline' and n_values > 0")
        .to_dict("records")
    )
    assert (row["participant"], row["n_values"], row["flag"]) == (walker, 2, "2 of 7 days")
    assert pd.isna(row["value"])
    loose = derive.gait(days, study, outcomes=("steps_per_day",), min_wear_h=0).query("visit == 'baseline'")
    assert loose.set_index("participant").loc[walker, "value"] == 96.0
    with pytest.raises(MethodError, match="the days have no wear"):
        derive.gait(days.drop(columns="worn_waking_h"), study, outcomes=("steps_per_day",))
    with pytest.raises(MethodError, match="the days have no `speed`"):
        derive.gait(days, study, outcomes=("speed",))


def test_dates_become_study_days(study):
    person = study.participants[study.participants["walks"]].iloc[0]
    days = week(study, [person["participant"]])
    dated = days.assign(date=person["first_dose_date"] + pd.to_timedelta(days["day"], unit="D")).drop(columns="day")
    first, second = (derive.gait(one, study, outcomes=("steps_per_day",)) for one in (days, dated))
    pd.testing.assert_frame_equal(first, second)


def test_days_are_those_of_mobilise_d():
    for comparison in comparisons():
        assert comparison.largest <= comparison.tolerance


BOUT_COLUMNS = {"participant": "participant_id", "date": "measurement_date", "bout": "wb_id", "steps": "n_steps"}
BOUT_COLUMNS |= {"turns": "n_turns", "cadence_per_min": "cadence_spm", "stride_s": "stride_duration_s"}
BOUT_COLUMNS |= {"speed_m_per_s": "walking_speed_mps"}
UNITS = {"walkdur_all_sum": 1 / 60, "strlen_1030_avg": 100, "strlen_30_avg": 100}  # hours, centimetres
NEXT_LARGER = {"ws_30_p90": 0.009, "cadence_30_p90": 0.041}  # the reference takes an observed value there


@pytest.mark.needs_shared
@needs_shared
def test_the_aggregation_test_of_mobilise_d_is_reproduced(tmp_path):
    stem = "mobgap_original_results_mobilised_aggregator_aggregation_test_"
    # The first column of the file is a row number without a name.
    table = pd.read_csv(SHARED / f"{stem}input.csv", index_col=0, dtype=str)
    table.to_csv(tmp_path / "input.csv", index=False)
    loaded = load.delimited(
        tmp_path / "input.csv",
        WALKING_BOUTS,
        columns=BOUT_COLUMNS,
        constants={"day": None},
        extra="ignore",
    )
    (ours,) = derive.daily_walking(loaded.table).to_dict("records")
    (theirs,) = pd.read_csv(SHARED / f"{stem}reference.csv").to_dict("records")
    for name, own in DAYS.items():
        found = ours[own] * UNITS.get(name, 1)
        assert found == pytest.approx(theirs[name], abs=NEXT_LARGER.get(name, 0.0005) + 1e-9), name
    # 0.9 of 184 steps is 165.6: between the 166th and the 167th of 185, of which the reference is the latter.
    long = loaded.table[loaded.table["duration_s"] > 30]
    for name, column in (("ws_30_p90", "speed_m_per_s"), ("cadence_30_p90", "cadence_per_min")):
        assert round(long[column].sort_values().iloc[166], 3) == theirs[name]


@pytest.mark.needs_shared
@needs_shared
def test_a_week_of_two_people_and_their_wear_are_as_mobgap_has_them(tmp_path):
    columns = {"participant": "participantid", "day": "wbday", "bout": "wb_id", "duration_s": "duration"}
    columns |= {"steps": "initialcontact_event_number", "turns": "turn_number_so", "cadence_per_min": "averagecadence"}
    columns |= {"speed_m_per_s": "averagestridespeed", "stride_length_m": "averagestridelength"}
    columns |= {"stride_s": "averagestrideduration", "duration_plausible": "duration_flag"}
    path = SHARED / "mobgap_dmo_data_example_cvs_data_cvs-T1-test_data.csv"
    flag = {"duration_plausible": {"True": "true", "False": "false"}}
    loaded = load.delimited(
        path, WALKING_BOUTS, columns=columns, codings=flag, extra="ignore", constants={"label": None}
    )
    ours = derive.daily_walking(loaded.table)
    theirs = pd.read_csv(REFERENCE / "days.csv")
    assert ours["day"].tolist() == theirs["wbday"].tolist()
    theirs["wb_1030_sum"] = theirs["wb_1030_sum"].fillna(0)
    np.testing.assert_allclose(
        ours[list(DAYS.values())].to_numpy(dtype=float), theirs[list(DAYS)].to_numpy(dtype=float), rtol=1e-12
    )
    report = SHARED / "mobgap_data_weartime_example_weartime_min_by_min_report.csv"
    worn = {"participant": "results_id", "start": "interval_starttime", "worn_s": "DUR_total_worn"}
    reason = {"interval_starttime": "times of the recording, which the hours are counted by"}
    read = load.delimited(report, WEAR, columns=worn, delimiter=";", decimal=",", extra="ignore", identifiers=reason)
    hours, stored = derive.wear_hours(read.table), pd.read_csv(REFERENCE / "wear.csv")
    np.testing.assert_allclose(hours["worn_h"], stored["total_worn_h"], rtol=1e-12)
    np.testing.assert_allclose(hours["worn_waking_h"], stored["total_worn_during_waking_h"], rtol=1e-12)
