"""Every outcome of a study at once, and what must not change it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from spasticity import derive, simulate, tables
from spasticity.study import PlannedVisit, Protocol
from tests.derive.tiny import PEOPLE, attended, study, table

TABLES = [derive.completeness, derive.dose_per_day, derive.flow, derive.index_muscle, derive.outcomes]
TABLES += [derive.night_measures, derive.recorded_days, derive.spasm_events, derive.spasms_by_hour]


@pytest.fixture(scope="module")
def sample():
    return simulate.trial(simulate.SAMPLE_DESIGN, seed=1).study


@pytest.fixture(scope="module")
def found(sample):
    return derive.outcomes(sample)


def test_every_outcome_of_the_sample_is_there_and_passes_the_check(found):
    expected = ["spasms_per_day", "spasms_per_hour_night", "spasms_per_hour_day", "spasticity_nrs", "pain_nrs"]
    expected += ["drowsiness_nrs", "llmt6", "llmt4", "index_muscle_grade", "psfs_frequency", "psfs_severity", "psqi"]
    expected += ["pgic", "tst_min", "waso_min", "sol_min", "awakenings", "spasm_awakenings", "sleep_efficiency_tib"]
    expected += ["sleep_efficiency_dse", "t25fw_s", "t25fw_m_per_s", "walk_10m_m_per_s", "dorsiflexion_deg"]
    expected += ["therapy_min_per_week", "participation"]
    assert set(expected) <= set(found["outcome"])
    assert len(tables.OUTCOMES.check(found)) == len(found)


def test_a_missing_value_always_says_why(found):
    assert found.loc[found["value"].isna(), "flag"].notna().all()


def test_everybody_has_a_row_at_every_visit_at_which_the_cohort_was_measured(found):
    counts = found.groupby(["outcome", "visit", "cohort"], observed=True)["participant"].nunique()
    people = found.drop_duplicates("participant")["cohort"].value_counts()
    assert (counts == counts.index.get_level_values("cohort").map(people)).all()


def test_change_is_value_minus_baseline_in_every_row(found):
    there = found["change"].notna()
    assert (found["value"] - found["baseline"])[there].equals(found["change"][there])
    at_baseline = found[(found["visit"] == "baseline") & found["value"].notna()]
    assert (at_baseline["change"] == 0).all()


def frames(found_study):
    return {function.__name__: function(found_study) for function in TABLES}


def assert_same(one, other):
    for name, frame in one.items():
        keys = [key for key in frame if frame[key].dtype != "float64"]
        sort = lambda rows: rows.sort_values(keys, ignore_index=True)  # noqa: B023, E731
        pd.testing.assert_frame_equal(sort(frame), sort(other[name]), obj=name)


@pytest.fixture(scope="module")
def small():
    return simulate.trial(simulate.SMALL_DESIGN, seed=3).study


@pytest.fixture(scope="module")
def small_found(small):
    return frames(small)


def test_the_order_of_rows_changes_nothing(small, small_found):
    rng = np.random.default_rng(0)
    shuffled = {
        name: frame.sample(frac=1, random_state=rng).reset_index(drop=True) for name, frame in small.tables.items()
    }
    assert_same(frames(replace(small, **shuffled)), small_found)


def renamed(frame, code):
    if "participant" not in frame:
        return frame
    return frame.assign(participant=frame["participant"].map(code).astype("string[python]"))


def test_other_codes_for_people_change_nothing_else(small, small_found):
    people = sorted(small.participants["participant"])
    code = dict(zip(people, [f"X{number:03d}" for number in range(len(people))][::-1], strict=True))
    back = {new: old for old, new in code.items()}
    other = frames(replace(small, **{name: renamed(frame, code) for name, frame in small.tables.items()}))
    assert_same({name: renamed(frame, back) for name, frame in other.items()}, small_found)


def test_a_participant_without_data_changes_nobody_else(small, small_found):
    nobody = small.participants.iloc[[0]].assign(participant="nobody")
    people = pd.concat([small.participants, nobody.astype(small.participants.dtypes.to_dict())], ignore_index=True)
    more = replace(small, participants=people)
    before, after = small_found, frames(more)
    for name in ("completeness", "index_muscle", "outcomes"):
        assert after[name].loc[after[name]["participant"] == "nobody"].shape[0] > 0
    kept = {name: frame[frame["participant"] != "nobody"] for name, frame in after.items() if "participant" in frame}
    assert_same({name: before[name] for name in kept}, kept)
    assert after["flow"]["participants"].sum() == before["flow"]["participants"].sum() + len(small.protocol.visits)


NEEDS = {
    "diary": {"spasms_per_day", "spasticity_nrs", "pain_nrs", "drowsiness_nrs"},
    "nights": set(derive.nights.SLEEP_OUTCOMES),
    "tone": {"llmt6", "llmt4", "index_muscle_grade"},
    "walks": {"t25fw_s", "t25fw_m_per_s", "walk_10m_m_per_s"},
    "range_of_motion": {"dorsiflexion_deg"},
    "therapy": {"therapy_min_per_week", "participation"},
}


@pytest.mark.parametrize("name", NEEDS)
def test_a_study_without_a_table_lacks_its_outcomes_and_no_others(small, small_found, name):
    without = derive.outcomes(replace(small, **{name: getattr(tables, name.upper()).empty()}))
    rest = small_found["outcomes"]
    rest = rest[~rest["outcome"].isin(NEEDS[name])].reset_index(drop=True)
    assert len(rest) < len(small_found["outcomes"])
    pd.testing.assert_frame_equal(without, rest)


def test_tables_that_feed_no_outcome_change_none(small, small_found):
    fewer = {name: getattr(tables, name.upper()).empty() for name in ("doses", "medications", "events")}
    pd.testing.assert_frame_equal(derive.outcomes(replace(small, **fewer)), small_found["outcomes"])


def test_a_study_of_nothing_but_people_has_no_outcomes():
    assert list(derive.outcomes(study())) == tables.OUTCOMES.names
    assert len(derive.outcomes(study())) == 0


def test_a_cohort_study_with_visits_of_its_own():
    visits = (PlannedVisit("enrolment", 3, (0, 7)), PlannedVisit("year 1", 365, (330, 400)))
    protocol = Protocol(name="Cohort", visits=visits, baseline_visit="enrolment")
    people = [{**person, "first_dose_date": None} for person in PEOPLE]
    walks = [
        {
            "participant": "A",
            "visit": visit,
            "day": day,
            "test": "t25fw",
            "trial": trial,
            "time_s": time_s,
            "unable": False,
        }
        for visit, day, time_s in (("enrolment", 3, 8.0), ("year 1", 370, 10.0))
        for trial in (1, 2)
    ]
    found = derive.outcomes(study(people=people, protocol=protocol, walks=walks))
    assert found["arm"].isna().all()
    row = found[(found["participant"] == "A") & (found["outcome"] == "t25fw_s") & (found["visit"] == "year 1")].iloc[0]
    assert row["percent_change"] == 25


def test_where_and_outcomes_may_be_taken_in_either_order(small, small_found):
    cohort = small.participants["cohort"].iloc[0]
    some = derive.outcomes(small.where(cohort=cohort))
    whole = small_found["outcomes"]
    rows = whole[whole["cohort"] == cohort].reset_index(drop=True)
    pd.testing.assert_frame_equal(some, rows)


def test_only_what_was_collected_has_a_value():
    diary = [{"participant": "A", "day": day, "spasms": day % 3} for day in range(21, 28)]
    found = derive.outcomes(study(diary=diary, visits=attended("A", "B")))
    assert found.loc[found["value"].notna(), ["participant", "value"]].to_numpy().tolist() == [["A", 6 / 7]]


@pytest.mark.slow
def test_a_million_spasms_keep_every_event_and_its_rate():
    rng = np.random.default_rng(7)
    size, people = 1_000_000, [f"P{number:03d}" for number in range(200)]
    participants = table(
        "participants", [{"participant": name, "cohort": "MS", "first_dose_date": "2024-02-01"} for name in people]
    )
    moments = pd.Timestamp("2024-02-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 90 * 86400, size), unit="s")
    spasms = pd.DataFrame({"participant": rng.choice(people, size), "start_utc": moments, "zone": "Europe/London"})
    spasms = tables.SPASMS.check(spasms.reindex(columns=tables.SPASMS.names))
    recording = pd.DataFrame(
        {"participant": np.repeat(people, 90), "day": np.tile(range(90), 200), "zone": "Europe/London"}
    )
    big = replace(study(), participants=participants, spasms=spasms, recording=tables.RECORDING.check(recording))
    rates, hours = derive.spasm_rates(big), derive.spasms_by_hour(big, window_days=None)
    assert hours["spasms"].sum() == size - (derive.spasm_events(big)["flag"].notna()).sum()
    assert rates["value"].mean() == pytest.approx(size / 200 / 90 / 24, rel=0.02)
