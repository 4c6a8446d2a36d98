"""What is planted: the effects a study of a design has in truth.

Scales with ends, whole numbers and grades have no closed formula for the mean, so the truth is computed: the same
mechanism makes a large population, once under each arm, with the same people and the same random numbers in every
arm, everybody staying and every day recorded. It depends on the design and on nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.simulate.constants import NONE
from spasticity.simulate.design import Design
from spasticity.simulate.outcomes import COUNTS, NO_BASELINE, expected_outcomes, origins
from spasticity.simulate.people import People, population
from spasticity.simulate.signals import Signal
from spasticity.simulate.streams import all_streams

POPULATION = 6000  # people per arm; then the error of a truth is below a tenth of a trial's standard error
TRUTH_SEED = 1
RESPONDER = ("spasticity_nrs", 30)  # percent; S22, S26
COLUMNS = ["outcome", "cohort", "arm", "visit", "quantity", "value", "source"]

Values = NDArray[np.float64]


def effects(design: Design, *, people: int = POPULATION, seed: int = TRUTH_SEED) -> pd.DataFrame:
    """The planted truth of a design: what every arm has, and what it adds to the reference arm.

    Parameters
    ----------
    design : Design
    people : int
        Size of the computed population.
    seed : int
        Its randomness; it has nothing to do with the seed of a study.

    Returns
    -------
    DataFrame
        `outcome, cohort` (`all` or one), `arm, visit, quantity, value, source`. `quantity` is `mean`,
        `difference in mean change vs placebo`, `difference in mean vs placebo` (outcomes without a baseline),
        `rate ratio vs placebo`, `share with 30 % improvement`, or `difference in share with 30 % improvement vs
        placebo`, with the name of the reference arm for placebo.
    """
    return _effects(design, people, seed).copy()


@lru_cache(maxsize=8)
def _effects(design: Design, people: int, seed: int) -> pd.DataFrame:
    everybody = _everybody(design, people, seed)
    values = {
        number: expected_outcomes(design, replace(everybody, arm=np.full(len(everybody), number)), all_streams(seed))
        for number in range(len(design.arms))
    }
    rows = [
        {"outcome": outcome, "cohort": cohort, "visit": design.visits[visit].name, **row}
        for outcome in values[0]
        for cohort, members in _groups(design, everybody)
        for visit in range(len(design.visits))
        for row in _rows(design, outcome, {arm: found[outcome][members] for arm, found in values.items()}, visit)
    ]
    frame = pd.DataFrame(rows)
    frame["source"] = _sources(design, frame)
    return frame[COLUMNS].dropna(subset="value").round({"value": 4}).reset_index(drop=True)


def _everybody(design: Design, people: int, seed: int) -> People:
    factor = -(-people // sum(cohort.size for cohort in design.cohorts))
    cohorts = tuple(replace(cohort, size=cohort.size * factor) for cohort in design.cohorts)
    return population(cohorts, design.arms, design.enrolment, all_streams(seed))


def _groups(design: Design, people: People) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    yield "all", np.ones(len(people), dtype=bool)
    for cohort in design.cohorts if len(design.cohorts) > 1 else ():
        yield cohort.name, people.in_cohort(cohort.name)


def _rows(design: Design, outcome: str, values: dict[int, Values], visit: int) -> Iterator[dict[str, object]]:
    """Quantities of one outcome, group and visit for every arm."""
    reference = design.arms[0].name
    for number, arm in enumerate(design.arms):
        here = {"arm": arm.name}
        yield {**here, "quantity": "mean", "value": _mean(values[number][:, visit])}
        if outcome == RESPONDER[0] and visit > 0:
            share = f"share with {RESPONDER[1]} % improvement"
            yield {**here, "quantity": share, "value": _responders(values[number], visit)}
        if number == 0 or visit == 0:
            continue
        # The people are the same, so the difference of means is the difference of mean changes.
        difference = _mean(values[number][:, visit]) - _mean(values[0][:, visit])
        what = "mean" if outcome in NO_BASELINE else "mean change"
        yield {**here, "quantity": f"difference in {what} vs {reference}", "value": difference}
        if outcome in COUNTS:
            ratio = _mean(values[number][:, visit]) / _mean(values[0][:, visit])
            yield {**here, "quantity": f"rate ratio vs {reference}", "value": ratio}
        if outcome == RESPONDER[0]:
            more = _responders(values[number], visit) - _responders(values[0], visit)
            yield {**here, "quantity": f"difference in {share} vs {reference}", "value": more}


def _mean(values: Values) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _responders(values: Values, visit: int) -> float:
    # 1e-9: a fall of exactly 30 % is a response although 0.7 has no exact binary form
    return float(np.mean(values[:, visit] <= (1 - RESPONDER[1] / 100) * values[:, 0] + 1e-9))


def _sources(design: Design, frame: pd.DataFrame) -> list[str]:
    """Where the effect of the arm, or the level of everybody, comes from."""
    known = origins(design)
    keys = zip(frame["outcome"], frame["arm"], frame["quantity"].str.contains(" vs "), strict=True)
    return [_source(known[outcome], arm if compared else None) for outcome, arm, compared in keys]


def _source(signals: tuple[Signal, ...], arm: str | None) -> str:
    if arm is None:
        sources = [signal.mean.source for signal in signals]
    else:
        sources = [effect.value.source for signal in signals for effect in signal.effects if effect.arm == arm]
    return " | ".join(dict.fromkeys(sources)) or NONE.source
