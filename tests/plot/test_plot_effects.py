"""Forest: squares, intervals, n and numbers are those of the frame."""

import numpy as np
import pandas as pd
import pytest

from spasticity import plot
from spasticity.errors import MethodError
from spasticity.stats.result import Result, estimate_frame
from tests.plot.made import ARMS, subgroups


def test_marks_and_intervals_are_the_estimates():
    result = subgroups()
    ax = plot.forest(result)
    marks, bars = plot.find(ax, "estimate"), plot.find(ax, "interval")
    assert [mark.get_xdata()[0] for mark in marks] == list(result.frame["estimate"])
    ends = [bar.get_segments()[0][:, 0].tolist() for bar in bars]
    assert ends == result.frame[["conf_low", "conf_high"]].to_numpy().tolist()
    assert [bar.get_segments()[0][0, 1] for bar in bars] == [mark.get_ydata()[0] for mark in marks]


def test_numbers_and_n_stand_in_the_row_of_their_mark():
    result = subgroups()
    ax = plot.forest(result)
    rows = [mark.get_ydata()[0] for mark in plot.find(ax, "estimate")]
    for role, words in {
        "numbers": [f"−{-value:.2f}" for value in result.frame["estimate"]],
        "n": [f"{arm}/{base}" for arm, base in zip(result.frame["n_arm"], result.frame["n_reference"], strict=True)],
    }.items():
        texts = plot.find(ax, role)
        assert [text.get_text() for text in texts] == words
        assert [text.get_position()[1] for text in texts] == rows
    first = plot.find(ax, "limits")[0].get_text()
    assert first == "(−0.90 to −0.20)"


def test_each_arm_has_a_heading_its_subgroups_and_the_p_of_its_interaction():
    ax = plot.forest(subgroups(ARMS[1:2]))
    labels = [text.get_text().replace("\N{NO-BREAK SPACE}", " ") for text in plot.find(ax, "label")]
    assert labels == ["oral baclofen vs placebo", "  all", "  cohort", "    MS", "    SCI"]
    [p] = plot.find(ax, "interaction")
    assert p.get_text() == "interaction p = 0.41"
    assert p.get_position()[1] == labels.index("  cohort")


def test_the_whole_sample_is_a_diamond_and_subgroups_are_squares():
    marks = plot.find(plot.forest(subgroups(ARMS[1:2])), "estimate")
    assert [mark.get_marker() for mark in marks] == ["D", "s", "s"]


def test_arms_keep_their_colours():
    ax = plot.forest(subgroups())
    for arm, style in plot.arm_styles(ARMS).items():
        for mark in plot.find(ax, f"estimate.{arm.replace(' ', '-')}"):
            assert mark.get_color() == style.colour


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("spasticity_nrs", ["← favours oral baclofen", "favours placebo →"]),
        ("tst_min", ["← favours placebo", "favours oral baclofen →"]),
        ("something_new", []),
    ],
)
def test_the_sides_are_named_by_the_direction_of_benefit(outcome, words):
    result = subgroups(ARMS[1:2])
    result.frame["outcome"] = outcome
    ax = plot.forest(result)
    assert [text.get_text() for text in plot.find(ax, "favours")] == words


@pytest.mark.parametrize(
    ("event", "words"),
    [("benefit", ["← favours reference", "favours drug →"]), ("harm", ["← favours drug", "favours reference →"])],
)
def test_more_responders_favour_the_arm_also_where_a_lower_outcome_is_better(event, words):
    row = {"term": "risk difference", "outcome": "spasticity_nrs", "arm": "drug", "estimate": 0.25}
    row |= {"conf_low": 0.08, "conf_high": 0.4, "n": 120, "event": event}
    result = Result(frame=estimate_frame(pd.DataFrame([row]), ["outcome", "arm"]), method="made", n=120)
    ax = plot.forest(result)
    assert [text.get_text() for text in plot.find(ax, "favours")] == words
    share = "responders" if event == "benefit" else "participants"
    assert ax.get_xlabel().replace("\n", " ") == f"Spasticity NRS, share of {share}, difference"


def test_several_arms_are_favoured_together():
    ax = plot.forest(subgroups())
    assert [text.get_text() for text in plot.find(ax, "favours")] == ["← favours arm", "favours placebo →"]


def test_contrasts_by_visit_stand_under_their_arm_without_further_headings():
    frame = subgroups(ARMS[1:2]).frame.drop(columns=["variable", "subgroup"]).head(2)
    result = Result(
        frame=estimate_frame(frame.assign(visit=["week 4", "week 8"]), ["arm", "visit"]), method="made", n=9
    )
    ax = plot.forest(result, rows=("visit",))
    labels = [text.get_text().replace("\N{NO-BREAK SPACE}", " ") for text in plot.find(ax, "label")]
    assert labels == [f"{ARMS[1]} vs placebo", "  week 4", "  week 8"]
    assert [mark.get_ydata()[0] for mark in plot.find(ax, "estimate")] == [1, 2]


@pytest.mark.parametrize(
    ("rows", "message"),
    [(("cohort", "visit"), "the frame has no `cohort`"), (("arm", "visit"), "one column or two, beside the arm")],
)
def test_columns_that_are_not_there_are_named(rows, message):
    frame = subgroups().frame.rename(columns={"subgroup": "visit"})
    with pytest.raises(MethodError, match=message):
        plot.forest(Result(frame=frame, method="made", n=9), rows=rows)


def test_the_line_of_no_effect_is_at_0_for_differences():
    ax = plot.forest(subgroups())
    [null] = plot.find(ax, "null")
    assert list(null.get_xdata()) == [0, 0]
    assert ax.get_xlabel() == "Spasticity NRS (0-10), difference"


def test_ratios_stand_on_a_log_axis_with_the_line_at_1():
    result = subgroups(ratio=True)
    ax = plot.forest(result, null=1)
    assert ax.get_xscale() == "log"
    assert list(plot.find(ax, "null")[0].get_xdata()) == [1, 1]
    assert ax.get_xlabel() == "Spasticity NRS, ratio"
    low, high = ax.get_xlim()
    assert low < result.frame["conf_low"].min()
    assert high > 1
    ax.figure.draw_without_rendering()
    assert "0.5" in [label.get_text() for label in ax.get_xticklabels()]


def test_ratios_over_several_decades_have_room_between_their_ticks_and_digits_that_say_something():
    frame = subgroups(ratio=True).frame
    small = frame.assign(estimate=frame["estimate"] / 200, conf_low=frame["conf_low"] / 200)
    ax = plot.forest(Result(frame=small, method="made", n=9), null=1)
    low, high = ax.get_xlim()
    ticks = [tick for tick in ax.get_xticks() if low <= tick <= high]
    assert all(np.log10(tick) == pytest.approx(round(np.log10(tick))) for tick in ticks)
    first = small["estimate"].iloc[0]
    assert plot.find(ax, "numbers")[0].get_text() == f"{first:.3f}"
    near = plot.forest(Result(frame=frame, method="made", n=9), null=1)
    assert {0.5, 1.0} <= set(near.get_xticks())
    assert plot.find(near, "numbers")[0].get_text() == f"{frame['estimate'].iloc[0]:.2f}"


def test_an_interval_without_an_end_runs_to_the_edge_and_has_an_arrow():
    result = subgroups(ratio=True)
    result.frame.loc[1, "conf_high"] = np.inf
    ax = plot.forest(result, null=1)
    [arrow] = plot.find(ax, "open-end")
    assert arrow.get_marker() == ">"
    assert arrow.get_xdata()[0] == ax.get_xlim()[1]
    bar = plot.find(ax, "interval")[1]
    assert bar.get_segments()[0][1, 0] == ax.get_xlim()[1]


def test_an_effect_that_cannot_be_estimated_says_so():
    result = subgroups(ARMS[1:2])
    result.frame.loc[2, ["estimate", "conf_low", "conf_high"]] = np.nan
    ax = plot.forest(result)
    assert [text.get_text() for text in plot.find(ax, "limits")][-1] == "cannot be estimated"
    assert np.isnan(plot.find(ax, "estimate")[2].get_xdata()[0])


def test_contrasts_without_subgroups_are_a_row_each():
    result = subgroups()
    plain = result.frame[result.frame["variable"].eq("overall")].drop(columns=["variable", "subgroup", "p_interaction"])
    ax = plot.forest(result.__class__(frame=plain, method="", n=1))
    assert [text.get_text() for text in plot.find(ax, "label")] == [f"{arm} vs placebo" for arm in ARMS[1:]]
    assert len(plot.find(ax, "estimate")) == 3


def test_n_of_both_groups_together_is_shown_when_they_are_not_known_apart():
    result = subgroups(ARMS[1:2])
    plain = result.frame.drop(columns=["n_arm", "n_reference"])
    ax = plot.forest(result.__class__(frame=plain, method="", n=1))
    assert [text.get_text() for text in plot.find(ax, "n")] == ["118", "69", "49"]


def test_the_heading_names_the_level():
    result = subgroups(ARMS[1:2])
    ax = plot.forest(result.__class__(frame=result.frame, method="", n=1, level=0.9))
    assert "estimate (90\N{NO-BREAK SPACE}% CI)" in [text.get_text() for text in plot.find(ax, "heading")]


def test_two_outcomes_at_once_are_refused():
    result = subgroups()
    twice = result.__class__(
        frame=result.frame.loc[result.frame.index.repeat(2)].reset_index(drop=True), method="", n=1
    )
    with pytest.raises(MethodError, match="forest: 18 rows share a place"):
        plot.forest(twice)


def test_several_outcomes_share_an_axis_on_their_common_scale():
    frame = pd.DataFrame(
        {
            "term": "standardised benefit",
            "benefit": pd.Categorical(["pain", "sleep"] * 2, ["sleep", "pain"]),
            "outcome": ["pain_nrs", "sleep_efficiency_tib"] * 2,
            "cohort": ["MS", "MS", "SCI", "SCI"],
            "arm": ARMS[1],
            "reference": ARMS[0],
            "estimate": [0.4, 0.2, 0.1, -0.3],
            "conf_low": [0.1, 0.0, -0.2, -0.7],
            "conf_high": [0.7, 0.4, 0.4, 0.1],
            "n": [40, 41, 20, 21],
        }
    )
    raw = frame.assign(term="difference", estimate=9.0, conf_high=10.0)
    result = Result(
        frame=estimate_frame(pd.concat([raw, frame]), ["benefit", "outcome", "cohort", "arm"]), method="m", n=9
    )
    ax = plot.forest(result, term="standardised benefit", rows=("cohort", "benefit"))
    labels = [text.get_text().strip() for text in plot.find(ax, "label")]
    assert labels == ["oral baclofen vs placebo", "MS", "pain", "sleep", "SCI", "pain", "sleep"]
    assert [mark.get_xdata()[0] for mark in plot.find(ax, "estimate")] == [0.4, 0.2, 0.1, -0.3]
    assert ax.xaxis.label.get_text().replace("\n", " ").startswith("Standardised benefit (SD at baseline)")
    assert [text.get_text() for text in plot.find(ax, "favours")] == ["← favours placebo", "favours oral baclofen →"]
    with pytest.raises(MethodError, match="share a place"):
        plot.forest(result, rows=("cohort", "benefit"))
