"""Two made-up arms at one visit, for the tests of this room."""

import pandas as pd


def outcomes(first, second, outcome="spasticity_nrs", **columns):
    """Canonical outcomes of `drug` and `placebo`, one row per participant."""
    frame = pd.DataFrame({"value": [*first, *second], "arm": ["drug"] * len(first) + ["placebo"] * len(second)})
    frame["arm"] = pd.Categorical(frame["arm"], ["placebo", "drug"])
    people = [f"P{row:03d}" for row in range(len(frame))]
    return frame.assign(participant=people, outcome=outcome, visit="week 12", **columns)
