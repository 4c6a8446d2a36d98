"""Raw accelerometer files: known signals come back, damage is refused block by block, clocks are converted once."""

import struct
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spasticity.errors import DataError, MethodError
from spasticity.load import cwa_blocks, geneactiv_pages, gt3x_records, raw_lines
from spasticity.load.accelerometer_files import accelerometer
from spasticity.load.raw_kinds import opened, raw_kind
from spasticity.load.raw_samples import in_time
from spasticity.tables import EPOCHS
from tests.load.rawdevices import (
    cwa,
    cwa_header,
    geneactiv,
    gt3x,
    gt3x_record,
    sealed,
    seconds,
    still,
)
from tests.load.rawdevices import (
    cwa_blocks as written_blocks,
)

RECORDINGS = Path(__file__).parents[3] / "shared" / "data" / "recordings"
needs_shared = [
    pytest.mark.needs_shared,
    pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the reference files are not beside this checkout"),
]
WHO = {"participant": "P01", "zone": "Europe/London"}
AXES = [f"{axis}_{what}_g" for axis in "xyz" for what in ("mean", "sd", "low", "high")]


def moving(n, seed=1):
    """Arm movement on top of gravity, in whole units of 1/256 g."""
    rng = np.random.default_rng(seed)
    t = np.arange(n) / 100
    g = np.stack([0.5 * np.sin(t), 0.3 * np.cos(1.7 * t), np.ones(n)], axis=1) + rng.normal(0, 0.1, (n, 3))
    return np.round(g * 256).astype(int)


def load(path, **options):
    return accelerometer(path, **(WHO | options))


def pieces_of(path):
    raw = opened(path)
    pieces = list(in_time(raw))
    g = np.concatenate([piece.units for piece in pieces], axis=1).T * raw.scale + raw.offset
    start = np.concatenate([piece.start for piece in pieces])
    return raw, g, start


class TestKnownSignals:
    def test_every_column_of_a_square_wave_is_what_paper_says(self, tmp_path):
        # 5 s at 100 Hz: half of the samples 1.5 g, half 0.5 g along z.
        g = np.tile([[0, 0, 1.5], [0, 0, 0.5]], (6000, 1))
        table = load(cwa(tmp_path / "a.cwa", g), calibrate=False).table
        assert len(table) == 24
        row = table.iloc[3]
        assert row["start_utc"] == pd.Timestamp("2024-03-01T12:00:15Z")
        assert row["participant"] == "P01"
        assert row["zone"] == "Europe/London"
        assert row["epoch_s"] == 5
        assert row["enmo_mg"] == pytest.approx(250)  # (500 + 0) / 2, the half below 1 g counts as 0
        assert row["angle_z_deg"] == pytest.approx(90)
        assert pd.isna(row["counts"])
        assert pd.isna(row["worn"])
        assert row["temperature_c"] == pytest.approx(300 * 75 / 256 - 50)
        assert row[["z_mean_g", "z_low_g", "z_high_g", "x_mean_g", "x_sd_g"]].tolist() == [1.0, 0.5, 1.5, 0.0, 0.0]
        assert row["z_sd_g"] == pytest.approx(0.5 * np.sqrt(500 / 499))
        assert table.index.tolist() == list(range(1, 25))

    @pytest.mark.parametrize(
        ("direction", "angle"), [((0, 0, 1), 90), ((0, 0, -1), -90), ((1, 0, 0), 0), ((0.5, 0.5, 0.75), 46.686)]
    )
    def test_the_angle_is_that_of_z_to_the_horizontal(self, tmp_path, direction, angle):
        table = load(cwa(tmp_path / "a.cwa", still(6000, direction))).table
        assert table["angle_z_deg"].to_numpy() == pytest.approx(np.full(12, angle), abs=1e-3)

    def test_a_short_knock_does_not_turn_the_angle(self, tmp_path):
        g = still(12000)
        g[6000:6100] = [2.0, 0, 0]  # one second; the median over five does not see it
        table = load(cwa(tmp_path / "a.cwa", g), calibrate=False).table
        assert (table["angle_z_deg"] == 90).all()
        assert table["enmo_mg"].iloc[12] == pytest.approx(200)

    def test_the_same_samples_are_the_same_epochs_in_every_format(self, tmp_path):
        units = moving(24000)
        lines = "".join(
            f"{seconds('2024-03-01 12:00:00') + n / 100:.2f},{x / 256!r},{y / 256!r},{z / 256!r}\n"
            for n, (x, y, z) in enumerate(units.tolist())
        )
        (tmp_path / "e.csv").write_text(lines)
        paths = [
            cwa(tmp_path / "a.cwa", units / 256),
            cwa(tmp_path / "b.cwa", units / 256, size=80, packed=False),
            geneactiv(tmp_path / "c.bin", units),
            gt3x(tmp_path / "d.gt3x", units, rate=100),
            gt3x(tmp_path / "f.gt3x", units, rate=100, packed=True),
            tmp_path / "e.csv",
        ]
        assert [raw_kind(path) for path in paths] == ["cwa", "cwa", "geneactiv", "gt3x", "gt3x", "csv"]
        tables = [load(path, counts="vector").table for path in paths]
        shown = ["start_utc", "counts", "enmo_mg", "angle_z_deg", *AXES]
        for table in tables[1:]:
            # Samples packed into ten bits lose their last bits beyond 2 g, which are not reached here.
            pd.testing.assert_frame_equal(table[shown], tables[0][shown], rtol=0, atol=2e-5)

    def test_large_samples_are_packed_with_an_exponent(self, tmp_path):
        table = load(cwa(tmp_path / "a.cwa", still(1200, (0, -8.0, 4.0))), calibrate=False).table
        assert table[["y_mean_g", "z_mean_g"]].to_numpy().tolist() == [[-8.0, 4.0]] * 2

    @pytest.mark.parametrize("epoch_s", [1, 2, 5, 10])
    def test_the_size_of_the_pieces_does_not_change_a_number(self, tmp_path, monkeypatch, epoch_s):
        units = moving(36000)
        path = cwa(tmp_path / "a.cwa", units / 256, real_rate=98.7)
        other = geneactiv(tmp_path / "a.bin", units)
        third = gt3x(tmp_path / "a.gt3x", units, rate=100)
        paths = (path, other, third)
        whole = [load(one, epoch_s=epoch_s, counts="y").table for one in paths]
        monkeypatch.setattr(cwa_blocks, "AT_ONCE", 7)
        monkeypatch.setattr(geneactiv_pages, "AT_ONCE", 5000)
        monkeypatch.setattr(gt3x_records, "AT_ONCE", 5000)
        for one, before in zip(paths, whole, strict=True):
            pd.testing.assert_frame_equal(load(one, epoch_s=epoch_s, counts="y").table, before, rtol=1e-12)

    def test_a_device_that_is_slower_than_it_was_told_has_neither_gaps_nor_too_many_epochs(self, tmp_path):
        path = cwa(tmp_path / "a.cwa", still(98700), real_rate=98.7)  # 1,000 s
        loaded = load(path)
        assert len(loaded.table) == 199  # the last one has no whole block at its end
        assert (loaded.table["start_utc"].diff().dropna() == pd.Timedelta(seconds=5)).all()
        assert "gap" not in loaded.source.note


class TestDamage:
    def units(self):
        return moving(24000)

    def test_a_damaged_block_is_refused_and_the_others_are_as_before(self, tmp_path):
        path = cwa(tmp_path / "a.cwa", self.units() / 256)
        before = load(path)
        data = bytearray(path.read_bytes())
        data[1024 + 100 * 512 + 77] ^= 0xFF
        data[1024 + 3 * 512 : 1024 + 3 * 512 + 2] = b"??"
        path.write_bytes(bytes(data) + b"AX" + bytes(100))
        loaded = load(path)
        assert loaded.rejects[["row", "column"]].to_numpy().tolist() == [[4, "block"], [101, "block"], [201, "block"]]
        assert loaded.rejects["rule"].tolist() == [
            "not a data block",
            "the checksum is wrong: the block is damaged",
            "the file ends within the block",
        ]
        assert loaded.source.note.startswith("201 blocks read = 198 used + 3 refused, in 46 epochs of 5 s")
        assert "2 gaps, 2.4 s without samples" in loaded.source.note
        assert "2 epochs recorded in part left out" in loaded.source.note
        same = before.table.set_index("start_utc").loc[loaded.table["start_utc"]].reset_index()
        away = np.abs(loaded.table["start_utc"] - pd.Timestamp("2024-03-01T12:02:00Z")) > pd.Timedelta(seconds=12)
        away &= loaded.table["start_utc"] > pd.Timestamp("2024-03-01T12:00:10Z")
        shown = ["start_utc", "enmo_mg", "angle_z_deg", *AXES]
        pd.testing.assert_frame_equal(
            same.loc[away.to_numpy(), shown].reset_index(drop=True),
            loaded.table.loc[away, shown].reset_index(drop=True),
            atol=1e-9,
        )

    def test_a_clock_that_was_reset_and_a_doubled_recording_are_refused(self, tmp_path):
        first = written_blocks(self.units()[:12000], seconds("2024-03-01 12:00:00"))
        again = written_blocks(self.units()[:6000], seconds("2024-03-01 12:00:30"))
        reset = written_blocks(self.units()[:1200], seconds("2000-01-01 00:00:05"))
        later = written_blocks(self.units()[:12000], seconds("2024-03-01 13:00:00"))
        path = tmp_path / "a.cwa"
        path.write_bytes(cwa_header() + np.concatenate([first, again, reset, later]).tobytes())
        loaded = load(path)
        assert loaded.rejects["rule"].value_counts().to_dict() == {
            "begins before the block before it ends: the clock was set back, or the recording is doubled": 50,
            "a clock that was never set, or was reset; ask when the recording began": 10,
        }
        assert loaded.rejects["row"].tolist() == list(range(101, 161))
        assert len(loaded.table) == 48
        assert "1 gap, 58.0 min without samples" in loaded.source.note

    def test_a_pause_is_a_pause_and_its_epochs_have_no_rows(self, tmp_path):
        early = written_blocks(self.units()[:12000], seconds("2024-03-01 12:00:00"))
        late = written_blocks(self.units()[:12000], seconds("2024-03-01 12:10:02"))
        path = tmp_path / "a.cwa"
        path.write_bytes(cwa_header() + np.concatenate([early, late]).tobytes())
        table = load(path).table
        assert len(table) == 24 + 23  # the epoch that begins 2 s before the second part is left out
        assert table["start_utc"].diff().max() == pd.Timedelta(minutes=8, seconds=10)

    def test_the_median_of_an_angle_does_not_reach_over_a_pause(self, tmp_path):
        turned = np.concatenate([still(5800), still(200, (1.0, 0, 0))]) * 256  # for the last 2 of 60 s
        early = written_blocks(turned, seconds("2024-03-01 12:00:00"))
        late = written_blocks(still(6000) * 256, seconds("2024-03-01 12:10:00"))
        path = tmp_path / "a.cwa"
        path.write_bytes(cwa_header() + np.concatenate([early, late]).tobytes())
        angle = load(path, calibrate=False).table["angle_z_deg"]
        assert angle.iloc[11] < 60
        assert angle.drop(12).eq(90).all()

    def test_a_block_of_another_packing_is_refused(self, tmp_path):
        blocks = written_blocks(self.units()[:12000], seconds("2024-03-01 12:00:00"))
        blocks[50, 25] = 0x32
        blocks[60, 28:30] = 0
        blocks[70, 14:18] = 0
        path = tmp_path / "a.cwa"
        path.write_bytes(cwa_header() + sealed(blocks).tobytes())
        assert load(path).rejects["rule"].tolist() == [
            "a data block without samples",
            "a data block without samples",
            "no date and time",
        ]

    def test_pages_that_are_cut_or_spoilt_are_refused(self, tmp_path):
        def spoil(pages):
            pages[10] = pages[10].replace("Page Time:2024", "Page Time:20x4")
            pages[20] = pages[20][:-31] + "\n"
            return pages

        loaded = load(geneactiv(tmp_path / "a.bin", self.units(), edit=spoil))
        assert loaded.rejects["row"].tolist() == [11, 21]
        assert loaded.rejects["rule"].tolist() == [geneactiv_pages.DAMAGED, geneactiv_pages.CUT]
        assert loaded.source.note.startswith("80 pages read = 78 used + 2 refused")
        assert "clock drift of -1.500s when it was read out, not corrected" in loaded.source.note

    def test_records_with_a_wrong_checksum_or_length_are_refused(self, tmp_path):
        def spoil(records):
            records[10] = records[10][:-1] + bytes([records[10][-1] ^ 1])
            records[20] = records[20][:100] + records[20][130:]  # shorter than it says
            records[30] = bytes(7) + records[30]  # zeros between records are allowed
            records[40] += gt3x_record(26, 0, b"\x01")  # says that the device was connected
            return records

        loaded = load(gt3x(tmp_path / "a.gt3x", self.units(), rate=100, edit=spoil))
        assert loaded.rejects["rule"].tolist() == [gt3x_records.CHECKSUM, gt3x_records.BROKEN]
        assert loaded.rejects["row"].tolist() == [10, 20]
        assert loaded.source.note.startswith("240 records read = 238 used + 2 refused")

    def test_a_log_that_ends_in_a_record_keeps_what_came_before(self, tmp_path):
        path = gt3x(tmp_path / "a.gt3x", self.units(), rate=100, edit=lambda records: [*records[:-1], records[-1][:50]])
        loaded = load(path)
        assert loaded.rejects["rule"].tolist() == [gt3x_records.CUT]
        assert len(loaded.table) == 47

    def test_lines_that_are_torn_or_no_numbers_are_refused(self, tmp_path):
        lines = [f"2024-03-01 12:00:{n // 100:02d}.{10 * (n % 100):03d},0.0,0.0,1.0" for n in range(2000)]
        lines[500], lines[600], lines[700] = "2024-03-01 12:00:05.000,0.0", lines[600][:-3] + "x", "soon,0,0,1"
        (tmp_path / "a.csv").write_text("\n".join(lines))
        loaded = load(tmp_path / "a.csv")
        assert loaded.rejects["row"].tolist() == [501, 601, 701]
        assert loaded.rejects["rule"].tolist() == [raw_lines.TORN, raw_lines.NOT_NUMBERS, raw_lines.NOT_A_TIME]
        assert len(loaded.table) == 4

    def test_a_file_with_nothing_to_use_says_what_is_wrong(self, tmp_path):
        blocks = written_blocks(self.units()[:1200], seconds("2000-01-01 00:00:05"))
        (tmp_path / "a.cwa").write_bytes(cwa_header() + blocks.tobytes())
        with pytest.raises(DataError, match="none of 10 blocks can be used, first: a clock that was never set"):
            load(tmp_path / "a.cwa")
        cwa(tmp_path / "b.cwa", still(240))
        with pytest.raises(DataError, match="no epoch of 5 s was recorded as a whole"):
            load(tmp_path / "b.cwa")

    def test_a_header_alone_or_a_spoilt_one_is_an_error(self, tmp_path):
        (tmp_path / "a.cwa").write_bytes(cwa_header())
        with pytest.raises(DataError, match="no sound data block"):
            load(tmp_path / "a.cwa")
        (tmp_path / "b.bin").write_text("Device Identity\nx gain:0\n")
        with pytest.raises(DataError, match="the header has no `y gain`"):
            load(tmp_path / "b.bin")
        (tmp_path / "c.txt").write_text("participant,day\nP1,3\n")
        with pytest.raises(DataError, match=r"c\.txt: this is no raw recording that is read"):
            load(tmp_path / "c.txt")
        with pytest.raises(DataError, match="there is no such file"):
            load(tmp_path / "d.cwa")

    def test_a_temperature_no_device_can_have_is_left_out(self, tmp_path):
        loaded = load(cwa(tmp_path / "a.cwa", self.units() / 256, temperature=1023))
        assert loaded.table["temperature_c"].isna().all()
        assert "48 temperatures out of range left out" in loaded.source.note

    def test_every_column_has_the_type_of_its_table(self, tmp_path):
        table = load(cwa(tmp_path / "a.cwa", self.units() / 256)).table
        checked = EPOCHS.check(table, extra=True)
        pd.testing.assert_frame_equal(table, checked)


class TestClocks:
    def test_a_device_keeps_its_offset_through_the_night_the_clocks_change(self, tmp_path):
        # Set in summer time on 25 October 2024; the clocks of London go back on the 27th.
        path = cwa(
            tmp_path / "a.cwa",
            still(12 * 3600 * 25),
            start="2024-10-26 18:00:00",
            rate=25,
            header=cwa_header("2024-10-25 09:00:00"),
        )
        loaded = load(path, epoch_s=10)
        assert "the clock of the device ran at UTC+01:00" in loaded.source.note
        assert len(loaded.table) == 12 * 360
        assert loaded.table["start_utc"].iloc[0] == pd.Timestamp("2024-10-26T17:00:00Z")
        assert (loaded.table["start_utc"].diff().dropna() == pd.Timedelta(seconds=10)).all()
        local = loaded.table["start_utc"].dt.tz_convert("Europe/London")
        assert local.iloc[-1] == pd.Timestamp("2024-10-27 04:59:50", tz="Europe/London")

    def test_the_offset_of_the_file_counts_and_must_be_one_of_the_zone(self, tmp_path):
        path = geneactiv(tmp_path / "a.bin", moving(3000), zone="GMT -05:00")
        table = load(path, zone="America/New_York").table
        assert table["start_utc"].iloc[0] == pd.Timestamp("2024-03-01T17:00:00Z")
        with pytest.raises(DataError, match="ran at UTC-05:00, which `Europe/London` did not have when it was set"):
            load(path)
        abroad = load(path, clock="-05:00").table
        assert abroad["start_utc"].equals(table["start_utc"])
        assert (abroad["zone"] == "Europe/London").all()

    def test_the_caller_may_say_the_offset(self, tmp_path):
        path = cwa(tmp_path / "a.cwa", still(1200))
        assert load(path, clock="+05:30").table["start_utc"].iloc[0] == pd.Timestamp("2024-03-01T06:30:00Z")
        assert load(path, clock="utc").table["start_utc"].iloc[0] == pd.Timestamp("2024-03-01T12:00:00Z")
        with pytest.raises(MethodError, match="clock='summer': expected"):
            load(path, clock="summer")
        with pytest.raises(MethodError, match="zone='London' is not known"):
            load(path, zone="London")

    def test_a_device_set_in_a_repeated_hour_needs_an_offset(self, tmp_path):
        path = cwa(
            tmp_path / "a.cwa", still(1200), start="2024-10-27 12:00:00", header=cwa_header("2024-10-27 01:30:00")
        )
        with pytest.raises(DataError, match="an hour in which the clocks of `Europe/London` change"):
            load(path)

    def test_the_offset_in_a_gt3x_is_read_with_its_sign(self, tmp_path):
        path = gt3x(tmp_path / "a.gt3x", moving(1200), rate=30, TimeZone="-05:00:00")
        table = load(path, zone="America/New_York").table
        assert table["start_utc"].iloc[0] == pd.Timestamp("2024-03-01T17:00:00Z")


class TestGt3x:
    def test_the_packed_example_of_the_format_is_unpacked(self):
        # The example of the published format: three samples, y before x.
        payload = np.frombuffer(bytes.fromhex("006008EBD007009EBF007008EBF0"), dtype=np.uint8)[None, :]
        units = gt3x_records._units(payload, gt3x_records.PACKED, 3)
        assert units.T.tolist() == [[8, 6, -323], [9, 7, -321], [8, 7, -321]]

    def test_seconds_that_were_slept_through_are_a_gap_or_hold_the_last_sample(self, tmp_path):
        units = moving(6000)
        path = gt3x(tmp_path / "a.gt3x", units, rate=100, skip=range(20, 40))
        gap, held = load(path, calibrate=False), load(path, calibrate=False, idle="hold")
        assert len(gap.table) == 8
        assert len(held.table) == 12
        assert "seconds without a record (idle sleep mode) are a gap" in gap.source.note
        assert gap.source.rows_read == 8
        assert held.source.note.startswith("40 records read = 40 used + 0 refused, in 12 epochs")
        kept = held.table.iloc[4:8]
        assert (kept["x_sd_g"] == 0).all()
        assert kept["x_mean_g"].tolist() == [units[1999, 0] / 256] * 4
        shown = ["start_utc", "enmo_mg", *AXES]
        pd.testing.assert_frame_equal(
            gap.table[shown].reset_index(drop=True),
            held.table.drop(index=kept.index)[shown].reset_index(drop=True),
        )

    def test_the_scale_is_that_of_the_file_its_parameters_or_its_serial_number(self, tmp_path):
        units = np.round(still(600) * 341)
        old = gt3x(tmp_path / "a.gt3x", units, **{"Acceleration Scale": None, "Serial Number": "NEO1C16110020"})
        assert load(old, calibrate=False).table["z_mean_g"].tolist() == [1.0] * 4
        scale = struct.pack("<HHI", 0, 55, 0x09400000)  # 256, as in the published example
        told = gt3x(
            tmp_path / "b.gt3x",
            still(600) * 256,
            edit=lambda records: [records[0], gt3x_record(21, 0, scale), *records[1:]],
            **{"Acceleration Scale": None, "Serial Number": "XXX1"},
        )
        assert load(told, calibrate=False).table["z_mean_g"].tolist() == [1.0] * 4
        unknown = gt3x(tmp_path / "c.gt3x", units, **{"Acceleration Scale": None, "Serial Number": "XXX1"})
        with pytest.raises(DataError, match="nothing says how many units are 1 g"):
            load(unknown)

    def test_archives_of_another_kind_are_named(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "old.gt3x", "w") as archive:
            archive.writestr("activity.bin", b"")
            archive.writestr("info.txt", "Sample Rate: 30")
        with pytest.raises(DataError, match="older format"):
            load(tmp_path / "old.gt3x")
        (tmp_path / "cut.gt3x").write_bytes(gt3x(tmp_path / "a.gt3x", moving(600)).read_bytes()[:300])
        with pytest.raises(DataError, match="the archive is damaged or cut"):
            load(tmp_path / "cut.gt3x")


class TestGate:
    def test_a_name_in_the_header_is_refused_left_behind_or_allowed(self, tmp_path):
        path = gt3x(tmp_path / "a.gt3x", moving(600), **{"Subject Name": "Jane Doe"})
        with pytest.raises(DataError, match="the header `Subject Name` holds what looks like a name") as caught:
            load(path)
        assert "Jane" not in str(caught.value)
        found = load(path, identifiers="redact").identifiers
        assert found[["place", "kind", "action"]].to_numpy().tolist() == [
            ["header `Serial Number`", "device serial number", "left behind"],
            ["header `Subject Name`", "name", "left behind"],
        ]
        assert len(load(path, identifiers={"header": "an invented name"}).table)

    def test_what_identifies_in_the_annotation_of_a_cwa_is_found(self, tmp_path):
        header = cwa_header(annotation="_sn=call+503-555-0143&_p=left+wrist")
        path = cwa(tmp_path / "a.cwa", still(1200), header=header)
        with pytest.raises(DataError, match="the header `subject notes` holds what looks like a phone number"):
            load(path)

    def test_a_participant_who_is_a_number_of_the_health_service_is_refused(self, tmp_path):
        path = cwa(tmp_path / "a.cwa", still(1200))
        with pytest.raises(DataError, match="holds what looks like"):
            load(path, participant="jane.doe@clinic.example")


class TestCalibration:
    def turned(self, gain, shift, noise=0.002):
        rng = np.random.default_rng(3)
        ways = rng.normal(size=(60, 3))
        ways /= np.linalg.norm(ways, axis=1, keepdims=True)
        g = np.repeat(ways, 2000, axis=0) / gain - np.array(shift) / gain
        return g + rng.normal(0, noise, g.shape)

    def test_planted_gain_and_offset_are_found_and_gravity_becomes_1_g(self, tmp_path):
        gain, shift = np.array([1.02, 0.98, 1.01]), (0.03, -0.02, 0.01)
        path = cwa(tmp_path / "a.cwa", self.turned(gain, shift))
        raw_table, table = load(path, calibrate=False), load(path)
        assert "not calibrated: not asked for" in raw_table.source.note
        assert "calibrated by gravity in 59 still windows" in table.source.note or "still windows:" in table.source.note
        axes = table.table[["x_mean_g", "y_mean_g", "z_mean_g"]].to_numpy()
        within = table.table[["x_sd_g", "y_sd_g", "z_sd_g"]].max(axis=1) < 0.013
        assert np.abs(np.linalg.norm(axes[within], axis=1) - 1).max() < 0.002
        assert table.table["enmo_mg"].median() < raw_table.table["enmo_mg"].median()

    def test_a_device_that_lay_one_way_only_is_left_alone(self, tmp_path):
        loaded = load(cwa(tmp_path / "a.cwa", still(30000) + np.random.default_rng(1).normal(0, 0.004, (30000, 3))))
        assert "not calibrated: 30 still windows do not face all ways" in loaded.source.note


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epoch_s": 60}, "epoch_s=60 is not known"),
        ({"counts": "axis1"}, "counts='axis1' is not known"),
        ({"idle": "zero"}, "idle='zero' is not known"),
    ],
)
def test_options_that_are_not_known_are_named(tmp_path, options, message):
    with pytest.raises(MethodError, match=message):
        load(cwa(tmp_path / "a.cwa", still(1200)), **options)


def test_counts_of_slow_samples_are_refused(tmp_path):
    with pytest.raises(MethodError, match="counts need at least 30 samples a second, these are 25"):
        load(cwa(tmp_path / "a.cwa", still(1200), rate=25), counts="y")


@pytest.mark.needs_shared
class TestRealFiles:
    pytestmark = needs_shared

    def test_an_ax6_is_read_to_the_last_digit_of_another_reader(self):
        raw, g, start = pieces_of(RECORDINGS / "ax6_sample.cwa")
        theirs = np.load(RECORDINGS / "ax6_data.npz")
        assert raw.format == "Axivity cwa (AX6)"
        assert np.abs(g - theirs["accel"]).max() < 5.1e-7  # it keeps six digits
        # It places a block by whole samples, this reader by the part of the second that the block tells.
        assert np.abs(start - theirs["time"][::40]).max() < 0.02

    def test_a_geneactiv_is_read_to_the_last_digit_of_another_reader(self):
        raw, g, start = pieces_of(RECORDINGS / "gnactv_sample.bin")
        theirs = np.load(RECORDINGS / "gnactv_data.npz")
        assert np.abs(g - theirs["accel"]).max() < 5.1e-5
        assert start.tolist() == theirs["time"][::300].tolist()
        assert raw.offset_s == -4 * 3600

    def test_an_ax3_begins_and_warms_as_another_reader_says(self):
        raw, _, start = pieces_of(RECORDINGS / "ax3_testfile.cwa")
        # GGIRread: page 2 (300 samples later) begins at 10:55:09, temperature 26.46484 in the third block.
        assert start[0] + 3 == pytest.approx(seconds("2019-02-26 10:55:09"), abs=0.001)
        piece = next(iter(in_time(raw)))
        assert piece.temperature[2] == pytest.approx(26.46484, abs=1e-5)

    def test_the_unix_times_of_an_ax3_csv_are_those_of_its_cwa(self):
        csv = load(RECORDINGS / "ax3_testfile_unix_timestamps.csv", epoch_s=1, calibrate=False).table
        block = load(RECORDINGS / "ax3_testfile.cwa", epoch_s=1, calibrate=False).table
        assert csv["start_utc"].tolist() == block["start_utc"].iloc[: len(csv)].tolist()
        # The csv was resampled to 100 Hz, the device was slower.
        assert csv["x_mean_g"].to_numpy() == pytest.approx(block["x_mean_g"].iloc[: len(csv)].to_numpy(), abs=0.002)

    @pytest.mark.parametrize(
        ("name", "zone", "kind", "note"),
        [
            ("ax3_testfile.cwa", "Europe/London", "cwa", "145 blocks read = 145 used + 0 refused"),
            ("ax6_sample.cwa", "Europe/London", "cwa", "259 blocks read = 259 used + 0 refused"),
            ("ax6_testfile_formatted_timestamps.csv", "Europe/London", "csv", "210 lines read = 210 used + 0 refused"),
            ("GENEActiv_testfile.bin", "Europe/London", "geneactiv", "17 pages read = 16 used + 1 refused"),
            ("gnactv_sample.bin", "America/New_York", "geneactiv", "3 pages read = 3 used + 0 refused"),
            ("mtx_25Hz_acc_HR.BIN", "Europe/Madrid", "parmay", "4 packets read = 4 used + 0 refused"),
        ],
    )
    def test_every_raw_file_loads_and_every_block_is_accounted_for(self, name, zone, kind, note):
        assert raw_kind(RECORDINGS / name) == kind
        loaded = load(RECORDINGS / name, zone=zone, epoch_s=1)
        assert loaded.source.note.startswith(note)
        assert loaded.table["enmo_mg"].notna().all()
        assert loaded.table["angle_z_deg"].between(-90, 90).all()

    def test_a_file_of_epochs_is_no_raw_recording(self):
        for name in ("ActiGraph61.csv", "Actiwatch.AWD", "DataList_AH1234567890_PhilipsHealthBand.xlsx"):
            assert raw_kind(RECORDINGS / name) is None
