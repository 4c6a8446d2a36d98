"""Several hypotheses under one level: the hierarchy that a trial declares before it looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spasticity.errors import MethodError, listed
from spasticity.stats.result import Result, estimate_frame

Array = NDArray[np.float64]
TINY = 1e-12  # what is left of a weight by rounding


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchy:
    """A graph of hypotheses: each has a share of the level, and hands it on when it is rejected.

    Parameters
    ----------
    names : tuple of str
        Hypotheses.
    weights : tuple of float
        Share of the level that each begins with; at most 1 together.
    passes : tuple of tuple of float
        `passes[i][j]` is the part of i's share that goes to j when i is rejected; a row adds up to at most 1.
    words : str
        What it is called, for the method line.

    Raises
    ------
    MethodError
        Sizes that do not fit, names twice, weights or parts below 0 or above 1 together, a hypothesis that hands on to
        itself.

    References
    ----------
    .. [1] Bretz et al. 2009, Stat Med 28:586-604. [from memory]
    """

    names: tuple[str, ...]
    weights: tuple[float, ...]
    passes: tuple[tuple[float, ...], ...]
    words: str = "graphical procedure"

    def __post_init__(self) -> None:
        k, parts = len(self.names), np.array(self.passes, dtype=np.float64)
        if k == 0 or len(set(self.names)) != k or len(self.weights) != k or parts.shape != (k, k):
            raise MethodError(
                f"hierarchy: expected as many different names as weights, and {k} x {k} parts to hand on."
            )
        weights = np.array(self.weights)
        rows = np.vstack([weights, parts])
        if (rows < 0).any() or (rows.sum(axis=1) > 1 + TINY).any() or np.diag(parts).any():
            raise MethodError(
                "hierarchy: weights, and the parts each hypothesis hands on, are from 0 to 1 and at most 1 together; "
                "none hands on to itself."
            )

    @classmethod
    def fixed_sequence(cls, names: Sequence[str]) -> Hierarchy:
        """One after the other, each at the full level, until the first that is not rejected.

        Parameters
        ----------
        names : sequence of str
            In order.

        Returns
        -------
        Hierarchy
        """
        k = len(names)
        return cls(tuple(names), _first(k), tuple(_unit(k, place + 1) for place in range(k)), "fixed sequence")

    @classmethod
    def holm(cls, names: Sequence[str]) -> Hierarchy:
        """All alike: the level is shared out, and what is rejected hands its share to the others.

        Parameters
        ----------
        names : sequence of str

        Returns
        -------
        Hierarchy
        """
        k = len(names)
        each = 1 / (k - 1) if k > 1 else 0.0
        passes = tuple(tuple(0.0 if i == j else each for j in range(k)) for i in range(k))
        return cls(tuple(names), (1 / k,) * k, passes, "Holm's procedure")

    @classmethod
    def gatekeeping(cls, primary: Sequence[str], secondary: Sequence[str]) -> Hierarchy:
        """Primary hypotheses by Holm; their level goes to the secondary ones, by Holm, once all of them are rejected.

        Parameters
        ----------
        primary, secondary : sequence of str

        Returns
        -------
        Hierarchy

        Notes
        -----
        A serial gate: the part that primary hypotheses hand to the secondary ones is very small until they are the
        last, which in the limit is a closed gate.
        """
        names = (*primary, *secondary)
        p, s = len(primary), len(secondary)
        weights = (1 / p,) * p + (0.0,) * s
        gate = 1e-9
        passes = []
        for i in range(p + s):
            here, others = (primary, p - 1) if i < p else (secondary, s - 1)
            row = np.zeros(p + s)
            own = range(p) if here is primary else range(p, p + s)
            through = (gate if others else 1.0) if i < p and s else 0.0
            for j in own:
                if j != i and others:
                    row[j] = (1 - through) / others
            if i < p:
                row[p:] = through / s if s else 0.0
            passes.append(tuple(float(part) for part in row))
        return cls(names, weights, tuple(passes), "gatekeeping, Holm within each family")

    def test(self, p_values: Mapping[str, float], *, level: float = 0.95) -> Result:
        """Test all hypotheses so that a false rejection anywhere has at most the probability 1 - level.

        Parameters
        ----------
        p_values : mapping of str to float
            By hypothesis; each must be there.
        level : float
            Confidence level; 1 - level is shared out.

        Returns
        -------
        Result
            One row per hypothesis in order: `p_value` adjusted, `p_unadjusted`, `rejected`, `rank` (in which it was
            rejected). A hypothesis is rejected at any level from its adjusted p on.

        Raises
        ------
        MethodError
            A hypothesis without p value, or one that is not between 0 and 1.
        """
        absent = [name for name in self.names if name not in p_values or not 0 <= p_values[name] <= 1]
        if absent:
            raise MethodError(f"hierarchy: {listed(absent, 'and')} without a p value between 0 and 1; each needs one.")
        raw = np.array([p_values[name] for name in self.names], dtype=np.float64)
        adjusted, order = self._adjusted(raw)
        rejected = adjusted <= 1 - level + TINY
        rank = pd.array(
            [order.index(place) + 1 if rejected[place] else pd.NA for place in range(len(raw))], dtype="Int64"
        )
        frame = pd.DataFrame(
            {"term": self.names, "estimate": np.nan, "p_value": adjusted, "p_unadjusted": raw, "rejected": rejected}
        )
        return Result(
            frame=estimate_frame(frame.assign(rank=rank)),
            method=f"{self.words} over {len(raw)} hypotheses, level {1 - level:g} for all together",
            n=0,
            level=level,
        )

    def _adjusted(self, raw: Array) -> tuple[Array, list[int]]:
        """Adjusted p values, and the order in which hypotheses would be rejected as the level rises."""
        weights, passes = np.array(self.weights, dtype=np.float64), np.array(self.passes, dtype=np.float64)
        left, order = list(range(len(raw))), []
        adjusted, reached = np.ones(len(raw)), 0.0
        while left:
            ratio = [raw[i] / weights[i] if weights[i] > TINY else np.inf for i in left]
            best = left[int(np.argmin(ratio))]
            reached = max(reached, min(ratio))
            if np.isinf(reached):
                break
            adjusted[best] = min(reached, 1.0)
            order.append(best)
            left.remove(best)
            weights, passes = _without(weights, passes, best, left)
        return adjusted, [*order, *left]


def hochberg(p_values: Mapping[str, float]) -> dict[str, float]:
    """Hochberg's step-up adjusted p values; for independent or positively dependent tests.

    Parameters
    ----------
    p_values : mapping of str to float

    Returns
    -------
    dict of str to float

    References
    ----------
    .. [1] Hochberg 1988, Biometrika 75:800-802. [from memory]
    """
    names = sorted(p_values, key=lambda name: -p_values[name])
    found, least = {}, 1.0
    for rank, name in enumerate(names, start=1):
        least = min(least, rank * p_values[name])
        found[name] = least
    return {name: found[name] for name in p_values}


def _first(k: int) -> tuple[float, ...]:
    return (1.0, *(0.0,) * (k - 1))


def _unit(k: int, place: int) -> tuple[float, ...]:
    return tuple(1.0 if column == place else 0.0 for column in range(k))


def _without(weights: Array, passes: Array, gone: int, left: Sequence[int]) -> tuple[Array, Array]:
    """The graph after a hypothesis is rejected: its share and its edges go on to the others."""
    new_weights, new = weights + weights[gone] * passes[gone], np.zeros_like(passes)
    new_weights[gone] = 0
    for i in left:
        back = passes[i, gone] * passes[gone, i]
        if back < 1 - TINY:
            for j in left:
                if i != j:
                    new[i, j] = (passes[i, j] + passes[i, gone] * passes[gone, j]) / (1 - back)
    return new_weights, new
