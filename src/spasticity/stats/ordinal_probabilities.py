"""Probabilities of grades that a cumulative model predicts, with intervals by the delta method."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.polynomial.hermite import hermgauss
from scipy import special, stats

from spasticity.stats.grid import people
from spasticity.stats.intercept_model import Array
from spasticity.stats.ordinal_fit import Estimated
from spasticity.stats.result import estimate_frame

Of = Literal["category", "at least"]
Person = Literal["average", "typical"]

#: Nodes for averaging over people: the integrand is smooth, and 61 give ten digits up to a standard deviation of 5.
NODES = 61


def probability_frame(
    fit: Estimated,
    chosen: pd.DataFrame,
    parts: list[tuple[Array, Array]],
    of: Of,
    person: Person,
    level: float,
) -> pd.DataFrame:
    """Probabilities of every grade in every cell of a grid.

    Parameters
    ----------
    fit : Estimated
    chosen : DataFrame, m rows
        The cells.
    parts : list of (rows, shares)
        From `grid.combinations`.
    of : str
        `category`: of each grade. `at least`: of this grade or a higher one.
    person : str
        `average`: over people, with a random intercept. `typical`: of somebody whose random intercept is 0.
    level : float

    Returns
    -------
    DataFrame
        An estimate frame grouped by the cells' columns and `category`.
    """
    grades = fit.grades
    covariance = np.nan_to_num(fit.covariance)
    names = pd.Index(grades.labels)
    rows = []
    for (_, cell), (full, shares) in zip(chosen.iterrows(), parts, strict=True):
        known = bool(np.isfinite(shares).all()) and bool(grades.design.estimable(shares[None, :] @ full).all())
        above, slopes = _above(fit, full[:, grades.design.kept], shares, person)
        value, slope = (above, slopes) if of == "at least" else (-np.diff(above), -np.diff(slopes, axis=0))
        error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", slope, covariance, slope), 0))
        count = people(grades.design, list(chosen.columns), cell)
        for place, name in enumerate(names):
            if of == "at least" and place == 0:
                continue
            numbers = (value[place], error[place]) if known else (np.nan, np.nan)
            rows.append({**cell, "category": name, "estimate": numbers[0], "std_error": numbers[1], "n": count})
    frame = pd.DataFrame(rows).assign(term=f"probability of {'this or a higher grade' if of == 'at least' else of}")
    frame["category"] = pd.Categorical(frame["category"], categories=names, ordered=True)
    for name in map(str, chosen):
        frame[name] = frame[name].astype(grades.design.data[name].dtype)
    return estimate_frame(_with_limits(frame, level), [*chosen.columns, "category"])


@np.errstate(all="ignore")  # far thresholds have probabilities of 0
def predicted(fit: Estimated, rows: Array, person: Person) -> pd.DataFrame:
    """Probabilities of every grade for rows of the predictor.

    Parameters
    ----------
    fit : Estimated
    rows : ndarray, shape (m, p)
        In the columns of the design.
    person : str
        As for `probability_frame`.

    Returns
    -------
    DataFrame, m rows
        A column for each grade.
    """
    u, weights, sigma = _people(fit, person)
    above = [np.ones(len(rows))]
    for cut in range(len(fit.grades.cuts)):
        x = (fit.grades.edge_rows(rows, cut) @ fit.values[: fit.grades.size])[:, None] - sigma * u
        above.append(np.exp(fit.link.log_upper(x)) @ weights)
    return pd.DataFrame(-np.diff([*above, np.zeros(len(rows))], axis=0).T, columns=list(fit.grades.labels))


def _people(fit: Estimated, person: Person) -> tuple[Array, Array, float]:
    """Places and weights of the random intercept, in standard deviations, and its standard deviation."""
    sigma = float(fit.values[-1]) if fit.mixed is not None else 0.0
    if person == "typical" or not sigma:
        return np.zeros(1), np.ones(1), sigma
    z, weights = hermgauss(NODES)
    return np.sqrt(2) * z, weights / np.sqrt(np.pi), sigma


@np.errstate(all="ignore")
def _above(fit: Estimated, rows: Array, shares: Array, person: Person) -> tuple[Array, Array]:
    """P(grade k or higher) for k = 0 to K, and its derivatives by all parameters."""
    grades, link = fit.grades, fit.link
    u, weights, sigma = _people(fit, person)
    edges = len(grades.cuts)
    above, slopes = np.zeros(edges + 2), np.zeros((edges + 2, len(fit.values)))
    above[0] = 1.0
    for cut in range(edges):
        A = grades.edge_rows(rows, cut)
        x = (A @ fit.values[: grades.size])[:, None] - sigma * u
        density = np.exp(link.log_density(x)) * weights
        above[cut + 1] = shares @ (np.exp(link.log_upper(x)) @ weights)
        slopes[cut + 1, : grades.size] = -(shares * density.sum(axis=1)) @ A
        if fit.mixed is not None:
            slopes[cut + 1, -1] = shares @ (density @ u)
    return above, slopes


def _with_limits(frame: pd.DataFrame, level: float) -> pd.DataFrame:
    """Limits from the logit scale, so that they stay between 0 and 1."""
    p = frame["estimate"].to_numpy(dtype=np.float64)
    inside = (p > 0) & (p < 1)
    safe = np.where(inside, p, 0.5)
    margin = stats.norm.isf((1 - level) / 2) * frame["std_error"].to_numpy(dtype=np.float64) / (safe * (1 - safe))
    low, high = (special.expit(special.logit(safe) + sign * margin) for sign in (-1, 1))
    return frame.assign(conf_low=np.where(inside, low, p), conf_high=np.where(inside, high, p))
