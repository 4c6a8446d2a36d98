"""From answers to one score: how many there are, what they add up to, and when they are too few."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.errors import MethodError
from spasticity.instruments.declarations import Ruled, Scale
from spasticity.instruments.flags import flag_text
from spasticity.instruments.questions import Item
from spasticity.instruments.readings import Reading

NO_ANSWERS = "no answers"
REFUSED = "an answer was refused"
TOO_FEW = "too few answers"
PRORATED = "prorated"
FEW_APPLY = "fewer than half of the items apply"


class Tally:
    """What one scale has so far: the sum of its answers, how many there are, and whether one was refused.

    Parameters
    ----------
    occasions : int
        How many rows.
    """

    def __init__(self, occasions: int) -> None:
        self.total = np.zeros(occasions)
        self.answered = np.zeros(occasions, dtype="int64")
        self.applicable = np.zeros(occasions, dtype="int64")
        self.refused = np.zeros(occasions, dtype=bool)

    def add(self, numbers: np.ndarray, reading: Reading) -> None:
        """One more item.

        Parameters
        ----------
        numbers : array of float, shape (n,)
            Its answers, turned round where the item asks for it.
        reading : Reading
            What happened to its cells.
        """
        there = ~np.isnan(numbers)
        self.total += np.where(there, numbers, 0)
        self.answered += there
        self.applicable += reading.applicable
        self.refused |= reading.refused

    def value(self, scale: Scale) -> np.ndarray:
        """The score by sum or mean, unanswered items counted as the person's own mean.

        Parameters
        ----------
        scale : Scale
            The declaration.

        Returns
        -------
        array of float, shape (n,)
            Not a number where too few items are answered.
        """
        size = len(scale.items)
        # `at_least` is a share of the items that apply: those that do not are neither answered nor missing.
        enough = (self.answered > 0) & (self.answered * size >= scale.needed * self.applicable)
        mean = self.total / np.where(enough, self.answered, np.nan)
        if scale.how == "mean":
            return mean
        # The plain sum where all is answered: a mean times its count may differ from it in the last digit.
        total = np.where(self.answered == size, self.total, mean * size)
        if scale.span is None:
            return total
        lowest, highest = scale.span
        return 100 * (total - lowest) / (highest - lowest)

    def table(self, occasions: pd.DataFrame, scale: Scale, ruled: Ruled | None) -> pd.DataFrame:
        """The score of each occasion, with its flag.

        Parameters
        ----------
        occasions : DataFrame
            `participant`, `visit`, `day` where there are.
        scale : Scale
            The declaration.
        ruled : Ruled or None
            What the form's own function found for this scale.

        Returns
        -------
        DataFrame
            The occasions, then `outcome`, `value`, `n_items`, `flag`.
        """
        if (scale.how == "rule") != (ruled is not None):
            raise MethodError(f"{scale.measure.id}: a scale has a function exactly when it is declared by rule.")
        value = self.value(scale) if ruled is None else ruled.value
        value = np.where(self.refused, np.nan, value)
        reasons = dict(ruled.reasons) if ruled is not None else {
            PRORATED: ~np.isnan(value) & (self.answered < self.applicable),
            FEW_APPLY: 2 * self.applicable < len(scale.items),
        }  # fmt: skip
        none, silent = self.answered == 0, np.isnan(value)
        for mask in reasons.values():
            silent &= ~mask
        reasons = {
            NO_ANSWERS: none & ~self.refused,
            REFUSED: self.refused,
            TOO_FEW: silent & ~none & ~self.refused,
            **reasons,
        }
        flag = flag_text({words: pd.Series(mask, index=occasions.index) for words, mask in reasons.items()})
        outcome = pd.Series(scale.measure.id, index=occasions.index, dtype=flag.dtype)
        return occasions.assign(outcome=outcome, value=value, n_items=pd.array(self.answered, "Int64"), flag=flag)


def reversed_answers(numbers: np.ndarray, item: Item) -> np.ndarray:
    """Answers turned round within their range.

    Parameters
    ----------
    numbers : array of float, shape (n,)
        Answers to an item that has a range.
    item : Item
        The item.

    Returns
    -------
    array of float, shape (n,)
        low + high - answer.

    Raises
    ------
    MethodError
        When the item has no range.
    """
    if item.low is None or item.high is None:
        raise MethodError(f"item {item.key}: only an item with a range can be reversed.")
    return item.low + item.high - numbers
