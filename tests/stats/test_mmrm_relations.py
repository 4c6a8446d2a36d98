"""What must not change, or change in a known way, whatever the trial: relations on trials that Hypothesis draws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.stats.covariance import POSITIONAL

FORMULA = "change ~ baseline*visit + arm*visit"
COLUMNS = ["estimate", "std_error", "df", "p_value", "conf_low", "conf_high"]
EXAMPLES = settings(max_examples=10)
CLOSE = {"rtol": 1e-6, "atol": 1e-9}


@st.composite
def trials(draw):
    """Two arms, two to five visits, up to 40 % missing at random, visits of different spread."""
    people, visits = draw(st.integers(20, 60)), draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    baseline, arm = rng.normal(6, 1.5, people), rng.permutation(np.arange(people) % 2)
    noise = rng.normal(0, draw(st.floats(0.2, 3)), (people, 1)) + rng.normal(0, 1, (people, visits)) * np.exp(
        rng.normal(0, 0.4, visits)
    )
    change = -0.3 * baseline[:, None] - np.outer(arm, np.linspace(0, 1, visits)) + noise
    change[rng.random(change.shape) < draw(st.floats(0, 0.4))] = np.nan
    who, when = np.repeat(np.arange(people), visits), np.tile(np.arange(visits), people)
    return pd.DataFrame(
        {
            "participant": [f"P{number:03d}" for number in who],
            "visit": pd.Categorical.from_codes(when, [f"week {4 * place}" for place in range(1, visits + 1)]),
            "arm": pd.Categorical.from_codes(arm[who], ["placebo", "drug"]),
            "baseline": baseline[who],
            "change": change.ravel(),
        }
    )


COVARIANCES = st.sampled_from(POSITIONAL)


def fitted(data, covariance, **options):
    """A fit, or no example: small trials may have no maximum inside."""
    try:
        return stats.mmrm(data, FORMULA, covariance=covariance, **options)
    except MethodError:
        assume(False)


def differences(fit):
    return fit.contrasts("arm", by="visit").frame[COLUMNS].to_numpy()


@EXAMPLES
@given(data=trials(), covariance=COVARIANCES, seed=st.integers(0, 10**6))
def test_rows_in_any_order_and_participants_by_any_name(data, covariance, seed):
    fit = fitted(data, covariance)
    people = data["participant"].unique()
    names = dict(zip(people, np.random.default_rng(seed).permutation(len(people)) + 500, strict=True))
    other = data.assign(participant=data["participant"].map(names)).sample(frac=1, random_state=seed)
    found = stats.mmrm(other, FORMULA, covariance=covariance)
    np.testing.assert_allclose(differences(found), differences(fit), **CLOSE)
    assert found.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-9)


@EXAMPLES
@given(data=trials(), covariance=COVARIANCES)
def test_arms_that_change_places_change_the_sign(data, covariance):
    ours = differences(fitted(data, covariance))
    other = data.assign(arm=data["arm"].cat.rename_categories({"placebo": "drug", "drug": "placebo"}))
    found = differences(stats.mmrm(other, FORMULA, covariance=covariance, reference={"arm": "placebo"}))
    np.testing.assert_allclose(found, ours[:, [0, 1, 2, 3, 5, 4]] * [-1, 1, 1, 1, -1, -1], **CLOSE)


@EXAMPLES
@given(data=trials(), covariance=COVARIANCES, power=st.integers(-6, 6), shift=st.floats(-100, 100))
def test_another_unit_multiplies_and_nothing_else(data, covariance, power, shift):
    ours = differences(fitted(data, covariance))
    scale = 10.0**power
    other = data.assign(change=scale * (data["change"] + shift), baseline=scale * data["baseline"] - shift)
    found = differences(stats.mmrm(other, FORMULA, covariance=covariance))
    np.testing.assert_allclose(found / [scale, scale, 1, 1, scale, scale], ours, rtol=1e-5, atol=1e-7)


@EXAMPLES
@given(data=trials(), covariance=COVARIANCES)
def test_somebody_with_nothing_but_gaps_is_counted_and_changes_nothing(data, covariance):
    fit = fitted(data, covariance)
    gaps = data.iloc[: data["visit"].nunique()].assign(participant="P999", change=np.nan)
    found = stats.mmrm(pd.concat([data, gaps], ignore_index=True), FORMULA, covariance=covariance)
    np.testing.assert_allclose(differences(found), differences(fit), rtol=1e-10, atol=1e-12)
    assert found.n == fit.n
    rows = int(data["change"].isna().sum()) + len(gaps)
    assert any(f"change missing in {rows:,} row" in note for note in found.notes)


@EXAMPLES
@given(data=trials(), covariance=COVARIANCES)
def test_everybody_twice_has_standard_errors_smaller_by_the_root_of_two(data, covariance):
    options = {"method": "ml", "df": "satterthwaite"}
    one = fitted(data, covariance, **options)
    again = pd.concat([data, data.assign(participant=data["participant"] + "b")], ignore_index=True)
    two = stats.mmrm(again, FORMULA, covariance=covariance, **options)
    ours, found = differences(one), differences(two)
    np.testing.assert_allclose(found[:, 0], ours[:, 0], **CLOSE)
    np.testing.assert_allclose(found[:, 1] * np.sqrt(2), ours[:, 1], **CLOSE)
    assert two.log_likelihood == pytest.approx(2 * one.log_likelihood, rel=1e-8)


@EXAMPLES
@given(data=trials(), row=st.integers(0, 10**6))
def test_a_row_that_is_there_twice_is_named_wherever_it_is(data, row):
    seen = data[data["change"].notna()]
    again = seen.iloc[[row % len(seen)]]
    with pytest.raises(DataError, match="2 rows share their `participant` and `visit`") as caught:
        stats.mmrm(pd.concat([data, again]), FORMULA)
    assert set(caught.value.failures["row"]) == set(again.index)
