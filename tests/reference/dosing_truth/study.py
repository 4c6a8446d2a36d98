"""How well stops, phases, co-exposure and symptom clusters are found in 1,000 simulated logs with planted truth.

python -m tests.reference.dosing_truth.study          # prints the table
python -m tests.reference.dosing_truth.study --store  # and writes results.csv beside this file
"""

from __future__ import annotations

import argparse
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import derive, tables
from spasticity.study import PlannedVisit, Protocol, Study
from tests.reference.dosing_truth.logs import MEDICINES, MISSING, made_logs

LOGS, SEED = 1_000, 20
STORED = Path(__file__).with_name("results.csv")
CLASSES = ("complete abrupt", "complete rapid", "gradual", "partial abrupt")


@cache
def measured(count: int = LOGS, seed: int = SEED) -> pd.DataFrame:
    """Sensitivity and specificity of each rule: `what, missing, planted, found, sensitivity, absent, specificity`."""
    made = made_logs(count, seed)
    rows = [*_stops(made), *_phases(made), *_co_medication(made), *_clusters(made)]
    return pd.DataFrame(rows)


def _row(what: str, missing: float, truth: pd.Series, found: pd.Series) -> dict[str, object]:
    planted, absent = int(truth.sum()), int((~truth).sum())
    return {
        "what": what,
        "missing": missing,
        "planted": planted,
        "found": int((truth & found).sum()),
        "sensitivity": (truth & found).sum() / planted if planted else np.nan,
        "absent": absent,
        "specificity": (~truth & ~found).sum() / absent if absent else np.nan,
    }


def _stops(made: dict[str, pd.DataFrame]) -> list[dict[str, object]]:
    """A stop is found when its class is right and its day is that of the first recorded day without."""
    found = derive.stops(made["daily"])
    found = found[found["flag"].isna()]
    people = made["days"].drop_duplicates("participant").set_index("participant")["missing"]
    rows = []
    for missing in MISSING:
        names = people.index[people == missing]
        for kind in (*CLASSES, "any"):
            wanted = CLASSES if kind == "any" else (kind,)
            truth = made["stops"][made["stops"]["class"].isin(wanted)]
            seen = found if kind == "any" else found[found["class"] == kind]
            pairs = truth.merge(seen, on="participant", suffixes=("", "_found"))
            right = pairs[(pairs["stop_day_found"] - pairs["stop_day"]).abs() <= 3]
            planted = pd.Series(names.isin(truth["participant"]), index=names)
            hit = planted & names.isin(right["participant"])
            rows.append(_row(f"stop: {kind}", missing, planted, hit | (~planted & names.isin(seen["participant"]))))
    return rows


def _phases(made: dict[str, pd.DataFrame]) -> list[dict[str, object]]:
    """Days with the right phase, of logs without missing days; the way down of a pause or partial stop has none."""
    days = made["days"][made["days"]["missing"] == 0]
    phases = derive.dose_phases(made["daily"][made["daily"]["participant"].isin(days["participant"])])
    phases = phases[["participant", "start_day", "phase"]].rename(columns={"start_day": "day", "phase": "found"})
    days = days.sort_values("day")
    phases = phases.sort_values("day").astype({"day": days["day"].dtype, "participant": object})
    both = pd.merge_asof(days.astype({"participant": object}), phases, on="day", by="participant")
    names = ("titration", "maintenance", "re-titration", "taper", "interruption", "off", "unknown")
    return [_row(f"phase: {name} days", 0.0, both["phase"] == name, both["found"] == name) for name in names]


def _co_medication(made: dict[str, pd.DataFrame]) -> list[dict[str, object]]:
    """Days with each class, and with both opioid and benzodiazepine, counted day by day as truth."""
    medications = tables.MEDICATIONS.check(made["medications"])
    found = derive.coexposure(made["daily"], medications).set_index("participant")
    daily = made["daily"]
    taken = daily[daily["dose_mg_per_day"].fillna(daily["dose_ug_per_day"]) > 0]
    days = taken.merge(made["medications"], on="participant")
    on = (days["day"] >= days["start_day"]) & ~(days["day"] >= days["end_day"])
    days = days[on].assign(kind=days["atc"].map(MEDICINES)).dropna(subset="kind")
    kinds = days.groupby(["participant", "day"])["kind"].agg(set)
    rows = []
    tests = {"with_any": lambda each: True, "with_both": lambda each: {"opioids", "benzodiazepines"} <= each}
    for column, test in tests.items():
        true = kinds[kinds.map(test)].groupby("participant").size().reindex(found.index).fillna(0)
        right = found[column] == true
        rows.append(_row(f"co-exposure: {column}, every day right", -1.0, true > 0, right & (true > 0) | ~right))
    return rows


def _clusters(made: dict[str, pd.DataFrame]) -> list[dict[str, object]]:
    """Clusters after the fast stops that were found."""
    people = made["days"]["participant"].unique()
    participants = pd.DataFrame({"participant": people, "cohort": "MS"})
    participants = tables.PARTICIPANTS.check(participants.reindex(columns=tables.PARTICIPANTS.names))
    events = tables.EVENTS.check(made["events"].reindex(columns=tables.EVENTS.names))
    study = Study(
        protocol=Protocol(name="logs", visits=(PlannedVisit("baseline", -1, (-7, 0)),)),
        participants=participants,
        events=events,
    )
    found = symptom_rows(made["daily"], study)
    truth = pd.Series(found.index.isin(made["clusters"]["participant"]), index=found.index)
    return [_row("symptom cluster after a fast stop that was found", -1.0, truth, found)]


def symptom_rows(daily: pd.DataFrame, study: Study) -> pd.Series:
    """Whether each person with a fast stop has a cluster."""
    rows = derive.symptom_clusters(derive.stops(daily), study)
    return rows.groupby("participant")["cluster"].any()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--logs", type=int, default=LOGS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--store", action="store_true")
    options = parser.parse_args()
    found = measured(options.logs, options.seed)
    print(found.round(4).to_string(index=False))  # noqa: T201
    if options.store:
        found.to_csv(STORED, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
