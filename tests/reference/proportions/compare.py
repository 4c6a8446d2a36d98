"""One and two proportions against R, and against the example of Fagerland et al. 2015."""

import json
from pathlib import Path

from spasticity import stats
from spasticity.stats import proportions
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))["expected"]
R = "R 4.2.2 stats"
NUMERIC = "R 4.2.2, likelihood maximised numerically"
TERMS = {
    "newcombe": ("difference of proportions, Newcombe", R, lambda t: proportions.difference(*t)),
    "wald": ("difference of proportions, Wald", R, lambda t: proportions.difference(*t, "wald")),
    "katz": ("risk ratio, Katz", R, lambda t: proportions.ratio(*t)),
    "woolf": ("odds ratio, Woolf", R, lambda t: proportions.odds_ratio(*t)),
    "miettinen_nurminen": (
        "difference of proportions, Miettinen-Nurminen",
        NUMERIC,
        lambda t: proportions.difference(*t, "miettinen-nurminen"),
    ),
    "ratio_score": ("risk ratio, Miettinen-Nurminen", NUMERIC, lambda t: proportions.ratio(*t, score=True)),
    "odds_score": ("odds ratio, Miettinen-Nurminen", NUMERIC, lambda t: proportions.odds_ratio(*t, score=True)),
}


def comparisons():
    for name, function in proportions.INTERVALS.items():
        key = name.replace("-", "_")
        ours = [function(row["table"][0], row["table"][1]) for row in EXPECTED]
        yield Comparison(f"one proportion, {name}", R, ours, [row[key] for row in EXPECTED], 1e-10)
    for key, (statistic, reference, function) in TERMS.items():
        rows = [row for row in EXPECTED if key in row]
        ours = [function(row["table"]) for row in rows]
        theirs = [[float(limit) for limit in row[key]] for row in rows]
        yield Comparison(statistic, reference, ours, theirs, 1e-8)
    rows = [row for row in EXPECTED if "p" in row]
    ours = [stats.two_by_two(*row["table"]).row("risk difference")["p_value"] for row in rows]
    yield Comparison("equal proportions, N - 1 chi-squared", R, ours, [row["p"] for row in rows], 1e-10)
    fagerland = [*proportions.difference(7, 34, 1, 34), *proportions.ratio(7, 34, 1, 34, score=True)]
    yield Comparison(
        "Newcombe and score intervals, 7/34 against 1/34",
        "Fagerland, Lydersen & Laake 2015, as printed",
        [round(fagerland[0], 3), round(fagerland[1], 2), round(fagerland[2], 1), round(fagerland[3])],
        [0.019, 0.34, 1.2, 43],
        1e-12,
    )
