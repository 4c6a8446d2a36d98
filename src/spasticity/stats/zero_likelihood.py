"""The likelihood of counts among which some zeros are of people, or days, that cannot have an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from spasticity.stats.count_families import Family
from spasticity.stats.intercept_model import Derivatives

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ZeroInflated:
    """A share of zeros beside a distribution of counts, up to second derivatives.

    The further predictors are the logarithm of the dispersion, where the family has one, and the log odds of a zero
    that is no count.

    Parameters
    ----------
    family : Family
    y : ndarray of whole numbers, shape (n,)

    References
    ----------
    .. [1] Lambert 1992, Technometrics 34:1-14. [from memory]
    """

    family: Family
    y: Array

    def __call__(self, eta: Array, other: Sequence[Array], order: int, *, further: bool) -> Derivatives:  # noqa: ARG002
        """Derivatives of each row; see `intercept_model.Likelihood`."""
        *dispersion, zeta = other
        rows = self.family.rows(self.y, eta, dispersion[0] if dispersion else np.zeros(1), 2, True)
        nothing, share = self.y == 0, expit(zeta)
        # What a zero says for the counts: 1 where there is an event.
        w = np.where(nothing, expit(np.where(nothing, rows.eta[0], 0.0) - zeta), 1.0)
        both = w * (1 - w)
        slopes = [rows.eta[1], *([rows.other[0][0]] if dispersion else [])]
        value = np.where(nothing, np.logaddexp(zeta, rows.eta[0]), rows.eta[0]) - np.logaddexp(0.0, zeta)

        def mixed(second: Array, one: Array, two: Array) -> Array:
            return w * second + both * one * two

        found = Derivatives([value, w * slopes[0], mixed(rows.eta[2], slopes[0], slopes[0])])
        by_zeta = [np.where(nothing, 1 - w, 0.0) - share, -both * slopes[0]]
        twice_zeta = both - share * (1 - share)
        if not dispersion:
            return Derivatives(found.eta, [by_zeta], {(0, 0): [twice_zeta]})
        by_a = [w * slopes[1], mixed(rows.other[0][1], slopes[0], slopes[1])]
        pairs = {
            (0, 0): [mixed(rows.pairs[0, 0][0], slopes[1], slopes[1])],
            (0, 1): [-both * slopes[1]],
            (1, 1): [twice_zeta],
        }
        return Derivatives(found.eta, [by_a, by_zeta], pairs)
