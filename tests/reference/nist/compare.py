"""NIST's reference datasets through the public functions: means, standard deviations, regressions, one-way F."""

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import stats
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
CERTIFIED = json.loads((HERE / "certified.json").read_text(encoding="utf-8"))
#: Digits any program in double precision can reach: for univariate sets of mean, SD and lag-1 correlation.
CEILING = json.loads((HERE / "float64_ceiling_lre.json").read_text(encoding="utf-8"))
#: Digits this package promises where the ceiling is not the limit: coefficients and their standard errors. Filip: the
#: exact solution with the powers of x rounded to double precision has 7.6 digits; what is left is rounding.
REGRESSION = {
    "Filip": (7, 7),
    "Longley": (12, 12),
    "NoInt1": (13.5, 13.5),
    "NoInt2": (13.5, 13.5),
    "Norris": (11.5, 13),
    "Pontius": (11.5, 12.5),
    "Wampler1": (9, 9),
    "Wampler2": (12, 12),
    "Wampler3": (9, 13),
    "Wampler4": (7.5, 13),
    "Wampler5": (5.5, 13),
}
NIST = "NIST StRD"


def rows(name):
    path = HERE / f"{name}.dat"
    packed = HERE / f"{name}.dat.gz"
    text = path.read_text() if path.exists() else gzip.decompress(packed.read_bytes()).decode()
    return np.array([[float(cell) for cell in line.split()] for line in text.splitlines()[60:] if line.strip()])


def as_outcomes(**columns):
    frame = pd.DataFrame(columns)
    return frame.assign(participant=[f"P{row}" for row in frame.index], outcome="nist", visit="once")


def relative(name, ours, certified, digits):
    """Ours over certified, so that the difference is relative; a certified 0 is compared as it is."""
    ours, certified = np.asarray(ours, dtype=float), np.asarray(certified, dtype=float)
    scale = np.where(certified == 0, 1, certified)
    return Comparison(f"{name}", NIST, ours / scale, certified / scale, 10.0**-digits)


def comparisons():
    for name, facts in CERTIFIED.items():
        yield from {"univariate": _univariate, "linear": _linear, "anova": _anova}[facts["class"]](name, facts)


def _univariate(name, facts):
    row = stats.describe(as_outcomes(value=rows(name)[:, 0]), by="visit").frame.iloc[0]
    mean, sd, _ = CEILING[name]
    yield relative(f"{name}: mean", row["estimate"], float(facts["certified"]["mean"]), min(mean, 14))
    yield relative(f"{name}: SD", row["sd"], float(facts["certified"]["sd"]), min(sd - 0.1, 14))


def _linear(name, facts):
    fit = regression(name, len(facts["certified"]["coef"]))
    for what, column, digits in zip(("coef", "se"), ("estimate", "std_error"), REGRESSION[name], strict=True):
        words = {"coef": "coefficients", "se": "standard errors"}[what]
        yield relative(f"{name}: {words}", fit.frame[column], [float(c) for c in facts["certified"][what]], digits)


def regression(name, coefficients):
    table = rows(name)
    y, x = table[:, 0], table[:, 1:]
    if x.shape[1] == 1 and not name.startswith("NoInt"):
        x = x ** np.arange(1, coefficients)
    columns = {f"x{power + 1}": x[:, power] for power in range(x.shape[1])}
    right = " + ".join([*(["0"] if name.startswith("NoInt") else []), *columns])
    return stats.ancova(as_outcomes(y=y, **columns), f"y ~ {right}", outcome="nist", visit="once")


def _anova(name, facts):
    table = rows(name)
    groups = [f"g{int(group):02d}" for group in table[:, 0]]
    fit = stats.ancova(as_outcomes(y=table[:, 1], group=groups), "y ~ group", outcome="nist", visit="once")
    f = float(facts["exact_from_data"]["F"])
    yield relative(f"{name}: F", fit.test("group").frame["statistic"], [f], min(CEILING[name][0] - 0.1, 13))
