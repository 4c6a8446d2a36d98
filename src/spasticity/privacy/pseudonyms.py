"""Codes in the place of codes: keyed ones that can be made again, random ones that only a link file can undo.

A keyed code is derived from information about the person, so that it is no Safe Harbor code (45 CFR 164.514(c)); it is
pseudonymisation in the sense of the GDPR, and the data stay personal data. A random one may be either.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from spasticity.errors import DataError
from spasticity.privacy.keys import _write_secret, canonical_codes, keyed

PURPOSE = "spasticity/pseudonym/v1"
BYTES = 10  # 80 bits: two of a million people share a code with a chance below 1e-12


def keyed_pseudonyms(participants: Iterable[str], *, key: bytes, study: str) -> pd.Series:
    """Pseudonyms that the same key and study give again.

    Parameters
    ----------
    participants : iterable of str
    key : bytes
        As `read_key` gives it.
    study : str
        Another study gives other pseudonyms, so that people cannot be followed from one to the next.

    Returns
    -------
    Series of str
        Code as given to pseudonym, such as `P-` and sixteen letters and digits.

    Raises
    ------
    DataError
        When two codes become one, or one is missing.
    MethodError
        When the key is none.
    """
    codes = canonical_codes(participants)
    return codes.map(lambda code: _named(keyed(key, PURPOSE, study, code)[:BYTES]))


def random_pseudonyms(participants: Iterable[str], *, link_file: Path | str, outside: Path | str) -> pd.Series:
    """Pseudonyms that say nothing about anybody; which is whose stands in one file.

    Parameters
    ----------
    participants : iterable of str
    link_file : Path or str
        A new CSV file that only its owner can read.
    outside : Path or str
        The folder of what is shared; the link file must not be in it.

    Returns
    -------
    Series of str
        Code as given to pseudonym.

    Raises
    ------
    DataError
        When the link file exists or is inside the folder, or two codes become one.
    """
    link_file = Path(link_file)
    if link_file.resolve().is_relative_to(Path(outside).resolve()):
        raise DataError(f"{link_file.name}: the link file is in the folder that is shared; put it outside.")
    codes = canonical_codes(participants)
    names: dict[str, None] = {}
    while len(names) < len(codes):
        names[_named(secrets.token_bytes(BYTES))] = None
    made = pd.Series(list(names), index=codes.index, dtype=object)
    _write_secret(link_file, made.rename("pseudonym").rename_axis("participant").to_csv().encode("utf-8"))
    return made


def _named(code: bytes) -> str:
    return f"P-{base64.b32encode(code).decode('ascii')}"
