"""A treatment as a small card, in text and in HTML, and all of them as a page of documentation."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from spasticity.files import write

if TYPE_CHECKING:
    from spasticity.instruments.treatments import Treatment

WIDTH = 110
HEAD = """\
# Treatments

Written from the declarations by `instruments.write_treatments("docs/treatments.md")`; change those, not this page.

What labels and studies say about the three treatments whose data this package analyses, each fact with its source. It
describes and gives no advice. Oral doses are mg per day, intrathecal ones µg per day; they are never added and never
share an axis.

**Cyclobenzaprine is shown as what the evidence says: not an antispastic.**

```python
from spasticity import instruments

instruments.treatment("intrathecal baclofen")  # a card
instruments.treatment_table()  # side by side
instruments.treatment_facts()  # one row per fact and source
```
"""


def card_lines(one: Treatment) -> list[tuple[str, list[str]]]:
    """What the card says: a title and its facts.

    Parameters
    ----------
    one : Treatment

    Returns
    -------
    list of (str, list of str)
    """
    lines = [("drug", [f"{one.drug}, {one.route}, {one.unit}, ATC {one.atc}"])]
    for aspect in ("use", "evidence", "administration", "dosing", "stopping", "mechanism", "side_effects"):
        facts = [str(fact) for fact in one.facts(aspect)]
        lines.append((aspect.replace("_", " "), facts or ["unknown"]))
    return [*lines, ("unknown", [one.unknown]), ("", ["a description of labels and studies, not advice"])]


def card_text(one: Treatment) -> str:
    """The card as text, one fact per line, long ones wrapped.

    Parameters
    ----------
    one : Treatment

    Returns
    -------
    str
    """
    lines = [one.id]
    for title, facts in card_lines(one):
        for place, fact in enumerate(facts):
            start = f"  {title if place == 0 else '':<14} "
            lines += textwrap.wrap(fact, WIDTH, initial_indent=start, subsequent_indent=" " * (len(start) + 2))
    return "\n".join(lines)


def card_html(one: Treatment) -> str:
    """The card as an HTML table.

    Parameters
    ----------
    one : Treatment

    Returns
    -------
    str
    """
    rows = "".join(
        f"<tr><th style='text-align:left;vertical-align:top'>{escape(title)}</th>"
        f"<td style='text-align:left'>{'<br>'.join(map(escape, facts))}</td></tr>"
        for title, facts in card_lines(one)
    )
    return f"<p><b>{escape(one.id)}</b></p><table>{rows}</table>"


def page(treatments: Sequence[Treatment], sources: Mapping[str, str]) -> str:
    """The page, in Markdown.

    Parameters
    ----------
    treatments : sequence of Treatment
    sources : mapping of str to str

    Returns
    -------
    str
    """
    parts = [HEAD]
    for one in treatments:
        parts.append(f"## {one.id[:1].upper()}{one.id[1:]}\n")
        for title, facts in card_lines(one)[:-1]:
            single = len(facts) == 1
            parts.append(f"* **{title}**:{f' {facts[0]}' if single else ''}")
            parts += [] if single else [f"  * {fact}" for fact in facts]
        parts.append("")
    parts += [
        "## Sources\n",
        "| key | source |",
        "|---|---|",
        *(f"| {key} | {text} |" for key, text in sources.items()),
    ]
    return "\n".join([*parts, ""])


def write_page(path: Path | str, treatments: Sequence[Treatment], sources: Mapping[str, str]) -> Path:
    """Write the page, over the one that is there.

    Parameters
    ----------
    path : Path or str
    treatments : sequence of Treatment
    sources : mapping of str to str

    Returns
    -------
    Path
    """
    return write(path, page(treatments, sources), overwrite=True)
