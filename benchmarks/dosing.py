"""The dose rows of 100,000 participants over 365 days in one pass, beside a plain pandas loop over participants.

    python benchmarks/dosing.py                        # 36,500,000 rows; 300 participants for the loop
    python benchmarks/dosing.py --participants 10000
    python benchmarks/dosing.py --store                # also writes benchmarks/dosing_stored.txt

Each participant has one log with a row per day: titration, maintenance, sometimes a pause, days without a record, and a
taper or a stop. The loop finds the first complete stop of each log and the days of exposure in the way one writes it by
hand, with a row per day; ours finds every stop, its class and its flags. Both read the same frame, and the loop's
answers are compared with ours before anything is printed. Memory is what a second, untimed pass allocates at its peak
beyond the frame itself.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import derive

DAYS = 365
STORED = Path(__file__).with_name("dosing_stored.txt")


def logs(people, rng):
    """A row per participant and day, people and drugs as categories."""
    day = np.arange(DAYS)
    top = rng.choice([30.0, 45.0, 60.0, 80.0], people)[:, None]
    stop = rng.integers(120, 400, people)[:, None]
    hold = rng.choice([0, 1, 2, 4, 7], people)[:, None]  # days on each step down
    dose = np.minimum(15.0 * (day // 3 + 1), top)
    down = top - 15.0 * (1 + (day - stop) // np.maximum(hold, 1))
    dose = np.where(day < stop, dose, np.where(hold > 0, np.maximum(down, 0), 0))
    pause = rng.integers(40, 300, people)[:, None]
    dose[(day >= pause) & (day < pause + 4) & (rng.random(people) < 0.2)[:, None]] = 0
    gap = rng.integers(0, 350, people)[:, None]
    unknown = (day >= gap) & (day < gap + 10) & (rng.random(people) < 0.2)[:, None]
    dose = np.where(unknown, np.nan, dose).ravel()
    status = np.where(np.isnan(dose), 2, np.where(dose > 0, 0, 1)).astype(np.int8)
    names = pd.Index([f"P{number:06d}" for number in range(people)])
    size = people * DAYS
    return pd.DataFrame(
        {
            "participant": pd.Categorical.from_codes(np.repeat(np.arange(people, dtype=np.int32), DAYS), names),
            "drug": pd.Categorical.from_codes(np.zeros(size, dtype=np.int8), ["baclofen"]),
            "route": pd.Categorical.from_codes(np.zeros(size, dtype=np.int8), ["oral", "intrathecal"]),
            "day": np.tile(day.astype(np.int32), people),
            "dose_mg_per_day": dose,
            "dose_ug_per_day": np.full(size, np.nan),
            "status": pd.Categorical.from_codes(status, ["taken", "zero documented", "unknown", "imputed"]),
        },
        copy=False,
    )


def plain(rows):
    """Days taken and the first complete stop of one participant, as one writes it by hand."""
    rows = rows.sort_values("day").set_index("day")
    dose = rows["dose_mg_per_day"]
    found = {"days_taken": int((dose > 0).sum()), "stop_day": None, "class": None}
    before = dose.rolling(14, min_periods=1).median()
    last_whole = None
    for day, amount in dose.items():
        if np.isnan(amount):
            continue
        if last_whole is not None and amount <= 0.1 * before[last_whole]:
            taken = day - last_whole
            found["stop_day"] = day
            found["class"] = "complete abrupt" if taken <= 3 else "complete rapid" if taken <= 7 else "gradual"
            break
        if last_whole is None or amount >= 0.9 * before[last_whole]:
            last_whole = day
    return found


def timed(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def peak_mb(call):
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return peak


def agree(stops, exposed, loop):
    """The loop's first stops are ours, where its simple reading of the log says anything at all."""
    first = stops[stops["class"].ne("partial abrupt")].drop_duplicates("participant").set_index("participant")
    taken = exposed.set_index("participant")["days_taken"]
    same = known = 0
    for person, found in loop.items():
        if taken[person] != found["days_taken"]:
            raise SystemExit(f"{person}: {taken[person]} days taken, the loop counts {found['days_taken']}")
        if found["stop_day"] is not None and person in first.index:
            row = first.loc[person]
            known += 1
            same += row["stop_day"] == found["stop_day"] and row["class"] in (found["class"], "speed not known")
    return same, known


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--participants", type=int, default=100_000)
    parser.add_argument("--loop", type=int, default=300, help="participants for the loop")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", action="store_true")
    options = parser.parse_args()
    daily = logs(options.participants, np.random.default_rng(options.seed))
    size = daily.memory_usage(deep=False).sum() / 2**20
    few = min(options.loop, options.participants)
    some = daily.head(few * DAYS)
    loop_taken, loop = timed(lambda: {name: plain(rows) for name, rows in some.groupby("participant", observed=True)})
    lines = [f"{options.participants:,} participants x {DAYS} days = {len(daily):,} rows, {size:,.0f} MB"]
    found = {}
    calls = {"stops": derive.stops, "exposure": derive.exposure, "phases": derive.dose_phases}
    for name, call in calls.items():
        taken, found[name] = timed(lambda call=call: call(daily))
        lines.append(
            f"  {name:9} {taken:7.2f} s  {len(daily) / taken:>12,.0f} rows per second  {len(found[name]):,} rows"
        )
        found[f"{name} time"] = taken
    rate = options.participants / (found["stops time"] + found["exposure time"])
    plain_rate = few / loop_taken
    same, known = agree(found["stops"], found["exposure"], loop)
    lines += [
        f"  peak memory beyond the frame {max(peak_mb(lambda c=c: c(daily)) for c in calls.values()):,.0f} MB",
        f"  loop      {loop_taken:7.2f} s for {few:,} participants (days taken and first stop only)",
        f"  ratio     {rate / plain_rate:7.0f} times as many participants per second for stops and exposure together",
        f"  the loop's days taken are ours for all {few:,}, its first stop and class for {same:,} of {known:,}",
    ]
    print("\n".join(lines))
    if options.store:
        STORED.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
