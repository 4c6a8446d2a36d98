"""A folder that is written whole or not at all, and never over somebody's own files."""

from __future__ import annotations

import json
import platform
import shutil
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import spasticity
from spasticity.errors import DataError, listed
from spasticity.files import digest, write
from spasticity.study import Study
from spasticity.wording import plural

MANIFEST = "MANIFEST.json"
LIBRARIES = ("matplotlib", "numpy", "pandas", "scipy")


def publish(folder: Path | str, contents: Mapping[str, bytes], facts: Mapping[str, object]) -> Path:
    """Write files and their manifest as one folder; an earlier report there is replaced, anything else is refused.

    Parameters
    ----------
    folder : Path or str
        The folder; its parent is made when it is not there.
    contents : mapping of str to bytes
        Path inside the folder and content.
    facts : mapping
        What the manifest says besides the files.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        When the folder holds files that an earlier report did not write, or that were changed since.
    """
    folder = Path(folder).resolve()
    refuse_foreign(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fresh = workshop / "new"
        for name, content in contents.items():
            write(fresh / name, content)
        write(fresh / MANIFEST, manifest(contents, facts))
        refuse_foreign(folder)
        if folder.exists():
            folder.rename(workshop / "old")
        fresh.rename(folder)
    except BaseException:
        if (workshop / "old").exists() and not folder.exists():
            (workshop / "old").rename(folder)
        raise
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return folder


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
    environment = {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}
    entries = {"spasticity": spasticity.__version__, "environment": environment, **facts, "outputs": outputs}
    return json.dumps(entries, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


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
