"""A whole design: its constants, where they come from, and the protocol it makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.simulate.care import MedicinesModel, TherapyModel
from spasticity.simulate.citations import CITATIONS
from spasticity.simulate.constants import Given
from spasticity.simulate.course import Losses
from spasticity.simulate.diary import DiaryModel
from spasticity.simulate.doses import DosingModel
from spasticity.simulate.events import RecordingModel
from spasticity.simulate.examination import RangeModel, ToneModel
from spasticity.simulate.harms import HarmsModel
from spasticity.simulate.people import Arm, Cohort, Enrolment
from spasticity.simulate.questionnaires import GlobalChange, SleepItems, SpasmScale
from spasticity.simulate.sleep import SleepModel
from spasticity.simulate.walking import WalkModel
from spasticity.simulate.wrist import WristModel
from spasticity.study import PlannedVisit, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Everything that is decided before a seed makes a study of it. Constants are `Given`: numbers with a source.

    Parameters
    ----------
    name : str
        Title of the study.
    visits : tuple of PlannedVisit
        The first is the baseline.
    primary_visit : str
    arms : tuple of Arm
        The first is the one others are compared with.
    cohorts : tuple of Cohort
        Also the strata of randomisation.
    enrolment : Enrolment
    first_day, last_day : int
        Days of the diary, both included.
    losses, diary, recording, sleep, spasm_scale, sleep_items, global_change, tone, motion, walking, dosing, therapy, \
medicines, harms
        How each table comes about.
    wrist : WristModel, optional
        A device that some people wear.
    """

    name: str
    visits: tuple[PlannedVisit, ...]
    primary_visit: str
    arms: tuple[Arm, ...]
    cohorts: tuple[Cohort, ...]
    enrolment: Enrolment
    first_day: int
    last_day: int
    losses: Losses
    diary: DiaryModel
    recording: RecordingModel
    sleep: SleepModel
    spasm_scale: SpasmScale
    sleep_items: SleepItems
    global_change: GlobalChange
    tone: ToneModel
    motion: RangeModel
    walking: WalkModel
    dosing: DosingModel
    therapy: TherapyModel
    medicines: MedicinesModel
    harms: HarmsModel
    wrist: WristModel | None = None

    @property
    def protocol(self) -> Protocol:
        """What the study plans, as a study keeps it."""
        return Protocol(
            name=self.name,
            visits=self.visits,
            arms=tuple(arm.name for arm in self.arms),
            reference_arm=self.arms[0].name,
            baseline_visit=self.visits[0].name,
            primary_visit=self.primary_visit,
            synthetic=True,
            versions={"pgic": "1_best"},
        )

    @property
    def days(self) -> NDArray[np.int64]:
        """Days of the diary."""
        return np.arange(self.first_day, self.last_day + 1)

    def sources(self) -> pd.DataFrame:
        """Every constant with the place it comes from.

        Returns
        -------
        DataFrame
            Columns `constant` (a path through the design), `value`, `source`, `citation`.
        """
        rows = [
            {
                "constant": path,
                "value": float(given),
                "source": given.source,
                "citation": CITATIONS.get(given.source.split()[0].rstrip(",;:"), ""),
            }
            for path, given in _constants(self, "")
        ]
        return pd.DataFrame(rows)


def _constants(value: object, path: str) -> Iterator[tuple[str, Given]]:
    """Each constant below a value, with its path; members of a list go by their name where they have one."""
    if isinstance(value, Given):
        yield path, value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _constants(getattr(value, field.name), f"{path}.{field.name}".lstrip("."))
    elif isinstance(value, tuple):
        for position, member in enumerate(value):
            yield from _member(member, position, path)


def _member(member: object, position: int, path: str) -> Iterator[tuple[str, Given]]:
    if isinstance(member, tuple) and isinstance(member[0], (str, int)):  # a label and its numbers
        numbers = member[1] if len(member) == 2 else member[1:]
        yield from _constants(numbers, f"{path}[{member[0]}]")
        return
    names = (getattr(member, key, None) for key in ("name", "term", "arm", "motion"))
    name = next((name for name in names if name is not None), position)
    yield from _constants(member, f"{path}[{name}]")
