"""Check digits and other rules by which a number tells what it is."""

from __future__ import annotations

import ipaddress
import math
import re
from datetime import date
from itertools import pairwise

NHS_PASS = 1 / 11  # share of random ten-digit numbers that pass; measured as 0.0916 in the dossier
NEVER_ISSUED = ("078051120", "219099999", "123456789")  # social security numbers printed in advertisements
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def digits_of(text: str) -> str:
    """The digits of a text.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return "".join(character for character in text if character in "0123456789")


def is_nhs_number(text: str) -> bool:
    """Whether ten digits are an NHS or CHI number: weights 10 to 2, remainder of 11.

    Parameters
    ----------
    text : str
        Spaces and hyphens are passed over.

    Returns
    -------
    bool
    """
    digits = digits_of(text)
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits, strict=False))
    return (11 - total % 11) % 11 == int(digits[9])


def is_social_security_number(text: str) -> bool:
    """Whether nine digits may be a United States social security number.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    digits = digits_of(text)
    if len(digits) != 9 or digits in NEVER_ISSUED or len(set(digits)) == 1:
        return False
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"


def passes_luhn(text: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    total = 0
    for place, digit in enumerate(reversed(digits_of(text))):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def is_card(text: str) -> bool:
    """Whether 13 to 19 digits are the number of a payment card.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    digits = digits_of(text)
    return 13 <= len(digits) <= 19 and digits[0] in "3456" and len(set(digits)) > 1 and passes_luhn(digits)


def is_provider_number(text: str) -> bool:
    """Whether ten digits are a national provider identifier: Luhn on 80840 and the number.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    digits = digits_of(text)
    return len(digits) == 10 and digits[0] in "12" and passes_luhn("80840" + digits)


def is_network_address(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    try:
        return ipaddress.ip_address(text).version > 0
    except ValueError:
        return False


def is_date(text: str) -> bool:
    """Whether numbers and a month may be a day of the calendar, in any order people write.

    Parameters
    ----------
    text : str
        Such as `2024-03-09`, `9/3/24` or `9th of March`.

    Returns
    -------
    bool
    """
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    word = re.search(r"[A-Za-z]{3,}", re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|\bof\b", " ", text))
    if word:
        return word[0][:3].lower() in MONTHS and any(1 <= number <= 31 for number in numbers[:2])
    if len(numbers) != 3:
        return False
    first, middle, last = numbers
    orders = ((first, middle, last), (last, middle, first), (last, first, middle))
    return any(_is_day(*order) for order in orders)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return False
    return year < 100 or 1900 <= year <= 2100


def is_birth_code(text: str) -> bool:
    """Whether six digits after initials are a date, whichever way round.

    Parameters
    ----------
    text : str
        Such as two letters and six digits.

    Returns
    -------
    bool
    """
    pairs = [int(pair) for pair in re.findall("..", digits_of(text))]
    if len(pairs) != 3:
        return False
    first, middle, last = pairs
    return _is_day(first, middle, last) or _is_day(last, middle, first) or _is_day(last, first, middle)


def chance(passes: int, numbers: int, share: float) -> float:
    """The chance that at least so many of some random numbers pass a check.

    Parameters
    ----------
    passes, numbers : int
    share : float
        Chance of one number.

    Returns
    -------
    float
        The upper tail of the binomial distribution.
    """
    if passes <= 0:
        return 1.0
    if numbers > 1000:  # the tail far above its mean is bounded by Hoeffding's inequality
        excess = passes / numbers - share
        return math.exp(-2 * numbers * excess * excess) if excess > 0 else 1.0
    return sum(
        math.comb(numbers, count) * share**count * (1 - share) ** (numbers - count)
        for count in range(passes, numbers + 1)
    )


def runs_on(numbers: list[int]) -> bool:
    """Whether most numbers follow one another closely, as counters do and birth dates do not.

    Parameters
    ----------
    numbers : list of int

    Returns
    -------
    bool
    """
    steps = [later - earlier for earlier, later in pairwise(sorted(set(numbers)))]
    return bool(steps) and sum(step <= 2 for step in steps) > len(steps) / 2
