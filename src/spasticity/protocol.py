"""What a study planned: visits with their windows, arms, and the question it asks first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from spasticity.errors import DataError, listed

PROTOCOL_FILE = "study.toml"


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit of the protocol.

    Parameters
    ----------
    name : str
        Such as `week 12`.
    day : int
        Planned study day; the first dose is day 0.
    window : tuple of int
        First and last day that still count as this visit, both included.
    """

    name: str
    day: int
    window: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Protocol:
    """What the study planned: visits, arms and the question it asks first.

    Parameters
    ----------
    name : str
        Title of the study.
    visits : tuple of PlannedVisit
        In order of time.
    arms : tuple of str
        In the order of figures and tables; empty for a cohort study.
    reference_arm : str, optional
        The arm others are compared with.
    baseline_visit, primary_visit : str
        Names among the visits.
    primary_outcome : str
        Id of a measure.
    synthetic : bool
        True when no row comes from a person.
    versions : mapping of str to str
        Which form of an instrument was used, by its id, where several give different numbers.
    """

    name: str
    visits: tuple[PlannedVisit, ...]
    arms: tuple[str, ...] = ()
    reference_arm: str | None = None
    baseline_visit: str = "baseline"
    primary_visit: str = ""
    primary_outcome: str = "spasticity_nrs"
    synthetic: bool = False
    versions: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        names = self.visit_names
        problems = []
        if not names:
            problems.append("it has no visits")
        if len(set(names)) < len(names):
            problems.append("two visits share a name")
        if [visit.day for visit in self.visits] != sorted(visit.day for visit in self.visits):
            problems.append("visits are not in order of their day")
        problems += [
            f"the window of visit `{visit.name}` does not hold its day {visit.day}"
            for visit in self.visits
            if not visit.window[0] <= visit.day <= visit.window[1]
        ]
        problems += [
            f"the windows of `{earlier.name}` and `{later.name}` overlap"
            for earlier, later in zip(self.visits, self.visits[1:], strict=False)
            if earlier.window[1] >= later.window[0]
        ]
        problems += [
            f"{role} `{name}` is not one of the visits {listed(names, 'and')}"
            for role, name in (("baseline_visit", self.baseline_visit), ("primary_visit", self.primary_visit))
            if names and name and name not in names
        ]
        if self.reference_arm is not None and self.reference_arm not in self.arms:
            problems.append(f"reference_arm `{self.reference_arm}` is not one of the arms {listed(self.arms, 'and')}")
        if problems:
            raise DataError(f"protocol: {'; '.join(problems)}.")
        if not self.primary_visit:
            object.__setattr__(self, "primary_visit", names[-1])

    @property
    def visit_names(self) -> list[str]:
        """Names of the visits in order."""
        return [visit.name for visit in self.visits]

    def toml(self) -> str:
        """The protocol as a study.toml file.

        Returns
        -------
        str
        """
        quote = json.dumps  # JSON strings are TOML strings
        lines = ["[study]", f"name = {quote(self.name)}", f"synthetic = {str(self.synthetic).lower()}"]
        lines.append(f"arms = [{', '.join(quote(arm) for arm in self.arms)}]")
        if self.reference_arm is not None:
            lines.append(f"reference_arm = {quote(self.reference_arm)}")
        for key in ("baseline_visit", "primary_visit", "primary_outcome"):
            lines.append(f"{key} = {quote(getattr(self, key))}")
        if self.versions:
            lines += ["", "[versions]", *(f"{name} = {quote(form)}" for name, form in sorted(self.versions.items()))]
        for visit in self.visits:
            first, last = visit.window
            lines += ["", "[[visits]]", f"name = {quote(visit.name)}", f"day = {visit.day}"]
            lines.append(f"window = [{first}, {last}]")
        return "\n".join(lines) + "\n"
