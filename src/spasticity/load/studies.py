"""A folder into a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from spasticity import tables
from spasticity.errors import DataError, listed
from spasticity.files import loud, shipped
from spasticity.load.delimited_text import delimited
from spasticity.load.gate import Identifiers
from spasticity.load.opening import content, inside
from spasticity.load.parquet_files import parquet
from spasticity.load.protocol_toml import Plan, protocol_of, reasons_of, rows_of
from spasticity.load.records import ends_with_a_line
from spasticity.load.study_sources import sources_of
from spasticity.protocol import PROTOCOL_FILE
from spasticity.study import Loaded, Study
from spasticity.wording import plural

TABLES = {schema.name: schema for schema in tables.STUDY_TABLES}
KINDS = (".csv", ".parquet")
# Files of a study folder that are no table of the study; the last four come with a simulated one.
COMPANIONS = (
    "repairs.csv",
    "rejects.csv",
    "identifiers.csv",
    "codebook.csv",
    "design_sources.csv",
    "planted_dosing.csv",
    "planted_sleep.csv",
    "truth.csv",
)


def sample_study() -> Study:
    """The invented study that comes with the package.

    Returns
    -------
    Study

    Raises
    ------
    DataError
        When this installation does not hold it.
    """
    return study(sample_folder())


def raw_sample() -> Study:
    """The invented study as it would really arrive: exports, sheets and logs with planted defects.

    Returns
    -------
    Study
        Some of the participants of `sample_study`; `repairs` and `rejects` name every planted defect.

    Raises
    ------
    DataError
        When this installation does not hold it.
    """
    return study(sample_folder() / "raw")


def sample_folder() -> Path:
    """Where the sample study is: inside an installed package, or in the checkout it runs from.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        When this installation does not hold it.
    """
    folder = shipped("sample", "data/sample", PROTOCOL_FILE)
    if folder is None:
        raise DataError("sample study: this installation does not hold it; install the package again, with its data.")
    return folder


def study(folder: Path | str, *, identifiers: Literal["refuse", "flag", "redact"] = "refuse") -> Study:
    """A study from a folder with a study.toml.

    Parameters
    ----------
    folder : Path or str
        Either one CSV or Parquet file per table beside the study.toml, as `Study.save` writes it; or, when the
        study.toml has [[sources]], the files as they arrived, each with its `loader`, its `file` and its options.
    identifiers : str
        What may tell who a person is: `refuse` the study, `redact` it, or `flag` it and let it in. Where it may stay is
        said with the reason in the study.toml, under [identifiers.<table>] or in a source.

    Returns
    -------
    Study

    Raises
    ------
    DataError
        When the folder, the plan or the structure of a file is not as it must be; says what to do.
    """
    folder = Path(folder)
    plan = _plan(folder)
    protocol, rows = protocol_of(plan), rows_of(plan)
    if "sources" in plan.entries:
        return Study.of(protocol, *sources_of(plan, folder, identifiers))
    paths, reasons = _tables_in(folder, rows), reasons_of(plan, TABLES)
    return Study.of(
        protocol,
        *(
            _table(path, rows.get(path.stem), {"*": identifiers, **reasons.get(path.stem, {})}, plan.entries)
            for path in paths
        ),
    )


def _plan(folder: Path) -> Plan:
    if not folder.exists():
        raise DataError(f"{folder.name}: there is no such folder; check the path.")
    if not folder.is_dir():
        raise DataError(f"{folder.name}: this is a file; name the folder of the study.")
    if not any(folder.iterdir()):
        raise DataError(
            f"{folder.name}: the folder is empty; a study has a {PROTOCOL_FILE}, a participants.csv and further tables."
        )
    if not (folder / PROTOCOL_FILE).exists():
        raise DataError(f"{folder.name}: there is no {PROTOCOL_FILE}; it names the study, its arms and its visits.")
    return Plan(folder / PROTOCOL_FILE)


def _tables_in(folder: Path, rows: dict[str, int]) -> list[Path]:
    """The files of the tables, in canonical order."""
    present = [path.name for path in folder.iterdir() if path.suffix.lower() in KINDS]
    wanted = [f"{name}.csv" for name in TABLES]
    compact = {f"{name}.parquet": f"{name}.csv" for name in TABLES}
    twice = [name for name in present if compact.get(name) in present]
    if twice:
        raise DataError(
            f"{folder.name}: {listed(twice, 'and')} and the CSV file of the same table; one of them is older. Keep one."
        )
    kept = {compact.get(name, name): name for name in present}
    present = list(kept)
    unknown = sorted(set(present) - set(wanted) - set(COMPANIONS))
    lost = [f"{name}.csv" for name in rows if f"{name}.csv" not in present]
    if "participants.csv" not in present and "participants.csv" not in lost:
        lost = ["participants.csv", *lost]
    pairs = [(name, near[0]) for name in unknown if (near := get_close_matches(name, lost or wanted, n=1))]
    hint = "; ".join(f"did `{old}` mean `{new}`" for old, new in pairs)
    if lost:
        remedy = f"{hint}?" if hint else "Put them back, or load a folder that is complete."
        raise DataError(f"{folder.name}: {plural(len(lost), 'file')} missing: {listed(lost, 'and')}. {_upper(remedy)}")
    if unknown:
        remedy = f"{hint}?" if hint else f"tables are {listed(wanted, 'and')}; move other files away."
        raise DataError(
            f"{folder.name}: {plural(len(unknown), 'file')} that no table is named after: "
            f"{listed(unknown, 'and')}. {_upper(remedy)}"
        )
    return [folder / kept[name] for name in wanted if name in present]


def _upper(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _table(path: Path, rows: int | None, identifiers: Identifiers, entries: Mapping[str, object]) -> Loaded:
    if not inside(path, path.parent):
        raise DataError(f"{path.name}: the link leads out of the study's folder; put the file itself into it.")
    binary = path.suffix.lower() == ".parquet"
    if rows is not None and not binary and not ends_with_a_line(content(path)):
        raise DataError(
            f"{path.name}: the last line has no end, so the file was cut or edited. "
            "Fetch it again; if it is whole, put a line end after the last row."
        )
    read = parquet if binary else delimited
    loaded = read(path, path.stem, rows=rows, identifiers=identifiers)
    if entries.get("apostrophes") is not True:
        return loaded
    texts = [column.name for column in loaded.schema if column.kind == "text"]
    return replace(loaded, table=loaded.table.assign(**{name: loud(loaded.table[name]) for name in texts}))
