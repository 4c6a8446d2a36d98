"""The registry: what every measure says about itself."""

import pytest

from spasticity import instruments
from spasticity.errors import MethodError
from spasticity.instruments.registry import MEASURES

LOWER = [
    "spasms_per_day",
    "spasms_per_hour_night",
    "spasms_per_hour_day",
    "spasticity_nrs",
    "pain_nrs",
    "drowsiness_nrs",
    "llmt6",
    "llmt4",
    "ashworth_mean",
    "psfs_frequency",
    "psfs_severity",
    "psqi",
    "pgic",
    "waso_min",
    "sol_min",
    "awakenings",
    "spasm_awakenings",
    "t25fw_s",
]
HIGHER = [
    "tst_min",
    "sleep_efficiency_tib",
    "sleep_efficiency_dse",
    "t25fw_m_per_s",
    "walk_10m_m_per_s",
    "dorsiflexion_deg",
    "therapy_min_per_week",
    "participation",
]


@pytest.mark.parametrize("name", LOWER)
def test_the_common_outcomes_where_less_is_better(name):
    assert MEASURES[name].better == "lower"


@pytest.mark.parametrize("name", HIGHER)
def test_the_common_outcomes_where_more_is_better(name):
    assert MEASURES[name].better == "higher"


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_has_words_of_its_own_and_sensible_limits(name):
    measure = MEASURES[name]
    assert measure.id == name
    assert measure.label.strip()
    assert measure.label != name
    if measure.low is not None and measure.high is not None:
        assert measure.low < measure.high


@pytest.mark.parametrize("name", MEASURES)
def test_no_threshold_lacks_a_source_a_meaning_or_a_use(name):
    for threshold in MEASURES[name].thresholds:
        assert all([threshold.source, threshold.meaning, threshold.roles])
        assert threshold.value > 0
        assert str(threshold.value).removesuffix(".0") in threshold.rule


@pytest.mark.parametrize("name", MEASURES)
def test_what_is_not_known_in_the_dossier_is_said(name):
    measure = MEASURES[name]
    if not measure.thresholds:
        assert measure.unknown


def test_an_unknown_outcome_is_taken_with_its_name_and_no_direction():
    measure = instruments.measure("grip_strength_n")
    assert (measure.label, measure.unit, measure.better) == ("grip strength n", None, None)
    with pytest.raises(MethodError, match=r"grip_strength_n: no responder threshold .* not in the registry"):
        measure.responder()


@pytest.mark.parametrize(
    ("name", "value", "kind", "compare"),
    [
        ("spasticity_nrs", 30, "percent", ">="),
        ("spasms_per_day", 50, "percent", ">="),
        ("index_muscle_grade", 1, "grades", ">="),
        ("psfs_frequency", 1, "grades", ">="),
        ("t25fw_s", 20, "percent", ">="),
        ("psqi", 5, "level", "<="),
        ("pgic", 2, "level", "<="),
    ],
)
def test_the_default_responder_rules(name, value, kind, compare):
    rule = instruments.measure(name).responder()
    assert (rule.value, rule.kind, rule.compare) == (value, kind, compare)


@pytest.mark.parametrize("name", ["llmt6", "llmt4", "ashworth_mean", "drowsiness_nrs", "tst_min", "dorsiflexion_deg"])
def test_an_outcome_without_a_rule_says_so(name):
    with pytest.raises(MethodError, match=f"{name}: no responder threshold to use by default: .*Pass `threshold=`"):
        instruments.measure(name).responder()


def test_the_penn_scale_never_gets_an_mcid():
    assert instruments.measure("psfs_frequency").cuts("mcid") == ()
    assert "MCID are not established" in instruments.measure("psfs_frequency").unknown


def test_daily_ratings_are_averaged_over_seven_days_with_five_entries():
    window = instruments.measure("spasticity_nrs").window
    assert (window.days, window.at_least) == (7, 5)
