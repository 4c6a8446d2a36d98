"""Every file of epochs at hand: rows, first and last moment and sums are those of an independent reading of the text.

The sums were made once with the csv, json and re modules, without a line of this package.
"""

import json
from pathlib import Path

import pandas as pd
import pytest

from spasticity import load
from spasticity.errors import DataError
from tests.reference.device_scores.measure import RESULT, actiware, band, summaries

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "recordings"
pytestmark = [
    pytest.mark.needs_shared,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the reference files are not beside this checkout"),
]
LONDON, AMSTERDAM, NEW_YORK = "Europe/London", "Europe/Amsterdam", "America/New_York"
#: File, options; rows, seconds of an epoch, first and last moment (UTC), sums of columns.
FILES = [
    (
        *("ActiGraph13.csv", {"zone": LONDON}),
        *(990, 15, "2013-08-26 08:00:00", "2013-08-26 12:07:15", {"counts": 50_980, "steps": 1_118}),
    ),
    (
        *("ActiGraph13.csv", {"zone": LONDON, "counts": "axis3"}),
        *(990, 15, "2013-08-26 08:00:00", "2013-08-26 12:07:15", {"counts": 71_044}),
    ),
    (
        *("ActiGraph13_timestamps_headers.csv", {"zone": LONDON, "clock": "fixed", "counts": "vm"}),
        *(1_000, 1, "2017-09-12 14:00:00", "2017-09-12 14:16:39", {"counts": 99_706, "steps": 442}),
    ),
    (
        *("ActiGraph61.csv", {"zone": NEW_YORK}),
        *(990, 5, "2016-08-16 01:35:00", "2016-08-16 02:57:25", {"counts": 6_295, "steps": 253, "light_lux": 0}),
    ),
    (
        *("Actical.csv", {"zone": NEW_YORK}),
        *(501, 60, "2021-05-13 04:00:00", "2021-05-13 12:20:00", {"counts": 7_974, "steps": 462, "marker": 0}),
    ),
    (
        *("Actiwatch.AWD", {"zone": LONDON}),
        *(329, 60, "2009-10-01 16:00:00", "2009-10-01 21:28:00", {"counts": 108_864, "marker": 2}),
    ),
    (
        *("Actiwatch.csv", {"zone": AMSTERDAM, "rows": 860}),
        *(860, 15, "2019-11-23 05:00:00", "2019-11-23 08:34:45", {"counts": 4_589, "worn": 63, "marker": 0}),
    ),
    (
        *("DataList_AH1234567890_PhilipsHealthBand.xlsx", {"zone": NEW_YORK}),
        *(491, 60, "2022-11-05 03:58:00", "2022-11-05 12:08:00"),
        {"counts": 240_393, "heart_rate_bpm": 22_550, "breaths_per_min": 6_296, "energy_kcal": 80.1602, "worn": 479},
    ),
    (
        *("Sleep_Wake_AH1234567890_PhilipsHealthBand.xlsx", {"zone": NEW_YORK}),
        *(491, 30, "2022-11-05 05:10:00", "2022-11-05 09:15:00", {"sleep": 445, "wake": 46}),
    ),
    (
        *("copyleft_pyact_example_01.AWD", {"zone": "Europe/Brussels", "clock": "+00:00", "identifiers": "redact"}),
        *(18_401, 60, "1918-01-23 13:58:00", "1918-02-05 08:38:00", {"counts": 2_596_555, "marker": 22}),
    ),
    (
        *("copyleft_pyact_example_01_mask.AWD", {"zone": "Europe/Brussels", "clock": "utc", "identifiers": "redact"}),
        *(18_401, 60, "1918-01-23 13:58:00", "1918-02-05 08:38:00", {"counts": 2_351_691, "marker": 22}),
    ),
    (
        *("copyleft_pyact_test_sample.mtn", {"zone": LONDON, "identifiers": "redact"}),
        *(5_978, 5, "2018-05-23 16:30:00", "2018-05-24 00:48:05", {"counts": 109_065, "light_lux": 921_185.428007}),
    ),
    (
        *("copyleft_pyact_test_sample_rpx_eng.csv", {"zone": LONDON, "identifiers": "redact"}),
        *(20_160, 30, "2015-07-04 08:45:00", "2015-07-11 08:44:30"),
        {"counts": 3_780_329, "marker": 1, "light_lux": 12_196_492.63, "wake": 11_716, "sleep": 8_440},
    ),
    (
        *("calories-1995-06-23_Fitbit.json", {"zone": NEW_YORK, "clock": "utc"}),
        *(47, 60, "1995-06-24 16:00:00", "1995-06-24 16:46:00", {"energy_kcal": 69.56}),
    ),
    (
        *("steps-1995-06-23_Fitbit.json", {"zone": NEW_YORK, "clock": "civil"}),
        *(34, 60, "1995-06-24 20:00:00", "1995-06-24 20:35:00", {"steps": 607}),
    ),
    (
        *("heart_rate-1995-06-24.json", {"zone": NEW_YORK, "clock": "utc"}),
        *(201, 1, "1995-06-24 16:00:10", "1995-06-24 16:31:07", {"heart_rate_bpm": 15_765}),
    ),
    (
        # Half minutes: 59, 143, 34 and 32 min of stages, 73 and 6 min without, as the logs sum up themselves.
        *("sleep-1995-06-23_Fitbit.json", {"zone": NEW_YORK}),
        *(695, 30, "1995-06-25 02:47:30", "1995-07-11 10:56:30"),
        {"deep": 118, "light": 285, "rem": 69, "wake": 67, "restless": 10, "sleep": 146},
    ),
    (
        *("withings_raw_sleep-monitor_hr.csv", {"zone": "Europe/Berlin", "duplicates": "reject"}),
        *(3_957, 60, "2020-10-11 00:04:00", "2020-10-24 08:33:00", {"heart_rate_bpm": 248_817}),
    ),
    (
        *("withings_raw_sleep-monitor_respiratory-rate.csv", {"zone": "Europe/Berlin", "duplicates": "first"}),
        *(3_957, 60, "2020-10-11 00:04:00", "2020-10-24 08:33:00", {"breaths_per_min": 68_744}),
    ),
    (
        *("withings_raw_sleep-monitor_sleep-state.csv", {"zone": "Europe/Berlin", "duplicates": "last"}),
        *(
            3_957,
            60,
            "2020-10-11 00:04:00",
            "2020-10-24 08:33:00",
            {"wake": 695, "light": 1_923, "deep": 761, "rem": 578},
        ),
    ),
    (
        *("apple_health_export6s3sample.xml", {"zone": LONDON, "quantity": "steps"}),
        *(10, 5, "2014-09-13 09:27:54", "2014-09-13 10:33:24", {"steps": 2_517}),
    ),
    (
        *("activity-small-fenix2-run.fit", {"zone": LONDON}),
        *(2_809, 1, "2015-08-15 14:45:08", "2015-08-15 15:32:21", {"heart_rate_bpm": 432_366, "temperature_c": 59_573}),
    ),
    (
        *("garmin-fenix-5-run.fit", {"zone": LONDON}),
        *(21, 1, "2017-06-11 14:34:09", "2017-06-11 14:35:06", {"heart_rate_bpm": 1_784, "temperature_c": 513}),
    ),
    (
        *("nhanes0304_first5.csv.gz", {"zone": NEW_YORK, "participant": None, "first_day": "2004-01-04"}),
        *(50_400, 60, "2004-01-04 05:00:00", "2004-01-11 04:59:00", {"counts": 9_842_176}),
    ),
    (
        *("nhanes0306_counts_25p.csv.gz", {"zone": NEW_YORK, "participant": None, "first_day": "2004-01-04"}),
        *(207_360, 60, "2004-01-04 05:00:00", "2004-01-11 04:59:00", {"counts": 22_557_090, "worn": 122_769}),
    ),
]
REFUSED = [
    ("ActiGraph13_timestamps_headers.csv", {}, "time stamps end in Z"),
    ("Actiwatch.csv", {"zone": AMSTERDAM}, "says that it has 40,320 epochs, but there are 860"),
    ("Actiwatch.csv", {"rows": 860}, r"ran at UTC\+01:00, which `Europe/London` did not have"),
    ("copyleft_pyact_example_01.AWD", {}, "header `patient id` holds what looks like a name"),
    ("copyleft_pyact_test_sample_rpx_eng.csv", {}, "header `patient id` holds what looks like a name"),
    ("steps-1995-06-23_Fitbit.json", {}, "UTC or those of the wall clock is not said"),
    ("withings_raw_sleep-monitor_hr.csv", {}, "1,812 rows of epochs share the key"),
    ("withings_raw_sleep-monitor_snoring.csv", {}, "snoring, have no column"),
    ("apple_health_export6s3sample.xml", {"quantity": "sleep"}, "no sleep among its 15 records"),
    ("sample-activity.fit", {}, "6 rows of epochs share the key"),
    ("ax3_testfile_unix_timestamps.csv", {"maker": "axivity"}, "these are samples of acceleration, not epochs"),
    ("ax6_testfile_formatted_timestamps.csv", {"maker": "axivity"}, "these are samples of acceleration, not epochs"),
    ("ax3_testfile.cwa", {}, "nothing in it names a maker"),
    ("GENEActiv_testfile.bin", {}, "nothing in it names a maker"),
    ("mtx_25Hz_acc_HR.BIN", {}, "nothing in it names a maker"),
    ("copyleft_pyact_example_masklog.csv", {}, "nothing in it names a maker"),
    ("mobgap_data_weartime_example_weartime_min_by_min_report.csv", {}, "nothing in it names a maker"),
]


def total(table, name):
    if name in table:
        return table[name].astype(float).sum()
    return (table["device_state"] == name).sum()


@pytest.mark.parametrize(
    ("name", "options", "rows", "epoch_s", "first", "last", "sums"),
    FILES,
    ids=[f"{file[0]}-{n}" for n, file in enumerate(FILES)],
)
def test_a_real_file_gives_what_is_in_it(name, options, rows, epoch_s, first, last, sums):
    loaded = load.actigraphy(FOLDER / name, **{"participant": "P1"} | options)
    table = loaded.table
    assert (len(table), set(table["epoch_s"])) == (rows, {float(epoch_s)})
    assert len(loaded.repairs) == 0
    assert loaded.source.rows_read == rows + len(loaded.rejects)
    assert table["start_utc"].min() == pd.Timestamp(first, tz="UTC")
    assert table["start_utc"].max() == pd.Timestamp(last, tz="UTC")
    assert {name: total(table, name) for name in sums} == pytest.approx(sums)


@pytest.mark.parametrize(("name", "options", "words"), REFUSED)
def test_a_real_file_that_leaves_a_question_open_asks_it(name, options, words):
    with pytest.raises(DataError, match=words):
        load.actigraphy(FOLDER / name, **{"participant": "P1", "zone": LONDON} | options)


def test_the_band_is_still_where_it_says_sleep():
    wake = load.actigraphy(
        FOLDER / "Sleep_Wake_AH1234567890_PhilipsHealthBand.xlsx", participant="P1", zone=LONDON
    ).table
    beat = load.actigraphy(FOLDER / "DataList_AH1234567890_PhilipsHealthBand.xlsx", participant="P1", zone=LONDON).table
    wake = wake[["start_utc", "device_state"]].assign(start_utc=wake["start_utc"].dt.floor("min"))
    both = wake.merge(beat[["start_utc", "counts", "heart_rate_bpm"]], on="start_utc")
    means = both.groupby("device_state", observed=True)[["counts", "heart_rate_bpm"]].mean()
    assert means.loc["sleep", "counts"] < means.loc["wake", "counts"] / 4
    assert means.loc["sleep", "heart_rate_bpm"] < means.loc["wake", "heart_rate_bpm"] - 5


def test_scores_of_devices_are_still_met_as_stored():
    stored = json.loads(RESULT.read_text(encoding="utf-8"))
    assert actiware() == {
        name: counts for name, counts in stored.items() if name.startswith("actiware ") and "minutes" not in name
    }
    assert summaries() == stored["actiware minutes"]
    assert band() == {name: counts for name, counts in stored.items() if name.startswith("health band")}
