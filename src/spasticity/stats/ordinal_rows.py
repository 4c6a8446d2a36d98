"""The rows of a model of grades: ordered categories as codes, and the predictors of their thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import DataError, MethodError, listed, one_of
from spasticity.stats import formulas
from spasticity.stats.design import Design
from spasticity.stats.intercept_model import Array, Predictor
from spasticity.wording import number, plural

#: More distinct values than this are measurements, not grades.
MOST_CATEGORIES = 60


@dataclass(frozen=True, slots=True, eq=False)
class Grades:
    """A design whose response is the code of an ordered category.

    Parameters
    ----------
    design : Design
        With its intercept, which the thresholds stand for.
    codes : ndarray of int, shape (n,)
        From 0; every code occurs.
    categories : tuple
        What the codes stand for, in order.
    nominal : tuple of str
        Terms whose effect may differ between thresholds.
    weights : ndarray, shape (n,), optional
        Frequencies.
    notes : tuple of str
        Categories that do not occur.
    """

    design: Design
    codes: NDArray[np.intp]
    categories: tuple[Any, ...]
    nominal: tuple[str, ...]
    weights: Array | None
    notes: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The categories as text."""
        return tuple(_name(category) for category in self.categories)

    @property
    def cuts(self) -> tuple[str, ...]:
        """Names of the thresholds, such as `0|1`."""
        return tuple(f"{below}|{above}" for below, above in pairwise(self.labels))

    @property
    def free(self) -> list[int]:
        """Places of the columns whose effect may differ between thresholds."""
        return [
            place for place in range(len(self.design.columns)) if self._in_terms(place, self.nominal, intercept=False)
        ]

    @property
    def shared(self) -> list[int]:
        """Places of the columns with one effect."""
        held = {*self.free, self.intercept}
        return [place for place in range(len(self.design.columns)) if place not in held]

    @property
    def intercept(self) -> int:
        """Place of the intercept."""
        return self.design.columns.index("Intercept")

    @property
    def size(self) -> int:
        """Number of parameters: thresholds, effects at thresholds, shared effects."""
        return len(self.cuts) * (1 + len(self.free)) + len(self.shared)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""
        columns = self.design.columns
        each = [f"{columns[place]} at {cut}" for place in self.free for cut in self.cuts]
        return (*self.cuts, *each, *(columns[place] for place in self.shared))

    def predictors(self) -> tuple[Predictor, Predictor, Predictor]:
        """The linear predictor, the threshold above each row's category and the one below it."""
        edges = len(self.cuts)
        rows = self.design.X
        eta = Predictor(np.ascontiguousarray(rows[:, self.shared]), np.arange(edges * (1 + len(self.free)), self.size))
        return eta, self._edge(rows, self.codes), self._edge(rows, self.codes - 1)

    def edge_rows(self, rows: Array, cut: int) -> Array:
        """Rows that give threshold minus predictor from all parameters, shape (m, size).

        Parameters
        ----------
        rows : ndarray, shape (m, p)
            In the columns of `design.X`.
        cut : int
            Which threshold.

        Returns
        -------
        ndarray
        """
        edge = self._edge(rows, np.full(len(rows), cut))
        out = np.zeros((len(rows), self.size))
        out[:, edge.places] = edge.matrix
        out[:, self.size - len(self.shared) :] = -rows[:, self.shared]
        return out

    def _edge(self, rows: Array, cut: NDArray[np.intp]) -> Predictor:
        edges = len(self.cuts)
        parts = np.column_stack([np.ones(len(rows)), -rows[:, self.free]])
        matrix = np.zeros((len(rows), parts.shape[1], edges))
        inside = np.flatnonzero((cut >= 0) & (cut < edges))
        matrix[inside, :, cut[inside]] = parts[inside]
        return Predictor(matrix.reshape(len(rows), -1), np.arange(edges * parts.shape[1]))

    def _in_terms(self, place: int, terms: Sequence[str], intercept: bool) -> bool:
        column = self.design.kept[place]
        return any(column in self.design.terms[term] for term in terms if intercept or term != "Intercept")

    def ordered(self, order: NDArray[np.intp]) -> Grades:
        """The same rows in another order.

        Parameters
        ----------
        order : ndarray of int, shape (n,)

        Returns
        -------
        Grades
        """
        design = replace(self.design, data=self.design.data.iloc[order], y=self.design.y[order], X=self.design.X[order])
        weights = None if self.weights is None else self.weights[order]
        return replace(self, design=design, codes=self.codes[order], weights=weights)


def grades(
    outcomes: pd.DataFrame,
    formula: str,
    *,
    nominal: str | Sequence[str] | None,
    weights: str | None,
    reference: Mapping[str, Any] | None,
) -> Grades:
    """Read and check the rows of a model of grades.

    Parameters
    ----------
    outcomes, formula, nominal, weights, reference
        As for `stats.ordinal`.

    Returns
    -------
    Grades

    Raises
    ------
    MethodError
        Unknown columns, a response without an order or with one category, a formula without an intercept.
    DataError
        Weights that are no frequencies.
    """
    response = _response(formula, outcomes)
    codes, categories = _coded(outcomes[response], response)
    rows = outcomes.assign(**{response: codes})
    if weights is not None:
        formulas.require_columns(formula, [weights], outcomes)
        rows = rows[_frequencies(rows[weights], weights) > 0]
    design = Design.of(formula, rows, reference=reference)
    if "Intercept" not in design.columns:
        raise MethodError(f"`{formula}`: the thresholds are the intercepts of this model; leave out `- 1` or `0 +`.")
    names = (nominal,) if isinstance(nominal, str) else tuple(nominal or ())
    for name in names:
        one_of("nominal", name, [term for term in design.terms if term != "Intercept"])
    present = np.unique(design.y.astype(np.intp))
    _check_categories(response, present, categories)
    empty = [_name(category) for place, category in enumerate(categories) if place not in present]
    return Grades(
        design=design,
        codes=np.searchsorted(present, design.y.astype(np.intp)),
        categories=tuple(categories[place] for place in present),
        nominal=names,
        weights=None if weights is None else np.asarray(design.data[weights], dtype=np.float64),
        notes=(f"{response}: nobody has {listed(empty)}; the categories beside stand next to each other",)
        if empty
        else (),
    )


def _response(formula: str, outcomes: pd.DataFrame) -> str:
    left = formulas.parsed(formula).lhs
    names = formulas.variables(left)
    formulas.require_columns(formula, names, outcomes)
    if len(names) != 1 or str(left) != names[0]:
        raise MethodError(f"`{formula}`: grades enter as they are; write the column's name before `~`.")
    return names[0]


def _coded(values: pd.Series, name: str) -> tuple[Array, list[Any]]:
    """Ordered categories, or the distinct numbers of a numeric column, as codes; missing stays missing."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        if not values.cat.ordered:
            raise MethodError(f"`{name}`: its categories have no order; use pd.Categorical(..., ordered=True).")
        codes = values.cat.codes.to_numpy(dtype=np.float64)
        return np.where(codes < 0, np.nan, codes), list(values.cat.categories)
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raise MethodError(
            f"`{name}` is text, which has no order; make it an ordered category, such as those of "
            "`tables.examination.MAS_GRADES`."
        )
    numbers = values.astype("float64").to_numpy()
    distinct = np.unique(numbers[~np.isnan(numbers)])
    return np.where(np.isnan(numbers), np.nan, np.searchsorted(distinct, numbers)), list(distinct)


def _frequencies(values: pd.Series, name: str) -> Array:
    found = np.asarray(pd.to_numeric(values), dtype=np.float64)
    bad = ~(np.isfinite(found) & (found >= 0))
    if bad.any():
        raise DataError(
            f"`{name}`: {plural(int(bad.sum()), 'weight')} missing, negative or infinite, first at row "
            f"{values.index[bad][0]}; a frequency says how many observations a row stands for."
        )
    return found


def _check_categories(name: str, present: NDArray[np.intp], categories: Sequence[Any]) -> None:
    if len(present) == 1:
        raise MethodError(
            f"`{name}`: every row that is used has the same category, so there is nothing to compare; "
            f"{plural(len(categories), 'category', 'categories')} declared."
        )
    if len(present) > MOST_CATEGORIES:
        raise MethodError(
            f"`{name}`: {len(present)} distinct values are measurements rather than grades (at most "
            f"{MOST_CATEGORIES}); use `stats.mmrm` or `stats.ancova`."
        )


def _name(category: Any) -> str:
    if isinstance(category, (float, np.floating)):
        return f"{category:g}" if float(category).is_integer() else number(float(category), 2)
    return str(category)
