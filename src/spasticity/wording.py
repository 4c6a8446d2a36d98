"""Numbers in words: the one place where a number is rounded for reading.

Results keep full precision; tables, sentences, figures and notebooks write numbers through these functions.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\N{MINUS SIGN}"
MISSING = "\N{EN DASH}"


def number(value: float, digits: int = 2) -> str:
    """A number with a fixed count of decimals, rounded half away from zero, with a real minus sign.

    Parameters
    ----------
    value : float
        Any number; missing gives an en dash.
    digits : int
        Decimals to keep.

    Returns
    -------
    str
    """
    if value is None or not math.isfinite(value):
        return MISSING
    # Decimal(repr(x)) rounds the number a reader sees (2.675 to 2.68), not its binary neighbour.
    text = str(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))
    if not any(character in "123456789" for character in text):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def p_value(p: float) -> str:
    """A p value as journals print it: `p = 0.03`, three decimals below 0.01 or where rounding crosses 0.05.

    Parameters
    ----------
    p : float
        Between 0 and 1; missing gives an en dash.

    Returns
    -------
    str
    """
    if p is None or not math.isfinite(p):
        return f"p {MISSING}"
    if p < 0.001:
        return "p < 0.001"
    if p > 0.99:
        return "p > 0.99"
    # 0.0495 must not be printed as 0.05, nor 0.0501 as 0.05 without its third decimal.
    digits = 3 if p < 0.01 or 0.045 <= p < 0.055 else 2
    return f"p = {number(p, digits)}"


def interval(low: float, high: float, digits: int = 2) -> str:
    """An interval in words: `1.2 to 3.4`.

    Parameters
    ----------
    low, high : float
        The limits; one en dash when neither is known.
    digits : int
        Decimals to keep.

    Returns
    -------
    str
    """
    limits = [number(limit, digits) for limit in (low, high)]
    return MISSING if limits == [MISSING, MISSING] else " to ".join(limits)


def percent(count: int, total: int) -> str:
    """A percentage with decimals that fit the denominator: none below 100, one from there.

    Parameters
    ----------
    count, total : int
        Participants with the feature, and all.

    Returns
    -------
    str
    """
    if total == 0:
        return MISSING
    return number(100 * count / total, 0 if total < 100 else 1) + "\N{NO-BREAK SPACE}%"


def level(value: float) -> str:
    """A confidence level in words: 0.95 gives `95 %`.

    Parameters
    ----------
    value : float
        Between 0 and 1.

    Returns
    -------
    str
    """
    return f"{100 * value:g}\N{NO-BREAK SPACE}%"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: `1 row`, `2,400 rows`.

    Parameters
    ----------
    count : int
        How many.
    one, many : str
        The noun in the singular, and the plural when it is not simply with an s.

    Returns
    -------
    str
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
