"""The result of a model of counts, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError
from spasticity.stats import count_profile
from spasticity.stats.chi_squared import ChiSquaredTests
from spasticity.stats.count_families import POISSON, CountLikelihood
from spasticity.stats.count_maximum import CountModel
from spasticity.stats.grid import Weights, cells
from spasticity.stats.hypotheses import Kind, term_rows
from spasticity.stats.linked import LinkedFit
from spasticity.stats.ordinal_terms import liberal
from spasticity.stats.permutations import permuted
from spasticity.stats.result import Result, estimate_frame


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class CountFit(LinkedFit):
    """A fitted model of counts; `frame` has the coefficients on the scale of the logarithm, and their ratios.

    Parameters
    ----------
    frame, method, n, level, notes, coefficients, link, unit
        As for every fit with a link.
    model : CountModel
        The model's own state.
    scale : float
        By which a quasi-Poisson model multiplies its variances; 1 otherwise.
    """

    model: CountModel
    scale: float

    @property
    def dispersion(self) -> float:
        """Of the negative binomial, 1 / theta of other programs; 0 for Poisson models."""
        return self.model.dispersion

    @property
    def log_likelihood(self) -> float:
        """At the estimates, with its constant."""
        return self.model.log_likelihood

    @property
    def aic(self) -> float:
        """Akaike's criterion; the dispersion counts as a parameter."""
        return 2 * (len(self.model.values) + self.model.family.dispersed) - 2 * self.model.log_likelihood

    @property
    def zeros(self) -> tuple[int, float]:
        """Rows without an event, and how many the model expects: far more of them is zero inflation."""
        return int((self.model.y == 0).sum()), float(self._chances(0).sum())

    def distribution(self, highest: int | None = None) -> pd.DataFrame:
        """How many rows have each count, and how many the model expects.

        Parameters
        ----------
        highest : int, optional
            The last count by itself; otherwise the largest there is. All beyond are one row, without a count.

        Returns
        -------
        DataFrame
            `count, observed, expected`; both columns add up to the number of rows.

        Raises
        ------
        MethodError
            Quasi-Poisson models have no distribution.
        """
        self._needs_likelihood()
        y = self.model.y
        last = int(y.max()) if highest is None else int(highest)
        observed = [int((y == count).sum()) for count in range(last + 1)]
        expected = [float(self._chances(count).sum()) for count in range(last + 1)]
        return pd.DataFrame(
            {
                "count": pd.array([*range(last + 1), pd.NA], dtype="Int64"),
                "observed": [*observed, len(y) - sum(observed)],
                "expected": [*expected, len(y) - sum(expected)],
            }
        )

    def _chances(self, count: int) -> NDArray[np.float64]:
        """Fitted chance of a count in each row."""
        model = self.model
        family = model.family if model.dispersion > 0 else POISSON
        a = np.array([np.log(model.dispersion)]) if model.dispersion > 0 else np.zeros(1)
        likelihood = CountLikelihood(family, np.full(len(model.y), float(count)))
        return np.asarray(np.exp(likelihood(np.log(model.mean), [a], 1, further=False).eta[0]))

    def likelihood_ratio(self, term: str | None = None, *, kind: Kind = "III") -> ChiSquaredTests:
        """Likelihood-ratio test of a term, or of each term; the dispersion is estimated anew without it.

        Parameters
        ----------
        term : str, optional
            Such as `arm`; otherwise all but the intercept.
        kind : str
            `III` or `II`.

        Returns
        -------
        ChiSquaredTests
            `statistic` is chi-squared with `df` degrees of freedom.

        Raises
        ------
        MethodError
            Quasi-Poisson models have no likelihood.
        """
        self._needs_likelihood()
        terms = [name for name in self.design.terms if name != "Intercept"] if term is None else [term]
        rows = []
        for name in terms:
            L = term_rows(self.design, name, kind)
            chi2 = count_profile.deviance(self.model, L, np.zeros(len(L)))
            rows.append({"term": name, "estimate": np.nan, "statistic": chi2, "n": self.n})
            rows[-1] |= {"p_value": float(stats.chi2.sf(chi2, len(L))), "df": len(L)}
        return ChiSquaredTests(
            frame=estimate_frame(pd.DataFrame(rows)),
            method=f"likelihood-ratio tests{liberal(self.n)} (type {kind}); {self.method}",
            n=self.n,
            level=self.level,
            notes=self.notes,
        )

    def profile(
        self,
        factor: str = "arm",
        *,
        by: str | Sequence[str] | None = None,
        reference: Any = None,
        weights: Weights = "equal",
        at: Mapping[str, Any] | None = None,
    ) -> Result:
        """Rate ratios with likelihood-ratio p values and profile-likelihood intervals.

        Parameters
        ----------
        factor, by, reference, weights, at
            As for `contrasts`.

        Returns
        -------
        Result
            `statistic` is the signed root of the likelihood ratio.

        Raises
        ------
        MethodError
            Quasi-Poisson models have no likelihood; a limit that is not finite is missing.
        """
        self._needs_likelihood()
        wald = self.contrasts(factor, by=by, reference=reference, weights=weights, at=at)
        by = [by] if isinstance(by, str) else list(by or [])
        grid, rows = cells(self.design, factor, by, weights, at)
        reference = self.design.reference[factor] if reference is None else reference
        frame = wald.frame.copy()
        frame[["std_error", "df", "link_std_error"]] = np.nan
        for place, row in frame.iterrows():
            here = [grid[name].eq(row[name]) for name in by]
            one = [*here, grid[factor].eq(row[factor])]
            two = [*here, grid[factor].eq(reference)]
            L = (rows[np.logical_and.reduce(one)] - rows[np.logical_and.reduce(two)])[:, self.design.kept]
            if np.isnan(row["estimate"]):
                continue
            found = count_profile.profile(self.model, L, self.level)
            frame.loc[place, list(found)] = list(found.values())
        method = wald.method.replace(self.method, f"profile likelihood{liberal(self.n)}; {self.method}")
        return Result(frame=frame, method=method, n=self.n, level=self.level, notes=wald.notes)

    def permutation(
        self, factor: str = "arm", *, within: str | None = None, times: int = 9999, seed: int = 1
    ) -> Result:
        """A check that needs no distribution: the ratio's place among those of shuffled levels.

        Parameters
        ----------
        factor : str
            Whose levels are shuffled among participants.
        within : str, optional
            Column within whose levels they are shuffled, such as a stratum of the randomisation.
        times : int
            Shuffles; all different ones when there are fewer.
        seed : int
            Of the shuffles.

        Returns
        -------
        Result
            One row per comparison with the reference: the rate ratio and interval of the model, and the p value of the
            permutation.
        """
        return permuted(self, factor, within=within, times=times, seed=seed)

    def _needs_likelihood(self) -> None:
        if self.scale != 1:
            raise MethodError("a quasi-Poisson model has no likelihood; use family='negative-binomial', or `.test()`.")
