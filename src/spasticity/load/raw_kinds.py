"""What kind of raw recording a file is, by its first bytes."""

from __future__ import annotations

import zipfile
from pathlib import Path

from spasticity.errors import DataError
from spasticity.load import cwa_blocks, geneactiv_pages, gt3x_records, parmay_packets, raw_lines
from spasticity.load.opening import WORKBOOK
from spasticity.load.raw_samples import RawFile

CWA, PARMAY_AT = b"MD\xfc\x03", 512
HEAD = 1 << 14  # holds the 100 lines before the samples of a GENEActiv CSV
KINDS = "Axivity .cwa, GENEActiv .bin, ActiGraph .gt3x, Parmay Matrix .BIN, or raw samples as CSV"


def raw_kind(path: Path) -> str | None:
    """What kind of raw accelerometer recording a file is.

    Parameters
    ----------
    path : Path

    Returns
    -------
    str or None
        `cwa`, `geneactiv`, `gt3x`, `parmay` or `csv`; None when it is none of them, such as a file of epochs.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(CWA):
        return "cwa"
    if head.lstrip(b"\xef\xbb\xbf").startswith(geneactiv_pages.SIGNATURE):
        return "geneactiv"
    if head[PARMAY_AT:].startswith(parmay_packets.SIGNATURE):
        return "parmay"
    if head.startswith(WORKBOOK):
        return "gt3x" if _is_gt3x(path) else None
    return "csv" if raw_lines.is_raw(head) else None


def _is_gt3x(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return bool({"log.bin", "activity.bin"} & set(archive.namelist()))
    except zipfile.BadZipFile:
        return path.suffix.lower() == ".gt3x"


def opened(path: Path, idle: str = "gap") -> RawFile:
    """Open a raw recording.

    Parameters
    ----------
    path : Path
    idle : str
        As in `gt3x_file`.

    Returns
    -------
    RawFile

    Raises
    ------
    DataError
        When there is no such file, or it is of no known kind.
    """
    if not path.is_file():
        raise DataError(f"{path.name}: there is no such file; check the folder and the spelling.")
    kind = raw_kind(path)
    if kind is None:
        raise DataError(f"{path.name}: this is no raw recording that is read ({KINDS}).")
    if kind == "gt3x":
        return gt3x_records.gt3x_file(path, idle)
    reader = {
        "cwa": cwa_blocks.cwa_file,
        "geneactiv": geneactiv_pages.geneactiv_file,
        "parmay": parmay_packets.parmay_file,
        "csv": raw_lines.lines_file,
    }[kind]
    return reader(path)
