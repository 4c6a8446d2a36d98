"""The neurological examination of a spinal cord injury: its totals, levels and AIS grade."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.errors import DataError, listed
from spasticity.instruments.declarations import Form, Instrument, Scale
from spasticity.instruments.injury import AIS, LEVEL, LEVELS
from spasticity.instruments.measures import Measure
from spasticity.instruments.questions import items
from spasticity.instruments.readings import read_item
from spasticity.wording import plural

SIDES = ("left", "right")
DERMATOMES = LEVELS[1:]  # 28, from C2 down
#: Key muscles by segment, each side 0-5 [from memory]: elbow flexors, wrist extensors, elbow extensors, finger
#: flexors, finger abductors; hip flexors, knee extensors, ankle dorsiflexors, long toe extensors, plantar flexors.
ARM, LEG = ("C5", "C6", "C7", "C8", "T1"), ("L2", "L3", "L4", "L5", "S1")
TOUCH = tuple(f"touch_{side}_{level}" for side in SIDES for level in DERMATOMES)
PIN = tuple(f"pin_{side}_{level}" for side in SIDES for level in DERMATOMES)
UPPER = tuple(f"motor_{side}_{level}" for side in SIDES for level in ARM)
LOWER = tuple(f"motor_{side}_{level}" for side in SIDES for level in LEG)
SACRUM = ("anal_contraction", "anal_pressure")


def _total(name: str, label: str, keys: tuple[str, ...], each: int) -> Scale:
    high = each * len(keys)
    measure = Measure(
        id=name,
        label=label,
        unit=f"0-{high}",
        better="higher",
        scale="ordinal",
        low=0,
        high=high,
        digits=0,
        unknown="no threshold is known",
    )
    return Scale(measure=measure, items=keys)


INSTRUMENTS = (
    Instrument(
        id="isncsci",
        name="International Standards for Neurological Classification of SCI",
        what="light touch and pin prick in 28 dermatomes, strength of 10 key muscles, on each side",
        who="examiner",
        recall="now",
        population="SCI",
        missing="NT (not testable) and missing are unknown, never zero: a total needs all its items",
        forms=(
            Form(
                items=(
                    *items((*TOUCH, *PIN), 0, 2, not_testable=True),
                    *items((*UPPER, *LOWER), 0, 5, not_testable=True),
                    *items(SACRUM, 0, 1, not_testable=True, optional=True),
                ),
                scales=(
                    _total("isncsci_touch", "Light touch score", TOUCH, 2),
                    _total("isncsci_pin", "Pin prick score", PIN, 2),
                    _total("isncsci_uems", "Upper extremity motor score", UPPER, 5),
                    _total("isncsci_lems", "Lower extremity motor score", LOWER, 5),
                ),
            ),
        ),
        notes=("Levels and the AIS grade are given by isncsci.classified.", "The list of key muscles is from memory."),
        unknown="no threshold is known",
        sources=("SCIRE ISNCSCI module and worksheet",),
    ),
)


KEY = np.isin(LEVELS, (*ARM, *LEG))
Truth = pd.Series  # of the dtype boolean: true, false or unknown
BELOW_MOTOR_LEVEL = 3  # motor function more than three levels below the motor level makes an injury motor incomplete


def classified(examination: pd.DataFrame) -> pd.DataFrame:
    """Neurological levels, completeness and AIS grade of each examination of an injured person.

    Parameters
    ----------
    examination : DataFrame
        One row per examination: the columns of `get("isncsci").keys()`, with `anal_contraction` and
        `anal_pressure` (1 yes, 0 no); `NT` or missing where not testable.

    Returns
    -------
    DataFrame
        Same rows and index: `sensory_left`, `sensory_right`, `motor_left`, `motor_right`, `level` (the single
        neurological level, the most cephalad of the four), `complete` and `ais`. Anything that rests on an unknown
        score is missing. An intact side has the level S4-5.

    Raises
    ------
    DataError
        When a column is missing or a score is impossible.

    Notes
    -----
    Order and AIS rules follow the worksheet. [from memory]: the sensory level is the lowest dermatome with normal
    touch and pin prick, all above being normal; the motor level is the lowest key muscle of at least 3 with all above
    of 5, and follows sensation where there is no key muscle. Non-key muscles are not examined here.
    """
    scores = _scores(examination)
    sensation = {side: _sensation(scores, side) for side in SIDES}
    strength = {side: _strength(scores, side) for side in SIDES}
    sensory = {side: _sensory_level(sensation[side]) for side in SIDES}
    motor = {side: _motor_level(sensation[side], strength[side]) for side in SIDES}
    single = np.min([*sensory.values(), *motor.values()], axis=0)  # unknown when any of the four is
    levels = {"sensory": sensory, "motor": motor}
    columns = {f"{what}_{side}": _named(found[side]) for what, found in levels.items() for side in SIDES}
    low = np.column_stack([scores[key] for key in (*TOUCH, *PIN) if key.endswith("S4-5")])
    contraction, pressure = (_truth(scores[key] == 1, np.isnan(scores[key])) for key in SACRUM)
    spared = _any(low > 0, np.isnan(low)) | pressure
    lower = [_moves_below(strength[side], motor[side]) for side in SIDES]
    moves = contraction | (spared & (lower[0] | lower[1]))
    strong = _half_strong(np.hstack([strength[side] for side in SIDES]), single)
    whole = np.hstack([np.where(KEY, strength[side] == 5, sensation[side] == 1) for side in SIDES])
    normal = _truth(np.asarray(whole.all(axis=1)), np.isnan(single))
    ais = _grade(~(spared | contraction), moves, strong, normal)
    frame = pd.DataFrame({**columns, "level": _named(single), "complete": ~(spared | contraction), "ais": ais})
    return frame.set_axis(examination.index)


def _scores(examination: pd.DataFrame) -> dict[str, np.ndarray]:
    """Every score as a number, unknown ones not a number."""
    asked = INSTRUMENTS[0].form().items
    missing = [item.key for item in asked if item.key not in examination]
    if missing:
        count = plural(len(missing), "column is", "columns are")
        raise DataError(f"isncsci: {count} missing, such as {listed(missing[:3], 'and')}; see get('isncsci').keys().")
    readings = {item.key: read_item(examination[item.key], item) for item in asked}
    for key, reading in readings.items():
        if reading.refused.any():
            count = plural(int(reading.refused.sum()), "score is", "scores are")
            row = examination.index[int(reading.refused.argmax())]
            raise DataError(f"isncsci: {count} impossible in `{key}`, first at row {row}; correct them at the source.")
    return {key: reading.numbers for key, reading in readings.items()}


def _sensation(scores: dict[str, np.ndarray], side: str) -> np.ndarray:
    """By segment from C1: 1 where touch and pin prick are normal, 0 where one is not, NaN where that is unknown."""
    columns = [np.ones(len(scores[TOUCH[0]]))]  # C1 has no dermatome
    for level in DERMATOMES:
        touch, pin = scores[f"touch_{side}_{level}"], scores[f"pin_{side}_{level}"]
        impaired = (touch < 2) | (pin < 2)
        columns.append(np.where(impaired, 0.0, np.where(np.isnan(touch) | np.isnan(pin), np.nan, 1.0)))
    return np.column_stack(columns)


def _strength(scores: dict[str, np.ndarray], side: str) -> np.ndarray:
    """By segment from C1: the grade of its key muscle; NaN where it has none or it is unknown."""
    unknown = np.full(len(scores[TOUCH[0]]), np.nan)
    return np.column_stack([scores.get(f"motor_{side}_{level}", unknown) for level in LEVELS])


def _first_lost(intact: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first segment that is not known to be intact, one past the last when all are; and its state."""
    padded = np.column_stack([intact, np.zeros(len(intact))])
    first = (padded != 1).argmax(axis=1)
    return first, padded[np.arange(len(padded)), first]


def _sensory_level(sensation: np.ndarray) -> np.ndarray:
    first, state = _first_lost(sensation)
    return np.where(np.isnan(state), np.nan, first - 1.0)


def _motor_level(sensation: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """The lowest key muscle of at least 3 below which nothing is intact; sensation stands in where there is none."""
    full = np.where(np.isnan(strength), np.nan, strength == 5)
    first, state = _first_lost(np.where(KEY, full, sensation))
    padded = np.column_stack([strength, np.full(len(strength), np.nan)])
    here = padded[np.arange(len(padded)), first] >= 3
    return np.where(np.isnan(state), np.nan, np.where(here, first, first - 1.0))


def _truth(true: np.ndarray, unknown: np.ndarray) -> Truth:
    """True, false or unknown, combined by the logic of three values."""
    return pd.Series(true & ~unknown, dtype="boolean").mask(pd.Series(unknown))


def _any(true: np.ndarray, unknown: np.ndarray) -> Truth:
    found = np.asarray(true.any(axis=1))
    return _truth(found, ~found & np.asarray(unknown.any(axis=1)))


def _moves_below(strength: np.ndarray, motor: np.ndarray) -> Truth:
    """Whether a key muscle more than three segments below the motor level of its side moves at all."""
    below = KEY & (np.arange(len(LEVELS)) > motor[:, None] + BELOW_MOTOR_LEVEL)
    found = _any(below & (strength > 0), below & np.isnan(strength))
    return found.mask(pd.Series(np.isnan(motor)))


def _half_strong(strength: np.ndarray, single: np.ndarray) -> Truth:
    """Whether at least half of the key muscles below the single level have a grade of at least 3."""
    place = np.tile(np.arange(len(LEVELS)), 2)
    below = np.tile(KEY, 2) & (place > single[:, None])
    count, strong = below.sum(axis=1), (below & (strength >= 3)).sum(axis=1)
    weak = (below & (strength < 3)).sum(axis=1)
    yes, no = 2 * strong >= count, 2 * weak > count
    return _truth(yes, np.isnan(single) | ~(yes | no))


def _grade(
    complete: Truth,
    moves: Truth,
    strong: Truth,
    normal: Truth,
) -> pd.Categorical:
    """A to E, missing where what decides is unknown."""
    grade = np.full(len(complete), None, dtype=object)
    rules = {
        "B": ~complete & ~moves,
        "C": ~complete & moves & ~strong,
        "D": ~complete & moves & strong,
        "A": complete,
        "E": normal,
    }
    for letter, truth in rules.items():
        grade[truth.fillna(False).to_numpy(dtype=bool)] = letter
    return pd.Categorical(grade, dtype=AIS)


def _named(places: np.ndarray) -> pd.Categorical:
    codes = np.where(np.isnan(places), -1, places).astype("int64")
    return pd.Categorical.from_codes(codes, dtype=LEVEL)
