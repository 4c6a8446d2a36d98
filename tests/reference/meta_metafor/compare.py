"""Pooling of studies against R's metafor."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import stats
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))["expected"]
METAFOR = "R metafor 3.8.1"
ROUNDING, SOLVER = 1e-12, 1e-8
NAMES = {"REML": "REML", "PM": "Paule-Mandel", "DL": "DerSimonian-Laird", "ML": "ML", "FE": "fixed"}
TESTS = {"z": {"test": "z"}, "knha": {}, "adhoc": {"guard": True}}


def hackshaw():
    table = pd.read_csv(HERE / "hackshaw.csv")
    return table.assign(estimate=table["yi"], std_error=np.sqrt(table["vi"]), design="parallel")


def trials():
    return pd.read_csv(HERE / "trials.csv").assign(design="parallel")


def comparisons():
    for kind, theirs in EXPECTED["effects"].items():
        found = stats.study_effects(trials(), kind)
        ours = [found["estimate"], found["std_error"] ** 2]
        yield Comparison(f"effects of studies: {kind}", METAFOR, ours, [theirs["yi"], theirs["vi"]], ROUNDING)
    for key, theirs in EXPECTED["hackshaw"].items():
        method, test = key.split(" ")
        if method == "FE" and test != "z":
            continue
        found = stats.meta_analysis(hackshaw(), between=NAMES[method], **TESTS[test]).frame.set_index("term")
        yield Comparison(f"37 studies, {NAMES[method]}, {test}", METAFOR, *_rows(found, theirs, method), SOLVER)
    effects = stats.study_effects(trials(), "standardised mean difference")
    for method, theirs in EXPECTED["trials"].items():
        found = stats.meta_analysis(effects, between=NAMES[method]).frame.set_index("term")
        yield Comparison(f"7 studies, {NAMES[method]}", METAFOR, *_rows(found, theirs, method), SOLVER)
    left = stats.meta_analysis(effects).leave_one_out().frame[["estimate", "std_error", "conf_low", "conf_high"]]
    yield Comparison("leaving out one study at a time", METAFOR, left, EXPECTED["leave"], SOLVER)


def _rows(found, theirs, method):
    pooled = found.loc["pooled effect"]
    ours = [
        *pooled[["estimate", "std_error", "p_value", "conf_low", "conf_high"]],
        *found.loc["Q", ["estimate", "p_value"]],
    ]
    wanted = [theirs["b"], theirs["se"], theirs["p"], *theirs["ci"], theirs["q"], theirs["qp"]]
    if method != "FE":
        ours += [*found.loc["effect in a new study", ["conf_low", "conf_high"]]]
        ours += [*found.loc[["tau-squared", "I-squared"], "estimate"]]
        ours += [
            *found.loc["tau-squared", ["conf_low", "conf_high"]],
            *found.loc["I-squared", ["conf_low", "conf_high"]],
        ]
        wanted += [*theirs["pi"], theirs["tau2"], theirs["i2"], *theirs["profile"]]
    return ours, wanted
