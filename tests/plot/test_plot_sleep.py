"""Figures of sleep: what is drawn stands where the table says, by name, unit and count; words keep apart."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from spasticity import plot
from spasticity.errors import MethodError
from tests.plot.made import ARMS, VISITS, result
from tests.plot.test_plot_words import SLACK, out_of_sight, overlap


def epochs(hours=60, counts=lambda hour: 100.0 * (hour % 24), start="2024-03-30T12:00:00Z", per_h=2):
    """Epochs of half an hour from noon of day -1, on a clock without changes."""
    step = np.arange(hours * per_h) / per_h + 12
    table = pd.DataFrame({"participant": "A", "day": (step // 24).astype(int) - 1, "hour": step % 24})
    table["start_utc"] = pd.Timestamp(start) + pd.to_timedelta(step - 12, unit="h")
    asleep = (table["hour"] >= 23) | (table["hour"] < 7)
    return table.assign(
        repeated=False,
        epoch_s=3600.0 / per_h,
        counts=counts(step),
        worn=pd.array([True] * len(table), dtype="boolean"),
        state=pd.Categorical(np.where(asleep, "sleep", "wake"), ["sleep", "wake"]),
    )


def boxes(ax, role):
    """Rectangles of a role as (left, right, top, bottom), rounded."""
    [drawn] = plot.find(ax, role)
    corners = [path.vertices[:4] for path in drawn.get_paths()]
    return sorted(tuple(np.round([b[:, 0].min(), b[:, 0].max(), b[:, 1].min(), b[:, 1].max()], 3)) for b in corners)


def spasms(*moments):
    return pd.DataFrame([("A", day, hour) for day, hour in moments], columns=["participant", "day", "hour"])


def test_each_day_stands_in_its_row_and_again_at_the_end_of_the_row_above():
    ax = plot.actogram(epochs(), spasms=spasms((0, 1.5), (0, 13.0)))
    assert ax.get_xlim() == (12, 60)
    nights = [(left, right, round(low)) for left, right, low, _ in boxes(ax, "sleep")]
    # The recording ends at midnight of the third night.
    assert nights == [(23, 24, 2), (23, 31, 0), (23, 31, 1), (47, 48, 1), (47, 55, 0)]
    [ticks] = plot.find(ax, "spasm")
    places = sorted(zip(ticks.get_xdata().tolist(), np.floor(ticks.get_ydata()).tolist(), strict=True))
    assert places == [(13.0, 1.0), (25.5, 0.0), (37.0, 0.0)]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["−1", "0", "1"]


def test_bars_are_as_high_as_the_counts():
    ax = plot.actogram(epochs(hours=24, counts=lambda hour: 10 * hour), double=False, start=12, ceiling=360)
    tall = {left: bottom - top for left, _, top, bottom in boxes(ax, "activity")}
    assert tall[12.0] == pytest.approx(0.78 * 120 / 360, abs=2e-3)
    assert tall[35.5] == pytest.approx(0.78 * 355 / 360, abs=2e-3)
    [note] = plot.find(ax, "note")
    assert note.get_text() == "A; a full row: 360 counts per 1800 s"


def test_what_was_not_worn_is_hatched_and_never_asleep():
    worn = epochs(hours=24)
    worn.loc[worn["hour"].between(0, 3.5), "worn"] = False
    ax = plot.actogram(worn, double=False)
    assert [(left, right) for left, right, _, _ in boxes(ax, "not-worn")] == [(24, 28)]
    assert [(left, right) for left, right, _, _ in boxes(ax, "sleep")] == [(23, 24), (28, 31)]
    [hatched] = plot.find(ax, "not-worn")
    assert hatched.get_hatch()
    assert "not worn" in [text.get_text() for text in plot.find(ax, "names")[0].get_texts()]


def test_a_repeated_hour_is_drawn_in_two_halves_and_a_skipped_one_crossed_out():
    night = epochs(hours=24)
    again = night[night["hour"].between(1, 1.5)].assign(repeated=True, state="wake")
    both = pd.concat([night.astype({"state": object}), again.astype({"state": object})])
    ax = plot.actogram(both.sort_values(["day", "hour", "repeated"]).drop(columns="start_utc"), double=False)
    asleep = [box for box in boxes(ax, "sleep") if box[:2] == (25, 26)]
    assert asleep == [(25, 26, 0.03, 0.5)]  # the first pass, in the upper half
    lines = [box[3] for box in boxes(ax, "recorded") if box[:2] == (25, 26)]
    assert lines == [0.5, 1.0]
    skipped = night[~night["hour"].between(1, 1.5)].copy()
    skipped.loc[skipped["day"] >= 0, "start_utc"] -= pd.to_timedelta(skipped["hour"].ge(2).astype(int), unit="h")
    ax = plot.actogram(skipped, double=False)
    [cross] = plot.find(ax, "skipped")
    assert (np.nanmin(cross.get_xdata()), np.nanmax(cross.get_xdata())) == (25, 26)


def test_days_that_were_not_recorded_are_named_in_one_row():
    early = epochs(hours=24)
    ax = plot.actogram(pd.concat([early, early.assign(day=early["day"] + 30)]), double=False)
    assert [text.get_text() for text in plot.find(ax, "pause")] == ["29 days not recorded"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["−1", "29"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows.drop(columns="hour"), "the table lacks `hour`"),
        (lambda rows: pd.concat([rows, rows.assign(participant="B")]), "of one person; pass participant="),
        (lambda rows: rows.assign(day=pd.NA), "no epoch has a study day; make it with `derive.local_clock"),
        (lambda rows: pd.concat([rows.assign(day=rows["day"] + 2 * n) for n in range(70)]), "expected at most 60"),
    ],
)
def test_an_actogram_that_could_not_be_read_is_refused(change, said):
    with pytest.raises(MethodError, match=said):
        plot.actogram(change(epochs()))


SPANS = pd.DataFrame(
    [
        *[("A", 0, "recording", "asleep", 23.5, 30.0), ("A", 0, "recording", "awake in bed", 30.0, 30.5)],
        *[("A", 0, "diary", "asleep", 23.25, 30.25), ("A", 0, "recording", "out of bed", 12.0, 23.5)],
        ("A", 3, "recording", "asleep", 24.0, 31.0),
    ],
    columns=["participant", "day", "source", "state", "from_h", "to_h"],
)


def test_the_recording_lies_above_the_diary_of_the_same_night():
    ax = plot.sleep_timeline(SPANS, spasms=spasms((1, 2.0), (9, 3.0)))
    assert boxes(ax, "asleep.recording") == [(23.5, 30, 0.1, 0.52), (24, 31, 1.1, 1.52)]
    assert boxes(ax, "asleep.diary") == [(23.25, 30.25, 0.58, 0.82)]
    assert boxes(ax, "awake.recording") == [(30, 30.5, 0.1, 0.52)]
    [ticks] = plot.find(ax, "spasm")
    assert list(ticks.get_xdata()) == [26.0]
    assert ax.get_ylabel() == "Night of study day"
    assert plot.find(ax, "note")[0].get_text() == "A, 2 nights; upper lane: recording, lower: diary"
    with pytest.raises(MethodError, match="of one person"):
        plot.sleep_timeline(pd.concat([SPANS, SPANS.assign(participant="B")]))


def around(band=True):
    edges = np.arange(-4, 5, 2)
    table = pd.DataFrame({"from_min": edges[:-1], "to_min": edges[1:], "spasms_per_hour": [1.0, 0.0, 6.0, 2.0]})
    table = table.assign(awakenings=40, nights=30, participants=4)
    return table.assign(expected=1.0, chance_low=0.0, chance_high=2.5, level=0.95) if band else table


def test_bars_around_awakenings_are_rates_and_the_band_is_that_of_chance():
    ax = plot.peri_awakening(around())
    bars = plot.find(ax, "rate")
    assert [(bar.get_x(), bar.get_width(), bar.get_height()) for bar in bars] == [
        (-4, 2, 1),
        (-2, 2, 0),
        (0, 2, 6),
        (2, 2, 2),
    ]
    [band] = plot.find(ax, "band")
    assert band.get_data().values.tolist() == [2.5] * 4
    [line] = plot.find(ax, "expected")
    assert set(line.get_ydata()) == {1.0}
    assert plot.find(ax, "note")[0].get_text() == "n = 40 awakenings, 30 nights, 4 participants"
    assert ax.get_ylabel() == "Spasms per hour\n← lower is better"
    assert not plot.find(plot.peri_awakening(around(band=False)), "band")
    with pytest.raises(MethodError, match="share a place"):
        plot.peri_awakening(pd.concat([around(), around()]))


PROFILE = pd.DataFrame({"participant": "A", "hour": np.arange(24.0), "days": 14, "mean": np.arange(24.0) * 10})
PROFILE = PROFILE.assign(low=PROFILE["mean"] - 5, high=PROFILE["mean"] + 5)
RHYTHM = {"participant": "A", "l5": 20.0, "l5_onset": 23.0, "m10": 200.0, "m10_onset": 10.0}
RHYTHM = pd.DataFrame([RHYTHM | {"mesor": 100.0, "cosinor_amplitude": 50.0, "acrophase": 15.0}])


def test_the_mean_day_begins_at_noon_and_goes_round():
    ax = plot.activity_profile(PROFILE, RHYTHM)
    [mean] = plot.find(ax, "mean")
    assert mean.get_xdata()[:2].tolist() == [12, 13]
    assert mean.get_ydata()[[0, 11, 12]].tolist() == [120, 230, 0]
    assert [list(line.get_xdata()) for line in plot.find(ax, "l5")] == [[23.0, 28.0]]
    assert [list(line.get_xdata()) for line in plot.find(ax, "m10")] == [[34.0, 36.0], [12, 20.0]]
    [wave] = plot.find(ax, "cosinor")
    assert wave.get_xdata()[np.argmax(wave.get_ydata())] == 15
    assert wave.get_ydata().max() == pytest.approx(150)
    assert plot.find(ax, "note")[0].get_text() == "A, 14 days"
    with pytest.raises(MethodError, match="2 rows of rhythm"):
        plot.activity_profile(PROFILE, pd.concat([RHYTHM, RHYTHM]))


def weekly():
    rows = [("A", week, 0.5 + 0.1 * week) for week in (-1, 0, 3)] + [("B", week, 0.4) for week in (-1, 0)]
    return pd.DataFrame(rows, columns=["participant", "week", "stability"])


def test_weeks_that_do_not_follow_each_other_are_not_joined():
    ax = plot.rhythm_by_week(weekly())
    [line] = plot.find(ax, "value.A")
    assert np.array_equal(line.get_xdata(), [-1, 0, np.nan, 3], equal_nan=True)
    assert np.allclose(line.get_ydata(), [0.4, 0.5, np.nan, 0.8], equal_nan=True)
    assert ax.get_ylabel() == "Interdaily stability (IS, 0 to 1)"
    with pytest.raises(MethodError, match="measure='is' is not known"):
        plot.rhythm_by_week(weekly(), measure="is")
    with pytest.raises(MethodError, match="no week has a value"):
        plot.rhythm_by_week(weekly().assign(stability=np.nan))


def efficiency():
    rows = [
        {"term": "mean", "outcome": "sleep_efficiency_tib", "arm": arm, "visit": visit, "estimate": 80 + rank, "n": 50}
        for rank, arm in enumerate(ARMS)
        for visit in VISITS
    ]
    rows = [row | {"conf_low": row["estimate"] - 2, "conf_high": row["estimate"] + 2} for row in rows]
    return result(rows, ["outcome", "arm", "visit"])


def test_efficiency_names_its_denominator_and_has_its_line():
    ax = plot.efficiency_by_visit(efficiency())
    assert "time in bed" in ax.get_ylabel()
    assert "higher is better" in ax.get_ylabel()
    [line] = plot.find(ax, "reference")
    assert set(line.get_ydata()) == {85.0}
    assert ax.get_ylim()[1] >= 86
    assert not plot.find(plot.efficiency_by_visit(efficiency(), reference=None), "reference")
    with pytest.raises(MethodError, match="outcome='waso_min' is not known"):
        plot.efficiency_by_visit(efficiency(), outcome="waso_min")


FIGURES = {
    "actogram": lambda: plot.actogram(epochs(hours=24 * 14), spasms=spasms((1, 2))),
    "sleep_timeline": lambda: plot.sleep_timeline(SPANS, spasms=spasms((1, 2))),
    "peri_awakening": lambda: plot.peri_awakening(around()),
    "activity_profile": lambda: plot.activity_profile(PROFILE, RHYTHM),
    "rhythm_by_week": lambda: plot.rhythm_by_week(weekly()),
    "efficiency_by_visit": lambda: plot.efficiency_by_visit(efficiency()),
}


@pytest.mark.parametrize("size", ["single", "double"])
@pytest.mark.parametrize("name", FIGURES)
def test_no_word_of_a_sleep_figure_covers_another_or_leaves_the_page(name, size):
    with plot.style(size):
        ax = FIGURES[name]()
        ax.figure.canvas.draw()
    hidden = {label for axis in (ax.xaxis, ax.yaxis) for label in out_of_sight(axis)}
    words = [text for text in ax.figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    seen = [(text.get_text(), Text.get_window_extent(text)) for text in words if text not in hidden]
    assert len(seen) > 5
    for (one, here), (other, there) in combinations(seen, 2):
        assert overlap(here, there) <= SLACK, f"{one!r} covers {other!r}"
    page = ax.figure.bbox
    for text, box in seen:
        assert min(box.x0, box.y0, page.x1 - box.x1, page.y1 - box.y1) >= -SLACK, f"{text!r} leaves the page"
