"""Several raters or occasions: how much of what they say is about the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError, one_of
from spasticity.stats.groups import require
from spasticity.stats.result import Result, estimate_frame
from spasticity.wording import level as level_words
from spasticity.wording import plural

Array = NDArray[np.float64]
Weights = Literal["quadratic", "linear", "none"]

#: Up to so many people intervals of kappa missed the truth in 6 to 16 % of the stored study
#: (benchmarks/agreement_coverage.py), where 5 % is right: the fewer, the more.
NARROW_UP_TO = 40

#: Names of the forms: McGraw & Wong's, and Shrout & Fleiss's.
FORMS = {
    "ICC(1,1)": "single rating, each participant rated by other raters",
    "ICC(A,1)": "single rating, absolute agreement, raters are a sample: ICC(2,1)",
    "ICC(C,1)": "single rating, consistency, these raters only: ICC(3,1)",
    "ICC(1,k)": "mean of k ratings, each participant rated by other raters",
    "ICC(A,k)": "mean of k ratings, absolute agreement, raters are a sample: ICC(2,k)",
    "ICC(C,k)": "mean of k ratings, consistency, these raters only: ICC(3,k)",
}


NARROW = "the interval of kappa missed in 6 to 16 % of trials with so few people (docs/methods/agreement.md)"


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Reliability(Result):
    """Intraclass correlations, and the variances behind them.

    Parameters
    ----------
    components : DataFrame
        `component` (`participants`, `raters`, `error`), `variance`, `sd`; negative estimates are 0.
    """

    components: pd.DataFrame


def icc(table: pd.DataFrame, value: str, *, rater: str, form: str | None = None, level: float = 0.95) -> Reliability:
    """Intraclass correlation: the share of the variance of ratings that is between people.

    Parameters
    ----------
    table : DataFrame
        One row per rating: `participant`, the rater or occasion, the value.
    value, rater : str
        Columns.
    form : str, optional
        One of `ICC(1,1)`, `ICC(A,1)`, `ICC(C,1)`, `ICC(1,k)`, `ICC(A,k)`, `ICC(C,k)`; all six when not named. Say which
        in a report: they differ. Two occasions of one rater: `ICC(A,1)`.
    level : float
        Confidence level.

    Returns
    -------
    Reliability
        One row per form, its meaning in the column `form`; statistic and p are of the F test that nothing is between
        people, with `df` its second degrees of freedom and `df_between` its first. Participants without a rating from
        every rater are left out and counted.

    Raises
    ------
    MethodError
        Missing columns, text, one rater, fewer than two complete participants, a rating twice, no variance.

    References
    ----------
    .. [1] Shrout & Fleiss 1979, Psychol Bull 86:420-428. [from memory]
    .. [2] McGraw & Wong 1996, Psychol Methods 1:30-46. [from memory]
    """
    if form is not None:
        one_of("form", form, list(FORMS))
    ratings, notes = _square(table, value, rater)
    squares = _mean_squares(ratings)
    rows = [row | {"form": FORMS[row["term"]]} for row in _forms(squares, level) if form in (None, row["term"])]
    n, k = ratings.shape
    return Reliability(
        frame=estimate_frame(pd.DataFrame(rows).assign(n=n, raters=k)),
        method=f"intraclass correlation of {value}, {plural(k, rater)}; {level_words(level)} intervals from F",
        n=n,
        level=level,
        notes=notes,
        components=_components(squares),
    )


def weighted_kappa(
    table: pd.DataFrame, *, first: str, second: str, weights: Weights = "quadratic", level: float = 0.95
) -> Result:
    """Agreement of two ratings on an ordered scale, beyond chance.

    Parameters
    ----------
    table : DataFrame
        One row per participant with two ratings, such as two examiners' grades.
    first, second : str
        Columns: ordered categories of one scale, or whole numbers.
    weights : str
        `quadratic`, `linear`, or `none` for exact agreement only. Say which in a report: they differ.
    level : float
        Confidence level.

    Returns
    -------
    Result
        Term `weighted kappa` (or `kappa`); the statistic and p are of no agreement beyond chance, with the variance
        under that hypothesis. Further columns: `observed` and `expected` (weighted) agreement, `exact` agreement.

    Raises
    ------
    MethodError
        Missing columns, different scales, unordered text with weights, a participant twice, or one grade only.

    References
    ----------
    .. [1] Cohen 1968, Psychol Bull 70:213-220. [from memory]
    .. [2] Fleiss, Cohen & Everitt 1969, Psychol Bull 72:323-327. [from memory]
    """
    one_of("weights", weights, ["quadratic", "linear", "none"])
    counts, notes = _cross_table(table, first, second, weights)
    row = _kappa(counts, _agreement_weights(len(counts), weights), level)
    term = "kappa" if weights == "none" else "weighted kappa"
    how = "" if weights == "none" else f" with {weights} weights"
    n = int(counts.sum())
    return Result(
        frame=estimate_frame(pd.DataFrame([{"term": term, **row, "n": n}])),
        method=f"agreement of {second} with {first}: kappa{how}; {level_words(level)} interval",
        n=n,
        level=level,
        notes=notes + (() if n > NARROW_UP_TO else (NARROW,)),
    )


def _square(table: pd.DataFrame, value: str, rater: str) -> tuple[Array, tuple[str, ...]]:
    """Ratings of complete participants, one row each, and a note on the others."""
    require(table, ["participant", rater, value])
    if not pd.api.types.is_numeric_dtype(table[value].dtype):
        raise MethodError(f"`{value}` is not numeric; agreement of grades is stats.weighted_kappa.")
    twice = table.duplicated(["participant", rater])
    if twice.any():
        raise MethodError(
            f"{plural(int(twice.sum()), 'row repeats', 'rows repeat')} a participant and {rater}, first at row "
            f"{table.index[twice][0]}; keep one rating each."
        )
    wide = table.pivot(index="participant", columns=rater, values=value)  # noqa: PD010 no aggregation is meant
    ratings = wide.dropna().to_numpy(dtype=np.float64)
    if ratings.shape[1] < 2 or len(ratings) < 2:
        raise MethodError(
            f"{value}: {plural(len(ratings), 'participant')} with a rating from each of "
            f"{plural(wide.shape[1], rater)}; expected at least 2 of both."
        )
    if np.ptp(ratings) == 0:
        raise MethodError(f"{value}: every rating is the same; there is no variance to share out.")
    lost = len(wide) - len(ratings)
    return ratings, ((f"left out: {plural(lost, 'participant')} not rated by every {rater}",) if lost else ())


def _mean_squares(ratings: Array) -> dict[str, float]:
    """Mean squares of a table of people by raters."""
    n, k = ratings.shape
    mean = ratings.mean()
    people, raters = ratings.mean(axis=1) - mean, ratings.mean(axis=0) - mean
    left = ratings - mean - people[:, None] - raters[None, :]
    between, judges, error = k * float(people @ people), n * float(raters @ raters), float((left**2).sum())
    return {
        "n": n,
        "k": k,
        "people": between / (n - 1),
        "raters": judges / (k - 1),
        "error": error / ((n - 1) * (k - 1)),
        "within": (judges + error) / (n * (k - 1)),
    }


def _forms(squares: dict[str, float], level: float) -> list[dict[str, Any]]:
    """All six forms, single ratings first."""
    k = squares["k"]
    singles = [_one_way(squares, "within", level), _absolute(squares, level), _one_way(squares, "error", level)]
    means = [row | {name: _mean_of(row[name], k) for name in ("estimate", "conf_low", "conf_high")} for row in singles]
    return [row | {"term": term} for row, term in zip([*singles, *means], FORMS, strict=True)]


def _mean_of(single: float, k: float) -> float:
    """The correlation of the mean of k ratings (Spearman-Brown)."""
    return k * single / (1 + (k - 1) * single)


def _one_way(squares: dict[str, float], noise: str, level: float) -> dict[str, Any]:
    """ICC(1,1), or with the error of two ways ICC(C,1)."""
    n, k = squares["n"], squares["k"]
    between, df = n - 1, (n * (k - 1) if noise == "within" else (n - 1) * (k - 1))
    f = _ratio(squares["people"], squares[noise])
    tail = (1 + level) / 2
    low, high = f / stats.f.ppf(tail, between, df), f * stats.f.ppf(tail, df, between)
    return _tested(f, between, df) | {
        "estimate": _from_f(f, k),
        "conf_low": _from_f(low, k),
        "conf_high": _from_f(high, k),
    }


def _from_f(f: float, k: float) -> float:
    return 1.0 if np.isinf(f) else float((f - 1) / (f + k - 1))


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0 else np.inf


def _absolute(squares: dict[str, float], level: float) -> dict[str, Any]:
    """ICC(A,1), whose interval needs the degrees of freedom of a sum of two mean squares."""
    n, k = squares["n"], squares["k"]
    people, raters, error = squares["people"], squares["raters"], squares["error"]
    r = (people - error) / (people + (k - 1) * error + k * (raters - error) / n)
    row = _tested(_ratio(people, error), n - 1, (n - 1) * (k - 1)) | {"estimate": r}
    if r >= 1:
        return row | {"conf_low": np.nan, "conf_high": np.nan}
    a, b = k * r / (n * (1 - r)), 1 + k * r * (n - 1) / (n * (1 - r))
    df = (a * raters + b * error) ** 2 / ((a * raters) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1)))
    tail, rest = (1 + level) / 2, k * raters + (k * n - k - n) * error
    lower, upper = stats.f.ppf(tail, n - 1, df), stats.f.ppf(tail, df, n - 1)
    return row | {
        "conf_low": float(n * (people - lower * error) / (lower * rest + n * people)),
        "conf_high": float(n * (upper * people - error) / (rest + n * upper * people)),
    }


def _tested(f: float, between: float, df: float) -> dict[str, Any]:
    return {"statistic": f, "df_between": between, "df": df, "p_value": float(stats.f.sf(f, between, df))}


def _components(squares: dict[str, float]) -> pd.DataFrame:
    variance = {
        "participants": (squares["people"] - squares["error"]) / squares["k"],
        "raters": (squares["raters"] - squares["error"]) / squares["n"],
        "error": squares["error"],
    }
    found = np.maximum(list(variance.values()), 0.0)
    return pd.DataFrame({"component": list(variance), "variance": found, "sd": np.sqrt(found)})


def _cross_table(table: pd.DataFrame, first: str, second: str, weights: Weights) -> tuple[Array, tuple[str, ...]]:
    """Counts of first by second rating over the whole scale, and a note on incomplete rows."""
    require(table, [first, second])
    if "participant" in table and table["participant"].duplicated().any():
        raise MethodError(
            "a participant has several rows, which are not independent; compare one muscle, side and visit at a time."
        )
    one, two = table[first], table[second]
    kinds = [isinstance(column.dtype, pd.CategoricalDtype) for column in (one, two)]
    if all(kinds):
        if list(one.cat.categories) != list(two.cat.categories):
            raise MethodError(f"`{first}` and `{second}` have different categories; both must be of one scale.")
        if weights != "none" and not (one.cat.ordered and two.cat.ordered):
            raise MethodError(
                f"`{first}` has no order, so weights mean nothing; order its categories, or weights='none'."
            )
        scale = list(one.cat.categories)
    elif not any(kinds) and all(pd.api.types.is_numeric_dtype(column.dtype) for column in (one, two)):
        values = pd.concat([one, two]).dropna().astype("float64")
        if (values != values.round()).any():
            raise MethodError(
                f"`{first}` or `{second}` is not in whole numbers; agreement of measurements is stats.agreement."
            )
        scale = list(np.arange(values.min(), values.max() + 1)) if len(values) else []
    else:
        raise MethodError(f"`{first}` and `{second}` must both be ordered categories, or both whole numbers.")
    known = one.notna() & two.notna()
    places = [pd.Categorical(column[known].astype(object), categories=scale).codes for column in (one, two)]
    if len(set(places[0]) | set(places[1])) < 2:
        raise MethodError(
            f"{first} and {second}: {plural(int(known.sum()), 'pair')} in one grade; kappa needs two grades."
        )
    counts = np.zeros((len(scale), len(scale)))
    np.add.at(counts, (places[0], places[1]), 1)
    lost = int((~known).sum())
    return counts, ((f"left out: {plural(lost, 'row')} without both ratings",) if lost else ())


def _agreement_weights(k: int, weights: Weights) -> Array:
    """1 for the same grade, less the further apart."""
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1)
    return {"quadratic": 1 - apart**2, "linear": 1 - apart, "none": (apart == 0).astype(np.float64)}[weights]


def _kappa(counts: Array, weight: Array, level: float) -> dict[str, float]:
    """Kappa with its variance, and its test with the variance under chance agreement."""
    n = counts.sum()
    share = counts / n
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    chance = np.outer(rows, columns)
    observed, expected = float((weight * share).sum()), float((weight * chance).sum())
    kappa = (observed - expected) / (1 - expected)
    means = (weight @ columns)[:, None] + (weight.T @ rows)[None, :]
    scale = n * (1 - expected) ** 2
    spread = (share * (weight - means * (1 - kappa)) ** 2).sum() - (kappa - expected * (1 - kappa)) ** 2
    null = (chance * (weight - means) ** 2).sum() - expected**2
    error = float(np.sqrt(max(spread, 0) / scale))
    z = kappa / float(np.sqrt(null / scale)) if null > 0 else np.nan
    margin = float(stats.norm.ppf((1 + level) / 2)) * error
    return {
        "estimate": kappa,
        "std_error": error,
        "statistic": z,
        "p_value": 2 * float(stats.norm.sf(abs(z))),
        "conf_low": kappa - margin,
        "conf_high": min(kappa + margin, 1.0),
        "observed": observed,
        "expected": expected,
        "exact": float(np.trace(share)),
    }
