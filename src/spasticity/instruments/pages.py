"""The registry as a page of documentation, written from the declarations so that it cannot disagree with them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from spasticity.files import write
from spasticity.instruments.cards import card_lines
from spasticity.instruments.declarations import Instrument
from spasticity.instruments.registry import MEASURES, get, names, table

ARROW = {"lower": " \N{DOWNWARDS ARROW}", "higher": " \N{UPWARDS ARROW}", "": ""}

HEAD = """\
# Instruments

Written from the registry by `instruments.write_page("docs/instruments.md")`; change the declarations, not this page.

Keys and rules only: no wording of an item and no licensed value set is part of this package. A threshold marked
**NOT confirmed** is from memory, by analogy or a proposal: it is a parameter, not a fact. What nobody has established
is listed as unknown, and asking for it (`instruments.get("psfs").mcid`) is an error that says so.

```python
from spasticity import instruments

instruments.names()  # what there is
instruments.get("psqi")  # one instrument as a card
instruments.get("psqi").keys()  # its item keys: the columns of a wide table
instruments.score(answers, "psqi")  # .table, .refused, .repairs, .counts
instruments.score(answers, "msws12", version="2")  # a version is asked for where it changes the number
instruments.measure("psqi").responder()  # the default responder rule and its source
```
"""


def page() -> str:
    """The page, in Markdown.

    Returns
    -------
    str
    """
    sections = [HEAD, "## All instruments\n", _overview(table()), "## Outcomes that no instrument scores\n", _derived()]
    sections += [_section(get(name)) for name in names()]
    return "\n".join(sections)


def write_page(path: Path | str) -> Path:
    """Write the page, over the one that is there.

    Parameters
    ----------
    path : Path or str
        Where.

    Returns
    -------
    Path
    """
    return write(path, page(), overwrite=True)


def _overview(rows: pd.DataFrame) -> str:
    """One line per instrument: what it is and which outcomes it gives, with their direction."""
    lines = ["An arrow down: a lower value is better; up: a higher one; none: the outcome has no direction.\n"]
    lines += ["| id | instrument | versions | outcomes |", "|---|---|---|---|"]
    for name, group in rows.groupby("instrument", sort=False):
        first = group.iloc[0]
        outcomes = [f"`{row.outcome}`{ARROW[str(row.better)]}" for row in group.itertuples()]
        lines.append(f"| [{name}](#{name}) | {first['name']} | {first['versions']} | {', '.join(outcomes)} |")
    return "\n".join([*lines, ""])


def _derived() -> str:
    """One line per outcome that is derived from tables, not from answers."""
    scored = {one.id for name in names() for one in get(name).measures}
    rest = [one for one in MEASURES.values() if one.id not in scored]
    lines = ["| outcome | label | default responder rule |", "|---|---|---|"]
    for one in sorted(rest, key=lambda one: one.id):
        rules = one.cuts("responder")
        mark = "" if not rules or rules[0].confirmed else " (NOT confirmed)"
        rule = f"{rules[0].rule}{mark}" if rules else "none"
        lines.append(f"| `{one.id}`{ARROW[one.better or '']} | {one.axis_label} | {rule} |")
    return "\n".join([*lines, ""])


def _section(instrument: Instrument) -> str:
    lines = [f"## {instrument.id}\n", f"{instrument.name}\n"]
    for title, facts in card_lines(instrument):
        if len(facts) == 1:
            lines.append(f"* **{title}**: {facts[0]}")
        else:
            lines += [f"* **{title}**:", *(f"  * {fact}" for fact in facts)]
    return "\n".join([*lines, ""])
