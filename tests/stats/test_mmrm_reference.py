"""Digit by digit against R mmrm, polished to the maximum, and against what SAS prints."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spasticity.stats.mmrm_fit import mmrm
from spasticity.stats.mmrm_inference import KenwardRoger
from spasticity.stats.mmrm_sandwich import POWERS, Sandwich

FOLDER = Path(__file__).parents[1] / "reference" / "mmrm_fev"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["expected"]
EMPIRICAL = json.loads((FOLDER.parent / "mmrm_empirical" / "expected.json").read_text(encoding="utf-8"))["expected"]
FORMULA = "FEV1 ~ RACE + SEX + ARMCD*AVISIT"
COVARIANCES = {
    "us": "unstructured",
    "cs": "compound-symmetry",
    "csh": "compound-symmetry-heterogeneous",
    "ar1": "ar1",
    "ar1h": "ar1-heterogeneous",
    "toep": "toeplitz",
    "toeph": "toeplitz-heterogeneous",
    "ad": "ante-dependence",
    "adh": "ante-dependence-heterogeneous",
}
OPTIONS = {name: {"covariance": covariance} for name, covariance in COVARIANCES.items()}
OPTIONS |= {"us_ml": {"method": "ml"}, "us_weighted": {"weights": "WEIGHT"}, "us_grouped": {"covariance_by": "ARMCD"}}
RESTRICTED = [name for name in OPTIONS if name != "us_ml"]

ESTIMATES = {"rtol": 1e-8, "atol": 0}
DEGREES = {"rtol": 1e-6, "atol": 0}


@cache
def fit(case="us", formula=FORMULA, df="satterthwaite"):
    reference = {"reference": {"SEX": "Male"}} if "SEX" in formula else {}
    data = pd.read_csv(FOLDER / "data.csv")
    return mmrm(data, formula, participant="USUBJID", visit="AVISIT", df=df, **reference, **OPTIONS[case])


def column(case, name):
    return [row[name] for row in EXPECTED[case]["coefficients"]]


@pytest.mark.parametrize("case", OPTIONS)
def test_coefficients_and_satterthwaite_agree_with_r_in_every_column(case):
    frame = fit(case).frame
    np.testing.assert_allclose(frame["estimate"], column(case, "estimate"), **ESTIMATES)
    np.testing.assert_allclose(frame["std_error"], column(case, "se"), **ESTIMATES)
    np.testing.assert_allclose(frame["statistic"], column(case, "t"), **ESTIMATES)
    np.testing.assert_allclose(frame["df"], column(case, "df"), **DEGREES)
    np.testing.assert_allclose(frame["p_value"], column(case, "p"), rtol=1e-6)


@pytest.mark.parametrize("case", OPTIONS)
def test_likelihood_and_information_criteria_agree_with_r(case):
    result = fit(case)
    np.testing.assert_allclose(-2 * result.log_likelihood, EXPECTED[case]["neg2loglik"], rtol=1e-10)
    np.testing.assert_allclose(result.aic, EXPECTED[case]["AIC"], rtol=1e-10)
    np.testing.assert_allclose(result.bic, EXPECTED[case]["BIC"], rtol=1e-10)
    assert (result.n, len(result.residuals())) == (EXPECTED[case]["n_subjects"], EXPECTED[case]["n_obs"])


@pytest.mark.parametrize("case", OPTIONS)
def test_covariance_of_the_visits_agrees_with_r(case):
    expected = EXPECTED[case]["covariance"]
    found = fit(case).covariance
    if isinstance(expected, dict):
        for group, matrix in expected.items():
            np.testing.assert_allclose(found.loc[group], matrix, **ESTIMATES)
    else:
        np.testing.assert_allclose(found, expected, **ESTIMATES)
        assert list(found.columns) == EXPECTED[case]["visits"]


@pytest.mark.parametrize("case", OPTIONS)
def test_the_joint_test_of_the_interaction_agrees_with_r(case):
    expected = EXPECTED[case]["interaction_F_satt"]
    for hypothesis in ("ARMCD:AVISIT", [{f"ARMCD[TRT]:AVISIT[VIS{visit}]": 1.0} for visit in (2, 3, 4)]):
        row = fit(case).test(hypothesis).frame.iloc[0]
        assert row["df_numerator"] == expected["num_df"]
        np.testing.assert_allclose(row["statistic"], expected["f_stat"], **ESTIMATES)
        np.testing.assert_allclose(row["df"], expected["denom_df"], **DEGREES)
        np.testing.assert_allclose(row["p_value"], expected["p_val"], rtol=1e-6)


@pytest.mark.parametrize("case", RESTRICTED)
def test_linear_kenward_roger_agrees_with_r(case):
    result = fit(case, df="kenward-roger-linear")
    np.testing.assert_allclose(result.frame["std_error"], EXPECTED[case]["se_kr_linear"], **ESTIMATES)
    np.testing.assert_allclose(result.frame["df"], EXPECTED[case]["df_kr"], **DEGREES)
    expected = EXPECTED[case]["interaction_F_krlinear"]
    row = result.test("ARMCD:AVISIT").frame.iloc[0]
    np.testing.assert_allclose(row["statistic"], expected["f_stat"], **ESTIMATES)
    np.testing.assert_allclose(row["df"], expected["denom_df"], **DEGREES)
    np.testing.assert_allclose(row["p_value"], expected["p_val"], rtol=1e-6)


class Cholesky:
    """R mmrm's parameters of an unstructured covariance: log of the factor's diagonal, then its rows divided by it."""

    linear = False

    def __init__(self, visits):
        self.visits, self.size = visits, visits * (visits + 1) // 2
        self.rows, self.columns = np.tril_indices(visits, -1)

    def factor(self, theta):
        factor = np.eye(self.visits)
        factor[self.rows, self.columns] = theta[self.visits :]
        return np.exp(theta[: self.visits])[:, None] * factor

    def sigma(self, theta):
        return self.factor(theta) @ self.factor(theta).T

    def factor_slopes(self, theta):
        factor, T = self.factor(theta), self.visits
        slopes = np.zeros((self.size, T, T))
        slopes[np.arange(T), np.arange(T)] = factor
        slopes[np.arange(T, self.size), self.rows, self.columns] = factor[self.rows, self.rows]
        return slopes

    def slopes(self, theta):
        half = self.factor_slopes(theta) @ self.factor(theta).T
        return half + half.swapaxes(1, 2)

    def bends(self, theta, weight):
        slopes, pull = self.factor_slopes(theta), weight @ self.factor(theta)
        out = np.einsum("hab,kab->hk", slopes, weight @ slopes)
        # A row of the factor is a multiple of exp(its first parameter), so that its derivatives repeat themselves.
        for place, row in enumerate([*range(self.visits), *self.rows]):
            own = (pull[row] * slopes[place, row]).sum()
            out[row, place] += own
            out[place, row] += own * (place != row)
        return 2 * out

    def start(self, sigma):
        factor = np.linalg.cholesky(sigma)
        sd = np.diag(factor)
        return np.concatenate([np.log(sd), (factor / sd[:, None])[self.rows, self.columns]])


class InItsOwnParameters(KenwardRoger):
    """Kenward-Roger with second derivatives in `theta`, which is R mmrm's default and not what SAS does."""

    def _correction(self):
        out = KenwardRoger(self.point, self.jacobian, self.coefficients, linear=True)._correction()
        return out - self._between(self._bends(self.theta_covariance)) / 4

    def _bends(self, W):
        model, T = self.point.likelihood, self.point.W.shape[-1]
        out = np.zeros_like(self.point.W)
        parts = zip(self._groups(), model.structures, model.split(self.point.theta), strict=True)
        for (block, members, _), structure, part in parts:
            for a, b in np.ndindex(T, T):
                pick = np.zeros((T, T))
                pick[a, b] += 0.5
                pick[b, a] += 0.5
                out[members, a, b] = (W[block, block] * structure.bends(part, pick)).sum()
        return out


def in_cholesky_factors(point):
    """The same point of the likelihood in the parameters of R mmrm."""
    model = point.likelihood
    shapes = [Cholesky(shape.visits) for shape in model.structures]
    parts = zip(shapes, model.structures, model.split(point.theta), strict=True)
    theta = np.concatenate([shape.start(given.sigma(part)) for shape, given, part in parts])
    return replace(model, structures=shapes).at(theta)


@pytest.mark.parametrize("case", RESTRICTED)
def test_second_derivatives_give_the_default_of_r_mmrm_in_the_parameters_of_r_mmrm(case):
    """The one place where R's second derivatives can be seen; our own option writes them in the parameters of SAS."""
    given = fit(case).inference
    point = in_cholesky_factors(given.point) if case.startswith("us") else given.point
    other = InItsOwnParameters(point, given.jacobian, given.coefficients, linear=False)
    np.testing.assert_allclose(np.sqrt(np.diag(other.covariance)), EXPECTED[case]["se_kr_mmrm"], **ESTIMATES)


# Standard error of ARMCD in `FEV1 ~ ARMCD` as SAS PROC MIXED prints it with DDFM=KR, from the tests of R mmrm. SAS
# stops its iterations earlier: the same differences appear where no second derivative enters.
SAS = {
    "ar1": 0.9586544,
    "ar1h": 0.7590316,
    "cs": 0.7965,
    "csh": 0.6741481,
    "adh": 0.6617202,
    "toep": 0.8783981,
    "toeph": 0.7254383,
    "us": 0.6612438,
}


@pytest.mark.parametrize("case", SAS)
def test_kenward_roger_is_that_of_sas(case):
    result = fit(case, formula="FEV1 ~ ARMCD", df="kenward-roger")
    np.testing.assert_allclose(result.row("ARMCD[TRT]")["std_error"], SAS[case], rtol=1.3e-4)


def test_kenward_roger_of_structures_that_are_linear_in_sas_is_the_linear_one():
    for case in ("us", "cs", "toep", "us_weighted", "us_grouped"):
        found = fit(case, df="kenward-roger").frame["std_error"]
        np.testing.assert_allclose(found, EXPECTED[case]["se_kr_linear"], **ESTIMATES)


def test_adjusted_means_and_differences_agree_with_emmeans():
    result = fit()
    names = {"emmean": "estimate", "SE": "std_error", "df": "df", "lower.CL": "conf_low", "upper.CL": "conf_high"}
    means = result.means("ARMCD", by="AVISIT")
    for row in EXPECTED["us_lsmeans"]["lsmeans"]:
        ours = means.row(ARMCD=row["ARMCD"], AVISIT=row["AVISIT"])
        for theirs, name in names.items():
            np.testing.assert_allclose(ours[name], row[theirs], rtol=1e-8)
    contrasts = result.contrasts("ARMCD", by="AVISIT")
    names = {**names, "estimate": "estimate", "t.ratio": "statistic", "p.value": "p_value"}
    del names["emmean"]
    for row in EXPECTED["us_lsmeans"]["contrasts"]:
        ours = contrasts.row("TRT - PBO", AVISIT=row["AVISIT"])
        for theirs, name in names.items():
            np.testing.assert_allclose(ours[name], row[theirs], rtol=1e-7)


class CorrectedInUnits(Sandwich):
    """CR2 as clubSandwich has it: the correction is symmetric beside the covariance's own Cholesky factor."""

    def _participants(self):
        coefficients = np.append(-self.point.gamma, 1.0)
        for pattern, place, W in zip(self.panel.patterns, self.places, self.point.W, strict=True):
            factor = np.linalg.cholesky(np.linalg.inv(W[np.ix_(place, place)]))
            root, square = np.linalg.inv(factor), factor.T @ factor
            for block in self.panel.blocks(pattern):
                B = root @ block[:, :, :-1] @ self.point.factor.T
                values, vectors = np.linalg.eigh(square @ (np.eye(len(place)) - B @ B.swapaxes(1, 2)) @ square)
                A = (vectors * values[:, None, :] ** self.power) @ vectors.swapaxes(1, 2) @ square
                yield B, (block @ coefficients) @ root.T, A


@pytest.mark.parametrize("case", ["us", "csh", "ar1"])
def test_the_bias_reduced_covariance_in_the_way_of_clubsandwich_agrees_with_it(case):
    """Its correction depends on a choice of root, in which R mmrm, and we after it, differ by some 1e-4."""
    given = fit(case)
    whole, inference = given.fitted, given.inference
    power = POWERS["empirical-bias-reduced"]
    other = CorrectedInUnits(whole.panel, whole.places, inference.point, inference.jacobian, whole.coefficients, power)
    expected = EMPIRICAL[case]["CR2"]["std_error"]
    np.testing.assert_allclose(np.sqrt(np.diag(other.covariance)), expected, **ESTIMATES)
    ours = mmrm_cr2(case)
    np.testing.assert_allclose(ours, expected, rtol=1e-3)


def mmrm_cr2(case):
    data = pd.read_csv(FOLDER / "data.csv")
    options = {"df": "satterthwaite", "vcov": "empirical-bias-reduced", "reference": {"SEX": "Male"}}
    return mmrm(data, FORMULA, participant="USUBJID", visit="AVISIT", **options, **OPTIONS[case]).frame["std_error"]
