"""Time and memory of the mixed model for repeated measures, beside other programs on the same data.

    python benchmarks/mmrm.py                        # 200 to 20,000 participants
    python benchmarks/mmrm.py --participants 200000 --visits 10 --only ours

Every cell runs in a process of its own: `cold` is the first fit in it, imports not counted, `warm` the best of the
later ones; memory is the peak of the process less what the data and the imports took. The model is
`y ~ base + sex + site + arm*visit` with an unstructured covariance, REML, all coefficients tested. statsmodels has no
such model; its random intercept (a compound symmetry without small-sample degrees of freedom) stands for what Python
users do today. R's nlme::gls, lme4 and mmrm run when Rscript and the package are found.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

FORMULA = "y ~ base + sex + site + arm*visit"
REPEAT_BELOW_SECONDS = 3.0
R_CALLS = {
    "R mmrm, Satterthwaite": (
        "mmrm",
        'summary(mmrm::mmrm(y ~ base + sex + site + arm*visit + us(visit | participant), d, method = "Satterthwaite"))',
    ),
    "R mmrm, Kenward-Roger": (
        "mmrm",
        "summary(mmrm::mmrm(y ~ base + sex + site + arm*visit + us(visit | participant), d, "
        'method = "Kenward-Roger", vcov = "Kenward-Roger-Linear"))',
    ),
    "R nlme::gls (no degrees of freedom)": (
        "nlme",
        "summary(nlme::gls(y ~ base + sex + site + arm*visit, d, "
        "correlation = nlme::corSymm(form = ~ as.integer(visit) | participant), "
        "weights = nlme::varIdent(form = ~ 1 | visit)))",
    ),
    "R lme4 (one parameter too many)": (
        "lme4",
        "summary(lme4::lmer(y ~ base + sex + site + arm*visit + (0 + visit | participant), d, "
        'control = lme4::lmerControl(check.nobs.vs.nRE = "ignore")))',
    ),
}
OURS = {"ours, Satterthwaite": "satterthwaite", "ours, Kenward-Roger": "kenward-roger"}
MIXEDLM = "statsmodels MixedLM, random intercept"


def trial(participants: int, visits: int, seed: int = 1) -> pd.DataFrame:
    """An invented two-arm trial: unstructured truth, 15 % drop out, 2 % of the remaining visits are missing."""
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(visits, visits)) * 0.3 + np.eye(visits)
    factor = np.linalg.cholesky(mixing @ mixing.T + 1)
    base, sex = rng.normal(50, 10, participants), rng.integers(0, 2, participants)
    site, arm = rng.integers(0, 4, participants), rng.integers(0, 2, participants)
    noise = 3 * rng.normal(size=(participants, visits)) @ factor.T
    y = (0.5 * base + sex + 0.3 * site)[:, None] + np.outer(arm, np.linspace(0, 2, visits)) + noise
    last = np.where(rng.random(participants) < 0.15, rng.integers(1, visits, participants), visits)
    place = np.arange(visits)
    y[(place >= last[:, None]) | ((rng.random(y.shape) < 0.02) & (place > 0))] = np.nan
    who, when = np.repeat(np.arange(participants), visits), np.tile(place, participants)
    return pd.DataFrame(
        {
            "participant": who,
            "visit": pd.Categorical.from_codes(when, [f"v{number:02d}" for number in place]),
            "y": y.ravel(),
            "base": base[who],
            "sex": pd.Categorical.from_codes(sex[who], ["f", "m"]),
            "site": pd.Categorical.from_codes(site[who], list("abcd")),
            "arm": pd.Categorical.from_codes(arm[who], ["placebo", "active"]),
        }
    )


def peak_mb() -> float:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / (1024 if sys.platform != "darwin" else 1024**2)


def one_cell(engine: str, participants: int, visits: int) -> dict[str, float]:
    """Cold and warm times and the memory of one engine, in this process."""
    data = trial(participants, visits)
    if engine in OURS:
        from spasticity import stats

        def fit():
            return stats.mmrm(data, FORMULA, df=OURS[engine])
    else:
        import statsmodels.formula.api as smf

        complete = data.dropna()

        def fit():
            return smf.mixedlm(FORMULA, complete, groups=complete["participant"]).fit().summary()

    before, cold = peak_mb(), timed(fit)
    repeats = 0 if cold[0] > REPEAT_BELOW_SECONDS * 10 else 2 if cold[0] > REPEAT_BELOW_SECONDS else 7
    warm = [timed(fit) for _ in range(repeats)] or [cold]
    best = min(warm)
    return {"cold_cpu": cold[0], "warm_cpu": best[0], "warm_wall": best[1], "memory_mb": peak_mb() - before}


def timed(call) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    call()
    return time.process_time() - cpu, time.perf_counter() - wall


def in_r(package: str, call: str, path: Path) -> dict[str, float] | None:
    """The same for R; None when Rscript or the package is missing or the fit fails."""
    if shutil.which("Rscript") is None:
        return None
    script = f"""
    if (!requireNamespace("{package}", quietly = TRUE)) quit(status = 3)
    d <- read.csv("{path.as_posix()}", stringsAsFactors = TRUE); d <- d[!is.na(d$y), ]
    d$participant <- factor(d$participant); d$arm <- relevel(d$arm, "placebo")
    one <- function() {{ t <- system.time({call}); c(sum(t[1:2]), t[3]) }}
    cold <- one(); warm <- if (cold[1] > 30) cold else one()
    cat(sprintf('{{"cold_cpu": %f, "warm_cpu": %f, "warm_wall": %f, "memory_mb": NaN}}', cold[1], warm[1], warm[2]))
    """
    done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def in_child(engine: str, participants: int, visits: int, limit: float) -> dict[str, float] | None:
    command = [sys.executable, __file__, "--cell", engine, str(participants), str(visits)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None
    return json.loads(done.stdout.splitlines()[-1])


def table(sizes: list[tuple[int, int]], engines: list[str], limit: float) -> None:
    columns = ("cold CPU s", "warm CPU s", "wall s", "MB", "x ours")
    titles = " ".join(f"{title:>{width}}" for title, width in zip(columns, (10, 10, 8, 7, 8), strict=True))
    print(f"{'participants':>12} {'visits':>6}  {'engine':38} {titles}")
    for participants, visits in sizes:
        ours: dict[str, float] = {}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trial.csv"
            if any(engine in R_CALLS for engine in engines) and shutil.which("Rscript"):
                trial(participants, visits).to_csv(path, index=False)
            for engine in engines:
                cell = (
                    in_r(*R_CALLS[engine], path) if engine in R_CALLS else in_child(engine, participants, visits, limit)
                )
                if cell is None:
                    print(f"{participants:>12,} {visits:>6}  {engine:38} not run (missing, failed, or over the limit)")
                    continue
                kind = "Kenward-Roger" if "Kenward" in engine else "Satterthwaite"
                ours.setdefault(kind, cell["warm_cpu"])
                ratio = cell["warm_cpu"] / ours.get(kind, float("nan"))
                print(
                    f"{participants:>12,} {visits:>6}  {engine:38} {cell['cold_cpu']:>10.4f} {cell['warm_cpu']:>10.4f} "
                    f"{cell['warm_wall']:>8.3f} {cell['memory_mb']:>7.0f} {ratio:>8.1f}",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--participants", type=int, nargs="+", default=[200, 2_000, 20_000])
    parser.add_argument("--visits", type=int, nargs="+", default=[4, 6, 10])
    parser.add_argument("--only", choices=["ours", "python"], help="leave out R, or everything else")
    parser.add_argument("--limit", type=float, default=300, help="seconds after which a cell of Python is stopped")
    parser.add_argument("--cell", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.cell:
        engine, participants, visits = given.cell
        print(json.dumps(one_cell(engine, int(participants), int(visits))))
        return
    engines = [*OURS]
    if given.only != "ours":
        engines.append(MIXEDLM)
    if given.only is None:
        engines += R_CALLS
        if shutil.which("Rscript") is None:
            print("Rscript is not installed: the rows of R are left out.")
            engines = [engine for engine in engines if engine not in R_CALLS]
    table([(n, t) for n in given.participants for t in given.visits], engines, given.limit)


if __name__ == "__main__":
    main()
