"""Where each entry of a TOML file stands, which the standard library's reader does not tell.

The file is cut into statements by that reader itself: lines are added to a statement until it can be read. So a
bracket in a text, a comment or a value over several lines cannot mislead.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

Place = tuple[str | int, ...]
TEXTS = re.compile(
    r'''"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"(\s*=)?|'(?!'')[^'\n]*'(\s*=)?|#[^\n]*''' + r"|'''(?:.|\n)*?'''"
)
CLOSING = ("]", '"""', "'''")  # what a value over several lines ends with
KEY = r"""(?<![\w-])["']?{key}["']?\s*="""


def lines_of(text: str) -> dict[Place, int]:
    """The line of every table, key and element of a TOML text.

    Parameters
    ----------
    text : str
        Valid TOML, with line feeds.

    Returns
    -------
    dict of tuple to int
        Path, such as `("sources", 0, "columns", "day")`, to line, from 1.
    """
    found: dict[Place, int] = {}
    here: Place = ()
    for first, statement, entry in _statements(text):
        if statement.lstrip().startswith("["):
            here = _opened(entry, found)
            found[here] = first
        else:
            found |= _places(entry, here, first, statement)
    return found


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Every statement with its first line and what it says by itself."""
    lines: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        lines.append(line)
        if len(lines) > 1 and not any(mark in line for mark in CLOSING):
            continue
        statement = "\n".join(lines)
        try:
            entry = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # it goes on in the next line
        if entry:
            yield number - len(lines) + 1, statement, entry
        lines = []


def _opened(entry: dict[str, Any], found: dict[Place, int]) -> Place:
    """The path of a table whose header was read; of a list of tables, the next or the last one."""
    place: Place = ()
    while entry:
        (name, inner), *_ = entry.items()
        place = (*place, name)
        if isinstance(inner, list):
            place, inner = (*place, _count(place, found)), inner[0]
        elif inner and _count(place, found):
            place = (*place, _count(place, found) - 1)
        entry = inner
    if _count(place, found) and not isinstance(place[-1], int):
        place = (*place, _count(place, found) - 1)
    return place


def _count(place: Place, found: dict[Place, int]) -> int:
    """How many tables a list of tables has so far."""
    count = 0
    while (*place, count) in found:
        count += 1
    return count


def _places(entry: dict[str, Any], here: Place, first: int, statement: str) -> dict[Place, int]:
    """The lines of the keys of one statement, inner tables and lists included, in their order in the text."""
    found: dict[Place, int] = {}
    statement = TEXTS.sub(_blanked, statement)
    at = 0

    def walk(value: Any, place: Place) -> None:
        nonlocal at
        if isinstance(value, dict):
            for key, inner in value.items():
                seen = re.compile(KEY.format(key=re.escape(key))).search(statement, at)
                at = seen.end() if seen else at
                found[(*place, key)] = first + statement.count("\n", 0, at)
                walk(inner, (*place, key))
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                brace = statement.find("{", at) if isinstance(inner, dict) else -1
                found[(*place, number)] = first + statement.count("\n", 0, brace if brace >= 0 else at)
                walk(inner, (*place, number))

    walk(entry, here)
    return found


def _blanked(text: re.Match[str]) -> str:
    """Texts and comments as spaces, so that no key is found in them; a quoted key stays."""
    return text[0] if text[1] or text[2] else re.sub(r"[^\n]", " ", text[0])
