"""Raster: every event at its place, every day that was not recorded hatched."""

import numpy as np
import pandas as pd
import pytest

from spasticity import plot
from spasticity.errors import MethodError
from spasticity.plot import diary
from tests.plot.made import spasms


def places(ax):
    """Events as (row, x), from the top."""
    [ticks] = plot.find(ax, "spasm")
    return sorted((round(segment[:, 1].mean(), 6), segment[0, 0]) for segment in ticks.get_segments())


def hatched(ax):
    [area] = plot.find(ax, "unrecorded")
    boxes = [path.vertices for path in area.get_paths()]
    return sorted((np.mean([box[:, 1].min(), box[:, 1].max()]), box[:, 0].min(), box[:, 0].max()) for box in boxes)


def recorded(ax):
    [lines] = plot.find(ax, "recorded")
    return sorted((segment[0, 1], segment[0, 0], segment[1, 0]) for segment in lines.get_segments())


def test_rows_are_whole_days_from_midnight():
    # Rows: 0 at 0.5, 1 at 1.5, 2 at 2.5, 3 at 3.5, 4 to 19 as one of height 2 at 5, 20 at 6.5.
    ax = plot.raster(*spasms(), participants="P1", start=0)
    assert places(ax) == [(0.5, 1.5), (0.5, 13.25), (3.5, 23.0), (6.5, 6.0)]
    assert recorded(ax) == [(0.5, 0, 24), (1.5, 0, 24), (3.5, 0, 24), (6.5, 0, 24)]
    assert hatched(ax) == [(2.5, 0, 24), (5.0, 0, 24)]
    assert "days 4 to 19 not recorded" in [text.get_text() for text in ax.texts]


def test_rows_from_noon_hold_the_morning_of_the_next_day():
    # Rows: -1 (its morning is day 0), 0, 1, 2 (its morning is day 3), 3, 4 to 18 as one, 19, 20.
    ax = plot.raster(*spasms(), participants="P1")
    assert places(ax) == [(0.5, 25.5), (1.5, 13.25), (4.5, 23.0), (7.5, 30.0)]
    assert recorded(ax) == [
        (0.5, 24, 36),
        (1.5, 12, 24),
        (1.5, 24, 36),
        (2.5, 12, 24),
        (3.5, 24, 36),
        (4.5, 12, 24),
        (7.5, 24, 36),
        (8.5, 12, 24),
    ]
    # Recorded and hatched parts together fill every row once.
    filled = {}
    for y, low, high in [*recorded(ax), *hatched(ax)]:
        filled[y] = filled.get(y, 0) + high - low
    assert set(filled.values()) == {24}
    assert "days 4 to 19 not recorded" in [text.get_text() for text in ax.texts]


def test_an_event_at_noon_sharp_begins_a_row():
    assert places(plot.raster(*spasms(), participants="P2")) == [(1.5, 12.0)]


def test_a_recorded_day_without_spasms_is_a_line_and_not_hatched():
    ax = plot.raster(*spasms(), participants="P1", start=0)
    assert 1.5 in [y for y, *_ in recorded(ax)]
    assert 1.5 not in [y for y, *_ in places(ax)]
    assert 1.5 not in [y for y, *_ in hatched(ax)]


@pytest.mark.parametrize(("gap", "rows"), [(3, 3), (4, 0)])
def test_only_long_gaps_become_one_row(gap, rows):
    recording = pd.DataFrame({"participant": "P1", "day": [0, gap + 1]})
    found = diary._rows(recording, ["P1"], 0)
    assert sum(1 for row in found if not row.before and not row.is_gap) == rows
    assert [(row.first, row.last) for row in found if row.is_gap] == ([] if rows else [(1, 4)])


def test_several_participants_stand_below_each_other():
    ax = plot.raster(*spasms(), start=0)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["P1", "P2"]
    assert places(ax)[-1] == (8.5, 12.0)  # P1 ends at 7, and an empty row is between
    assert ax.yaxis_inverted()


def test_days_are_named_with_a_real_minus():
    recording = pd.DataFrame({"participant": "P1", "day": [-2, -1]})
    ax = plot.raster(spasms()[0].iloc[:0], recording, start=0)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["\N{MINUS SIGN}2", "\N{MINUS SIGN}1"]
    assert ax.get_ylabel() == "Study day"


def test_events_of_days_that_were_not_recorded_are_counted_and_not_drawn():
    events, recording = spasms()
    stray = pd.DataFrame({"participant": ["P1", "P1"], "day": [2, pd.NA], "hour": [3.0, 4.0]})
    ax = plot.raster(pd.concat([events, stray]), recording, participants="P1", start=0)
    assert len(places(ax)) == 4
    [note] = plot.find(ax, "note")
    assert note.get_text().endswith("hatched: not recorded; 2 events on other days not drawn")


def test_nothing_is_said_of_other_days_when_there_are_none():
    [note] = plot.find(plot.raster(*spasms()), "note")
    assert note.get_text() == "grey: 22:00 to 06:00; hatched: not recorded"


def test_a_person_who_recorded_nothing_is_refused():
    with pytest.raises(MethodError, match="raster: 1 participant asked for recorded no day; choose among those"):
        plot.raster(*spasms(), participants=["P1", "P9"])


def test_raw_events_are_refused_with_the_remedy():
    with pytest.raises(MethodError, match=r"events lack `day` and `hour`; make them with `derive.spasm_events"):
        plot.raster(pd.DataFrame({"participant": ["P1"]}), spasms()[1])


def test_too_many_events_are_refused_with_the_remedy():
    recording = pd.DataFrame({"participant": ["P1"], "day": [0]})
    events = pd.DataFrame({"participant": "P1", "day": 0, "hour": np.linspace(0, 23, 100_001)})
    with pytest.raises(MethodError, match=r"100,001 marks .*derive.spasms_by_hour.*stats.describe.*plot.time_of_day"):
        plot.raster(events, recording)


def test_no_page_is_too_small_for_many_rows():
    recording = pd.DataFrame({"participant": "P1", "day": range(400)})
    ax = plot.raster(spasms()[0], recording, participants="P1", start=0)
    assert ax.figure.get_figheight() * 25.4 == pytest.approx(230)
    assert len(ax.get_yticklabels()) <= 12
