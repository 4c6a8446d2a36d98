"""How well trials of one occasion repeat: the spread within a person, and what it makes of a difference."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from spasticity.errors import MethodError, one_of
from spasticity.stats.groups import require
from spasticity.stats.raters import icc
from spasticity.stats.result import Result, estimate_frame
from spasticity.wording import level as level_words
from spasticity.wording import plural

WITHIN, COEFFICIENT = "within-person SD (SEM)", "repeatability coefficient"
VARIATION, RATIO = "coefficient of variation (%)", "repeatability ratio"
FORM = "ICC(A,1)"


def repeatability(
    table: pd.DataFrame,
    value: str,
    *,
    trial: str = "trial",
    scale: Literal["difference", "ratio"] = "difference",
    level: float = 0.95,
) -> Result:
    """The spread between trials of one person on one occasion, and the intraclass correlation beside it.

    Parameters
    ----------
    table : DataFrame
        One row per participant and trial of one visit, such as rows of `derive.walk_trials`.
    value : str
        Column of numbers.
    trial : str
        Column that numbers the trials.
    scale : str
        `difference`: in the unit of the value. `ratio`: of the logarithm, for times whose spread grows with their size.
    level : float
        Confidence level, and the share of differences that the repeatability holds.

    Returns
    -------
    Result
        `difference`: `within-person SD (SEM)` and `repeatability coefficient` (that share of the differences of two
        trials of a person is smaller). `ratio`: `coefficient of variation (%)` and `repeatability ratio` (the slower
        of two trials over the other). Then `ICC(A,1)` of those with every trial, of the logarithm when `ratio`. People
        with one trial tell nothing of the spread and are left out and counted.

    Raises
    ------
    MethodError
        Missing columns, a trial twice, a value of 0 or less under a logarithm, or nobody with two trials.

    Notes
    -----
    Variance within: squares about each person's own mean over their degrees of freedom, as in one-way analysis of
    variance; a shift from trial to trial is part of it. Intervals from chi-squared. Coefficient of variation
    100 √(exp(s²) - 1), s of the logarithm; repeatability z √2 s, or exp of it.

    References
    ----------
    .. [1] Bland & Altman 1996, BMJ 313:41 and 313:106. [from memory]
    """
    one_of("scale", scale, ["difference", "ratio"])
    require(table, ["participant", trial, value])
    rows = table[table[value].notna().to_numpy(dtype=bool)]
    _check(rows, value, trial, scale)
    numbers = rows[value].astype("float64")
    rows = rows.assign(**{value: np.log(numbers) if scale == "ratio" else numbers})
    people = rows.groupby("participant")[value]
    several = rows[people.transform("size") > 1]
    n, df = int(several["participant"].nunique()), len(several) - int(several["participant"].nunique())
    if not n:
        raise MethodError(f"{value}: nobody has two trials; repeatability needs some who have.")
    within = several[value] - several.groupby("participant")[value].transform("mean")
    square = float((within**2).sum())
    tail = (1 - level) / 2
    sds = np.sqrt(square / np.array([df, stats.chi2.isf(tail, df), stats.chi2.ppf(tail, df)]))
    alone = int(rows["participant"].nunique()) - n
    reliability = icc(several, value, rater=trial, form=FORM, level=level)
    return Result(
        frame=estimate_frame(
            pd.DataFrame([*_rows(sds, df, n, level, scale), *reliability.frame.to_dict("records")]).assign(value=value),
            ["value"],
        ),
        method=(
            f"repeatability of {value} between trials of a person"
            f"{' (of the logarithm)' if scale == 'ratio' else ''}; {level_words(level)} "
            "intervals from chi-squared and F"
        ),
        n=n,
        level=level,
        notes=((f"left out: {plural(alone, 'participant')} with one trial",) if alone else ()) + reliability.notes,
    )


def _rows(sds: np.ndarray, df: int, n: int, level: float, scale: str) -> list[dict[str, Any]]:
    factor = float(stats.norm.isf((1 - level) / 2)) * np.sqrt(2)
    with np.errstate(over="ignore"):
        found = {
            "difference": {WITHIN: sds, COEFFICIENT: factor * sds},
            "ratio": {VARIATION: 100 * np.sqrt(np.expm1(sds**2)), RATIO: np.exp(factor * sds)},
        }[scale]
    names = ("estimate", "conf_low", "conf_high")
    return [{"term": term, **dict(zip(names, row, strict=True)), "df": df, "n": n} for term, row in found.items()]


def _check(rows: pd.DataFrame, value: str, trial: str, scale: str) -> None:
    twice = rows.duplicated(["participant", trial])
    if twice.any():
        raise MethodError(
            f"{plural(int(twice.sum()), 'row repeats', 'rows repeat')} a participant and {trial}, first at row "
            f"{rows.index[twice][0]}; keep the rows of one visit and pace."
        )
    low = rows[value] <= 0
    if scale == "ratio" and low.any():
        raise MethodError(
            f"{value}: {plural(int(low.sum()), 'value')} of 0 or less, first at row {rows.index[low][0]}; a logarithm "
            "needs positive numbers. Use scale='difference'."
        )
