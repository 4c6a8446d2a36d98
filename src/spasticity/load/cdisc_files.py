"""The data sets of a CDISC folder as grids: transport files, Dataset-JSON or CSV, each with its SUPP--."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity.errors import DataError, listed, one_of
from spasticity.load.columns import expect_rows
from spasticity.load.dataset_json_files import dataset_json_grid
from spasticity.load.grid import Grid
from spasticity.load.opening import content
from spasticity.load.records import delimited_grid
from spasticity.load.transport_files import transport_grid
from spasticity.wording import plural

KINDS = (".xpt", ".json", ".ndjson", ".csv")


def domain_grid(
    folder: Path, domain: str, *, encoding: str = "utf-8", missing: Sequence[str] = (), rows: int | None = None
) -> Grid:
    """A data set, with the variables that its SUPP-- adds.

    Parameters
    ----------
    folder : Path
    domain : str
        Such as `QS`.
    encoding : str
        Of .xpt and .csv files.
    missing : sequence of str
        Codes for no value; they become empty cells.
    rows : int, optional
        How many records there must be.

    Returns
    -------
    Grid

    Raises
    ------
    DataError
        When there is no file of that name, or two; when the file is damaged; or when a qualifier has no record.
    """
    grid = file_grid(_file(folder, domain), encoding=encoding, missing=missing, verified=rows is not None)
    expect_rows(grid, rows)
    more = _files(folder, f"SUPP{domain}")
    if not more:
        return grid
    extra = file_grid(_file(folder, f"SUPP{domain}"), encoding=encoding, missing=missing)
    return _qualified(grid, extra) if len(extra) else grid


def has_domain(folder: Path, domain: str) -> bool:
    """Whether a folder has a data set.

    Parameters
    ----------
    folder : Path
    domain : str

    Returns
    -------
    bool

    Raises
    ------
    DataError
        When there is no such folder.
    """
    return bool(_files(folder, domain))


def _files(folder: Path, name: str) -> list[Path]:
    if not folder.is_dir():
        raise DataError(f"{folder.name}: there is no such folder; name the folder of the data sets.")
    wanted = [name.lower() + kind for kind in KINDS]
    return sorted(path for path in folder.iterdir() if path.name.lower() in wanted)


def _file(folder: Path, name: str) -> Path:
    found = _files(folder, name)
    if not found:
        raise DataError(
            f"{folder.name}: there is no data set {name}; expected {listed(name.lower() + k for k in KINDS)}."
        )
    if len(found) > 1:
        names = listed([path.name for path in found], "and")
        raise DataError(f"{folder.name}: the data set {name} is there twice, as {names}; keep one of them.")
    return found[0]


def file_grid(
    path: Path | str, *, encoding: str = "utf-8", missing: Sequence[str] = (), verified: bool = False
) -> Grid:
    """A CDISC data set, whichever way it is written.

    Parameters
    ----------
    path : Path or str
        Ends in .xpt, .json, .ndjson or .csv.
    encoding : str
        Of .xpt and .csv files.
    missing : sequence of str
        Codes for no value; they become empty cells, as special missing values do.
    verified : bool
        Whether the caller knows how many records there must be.

    Returns
    -------
    Grid

    Raises
    ------
    DataError
        When the file is damaged or of another kind.
    """
    path = Path(path)
    one_of("the kind of file", path.suffix.lower(), KINDS)
    source, kind = content(path), path.suffix.lower()
    if kind == ".xpt":
        grid, variables = transport_grid(source, encoding=encoding, verified=verified)
        special = {name: tuple(fact.missing) for name, fact in variables.items() if fact.missing}
    else:
        grid = delimited_grid(source, encoding=encoding) if kind == ".csv" else dataset_json_grid(source)
        special = {}
    if grid.torn:
        raise DataError(f"{grid.name}: {grid.torn[0][2]} in line {grid.torn[0][0]:,}; export the data set again.")
    return _without(grid, missing, special)


def _without(grid: Grid, missing: Sequence[str], special: dict[str, tuple[str, ...]]) -> Grid:
    """The grid with empty cells where there is no value; how many is in its notes."""
    columns, counts = (
        dict(grid.columns),
        dict.fromkeys((*missing, *(c for codes in special.values() for c in codes)), 0),
    )
    for name, cells in grid.columns.items():
        codes = (*missing, *special.get(name, ()))
        gone = np.isin(cells, codes) if codes else np.zeros(0, dtype=bool)
        if gone.any():
            for code in codes:
                counts[code] += int(np.count_nonzero(cells == code))
            columns[name] = np.where(gone, "", cells)
    said = ", ".join(f"{n:,} \N{MULTIPLICATION SIGN} {code}" for code, n in counts.items() if n)
    return replace(grid, columns=columns).noting(f"read as no value: {said}" if said else "")


def _qualified(grid: Grid, extra: Grid) -> Grid:
    """The grid with a column for every QNAM of its SUPP--."""
    needed = ("USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL")
    lost = [name for name in needed if name not in extra.columns]
    if lost:
        raise DataError(f"{extra.name}: there is no {listed(lost, 'and no')}; export the supplemental data set again.")
    table = pd.DataFrame({name: extra.columns[name] for name in needed})
    columns = dict(grid.columns)
    places = {key: _places(grid, extra, key) for key in table["IDVAR"].unique()}
    for name, rows in table.groupby("QNAM", sort=False):
        if name in grid.columns:
            raise DataError(f"{extra.name}: QNAM `{name}` is a variable of {grid.name} already; rename it.")
        columns[str(name)] = _column(grid, extra, rows, places)
    taken = f"{plural(len(extra), 'supplemental record')} of {extra.name} joined"
    return replace(grid, columns=columns).noting(taken, *extra.notes)


def _places(grid: Grid, extra: Grid, key: str) -> dict[tuple[str, str], int]:
    """Participant and value of a key variable to their record; without a key, the participant's only one."""
    if key and key not in grid.columns:
        raise DataError(f"{extra.name}: IDVAR names `{key}`, which {grid.name} does not have; export both again.")
    values = grid.columns[key] if key else np.full(len(grid), "", dtype=object)
    found: dict[tuple[str, str], int] = {}
    for place, (person, value) in enumerate(zip(grid.columns["USUBJID"], values, strict=True)):
        found[person, _plain(value)] = -1 if (person, _plain(value)) in found else place
    return found


def _plain(value: str) -> str:
    """A key as a number is written: IDVARVAL is text, the variable it names may be a number."""
    return value.strip().removesuffix(".0").strip()


def _column(grid: Grid, extra: Grid, rows: pd.DataFrame, places: dict[str, dict[tuple[str, str], int]]) -> np.ndarray:
    cells = np.full(len(grid), "", dtype=object)
    seen: set[int] = set()
    for place, person, key, value, said in zip(
        rows.index, rows["USUBJID"], rows["IDVAR"], rows["IDVARVAL"], rows["QVAL"], strict=True
    ):
        record = places[key].get((person, _plain(value)))
        if record is None or record < 0 or record in seen:
            what = (
                "belongs to no record"
                if record is None
                else "belongs to two records"
                if record < 0
                else "is there twice"
            )
            raise DataError(
                f"{extra.name}: record {extra.rows[place]:,} {what} of {grid.name}; export both data sets again."
            )
        seen.add(record)
        cells[record] = said
    return cells
