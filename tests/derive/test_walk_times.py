"""Times of walking tests from the trunk: from rest to rest, or none and why."""

import numpy as np
import pandas as pd
import pytest

from spasticity import derive, stats
from spasticity.errors import DataError, MethodError
from spasticity.inertial import InertialRecording

RATE = 100.0


def trunk(*moves, seconds=20.0, size=0.2, noise=0.005, **changes):
    """A trunk that shakes from one time to another and is still otherwise."""
    rng = np.random.default_rng(4)
    times = np.arange(0, seconds, 1 / RATE)
    up = 1 + noise * rng.normal(size=len(times))
    for start, end in moves:
        up += np.where((times >= start) & (times < end), size * np.sin(2 * np.pi * 4 * times), 0)
    given = {"participant": "P1", "label": "t25fw 1", "position": "lower back", "rate_hz": RATE}
    acceleration = np.column_stack([up, np.zeros((len(times), 2))])
    return InertialRecording(**(given | {"acceleration_g": acceleration} | changes))


def test_a_movement_is_found_from_rest_to_rest():
    found = derive.movement(trunk((4, 11.5)))
    assert (found.start_s, found.end_s) == (pytest.approx(4, abs=0.3), pytest.approx(11.5, abs=0.3))
    assert found.duration_s == found.end_s - found.start_s


def test_the_longest_movement_counts_and_a_short_stillness_belongs_to_it():
    found = derive.movement(trunk((2, 3), (5, 8), (8.8, 12)))
    assert (found.start_s, found.end_s) == (pytest.approx(5, abs=0.3), pytest.approx(12, abs=0.3))
    apart = derive.movement(trunk((2, 3), (5, 8), (8.8, 12)), pause_s=0.2)
    assert apart.duration_s == pytest.approx(3.2, abs=0.6)


def test_the_rate_does_not_matter():
    recording = trunk((4, 11.5))
    faster = InertialRecording(
        participant="P1",
        label="",
        position="lower back",
        rate_hz=2 * RATE,
        acceleration_g=np.repeat(recording.acceleration_g, 2, axis=0),
    )
    assert derive.movement(faster).duration_s == pytest.approx(derive.movement(recording).duration_s, abs=0.05)


@pytest.mark.parametrize(
    ("recording", "message"),
    [
        (trunk((0.1, 9)), "the recording begins in the movement, without 0.5 s of standing still"),
        (trunk((9, 19.9)), "the recording ends in the movement"),
        (trunk(), "nobody moves in it; lower moving_g=0.04"),
        (trunk((4, 9), position="left foot"), "a foot is at rest in every stance"),
    ],
)
def test_what_cannot_be_seen_is_not_timed(recording, message):
    with pytest.raises(MethodError, match=message):
        derive.movement(recording)


def walks(*rows):
    columns = ["participant", "visit", "test", "trial", "time_s", "unable", "start"]
    return pd.DataFrame(list(rows), columns=columns)


def test_a_stopwatch_stands_beside_the_sensor_and_every_missing_time_says_why():
    table = walks(
        ("P1", "baseline", "t25fw", 1, 7.0, False, "static"),
        ("P1", "baseline", "t25fw", 2, 7.4, False, "static"),
        ("P2", "baseline", "t25fw", 1, np.nan, True, "static"),
        ("P3", "baseline", "10mwt", 1, 9.0, False, "dynamic"),
        ("P3", "baseline", "tug", 1, 12.0, False, None),
    )
    recordings = {
        ("P1", "baseline", "t25fw", 1): trunk((4, 11.5)),
        ("P2", "baseline", "t25fw", 1): trunk((4, 11.5)),
        ("P3", "baseline", "10mwt", 1): trunk((4, 11.5)),
        ("P3", "baseline", "tug", 1): trunk((0, 11.5)),
    }
    found = derive.sensor_times(recordings, table).set_index(["participant", "test"])
    assert found.loc[("P1", "t25fw"), "stopwatch_s"] == 7.0
    assert found.loc[("P1", "t25fw"), "sensor_s"] == pytest.approx(7.5, abs=0.5)
    assert pd.isna(found.loc[("P1", "t25fw"), "flag"])
    assert found.loc[("P2", "t25fw"), "flag"] == "unable"
    assert found.loc[("P3", "10mwt"), "flag"].startswith("started from walking")
    assert found.loc[("P3", "tug"), "flag"].startswith("the recording begins in the movement")
    assert found["sensor_s"].notna().sum() == 1


def test_the_pairs_go_into_the_statistic_of_agreement():
    rows, recordings = [], {}
    for number, end in enumerate(np.arange(8.0, 14.0, 0.75)):
        rows.append((f"P{number}", "baseline", "t25fw", 1, end - 4.0, False, "static"))
        recordings[rows[-1][:4]] = trunk((4, end))
    found = stats.agreement(derive.sensor_times(recordings, walks(*rows)), first="stopwatch_s", second="sensor_s")
    assert found.n == 8
    assert found.row("bias")["estimate"] == pytest.approx(0.4, abs=0.2)  # half a window on either side


def test_a_recording_without_its_trial_is_refused():
    table = walks(("P1", "baseline", "t25fw", 1, 7.0, False, "static"))
    with pytest.raises(DataError, match="1 recording without a trial"):
        derive.sensor_times({("P1", "baseline", "t25fw", 2): trunk((4, 9))}, table)
    with pytest.raises(DataError, match="0 recordings without a trial, and 1 trials too many"):
        derive.sensor_times({("P1", "baseline", "t25fw", 1): trunk((4, 9))}, pd.concat([table, table]))
    with pytest.raises(MethodError, match="test='6mwt' is not known"):
        derive.sensor_times({("P1", "baseline", "6mwt", 1): trunk((4, 9))}, table)
