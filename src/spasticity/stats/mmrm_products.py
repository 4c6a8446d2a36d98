"""Cross-products of a panel: the only thing the likelihood sees of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from spasticity.stats.mmrm_panel import Panel, Pattern

Array = NDArray[np.float64]
Codes = NDArray[np.intp]

#: Above this many bytes the rows themselves are cheaper to keep than their cross-products.
STORED_BYTES = 512 * 2**20
#: Unless there are this many times fewer of them: then they pay in time what they cost in memory.
CHEAPER = 0.5


@lru_cache
def upper_triangle(size: int) -> tuple[Codes, Codes]:
    """Rows and columns of an upper triangle; remembered, because finding them costs more than using them."""
    return np.triu_indices(size)


class Products(Protocol):
    """Sums over participants of a matrix of each pattern between their scaled rows Z, with q = p + 1 columns."""

    def between(self, weight: Array) -> Array:
        """Sum of Z' W Z for a symmetric matrix of each pattern, (G, T, T): one matrix (q, q)."""

    def moved(self, W: Array, slopes: Sequence[Array], members: Sequence[Codes]) -> Array:
        """Sum of Z' W V W Z for each V, (k, q, q): V of shape (T, T) or (G, T, T), each for its own patterns."""

    def without(self, pattern: int, member: int, z: Array) -> Products:
        """The same without one participant: which of the pattern's, and their scaled rows (m, q)."""

    def through(self, middle: Array) -> Array:
        """Sum of Z B Z' for a symmetric matrix (q, q): one matrix (T, T) for each pattern."""


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """Cross-products of every pair of visits of every pattern, formed once; their cost is flat in participants.

    Parameters
    ----------
    shape : tuple of int
        Patterns G, places T, columns q.
    pattern, early, late : ndarray of int, shape (L,)
        Which pattern and which two places each row of `packed` belongs to.
    packed : ndarray, shape (L, q (q + 1) / 2)
        Upper triangles of the sum over participants of z_a z_b' + z_b z_a', and z_a z_a' on the diagonal.
    """

    shape: tuple[int, int, int]
    pattern: Codes
    early: Codes
    late: Codes
    packed: Array

    def between(self, weight: Array) -> Array:
        """Sum of Z' W Z, (q, q)."""
        return self._unpacked(weight[self.pattern, self.early, self.late][None])[0]

    def _unpacked(self, weights: Array) -> Array:
        """Symmetric matrices from weights of the rows of `packed`, (k, L)."""
        q = self.shape[2]
        packed = weights @ self.packed
        out = np.empty((len(weights), q, q))
        upper, lower = upper_triangle(q)
        out[:, upper, lower] = packed
        out[:, lower, upper] = packed
        return out

    def moved(self, W: Array, slopes: Sequence[Array], members: Sequence[Codes]) -> Array:
        """Sum of Z' W V W Z, (k, q, q)."""
        weights = np.zeros((sum(len(V) for V in slopes), len(self.pattern)))
        start = 0
        for V, own in zip(slopes, members, strict=True):
            lines = slice(None) if len(slopes) == 1 else np.flatnonzero(np.isin(self.pattern, own))
            weights[start : start + len(V), lines] = self._line_weights(W, V, own, lines)
            start += len(V)
        return self._unpacked(weights)

    def _line_weights(self, W: Array, V: Array, own: Codes, lines: Any) -> Array:
        """Elements of W V W that belong to some rows of `packed`, (k, rows)."""
        pattern, early, late = self.pattern[lines], self.early[lines], self.late[lines]
        if V.ndim == 4:
            return (W[own] @ V @ W[own])[:, np.searchsorted(own, pattern), early, late]
        # V is the same for all patterns, so that one matrix product over its elements does: w_ac w_bd + w_ad w_bc.
        c, d = upper_triangle(V.shape[-1])
        left, right = W[pattern, early], W[pattern, late]
        kernel = left[:, c] * right[:, d] + left[:, d] * right[:, c]
        return (V[:, c, d] * np.where(c == d, 0.5, 1.0)) @ kernel.T

    def through(self, middle: Array) -> Array:
        """Sum of Z B Z', (G, T, T)."""
        G, T, q = self.shape
        doubled = 2 * middle
        np.fill_diagonal(doubled, np.diag(middle))
        values = self.packed @ doubled[upper_triangle(q)]
        values = np.where(self.early == self.late, values, values / 2)
        out = np.zeros((G, T, T))
        out[self.pattern, self.early, self.late] = values
        out[self.pattern, self.late, self.early] = values
        return out

    def without(self, pattern: int, member: int, z: Array) -> Stored:  # noqa: ARG002 - a sum knows no members
        """The same without one participant."""
        lines = np.flatnonzero(self.pattern == pattern)
        a, b = upper_triangle(len(z))
        packed = self.packed.copy()
        packed[lines] -= _pairs(np.outer(z, z), a, b, z.shape[1])
        return replace(self, packed=packed)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The scaled rows themselves, for data in which hardly two participants share their visits.

    Parameters
    ----------
    patterns : int
        G.
    pattern : ndarray of int, shape (n,)
        Pattern of each participant, in order.
    Z : ndarray, shape (n, T, q)
        Rows, zero where a participant has no measurement.
    """

    patterns: int
    pattern: Codes
    Z: Array

    def between(self, weight: Array) -> Array:
        """Sum of Z' W Z, (q, q)."""
        flat = self.Z.reshape(-1, self.Z.shape[2])
        return flat.T @ (weight[self.pattern] @ self.Z).reshape(flat.shape)

    def moved(self, W: Array, slopes: Sequence[Array], members: Sequence[Codes]) -> Array:
        """Sum of Z' W V W Z, (k, q, q)."""
        out = []
        for V, own in zip(slopes, members, strict=True):
            for slope in V:
                weight = np.zeros_like(W)
                weight[own] = W[own] @ slope @ W[own]
                out.append(self.between(weight))
        return np.stack(out)

    def through(self, middle: Array) -> Array:
        """Sum of Z B Z', (G, T, T)."""
        each = (self.Z @ middle) @ self.Z.swapaxes(1, 2)
        return np.add.reduceat(each, np.searchsorted(self.pattern, np.arange(self.patterns)), axis=0)

    def without(self, pattern: int, member: int, z: Array) -> Rows:  # noqa: ARG002 - the rows are here
        """The same without one participant."""
        Z = self.Z.copy()
        Z[np.searchsorted(self.pattern, pattern) + member] = 0.0
        return replace(self, Z=Z)


def products(panel: Panel, places: list[Codes], T: int) -> Products:
    """The cross-products of a panel, or its rows where those are smaller.

    Parameters
    ----------
    panel : Panel
    places : list of ndarray of int
        For each pattern the places of its visits in a T x T covariance matrix.
    T : int

    Returns
    -------
    Products
    """
    q = panel.shape[1] + 1
    lines = sum(len(place) * (len(place) + 1) // 2 for place in places)
    if lines * q * (q + 1) // 2 * 8 > STORED_BYTES and lines * (q + 1) / 2 > CHEAPER * panel.participants * T:
        return _rows(panel, places, T)
    return _stored(panel, places, T)


def _stored(panel: Panel, places: list[Codes], T: int) -> Stored:
    q = panel.shape[1] + 1
    packed, which, early, late = [], [], [], []
    for number, (pattern, place) in enumerate(zip(panel.patterns, places, strict=True)):
        a, b = upper_triangle(len(place))
        packed.append(_pairs(_gram(panel, pattern), a, b, q))
        which.append(np.full(len(a), number))
        early.append(place[a])
        late.append(place[b])
    lines = [np.concatenate(parts) for parts in (which, early, late)]
    return Stored((len(places), T, q), lines[0], lines[1], lines[2], np.concatenate(packed))


def _gram(panel: Panel, pattern: Pattern) -> Array:
    """Sum over the participants of a pattern of z z', z all of a participant's scaled rows in one."""
    gram: Array | None = None
    for block in panel.blocks(pattern):
        flat = block.reshape(len(block), -1)
        gram = flat.T @ flat if gram is None else gram + flat.T @ flat
    return np.zeros((0, 0)) if gram is None else gram


def _pairs(gram: Array, a: Codes, b: Codes, q: int) -> Array:
    """Symmetric sums for pairs of visits, packed."""
    m = len(gram) // q
    blocks = gram.reshape(m, q, m, q).transpose(0, 2, 1, 3)[a, b]
    upper, lower = upper_triangle(q)
    packed = blocks[:, upper, lower] + blocks[:, lower, upper]
    packed[a == b] /= 2
    return packed


def _rows(panel: Panel, places: list[Codes], T: int) -> Rows:
    sizes = [len(pattern) for pattern in panel.patterns]
    Z = np.zeros((panel.participants, T, panel.shape[1] + 1))
    start = 0
    for pattern, place in zip(panel.patterns, places, strict=True):
        for block in panel.blocks(pattern):
            Z[start : start + len(block), place] = block
            start += len(block)
    return Rows(len(places), np.repeat(np.arange(len(places)), sizes), Z)
