"""Time and memory of the mixed model for repeated measures, beside other programs on the same data.

    python benchmarks/mmrm.py                        # 200 to 20,000 participants
    python benchmarks/mmrm.py --participants 200000 --visits 10 --only ours
    python benchmarks/mmrm.py --parts                # where the time of our own call goes
    python benchmarks/mmrm.py --store                # also keeps what was measured in benchmarks/mmrm_times.csv

Every cell runs in a process of its own: `cold` is the first fit in it, imports not counted, `warm` the best of the
later ones; memory is the peak of the process less what the data and the imports took. The model is
`y ~ base + sex + site + arm*visit` with an unstructured covariance, REML, all coefficients tested. statsmodels has no
such model; its random intercept (a compound symmetry without small-sample degrees of freedom) stands for what Python
users do today. R's nlme::gls, lme4 and mmrm run when Rscript and the package are found; where mmrm is not, its times
are quoted from an earlier run on another machine of the same kind (marked *). An engine that is over the limit at some
size is not asked for larger ones.
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

from spasticity.files import csv_bytes, write

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
#: R mmrm 0.3.18, CPU seconds with Satterthwaite and with Kenward-Roger, measured earlier on data made in the same way.
QUOTED = {
    (200, 4): (0.106, 0.289),
    (200, 6): (0.235, 0.957),
    (200, 10): (0.782, 10.2),
    (2_000, 4): (0.916, 1.66),
    (2_000, 6): (2.53, 7.99),
    (2_000, 10): (8.41, 76.2),
    (20_000, 4): (13.0, 17.3),
    (20_000, 6): (30.2, 91.6),
    (20_000, 10): (85.0, 825.0),
}
TIMES = Path(__file__).with_name("mmrm_times.csv")
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


def in_r(package: str, call: str, path: Path, limit: float) -> dict[str, float] | None:
    """The same for R; None when Rscript or the package is missing, the fit fails or takes too long."""
    script = f"""
    if (!requireNamespace("{package}", quietly = TRUE)) quit(status = 3)
    d <- read.csv("{path.as_posix()}", stringsAsFactors = TRUE); d <- d[!is.na(d$y), ]
    d$participant <- factor(d$participant); d$arm <- relevel(d$arm, "placebo")
    peak <- function() {{
      if (!file.exists("/proc/self/status")) return(NA)
      as.numeric(gsub("[^0-9]", "", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024
    }}
    one <- function() {{ t <- system.time({call}); c(sum(t[1:2]), t[3]) }}
    before <- peak(); cold <- one(); warm <- if (cold[1] > 10) cold else one(); memory <- peak() - before
    names <- '{{"cold_cpu": %f, "warm_cpu": %f, "warm_wall": %f, "memory_mb": %f}}'
    cat(sprintf(names, cold[1], warm[1], warm[2], memory))
    """
    try:
        done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=False, timeout=limit)
    except subprocess.TimeoutExpired:
        return None
    return json.loads(done.stdout) if done.returncode == 0 else None


def in_child(engine: str, participants: int, visits: int, limit: float) -> dict[str, float] | None:
    command = [sys.executable, __file__, "--cell", engine, str(participants), str(visits)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None
    return json.loads(done.stdout.splitlines()[-1])


def table(sizes: list[tuple[int, int]], engines: list[str], limit: float, known: pd.DataFrame) -> pd.DataFrame:
    """Measure and print; engines that `known` or this run found over the limit are not asked again at larger sizes."""
    found = []
    for participants, visits in sizes:
        ours: dict[str, float] = {}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trial.csv"
            if any(engine in R_CALLS for engine in engines):
                trial(participants, visits).to_csv(path, index=False)
            for engine in engines:
                so_far = pd.concat([known, pd.DataFrame(found)])
                cell = measured(engine, participants, visits, path, limit, so_far)
                found.append({"participants": participants, "visits": visits, "engine": engine, **(cell or {})})
                show(found[-1], ours)
        quotes(participants, visits, ours)
    return pd.DataFrame(found)


def quotes(participants: int, visits: int, ours: dict[str, float]) -> None:
    """The lines of R mmrm at this size, beside ours of the same kind."""
    for kind, quoted in zip(ours, QUOTED.get((participants, visits), ()), strict=False):
        row = {"participants": participants, "visits": visits, "engine": f"R mmrm*, {kind}", "warm_cpu": quoted}
        show(row, ours)


def stored(known: pd.DataFrame) -> None:
    """What was measured before, as it is printed while measuring."""
    order = [*OURS, MIXEDLM, *R_CALLS]
    for (participants, visits), rows in known.groupby(["participants", "visits"]):
        ours: dict[str, float] = {}
        for row in rows.sort_values("engine", key=lambda names: names.map(order.index)).to_dict("records"):
            show({name: value for name, value in row.items() if value == value}, ours)  # not missing
        quotes(participants, visits, ours)


def measured(
    engine: str, participants: int, visits: int, path: Path, limit: float, known: pd.DataFrame
) -> dict[str, float] | None:
    """One cell, unless a smaller one was over the limit already."""
    if len(known) and "warm_cpu" in known:
        smaller = (known["participants"] <= participants) & (known["visits"] <= visits) & (known["engine"] == engine)
        if known.loc[smaller, "warm_cpu"].isna().any():
            return None
    return in_r(*R_CALLS[engine], path, limit) if engine in R_CALLS else in_child(engine, participants, visits, limit)


def heading() -> None:
    columns = ("cold CPU s", "warm CPU s", "wall s", "MB", "x ours")
    titles = " ".join(f"{title:>{width}}" for title, width in zip(columns, (10, 10, 8, 7, 8), strict=True))
    print(f"{'participants':>12} {'visits':>6}  {'engine':38} {titles}")


def show(row: dict, ours: dict[str, float]) -> None:
    """One line; `ours` remembers what the others are compared with."""
    head = f"{row['participants']:>12,} {row['visits']:>6}  {row['engine']:38}"
    if "warm_cpu" not in row:
        print(f"{head} not run (missing, failed, or over the limit)", flush=True)
        return
    kind = "Kenward-Roger" if "Kenward" in row["engine"] else "Satterthwaite"
    if row["engine"] in OURS:
        ours[kind] = row["warm_cpu"]
    cold, wall, memory = (row.get(name, np.nan) for name in ("cold_cpu", "warm_wall", "memory_mb"))
    times = f"{cold:>10.4f} {row['warm_cpu']:>10.4f} {wall:>8.3f} {memory:>7.0f}"
    print(f"{head} {times} {row['warm_cpu'] / ours.get(kind, np.nan):>8.1f}", flush=True)


def parts(participants: int, visits: int) -> dict[str, float]:
    """CPU seconds of the steps of one warm call, the best of five: what a faster step could gain."""
    from spasticity.stats import mmrm_fit

    data = trial(participants, visits)
    spent: dict[str, float] = {}

    def clocked(name, call):
        def run(*given, **options):
            began = time.process_time()
            out = call(*given, **options)
            spent[name] = spent.get(name, 0.0) + time.process_time() - began
            return out

        return run

    steps = {"measurements": "formula and checks", "prepare": "cross-products", "maximum": "search"}
    originals = {name: getattr(mmrm_fit, name) for name in steps}
    best: dict[str, float] = {}
    for name, words in steps.items():
        setattr(mmrm_fit, name, clocked(words, originals[name]))
    try:
        for _ in range(6):
            spent.clear()
            whole, _ = timed(lambda: mmrm_fit.mmrm(data, FORMULA))
            found = {**spent, "rest": whole - sum(spent.values()), "whole": whole}
            best = found if not best or whole < best["whole"] else best
    finally:
        for name, original in originals.items():
            setattr(mmrm_fit, name, original)
    return {"participants": participants, "visits": visits, **best}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--participants", type=int, nargs="+", default=[200, 2_000, 20_000])
    parser.add_argument("--visits", type=int, nargs="+", default=[4, 6, 10])
    parser.add_argument("--only", choices=["ours", "python"], help="leave out R, or everything else")
    parser.add_argument("--limit", type=float, default=300, help="seconds after which a cell of Python is stopped")
    parser.add_argument("--engine", default="", help="only engines with this in their name, such as gls")
    parser.add_argument("--show", action="store_true", help=f"print {TIMES.name} and measure nothing")
    parser.add_argument("--parts", action="store_true", help="where the time of our own call goes")
    parser.add_argument("--store", action="store_true", help=f"keep what was measured in {TIMES.name}")
    parser.add_argument("--cell", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.cell:
        engine, participants, visits = given.cell
        print(json.dumps(one_cell(engine, int(participants), int(visits))))
        return
    sizes = [(n, t) for n in given.participants for t in given.visits]
    if given.parts:
        print(pd.DataFrame([parts(*size) for size in sizes]).round(4).to_string(index=False))
        return
    known = pd.read_csv(TIMES) if TIMES.exists() else pd.DataFrame()
    heading()
    if given.show:
        stored(known)
        return
    engines = [*OURS]
    if given.only != "ours":
        engines.append(MIXEDLM)
    if given.only is None:
        engines += R_CALLS
        if shutil.which("Rscript") is None:
            print("Rscript is not installed: the rows of R are left out.")
            engines = [engine for engine in engines if engine not in R_CALLS]
    engines = [engine for engine in engines if given.engine in engine]
    found = table(sizes, engines, given.limit, known if given.store else pd.DataFrame())
    if given.store:
        key = ["participants", "visits", "engine"]
        both = pd.concat([known, found])
        both = both[both["warm_cpu"].notna() | ~both.duplicated(key, keep=False)]  # a time is not lost to a later stop
        kept = both.drop_duplicates(key, keep="last").sort_values(key[:2], kind="stable")
        write(TIMES, csv_bytes(kept), overwrite=True)


if __name__ == "__main__":
    main()
