"""Dose-response within and between persons against a random intercept in R: nlme, and pbkrtest for Kenward-Roger."""

import json
from pathlib import Path

import pandas as pd

from spasticity import stats
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))["expected"]
NLME, KR = "R 4.2.2 nlme", "R 4.2.2 lme4, pbkrtest"
VISITS = ["week 4", "week 8", "week 12", "week 24"]


def outcomes():
    table = pd.read_csv(HERE / "data.csv").assign(outcome="spasticity_nrs")
    return table.assign(visit=pd.Categorical(table["visit"], VISITS, ordered=True))


def comparisons():
    result, plain = (
        stats.dose_response(outcomes(), "spasticity_nrs", dose="dose_mg_per_day", df=df)
        for df in ("kenward-roger", "satterthwaite")
    )
    frame, model = result.frame, plain.frame
    name = "dose within and between persons"
    yield Comparison(f"{name}: slopes", NLME, frame["estimate"], EXPECTED["estimate"], 1e-6)
    yield Comparison(f"{name}: model standard errors", NLME, model["std_error"], EXPECTED["se_model"], 1e-6)
    yield Comparison(f"{name}: log-likelihood", NLME, [plain.fit.log_likelihood], [EXPECTED["loglik"]], 1e-8)
    yield Comparison(f"{name}: Kenward-Roger errors", KR, frame["std_error"], EXPECTED["se_kr"], 1e-5)
    yield Comparison(f"{name}: Satterthwaite df", "R 4.2.2 lmerTest", model["df"], EXPECTED["df"], 1e-5)
