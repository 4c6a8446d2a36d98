"""Can the data be trusted? What was read, kept, refused and repaired, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from spasticity import derive, plot, stats
from spasticity.errors import MethodError
from spasticity.ledger import Ledger
from spasticity.report.artefacts import Section, Table, figure
from spasticity.report.baseline import baseline_table
from spasticity.report.disclosure import identifier_findings, identifiers_table
from spasticity.report.material import Material, Part, section
from spasticity.report.words import sentence
from spasticity.study import Study
from spasticity.wording import number, percent, plural

#: Outcomes named in one finding.
NAMED = 3


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Checkup:
    """What is in a study, and what should be looked at before it is analysed.

    Parameters
    ----------
    study : Study
    findings : tuple of str
        Each in one sentence; empty when there is nothing to look at.
    ledger : Ledger
        Rows read, kept and rejected, and cells repaired, by source and by rule, without any value.
    """

    study: Study
    findings: tuple[str, ...]
    ledger: Ledger

    def summary(self) -> str:
        """The check as text.

        Returns
        -------
        str
        """
        head = [repr(self.study), "", self.ledger.summary(), ""]
        if not self.findings:
            return "\n".join([*head, "Nothing to look at."])
        return "\n".join([*head, "To look at:", *(f"  - {finding}" for finding in self.findings)])

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{finding}</li>" for finding in self.findings) or "<li>nothing to look at</li>"
        return f"<p><b>{self.study!r}</b></p>{self.ledger._repr_html_()}<ul>{items}</ul>"


def checkup(study: Study) -> Checkup:
    """Say what is in this study, and what to look at before it is trusted.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Checkup
    """
    outcomes = derive.outcomes(study)
    findings = [
        *_ledger_findings(study),
        *identifier_findings(study),
        *_people_findings(study),
        *_doubts(study),
        *_outcome_findings(study, outcomes),
        *_without_values(outcomes),
    ]
    return Checkup(study=study, findings=tuple(findings), ledger=study.ledger)


def _ledger_findings(study: Study) -> list[str]:
    found = []
    if len(study.rejects):
        found.append(f"{plural(len(study.rejects), 'row')} refused on loading; `study.rejects` says which and why")
    if len(study.repairs):
        found.append(f"{plural(len(study.repairs), 'cell')} repaired on loading; `study.repairs` says which and why")
    return found


def _people_findings(study: Study) -> list[str]:
    people, found = study.participants, []
    if study.protocol.arms:
        without = int(people["arm"].isna().sum())
        if without:
            found.append(f"{plural(without, 'participant')} without an arm")
    seen = set().union(*(set(frame["participant"]) for name, frame in study.tables.items() if name != "participants"))
    silent = len(set(people["participant"]) - seen)
    if silent:
        found.append(f"{plural(silent, 'participant')} with no row in any other table")
    return found


def _outcome_findings(study: Study, outcomes: pd.DataFrame) -> list[str]:
    primary, visit = study.protocol.primary_outcome, study.protocol.primary_visit
    rows = outcomes[outcomes["outcome"].eq(primary)]
    if rows.empty:
        return [f"no table feeds the primary outcome {primary}"]
    n, found = len(study.participants), []
    for name in dict.fromkeys((study.protocol.baseline_visit, visit)):
        there = rows.loc[rows["visit"].astype(str).eq(name) & rows["value"].notna(), "participant"].nunique()
        if there < n:
            found.append(f"{primary} at {name}: {there} of {plural(n, 'participant')} ({percent(there, n)})")
    flagged = outcomes[outcomes["value"].notna() & outcomes["flag"].notna()]
    for flag, rows in flagged.groupby("flag"):
        names = sorted(set(rows["outcome"]))
        more = f" and {len(names) - NAMED} others" if len(names) > NAMED + 1 else ""
        shown = ", ".join(names[: NAMED if more else None])
        found.append(f"{plural(len(rows), 'value')} flagged `{flag}` ({shown}{more})")
    return found


def _without_values(outcomes: pd.DataFrame) -> list[str]:
    """Outcomes that were collected and have no value at all, such as answers to an unknown instrument, and why."""
    found = []
    for name, rows in outcomes.groupby("outcome", observed=True, sort=True):
        if rows["value"].isna().all():
            flags = rows["flag"].astype(object).where(rows["flag"].notna(), "missing").value_counts(sort=False)
            why = ", ".join(f"{flag} ({n:,})" for flag, n in sorted(flags.items()))
            found.append(f"no value of {name}: {why}")
    return found


def _doubts(study: Study) -> list[str]:
    """What breaks no rule and looks wrong, as sentences."""
    return [
        f"`{table}.{column}`: {plural(rows, 'row')}, first row {first}: {doubt}"
        for table, column, rows, first, doubt in derive.doubts(study).itertuples(index=False)
    ]


def data(material: Material) -> Section:
    """Section: can the data be trusted.

    Parameters
    ----------
    material : Material

    Returns
    -------
    Section
    """
    return section(material, "Can the data be trusted?", [("ledger", _ledger), ("completeness", _completeness)])


def people(material: Material) -> Section:
    """Section: who took part.

    Parameters
    ----------
    material : Material

    Returns
    -------
    Section
    """
    return section(material, "Who took part, and who stayed?", [("baseline table", _baseline), ("visits", _flow)])


def _ledger(material: Material) -> Part:
    study = material.study
    frame = study.ledger.frame.rename(columns=lambda name: name.replace("_", " ").capitalize())
    table = Table(
        name="ledger",
        title="What happened to every row",
        note="Rows read = kept + rejected, checked when each file is loaded.",
        frame=_grouped(frame),
        data=study.ledger.frame,
    )
    said = f"{study.ledger!r}."
    parts = [table]
    rules = study.ledger.rules
    if len(rules):
        note = "By source, column and rule. Values are not printed."
        parts.append(
            Table(
                name="ledger_rules",
                title="Refused rows and repaired cells",
                note=note,
                frame=_grouped(rules),
                data=rules,
            )
        )
    found = identifiers_table(study)
    empty = [sentence(finding) for finding in _without_values(material.outcomes)]
    return Part(items=(*parts, found) if found else tuple(parts), answer=(said, *empty))


def _grouped(frame: pd.DataFrame) -> pd.DataFrame:
    """Counts with thousands separators, everything else as it is."""
    return frame.map(lambda value: f"{value:,}" if isinstance(value, int) else str(value))


def _completeness(material: Material) -> Part:
    cells = derive.completeness(material.study)
    result = stats.describe(cells, by=("kind", "visit"), value="share")
    low = result.frame.sort_values("estimate", kind="stable").iloc[0]
    said = (
        f"Least complete: {low['kind']} at {low['visit']}, {number(100 * low['estimate'], 0)} % of what was expected."
    )
    drawn = figure(
        plot.completeness(result),
        name="completeness",
        title="What was expected and what is there",
        data=result.frame,
        caption=(
            "Mean share of the expected data that is there, by kind of data and visit; in parentheses participants of "
            "whom data were expected. Hatched: nothing was expected. A walking test that somebody was unable to do "
            "counts as there."
        ),
        alt=f"Grid of the share of expected data that is there, kinds of data by visits. {said}",
    )
    return Part(items=(drawn,), answer=(said,))


def _baseline(material: Material) -> Part:
    return Part(items=(baseline_table(material.study, material.outcomes),))


def _flow(material: Material) -> Part:
    if material.study.visits.empty:
        raise MethodError("the study has no visits on record, so that nobody can be said to have come or stayed away.")
    flow = derive.flow(material.study)
    printed = _grouped(flow.rename(columns=lambda name: name.replace("_", " ").capitalize()))
    last = flow[flow["visit"].astype(str).eq(material.study.protocol.visit_names[-1])]
    came, all_people = int(last["attended"].sum()), int(last["participants"].sum())
    visit = material.study.protocol.visit_names[-1]
    said = f"{came} of {plural(all_people, 'participant')} ({percent(came, all_people)}) attended {visit}."
    note = "Participants of the arm = attended + missed + after stopping + no record."
    return Part(
        items=(Table(name="flow", title="Visits attended", note=note, frame=printed, data=flow),), answer=(said,)
    )
