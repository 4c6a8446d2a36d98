"""The mixed model for repeated measures on hard but lawful data, beside R: does it converge, and to what?

    python benchmarks/mmrm_hard.py --seeds 0 4           # writes tests/reference/mmrm_hard/table.csv (needs R, nlme)

Sixteen kinds of invented data (few people, ten visits, correlations near one, visits on other scales, odd units,
weights, groups of very different size, aliased columns, interactions, half of the values missing, visits with a
handful of people, days that differ from person to person, heavy tails) with every covariance that applies. R is asked
twice. Base R, with one matrix per participant and none of our code, computes the likelihood, the coefficients and their
standard errors at the covariance that was found here. And nlme::gls, where it has the covariance, looks for the maximum
itself: how much more likely is what it found? Where nothing converged here, is there anything it found?
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import stats
from spasticity.errors import MethodError
from spasticity.files import csv_bytes, write
from spasticity.stats.covariance import POSITIONAL, SPATIAL
from spasticity.stats.design import Design

TABLE = Path(__file__).parents[1] / "tests" / "reference" / "mmrm_hard" / "table.csv"
KINDS = {
    "seven to twelve people": {"people": (7, 13), "visits": (2, 5), "dropout": 0.15},
    "ten visits": {"people": (14, 40), "visits": (10, 11)},
    "correlations near one": {"near": True},
    "visits on other scales": {"scales": True},
    "units of a millionth": {"unit": 1e-6},
    "units of a million": {"unit": 1e6},
    "observation weights": {"options": {"weights": "weight"}},
    "groups of three to one": {
        "people": (40, 60),
        "visits": (3, 5),
        "active": 0.75,
        "options": {"covariance_by": "arm"},
    },
    "aliased columns": {"formula": "y ~ base + twice + site + cohort + arm*visit"},
    "interactions, sum coding": {"formula": "y ~ base*visit + cohort*arm*visit", "options": {"coding": "sum"}},
    "most drop out": {"people": (30, 60), "dropout": 0.7},
    "half of all values missing": {"people": (25, 60), "dropout": 0.0, "gaps": 0.5},
    "a visit of seven people": {"few": True},
    "irregular days": {"formula": "y ~ base + arm*day", "options": {"visit": "day"}},
    "far from zero": {"far": True},
    "heavy tails": {"tails": True},
}
GLS = {
    "unstructured": "corSymm(form = ~ place | participant)",
    "compound-symmetry": "corCompSymm(form = ~ 1 | participant)",
    "ar1": "corAR1(form = ~ place | participant)",
    "spatial-exponential": "corExp(form = ~ day | participant)",
    "spatial-gaussian": "corGaus(form = ~ day | participant)",
}
SCRIPT = """
suppressPackageStartupMessages({library(nlme); library(jsonlite)})
at <- function(d, X, S, case) {
  value <- (nrow(X) - ncol(X)) * log(2 * pi); x <- X; y <- d$y
  for (rows in split(seq_len(nrow(d)), d$participant)) {
    group <- d$group[rows[1]]; place <- d$place[rows]
    V <- if (case$power == 0) S[place + ncol(S) * group, place, drop = FALSE] else
      case$variance[group + 1] * case$rho[group + 1]^(abs(outer(d$day[rows], d$day[rows], "-"))^case$power)
    L <- t(chol(V / sqrt(outer(d$weight[rows], d$weight[rows]))))
    x[rows, ] <- forwardsolve(L, X[rows, , drop = FALSE]); y[rows] <- forwardsolve(L, d$y[rows])
    value <- value + 2 * sum(log(diag(L)))
  }
  found <- qr(x, tol = 1e-14); R <- qr.R(found)
  list(log_likelihood = -(value + sum(qr.resid(found, y)^2) + 2 * sum(log(abs(diag(R))))) / 2,
    estimate = qr.coef(found, y), std_error = sqrt(diag(chol2inv(R))))
}
free <- function(d, X, case) {
  if (is.null(case$gls)) return(NULL)
  variance <- if (case$weighted) varFixed(~ I(1 / weight)) else NULL
  if (case$heterogeneous) {
    visits <- varIdent(form = ~ 1 | visit); variance <- if (case$weighted) varComb(visits, variance) else visits
  }
  d$visit <- factor(d$place); d$X <- X
  found <- tryCatch(gls(y ~ 0 + X, d, correlation = eval(parse(text = case$gls)), weights = variance,
    control = glsControl(maxIter = 200, msMaxIter = 500, msTol = 1e-10, tolerance = 1e-9, opt = "nlminb")),
    error = function(e) NULL)
  if (is.null(found)) NULL else as.numeric(logLik(found))
}
out <- lapply(fromJSON("cases.json", simplifyDataFrame = FALSE), function(case) {
  d <- read.csv(paste0(case$file, ".csv")); X <- as.matrix(d[, grep("^x", names(d)), drop = FALSE])
  sigma <- paste0(case$file, "_sigma.csv"); S <- if (file.exists(sigma)) as.matrix(read.csv(sigma, header = FALSE))
  c(if (case$converged) at(d, X, S, case) else NULL, list(gls = free(d, X, case)))
})
write(toJSON(out, digits = NA, auto_unbox = FALSE), "out.json")
"""


def trial(kind: str, seed: int) -> tuple[pd.DataFrame, str, dict]:
    """Invented data of a kind, with a formula and options."""
    has = KINDS[kind]
    rng = np.random.default_rng([list(KINDS).index(kind), seed])
    n, visits = int(rng.integers(*has.get("people", (20, 50)))), int(rng.integers(*has.get("visits", (3, 6))))
    mixing = rng.normal(size=(visits, visits)) * 0.4 + np.eye(visits) * 0.6
    person = np.ones((visits, visits))
    sigma = mixing @ mixing.T + rng.uniform(0.2, 2) * person
    if has.get("near"):
        sigma = person + 10 ** rng.uniform(-4, -2) * (mixing @ mixing.T)
    scale = 10 ** rng.uniform(-1.5, 1.5, visits) if has.get("scales") else np.ones(visits)
    noise = rng.normal(size=(n, visits)) @ np.linalg.cholesky(sigma).T
    if has.get("tails"):
        noise *= rng.standard_t(2.5, size=(n, 1))
    arm = (rng.random(n) < has["active"]).astype(int) if "active" in has else rng.permutation(np.arange(n) % 2)
    cohort, base = rng.integers(0, 2, n), rng.normal(size=n)
    y = (0.5 * base[:, None] + arm[:, None] * np.linspace(0, 1, visits) + 0.3 * cohort[:, None] + noise) * scale
    last = np.where(rng.random(n) < has.get("dropout", 0.2), rng.integers(1, visits, n), visits)
    y[np.arange(visits) >= last[:, None]] = np.nan
    y[rng.random(y.shape) < has.get("gaps", 0.05)] = np.nan
    if has.get("few"):
        y[rng.permutation(n)[7:], -1] = np.nan
    y = y * has.get("unit", 1.0) + (1e6 if has.get("far") else 0.0)
    day = np.tile(28 * np.arange(1, visits + 1), (n, 1)) + rng.integers(-6, 7, (n, visits)) * (
        "day" in has.get("formula", "")
    )
    each = {"arm": np.array(["placebo", "active"])[arm], "cohort": np.array(["MS", "SCI"])[cohort], "base": base}
    data = pd.DataFrame({name: values.repeat(visits) for name, values in each.items()})
    data = data.assign(
        participant=np.arange(n).repeat(visits), visit=pd.Categorical(np.tile(np.arange(visits), n)), y=y.ravel()
    )
    data = data.assign(day=day.ravel(), weight=10 ** rng.uniform(-1.5, 1.5, n * visits))
    data = data.assign(twice=2 * data["base"] + 1, site=data["cohort"])
    return data, has.get("formula", "y ~ base + arm*visit"), {"df": "satterthwaite", **has.get("options", {})}


def one_case(kind: str, seed: int, covariance: str, folder: Path) -> dict:
    """Our fit, with everything R needs to look at it; what could not be fitted has only the design."""
    data, formula, options = trial(kind, seed)
    began, fit, why = time.process_time(), None, ""
    try:
        fit = stats.mmrm(data, formula, covariance=covariance, **options)
    except MethodError as error:
        why = str(error)
    seconds = time.process_time() - began
    file = f"{kind}-{seed}-{covariance}".replace(" ", "_")
    design = Design.of(formula, data, coding=options.get("coding", "treatment"))
    rows, spatial = design.data, covariance in SPATIAL
    table = pd.DataFrame(design.X, columns=[f"x{place}" for place in range(design.X.shape[1])])
    table = table.assign(
        y=design.y,
        participant=rows["participant"].to_numpy(),
        place=pd.Series(rows["visit"]).astype(int).to_numpy() + 1,
        day=rows["day"].to_numpy(),
        group=(rows["arm"] == "placebo").astype(int).to_numpy() if "covariance_by" in options else 0,
        weight=rows["weight"].to_numpy() if "weights" in options else 1.0,
    )
    # gls wants the rows of a participant side by side.
    table.sort_values(["participant", "place"]).to_csv(folder / f"{file}.csv", index=False)
    case = {
        "file": file,
        "converged": fit is not None,
        "power": SPATIAL.get(covariance, 0),
        "weighted": "weights" in options,
    }
    case |= {"heterogeneous": covariance == "unstructured" or covariance.endswith("heterogeneous")}
    small = len(data["visit"].cat.categories) <= 5 or covariance != "unstructured"
    if "covariance_by" not in options and small:
        case["gls"] = GLS.get(covariance.removesuffix("-heterogeneous"))
    case |= {"kind": kind, "seed": seed, "covariance": covariance, "seconds": seconds, "why": why}
    if fit is None:
        return case
    if spatial:
        point, s = fit.fitted.optimum.point, fit.fitted.panel.s
        parts = np.array(point.likelihood.split(point.theta))
        case |= {"variance": (np.exp(parts[:, 0]) * s**2).tolist(), "rho": (1 / (1 + np.exp(-parts[:, 1]))).tolist()}
    else:
        np.savetxt(folder / f"{file}_sigma.csv", fit.covariance.to_numpy(), delimiter=",", fmt="%.17g")
    frame = fit.frame
    return case | {"ours": (fit.log_likelihood, frame["estimate"].to_numpy(), frame["std_error"].to_numpy())}


def in_r(cases: list[dict], folder: Path) -> list[dict]:
    hidden = ("ours", "why", "kind")
    sent = [{name: value for name, value in case.items() if name not in hidden} for case in cases]
    (folder / "cases.json").write_text(json.dumps(sent))
    subprocess.run(["Rscript", "-e", SCRIPT], cwd=folder, check=True, capture_output=True)
    return json.loads((folder / "out.json").read_text())


def row(case: dict, r: dict) -> dict:
    """What is stored of a case: differences are relative, of the coefficients in standard errors."""
    out = {name: case[name] for name in ("kind", "seed", "covariance", "converged", "seconds")}
    out |= dict.fromkeys(("likelihood_difference", "estimate_difference", "error_difference", "gls_better_by"), np.nan)
    gls = (r.get("gls") or [None])[0]
    out["gls_log_likelihood"] = np.nan if gls is None else gls
    out["log_likelihood"] = case["ours"][0] if case["converged"] else np.nan
    if case["converged"]:
        value, b, se = case["ours"]
        out["likelihood_difference"] = abs(r["log_likelihood"][0] - value) / max(1.0, abs(value))
        out["estimate_difference"] = float(np.abs((np.ravel(r["estimate"]) - b) / se).max())
        out["error_difference"] = float(np.abs(np.ravel(r["std_error"]) / se - 1).max())
        out["gls_better_by"] = np.nan if gls is None else gls - value
    return out | {"why": case["why"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs=2, default=(0, 4))
    parser.add_argument("--kinds", type=int, nargs=2, default=(0, len(KINDS)), help="places in the list of kinds")
    given = parser.parse_args()
    found = []
    for kind in list(KINDS)[slice(*given.kinds)]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            names = SPATIAL if kind == "irregular days" else POSITIONAL
            cases = [one_case(kind, seed, each, folder) for seed in range(*given.seeds) for each in names]
            found += [row(case, r) for case, r in zip(cases, in_r(cases, folder), strict=True)]
        done = pd.DataFrame(found)
        print(
            kind,
            done[done["kind"] == kind].drop(columns=["seed", "seconds"]).max(numeric_only=True).to_dict(),
            flush=True,
        )
    table = pd.DataFrame(found)
    if TABLE.exists():
        before = pd.read_csv(TABLE)
        table = pd.concat([before[~before["kind"].isin(table["kind"])], table])
    table = table.sort_values("kind", key=lambda kinds: kinds.map(list(KINDS).index), kind="stable")
    write(TABLE, csv_bytes(table), overwrite=True)


if __name__ == "__main__":
    main()
