"""Models of counts beside R: MASS, glmmTMB (polished), pscl, sandwich, lme4 and geepack; see run.R."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import stats
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
FORMULA = "spasms ~ log_baseline + arm + cohort"
VISITS = ["week 4", "week 8", "week 12", "week 24"]


@cache
def data() -> pd.DataFrame:
    frame = pd.read_csv(HERE / "data.csv")
    return frame.assign(
        visit=pd.Categorical(frame["visit"], VISITS, ordered=True), log_spasms=np.log(frame["spasms"] + 1.0)
    )


@cache
def expected() -> dict:
    return json.loads((HERE / "expected.json").read_text())


def at_week_12() -> pd.DataFrame:
    return data()[data()["visit"] == "week 12"]


def comparisons() -> Iterator[Comparison]:
    yield from independent_rows()
    yield from random_intercepts()
    yield from further_zeros()
    yield from estimating_equations()


def independent_rows() -> Iterator[Comparison]:
    one, known = at_week_12(), expected()
    ours = {
        family: stats.counts(one, FORMULA, exposure="days", family=family, dispersion="likelihood", reference="placebo")
        for family in ("negative-binomial", "negative-binomial-linear", "poisson", "quasi-poisson")
    }
    nb = ours["negative-binomial"]
    by = "R MASS glm.nb, glm"
    yield Comparison("counts: NB2 coefficients", by, nb.frame["estimate"], known["nb2"]["estimate"], 1e-8)
    yield Comparison(
        "counts: NB2 standard errors, expected information", by, nb.frame["std_error"], known["nb2"]["se"], 1e-8
    )
    yield Comparison("counts: NB2 dispersion, log-likelihood", by, [1 / nb.dispersion, nb.log_likelihood],
                     [known["nb2"]["theta"], known["nb2"]["loglik"]], 1e-8)  # fmt: skip
    ratio = nb.likelihood_ratio("arm").frame["statistic"]
    yield Comparison("counts: NB2 likelihood ratio of arm", by, ratio, [known["nb2_lr_arm"]], 1e-8)
    po, quasi = ours["poisson"], ours["quasi-poisson"]
    yield Comparison("counts: Poisson coefficients, standard errors", by, [po.frame["estimate"], po.frame["std_error"]],
                     [known["poisson"]["estimate"], known["poisson"]["se"]], 1e-8)  # fmt: skip
    yield Comparison("counts: quasi-Poisson standard errors", by, quasi.frame["std_error"], known["quasi"]["se"], 1e-8)
    for name, family in (("nb2_joint", "negative-binomial"), ("nb1_joint", "negative-binomial-linear")):
        fit, theirs = ours[family], known[name]
        joint = stats.counts(one, FORMULA, exposure="days", family=family, dispersion="likelihood", vcov="observed",
                             reference="placebo")  # fmt: skip
        words = (
            f"counts: {fit.model.family.words.split(' (')[1].rstrip(')') if family == 'negative-binomial' else 'NB1'}"
        )
        tmb = "R glmmTMB, polished"
        sign = -1 if family == "negative-binomial" else 1  # glmmTMB's parameter is log theta for NB2, log phi for NB1
        yield Comparison(f"{words} coefficients, dispersion, log-likelihood", tmb,
                         [*fit.frame["estimate"], sign * np.log(fit.dispersion), fit.log_likelihood],
                         [*theirs["parameters"], theirs["loglik"]], 1e-8)  # fmt: skip
        yield Comparison(
            f"{words} standard errors, observed information", tmb, joint.frame["std_error"], theirs["se"][:5], 1e-6
        )
    for vcov, theirs in known["poisson_robust"].items():
        fit = stats.counts(one, FORMULA, exposure="days", family="poisson", vcov=vcov, reference="placebo")
        yield Comparison(f"counts: Poisson {vcov} standard errors", "R sandwich", fit.frame["std_error"], theirs, 1e-8)
    fit = stats.counts(data(), FORMULA, exposure="days", family="poisson", vcov="CR0", reference="placebo")
    theirs = known["poisson_cluster"]["CR0"]
    yield Comparison("counts: Poisson CR0 standard errors", "R sandwich", fit.frame["std_error"], theirs, 1e-8)


def estimating_equations() -> Iterator[Comparison]:
    models = {
        "poisson": (FORMULA, {"exposure": "days"}),
        "binomial": ("free ~ log_baseline + arm", {}),
        "gaussian": ("log_spasms ~ log_baseline + arm", {}),
    }
    several = data()[data().groupby("participant")["visit"].transform("size") == 4]
    for family, (formula, options) in models.items():
        for correlation in ("independence", "exchangeable", "ar1", "unstructured"):
            fit = stats.gee(several if correlation == "unstructured" else data(), formula, family=family,
                            correlation=correlation, vcov="robust", reference="placebo", **options)  # fmt: skip
            theirs = expected()[f"gee_{family}_{correlation}"]
            upper = fit.correlation.to_numpy()[np.triu_indices(4, 1)]
            alpha = {"independence": [], "exchangeable": upper[:1], "ar1": upper[:1]}.get(correlation, upper)
            yield Comparison(
                f"GEE {family}, {correlation}: coefficients, robust errors, correlation, scale", "R geepack",
                [*fit.frame["estimate"], *fit.frame["std_error"], *alpha, fit.scale],
                [*theirs["estimate"], *theirs["se"], *np.atleast_1d(theirs["alpha"]), theirs["scale"]], 1e-7,
            )  # fmt: skip


def random_intercepts() -> Iterator[Comparison]:
    for name, family in (
        ("mixed_poisson", "poisson"),
        ("mixed_nb2", "negative-binomial"),
        ("mixed_nb1", "negative-binomial-linear"),
    ):
        fit = stats.mixed_counts(data(), FORMULA, exposure="days", family=family, nodes=1, variation="likelihood",
                                 reference="placebo")  # fmt: skip
        sign = -1 if family == "negative-binomial" else 1
        dispersion = [sign * np.log(fit.dispersion)] if fit.dispersion else []
        ours = [*fit.frame["estimate"], *dispersion, np.log(fit.sigma), fit.log_likelihood]
        theirs = expected()[name]
        words = f"mixed counts, {family}, Laplace"
        yield Comparison(f"{words}: parameters, log-likelihood", "R glmmTMB, polished", ours,
                         [*theirs["parameters"], theirs["loglik"]], 1e-8)  # fmt: skip
        yield Comparison(
            f"{words}: standard errors", "R glmmTMB, polished", fit.frame["std_error"], theirs["se"][:5], 1e-6
        )
    first = None
    for nodes in (1, 5, 11):
        fit = stats.mixed_counts(data(), FORMULA, exposure="days", family="poisson", nodes=nodes,
                                 variation="likelihood", reference="placebo")  # fmt: skip
        theirs = expected()["agq"][f"n{nodes}"]
        # lme4's deviance of several nodes lacks a constant, so it is the differences that are compared.
        if nodes == 5:
            first = -2 * fit.log_likelihood - theirs["deviance"]
        constant = first if nodes > 1 else 0.0
        yield Comparison(f"mixed counts, poisson, {nodes} nodes: parameters", "R lme4, polished",
                         [*fit.frame["estimate"], fit.sigma], [*theirs["beta"], theirs["sigma"]], 1e-6)  # fmt: skip
        if nodes != 5:
            yield Comparison(f"mixed counts, poisson, {nodes} nodes: deviance", "R lme4, polished",
                             [-2 * fit.log_likelihood - constant], [theirs["deviance"]], 1e-8)  # fmt: skip


def further_zeros() -> Iterator[Comparison]:
    rows = data().drop(columns="participant")
    for name, family in (("zip", "poisson"), ("zinb", "negative-binomial")):
        fit = stats.zero_inflated(rows, "cramps ~ arm", zeros="cohort", exposure="days", family=family,
                                  reference="placebo")  # fmt: skip
        theirs = expected()[name]
        dispersion = [-np.log(fit.dispersion)] if fit.dispersion else []
        ours = [*fit.frame["estimate"], *fit.zero_part.frame["estimate"], *dispersion, fit.log_likelihood]
        yield Comparison(f"zero-inflated {family}: parameters, log-likelihood", "R glmmTMB, polished", ours,
                         [*theirs["parameters"], theirs["loglik"]], 1e-8)  # fmt: skip
        errors = [*fit.frame["std_error"], *fit.zero_part.frame["std_error"]]
        yield Comparison(
            f"zero-inflated {family}: standard errors", "R glmmTMB, polished", errors, theirs["se"][:5], 1e-6
        )
        if family == "poisson":
            pscl = expected()["zip_pscl"]
            yield Comparison(
                "zero-inflated poisson: coefficients", "R pscl", ours[:5], [*pscl["count"], *pscl["zero"]], 1e-5
            )
