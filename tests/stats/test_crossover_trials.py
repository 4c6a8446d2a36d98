"""Crossover trials and single cases: by hand, by enumeration, what is refused."""

import numpy as np
import pandas as pd
import pytest

from spasticity import stats
from spasticity.errors import MethodError

VALUES = {"A": ("B", 3, 5), "C": ("B", 4, 8), "D": ("P", 7, 4), "E": ("P", 6, 5)}


def trial(values=VALUES):
    rows = []
    for person, (first, one, two) in values.items():
        second = "P" if first == "B" else "B"
        rows += [(person, 1, first, one), (person, 2, second, two)]
    return pd.DataFrame(rows, columns=["participant", "period", "treatment", "nrs"])


def test_effects_by_hand():
    # First less second: -2, -4 for B then P; 3, 1 for P then B. Means -3 and 2, pooled variance 2, 2 df.
    found = stats.crossover(trial(), "nrs", reference="P")
    error = np.sqrt(2 * (1 / 2 + 1 / 2)) / 2
    row = found.row("treatment")
    assert (row["estimate"], row["std_error"], row["df"]) == pytest.approx((-2.5, error, 2))
    assert row["statistic"] == pytest.approx(-2.5 / error)
    assert row["conf_low"] == pytest.approx(-2.5 - 4.302652729911275 * error)
    assert found.row("period")["estimate"] == pytest.approx(0.5)  # second less first: (3 - 2) / 2
    assert found.row("carry-over")["estimate"] == pytest.approx((10 - 11) / 2)
    assert found.pairs.set_index("participant")["difference"].to_dict() == {"A": -2, "C": -4, "D": -3, "E": -1}
    assert found.n == 4


def test_another_reference_flips_the_sign_and_a_period_effect_does_not_matter():
    one = stats.crossover(trial(), "nrs", reference="P").row("treatment")
    two = stats.crossover(trial(), "nrs", reference="B").row("treatment")
    assert two["estimate"] == pytest.approx(-one["estimate"])
    table = trial()
    later = table.assign(nrs=table["nrs"] + 100 * (table["period"] == 2))
    moved = stats.crossover(later, "nrs", reference="P")
    assert moved.row("treatment")["estimate"] == pytest.approx(one["estimate"])
    assert moved.row("period")["estimate"] == pytest.approx(100.5)


def test_who_lacks_a_period_is_left_out_and_counted():
    more = pd.concat([trial(), pd.DataFrame([("F", 1, "B", 4), ("G", 1, "P", None)], columns=trial().columns)])
    found = stats.crossover(more, "nrs", reference="P")
    assert found.notes == ("left out: 2 participants without both periods",)
    pd.testing.assert_frame_equal(found.frame, stats.crossover(trial(), "nrs", reference="P").frame)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (trial({"A": ("B", 1, 2), "C": ("B", 2, 3), "D": ("P", 1, 2)}), "1 took P, B; expected at least 2"),
        (trial().assign(period=1), "`period` has `1`; expected exactly two"),
        (trial().assign(treatment=list("BBBPPBPB")), "a period or a treatment twice"),
        (trial().assign(treatment="T"), "`treatment` has `T`"),
    ],
)
def test_what_is_no_crossover_is_refused(table, said):
    with pytest.raises(MethodError, match=said):
        stats.crossover(table, "nrs", reference="P")
    with pytest.raises(MethodError, match="reference='placebo' is not a treatment"):
        stats.crossover(trial(), "nrs", reference="placebo")


def days(values, phases, **columns):
    return pd.DataFrame(
        {"participant": "A", "day": range(len(values)), "spasms": values, "phase": list(phases), **columns}
    )


def test_blocks_by_enumeration():
    # Differences of the blocks on less off: -4, -2, -6. Of 8 orders only all and none reach 4 in size.
    table = days([9.0, 5, 4, 6, 10, 4], "fofoof".replace("o", "n"), block=[1, 1, 2, 2, 3, 3])
    table["phase"] = ["off", "on", "on", "off", "off", "on"]
    found = stats.n_of_1(table, "spasms", reference="off", design="blocks", block="block")
    row = found.row("difference")
    assert row["estimate"] == pytest.approx(-4)
    assert row["p_value"] == pytest.approx(2 / 8)
    assert row["std_error"] == pytest.approx(2 / np.sqrt(3))
    assert sorted(np.abs(found.orders)) == pytest.approx([0, 0, 4 / 3, 4 / 3, 8 / 3, 8 / 3, 4, 4])
    means = found.frame[found.frame["term"].eq("mean")].set_index("phase")
    assert means.loc["off", "estimate"] == pytest.approx(25 / 3)
    assert means["days"].to_dict() == {"off": 3, "on": 3}
    assert found.notes[0] == "of 8 orders no p can be below 0.25: the design is too short to reject"
    six = pd.concat([table, table.assign(day=table["day"] + 6, block=table["block"] + 3)])
    assert len(stats.n_of_1(six, "spasms", reference="off", design="blocks", block="block").notes) == 1
    five = stats.n_of_1(six[six["block"] < 6], "spasms", reference="off", design="blocks", block="block")
    assert five.notes[0].startswith("of 32 orders no p can be below 0.06")


def test_a_drawn_start_by_enumeration():
    table = days([9.0, 8, 9, 9, 3, 2, 3, 2], ["off"] * 4 + ["on"] * 4)
    found = stats.n_of_1(table, "spasms", reference="off", design="start", starts=[2, 3, 4, 5, 6])
    row = found.row("difference")
    assert row["estimate"] == pytest.approx(2.5 - 8.75)
    assert row["p_value"] == pytest.approx(1 / 5)
    assert np.isnan(row["conf_low"])
    assert len(found.orders) == 5
    assert "autocorrelation" in found.notes[-1]


def test_autocorrelation_by_hand():
    # About the means 8 and 2: 1, 1, -2 | 1, -1. Neighbours within: 1, -2, then -2 x 1, then -1: mean -1; square 8/5.
    table = days([9.0, 9, 6, 3, 1], ["off"] * 3 + ["on"] * 2)
    found = stats.n_of_1(table, "spasms", reference="off", design="start", starts=[2, 3, 4])
    assert found.autocorrelation == pytest.approx(-1 / (8 / 5))


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        (days([1.0, 2, 3], ["off", "on", "off"]), {"design": "start", "starts": [1, 2]}, "one change"),
        (
            days([1.0, 2, 3], ["off", "on", "on"]),
            {"design": "start", "starts": [2]},
            r"must hold the day of the change \(1\)",
        ),
        (
            days([1.0, 2, 3], ["off", "on", "on"]),
            {"design": "start", "starts": [0, 1]},
            "leaves a phase without a value",
        ),
        (days([1.0, 2, 3], ["off", "on", "x"]), {"design": "start"}, "expected two, one of them `off`"),
        (
            days([1.0, 2, 3], ["off", "on", "on"], block=[1, 1, 2]),
            {"design": "blocks", "block": "block"},
            "a block lacks one of the phases",
        ),
        (days([1.0, 2], ["off", "on"]).assign(participant=["A", "B"]), {"design": "start"}, "2 participants; expected"),
        (days([1.0, 2], ["off", "on"]), {"design": "abab"}, "design='abab' is not known"),
    ],
)
def test_what_is_no_single_case_is_refused(table, options, said):
    with pytest.raises(MethodError, match=said):
        stats.n_of_1(table, "spasms", reference="off", **options)
