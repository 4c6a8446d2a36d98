"""Cox's proportional hazards model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError, one_of
from spasticity.stats.chi_squared import ChiSquaredTests
from spasticity.stats.cox_partial import RiskSets, State, Ties, evaluated, maximum, risk_sets, row_scores
from spasticity.stats.design import Design
from spasticity.stats.groups import require
from spasticity.stats.linked import Link, LinkedFit, coefficient_frame
from spasticity.stats.margins import Coefficients
from spasticity.stats.result import estimate_frame
from spasticity.stats.risk_sets import as_flags, steps, survivors
from spasticity.wording import plural

Array = NDArray[np.float64]
Vcov = Literal["model", "robust"]
Scale = Literal["kaplan-meier", "identity", "rank", "log"]

HAZARD = Link(
    name="log hazard",
    mean=np.exp,
    slope=np.exp,
    mean_word="hazard",
    contrast_word="hazard ratios",
    ratio=True,
)


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class CoxFit(LinkedFit):
    """A fitted proportional hazards model; `frame` has the log hazard ratios and beside them the ratios.

    Parameters
    ----------
    frame, method, n, level, notes, coefficients, link
        As for every fit with a link; the intercept is 0 and has no meaning.
    log_likelihood : tuple of float
        Without covariates, and at the estimates.
    events : int
        Rows with the event.
    state, sets, matrix
        How the tests work.
    """

    log_likelihood: tuple[float, float]
    events: int
    state: State
    sets: RiskSets
    matrix: Array

    def means(self, *_: Any, **__: Any) -> NoReturn:
        """There are none: the model compares hazards and leaves the hazard itself open.

        Raises
        ------
        MethodError
            Always.
        """
        raise MethodError("a proportional hazards model has no means; use .contrasts(), or stats.survival for curves.")

    def marginal(self, *_: Any, **__: Any) -> NoReturn:
        """There are none, for the same reason.

        Raises
        ------
        MethodError
            Always.
        """
        self.means()

    def proportionality(self, *, scale: Scale = "kaplan-meier") -> ChiSquaredTests:
        """Test whether the hazard ratio of each term stays the same over time.

        Parameters
        ----------
        scale : str
            Of time, along which a ratio might change: `kaplan-meier` (share with the event so far), `identity`, `rank`
            or `log`.

        Returns
        -------
        ChiSquaredTests
            One row per term, and `all terms`: the score test of a product of the term and time.

        Raises
        ------
        MethodError
            Unknown scale, or a logarithm of time 0.

        References
        ----------
        .. [1] Grambsch & Therneau 1994, Biometrika 81:515-526; the exact score test of R's survival 3. [from memory]
        """
        one_of("scale", scale, ["kaplan-meier", "identity", "rank", "log"])
        g = self._time_scale(scale)[self.state.place]
        score = self._event_rows() - self.state.mean
        first = self.state.information
        cross = np.einsum("e,eab->ab", g, self.state.spread)
        second = np.einsum("e,eab->ab", g**2, self.state.spread)
        u = g @ score
        left = second - cross @ np.linalg.solve(first, cross)
        rows = []
        for name, columns in {**self._term_columns(), "all terms": list(range(len(u)))}.items():
            part = np.ix_(columns, columns)
            chi2 = float(u[columns] @ np.linalg.solve(left[part], u[columns]))
            p = float(stats.chi2.sf(chi2, len(columns)))
            rows.append({"term": name, "estimate": np.nan, "statistic": chi2, "df": len(columns), "p_value": p})
        return ChiSquaredTests(
            frame=estimate_frame(pd.DataFrame(rows).assign(n=self.n)),
            method=f"tests of proportional hazards over time ({scale}); {self.method}",
            n=self.n,
            level=self.level,
            notes=self.notes,
        )

    def likelihood_ratio(self) -> ChiSquaredTests:
        """Likelihood-ratio test of all terms together.

        Returns
        -------
        ChiSquaredTests
        """
        df = len(self.state.values)
        chi2 = 2 * (self.log_likelihood[1] - self.log_likelihood[0])
        row = {"term": "all terms", "estimate": np.nan, "statistic": chi2, "df": df, "n": self.n}
        frame = pd.DataFrame([row | {"p_value": float(stats.chi2.sf(chi2, df))}])
        return ChiSquaredTests(
            frame=estimate_frame(frame),
            method=f"likelihood-ratio test; {self.method}",
            n=self.n,
            level=self.level,
            notes=self.notes,
        )

    def _term_columns(self) -> dict[str, list[int]]:
        """Places of each term among the columns without the intercept."""
        places = [place for place, name in enumerate(self.design.columns) if name != "Intercept"]
        kept = {int(self.design.kept[place]): rank for rank, place in enumerate(places)}
        terms = {
            name: [kept[column] for column in columns if column in kept]
            for name, columns in self.design.terms.items()
            if name != "Intercept"
        }
        return {name: columns for name, columns in terms.items() if columns}

    def _event_rows(self) -> Array:
        """The covariates of each event, in the order of the state."""
        died = np.flatnonzero(self.sets.own >= 0)
        return np.asarray(self.matrix[died[np.argsort(self.sets.own[died], kind="stable")]], dtype=np.float64)

    def _time_scale(self, scale: Scale) -> Array:
        """Each event time on the scale asked for."""
        time = self.sets.time
        if scale == "identity":
            return time
        if scale == "log":
            if (time <= 0).any():
                raise MethodError("scale='log': an event at time 0 has no logarithm; use another scale.")
            return np.asarray(np.log(time), dtype=np.float64)
        data = self.design.data
        if scale == "rank":
            everybody = data[self.design.response].to_numpy(dtype=np.float64)
            below = np.searchsorted(np.sort(everybody), [time, np.nextafter(time, np.inf)])
            return np.asarray((below[0] + below[1] + 1) / 2, dtype=np.float64)
        found = steps(data[self.design.response].to_numpy(dtype=np.float64), self.sets.own >= 0)
        before = np.concatenate(([1.0], survivors(found)[0][:-1]))
        return np.asarray(1 - before[np.searchsorted(found.time, time)], dtype=np.float64)


def cox(
    table: pd.DataFrame,
    formula: str,
    *,
    event: str,
    entry: str | None = None,
    strata: str | Sequence[str] | None = None,
    ties: Ties = "efron",
    vcov: Vcov | None = None,
    reference: str | Mapping[str, Any] | None = None,
    level: float = 0.95,
) -> CoxFit:
    """Fit a proportional hazards model to times to an event.

    Parameters
    ----------
    table : DataFrame
        One row per participant; with `entry` several, one after the other, for covariates that change over time or
        events that come again.
    formula : str
        Such as `days ~ arm + baseline`: left the column with the time of the event, or of the end of observation.
    event : str
        Column that says whether the event came: true or false, or 1 and 0.
    entry : str, optional
        Column with the time from which a row is at risk; otherwise from the beginning.
    strata : str or sequence of str, optional
        Columns within whose levels people are compared, each with a hazard of its own.
    ties : str
        `efron` or `breslow` (SAS's default).
    vcov : str, optional
        `model`, or `robust` (each participant a cluster). When not given: `robust` where somebody has two events.
    reference : str or mapping, optional
        Reference level of `arm`, or of several factors by name; otherwise the first level.
    level : float
        Confidence level.

    Returns
    -------
    CoxFit
        `.contrasts("arm")` gives hazard ratios, `.test()` Wald tests of terms, `.proportionality()` the check.

    Raises
    ------
    MethodError
        Unknown columns, bad times, no event, a participant twice without `entry`, a coefficient without bound.

    References
    ----------
    .. [1] Cox 1972, J R Stat Soc B 34:187-220. [from memory]
    .. [2] Efron 1977, J Am Stat Assoc 72:557-565 (ties). [from memory]
    .. [3] Lin & Wei 1989, J Am Stat Assoc 84:1074-1078 (robust errors). [from memory]
    """
    one_of("ties", ties, ["efron", "breslow"])
    one_of("vcov", vcov, ["model", "robust", None])
    strata = [strata] if isinstance(strata, str) else list(strata or [])
    rows, notes = _rows(table, event, entry, strata)
    design = Design.of(formula, rows, reference={"arm": reference} if isinstance(reference, str) else reference)
    data = design.data
    came = data[event].astype(bool).to_numpy()
    begin = None if entry is None else data[entry].to_numpy(dtype=np.float64)
    _refuse_times(design, came, begin)
    codes = data.groupby(strata, observed=True).ngroup() if strata else pd.Series(0, index=data.index)
    stratum = np.asarray(codes, dtype=np.int64)
    sets = risk_sets(design.y, came, begin, stratum)
    slopes = [place for place, name in enumerate(design.columns) if name != "Intercept"]
    matrix = design.X[:, slopes] - design.X[:, slopes].mean(axis=0)
    names = tuple(design.columns[place] for place in slopes)
    state = maximum(matrix, sets, ties, names)
    none = evaluated(np.zeros(0), matrix[:, :0], sets, ties)
    vcov = vcov or ("robust" if data.loc[came, "participant"].duplicated().any() else "model")
    covariance = np.asarray(np.linalg.inv(state.information), dtype=np.float64)
    if vcov == "robust":
        parts = pd.DataFrame(row_scores(state, matrix, sets)).groupby(data["participant"].to_numpy()).sum().to_numpy()
        covariance = covariance @ (parts.T @ parts) @ covariance
    method = _method(formula, event, ties, vcov, strata)
    fit = Coefficients(
        design=design,
        values=_spread_out(state.values, slopes, len(design.columns)),
        covariance=_squared_out(covariance, slopes, len(design.columns)),
        df=lambda L: np.full(len(L), np.inf),
        method=method,
    )
    frame = coefficient_frame(fit, level, ratio=True)
    return CoxFit(
        frame=estimate_frame(frame[frame["term"].ne("Intercept")]),
        method=method,
        n=design.participants,
        level=level,
        notes=notes + design.notes + (plural(int(came.sum()), "event"),),
        coefficients=fit,
        link=HAZARD,
        log_likelihood=(none.log_likelihood, state.log_likelihood),
        events=int(came.sum()),
        state=state,
        sets=sets,
        matrix=matrix,
    )


def _rows(
    table: pd.DataFrame, event: str, entry: str | None, strata: list[str]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Rows that say whether the event came, with their entry and strata, and a note on the others."""
    needed = ["participant", event, *([entry] if entry else []), *strata]
    require(table, needed)
    rows = table.assign(**{event: as_flags(table[event], event)})
    whole = rows[needed].notna().all(axis=1)
    if entry is None and rows.loc[whole, "participant"].duplicated().any():
        raise MethodError(
            "cox: a participant has several rows; say with `entry` from when each is at risk, or keep the first event."
        )
    lost = int((~whole).sum())
    named = " or ".join(needed[1:])
    return rows[whole], ((f"left out: {named} missing in {plural(lost, 'row')}",) if lost else ())


def _refuse_times(design: Design, came: NDArray[np.bool_], begin: Array | None) -> None:
    if "Intercept" not in design.columns:
        raise MethodError(f"`{design.formula}`: write it with an intercept, which the model then leaves out by itself.")
    if not came.any():
        raise MethodError(f"`{design.formula}`: nobody has the event; there is nothing to model.")
    if (design.y < 0).any():
        raise MethodError(f"`{design.response}` is negative, first at row {design.data.index[design.y < 0][0]}.")
    if begin is None:
        return
    if (begin >= design.y).any():
        row = design.data.index[begin >= design.y][0]
        raise MethodError(f"cox: a row ends before it begins, first at row {row}; entry must be before the time.")
    spans = pd.DataFrame({"who": design.data["participant"].to_numpy(), "begin": begin, "end": design.y})
    spans = spans.sort_values(["who", "begin"])
    if ((spans["begin"] < spans["end"].shift()) & spans["who"].eq(spans["who"].shift())).any():
        raise MethodError("cox: rows of one participant overlap in time; a participant is at risk once at a time.")


def _method(formula: str, event: str, ties: Ties, vcov: Vcov, strata: list[str]) -> str:
    how = {"efron": "Efron", "breslow": "Breslow"}[ties]
    within = f", strata {' and '.join(strata)}" if strata else ""
    errors = ", robust standard errors by participant" if vcov == "robust" else ""
    return f"Cox model of {event} (`{formula}`{within}), ties by {how}{errors}"


def _spread_out(values: Array, places: list[int], size: int) -> Array:
    """Coefficients in all columns, 0 for the intercept."""
    full = np.zeros(size)
    full[places] = values
    return full


def _squared_out(covariance: Array, places: list[int], size: int) -> Array:
    full = np.zeros((size, size))
    full[np.ix_(places, places)] = covariance
    return full
