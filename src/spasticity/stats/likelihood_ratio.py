"""Likelihood ratios of terms as an estimate frame."""

from __future__ import annotations

import pandas as pd
from scipy import stats

from spasticity.stats.result import estimate_frame


def ratio_frame(found: dict[str, tuple[float, float]], n: int) -> pd.DataFrame:
    """Tests as an estimate frame.

    Parameters
    ----------
    found : dict
        For each term twice the difference of log-likelihoods, and the difference of parameters.
    n : int
        Participants.

    Returns
    -------
    DataFrame
    """
    rows = [
        {"term": term, "estimate": float("nan"), "df": float(df), "statistic": max(value, 0.0), "n": n}
        | {"p_value": float(stats.chi2.sf(max(value, 0.0), df))}
        for term, (value, df) in found.items()
    ]
    frame = pd.DataFrame(rows, columns=["term", "estimate", "df", "statistic", "n", "p_value"])
    lost = frame["statistic"].isna() | frame["p_value"].isna()
    frame.loc[lost, ["statistic", "p_value"]] = float("nan")
    return estimate_frame(frame)
