"""Hypotheses on the terms of a formula, as contrasts of the coefficients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from spasticity.errors import MethodError, one_of
from spasticity.stats.design import Design
from spasticity.stats.hypotheses import Kind

Array = NDArray[np.float64]

#: Entries of a contrast below this share of its largest are zeros that rounding has touched.
ROUNDING = 1e-11


def term_contrast(design: Design, term: str, kind: Kind) -> Array:
    """The hypothesis that a term has no effect.

    Parameters
    ----------
    design : Design
    term : str
        As in the formula; the order of the factors of an interaction does not matter.
    kind : str
        `III`: averages over the other factors with equal weight, whatever interactions there are. `II`: beside all
        terms that do not contain this one. A term contains another when it has the same covariates and more factors.

    Returns
    -------
    ndarray, shape (m, p)
        Without rows when every column of the term is aliased.

    Raises
    ------
    MethodError
        Unknown term or kind.

    References
    ----------
    .. [1] SAS/STAT User's Guide, The Four Types of Estimable Functions. [from memory]
    """
    one_of("kind", kind, ("II", "III"))
    name = known_term(design, term)
    return _type_three(design, name) if kind == "III" else _type_two(design, name)


def known_term(design: Design, term: str) -> str:
    """The name of a term in the design, with its factors in the design's order.

    Parameters
    ----------
    design : Design
    term : str

    Returns
    -------
    str

    Raises
    ------
    MethodError
        When there is none.
    """
    for name in design.terms:
        if set(name.split(":")) == {part.strip() for part in term.split(":")}:
            return name
    one_of("term", term, design.terms)
    return term


def named_contrast(design: Design, hypothesis: Mapping[str, float] | Iterable[Mapping[str, float]]) -> Array:
    """A hypothesis given by coefficients and their multipliers.

    Parameters
    ----------
    design : Design
    hypothesis : mapping of str to float, or several
        Each says that a sum of coefficients times numbers is zero.

    Returns
    -------
    ndarray, shape (m, p)

    Raises
    ------
    MethodError
        An unknown coefficient, or nothing but zeros.
    """
    rows = [hypothesis] if isinstance(hypothesis, Mapping) else list(hypothesis)
    L = np.zeros((len(rows), len(design.columns)))
    for place, row in enumerate(rows):
        for name, multiplier in row.items():
            one_of("coefficient", name, design.columns)
            L[place, design.columns.index(name)] = multiplier
    if not len(L) or not L.any(axis=1).all():
        raise MethodError("test: a hypothesis needs at least one coefficient with a multiplier that is not 0.")
    return L


def _places(design: Design, term: str) -> NDArray[np.intp]:
    """Places of a term among the columns that are not aliased."""
    return np.flatnonzero(np.isin(design.kept, design.terms[term]))


def _type_three(design: Design, term: str) -> Array:
    """With every factor coded by sums, an effect is an equally weighted mean; carried to the coding of the fit."""
    by_sums = Design.of(design.formula, design.data, coding="sum")
    L = np.linalg.lstsq(by_sums.X, design.X, rcond=None)[0][_places(by_sums, term)]
    own = L[:, _places(design, term)]
    # Degrees of freedom of a joint test depend on how its rows are written: as R's mmrm does, each row is about one
    # coefficient of the term.
    if len(L) and own.shape[0] == own.shape[1] and np.linalg.cond(own) < 1 / ROUNDING:
        L = np.linalg.solve(own, L)
    return np.where(np.abs(L) > ROUNDING * np.abs(L).max(initial=1.0), L, 0.0)


def _type_two(design: Design, term: str) -> Array:
    own = _places(design, term)
    above = [_places(design, other) for other in design.terms if _contains(design, other, term)]
    higher = np.concatenate([*above, np.zeros(0, dtype=np.intp)])
    beside = np.setdiff1d(np.arange(len(design.columns)), np.concatenate([own, higher]))
    X = design.X
    left = X[:, own] - X[:, beside] @ np.linalg.lstsq(X[:, beside], X[:, own], rcond=None)[0]
    L = np.zeros((len(own), X.shape[1]))
    L[:, own] = np.eye(len(own))
    L[:, higher] = np.linalg.lstsq(left, X[:, higher], rcond=None)[0]
    return L


def _contains(design: Design, larger: str, smaller: str) -> bool:
    more, fewer = set(larger.split(":")) - {"Intercept"}, set(smaller.split(":")) - {"Intercept"}
    covariates = [{part for part in parts if part not in design.levels} for parts in (more, fewer)]
    return fewer < more and covariates[0] == covariates[1]
