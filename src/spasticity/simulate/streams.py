"""Named sources of randomness: what one table draws never moves what another draws."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

#: Gives the generator of a name, such as `draw("diary", "missing")`.
Draw = Callable[..., np.random.Generator]


def stream(seed: int, *names: str) -> np.random.Generator:
    """The generator that belongs to a name under a seed.

    Parameters
    ----------
    seed : int
        Seed of the whole study.
    *names : str
        Table, then quantity.

    Returns
    -------
    Generator
    """
    key = tuple("/".join(names).encode("utf-8"))
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def all_streams(seed: int) -> Draw:
    """All named generators of a seed.

    Parameters
    ----------
    seed : int
        Seed of the whole study.

    Returns
    -------
    callable
    """
    return partial(stream, seed)
