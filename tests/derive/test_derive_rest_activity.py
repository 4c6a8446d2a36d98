"""The daily rhythm: by hand, against the formulas written out, and on made-up rhythms whose answer is known."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from spasticity import derive
from spasticity.errors import DataError, MethodError
from tests.derive.test_derive_actigraphy import epochs
from tests.derive.test_derive_recorded_sleep import scored

UTC = {"zone": "Etc/UTC"}


def measures(counts, start="2024-03-01T00:00:00Z", **more):
    return derive.rhythm(epochs(counts, start=start, **(UTC | more))).iloc[0]


def hourly(values):
    """Minutes of the given hourly values."""
    return np.repeat(np.asarray(values, dtype="float64"), 60)


def slow_stability(hours):
    """IS and IV of whole days of hourly means, from the formulas."""
    mean, n = sum(hours) / len(hours), len(hours)
    total = sum((hour - mean) ** 2 for hour in hours)
    profile = [np.mean(hours[h::24]) for h in range(24)]
    is_ = n * sum((one - mean) ** 2 for one in profile) / (24 * total)
    iv = n * sum((b - a) ** 2 for a, b in pairwise(hours)) / ((n - 1) * total)
    return is_, iv


def test_equal_days_are_perfectly_stable():
    day = np.arange(24) ** 2
    found = measures(hourly([*day, *day, *day]))
    assert found["stability"] == pytest.approx(1, abs=1e-12)
    assert found["days"] == 3
    assert found["hours"] == 72


def test_stability_and_variability_by_hand():
    # Two days: 12 hours of 0 and 12 of 2, then the reverse. The mean profile is flat: IS 0. Of 47 steps, 2 are of size
    # 2 (noon of each day) and none at midnight: IV = 48 x 8 / (47 x 48).
    found = measures(hourly([0] * 12 + [2] * 12 + [2] * 12 + [0] * 12))
    assert found["stability"] == pytest.approx(0, abs=1e-12)
    assert found["variability"] == pytest.approx(48 * 8 / (47 * 48))


@pytest.mark.parametrize("seed", range(4))
def test_stability_and_variability_equal_the_formulas(seed):
    rng = np.random.default_rng(seed)
    counts = rng.gamma(0.5, 200, (4 + seed) * 1440)
    found = measures(counts)
    expected = slow_stability(counts.reshape(-1, 60).mean(axis=1).tolist())
    assert (found["stability"], found["variability"]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_stability_never_exceeds_1_however_many_hours_are_missing(seed):
    rng = np.random.default_rng(seed)
    day = rng.gamma(1, 100, 24)
    counts = np.repeat(np.tile(day, 3) + rng.normal(0, 1e-6, 72), 60)
    worn = np.repeat(rng.random(72) < 0.6, 60)
    found = measures(np.maximum(counts, 0), worn=worn)
    assert 0.999 < found["stability"] <= 1 + 1e-12


def test_hours_without_a_value_are_left_out():
    rng = np.random.default_rng(1)
    hours = rng.gamma(1, 100, 72)
    counts = hourly(hours)
    counts[60 * 30 : 60 * 33] = np.nan
    found = measures(counts)
    known = np.delete(hours, [30, 31, 32])
    off, mean = hours - known.mean(), known.mean()
    total = np.sum((known - mean) ** 2)
    by_hour = [[hours[h + 24 * d] for d in range(3) if h + 24 * d not in (30, 31, 32)] for h in range(24)]
    assert found["hours"] == 69
    between = sum(len(seen) * (np.mean(seen) - mean) ** 2 for seen in by_hour)
    assert found["stability"] == pytest.approx(between / total)
    steps = [off[i] - off[i - 1] for i in range(1, 72) if not {i, i - 1} & {30, 31, 32}]
    assert found["variability"] == pytest.approx(69 * np.sum(np.square(steps)) / (len(steps) * total))


def test_time_not_worn_is_time_without_a_value():
    counts = np.random.default_rng(5).gamma(1, 100, 3 * 1440)
    off = np.zeros(len(counts), dtype=bool)
    off[2000:2300] = True
    lost = np.where(off, np.nan, counts)
    worn = derive.rhythm(epochs(counts, worn=~off, **UTC)).drop(columns="flag")
    pd.testing.assert_frame_equal(worn, derive.rhythm(epochs(lost, **UTC)).drop(columns="flag"))


@pytest.mark.parametrize("begin", [0, 7, 13.5, 22])
def test_quietest_and_busiest_hours_wrap_around_whenever_the_recording_begins(begin):
    clock = (np.arange(4 * 1440) / 60 + begin) % 24
    counts = np.where((clock >= 22) | (clock < 3), 1.0, np.where((clock >= 9) & (clock < 19), 90.0, 30.0))
    start = f"2024-03-01T{int(begin):02d}:{int(begin % 1 * 60):02d}:00Z"
    found = measures(counts, start=start)
    assert found[["l5", "m10", "l5_onset", "m10_onset"]].tolist() == pytest.approx([1, 90, 22, 9])
    assert found["amplitude"] == pytest.approx(89 / 91)


@pytest.mark.parametrize("peak", [0, 3.25, 14, 23.5])
def test_cosinor_finds_the_curve_it_was_given(peak):
    clock = np.arange(5 * 1440) / 60 + 8
    counts = 100 + 80 * np.cos(2 * np.pi * (clock - peak) / 24)
    found = measures(counts, start="2024-03-01T08:00:00Z")
    assert found[["mesor", "cosinor_amplitude"]].tolist() == pytest.approx([100, 80])
    assert (found["acrophase"] - peak + 12) % 24 == pytest.approx(12)
    assert found["cosinor_p_value"] == 0


def test_cosinor_equals_least_squares_of_statsmodels():
    sm = pytest.importorskip("statsmodels.api")
    counts = np.random.default_rng(2).gamma(1, 50, 3 * 1440)
    counts[1000:1100] = np.nan
    found = measures(counts)
    angle = 2 * np.pi * np.arange(len(counts)) / 1440
    design = sm.add_constant(np.column_stack((np.cos(angle), np.sin(angle))))
    fit = sm.OLS(counts, design, missing="drop").fit()
    assert found["mesor"] == pytest.approx(fit.params[0], rel=1e-12)
    assert found["cosinor_amplitude"] == pytest.approx(np.hypot(*fit.params[1:]), rel=1e-9)
    assert found["cosinor_p_value"] == pytest.approx(fit.f_pvalue, rel=1e-8)


def test_regularity_of_equal_opposite_and_half_equal_days():
    def regularity(text):
        rows = scored(text, "2024-03-01T00:00:00Z", **UTC).assign(counts=np.arange(len(text)) % 7)
        return derive.rhythm(rows)["regularity"][0]

    day, night = "s" * 480 + "w" * 960, "w" * 480 + "s" * 960
    assert regularity(day * 3) == 100
    assert regularity(day + night) == -100
    assert regularity("s" * 1440 + "s" * 720 + "w" * 720) == 0
    assert regularity(day + "-" * 480 + "w" * 960) == 100  # only pairs that are both known count


def test_an_hour_the_clocks_repeat_is_one_hour_and_one_they_skip_is_none():
    counts = np.random.default_rng(4).gamma(1, 100, 4 * 1440 + 60)
    back = measures(counts, start="2024-10-25T23:00:00Z", zone="Europe/London")  # 26 October 00:00, the day before
    assert back["days"] == 4
    assert back["hours"] == 96
    merged = np.concatenate(
        (counts[: 25 * 60], (counts[25 * 60 : 26 * 60] + counts[26 * 60 : 27 * 60]) / 2, counts[27 * 60 :])
    )
    pd.testing.assert_series_equal(back, measures(merged), check_names=False)
    forward = measures(counts, start="2024-03-30T00:00:00Z", zone="Europe/London")
    assert forward[["days", "hours"]].tolist() == [4, 95]


def test_each_phase_is_described_apart():
    counts = np.random.default_rng(6).gamma(1, 100, 6 * 1440)
    rows = epochs(counts, start="2024-03-01T00:00:00Z", **UTC)
    rows["phase"] = np.where(np.arange(len(rows)) < 3 * 1440, "before", "after")
    found = derive.rhythm(rows, by=("participant", "phase")).set_index("phase")
    assert found["days"].tolist() == [3, 3]
    for phase, part in (("before", counts[: 3 * 1440]), ("after", counts[3 * 1440 :])):
        assert found.loc[phase, "stability"] == pytest.approx(measures(part)["stability"])


def test_order_of_rows_changes_nothing_and_scale_only_what_has_a_unit():
    counts = np.random.default_rng(7).gamma(1, 100, 3 * 1440)
    rows = epochs(counts, **UTC)
    one = derive.rhythm(rows)
    pd.testing.assert_frame_equal(one, derive.rhythm(rows.sample(frac=1, random_state=1)))
    ten = derive.rhythm(rows.assign(counts=10 * rows["counts"]))
    for name in ("stability", "variability", "amplitude", "l5_onset", "acrophase"):
        assert ten[name][0] == pytest.approx(one[name][0])
    assert ten["l5"][0] == pytest.approx(10 * one["l5"][0])


@pytest.mark.parametrize(
    ("counts", "flag"), [(np.ones(1440 * 2 - 1), "1 of at least 2 whole days"), (np.zeros(4000), "no activity")]
)
def test_too_little_says_so(counts, flag):
    found = measures(counts)
    assert found["flag"] == flag
    assert np.isnan(found["stability"])


def test_what_cannot_be_described_is_refused():
    rows = epochs(np.ones(3000))
    with pytest.raises(DataError, match="no column `phase`"):
        derive.rhythm(rows, by=("participant", "phase"))
    with pytest.raises(MethodError, match="value='steps' is not known"):
        derive.rhythm(rows, value="steps")
    with pytest.raises(MethodError, match="epochs of 7 s do not divide an hour"):
        derive.rhythm(epochs(np.ones(30), epoch_s=7))
    assert derive.rhythm(rows.iloc[:0]).empty
