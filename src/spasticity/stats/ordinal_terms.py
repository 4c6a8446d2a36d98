"""Terms of a model of grades: their effects on the latent scale, and tests by fitting a smaller or larger model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import linalg

from spasticity.errors import MethodError, one_of
from spasticity.stats.hypotheses import Kind, term_rows
from spasticity.stats.intercept_model import Array
from spasticity.stats.margins import Coefficients
from spasticity.stats.ordinal_fit import Estimated, again

#: Up to so many participants likelihood-ratio tests of the stored study (benchmarks/grades_coverage.py) were wrong in
#: 5 to 8 % of the trials, and all tests of mixed models in 6 to 8 %, where 5 % is right.
LIBERAL_UP_TO = 40


def liberal(n: int) -> str:
    """What the study of small trials found of likelihood-ratio tests and of mixed models, in words for a method.

    Parameters
    ----------
    n : int
        Participants.

    Returns
    -------
    str
        Empty for larger studies.
    """
    return "" if n > LIBERAL_UP_TO else f" (these reject a little too often with so few participants ({n}))"


def term_ratio(fit: Estimated, term: str, kind: Kind) -> tuple[float, float]:
    """Twice the log-likelihood that a term gains, and its number of parameters.

    Parameters
    ----------
    fit : Estimated
    term : str
    kind : str
        As for `hypotheses.term_rows`.

    Returns
    -------
    statistic, df : float

    Raises
    ------
    MethodError
        An unknown term, or one whose effect differs between thresholds.
    """
    grades = fit.grades
    if term in grades.nominal:
        raise MethodError(f"`{term}` has an effect at each threshold; compare fits by `.log_likelihood` instead.")
    rows = term_rows(grades.design, term, kind)
    free: Array = linalg.null_space(rows[:, grades.shared])
    smaller = again(fit, grades, grades.design.X[:, grades.shared] @ free)
    return 2 * (fit.log_likelihood - smaller.log_likelihood), float(len(rows))


def proportional(fit: Estimated, term: str | None) -> tuple[dict[str, tuple[float, float]], tuple[str, ...]]:
    """The same for effects that differ between thresholds, against one effect.

    Parameters
    ----------
    fit : Estimated
    term : str, optional
        Otherwise each term with one effect.

    Returns
    -------
    found : dict
        For each term statistic and df; missing where the larger model has no maximum.
    notes : tuple of str

    Raises
    ------
    MethodError
        Two categories, or an unknown term.
    """
    grades = fit.grades
    if len(grades.cuts) < 2:
        raise MethodError("proportional odds: two categories have one threshold; there is nothing to test.")
    terms = [name for name in grades.design.terms if name != "Intercept" and name not in grades.nominal]
    if term is not None:
        one_of("term", term, terms)
        terms = [term]
    found: dict[str, tuple[float, float]] = {}
    notes: list[str] = []
    for name in terms:
        larger = replace(grades, nominal=(*grades.nominal, name))
        extra = float(larger.size - grades.size)
        try:
            found[name] = 2 * (again(fit, larger).log_likelihood - fit.log_likelihood), extra
        except MethodError as error:
            found[name] = float("nan"), extra
            why = str(error).removeprefix("ordinal: ").split(";")[0]
            notes.append(f"{name}: the model with an effect at each threshold has no maximum: {why}")
    return found, tuple(notes)


def latent(fit: Estimated, method: str) -> Coefficients:
    """Effects in the columns of the design; the intercept is minus the mean of the thresholds.

    Parameters
    ----------
    fit : Estimated
    method : str

    Returns
    -------
    Coefficients
    """
    grades = fit.grades
    edges = len(grades.cuts)
    change = np.zeros((len(grades.design.columns), grades.size))
    change[grades.intercept, :edges] = -1 / edges
    change[grades.shared, np.arange(grades.size - len(grades.shared), grades.size)] = 1
    return Coefficients(
        design=grades.design,
        values=change @ fit.values[: grades.size],
        covariance=change @ fit.covariance[: grades.size, : grades.size] @ change.T,
        df=lambda L: np.full(len(L), np.inf),
        method=method,
    )
