"""Type I error and coverage of pooled effects of 3, 5, 10 and 20 studies.

Effects are normal about a mean of 0 with variances that are known, of studies of 20 to 200 people; their true effects
vary by 0 (`alike`), as much as a typical study's error (`differing`) or by three times that (`far apart`). How often is
the mean outside its interval, the effect of a further study outside the prediction, the variance between studies
outside its interval, and Q significant where studies are alike? Commands: see `coverage.py`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.coverage import Decisions, Study, numbered, outside, rejected
from spasticity.stats import pooled_studies
from spasticity.stats.pooled_studies import POOLED, PREDICTED, TAU2, Q

STUDIES = (3, 5, 10, 20)
TYPICAL = 0.05  # variance of the effect of a typical study
DEFAULT = "REML, Hartung-Knapp (default)"
ASKED = {
    DEFAULT: ("REML", "hartung-knapp", False),
    "REML, Hartung-Knapp with guard": ("REML", "hartung-knapp", True),
    "REML, normal": ("REML", "z", False),
    "Paule-Mandel, Hartung-Knapp": ("Paule-Mandel", "hartung-knapp", False),
    "DerSimonian-Laird, Hartung-Knapp": ("DerSimonian-Laird", "hartung-knapp", False),
    "DerSimonian-Laird, normal": ("DerSimonian-Laird", "z", False),
    "fixed, normal": ("fixed", "z", False),
}


def differing(ratio: float):
    def scenario(k: int, mean: float, rng: np.random.Generator) -> Decisions:
        v = 4 / np.exp(rng.uniform(np.log(20), np.log(200), k))
        spread = np.sqrt(ratio * TYPICAL)
        y = mean + rng.normal(0, spread, k) + rng.normal(0, np.sqrt(v))
        further = mean + rng.normal(0, spread)

        part = pd.DataFrame({"estimate": y, "std_error": np.sqrt(v)})

        @cache
        def found(asked: str) -> dict[str, dict[str, Any]]:
            return {row["term"]: row for row in pooled_studies._pooled(part, *ASKED[asked], 0.95)[0]}

        def missed(asked: str, term: str, truth: float) -> bool:
            row = found(asked)[term]
            return outside(truth, row["conf_low"], row["conf_high"])

        for asked in ASKED:
            yield f"meta_analysis: {asked}", lambda asked=asked: missed(asked, POOLED, mean)
        for asked in (DEFAULT, "REML, normal"):
            yield f"prediction: {asked}", lambda asked=asked: missed(asked, PREDICTED, further)
        yield "between studies: Q-profile", lambda: missed(DEFAULT, TAU2, ratio * TYPICAL)
        if not ratio:
            yield "heterogeneity: Q", lambda: rejected(found(DEFAULT)[Q]["p_value"])

    return scenario


SCENARIOS = {"alike": differing(0.0), "differing": differing(1.0), "far apart": differing(3.0)}
CELLS = {(k, name, 0.0): 10 for name in SCENARIOS for k in STUDIES}
STUDY = Study("pooling", CELLS, numbered(SCENARIOS, 150), counted=dict.fromkeys(SCENARIOS, "studies"))

if __name__ == "__main__":
    STUDY.main(__doc__)
