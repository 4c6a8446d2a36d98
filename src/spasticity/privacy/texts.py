"""Finding identifiers in texts, and putting the name of their kind in their place.

Many texts are searched as one, so that a column costs about as much as its letters.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from spasticity.privacy.clinical_terms import set_aside
from spasticity.privacy.patterns import PATTERNS

# No identifier is shorter than four letters, and each has a capital, a digit or one of a few marks.
MAYBE, SHORTEST = re.compile("[A-Z0-9@\x80-\U0010ffff]|://|www\\.|data:"), 4
# Codes as studies number people: too few digits for any number of a person, and no word that announces one.
CODE = re.compile(r"[A-Za-z]{0,3}-?[0-9]{1,5}|[0-9]{1,3}-[0-9]{1,4}")
AT_ONCE = 4_000_000  # letters that are searched as one text
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Full-width letters and the many spaces and dashes of typesetting hide nothing.
PLAIN = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
    | dict.fromkeys(range(0x2010, 0x2016), "-")
    | dict.fromkeys(map(ord, "\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029"), " ")
)


@dataclass(frozen=True, slots=True)
class Span:
    """Where an identifier stands.

    Parameters
    ----------
    text : int
        Position of the text.
    start, end : int
        Of the identifier in the text as `plain` gives it, half-open.
    kind : str
    """

    text: int
    start: int
    end: int
    kind: str


def plain(text: str) -> str:
    """A text as it is searched: no invisible characters, ordinary spaces, dashes and digits.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return text.translate(PLAIN) if text.isascii() else INVISIBLE.sub("", text).translate(PLAIN)


def spans(texts: Sequence[str], *, roster: Collection[str] = ()) -> list[Span]:
    """Where identifiers stand in some texts.

    Parameters
    ----------
    texts : sequence of str
    roster : collection of str
        Names or codes that must not be there; compared in memory and kept nowhere.

    Returns
    -------
    list of Span
        In order of text and place; spans of one text do not overlap.
    """
    chosen = [place for place, text in enumerate(texts) if roster or _may_hold(text)]
    found: list[Span] = []
    for block in _blocks(chosen, texts):
        clean = [plain(texts[place]) for place in block]
        starts = np.cumsum([0, *(len(text) + 1 for text in clean)])
        for start, end, kind in _caught("\n".join(clean), roster):
            place = int(np.searchsorted(starts, start, side="right")) - 1
            found.append(Span(block[place], start - int(starts[place]), end - int(starts[place]), kind))
    return found


def _may_hold(text: str) -> bool:
    return len(text) >= SHORTEST and not CODE.fullmatch(text) and MAYBE.search(text) is not None


def _blocks(chosen: Iterable[int], texts: Sequence[str]) -> Iterator[list[int]]:
    """Positions of texts, in blocks of bearable length."""
    block, letters = [], 0
    for place in chosen:
        block.append(place)
        letters += len(texts[place])
        if letters > AT_ONCE:
            yield block
            block, letters = [], 0
    if block:
        yield block


def _caught(joined: str, roster: Collection[str]) -> list[tuple[int, int, str]]:
    """Start, end and kind of everything that is found, in order; what comes first in `PATTERNS` keeps its place."""
    taken, caught = bytearray(len(joined)), []
    for start, end, kind in (*_on_roster(joined, roster), *_matched(set_aside(joined))):
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            caught.append((start, end, kind))
    return sorted(caught)


def _on_roster(joined: str, roster: Collection[str]) -> Iterator[tuple[int, int, str]]:
    words = "|".join(re.escape(plain(word)) for word in sorted(roster, key=len, reverse=True) if word.strip())
    for found in re.finditer(rf"(?<!\w)(?:{words})(?!\w)", joined, re.IGNORECASE) if words else ():
        yield found.start(), found.end(), "roster"


def _matched(joined: str) -> Iterator[tuple[int, int, str]]:
    for pattern in PATTERNS:
        if pattern.hint and pattern.hint not in joined:
            continue
        for found in pattern.shape.finditer(joined):
            group = "it" if found.groupdict().get("it") is not None else 0
            if pattern.holds is None or pattern.holds(found[group]):
                yield found.start(group), found.end(group), pattern.kind


def redacted(texts: Sequence[str], found: Sequence[Span]) -> dict[int, str]:
    """The texts in which something was found, with the kind in its place.

    Parameters
    ----------
    texts : sequence of str
    found : sequence of Span
        As `spans` gave them for these texts.

    Returns
    -------
    dict of int to str
        Position to text, such as `seen by [NAME]`.
    """
    pieces: dict[int, list[str]] = {}
    last: dict[int, int] = {}
    for span in found:
        text = plain(texts[span.text])
        pieces.setdefault(span.text, []).append(f"{text[last.get(span.text, 0) : span.start]}[{span.kind.upper()}]")
        last[span.text] = span.end
    return {place: "".join(parts) + plain(texts[place])[last[place] :] for place, parts in pieces.items()}
