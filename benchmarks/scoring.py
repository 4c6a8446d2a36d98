"""Scoring a million respondents, beside a plain pandas `apply` that does the same row by row.

    python benchmarks/scoring.py                       # 1,000,000 respondents, 20,000 for the apply
    python benchmarks/scoring.py --respondents 100000

Wide answers, one occasion each, about 1 % of the items missing. The apply only scores; ours also checks every
answer against its range, counts what is refused or prorated, and says why a score is missing. Both are timed once, on
the same frame, in one process; the values of the apply are compared with ours before anything is printed.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from spasticity import instruments

MSSS = instruments.get("msss88").form()
FIFTHS = [f"5{letter}" for letter in "bcdefghij"]


def msss88(rows, rng):
    answers = rng.integers(1, 5, (rows, len(MSSS.keys))).astype("float64")
    answers[rng.random(answers.shape) < 0.01] = np.nan
    return with_occasions(pd.DataFrame(answers, columns=MSSS.keys))


def psqi(rows, rng):
    clocks = {"bedtime": ["22:15", "23:00", "23:40", "00:20"], "getup": ["05:50", "06:30", "07:00", "08:10"]}
    columns = {key: rng.choice(np.array(times, dtype=object), rows) for key, times in clocks.items()}
    columns |= {"latency_min": rng.integers(0, 90, rows) * 1.0, "hours_sleep": rng.integers(8, 15, rows) / 2}
    for key in ["5a", *FIFTHS, "quality", "medicine", "staying_awake", "enthusiasm"]:
        columns[key] = np.where(rng.random(rows) < 0.01, np.nan, rng.integers(0, 4, rows))
    return with_occasions(pd.DataFrame({**columns, "5j_comment": "given"}))


def with_occasions(answers):
    answers.insert(0, "participant", np.arange(len(answers)))
    answers.insert(1, "visit", "baseline")
    return answers


def plain_msss88(row):
    scores = {}
    for scale in MSSS.scales:
        values = [row[key] for key in scale.items if not np.isnan(row[key])]
        enough = 2 * len(values) >= len(scale.items)
        scores[scale.measure.id] = sum(values) / len(values) * len(scale.items) if enough else np.nan
    return pd.Series(scores)


def minutes(clock):
    return 60 * int(clock[:2]) + int(clock[3:])


def plain_psqi(row):
    def band(value, edges):
        return np.nan if np.isnan(value) else sum(value > edge for edge in edges)

    in_bed = (minutes(row["getup"]) - minutes(row["bedtime"])) % 1440
    percent = 100 * 60 * row["hours_sleep"] / in_bed
    last = 0 if np.isnan(row["5j"]) else row["5j"]
    parts = [
        row["quality"],
        band(band(row["latency_min"], (15, 30, 60)) + row["5a"], (0, 2, 4)),
        sum(row["hours_sleep"] < edge for edge in (5, 6, 7)),
        sum(percent < edge for edge in (65, 75, 85)),
        band(sum(row[key] for key in FIFTHS[:-1]) + last, (0, 9, 18)),
        row["medicine"],
        band(row["staying_awake"] + row["enthusiasm"], (0, 2, 4)),
    ]
    return pd.Series({"psqi": sum(parts)})


def seconds(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def compare(name, frame, plain, few):
    taken, scored = seconds(lambda: instruments.score(frame, name))
    few_rows = frame.head(few)
    plain_taken, expected = seconds(lambda: few_rows.apply(plain, axis=1))
    for outcome in expected:
        ours = scored.table.loc[scored.table["outcome"] == outcome, "value"].to_numpy()[:few]
        np.testing.assert_allclose(ours, expected[outcome].to_numpy(), rtol=1e-12)
    rate, plain_rate = len(frame) / taken, few / plain_taken
    print(f"{name:8} ours   {taken:7.2f} s for {len(frame):>9,} respondents {rate:>12,.0f} per second")
    print(f"{'':8} apply  {plain_taken:7.2f} s for {few:>9,} respondents {plain_rate:>12,.0f} per second")
    print(f"{'':8} ratio  {rate / plain_rate:7.0f} times as many respondents per second\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--respondents", type=int, default=1_000_000)
    parser.add_argument("--apply", type=int, default=20_000, help="respondents for the row-by-row version")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    few = min(options.apply, options.respondents)
    compare("msss88", msss88(options.respondents, rng), plain_msss88, few)
    compare("psqi", psqi(options.respondents, rng), plain_psqi, few)


if __name__ == "__main__":
    main()
