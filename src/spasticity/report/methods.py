"""The section on methods: what was done, in words made from what was run, and where a checklist finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from spasticity.report.artefacts import Section, Table
from spasticity.report.chapters import Chapter, items
from spasticity.report.folder import environment
from spasticity.report.words import joined, sentence
from spasticity.study import Study
from spasticity.wording import plural

TITLE = "How was it done?"
AUTHORS = "for the authors"
#: Guideline, item, and the figures and tables that answer it. CONSORT 2010 as its checklist numbers them; the others
#: are named from memory by the project's sources, so their items have no numbers here.
COMPARED = (
    ("CONSORT 2010", "13a-b participant flow", ("flow",)),
    ("CONSORT 2010", "15 baseline data", ("table1_baseline",)),
    ("CONSORT 2010", "16 numbers analysed", ("planned", "primary_differences", "responders")),
    ("CONSORT 2010", "17a-b outcomes and estimation", ("planned", "primary_differences", "responders", "all_outcomes")),
    ("CONSORT 2010", "19 harms", ("adverse_events", "adverse_event_dots", "device_events")),
    ("CONSORT-PRO", "how complete answers are, by visit", ("completeness",)),
    ("CONSORT-PRO", "responder definition", ("responder_curve", "responders")),
    ("CONSORT Harms", "exposure", ("doses_baclofen_oral", "doses_cyclobenzaprine_oral", "doses_baclofen_intrathecal")),
)
OBSERVED = (
    ("STROBE", "participant flow", ("flow",)),
    ("STROBE", "missing data by variable", ("completeness", "table1_baseline")),
    ("STROBE", "sensitivity analyses", ()),
)


def methods_section(study: Study, chapters: Sequence[Chapter]) -> Section:
    """What was done, and where it is shown.

    Parameters
    ----------
    study : Study
    chapters : sequence of Chapter
        Labelled: the report so far.

    Returns
    -------
    Section
    """
    said = (_people(study), _data(study), _software())
    return Section(title=TITLE, answer=said, items=(*_statistics(chapters), _checklist(study, chapters)))


def _people(study: Study) -> str:
    protocol = study.protocol
    counts = study.participants["cohort"].value_counts(sort=False)
    who = joined(
        [f"{n} with {'another condition' if cohort == 'other' else cohort}" for cohort, n in counts.items() if n]
    )
    arms = f", in {plural(len(protocol.arms), 'arm')} ({joined(protocol.arms)})," if protocol.arms else ""
    visits = joined([f"{visit.name} (day {visit.day})" for visit in protocol.visits])
    return sentence(f"{plural(len(study.participants), 'participant')} ({who}){arms} were to be seen at {visits}")


def _data(study: Study) -> str:
    read = sum(source.rows_read * source.factor for source in study.sources)
    return sentence(
        f"of {plural(read, 'row')} in {plural(len(study.sources), 'source')}, {len(study.rejects):,} were rejected and "
        f"{plural(len(study.repairs), 'cell')} repaired, each on record with its reason"
    )


def _software() -> str:
    versions = environment()
    libraries = versions["environment"]
    named = [f"{name} {version}" for name, version in libraries.items()] if isinstance(libraries, dict) else []
    return sentence(f"analysed with spasticity {versions['spasticity']} ({', '.join(named)})")


def _statistics(chapters: Sequence[Chapter]) -> tuple[Table, ...]:
    """Every method once, with what it is behind."""
    shown: dict[str, list[str]] = {}
    for item in (*items(chapters, "figure"), *items(chapters, "table")):
        if item["method"]:
            shown.setdefault(sentence(item["method"]), []).append(item["label"])
    if not shown:
        return ()
    frame = pd.DataFrame({"Method": list(shown), "Shown in": [", ".join(labels) for labels in shown.values()]})
    return (Table(name="methods", title="Statistical methods", note="As they were run.", frame=frame),)


def _checklist(study: Study, chapters: Sequence[Chapter]) -> Table:
    labels = {item["name"]: item["label"] for kind in ("figure", "table") for item in items(chapters, kind)}
    rows = COMPARED if len(study.protocol.arms) > 1 else OBSERVED
    frame = pd.DataFrame(
        {
            "Guideline": [guideline for guideline, _, _ in rows],
            "Item": [item for _, item, _ in rows],
            "Where": [_where(names, labels) for _, _, names in rows],
        }
    )
    note = "What the software can answer; every other item of a guideline is for the authors."
    return Table(name="checklist", title="Where a reporting checklist finds it", note=note, frame=frame)


def _where(names: Sequence[str], labels: Mapping[str, str]) -> str:
    return ", ".join(labels[name] for name in names if name in labels) or AUTHORS
