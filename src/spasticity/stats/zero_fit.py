"""Counts with more zeros than a distribution of counts has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats as distributions
from scipy.special import expit, logit

from spasticity.errors import MethodError, one_of
from spasticity.stats.count_families import FAMILIES, POISSON, CountLikelihood, Family
from spasticity.stats.count_fit import check_repeated
from spasticity.stats.count_maximum import CountModel, fitted
from spasticity.stats.count_rows import Counted, counted
from spasticity.stats.design import Design
from spasticity.stats.formulas import Coding, parsed, variables
from spasticity.stats.intercept_model import Predictor
from spasticity.stats.linked import LOG, LinkedFit, coefficient_frame
from spasticity.stats.marginal_means import set_rows, standardised
from spasticity.stats.margins import Coefficients
from spasticity.stats.result import Result
from spasticity.stats.row_likelihood import Maximum, maximum
from spasticity.stats.zero_likelihood import ZeroInflated
from spasticity.wording import number, p_value

Array = NDArray[np.float64]
ZeroFamily = Literal["poisson", "negative-binomial"]

#: Logarithm of a dispersion below which the counts beside the zeros are as even as Poisson counts.
NO_DISPERSION = -10.0

#: Participants below which intervals were measured too narrow: 40 per arm were nearly right.
SMALL = 80

#: A largest share of zeros below this is none.
NO_SHARE = 1e-4


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class ZeroInflatedFit(LinkedFit):
    """A fitted zero-inflated model; `frame` has the coefficients of the counts.

    `.means()` and `.contrasts()` are of the counts of those who can have events; `.marginal()` is of everybody, zeros
    included, and is what a trial's question is about.

    Parameters
    ----------
    frame, method, n, level, notes, coefficients, link, unit
        As for every fit with a link.
    zero_part : Result
        Coefficients of the log odds of a zero that is no count, with odds ratios.
    share : ndarray, shape (n,)
        Fitted chance of such a zero of each row.
    dispersion : float
    log_likelihood, aic : float
    joint : Coefficients
        Coefficients of the counts, then those of the zeros.
    zero_design : Design
    """

    zero_part: Result
    share: Array
    dispersion: float
    log_likelihood: float
    aic: float
    joint: Coefficients
    zero_design: Design

    def marginal(self, factor: str = "arm", *, by: str | Sequence[str] | None = None) -> Result:
        """Rates of everybody, zeros included, at each level of a factor, and their ratios.

        Parameters
        ----------
        factor : str
            Whose levels are set for everybody, in both parts.
        by : str or sequence of str, optional
            Further factors whose levels are set.

        Returns
        -------
        Result
        """
        p = len(self.coefficients.values)

        def logarithm(setting: dict[str, Any]) -> tuple[float, Array]:
            rows, zero_rows = set_rows(self.design, setting), set_rows(self.zero_design, setting)
            rate = np.exp(rows @ self.joint.values[:p])
            share = expit(zero_rows @ self.joint.values[p:])
            total = float(((1 - share) * rate).mean())
            gradient = np.concatenate([((1 - share) * rate) @ rows, -(share * (1 - share) * rate) @ zero_rows])
            return float(np.log(total)), gradient / (len(rows) * total)

        return standardised(
            self.joint, LOG.mean, LOG.slope, factor, by, level=self.level, unit=self.unit, word="marginal rate",
            logarithm=logarithm,
        )  # fmt: skip


def zero_inflated(
    outcomes: pd.DataFrame,
    formula: str,
    *,
    zeros: str = "1",
    exposure: str | None = None,
    family: ZeroFamily = "negative-binomial",
    reference: str | Mapping[str, Any] | None = None,
    coding: Coding = "treatment",
    level: float = 0.95,
) -> ZeroInflatedFit:
    """Counts of independent rows, some of whose zeros come from people who cannot have events, by maximum likelihood.

    Parameters
    ----------
    outcomes : DataFrame
        One row per participant.
    formula : str
        Of the counts, such as `spasms ~ log_baseline + arm`.
    zeros : str
        Right side of the formula of the log odds of a zero that is no count: `1`, or such as `arm`.
    exposure : str, optional
        Column with the time over which each row was counted, its unit in its name.
    family : str
        `negative-binomial` (NB2) or `poisson`, beside the zeros.
    reference : str or mapping, optional
        Reference level of `arm`, or of several factors by name.
    coding : str
        Of factors: `treatment` or `sum`.
    level : float
        Confidence level.

    Returns
    -------
    ZeroInflatedFit

    Raises
    ------
    MethodError
        No more zeros than counts have without inflation, unknown options, repeated rows, no convergence.
    DataError
        Counts or exposures that are none.

    References
    ----------
    .. [1] Lambert 1992, Technometrics 34:1-14. [from memory]
    """
    one_of("family", family, ("negative-binomial", "poisson"))
    if not 0 < level < 1:
        raise MethodError(f"level={level!r} is not between 0 and 1; 0.95 gives 95 % intervals.")
    named = {"arm": reference} if isinstance(reference, str) else dict(reference or {})
    zero_formula = f"{formula.split('~')[0].strip()} ~ {zeros}"
    needed = tuple(variables(parsed(zero_formula).rhs))
    rows = counted(outcomes, formula, exposure=exposure, reference=named, whole=True, coding=coding, needed=needed)
    check_repeated(rows, "expected", "or describe each visit by itself")
    within = {name: value for name, value in named.items() if name in needed}
    zero_design = Design.of(zero_formula, rows.design.data, reference=within, coding=coding)
    kind = FAMILIES[family]
    plain = fitted(rows.design.X, rows.y, rows.offset, kind)
    if zero_design.X.shape[1] == 1:
        _check_excess(plain)
    kind, found = solved(rows, zero_design, plain)
    if float(expit(zero_design.X @ found.values[-zero_design.X.shape[1] :]).max()) < NO_SHARE:
        raise MethodError(_no_excess(plain))
    return _result(rows, zero_design, kind, found, plain, family, level)


def _check_excess(plain: CountModel) -> None:
    """Refuse counts whose likelihood does not rise with a share of further zeros."""
    log_zero = _log_zero(plain)
    if float(np.where(plain.y == 0, np.exp(-log_zero), 0.0).sum()) <= len(plain.y):
        raise MethodError(_no_excess(plain))


def _log_zero(plain: CountModel) -> Array:
    """Logarithm of the chance of a zero of each row, without inflation."""
    a = np.array([np.log(plain.dispersion)]) if plain.dispersion > 0 else np.zeros(1)
    family = plain.family if plain.dispersion > 0 else POISSON
    return CountLikelihood(family, np.zeros(len(plain.y)))(np.log(plain.mean), [a], 1, further=False).eta[0]


def _no_excess(plain: CountModel) -> str:
    expected = number(float(np.exp(_log_zero(plain)).sum()), 1)
    return (
        f"zero inflation: {int((plain.y == 0).sum())} of {len(plain.y)} rows have no event and the model without "
        f"inflation expects {expected}; there is no excess of zeros to model. Use `stats.counts`."
    )


def solved(rows: Counted, zero_design: Design, plain: CountModel) -> tuple[Family, Maximum]:
    """The maximum of the likelihood, and the family that has it.

    Parameters
    ----------
    rows : Counted
    zero_design : Design
    plain : CountModel
        The fit without inflation.

    Returns
    -------
    family : Family
        Poisson where the counts beside the zeros are as even as that.
    maximum : Maximum
        Values are coefficients of the counts, log dispersion if any, coefficients of the zeros.
    """
    p, q = rows.design.X.shape[1], zero_design.X.shape[1]
    share = min(max(float((rows.y == 0).mean()) / 2, 0.02), 0.9)
    zero_start = np.linalg.lstsq(zero_design.X, np.full(len(rows.y), logit(share)), rcond=None)[0]
    raised = np.linalg.lstsq(rows.design.X, np.full(len(rows.y), -np.log1p(-share)), rcond=None)[0]
    predictor = Predictor(rows.design.X, np.arange(p), rows.offset)
    if plain.family.dispersed and plain.dispersion > 0:
        three = (
            predictor,
            Predictor(np.ones((len(rows.y), 1)), np.array([p])),
            Predictor(zero_design.X, np.arange(p + 1, p + 1 + q)),
        )
        start = np.concatenate([plain.values + raised, [np.log(plain.dispersion / 2)], zero_start])
        try:
            found = maximum(ZeroInflated(plain.family, rows.y), three, start, "zero inflation")
        except MethodError:
            found = None
        if found is not None and found.values[p] > NO_DISPERSION:
            return plain.family, found
    places = (predictor, Predictor(zero_design.X, np.arange(p, p + q)))
    start = np.concatenate([plain.values + raised, zero_start])
    return POISSON, maximum(ZeroInflated(POISSON, rows.y), places, start, "zero inflation")


def _result(
    rows: Counted, zero_design: Design, kind: Family, found: Maximum, plain: CountModel, family: str, level: float
) -> ZeroInflatedFit:
    p, n = rows.design.X.shape[1], len(rows.y)
    split = p + kind.dispersed
    covariance: Array = np.asarray(np.linalg.inv(found.information), dtype=np.float64)
    left = float(n - len(found.values))
    offset = f", offset log {rows.exposure}" if rows.exposure else ""
    method = (
        f"zero-inflated {kind.words} model of counts (`{rows.design.formula}`{offset}; zeros "
        f"`~ {zero_design.formula.split('~')[1].strip()}`), maximum likelihood, t with residual degrees of freedom"
    )

    def part(design: Design, places: NDArray[np.intp]) -> Coefficients:
        return Coefficients(
            design=design,
            values=found.values[places],
            covariance=covariance[np.ix_(places, places)],
            df=lambda L: np.full(len(L), left),
            method=method,
        )

    counts, zero = part(rows.design, np.arange(p)), part(zero_design, np.arange(split, len(found.values)))
    people = rows.design.participants
    said = (*_said(rows, zero_design, kind, found, plain, family, p), *_measured(people, family))
    notes = (*rows.notes, *rows.design.notes, *said)
    return ZeroInflatedFit(
        frame=coefficient_frame(counts, level, ratio=True),
        method=method,
        n=people,
        level=level,
        notes=notes,
        coefficients=counts,
        link=LOG,
        unit=rows.unit,
        zero_part=Result(
            frame=coefficient_frame(zero, level, ratio=True), method=f"log odds of a zero that is no count; {method}",
            n=people, level=level, notes=notes,
        ),
        share=np.asarray(expit(zero_design.X @ zero.values)),
        dispersion=float(np.exp(found.values[p])) if kind.dispersed else 0.0,
        log_likelihood=found.log_likelihood,
        aic=2 * len(found.values) - 2 * found.log_likelihood,
        joint=part(rows.design, np.r_[np.arange(p), np.arange(split, len(found.values))]),
        zero_design=zero_design,
    )  # fmt: skip


def _measured(people: int, family: str) -> tuple[str, ...]:
    """What the study of small trials (benchmarks/zeros_coverage.py) found of these intervals, in words."""
    if family == "poisson":
        return (
            "where the counts beside the zeros vary more than Poisson counts, these intervals missed in over 50 %; "
            "family='negative-binomial' finds out (docs/methods/counts.md)",
        )
    if people >= SMALL:
        return ()
    return (
        "without a correction for few participants intervals missed in 6 to 17 % with 12 or 20 people per arm "
        "(docs/methods/counts.md); `stats.counts` errs to the safe side there, and its permutation is right",
    )


def _said(
    rows: Counted, zero_design: Design, kind: Family, found: Maximum, plain: CountModel, family: str, p: int
) -> tuple[str, ...]:
    notes = []
    if kind.name != family:
        notes.append("beside the zeros the counts vary no more than Poisson counts; the dispersion is at its boundary")
    if kind.dispersed:
        notes.append(f"variance of the counts = mean + {number(float(np.exp(found.values[p])), 3)} mean^2")
    if zero_design.X.shape[1] == 1 and kind is plain.family:
        chi2 = max(0.0, 2 * (found.log_likelihood - plain.log_likelihood))
        p_half = 0.5 * float(distributions.chi2.sf(chi2, 1))
        notes.append(f"against no inflation: likelihood ratio {number(chi2)}, half a chi-squared, {p_value(p_half)}")
    shares = expit(zero_design.X @ found.values[p + kind.dispersed :])
    notes.append(
        f"{int((rows.y == 0).sum())} of {len(rows.y)} rows without an event; the model takes a share of "
        f"{number(float(shares.mean()), 2)} for zeros that are no counts"
    )
    return tuple(notes)
