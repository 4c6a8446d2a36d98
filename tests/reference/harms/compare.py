"""Harms against R: counts by loops, exact intervals of the stats package, a score interval maximised numerically."""

import json
from pathlib import Path

import pandas as pd

from spasticity import stats
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))["expected"]
R = "R 4.2.2 stats"
LIMITS = ["estimate", "conf_low", "conf_high"]


def result():
    at_risk = pd.read_csv(HERE / "at_risk.csv")
    return stats.harms(pd.read_csv(HERE / "events.csv"), at_risk, reference="placebo", kinds=["any", "term"])


def comparisons():
    found = result().frame.set_index(["term", "event", "arm"]).sort_index()
    for term, key, words in (
        ("incidence", "incidence", "incidence of events, exact interval"),
        ("event rate", "rate", "events per person-years, exact interval"),
        ("first-event rate", "first", "first events per person-years, exact interval"),
    ):
        ours = [found.loc[(term, row["event"], row["arm"]), LIMITS] for row in EXPECTED["own"]]
        yield Comparison(words, R, ours, [row[key] for row in EXPECTED["own"]], 1e-10)
    pairs = EXPECTED["pairs"]
    ours = [found.loc[("rate difference", row["event"], row["arm"]), LIMITS] for row in pairs]
    theirs = [row["difference"] for row in pairs]
    yield Comparison(
        "difference of rates, score interval", "R 4.2.2, likelihood maximised numerically", ours, theirs, 1e-7
    )
    for term, key in (("rate ratio", "ratio"), ("first-event rate ratio", "first_ratio")):
        known = [row for row in pairs if isinstance(row[key], list)]
        ours = [found.loc[(term, row["event"], row["arm"]), [*LIMITS, "p_value"]] for row in known]
        theirs = [[float(value) for value in row[key]] for row in known]
        yield Comparison(f"{term}, exact conditional interval and p", R, ours, theirs, 1e-8)
