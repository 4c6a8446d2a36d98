"""Swimmer, infusion over months, and medicines beside a drug: artists read back are the tables."""

from itertools import pairwise

import pandas as pd
import pytest

from spasticity import plot
from spasticity.errors import MethodError
from spasticity.plot.palette import RAMP
from spasticity.plot.swimmers import DOWN, LANES
from tests.plot.sight import DEFICIENCIES, apart, lab

DAYS_PER_MONTH = 365.25 / 12


def phases(route="oral"):
    rows = [("A", "titration", 0, 9), ("A", "maintenance", 9, 60), ("A", "unknown", 60, 70), ("A", "taper", 70, 80)]
    rows += [("B", "maintenance", 0, 30), ("B", "interruption", 30, 33), ("B", "maintenance", 33, 50)]
    frame = pd.DataFrame(rows, columns=["participant", "phase", "start_day", "end_day"])
    return frame.assign(drug="baclofen", route=route)


def boxes(ax, role):
    [collection] = plot.find(ax, role)
    return [path.get_extents().bounds for path in collection.get_paths()]


def test_a_lane_has_its_phases_where_they_were():
    ax = plot.swimmer(phases(), drug="baclofen")
    assert [(x, x + width) for x, _, width, _ in boxes(ax, "phase.maintenance")] == [(9, 60), (0, 30), (33, 50)]
    assert [round(y + height / 2, 6) for _, y, _, height in boxes(ax, "phase.maintenance")] == [0, 1, 1]
    assert boxes(ax, "phase.taper")[0][0] == 70
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["A", "B"]
    [note] = plot.find(ax, "note")
    assert note.get_text() == "2 participants"


def test_marks_stand_on_their_day_in_their_lane_and_beside_each_other():
    marks = pd.DataFrame({"participant": ["B", "A", "Z"], "day": [30, 71, 5], "kind": ["stop", "symptoms", "stop"]})
    ax = plot.swimmer(phases(), drug="baclofen", marks=marks)
    [stop], [symptoms] = plot.find(ax, "mark.stop"), plot.find(ax, "mark.symptoms")
    assert list(stop.get_xdata()) == [30]
    assert list(symptoms.get_xdata()) == [71]
    assert list(stop.get_ydata()) == pytest.approx([1 - 0.12])
    assert list(symptoms.get_ydata()) == pytest.approx([0 + 0.12])
    [names] = plot.find(ax, "names")
    shown = [text.get_text() for text in names.get_texts()]
    assert shown == ["titration", "maintenance", "taper", "interruption", "unknown", "stop", "symptoms"]


def test_marks_of_another_drug_or_route_are_not_drawn():
    marks = pd.DataFrame(
        {"participant": "A", "day": [5, 6, 7], "kind": "stop", "drug": ["baclofen", "other", "baclofen"]}
    )
    marks["route"] = ["oral", "oral", "intrathecal"]
    [stop] = plot.find(plot.swimmer(phases(), drug="baclofen", marks=marks), "mark.stop")
    assert list(stop.get_xdata()) == [5]


def test_lanes_can_be_chosen_in_their_order():
    ax = plot.swimmer(phases(), drug="baclofen", participants=["B", "A"])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["B", "A"]


def test_a_swimmer_draws_on_the_axes_given():
    first = plot.swimmer(phases(), drug="baclofen")
    assert plot.swimmer(phases(), drug="baclofen", ax=first) is first


def test_a_swimmer_refuses_what_it_cannot_draw():
    both = pd.concat([phases(), phases("intrathecal")])
    with pytest.raises(MethodError, match="baclofen was given by two routes; pass `route=`"):
        plot.swimmer(both, drug="baclofen")
    with pytest.raises(MethodError, match="1 participant asked for without a log"):
        plot.swimmer(phases(), drug="baclofen", participants=["Z"])
    crowd = pd.concat([phases().assign(participant=f"P{number}") for number in range(61)])
    with pytest.raises(MethodError, match="61 lanes cannot be told apart, expected at most 60"):
        plot.swimmer(crowd, drug="baclofen")
    kinds = pd.DataFrame({"participant": "A", "day": range(7), "kind": [f"kind {number}" for number in range(7)]})
    with pytest.raises(MethodError, match="more than 6 kinds of mark"):
        plot.swimmer(phases(), drug="baclofen", marks=kinds)


def test_phases_stay_apart_in_grey_and_for_every_colour_vision():
    fills = [LANES[name].face for name in ("titration", "maintenance", "taper")]
    assert fills == [RAMP[1], RAMP[3], DOWN]
    for one, other in pairwise(fills):
        assert abs(lab(one)[0] - lab(other)[0]) > 18
        assert all(apart(one, other, deficiency) > 20 for deficiency in DEFICIENCIES)
    drawn = {(lane.face, lane.edge, lane.hatch, lane.tall) for lane in LANES.values()}
    assert len(drawn) == len(LANES)


def infused():
    rows = [("A", day, 100.0) for day in range(3)] + [("A", day, None) for day in range(3, 5)]
    rows += [("A", day, 120.0) for day in range(5, 8)] + [("B", day, 90.0) for day in (0, 3)]
    frame = pd.DataFrame(rows, columns=["participant", "day", "dose_ug_per_day"])
    return frame.assign(route="intrathecal")


def test_an_infusion_is_a_step_line_with_gaps_where_it_is_unknown():
    ax = plot.infusion_doses(infused(), participants=["A", "B"])
    [line] = plot.find(ax, "dose.A")
    assert list(line.get_xdata()) == pytest.approx([day / DAYS_PER_MONTH for day in range(9)])
    assert pd.Series(line.get_ydata()).fillna(-1).tolist() == [100, 100, 100, -1, -1, 120, 120, 120, 120]
    assert line.get_drawstyle() == "steps-post"
    [line] = plot.find(ax, "dose.B")
    assert pd.Series(line.get_ydata()).fillna(-1).tolist() == [90, -1, -1, 90, 90]
    assert ax.get_ylabel().replace("\n", " ") == "Recorded intrathecal dose (µg/day)"
    assert ax.get_xlabel() == "Months from the first dose"


def test_refills_and_events_stand_at_the_dose_of_their_day():
    marks = pd.DataFrame({"participant": ["A", "A", "C"], "day": [1, 4, 1]})
    ax = plot.infusion_doses(infused(), participants=["A"], refills=marks, events=marks.iloc[:1])
    [refill], [event] = plot.find(ax, "refill"), plot.find(ax, "event")
    assert list(refill.get_ydata()) == [100, 0]  # the dose on day 4 is not known
    assert list(event.get_xdata()) == pytest.approx([1 / DAYS_PER_MONTH])


def test_oral_doses_are_no_infusion():
    with pytest.raises(MethodError, match="1 participant of 1 without an infused dose"):
        plot.infusion_doses(infused().assign(route="oral"), participants=["A"])
    with pytest.raises(MethodError, match="expected 1 to 5 people who have one"):
        plot.infusion_doses(infused(), participants=[])


def company():
    spans = pd.DataFrame({"start_day": [0, 10, 20], "end_day": [10, 20, 40], "n_classes": [0, 1, 2]})
    spans = spans.assign(participant="A", drug="baclofen", route="oral", classes="")
    courses = pd.DataFrame(
        {
            "participant": ["A", "A", "A", "B"],
            "medicine": ["diazepam", "alcohol", "long ago", "other"],
            "class": ["benzodiazepines", "alcohol", "opioids", "opioids"],
            "start_day": pd.array([-400, 20, -90, 0], dtype="Int64"),
            "end_day": pd.array([None, 40, -60, None], dtype="Int64"),
        }
    )
    return spans, courses


def test_bars_of_the_drug_and_of_the_medicines_beside_it():
    ax = plot.co_medication(*company(), participant="A")
    assert [(x, x + width) for x, _, width, _ in boxes(ax, "drug")] == [(0, 10), (10, 20), (20, 40)]
    bars = plot.find(ax, "medicine")
    assert [item.get_gid() for item in bars] == ["medicine.alcohol", "medicine.diazepam-benzodiazepines-"]
    [alcohol] = boxes(ax, "medicine.alcohol")
    assert (alcohol[0], alcohol[0] + alcohol[2]) == (20, 40)
    [diazepam] = boxes(ax, "medicine.diazepam-benzodiazepines-")
    assert (diazepam[0], diazepam[0] + diazepam[2]) == ax.get_xlim()  # began before and goes on
    labels = [tick.get_text().replace("\n", " ") for tick in ax.get_yticklabels()]
    assert labels == ["oral baclofen", "alcohol", "diazepam (benzodiazepines)"]


def test_shared_days_are_shaded_and_counted():
    ax = plot.co_medication(*company(), participant="A")
    [one] = boxes(ax, "overlap.one-class")
    [several] = boxes(ax, "overlap.several-classes")
    assert (one[0], one[0] + one[2]) == (10, 20)
    assert (several[0], several[0] + several[2]) == (20, 40)
    [note] = plot.find(ax, "note")
    assert note.get_text() == "A; grey: 30 days shared, darker with two or more classes"


def test_two_drugs_never_share_a_row_and_strangers_are_refused():
    spans, courses = company()
    both = pd.concat([spans, spans.assign(route="intrathecal")])
    with pytest.raises(MethodError, match="several drugs or routes; pass `drug=` and `route=`"):
        plot.co_medication(both, courses, participant="A")
    assert plot.find(plot.co_medication(both, courses, participant="A", route="oral"), "drug")
    with pytest.raises(MethodError, match="no row has participant='Z'"):
        plot.co_medication(spans, courses, participant="Z")
