"""The course of a study for its people: when they are seen, whether they come, when and why they leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from spasticity.simulate.constants import Given
from spasticity.simulate.people import People
from spasticity.simulate.streams import Draw
from spasticity.study import PlannedVisit

HARM, NO_BENEFIT, OTHER, SCREENED = "adverse event", "lack of effect", "withdrew consent", "no response to screening"
WHY_MISSED = ("illness", "transport", "not known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """How people leave and data go missing; all are probabilities unless said otherwise.

    Parameters
    ----------
    harm_days : Given
        Mean days until somebody leaves who leaves because of an adverse event.
    other_per_day : Given
        Rate of leaving for other reasons.
    no_benefit, no_benefit_slope : Given
        Log odds of leaving at a visit without change of the NRS, and their rise per point of worsening.
    visit, form, item, examination, cell : Given
        A visit missed, a form not handed in, an item not answered, a muscle not examined, a cell left empty.
    diary_day, night, recorded_day : Given
        One of these missing.
    gap, gap_days : Given
        Share of people with one longer gap in their diary, and its length in days.
    """

    harm_days: Given
    other_per_day: Given
    no_benefit: Given
    no_benefit_slope: Given
    visit: Given
    form: Given
    item: Given
    examination: Given
    cell: Given
    diary_day: Given
    night: Given
    recorded_day: Given
    gap: Given
    gap_days: Given


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Course:
    """What happens to each person.

    Parameters
    ----------
    visits : tuple of PlannedVisit
    visit_day : ndarray of int, shape (people, visits)
        The day a visit takes place when it does.
    attended : ndarray of bool, shape (people, visits)
    leaves : ndarray of int, shape (people,)
        First day without the person; the day after the last one for those who stay.
    reason : ndarray of str, shape (people,)
        Why; empty for those who stay.
    """

    visits: tuple[PlannedVisit, ...]
    visit_day: NDArray[np.int64]
    attended: NDArray[np.bool_]
    leaves: NDArray[np.int64]
    reason: NDArray[np.object_]

    def names(self, number: NDArray[np.int64]) -> NDArray[np.object_]:
        """Names of visits by their number."""
        return np.array([visit.name for visit in self.visits], dtype=object)[number]

    def handed_in(self, missing: Given, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Visits at which a form exists, shape (people, visits)."""
        return self.attended & (rng.random(self.attended.shape) >= missing)


def visit_days(visits: tuple[PlannedVisit, ...], people: People, draw: Draw) -> NDArray[np.int64]:
    """Days on which people are seen: up to three days from plan, inside the window; shape (people, visits)."""
    planned = np.array([visit.day for visit in visits])
    first = np.array([visit.window[0] for visit in visits])
    last = np.array([visit.window[1] for visit in visits])
    near = np.minimum(np.minimum(planned - first, last - planned), 3)  # symmetric, so that the mean day is the planned
    shift = np.rint(draw("visits", "day").uniform(-near, near, (len(people), len(visits)))).astype(np.int64)
    return planned + shift


def followed(
    visits: tuple[PlannedVisit, ...],
    visit_day: NDArray[np.int64],
    ratings: NDArray[np.float64],
    screened_out: NDArray[np.int64],
    people: People,
    losses: Losses,
    last_day: int,
    draw: Draw,
) -> Course:
    """Who stays, who leaves and why, and who misses a visit.

    Parameters
    ----------
    visits : tuple of PlannedVisit
    visit_day : ndarray, shape (people, visits)
    ratings : ndarray, shape (people, visits)
        What a person has reported by each visit, the first being the baseline; worsening makes people leave.
    screened_out : ndarray of int, shape (people,)
        Day on which a person leaves who cannot get the treatment.
    people : People
    losses : Losses
    last_day : int
        Last day of the study.
    draw : callable

    Returns
    -------
    Course
    """
    options = {
        HARM: _harmed(people, losses, draw("visits", "harm")),
        NO_BENEFIT: _disappointed(visit_day, ratings, losses, draw("visits", "no benefit")),
        OTHER: np.ceil(draw("visits", "other").exponential(1 / losses.other_per_day, len(people))),
        SCREENED: screened_out,
    }
    days = np.stack(list(options.values()))
    leaves = np.minimum(days.min(axis=0), last_day + 1).astype(np.int64)
    reason = np.array(list(options), dtype=object)[days.argmin(axis=0)]
    came = draw("visits", "missed").random(visit_day.shape) >= losses.visit
    came[:, 0] = True
    return Course(
        visits=visits,
        visit_day=visit_day,
        attended=came & (visit_day < leaves[:, None]),
        leaves=leaves,
        reason=np.where(leaves <= last_day, reason, ""),
    )


def visits_table(course: Course, people: People, draw: Draw) -> pd.DataFrame:
    """One row per participant and planned visit."""
    n, visits = course.attended.shape
    left = course.visit_day >= course.leaves[:, None]
    status = np.where(course.attended, "attended", np.where(left, "after stopping", "missed"))
    missed = draw("visits", "reason").choice(WHY_MISSED, (n, visits))
    reason = np.where(left, course.reason[:, None], missed.astype(object))
    reason[course.attended] = None
    return pd.DataFrame(
        {
            "participant": np.repeat(people.ids, visits),
            "visit": course.names(np.tile(np.arange(visits), n)),
            "day": np.where(course.attended, course.visit_day, np.nan).ravel(),
            "status": status.ravel(),
            "reason": reason.ravel(),
        }
    )


def _harmed(people: People, losses: Losses, rng: np.random.Generator) -> NDArray[np.float64]:
    chance = people.by_arm(tuple((arm.name, arm.leaves_for_harm) for arm in people.arms))
    day = 2 + np.ceil(rng.exponential(losses.harm_days, len(people)))
    return np.where(rng.random(len(people)) < chance, day, np.inf)


def _disappointed(
    visit_day: NDArray[np.int64], ratings: NDArray[np.float64], losses: Losses, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The day after the first visit at which a person gives up; it depends on what was reported, not on the arm."""
    worse = ratings - ratings[:, :1]
    gives_up = rng.random(worse.shape) < expit(losses.no_benefit + losses.no_benefit_slope * worse)
    gives_up[:, [0, -1]] = False
    return np.where(gives_up, visit_day + 1, np.inf).min(axis=1)
