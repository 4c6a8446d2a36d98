"""A design and a seed make a study; the same two make the same study."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity import tables
from spasticity.files import csv_bytes
from spasticity.files import write as write_file
from spasticity.schema import Schema
from spasticity.simulate.care import medications_table, therapy_table
from spasticity.simulate.course import Course, followed, visit_days, visits_table
from spasticity.simulate.design import Design
from spasticity.simulate.designs import SAMPLE_DESIGN, SAMPLE_SEED
from spasticity.simulate.diary import Diary, diary_table, lived
from spasticity.simulate.doses import Turns, doses_table, turns
from spasticity.simulate.dosing_truth import planted_dosing
from spasticity.simulate.events import recorded_days, recording_table, spasms_table
from spasticity.simulate.examination import angles, range_table, ranks, tone_table
from spasticity.simulate.harms import events_table
from spasticity.simulate.people import People, population
from spasticity.simulate.planted import effects
from spasticity.simulate.questionnaires import answers_table, global_change, sleep_items, spasm_grades
from spasticity.simulate.sleep import Nights, nights_table, slept
from spasticity.simulate.streams import Draw, all_streams
from spasticity.simulate.walking import walks_table
from spasticity.simulate.wrist import worn
from spasticity.study import REJECT_COLUMNS, REPAIR_COLUMNS, Loaded, Source, Study


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Simulated:
    """An invented study and what was planted in it.

    Parameters
    ----------
    study : Study
    design : Design
    seed : int
    dosing : DataFrame
        What was planted in the doses of each person; see `planted_dosing.csv` and `simulate.dosing_truth`.
    sleep : DataFrame
        What was planted in the recordings of the wrist: `participant, day, what, start_utc, end_utc`; see
        `planted_sleep.csv` and `simulate.wrist`.
    """

    study: Study
    design: Design
    seed: int
    dosing: pd.DataFrame
    sleep: pd.DataFrame

    @property
    def truth(self) -> pd.DataFrame:
        """What was planted: `outcome, cohort, arm, visit, quantity, value, source`; see `simulate.effects`."""
        return effects(self.design)

    def __repr__(self) -> str:
        return f"{self.study!r}; seed {self.seed}"


def trial(design: Design = SAMPLE_DESIGN, *, seed: int = SAMPLE_SEED) -> Simulated:
    """An invented trial: no row of it comes from a person, and nothing but the design and the seed goes in.

    It describes invented data and gives no advice on doses or treatment.

    Parameters
    ----------
    design : Design
        What is decided beforehand; `simulate.SAMPLE_DESIGN` or your own.
    seed : int
        Every table draws from its own stream under this seed.

    Returns
    -------
    Simulated
        `study`, with every table checked; `truth`; `design`.
    """
    draw = all_streams(seed)
    people = population(design.cohorts, design.arms, design.enrolment, draw)
    turned = turns(design.dosing, people, design.last_day, draw)
    visit_day = visit_days(design.visits, people, draw)
    diary = lived(design.diary, people, design.days, turned.abrupt_day, draw)
    ratings = diary.week_mean(diary.spasticity_nrs, visit_day)
    course = followed(
        design.visits, visit_day, ratings, turned.screened_out, people, design.losses, design.last_day, draw
    )
    wakings = design.recording.night_share * design.recording.wakes
    nights = slept(design.sleep, people, visit_day, diary, wakings, draw)
    symptoms = _symptoms(design, people, diary, course, draw)
    epochs, asleep = worn(design.wrist, people, course, nights, symptoms["spasms"], draw)
    frames = {
        "participants": people.frame,
        "visits": visits_table(course, people, draw),
        **symptoms,
        "nights": nights_table(nights, people, course, design.losses, draw),
        **({"epochs": epochs} if len(epochs) else {}),
        "answers": _answers(design, people, nights, ratings, course, draw),
        **_examined(design, people, course, draw),
        **_treated(design, people, turned, course, draw),
    }
    planted = planted_dosing(design, people, turned, course, frames["doses"], frames["medications"], draw)
    return Simulated(study=_study(design, frames, seed), design=design, seed=seed, dosing=planted, sleep=asleep)


def write(
    folder: Path | str, design: Design = SAMPLE_DESIGN, seed: int = SAMPLE_SEED, *, overwrite: bool = False
) -> Path:
    """An invented trial as a folder: the study, what was planted, where each constant comes from, and the codebook.

    Parameters
    ----------
    folder : Path or str
        Made when it is not there.
    design : Design
    seed : int
    overwrite : bool
        Whether files that are there may be replaced.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        When a file exists and may not be replaced.
    """
    made = trial(design, seed=seed)
    folder = made.study.save(folder, overwrite=overwrite)
    extra = {
        "truth": made.truth,
        "planted_dosing": made.dosing,
        **({"planted_sleep": made.sleep} if len(made.sleep) else {}),
        "design_sources": design.sources(),
    }
    for name, frame in extra.items():
        write_file(folder / f"{name}.csv", csv_bytes(frame), overwrite=overwrite)
    return folder


def _symptoms(design: Design, people: People, diary: Diary, course: Course, draw: Draw) -> dict[str, pd.DataFrame]:
    recorded = recorded_days(design.recording, diary, people, course, design.losses, draw)
    return {
        "diary": diary_table(diary, people, course, design.losses, draw),
        "spasms": spasms_table(design.recording, recorded, diary, people, draw),
        "recording": recording_table(recorded, diary, people),
    }


def _answers(
    design: Design, people: People, nights: Nights, ratings: NDArray[np.float64], course: Course, draw: Draw
) -> pd.DataFrame:
    pgic = global_change(design.global_change, ratings, draw).astype(float)
    pgic[:, 0] = np.nan  # there is no change to judge at baseline
    scores = {
        "psfs": spasm_grades(design.spasm_scale, people, course.visit_day, draw),
        "psqi": sleep_items(design.sleep_items, nights, people, course.visit_day, draw),
        "pgic": {"pgic": pgic},
    }
    return answers_table(scores, people, course, design.losses, draw)


def _examined(design: Design, people: People, course: Course, draw: Draw) -> dict[str, pd.DataFrame]:
    grades = ranks(design.tone, people, course.visit_day, draw)
    degrees = angles(design.motion, people, course.visit_day, draw)
    return {
        "tone": tone_table(design.tone, grades, people, course, design.losses, draw),
        "range_of_motion": range_table(design.motion, degrees, people, course, design.losses, draw),
        "walks": walks_table(design.walking, people, course, design.losses, draw),
    }


def _treated(design: Design, people: People, turned: Turns, course: Course, draw: Draw) -> dict[str, pd.DataFrame]:
    last = design.last_day
    return {
        "doses": doses_table(design.dosing, turned, people, course, last, draw),
        "medications": medications_table(design.medicines, people, course, last, draw),
        "therapy": therapy_table(design.therapy, people, course, design.days, draw),
        "events": events_table(design.harms, turned.abrupt_day, people, course, last, draw),
    }


def _study(design: Design, frames: dict[str, pd.DataFrame], seed: int) -> Study:
    schemas = {schema.name: schema for schema in tables.STUDY_TABLES}
    return Study.of(design.protocol, *(_loaded(schemas[name], frame, seed) for name, frame in frames.items()))


def _loaded(schema: Schema, frame: pd.DataFrame, seed: int) -> Loaded:
    source = Source(name=schema.name, sha256="", rows_read=len(frame), format="simulated", note=f"seed {seed}")
    table = schema.check(frame[[name for name in schema.names if name in frame]])
    none = {name: pd.Series(dtype=object) for name in REPAIR_COLUMNS}
    refused = {name: pd.Series(dtype=object) for name in REJECT_COLUMNS}
    return Loaded(table=table, repairs=pd.DataFrame(none), rejects=pd.DataFrame(refused), source=source, schema=schema)
