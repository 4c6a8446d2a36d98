"""Scores of this package beside those that devices and other programs put into their files, epoch by epoch.

    python -m tests.reference.device_scores.measure

The recordings are not part of the repository; what was counted is stored in result.json beside this file, and a test
counts again where they are at hand.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd

from spasticity import derive, load

HERE = Path(__file__).parent
RESULT = HERE / "result.json"
FOLDER = HERE.parents[3] / "shared" / "data" / "recordings"
ENGLISH, DUTCH = "copyleft_pyact_test_sample_rpx_eng.csv", "Actiwatch.csv"
BAND = "{}_AH1234567890_PhilipsHealthBand.xlsx"
NHANES = "nhanes0306_counts_25p.csv.gz"


def agreeing(epochs: pd.DataFrame, **options: object) -> list[int]:
    """Epochs that the device scored, and how many of them are scored alike."""
    ours = derive.sleep_wake(epochs, **options)["state"].astype(object)
    theirs = epochs["device_state"].astype(object)
    known = epochs["device_state"].notna()
    return [int((ours[known] == theirs[known]).sum()), int(known.sum())]


def actiware() -> dict[str, list[int]]:
    """Two exports of Actiware with its sleep/wake column at the medium threshold."""
    english = load.actigraphy(FOLDER / ENGLISH, zone="Europe/London", participant="P1", identifiers="redact").table
    dutch = load.actigraphy(FOLDER / DUTCH, zone="Europe/Amsterdam", participant="P1", rows=860).table
    found = {
        f"actiware 30 s, {level}": agreeing(english, method="oakley", threshold=level) for level in ("medium", "high")
    }
    return found | {"actiware 15 s, medium": agreeing(dutch, method="oakley")}


def summaries() -> list[list[float]]:
    """Wake and sleep minutes of the intervals that the export sums up: theirs, and those of our score."""
    epochs = load.actigraphy(FOLDER / ENGLISH, zone="Europe/London", participant="P1", identifiers="redact").table
    scored = derive.sleep_wake(epochs, method="oakley")
    rows = list(csv.reader((FOLDER / ENGLISH).read_text(encoding="utf-8-sig").splitlines()))
    pairs = []
    for row in rows:
        if not row or row[0] not in ("REST", "SLEEP") or row[2] == "NaN":
            continue
        start, end = (pd.to_datetime(f"{row[n]} {row[n + 1]}", format="%d/%m/%Y %H:%M:%S") for n in (2, 4))
        span = scored[
            scored["start_utc"].between(
                *((at - pd.Timedelta(hours=1)).tz_localize("UTC") for at in (start, end)), "left"
            )
        ]
        pairs += [
            [float(row[9]), (span["state"] == "wake").sum() / 2],
            [float(row[11]), (span["state"] == "sleep").sum() / 2],
        ]
    return pairs


def band() -> dict[str, list[int]]:
    """The Health Band's own score of a night, beside published ones on its counts."""
    where = {"zone": "Europe/London", "participant": "P1"}
    counts = load.actigraphy(FOLDER / BAND.format("DataList"), **where).table
    states = load.actigraphy(FOLDER / BAND.format("Sleep_Wake"), **where).table
    minutes = states.assign(minute=states["start_utc"].dt.floor("min")).groupby("minute")["device_state"]
    alike = minutes.first().astype(object).where(minutes.first() == minutes.last())
    epochs = counts.assign(device_state=counts["start_utc"].map(alike))
    chosen = {"cole-kripke": {}, "oakley, auto": {"threshold": "auto"}, "oakley, low": {"threshold": "low"}}
    return {
        f"health band, {name}": agreeing(epochs, method=name.split(",")[0], **options)
        for name, options in chosen.items()
    }


def wear() -> dict[str, list[int]]:
    """Minutes of NHANES worn or not, beside the flag of the file; and people all of whose minutes agree."""
    epochs = load.actigraphy(FOLDER / NHANES, zone="UTC", clock="utc", first_day="2004-01-04").table
    unknown = epochs.assign(worn=pd.array([pd.NA] * len(epochs), dtype="boolean"))
    found = {}
    for method in ("choi", "troiano"):
        same = derive.non_wear(unknown, method=method)["worn"] == epochs["worn"]
        people = same.groupby(epochs["participant"]).all()
        found[f"nhanes wear, {method}"] = [int(same.sum()), len(same)]
        found[f"nhanes wear, {method}, people"] = [int(people.sum()), len(people)]
    return found


def measured() -> dict[str, object]:
    """Everything that is stored."""
    return actiware() | band() | wear() | {"actiware minutes": summaries()}


if __name__ == "__main__":
    RESULT.write_text(json.dumps(measured(), indent=1) + "\n", encoding="utf-8")
