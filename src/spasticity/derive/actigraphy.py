"""Epochs of a body-worn recording: which were asleep, which were not worn, and the periods of sleep."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from spasticity.derive import count_scores
from spasticity.derive.codes import coded
from spasticity.derive.epoch_rows import SECOND_US, Line, lined_up, micros, runs
from spasticity.errors import MethodError, one_of

MINUTE = (60.0,)
METHODS = {
    "cole-kripke": MINUTE,
    "sadeh": MINUTE,
    "oakley": tuple(count_scores.OAKLEY_WEIGHTS),
    "scripps": (30.0,),
}
SLEEP_WAKE = pd.CategoricalDtype(["sleep", "wake"])

CHOI_MIN, CHOI_SPIKE_MIN, CHOI_AROUND_MIN = 90, 2, 30  # Choi et al. 2011
TROIANO_MIN, TROIANO_SPIKE_MIN, TROIANO_SPIKE_COUNTS = 60, 2, 100  # Troiano et al. 2008

SUMS = ("counts", "steps", "energy_kcal")  # what adds up when epochs are joined, and what is averaged
MEANS = ("enmo_mg", "angle_z_deg", "svm_mg", "heart_rate_bpm", "breaths_per_min", "light_lux", "temperature_c")

ONSET_MIN, END_MIN, PERIOD_MIN = 5, 10, 160  # Tudor-Locke; as in the methods page on wearables


def sleep_wake(
    epochs: pd.DataFrame,
    *,
    method: str = "cole-kripke",
    rescore: bool | None = None,
    threshold: float | str | None = None,
    counts_per_unit: float = count_scores.COUNTS_PER_UNIT,
    cap: float | None = count_scores.CAP,
) -> pd.DataFrame:
    """Score each epoch as sleep or wake from its activity counts.

    Parameters
    ----------
    epochs : DataFrame
        Shaped like `tables.EPOCHS`, in any order; many people at once.
    method : str
        `cole-kripke` and `sadeh` (epochs of 60 s), `oakley` (15, 30, 60 or 120 s; the score of Actiware) or `scripps`
        (30 s).
    rescore : bool, optional
        Webster's rules on the score; None applies them to Cole-Kripke, as its authors did, and to nothing else.
        ActiLife's Cole-Kripke is `rescore=False`.
    threshold : float or str, optional
        For `sadeh` `paper` (PS >= 0, the default), `actilife` (PS > -4) or a number; for `oakley` `high`, `medium` (the
        default), `low`, `auto` or a number.
    counts_per_unit, cap : float
        For `cole-kripke`: counts are divided, then capped. 100 and 300 is what ActiLife does with ActiGraph counts;
        other devices count in other units, and no published factor brings one to the other.

    Returns
    -------
    DataFrame
        The same rows and index, with `state`: `sleep`, `wake`, or missing where there is no count or the device was
        not worn. What was not recorded counts as no activity for its neighbours.

    Raises
    ------
    DataError
        When epochs of one person overlap.
    MethodError
        When the method, threshold or length of the epochs is not one it takes.

    Notes
    -----
    Linear in the number of epochs after one sort. Wrist and ankle scores were developed in people who can move the
    limb; in paralysis stillness is not sleep, and no published score accounts for it.

    References
    ----------
    Cole et al. 1992, Sleep 15:461. Sadeh et al. 1994, Sleep 17:201. Webster et al. 1982, Sleep 5:389.
    Kripke et al. 2010, J Sleep Res 19:612.
    """
    one_of("method", method, list(METHODS))
    if threshold is not None and method not in ("sadeh", "oakley"):
        raise MethodError(f"threshold={threshold!r}: {method} has one threshold only. Leave it out.")
    line = lined_up(epochs, METHODS[method], method)
    counts = epochs["counts"].to_numpy(dtype="float64", na_value=np.nan)
    activity, known = line.spread(counts), line.present(np.where(_off(epochs), np.nan, counts))
    if method == "cole-kripke":
        score = partial(count_scores.cole_kripke, counts_per_unit=counts_per_unit, cap=cap)
        asleep = count_scores.by_blocks(score, activity)
    elif method == "sadeh":
        level = _level("sadeh", threshold, "paper", count_scores.SADEH_THRESHOLDS)
        asleep = count_scores.by_blocks(partial(count_scores.sadeh, threshold=level), activity)
    elif method == "oakley":
        levels = np.broadcast_to(_oakley_level(threshold, epochs, counts, line), activity.shape)
        asleep = count_scores.by_blocks(partial(count_scores.oakley, epoch_s=line.epoch_s), activity, levels)
    else:
        asleep = count_scores.by_blocks(count_scores.scripps, activity)
    state = np.where(known, asleep.astype(np.int8), np.int8(-1))
    if rescore or (rescore is None and method == "cole-kripke"):
        if line.epoch_s != 60:
            raise MethodError(f"rescore=True: Webster's rules are for epochs of 60 s, these have {line.epoch_s:g} s.")
        state = count_scores.rescored(state)
    # Awake, asleep and not known, in the codes of SLEEP_WAKE.
    codes = np.array([1, 0, -1], dtype=np.int8)[state[line.place]]
    return epochs.assign(state=pd.Categorical.from_codes(codes, dtype=SLEEP_WAKE))


def non_wear(epochs: pd.DataFrame, *, method: str = "choi") -> pd.DataFrame:
    """Find stretches without movement that are too long to have been worn.

    Parameters
    ----------
    epochs : DataFrame
        Shaped like `tables.EPOCHS`, epochs of 60 s, in any order.
    method : str
        `choi`: at least 90 minutes of zeros, in which up to 2 minutes of movement are allowed where 30 minutes of
        zeros stand before and after them. `troiano`: at least 60 minutes of zeros, in which up to 2 minutes of 1 to
        100 counts are allowed.

    Returns
    -------
    DataFrame
        The same rows and index, with `worn` false where the rule finds non-wear or the column said so already, true
        where it does not, missing where there is no count.

    Raises
    ------
    DataError
        When epochs of one person overlap.
    MethodError
        When the method is not known or the epochs are not of 60 s.

    Notes
    -----
    Both rules take stillness for absence: in paralysed legs and in bed-bound people they find non-wear that was worn.
    Linear in the number of epochs after one sort.

    References
    ----------
    Choi et al. 2011; Troiano et al. 2008, with the parameters given in the methods page on wearables.
    """
    one_of("method", method, ["choi", "troiano"])
    line = lined_up(epochs, MINUTE, method)
    counts = epochs["counts"].to_numpy(dtype="float64", na_value=np.nan)
    activity, known = line.spread(counts), line.present(counts)
    still = np.where(known, (activity == 0).astype(np.int8), np.int8(-1))
    if method == "choi":
        still, least = _bridged(still, CHOI_SPIKE_MIN, CHOI_AROUND_MIN), CHOI_MIN
    else:
        small = ~known | (activity <= TROIANO_SPIKE_COUNTS)
        still, least = _bridged(still, TROIANO_SPIKE_MIN, 1, small), TROIANO_MIN
    _, length, value = runs(still)
    off = np.repeat((value == 1) & (length >= least), length)[line.place]
    worn = pd.array(~off, dtype="boolean")
    worn[np.isnan(counts)] = pd.NA
    worn[_off(epochs)] = False
    return epochs.assign(worn=worn)


def longer_epochs(epochs: pd.DataFrame, epoch_s: float = 60) -> pd.DataFrame:
    """Bring epochs to a longer length: counts, steps and energy added up, everything else averaged.

    Parameters
    ----------
    epochs : DataFrame
        Shaped like `tables.EPOCHS`.
    epoch_s : float
        The new length, a multiple of the present one; new epochs begin at multiples of it since midnight UTC.

    Returns
    -------
    DataFrame
        Shaped like `tables.EPOCHS`. A new epoch of which a part was not recorded has no value; it is not worn when
        any part was not worn, unknown when nothing is known of a part. The device's own state stays where all parts
        agree.

    Raises
    ------
    DataError
        When epochs of one person overlap.
    MethodError
        When the new length is not a multiple of the present one.
    """
    line = lined_up(epochs, None, "longer_epochs")
    parts = epoch_s / line.epoch_s
    if parts < 1 or parts != round(parts):
        raise MethodError(f"epoch_s={epoch_s:g}: expected a multiple of the present {line.epoch_s:g} s.")
    length_us = round(epoch_s * SECOND_US)
    start = micros(epochs["start_utc"]) // length_us * length_us
    moment = pd.Series(start, index=epochs.index).astype("datetime64[us]").dt.tz_localize("UTC")
    flags = {name: epochs[name].astype("Float64") for name in ("worn", "marker") if name in epochs}
    groups = epochs.assign(start_utc=moment, **flags).groupby(["participant", "start_utc"], sort=False, as_index=False)
    rules = {name: "sum" for name in SUMS if name in epochs} | {name: "mean" for name in MEANS if name in epochs}
    others = {"zone": "first", "worn": "min", "marker": "max", "device_state": "first"}
    others = {name: rule for name, rule in others.items() if name in epochs}
    longer = groups.agg(**{name: (name, rule) for name, rule in (others | rules).items()})
    found = groups[list(rules)].count()
    for name in rules:
        longer[name] = longer[name].where(found[name] == parts)
    if "device_state" in epochs:
        states = groups["device_state"]
        alike = (states.nunique()["device_state"] == 1) & (states.count()["device_state"] == parts)
        longer["device_state"] = longer["device_state"].where(alike)
    longer = longer.assign(**{name: longer[name].astype("boolean") for name in flags})
    return longer.assign(epoch_s=float(epoch_s))[list(epochs.columns)]


def sleep_periods(
    scored: pd.DataFrame,
    *,
    onset_min: float = ONSET_MIN,
    end_min: float = END_MIN,
    period_min: float = PERIOD_MIN,
) -> pd.DataFrame:
    """Find periods of sleep without a diary: they begin with lasting sleep and end with lasting wake.

    Parameters
    ----------
    scored : DataFrame
        From `sleep_wake`.
    onset_min : float
        A period begins with the first epoch of this many minutes of sleep.
    end_min : float
        It ends before the first epoch of this many minutes of wake, or where the state is no longer known.
    period_min : float
        Shorter periods are left out; a smaller number finds naps too.

    Returns
    -------
    DataFrame
        One row per period: `participant, start_utc, end_utc, zone, minutes`, in time order.

    Raises
    ------
    DataError
        When epochs of one person overlap.
    MethodError
        When the epochs have several lengths.

    References
    ----------
    Tudor-Locke: 5 minutes of sleep, 10 of wake, 160 in all, as in the methods page on wearables.
    """
    line = lined_up(scored, None, "sleep_periods")
    state = line.spread(state_code(scored), empty=-1)
    start, length, value = runs(state)
    minutes = length * line.epoch_s / 60
    opens = (value == 1) & (minutes >= onset_min)
    closes = ((value == 0) & (minutes >= end_min)) | (value == -1)
    marks = np.flatnonzero(opens | closes)
    first = opens[marks] & np.concatenate(([True], closes[marks][:-1]))
    begin = np.flatnonzero(first)
    # The line ends with an empty stretch, so every period has its end.
    ends = np.flatnonzero(closes[marks])
    end = ends[np.searchsorted(ends, begin)]
    spans = np.column_stack((start[marks[begin]], start[marks[end]]))
    lasting = (spans[:, 1] - spans[:, 0]) * line.epoch_s / 60 >= period_min
    return _as_periods(scored, line, spans[lasting])


def state_code(scored: pd.DataFrame) -> np.ndarray:
    """States as numbers.

    Parameters
    ----------
    scored : DataFrame
        From `sleep_wake`.

    Returns
    -------
    ndarray of float, shape (n,)
        1 asleep, 0 awake, missing where not known.

    Raises
    ------
    MethodError
        When the epochs have not been scored.
    """
    if "state" not in scored:
        raise MethodError("the epochs have no column `state`: score them with derive.sleep_wake first.")
    state = scored["state"]
    return np.where(state.isna(), np.nan, (state == "sleep").fillna(False).to_numpy(dtype="float64"))


def _off(epochs: pd.DataFrame) -> np.ndarray:
    """True where the device is known not to have been worn."""
    return (~epochs["worn"].astype("boolean").fillna(True)).to_numpy(dtype=bool)


def _level(method: str, threshold: float | str | None, default: str, levels: dict[str, float]) -> float:
    threshold = default if threshold is None else threshold
    if isinstance(threshold, str):
        one_of(f"threshold of {method}", threshold, list(levels))
        return levels[threshold]
    return float(threshold)


def _oakley_level(
    threshold: float | str | None, epochs: pd.DataFrame, counts: np.ndarray, line: Line
) -> float | np.ndarray:
    """The threshold of the score: one number, or with `auto` one for each place on the line."""
    if threshold != "auto":
        return _level("oakley", threshold, "medium", count_scores.OAKLEY_LEVELS | {"auto": 0.0})
    people = coded(epochs["participant"])[0]
    used = ~np.isnan(counts) & ~_off(epochs)
    each = count_scores.oakley_auto(np.where(used, counts, 0.0), line.epoch_s, people)
    return line.spread(each[people])


def _bridged(still: np.ndarray, spike: int, around: int, allowed: np.ndarray | None = None) -> np.ndarray:
    """The line with short movement between long stillness taken for stillness."""
    start, length, value = runs(still)
    long = (value == 1) & (length >= around)
    short = (value == 0) & (length <= spike)
    short[1:-1] &= long[:-2] & long[2:]
    short[:1] = short[-1:] = False
    if allowed is not None:
        short &= np.logical_and.reduceat(allowed, start) if len(start) else short
    return np.where(np.repeat(short, length), np.int8(1), still)


def _as_periods(epochs: pd.DataFrame, line: Line, spans: np.ndarray) -> pd.DataFrame:
    """First and last place of each period as rows of a table."""
    row = np.full(line.length, -1)
    row[line.place] = np.arange(len(epochs))
    first, last = row[spans[:, 0]], row[spans[:, 1] - 1]
    length = pd.Timedelta(seconds=line.epoch_s)
    periods = epochs.iloc[first][["participant", "start_utc", "zone"]].reset_index(drop=True)
    periods["end_utc"] = (epochs["start_utc"].iloc[last] + length).to_numpy()
    periods["end_utc"] = periods["end_utc"].astype(epochs["start_utc"].dtype)
    periods["minutes"] = (spans[:, 1] - spans[:, 0]) * line.epoch_s / 60
    periods = periods.sort_values(["participant", "start_utc"], ignore_index=True)
    return periods[["participant", "start_utc", "end_utc", "zone", "minutes"]]
