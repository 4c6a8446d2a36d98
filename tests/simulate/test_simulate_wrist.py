"""Recordings at the wrist: who wears them, and that what was planted is what the counts show."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from spasticity import derive, simulate
from spasticity.tables import EPOCHS

ARM = simulate.SAMPLE_DESIGN.wrist.arm


@pytest.fixture(scope="module")
def nights(sample):
    scored = derive.sleep_wake(derive.non_wear(sample.study.epochs))
    return derive.night_spasms(scored, sample.study), derive.night_spasm_events(scored, sample.study)


def test_two_people_of_each_cohort_in_one_arm_wear_it_for_a_fortnight_with_a_change_of_clocks(sample):
    epochs = sample.study.epochs
    people = sample.study.participants.set_index("participant").loc[epochs["participant"].unique()]
    assert people["cohort"].value_counts().to_dict() == {"MS": 2, "SCI": 2, "other": 0}
    assert set(people["arm"]) == {ARM}
    for (name, zone), rows in epochs.groupby(["participant", "zone"]):
        local = rows["start_utc"].dt.tz_convert(zone)
        weeks = local.groupby((local.diff() > pd.Timedelta(days=2)).cumsum())
        assert weeks.ngroups == 2, name
        assert all(first.hour == 12 for first in weeks.first())
        offsets = weeks.apply(lambda times: times.map(lambda time: time.utcoffset()).nunique())
        assert offsets.max() == 2, name


def test_epochs_are_whole_minutes_without_overlap_and_counts_are_whole_numbers(sample):
    epochs = EPOCHS.check(sample.study.epochs)
    step = epochs.groupby("participant")["start_utc"].diff().dropna()
    assert (step >= pd.Timedelta(minutes=1)).all()
    assert (epochs["counts"] % 1 == 0).all()
    assert epochs["worn"].isna().all()  # no device of this kind knows


def test_every_recorded_spasm_in_bed_is_in_the_truth(sample):
    truth = sample.sleep
    planted = truth[truth["what"].str.startswith("spasm ")]
    spasms = sample.study.spasms[sample.study.spasms["participant"].isin(truth["participant"])]
    assert set(zip(planted["participant"], planted["start_utc"], strict=True)) <= set(
        zip(spasms["participant"], spasms["start_utc"], strict=True)
    )
    woken = truth[truth["what"] == "awake from spasm"]
    minutes = spasms.loc[spasms["woke"], "start_utc"].dt.floor("min")
    assert woken["start_utc"].dt.floor("min").isin(minutes).all()


def test_the_planted_nights_are_those_of_the_diary(sample):
    slept = sample.sleep[sample.sleep["what"] == "asleep"].merge(sample.study.nights, on=["participant", "day"])
    zone = slept["participant"].map(sample.study.epochs.groupby("participant")["zone"].first())
    for row, name in zip(slept.itertuples(), zone, strict=True):
        assert row.end_utc.tz_convert(name).strftime("%H:%M") == row.final_awakening
        begun = (row.start_utc - pd.Timedelta(minutes=row.sol_min)).tz_convert(name)
        assert begun.strftime("%H:%M") == row.attempt


def test_hours_aside_are_zeros_and_are_found_as_such(sample):
    epochs = derive.non_wear(sample.study.epochs)
    for row in sample.sleep[sample.sleep["what"] == "not worn"].itertuples():
        mine = epochs["participant"] == row.participant
        inside = epochs[mine & (epochs["start_utc"] >= row.start_utc) & (epochs["start_utc"] < row.end_utc)]
        assert (inside["counts"] == 0).all()
        if len(inside) >= 90:
            assert not inside["worn"].any()


def test_planted_sleep_is_recovered_within_minutes(sample, nights):
    valid = nights[0][nights[0]["valid"]]
    truth = sample.sleep[sample.sleep["what"] == "asleep"]
    both = valid.merge(truth, on=["participant", "day"], suffixes=("", "_true"))
    assert len(both) == len(valid) >= 25
    for name, true in (("onset_utc", "start_utc_true"), ("offset_utc", "end_utc_true")):
        error = (both[name] - both[true]).dt.total_seconds() / 60
        assert error.abs().median() <= 6  # Webster's rules add 4 minutes after a long wake


def test_planted_places_of_spasms_are_recovered(sample, nights):
    table, events = nights
    valid = table.loc[table["valid"], ["participant", "day"]]
    truth = sample.sleep[sample.sleep["what"].str.startswith("spasm ")]
    both = events.merge(valid, on=["participant", "day"]).merge(
        truth[["participant", "start_utc", "what"]], on=["participant", "start_utc"]
    )
    right = both["what"] == "spasm " + both["state"].astype(str)
    assert len(both) > 70
    assert right.mean() > 0.95


def test_every_planted_awakening_from_a_spasm_is_found_and_few_are_found_that_were_not(sample, nights):
    table, events = nights
    valid = table.loc[table["valid"], ["participant", "day"]]
    truth = sample.sleep[sample.sleep["what"] == "awake from spasm"].merge(valid, on=["participant", "day"])
    found = events[events["minutes_to_wake"].notna()].merge(valid, on=["participant", "day"])
    keys = [set(zip(frame["participant"], frame["start_utc"].dt.floor("min"), strict=True)) for frame in (truth, found)]
    assert len(keys[0]) >= 9
    assert len(keys[0] & keys[1]) / len(keys[0]) >= 0.9
    assert len(keys[1] - keys[0]) <= len(keys[0])


def test_the_recordings_move_no_other_table(sample):
    without = simulate.trial(replace(sample.design, wrist=None))
    assert without.study.epochs.empty
    assert without.sleep.empty
    for name, frame in without.study.tables.items():
        assert frame.equals(sample.study.tables[name]), name


def test_more_people_of_a_cohort_leave_the_first_ones_as_they_are(sample):
    more = simulate.trial(replace(sample.design, wrist=replace(sample.design.wrist, per_cohort=3)))
    kept = more.study.epochs["participant"].isin(sample.study.epochs["participant"])
    assert more.study.epochs[kept].reset_index(drop=True).equals(sample.study.epochs)
    assert np.count_nonzero(~kept) > 0


def test_the_state_of_a_spasms_own_minute_alone_finds_hardly_any_of_them(sample):
    scored = derive.sleep_wake(derive.non_wear(sample.study.epochs))
    nights = derive.night_spasms(scored, sample.study, lead_min=None)
    found = {name: nights.loc[nights["valid"], name].sum() for name in ("spasm_awakenings", "spasms_asleep")}
    assert found["spasm_awakenings"] <= 1  # the page on spasms in the night says why
    assert found["spasms_asleep"] < 35
