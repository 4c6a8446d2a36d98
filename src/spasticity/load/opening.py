"""A file's bytes, fetched once and named by their digest, and the text they hold."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from spasticity.errors import DataError, MethodError
from spasticity.files import digest

MAX_BYTES = 500_000_000  # above it a table does not fit comfortably into the memory of a laptop
# The four-byte marks come first: UTF-32-LE starts with the mark of UTF-16-LE.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
PART = 1 << 18  # bytes looked at together
OVER_ASCII = ("utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1250", "cp1252", "mac-roman")  # ASCII is itself in them
# Pickles and what holds them: reading one may run whatever its writer wanted.
PROGRAMS = (".pkl", ".pickle", ".joblib", ".npy", ".npz", ".rds", ".rda", ".rdata", ".dill", ".xlsm", ".xlsb")
PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
BINARY = (b"\x93NUMPY", b"\x89HDF", b"SQLite format 3", b"PAR1", b"$FL2", b"%PDF", b"\x7fELF", b"MZ\x90")
WORKBOOK, LEGACY = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a file.

    Parameters
    ----------
    name : str
        File name without its folder.
    data : bytes
        All of it.
    """

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Digest of the bytes."""
        return digest(self.data)


def content(path: Path | str) -> Content:
    """The bytes of a regular file of bearable size.

    Parameters
    ----------
    path : Path or str

    Returns
    -------
    Content

    Raises
    ------
    DataError
        When there is no such file, it is not a regular file, or it is too large.
    """
    path = Path(path)
    _refuse_programs(path)
    if not _exists(path):
        near = get_close_matches(path.name, _beside(path), n=1)
        hint = f"did you mean `{near[0]}`?" if near else "check the folder and the spelling."
        raise DataError(f"{path.name}: there is no such file; {hint}")
    if not path.is_file():
        raise DataError(f"{path.name}: this is not a file; name one file, or use `load.study` for a folder.")
    before = path.stat()
    if before.st_size > MAX_BYTES:
        raise DataError(
            f"{path.name}: {before.st_size:,} bytes are more than the {MAX_BYTES:,} that are read at once; split it."
        )
    with path.open("rb") as file:
        data = file.read(before.st_size + 1)
    after = path.stat()
    if len(data) != before.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise DataError(f"{path.name}: the file changed while it was read; wait until it is written, and load again.")
    return Content(path.name, data)


def inside(path: Path, folder: Path) -> bool:
    """Whether a path, its links followed, is in a folder.

    Parameters
    ----------
    path, folder : Path

    Returns
    -------
    bool
        False also when the path cannot be followed.
    """
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError, RuntimeError):  # a name too long, a NUL in it, links in a circle
        return False


def _refuse_programs(path: Path) -> None:
    """Refuse files that run a program when they are read."""
    if path.suffix.lower() in PROGRAMS:
        raise DataError(
            f"{path.name}: files of this kind can run a program when they are read, and are never read; "
            "save the table as CSV or Parquet."
        )


def _beside(path: Path) -> list[str]:
    return [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []


def text_of(source: Content, encoding: str) -> tuple[str, list[str]]:
    """The text of a file, decoded strictly, without its byte-order mark.

    Parameters
    ----------
    source : Content
    encoding : str
        As declared; a byte-order mark in the file outweighs it.

    Returns
    -------
    text : str
        Line ends as they are.
    notes : list of str
        What a reader of the ledger must know about the bytes.

    Raises
    ------
    DataError
        When bytes do not belong to the encoding, or the text holds control characters or nothing at all.
    MethodError
        When the encoding is not known.
    """
    mark = next((name for start, name in MARKS if source.data.startswith(start)), None)
    text = _decoded(source, mark or known_encoding(encoding))
    if not text or text.isspace():
        raise DataError(f"{source.name}: the file is empty; export it again, with its header.")
    _refuse_controls(source, text)
    return text, [f"byte-order mark: {mark.removesuffix('-sig')}"] if mark else []


def utf8_of(source: Content, encoding: str) -> tuple[bytes, list[str]]:
    """The text of a file as `text_of` gives it, in UTF-8.

    Parameters
    ----------
    source : Content
    encoding : str

    Returns
    -------
    data : bytes
        The bytes of the file themselves when they are ASCII: nothing is copied then.
    notes : list of str

    Raises
    ------
    DataError, MethodError
        As `text_of`.
    """
    if codecs.lookup(known_encoding(encoding)).name in OVER_ASCII and _is_plain(source.data):
        _refuse_formats(source)
        return source.data, []
    text, notes = text_of(source, encoding)
    return text.encode("utf-8"), notes


def _is_plain(data: bytes) -> bool:
    """Whether bytes are ASCII with something in them and without control characters."""
    if not data.isascii() or b"\x7f" in data or not data or data.isspace():
        return False
    letters = np.frombuffer(data, dtype=np.uint8)
    return all(_is_written(letters[start : start + PART]) for start in range(0, len(letters), PART))


def _is_written(letters: np.ndarray) -> bool:
    """Whether all that is not a letter, a digit or a mark is a tab or a line end."""
    low = np.count_nonzero(letters < ord(" "))
    return low == sum(np.count_nonzero(letters == ord(mark)) for mark in "\n\t\r")


def known_encoding(encoding: str) -> str:
    """An encoding that Python knows.

    Parameters
    ----------
    encoding : str

    Returns
    -------
    str

    Raises
    ------
    MethodError
    """
    try:
        "a".encode(encoding)
    except LookupError:
        raise MethodError(f"encoding={encoding!r} is not known: expected such as `utf-8` or `cp1252`") from None
    return encoding


def _decoded(source: Content, encoding: str) -> str:
    _refuse_formats(source)
    try:
        return source.data.decode(encoding)
    except UnicodeDecodeError as error:
        line, name = source.data.count(b"\n", 0, error.start) + 1, encoding.removesuffix("-sig")
        raise DataError(
            f"{source.name}: the byte at offset {error.start:,} (line {line:,}) is not {name}; "
            "declare how the file was written, such as encoding='cp1252' for a file saved by Excel on Windows, "
            "or save it again as UTF-8."
        ) from None
    except UnicodeError:
        raise DataError(f"{source.name}: the bytes are not {encoding}; declare the encoding of the file.") from None


def _refuse_formats(source: Content) -> None:
    if source.data.startswith((WORKBOOK, LEGACY)):
        raise DataError(f"{source.name}: this is a workbook or archive, not text; use `load.excel` or save as CSV.")
    if source.data.startswith((*PACKED, *BINARY)):
        raise DataError(f"{source.name}: this is a packed or binary file, not text; unpack it, or save as CSV.")


def _refuse_controls(source: Content, text: str) -> None:
    found = CONTROL.search(text)
    if found is None:
        return
    line = text.count("\n", 0, found.start()) + 1
    code = ord(found[0])
    if code == 0:
        remedy = "declare encoding='utf-16-le' when the file is in UTF-16; otherwise it is damaged, export it again"
    elif 0x7F < code < 0xA0:
        remedy = "the file may be in windows-1252; declare encoding='cp1252'"
    else:
        remedy = "remove it at the source and export again"
    raise DataError(f"{source.name}: the control character U+{code:04X} stands in line {line:,}; {remedy}.")
