"""Completeness: a cell for each kind and visit; nothing expected is hatched, which is not 0."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from spasticity import plot
from spasticity.errors import MethodError
from spasticity.plot.coverage import shade
from tests.plot.made import KINDS, VISITS, completeness, result


def part(kind, visit):
    return f"{kind}-{visit}".replace(" ", "-")


def test_each_cell_shows_its_share_and_its_n():
    made = completeness()
    ax = plot.completeness(made)
    for row in made.frame.itertuples():
        name = part(row.kind, row.visit)
        [cell], [percent], [n] = (plot.find(ax, f"{role}.{name}") for role in ("share", "percent", "n"))
        assert percent.get_text() == f"{100 * row.estimate:.0f}\N{NO-BREAK SPACE}%"
        assert n.get_text() == f"({row.n})"
        assert to_hex(cell.get_facecolor()) == shade(row.estimate)
        x, y = percent.get_position()
        assert (ax.get_xticks()[int(x)], ax.get_yticks()[int(y)]) == (VISITS.index(row.visit), KINDS.index(row.kind))


def test_what_was_not_expected_is_hatched():
    ax = plot.completeness(completeness())
    hatched = plot.find(ax, "not-expected")
    assert [cell.get_gid() for cell in hatched] == [
        f"not-expected.{part('recording', visit)}" for visit in ("week 4", "week 8", "week 24")
    ]
    assert all(cell.get_hatch() for cell in hatched)


def test_expected_and_absent_is_0_percent_and_not_hatched():
    made = completeness()
    made.frame.loc[0, "estimate"] = 0.0
    ax = plot.completeness(made)
    assert plot.find(ax, "percent.diary-baseline")[0].get_text() == "0\N{NO-BREAK SPACE}%"
    assert plot.find(ax, "not-expected.diary-baseline") == []


def test_more_is_darker():
    shades = [shade(share) for share in np.linspace(0, 1, 5)]
    light = [int(colour[1:3], 16) for colour in shades]
    assert light == sorted(light, reverse=True)
    assert len(set(shades)) == 5


def test_instruments_are_named_by_their_abbreviation():
    ax = plot.completeness(completeness())
    assert [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()] == [
        "diary",
        "recording",
        "PSQI",
        "10MWT",
        "range of motion",
    ]


def test_one_arm_can_be_chosen_and_has_to_be():
    made = completeness()
    frame = made.frame.assign(arm="a")
    frame = pd.concat([frame, frame.assign(arm="b", estimate=0.5)], ignore_index=True)
    both = result(frame, ["kind", "visit", "arm"])
    with pytest.raises(MethodError, match=r"completeness: 44 rows share a place .* choose one arm of `a` or `b`"):
        plot.completeness(both)
    ax = plot.completeness(both, arm="b")
    assert {text.get_text() for text in plot.find(ax, "percent")} == {"50\N{NO-BREAK SPACE}%"}
