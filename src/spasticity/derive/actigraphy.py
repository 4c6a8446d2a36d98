"""Epochs of a body-worn recording: which were asleep, which were not worn, and the periods of sleep."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from spasticity.derive import count_scores
from spasticity.derive.angle_sleep import EPOCH_S, inactivity, longest_rests
from spasticity.derive.codes import coded
from spasticity.derive.epoch_rows import SECOND_US, Line, lined_up, micros, runs
from spasticity.derive.still_windows import not_worn
from spasticity.errors import MethodError, one_of

MINUTE = (60.0,)
METHODS = {
    "cole-kripke": MINUTE,
    "sadeh": MINUTE,
    "oakley": tuple(count_scores.OAKLEY_WEIGHTS),
    "scripps": (30.0,),
    "van_hees": (EPOCH_S,),
}
SLEEP_WAKE = pd.CategoricalDtype(["sleep", "wake"])

CHOI_MIN, CHOI_SPIKE_MIN, CHOI_AROUND_MIN = 90, 2, 30  # Choi et al. 2011
TROIANO_MIN, TROIANO_SPIKE_MIN, TROIANO_SPIKE_COUNTS = 60, 2, 100  # Troiano et al. 2008

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
    """Score each epoch as sleep or wake from its activity counts, or from the angle of the arm.

    Parameters
    ----------
    epochs : DataFrame
        Shaped like `tables.EPOCHS`, in any order; many people at once.
    method : str
        `cole-kripke` and `sadeh` (epochs of 60 s), `oakley` (15, 30, 60 or 120 s; the score of Actiware), `scripps`
        (30 s), or `van_hees` (5 s, from raw recordings): sustained inactivity, more than 5 minutes without a turn of
        the arm by more than 5 degrees, looked for from local noon to local noon.
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
    Kripke et al. 2010, J Sleep Res 19:612. van Hees et al. 2015, as in the methods page on wearables.
    """
    one_of("method", method, list(METHODS))
    if threshold is not None and method not in ("sadeh", "oakley"):
        raise MethodError(f"threshold={threshold!r}: {method} has one threshold only. Leave it out.")
    if method == "van_hees":
        if rescore:
            raise MethodError("rescore=True: Webster's rules are for epochs of 60 s scored by counts. Leave it out.")
        return _scored(epochs, inactivity(epochs))
    line = lined_up(epochs, METHODS[method], method)
    counts = epochs["counts"].to_numpy(dtype="float64", na_value=np.nan)
    activity, known = line.spread(counts), line.present(counts)
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
    # Last, so that knowing of non-wear can take sleep away but never adds any: Webster's rules look back at wake.
    codes[_off(epochs)] = -1
    return epochs.assign(state=pd.Categorical.from_codes(codes, dtype=SLEEP_WAKE))


def non_wear(epochs: pd.DataFrame, *, method: str = "choi", **limits: float) -> pd.DataFrame:
    """Find stretches without movement that are too long to have been worn.

    Parameters
    ----------
    epochs : DataFrame
        Shaped like `tables.EPOCHS`, epochs of 60 s, in any order; for `van_hees` as `load.accelerometer` makes them.
    method : str
        `choi`: at least 90 minutes of zeros, in which up to 2 minutes of movement are allowed where 30 minutes of
        zeros stand before and after them. `troiano`: at least 60 minutes of zeros, in which up to 2 minutes of 1 to
        100 counts are allowed. `van_hees`, for raw recordings: quarters of an hour in the middle of an hour in which
        at least 2 axes lay still, and a single one with 1 still axis between two of them.
    **limits : float
        Of `van_hees`: an axis is still with a standard deviation below `sd_mg=13` and a range below `range_mg=50`;
        `axes=2` must be. A limb that cannot move needs limits of its own, from a recording known to have been worn.

    Returns
    -------
    DataFrame
        The same rows and index, with `worn` false where the rule finds non-wear or the column said so already, true
        where it does not, missing where there is no count, or for `van_hees` less than half of the hour.

    Raises
    ------
    DataError
        When epochs of one person overlap.
    MethodError
        When the method or a limit is not known, or the epochs are not of the length or kind it is made for.

    Notes
    -----
    All rules take stillness for absence: in paralysed legs and in bed-bound people they find non-wear that was worn.
    Linear in the number of epochs after one sort.

    References
    ----------
    Choi et al. 2011; Troiano et al. 2008; van Hees et al. 2013, as given in the methods page on wearables.
    """
    one_of("method", method, ["choi", "troiano", "van_hees"])
    for name in limits:
        one_of("limit", name, ["sd_mg", "range_mg", "axes"] if method == "van_hees" else [])
    if method == "van_hees":
        return _with_worn(epochs, not_worn(epochs, **limits))
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
    return _with_worn(epochs, np.where(np.isnan(counts), np.nan, off))


def sleep_periods(
    scored: pd.DataFrame,
    *,
    method: str = "tudor-locke",
    onset_min: float = ONSET_MIN,
    end_min: float = END_MIN,
    period_min: float = PERIOD_MIN,
) -> pd.DataFrame:
    """Find periods of sleep without a diary.

    Parameters
    ----------
    scored : DataFrame
        From `sleep_wake`; for `hdcza` epochs of 5 s with their angle, scored or not.
    method : str
        `tudor-locke`: a period begins with lasting sleep and ends with lasting wake. `hdcza`: the longest rest of the
        arm from local noon to local noon, by the five-minute median of its turns; one a night at most.
    onset_min : float
        For `tudor-locke`: a period begins with the first epoch of this many minutes of sleep.
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
        When the method is not known, or the epochs have several lengths or one it is not made for.

    References
    ----------
    Tudor-Locke: 5 minutes of sleep, 10 of wake, 160 in all; van Hees et al. 2018 (HDCZA): turns below 15 times their
    10th percentile (0.13 to 0.50 degrees) for more than 30 minutes, pauses of up to 60 bridged; both as in the methods
    page on wearables.
    """
    one_of("method", method, ["tudor-locke", "hdcza"])
    if method == "hdcza":
        return _from_moments(scored, longest_rests(scored))
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


def _scored(epochs: pd.DataFrame, state: np.ndarray) -> pd.DataFrame:
    """The epochs with their state: 1 asleep, 0 awake, -1 not known."""
    codes = np.array([1, 0, -1], dtype=np.int8)[state]  # awake, asleep, not known -> the codes of SLEEP_WAKE
    return epochs.assign(state=pd.Categorical.from_codes(codes, dtype=SLEEP_WAKE))


def _with_worn(epochs: pd.DataFrame, off: np.ndarray) -> pd.DataFrame:
    """The epochs with what a rule found: 1 not worn, 0 worn, missing; what was known not to be worn stays so."""
    worn = pd.array(off == 0, dtype="boolean")
    worn[np.isnan(off)] = pd.NA
    worn[_off(epochs)] = False
    return epochs.assign(worn=worn)


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
    first, start = row[spans[:, 0]], micros(epochs["start_utc"])
    end = start[row[spans[:, 1] - 1]] + round(line.epoch_s * SECOND_US)
    return _from_moments(epochs, np.column_stack((first, start[first], end)))


def _from_moments(epochs: pd.DataFrame, found: np.ndarray) -> pd.DataFrame:
    """Periods from a row of their person, and their begin and end in microseconds."""
    periods = epochs.iloc[found[:, 0]][["participant", "zone"]].reset_index(drop=True)
    for name, place in (("start_utc", 1), ("end_utc", 2)):
        moments = pd.Series(found[:, place].astype("datetime64[us]")).dt.tz_localize("UTC")
        periods[name] = moments.astype(epochs["start_utc"].dtype)
    periods["minutes"] = (found[:, 2] - found[:, 1]) / (60 * SECOND_US)
    periods = periods.sort_values(["participant", "start_utc"], ignore_index=True)
    return periods[["participant", "start_utc", "end_utc", "zone", "minutes"]]
