"""Every constant of a design says where it comes from."""

import copy
import pickle
import re
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from math import exp, log, sqrt

import numpy as np
import pytest

from spasticity import simulate
from spasticity.errors import MethodError
from spasticity.simulate.citations import CITATIONS
from spasticity.simulate.constants import Given

DESIGNS = [simulate.SAMPLE_DESIGN, simulate.SMALL_DESIGN]
SOURCE = re.compile(r"(S\d+[a-z]?\b|invented(;|$)|\[proposal\]|derived)")


@pytest.mark.parametrize("design", DESIGNS, ids=["sample", "small"])
def test_every_constant_has_a_source(design):
    sources = design.sources()
    assert list(sources.columns) == ["constant", "value", "source", "citation"]
    assert len(sources) > 300
    assert sources["source"].map(lambda source: bool(SOURCE.match(source))).all()
    assert sources["constant"].is_unique


@pytest.mark.parametrize("design", DESIGNS, ids=["sample", "small"])
def test_a_published_constant_has_its_citation_and_an_invented_one_has_none(design):
    sources = design.sources()
    published = sources["source"].str.match(r"S\d")
    assert sources.loc[published, "citation"].ne("").all()
    assert sources.loc[~published, "citation"].eq("").all()
    used = set(sources.loc[published, "source"].str.extract(r"(S\d+[a-z]?)")[0])
    assert used <= set(CITATIONS)


def test_no_citation_is_idle():
    used = set(simulate.SAMPLE_DESIGN.sources()["source"].str.extract(r"^(S\d+[a-z]?)")[0].dropna())
    # S10, S87 and others guide invented numbers; they are named in the remark.
    remarks = " ".join(simulate.SAMPLE_DESIGN.sources()["source"])
    assert {name for name in CITATIONS if name not in used and not re.search(rf"\b{name}\b", remarks)} == set()


def floats_without_source(value):
    if isinstance(value, Given):
        return []
    if isinstance(value, float):
        return [value]
    if is_dataclass(value):
        return [found for field in fields(value) for found in floats_without_source(getattr(value, field.name))]
    if isinstance(value, tuple):
        return [found for member in value for found in floats_without_source(member)]
    return []


@pytest.mark.parametrize("design", DESIGNS, ids=["sample", "small"])
def test_no_bare_number_hides_in_a_design(design):
    assert floats_without_source(design) == []


def test_a_given_number_calculates_and_keeps_its_source_in_copies():
    given = Given(6.1, "S82")
    assert given + 1 == pytest.approx(7.1)
    assert hash(given) == hash(6.1)
    for twin in (copy.deepcopy(given), pickle.loads(pickle.dumps(given))):
        assert (twin, twin.source) == (6.1, "S82")


def test_a_design_cannot_be_changed_in_place():
    with pytest.raises(FrozenInstanceError, match="cannot assign"):
        simulate.SAMPLE_DESIGN.name = "other"


def test_person_spread_of_counts_leaves_the_wanted_dispersion_over_people_and_days():
    counts = simulate.SAMPLE_DESIGN.diary.spasms
    signal = counts.signal
    # Squared coefficients of variation multiply: (1 + 1/k) = person x drift x day.
    people = exp(signal.person_sd**2)
    drift = exp(counts.wander_sd**2)
    assert people * drift * (1 + 1 / 4.0) == pytest.approx(1 + 1 / 0.8)
    assert signal.person_sd == pytest.approx(sqrt(log(2.25 / 1.25) - 0.3**2))
    assert exp(signal.mean + (signal.person_sd**2 + 0.3**2) / 2) == pytest.approx(8)


def test_cyclobenzaprine_is_planted_without_effect_on_spasticity():
    sources = simulate.SAMPLE_DESIGN.sources()
    own = sources[sources["constant"].str.contains(r"effects\[cyclobenzaprine\]")]
    spasticity = own[~own["constant"].str.contains("drowsiness|participation")]
    assert len(spasticity) >= 10
    assert spasticity["value"].eq(0).all()
    assert spasticity["source"].str.startswith("S93").all()


def test_the_pump_has_the_largest_effect_of_all_arms():
    diary = simulate.SAMPLE_DESIGN.diary
    for signal in (diary.spasms.signal, diary.spasticity, diary.pain, simulate.SAMPLE_DESIGN.tone.tone):
        effects = {effect.arm: effect.value for effect in signal.effects}
        assert min(effects, key=effects.get) == "intrathecal baclofen"


@pytest.mark.parametrize("design", DESIGNS, ids=["sample", "small"])
def test_the_protocol_follows_the_design(design):
    protocol = design.protocol
    assert protocol.synthetic
    assert protocol.visits == design.visits
    assert protocol.reference_arm == protocol.arms[0] == "placebo"
    assert protocol.baseline_visit == design.visits[0].name
    assert design.first_day == -14
    assert len(design.days) == design.last_day + 15


def test_a_cohort_needs_a_way_to_describe_disability():
    design = simulate.SAMPLE_DESIGN
    bare = replace(design.cohorts[0], edss_mean=None)
    with pytest.raises(MethodError, match="cohort MS: it needs an EDSS"):
        simulate.trial(replace(design, cohorts=(bare,)), seed=1)


def test_arms_that_a_design_lacks_are_nobody():
    design = replace(simulate.SAMPLE_DESIGN, arms=simulate.SAMPLE_DESIGN.arms[:2])
    made = simulate.trial(design, seed=5)
    assert set(made.study.participants["arm"]) == {"placebo", "oral baclofen"}
    assert set(made.study.doses["route"]) == {"oral"}
    assert np.isfinite(made.truth["value"]).all()
