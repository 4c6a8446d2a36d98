"""Sleep from the angle of the arm, and raw non-wear: hand-scored cases, and what must never change."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity.derive import longer_epochs, non_wear, sleep_periods, sleep_wake
from spasticity.errors import MethodError
from tests.reference.raw_recordings import signals

NOON = pd.Timestamp("2024-03-01T12:00:00Z")
AXES = [f"{axis}_{what}_g" for axis in "xyz" for what in ("mean", "sd", "low", "high")]


def nights(*angles, start=NOON, zone="UTC", worn=None, person="A"):
    angle = np.concatenate([np.asarray(one, dtype=float) for one in angles])
    worn = pd.array([pd.NA] * len(angle) if worn is None else worn, dtype="boolean")
    return pd.DataFrame(
        {
            "participant": person,
            "start_utc": pd.date_range(start, periods=len(angle), freq="5s"),
            "zone": zone,
            "epoch_s": 5.0,
            "counts": np.nan,
            "enmo_mg": np.nan,
            "angle_z_deg": angle,
            "worn": worn,
        }
    )


def restless(minutes):
    return np.where(np.arange(minutes * 12) % 2, 20.0, -20.0)


def restful(minutes):
    return np.zeros(minutes * 12)


class TestInactivity:
    def test_six_minutes_without_a_turn_are_inactivity_and_five_are_not(self):
        scored = sleep_wake(nights(restless(10), restful(6), restless(10), restful(5), restless(10)), method="van_hees")
        asleep = np.flatnonzero(scored["state"].eq("sleep"))
        # The turn into the rest is after epoch 119, so that the stretch begins with it: 119 to 191, 73 epochs.
        assert asleep.tolist() == list(range(119, 192))

    def test_turns_of_five_degrees_do_not_end_it_and_larger_ones_do(self):
        swaying = np.where(np.arange(10 * 12) % 40 < 20, 0.0, 5.0)
        rocking = np.where(np.arange(10 * 12) % 40 < 20, 0.0, 5.1)
        scored = sleep_wake(nights(restless(5), swaying, restless(5), rocking, restless(5)), method="van_hees")
        state = scored["state"].eq("sleep").to_numpy()
        assert state[60:180].all()
        assert not state[240:360].any()

    def test_a_night_with_hardly_a_turn_is_inactive_as_a_whole_and_one_full_of_turns_not_at_all(self):
        assert sleep_wake(nights(restful(60)), method="van_hees")["state"].eq("sleep").all()
        assert sleep_wake(nights(restless(60)), method="van_hees")["state"].eq("wake").all()
        # Two minutes between noon and the end of the recording are no five minutes of rest.
        assert sleep_wake(nights(restful(2)), method="van_hees")["state"].eq("wake").all()

    def test_a_missing_angle_ends_a_stretch_and_has_no_state(self):
        epochs = nights(restless(10), restful(4), restful(4), restless(10))
        epochs.loc[168, "angle_z_deg"] = np.nan  # in the middle of eight minutes
        scored = sleep_wake(epochs, method="van_hees")
        assert not scored["state"].eq("sleep").any()
        assert scored["state"].isna().sum() == 1

    def test_epochs_not_worn_have_no_state(self):
        worn = np.ones(26 * 12, dtype=bool)
        worn[130:140] = False
        scored = sleep_wake(nights(restless(10), restful(6), restless(10), worn=worn), method="van_hees")
        assert np.flatnonzero(scored["state"].isna()).tolist() == list(range(130, 140))
        assert scored["state"].eq("sleep").sum() == 63

    def test_epochs_of_another_length_and_rescoring_are_refused(self):
        with pytest.raises(MethodError, match="van_hees: it is made for epochs of 5 s, these have 60 s"):
            sleep_wake(longer_epochs(nights(restful(60))), method="van_hees")
        with pytest.raises(MethodError, match="Webster's rules are for epochs of 60 s scored by counts"):
            sleep_wake(nights(restful(60)), method="van_hees", rescore=True)


class TestRest:
    def periods(self, *angles, **how):
        return sleep_periods(nights(*angles, **how), method="hdcza")

    def test_the_period_is_the_longest_rest_of_the_night_in_utc(self):
        found = self.periods(restless(120), restful(40), restless(400), restful(300), restless(400))
        assert len(found) == 1
        period = found.iloc[0]
        # Of the 59 turns around an epoch 30 must be small: from the first epoch of rest to the last but one; the epoch
        # before the first is counted in.
        begin, end = 560 * 12, 860 * 12
        assert period["start_utc"] == NOON + pd.Timedelta(seconds=5 * (begin - 1))
        assert period["end_utc"] == NOON + pd.Timedelta(seconds=5 * (end - 1))
        assert period["minutes"] == pytest.approx(300)
        assert list(found) == ["participant", "start_utc", "end_utc", "zone", "minutes"]

    @pytest.mark.parametrize(("pause", "whole"), [(59, True), (62, False)])
    def test_pauses_of_up_to_an_hour_are_bridged(self, pause, whole):
        found = self.periods(restless(200), restful(200), restless(pause), restful(150), restless(400))
        assert found["minutes"].iloc[0] == pytest.approx(350 + pause if whole else 200, abs=0.5)

    def test_rests_of_half_an_hour_are_no_night(self):
        assert self.periods(restless(300), restful(30), restless(300)).empty
        assert len(self.periods(restless(300), restful(32), restless(300))) == 1

    def test_each_evening_of_each_person_has_its_own(self):
        day = (restless(500), restful(400), restless(540))
        both = pd.concat([nights(*day, *day), nights(*day, person="B", start=NOON + pd.Timedelta(hours=24))])
        found = sleep_periods(both.sample(frac=1, random_state=1), method="hdcza")
        assert found["participant"].tolist() == ["A", "A", "B"]
        assert found["minutes"].round().tolist() == [400, 400, 400]

    def test_the_night_runs_from_local_noon_also_when_the_clocks_change(self):
        # London, 26 October 2024: the night has 25 hours; a rest across its noon belongs to neither side as a whole.
        start = pd.Timestamp("2024-10-26T11:00:00Z")  # noon
        found = self.periods(restless(1440), restful(120), restless(300), start=start, zone="Europe/London")
        assert len(found) == 2
        assert found["end_utc"].iloc[0] == pd.Timestamp("2024-10-27T12:00:00Z")
        assert found["start_utc"].iloc[1] >= pd.Timestamp("2024-10-27T12:00:00Z")

    def test_what_was_not_worn_or_not_recorded_is_no_rest(self):
        epochs = nights(restless(300), restful(200), restless(300))
        off = epochs.assign(worn=pd.array(~epochs["angle_z_deg"].eq(0), dtype="boolean"))
        assert len(sleep_periods(epochs, method="hdcza")) == 1
        assert sleep_periods(off, method="hdcza").empty
        assert sleep_periods(epochs[epochs["angle_z_deg"].ne(0) | (epochs.index % 2 == 0)], method="hdcza").empty

    def test_a_period_of_other_epochs_is_refused_and_the_method_is_named(self):
        with pytest.raises(MethodError, match="hdcza: it is made for epochs of 5 s"):
            sleep_periods(longer_epochs(nights(restful(60))), method="hdcza")
        with pytest.raises(MethodError, match="method='spt' is not known"):
            sleep_periods(nights(restful(60)), method="spt")
        assert sleep_periods(nights(restful(60)).iloc[:0], method="hdcza").empty


def states(epochs):
    return sleep_wake(epochs, method="van_hees")["state"].astype(object)


class TestWhatMustNotChange:
    @settings(max_examples=6)
    @given(seed=st.integers(0, 10_000), days=st.integers(-400, 400))
    def test_whole_days_on_the_clock_change_nothing(self, seed, days):
        epochs = nights(signals.night(seed))
        later = epochs.assign(start_utc=epochs["start_utc"] + pd.Timedelta(days=days))
        assert states(later).equals(states(epochs))
        shifted = sleep_periods(later, method="hdcza")
        periods = sleep_periods(epochs, method="hdcza")
        assert (shifted["start_utc"] - pd.Timedelta(days=days)).tolist() == periods["start_utc"].tolist()
        assert shifted["minutes"].tolist() == periods["minutes"].tolist()

    @settings(max_examples=4)
    @given(seeds=st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)))
    def test_a_recording_split_at_noon_is_scored_as_the_whole(self, seeds):
        epochs = nights(*map(signals.night, seeds))
        parts = epochs.iloc[: signals.EPOCHS], epochs.iloc[signals.EPOCHS :]
        assert pd.concat([states(part) for part in parts]).equals(states(epochs))
        split = pd.concat([sleep_periods(part, method="hdcza") for part in parts], ignore_index=True)
        pd.testing.assert_frame_equal(split, sleep_periods(epochs, method="hdcza"))

    @settings(max_examples=8)
    @given(seed=st.integers(0, 10_000), begin=st.integers(0, 17000), length=st.integers(1, 5000))
    def test_non_wear_never_adds_sleep(self, seed, begin, length):
        epochs = nights(signals.night(seed))
        off = epochs.copy()
        off.loc[begin : begin + length, "worn"] = False
        before, after = states(epochs), states(off)
        assert not (after.eq("sleep") & ~before.eq("sleep")).any()
        minutes = [sleep_periods(one, method="hdcza")["minutes"].sum() for one in (epochs, off)]
        assert minutes[1] <= minutes[0]


def raw(minutes, *, sd=0.001, reach=0.01, moving=(), one=(), start=NOON):
    """Epochs of a recorder that lies still but for some minutes; in `one` two axes move."""
    n = minutes * 12
    frame = nights(np.zeros(n), start=start)
    minute = np.arange(n) // 12
    for axis in "xyz":
        free = np.isin(minute, list(moving)) | (np.isin(minute, list(one)) & (axis != "x"))
        frame[f"{axis}_mean_g"] = 0.5
        frame[f"{axis}_sd_g"] = np.where(free, 0.1, sd)
        frame[f"{axis}_low_g"] = 0.5 - np.where(free, 0.3, reach / 2)
        frame[f"{axis}_high_g"] = 0.5 + np.where(free, 0.3, reach / 2)
    return frame


class TestNonWear:
    def off(self, epochs, **limits):
        worn = non_wear(epochs, method="van_hees", **limits)["worn"]
        return sorted(set((epochs.index[worn.eq(False).fillna(False)] // 12 // 15).tolist()))

    def test_quarters_within_a_still_hour_are_not_worn(self):
        # Twelve quarters; movement in minutes 60 to 64, that is in the hours around quarters 2 to 5.
        assert self.off(raw(180, moving=range(60, 65))) == [0, 1, 6, 7, 8, 9, 10, 11]

    def test_the_hour_reaches_22_minutes_before_the_quarter_and_as_far_after_it(self):
        assert 4 in self.off(raw(180, moving=[37 - 1]))  # quarter 4 begins at 60, its hour at 37.5
        assert 4 not in self.off(raw(180, moving=[38]))
        assert 4 not in self.off(raw(180, moving=[96]))
        assert 4 in self.off(raw(180, moving=[98]))  # and ends at 97.5

    def test_spread_and_range_must_both_be_small(self):
        assert self.off(raw(120, sd=0.0129)) == list(range(8))
        assert self.off(raw(120, sd=0.0131)) == []
        assert self.off(raw(120, reach=0.0499)) == list(range(8))
        assert self.off(raw(120, reach=0.0501)) == []
        assert self.off(raw(120, sd=0.02), sd_mg=25) == list(range(8))
        assert self.off(raw(120, reach=0.06), range_mg=70) == list(range(8))

    def test_the_spread_over_the_hour_holds_that_between_its_epochs(self):
        epochs = raw(120)
        for axis in "xyz":  # still in each epoch, but it was turned by 20 mg every 10 minutes
            shift = 0.02 * (np.arange(len(epochs)) // 120 % 2)
            for what in ("mean", "low", "high"):
                epochs[f"{axis}_{what}_g"] += shift
        assert self.off(epochs) == list(range(8))  # spread 10 mg
        epochs = epochs.assign(**{name: epochs[name] * 1.4 for name in AXES if "_mean_" in name})
        assert self.off(epochs) == []  # spread 14 mg

    def test_two_still_axes_are_enough_and_a_lone_quarter_with_one_is_taken_along(self):
        assert self.off(raw(120), axes=3) == list(range(8))
        epochs = raw(240, one=[*range(110, 111)])
        # Two axes move for a minute: four quarters have one still axis, which is not a single one.
        assert self.off(epochs) == [q for q in range(16) if q not in (5, 6, 7, 8)]
        lone = raw(240)
        lone.loc[lone.index // 12 == 0, ["y_sd_g", "z_sd_g"]] = 0.1
        lone.loc[lone.index // 12 == 0, ["y_high_g", "z_high_g"]] = 1.0
        assert self.off(lone) == list(range(2, 16))  # the first two quarters have no quarter before them

    def test_an_hour_that_was_hardly_recorded_is_not_judged(self):
        worn = non_wear(raw(20), method="van_hees")["worn"]
        assert worn.isna().all()
        assert non_wear(raw(40), method="van_hees")["worn"].eq(False).any()

    def test_what_was_known_not_to_be_worn_stays_so_and_order_and_people_do_not_matter(self):
        epochs = raw(180, moving=range(60, 65))
        epochs.loc[800:810, "worn"] = False
        both = pd.concat([epochs, epochs.assign(participant="B")], ignore_index=True)
        mixed = non_wear(both.sample(frac=1, random_state=2), method="van_hees")["worn"].sort_index()
        alone = non_wear(epochs, method="van_hees")["worn"]
        assert mixed.iloc[: len(epochs)].tolist() == alone.tolist() == mixed.iloc[len(epochs) :].tolist()
        assert alone.iloc[800:811].eq(False).all()

    def test_what_it_cannot_judge_is_said(self):
        with pytest.raises(MethodError, match="no `x_mean_g` and `x_sd_g`: they are of a recording that was not raw"):
            non_wear(nights(restful(60)), method="van_hees")
        with pytest.raises(MethodError, match="limit='sd' is not known: expected `sd_mg`, `range_mg` or `axes`"):
            non_wear(raw(60), method="van_hees", sd=10)
        with pytest.raises(MethodError, match="limit='sd_mg' is not known: expected nothing"):
            non_wear(longer_epochs(raw(60)), method="choi", sd_mg=10)
        with pytest.raises(MethodError, match="epochs of 60 s do not divide"):
            non_wear(raw(60).iloc[::12].assign(epoch_s=60.0), method="van_hees")

    def test_longer_epochs_leave_the_spread_behind_and_keep_what_was_worn(self):
        found = non_wear(raw(120), method="van_hees")
        longer = longer_epochs(found)
        assert not set(AXES) & set(longer)
        assert longer["worn"].eq(False).all()
