"""Annotations, sleep stages and scored events of EDF+ files: written out by hand, damaged, and of other programs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spasticity import derive, load
from spasticity.errors import DataError, MethodError, SpasticityError

RECORDINGS = Path(__file__).parents[3] / "shared" / "data" / "recordings"
HOME = {"zone": "Europe/London", "participant": "P001"}
NIGHT = [(0, 60, "Sleep stage W"), (60, 30, "Sleep stage 1"), (90, 60, "Sleep stage 4"), (150, 30, "Sleep stage R")]
NOBODY = "X X X X"


def field(text, size):
    return str(text).encode("utf-8").ljust(size)[:size]


def listed(onset, duration, *texts):
    """One time-stamped list of annotations."""
    lasting = b"" if duration is None else b"\x15" + str(duration).encode()
    return f"{onset:+}".encode() + lasting + b"\x14" + b"".join(text.encode() + b"\x14" for text in texts) + b"\x00"


def edf(
    lists,
    *,
    date="30.03.24",
    time="22.15.00",
    recording="Startdate 30-MAR-2024 X X X",
    patient=NOBODY,
    bdf=False,
    samples=2,
    records=1,
    said=None,
    reserved="EDF+C",
    label=None,
):
    """A file with one signal of samples and one of annotations, the lists spread over its records."""
    width = 3 if bdf else 2
    label = label or ("BDF Annotations" if bdf else "EDF Annotations")
    bodies = [b"".join([listed(number, None, ""), *lists[number::records]]) for number in range(records)]
    room = -(-max(map(len, bodies)) // width) + 1
    signals = [(("EMG leg", samples), (label, room))]
    (first, second), size = signals[0], 2
    head = (b"\xffBIOSEMI" if bdf else field("0", 8)) + field(patient, 80) + field(recording, 80)
    head += field(date, 8) + field(time, 8) + field(256 * (size + 1), 8) + field(reserved, 44)
    head += field(records if said is None else said, 8) + field(1, 8) + field(size, 4)
    widths = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
    values = [[one[0] for one in (first, second)], *[["", ""]] * 7, [one[1] for one in (first, second)], ["", ""]]
    head += b"".join(field(value, width_) for row, width_ in zip(values, widths, strict=True) for value in row)
    return head + b"".join(b"\x07" * (samples * width) + body.ljust(room * width, b"\x00") for body in bodies)


@pytest.fixture
def written(tmp_path):
    def write(lists, name="night.edf", **options):
        path = tmp_path / name
        path.write_bytes(edf(lists, **options))
        return path

    return write


def stages_of(loaded):
    return loaded.table["stage"].astype(object).where(loaded.table["stage"].notna(), "-").tolist()


def test_annotations_keep_their_time_length_and_text(written):
    path = written([listed(0.25, None, "Lights off"), listed(-3, 1.5, "a", "b")], reserved="EDF+D")
    loaded = load.sleep_annotations(path, **HOME)
    assert loaded.source.format == "EDF+D"
    assert loaded.table["text"].tolist() == ["Lights off", "a", "b"]
    assert loaded.table.index.tolist() == [1, 2, 3]
    assert loaded.table["start_utc"].tolist() == [
        pd.Timestamp(moment, tz="UTC")
        for moment in ("2024-03-30T22:15:00.25", "2024-03-30T22:14:57", "2024-03-30T22:14:57")
    ]
    assert loaded.table["duration_s"].isna().tolist() == [True, False, False]
    assert loaded.table["duration_s"].tolist()[1:] == [1.5, 1.5]


@pytest.mark.parametrize("bdf", [False, True])
@pytest.mark.parametrize("records", [1, 3])
def test_stages_become_epochs_and_old_names_new_ones(written, bdf, records):
    path = written([listed(*one) for one in NIGHT], bdf=bdf, records=records)
    loaded = load.hypnogram(path, **HOME)
    table = loaded.table.sort_values("start_utc")
    assert table["stage"].tolist() == ["W", "W", "N1", "N3", "N3", "REM"]
    assert table["epoch_s"].eq(30).all()
    assert loaded.source.rows_read == 6
    assert "4 stages made 6 epochs" in loaded.source.note


def test_a_night_in_which_the_clocks_change_keeps_its_length(written):
    # The clocks of London go forward at 01:00 UTC of 31 March 2024.
    path = written([listed(0, 30, "Sleep stage W"), listed(4 * 3600, 30, "Sleep stage 2")])
    starts = load.hypnogram(path, **HOME).table["start_utc"]
    assert (starts.iloc[1] - starts.iloc[0]) == pd.Timedelta(hours=4)
    summer = load.hypnogram(path, **HOME, start="2024-07-01T22:15:00").table["start_utc"]
    assert summer.iloc[0] == pd.Timestamp("2024-07-01T21:15:00Z")
    fixed = load.hypnogram(path, **HOME, start="2024-07-01T22:15:00", clock="utc").table["start_utc"]
    assert fixed.iloc[0] == pd.Timestamp("2024-07-01T22:15:00Z")


@pytest.mark.parametrize(
    ("date", "time", "said"), [("27.10.24", "01.30.00", "came twice"), ("31.03.24", "01.30.00", "never was")]
)
def test_a_start_that_the_clocks_repeat_or_skip_must_be_settled(written, date, time, said):
    path = written([listed(*NIGHT[0])], date=date, time=time, recording="X")
    with pytest.raises(DataError, match=said):
        load.hypnogram(path, **HOME)
    loaded = load.hypnogram(path, **HOME, clock="+01:00")
    assert loaded.table["start_utc"].iloc[0].hour == 0


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        *[("Sleep stage W", "W"), ("sleep stage N2", "N2"), ("Stage 3", "N3"), ("Sleep stage 4", "N3"), ("N3", "N3")],
        *[
            ("Sleep stage R", "REM"),
            ("REM", "REM"),
            ("Sleep stage ?", "-"),
            ("Movement time", "-"),
            ("Stage: S2", "N2"),
        ],
    ],
)
def test_standard_names_of_stages_are_known(written, text, stage):
    assert stages_of(load.hypnogram(written([listed(0, 30, text)]), **HOME)) == [stage]


def test_other_names_of_stages_are_asked_for_and_never_guessed(written):
    path = written([listed(0, 30, "2"), listed(30, 30, "Schlaf")])
    with pytest.raises(DataError, match="none of 2 annotations is a sleep stage"):
        load.hypnogram(path, **HOME)
    loaded = load.hypnogram(path, **HOME, stages={"2": "N2"})
    assert stages_of(loaded) == ["N2"]
    assert "1 annotation of other kinds left" in loaded.source.note
    with pytest.raises(MethodError, match="stages='S2' is not known"):
        load.hypnogram(path, **HOME, stages={"2": "S2"})


def test_a_stage_without_length_is_one_epoch_and_an_uneven_one_is_rejected(written):
    loaded = load.hypnogram(written([listed(0, None, "Stage W"), listed(30, 45, "Stage N2")]), **HOME)
    assert stages_of(loaded) == ["W"]
    assert loaded.rejects["rule"].str.contains("whole epochs").tolist() == [True]
    twenty = load.hypnogram(written([listed(0, 60, "Stage W")]), **HOME, epoch_s=20)
    assert len(twenty.table) == 3


def test_an_epoch_scored_twice_is_refused_or_settled(written):
    path = written([listed(0, 30, "Stage W"), listed(0, 30, "Stage N2")])
    with pytest.raises(DataError, match="share the key participant, start_utc"):
        load.hypnogram(path, **HOME)
    assert stages_of(load.hypnogram(path, **HOME, duplicates="last")) == ["N2"]


def test_events_are_what_the_caller_says_they_are(written):
    lists = [
        listed(10, 1.2, "LM left"),
        listed(40, 0.8, "LM right"),
        listed(41, 3, "EEG arousal"),
        listed(0, None, "x"),
    ]
    kinds = {"LM left": ("leg movement", "left"), "LM right": ("leg movement", "right"), "EEG arousal": "arousal"}
    loaded = load.scored_events(written(lists), **HOME, kinds=kinds)
    assert loaded.table["kind"].tolist() == ["leg movement", "leg movement", "arousal"]
    assert loaded.table["side"].astype(object).fillna("-").tolist() == ["left", "right", "-"]
    assert loaded.table["duration_s"].tolist() == [1.2, 0.8, 3.0]
    assert "1 annotation of other kinds left" in loaded.source.note
    with pytest.raises(DataError, match="has a text that `kinds` names"):
        load.scored_events(written(lists), **HOME, kinds={"PLM": "leg movement"})
    with pytest.raises(MethodError, match="kinds='spasm' is not known"):
        load.scored_events(written(lists), **HOME, kinds={"LM left": "spasm"})


def test_a_name_in_the_header_or_a_note_is_met_by_the_gate(written):
    path = written([listed(*NIGHT[0])], patient="1234567 F 02-MAY-1951 Haagse_Harry")
    with pytest.raises(DataError, match="header `patient` holds") as error:
        load.hypnogram(path, **HOME)
    assert "Harry" not in str(error.value)
    loaded = load.hypnogram(path, **HOME, identifiers="redact")
    assert set(loaded.identifiers["action"]) == {"left behind"}
    with pytest.raises(DataError, match="column `annotation` holds"):
        load.sleep_annotations(written([listed(0, None, "call Mrs Smith 020 7946 0958")]), **HOME)


def changed(content, at, text):
    return content[:at] + text + content[at + len(text) :]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: data[:100], "signals|no whole number|no EDF"),
        (lambda data: b"PK\x03\x04" + data, "no EDF or BDF file"),
        (lambda data: data[:-5], "expected 1 data record, but 0 are whole"),
        (lambda data: data + b"\x00" * 7, "7 bytes are left over"),
        (lambda data: changed(data, 252, b"9999"), "9,999 signals, for which there is no room"),
        (lambda data: changed(data, 252, b"two "), "number of signals in the header is no whole number"),
        (lambda data: changed(data, 184, b"1024    "), "length does not fit its 2 signals"),
        (lambda data: changed(data, 236, b"12      "), "expected 12 data records, but 1 are whole"),
        (lambda data: changed(data, 168, b"30/03/24"), "start is not written as"),
        (lambda data: changed(data, 168, b"31.02.24"), "two different dates|no date"),
        (lambda data: changed(data, 168, b"30.03.19"), "two different dates of start"),
        (lambda data: changed(data, 256, b"EDF Annotations2"), ""),
    ],
)
def test_a_damaged_file_is_refused_with_what_to_do(tmp_path, damage, said):
    path = tmp_path / "night.edf"
    path.write_bytes(damage(edf([listed(*one) for one in NIGHT])))
    if said:
        with pytest.raises(DataError, match=said):
            load.hypnogram(path, **HOME)
    else:
        assert len(load.hypnogram(path, **HOME).table) == 6


def test_a_cut_file_is_read_when_the_caller_says_how_much_there_is(tmp_path):
    whole = edf([listed(*one) for one in NIGHT], records=2)
    path = tmp_path / "night.edf"
    path.write_bytes(whole[:-10])
    with pytest.raises(DataError, match="pass records=1 to read"):
        load.hypnogram(path, **HOME)
    loaded = load.hypnogram(path, **HOME, records=1)
    assert "unfinished data record" in loaded.source.note
    path.write_bytes(changed(whole, 236, b"-1      "))
    assert "did not say how many" in load.hypnogram(path, **HOME).source.note


def test_plain_edf_has_no_annotations(written):
    with pytest.raises(DataError, match="no signal of annotations"):
        load.sleep_annotations(written([], label="EMG chin", reserved=""), **HOME)


def test_what_is_no_list_and_what_is_no_text_is_rejected(written):
    path = written([listed(0, 30, "Stage W"), b"30\x14no sign\x14\x00", b"+60\x14\xff\xfe\x14\x00"])
    loaded = load.sleep_annotations(path, **HOME)
    assert len(loaded.table) == 1
    assert loaded.rejects["rule"].tolist() == [
        "expected a list of annotations that begins with its time",
        "expected text in UTF-8",
    ]
    far = load.sleep_annotations(written([listed(0, None, "on"), listed(9e8, None, "off")]), **HOME)
    assert far.rejects["rule"].tolist() == ["an onset within 31 days of the start expected"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"zone": "London"}, "zone='London' is not known"),
        ({"clock": "civil"}, "clock='civil'"),
        ({"start": "yesterday"}, "start='yesterday'"),
        ({"start": "2024-03-30T22:15:00Z"}, "expected a local time"),
        ({"epoch_s": 0}, "epoch_s=0"),
    ],
)
def test_an_option_that_is_not_understood_is_refused(written, options, said):
    with pytest.raises(MethodError, match=said):
        load.hypnogram(written([listed(*NIGHT[0])]), **{**HOME, **options})


def test_any_byte_may_be_wrong_and_none_stops_the_program(tmp_path):
    rng = np.random.default_rng(8)
    whole = np.frombuffer(edf([listed(*one) for one in NIGHT], records=2), dtype=np.uint8)
    path = tmp_path / "night.edf"
    for _ in range(150):
        bad = whole.copy()
        bad[rng.integers(0, len(bad), rng.integers(1, 6))] = rng.integers(0, 256)
        path.write_bytes(bad.tobytes()[: rng.integers(200, len(bad) + 1)])
        try:
            loaded = load.sleep_annotations(path, **HOME, identifiers="redact")
            assert loaded.source.rows_read == len(loaded.table) + len(loaded.rejects)
        except SpasticityError:
            pass


@pytest.mark.needs_shared
@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the reference files are not beside this checkout")
@pytest.mark.parametrize(
    ("name", "start", "onsets", "texts"),
    [
        # Start, onsets and texts as pyedflib 0.1.42 reads them; the fraction of a second at which it begins is added.
        ("test_generator.edf", "2011-04-04T12:57:02", [0, 600], ["Recording starts", "Recording ends"]),
        (
            "test_subsecond.edf",
            "2020-01-24T04:05:56",
            [2.3457031, 3.8867187, 290.8964843, 583.9667968],
            ["XLSpike", "Clip Note", "XLEvent", "XLSpike"],
        ),
        (
            "test_utf8.edf",
            "2020-01-24T04:05:56",
            [1.9511719, 3.4921875, 120, 290.5019531, 583.5722656],
            ["XLSpike", "Clip Note", "中文测试八个字", "XLEvent", "XLSpike"],
        ),
    ],
)
def test_files_of_other_programs_are_read(name, start, onsets, texts):
    table = load.sleep_annotations(RECORDINGS / name, zone="UTC", participant="P001", identifiers="redact").table
    assert table["text"].tolist() == texts
    since = (table["start_utc"] - pd.Timestamp(start, tz="UTC")).dt.total_seconds()
    assert np.allclose(since, onsets, atol=2e-6)


@pytest.mark.needs_shared
@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the reference files are not beside this checkout")
@pytest.mark.parametrize("name", ["test_edf_stim_channel.edf", "test_uneven_samp.edf"])
def test_files_without_annotations_are_refused(name):
    with pytest.raises(DataError, match="no signal of annotations"):
        load.sleep_annotations(RECORDINGS / name, **HOME)


def test_a_hypnogram_is_measured_as_any_recording(written):
    asleep = [listed(600 + 30 * n, 30, "Sleep stage N2") for n in range(400)]
    stages = load.hypnogram(written([listed(0, 600, "Sleep stage W"), *asleep]), **HOME).table
    sleep = {"W": "wake", "N1": "sleep", "N2": "sleep", "N3": "sleep", "REM": "sleep"}
    [period] = derive.sleep_periods(stages.assign(state=stages["stage"].map(sleep))).to_dict("records")
    assert period["minutes"] == 200
    assert period["start_utc"] == pd.Timestamp("2024-03-30T22:25:00Z")


def test_leg_movements_go_straight_into_the_rules_for_periodic_ones(written):
    lists = [listed(20 * n, 1.5, "LM left" if n % 2 else "LM right") for n in range(6)]
    kinds = {"LM left": ("leg movement", "left"), "LM right": ("leg movement", "right")}
    events = load.scored_events(
        written([*lists, listed(5, 3, "arousal")]), **HOME, kinds={**kinds, "arousal": "arousal"}
    )
    found = derive.periodic_movements(events.table[events.table["kind"] == "leg movement"])
    assert found["periodic"].tolist() == [True] * 6
    assert found["interval_s"].tolist()[1:] == [20.0] * 5
