"""Time of the models of counts beside other programs on the same data.

    python benchmarks/counts.py                     # 200, 2,000 and 20,000 rows
    python benchmarks/counts.py --rows 20000 --only ours

Each cell is the best CPU time of several runs after a first one (of one where a run takes longer than 3 s), imports not
counted. Five rows per participant for mixed models and estimating equations, all rows as independent for the others.
statsmodels is run where it is installed and has the model, R packages where Rscript and the package are found;
`ratio` is theirs over ours.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import stats

LONG_SECONDS = 3.0
TABLE = Path(__file__).with_name("counts.csv")
FORMULA = "y ~ x + arm + visit"
R_CALLS = {
    ("NB2", "R MASS glm.nb"): ("MASS", "summary(MASS::glm.nb(y ~ x + arm + visit, d))"),
    ("mixed NB2, Laplace", "R glmmTMB"): (
        "glmmTMB",
        "summary(glmmTMB::glmmTMB(y ~ x + arm + visit + (1 | participant), d, family = glmmTMB::nbinom2))",
    ),
    ("mixed Poisson, Laplace", "R lme4 glmer"): (
        "lme4",
        "summary(lme4::glmer(y ~ x + arm + visit + (1 | participant), d, family = poisson))",
    ),
    ("mixed Poisson, 11 nodes", "R lme4 glmer"): (
        "lme4",
        "summary(lme4::glmer(y ~ x + arm + visit + (1 | participant), d, family = poisson, nAGQ = 11))",
    ),
    ("GEE Poisson, exchangeable", "R geepack"): (
        "geepack",
        'summary(geepack::geeglm(y ~ x + arm + visit, id = participant, data = d, family = poisson, corstr = "exch"))',
    ),
    ("zero-inflated NB2", "R pscl"): ("pscl", 'summary(pscl::zeroinfl(z ~ x + arm + visit | 1, d, dist = "negbin"))'),
}


def trial(rows: int, seed: int = 1) -> pd.DataFrame:
    """Invented counts `y` of five visits with a random intercept, and `z` with 30 % more zeros than a count has."""
    rng = np.random.default_rng(seed)
    n = rows // 5
    who, visit = np.repeat(np.arange(n), 5), np.tile(np.arange(5), n)
    x, arm, own = rng.normal(size=n), rng.integers(0, 2, n), rng.normal(0, 0.7, n)
    mean = np.exp(1 + 0.3 * x - 0.4 * arm + own)[who] * np.exp(-0.05 * visit)
    y = rng.negative_binomial(3, 3 / (3 + mean))
    even = np.exp(1 + 0.3 * x - 0.4 * arm)[who] * np.exp(-0.05 * visit)
    z = np.where(rng.random(len(who)) < 0.3, 0, rng.negative_binomial(3, 3 / (3 + even)))
    return pd.DataFrame(
        {
            "participant": who,
            "y": y,
            "z": z,
            "x": x[who],
            "arm": pd.Categorical.from_codes(arm[who], ["placebo", "active"]),
            "visit": pd.Categorical.from_codes(visit, [f"v{number}" for number in range(5)]),
        }
    )


def ours(data: pd.DataFrame) -> dict[str, Callable[[], object]]:
    """Our fits by name."""
    rows = data.drop(columns="participant")
    return {
        "NB2": lambda: stats.counts(rows, FORMULA, dispersion="likelihood"),
        "NB2, adjusted (default)": lambda: stats.counts(rows, FORMULA),
        "mixed NB2, Laplace": lambda: stats.mixed_counts(data, FORMULA, nodes=1, variation="likelihood"),
        "mixed NB2, 11 nodes": lambda: stats.mixed_counts(data, FORMULA, variation="likelihood"),
        "mixed NB2, 11 nodes, adjusted (default)": lambda: stats.mixed_counts(data, FORMULA),
        "mixed Poisson, Laplace": lambda: stats.mixed_counts(
            data, FORMULA, family="poisson", nodes=1, variation="likelihood"
        ),
        "mixed Poisson, 11 nodes": lambda: stats.mixed_counts(data, FORMULA, family="poisson", variation="likelihood"),
        "GEE Poisson, exchangeable": lambda: stats.gee(data, FORMULA, vcov="robust"),
        "GEE Poisson, exchangeable, Mancl-DeRouen (default)": lambda: stats.gee(data, FORMULA),
        "zero-inflated NB2": lambda: stats.zero_inflated(rows, FORMULA.replace("y", "z", 1)),
    }


def statsmodels_calls(data: pd.DataFrame) -> dict[str, Callable[[], object]]:
    """The same models where statsmodels has them."""
    if importlib.util.find_spec("statsmodels") is None:
        return {}
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    design = pd.get_dummies(data[["x", "arm", "visit"]], drop_first=True, dtype=float).assign(one=1.0)
    return {
        "NB2": lambda: smf.negativebinomial(FORMULA, data).fit(disp=0, maxiter=200).summary(),
        "GEE Poisson, exchangeable": lambda: smf.gee(
            FORMULA, "participant", data, family=sm.families.Poisson(), cov_struct=sm.cov_struct.Exchangeable()
        ).fit().summary(),
        "GEE Poisson, exchangeable, Mancl-DeRouen (default)": lambda: smf.gee(
            FORMULA, "participant", data, family=sm.families.Poisson(), cov_struct=sm.cov_struct.Exchangeable()
        ).fit(cov_type="bias_reduced").summary(),
        "zero-inflated NB2": lambda: sm.ZeroInflatedNegativeBinomialP(data["z"], design)
        .fit(disp=0, maxiter=200, method="bfgs")
        .summary(),
    }  # fmt: skip


def cpu_seconds(call: Callable[[], object], runs: int = 3) -> float:
    """Best CPU time of several runs after a first one."""
    best = np.inf
    for run in range(runs + 1):
        start = time.process_time()
        call()
        spent = time.process_time() - start
        best = min(best, spent) if run or spent > LONG_SECONDS else best
        if spent > LONG_SECONDS:
            break
    return best


def r_seconds(data: pd.DataFrame, package: str, call: str, limit: float) -> float | None:
    """Best CPU time in R, or None where R or the package is not there or the time is over."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "d.csv"
        data.to_csv(path, index=False)
        script = (
            f'if (!requireNamespace("{package}", quietly = TRUE)) quit(status = 3)\n'
            f'd <- read.csv("{path}", stringsAsFactors = TRUE); best <- Inf\n'
            f"for (run in 1:4) {{ t <- sum(system.time(suppressWarnings({call}))[1:2]); "
            f"if (run > 1 || t > {LONG_SECONDS}) best <- min(best, t); if (t > {LONG_SECONDS}) break }}\ncat(best)"
        )
        try:
            done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            return None
    return float(done.stdout.split()[-1]) if done.returncode == 0 and done.stdout.strip() else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[200, 2000, 20000])
    parser.add_argument("--only", choices=["ours", "statsmodels", "R"])
    parser.add_argument("--limit", type=float, default=90, help="seconds for a cell in R")
    parser.add_argument("--store", action="store_true", help=f"add to {TABLE.name}")
    given = parser.parse_args()
    found = []
    for rows in given.rows:
        data = trial(rows)
        cells: list[tuple[str, str, Callable[[], float | None]]] = []
        if given.only in (None, "ours"):
            cells += [(model, "ours", lambda c=call: cpu_seconds(c)) for model, call in ours(data).items()]
        if given.only in (None, "statsmodels"):
            calls = statsmodels_calls(data).items()
            cells += [(model, "statsmodels", lambda c=call: cpu_seconds(c)) for model, call in calls]
        if given.only in (None, "R"):
            cells += [
                (model, program, lambda p=package, c=call, d=data: r_seconds(d, p, c, given.limit))
                for (model, program), (package, call) in R_CALLS.items()
            ]
        for model, program, measured in cells:
            seconds = measured()
            found.append({"rows": rows, "model": model, "program": program, "cpu_seconds": seconds})
            print(f"{rows:>6}  {model:<52} {program:<14} {'-' if seconds is None else f'{seconds:.4f}'}", flush=True)
    table = pd.DataFrame(found)
    if given.store:
        before = [pd.read_csv(TABLE)] if TABLE.exists() else []
        table = pd.concat([*before, table]).drop_duplicates(["rows", "model", "program"], keep="last")
        table.sort_values(["rows", "model", "program"]).to_csv(TABLE, index=False, float_format="%.4g")
    mine = table[table["program"].eq("ours")].set_index(["rows", "model"])["cpu_seconds"]
    theirs = table[table["program"].ne("ours")].copy()
    keys = pd.MultiIndex.from_frame(theirs[["rows", "model"]])
    theirs["ratio"] = theirs["cpu_seconds"] / mine.reindex(keys).to_numpy()
    print(theirs.dropna().round(3).to_string(index=False))


if __name__ == "__main__":
    main()
