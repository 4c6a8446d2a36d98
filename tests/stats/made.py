"""Small made-up outcomes for the tests of this room."""

import numpy as np
import pandas as pd

ARMS = ["placebo", "oral baclofen", "cyclobenzaprine"]


def rows(arm, change, **columns):
    """Outcomes of one visit, one row per participant."""
    frame = pd.DataFrame({"arm": arm, "change": change, **columns})
    return frame.assign(
        participant=[f"P{row:03d}" for row in range(len(frame))], outcome="spasticity_nrs", visit="week 12", day=84
    )


def trial(n=60, seed=1, visits=("week 4", "week 12")):
    """An invented trial: arms, cohorts, baseline, and values at a baseline visit and later ones."""
    rng = np.random.default_rng(seed)
    people = pd.DataFrame({"participant": [f"P{row:03d}" for row in range(n)]})
    people["arm"] = pd.Categorical(rng.choice(ARMS, n), ARMS)
    people["cohort"] = rng.choice(["MS", "SCI"], n, p=[0.6, 0.4])
    people["sex"] = rng.choice(["female", "male"], n)
    people["baseline"] = rng.normal(6, 1, n).clip(2, 10).round(1)
    parts = []
    for rank, visit in enumerate(["baseline", *visits]):
        effect = -0.8 * rank * people["arm"].eq("oral baclofen").astype(float)
        change = np.round(effect + rng.normal(0, 1, n), 1) if rank else np.zeros(n)
        parts.append(
            people.assign(
                visit=visit, day=[-1, 28, 84][rank], change=change, value=(people["baseline"] + change).clip(0, 10)
            )
        )
    frame = pd.concat(parts, ignore_index=True).assign(outcome="spasticity_nrs")
    return frame.assign(visit=pd.Categorical(frame["visit"], ["baseline", *visits], ordered=True))
