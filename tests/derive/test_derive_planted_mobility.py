"""What the sample plants in joints, therapy and walking is found, and nothing in walking where nothing was planted."""

from pathlib import Path

import pandas as pd
import pytest

from spasticity import derive, load, stats

TRUTH = Path(__file__).parents[2] / "data" / "sample" / "truth.csv"
VISIT = "week 12"


@pytest.fixture(scope="module")
def sample():
    return load.sample_study()


@pytest.fixture(scope="module")
def planted():
    truth = pd.read_csv(TRUTH)
    rows = truth[truth["cohort"].eq("all") & truth["visit"].eq(VISIT)]
    rows = rows[rows["quantity"].eq("difference in mean change vs placebo")]
    return rows.set_index(["outcome", "arm"])["value"]


@pytest.mark.parametrize(
    ("outcome", "derived"), [("dorsiflexion_deg", derive.motion), ("participation", derive.therapy)]
)
def test_the_planted_differences_are_inside_their_intervals(sample, planted, outcome, derived):
    result = stats.ancova(derived(sample), outcome=outcome, visit=VISIT, reference="placebo", level=0.999)
    for _, row in result.contrasts().frame.iterrows():
        assert row["conf_low"] < planted[outcome, row["arm"]] < row["conf_high"], row["arm"]


def test_the_largest_planted_effect_is_told_from_none(sample):
    result = stats.ancova(derive.motion(sample), outcome="dorsiflexion_deg", visit=VISIT, reference="placebo")
    assert result.contrasts().row(arm="intrathecal baclofen")["conf_low"] > 0


def test_a_deficit_shrinks_by_what_an_angle_gains(sample):
    """Below the normal end a degree gained is a degree of deficit lost."""
    angle, deficit = (derive.motion(sample, sides="left", quantity=name) for name in ("angle", "deficit"))
    both = angle["value"] + deficit["value"]
    below = angle["value"].lt(20).fillna(False)
    assert (both[below] == 20).all()
    assert below.sum() > 1000


def test_nobody_walks_faster_by_an_arm_since_none_was_planted_to(sample):
    walked = derive.with_unable(derive.walking(sample))
    options = {"visit": VISIT, "value": "ranked", "reference": "placebo", "level": 0.999}
    frame = stats.rank_sum(walked, "walk_10m_m_per_s", **options).frame
    shares = frame[frame["term"].eq("probability of superiority")]
    assert ((shares["conf_low"] < 0.5) & (shares["conf_high"] > 0.5)).all()


def test_weeks_hold_every_session_and_every_minute(sample):
    weeks = derive.therapy_weeks(sample)
    assert weeks["sessions"].sum() == len(sample.therapy)
    assert weeks["done_min"].sum() == sample.therapy["done_min"].sum()
    assert weeks["attended"].sum() == sample.therapy["done_min"].gt(0).sum()
