"""Repeatability of walking trials and the two parts of a walking test against R: aov, psych, prop.test, t.test."""

import json
from pathlib import Path

import pandas as pd

from spasticity import stats
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))["expected"]
R = "R 4.2.2 stats"
LIMITS = ["estimate", "conf_low", "conf_high"]


def comparisons():
    trials = pd.read_csv(HERE / "trials.csv")
    for scale in ("difference", "ratio"):
        ours = stats.repeatability(trials, "time_s", scale=scale).frame.loc[:1, LIMITS]
        yield Comparison(f"spread between trials and repeatability, {scale}", R, ours, [*_rows(scale)], 1e-12)
    pairs = pd.read_csv(HERE / "pairs.csv")
    row = stats.repeatability(pairs, "time_s", scale="ratio").frame.loc[2]
    ours = row[["estimate", "statistic", "df_between", "df", "p_value", "conf_low", "conf_high"]]
    yield Comparison("ICC(A,1) of the logarithm of two trials", "R psych 2.2.9", ours, EXPECTED["icc"], 1e-10)
    people = pd.read_csv(HERE / "people.csv").assign(outcome="t25fw_s", visit="v")
    people = people.rename(columns={"time_s": "value"}).astype({"able": "boolean"})
    frame = stats.two_part(people, "t25fw_s", by="arm").frame
    theirs = [EXPECTED["parts"][arm][part] for part in ("share", "mean") for arm in "ab"]
    yield Comparison("share able and geometric mean among the able", R, frame[LIMITS], theirs, 1e-12)
    counts = [EXPECTED["parts"][arm]["n"][place] for place in (0, 1) for arm in "ab"]
    yield Comparison("people in each part", R, frame["n"], counts, 0)
    ranked = people.assign(
        ranked=(7.62 / people["value"]).mask(~people["able"].fillna(True), 0), outcome="t25fw_m_per_s"
    )
    worst = stats.rank_sum(ranked, "t25fw_m_per_s", visit="v", value="ranked", reference="a").frame
    found = worst.loc[worst["term"].eq("probability of superiority"), "estimate"]
    yield Comparison("probability of superiority, unable as the worst", R, found, EXPECTED["superiority"], 1e-12)


def _rows(scale):
    return (EXPECTED[scale][:3], EXPECTED[scale][3:])
