"""Change by visit: what is drawn is what was computed."""

import numpy as np
import pandas as pd
import pytest

from spasticity import instruments, plot
from spasticity.errors import MethodError
from tests.plot.made import ARMS, DAYS, VISITS, change


def segments(artist):
    return np.array([[*segment[:, 0], *segment[:, 1]] for segment in artist.get_segments()])


@pytest.mark.parametrize("days", [None, DAYS])
def test_lines_and_bars_are_the_estimates_and_their_intervals(days):
    result = change()
    ax = plot.change_by_visit(result, days=days)
    places = [float(DAYS[visit]) for visit in VISITS] if days else [0, 1, 2, 3, 4]
    for arm in ARMS:
        rows = result.frame[result.frame["arm"].eq(arm)]
        [line] = plot.find(ax, f"estimate.{arm.replace(' ', '-')}")
        [bars] = plot.find(ax, f"interval.{arm.replace(' ', '-')}")
        assert list(line.get_xdata()) == places
        assert list(line.get_ydata()) == list(rows["estimate"])
        assert segments(bars)[:, 0] == pytest.approx(places)
        assert segments(bars)[:, 2] == pytest.approx(rows["conf_low"])
        assert segments(bars)[:, 3] == pytest.approx(rows["conf_high"])


def test_every_n_stands_under_its_visit_in_the_row_of_its_arm():
    result = change()
    ax = plot.change_by_visit(result)
    ax.figure.draw_without_rendering()
    levels = {}
    for (arm, visit), n in result.frame.set_index(["arm", "visit"])["n"].items():
        [text] = plot.find(ax, f"n.{arm}-{visit}".replace(" ", "-"))
        assert text.get_text() == str(n)
        assert text.get_position()[0] == VISITS.index(visit)
        levels.setdefault(arm, set()).add(round(text.get_window_extent().y0))
    [placebo], [oral], [cyclobenzaprine], [intrathecal] = (levels[arm] for arm in ARMS)
    assert 0 < intrathecal < cyclobenzaprine < oral < placebo < ax.get_window_extent().y0
    keys = [key for arm in ARMS for key in plot.find(ax, f"n-key.{arm.replace(' ', '-')}")]
    lines = plot.find(ax, "estimate")
    assert [key.get_marker() for key in keys] == [line.get_marker() for line in lines]


def test_arms_stand_beside_each_other_on_paper_while_their_numbers_stay():
    ax = plot.change_by_visit(change())
    lines = plot.find(ax, "estimate")
    across = [line.get_transform().transform((0, 0))[0] for line in lines]
    step = np.diff(across) * 72 / ax.figure.dpi
    assert step == pytest.approx(3.2)
    assert np.mean(across) == pytest.approx(ax.transData.transform((0, 0))[0])


def test_there_is_a_line_at_no_change_and_none_for_values():
    [null] = plot.find(plot.change_by_visit(change()), "null")
    assert list(null.get_ydata()) == [0, 0]
    assert plot.find(plot.change_by_visit(change(), value="value"), "null") == []


@pytest.mark.parametrize(
    ("outcome", "value", "words"),
    [
        ("spasticity_nrs", "change", "Spasticity NRS (0-10), change from baseline\n← lower is better"),
        ("spasticity_nrs", "percent_change", "Spasticity NRS, change from baseline (%)\n← lower is better"),
        ("tst_min", "value", "Total sleep time (min)\nhigher is better →"),
        ("something_new", "change", "something new, change from baseline"),
    ],
)
def test_the_axis_says_what_it_shows_and_which_way_is_better(outcome, value, words):
    with plot.style("double"):
        ax = plot.change_by_visit(change(outcome=outcome), value=value)
    assert ax.get_ylabel() == words
    if instruments.measure(outcome).unit:
        assert instruments.measure(outcome).label in words


def test_the_words_for_the_axis_come_from_the_outcome_that_is_asked_for():
    both = change()
    both = both.__class__(
        frame=pd.concat([both.frame, change(outcome="pain_nrs").frame.assign(estimate=1.0)]), method="", n=1
    )
    ax = plot.change_by_visit(both, outcome="pain_nrs")
    assert ax.get_ylabel().startswith("Pain NRS")
    assert set(plot.find(ax, "estimate.placebo")[0].get_ydata()) == {1.0}
    with pytest.raises(
        MethodError, match=r"40 rows share a place .*choose one outcome of `spasticity_nrs` or `pain_nrs`"
    ):
        plot.change_by_visit(both)


def test_the_bars_are_named_with_their_level():
    result = change()
    [note] = plot.find(plot.change_by_visit(result), "note")
    assert note.get_text() == "bars: 95\N{NO-BREAK SPACE}% CI"
    other = result.__class__(frame=result.frame, method="", n=1, level=0.9)
    [note] = plot.find(plot.change_by_visit(other), "note")
    assert note.get_text().startswith("bars: 90")


def test_adjusted_means_are_drawn_rather_than_differences():
    result = change(term="adjusted mean")
    both = result.__class__(
        frame=pd.concat([result.frame, change(term="oral baclofen - placebo").frame]), method="", n=1
    )
    assert len(plot.find(plot.change_by_visit(both), "estimate")) == 4


def test_a_missing_estimate_is_a_gap_and_an_unknown_n_a_dash():
    result = change()
    result.frame.loc[7, ["estimate", "conf_low", "conf_high"]] = np.nan
    result.frame.loc[7, "n"] = pd.NA
    ax = plot.change_by_visit(result)
    [line] = plot.find(ax, "estimate.oral-baclofen")
    assert np.isnan(line.get_ydata()).tolist() == [False, False, True, False, False]
    assert plot.find(ax, "n.oral-baclofen-week-8")[0].get_text() == "\N{EN DASH}"


def test_rows_in_any_order_give_the_same_figure():
    result = change()
    mixed = result.__class__(frame=result.frame.sample(frac=1, random_state=1).reset_index(drop=True), method="", n=1)
    one, other = plot.change_by_visit(result), plot.change_by_visit(mixed)
    for left, right in zip(plot.find(one, "estimate"), plot.find(other, "estimate"), strict=True):
        assert left.get_label() == right.get_label()
        assert list(left.get_ydata()) == list(right.get_ydata())


def test_an_arm_looks_the_same_in_a_figure_of_fewer_arms():
    result = change()
    fewer = result.__class__(frame=result.frame[result.frame["arm"].isin(ARMS[2:])], method="", n=1)
    [one] = plot.find(plot.change_by_visit(result), "estimate.intrathecal-baclofen")
    [other] = plot.find(plot.change_by_visit(fewer), "estimate.intrathecal-baclofen")
    assert (one.get_color(), one.get_marker(), one.get_linestyle()) == (
        other.get_color(),
        other.get_marker(),
        other.get_linestyle(),
    )


def test_styles_that_are_handed_over_are_used_and_must_hold_every_arm():
    styles = plot.arm_styles(ARMS, "cyclobenzaprine")
    ax = plot.change_by_visit(change(), styles=styles)
    for line in plot.find(ax, "estimate"):
        assert line.get_color() == styles[line.get_label()].colour
    with pytest.raises(MethodError, match=r"styles: nothing for `intrathecal baclofen`; make them with"):
        plot.change_by_visit(change(), styles=plot.arm_styles(ARMS[:3]))


def test_names_stand_at_the_ends_where_they_fit_and_above_where_not():
    with plot.style("double"):
        wide = plot.change_by_visit(change())
    with plot.style("single"):
        narrow = plot.change_by_visit(change())
    assert [text.get_text() for text in plot.find(wide, "name")] == list(reversed(ARMS))
    assert wide.get_legend() is None
    assert plot.find(narrow, "name") == []
    assert [text.get_text() for text in narrow.get_legend().get_texts()] == list(ARMS)


def test_an_arm_that_ends_early_is_named_in_a_legend():
    result = change()
    result.frame.loc[4, ["estimate", "conf_low", "conf_high"]] = np.nan
    with plot.style("double"):
        assert plot.change_by_visit(result).get_legend() is not None


def test_an_arm_without_any_estimate_is_still_named_and_counted():
    result = change()
    result.frame.loc[:4, ["estimate", "conf_low", "conf_high"]] = np.nan
    with plot.style("double"):
        ax = plot.change_by_visit(result)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(ARMS)
    assert plot.find(ax, "n.placebo-week-8")[0].get_text() == "56"


def test_a_study_without_arms_has_a_line_per_cohort_or_one_line():
    frame = change(arms=("MS", "SCI")).frame.rename(columns={"arm": "cohort"})
    ax = plot.change_by_visit(frame)
    colours = [line.get_color() for line in plot.find(ax, "estimate")]
    assert colours == [style.colour for style in plot.cohort_styles(["MS", "SCI"]).values()]
    one = plot.change_by_visit(frame[frame["cohort"].eq("MS")].drop(columns="cohort"))
    assert [line.get_label() for line in plot.find(one, "estimate")] == ["all"]
    with pytest.raises(MethodError, match=r"share a place .*choose one cohort of `MS` or `SCI`"):
        plot.change_by_visit(frame.assign(arm="a"))


def test_one_arm_needs_no_name():
    ax = plot.change_by_visit(change(arms=ARMS[:1]))
    assert ax.get_legend() is None
    assert plot.find(ax, "name") == []


def test_a_plain_table_is_drawn_without_a_word_on_its_bars():
    ax = plot.change_by_visit(change().frame)
    assert len(plot.find(ax, "estimate")) == 4
    assert plot.find(ax, "note") == []


def test_a_table_without_visits_is_refused():
    with pytest.raises(MethodError, match=r"change_by_visit: the table lacks `visit`; it has .*Ask the statistic"):
        plot.change_by_visit(change().frame.drop(columns="visit"))


def test_an_outcome_that_is_not_there_is_refused():
    with pytest.raises(MethodError, match="no row has outcome='psqi'; there are `spasticity_nrs`"):
        plot.change_by_visit(change(), outcome="psqi")


def test_an_empty_table_is_refused():
    with pytest.raises(MethodError, match="change_by_visit: there are no rows to draw"):
        plot.change_by_visit(change().frame.iloc[:0])


def test_a_visit_without_a_planned_day_is_refused():
    with pytest.raises(MethodError, match=r"change_by_visit: days= has no day for `week 24`"):
        plot.change_by_visit(change(), days={name: day for name, day in DAYS.items() if name != "week 24"})
