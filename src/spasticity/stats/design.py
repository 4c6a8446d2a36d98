"""From a formula and outcomes to a design matrix that knows its rows, levels and aliased columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import MethodError, listed, one_of
from spasticity.stats import formulas
from spasticity.stats.formulas import Coding
from spasticity.stats.levels import categorised, complete, levels_of, reasons, reordered
from spasticity.wording import plural

#: A column is aliased when less than this share of its length is left beside the columns before it. R's `lm` takes
#: 1e-7 and so drops a term of NIST's Filip, whose smallest share is 5e-8; exact aliases leave about 1e-16.
ALIAS_TOLERANCE = 1e-11

#: emmeans takes the same value for the part of a row that may lie outside the estimable space.
ESTIMABLE_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Design:
    """A linear predictor on data: what enters a fit, and what was left out and why. Build it with `Design.of`.

    Parameters
    ----------
    formula : str
        As it was given.
    response : str
        Left side of the formula.
    data : DataFrame
        The rows that are used, all columns, factors as categories; the index is that of the outcomes.
    y : ndarray, shape (n,)
        The response.
    X : ndarray, shape (n, p)
        Columns that are not aliased.
    columns : tuple of str
        Names of the p columns, such as `arm[oral baclofen]:visit[week 12]`.
    aliased : tuple of str
        Columns that depend linearly on earlier ones; they are not in `X`.
    terms : mapping of str to tuple of int
        For each term its places among all columns, aliased ones included.
    levels : mapping of str to tuple
        For each factor its levels that occur, in their own order.
    reference : mapping of str to object
        For each factor the level that others are compared with.
    averages : mapping of str to float
        For each numeric covariate its mean over the used rows.
    left_out : mapping of str to int
        Rows that are not used, by reason.
    notes : tuple of str
        What a reader must know about all this, in words.
    spec, all_columns, kept, coding
        How `rows_for` works.
    """

    formula: str
    response: str
    data: pd.DataFrame
    y: NDArray[np.float64]
    X: NDArray[np.float64]
    columns: tuple[str, ...]
    aliased: tuple[str, ...]
    terms: Mapping[str, tuple[int, ...]]
    levels: Mapping[str, tuple[Any, ...]]
    reference: Mapping[str, Any]
    averages: Mapping[str, float]
    left_out: Mapping[str, int]
    notes: tuple[str, ...]
    spec: Any
    all_columns: tuple[str, ...]
    kept: NDArray[np.intp]
    coding: Coding

    @classmethod
    def of(
        cls,
        formula: str,
        outcomes: pd.DataFrame,
        *,
        reference: Mapping[str, Any] | None = None,
        coding: Coding = "treatment",
    ) -> Design:
        """The design of a formula on the rows that have every variable of it.

        Parameters
        ----------
        formula : str
            Such as `change ~ baseline + arm * visit`; the words of formulaic, which are those of R.
        outcomes : DataFrame
            Has every variable of the formula.
        reference : mapping, optional
            Reference level of factors; otherwise the first level. Text has its levels in alphabetical order, after the
            reference when one is given; categories keep theirs.
        coding : str
            `treatment` compares with the reference level, `sum` with the mean of all levels.

        Returns
        -------
        Design

        Raises
        ------
        MethodError
            Unreadable formula, unknown column or level, no row left, infinite values, no response.
        """
        one_of("coding", coding, ("treatment", "sum"))
        reference = dict(reference or {})
        parsed = formulas.parsed(formula)
        left, right = formulas.variables(parsed.lhs), formulas.variables(parsed.rhs)
        formulas.require_columns(formula, [*left, *right], outcomes)
        data, left_out = complete(outcomes, [*left, *right])
        if data.empty:
            raise MethodError(f"`{formula}`: no row has every variable ({reasons(left_out)}); nothing can be fitted.")
        data, notes = categorised(data, right, outcomes, reference)
        factors = [name for name in right if isinstance(data[name].dtype, pd.CategoricalDtype)]
        coded = reordered(data, reference)
        y = formulas.matrix(formula, parsed.lhs, coded)
        full = formulas.matrix(formula, formulas.with_coding(parsed.rhs, factors, coding), coded)
        names = tuple(formulas.column_name(name) for name in full.model_spec.column_names)
        matrix = np.asarray(full, dtype=np.float64)
        formulas.require_finite(formula, np.asarray(y, dtype=np.float64), matrix, names)
        kept = independent(matrix)
        aliased = tuple(names[column] for column in range(len(names)) if column not in set(kept))
        if aliased:
            notes += (f"not estimable beside the other terms and left out: {listed(aliased, 'and')}",)
        levels = levels_of(data, full.model_spec, right)
        return cls(
            formula=formula,
            response=str(parsed.lhs),
            data=data,
            y=np.asarray(y, dtype=np.float64)[:, 0],
            X=np.ascontiguousarray(matrix[:, kept] if aliased else matrix),
            columns=tuple(names[column] for column in kept),
            aliased=aliased,
            terms={
                formulas.term_name(str(term)): tuple(range(part.start, part.stop))
                for term, part in full.model_spec.term_slices.items()
            },
            levels=levels,
            reference={name: reference.get(name, values[0]) for name, values in levels.items()},
            averages={name: float(data[name].mean()) for name in right if name not in levels},
            left_out=left_out,
            notes=notes + ((f"left out: {reasons(left_out)}",) if left_out else ()),
            spec=full.model_spec,
            all_columns=names,
            kept=kept,
            coding=coding,
        )

    @property
    def variables(self) -> list[str]:
        """Variables on the right side: factors, then numeric covariates."""
        return [*self.levels, *self.averages]

    @property
    def participants(self) -> int:
        """How many people the used rows come from; the number of rows when there is no column `participant`."""
        return int(self.data["participant"].nunique()) if "participant" in self.data else len(self.data)

    @cached_property
    def null_space(self) -> NDArray[np.float64]:
        """Combinations of all columns that are zero on the data, shape (P, P - p)."""
        if not self.aliased:
            return np.zeros((len(self.all_columns), 0))
        matrix = self.full_rows(self.data)
        dropped = np.setdiff1d(np.arange(matrix.shape[1]), self.kept)
        basis = np.zeros((matrix.shape[1], len(dropped)))
        basis[self.kept] = np.linalg.lstsq(matrix[:, self.kept], matrix[:, dropped], rcond=None)[0]
        basis[dropped] = -np.eye(len(dropped))
        return basis

    def full_rows(self, grid: pd.DataFrame) -> NDArray[np.float64]:
        """Rows of the predictor for given values of its variables, aliased columns included.

        Parameters
        ----------
        grid : DataFrame, m rows
            Has every variable of the right side.

        Returns
        -------
        ndarray, shape (m, P)

        Raises
        ------
        MethodError
            A variable is missing or has a level that the fit does not know.
        """
        columns = {}
        for name in self.variables:
            if name not in grid:
                raise MethodError(f"`{self.formula}`: the rows to predict have no column `{name}`.")
            columns[name] = self._typed(name, grid[name])
        rows = self.spec.get_model_matrix(pd.DataFrame(columns, index=grid.index), context={})
        return np.asarray(rows, dtype=np.float64)

    def rows_for(self, grid: pd.DataFrame) -> NDArray[np.float64]:
        """Rows of the predictor for given values of its variables, in the columns of `X`.

        Parameters
        ----------
        grid : DataFrame, m rows
            Has every variable of the right side.

        Returns
        -------
        ndarray, shape (m, p)
        """
        return self.full_rows(grid)[:, self.kept]

    def estimable(self, rows: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which rows have the same value whatever is chosen for the aliased columns.

        Parameters
        ----------
        rows : ndarray, shape (m, P)
            From `full_rows`, or combinations of them.

        Returns
        -------
        ndarray of bool, shape (m,)
        """
        outside = np.sum((rows @ self.null_space) ** 2, axis=1)
        return outside <= ESTIMABLE_TOLERANCE * np.maximum(np.sum(rows**2, axis=1), 1e-300)

    def _typed(self, name: str, values: pd.Series) -> pd.Series:
        if name not in self.levels:
            return pd.to_numeric(values).astype("float64")
        unknown = set(values) - set(self.levels[name])
        if unknown:
            raise MethodError(
                f"`{name}`: {plural(len(unknown), 'level')} not in the fit; expected {listed(self.levels[name])}."
            )
        if not isinstance(self.data[name].dtype, pd.CategoricalDtype):  # a number inside C()
            return values
        # As objects: pandas warns of categories that no row has.
        return pd.Series(pd.Categorical(values.astype(object), categories=list(self.levels[name])), index=values.index)


def independent(matrix: NDArray[np.float64]) -> NDArray[np.intp]:
    """Columns that do not depend linearly on the columns before them.

    Each column is projected twice on what is kept so far, so that rounding does not hide a dependence.

    Parameters
    ----------
    matrix : ndarray, shape (n, P)

    Returns
    -------
    ndarray of int, shape (p,)
    """
    lengths = np.linalg.norm(matrix, axis=0)
    if _surely_independent(matrix, lengths):
        return np.arange(matrix.shape[1])
    basis = np.zeros((matrix.shape[0], min(matrix.shape)), order="F")
    kept: list[int] = []
    for column in np.flatnonzero(lengths > 0):
        if len(kept) == basis.shape[1]:
            break
        rest = matrix[:, column] / lengths[column]
        for _ in range(2):
            known = basis[:, : len(kept)]
            rest = rest - known @ (known.T @ rest)
        left = np.linalg.norm(rest)
        if left > ALIAS_TOLERANCE:
            basis[:, len(kept)] = rest / left
            kept.append(int(column))
    return np.array(kept, dtype=np.intp)


def _surely_independent(matrix: NDArray[np.float64], lengths: NDArray[np.float64]) -> bool:
    """Whether every column keeps at least a thousandth of its length, told ten times faster than by projecting."""
    if matrix.shape[0] < matrix.shape[1] or not (lengths > 0).all():
        return False
    cross_products = matrix.T @ matrix / np.outer(lengths, lengths)
    return bool(np.linalg.eigvalsh(cross_products)[0] > 1e-6)
