"""An instrument as a small card, in text and in HTML."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from spasticity.wording import plural

if TYPE_CHECKING:
    from spasticity.instruments.declarations import Form, Instrument
    from spasticity.instruments.measures import Measure, Threshold

WIDTH = 110
Lines = list[tuple[str, list[str]]]


def card_text(instrument: Instrument) -> str:
    """The card as text, one fact per line, long ones wrapped.

    Parameters
    ----------
    instrument : Instrument

    Returns
    -------
    str
    """
    lines = [f"{instrument.id}: {instrument.name}"]
    for title, facts in card_lines(instrument):
        for place, fact in enumerate(facts):
            start = f"  {title if place == 0 else '':<11} "
            lines += textwrap.wrap(fact, WIDTH, initial_indent=start, subsequent_indent=" " * (len(start) + 2))
    return "\n".join(lines)


def card_html(instrument: Instrument) -> str:
    """The card as an HTML table.

    Parameters
    ----------
    instrument : Instrument

    Returns
    -------
    str
    """
    rows = "".join(
        f"<tr><th style='text-align:left;vertical-align:top'>{escape(title)}</th>"
        f"<td style='text-align:left'>{'<br>'.join(map(escape, facts))}</td></tr>"
        for title, facts in card_lines(instrument)
    )
    return f"<p><b>{escape(instrument.id)}: {escape(instrument.name)}</b></p><table>{rows}</table>"


def card_lines(instrument: Instrument) -> Lines:
    """What the card says: a title and its facts, nothing that is empty.

    Parameters
    ----------
    instrument : Instrument

    Returns
    -------
    list of (str, list of str)
    """
    lines: Lines = [
        ("what", [instrument.what]),
        ("who", [f"{instrument.who}; {instrument.population}"]),
        ("recall", [instrument.recall]),
        ("versions", [_version(form) for form in instrument.forms if form.version]),
        ("items", _items(instrument.forms)),
        ("scores", [_score(measure) for measure in instrument.measures]),
        ("missing", [instrument.missing]),
        ("options", [f"{name}: {', '.join(v)}" for form in instrument.forms for name, v in form.options.items()]),
        ("thresholds", _cuts(instrument)),
        ("limits", [instrument.limits]),
        ("notes", list(instrument.notes)),
        ("unknown", [instrument.unknown]),
        ("sources", list(instrument.sources)),
        ("licence", [instrument.licence]),
    ]
    return [(title, [fact for fact in facts if fact]) for title, facts in lines if any(facts)]


def _version(form: Form) -> str:
    text = f"{form.version}: {form.about}" if form.about else form.version
    return f"{text}; {form.unknown}" if form.unknown else text


def _items(forms: Sequence[Form]) -> list[str]:
    facts = []
    for form in forms:
        if not form.items:
            continue
        kinds: dict[str, list[str]] = {}
        for item in form.items:
            kinds.setdefault(item.expected, []).append(item.key)
        parts = [f"{_keys(keys)} ({expected})" for expected, keys in kinds.items()]
        version = f"{form.version}: " if form.version else ""
        facts.append(f"{version}{len(form.items)}: {'; '.join(parts)}")
    return facts


def _keys(keys: list[str]) -> str:
    return ", ".join(keys) if len(keys) <= 8 else f"{keys[0]} to {keys[-1]} ({len(keys)})"


def _score(measure: Measure) -> str:
    limits = [f"{value:g}" for value in (measure.low, measure.high) if value is not None]
    extent = " to ".join(limits) if len(limits) == 2 else f"from {limits[0]}" if limits else "any value"
    label = measure.label if (measure.unit or "0")[0].isdigit() else measure.axis_label
    return f"{measure.id}: {label}, {extent}, {measure.benefit or 'no direction'}, {measure.scale}"


def _cuts(instrument: Instrument) -> list[str]:
    own = [(measure.id, cut) for measure in instrument.measures for cut in measure.thresholds]
    several = len(instrument.measures) > 1
    facts = [f"{name}: {_cut(cut)}" if several else _cut(cut) for name, cut in own]
    return list(dict.fromkeys([*facts, *(_cut(cut) for cut in instrument.thresholds)]))


def _cut(cut: Threshold) -> str:
    mark = "confirmed" if cut.confirmed else "NOT confirmed"
    uses = ", ".join(role.upper() if role in ("mcid", "mdc") else role for role in cut.roles)
    return f"{cut.rule}: {cut.meaning} ({uses}; {mark}). {cut.source}"


def count_of_items(instrument: Instrument) -> str:
    """How many items each form has, in words.

    Parameters
    ----------
    instrument : Instrument

    Returns
    -------
    str
    """
    counts = {len(form.items): form for form in instrument.forms if form.items}
    return " or ".join(plural(count, "item") for count in counts)
