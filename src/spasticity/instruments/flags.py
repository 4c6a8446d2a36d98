"""Why a value is missing or unusual, in words, one text per row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd


def flag_text(reasons: Mapping[str, pd.Series]) -> pd.Series:
    """The reasons that hold in each row, joined by semicolons.

    Parameters
    ----------
    reasons : mapping of str to Series of bool, shape (n,)
        Words, and where they apply; all with one index.

    Returns
    -------
    Series of text, shape (n,)
        Missing where no reason holds.
    """
    masks = np.column_stack([mask.to_numpy(dtype=bool) for mask in reasons.values()])
    code = masks @ (1 << np.arange(len(reasons)))  # each combination of reasons is one number
    words = np.full(1 << len(reasons), None, dtype=object)
    for found in np.flatnonzero(np.bincount(code)):
        words[found] = "; ".join(word for bit, word in enumerate(reasons) if found >> bit & 1) or None
    index = next(iter(reasons.values())).index
    return pd.Series(words[code], index=index).astype(pd.StringDtype("python"))
