"""What counts as an identifier, and a finding: where and how many, never what.

The letters are those of the list in 45 CFR 164.514(b)(2)(i), the Safe Harbor rule of HIPAA.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

#: Every kind that is looked for, and its letter in the rule.
KINDS: dict[str, str] = {
    "name": "A",
    "address": "B",
    "postcode": "B",
    "coordinates": "B",
    "date": "C",
    "age over 89": "C",
    "phone number": "D",
    "fax number": "E",
    "email address": "F",
    "social security number": "G",
    "medical record number": "H",
    "health plan number": "I",
    "account number": "J",
    "licence number": "K",
    "vehicle number": "L",
    "device serial number": "M",
    "web address": "N",
    "network address": "O",
    "biometric": "P",
    "photograph": "Q",
    "personal code": "R",
    "roster": "R",
    "free text": "R",  # may hold any of them; rules find only what has a shape
}
Found = Literal["name", "value"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that may tell who a person is, without saying what it is.

    Parameters
    ----------
    place : str
        Such as "column `reason`", "file name" or "header `creator`".
    kind : str
        One of `KINDS`.
    count : int
        Cells in which it was found.
    first : int
        Position of the first of them, from 0.
    by : str
        Whether the `name` of the place or its `value` gave it away.
    """

    place: str
    kind: str
    count: int = 1
    first: int = 0
    by: Found = "value"

    @property
    def letter(self) -> str:
        """The letter of the kind in the Safe Harbor rule."""
        return KINDS[self.kind]

    def at(self, place: str) -> Finding:
        """The same finding at a place that is called differently.

        Parameters
        ----------
        place : str

        Returns
        -------
        Finding
        """
        return replace(self, place=place)


def findings_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Findings as a table.

    Parameters
    ----------
    findings : iterable of Finding

    Returns
    -------
    DataFrame
        `place, kind, letter, cells, first, by`; one row per finding.
    """
    rows = [(f.place, f.kind, f.letter, f.count, f.first, f.by) for f in findings]
    return pd.DataFrame(rows, columns=["place", "kind", "letter", "cells", "first", "by"])
