"""Descriptive statistics, paired changes and rates against R's stats package and exactRankTests."""

import json
from pathlib import Path

import pandas as pd

from spasticity import stats
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))["expected"]
R = "R 4.2.2 stats"
ROUNDING = 1e-10


def outcomes():
    """Each group of the data as an outcome of its own, at the visits `first` and `last`."""
    table = pd.read_csv(HERE / "data.csv").rename(columns={"group": "outcome"})
    long = table.melt(["participant", "outcome"], ["first", "last"], var_name="visit")
    return long.assign(visit=pd.Categorical(long["visit"], ["first", "last"], ordered=True))


def theirs(kind, *names):
    return [[EXPECTED[kind][group][name] for name in names] for group in EXPECTED[kind]]


def ours(result, *columns, term=None):
    frame = result.frame if term is None else result.frame[result.frame["term"].eq(term)]
    return frame.set_index("outcome").loc[list(EXPECTED["describe"]), list(columns)]


def comparisons():
    last = outcomes().query("visit == 'last'")
    means = stats.describe(last, by="outcome")
    columns = ("n", "estimate", "sd", "std_error", "conf_low", "conf_high", "median", "q1", "q3", "minimum", "maximum")
    names = ("n", "mean", "sd", "se", "low", "high", "median", "q1", "q3", "min", "max")
    yield Comparison("mean, t interval, SD, quartiles", R, ours(means, *columns), theirs("describe", *names), ROUNDING)
    limits = ("estimate", "conf_low", "conf_high")
    medians = ours(stats.describe(last, by="outcome", statistic="median"), *limits, "achieved_level")
    names = ("median", "median_low", "median_high", "median_level")
    yield Comparison("median, exact interval", R, medians, _numbers(theirs("describe", *names)), ROUNDING)
    geometric = ours(stats.describe(last, by="outcome", statistic="geometric mean"), *limits)
    names = ("geometric", "geometric_low", "geometric_high")
    yield Comparison("geometric mean, interval", R, geometric, theirs("describe", *names), ROUNDING)
    yield from _paired()
    rates = [
        stats.event_rate(rate["events"], rate["exposure"]).frame.loc[0, list(limits)] for rate in EXPECTED["rates"]
    ]
    expected = [[rate[name] for name in ("rate", "low", "high")] for rate in EXPECTED["rates"]]
    yield Comparison("event rate, exact Poisson interval", R, rates, expected, ROUNDING)


def _paired():
    table = outcomes()
    parts = [stats.paired(table, group, first="first", last="last").frame for group in EXPECTED["paired"]]
    frame = pd.concat(parts)
    t, ranks = (frame[frame["term"].eq(term)] for term in ("mean change", "Hodges-Lehmann change"))
    columns = ["n", "estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high"]
    names = ("n", "mean", "se", "df", "t", "p", "low", "high")
    yield Comparison("paired t", R, t[columns], theirs("paired", *names), ROUNDING)
    exact = theirs("paired", "exact_p")
    yield Comparison("signed-rank test, ties too", "R exactRankTests 0.8", ranks[["p_value"]], exact, ROUNDING)
    untied = [EXPECTED["paired"][group]["hl"] is not None for group in EXPECTED["paired"]]
    columns = ["estimate", "conf_low", "conf_high", "p_value"]
    expected = [row for row in theirs("paired", "hl", "hl_low", "hl_high", "wilcox_p") if row[0] is not None]
    yield Comparison("Hodges-Lehmann, exact interval", R, ranks.loc[untied, columns], _numbers(expected), ROUNDING)


def _numbers(rows):
    return [[float("nan") if value is None else value for value in row] for row in rows]
