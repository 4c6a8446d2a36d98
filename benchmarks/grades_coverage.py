"""Type I error and coverage of the models of grades, of rank tests and of responders, in small invented trials.

Two arms of 12, 20, 40 or 80 people in two strata with a baseline; a grade of five categories is a logistic variable
that is cut. `one visit`: a row per person. `floor`: more than half of the grades are the lowest. `visits`: four rows,
with a normal intercept of each person (standard deviation 1.5). `dropout`: about 30 % leave, more likely after a bad
visit (missing at random). `wins in strata`: the grade, 15 % missing, then a count. `effect`: the true log odds ratio
is -1; it is 0 everywhere else. How often is the truth outside the 95 % interval, or rejected at 5 %? That is the type
I error, and the coverage is the rest. A responder has one of the two lowest grades. Commands: see `coverage.py`.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy import special
from scipy import stats as distributions

from benchmarks.coverage import PEOPLE, Cell, Decisions, Study, decided, outside
from spasticity.errors import MethodError
from spasticity.stats import wins
from spasticity.stats.cumulative_links import LINKS
from spasticity.stats.intercept_model import Clusters
from spasticity.stats.mantel_haenszel import cmh, common_rows
from spasticity.stats.newton import held
from spasticity.stats.ordinal_fit import Estimated, fixed, mixed
from spasticity.stats.ordinal_models import NODES
from spasticity.stats.ordinal_rows import Grades
from spasticity.stats.proportions import difference, difference_score
from spasticity.stats.rank_distribution import rank_sum_test, shift_interval, stratified, superiority
from spasticity.stats.wins import Priority
from spasticity.stats.wins import _rows as win_rows

SCENARIOS = ("one visit", "one visit, floor", "visits", "visits, dropout", "wins in strata")
CUTS = {"one visit": [-2, -0.6, 0.6, 2], "one visit, floor": [0.2, 1, 2, 3.2]}
CHUNK = 50
CHI_SQUARED = float(distributions.chi2.isf(0.05, 1))
LOGIT = LINKS["logit"]


def trial(per_arm: int, scenario: str, effect: float, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Baseline, arm, stratum, grade and person of the rows of a trial."""
    n, visits = 2 * per_arm, 4 if scenario.startswith("visits") else 1
    arm = rng.permutation(np.arange(n) % 2).astype(float)
    stratum, baseline = rng.integers(0, 2, n).astype(float), rng.normal(0, 1, n)
    own = rng.normal(0, 1.5, n) if visits > 1 else np.zeros(n)
    latent = (0.8 * baseline + 0.5 * (stratum - 0.5) + effect * arm + own)[:, None] + rng.logistic(size=(n, visits))
    grade = np.digitize(latent, CUTS.get(scenario, CUTS["one visit"]))
    there = np.ones((n, visits), dtype=bool)
    if "dropout" in scenario:
        for visit in range(1, visits):
            bad = grade[:, visit - 1] >= 3
            there[:, visit] = there[:, visit - 1] & (rng.random(n) > np.where(bad, 0.2, 0.07))
    who = np.nonzero(there)[0]
    return baseline[who], arm[who], stratum[who], grade[there], who


def grades_of(baseline: np.ndarray, arm: np.ndarray, grade: np.ndarray) -> Grades:
    """Rows of a model without the cost of a formula."""
    columns = ("Intercept", "baseline", "arm")
    design: Any = SimpleNamespace(
        columns=columns,
        all_columns=columns,
        kept=np.arange(3),
        terms={name: (place,) for place, name in enumerate(columns)},
        X=np.column_stack([np.ones(len(arm)), baseline, arm]),
    )
    present, codes = np.unique(grade, return_inverse=True)
    return Grades(design, codes, tuple(present), (), None, ())


def beyond(fit: Estimated, truth: float) -> bool:
    """Whether the truth is outside Wald's interval."""
    place = fit.grades.size - 1
    return bool(abs(fit.values[place] - truth) > 1.959964 * np.sqrt(fit.covariance[place, place]))


def rejected(fit: Estimated, truth: float) -> bool:
    """Whether the likelihood-ratio test rejects the truth; the same as being outside the profile interval."""
    smaller = held(fit.evaluate, fit.place, fit.grades.size - 1, truth, "study")
    return bool(2 * (fit.log_likelihood - smaller.log_likelihood) > CHI_SQUARED)


def by_model(baseline: np.ndarray, arm: np.ndarray, grade: np.ndarray, effect: float) -> Decisions:
    """Models of one visit."""

    @cache
    def ordinal() -> Estimated:
        return fixed(grades_of(baseline, arm, grade), LOGIT)

    @cache
    def logistic() -> Estimated:
        return fixed(grades_of(baseline, arm, (grade > 1).astype(int)), LOGIT)

    yield "ordinal: Wald", lambda: beyond(ordinal(), effect)
    yield "ordinal: likelihood ratio, profile interval", lambda: rejected(ordinal(), effect)
    if not effect:  # the odds of two grades joined are those of the model, but the question is of the test
        yield "logistic regression of responders: Wald", lambda: beyond(logistic(), 0.0)
        yield "logistic regression of responders: likelihood ratio", lambda: rejected(logistic(), 0.0)


def by_ranks(arm: np.ndarray, stratum: np.ndarray, grade: np.ndarray, theta: float) -> Decisions:
    """Rank tests and their intervals; `theta` is the true probability of superiority."""
    values = grade.astype(float)
    first, second = values[arm == 1], values[arm == 0]

    def outside_superiority() -> bool:
        low, high = superiority(first, second, 0.95)[2:]
        return not low <= theta <= high

    def outside_win(place: int, truth: float) -> bool:
        row = win_rows([np.sign(first[:, None] - second).astype(np.int8)], 0.95)[place]
        if not np.isfinite(row["conf_low"]):
            raise MethodError("no interval")
        return not row["conf_low"] <= truth <= row["conf_high"]

    yield "rank_sum: probability of superiority, interval", outside_superiority
    yield "win_ratio: win odds, interval", lambda: outside_win(1, theta / (1 - theta))
    if theta != 0.5:
        return
    yield "win_ratio: win ratio, interval", lambda: outside_win(0, 1.0)
    if len(values) < 100:  # exact by its construction, and slow beyond
        yield "rank_sum: Wilcoxon, exact", lambda: rank_sum_test(first, second).p_value <= 0.05
    yield "rank_sum: Hodges-Lehmann, interval", lambda: not _within(shift_interval(first, second, 0.95)[1:3], 0.0)
    parts = [(values[(arm == 1) & (stratum == s)], values[(arm == 0) & (stratum == s)]) for s in (0, 1)]
    if all(len(side) > 1 for part in parts for side in part):
        yield "rank_sum: van Elteren", lambda: stratified(parts)["p_value"] <= 0.05


def _within(limits: tuple[float, float], truth: float) -> bool:
    if not np.isfinite(limits[0]):
        raise MethodError("no interval")
    return limits[0] <= truth <= limits[1]


def by_responders(arm: np.ndarray, stratum: np.ndarray, grade: np.ndarray) -> Decisions:
    """Proportions of responders; the truth is no difference."""
    good = grade <= 1

    def table(rows: np.ndarray) -> list[int]:
        return [int(x) for a in (1, 0) for x in ((good & rows & (arm == a)).sum(), (rows & (arm == a)).sum())]

    whole = table(np.ones(len(arm), dtype=bool))
    strata = [table(stratum == s) for s in (0, 1)]
    yield "responders: N - 1 chi-squared", lambda: abs(difference_score(*whole, 0.0)) > 1.959964
    for name in ("newcombe", "miettinen-nurminen", "wald"):
        yield f"responders: difference, {name}", lambda name=name: not _within(difference(*whole, name), 0.0)

    def common() -> bool:
        row = common_rows(strata, 0.95)[0]
        return not _within((row["conf_low"], row["conf_high"]), 0.0)

    yield "responders: Cochran-Mantel-Haenszel", lambda: cmh(strata)[1] <= 0.05
    yield "responders: common difference, Sato", common


def by_mixed(baseline: np.ndarray, arm: np.ndarray, grade: np.ndarray, who: np.ndarray, effect: float) -> Decisions:
    """Models of repeated grades."""
    clusters, order = Clusters.of(who)
    rows = grades_of(baseline[order], arm[order], grade[order])

    @cache
    def fit() -> Estimated:
        return mixed(rows, LOGIT, clusters, NODES)

    yield "ordinal_mixed: Wald", lambda: beyond(fit(), effect)
    yield "ordinal_mixed: likelihood ratio, profile interval", lambda: rejected(fit(), effect)
    yield "ordinal: people ignored, Wald", lambda: beyond(fixed(rows, LOGIT), effect)


@cache
def true_superiority(scenario: str, effect: float) -> float:
    """Probability that a grade of the treated is higher, over baselines and strata, by integration."""
    z, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()
    cuts = np.array(CUTS[scenario])
    chances = []
    for shift in (effect, 0.0):
        mean = np.concatenate([0.8 * z + shift + side for side in (-0.25, 0.25)])
        below = (np.tile(weights, 2) / 2) @ special.expit(cuts - mean[:, None])
        chances.append(np.diff(np.r_[0, below, 1]))
    treated, reference = chances
    under = np.r_[0, np.cumsum(reference)[:-1]]
    return float(treated @ (under + reference / 2)) if effect else 0.5


def by_wins(arm: np.ndarray, stratum: np.ndarray, grade: np.ndarray, rng: np.random.Generator) -> Decisions:
    """Grades, 15 % of them missing, then a count, compared within strata; both arms are alike."""
    first = np.where(rng.random(len(grade)) < 0.15, np.nan, -grade.astype(float))
    table = pd.DataFrame({"step 0": first, "step 1": -rng.poisson(4, len(grade)).astype(float), "stratum": stratum})
    hierarchy = [Priority(outcome="grade", visit="", margin=0.5), Priority(outcome="count", visit="")]

    @cache
    def rows() -> list[dict[str, Any]]:
        parts, _ = wins._parts(table[arm == 1], table[arm == 0], "stratum", "arms")
        return wins._rows([wins._verdict(*part, hierarchy)[0] for part in parts], 0.95)

    for place, truth in enumerate((1.0, 1.0, 0.0)):
        term = (wins.RATIO, wins.ODDS, wins.BENEFIT)[place]
        yield (
            f"win_ratio in strata: {term}",
            lambda place=place, truth=truth: outside(truth, rows()[place]["conf_low"], rows()[place]["conf_high"]),
        )


def decisions(per_arm: int, scenario: str, effect: float, rng: np.random.Generator) -> Decisions:
    """Every method of a scenario on one trial; True is a wrong decision."""
    baseline, arm, stratum, grade, who = trial(per_arm, scenario, effect, rng)
    if scenario.startswith("visits"):
        yield from by_mixed(baseline, arm, grade, who, effect)
        return
    if scenario.startswith("wins"):
        yield from by_wins(arm, stratum, grade, rng)
        return
    yield from by_model(baseline, arm, grade, effect)
    yield from by_ranks(arm, stratum, grade, true_superiority(scenario, effect))
    if not effect:
        yield from by_responders(arm, stratum, grade)


def tallied(per_arm: int, scenario: str, effect: float, chunk: int) -> list[dict[str, Any]]:
    """Wrong decisions of every method in one chunk of trials."""

    def one(number: int) -> Decisions:
        rng = np.random.default_rng([per_arm, SCENARIOS.index(scenario), round(100 * abs(effect)), number])
        return decisions(per_arm, scenario, effect, rng)

    return decided(one(number) for number in range(chunk * CHUNK, (chunk + 1) * CHUNK))


def cells() -> dict[Cell, int]:
    """How many chunks are wanted of each scenario, in the order in which they are worked on."""
    null = {(n, scenario, 0.0): _chunks(scenario) for n in PEOPLE for scenario in SCENARIOS}
    return null | {(20, scenario, -1.0): 10 for scenario in SCENARIOS if not scenario.startswith("wins")}


def _chunks(scenario: str) -> int:
    return 16 if scenario.startswith("visits") else 24


STUDY = Study("grades", cells(), tallied)
TABLE = STUDY.folder / "table.csv"

if __name__ == "__main__":
    STUDY.main(__doc__)
