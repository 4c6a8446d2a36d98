"""One person in two phases: every dot is a day, every line the mean of its phase."""

import numpy as np
import pandas as pd
import pytest

from spasticity import plot, stats
from spasticity.errors import MethodError

#: Two blocks of six days: on first, then off first; one day has no value.
ON = (4, 5, 3)
OFF = (9, 8, 10)
VALUES = {"on": ON, "off": OFF}


def table():
    rows = [
        {"participant": "P1", "block": block, "day": 6 * block + 3 * place + day, "phase": phase}
        | {"spasms_per_day": VALUES[phase][day] + block}
        for block, order in enumerate([("on", "off"), ("off", "on")])
        for place, phase in enumerate(order)
        for day in range(3)
    ]
    frame = pd.DataFrame(rows).astype({"spasms_per_day": "float64"})
    frame.loc[frame["day"].eq(7), "spasms_per_day"] = np.nan
    return frame.sample(frac=1, random_state=1)


def case(rows=None, **options):
    given = {"reference": "off", "design": "blocks", "block": "block"} | options
    return stats.n_of_1(table() if rows is None else rows, "spasms_per_day", **given)


def drawn(ax, role):
    return {artist.get_gid().removeprefix(f"{role}."): artist for artist in plot.find(ax, role)}


def test_dots_are_the_days_and_no_line_joins_over_a_day_without_a_value():
    ax = plot.single_case(case(), table(), "spasms_per_day")
    dots = drawn(ax, "point")
    assert list(dots) == ["0-on", "1-off", "2-on"]
    days = {x: y for line in dots.values() for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)}
    for row in table().itertuples():
        assert days[row.day] == row.spasms_per_day or (np.isnan(days[row.day]) and np.isnan(row.spasms_per_day))
    joined = np.concatenate([line.get_ydata() for line in drawn(ax, "day-line").values()])
    assert np.isnan(joined).sum() == 1


def test_periods_that_touch_are_one_and_each_has_the_mean_and_interval_of_its_phase():
    found = case()
    ax = plot.single_case(found, table(), "spasms_per_day")
    grounds = {name: (span.get_x(), span.get_x() + span.get_width()) for name, span in drawn(ax, "phase").items()}
    assert grounds == {"0-on": (-0.5, 2.5), "1-off": (2.5, 8.5), "2-on": (8.5, 11.5)}
    for name, line in drawn(ax, "mean").items():
        row = found.row("mean", phase=name.split("-")[1])
        assert set(line.get_ydata()) == {row["estimate"]}
        assert tuple(line.get_xdata()) == grounds[name]
        heights = {float(y) for _, y in drawn(ax, "interval")[name].get_paths()[0].vertices}
        assert heights == {row["conf_low"], row["conf_high"]}


def test_the_phase_that_is_not_the_reference_is_grey_and_the_words_say_so():
    ax = plot.single_case(case(), table(), "spasms_per_day")
    colours = {name: span.get_facecolor()[0] for name, span in drawn(ax, "phase").items()}
    assert colours["0-on"] == colours["2-on"] < colours["1-off"] == 1
    [words] = plot.find(ax, "difference")
    row = case().row("difference")
    assert words.get_text().startswith(f"difference \N{MINUS SIGN}{abs(row['estimate']):.2f} (")
    assert "randomisation p = 0.50, 4 orders\ngrey: on;" in words.get_text()
    turned = plot.single_case(case(reference="on"), table(), "spasms_per_day")
    assert "grey: off;" in plot.find(turned, "difference")[0].get_text()


def test_a_single_change_has_a_difference_without_an_interval():
    rows = table().query("block == 0")
    found = case(rows, reference="on", design="start", block=None, starts=[2, 3, 4])
    [words] = plot.find(plot.single_case(found, rows, "spasms_per_day"), "difference")
    assert words.get_text().startswith("difference 5.00; randomisation p = 0.33, 3 orders")


def test_another_table_or_a_day_twice_is_refused():
    with pytest.raises(MethodError, match="the table has the phases `a` and `off`, the result `on` and `off`"):
        plot.single_case(case(), table().replace({"phase": {"on": "a"}}).sort_values("phase"), "spasms_per_day")
    with pytest.raises(MethodError, match="single_case: 24 rows share a place"):
        plot.single_case(case(), pd.concat([table()] * 2), "spasms_per_day")
    with pytest.raises(MethodError, match="single_case: the table lacks `pain`"):
        plot.single_case(case(), table(), "pain")
