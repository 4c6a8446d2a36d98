"""Captions, alt texts and sentences, made from results so that no number is ever typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from spasticity.instruments import Measure, measure
from spasticity.stats.result import Result
from spasticity.wording import interval, level, number, p_value, plural


def caption(what: str, result: Result, *, outcome: str | None = None, more: Iterable[str] = ()) -> str:
    """A caption: what is shown, by which method, with which interval, in how many people, and what is good.

    Parameters
    ----------
    what : str
        What is drawn, without a full stop.
    result : Result
        Gives method, level, n and notes.
    outcome : str, optional
        Id of the measure, for the direction of benefit.
    more : iterable of str
        Further sentences.

    Returns
    -------
    str
    """
    method = result.method
    if "interval" not in method:
        method += f"; {level(result.level)} confidence intervals"
    benefit = measure(outcome).benefit if outcome else ""
    parts = [what, f"{method}; {people(result.n)}", benefit, *more, *result.notes]
    return " ".join(sentence(part) for part in parts if part)


def sentence(text: str) -> str:
    """Words with a capital first and a full stop last.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"


def people(n: int) -> str:
    """How many participants, in words.

    Parameters
    ----------
    n : int

    Returns
    -------
    str
    """
    return plural(int(n), "participant")


def label_of(outcome: str) -> str:
    """The label of an outcome inside a sentence.

    Parameters
    ----------
    outcome : str
        Id of a measure.

    Returns
    -------
    str
    """
    label = measure(outcome).label
    first, *others = label.split()
    named = any(word[:1].isupper() and word[1:2].islower() for word in others)  # the name of an instrument
    return label if named or not first[1:2].islower() else label[0].lower() + label[1:]


def difference_sentence(row: pd.Series, known: Measure, *, at_level: float, visit: str) -> str:
    """A difference between two arms in words, said without judging more than the interval does.

    Parameters
    ----------
    row : Series
        A row of an estimate frame whose term is such as `active - placebo`.
    known : Measure
        What was measured.
    at_level : float
        Confidence level of the interval.
    visit : str
        When.

    Returns
    -------
    str
    """
    arm, reference = str(row["term"]).split(" - ", maxsplit=1)
    if pd.isna(row["estimate"]):
        return f"{arm} against {reference} at {visit}: the data cannot tell."
    size = number(abs(row["estimate"]), known.digits + 1)
    unit = f" {known.unit}" if known.unit and known.unit not in ("0-10",) else ""
    way = "lower" if row["estimate"] < 0 else "higher"
    low, high = row["conf_low"], row["conf_high"]
    within = f"{level(at_level)} CI {interval(low, high, known.digits + 1)}; {p_value(row['p_value'])}"
    open_end = "" if low > 0 or high < 0 else "; the interval includes 0"
    said = f"{arm}: change in {label_of(known.id)} {size}{unit} {way} than {reference} at {visit}"
    return sentence(f"{said} ({within}{open_end})")


def trend_alt(result: Result, outcome: str, term: str) -> str:
    """Alt text of a figure of change by visit: kind, axes, groups and the last values.

    Parameters
    ----------
    result : Result
        Groups `arm` and `visit`.
    outcome : str
        Id of the measure.
    term : str
        Rows to speak of.

    Returns
    -------
    str
    """
    rows = result.frame[result.frame["term"].eq(term) & result.frame["estimate"].notna()]
    last = [visit for visit in rows["visit"].unique() if visit is not None][-1]
    digits = measure(outcome).digits + 1
    ends = [
        f"{row['arm']} {number(row['estimate'], digits)} ({interval(row['conf_low'], row['conf_high'], digits)})"
        for _, row in rows[rows["visit"].eq(last)].iterrows()
    ]
    visits = ", ".join(dict.fromkeys(str(visit) for visit in rows["visit"]))
    return (
        f"Line chart of change in {label_of(outcome)} by visit ({visits}), one line per arm with "
        f"{level(result.level)} confidence intervals. At {last}: {'; '.join(ends)}."
    )


def forest_alt(rows: pd.DataFrame, what: str, at_level: float, digits: int) -> str:
    """Alt text of a forest plot: every row with its interval.

    Parameters
    ----------
    rows : DataFrame
        `name`, `estimate`, `conf_low`, `conf_high`.
    what : str
        What is estimated.
    at_level : float
        Confidence level.
    digits : int
        Decimals.

    Returns
    -------
    str
    """
    parts = [
        f"{row['name']} {number(row['estimate'], digits)} ({interval(row['conf_low'], row['conf_high'], digits)})"
        for _, row in rows.iterrows()
    ]
    return f"Forest plot of {what} with {level(at_level)} confidence intervals: {'; '.join(parts)}."


def joined(parts: Sequence[str]) -> str:
    """Things in a row: `a, b and c`.

    Parameters
    ----------
    parts : sequence of str

    Returns
    -------
    str
    """
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
