"""At every printed size no word covers another and none runs off the page, also with long arm names."""

from functools import cache
from itertools import combinations, product

import pytest
from matplotlib.text import Text

from spasticity import plot
from tests.plot import made
from tests.plot.fits import fitted


def dose_figure():
    return plot.dose_trajectories(made.daily(), drug="baclofen", route="intrathecal")


def raster_figure():
    return plot.raster(*made.spasms(), participants="P1")


FIGURES = {
    "change_by_visit": lambda: plot.change_by_visit(made.change(), days=made.DAYS),
    "change_by_visit, even": lambda: plot.change_by_visit(made.change()),
    "change_by_visit, close ends": lambda: plot.change_by_visit(close_ends()),
    "responder_curve": lambda: plot.responder_curve(made.responders()),
    "grade_stacks": lambda: plot.grade_stacks(made.shares(empty=[("cyclobenzaprine", "week 8")])),
    "grade_stacks by visit": lambda: plot.grade_stacks(made.shares(), by="visit", scale="Modified Ashworth grade"),
    "paired_slopes": lambda: plot.paired_slopes(made.pairs(), visits=("baseline", "week 12")),
    "paired_slopes, one arm": lambda: plot.paired_slopes(made.pairs(made.ARMS[3:]), visits=("baseline", "week 12")),
    "raster": raster_figure,
    "raster of two": lambda: plot.raster(*made.spasms(), start=0),
    "time_of_day": lambda: plot.time_of_day(made.hourly()),
    "completeness": lambda: plot.completeness(made.completeness()),
    "forest": lambda: plot.forest(made.subgroups()),
    "forest of one arm": lambda: plot.forest(made.subgroups(made.ARMS[3:])),
    "forest of ratios": lambda: plot.forest(made.subgroups(ratio=True), null=1),
    "dose_trajectories": dose_figure,
    "covariance": lambda: plot.covariance(fitted(), kind="correlation"),
    "residuals": lambda: plot.residuals(fitted()),
    "residuals by visit": lambda: plot.residuals(fitted(), against="visit", kind="raw"),
    "quantiles": lambda: plot.quantiles(fitted().quantiles(band="pointwise")),
    "observed_and_fitted": lambda: plot.observed_and_fitted(fitted(), outcome="spasticity_nrs"),
    "observed_and_fitted, sd": lambda: plot.observed_and_fitted(fitted(), show="sd", outcome="spasticity_nrs"),
    "likelihood_profile": lambda: plot.likelihood_profile(fitted(), "arm[oral baclofen]:visit[week 24]"),
}


MORE_SIZES = [
    ("forest", "slides"),
    ("change_by_visit", "slides"),
    ("paired_slopes", "lancet"),
    ("grade_stacks", "lancet"),
    ("covariance", "slides"),
    ("quantiles", "lancet"),
    ("likelihood_profile", "lancet"),
]
SLACK = 0.5  # pixels


def close_ends():
    result = made.change()
    for column in ("estimate", "conf_low", "conf_high"):
        result.frame[column] /= 50
    return result


@cache
def drawn(name, size):
    """A figure and the boxes of its words; of an arrow with words, those of the words only."""
    with plot.style(size):
        ax = FIGURES[name]()
        ax.figure.canvas.draw()  # a missing glyph warns, and a warning is an error
    hidden = {label for axis in (ax.xaxis, ax.yaxis) for label in out_of_sight(axis)}
    words = [text for text in ax.figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return ax, [(text.get_text(), Text.get_window_extent(text)) for text in words if text not in hidden]


def out_of_sight(axis):
    """Labels of ticks beyond the limits, which matplotlib keeps but does not draw."""
    low, high = sorted(axis.get_view_interval())
    ticks = [tick for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()] if not low <= tick.get_loc() <= high]
    return [label for tick in ticks for label in (tick.label1, tick.label2)]


def overlap(one, other):
    """By how many pixels two boxes cover each other, in the direction in which it is less."""
    return min(
        min(one.x1, other.x1) - max(one.x0, other.x0),
        min(one.y1, other.y1) - max(one.y0, other.y0),
    )


@pytest.mark.parametrize(("name", "size"), [*product(FIGURES, ["single", "double"]), *MORE_SIZES])
def test_no_word_covers_another(name, size):
    _, words = drawn(name, size)
    assert len(words) > 5
    for (one, here), (other, there) in combinations(words, 2):
        assert overlap(here, there) <= SLACK, f"{one!r} covers {other!r}"


@pytest.mark.parametrize(("name", "size"), [*product(FIGURES, ["single", "double"]), *MORE_SIZES])
def test_no_word_leaves_the_page(name, size):
    ax, words = drawn(name, size)
    page = ax.figure.bbox
    for text, box in words:
        inside = min(box.x0, box.y0, page.x1 - box.x1, page.y1 - box.y1)
        assert inside >= -SLACK, f"{text!r} leaves the page"


@pytest.mark.parametrize("name", FIGURES)
def test_the_axes_keep_a_fair_part_of_a_single_column(name):
    ax, _ = drawn(name, "single")
    share = ax.get_window_extent().width / ax.figure.bbox.width
    assert share > (0.35 if name.startswith("forest") else 0.55)


@pytest.mark.parametrize("name", FIGURES)
def test_everything_that_is_drawn_is_solid(name):
    ax, _ = drawn(name, "single")
    assert {artist.get_alpha() for artist in ax.findobj()} <= {None, 1}


def test_the_check_sees_words_that_touch():
    ax, _ = drawn("forest", "single")
    one, other = ax.text(0, 1, "one"), ax.text(0, 1, "other")
    assert overlap(one.get_window_extent(), other.get_window_extent()) > SLACK
    one.remove()
    other.remove()
