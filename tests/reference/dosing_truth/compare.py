"""Rules on dose logs against the truth planted in 1,000 simulated logs; `study.py` prints and stores the table."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from tests.reference.dosing_truth.study import STORED, measured
from tests.reference.validation import Comparison

TRUTH = "truth planted in 1,000 simulated logs"


def comparisons() -> Iterator[Comparison]:
    found, stored = measured(), pd.read_csv(STORED)
    stops = found["what"].str.startswith("stop")
    whole, sparse = found["missing"] == 0, found["missing"] == 0.1
    groups = {
        "stops by class, every day known: sensitivity": (stops & whole, "sensitivity", 1e-10),
        "stops by class, every day known: specificity": (stops & whole, "specificity", 1e-10),
        "stops by class, 10 % of days unknown: sensitivity": (stops & sparse, "sensitivity", 0.2),
        "stops by class, 2 and 10 % of days unknown: specificity": (stops & ~whole, "specificity", 0.01),
        "phases of dosing, day by day: sensitivity": (found["what"].str.startswith("phase"), "sensitivity", 1e-10),
        "phases of dosing, day by day: specificity": (found["what"].str.startswith("phase"), "specificity", 1e-10),
        "days of co-exposure": (found["what"].str.startswith("co-exposure"), "sensitivity", 1e-10),
        "symptom clusters after a stop: sensitivity": (found["what"].str.startswith("symptom"), "sensitivity", 1e-10),
        "symptom clusters after a stop: specificity": (found["what"].str.startswith("symptom"), "specificity", 1e-10),
    }
    for statistic, (rows, column, tolerance) in groups.items():
        ours = found.loc[rows, column]
        yield Comparison(statistic, TRUTH, ours, np.ones(len(ours)), tolerance)
    numbers = ["planted", "found", "sensitivity", "absent", "specificity"]
    yield Comparison("dose logs: the stored table", "results.csv", found[numbers], stored[numbers], 1e-10)
