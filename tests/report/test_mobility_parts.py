"""The part of the report on walking: everybody unable is in its numbers, and what is missing is named."""

from dataclasses import replace

import matplotlib.pyplot as plt
import pytest

from spasticity import derive, load, plot, tables
from spasticity.errors import MethodError
from spasticity.report import mobility
from spasticity.report.material import Material


@pytest.fixture(scope="module")
def material():
    return Material.of(load.sample_study())


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


@pytest.mark.parametrize("test", mobility.TESTS)
def test_every_unable_is_in_the_numbers_behind_the_figure_and_drawn(material, test):
    [drawn] = mobility.walkers(material, test=test).items
    [data] = drawn.data.values()
    share = data[data["term"].eq("share able")]
    states = derive.walk_states(material.study, test=test)
    unable = int(states["state"].eq("unable").sum())
    assert (share["n"] - share["count"]).sum() == unable
    ticks = plot.find(drawn.canvas.axes[0], "unable")
    assert sum(len(each.get_xdata()) for each in ticks) == unable
    assert "not an effect on everybody" in drawn.caption


def test_the_words_say_who_lost_walking_and_who_regained_it(material):
    part = mobility.devices(material, test="t25fw")
    states = derive.walk_states(material.study).pivot(index="participant", columns="visit", values="state")
    first, last = states["baseline"], states["week 12"]
    lost = int((first.eq("able") & last.eq("unable")).sum())
    back = int((first.eq("unable") & last.eq("able")).sum())
    assert f"{lost} participants came to be unable and {back} regained walking" in part.answer[0]


def test_joints_and_therapy_have_their_words(material):
    [drawn] = mobility.joints(material).items
    [data] = drawn.data.values()
    assert set(data["visit"]) == {"baseline"}
    assert "within person" in mobility.window(material).answer[0]


def test_what_the_study_does_not_have_is_an_error_that_a_section_names(material):
    empty = {name: getattr(tables, name.upper()).empty() for name in ("walks", "range_of_motion", "therapy")}
    bare = Material.of(replace(material.study, **empty))
    for make, message in (
        (lambda: mobility.walkers(bare, test="t25fw"), "no values of t25fw_s"),
        (lambda: mobility.devices(bare, test="t25fw"), "no device and nobody unable"),
        (lambda: mobility.joints(bare), "no passive joint angles at baseline"),
        (lambda: mobility.window(bare), "no therapy sessions with a rating"),
    ):
        with pytest.raises(MethodError, match=message):
            make()
