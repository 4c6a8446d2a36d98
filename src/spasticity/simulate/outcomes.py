"""The outcomes people have at each visit, before anything is lost: what the planted truth is computed from.

They are scored here a second time, on arrays and without the rest of the package, so that a test may hold both
scorings against each other.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from spasticity.simulate.care import participation, session_days
from spasticity.simulate.course import visit_days
from spasticity.simulate.design import Design
from spasticity.simulate.diary import lived
from spasticity.simulate.doses import NEVER
from spasticity.simulate.examination import angles, ranks
from spasticity.simulate.people import People
from spasticity.simulate.questionnaires import global_change, sleep_items, spasm_grades
from spasticity.simulate.signals import Signal
from spasticity.simulate.sleep import Nights, slept
from spasticity.simulate.streams import Draw
from spasticity.simulate.walking import able, times

COUNTS = ("spasms_per_day", "spasms_per_hour_day", "spasms_per_hour_night", "spasm_awakenings")
NO_BASELINE = ("pgic",)
LLMT4 = ("knee flexors", "knee extensors")  # S25
LLMT6 = (*LLMT4, "plantar flexors")  # S25
THERAPY_DAYS = 14  # a proposal, the window of `derive.therapy`

Values = NDArray[np.float64]


def expected_outcomes(design: Design, people: People, draw: Draw) -> dict[str, Values]:
    """Every outcome of everybody at every visit; counts are given by their expectation.

    Parameters
    ----------
    design : Design
    people : People
    draw : callable

    Returns
    -------
    dict of ndarray, shape (people, visits)
        Missing where an outcome does not exist, such as a walking time of somebody who cannot walk.
    """
    visit_day = visit_days(design.visits, people, draw)
    never = np.full(len(people), NEVER)
    diary = lived(design.diary, people, design.days, never, draw)
    ratings = diary.week_mean(diary.spasticity_nrs, visit_day)
    wakings = design.recording.night_share * design.recording.wakes
    nights = slept(design.sleep, people, visit_day, diary, wakings, draw)
    spasms = diary.week_mean(diary.spasm_mean, visit_day)
    items = sleep_items(design.sleep_items, nights, people, visit_day, draw)
    return {
        "spasms_per_day": spasms,
        **_hourly(design, spasms),
        "spasticity_nrs": ratings,
        "pain_nrs": diary.week_mean(diary.pain_nrs, visit_day),
        "drowsiness_nrs": diary.week_mean(diary.drowsiness_nrs, visit_day),
        **_night_means(nights),
        "spasm_awakenings": wakings * spasms,
        "psqi": psqi_total(items),
        "psfs_frequency": spasm_grades(design.spasm_scale, people, visit_day, draw)["frequency"],
        "pgic": _after_baseline(global_change(design.global_change, ratings, draw)),
        **_tone(design, people, visit_day, draw),
        **_walks(design, people, visit_day, draw),
        **_motion(design, people, visit_day, draw),
        "participation": _participation(design, people, visit_day, draw),
    }


def origins(design: Design) -> dict[str, tuple[Signal, ...]]:
    """The signals from which the effects on each outcome come."""
    spasms, sleep = design.diary.spasms.signal, design.sleep
    dorsiflexion = tuple(motion.angle for motion in design.motion.motions if motion.motion == "dorsiflexion")
    asleep = (sleep.span, sleep.awake, spasms)
    efficiency = (*asleep, sleep.latency)
    return {
        **dict.fromkeys(COUNTS, (spasms,)),
        "spasticity_nrs": (design.diary.spasticity,),
        "pain_nrs": (design.diary.pain,),
        "drowsiness_nrs": (design.diary.drowsiness,),
        "tst_min": asleep,
        "waso_min": (sleep.awake, spasms),
        "sol_min": (sleep.latency,),
        "awakenings": (spasms,),
        "sleep_efficiency_tib": efficiency,
        "sleep_efficiency_dse": efficiency,
        "psqi": (design.sleep_items.trouble, *efficiency),
        "psfs_frequency": (design.spasm_scale.frequency,),
        "pgic": (design.diary.spasticity,),
        "llmt6": (design.tone.tone,),
        "llmt4": (design.tone.tone,),
        **dict.fromkeys(("t25fw_s", "t25fw_m_per_s", "walk_10m_m_per_s"), (design.walking.pace,)),
        "dorsiflexion_deg": dorsiflexion,
        "participation": (design.therapy.participation,),
    }


def psqi_total(items: dict[str, Values]) -> Values:
    """The sum of the seven components (Buysse 1989, Psychiatry Res 28:193), same shape as an item.

    Parameters
    ----------
    items : dict
        Answers as numbers; clock times in minutes after midnight.

    Returns
    -------
    ndarray
    """
    in_bed = (items["getup"] - items["bedtime"]) % (24 * 60)
    efficiency = 100 * 60 * items["hours_sleep"] / in_bed
    trouble = sum(items[f"5{letter}"] for letter in "bcdefghij")
    latency = _steps(items["latency_min"], (15, 30, 60)) + items["5a"]
    components = (
        3 - _steps(items["hours_sleep"], (5, 6, 7), closed=True),
        np.ceil(trouble / 9),
        np.ceil(latency / 2),
        np.ceil((items["staying_awake"] + items["enthusiasm"]) / 2),
        3 - _steps(efficiency, (65, 75, 85), closed=True),
        items["quality"],
        items["medicine"],
    )
    return np.sum(components, axis=0)


def _steps(values: Values, cuts: tuple[int, ...], *, closed: bool = False) -> Values:
    """How many cuts a value exceeds, or reaches when closed."""
    return np.sum([values >= cut if closed else values > cut for cut in cuts], axis=0).astype(float)


def _hourly(design: Design, spasms: Values) -> dict[str, Values]:
    model = design.recording
    recorded = np.array([visit.name in model.visits for visit in design.visits])
    noted = np.where(recorded, model.noted * spasms, np.nan)
    hours = int(model.at_night.sum())
    return {
        "spasms_per_hour_night": noted * model.night_share / hours,
        "spasms_per_hour_day": noted * (1 - model.night_share) / (24 - hours),
    }


def _night_means(nights: Nights) -> dict[str, Values]:
    asleep = nights.tst_min
    trying = nights.final_awakening - nights.attempt
    nightly = {
        "tst_min": asleep,
        "waso_min": nights.waso_min,
        "sol_min": nights.sol_min,
        "awakenings": nights.awakenings,
        "sleep_efficiency_tib": 100 * asleep / nights.in_bed_min,
        "sleep_efficiency_dse": 100 * asleep / trying,
    }
    return {name: values.mean(axis=2) for name, values in nightly.items()}


def _after_baseline(values: NDArray[np.int64]) -> Values:
    later = values.astype(float)
    later[:, 0] = np.nan
    return later


def _tone(design: Design, people: People, visit_day: NDArray[np.int64], draw: Draw) -> dict[str, Values]:
    found = ranks(design.tone, people, visit_day, draw)
    names = [muscle.name for muscle in design.tone.muscles]
    sets = {"llmt6": LLMT6, "llmt4": LLMT4}
    return {
        outcome: found[:, :, :, [names.index(name) for name in muscles]].mean(axis=(2, 3))
        for outcome, muscles in sets.items()
    }


def _walks(design: Design, people: People, visit_day: NDArray[np.int64], draw: Draw) -> dict[str, Values]:
    walks = able(design.walking, people, len(design.visits), draw)
    outcomes: dict[str, Values] = {}
    for test in design.walking.tests:
        does = np.any([people.in_cohort(name) for name in test.cohorts], axis=0)
        if not does.any():
            continue
        can = walks & walks[:, :1] & does[:, None]  # a change needs both visits
        seconds = np.where(can, times(design.walking, test, people, visit_day, draw).mean(axis=2), np.nan)
        if test.name == "t25fw":
            outcomes |= {"t25fw_s": seconds, "t25fw_m_per_s": test.distance_m / seconds}
        else:
            outcomes["walk_10m_m_per_s"] = test.distance_m / seconds
    return outcomes


def _motion(design: Design, people: People, visit_day: NDArray[np.int64], draw: Draw) -> dict[str, Values]:
    names = [motion.motion for motion in design.motion.motions]
    if "dorsiflexion" not in names:
        return {}
    found = angles(design.motion, people, visit_day, draw)
    return {"dorsiflexion_deg": found[:, :, :, names.index("dorsiflexion")].mean(axis=2)}


def _participation(design: Design, people: People, visit_day: NDArray[np.int64], draw: Draw) -> Values:
    """Mean of the sessions in the two weeks before each visit."""
    days = session_days(design.therapy, design.days)
    ratings = participation(design.therapy, people, days, draw)
    ago = np.maximum(visit_day, 0)[:, :, None] - days
    window = np.where((ago > 0) & (ago <= THERAPY_DAYS), ratings[:, None, :], np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # no session before a visit: missing
        return np.nanmean(window, axis=2)
