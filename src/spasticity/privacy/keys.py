"""Secret keys of pseudonyms and shifted dates: made once, kept outside the project, never written into a result."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from spasticity.errors import DataError, MethodError
from spasticity.wording import plural

LENGTH = 32  # bytes; HMAC-SHA256 gains nothing from more


def new_key(path: Path | str) -> Path:
    """Make a random key and write it where only its owner can read it.

    Parameters
    ----------
    path : Path or str
        A new file, outside the folder of the project.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        When the file exists: another key would give other pseudonyms.
    """
    return _write_secret(Path(path), secrets.token_bytes(LENGTH))


def _write_secret(path: Path, content: bytes) -> Path:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise DataError(f"{path.name}: the file exists and is not overwritten; name a new one.") from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return path


def read_key(path: Path | str) -> bytes:
    """The key in a file.

    Parameters
    ----------
    path : Path or str

    Returns
    -------
    bytes

    Raises
    ------
    DataError
        When there is none, others can read it, or it is not a random key.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(f"{path.name}: there is no such key; make one with `privacy.new_key`.")
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise DataError(f"{path.name}: others can read the key; take their rights away (chmod 600).")
    return checked_key(path.read_bytes())


def checked_key(key: bytes) -> bytes:
    """The key, when it may be one.

    Parameters
    ----------
    key : bytes

    Returns
    -------
    bytes

    Raises
    ------
    MethodError
        When it is short, all alike, or a password instead of random bytes.
    """
    if not isinstance(key, bytes) or len(key) < LENGTH or len(set(key)) < 8:
        raise MethodError(f"key: expected at least {LENGTH} random bytes; make them with `privacy.new_key`")
    return key


def key_id(key: bytes) -> str:
    """What may be written down of a key: that two results were made with the same one.

    Parameters
    ----------
    key : bytes

    Returns
    -------
    str
        The first eight bytes of its SHA-256, in hexadecimal.
    """
    return hashlib.sha256(checked_key(key)).hexdigest()[:16]


def keyed(key: bytes, purpose: str, study: str, code: str) -> bytes:
    """The HMAC-SHA256 of a participant's code, different for every purpose and study.

    Parameters
    ----------
    key : bytes
    purpose, study, code : str

    Returns
    -------
    bytes
    """
    if "\0" in study or "\0" in code:
        raise DataError("a study or participant code holds a NUL character; remove it.")
    return hmac.new(checked_key(key), f"{purpose}\0{study}\0{code}".encode(), hashlib.sha256).digest()


def canonical_codes(participants: Iterable[str]) -> pd.Series:
    """Codes in one spelling: NFC, without spaces around them, in capitals.

    Parameters
    ----------
    participants : iterable of str
        May repeat.

    Returns
    -------
    Series of str
        Code as given to code in one spelling; every code once.

    Raises
    ------
    DataError
        When a code is missing, or two codes become one.
    """
    given = pd.Series(list(dict.fromkeys(participants)), dtype=object)
    lost = ~given.map(lambda code: isinstance(code, str) and bool(code.strip())).astype(bool)
    if lost.any():
        raise DataError(f"participants: {plural(int(lost.sum()), 'code')} missing or blank; every row needs one.")
    codes = given.map(lambda code: unicodedata.normalize("NFC", code).strip().upper())
    alike = codes.duplicated(keep=False)
    if alike.any():
        raise DataError(
            f"participants: {plural(int(alike.sum()), 'code')} differ only in spaces, letter case or accents; "
            "write each in one way."
        )
    return codes.set_axis(given)
