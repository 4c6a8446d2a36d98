"""The errors of the package, and the words they are made of.

Every message has one grammar: *where: what is wrong, how many, first place; what was expected; what to do.*
A message never contains the value of a cell, because data may be sensitive; the values are in
`DataError.failures` for whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class SpasticityError(Exception):
    """Any error this package raises on purpose; its text says what to do next."""


class DataError(SpasticityError):
    """Data that break a rule.

    Parameters
    ----------
    message : str
        Where, what, how many, first place, what to do. Without cell values.
    failures : DataFrame, optional
        One row per failure: `row`, `column`, `value`, `rule`.
    """

    def __init__(self, message: str, failures: pd.DataFrame | None = None) -> None:
        super().__init__(message)
        self.failures = failures


class MethodError(SpasticityError):
    """A method that cannot give an answer here: too little data, no convergence, a wrong option.

    Parameters
    ----------
    message : str
        What could not be done and what to do instead.
    state : mapping, optional
        The last state of an algorithm that did not converge.
    """

    def __init__(self, message: str, state: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.state = dict(state or {})


def listed(options: Iterable[object], last: str = "or") -> str:
    """Options in words: `a`, `b` or `c`.

    Parameters
    ----------
    options : iterable
        Things to name; each is put in backticks.
    last : str
        The word before the last option.

    Returns
    -------
    str
    """
    names = [f"`{option}`" for option in options]
    if len(names) < 2:
        return "".join(names) or "nothing"
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def one_of(name: str, value: object, options: Iterable[object]) -> None:
    """Refuse an argument that is not one of its options.

    Parameters
    ----------
    name : str
        The argument.
    value : object
        What was passed.
    options : iterable
        What may be passed.

    Raises
    ------
    MethodError
        When `value` is not among `options`; names them all and the nearest one.
    """
    options = list(options)
    if value in options:
        return
    near = get_close_matches(str(value), [str(option) for option in options], n=1)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    raise MethodError(f"{name}={value!r} is not known: expected {listed(options)}{hint}")
