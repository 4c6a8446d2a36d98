"""Times to events against R's survival and cmprsk."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import stats
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))["expected"]
SURVIVAL, CMPRSK = "R survival 3.5.3", "R cmprsk 2.2.11"
ROUNDING, SOLVER = 1e-12, 1e-8  # R's Cox stops about 1e-10 from its maximum where ours goes on
INTERVALS = ("plain", "log", "log-log")


def ovarian():
    table = pd.read_csv(HERE / "ovarian.csv").rename(columns={"ecog.ps": "ecog", "resid.ds": "residual"})
    return table.assign(participant=range(len(table)))


def stops():
    table = pd.read_csv(HERE / "stops.csv")
    return table.assign(stopped=table["cause"] != "none")


def falls():
    return pd.read_csv(HERE / "falls.csv")


def numbers(rows):
    """Nested lists with null as NaN."""
    return np.array([[np.nan if value is None else value for value in row] for row in rows], dtype=float)


def comparisons():
    yield from _curves()
    yield from _log_rank()
    yield from _cox()
    yield from _competing()
    at = (10, 30, 50)
    frame = stats.mean_events(falls(), time="end", entry="begin", event="fell", by="arm", at=at).frame
    theirs = [EXPECTED["mcf"]["est"], EXPECTED["mcf"]["se"]]
    ours = frame[["estimate", "std_error"]].T
    yield Comparison("mean cumulative function, robust error", SURVIVAL, ours, theirs, ROUNDING)


def _curves():
    cases = (
        ("ovarian", "", ovarian(), {"time": "futime", "event": "fustat", "by": "rx", "horizon": 600}),
        ("90 people with ties", "2", stops(), {"time": "days", "event": "stopped", "by": "arm", "horizon": 60}),
    )
    for name, suffix, table, options in cases:
        for interval in INTERVALS:
            found = stats.survival(table, interval=interval, **options)
            curve = found.curve[found.curve["events"] > 0]
            columns = ["time", "at_risk", "estimate", "std_error", "conf_low", "conf_high"]
            theirs = [
                [row.get(key) for key in ("time", "n", "s", "se", "low", "high")]
                for row in EXPECTED[f"km{suffix}"][interval]
            ]
            what = f"Kaplan-Meier, {interval} interval, {name}"
            yield Comparison(what, SURVIVAL, curve[columns], numbers(theirs), ROUNDING)
            median = found.frame[found.frame["term"].eq("median time")]
            limits = median[["estimate", "conf_low", "conf_high"]]
            theirs = numbers(EXPECTED[f"median{suffix}"][interval])
            yield Comparison(f"median time, {interval}, {name}", SURVIVAL, limits, theirs, ROUNDING)
        mean = found.frame[found.frame["term"].eq("restricted mean time")]
        theirs = EXPECTED[f"rmst{suffix}"]
        yield Comparison(f"restricted mean, {name}", SURVIVAL, mean[["estimate", "std_error"]], theirs, ROUNDING)


def _log_rank():
    ours = {"time": "days", "event": "stopped", "by": "arm"}
    theirs = {"time": "futime", "event": "fustat", "by": "rx"}
    for name, table, options in (
        ("ovarian", ovarian(), theirs),
        ("ovarian_strata", ovarian(), theirs | {"strata": "residual"}),
        ("stops", stops(), ours),
        ("stops_peto", stops(), ours | {"weights": "peto"}),
        ("stops_strata", stops(), ours | {"strata": "cohort"}),
        ("stops_peto_strata", stops(), ours | {"strata": "cohort", "weights": "peto"}),
    ):
        found = stats.log_rank(table, **options)
        row = [found.frame["statistic"][0], *found.counts["observed"], *found.counts["expected"]]
        what = f"log-rank, {name.replace('_', ', ')}"
        yield Comparison(what, SURVIVAL, row, EXPECTED["logrank"][name], ROUNDING)


def _cox():
    later = stops().query("days > 0")
    one, two = "futime ~ age + rx + ecog", "days ~ arm + x"
    for name, table, formula, options in (
        ("ovarian", ovarian(), one, {"event": "fustat"}),
        ("efron", later, two, {"event": "stopped"}),
        ("breslow", later, two, {"event": "stopped", "ties": "breslow"}),
        ("strata", later, two, {"event": "stopped", "strata": "cohort"}),
    ):
        fit = stats.cox(table, formula, **options)
        yield from _fit(f"Cox, {name}", fit, EXPECTED["cox"][name])
        for scale, found in zip(("kaplan-meier", "identity", "rank", "log"), EXPECTED["cox"][name]["zph"], strict=True):
            ours = fit.proportionality(scale=scale).frame[["statistic", "df"]]
            yield Comparison(f"proportional hazards by {scale}, {name}", SURVIVAL, ours, found, SOLVER)
    for ties, found in EXPECTED["robust"].items():
        fit = stats.cox(falls(), "end ~ arm", event="fell", entry="begin", ties=ties)
        yield from _fit(f"Andersen-Gill, robust, {ties}", fit, found)
    fit = stats.cox(falls(), "end ~ arm", event="fell", entry="begin", vcov="model")
    yield from _fit("Andersen-Gill, model errors", fit, EXPECTED["entry"])


def _fit(what, fit, theirs):
    covariance = fit.coefficients.covariance[1:, 1:]
    ours = [*fit.state.values, *covariance.ravel(), *fit.log_likelihood]
    flat = [*np.ravel(theirs["coef"]), *np.ravel(theirs["vcov"]), *theirs["loglik"]]
    yield Comparison(f"{what}: coefficients, covariance, likelihoods", SURVIVAL, ours, flat, SOLVER)


def _competing():
    options = {"time": "days", "cause": "cause", "censored": "none", "by": "arm"}
    frame = stats.cumulative_incidence(stops(), at=(10, 20, 40, 60), **options).frame
    keys = [row.split(" ") for row in EXPECTED["cuminc"]["rows"]]
    ours = [frame[frame["arm"].eq(arm) & frame["cause"].eq(cause)] for arm, cause in keys]
    shares = [one["estimate"].to_list() for one in ours]
    variances = [(one["std_error"] ** 2).to_list() for one in ours]
    yield Comparison("cumulative incidence", CMPRSK, shares, EXPECTED["cuminc"]["est"], ROUNDING)
    yield Comparison("variance of cumulative incidence", CMPRSK, variances, EXPECTED["cuminc"]["var"], ROUNDING)
    for what, table, more, theirs in (
        ("three groups", stops(), {}, EXPECTED["cuminc"]["tests"]),
        ("two groups", stops().query("arm != 'c'"), {}, EXPECTED["gray_two"]),
        ("strata", stops(), {"strata": "cohort"}, EXPECTED["gray_strata"]),
    ):
        columns = ["statistic", "p_value", "df"]
        found = stats.gray(table, **options, **more).frame[columns]
        yield Comparison(f"Gray's test, {what}", CMPRSK, found, theirs, ROUNDING)
