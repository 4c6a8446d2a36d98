"""Whether a report is as it was written, and whether the study still gives it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from spasticity.errors import DataError
from spasticity.files import digest
from spasticity.report.building import build
from spasticity.report.folder import MANIFEST, environment, study_facts
from spasticity.study import Study

COLUMNS = ["file", "state"]


def verify(folder: Path | str) -> pd.DataFrame:
    """Which files of a report are not as they were written.

    Parameters
    ----------
    folder : Path or str
        A report.

    Returns
    -------
    DataFrame
        `file`, `state`: `changed`, `missing` or `not of this report`; no row when all is well.

    Raises
    ------
    DataError
        When the folder holds no readable manifest.
    """
    folder = Path(folder)
    written = _digests(_manifest(folder))
    present = {
        path.relative_to(folder).as_posix(): digest(path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    }
    present.pop(MANIFEST)
    return _differences(written, present, {"more": "not of this report", "less": "missing", "other": "changed"})


def rerun(folder: Path | str, study: Study, *, plan: Path | str | None = None, progress: bool = False) -> pd.DataFrame:
    """Make a report again with its own options, in a place of its own, and compare; the report is only read.

    Parameters
    ----------
    folder : Path or str
        A report.
    study : Study
        What it was made from.
    plan : Path or str, optional
        The analysis plan, when the report has one.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    DataFrame
        `file`, `state`: first sources and versions that are not those of the report, then files that come out
        otherwise, with `other bytes`, `only in the report` or `only in the new run`. No row when all is the same.

    Raises
    ------
    DataError
        When the folder holds no readable manifest, or one of a version without options.
    """
    entries = _manifest(Path(folder))
    options = entries.get("parameters")
    if not isinstance(options, dict):
        raise DataError(f"{Path(folder).name}: the manifest does not say with which options the report was made.")
    with tempfile.TemporaryDirectory() as place:
        again = build(
            study,
            Path(place) / "report",
            formats=tuple(options["formats"]),
            dpi=options["dpi"],
            style=options["style"],
            documents=tuple(options["documents"]),
            plan=plan,
            progress=progress,
        )
        made = _digests(_manifest(again))
    words = {"more": "only in the new run", "less": "only in the report", "other": "other bytes"}
    return pd.concat(
        [_changed_origins(entries, study), _differences(_digests(entries), made, words)], ignore_index=True
    )


def _changed_origins(entries: Mapping[str, Any], study: Study) -> pd.DataFrame:
    """Sources and versions that are not those of the manifest: the likeliest reason for other bytes."""
    now = environment() | study_facts(study)
    before = {source["name"]: source["sha256"] for source in entries.get("sources", [])}
    after = {source["name"]: source["sha256"] for source in now["sources"]}  # type: ignore[attr-defined]
    words = {"more": "a source the report did not have", "less": "a source that is gone", "other": "another content"}
    versions = {**entries.get("environment", {}), "spasticity": entries.get("spasticity")}
    present = {**now["environment"], "spasticity": now["spasticity"]}  # type: ignore[dict-item]
    lines = [[name, f"{versions.get(name)} then, {version} now"] for name, version in present.items()]
    other = [line for line in lines if versions.get(line[0]) != present[line[0]]]
    return pd.concat([_differences(before, after, words), pd.DataFrame(other, columns=COLUMNS)], ignore_index=True)


def _differences(before: Mapping[str, str], after: Mapping[str, str], words: Mapping[str, str]) -> pd.DataFrame:
    lines = []
    for name in sorted({*before, *after}):
        if name not in after:
            lines.append([name, words["less"]])
        elif name not in before:
            lines.append([name, words["more"]])
        elif before[name] != after[name]:
            lines.append([name, words["other"]])
    return pd.DataFrame(lines, columns=COLUMNS)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise DataError(f"{folder.name}: there is no readable {MANIFEST}, so this is no whole report.") from None


def _digests(entries: Mapping[str, Any]) -> dict[str, str]:
    return {item["path"]: item["sha256"] for item in entries["outputs"]}
