"""Every entry of a TOML file is found in the line in which it stands."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity.load.toml_lines import lines_of

TEXT = '''# a comment = 1
title = "x" # [[sources]]

[study]
name = """
[sources]
name = 1
"""
arms = [
    "a",  # x = 1
    "b",
]

[[sources]]
loader = "delimited"
"odd key" = 1
columns = { day = "Day", "participant" = "a = b" }

[[sources]]
loader = "excel"
[sources.columns]
day = "Tag"
[sources.codings.sex]
1 = "male"

[[tables]]
melt = [
    { columns = { grade = "a" }, constants = { side = "left" } },
    # columns = { grade = "c" }

    { columns = { grade = "b" }, constants = { side = "right" } },
]
a.b.c = 5
'''
LINES = {
    ("title",): 2,
    ("study",): 4,
    ("study", "name"): 5,
    ("study", "arms"): 9,
    ("sources", 0): 14,
    ("sources", 0, "loader"): 15,
    ("sources", 0, "odd key"): 16,
    ("sources", 0, "columns", "participant"): 17,
    ("sources", 1): 19,
    ("sources", 1, "loader"): 20,
    ("sources", 1, "columns"): 21,
    ("sources", 1, "columns", "day"): 22,
    ("sources", 1, "codings", "sex"): 23,
    ("sources", 1, "codings", "sex", "1"): 24,
    ("tables", 0, "melt"): 27,
    ("tables", 0, "melt", 0, "columns", "grade"): 28,
    ("tables", 0, "melt", 1, "columns", "grade"): 31,
    ("tables", 0, "melt", 1, "constants", "side"): 31,
}


@pytest.mark.parametrize(("place", "line"), LINES.items(), ids=str)
def test_an_entry_is_found_in_its_line(place, line):
    assert lines_of(TEXT)[place] == line


def paths(value, place=()):
    """Every path of what the standard reader says."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*place, key)
            yield from paths(inner, (*place, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield (*place, number)
            yield from paths(inner, (*place, number))


def test_every_entry_has_a_line():
    found = lines_of(TEXT)
    implied = {("sources",), ("tables",), ("sources", 1, "codings")}  # no statement of their own
    assert set(paths(tomllib.loads(TEXT))) - implied <= set(found)


keys = st.sampled_from(["a", "b", "table", "columns", "x-y"])
values = st.sampled_from(["1", '"a = 1"', "[1, 2]", '["[a]",\n "b"]', '"""\n[a]\nb = 1\n"""', "{ a = 1, b = [2] }"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["", "[{}]\n", "[[list]]\n", "# a = [\n", "\n"]), keys, values), max_size=6))
def test_the_line_of_a_key_begins_with_it(parts):
    names, text = set(), ""
    for number, (before, key, value) in enumerate(parts):
        name = f"{key}{number}"
        names.add(name)
        text += f"{before.format(f't{number}')}{name} = {value}\n"
    lines = text.split("\n")
    for place, line in lines_of(text).items():
        if place[-1] in names and (len(place) == 1 or place[-2] not in names):
            assert lines[line - 1].startswith(f"{place[-1]} ="), place
    assert {place[-1] for place in lines_of(text)} >= names
