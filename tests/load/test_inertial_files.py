"""Inertial recordings: every column, unit and direction is declared, and damage is an error that says where."""

import io
import pickle
import zipfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity import load
from spasticity.errors import DataError, MethodError, SpasticityError
from spasticity.inertial import G_M_PER_S2

ACCELERATION = {"up": "acc_x", "left": "acc_y", "forward": "acc_z"}
ROTATION = {"up": "gyr_x", "left": "gyr_y", "forward": "gyr_z"}
NAMES = [*ACCELERATION.values(), *ROTATION.values()]
RATE = 100.0


def samples(n=60):
    rng = np.random.default_rng(9)
    return np.column_stack([1 + rng.normal(0, 0.05, n), *rng.normal(0, 0.05, (2, n)), *rng.normal(0, 20, (3, n))])


def text(values, names=NAMES, delimiter=",", above=()):
    rows = [delimiter.join(names), *(delimiter.join(map(repr, map(float, row))) for row in values)]
    return "\n".join([*above, *rows]) + "\n"


def read(folder, content, name="walk.csv", **options):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    given = {"participant": "P1", "position": "lower back", "rate_hz": RATE, "acceleration": ACCELERATION}
    return load.inertial(path, **(given | options))


def test_columns_units_and_directions_are_those_declared(tmp_path):
    values = samples()
    found = read(tmp_path, text(values), rotation=ROTATION, label="t25fw 1")
    np.testing.assert_array_equal(found.acceleration_g, values[:, :3])
    np.testing.assert_array_equal(found.rotation_deg_per_s, values[:, 3:])
    assert (found.participant, found.label, found.position, found.rate_hz) == ("P1", "t25fw 1", "lower back", RATE)
    assert found.source == "walk.csv"
    assert len(found.sha256) == 64
    assert found.notes == ()
    assert found.found.empty


def test_units_are_converted_and_a_minus_turns_an_axis(tmp_path):
    values = samples()
    turned = np.column_stack([values[:, 1], -values[:, 0] * G_M_PER_S2, values[:, 2], *np.radians(values[:, 3:]).T])
    turned[:, [0, 2]] *= G_M_PER_S2
    found = read(
        tmp_path,
        text(turned),
        unit="m/s2",
        rotation_unit="rad/s",
        acceleration={"up": "-acc_y", "left": "acc_x", "forward": "acc_z"},
        rotation={"up": "-gyr_x", "left": "gyr_y", "forward": "gyr_z"},
    )
    np.testing.assert_allclose(found.acceleration_g, values[:, :3], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found.rotation_deg_per_s, values[:, 3:] * [-1, 1, 1], rtol=1e-12)


def test_semicolons_decimal_commas_and_two_lines_of_names_are_read(tmp_path):
    values = samples()
    rows = "\n".join(";".join(str(value).replace(".", ",") for value in row) for row in values.tolist())
    header = "left;left;left;right;right;right\nacc_x;acc_y;acc_z;acc_x;acc_y;acc_z\n"
    axes = {"up": "left acc_x", "left": "left acc_y", "forward": "left acc_z"}
    found = read(
        tmp_path, header + rows + "\n", delimiter=";", decimal=",", header_lines=2, name_lines=2, acceleration=axes
    )
    np.testing.assert_allclose(found.acceleration_g, values[:, :3], rtol=1e-15)
    assert found.rotation_deg_per_s is None


def test_a_start_becomes_utc(tmp_path):
    start = datetime(2024, 5, 1, 9, 30, tzinfo=timezone(timedelta(hours=2)))
    assert read(tmp_path, text(samples()), start=start).start_utc == datetime(2024, 5, 1, 7, 30, tzinfo=UTC)
    with pytest.raises(MethodError, match="start has no time zone"):
        read(tmp_path, text(samples()), start=datetime(2024, 5, 1))


@pytest.mark.parametrize(("unit", "step"), [("s", 1 / RATE), ("ms", 1000 / RATE), ("samples", 1.0)])
def test_times_are_checked_against_the_rate(tmp_path, unit, step):
    values = samples()
    timed = np.column_stack([np.arange(len(values)) * step, values])
    options = {"time": "time", "time_unit": unit}
    assert len(read(tmp_path, text(timed, ["time", *NAMES]), **options)) == len(values)
    gap = timed[np.arange(len(timed)) != 20]
    with pytest.raises(DataError, match="1 gap or jump in its times, first after sample 19"):
        read(tmp_path, text(gap, ["time", *NAMES]), **options)
    if unit != "samples":
        with pytest.raises(DataError, match="its times have 100 samples per second, and rate_hz=128 was declared"):
            read(tmp_path, text(timed, ["time", *NAMES]), **options, rate_hz=128)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.replace("0.0", "0.0x", 1), r"column `acc_\w` has 1 cell without a number, first in line \d+"),
        (lambda t: t[:-30], r"line 61 has \d cells?, expected 6; the file was cut"),
        (lambda t: t.splitlines()[0] + "\n", "there are no samples under the header"),
        (lambda t: "", "the file is empty"),
        (lambda t: t.replace("acc_y", "acc_x", 1), "named twice"),
        (lambda t: t.encode() + b"\xff\xfe\n", "is not utf-8"),
        (lambda t: b"PK\x03\x04" + t.encode(), "this is a workbook or archive"),
        (lambda t: t.replace("\n", "\x00\n", 2), "control character U[+]0000"),
    ],
)
def test_a_damaged_text_says_where_and_never_what(tmp_path, change, message):
    with pytest.raises(DataError, match=message) as caught:
        read(tmp_path, change(text(samples())))
    assert "0.0x" not in str(caught.value)


def test_a_last_line_without_an_end_is_noted(tmp_path):
    found = read(tmp_path, text(samples()).rstrip("\n"))
    assert found.notes == ("the last line has no end: the file may have been cut in its last number",)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"acceleration": {"up": "acc_x"}}, "acceleration: expected a column for each of `up`, `left` and `forward`"),
        ({"acceleration": ACCELERATION | {"left": "acc_q"}}, "there is no column `acc_q`"),
        ({"acceleration": ACCELERATION | {"left": "-acc_x"}}, "one column stands for two directions"),
        ({"unit": "mg"}, "unit='mg' is not known"),
        ({"header_lines": 2, "name_lines": 3}, "name_lines=3"),
        ({"time": "clock"}, "there is no column `clock`"),
    ],
)
def test_an_option_that_does_not_fit_is_refused(tmp_path, options, message):
    with pytest.raises(MethodError, match=message):
        read(tmp_path, text(samples()), **options)


def test_what_the_lines_above_say_of_a_person_is_refused_or_left_behind(tmp_path):
    above = ["# Serial: 12345", "# Subject Name: Jane Porter"]
    options = {"header_lines": 3, "name_lines": 1}
    with pytest.raises(DataError, match="the header `Subject Name` holds what looks like a name") as caught:
        read(tmp_path, text(samples(), above=above), **options)
    assert "Porter" not in str(caught.value)
    left = read(tmp_path, text(samples(), above=above), **options, identifiers="redact")
    assert "left behind" in set(left.found["action"])
    assert "Porter" not in left.found.to_string() + repr(left)
    with pytest.raises(DataError, match="file name holds what looks like"):
        read(tmp_path, text(samples()), name="Porter_Jane_1961-03-04 jane.porter@example.org.csv")


def archive(**arrays):
    held = io.BytesIO()
    np.savez(held, **arrays)
    return held.getvalue()


def test_an_archive_of_arrays_is_read(tmp_path):
    values = samples()
    axes = {"up": "accel_x", "left": "accel_y", "forward": "accel_z"}
    times = np.arange(len(values)) / RATE
    found = read(tmp_path, archive(accel=values[:, :3], time=times), "walk.npz", acceleration=axes, time="time")
    np.testing.assert_array_equal(found.acceleration_g, values[:, :3])


class Evil:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was run",))


def test_a_pickle_in_an_archive_is_never_run(tmp_path):
    held = io.BytesIO()
    np.lib.format.write_array(held, np.array([1.0]))
    body = held.getvalue()[:-8].replace(b"'<f8'", b"'|O' ") + pickle.dumps(Evil())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("accel.npy", body)
    for content in (packed.getvalue(), pickle.dumps(Evil())):
        with pytest.raises(DataError, match=r"pickled objects, which are never read|not a NumPy archive"):
            read(tmp_path, content, "walk.npz")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (archive(accel=np.ones((5, 3)))[:-40], "the archive is damaged"),
        (archive(accel=np.ones((5, 3)), time=np.arange(4.0)), "its arrays are not equally long"),
        (archive(words=np.array(["a", "b"])), "the archive has no array of numbers"),
    ],
)
def test_a_damaged_archive_is_refused(tmp_path, content, message):
    with pytest.raises(DataError, match=message):
        read(tmp_path, content, "walk.npz")


def test_an_archive_that_unpacks_to_too_much_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("spasticity.load.inertial_arrays.MAX_BYTES", 5000)
    packed = io.BytesIO()
    np.savez_compressed(packed, accel=np.zeros((5000, 3)))
    with pytest.raises(DataError, match=r"unpacked it has 120,\d+ bytes"):
        read(tmp_path, packed.getvalue(), "walk.npz")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_file_with_random_damage_is_read_or_refused_in_words(tmp_path_factory, data):
    whole = data.draw(st.sampled_from([text(samples(12)).encode(), archive(accel=samples(12)[:, :3])]))
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(
        st.sampled_from(
            [
                whole[:place],
                whole[:place] + bytes([data.draw(st.integers(0, 255))]) + whole[place + 1 :],
                whole[:place] + whole[place + 5 :],
            ]
        )
    )
    name = "walk.npz" if whole.startswith(b"PK") else "walk.csv"
    axes = ACCELERATION if name == "walk.csv" else {"up": "accel_x", "left": "accel_y", "forward": "accel_z"}
    with suppress(SpasticityError):
        read(tmp_path_factory.mktemp("damage"), damaged, name, acceleration=axes)
