from dataclasses import replace

import pytest

from spasticity import simulate
from tests.simulate import scored


@pytest.fixture(scope="session")
def sample():
    return simulate.trial()


@pytest.fixture(scope="session")
def small():
    return simulate.trial(simulate.SMALL_DESIGN, seed=3)


@pytest.fixture(scope="session")
def large():
    """Ten times the sample, to hold against published figures."""
    design = simulate.SAMPLE_DESIGN
    cohorts = tuple(replace(cohort, size=10 * cohort.size) for cohort in design.cohorts)
    return simulate.trial(replace(design, cohorts=cohorts), seed=4)


@pytest.fixture(scope="session")
def scored_sample(sample):
    return scored.outcomes(sample.study)
