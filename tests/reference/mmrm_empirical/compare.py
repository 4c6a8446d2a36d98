"""Empirical covariances and their degrees of freedom against clubSandwich, at the covariance that R mmrm found."""

import json
from pathlib import Path

import pandas as pd

from spasticity import stats
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))["expected"]
R = "R 4.2.2 clubSandwich 0.5.8"
CASES = {"us": "unstructured", "csh": "compound-symmetry-heterogeneous", "ar1": "ar1"}
#: CR2 depends on which square root of the covariance whitens the residuals: see tests/stats/test_mmrm_reference.py.
TYPES = {"CR0": "empirical", "CR3": "empirical-jackknife"}


def comparisons():
    data = pd.read_csv(HERE.parent / "mmrm_fev" / "data.csv")
    for case, covariance in CASES.items():
        for kind, vcov in TYPES.items():
            frame = stats.mmrm(
                data,
                "FEV1 ~ RACE + SEX + ARMCD*AVISIT",
                participant="USUBJID",
                visit="AVISIT",
                covariance=covariance,
                df="satterthwaite",
                vcov=vcov,
                reference={"SEX": "Male"},
            ).frame
            name, expected = f"mixed model, {covariance}, {vcov} ({kind})", EXPECTED[case][kind]
            yield Comparison(f"{name}: standard errors", R, frame["std_error"], expected["std_error"], 1e-8)
            yield Comparison(f"{name}: degrees of freedom", R, frame["df"], expected["df"], 1e-6)
