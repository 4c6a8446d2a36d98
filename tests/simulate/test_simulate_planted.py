"""The planted truth: computed from the design, and found again in the study."""

from math import exp

import numpy as np
import pytest
from scipy import stats

from spasticity import simulate
from spasticity.simulate.outcomes import expected_outcomes, psqi_total
from spasticity.simulate.people import population
from spasticity.simulate.streams import all_streams
from tests.simulate import scored

DIFFERENCE, RATIO = "difference in mean change vs placebo", "rate ratio vs placebo"
#: 99.9 % band of the coverage of a 95 % interval over 100 seeds (reliability 4.3: normal approximation).
SEEDS = 100
BAND = 0.95 - 3.29 * np.sqrt(0.95 * 0.05 / SEEDS)


@pytest.fixture(scope="module")
def truth(sample):
    return sample.truth


def value(truth, outcome, arm, visit, quantity, cohort="all"):
    key = {"outcome": outcome, "arm": arm, "visit": visit, "quantity": quantity, "cohort": cohort}
    found = truth.loc[np.logical_and.reduce([truth[name] == wanted for name, wanted in key.items()]), "value"]
    assert len(found) == 1, key
    return found.iloc[0]


def test_the_truth_has_one_row_per_quantity(truth):
    assert list(truth.columns) == ["outcome", "cohort", "arm", "visit", "quantity", "value", "source"]
    assert not truth.duplicated(["outcome", "cohort", "arm", "visit", "quantity"]).any()
    assert truth[["value", "source"]].notna().all(axis=None)
    assert set(truth["cohort"]) == {"all", "MS", "SCI"}


def test_rate_ratios_are_the_planted_ones_once_the_drug_works_in_full(truth):
    for outcome in ("spasms_per_day", "spasms_per_hour_night", "spasms_per_hour_day", "spasm_awakenings"):
        assert value(truth, outcome, "oral baclofen", "week 12", RATIO) == pytest.approx(0.70, abs=2e-3)
        assert value(truth, outcome, "intrathecal baclofen", "week 12", RATIO) == pytest.approx(0.28, abs=2e-3)
        assert value(truth, outcome, "cyclobenzaprine", "week 12", RATIO) == 1


def test_the_rate_ratio_before_that_is_the_mean_of_the_days_of_the_window(truth):
    # By hand: day 28 is at most 3 days from the visit, so each of the days 18 to 30 has its weight in the window.
    shift = np.rint(np.random.default_rng(0).uniform(-3, 3, 200_000))
    days = (28 + shift[:, None] - np.arange(1, 8)).ravel()
    fraction = np.interp(days, [0, 21, 49], [0, 0.7, 1])
    settled = np.interp(days, [0, 28, 56], [0, 0.8, 1])
    everybody = 0.88**settled * np.exp(0.35**2 * settled**2 / 2)
    expected = (everybody * 0.70**fraction).mean() / everybody.mean()
    assert value(truth, "spasms_per_day", "oral baclofen", "week 4", RATIO) == pytest.approx(expected, abs=2e-3)


def test_a_difference_without_ends_of_the_scale_is_the_planted_one(truth):
    assert value(truth, "dorsiflexion_deg", "intrathecal baclofen", "week 12", DIFFERENCE) == pytest.approx(4, abs=0.05)
    assert value(truth, "drowsiness_nrs", "oral baclofen", "week 12", DIFFERENCE) == pytest.approx(0.9, abs=0.06)


def test_the_ends_of_a_scale_shrink_a_difference_and_never_turn_it(truth):
    found = value(truth, "spasticity_nrs", "intrathecal baclofen", "week 12", DIFFERENCE)
    assert -2.6 < found < -2.2
    assert -0.84 < value(truth, "spasticity_nrs", "oral baclofen", "week 12", DIFFERENCE) < -0.7


def test_what_is_planted_as_nothing_is_exactly_nothing(truth):
    comparisons = truth[truth["quantity"].str.endswith("vs placebo") & (truth["arm"] == "cyclobenzaprine")]
    spasticity = comparisons[~comparisons["outcome"].isin(["drowsiness_nrs", "participation"])]
    ratio = spasticity["quantity"] == RATIO
    assert spasticity.loc[ratio, "value"].eq(1).all()
    assert spasticity.loc[~ratio, "value"].eq(0).all()


def test_arms_are_equal_at_baseline(truth):
    means = truth[(truth["visit"] == "baseline") & (truth["quantity"] == "mean")]
    spread = means.groupby(["outcome", "cohort"])["value"].agg(np.ptp)
    # 0.2 min: counts of night wakings draw anew in each arm
    assert spread[~spread.index.get_level_values(0).isin(["waso_min", "tst_min"])].max() < 0.06
    assert spread.max() < 0.3


def test_the_truth_rests_on_the_design_alone(sample):
    assert simulate.trial(seed=77).truth.equals(sample.truth)
    changed = sample.truth
    changed.loc[0, "value"] = 99.0  # a caller's copy
    assert sample.truth.loc[0, "value"] != 99.0


def test_the_truth_hardly_depends_on_the_people_it_is_computed_from(sample, scored_sample):
    other = simulate.effects(sample.design, people=3000, seed=2)
    keys = ["outcome", "cohort", "arm", "visit", "quantity"]
    both = sample.truth.merge(other, on=keys, suffixes=("", "_other"))
    both = both[both["quantity"] == DIFFERENCE]
    spread = scored_sample[scored_sample["visit"] == "week 12"].groupby("outcome")["value"].std()
    error = (both["value"] - both["value_other"]).abs() / both["outcome"].map(spread)
    assert error.max() < 0.09  # half of it from the 3,000; a trial of 60 per arm has a standard error of about 0.15


def test_sources_of_the_truth_are_those_of_the_design(truth):
    spasms = truth[(truth["outcome"] == "spasms_per_day") & (truth["quantity"] == RATIO)]
    assert set(spasms.loc[spasms["arm"] == "oral baclofen", "source"].str[:3]) == {"S24"}
    assert set(spasms.loc[spasms["arm"] == "cyclobenzaprine", "source"].str[:3]) == {"S93"}
    known = set(simulate.SAMPLE_DESIGN.sources()["source"])
    assert {part for source in truth["source"] for part in source.split(" | ")} <= known


@pytest.mark.parametrize(
    ("answers", "total"),
    [
        # G1 to G4 of the golden respondents: bed, latency, up, hours, 5a, 5b-5j, quality, medicine, awake, enthusiasm
        ((1380, 20, 420, 6.5, 1, (1, 2, 0, 0, 0, 0, 0, 3, 0), 1, 0, 0, 1), 6),
        ((1350, 75, 390, 4.0, 3, (3, 3, 1, 0, 1, 1, 2, 3, 3), 3, 3, 2, 3), 20),
        ((30, 10, 450, 7.0, 0, (0,) * 9, 0, 0, 0, 0), 0),
        ((1380, 15, 360, 6.0, 0, (1,) * 9, 1, 0, 0, 0), 3),
    ],
    ids=["G1", "G2", "G3", "G4"],
)
def test_the_sleep_questionnaire_is_scored_as_published(answers, total):
    bed, latency, up, hours, first, nine, quality, medicine, awake, enthusiasm = answers
    items = {"bedtime": bed, "latency_min": latency, "getup": up, "hours_sleep": hours, "5a": first}
    items |= {f"5{letter}": answer for letter, answer in zip("bcdefghij", nine, strict=True)}
    items |= {"quality": quality, "medicine": medicine, "staying_awake": awake, "enthusiasm": enthusiasm}
    assert psqi_total({name: np.array([float(answer)]) for name, answer in items.items()})[0] == total


def recovered(found, truth, comparisons):
    """The planted comparisons outside an interval that all of them should meet at once with 99 %."""
    level = 1 - 0.01 / comparisons
    estimates = scored.estimates(found, truth, "placebo", level)
    return estimates, estimates[(estimates["value"] < estimates["low"]) | (estimates["value"] > estimates["high"])]


def test_every_effect_planted_at_the_primary_visit_is_found_within_its_interval(truth, scored_sample):
    primary = truth[(truth["visit"] == "week 12") & (truth["cohort"] == "all")]
    estimates, missed = recovered(scored_sample, primary, 72)
    assert estimates["outcome"].nunique() == 23
    assert missed.empty
    plain = scored.estimates(scored_sample, primary, "placebo")
    assert ((plain["value"] >= plain["low"]) & (plain["value"] <= plain["high"])).mean() > 0.88


@pytest.mark.slow
def test_every_planted_effect_is_found_within_its_interval(truth, scored_sample):
    estimates, missed = recovered(scored_sample, truth, 876)
    assert len(estimates) == 876
    assert missed.empty


@pytest.mark.slow
def test_the_small_design_is_recovered_too(small):
    estimates, missed = recovered(scored.outcomes(small.study), small.truth, 60)
    assert len(estimates) > 40
    assert missed.empty


def test_levels_before_treatment_are_the_planted_ones(truth, scored_sample):
    planted = truth[(truth["quantity"] == "mean") & (truth["visit"] == "baseline") & (truth["arm"] == "placebo")]
    planted = planted[planted["cohort"] == "all"].set_index("outcome")["value"]
    found = scored_sample[scored_sample["visit"] == "baseline"].groupby("outcome")["value"].agg(["mean", "sem"])
    z = (found["mean"] - planted) / found["sem"]
    assert z.abs().max() < stats.norm.ppf(1 - 0.005 / len(z))


def test_a_large_effect_is_far_from_nothing_and_nothing_is_near_it(truth, scored_sample):
    primary = truth[(truth["visit"] == "week 12") & (truth["cohort"] == "all")]
    estimates = scored.estimates(scored_sample, primary, "placebo").set_index(["outcome", "quantity", "arm"])
    for outcome in ("spasticity_nrs", "llmt6", "psfs_frequency", "pain_nrs"):
        assert estimates.loc[(outcome, DIFFERENCE, "intrathecal baclofen"), "high"] < 0
    assert estimates.loc[("spasms_per_day", RATIO, "intrathecal baclofen"), "high"] < 0.5
    assert estimates.loc[("drowsiness_nrs", DIFFERENCE, "cyclobenzaprine"), "low"] > 0.5
    low, high = estimates.loc[("spasticity_nrs", DIFFERENCE, "cyclobenzaprine"), ["low", "high"]]
    assert low < 0 < high


@pytest.mark.slow
def test_intervals_cover_the_truth_as_often_as_they_say(truth):
    outcomes = ["spasms_per_day", "spasticity_nrs", "llmt6", "tst_min"]
    primary = truth[(truth["visit"] == "week 12") & (truth["cohort"] == "all") & truth["outcome"].isin(outcomes)]
    primary = primary[primary["quantity"].isin([DIFFERENCE, RATIO])]
    primary = primary[(primary["outcome"] != "spasms_per_day") | (primary["quantity"] == RATIO)]
    covered = []
    for seed in range(1000, 1000 + SEEDS):
        found = scored.outcomes(simulate.trial(seed=seed).study, (scored.diary, scored.tone, scored.nights))
        rows = scored.estimates(found, primary, "placebo").set_index(["outcome", "arm"])
        covered.append((rows["value"] >= rows["low"]) & (rows["value"] <= rows["high"]))
    coverage = np.mean([row.to_numpy() for row in covered], axis=0)
    assert len(coverage) == 12
    assert coverage.min() > BAND, dict(zip(covered[0].index, coverage, strict=True))


def test_logarithms_of_the_design_are_ratios():
    effects = {effect.arm: effect.value for effect in simulate.SAMPLE_DESIGN.diary.spasms.effects}
    assert {arm: round(exp(found), 9) for arm, found in effects.items()} == {
        "oral baclofen": 0.70,
        "cyclobenzaprine": 1.0,
        "intrathecal baclofen": 0.28,
    }


@pytest.mark.parametrize(
    "outcome",
    [
        "llmt6",
        "llmt4",
        "psqi",
        "psfs_frequency",
        "pgic",
        "t25fw_s",
        "t25fw_m_per_s",
        "walk_10m_m_per_s",
        "dorsiflexion_deg",
    ],
)
def test_the_truth_scores_each_person_as_the_study_does(sample, scored_sample, outcome):
    # The same seed and design, nobody lost: person by person, the value the truth averages is the one in the tables.
    design, draw = sample.design, all_streams(sample.seed)
    people = population(design.cohorts, design.arms, design.enrolment, draw)
    values = expected_outcomes(design, people, draw)[outcome]
    names = [visit.name for visit in design.visits]
    found = scored_sample[scored_sample["outcome"] == outcome]
    expected = values[np.searchsorted(people.ids.astype(str), found["participant"]), found["visit"].map(names.index)]
    regained = np.isnan(expected)  # walking again after a baseline without: no change to average
    assert len(found) > 300
    assert regained.mean() < 0.05
    assert np.allclose(expected[~regained], found["value"][~regained])


def test_a_better_impression_of_change_is_a_lower_number(truth):
    for visit in ("week 4", "week 12", "week 24"):
        pump = value(truth, "pgic", "intrathecal baclofen", visit, "mean")
        assert pump < value(truth, "pgic", "placebo", visit, "mean") < 4
