"""Reference-based imputation with conditional means and the jackknife against R rbmi, whose fits stop earlier."""

import json
from pathlib import Path

import pandas as pd

from spasticity.stats import missing
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))["expected"]
R = "R 4.2.2 rbmi 1.6 (default stop)"
NAMES = {
    "MAR": "missing-at-random",
    "JR": "jump-to-reference",
    "CR": "copy-reference",
    "CIR": "copy-increments-in-reference",
    "LMCF": "last-mean-carried-forward",
}


def comparisons():
    model = _draws()
    for short, strategy in NAMES.items():
        filled = missing.impute(model, strategy=strategy, reference="PLACEBO")
        pooled = missing.pool(missing.analyse(filled, "CHANGE ~ BASVAL + THERAPY"))
        rows = [_row(pooled, theirs["parameter"]) for theirs in EXPECTED[short]]
        for column, theirs, limit in (("estimate", "est", 1e-4), ("std_error", "se", 1e-3)):
            expected = [row[theirs] for row in EXPECTED[short]]
            name = f"imputation, {strategy}: {column.replace('_', ' ')}s"
            yield Comparison(name, R, [row[column] for row in rows], expected, limit)


def _row(pooled, parameter):
    kind, visit = parameter.rsplit("_", 1)
    term = "DRUG - PLACEBO" if kind == "trt" else "adjusted mean"
    return pooled.row(term, VISIT=visit, THERAPY="PLACEBO" if kind == "lsm_ref" else "DRUG")


def _draws():
    data, ice = (pd.read_csv(HERE / name, dtype={"VISIT": str}) for name in ("data.csv", "ice.csv"))
    data["THERAPY"] = pd.Categorical(data["THERAPY"], ["PLACEBO", "DRUG"])
    events = ice.rename(columns={"PATIENT": "participant"})
    names = {"participant": "PATIENT", "visit": "VISIT", "arm": "THERAPY"}
    return missing.draws(data, "CHANGE ~ BASVAL*VISIT + THERAPY*VISIT", events=events, **names)
