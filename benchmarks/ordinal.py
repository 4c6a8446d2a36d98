"""Cumulative link models, with and without a random intercept, beside statsmodels and R's ordinal. Prints CPU seconds.

    python benchmarks/ordinal.py [--rows 200 2000 20000] [--nodes 1 10] [--r]

With --r, R and its package ordinal are timed too (`clmm`, `clm`); sizes above 2,000 rows are left out there, because
clmm does not end within 25 minutes at 20,000.
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity import stats

FORMULA = "grade ~ baseline + arm * visit"
R_SCRIPT = """
suppressPackageStartupMessages(library(ordinal)); a <- commandArgs(TRUE); d <- read.csv(a[1]); k <- as.integer(a[2])
d$grade <- factor(d$grade, ordered = TRUE); d$arm <- relevel(factor(d$arm), "placebo");
d$participant <- factor(d$participant)
t <- proc.time()
m <- if (k == 0) clm(grade ~ baseline + arm * visit, data = d) else
  clmm(grade ~ baseline + arm * visit + (1 | participant), data = d, nAGQ = k)
s <- summary(m); t <- proc.time() - t
cat(t[["user.self"]] + t[["sys.self"]], sprintf("%.10f", logLik(m)), "\\n")
"""


def trial(rows, visits=5, seed=1):
    rng = np.random.default_rng(seed)
    people = rows // visits
    arm = np.where(np.arange(people) % 2, "drug", "placebo")
    baseline, u = rng.normal(2, 1, people), rng.normal(0, 1.3, people)
    parts = []
    for visit in range(visits):
        latent = baseline - 2 - 0.3 * visit * (arm == "drug") + u + rng.logistic(size=people)
        parts.append(
            pd.DataFrame(
                {"participant": np.arange(people), "arm": arm, "baseline": baseline, "visit": f"week {visit}"}
            ).assign(grade=np.digitize(latent, [-2, -0.5, 0.6, 2.2]))
        )
    return pd.concat(parts, ignore_index=True)


def timed(call, repeats):
    best, found = np.inf, None
    for _ in range(repeats):
        before = time.process_time()
        found = call()
        best = min(best, time.process_time() - before)
    return best, found


def of_r(frame, nodes):
    with tempfile.TemporaryDirectory() as folder:
        path, script = Path(folder) / "data.csv", Path(folder) / "run.R"
        frame.to_csv(path, index=False)
        script.write_text(R_SCRIPT)
        done = subprocess.run(["Rscript", script, path, str(nodes)], capture_output=True, text=True, check=True)
    seconds, log_likelihood = map(float, done.stdout.split()[-2:])
    return seconds, log_likelihood


def of_statsmodels(frame):
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    columns = pd.get_dummies(frame[["arm", "visit"]], drop_first=True, dtype=float).assign(baseline=frame["baseline"])
    for visit in [name for name in columns if name.startswith("visit")]:
        columns[f"{visit}:arm"] = columns[visit] * columns.filter(like="arm_").iloc[:, 0]
    return OrderedModel(frame["grade"], columns, distr="logit").fit(method="bfgs", disp=False, maxiter=500)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="+", default=[200, 2000, 20000])
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--r", action="store_true")
    options = parser.parse_args()
    for rows in options.rows:
        frame = trial(rows)
        repeats = 5 if rows <= 2000 else 2
        plain = frame.drop(columns="participant")
        ours, fit = timed(lambda plain=plain: stats.ordinal(plain, FORMULA, reference="placebo"), repeats)
        line = f"{rows:>6} rows  fixed       {ours:7.3f} s"
        other, theirs = timed(lambda plain=plain: of_statsmodels(plain), 1)
        off = theirs.llf - fit.log_likelihood
        line += f"  statsmodels {other:7.3f} s ({other / ours:5.1f} x, log-likelihood {off:+.1e})"
        print(line + r_words(frame, 0, ours, fit, options.r), flush=True)
        for nodes in options.nodes:
            ours, fit = timed(
                lambda frame=frame, nodes=nodes: stats.ordinal_mixed(frame, FORMULA, nodes=nodes, reference="placebo"),
                repeats,
            )
            line = f"{rows:>6} rows  {nodes:>2} nodes    {ours:7.3f} s  sd {fit.sigma:.3f}, {fit.iterations} steps"
            print(line + r_words(frame, nodes, ours, fit, options.r), flush=True)


def r_words(frame, nodes, ours, fit, wanted):
    if not wanted or shutil.which("Rscript") is None or (nodes and len(frame) > 2000):
        return ""
    seconds, log_likelihood = of_r(frame, nodes)
    name = "clmm" if nodes else "clm"
    off = log_likelihood - fit.log_likelihood
    return f"  R {name} {seconds:7.3f} s ({seconds / ours:5.1f} x, log-likelihood {off:+.1e})"


if __name__ == "__main__":
    main()
