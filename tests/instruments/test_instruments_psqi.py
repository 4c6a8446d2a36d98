"""The PSQI: four golden respondents by hand, every band at its edge, and what a clock must not be."""

import numpy as np
import pandas as pd
import pytest

from spasticity import instruments
from spasticity.errors import MethodError

KEYS = instruments.get("psqi").keys()
FIFTHS = [f"5{letter}" for letter in "bcdefghij"]
ORDER = ["duration", "disturbance", "latency", "daytime", "efficiency", "quality", "medicine"]


def respondent(bed, latency, up, hours, first, fifths, quality, medicine, awake, enthusiasm, **changes):
    answers = {"bedtime": bed, "latency_min": latency, "getup": up, "hours_sleep": hours}
    answers |= {"5a": first, **dict(zip(FIFTHS, fifths, strict=True)), "5j_comment": "said"}
    answers |= {"quality": quality, "medicine": medicine, "staying_awake": awake, "enthusiasm": enthusiasm}
    return {"participant": "P1", "visit": "baseline", **answers, **changes}


G1 = respondent("23:00", 20, "07:00", 6.5, 1, [1, 2, 0, 0, 0, 0, 0, 3, 0], 1, 0, 0, 1)
G2 = respondent("22:30", 75, "06:30", 4.0, 3, [3, 3, 1, 0, 1, 1, 2, 3, 3], 3, 3, 2, 3)
G3 = respondent("00:30", 10, "07:30", 7.0, 0, [0] * 9, 0, 0, 0, 0)
G4 = respondent("23:00", 15, "06:00", 6.0, 0, [1] * 9, 1, 0, 0, 0)


def scored(answers, **options):
    return instruments.score(pd.DataFrame([answers]), "psqi", **options)


def values(answers, **options):
    table = scored(answers, **options).table.set_index("outcome")
    return [table.loc[f"psqi_{name}", "value"] for name in ORDER], table.loc["psqi", "value"], table["flag"]


@pytest.mark.parametrize(
    ("answers", "components", "total"),
    [
        (G1, [1, 1, 1, 1, 1, 1, 0], 6),
        (G2, [3, 2, 3, 3, 3, 3, 3], 20),
        (G3, [0, 0, 0, 0, 0, 0, 0], 0),
        (G4, [1, 1, 0, 0, 0, 1, 0], 3),
    ],
)
def test_golden_1_to_4(answers, components, total):
    found, psqi, flag = values(answers)
    assert found == components
    assert psqi == total
    assert flag.isna().all()


@pytest.mark.parametrize(("hours", "score"), [(7, 0), (6.99, 1), (6, 1), (5.99, 2), (5, 2), (4.99, 3), (0.5, 3)])
def test_hours_of_sleep_on_both_sides_of_every_edge(hours, score):
    assert values(G3 | {"hours_sleep": hours})[0][0] == score


@pytest.mark.parametrize(
    ("minutes", "first", "score"),
    [
        (15, 0, 0),
        (16, 0, 1),
        (30, 0, 1),
        (31, 0, 1),
        (60, 0, 1),
        (61, 0, 2),
        (15, 3, 2),
        (31, 2, 2),
        (31, 3, 3),
        (61, 1, 2),
    ],
)
def test_latency_adds_the_band_of_minutes_to_the_first_item(minutes, first, score):
    # 31 minutes is band 2 and 61 minutes band 3; sums 1-2, 3-4, 5-6 score 1, 2, 3
    assert values(G3 | {"latency_min": minutes, "5a": first})[0][2] == score


@pytest.mark.parametrize(("total", "score"), [(0, 0), (1, 1), (9, 1), (10, 2), (18, 2), (19, 3), (27, 3)])
def test_disturbances_on_both_sides_of_every_edge(total, score):
    fifths = [min(3, max(0, total - 3 * place)) for place in range(9)]
    assert sum(fifths) == total
    assert values(G3 | dict(zip(FIFTHS, fifths, strict=True)))[0][1] == score


@pytest.mark.parametrize(
    ("awake", "enthusiasm", "score"), [(0, 0, 0), (1, 0, 1), (1, 1, 1), (2, 1, 2), (2, 2, 2), (3, 2, 3), (3, 3, 3)]
)
def test_daytime_dysfunction(awake, enthusiasm, score):
    assert values(G3 | {"staying_awake": awake, "enthusiasm": enthusiasm})[0][3] == score


@pytest.mark.parametrize(
    ("hours", "at_least", "above"), [(6.8, 0, 1), (6.79, 1, 1), (6, 1, 2), (5.99, 2, 2), (5.2, 2, 3), (5.19, 3, 3)]
)
def test_efficiency_on_both_sides_of_every_edge_under_both_rules(hours, at_least, above):
    answers = G3 | {"bedtime": "23:00", "getup": "07:00", "hours_sleep": hours}  # 8 h in bed: 85 % is 6.8 h
    assert values(answers)[0][4] == at_least
    assert values(answers, hse_boundary="gt")[0][4] == above


def test_the_last_disturbance_counts_nothing_without_its_comment():
    ones = G4 | {"5b": 0}
    assert values(ones | {"5j": 3})[0][1] == 2  # 7 + 3
    for unsaid in (None, "", "  "):
        found, _, flag = values(ones | {"5j": 3, "5j_comment": unsaid})
        assert found[1] == 1
        assert flag["psqi_disturbance"] == flag["psqi"] == "5j counts 0 without its comment"
    assert values(ones | {"5j": 3, "5j_comment": None}, other="as given")[0][1] == 2
    assert values(ones | {"5j": None})[0][1] == 1


def test_the_columns_of_the_last_disturbance_may_be_absent():
    short = {key: value for key, value in G4.items() if not key.startswith("5j")}
    assert values(short)[1] == 3


@pytest.mark.parametrize("key", [key for key in KEYS if not key.startswith("5j")])
def test_every_missing_item_takes_its_component_and_the_total_with_it(key):
    found, total, flag = values(G1 | {key: None})
    assert np.isnan(total)
    assert np.isnan(found).sum() == (2 if key == "hours_sleep" else 1)
    assert flag["psqi"] == "too few answers"


@pytest.mark.parametrize(
    ("bed", "up", "hours", "words"),
    [
        ("11:00", "07:00", 6.0, "over 16 h in bed, AM or PM?"),
        ("23:00", "05:00", 7.0, "more sleep than time in bed, AM or PM?"),
    ],
)
def test_a_likely_slip_of_am_and_pm_is_flagged_and_not_repaired(bed, up, hours, words):
    _, total, flag = values(G3 | {"bedtime": bed, "getup": up, "hours_sleep": hours})
    assert flag["psqi"] == flag["psqi_efficiency"] == words
    assert not np.isnan(total)


def test_no_time_in_bed_gives_no_efficiency():
    found, total, _ = values(G3 | {"bedtime": "07:30"})
    assert np.isnan([found[4], total]).all()


def test_a_range_is_read_as_its_midpoint_and_logged():
    result = scored(G3 | {"latency_min": "30 to 60", "hours_sleep": "6-7"})
    table = result.table.set_index("outcome")["value"]
    assert (table["psqi_latency"], table["psqi_duration"]) == (1, 1)
    assert result.repairs[["item", "was", "became"]].to_numpy().tolist() == [
        ["latency_min", "30 to 60", 45.0],
        ["hours_sleep", "6-7", 6.5],
    ]


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("quality", 4, "expected a whole number from 0 to 3"),
        ("5c", 1.5, "expected a whole number from 0 to 3"),
        ("hours_sleep", 25, "expected a number from 0 to 24"),
        ("bedtime", "11 pm", "expected a clock time such as 22:30"),
        ("latency_min", "long", "expected a number from 0 to 1440"),
    ],
)
def test_an_impossible_answer_is_refused_counted_and_never_scored(key, value, rule):
    result = scored(G1 | {key: value})
    assert result.refused[["row", "participant", "visit", "item", "rule"]].to_numpy().tolist() == [
        [0, "P1", "baseline", key, rule]
    ]
    total = result.table.set_index("outcome").loc["psqi"]
    assert np.isnan(total["value"])
    assert total["flag"] == "an answer was refused"
    assert str(value) not in repr(result)


def test_a_version_or_an_option_that_does_not_exist_is_an_error():
    with pytest.raises(MethodError, match=r"psqi: it has one version only; leave out version='past week'"):
        scored(G1, version="past week")
    with pytest.raises(MethodError, match=r"psqi: `boundary` is no option; it offers `hse_boundary` and `other`"):
        scored(G1, boundary="gt")
    with pytest.raises(MethodError, match=r"hse_boundary='ge ' is not known: expected `ge` or `gt`"):
        scored(G1, hse_boundary="ge ")
