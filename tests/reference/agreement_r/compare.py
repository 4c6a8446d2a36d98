"""Agreement of measurements and of raters against R's psych and base R."""

import json
from pathlib import Path

import pandas as pd

from spasticity import stats
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))["expected"]
PSYCH = "R psych 2.2.9"
ROUNDING = 1e-10


def comparisons():
    names = ("ICC", "F", "df1", "df2", "p", "lower bound", "upper bound")
    columns = ["estimate", "statistic", "df_between", "df", "p_value", "conf_low", "conf_high"]
    for file, what in (("shrout", "Shrout & Fleiss 1979"), ("data", "25 people, 3 raters")):
        ours = stats.icc(pd.read_csv(HERE / f"{file}.csv"), "value", rater="rater").frame[columns]
        theirs = [[row[name] for name in names] for row in EXPECTED[file]]
        yield Comparison(f"six intraclass correlations, {what}", PSYCH, ours, theirs, ROUNDING)
    yield Comparison(
        "six intraclass correlations", "printed by Shrout & Fleiss 1979", _rounded(), [[17, 29, 71, 44, 62, 91]], 0
    )
    grades = pd.read_csv(HERE / "grades.csv")
    for weights, key in (("linear", "weighted"), ("quadratic", "weighted"), ("none", "plain")):
        row = stats.weighted_kappa(grades, first="first", second="second", weights=weights).frame.loc[0]
        found = EXPECTED["linear" if weights == "none" else weights]
        ours, theirs = [row["estimate"], row["std_error"] ** 2], [found[key], found[f"var_{key}"]]
        program = PSYCH if weights == "none" else f"{PSYCH}; variance by R's numeric derivatives"
        yield Comparison(f"kappa and its variance, weights {weights}", program, ours, theirs, ROUNDING)
    wide = pd.read_csv(HERE / "data.csv").pivot(index="participant", columns="rater", values="value")  # noqa: PD010
    wide = wide.set_axis(["a", "b", "c"], axis=1).reset_index()
    frame = stats.agreement(wide, first="a", second="b").frame
    limits = frame.loc[:2, ["estimate", "conf_low", "conf_high"]].to_numpy().ravel()
    slope = frame.loc[3, ["estimate", "std_error", "statistic", "p_value"]]
    ours = [*limits, *slope]
    yield Comparison("bias, exact limits of agreement, trend", "R 4.2.2 stats", ours, EXPECTED["limits"], 1e-9)


def _rounded():
    frame = stats.icc(pd.read_csv(HERE / "shrout.csv"), "value", rater="rater").frame
    return [[round(100 * value) for value in frame["estimate"]]]
