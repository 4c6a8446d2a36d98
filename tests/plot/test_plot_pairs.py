"""Paired slopes: a line per participant, the mean that was computed, the interval of its change."""

import pytest

from spasticity import plot
from spasticity.errors import MethodError
from spasticity.stats import Paired
from tests.plot.made import ARMS, pairs


def slug(name):
    return name.replace(" ", "-")


def test_each_participant_is_a_line_from_first_to_last():
    made = pairs()
    ax = plot.paired_slopes(made)
    for arm in ARMS:
        mine = made.pairs[made.pairs["arm"].eq(arm)]
        [lines] = plot.find(ax, f"pair.{slug(arm)}")
        assert [segment[:, 1].tolist() for segment in lines.get_segments()] == mine[
            ["first", "last"]
        ].to_numpy().tolist()
        assert all(segment[1, 0] - segment[0, 0] == 1 for segment in lines.get_segments())


def test_the_mean_line_and_its_interval_are_those_of_the_mean_change():
    made = pairs()
    made.frame.loc[made.frame["term"].eq("Hodges-Lehmann change"), ["conf_low", "conf_high"]] = [-9, 9]
    ax = plot.paired_slopes(made)
    for arm in ARMS:
        row = made.row("mean change", arm=arm)
        [line], [bar] = plot.find(ax, f"mean.{slug(arm)}"), plot.find(ax, f"interval.{slug(arm)}")
        assert list(line.get_ydata()) == [row["mean_first"], row["mean_last"]]
        [segment] = bar.get_segments()
        assert segment[:, 1].tolist() == [row["mean_first"] - 4.5, row["mean_first"] + 0.5]
        assert segment[0, 0] == line.get_xdata()[1]


def test_n_and_the_names_of_visits_are_shown():
    ax = plot.paired_slopes(pairs(), visits=("baseline", "week 12"))
    assert [text.get_text().split("(")[1] for text in plot.find(ax, "n")] == ["n = 3)"] * 4
    words = [label.get_text().replace("\n", " ") for label in ax.get_xticklabels()]
    assert words == ["baseline", "week 12"] * 4
    assert ax.get_ylabel().endswith("← lower is better")


def test_names_that_do_not_fit_under_their_lines_go_to_a_legend():
    with plot.style("lancet"):
        ax = plot.paired_slopes(pairs())
    assert plot.find(ax, "n") == []
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [f"{arm} (n = 3)" for arm in ARMS]


def test_everybody_together_is_black_and_has_no_name():
    made = pairs(ARMS[:1])
    alone = Paired(frame=made.frame.drop(columns="arm"), method="", n=3, pairs=made.pairs.drop(columns="arm"))
    ax = plot.paired_slopes(alone)
    assert [text.get_text() for text in plot.find(ax, "n")] == ["(n = 3)"]
    assert plot.find(ax, "mean")[0].get_color() == "#000000"


def test_cohorts_have_the_colours_of_cohorts():
    made = pairs(ARMS[:2])
    names = dict(zip(ARMS[:2], ["MS", "SCI"], strict=True))
    frame = made.frame.assign(cohort=made.frame["arm"].map(names).astype(str)).drop(columns="arm")
    frame.insert(2, "cohort", frame.pop("cohort"))
    people = made.pairs.assign(cohort=made.pairs["arm"].map(names).astype(str))
    ax = plot.paired_slopes(Paired(frame=frame, method="", n=6, pairs=people))
    colours = [line.get_color() for line in plot.find(ax, "mean")]
    assert colours == [style.colour for style in plot.cohort_styles(["MS", "SCI"]).values()]


def test_two_grouping_columns_are_refused():
    made = pairs()
    frame = made.frame.assign(cohort="MS")
    frame.insert(2, "cohort", frame.pop("cohort"))
    with pytest.raises(MethodError, match=r"groups by `cohort` and `arm`, expected one column"):
        plot.paired_slopes(Paired(frame=frame, method="", n=1, pairs=made.pairs))
