"""Grades of the Ashworth family: read as typed, kept as ordered categories, made numbers only by a named coding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from spasticity.errors import DataError, listed, one_of
from spasticity.schema import FAILURE_COLUMNS
from spasticity.wording import plural

#: The grades of the modified scale in their order; `tables.examination.MAS_GRADES` is the same.
MAS_GRADES = ("0", "1", "1+", "2", "3", "4")
#: How each coding writes the grades 0, 1, 1+, 2, 3, 4. The 0-5 rank is the "transformed MAS" of NCT04657666 and
#: NCT04984278; the Ashworth scale is published on 0-4 and on 1-5 and has no 1+.
CODINGS: dict[str, tuple[float | None, ...]] = {
    "rank0_5": (0, 1, 2, 3, 4, 5),
    "conv1_5": (0, 1, 1.5, 2, 3, 4),
    "merged0_4": (0, 1, 1, 2, 3, 4),
    "as0_4": (0, 1, None, 2, 3, 4),
    "as1_5": (1, 2, None, 3, 4, 5),
}
#: What a typed column may be declared as: `mas` is the grades as written, 1+ included; the rest are numbers.
READINGS = ("mas", *CODINGS)
#: What cannot stand in a column of each coding, so that the declaration itself is wrong.
OUTSIDE = {
    "mas": {"5"},
    "rank0_5": {"1+", "1.5"},
    "conv1_5": {"5"},
    "merged0_4": {"5", "1+", "1.5"},
    "as0_4": {"5", "1+", "1.5"},
    "as1_5": {"0", "1+", "1.5"},
}
GRADE = pd.CategoricalDtype(list(MAS_GRADES), ordered=True)
REPAIRED = ["row", "column", "was", "became", "why"]
NOT_A_GRADE = f"a grade is one of {', '.join(MAS_GRADES)}"
BETWEEN = f"{NOT_A_GRADE}; a half grade may be the mean of two raters"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Graded:
    """A column of grades, and what happened to its cells.

    Parameters
    ----------
    grades : Series of ordered category, shape (n,)
        0, 1, 1+, 2, 3, 4; missing where nothing was typed or the cell was refused.
    coding : str
        What the column was read as.
    repairs : DataFrame
        `row, column, was, became, why`: cells that spelled their grade in another way.
    refused : DataFrame
        `row, column, value, rule`: cells that are no grade.
    notes : tuple of str
        What a reader of the column must know.
    """

    grades: pd.Series
    coding: str
    repairs: pd.DataFrame
    refused: pd.DataFrame
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        counts = f"{len(self.repairs):,} repaired, {len(self.refused):,} refused"
        first = f"{_name(self.grades)}: {plural(len(self.grades), 'cell')} read as {self.coding}, {counts}"
        return "\n".join([first, *self.notes])


def read(values: pd.Series, *, coding: str | None = None) -> Graded:
    """A column of typed grades as ordered categories.

    Parameters
    ----------
    values : Series, shape (n,)
        As typed, text or numbers: `1+`, `1 +`, `1,5`, `1.5` and `I+` are all the grade 1+ where grades are written.
    coding : str, optional
        What the column holds: `mas` (the grades as written), or the numbers of `rank0_5`, `conv1_5`, `merged0_4`,
        `as0_4`, `as1_5`. When left out, only a column that contains 1+ or 1.5, or both 0 and 5, can be told.

    Returns
    -------
    Graded

    Raises
    ------
    DataError
        When the coding cannot be told, when two are mixed, or when the column breaks the declared one.
    """
    if values.dtype == GRADE:
        values, coding = values.astype(object), "mas"
    codes, distinct = pd.factorize(values.astype(object))
    words = [spelled(value) for value in distinct]
    chosen = detected(words, where=_name(values)) if coding is None else coding
    one_of("coding", chosen, READINGS)
    _refuse_other_coding(values, np.array([word in OUTSIDE[chosen] for word in [*words, None]])[codes], chosen)
    legend = pd.DataFrame([meaning(value, word, chosen) for value, word in zip(distinct, words, strict=True)])
    legend = legend.reindex(columns=["grade", "why", "rule"], index=range(len(distinct) + 1))  # the last: nothing typed
    cells = legend.iloc[codes].set_index(values.index)
    cells = cells.assign(row=values.index, column=_name(values), was=values, value=values, became=cells["grade"])
    return Graded(
        grades=pd.Series(cells["grade"].astype(GRADE), name=values.name),
        coding=chosen,
        repairs=cells.loc[cells["why"].notna(), REPAIRED].reset_index(drop=True),
        refused=cells.loc[cells["rule"].notna(), FAILURE_COLUMNS].reset_index(drop=True),
        notes=_notes(words, chosen, declared=coding is not None),
    )


def detected(words: Sequence[str | None], *, where: str = "grades") -> str:
    """The coding of an undeclared column, where its values leave no choice.

    Parameters
    ----------
    words : sequence of str
        The distinct values, as `spelled` gives them.
    where : str
        What to call the column in an error.

    Returns
    -------
    str
        `mas` when 1+ is written, `conv1_5` when 1.5 is, `rank0_5` when both 0 and 5 are.

    Raises
    ------
    DataError
        When two codings are mixed, or when more than one coding fits.
    """
    half, five = {"1+", "1.5"} & set(words), "5" in words
    if half and five:
        raise DataError(f"{where}: two codings are mixed, 1+ or 1.5 beside 5. Expected one; split the column first.")
    if half:
        return "mas" if "1+" in half else "conv1_5"
    if five and "0" in words:
        return "rank0_5"
    fits = ("as1_5", "rank0_5") if five else ("mas", "as0_4", "merged0_4", "rank0_5")
    what = "a 5 and no 0" if five else "only whole numbers up to 4"
    if "0" not in words and not five:
        fits, what = (*fits, "as1_5"), f"{what} and no 0"
    if not any(words):
        return "mas"
    raise DataError(
        f"{where}: the coding cannot be told from {what}. Pass coding={listed(fits)}, as the study used it."
    )


def spelled(value: object) -> str | None:
    """A typed cell as the grade or number it spells: `1 +`, `I+` give `1+`; `1,5` gives `1.5`; 2.0 gives `2`.

    Parameters
    ----------
    value : object
        A cell.

    Returns
    -------
    str or None
        `1+`, a number in its shortest form, or None when it spells neither.
    """
    if isinstance(value, (bool, np.bool_)):
        return None
    text = re.sub(r"\s", "", str(value)).replace(",", ".")
    if text in ("1+", "I+"):
        return "1+"
    return f"{float(text):g}" if re.fullmatch(r"\d{1,2}(\.\d+)?", text) else None


def meaning(value: object, word: str | None, coding: str) -> dict[str, str | None]:
    """One value as a grade.

    Parameters
    ----------
    value : object
        A cell.
    word : str or None
        The same, as `spelled` gives it.
    coding : str
        One of `READINGS`.

    Returns
    -------
    dict
        `grade`, with `why` where it is a repair; or the `rule` that refuses it; empty for an empty cell.
    """
    if isinstance(value, str) and not value.strip():
        return {}
    written = coding in ("mas", "conv1_5")
    column = CODINGS["conv1_5" if written else coding]
    pairs = reversed(list(zip(MAS_GRADES, column, strict=True)))  # so that a number 1 and 1+ share is read as 1
    spelling = {f"{number:g}": grade for grade, number in pairs if number is not None}
    grade = "1+" if word == "1+" else spelling.get(word or "")
    if grade is None:
        return {"rule": BETWEEN if word and float(word) % 1 == 0.5 else NOT_A_GRADE}
    changed = written and (word == "1.5" or (isinstance(value, str) and value != grade))
    return {"grade": grade, "why": f"the grade {grade} spelled in another way" if changed else None}


def numbers(grades: pd.Series, coding: str) -> pd.Series:
    """Grades as the numbers of a coding, which is then part of the name.

    Parameters
    ----------
    grades : Series of ordered category, shape (n,)
        0, 1, 1+, 2, 3, 4.
    coding : str
        `rank0_5`, `conv1_5`, `merged0_4` for the modified scale; `as0_4`, `as1_5` for the Ashworth scale.

    Returns
    -------
    Series of float, shape (n,)
        Named after the grades and the coding, such as `grade_rank0_5`; missing stays missing.

    Raises
    ------
    DataError
        When a value is no grade, or the grade 1+ is asked for in a coding of the Ashworth scale, which has none.
    """
    one_of("coding", coding, CODINGS)
    value_of = dict(zip(MAS_GRADES, CODINGS[coding], strict=True))
    mapped = pd.to_numeric(grades.astype(object).map(value_of)).astype("float64")
    lost = grades.notna() & mapped.isna()
    if lost.any():
        raise DataError(
            f"{_name(grades)}: {plural(int(lost.sum()), 'value has', 'values have')} no number in the coding {coding}, "
            f"first at row {lost.idxmax()}; expected grades, {NOT_A_GRADE}, and 1+ only on the modified scale."
        )
    return mapped.rename(f"{_name(grades)}_{coding}")


def value_of(grade: str | None, coding: str) -> float | None:
    """One grade as the number of a coding.

    Parameters
    ----------
    grade : str or None
        Such as `1+`.
    coding : str
        One of `CODINGS`.

    Returns
    -------
    float or None
        None when there is no grade, or the coding has no such grade.
    """
    return None if grade is None else CODINGS[coding][MAS_GRADES.index(grade)]


def _name(values: pd.Series) -> str:
    return "grade" if values.name is None else str(values.name)


def _refuse_other_coding(values: pd.Series, outside: np.ndarray, coding: str) -> None:
    if not outside.any():
        return
    wrong = values[outside]
    rule = f"does not exist in the coding {coding}"
    others = listed(other for other in READINGS if other != coding)
    raise DataError(
        f"{_name(values)}: {plural(len(wrong), 'value')} outside the coding {coding}, first at row {wrong.index[0]}. "
        f"Expected one coding in the whole column; pass coding={others}, as the study used it.",
        pd.DataFrame({"row": wrong.index, "column": _name(values), "value": wrong.to_numpy(), "rule": rule}),
    )


def _notes(words: Sequence[str | None], coding: str, *, declared: bool) -> tuple[str, ...]:
    notes = []
    if not declared and any(words):
        notes.append(f"The coding {coding} was told from the values; pass it to be sure.")
    if coding in ("as0_4", "mas", "merged0_4") and any(words) and "0" not in words:
        notes.append("There is no grade 0 in the column: is it coded 1-5?")
    if coding == "merged0_4":
        notes.append("The grade 1 may have been 1+ before it was merged.")
    return tuple(notes)
