"""Dose-response: points, lines and bands of both panels are those of the result."""

import numpy as np
import pytest

from spasticity import plot, stats
from tests.stats.test_dose_response import DOSE, study


@pytest.fixture(scope="module")
def result():
    return stats.dose_response(study(), "spasticity_nrs", dose=DOSE)


def test_points_and_lines_are_those_of_the_result(result):
    ax = plot.dose_response(result)
    points = {part: plot.find(ax, f"point.{part}")[0] for part in ("within", "between")}
    np.testing.assert_array_equal(points["within"].get_xdata(), result.points["dose_deviation"])
    np.testing.assert_array_equal(points["within"].get_ydata(), result.points["within"])
    persons = result.points.dropna(subset=["between"])
    np.testing.assert_array_equal(points["between"].get_xdata(), persons["dose_mean"])
    np.testing.assert_array_equal(points["between"].get_ydata(), persons["between"])
    for part, term in (("within", "within person"), ("between", "between persons")):
        line = result.lines[result.lines["term"].eq(term)]
        [drawn] = plot.find(ax, f"line.{part}")
        np.testing.assert_array_equal(drawn.get_xdata(), line["dose"])
        np.testing.assert_array_equal(drawn.get_ydata(), line["estimate"])
        [band] = plot.find(ax, f"band.{part}")
        corners = band.get_paths()[0].vertices
        assert corners[:, 1].min() == pytest.approx(line["conf_low"].min())
        assert corners[:, 1].max() == pytest.approx(line["conf_high"].max())


def test_both_panels_have_one_scale_and_name_the_unit(result):
    ax = plot.dose_response(result)
    side = next(other for other in ax.figure.axes if other is not ax)
    assert side.get_ylim() == ax.get_ylim()
    assert "(mg/day)" in ax.get_xlabel()
    assert "(mg/day)" in side.get_xlabel()
    assert "lower is better" in ax.get_ylabel()
    notes = [text.get_text() for text in plot.find(ax, "note")]
    assert notes == [f"within persons, {len(result.points)} visits", "between persons, 40 persons"]
