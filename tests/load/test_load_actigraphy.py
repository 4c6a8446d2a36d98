"""Files of body-worn recorders become the table of epochs: every row kept or rejected, every time where it belongs."""

import gzip
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spasticity import load
from spasticity.errors import DataError, MethodError
from spasticity.load import actigraphy_files, consumer_intervals
from spasticity.load.actigraphy_files import MAKERS
from spasticity.tables import EPOCHS
from tests.load import epochfiles as files


@pytest.fixture
def read(tmp_path):
    """Write a file and load it, with a code and a zone unless told otherwise."""

    def call(content, name="epochs.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return load.actigraphy(path, **{"participant": "P1", "zone": "Europe/London"} | options)

    return call


def utc(*texts):
    return [pd.Timestamp(text, tz="UTC") for text in texts]


def starts(loaded):
    return loaded.table["start_utc"].tolist()


def rules(loaded):
    return loaded.rejects["rule"].tolist()


def test_an_export_of_actilife_without_names_is_read_by_its_mode(read):
    loaded = read(files.actilife(["10,1,2,3", "20,0,0,0"]))
    assert loaded.table["counts"].tolist() == [10.0, 20.0]
    assert loaded.table["steps"].tolist() == [3.0, 0.0]
    assert loaded.table.index.tolist() == [11, 12]
    assert starts(loaded) == utc("2024-03-30 22:00", "2024-03-30 22:01")
    assert loaded.table["epoch_s"].tolist() == [60.0, 60.0]
    assert list(loaded.table) == EPOCHS.names
    assert EPOCHS.check(loaded.table.reset_index(drop=True)).equals(loaded.table.reset_index(drop=True))
    assert loaded.source.format == "ActiLife CSV"


def test_the_vector_magnitude_is_the_length_of_the_vector(read):
    content = files.actilife(["2,3,6,0", "x,1,1,1"])
    assert read(content, counts="vm").table["counts"].tolist()[0] == 7.0
    assert read(content, counts="axis2").table["counts"].tolist() == [3.0, 1.0]
    loaded = read(content)
    assert loaded.table["counts"].tolist() == [2.0]
    assert rules(loaded)[0].startswith("expected a number")


def test_a_mode_that_does_not_fit_the_columns_is_refused(read):
    with pytest.raises(DataError, match=r"the mode of the device does not say what the 4 columns are"):
        read(files.actilife(["1,2,3,4"], mode=61))
    with pytest.raises(DataError, match=r"export again with column headers"):
        read(files.actilife(["1,2,3,4,5"], mode=15))  # a heart rate is among them


def test_named_columns_and_their_own_times_are_taken_by_name(read):
    names = "Date, Time, Axis1,Axis2,Axis3,Steps,Lux,Vector Magnitude"
    rows = [
        "30/03/2024,22:00:00,5,0,0,1,7.5,5",
        "30/03/2024,22:01:00,6,0,0,2,8,6",
        "31/03/2024,00:00:00,6,0,0,2,8,6.25",
    ]
    loaded = read(files.actilife(rows, names=names, form="dd/MM/yyyy", start="30/03/2024"), counts="vm")
    assert loaded.table["counts"].tolist() == [5.0, 6.0, 6.25]
    assert loaded.table["light_lux"].tolist() == [7.5, 8.0, 8.0]
    assert "1 gap, 118.0 min without epochs" in loaded.source.note


def test_a_device_clock_keeps_its_offset_through_the_change_of_clocks(read):
    rows = ["1,0,0,0"] * 240
    fixed = read(files.actilife(rows))  # begins at 22:00 before the night in which London goes from UTC to UTC+1
    assert starts(fixed)[0] == utc("2024-03-30 22:00")[0]
    assert starts(fixed)[-1] == utc("2024-03-31 01:59")[0]
    assert "UTC+00:00" in fixed.source.note
    summer = read(files.actilife(rows, start="10/26/2024"))  # the night in which it goes back
    assert starts(summer)[0] == utc("2024-10-26 21:00")[0]
    assert np.all(np.diff(summer.table["start_utc"]) == np.timedelta64(60, "s"))
    set_elsewhere = read(files.actilife(rows), clock="-05:00")
    assert starts(set_elsewhere)[0] == utc("2024-03-31 03:00")[0]
    assert starts(read(files.actilife(rows), clock="utc"))[0] == utc("2024-03-30 22:00")[0]


def test_a_wall_clock_is_placed_by_the_order_of_its_rows(read):
    names = "Date, Time, Axis1"
    clock = [f"{h:02d}:{m:02d}:00" for h, m in [(0, 40), (1, 0), (1, 20), (1, 40), (1, 0), (1, 20), (1, 40), (2, 0)]]
    rows = [f"27/10/2024,{time},{n}" for n, time in enumerate(clock)]
    content = files.actilife(rows, names=names, form="dd/MM/yyyy", start="27/10/2024", epoch="00:20:00")
    loaded = read(content, clock="civil")
    assert np.all(np.diff(loaded.table["start_utc"]) == np.timedelta64(20, "m"))
    assert starts(loaded)[0] == utc("2024-10-26 23:40")[0]
    once = files.actilife([rows[0], *rows[4:]], names=names, form="dd/MM/yyyy", start="27/10/2024", epoch="00:20:00")
    assert rules(read(once, clock="civil"))[0].startswith("this local time came twice")
    assert len(read(once, clock="civil").rejects) == 3
    assert starts(read(once, clock="civil", overlap="second"))[1] == utc("2024-10-27 01:00")[0]
    assert starts(read(once, clock="civil", overlap="first"))[1] == utc("2024-10-27 00:00")[0]
    never = ["31/03/2024,00:40:00,1", "31/03/2024,01:00:00,2", "31/03/2024,02:00:00,3"]
    lost = read(
        files.actilife(never, names=names, form="dd/MM/yyyy", start="31/03/2024", epoch="00:20:00"), clock="civil"
    )
    assert rules(lost)[0].startswith("this local time never was")


def test_a_start_in_the_hour_that_comes_twice_asks_for_the_offset(read):
    content = files.actilife(["1,0,0,0"], start="10/27/2024", clock="01:30:00")
    with pytest.raises(DataError, match=r"begins in an hour in which the clocks of `Europe/London` change"):
        read(content)
    assert starts(read(content, clock="+00:00")) == utc("2024-10-27 01:30")


def test_day_and_month_are_never_guessed(read):
    names = "Date, Time, Axis1"
    one_day = ["04/05/2024,10:00:00,1", "04/05/2024,10:01:00,2"]
    content = files.actilife(one_day, names=names, start="04/05/2024").replace(" date format M/d/yyyy", "")
    with pytest.raises(DataError, match=r"day and month or as month and day"):
        read(content)
    assert starts(read(content, date_format="%d/%m/%Y"))[0] == utc("2024-05-04 09:00")[0]
    assert starts(read(content, date_format="%m/%d/%Y"))[0] == utc("2024-04-05 09:00")[0]
    over = ["04/05/2024,23:59:00,1", "05/05/2024,00:00:00,2"]  # the next day, not the next month
    run_on = files.actilife(over, names=names, start="04/05/2024").replace(" date format M/d/yyyy", "")
    assert starts(read(run_on))[1] == utc("2024-05-04 23:00")[0]
    with pytest.raises(DataError, match=r"the dates are not understood"):
        read(files.actilife(["1,0,0,0"], start="30/31/2024"))


def test_stamps_that_end_in_z_ask_what_they_are(read):
    content = files.actilife(["2024-03-30T22:00:00Z,1", "2024-03-30T22:01:00Z,2"], names="TimeStamp,axis1")
    with pytest.raises(DataError, match=r"time stamps end in Z.*clock='utc', 'civil'"):
        read(content)
    assert starts(read(content, clock="utc"))[0] == utc("2024-03-30 22:00")[0]


def stamped(*pairs, epoch="00:01:00"):
    rows = [f"{time},{count}" for time, count in pairs]
    return files.actilife(rows, names="TimeStamp,axis1", epoch=epoch)


def test_a_lost_clock_a_clock_set_back_and_a_double_recording_are_rejects(read):
    loaded = read(
        stamped(
            ("2024-03-10 22:00:00", 1),
            ("2024-03-10 22:01:00", 2),
            ("1970-01-01 00:00:00", 3),
            ("2000-01-01 00:00:00", 4),
            ("2024-03-10 22:02:00", 5),
            ("2024-03-10 22:02:30", 6),
            ("2024-03-10 21:30:00", 7),
            ("2024-03-10 22:03:00", 8),
            ("not a time", 9),
        )
    )
    assert loaded.table["counts"].tolist() == [1.0, 2.0, 5.0, 8.0]
    assert loaded.rejects["row"].tolist() == [14, 15, 17, 18, 20]
    said = rules(loaded)
    assert said[0] == said[1] == "a clock that lost its time; ask when the recording began"
    assert said[2] == "begins before the epoch before it ends: a double recording"
    assert said[3] == "the clock went back here; ask when the device was set"
    assert said[4] == "expected a time written as 2024-03-31 22:05:00"
    assert loaded.source.rows_read == 9


def test_one_time_that_is_far_too_late_does_not_cost_what_follows(read):
    rows = [(f"2024-03-10 22:{n:02d}:00", n) for n in range(10)]
    rows[3] = ("2025-03-10 22:03:00", 3)
    loaded = read(stamped(*rows))
    assert loaded.table["counts"].tolist() == [0.0, 1.0, 2.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
    assert rules(loaded) == ["the clock is ahead of the rows that follow; ask when the device was set"]


def test_epochs_that_come_twice_are_refused_or_settled_by_the_option(read):
    content = stamped(("2024-03-10 22:00:00", 1), ("2024-03-10 22:01:00", 2), ("2024-03-10 22:01:00", 3))
    with pytest.raises(DataError, match=r"share the key participant, start_utc"):
        read(content)
    assert read(content, duplicates="first").table["counts"].tolist() == [1.0, 2.0]
    assert read(content, duplicates="last").table["counts"].tolist() == [1.0, 3.0]
    assert read(content, duplicates="reject").table["counts"].tolist() == [1.0]


def test_a_header_with_another_epoch_than_the_rows_is_refused(read):
    rows = [(f"2024-03-10 22:{n:02d}:00", n) for n in range(6)]
    with pytest.raises(DataError, match=r"speaks of epochs of 15 s, but most rows are 60 s apart"):
        read(stamped(*rows, epoch="00:00:15"))
    seven = read(files.actilife(["1,0,0,0", "2,0,0,0"], epoch="00:00:07"))
    assert "epochs of 7 s do not divide the minute" in seven.source.note


def test_what_was_cut_or_torn_is_refused_or_counted(read):
    whole = files.actilife(["1,2,3,4"] * 200)
    with pytest.raises(DataError, match=r"ends in the middle of line 210"):
        read(whole[:-4])
    torn = files.actilife(["1,2,3,4"] * 150 + ["1,2"] + ["1,2,3,4"] * 50)
    loaded = read(torn)
    assert (len(loaded.table), rules(loaded)) == (200, ["2 cells where the block has 4"])
    with pytest.raises(DataError, match=r"5 rows of 15 do not have the 4 cells"):
        read(files.actilife(["1,2,3,4"] * 10 + ["1,2"] * 5))
    with pytest.raises(DataError, match=r"200 rows where 201 are expected"):
        read(whole, rows=201)


def test_an_agd_database_gives_the_epochs_of_its_table(read):
    loaded = read(files.agd([5, 0, None]), "night.agd")
    assert starts(loaded) == utc("2024-03-30 22:00", "2024-03-30 22:01", "2024-03-30 22:02")
    assert loaded.table["counts"].tolist()[:2] == [5.0, 0.0]
    assert loaded.table["counts"].isna().tolist() == [False, False, True]
    assert loaded.table["steps"].tolist() == [1.0, 1.0, 1.0]
    assert read(files.agd([0]), counts="vm").table["counts"].tolist() == [5.0]
    half = read(files.agd([1, 2], ticks=(1_711_836_000, 1_711_836_015), epoch="15"), clock="utc")
    assert half.table["epoch_s"].tolist() == [15.0, 15.0]


def test_the_clock_of_an_agd_file_that_was_reset_is_rejected(read):
    loaded = read(files.agd([1, 2, 3], ticks=(1_711_836_000, 1_711_836_060, 60)))
    assert len(loaded.table) == 2
    assert rules(loaded) == ["a clock that lost its time; ask when the recording began"]


def test_a_negative_count_is_a_reject(read):
    loaded = read(files.agd([5, -1, -2, 7]))
    assert loaded.table["counts"].tolist() == [5.0, 7.0]
    assert loaded.rejects["column"].tolist() == ["axis1", "axis1"]


def test_a_database_that_is_none_is_refused(read):
    whole = files.agd([1] * 500)
    with pytest.raises(DataError, match=r"the database is damaged"):
        read(whole[: len(whole) // 2])
    other = files.agd([1]).replace(b"dataTimestamp", b"dataTimestomp")
    with pytest.raises(DataError, match=r"no dataTimestamp|database is damaged"):
        read(other)
    with pytest.raises(DataError, match=r"no epoch length of whole seconds"):
        read(files.agd([1], epoch="0"))


def test_who_wore_the_device_stays_in_the_header(read):
    named = files.agd([1], settings=[("subjectname", "Susan Miller"), ("dateofbirth", "621355968000000000")])
    with pytest.raises(DataError, match=r"header `subject name` holds what looks like a name"):
        read(named)
    loaded = read(named, identifiers="redact")
    assert {"device serial number", "name"} <= set(loaded.identifiers["kind"])
    assert "Miller" not in loaded.table.astype(str).to_string()
    assert (
        read(named, identifiers={"header": "a code of the study"})
        .identifiers["reason"]
        .isin(["a code of the study"])
        .any()
    )
    serial = read(files.actilife(["1,0,0,0"], serial="MOS2D16160581"))
    assert serial.identifiers["action"].tolist() == ["left behind"]


def test_the_serial_number_leaves_the_name_of_the_file(read):
    loaded = read(files.actilife(["1,0,0,0", "x,0,0,0"], serial="MOS2D16160581"), "week2_mos2d16160581.csv")
    assert loaded.source.name == "week2_[SERIAL].csv"
    assert loaded.rejects["source"].tolist() == ["week2_[SERIAL].csv"]
    assert "taken out of the name of the file" in loaded.source.note
    assert read(files.actilife(["1,0,0,0"], serial="X1"), "X1.csv").source.name == "X1.csv"


def test_an_awd_file_has_counts_markers_and_light(read):
    loaded = read(files.awd(["0 , 0,50", "498 , 1,25 M", "7", "NaN", "71 M"]), "p.AWD")
    assert loaded.table["counts"].tolist() == [0.0, 498.0, 7.0, 71.0]
    assert loaded.table["marker"].tolist() == [False, True, False, True]
    assert loaded.table["light_lux"].tolist()[:2] == [0.5, 1.25]
    assert loaded.rejects["row"].tolist() == [11]
    assert starts(loaded) == utc("2024-03-30 22:00", "2024-03-30 22:01", "2024-03-30 22:02", "2024-03-30 22:04")


@pytest.mark.parametrize(
    ("code", "seconds"), [("1", 15), ("2", 30), ("4", 60), ("8", 120), ("20", 300), ("81", 2), ("c1", 5), ("C2", 10)]
)
def test_the_fourth_line_of_an_awd_file_is_the_length_of_its_epochs(read, code, seconds):
    loaded = read(files.awd(["1", "2"], code=code), maker="awd")
    assert loaded.table["epoch_s"].tolist() == [float(seconds)] * 2
    assert loaded.table["start_utc"].diff().iloc[1] == pd.Timedelta(seconds=seconds)


def test_an_awd_header_that_is_not_understood_is_refused(read):
    with pytest.raises(DataError, match=r"code of the epoch length in line 4 is not known"):
        read(files.awd(["1"], code="3"))
    with pytest.raises(DataError, match=r"is no date such as 01-Oct-2024"):
        read(files.awd(["1"], start="31-Feb-2024"))
    with pytest.raises(DataError, match=r"not those of an .AWD file"):
        read("1\n2\n3\n", maker="awd")


def awd_rows(n=3):
    return [
        [k + 1, "30/03/2024", f"22:{k // 2:02d}:{30 * (k % 2):02d}", 0, k, 0, "0.5", k % 2, "ACTIVE"] for k in range(n)
    ]


def test_an_export_of_actiware_has_what_the_device_scored(read):
    rows = awd_rows(4)
    rows[3][3:8] = [1, "NaN", "NaN", "NaN", "NaN"]
    loaded = read(files.actiware(rows))
    assert loaded.table["counts"].tolist()[:3] == [0.0, 1.0, 2.0]
    assert loaded.table["counts"].isna().tolist() == [False] * 3 + [True]
    assert loaded.table["worn"].tolist() == [True, True, True, False]
    assert loaded.table["device_state"].tolist()[:3] == ["sleep", "wake", "sleep"]
    assert loaded.table["light_lux"].tolist()[0] == 0.5
    assert starts(loaded)[1] == utc("2024-03-30 22:00:30")[0]
    assert len(loaded.repairs) == 0


def test_the_offset_of_the_file_must_be_one_of_the_zone(read):
    with pytest.raises(DataError, match=r"its clock ran at UTC\+02:00, which `Europe/London` did not have"):
        read(files.actiware(awd_rows(), offset="+02:00"))
    assert starts(read(files.actiware(awd_rows(), offset="+02:00"), clock="+01:00"))[0] == utc("2024-03-30 21:00")[0]
    assert starts(read(files.actiware(awd_rows(), offset="+02:00"), clock="+02:00"))[0] == utc("2024-03-30 20:00")[0]
    assert (
        starts(read(files.actiware(awd_rows(), offset="+02:00"), zone="Europe/Helsinki"))[0]
        == utc("2024-03-30 20:00")[0]
    )


def test_a_file_with_fewer_epochs_than_it_says_was_cut(read):
    with pytest.raises(DataError, match=r"says that it has 40 epochs, but there are 3.*rows=3"):
        read(files.actiware(awd_rows(), samples=40))
    assert len(read(files.actiware(awd_rows(), samples=40), rows=3).table) == 3


def test_an_export_in_another_language_names_its_columns(read):
    names = ("Rad", "Datum", "Klocka", "Status", "Aktivitet", "Marke", "Ljus", "S/V", "Intervall")
    with pytest.raises(DataError, match=r"no column is known as `time` and `counts`"):
        read(files.actiware(awd_rows(), names=names))
    columns = {"time": "Klocka", "counts": "Aktivitet", "device_state": "S/V"}
    loaded = read(files.actiware(awd_rows(), names=names), columns=columns)
    assert loaded.table["device_state"].tolist() == ["sleep", "wake", "sleep"]
    with pytest.raises(DataError, match=r"names a column that the file does not have"):
        read(files.actiware(awd_rows()), columns={"counts": "Aktivitet"})


GERMAN = (
    "Zeile",
    "Datum",
    "Zeit",
    "Status „Nicht am Handgelenk“",
    "Aktivität",
    "Markierung",
    "Weißes Licht",
    "Schlaf/Wach",
    "Intervallstatus",
)
FRENCH = (
    "Ligne",
    "Date",
    "Heure",
    "Statut",
    "Activité",
    "Marqueur",
    "Lumière blanche",
    "Sommeil/Éveil",
    "Statut de l’intervalle",
)


@pytest.mark.parametrize(("names", "nothing"), [(GERMAN, "kZ"), (FRENCH, "NAN")])
def test_exports_in_german_and_french_need_no_declaration(read, names, nothing):
    rows = awd_rows()
    rows[1][4] = nothing
    table = read(files.actiware(rows, names=names)).table
    assert table["counts"].isna().tolist() == [False, True, False]
    assert table["device_state"].tolist() == ["sleep", "wake", "sleep"]
    assert table["light_lux"].tolist() == [0.5] * 3


def test_the_person_of_an_actiware_header_is_refused_in_any_language(read):
    named = files.actiware(awd_rows(), person=("P1", "S M", "Susan Miller", "1 High Street"))
    with pytest.raises(DataError, match=r"header"):
        read(named)
    assert len(read(named, identifiers="redact").table) == 3
    unsaid = files.actiware(awd_rows(), person=("1", "", "Niet ingevuld", "Niet ingevuld"))
    assert len(read(unsaid).table) == 3


def test_an_export_of_actical_has_counts_steps_and_markers(read):
    rows = [
        "0,1,60,30-Mar-24,22:00,250,12,NaN,NaN,0",
        "1,1,120,30-Mar-24,22:01,-5,0,0,1,1",
        "2,1,180,30-Mar-24,22:02,8,0,0,1,1",
    ]
    loaded = read(files.actical(rows))
    assert loaded.table["counts"].tolist() == [250.0, 8.0]
    assert loaded.table["steps"].tolist() == [12.0, 0.0]
    assert loaded.table["marker"].tolist() == [False, True]
    assert loaded.table["epoch_s"].tolist() == [60.0, 60.0]
    assert loaded.rejects["column"].tolist() == ["Activity Counts"]
    with pytest.raises(DataError, match=r"no block of epochs with its columns"):
        read("Actical List Export File,,\n1,2,3\n")


def test_a_motionwatch_file_has_its_channels(read):
    loaded = read(files.mtn([1, 2, 3], [5, 6]), "p.mtn")
    assert loaded.table["counts"].tolist() == [1.0, 2.0, 3.0]
    assert loaded.table["light_lux"].tolist()[:2] == [5.0, 6.0]
    assert loaded.table["light_lux"].isna().sum() == 1
    assert "the light has 1 epochs fewer" in loaded.source.note
    assert loaded.table["epoch_s"].tolist() == [30.0] * 3


def test_xml_that_declares_entities_is_not_read(read):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    with pytest.raises(DataError, match=r"declares entities"):
        read(files.mtn([1], head=bomb), "p.mtn")
    with pytest.raises(DataError, match=r"declares entities"):
        read(files.apple([], head=bomb.replace("DOCTYPE x", "DOCTYPE HealthData")), "export.xml", quantity="steps")


def test_a_workbook_of_the_health_band_is_read_by_its_names(read):
    rows = [("03-30-2024 22:00:00", 73, 4, 0), ("03-30-2024 22:01:00", "NaN", 0, 1)]
    loaded = read(files.band(rows), "band.xlsx")
    assert loaded.table["counts"].tolist()[0] == 73.0
    assert loaded.table["worn"].tolist() == [True, False]
    assert loaded.table["steps"].tolist() == [4.0, 0.0]
    assert starts(loaded)[0] == utc("2024-03-30 22:00")[0]
    states = read(
        files.band([("03-30-2024 22:00:00", 0), ("03-30-2024 22:00:30", 1)], ("timeStamp", "sleepWake")), "b.xlsx"
    )
    assert states.table["device_state"].tolist() == ["wake", "sleep"]
    april = files.band([("04-05-2024 22:00:00", 1, 1, 0)], span="2024-05-01 - 2024-05-09")
    assert starts(read(april, "b.xlsx"))[0] == utc("2024-05-04 21:00")[0]  # the range of the file tells day from month


def test_epochs_of_omgui_are_not_enmo(read):
    text = "Time,Mean SVM (g)\n2024-03-30 22:00:00.000,0.0125\n2024-03-30 22:01:00.000,x\n2024-03-30 22:02:00.000,0.5\n"
    loaded = read(text)
    assert loaded.table["svm_mg"].tolist() == [12.5, 500.0]
    assert loaded.table["enmo_mg"].isna().all()
    assert loaded.table["counts"].isna().all()
    with pytest.raises(DataError, match=r"these are samples of acceleration, not epochs"):
        read("2024-03-30 22:00:00.000,0.1,0.2,0.3\n2024-03-30 22:00:00.010,0.1,0.2,0.3\n", maker="axivity")


def test_epochs_of_geneactiv_are_means_of_their_sums(read):
    rows = [
        "2024-03-30 22:00:00:000,0.1,0.2,0.9,12,0,24.5,300,0.1,0.1,0.1,20",
        "2024-03-30 22:01:00:000,0,0,1,0,1,25,0,0,0,0,0",
    ]
    loaded = read(files.geneactiv(rows, "50 Hz"))
    assert loaded.table["svm_mg"].tolist() == [100.0, 0.0]  # 300 g over 3,000 samples
    assert loaded.table["temperature_c"].tolist() == [24.5, 25.0]
    assert loaded.table["marker"].tolist() == [False, True]
    samples = [f"2024-03-30 22:00:00:{n}00,0,0,1,0,0,24,0,0,0,0,0" for n in range(3)]
    with pytest.raises(DataError, match=r"rows are 0\.1 s apart: these are samples"):
        read(files.geneactiv(samples))


def test_minutes_of_nhanes_get_the_dates_they_are_given(read):
    text = "seqn,paxday,minute,counts,wear\n1,6,0,5,1\n1,6,1,0,0\n1,1,0,7,1\n2,3,0,9,1\n2,3,1440,9,1\n"
    with pytest.raises(DataError, match=r"NHANES publishes no dates; pass first_day="):
        read(text, participant=None)
    loaded = read(text, participant=None, first_day="2024-03-01")
    assert loaded.table["participant"].tolist() == ["1", "1", "1", "2"]
    assert starts(loaded) == utc("2024-03-01", "2024-03-01 00:01", "2024-03-03", "2024-03-01")  # Friday to Sunday
    assert loaded.table["worn"].tolist() == [True, False, True, True]
    assert rules(loaded) == ["expected a time written as a day from 1 and a minute from 0"]
    with pytest.raises(MethodError, match=r"has a column of participants"):
        read(text, first_day="2024-03-01")
    packed = read(gzip.compress(text.encode()), "n.csv.gz", participant=None, first_day="2024-03-01")
    assert packed.table.equals(loaded.table)
    with pytest.raises(DataError, match=r"packed file is damaged"):
        read(gzip.compress(text.encode())[:-9], "n.csv.gz", participant=None, first_day="2024-03-01")


def test_levels_of_sleep_become_half_minutes(read):
    levels = [
        ("2024-03-30T22:00:00", "light", 120),
        ("2024-03-30T22:02:00", "rem", 60),
        ("2024-03-30T22:03:00", "what", 60),
    ]
    loaded = read(files.fitbit_sleep(levels, [("2024-03-30T22:00:30", "wake", 30)]), "sleep.json")
    assert loaded.table["device_state"].tolist() == ["light", "wake", "light", "light", "rem", "rem"]
    assert loaded.table["epoch_s"].tolist() == [30.0] * 6
    assert rules(loaded) == ["expected a level of sleep with its start and seconds"]
    assert loaded.source.rows_read == 7
    odd = read(files.fitbit_sleep([("2024-03-30T22:00:10", "asleep", 60)]), "sleep.json")
    assert starts(odd) == utc("2024-03-30 22:00", "2024-03-30 22:00:30")  # the middles 22:00:15 and 22:00:45 lie in it


def test_steps_and_calories_look_alike_and_nobody_guesses(read):
    content = files.fitbit_values([("03/30/24 22:00:00", "12"), ("03/30/24 22:01:00", "many")])
    with pytest.raises(DataError, match=r"steps and of calories look alike"):
        read(content, "data.json", clock="utc")
    with pytest.raises(DataError, match=r"UTC or those of the wall clock is not said"):
        read(content, "steps-x.json")
    loaded = read(content, "data.json", clock="utc", quantity="steps")
    assert (loaded.table["steps"].tolist(), len(loaded.rejects)) == ([12.0], 1)
    assert read(content, "calories-x.json", clock="utc").table["energy_kcal"].tolist() == [12.0]
    with pytest.raises(DataError, match=r"JSON is damaged"):
        read(content[:-5], "steps-x.json", clock="utc")


def test_lists_of_withings_become_epochs(read):
    text = (
        'start,duration,value\n2024-03-30T22:00:00+01:00,"[60,120]","[0,3]"\n2024-03-30T23:00:00+01:00,[60],"[1,2]"\n'
    )
    loaded = read(text, "raw_sleep-monitor_sleep-state.csv")
    assert loaded.table["device_state"].tolist() == ["wake", "rem"]
    assert loaded.table["epoch_s"].tolist() == [60.0, 120.0]
    assert starts(loaded) == utc("2024-03-30 21:00", "2024-03-30 21:01")
    assert rules(loaded) == ["expected a start with its offset from UTC, and as many durations as values"]
    with pytest.raises(DataError, match=r"does not say what its values are"):
        read(text, "w.csv")
    assert read(text.replace("3]", "90]"), "w.csv", quantity="hr").table["heart_rate_bpm"].tolist() == [0.0, 90.0]
    with pytest.raises(MethodError, match=r"its own offset from UTC; leave clock= out"):
        read(text, "w.csv", quantity="hr", clock="utc")


STEPS, SLEEP = "HKQuantityTypeIdentifierStepCount", "HKCategoryTypeIdentifierSleepAnalysis"
ASLEEP = "HKCategoryValueSleepAnalysis"


def test_steps_of_apple_health_are_as_long_as_their_records(read):
    records = [
        (STEPS, "Phone", "2024-03-30 22:00:00 +0000", "2024-03-30 22:01:30 +0000", "40"),
        (STEPS, "Phone", "2024-03-30 22:05:00 +0000", "2024-03-30 22:05:00 +0000", "1"),
        (STEPS, "Phone", "yesterday", "2024-03-30 22:05:00 +0000", "1"),
        ("other", "Phone", "2024-03-30 22:00:00 +0000", "2024-03-30 22:01:30 +0000", "40"),
    ]
    loaded = read(files.apple(records), "export.xml", quantity="steps")
    assert loaded.table["steps"].tolist() == [40.0]
    assert loaded.table["epoch_s"].tolist() == [90.0]
    assert loaded.rejects["row"].tolist() == [2, 3]
    with pytest.raises(DataError, match=r"pass quantity='steps' or 'sleep'"):
        read(files.apple(records), "export.xml")
    with pytest.raises(DataError, match=r"no sleep among its 4 records"):
        read(files.apple(records), "export.xml", quantity="sleep")


def test_several_apps_are_told_apart_without_their_names(read):
    records = [
        (SLEEP, "Susan's Watch", "2024-03-30 22:00:00 +0000", "2024-03-30 22:01:00 +0000", f"{ASLEEP}AsleepDeep"),
        (SLEEP, "Phone", "2024-03-30 21:00:00 +0000", "2024-03-31 06:00:00 +0000", f"{ASLEEP}InBed"),
        (SLEEP, "Susan's Watch", "2024-03-30 22:01:00 +0000", "2024-03-30 22:01:30 +0000", f"{ASLEEP}Awake"),
    ]
    with pytest.raises(DataError, match=r"2 apps or devices recorded sleep.*1: 2, 2: 1") as caught:
        read(files.apple(records), "export.xml", quantity="sleep")
    assert "Susan" not in str(caught.value)
    watch = read(files.apple(records), "export.xml", quantity="sleep", recorder=1)
    assert watch.table["device_state"].tolist() == ["deep", "deep", "wake"]
    with pytest.raises(DataError, match=r"none of 1 row can be kept.*time in bed is no state of sleep"):
        read(files.apple(records), "export.xml", quantity="sleep", recorder=2)


def test_a_fit_file_gives_readings_of_heart_rate(read):
    zero = 1_080_511_200  # 2024-03-27 22:00 UTC
    loaded = read(files.fit([(zero, 60, 21), (zero + 5, 0xFF, 22), (zero + 9, 65, -3)]), "a.fit")
    assert starts(loaded) == utc("2024-03-27 22:00:00", "2024-03-27 22:00:05", "2024-03-27 22:00:09")
    assert loaded.table["heart_rate_bpm"].tolist()[::2] == [60.0, 65.0]
    assert loaded.table["temperature_c"].tolist() == [21.0, 22.0, -3.0]
    whole = files.fit([(zero, 60, 21)])
    with pytest.raises(DataError, match=r"checksum of the file is wrong"):
        read(whole[:-3] + bytes([whole[-3] ^ 1]) + whole[-2:], "a.fit")
    with pytest.raises(DataError, match=r"damaged or was cut"):
        read(whole[:-1], "a.fit")
    with pytest.raises(DataError, match=r"the file has no heart rate"):
        read(files.fit([(zero, 0xFF, 0x7F)]), "a.fit")


def test_a_file_that_names_no_maker_asks_for_one(read):
    with pytest.raises(DataError, match=r"nothing in it names a maker; pass maker="):
        read("a,b\n1,2\n")
    with pytest.raises(DataError, match=r"a zip archive, perhaps a raw"):
        read(b"PK\x03\x04" + b"\0" * 60, "raw.gt3x")
    with pytest.raises(MethodError, match=r"maker='sony' is not known"):
        read("a\n", maker="sony")


def test_options_that_say_nothing_of_the_maker_are_refused(read):
    with pytest.raises(MethodError, match=r"`counts` and `first_day` say nothing of files of `awd`"):
        read(files.awd(["1"]), counts="vm", first_day="2024-01-01")
    with pytest.raises(MethodError, match=r"zone='London' is not known"):
        read(files.awd(["1"]), zone="London")
    with pytest.raises(MethodError, match=r"clock='local' is not known"):
        read(files.awd(["1"]), clock="local")
    with pytest.raises(MethodError, match=r"clock='\+15:00' is not known"):
        read(files.awd(["1"]), clock="+15:00")
    with pytest.raises(MethodError, match=r"does not say whose it was: pass participant="):
        read(files.awd(["1"]), participant=None)


def test_a_recording_split_in_two_files_is_the_recording(read):
    counts = list(range(40))
    whole = read(files.agd(counts)).table.reset_index(drop=True)
    halves = [
        read(files.agd(counts[:25])),
        read(files.agd(counts[25:], ticks=range(1_711_836_000 + 1500, 1_711_836_000 + 2400, 60))),
    ]
    joined = load.stack(*halves).table.reset_index(drop=True)
    assert joined.equals(whole)


def test_a_study_names_an_actigraphy_file_among_its_sources(tmp_path, small_study):
    saved = small_study.save(tmp_path / "saved")
    code = small_study.participants["participant"].iloc[0]
    other = tmp_path / "sourced"
    other.mkdir()
    (other / "participants.csv").write_text((saved / "participants.csv").read_text())
    (other / "p1.AWD").write_text(files.awd(["1", "2 M"]))
    plan = (saved / "study.toml").read_text().split("\n[rows]")[0]
    (other / "study.toml").write_text(
        plan
        + '\n[[sources]]\nloader = "delimited"\nfile = "participants.csv"\ntable = "participants"\n'
        + f'\n[[sources]]\nloader = "actigraphy"\nfile = "p1.AWD"\nzone = "Europe/London"\nparticipant = "{code}"\n'
    )
    study = load.study(other)
    assert study.epochs["counts"].tolist() == [1.0, 2.0]
    assert study.epochs["marker"].tolist() == [False, True]


def test_a_file_that_is_not_there_or_too_large_is_refused(read, tmp_path, monkeypatch):
    for maker in (None, "apple health", "awd"):
        with pytest.raises(DataError, match=r"no\.AWD: there is no such file"):
            load.actigraphy(tmp_path / "no.AWD", zone="UTC", participant="P1", maker=maker)
    with pytest.raises(DataError, match=r"this is not a file"):
        load.actigraphy(tmp_path, zone="UTC", participant="P1", maker="apple health")
    monkeypatch.setattr(actigraphy_files, "LARGEST", 100)
    with pytest.raises(DataError, match=r"more than 100 bytes are not read at once"):
        read(gzip.compress(files.awd(["1"] * 500).encode()))
    levels = [("2024-03-30T22:00:00", "light", 172_800)] * 4
    monkeypatch.setattr(actigraphy_files, "LARGEST", 10**8)
    monkeypatch.setattr(consumer_intervals, "MOST_EPOCHS", 20_000)
    with pytest.raises(DataError, match=r"the intervals are 23,040 half minutes long"):
        read(files.fitbit_sleep(levels), "sleep.json")


def test_the_code_of_the_page_runs(tmp_path, monkeypatch, capsys):
    page = (Path(__file__).parents[2] / "docs" / "formats" / "actigraphy.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, flags=re.DOTALL)[1]
    day = ["200"] * 60 + ["0"] * 300 + ["200"] * 60
    (tmp_path / "p1.AWD").write_text(files.awd(day))
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(code, "actigraphy.md", "exec"), names)
    assert names["nights"]["minutes"].tolist() == [300 - 2]  # the neighbours of movement are awake
    assert "420 rows read = 420 kept + 0 rejected" in capsys.readouterr().out


def test_the_page_names_every_maker():
    page = (Path(__file__).parents[2] / "docs" / "formats" / "actigraphy.md").read_text(encoding="utf-8")
    assert all(f"(`{maker}`)" in page for maker in MAKERS)
