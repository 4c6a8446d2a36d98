"""Writes data.csv: an invented trial of 60 people in three arms, spasms over 3 to 7 diary days before four visits.

python tests/reference/counts_r/make_data.py
"""

from pathlib import Path

import numpy as np
import pandas as pd


def main() -> None:
    rng = np.random.default_rng(20_260_601)
    people, visits = 60, ["week 4", "week 8", "week 12", "week 24"]
    arm = np.array(["placebo", "drug A", "drug B"])[np.arange(people) % 3]
    cohort = rng.choice(["MS", "SCI"], people)
    baseline = rng.normal(1.8, 0.8, people).round(2)
    own = rng.normal(0, 0.6, people)
    rows = []
    for person in range(people):
        for number, visit in enumerate(visits):
            if rng.random() < 0.04 * (1 + 2 * number):
                continue
            days = int(rng.integers(3, 8))
            effect = {"placebo": 0.0, "drug A": -0.3, "drug B": -0.6}[arm[person]]
            mean = days * np.exp(0.2 + 0.7 * baseline[person] + effect - 0.05 * number + own[person])
            count = rng.negative_binomial(2, 2 / (2 + mean))
            extra = 0 if rng.random() < 0.15 else rng.poisson(2.5 * np.exp(effect))
            rows.append((f"P{person:02d}", arm[person], cohort[person], baseline[person], visit, days, count, extra))
    names = ["participant", "arm", "cohort", "log_baseline", "visit", "days", "spasms", "awakenings"]
    frame = pd.DataFrame(rows, columns=names)
    fresh = np.random.default_rng(7)
    drug = frame["arm"].map({"placebo": 0.0, "drug A": -0.4, "drug B": -0.4})
    mean = frame["days"] * np.exp(0.3 + drug)
    never = fresh.random(len(frame)) < np.where(frame["cohort"] == "MS", 0.2, 0.4)
    frame["cramps"] = np.where(never, 0, fresh.negative_binomial(1.7, 1.7 / (1.7 + mean)))
    frame["free"] = (frame["spasms"] <= 3 * frame["days"]).astype(int)
    frame.to_csv(Path(__file__).with_name("data.csv"), index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
