"""Cumulative link models against R: ordinal (clm, clmm), MASS (polr) and emmeans."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import stats
from spasticity.tables.examination import MAS_GRADES
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))["expected"]
FORMULA = "grade ~ baseline + cohort + arm"
REPEATED = "grade ~ baseline + cohort + arm * visit"
ORDINAL, POLR, EMMEANS = "R 4.2.2 ordinal 2022.11.16", "R 4.2.2 MASS::polr", "R 4.2.2 emmeans"
POLR_LINKS = {"logit": "logistic", "probit": "probit", "cloglog": "cloglog", "loglog": "loglog"}


@cache
def data():
    frame = pd.read_csv(HERE / "data.csv", dtype={"grade": "str"})
    return frame.assign(grade=pd.Categorical(frame["grade"], MAS_GRADES, ordered=True))


@cache
def one_visit(link="logit", **options):
    rows = data()[data()["visit"].eq("week 12")]
    rows = rows.assign(weight=np.resize([1, 2, 3], len(rows)))
    return stats.ordinal(rows, FORMULA, link=link, reference="placebo", **options)


@cache
def repeated(link, nodes):
    return stats.ordinal_mixed(data(), REPEATED, link=link, nodes=nodes, reference="placebo")


def thresholds_first(fit, column):
    """Numbers in the order of R: thresholds, then effects."""
    frame = fit.frame[fit.frame["place"].notna()].sort_values("place")
    return frame[column].to_numpy()


def fixed(what, reference, fit, theirs, limit):
    yield Comparison(f"{what}, coefficients", reference, thresholds_first(fit, "estimate"), theirs["estimate"], limit)
    if "se" in theirs:
        yield Comparison(f"{what}, standard errors", reference, thresholds_first(fit, "std_error"), theirs["se"], limit)
        yield Comparison(f"{what}, log-likelihood", reference, fit.log_likelihood, theirs["loglik"], min(limit, 1e-5))


def comparisons():
    for link in ("logit", "probit", "cloglog", "loglog"):
        yield from fixed(f"cumulative {link}", ORDINAL, one_visit(link), EXPECTED[f"clm_{link}"], 1e-9)
    for link, name in POLR_LINKS.items():
        yield from fixed(
            f"cumulative {link}", POLR, one_visit(link), {"estimate": EXPECTED[f"polr_{name}"]["estimate"]}, 1e-6
        )
    yield from cauchit()
    yield from fixed(
        "cumulative logit with frequencies", ORDINAL, one_visit(weights="weight"), EXPECTED["weights"], 1e-9
    )
    yield from partial()
    yield from around_one_fit()
    for nodes in (1, 7, 15):
        for link in ("logit", "probit"):
            yield from of_mixed(link, nodes)


def cauchit():
    """R's clm takes 1e5 for infinity, where a Cauchy variable still has a chance of 3e-6 to be."""
    fit, theirs = one_visit("cauchit"), EXPECTED["clm_cauchit"]
    yield from fixed("cumulative cauchit", f"{ORDINAL}, whose infinity is 1e5", fit, theirs, 1e-4)
    found, values = fit.fitted.grades, np.array(theirs["estimate"])
    edges = np.r_[-1e5, values[: len(found.cuts)], 1e5]
    eta = found.design.X[:, found.shared] @ values[len(found.cuts) :]
    above, below = ((np.arctan(edges[found.codes + k] - eta_k) / np.pi) for k, eta_k in ((1, eta), (0, eta)))
    yield Comparison(
        "cumulative cauchit, log-likelihood with 1e5 for infinity",
        ORDINAL,
        np.log(above - below).sum(),
        theirs["loglik"],
        1e-10,
    )


def partial():
    theirs, fit = EXPECTED["nominal"], one_visit(nominal="arm")
    ours = fit.frame.set_index("term")["estimate"]
    mapped = []
    for term in theirs["term"]:
        if term.endswith("(Intercept)"):
            mapped.append(ours["threshold " + term.removesuffix(".(Intercept)")])
        elif ".arm" in term:
            cut, level = term.split(".arm")
            mapped.append(-ours[f"arm[{level}] at {cut}"])
        else:
            mapped.append(ours[term.replace("cohortSCI", "cohort[SCI]")])
    yield Comparison("partial proportional odds, coefficients", ORDINAL, mapped, theirs["estimate"], 1e-7)
    yield Comparison("partial proportional odds, log-likelihood", ORDINAL, fit.log_likelihood, theirs["loglik"], 1e-10)
    test, theirs = one_visit().proportional_odds().frame.set_index("term"), EXPECTED["proportional"]
    found = test.loc[theirs["term"]]
    yield Comparison(
        "test of proportional odds",
        ORDINAL,
        [*found["statistic"], *found["p_value"]],
        [*theirs["lr"], *theirs["p"]],
        1e-8,
    )


def around_one_fit():
    fit = one_visit()
    profile, theirs = fit.profile().frame, EXPECTED["profile"]
    yield Comparison(
        "cumulative logit, profile-likelihood intervals",
        ORDINAL,
        profile[["conf_low", "conf_high"]].to_numpy().T,
        [theirs["low"], theirs["high"]],
        2e-4,
    )
    tests, theirs = fit.test().frame.set_index("term"), EXPECTED["drop1"]
    found = tests.loc[theirs["term"]]
    yield Comparison(
        "cumulative logit, likelihood-ratio tests",
        ORDINAL,
        [*found["statistic"], *found["p_value"]],
        [*theirs["lr"], *theirs["p"]],
        1e-9,
    )
    at = {"baseline": 2.2, "cohort": "SCI"}
    ours, theirs = fit.probabilities(at=at).frame, EXPECTED["predict"]
    yield Comparison(
        "predicted probabilities", ORDINAL, ours["estimate"].to_numpy().reshape(2, -1), theirs["fit"], 1e-9
    )
    yield Comparison(
        "predicted probabilities, standard errors",
        ORDINAL,
        ours["std_error"].to_numpy().reshape(2, -1),
        theirs["se"],
        1e-7,
    )
    ours, theirs = fit.means().frame.set_index("arm").loc[EXPECTED["emmeans_latent"]["arm"]], EXPECTED["emmeans_latent"]
    yield Comparison(
        "adjusted means of the latent variable",
        EMMEANS,
        ours[["estimate", "std_error"]].to_numpy().T,
        [theirs["estimate"], theirs["se"]],
        1e-8,
    )
    ours = fit.probabilities().frame.set_index(["arm", "category"])
    theirs = EXPECTED["emmeans_prob"]
    labels = one_visit().fitted.grades.labels
    found = ours.loc[[(arm, labels[int(place) - 1]) for arm, place in zip(theirs["arm"], theirs["grade"], strict=True)]]
    yield Comparison(
        "adjusted probabilities of grades",
        EMMEANS,
        found[["estimate", "std_error"]].to_numpy().T,
        [theirs["estimate"], theirs["se"]],
        1e-7,
    )


def of_mixed(link, nodes):
    theirs, fit = EXPECTED[f"clmm_{link}_{nodes}"], repeated(link, nodes)
    what = f"cumulative {link} with a random intercept, {'Laplace' if nodes == 1 else f'{nodes} nodes'}"
    reference = f"{ORDINAL}, polished"
    rough = link == "probit" and nodes == 1  # R's inner search stops early there, and its derivatives are noise
    limit = 1e-4 if rough else 1e-6
    yield Comparison(f"{what}, log-likelihood", reference, fit.log_likelihood, theirs["loglik"], 1e-9)
    ours = [*thresholds_first(fit, "estimate"), fit.sigma]
    yield Comparison(f"{what}, coefficients", reference, ours, [*theirs["estimate"], theirs["sd"]], limit)
    yield Comparison(f"{what}, conditional modes", reference, fit.intercepts["estimate"], theirs["ranef"], limit)
    if not rough:
        ours = [*thresholds_first(fit, "std_error"), fit.frame["std_error"].iloc[-1]]
        yield Comparison(f"{what}, standard errors", reference, ours, [*theirs["se"], theirs["sd_se"]], 2e-6)
