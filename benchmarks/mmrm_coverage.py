"""Type I error and coverage of the mixed model for repeated measures in small invented trials without any effect.

    python benchmarks/mmrm_coverage.py                     # writes tests/reference/mmrm_coverage/table.csv

Two arms, a baseline, four visits, an unstructured covariance that is estimated; 20, 40 or 100 participants; 0, 20 or
40 % of them drop out, more likely after a bad visit (missing at random). Asked at the last visit: how often does the
95 % interval of the difference between arms leave out zero (its coverage is the rest), and how often is the joint
test of the interaction below 0.05? Where the unstructured covariance has no maximum, the declared fallback is used,
as an analysis would, and the share is reported. The bands hold 99.9 % of the shares of an exact method.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity.errors import MethodError
from spasticity.files import csv_bytes, write
from spasticity.stats.covariance import structure
from spasticity.stats.mmrm_inference import KenwardRoger, Satterthwaite
from spasticity.stats.mmrm_likelihood import Likelihood
from spasticity.stats.mmrm_optimiser import maximum
from spasticity.stats.mmrm_panel import Panel, patterns
from spasticity.stats.mmrm_products import products

TABLE = Path(__file__).parents[1] / "tests" / "reference" / "mmrm_coverage" / "table.csv"
VISITS = ["week 4", "week 8", "week 12", "week 24"]
LADDER = ["unstructured", "toeplitz-heterogeneous", "compound-symmetry"]
INTERACTION = np.eye(9)[6:]  # columns: intercept, baseline, arm, three visits, three of arm by visit
LAST = np.eye(9)[[2]] + np.eye(9)[[8]]  # the difference between arms at the last visit
COVARIANCE = np.array([[2.0, 1.2, 0.9, 0.7], [1.2, 2.5, 1.5, 1.2], [0.9, 1.5, 3.0, 2.0], [0.7, 1.2, 2.0, 3.5]])
Z_999 = 3.2905  # normal quantile of a two-sided 99.9 % band


def trial(participants: int, dropout: float, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Design, outcome, participant and visit of a trial in which the arms do not differ."""
    arm = rng.permutation(np.arange(participants) % 2).astype(float)
    baseline = rng.normal(6, 1.5, participants)
    noise = rng.standard_normal((participants, 4)) @ np.linalg.cholesky(COVARIANCE).T
    change = -0.3 * (baseline - 6)[:, None] + np.linspace(-0.5, -1, 4) + noise
    there = np.ones((participants, 4), dtype=bool)
    # A chance per visit that makes `dropout` over three visits, larger or smaller by the last value seen.
    chance = 1 - (1 - dropout) ** (1 / 3)
    for visit in range(1, 4):
        stays = rng.random(participants) > chance * np.where(noise[:, visit - 1] > 0, 1.6, 0.4)
        there[:, visit] = there[:, visit - 1] & stays
    who, when = np.nonzero(there)
    visits = (when[:, None] == np.arange(1, 4)).astype(float)
    design = np.column_stack([np.ones(len(who)), baseline[who], arm[who], visits, arm[who, None] * visits])
    return design, change[there], who, when


def inferences(design: np.ndarray, y: np.ndarray, who: np.ndarray, when: np.ndarray) -> tuple[dict, bool]:
    """The two ways of inference from one fit, without the formula, and whether the first covariance was used."""
    panel = Panel.of(design, y, patterns(who, when, np.zeros_like(who)))
    places = [pattern.visits for pattern in panel.patterns]
    mask = np.array([np.isin(np.arange(4), place) for place in places])
    counts = np.array([len(pattern) for pattern in panel.patterns], dtype=float)
    group, ready = np.zeros(len(places), dtype=int), products(panel, places, 4)
    for name in LADDER:
        try:
            point = maximum(Likelihood(ready, counts, group, mask, [structure(name, 4)], True)).point
        except MethodError:
            continue
        b = panel.b0 + panel.jacobian @ point.gamma
        kr, plain = KenwardRoger(point, panel.jacobian, b, linear=False), Satterthwaite(point, panel.jacobian, b)
        return {"kenward-roger": kr, "satterthwaite": plain}, name == LADDER[0]
    raise MethodError("no covariance could be fitted")


def study(participants: int, dropout: float, trials: int) -> list[dict[str, object]]:
    """Shares of wrong decisions in many trials."""
    rng = np.random.default_rng([participants, int(100 * dropout)])
    wrong = {df: np.zeros(2) for df in ("kenward-roger", "satterthwaite")}
    fallen_back = 0
    for _ in range(trials):
        found, first = inferences(*trial(participants, dropout, rng))
        fallen_back += not first
        for df, inference in found.items():
            wrong[df] += [inference.test(L).p_value < 0.05 for L in (LAST, INTERACTION)]
    half = Z_999 * float(np.sqrt(0.05 * 0.95 / trials))
    return [
        {
            "df": df,
            "participants": participants,
            "dropout": dropout,
            "trials": trials,
            "type_one_error": float(counts[0] / trials),
            "coverage": float(1 - counts[0] / trials),
            "type_one_error_joint": float(counts[1] / trials),
            "fallen_back": fallen_back / trials,
            "band_low": 0.05 - half,
            "band_high": 0.05 + half,
            "inside": bool((np.abs(counts / trials - 0.05) <= half).all()),
        }
        for df, counts in wrong.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=5000)
    parser.add_argument("--participants", type=int, nargs="+", default=[20, 40, 100])
    given = parser.parse_args()
    rows = []
    for participants in given.participants:
        for dropout in (0.0, 0.2, 0.4):
            rows += study(participants, dropout, given.trials)
            print(pd.DataFrame(rows[-2:]).to_string(index=False, header=len(rows) == 2), flush=True)
    table = pd.DataFrame(rows)
    if TABLE.exists():
        before = pd.read_csv(TABLE)
        table = pd.concat([before[~before["participants"].isin(given.participants)], table])
    write(TABLE, csv_bytes(table.sort_values("participants", kind="stable")), overwrite=True)


if __name__ == "__main__":
    main()
