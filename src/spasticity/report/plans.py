"""The analysis plan: what was decided before the data were seen, and whether it still says the same."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spasticity.errors import DataError, listed
from spasticity.files import digest, write
from spasticity.report.folder import study_digest
from spasticity.study import Study

ROLES = ("primary", "secondary", "exploratory")
METHODS = ("mixed model", "ancova", "rate ratio", "odds ratio", "responders")
MULTIPLICITY = ("fixed sequence", "holm", "gatekeeping", "none")
KEYS = {"outcome": None, "visit": None, "arm": None, "method": METHODS, "role": ROLES}
HEAD = {"title", "multiplicity", "analysis"}


@dataclass(frozen=True, slots=True)
class Planned:
    """One analysis of a plan: one outcome, one visit, one arm against the reference.

    Parameters
    ----------
    id : str
        Its name in the plan.
    outcome : str
        Id of a measure.
    visit, arm : str
        As the protocol names them.
    method : str
        One of `METHODS`.
    role : str
        `primary`, `secondary` or `exploratory`.
    """

    id: str
    outcome: str
    visit: str
    arm: str
    method: str
    role: str


@dataclass(frozen=True, slots=True)
class Plan:
    """An analysis plan.

    Parameters
    ----------
    title : str
        Such as `Statistical analysis plan 1.0`.
    multiplicity : str
        How primary and secondary analyses share the error rate: `fixed sequence` (in the order of the plan), `holm`,
        `gatekeeping` (primary ones before secondary ones) or `none`.
    analyses : tuple of Planned
        In the order of the plan.
    """

    title: str
    multiplicity: str
    analyses: tuple[Planned, ...]

    @property
    def entries(self) -> dict[str, str]:
        """Every value of the plan by its place, such as `analysis.primary.visit`; the order of analyses counts."""
        found = {"title": self.title, "multiplicity": self.multiplicity}
        found["order"] = ", ".join(planned.id for planned in self.analyses)
        for planned in self.analyses:
            found |= {f"analysis.{planned.id}.{key}": getattr(planned, key) for key in KEYS}
        return found

    @property
    def digest(self) -> str:
        """The same for plans that say the same, however they are laid out."""
        return digest(json.dumps(self.entries, sort_keys=True).encode("utf-8"))

    @property
    def tested(self) -> tuple[Planned, ...]:
        """Analyses that share the error rate."""
        return tuple(planned for planned in self.analyses if planned.role != "exploratory")


def read_plan(path: Path | str) -> Plan:
    """Read an analysis plan.

    Parameters
    ----------
    path : Path or str
        A TOML file with `title`, `multiplicity`, and for each analysis a table `[analysis.<id>]` with `outcome`,
        `visit`, `arm`, `method` and `role`.

    Returns
    -------
    Plan

    Raises
    ------
    DataError
        Names every problem of the file at once.
    """
    path = Path(path)
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path.name}: the plan cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name}: not valid TOML: {error}.") from None
    problems = list(_problems(entries))
    if problems:
        raise DataError(f"{path.name}: {'; '.join(problems)}.")
    analyses = tuple(Planned(id=name, **entry) for name, entry in entries["analysis"].items())
    return Plan(title=entries["title"], multiplicity=entries["multiplicity"], analyses=analyses)


def _problems(entries: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(entries.keys() - HEAD):
        yield f"`{name}` is not known: expected {listed(sorted(HEAD), 'and')}"
    if not isinstance(entries.get("title"), str):
        yield "`title` is missing or no text"
    if entries.get("multiplicity") not in MULTIPLICITY:
        yield f"`multiplicity` must be {listed(MULTIPLICITY)}"
    analyses = entries.get("analysis")
    if not isinstance(analyses, dict) or not analyses:
        yield "there is no table such as [analysis.primary]"
        return
    for name, entry in analyses.items():
        if not isinstance(entry, dict):
            yield f"`analysis.{name}` is no table"
            continue
        for key in sorted(entry.keys() - KEYS.keys()):
            yield f"`analysis.{name}.{key}` is not known: expected {listed(KEYS, 'and')}"
        for key, options in KEYS.items():
            if not isinstance(entry.get(key), str):
                yield f"`analysis.{name}.{key}` is missing or no text"
            elif options and entry[key] not in options:
                yield f"`analysis.{name}.{key}` must be {listed(options)}"


def lock_file(path: Path | str) -> Path:
    """Where the lock of a plan is: `plan.lock` beside `plan.toml`.

    Parameters
    ----------
    path : Path or str
        The plan.

    Returns
    -------
    Path
    """
    return Path(path).with_suffix(".lock")


def lock_plan(path: Path | str, study: Study) -> Path:
    """Put on record what a plan says and of which data, before the analysis is run.

    Parameters
    ----------
    path : Path or str
        The plan.
    study : Study
        The locked data.

    Returns
    -------
    Path
        The lock, a JSON file beside the plan.

    Raises
    ------
    DataError
        The plan cannot be read, or is locked already.
    """
    plan = read_plan(path)
    lock = {"plan": plan.digest, "data": study_digest(study), "entries": plan.entries}
    return write(lock_file(path), json.dumps(lock, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def changes_since_lock(path: Path | str, plan: Plan, study: Study) -> tuple[str, ...] | None:
    """What is not as it was when the plan was locked.

    Parameters
    ----------
    path : Path or str
        The plan.
    plan : Plan
        What it says now.
    study : Study
        The data now.

    Returns
    -------
    tuple of str or None
        Entries of the plan, and `the data`; empty when nothing changed; None when the plan was never locked.

    Raises
    ------
    DataError
        When the lock cannot be read.
    """
    lock = lock_file(path)
    if not lock.exists():
        return None
    try:
        locked = json.loads(lock.read_text(encoding="utf-8"))
        before, data = dict(locked["entries"]), locked["data"]
    except (OSError, ValueError, KeyError, TypeError):
        raise DataError(
            f"{lock.name}: the lock of the plan cannot be read; restore it from where it is kept."
        ) from None
    now = plan.entries
    changed = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    return (*changed, *(["the data"] if data != study_digest(study) else []))
