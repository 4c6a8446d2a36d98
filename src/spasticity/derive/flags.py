"""Flags: in words, why a value is missing or unusual. A row may carry several, joined by semicolons."""

from __future__ import annotations

import pandas as pd

TEXT = pd.StringDtype("python")


def unflagged(index: pd.Index) -> pd.Series:
    """No flag on any row.

    Parameters
    ----------
    index : Index, shape (n,)

    Returns
    -------
    Series of str, shape (n,)
        All missing.
    """
    return pd.Series(pd.NA, index=index, dtype=TEXT)


def flagged(flag: pd.Series, rows: pd.Series, words: str | pd.Series) -> pd.Series:
    """Flags with words added to some rows, after what already stands there.

    Parameters
    ----------
    flag : Series of str, shape (n,)
        Flags so far.
    rows : Series of bool, shape (n,)
        Where to add.
    words : str or Series of str, shape (n,)
        What to add.

    Returns
    -------
    Series of str, shape (n,)
    """
    new = words if isinstance(words, pd.Series) else pd.Series(words, index=flag.index)
    new = new.astype(TEXT)
    return flag.where(~rows, (flag + "; " + new).fillna(new))


def has_flag(flag: pd.Series, words: str) -> pd.Series:
    """Where some words are one of the flags of a row.

    Parameters
    ----------
    flag : Series of str, shape (n,)
        Flags joined by semicolons, or missing.
    words : str
        A whole flag, such as `unable`.

    Returns
    -------
    Series of bool, shape (n,)
    """
    text = "; " + flag.astype(object).fillna("").astype(str) + "; "
    return text.str.contains(f"; {words}; ", regex=False).astype(bool)
