"""A small fitted model for the tests of figures: invented people, some of whom leave."""

from functools import cache

import numpy as np
import pandas as pd

from spasticity import stats
from tests.plot.made import ARMS, DAYS, VISITS

LATER = VISITS[1:]


@cache
def outcomes():
    """40 people, four visits after baseline, the later the fewer."""
    rng = np.random.default_rng(20261122)
    people = pd.DataFrame({"participant": [f"P{row:02d}" for row in range(40)]})
    people["arm"] = pd.Categorical([ARMS[row % 4] for row in range(40)], ARMS)
    people["own"] = rng.normal(0, 1.2, 40)
    parts = []
    for rank, visit in enumerate(LATER):
        change = people["own"] - 0.3 * (rank + 1) * people["arm"].cat.codes + rng.normal(0, 0.8, 40)
        parts.append(people.assign(visit=visit, day=DAYS[visit], change=change).iloc[3 * rank :])
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(visit=pd.Categorical(frame["visit"], LATER, ordered=True))


@cache
def fitted(covariance="unstructured", **options):
    return stats.mmrm(outcomes(), "change ~ arm*visit", covariance=covariance, **options)
