"""The mixed model for repeated measures against R mmrm, whose optimiser was run on to a gradient below 1e-9."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import stats
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))["expected"]
R = "R 4.2.2 mmrm 0.3.18, polished"
FORMULA = "FEV1 ~ RACE + SEX + ARMCD*AVISIT"
CASES = {
    "us": {"covariance": "unstructured"},
    "cs": {"covariance": "compound-symmetry"},
    "csh": {"covariance": "compound-symmetry-heterogeneous"},
    "ar1": {"covariance": "ar1"},
    "ar1h": {"covariance": "ar1-heterogeneous"},
    "toep": {"covariance": "toeplitz"},
    "toeph": {"covariance": "toeplitz-heterogeneous"},
    "ad": {"covariance": "ante-dependence"},
    "adh": {"covariance": "ante-dependence-heterogeneous"},
    "us_ml": {"method": "ml"},
    "us_weighted": {"weights": "WEIGHT"},
    "us_grouped": {"covariance_by": "ARMCD"},
}
NAMES = {"us_ml": "unstructured, ML", "us_weighted": "unstructured, weights", "us_grouped": "unstructured, by arm"}


def comparisons():
    data = pd.read_csv(HERE / "data.csv")
    for case, options in CASES.items():
        name = f"mixed model, {NAMES.get(case) or options['covariance']}"
        expected = EXPECTED[case]
        fit = _fit(data, "satterthwaite", options)
        frame, coefficients = fit.frame, pd.DataFrame(expected["coefficients"])
        yield Comparison(f"{name}: coefficients", R, frame["estimate"], coefficients["estimate"], 1e-8)
        yield Comparison(f"{name}: standard errors", R, frame["std_error"], coefficients["se"], 1e-8)
        yield Comparison(f"{name}: Satterthwaite df", R, frame["df"], coefficients["df"], 1e-6)
        yield Comparison(f"{name}: -2 log-likelihood", R, -2 * fit.log_likelihood, expected["neg2loglik"], 1e-10)
        yield Comparison(f"{name}: covariance of the visits", R, fit.covariance, _covariance(expected), 1e-8)
        yield _joint(f"{name}: joint test, Satterthwaite", fit, expected["interaction_F_satt"])
        if case != "us_ml":
            linear = _fit(data, "kenward-roger-linear", options)
            errors, df = linear.frame["std_error"], linear.frame["df"]
            yield Comparison(f"{name}: Kenward-Roger errors", R, errors, expected["se_kr_linear"], 1e-8)
            yield Comparison(f"{name}: Kenward-Roger df", R, df, expected["df_kr"], 1e-6)
            yield _joint(f"{name}: joint test, Kenward-Roger", linear, expected["interaction_F_krlinear"])
    yield from _margins(_fit(data, "satterthwaite", CASES["us"]))


def _covariance(expected):
    """One matrix, or one for each group under each other."""
    found = expected["covariance"]
    return np.concatenate(list(found.values())) if isinstance(found, dict) else found


def _joint(name, fit, expected):
    row = fit.test("ARMCD:AVISIT").frame.iloc[0]
    ours = [row["df_numerator"], row["df"], row["statistic"], row["p_value"]]
    return Comparison(name, R, ours, [expected[key] for key in ("num_df", "denom_df", "f_stat", "p_val")], 1e-6)


def _margins(fit):
    emmeans, columns = "R 4.2.2 emmeans 1.8.4 on mmrm, polished", ["estimate", "SE", "df", "lower.CL", "upper.CL"]
    for name, found in {
        "lsmeans": fit.means("ARMCD", by="AVISIT"),
        "contrasts": fit.contrasts("ARMCD", by="AVISIT"),
    }.items():
        table = pd.DataFrame(EXPECTED["us_lsmeans"][name]).rename(columns={"emmean": "estimate"})
        frame = found.frame.sort_values(["AVISIT", *(["ARMCD"] if "ARMCD" in table else [])])
        ours = frame[["estimate", "std_error", "df", "conf_low", "conf_high"]].to_numpy()
        title = {"lsmeans": "adjusted means", "contrasts": "differences"}[name]
        yield Comparison(f"mixed model, {title} by visit", emmeans, ours, table[columns].to_numpy(), 1e-6)


def _fit(data, df, options):
    reference = {"SEX": "Male"}
    return stats.mmrm(data, FORMULA, participant="USUBJID", visit="AVISIT", df=df, reference=reference, **options)
