"""Formulas in the words of formulaic, and the names their columns get."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import MethodError, listed
from spasticity.wording import plural

Coding = Literal["treatment", "sum"]

EXAMPLE = "Write it like `change ~ baseline + arm`."


@lru_cache(maxsize=64)  # simulations and imputations fit one formula thousands of times
def parsed(formula: str) -> Any:
    """A formula with one outcome on its left side.

    Parameters
    ----------
    formula : str
        Such as `change ~ baseline + arm`.

    Returns
    -------
    formulaic.Formula
        With `lhs` and `rhs`.

    Raises
    ------
    MethodError
        When it cannot be read or has no outcome.
    """
    from formulaic import Formula  # costs a quarter of a second, so only who fits pays
    from formulaic.errors import FormulaicError

    try:
        parts = Formula(formula)
    except FormulaicError as error:
        why = str(error).splitlines()[0].rstrip(".")
        raise MethodError(f"formula {formula!r} cannot be read: {why}. {EXAMPLE}") from error
    if not hasattr(parts, "lhs") or len(list(parts.lhs)) != 1:
        raise MethodError(f"formula {formula!r} needs one outcome before `~`. {EXAMPLE}")
    return parts


def variables(side: Any) -> list[str]:
    """Columns of the data that one side of a formula needs, in alphabetical order.

    (formulaic's own list forgets the arguments of transformations that learn from the data, such as `center`.)

    Parameters
    ----------
    side : formulaic.SimpleFormula
        `lhs` or `rhs` of a formula.

    Returns
    -------
    list of str
    """
    from formulaic.transforms import TRANSFORMS

    names = set(map(str, side.required_variables))
    for factor in (factor for term in side for factor in term.factors if factor.eval_method.value == "python"):
        try:
            tree = ast.parse(factor.expr, mode="eval")
        except SyntaxError:  # a quoted name with a space; formulaic's list has it
            continue
        names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id not in TRANSFORMS}
    return sorted(names)


def matrix(formula: str, side: Any, data: pd.DataFrame) -> Any:
    """One side of a formula as columns of numbers.

    Parameters
    ----------
    formula : str
        For the message.
    side : formulaic.SimpleFormula
    data : DataFrame
        Complete rows.

    Returns
    -------
    formulaic.ModelMatrix
        An array with its `model_spec`; as a frame it takes twice as long to make.

    Raises
    ------
    MethodError
        When a term cannot be computed.
    """
    from formulaic.errors import FormulaicError

    try:
        with np.errstate(all="ignore"):  # whatever is not finite is refused by `require_finite`
            return side.get_model_matrix(data, context={}, na_action="ignore", output="numpy")
    except FormulaicError as error:
        why = str(error).splitlines()[0].rstrip(".")
        raise MethodError(f"`{formula}`: a term cannot be computed: {why}. {EXAMPLE}") from error


def require_columns(formula: str, variables: Sequence[str], outcomes: pd.DataFrame) -> None:
    """Refuse a formula with a variable that the data do not have.

    Parameters
    ----------
    formula : str
        For the message.
    variables : sequence of str
        What the formula names.
    outcomes : DataFrame

    Raises
    ------
    MethodError
        Names the missing columns and the nearest one there is.
    """
    missing = [name for name in variables if name not in outcomes]
    if not missing:
        return
    near = get_close_matches(missing[0], [str(name) for name in outcomes], n=1)
    hint = f"did you mean `{near[0]}`? " if near else ""
    raise MethodError(
        f"`{formula}`: the data have no column {listed(missing, 'and')}; {hint}there are {listed(outcomes, 'and')}."
    )


def with_coding(right: Any, factors: Sequence[str], coding: Coding) -> Any:
    """The right side with its factors in another coding.

    Parameters
    ----------
    right : formulaic.SimpleFormula
        Terms of the predictor.
    factors : sequence of str
        Variables that are factors.
    coding : str
        `treatment` or `sum`.

    Returns
    -------
    formulaic.SimpleFormula
    """
    if coding == "treatment":
        return right
    from formulaic import Formula

    return Formula(
        [
            ":".join(
                f"C({factor.expr}, contr.sum)" if factor.expr in factors else factor.expr for factor in term.factors
            )
            for term in right
        ]
    )


def term_name(name: str) -> str:
    """A term as it was written, without the coding that was put around its factors.

    Parameters
    ----------
    name : str
        As formulaic calls it.

    Returns
    -------
    str
    """
    return "Intercept" if name == "1" else re.sub(r"C\(([^(),]+), contr\.sum\)", r"\1", name)


def column_name(name: str) -> str:
    """A column as people write it: `arm[T.placebo]` becomes `arm[placebo]`.

    Parameters
    ----------
    name : str
        As formulaic calls it.

    Returns
    -------
    str
    """
    return re.sub(r"\[[TS]\.", "[", term_name(name))


def require_finite(formula: str, y: NDArray[np.float64], matrix: NDArray[np.float64], names: Sequence[str]) -> None:
    """Refuse an outcome or a predictor that a transformation made infinite, and an outcome that is no number.

    Parameters
    ----------
    formula : str
        For the message.
    y : ndarray, shape (n, 1)
        The outcome.
    matrix : ndarray, shape (n, P)
        The predictor.
    names : sequence of str
        Its columns.

    Raises
    ------
    MethodError
    """
    if y.ndim != 2 or y.shape[1] != 1:
        raise MethodError(f"`{formula}`: the outcome before `~` must be one column of numbers.")
    for name, values in (("the outcome", y[:, 0]), *zip(names, matrix.T, strict=True)):
        broken = int((~np.isfinite(values)).sum())
        if broken:
            raise MethodError(
                f"`{formula}`: {name} is not a finite number in {plural(broken, 'row')}, such as the logarithm of 0; "
                "leave these rows out in sight of the reader or choose another transformation."
            )
