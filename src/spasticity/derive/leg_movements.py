"""Movements of the legs: which are periodic, and which of the others are candidates for spasms. None is validated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from spasticity.derive.epoch_rows import SECOND_US, micros
from spasticity.errors import DataError, MethodError, one_of
from spasticity.schema import FAILURE_COLUMNS
from spasticity.wording import plural

STATUS = "candidate, not validated"
SIDES = ("left", "right")
KINDS = ("brief", "sustained")
MOVEMENTS = ["participant", "start_utc", "duration_s", "side"]
COLUMNS = [
    *("participant", "start_utc", "end_utc", "duration_s", "side", "parts", "candidate", "interval_s", "series"),
    *("periodic", "flag", "rule", "status"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementRule:
    """When movements of the legs are one, count, and form a series. All seconds.

    Parameters
    ----------
    name : str
        Printed with every result.
    shortest_s, longest_s : float
        Duration of a movement of one leg, both included; a shorter one is none, a longer one is no candidate.
    join_gap_s : float
        Movements of one leg with a shorter pause are one.
    pair_by : str
        When movements of two legs are one: `gap` (they overlap, or the pause is below `pair_s`), or `onset` (they begin
        less than `pair_s` apart).
    pair_s : float
    both_longest_s, both_parts : float, int
        A movement of both legs that is longer, or of more parts, is no candidate.
    interval_s : tuple of float
        Shortest and longest interval from onset to onset in a series.
    closed : str
        `both`: an interval of exactly the longest counts; `left`: it does not. The shortest always counts.
    series : int
        Movements that make a series.
    short_ends, others_end : bool
        Whether a shorter interval, and a movement that is no candidate, end a series; if not, they are passed over.
    """

    name: str
    shortest_s: float = 0.5
    longest_s: float = 10.0
    join_gap_s: float = 0.5
    pair_by: Literal["gap", "onset"] = "gap"
    pair_s: float = 0.5
    both_longest_s: float = 15.0
    both_parts: int = 4
    interval_s: tuple[float, float] = (10.0, 90.0)
    closed: Literal["both", "left"] = "both"
    series: int = 4
    short_ends: bool = True
    others_end: bool = True


#: WASM 2016, with both ends of the interval as in PLMScoRe; SOMAS has `closed="left"`.
WASM_2016 = MovementRule(name="WASM 2016")

#: AASM, as in the manual of the National Sleep Research Resource; what ends a series is not said there [proposal].
AASM = MovementRule(
    name="AASM",
    join_gap_s=0.0,
    pair_by="onset",
    pair_s=5.0,
    both_longest_s=float("inf"),
    both_parts=1_000,
    interval_s=(5.0, 90.0),
    short_ends=False,
    others_end=False,
)


def periodic_movements(movements: pd.DataFrame, *, rule: MovementRule = WASM_2016) -> pd.DataFrame:
    """Find periodic movements of the legs among all movements that a device or a scorer marked.

    Parameters
    ----------
    movements : DataFrame
        `participant, start_utc, duration_s, side` (`left` or `right`), one row per movement of one leg, in any order.
    rule : MovementRule
        `WASM_2016`, `AASM`, or one with other limits: `dataclasses.replace(WASM_2016, closed="left")`.

    Returns
    -------
    DataFrame
        One row per movement after joining: `participant, start_utc, end_utc, duration_s, side` (`left`, `right`,
        `both`), `parts`, `candidate`, `interval_s` (onset to onset since the movement before it that the rule counts),
        `series` (its number in the person), `periodic`, `flag` (why it is no candidate), `rule`, and `status`, which is
        always `candidate, not validated`. A movement that is shorter than the shortest has a row too.

    Raises
    ------
    DataError
        When a column or a value is missing, a duration is not above 0, or a side is not one of the two.
    MethodError
        When the limits of the rule contradict each other.

    Notes
    -----
    Periodic movements in sleep are taken for spasms in spinal cord injury, and the other way round. The rules were made
    for the electromyogram of the tibialis anterior; on movements of an accelerometer nobody has validated them.
    Describes data, gives no advice.

    References
    ----------
    WASM 2016 and AASM rules as in the methods page on wearables, section 3.8.
    """
    _check_rule(rule)
    rows = _checked(movements)
    parts = [_of_person(str(name), mine, rule) for name, mine in rows.groupby("participant", sort=True)]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts, ignore_index=True).assign(rule=rule.name, status=STATUS)[COLUMNS]


def candidate_spasms(movements: pd.DataFrame, *, rule: MovementRule = WASM_2016) -> pd.DataFrame:
    """Movements of the legs that are not periodic, as candidates for spasms.

    They are not reported spasms and do not go into the table `spasms`: a movement is not known to be a spasm.

    Parameters
    ----------
    movements : DataFrame
        As for `periodic_movements`.
    rule : MovementRule

    Returns
    -------
    DataFrame
        `participant, start_utc, end_utc, duration_s, side, parts`, `kind` (`brief`, or `sustained` when longer than the
        longest movement of the rule), `rule`, and `status`: `candidate, not validated`.

    Raises
    ------
    DataError, MethodError
        As `periodic_movements`.

    Notes
    -----
    There is no accepted threshold for spasms on an accelerometer, so no rate of candidates is a rate of spasms.
    """
    found = periodic_movements(movements, rule=rule)
    long_enough = found["duration_s"] >= rule.shortest_s
    left = found[long_enough & ~found["periodic"].astype(bool)].reset_index(drop=True)
    kind = np.where(left["duration_s"] > rule.longest_s, *reversed(KINDS))
    columns = ["participant", "start_utc", "end_utc", "duration_s", "side", "parts", "kind", "rule", "status"]
    return left.assign(kind=pd.Categorical(kind, categories=list(KINDS)))[columns]


def movement_counts(found: pd.DataFrame, *, hours: pd.DataFrame) -> pd.DataFrame:
    """Movements, periodic ones and candidate spasms per hour of each person or night.

    Parameters
    ----------
    found : DataFrame
        From `periodic_movements`.
    hours : DataFrame
        `participant, start_utc, end_utc, hours`: stretches that do not overlap, such as nights with their hours asleep.

    Returns
    -------
    DataFrame
        The rows of `hours` with `movements` (candidates of the rule), `periodic`, `series`, `irregular` (movements
        without a series, long ones included), each of the first two and the last per hour (`..._per_h`), and
        `periodicity` (percent of candidates that are periodic).

    Raises
    ------
    DataError
        When stretches of one person overlap.
    """
    _refuse_overlap(hours)
    counted = [_in_stretch(found, row) for row in hours.itertuples(index=False)]
    counts = pd.DataFrame(counted, index=hours.index, columns=["movements", "periodic", "series", "irregular"])
    exposure = hours["hours"].where(hours["hours"] > 0)
    rates = {f"{name}_per_h": counts[name] / exposure for name in ("movements", "periodic", "irregular")}
    share = 100 * counts["periodic"] / counts["movements"].where(counts["movements"] > 0)
    return hours.join(counts).assign(**rates, periodicity=share, status=STATUS)


def _in_stretch(found: pd.DataFrame, row: tuple[object, ...]) -> tuple[int, int, int, int]:
    name, start, end = row[:3]
    moment = found["start_utc"]
    here = found[(found["participant"] == name) & (moment >= start) & (moment < end)]
    periodic = here["periodic"].astype(bool)
    none = here["flag"].eq("too short").fillna(False)
    return int(here["candidate"].sum()), int(periodic.sum()), here["series"].nunique(), int((~periodic & ~none).sum())


def _refuse_overlap(hours: pd.DataFrame) -> None:
    rows = hours.sort_values(["participant", "start_utc"])
    late = rows["participant"].eq(rows["participant"].shift()) & (rows["start_utc"] < rows["end_utc"].shift())
    if late.any():
        raise DataError(
            f"hours: {plural(int(late.sum()), 'stretch')} that begin before another of the same person has ended, "
            f"first at row {rows.index[late][0]}; expected stretches that do not overlap."
        )


def _check_rule(rule: MovementRule) -> None:
    one_of("pair_by", rule.pair_by, ["gap", "onset"])
    one_of("closed", rule.closed, ["both", "left"])
    if not 0 < rule.shortest_s <= rule.longest_s or not 0 < rule.interval_s[0] < rule.interval_s[1] or rule.series < 2:
        raise MethodError(
            f"rule {rule.name}: expected 0 < shortest <= longest movement, 0 < shortest < longest interval and a "
            "series of at least 2. Correct the limits."
        )


def _checked(movements: pd.DataFrame) -> pd.DataFrame:
    absent = [name for name in MOVEMENTS if name not in movements]
    if absent:
        raise DataError(f"movements: no column `{absent[0]}`; expected {', '.join(MOVEMENTS)}.")
    rows = movements[MOVEMENTS]
    bad = {
        "side": ~rows["side"].astype(object).isin(SIDES),
        "duration_s": ~(rows["duration_s"].astype("float64") > 0),
        "start_utc": rows["start_utc"].isna(),
        "participant": rows["participant"].isna(),
    }
    for name, wrong in bad.items():
        if wrong.any():
            failures = pd.DataFrame({"row": rows.index[wrong], "column": name, "value": None, "rule": "a known value"})
            raise DataError(
                f"movements: {plural(int(wrong.sum()), 'value')} of `{name}` cannot be used, first at row "
                f"{rows.index[wrong][0]}; expected participant, start, seconds above 0, and left or right.",
                failures[FAILURE_COLUMNS],
            )
    return rows


def _of_person(name: str, rows: pd.DataFrame, rule: MovementRule) -> pd.DataFrame:
    start = micros(rows["start_utc"])
    end = start + np.rint(rows["duration_s"].to_numpy(dtype="float64") * SECOND_US).astype(np.int64)
    legs = []
    for side in SIDES:
        here = rows["side"].to_numpy(dtype=object) == side
        legs += [(a, b, side) for a, b in _joined(start[here], end[here], rule.join_gap_s)]
    one_leg = [leg for leg in sorted(legs) if leg[1] - leg[0] >= rule.shortest_s * SECOND_US]
    short = [[leg] for leg in sorted(legs) if leg[1] - leg[0] < rule.shortest_s * SECOND_US]
    groups = sorted([*_paired(one_leg, rule), *short])
    frame = pd.DataFrame([_described(group, rule) for group in groups])
    frame = frame.join(_in_series(frame, rule)).assign(participant=name)
    for edge in ("start_utc", "end_utc"):
        frame[edge] = pd.Series(frame[edge].to_numpy("int64").astype("datetime64[us]")).dt.tz_localize("UTC")
    return frame


Leg = tuple[int, int, str]


def _joined(start: np.ndarray, end: np.ndarray, gap_s: float) -> Iterator[tuple[int, int]]:
    """Movements of one leg; those with a short pause between them are one, and so are those that overlap."""
    current: tuple[int, int] | None = None
    for a, b in sorted(zip(start.tolist(), end.tolist(), strict=True)):
        if current is not None and (a < current[1] or a - current[1] < gap_s * SECOND_US):
            current = (current[0], max(current[1], b))
            continue
        if current is not None:
            yield current
        current = (a, b)
    if current is not None:
        yield current


def _paired(legs: list[Leg], rule: MovementRule) -> Iterator[list[Leg]]:
    """Movements of both legs that belong together."""
    group: list[Leg] = []
    for leg in legs:
        if group and not _belongs(leg, group, rule):
            yield group
            group = []
        group.append(leg)
    if group:
        yield group


def _belongs(leg: Leg, group: list[Leg], rule: MovementRule) -> bool:
    if rule.pair_by == "onset":
        return leg[2] != group[-1][2] and leg[0] - group[0][0] < rule.pair_s * SECOND_US
    last = max(one[1] for one in group)
    other = any(one[2] != leg[2] for one in group)
    return other and (leg[0] < last or leg[0] - last < rule.pair_s * SECOND_US)


def _described(group: list[Leg], rule: MovementRule) -> dict[str, object]:
    start, end = group[0][0], max(leg[1] for leg in group)
    sides = {leg[2] for leg in group}
    both = len(sides) > 1
    length = (end - start) / SECOND_US
    longest = max(leg[1] - leg[0] for leg in group) / SECOND_US
    flag: object = pd.NA
    if length < rule.shortest_s:
        flag = "too short"
    elif longest > rule.longest_s or (both and length > rule.both_longest_s):
        flag = "too long"
    elif both and len(group) > rule.both_parts:
        flag = "too many parts"
    side = "both" if both else group[0][2]
    times = {"start_utc": start, "end_utc": end, "duration_s": length}
    return {**times, "side": side, "parts": len(group), "candidate": flag is pd.NA, "flag": flag}


def _in_series(frame: pd.DataFrame, rule: MovementRule) -> pd.DataFrame:
    """Intervals, and the series that candidates form."""
    low, high = rule.interval_s
    start = frame["start_utc"].to_numpy("int64") / SECOND_US
    candidate = frame["candidate"].to_numpy(dtype=bool)
    short = frame["flag"].eq("too short").fillna(False).to_numpy(dtype=bool)
    interval = np.full(len(frame), np.nan)
    runs: list[list[int]] = [[]]
    last: float | None = None
    for row in range(len(frame)):
        if short[row]:
            continue  # too short to be a movement, so it neither counts nor ends anything
        if not candidate[row]:
            runs, last = ([*runs, []], None) if rule.others_end else (runs, last)
            continue
        interval[row] = np.nan if last is None else start[row] - last
        if not interval[row] < low or rule.short_ends:
            inside = low <= interval[row] and (interval[row] <= high if rule.closed == "both" else interval[row] < high)
            if inside:
                runs[-1].append(row)
            else:
                runs.append([row])
            last = start[row]
    series = np.zeros(len(frame), dtype=np.int64)
    for number, run in enumerate((run for run in runs if len(run) >= rule.series), start=1):
        series[run] = number
    numbers = pd.Series(series, index=frame.index).astype("Int64")
    columns = {"interval_s": interval, "series": numbers.where(numbers > 0), "periodic": series > 0}
    return pd.DataFrame(columns, index=frame.index)
