"""Geometric means and their ratios, adjusted: the published summary of spasm frequency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from spasticity.errors import DataError, MethodError
from spasticity.instruments import measure
from spasticity.stats.linear import Vcov, ancova
from spasticity.stats.linked import LOG, as_ratios, carried
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.selection import at_visit
from spasticity.wording import plural

GEOMETRIC_MEAN = "geometric mean"


def geometric_means(
    outcomes: pd.DataFrame,
    formula: str = "log_value ~ log_baseline + arm + cohort",
    *,
    outcome: str,
    visit: str,
    factor: str = "arm",
    add: float = 0.0,
    reference: str | Mapping[str, Any] | None = None,
    vcov: Vcov = "model",
    level: float = 0.95,
) -> Result:
    """Adjusted geometric means of an outcome at one visit, and their ratios to the reference.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes.
    formula : str
        The model of `log_value`, the logarithm of value plus `add`; `log_baseline` likewise.
    outcome, visit : str
        What is compared, and when.
    factor : str
        Whose levels are compared.
    add : float
        Added before the logarithm where values may be 0, in the unit of the outcome; ratios are of the sums then. There
        is no right size, so nothing is added unless asked for.
    reference : str or mapping, optional
        Reference level of `arm`, or of several factors by name.
    vcov : str
        `model` or `HC3`.
    level : float
        Confidence level.

    Returns
    -------
    Result
        Terms `geometric mean` (less what was added) and such as `oral baclofen / placebo`, groups `outcome, visit` and
        the factor; p values are of the logarithm.

    Raises
    ------
    MethodError
        Zeros without `add`; whatever `stats.ancova` refuses.
    DataError
        Negative values.
    """
    if not add >= 0:
        raise MethodError(f"geometric_means: add={add!r}; expected 0 or more, in the unit of the outcome.")
    rows = outcomes[outcomes["outcome"].eq(outcome).to_numpy(dtype=bool)]
    here, _ = at_visit(rows, outcome, visit, ["value", "baseline"])
    _check(here, outcome, add)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = {f"log_{name}": np.log(rows[name].astype("float64") + add) for name in ("value", "baseline")}
    fit = ancova(
        rows.assign(**logs), formula, outcome=outcome, visit=visit, reference=reference, vcov=vcov, level=level
    )
    means, ratios = fit.means(factor), as_ratios(fit.contrasts(factor), LOG)
    frame = carried(means.frame, np.exp, np.exp).assign(term=GEOMETRIC_MEAN)
    for name in ("estimate", "conf_low", "conf_high"):
        frame[name] -= add
    both = pd.concat([frame, ratios.frame], ignore_index=True).assign(outcome=outcome, visit=visit)
    added = f" after {add:g} was added" if add else ""
    return Result(
        frame=estimate_frame(both, ["outcome", "visit", factor]),
        method=f"geometric means of {measure(outcome).label}{added} and their ratios; {fit.method}",
        n=fit.n,
        level=level,
        notes=fit.notes,
    )


def _check(rows: pd.DataFrame, outcome: str, add: float) -> None:
    values = rows[["value", "baseline"]].astype("float64")
    negative = (values < 0).any(axis=1)
    if negative.any():
        raise DataError(
            f"geometric_means: {outcome} is negative in {plural(int(negative.sum()), 'row')}, first at row "
            f"{rows.index[negative][0]}; a negative value has no logarithm."
        )
    zero = (values == 0).any(axis=1)
    if zero.any() and add == 0:
        raise MethodError(
            f"geometric_means: {outcome} or its baseline is 0 in {plural(int(zero.sum()), 'row')}, and 0 has no "
            "logarithm. Say what to add, such as add=1, or model the counts with `stats.counts`."
        )
