"""The figure of two methods draws the numbers of the statistic, all of them and no others."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from spasticity import plot, stats

TABLE = pd.DataFrame(
    {
        "participant": [f"P{row}" for row in range(8)],
        "watch": [8.1, 9.4, 12.0, 7.3, 15.2, 22.8, 10.0, 6.1],
        "sensor": [8.4, 9.1, 12.9, 7.7, 16.0, 25.1, 9.8, 6.6],
    }
)


@pytest.mark.parametrize("scale", ["difference", "ratio"])
def test_artists_equal_the_result(scale):
    found = stats.agreement(TABLE, first="watch", second="sensor", scale=scale)
    ax = plot.bland_altman(found, unit="s")
    (dots,) = plot.find(ax, "pair")
    np.testing.assert_array_equal(np.column_stack(dots.get_data()), found.pairs[["mean", "difference"]])
    for term in ("bias", "lower limit", "upper limit"):
        row = found.row(term)
        mark = term.replace(" ", "-")
        (line,) = plot.find(ax, f"estimate.{mark}")
        assert line.get_ydata()[0] == row["estimate"]
        (band,) = plot.find(ax, f"interval.{mark}")
        box = band.get_extents().transformed(ax.transData.inverted())
        assert (box.y0, box.y1) == pytest.approx((row["conf_low"], row["conf_high"]))
    low, high = ax.get_ylim()
    assert low < found.frame["conf_low"][:3].min() < found.frame["conf_high"][:3].max() < high
    assert ax.get_yscale() == ("log" if scale == "ratio" else "linear")
    plt.close(ax.figure)


def test_words_say_what_was_subtracted_and_from_how_many():
    ax = plot.bland_altman(stats.agreement(TABLE, first="watch", second="sensor"), unit="s")
    assert "sensor minus watch (s)" in ax.get_ylabel().replace("\n", " ")
    assert "Mean of watch and sensor (s)" in ax.get_xlabel().replace("\n", " ")
    (note,) = plot.find(ax, "note")
    assert "8 participants" in note.get_text()
    # Differences 0.3, -0.3, 0.9, 0.4, 0.8, 2.3, -0.2, 0.5: mean 0.5875, SD 0.810.
    assert [one.get_text() for one in plot.find(ax, "value")] == ["upper limit 2.18", "bias 0.59", "lower limit −1.00"]
    plt.close(ax.figure)


def test_it_draws_on_the_axes_it_is_given():
    _, ax = plt.subplots()
    assert plot.bland_altman(stats.agreement(TABLE, first="watch", second="sensor"), ax=ax) is ax
    plt.close(ax.figure)


@pytest.mark.parametrize(("largest", "shown"), [(9.0, {2.0, 4.0, 6.0}), (800.0, {10.0, 100.0, 200.0})])
def test_ratios_have_round_numbers_below_a_decade_and_above(largest, shown):
    watch = np.geomspace(1.5, largest, 8)
    table = TABLE.assign(watch=watch, sensor=watch * (TABLE["sensor"] / TABLE["watch"]))
    ax = plot.bland_altman(stats.agreement(table, first="watch", second="sensor", scale="ratio"))
    low, high = ax.get_xlim()
    ticks = {tick for tick in ax.get_xticks() if low <= tick <= high}
    assert shown <= ticks
    assert 3 <= len(ticks) <= 9
    assert low < watch[0] < high
    plt.close(ax.figure)
