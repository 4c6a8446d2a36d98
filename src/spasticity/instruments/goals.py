"""Goal attainment scaling: a person's own goals, each from -2 to 2, as one T score."""

from __future__ import annotations

import numpy as np

from spasticity.instruments.declarations import Answers, Form, Instrument, Ruled, Scale
from spasticity.instruments.measures import Measure
from spasticity.instruments.questions import Item, numbered

MOST_GOALS = 10  # of one person; a form has room for so many [proposal]
CORRELATION = 0.3  # of the goals of a person, assumed by Kiresuk & Sherman 1968
GOALS, WEIGHTS = numbered("goal_", MOST_GOALS), numbered("weight_", MOST_GOALS)
NONE = "no goal was rated"
ASSUMED = "goals without a weight count as 1"
WEIGHTLESS = "every weight is 0"

T_SCORE = Measure(
    id="gas_t",
    label="Goal attainment (T score)",
    unit="T",
    better="higher",
    scale="interval",
    unknown="no threshold is known; 50 is every goal attained as expected",
)


def t_score(answers: Answers) -> dict[str, Ruled]:
    """50 + 10 sum(w x) / sqrt((1 - 0.3) sum(w^2) + 0.3 sum(w)^2), over the goals that were rated.

    Parameters
    ----------
    answers : mapping of str to array of float, shape (n,)
        `goal_1`, ... from -2 to 2, and `weight_1`, ... of 0 or more; a goal without a weight counts as 1.

    Returns
    -------
    dict of str to Ruled
    """
    goal = np.array([answers[key] for key in GOALS])
    given = np.array([answers[key] for key in WEIGHTS])
    rated = ~np.isnan(goal)
    assumed = rated & np.isnan(given)
    weight = np.where(rated, np.where(np.isnan(given), 1.0, given), 0.0)
    total = (weight * np.where(rated, goal, 0.0)).sum(axis=0)
    spread = (1 - CORRELATION) * (weight**2).sum(axis=0) + CORRELATION * weight.sum(axis=0) ** 2
    value = 50 + 10 * total / np.sqrt(np.where(spread > 0, spread, np.nan))
    some = rated.any(axis=0)
    mixed = assumed.any(axis=0) & ~np.isnan(given).all(axis=0)
    return {"gas_t": Ruled(value, {NONE: ~some, WEIGHTLESS: some & (spread == 0), ASSUMED: mixed})}


GAS = Instrument(
    id="gas",
    name="Goal Attainment Scaling",
    what="how far a person's own goals of therapy were attained",
    who="person and therapist together",
    recall="since the goals were set",
    population="all",
    missing="a goal that was not rated counts for nothing; without weights every goal counts alike",
    forms=(
        Form(
            items=(
                *(Item(key=key, low=-2, high=2, optional=True) for key in GOALS),
                *(Item(key=key, kind="number", low=0, high=100, optional=True) for key in WEIGHTS),
            ),
            scales=(Scale(measure=T_SCORE, items=(*GOALS, *WEIGHTS), how="rule"),),
            rule=t_score,
        ),
    ),
    notes=(
        "-2 much less than expected, -1 less, 0 as expected, 1 more, 2 much more; a weight is such as importance times "
        "difficulty.",
        "The correlation of 0.3 between goals is assumed, not estimated. Goals set to be easy give high scores.",
    ),
    unknown="no threshold is known",
    sources=(
        "Kiresuk & Sherman 1968, Community Ment Health J 4:443 [from memory]",
        "Turner-Stokes 2009, Clin Rehabil 23:362 with its erratum (doi 10.1177/0269215508101742)",
    ),
)

INSTRUMENTS = (GAS,)
