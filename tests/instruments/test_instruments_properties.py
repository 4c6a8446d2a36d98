"""What holds for every form whatever the answers: ranges, order of rows, long and wide, turning twice."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity import instruments
from spasticity.instruments import grades, tallies
from spasticity.instruments.registry import INSTRUMENTS

FORMS = [
    (name, form.version or None) for name, instrument in INSTRUMENTS.items() for form in instrument.forms if form.items
]
SCORED = ["participant", "visit", "day", "outcome"]


def possible(item, rng, rows):
    """Random answers that an item takes, about one in eight missing."""
    if item.kind == "text":
        values = np.full(rows, "x", dtype=object)
    elif item.kind == "grade":
        values = rng.choice(np.array(grades.MAS_GRADES, dtype=object), rows)
    elif item.kind == "clock":
        minutes = rng.integers(0, 1440, rows)
        values = np.array([f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes], dtype=object)
    elif item.allowed:
        values = rng.choice(np.array(item.allowed), rows).astype(object)
    else:
        low, high = item.low or 0, item.high if item.high is not None else 300
        values = rng.integers(int(np.ceil(low)), int(high) + 1, rows).astype(object)
    if item.not_applicable:
        values[rng.random(rows) < 0.1] = "N/A"
    if item.not_testable:
        values[rng.random(rows) < 0.02] = "NT"
    values[rng.random(rows) < rng.choice([0, 0.125])] = None
    return values


def frame_of(name, version, seed, rows=24):
    rng = np.random.default_rng(seed)
    columns = {item.key: possible(item, rng, rows) for item in instruments.get(name).form(version).items}
    who = {
        "participant": [f"P{row // 2}" for row in range(rows)],
        "visit": ["a", "b"] * (rows // 2),
        "day": range(rows),
    }
    return pd.DataFrame({**who, **columns})


def by_occasion(scored):
    return scored.table.sort_values(SCORED, ignore_index=True)


@pytest.mark.parametrize(("name", "version"), FORMS)
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_scores_stay_in_the_range_their_measure_declares(name, version, seed):
    table = instruments.score(frame_of(name, version, seed, 60), name, version=version).table
    for outcome, values in table.groupby("outcome")["value"]:
        measure = instruments.measure(outcome)
        given_values = values.dropna()
        if measure.low is not None:
            assert given_values.ge(measure.low - 1e-9).all(), outcome
        if measure.high is not None:
            assert given_values.le(measure.high + 1e-9).all(), outcome


@pytest.mark.parametrize(("name", "version"), FORMS)
def test_a_missing_score_always_says_why_and_a_full_answer_never_needs_a_flag(name, version):
    table = instruments.score(frame_of(name, version, 5), name, version=version).table
    assert table.loc[table["value"].isna(), "flag"].notna().all()
    assert len(table) == 24 * table["outcome"].nunique()


@pytest.mark.parametrize(("name", "version"), FORMS)
def test_the_order_of_rows_does_not_matter(name, version):
    frame = frame_of(name, version, 11)
    shuffled = frame.sample(frac=1, random_state=3)
    one, other = (instruments.score(each, name, version=version) for each in (frame, shuffled))
    pd.testing.assert_frame_equal(by_occasion(one), by_occasion(other))


@pytest.mark.parametrize(("name", "version"), FORMS)
def test_long_and_wide_do_not_matter(name, version):
    frame = frame_of(name, version, 12)
    instrument = instruments.get(name)
    melted = frame.melt(["participant", "visit", "day"], var_name="item", value_name="response").dropna()
    answers = melted.assign(instrument=instrument.stored_as).sample(frac=1, random_state=3)
    wide = by_occasion(instruments.score(frame, name, version=version))
    long = by_occasion(instruments.score(answers, name, version=version))
    if name != "csd":  # a night without any answer to `tasafa_min` is the core diary, a night with one is not
        there = wide.merge(melted[["participant", "visit", "day"]].drop_duplicates())
        pd.testing.assert_frame_equal(long, there[long.columns], check_dtype=False)


@given(
    low=st.integers(-5, 5),
    width=st.integers(1, 20),
    shares=st.lists(st.floats(0, 1), min_size=1, max_size=20),
)
def test_turning_twice_is_the_identity_and_turning_keeps_the_range(low, width, shares):
    item = instruments.Item(key="a", low=low, high=low + width)
    answers = np.round(low + np.array(shares) * width)
    turned = tallies.reversed_answers(answers, item)
    assert ((turned >= low) & (turned <= low + width)).all()
    assert (tallies.reversed_answers(turned, item) == answers).all()


@pytest.mark.parametrize(("name", "version"), FORMS)
def test_a_person_scores_the_same_alone_as_in_company(name, version):
    frame = frame_of(name, version, 13, rows=4)
    if name == "csd":
        frame["tasafa_min"] = 5
    together = instruments.score(frame, name, version=version).table
    for row in range(len(frame)):
        alone = instruments.score(frame.iloc[[row]], name, version=version).table
        others = together[together["day"].eq(row)].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, others, check_dtype=False)
