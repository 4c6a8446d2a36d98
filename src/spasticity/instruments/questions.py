"""The items of an instrument: their keys and the answers they take. Never their wording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

ItemKind = Literal["integer", "number", "clock", "grade", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question or one examined thing.

    Parameters
    ----------
    key : str
        Its name in `ANSWERS.item` and as a column of a wide table.
    kind : str
        `integer`, `number`, `clock` (HH:MM), `grade` (of the Ashworth family) or `text` (only whether it is there).
    low, high : float, optional
        Closed range of possible answers.
    allowed : tuple of float
        The only answers there are, where they are not all steps of the range.
    reverse : bool
        Whether the answer is turned round, low + high - answer, before it is scored.
    optional : bool
        Whether a wide table may lack its column.
    not_applicable : bool
        Whether `NA`, `N/A` or `not applicable` is an answer, which is not zero and not missing.
    not_testable : bool
        Whether `NT` is an answer, which leaves the score unknown.
    midpoint : bool
        Whether a range such as `30 to 60` is read as its middle; the change is a repair.
    coding : str
        For a grade: the numbers it is scored by.
    """

    key: str
    kind: ItemKind = "integer"
    low: float | None = None
    high: float | None = None
    allowed: tuple[float, ...] = ()
    reverse: bool = False
    optional: bool = False
    not_applicable: bool = False
    not_testable: bool = False
    midpoint: bool = False
    coding: str = ""

    @property
    def expected(self) -> str:
        """The answers it takes, in words."""
        more = ", or N/A" if self.not_applicable else ", or NT" if self.not_testable else ""
        return self._plainly() + more

    def _plainly(self) -> str:
        if self.allowed:
            return f"one of {', '.join(f'{value:g}' for value in self.allowed)}"
        if self.kind == "clock":
            return "a clock time such as 22:30"
        if self.kind == "grade":
            return "a grade such as 1+"
        words = {"integer": "a whole number", "number": "a number", "text": "text"}[self.kind]
        if self.low is not None and self.high is not None:
            return f"{words} from {self.low:g} to {self.high:g}"
        return words if self.low is None else f"{words} of at least {self.low:g}"


def items(keys: Iterable[str], low: float, high: float, **more: Any) -> tuple[Item, ...]:
    """Items that share one range.

    Parameters
    ----------
    keys : iterable of str
        Their names.
    low, high : float
        The range.
    **more : object
        Further fields of `Item`, for all of them.

    Returns
    -------
    tuple of Item
    """
    return tuple(Item(key=key, low=low, high=high, **more) for key in keys)


def numbered(prefix: str, count: int) -> tuple[str, ...]:
    """Item keys with a running number: `q1`, `q2`.

    Parameters
    ----------
    prefix : str
        Before the number.
    count : int
        How many.

    Returns
    -------
    tuple of str
    """
    return tuple(f"{prefix}{number}" for number in range(1, count + 1))
