"""What may tell who a person is, and what became of it on loading."""

from __future__ import annotations

from spasticity.report.artefacts import Table
from spasticity.study import Study
from spasticity.wording import plural

WORDS = {"source": "File", "table": "Table", "place": "Place", "kind": "What", "cells": "Cells", "action": "Action"}
NOTE = (
    "Found by rules and never printed; letters are those of 45 CFR 164.514(b)(2)(i). Rules find what has a shape: a "
    "first name alone in a free text is not found. kept: let in, with the reason where one was given; redacted: "
    "replaced by its kind; left behind: in the name or header of a file, not in a table; searched: free text in which "
    "nothing was found unless another row says so."
)


def identifiers_table(study: Study) -> Table | None:
    """The findings of the gate as a table.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Table or None
        None when nothing was found.
    """
    found = study.identifiers
    if found.empty:
        return None
    shown = found[list(WORDS)].rename(columns=WORDS).assign(Reason=found["reason"], Letter=found["letter"])
    title = "What may tell who a person is"
    return Table(name="identifiers", title=title, note=NOTE, frame=shown.astype(str), data=found)


def identifier_findings(study: Study) -> list[str]:
    """What should be looked at before anything is shared.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of str
    """
    kept = study.identifiers[study.identifiers["action"].eq("kept")]
    if kept.empty:
        return []
    cells = int(kept["cells"].sum())
    return [
        f"{plural(cells, 'cell')} that may tell who a person is were let in; `study.identifiers` says where and why"
    ]
