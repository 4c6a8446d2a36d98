"""Correlations within people and crossover trials against R's lm, cor.test and t.test."""

import json
from pathlib import Path

import pandas as pd

from spasticity import stats
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))["expected"]
R = "R 4.2.2 stats"
ROUNDING = 1e-10


def comparisons():
    found = stats.repeated_correlation(pd.read_csv(HERE / "nights.csv"), "x", "y").frame.set_index("term")
    tested = ["df", "statistic", "p_value", "conf_low", "conf_high"]
    within = found.loc["within person", ["estimate", "df", "p_value", "conf_low", "conf_high"]]
    yield Comparison("repeated-measures correlation", f"{R} (lm)", within, EXPECTED["within"], ROUNDING)
    columns = ["estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"]
    yield Comparison(
        "slope within people", f"{R} (lm)", found.loc["slope within person", columns], EXPECTED["slope"], ROUNDING
    )
    ours = found.loc["between people", ["estimate", *tested]]
    yield Comparison("correlation between people", R, ours, EXPECTED["between"], ROUNDING)
    frame = stats.crossover(pd.read_csv(HERE / "crossover.csv"), "value", reference="P").frame
    yield Comparison("crossover", R, frame[["estimate", "std_error", *tested]], EXPECTED["crossover"], ROUNDING)
    pairs = pd.read_csv(HERE / "pairs.csv")
    row = stats.correlations(pairs, ["base", "first"], kind="pearson").frame.loc[0, ["estimate", *tested]]
    yield Comparison("Pearson correlation", R, row, EXPECTED["pearson"], ROUNDING)
    row = stats.correlations(pairs, ["base", "first"]).frame.loc[0, ["estimate", "conf_low", "conf_high", "p_value"]]
    yield Comparison("Spearman correlation", R, row, EXPECTED["spearman"], ROUNDING)
