"""Power by simulation: against a formula, reproducible, honest about failures."""

import numpy as np
import pytest
from scipy import stats as scipy_stats

from spasticity import simulate
from spasticity.errors import MethodError


def trial(rng, effect=0.8, n=26):
    return rng.normal(effect, 1, n), rng.normal(0, 1, n)


def t_test(data):
    return scipy_stats.ttest_ind(*data).pvalue


def test_power_agrees_with_the_noncentral_t():
    found = simulate.power(trial, t_test, runs=2000, progress=False)
    df, shift = 50, 0.8 * np.sqrt(13)
    cut = scipy_stats.t.ppf(0.975, df)
    exact = scipy_stats.nct.sf(cut, df, shift) + scipy_stats.nct.cdf(-cut, df, shift)
    assert abs(found.estimate - exact) < 4 * found.std_error
    assert found.conf_low < found.estimate < found.conf_high
    assert found.runs == 2000


def test_without_an_effect_it_is_the_type_one_error():
    found = simulate.power(lambda rng: trial(rng, 0), t_test, runs=1000, progress=False)
    assert 0.03 < found.estimate < 0.07


def test_same_seed_same_runs_and_more_runs_begin_the_same():
    few, again, more = (simulate.power(trial, t_test, runs=n, seed=5, progress=False).p_values for n in (20, 20, 40))
    assert few.tolist() == again.tolist() == more[:20].tolist()
    assert simulate.power(trial, t_test, runs=20, seed=6, progress=False).p_values.tolist() != few.tolist()


def test_it_stops_when_it_is_precise_enough():
    found = simulate.power(trial, t_test, runs=5000, precision=0.03, progress=False)
    assert found.runs % 50 == 0
    assert 100 <= found.runs < 500
    assert found.std_error <= 0.031


def test_wilson_interval_by_hand():
    found = simulate.power(lambda rng: rng.uniform(), lambda p: 0.0 if p < 2 else 1.0, runs=10, progress=False)
    assert (found.estimate, found.std_error) == (1, 0)
    assert found.conf_low == pytest.approx(10 / (10 + 1.959963984540054**2))
    assert found.conf_high == pytest.approx(1)


def test_an_analysis_without_an_answer_counts_as_not_found_and_is_said():
    def fails(data):
        if data[0][0] > 0.8:
            raise MethodError("no convergence")
        return 0.0

    found = simulate.power(trial, fails, runs=100, progress=False)
    assert found.failures == found.p_values.isna().sum() > 20
    assert found.estimate == pytest.approx(1 - found.failures / 100)
    assert f"no answer in {found.failures} runs" in found.sentence()
    assert "seed 1" in repr(found)


@pytest.mark.parametrize(
    ("options", "analyse", "said"),
    [({"runs": 0}, t_test, "at least 1 run"), ({}, lambda data: 3.0, "the analysis gave 3, which is no p value")],
)
def test_what_is_no_power_study_is_refused(options, analyse, said):
    with pytest.raises(MethodError, match=said):
        simulate.power(trial, analyse, progress=False, **options)
