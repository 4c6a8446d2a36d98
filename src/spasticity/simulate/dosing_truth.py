"""What is planted in the doses of each person, read from the plan that made them and not from the log.

It describes invented data and gives no advice on dosing.
"""

from __future__ import annotations

from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.simulate.course import Course
from spasticity.simulate.design import Design
from spasticity.simulate.doses import TAKEN, UNKNOWN, OralPlan, Turns, oral_plan
from spasticity.simulate.people import Arm, People
from spasticity.simulate.regimens import Oral, Pump
from spasticity.simulate.streams import Draw

COLUMNS = ["participant", "drug", "route", "kind", "detail", "start_day", "end_day", "dose_before", "visible"]
ABRUPT_DAYS, RAPID_DAYS = 3, 7  # [proposal] as for the stops of `derive`


def planted_dosing(
    design: Design,
    people: People,
    turned: Turns,
    course: Course,
    doses: pd.DataFrame,
    medications: pd.DataFrame,
    draw: Draw,
) -> pd.DataFrame:
    """Every stop, taper, pause, pump failure and medicine beside the study drug that the design has planted.

    Parameters
    ----------
    design : Design
    people : People
    turned : Turns
    course : Course
    doses, medications : DataFrame
        As they were made, to say which days of a drug were recorded and what was taken beside it.
    draw : callable

    Returns
    -------
    DataFrame
        `participant, drug, route, kind, detail, start_day, end_day, dose_before, visible`. `kind` is `stop` (`detail`
        is how fast; from the last day of the whole dose to the first without), `taper` (a stop in several steps),
        `pause`, `pump failure` (days without drug), `medicine` (`detail` names it; first day beside the drug and the
        day after the last one). `dose_before` is in mg or µg per day, by the route; `visible` is whether the log
        records every day from the first to the last.
    """
    days = np.arange(design.last_day + 1)
    rows: list[dict[str, object]] = []
    for number, arm in enumerate(people.arms):
        here = np.flatnonzero(people.arm == number)
        if isinstance(arm.regimen, Oral):
            plan = oral_plan(arm.regimen, design.dosing, turned, course, here, days, draw)
            rows += _tablets(arm.regimen, plan, people.ids[here])
        elif isinstance(arm.regimen, Pump):
            rows += _failures(arm.regimen, turned, course, people, here)
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame = frame[frame["start_day"] <= design.last_day]
    frame = pd.concat([frame, _beside(people.arms, doses, medications)], ignore_index=True)
    frame["visible"] = _visible(frame, doses)
    return frame.sort_values(["participant", "start_day", "kind", "detail"], kind="stable", ignore_index=True)


def _tablets(regimen: Oral, plan: OralPlan, ids: NDArray[np.object_]) -> list[dict[str, object]]:
    steps = [0.0, *map(float, regimen.steps)]
    lasts = np.where(plan.abrupt, 0, (plan.at_stop - 1) * int(regimen.taper_step_days))
    rows: list[dict[str, object]] = []
    for person, last, stop, top, pause in zip(ids, lasts, plan.stop, plan.at_stop, plan.pause, strict=True):
        course = {"participant": person, "drug": regimen.drug, "route": "oral", "dose_before": steps[top]}
        span = {"start_day": stop - 1, "end_day": stop + last}
        rows.append({**course, "kind": "stop", "detail": _speed(int(last) + 1), **span})
        if last:
            rows.append({**course, "kind": "taper", "detail": f"{top} steps", **span})
        if pause.any():
            first, length = int(pause.argmax()), int(pause.sum())
            before = steps[min((first - 1) // int(regimen.step_days) + 1, top)]
            span = {"start_day": first, "end_day": first + length, "dose_before": before}
            rows.append({**course, "kind": "pause", "detail": f"{length} days", **span})
    return rows


def _speed(days: int) -> str:
    if days <= ABRUPT_DAYS:
        return "complete abrupt"
    return "complete rapid" if days <= RAPID_DAYS else "gradual"


def _failures(
    pump: Pump, turned: Turns, course: Course, people: People, here: NDArray[np.int64]
) -> list[dict[str, object]]:
    """Pumps that stop before their person leaves."""
    starts = turned.abrupt_day[here]
    failed = starts < course.leaves[here]
    return [
        {
            "participant": person,
            "drug": pump.drug,
            "route": "intrathecal",
            "kind": "pump failure",
            "detail": f"{int(pump.failure_days)} days",
            "start_day": start,
            "end_day": start + int(pump.failure_days),
        }
        for person, start in zip(people.ids[here][failed], starts[failed], strict=True)
    ]


def _beside(arms: tuple[Arm, ...], doses: pd.DataFrame, medications: pd.DataFrame) -> pd.DataFrame:
    """Medicines on days on which the study drug was recorded as taken, counted day by day."""
    taken = doses[doses["status"] == TAKEN]
    own = taken.drop_duplicates("participant").set_index("participant")[["drug", "route"]]
    days = {person: _days(rows) for person, rows in taken.groupby("participant")}
    drugs = {arm.regimen.drug for arm in arms if arm.regimen is not None}
    courses = medications[medications["participant"].isin(list(days)) & ~medications["medicine"].isin(list(drugs))]
    spans = zip(courses["participant"], courses["medicine"], courses["start_day"], courses["end_day"], strict=True)
    rows = []
    for person, medicine, first, end in spans:
        both = [day for day in days[person] if day >= first and not day >= end]  # an end that is missing never comes
        if both:
            span = {"start_day": both[0], "end_day": both[-1] + 1}
            rows.append({"participant": person, **own.loc[person], "kind": "medicine", "detail": medicine, **span})
    return pd.DataFrame(rows, columns=COLUMNS)


def _days(rows: pd.DataFrame) -> list[int]:
    spans = zip(rows["start_day"], rows["end_day"], strict=True)
    return sorted(chain.from_iterable(range(int(first), int(end)) for first, end in spans))


def _visible(planted: pd.DataFrame, doses: pd.DataFrame) -> list[bool]:
    """Whether the log records every day from the first to the last, both included."""
    known = {person: set(_days(rows)) for person, rows in doses[doses["status"] != UNKNOWN].groupby("participant")}
    spans = zip(planted["participant"], planted["start_day"], planted["end_day"], strict=True)
    return [set(range(int(first), int(last) + 1)) <= known.get(person, set()) for person, first, last in spans]
