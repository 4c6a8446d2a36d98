"""A lane for each participant: phases of dosing and what happened in them. Describes data; gives no advice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from spasticity.errors import MethodError
from spasticity.plot import canvas, frames, labels
from spasticity.plot.palette import FAINT, INK, RAMP, RULE
from spasticity.wording import plural

MOST_LANES = 60  # more cannot be told apart on a page
LANE = 0.78  # of the distance of two lanes
APART = 0.24  # of that distance, between kinds of mark
DOWN = "#8A3200"


@dataclass(frozen=True, slots=True)
class Lane:
    """How a phase is drawn: in grey the fills lie far apart, and what is like in grey differs in its hatch."""

    face: str
    edge: str = "none"
    hatch: str = ""
    tall: float = LANE


LANES: Mapping[str, Lane] = {
    "titration": Lane(RAMP[1]),
    "maintenance": Lane(RAMP[3]),
    "re-titration": Lane(RAMP[1], RAMP[5], "////////"),
    "reduction": Lane("#FFFFFF", DOWN, "\\\\\\\\\\\\"),
    "taper": Lane(DOWN),
    "interruption": Lane("#FFFFFF", INK),
    "off": Lane(FAINT, tall=0.2),
    "unknown": Lane("#FFFFFF", RULE, "......"),
}
MARKS = ("v", "X", "D", "*", "P", "s")


@canvas.styled
def swimmer(
    phases: pd.DataFrame,
    *,
    drug: str,
    route: str | None = None,
    marks: pd.DataFrame | None = None,
    participants: Iterable[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """A lane for each participant with the phases of dosing, and marks for what happened. Describes data; no advice.

    Parameters
    ----------
    phases : DataFrame
        `participant, drug, route, phase, start_day, end_day`, as `derive.dose_phases` gives them.
    drug : str
        Whose lanes.
    route : str, optional
        Needed when the drug was given by two routes, for doses of the two are not compared.
    marks : DataFrame, optional
        `participant, day, kind`, as `derive.dosing_marks` gives them, at most six kinds; with `drug` and `route`, only
        those of the lanes.
    participants : iterable of str, optional
        Whose lanes and in which order; else everybody, the longest log at the top.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `phase` (a collection for each) and `mark` (one line for each kind), `names`, `note`.

    Raises
    ------
    MethodError
        When columns are absent, there are more than 60 lanes or six kinds of mark, or two routes would be mixed.
    """
    needed = ["participant", "drug", "route", "phase", "start_day", "end_day"]
    frame = frames.chosen(frames.table_of(phases, needed, "swimmer"), "swimmer", drug=drug, route=route)
    if len(frames.order(frame["route"])) > 1:
        raise MethodError(f"swimmer: {drug} was given by two routes; pass `route=`, for doses of the two never meet.")
    people = _people(frame, participants)
    frame = frame[frame["participant"].isin(people)]
    marks = _marks(marks, people, drug, str(frame["route"].iloc[0]))
    kinds = frames.order(marks["kind"])
    seen = [name for name in LANES if frame["phase"].eq(name).any()]
    keys = [_key(name) for name in seen] + [_mark_key(kind, place) for place, kind in enumerate(kinds)]
    height = canvas.lines(max(6 + 0.95 * len(people), 10))
    ax = canvas.axes(ax, height=height, more=canvas.lines(-(-len(keys) // 3)))
    place = {person: lane for lane, person in enumerate(people)}
    for name in seen:
        _draw_phase(ax, frame[frame["phase"].eq(name)], name, place)
    for number, kind in enumerate(kinds):
        beside = APART * (number - (len(kinds) - 1) / 2)  # so that marks of one day do not cover each other
        _draw_marks(ax, marks[marks["kind"].eq(kind)], kind, number, {who: y + beside for who, y in place.items()})
    _lanes_axis(ax, frame, people)
    canvas.note(ax, plural(len(people), "participant"))
    _legend(ax, keys)
    return ax


def _people(frame: pd.DataFrame, asked: Iterable[str] | None) -> list[str]:
    there = frame.groupby("participant", observed=True)["end_day"].max().sort_values(ascending=False, kind="stable")
    people = [str(name) for name in there.index] if asked is None else list(dict.fromkeys(asked))
    absent = [name for name in people if name not in there.index]
    if absent or not people:
        raise MethodError(f"swimmer: {plural(len(absent), 'participant')} asked for without a log; choose others.")
    if len(people) > MOST_LANES:
        raise MethodError(
            f"swimmer: {plural(len(people), 'lane')} cannot be told apart, expected at most {MOST_LANES}; "
            "pass `participants=`."
        )
    return people


def _marks(marks: pd.DataFrame | None, people: list[str], drug: str, route: str) -> pd.DataFrame:
    if marks is None or marks.empty:
        return pd.DataFrame({"participant": [], "day": [], "kind": []})
    found = frames.table_of(marks, ["participant", "day", "kind"], "swimmer")
    for name, own in {"drug": drug, "route": route}.items():
        found = found[found[name].eq(own)] if name in found else found
    found = found[found["participant"].isin(people)].dropna(subset=["day"])
    if len(frames.order(found["kind"])) > len(MARKS):
        raise MethodError(f"swimmer: more than {len(MARKS)} kinds of mark cannot be told apart; join some of them.")
    return found


def _draw_phase(ax: Axes, rows: pd.DataFrame, name: str, place: Mapping[str, int]) -> None:
    lane = LANES[name]
    corners = []
    for person, first, end in zip(rows["participant"], rows["start_day"], rows["end_day"], strict=True):
        low, high = place[str(person)] - lane.tall / 2, place[str(person)] + lane.tall / 2
        corners.append([(first, low), (end, low), (end, high), (first, high)])
    width = 0.5 * canvas.scale() if name == "interruption" else 0.0
    options: dict[str, Any] = {"facecolor": lane.face, "edgecolor": lane.edge, "hatch": lane.hatch, "linewidth": width}
    ax.add_collection(canvas.named(PolyCollection(corners, **options), "phase", name))


def _draw_marks(ax: Axes, rows: pd.DataFrame, kind: str, number: int, place: Mapping[str, float]) -> None:
    lanes = [place[str(person)] for person in rows["participant"]]
    (line,) = ax.plot(rows["day"].astype(float), lanes, **_mark_style(number), zorder=4)
    canvas.named(line, "mark", kind)


def _mark_style(number: int) -> dict[str, Any]:
    size = 4.2 * canvas.scale()
    face = "white" if number % 2 == 0 else INK
    edge = {"markeredgecolor": INK, "markeredgewidth": 0.7 * canvas.scale(), "markerfacecolor": face}
    return {"linestyle": "none", "marker": MARKS[number], "markersize": size, **edge}


def _key(name: str) -> Patch:
    lane = LANES[name]
    edge = lane.edge if lane.edge != "none" else lane.face
    return Patch(facecolor=lane.face, edgecolor=edge, hatch=lane.hatch, label=name, linewidth=0.5)


def _mark_key(kind: str, number: int) -> Line2D:
    return Line2D([], [], label=kind, **_mark_style(number))


def _lanes_axis(ax: Axes, frame: pd.DataFrame, people: list[str]) -> None:
    canvas.cover(ax, "x", frame["start_day"].astype(float), frame["end_day"].astype(float), air=0.01)
    ax.set_ylim(len(people) - 0.4, -0.6)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    labels.day_ticks(ax)
    canvas.lay_out(ax)
    room = canvas.height_pt(ax) / (len(people) + 0.2)
    step = max(1, round(labels.LINE * rcParams["ytick.labelsize"] / room + 0.49))
    ax.set_yticks(range(0, len(people), step), people[::step])
    labels.label_axis(ax, "y", "Participant")


def _legend(ax: Axes, keys: list[Patch | Line2D]) -> None:
    canvas.lay_out(ax)
    above = canvas.shifted(ax, ax.transAxes, down=-labels.LINE * rcParams["legend.fontsize"] - 5 * canvas.scale())
    columns = min(len(keys), max(2, int(canvas.width_pt(ax) // (10.5 * rcParams["legend.fontsize"]))))
    options: dict[str, Any] = {
        "loc": "lower left",
        "bbox_to_anchor": (0, 1),
        "bbox_transform": above,
        "borderaxespad": 0,
    }
    canvas.named(ax.legend(handles=keys, ncols=columns, **options), "names")
