"""Calculated fields of a REDCap project, calculated again: an export may hold results that are out of date."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from functools import reduce

import numpy as np

from spasticity.load.cells import MINUS

FIELD = re.compile(r"\[([a-z][a-z0-9_]*)\]")
LONGEST = 5_000  # characters; no sum of a questionnaire needs more
OPERATORS: dict[type[ast.operator], Callable[..., np.ndarray]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}


def recalculated(formula: str, cells: Mapping[str, np.ndarray], missing: frozenset[str]) -> np.ndarray | None:
    """What a formula gives in every row.

    Parameters
    ----------
    formula : str
        As in the data dictionary: fields in brackets, + - * / ^, sum, mean, median, min, max, abs, sqrt and round.
    cells : mapping of str to array of object, shape (n,)
        Fields of the export, as text.
    missing : frozenset of str
        Codes that are no number.

    Returns
    -------
    array of float, shape (n,), or None
        Not a number where a field is empty; sum, mean, median, min and max pass over empty fields. None when the
        formula is of another kind, such as one with conditions or with fields of other events.
    """
    names = list(dict.fromkeys(FIELD.findall(formula)))
    text = FIELD.sub(lambda found: f"_{names.index(found[1])}", formula).replace("^", "**")
    if not names or len(formula) > LONGEST or not all(name in cells for name in names):
        return None
    values = {f"_{place}": _numbers(cells[name], missing) for place, name in enumerate(names)}
    try:
        tree = ast.parse(text.strip(), mode="eval")
        with np.errstate(all="ignore"):
            return np.broadcast_to(_value(tree.body, values), len(next(iter(values.values()))))
    except (SyntaxError, LookupError, TypeError, ValueError, RecursionError):
        return None


def differs(texts: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Where exported results are not those of their formula.

    Parameters
    ----------
    texts : array of object, shape (n,)
        As exported.
    values : array of float, shape (n,)
        As calculated again.

    Returns
    -------
    array of bool, shape (n,)
        A result counts as the same when it is within half of its last digit, or both are empty.
    """
    old = _numbers(texts, frozenset())
    decimals = np.array([len(text.partition(".")[2]) for text in texts], dtype=float)
    close = np.abs(old - values) <= 0.5 * 10.0**-decimals * (decimals > 0) + 1e-9
    return ~(close | (np.isnan(old) & np.isnan(values)))


def _numbers(texts: np.ndarray, missing: frozenset[str]) -> np.ndarray:
    plain = re.compile(r"-?(?:\d+\.?\d*|\.\d+)", re.ASCII)
    usual = {text: text.replace(MINUS, "-").strip() for text in set(texts) - missing}
    known = {text: float(number) for text, number in usual.items() if plain.fullmatch(number)}
    return np.array([known.get(text, np.nan) for text in texts], dtype=float)


def _value(node: ast.expr, values: Mapping[str, np.ndarray]) -> np.ndarray:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        return np.asarray(float(node.value))
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, values)
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)](_value(node.left, values), _value(node.right, values))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return FUNCTIONS[node.func.id](*(_value(argument, values) for argument in node.args))
    raise ValueError


def _over(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """A statistic over what is there of several numbers; nothing when nothing is there."""

    def over(*numbers: np.ndarray) -> np.ndarray:
        table = np.vstack(np.broadcast_arrays(*map(np.atleast_1d, numbers)))
        empty = np.isnan(table).all(axis=0)
        return np.where(empty, np.nan, function(np.where(empty, 0.0, table), axis=0))

    return over


def _rounded(number: np.ndarray, digits: np.ndarray | float = 0.0) -> np.ndarray:
    """Half away from zero, as REDCap rounds."""
    scale = 10.0 ** np.asarray(digits)
    return np.sign(number) * np.floor(np.abs(number) * scale + 0.5) / scale


FUNCTIONS: dict[str, Callable[..., np.ndarray]] = {
    "sum": _over(np.nansum),
    "mean": _over(np.nanmean),
    "median": _over(np.nanmedian),
    "min": lambda *numbers: reduce(np.fmin, numbers),
    "max": lambda *numbers: reduce(np.fmax, numbers),
    "abs": np.abs,
    "sqrt": np.sqrt,
    "round": _rounded,
}
