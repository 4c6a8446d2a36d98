"""A folder that is written whole or not at all, and never over somebody's own files."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pandas as pd

import spasticity
from spasticity import tables
from spasticity.errors import DataError, listed
from spasticity.files import digest
from spasticity.study import Study
from spasticity.wording import plural

MANIFEST = "MANIFEST.json"
LIBRARIES = ("matplotlib", "numpy", "pandas", "scipy")


def refuse_foreign(folder: Path) -> None:
    """Refuse a folder whose content is not an unchanged earlier report.

    Parameters
    ----------
    folder : Path
        May be absent or empty.

    Raises
    ------
    DataError
        Names the files in the way.
    """
    if not folder.exists():
        return
    if not folder.is_dir() or folder.is_symlink():
        raise DataError(f"{folder.name}: a file or link of that name is in the way; choose another --out.")
    known = _known(folder)
    foreign = [
        name
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and (name := path.relative_to(folder).as_posix()) != MANIFEST
        and known.get(name) != digest(path.read_bytes())
    ]
    if foreign:
        raise DataError(
            f"{folder.name}: {plural(len(foreign), 'file')} here not written by this command or changed since, first "
            f"{listed(foreign[:3], 'and')}. Nothing was written; move them away or choose another --out."
        )


def _known(folder: Path) -> dict[str, str]:
    try:
        outputs = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["outputs"]
        return {item["path"]: item["sha256"] for item in outputs}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def manifest(contents: Mapping[str, bytes], facts: Mapping[str, object]) -> str:
    """The manifest: what was made, from what, with which versions. No clock, no machine, no person.

    Parameters
    ----------
    contents : mapping of str to bytes
        The files.
    facts : mapping
        Further entries.

    Returns
    -------
    str
        Canonical JSON.
    """
    outputs = [
        {"path": name, "sha256": digest(content), "bytes": len(content)} for name, content in sorted(contents.items())
    ]
    entries = environment() | dict(facts) | {"outputs": outputs}
    return json.dumps(entries, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def environment() -> dict[str, object]:
    """The versions that make the bytes.

    Returns
    -------
    dict
    """
    libraries = {name: version(name) for name in LIBRARIES}
    return {"spasticity": spasticity.__version__, "environment": {"python": platform.python_version(), **libraries}}


def study_facts(study: Study) -> dict[str, object]:
    """What the manifest says of a study.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict
    """
    sources = [
        {"name": source.name, "sha256": source.sha256, "rows_read": source.rows_read, "format": source.format}
        for source in study.sources
    ]
    return {
        "study": study.protocol.name,
        "synthetic": study.protocol.synthetic,
        "participants": len(study.participants),
        "sources": sources,
        "rows_rejected": len(study.rejects),
        "cells_repaired": len(study.repairs),
        "identifiers_kept": int(study.identifiers["action"].eq("kept").sum()),
    }


def study_key(study: Study, options: Mapping[str, object]) -> str:
    """What a report is made from, as a digest: the study, options, versions.

    Parameters
    ----------
    study : Study
    options : mapping
        As JSON.

    Returns
    -------
    str
    """
    entries = [environment(), study_facts(study), study_digest(study), options]
    return digest(json.dumps(entries, sort_keys=True).encode("utf-8"))


def study_digest(study: Study) -> str:
    """Every cell of a study, its protocol and its history, as a digest; the order of rows is no difference.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str
        Linear in the number of cells: 0.1 s for a million of them.
    """
    frames = [getattr(study, schema.name) for schema in tables.STUDY_TABLES]
    frames += [study.repairs, study.rejects, study.identifiers]
    cells = [
        [list(frame.columns), int(pd.util.hash_pandas_object(_plain(frame), index=False).sum())] for frame in frames
    ]
    return digest(json.dumps([study.protocol.toml(), cells]).encode("utf-8"))


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Categories as their texts: the order of unused ones is no difference."""
    texts = {
        name: frame[name].astype(object)
        if isinstance(frame[name].dtype, pd.CategoricalDtype)
        else frame[name].astype(str)
        for name in frame
        if frame[name].dtype == object or isinstance(frame[name].dtype, pd.CategoricalDtype)
    }
    return pd.DataFrame({name: texts.get(name, frame[name]) for name in frame})
