"""Figures of a fitted mixed model: what is drawn is what the fit says."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from spasticity import plot, stats
from spasticity.errors import MethodError
from tests.plot.fits import LATER, fitted, outcomes
from tests.plot.made import ARMS
from tests.plot.sight import lab
from tests.plot.test_plot_trajectories import segments


def part(*names):
    return "-".join(names).replace(" ", "-")


def points(ax, role):
    [artist] = plot.find(ax, role)
    return np.asarray(artist.get_xdata(), dtype=float), np.asarray(artist.get_ydata(), dtype=float)


def note(ax):
    [text] = plot.find(ax, "note")
    return text.get_text().replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("kind", ["covariance", "correlation"])
def test_each_pair_of_visits_has_one_cell_with_its_number(kind):
    matrix = getattr(fitted(), kind)
    ax = plot.covariance(fitted(), kind=kind)
    assert len(plot.find(ax, "cell")) == len(plot.find(ax, "number")) == 10
    for y, row in enumerate(LATER):
        for x, column in enumerate(LATER[: y + 1]):
            [number] = plot.find(ax, f"number.{part(row, column)}")
            assert number.get_text() == f"{matrix.loc[row, column]:.2f}"
            assert number.get_position() == (x, y)
    assert [label.get_text() for label in ax.get_xticklabels()] == list(LATER)
    assert [label.get_text() for label in ax.get_yticklabels()] == list(LATER)
    assert note(ax) == f"unstructured {kind} of the visits"


def test_a_table_is_drawn_like_the_fit_it_came_from():
    one, other = plot.covariance(fitted()), plot.covariance(fitted().covariance)
    for left, right in zip(plot.find(one, "cell"), plot.find(other, "cell"), strict=True):
        assert left.get_facecolor() == right.get_facecolor()
    assert note(other) == "covariance of the visits"


def matrix_of(values):
    names = [f"v{place}" for place in range(len(values))]
    return pd.DataFrame(values, index=names, columns=names)


def test_the_further_from_0_the_darker_also_in_grey_and_negative_is_outlined():
    made = matrix_of([[1.0, 0.2, -0.6], [0.2, 1.0, 0.6], [-0.6, 0.6, 1.0]])
    ax = plot.covariance(made, kind="correlation")
    cells = {cell.get_gid().removeprefix("cell."): cell for cell in plot.find(ax, "cell")}
    light = {name: lab(to_hex(cell.get_facecolor()))[0] for name, cell in cells.items()}
    assert light["v1-v0"] > light["v2-v1"] + 10 > light["v2-v2"] + 20
    assert light["v2-v0"] == light["v2-v1"]
    assert {name for name, cell in cells.items() if cell.get_linewidth() > 0} == {"v2-v0"}
    assert plot.find(ax, "number.v2-v0")[0].get_text() == "\N{MINUS SIGN}0.60"
    assert note(ax) == "correlation of the visits; outlined: negative"


@pytest.mark.parametrize(
    ("size", "words"), [(1234.5, "1235"), (123.45, "123"), (12.345, "12.3"), (1.2345, "1.23"), (0.012345, "0.0123")]
)
def test_covariances_have_three_digits_in_any_unit(size, words):
    ax = plot.covariance(matrix_of([[size]]))
    assert [text.get_text() for text in plot.find(ax, "number")] == [words]


def test_of_covariances_by_group_one_is_chosen():
    fit = fitted("compound-symmetry", covariance_by="arm", df="satterthwaite")
    ax = plot.covariance(fit, group="placebo")
    expected = fit.covariance.loc[("placebo", "week 4"), "week 4"]
    assert plot.find(ax, f"number.{part('week 4', 'week 4')}")[0].get_text() == f"{expected:.2f}"
    with pytest.raises(MethodError, match=r"each group has its own; choose one with `group=` of `placebo`, .*"):
        plot.covariance(fit)
    with pytest.raises(MethodError, match=r"group='placebos' is not known"):
        plot.covariance(fit, group="placebos")


@pytest.mark.parametrize(
    ("matrix", "options", "message"),
    [
        (matrix_of([[2.0]]), {"kind": "correlation"}, "the diagonal is not 1; use kind='covariance'"),
        (matrix_of([[2.0]]), {"kind": "cov"}, "kind='cov' is not known"),
        (matrix_of([[2.0, 0], [0, 1]]).iloc[::-1], {}, "the rows are not the columns"),
        (matrix_of([[2.0, 0], [0, 1]]).iloc[:1], {}, "the rows are not the columns"),
        (pd.DataFrame(), {}, "the rows are not the columns"),
    ],
)
def test_what_is_no_covariance_is_refused(matrix, options, message):
    with pytest.raises(MethodError, match=message):
        plot.covariance(matrix, **options)


@pytest.mark.parametrize("kind", ["raw", "pearson", "normalized"])
def test_residuals_stand_over_their_fitted_values(kind):
    ax = plot.residuals(fitted(), kind=kind)
    x, y = points(ax, "residual")
    expected = fitted().residuals(kind)
    assert list(x) == list(expected["fitted"])
    assert list(y) == list(expected["residual"])
    assert points(ax, "null")[1].tolist() == [0, 0]
    edges = [line.get_ydata()[0] for line in plot.find(ax, "central")]
    assert edges == ([] if kind == "raw" else [-1.96, 1.96])
    assert ax.get_xlabel() == "Fitted value"
    assert ax.get_ylabel().startswith("Residual" if kind == "raw" else kind.capitalize())


def test_residuals_stand_at_their_visits_and_apart():
    ax = plot.residuals(fitted(), against="visit", kind="normalized")
    x, y = points(ax, "residual")
    expected = fitted().residuals("normalized")
    assert x.round().astype(int).tolist() == expected["visit"].cat.codes.tolist()
    assert np.abs(x - x.round()).max() <= 0.3
    assert list(y) == list(expected["residual"])
    assert len(set(x)) == len(x)
    assert [label.get_text() for label in ax.get_xticklabels()] == list(LATER)
    low, high = ax.get_ylim()
    assert low < y.min() < y.max() < high


def test_a_table_of_residuals_is_drawn_and_one_without_fitted_values_only_by_visit():
    table = fitted().residuals("raw")
    assert list(points(plot.residuals(table, kind="raw"), "residual")[1]) == list(table["residual"])
    assert plot.find(plot.residuals(table.drop(columns="fitted"), against="visit", kind="raw"), "residual")
    with pytest.raises(MethodError, match="residuals: the table lacks `fitted`"):
        plot.residuals(table.drop(columns="fitted"))


def test_unknown_options_and_too_many_residuals_are_refused():
    with pytest.raises(MethodError, match="against='visits' is not known"):
        plot.residuals(fitted(), against="visits")
    with pytest.raises(MethodError, match="kind='student' is not known"):
        plot.residuals(fitted(), kind="student")
    many = pd.DataFrame({"fitted": np.zeros(100_001), "residual": 0.0})
    with pytest.raises(MethodError, match=r"residuals: 100,001 marks .*observed_and_fitted"):
        plot.residuals(many)


def test_quantiles_and_their_band_are_those_of_the_fit():
    expected = fitted().quantiles()
    ax = plot.quantiles(fitted())
    x, y = points(ax, "inside")
    assert not expected["outside"].any()
    assert list(x) == list(expected["theoretical"])
    assert list(y) == list(expected["observed"])
    [band] = plot.find(ax, "band")
    edge = {tuple(corner) for corner in band.get_paths()[0].vertices}
    assert set(zip(expected["theoretical"], expected["low"], strict=True)) <= edge
    assert set(zip(expected["theoretical"], expected["high"], strict=True)) <= edge
    ends = [expected["theoretical"].min(), expected["theoretical"].max()]
    assert [list(side) for side in points(ax, "null")] == [ends, ends]
    assert ax.get_ylabel() == "Normalized residual (in SD)"


def test_values_beyond_the_band_are_other_marks():
    made = stats.normal_quantiles([-0.5, 0.2, 0.3, 0.4, 9.0], band="pointwise", level=0.9)
    ax = plot.quantiles(made.iloc[::-1], label="Change (in SD)")
    beyond, within = (made[made["outside"].eq(which)] for which in (True, False))
    assert len(beyond) > 0
    assert list(points(ax, "outside")[1]) == list(beyond["observed"])
    assert list(points(ax, "inside")[1]) == list(within["observed"])
    [inside], [outside] = plot.find(ax, "inside"), plot.find(ax, "outside")
    assert inside.get_marker() != outside.get_marker()
    assert ax.get_ylabel() == "Change (in SD)"


@pytest.mark.parametrize(
    ("band", "words"),
    [
        ("simultaneous", "band: 90 % of normal samples stay inside as a whole"),
        ("pointwise", "band: each value of a normal sample stays inside in 90 %"),
        ("refitted", "band: 90 % of fits to outcomes of the model stay inside"),
    ],
)
def test_the_band_is_named(band, words):
    assert note(plot.quantiles(fitted().quantiles(band="pointwise", level=0.9).assign(band=band))) == words


@pytest.mark.parametrize("show", ["mean", "sd"])
def test_marks_are_observed_and_lines_are_fitted(show):
    expected = fitted().by_visit("arm")
    ax = plot.observed_and_fitted(fitted(), show=show)
    for arm in ARMS:
        rows = expected[expected["arm"].eq(arm)]
        assert list(points(ax, f"observed.{part(arm)}")[1]) == list(rows[f"observed_{show}"])
        assert list(points(ax, f"fitted.{part(arm)}")[1]) == list(rows[f"fitted_{show}"])
        assert list(points(ax, f"observed.{part(arm)}")[0]) == [0, 1, 2, 3]
        counts = [plot.find(ax, f"n.{part(arm, visit)}")[0].get_text() for visit in LATER]
        assert counts == [str(n) for n in rows["n"]]
        [marks], [line] = plot.find(ax, f"observed.{part(arm)}"), plot.find(ax, f"fitted.{part(arm)}")
        assert (marks.get_linestyle(), line.get_marker()) == ("None", "None")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(ARMS)
    assert note(ax) == "marks: observed; lines: fitted"


def test_the_axis_says_what_was_measured_and_a_standard_deviation_has_no_better_side():
    with plot.style("double"):
        mean = plot.observed_and_fitted(fitted(), outcome="spasticity_nrs")
        sd = plot.observed_and_fitted(fitted(), outcome="spasticity_nrs", show="sd")
    words = "Spasticity NRS (0-10), change from baseline"
    assert mean.get_ylabel() == f"{words}\n← lower is better"
    assert sd.get_ylabel().replace("\n", " ") == f"SD of {words}"


def test_a_fit_knows_what_was_measured():
    known = stats.mmrm(outcomes().assign(outcome="spasticity_nrs"), "change ~ arm*visit")
    other = stats.mmrm(outcomes().rename(columns={"change": "FEV1"}), "FEV1 ~ arm*visit")
    assert (known.outcome, known.response, other.outcome, other.response) == ("spasticity_nrs", "change", None, "FEV1")
    with plot.style("double"):
        axes = [plot.observed_and_fitted(fit) for fit in (known, other, fitted())]
        said = plot.observed_and_fitted(known, outcome="pain_nrs", value="value")
    words = [ax.get_ylabel().split("\n")[0] for ax in (*axes, said)]
    assert words[:3] == ["Spasticity NRS (0-10), change from baseline", "FEV1", "outcome, change from baseline"]
    assert "change" not in words[3]


def test_everybody_together_needs_no_legend():
    ax = plot.observed_and_fitted(fitted(), by=None)
    assert list(points(ax, "observed")[1]) == list(fitted().by_visit()["observed_mean"])
    assert ax.get_legend() is None


def test_visits_in_numbers_are_drawn_in_their_order():
    fit = stats.mmrm(outcomes(), "change ~ arm + day", visit="day", covariance="spatial-exponential")
    ax = plot.observed_and_fitted(fit)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["28", "56", "84", "168"]
    assert len(plot.find(plot.covariance(fit), "cell")) == 10
    assert len(points(plot.residuals(fit, against="visit"), "residual")[0]) == len(fit.residuals())


def test_a_table_with_two_rows_at_one_visit_is_refused():
    table = fitted().by_visit("arm")
    with pytest.raises(MethodError, match=r"observed_and_fitted: 16 rows share a place"):
        plot.observed_and_fitted(table, by=None)
    with pytest.raises(MethodError, match=r"observed_and_fitted: the table lacks `cohort`"):
        plot.observed_and_fitted(table, by="cohort")
    with pytest.raises(MethodError, match="show='variance' is not known"):
        plot.observed_and_fitted(table, show="variance")


def test_the_profile_has_its_limit_and_the_interval_of_the_fit():
    expected, row = fitted().profile("arm[oral baclofen]"), fitted().row("arm[oral baclofen]")
    ax = plot.likelihood_profile(fitted(), "arm[oral baclofen]")
    x, y = points(ax, "profile")
    assert list(x) == list(expected["value"])
    assert list(y) == list(expected["log_likelihood"])
    limit = expected["limit"][0]
    assert points(ax, "limit")[1].tolist() == [limit, limit]
    [bar] = plot.find(ax, "interval")
    assert segments(bar).tolist() == [[row["conf_low"], row["conf_high"], limit, limit]]
    assert [side.tolist() for side in points(ax, "estimate")] == [[row["estimate"]], [limit]]
    assert ax.get_xlabel() == "arm[oral baclofen]"
    assert note(ax).endswith("bar: 95 % CI of the fit")


def test_a_table_of_a_profile_is_drawn_from_left_to_right_without_an_interval():
    table = pd.DataFrame({"value": [2.0, 0.0, 1.0], "log_likelihood": [-3.0, -4.0, -1.0], "limit": -2.9})
    ax = plot.likelihood_profile(table, "arm[drug]")
    assert [side.tolist() for side in points(ax, "profile")] == [[0, 1, 2], [-4, -1, -3]]
    assert plot.find(ax, "interval") == plot.find(ax, "estimate") == []
    with pytest.raises(MethodError, match=r"0 rows fit .*the terms are `Intercept`"):
        plot.likelihood_profile(fitted(), "arm[nothing]")


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plot.covariance(fitted(), ax=ax),
        lambda ax: plot.residuals(fitted(), ax=ax),
        lambda ax: plot.quantiles(fitted(), ax=ax),
        lambda ax: plot.observed_and_fitted(fitted(), ax=ax),
        lambda ax: plot.likelihood_profile(fitted(), "Intercept", ax=ax),
    ],
)
def test_each_draws_on_the_axes_given(draw):
    other = plot.residuals(fitted())
    other.clear()
    assert draw(other) is other
