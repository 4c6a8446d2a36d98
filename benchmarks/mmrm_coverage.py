"""Type I error and coverage of the mixed model for repeated measures in small invented trials without any effect.

    python benchmarks/mmrm_coverage.py --trials 1000      # writes tests/reference/mmrm_coverage/table.csv

Two arms, a baseline, four visits, an unstructured covariance that is estimated; 20, 40 or 100 participants; 0, 20 or
40 % of them drop out, more likely after a bad visit (missing at random). Asked at the last visit: how often does the
95 % interval of the difference between arms leave out zero (its coverage is the rest), and how often is the joint
test of the interaction below 0.05? Where the unstructured covariance has no maximum, the declared fallback is used,
as an analysis would, and the share is reported. Bands of 99.9 % by the number of trials: reliability of a share.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import stats
from spasticity.files import csv_bytes, write

TABLE = Path(__file__).parents[1] / "tests" / "reference" / "mmrm_coverage" / "table.csv"
VISITS = ["week 4", "week 8", "week 12", "week 24"]
LADDER = ["unstructured", "toeplitz-heterogeneous", "compound-symmetry"]
INTERACTION = [{f"arm[active]:visit[{visit}]": 1.0} for visit in VISITS[1:]]
LAST = {"arm[active]": 1.0, **INTERACTION[-1]}  # the difference between arms at the last visit
COVARIANCE = np.array([[2.0, 1.2, 0.9, 0.7], [1.2, 2.5, 1.5, 1.2], [0.9, 1.5, 3.0, 2.0], [0.7, 1.2, 2.0, 3.5]])
Z_999 = 3.2905  # normal quantile of a two-sided 99.9 % band


def trial(participants: int, dropout: float, rng: np.random.Generator) -> pd.DataFrame:
    """A trial in which the arms do not differ."""
    arm = rng.permutation(np.arange(participants) % 2)
    baseline = rng.normal(6, 1.5, participants)
    noise = rng.standard_normal((participants, 4)) @ np.linalg.cholesky(COVARIANCE).T
    change = -0.3 * (baseline - 6)[:, None] + np.linspace(-0.5, -1, 4) + noise
    there = np.ones(participants, dtype=bool)
    # A chance per visit that makes `dropout` over three visits, doubled or nearly none by the last value seen.
    chance = 1 - (1 - dropout) ** (1 / 3)
    for visit in range(1, 4):
        worse = noise[:, visit - 1] > 0
        there &= rng.random(participants) > chance * np.where(worse, 1.6, 0.4)
        change[~there, visit] = np.nan
    who = np.repeat(np.arange(participants), 4)
    return pd.DataFrame(
        {
            "participant": who,
            "visit": pd.Categorical.from_codes(np.tile(np.arange(4), participants), VISITS, ordered=True),
            "arm": pd.Categorical.from_codes(arm[who], ["placebo", "active"]),
            "baseline": baseline[who],
            "change": change.ravel(),
        }
    )


def study(participants: int, dropout: float, trials: int, df: str) -> dict[str, object]:
    """Shares of wrong decisions in many trials."""
    rng = np.random.default_rng([participants, int(100 * dropout)])
    wrong = joint = fallen_back = 0
    for _ in range(trials):
        fit = stats.mmrm(trial(participants, dropout, rng), "change ~ baseline + arm*visit", df=df, covariance=LADDER)
        wrong += fit.test(LAST).frame["p_value"].iloc[0] < 0.05  # the same as an interval without zero
        joint += fit.test(INTERACTION).frame["p_value"].iloc[0] < 0.05
        fallen_back += fit.structure != "unstructured"
    half = Z_999 * np.sqrt(0.05 * 0.95 / trials)
    return {
        "participants": participants,
        "dropout": dropout,
        "df": df,
        "trials": trials,
        "type_one_error": float(wrong / trials),
        "coverage": float(1 - wrong / trials),
        "type_one_error_joint": float(joint / trials),
        "fallen_back": fallen_back / trials,
        "band_low": float(0.05 - half),
        "band_high": float(0.05 + half),
        "inside": bool(abs(wrong / trials - 0.05) <= half and abs(joint / trials - 0.05) <= half),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--df", nargs="+", default=["kenward-roger", "satterthwaite"])
    given = parser.parse_args()
    rows = []
    for df in given.df:
        for participants in (20, 40, 100):
            for dropout in (0.0, 0.2, 0.4):
                rows.append(study(participants, dropout, given.trials, df))
                print(rows[-1], flush=True)
    write(TABLE, csv_bytes(pd.DataFrame(rows)), overwrite=True)


if __name__ == "__main__":
    main()
