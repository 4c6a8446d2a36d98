"""The chance that a trial finds what is there, by simulating it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from spasticity.errors import MethodError, SpasticityError
from spasticity.wording import interval, level, number, plural

Z95 = 1.959963984540054
CHECKED_EVERY = 50  # runs between looks at the precision


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Power:
    """The power found.

    Parameters
    ----------
    estimate, std_error, conf_low, conf_high : float
        Share of runs with a p value of at most alpha; its Monte-Carlo error and 95 % interval (Wilson).
    runs : int
        Runs made.
    failures : int
        Runs in which the analysis gave no answer; they count as not found.
    p_values : Series
        Of each run; missing where there was no answer.
    alpha : float
    seed : int
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    runs: int
    failures: int
    p_values: pd.Series
    alpha: float
    seed: int

    def sentence(self) -> str:
        """The power in words, with its Monte-Carlo interval.

        Returns
        -------
        str
        """
        lost = f"; no answer in {plural(self.failures, 'run')}" if self.failures else ""
        return (
            f"Power {number(100 * self.estimate, 1)} % ({level(0.95)} Monte-Carlo interval "
            f"{interval(100 * self.conf_low, 100 * self.conf_high, 1)}; {plural(self.runs, 'run')}, two-sided level "
            f"{self.alpha:g}, seed {self.seed}{lost})."
        )

    def __repr__(self) -> str:
        return self.sentence()


def power(
    make: Callable[[np.random.Generator], Any],
    analyse: Callable[[Any], float],
    *,
    runs: int = 1000,
    alpha: float = 0.05,
    seed: int = 1,
    precision: float | None = None,
    progress: bool = True,
) -> Power:
    """Power of an analysis for a design: the share of simulated trials in which it finds the effect.

    Parameters
    ----------
    make : callable
        From a random generator to a made-up trial, such as `lambda rng: simulate.trial(design, rng=rng)` or a frame
        drawn by hand.
    analyse : callable
        From the trial to the p value of the primary analysis, such as
        `lambda trial: stats.ancova(...).contrasts("arm").row("active - placebo")["p_value"]`. Any model will do.
    runs : int
        Largest number of trials.
    alpha : float
        Two-sided level.
    seed : int
        Each run has its own generator, made from it; the first runs are the same however many follow.
    precision : float, optional
        Stop early once the Monte-Carlo standard error is at most this, such as 0.01; looked at every 50 runs.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Power

    Raises
    ------
    MethodError
        Fewer than one run, or an analysis that gives something other than a p value.

    Notes
    -----
    With an effect of zero in `make` it is the type I error. An analysis that raises one of this package's errors (no
    convergence, say) counts as not having found the effect, and is counted.
    """
    if runs < 1:
        raise MethodError(f"runs={runs}: a simulation has at least 1 run.")
    p_values: list[float] = []
    generators = np.random.default_rng(seed).spawn(runs)
    for done, rng in enumerate(tqdm(generators, disable=not progress, desc="power", unit="trial"), start=1):
        p_values.append(_one(make, analyse, rng))
        if precision is not None and done % CHECKED_EVERY == 0 and _error(p_values, alpha) <= precision:
            break
    found = pd.Series(p_values, dtype="float64")
    hits, n = int((found <= alpha).sum()), len(found)
    share = hits / n
    centre, half = _wilson(share, n)
    return Power(
        estimate=share,
        std_error=float(np.sqrt(share * (1 - share) / n)),
        conf_low=centre - half,
        conf_high=centre + half,
        runs=n,
        failures=int(found.isna().sum()),
        p_values=found,
        alpha=alpha,
        seed=seed,
    )


def _one(
    make: Callable[[np.random.Generator], Any], analyse: Callable[[Any], float], rng: np.random.Generator
) -> float:
    trial = make(rng)
    try:
        p = float(analyse(trial))
    except SpasticityError:
        return float("nan")
    if not (np.isnan(p) or 0 <= p <= 1):
        raise MethodError(f"power: the analysis gave {p:g}, which is no p value; return one between 0 and 1.")
    return p


def _error(p_values: list[float], alpha: float) -> float:
    """Monte-Carlo standard error, never 0: after Agresti and Coull."""
    n = len(p_values) + 4
    share = (sum(p <= alpha for p in p_values) + 2) / n
    return float(np.sqrt(share * (1 - share) / n))


def _wilson(share: float, n: int) -> tuple[float, float]:
    scale = 1 + Z95**2 / n
    centre = (share + Z95**2 / (2 * n)) / scale
    return centre, Z95 * float(np.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))) / scale
