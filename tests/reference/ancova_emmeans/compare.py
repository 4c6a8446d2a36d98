"""Analysis of covariance against R: lm, emmeans, car, sandwich, mvtnorm."""

import json
from pathlib import Path

import pandas as pd

from spasticity import stats
from spasticity.stats.margins import Coefficients, adjusted_means
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
STORED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
EXPECTED = STORED["expected"]
ARMS = ["placebo", "oral baclofen", "cyclobenzaprine", "intrathecal baclofen"]
R = "R 4.2.2 "
EMMEANS = R + "emmeans 1.8.4"
ROUNDING = 1e-10


def outcomes():
    table = pd.read_csv(HERE / "data.csv")
    return table.assign(arm=pd.Categorical(table["arm"], ARMS))


def fitted(formula="change ~ baseline + arm + cohort", table=None, **options):
    table = outcomes() if table is None else table
    return stats.ancova(table, formula, outcome="spasticity_nrs", visit="week 12", **options)


def theirs(rows, *columns):
    """Columns of R's rows, missing cells included."""
    return pd.DataFrame(rows).reindex(columns=list(columns)).astype(float).to_numpy()


def estimates(name, result, rows, *, reference=EMMEANS, estimate="emmean", test=False, tolerance=ROUNDING):
    pairs = {"estimate": estimate, "std_error": "SE", "df": "df", "conf_low": "lower.CL", "conf_high": "upper.CL"}
    pairs |= {"statistic": "t.ratio", "p_value": "p.value"} if test else {}
    if "contrast" in rows[0]:  # R lists pairs in another order
        order = {(row.get("cohort"), row["contrast"]): row for row in rows}
        within = result.frame["cohort"] if "cohort" in result.frame else [None] * len(result.frame)
        rows = [order[key] for key in zip(within, result.frame["term"], strict=True)]
    return Comparison(name, reference, result.frame[list(pairs)], theirs(rows, *pairs.values()), tolerance)


def f_tests(name, result, rows):
    frame = result.frame.set_index("term").loc[[row["term"] for row in rows]]
    return Comparison(
        name, R + "car 3.1", frame[["df_numerator", "statistic", "p_value"]], theirs(rows, "df", "F", "p"), ROUNDING
    )


def comparisons():
    main, expected = fitted(), EXPECTED["main"]
    yield estimates(
        "ANCOVA coefficients", main, expected["coefficients"], reference=R + "lm", estimate="estimate", test=True
    )
    yield Comparison("residual standard deviation", R + "lm", main.sigma, expected["sigma"], ROUNDING)
    yield Comparison(
        "standardised residuals, leverage",
        R + "lm",
        main.residuals[["standardised", "leverage"]].T,
        [expected["standardised"], expected["leverage"]],
        ROUNDING,
    )
    for weights, name in (("equal", "equal"), ("proportional", "proportional"), ("observed", "cells")):
        result = main.means(weights=weights)
        yield estimates(f"adjusted means, {weights} weights", result, expected[f"means_{name}"])
    yield estimates("adjusted means at a covariate value", main.means(at={"baseline": 5}), expected["means_at_5"])
    for adjust in (None, "bonferroni", "holm"):
        rows = expected[f"reference_{adjust or 'none'}"]
        name = f"differences from the reference, {adjust or 'not adjusted'}"
        yield estimates(name, main.contrasts(adjust=adjust), rows, estimate="estimate", test=True)
    yield estimates(
        "every pair, Tukey",
        main.contrasts(adjust="tukey"),
        expected["pairs_tukey"],
        estimate="estimate",
        test=True,
        tolerance=1e-7,
    )
    dunnett = main.contrasts(adjust="dunnett").frame[["p_value", "conf_low", "conf_high"]]
    rows = theirs(expected["reference_dunnett"], "p.value", "lower.CL", "upper.CL")
    yield Comparison("differences from the reference, Dunnett", R + "mvtnorm 1.1 (5e6 points)", dunnett, rows, 1e-5)
    yield f_tests("type II F tests", main.test(), expected["type2"])
    yield from _interaction()
    yield from _robust()
    yield from _special()


def _interaction():
    fit, expected = fitted("change ~ baseline + arm * cohort + sex"), EXPECTED["interaction"]
    yield estimates("adjusted means within a factor", fit.means(by="cohort"), expected["means"])
    yield estimates(
        "every pair within a factor, Tukey", fit.contrasts(by="cohort", adjust="tukey"), expected["tukey"],
        estimate="estimate", test=True, tolerance=1e-7,
    )  # fmt: skip
    yield estimates("adjusted means over an interaction", fit.means(), expected["overall"])
    yield estimates(
        "adjusted means within a factor, proportional weights",
        fit.means(by="cohort", weights="proportional"),
        expected["proportional"],
    )
    yield estimates(
        "adjusted means over an interaction, observed weights", fit.means(weights="observed"), expected["cells"]
    )
    yield f_tests("type II F tests with an interaction", fit.test(), expected["type2"])
    yield f_tests("type III F tests with an interaction", fit.test(kind="III"), expected["type3"])


def _robust():
    fit, expected = fitted(vcov="HC3"), EXPECTED["hc3"]
    sandwich = R + "sandwich 3.0"
    yield estimates(
        "ANCOVA coefficients, HC3", fit, expected["coefficients"], reference=sandwich, estimate="estimate", test=True
    )
    yield estimates("adjusted means, HC3", fit.means(), expected["means"], reference=sandwich)
    yield estimates(
        "differences from the reference, HC3", fit.contrasts(), expected["reference_none"], reference=sandwich,
        estimate="estimate", test=True,
    )  # fmt: skip
    yield f_tests("type II F tests, HC3", fit.test(), expected["type2"])


def _special():
    table = outcomes()
    empty = table[~(table["arm"].eq("intrathecal baclofen") & table["cohort"].eq("SCI"))]
    fit, expected = fitted("change ~ baseline + arm * cohort", empty), EXPECTED["empty_cell"]
    yield estimates("means that cannot be estimated", fit.means(by="cohort"), expected["means"])
    yield estimates("means over a combination nobody is in", fit.means(), expected["overall"])
    yield estimates(
        "differences that cannot be estimated", fit.contrasts(by="cohort"), expected["reference_none"],
        estimate="estimate", test=True,
    )  # fmt: skip
    logs = fitted("log(change + 12) ~ log(baseline) + arm")
    coefficients: Coefficients = logs.coefficients
    yield estimates(
        "adjusted means with transformed variables", adjusted_means(coefficients, "arm"), EXPECTED["logs"]["means"]
    )
