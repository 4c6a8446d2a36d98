"""Adjusted p values and intervals of contrasts of a mixed model against emmeans."""

import json
from pathlib import Path

import pandas as pd

from spasticity import stats
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))["expected"]
R = "R 4.2.2 emmeans 1.8.4 on gls"
COLUMNS = {
    "estimate": "estimate",
    "std_error": "SE",
    "df": "df",
    "conf_low": "lower.CL",
    "conf_high": "upper.CL",
    "p_value": "p.value",
}
#: The studentized range of scipy has nine digits.
LIMITS = {"tukey": 1e-7, "bonferroni": 1e-8, "holm": 1e-8, "none": 1e-8}


def comparisons():
    data = pd.read_csv(HERE.parent / "mmrm_fev" / "data.csv")
    formula, reference = "FEV1 ~ RACE + SEX + ARMCD*AVISIT", {"SEX": "Male"}
    fit = stats.mmrm(data, formula, participant="USUBJID", visit="AVISIT", df="residual", reference=reference)
    for adjust, expected in EXPECTED.items():
        found = fit.contrasts("RACE", pairs=adjust == "tukey", adjust=None if adjust == "none" else adjust)
        table = pd.DataFrame(expected)
        frame = found.frame.set_index("term").loc[table["contrast"]]
        theirs = table[list(COLUMNS.values())].to_numpy()
        name = f"mixed model, differences of three groups, {adjust}"
        yield Comparison(name, R, frame[list(COLUMNS)].to_numpy(), theirs, LIMITS[adjust])
