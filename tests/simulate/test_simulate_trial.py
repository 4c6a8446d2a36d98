"""A trial is made of a design and a seed, and of nothing else."""

import ast
import inspect
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

import spasticity.simulate
from spasticity import simulate, tables
from spasticity.files import csv_bytes
from spasticity.simulate.streams import all_streams, stream
from tests.simulate import scored

ROOM = Path(spasticity.simulate.__file__).parent
TABLES = [schema.name for schema in tables.STUDY_TABLES]


def tables_of(made):
    return {name: csv_bytes(getattr(made.study, name)) for name in TABLES}


def test_the_generator_takes_no_data():
    for function in (simulate.trial, simulate.write, simulate.effects):
        annotations = [str(given.annotation) for given in inspect.signature(function).parameters.values()]
        assert not any(word in text for text in annotations for word in ("DataFrame", "Study", "Series", "ndarray"))
    assert list(inspect.signature(simulate.trial).parameters) == ["design", "seed"]


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.stem)
def test_no_file_of_the_room_reads_anything(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not {name for name in names if name.startswith("read_") or name in ("open", "urlopen", "load", "fromfile")}
    assert not names & {"seed_everything", "RandomState", "today", "now", "time"}


def test_every_table_has_rows_and_none_is_rejected(sample, small):
    for made, worn in ((sample, True), (small, False)):
        assert list(made.study.tables) == [name for name in TABLES if worn or name != "epochs"]
        assert made.study.rejects.empty
        assert made.study.repairs.empty


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(sample):
    own, other = tables_of(sample), tables_of(simulate.trial(seed=10))
    assert tables_of(simulate.trial()) == own
    assert not [name for name in TABLES if other[name] == own[name]]


def test_a_stream_is_its_name_and_seed():
    draw = all_streams(9)
    first = draw("diary", "missing").random(3)
    draw("tone", "rater").random(100)  # what others draw does not matter
    assert np.array_equal(first, draw("diary", "missing").random(3))
    assert np.array_equal(first, stream(9, "diary", "missing").random(3))
    assert not np.array_equal(first, draw("diary", "gaps").random(3))
    assert not np.array_equal(first, stream(10, "diary", "missing").random(3))


def test_what_one_table_draws_does_not_move_the_others(sample):
    design = sample.design
    more = replace(
        design,
        medicines=replace(design.medicines, medicines=design.medicines.medicines[:3]),
        harms=replace(design.harms, harms=design.harms.harms[:4]),
        tone=replace(design.tone, muscles=design.tone.muscles[:3]),
        sleep=replace(design.sleep, settling_min=design.sleep.lying_min),
    )
    changed, before = tables_of(simulate.trial(more)), tables_of(sample)
    moved = {name for name in TABLES if changed[name] != before[name]}
    assert moved == {"medications", "events", "tone", "nights", "answers", "epochs"}  # a device shows the nights


def test_arms_are_balanced_within_each_cohort_at_any_time(sample, small):
    for made in (sample, small):
        people = made.study.participants
        for _, rows in people.groupby("cohort", observed=True):
            seen = pd.get_dummies(rows["arm"]).cumsum()
            assert (seen.max(axis=1) - seen.min(axis=1)).max() <= 1
            assert len(set(seen.iloc[-1])) == 1
        assert people["first_dose_date"].is_monotonic_increasing
        assert people["participant"].is_monotonic_increasing


def test_arms_of_a_block_come_in_every_order(large):
    arms = large.study.participants.query("cohort == 'MS'")["arm"].to_numpy().reshape(-1, 4)
    assert len({tuple(block) for block in arms}) == 24


def leaving(study):
    """Day of the first visit that somebody no longer came to, and the last day of the diary."""
    gone = study.visits[study.visits["status"] == "after stopping"].groupby("participant").size()
    return set(gone.index), study.diary.groupby("participant")["day"].max()


def test_people_who_left_have_no_data_afterwards(sample):
    study = sample.study
    left, last = leaving(study)
    assert 15 <= len(left) <= 60
    for name in ("nights", "recording", "therapy"):
        latest = getattr(study, name).groupby("participant")["day"].max()
        assert (latest[latest.index.isin(left)] <= last.reindex(latest.index)[latest.index.isin(left)] + 21).all()
    seen = study.visits[study.visits["status"] == "attended"][["participant", "visit"]]
    for name in ("answers", "tone", "walks", "range_of_motion"):
        found = getattr(study, name)[["participant", "visit"]].drop_duplicates()
        assert len(found.merge(seen)) == len(found)


def test_a_visit_has_a_day_when_it_took_place_and_a_reason_when_not(sample):
    visits = sample.study.visits
    attended = visits["status"] == "attended"
    assert visits.loc[attended, "day"].notna().all()
    assert visits.loc[~attended, "day"].isna().all()
    assert visits.loc[attended, "reason"].isna().all()
    assert visits.loc[~attended, "reason"].notna().all()
    assert set(visits.loc[visits["visit"] == "baseline", "status"]) == {"attended"}
    windows = {visit.name: visit.window for visit in sample.design.visits}
    inside = [
        windows[visit][0] <= day <= windows[visit][1] for visit, day in visits.loc[attended, ["visit", "day"]].values
    ]
    assert all(inside)
    assert visits.loc[attended & (visits["visit"] == "week 12"), "day"].nunique() == 7


def test_a_missing_diary_day_has_no_row_and_a_day_without_spasms_has_a_zero(sample):
    diary = sample.study.diary
    assert (diary["spasms"] == 0).sum() > 500
    complete = diary.groupby("participant")["day"].agg(["min", "max", "size"])
    assert ((complete["max"] - complete["min"] + 1) > complete["size"]).mean() > 0.9
    gaps = diary.groupby("participant")["day"].diff().dropna()
    assert (gaps >= 8).mean() > 0.001


def test_recorded_windows_are_the_week_before_baseline_and_before_week_12(sample):
    study = sample.study
    recorded = study.recording
    assert recorded.loc[recorded["day"] < 0, "day"].between(-7, -1).all()
    day = study.visits.query("visit == 'week 12'").set_index("participant")["day"]
    later = recorded[recorded["day"] >= 0]
    planned = later["participant"].map(day)
    ago = (planned - later["day"]).dropna()
    assert ago.between(1, 7).all()
    assert recorded.groupby("participant").size().max() == 14


def local_days(study):
    events = study.spasms.merge(study.participants[["participant", "first_dose_date"]])
    local = scored.local_times(events)
    return events.assign(hour=local.dt.hour, day=(local.dt.normalize() - events["first_dose_date"]).dt.days)


def test_every_spasm_lies_on_a_recorded_local_day(sample):
    events = local_days(sample.study)
    recorded = sample.study.recording[["participant", "day"]]
    assert len(events.merge(recorded, on=["participant", "day"])) == len(events)


def test_recorded_spasms_agree_with_the_diary_of_the_day(sample):
    counted = local_days(sample.study).groupby(["participant", "day"]).size().rename("events").reset_index()
    both = sample.study.recording.merge(counted, how="left").fillna({"events": 0}).merge(sample.study.diary)
    both = both.dropna(subset="spasms")
    assert (both["events"] <= both["spasms"]).all()
    assert both["events"].sum() / both["spasms"].sum() == pytest.approx(0.95, abs=0.01)


def test_a_recording_crosses_a_night_on_which_the_clocks_change(sample):
    recorded = sample.study.recording.merge(sample.study.participants[["participant", "first_dose_date"]])
    date = recorded["first_dose_date"] + pd.to_timedelta(recorded["day"].astype("int64"), unit="D")
    offsets = [
        [when.replace(tzinfo=ZoneInfo(zone)).utcoffset() for when in (day, day + pd.Timedelta(days=1))]
        for day, zone in zip(date, recorded["zone"], strict=True)
    ]
    changes = [after - before for before, after in offsets]
    assert sum(change > pd.Timedelta(0) for change in changes) >= 1
    assert sum(change < pd.Timedelta(0) for change in changes) >= 1


def test_spasms_follow_the_invented_profile_of_the_day(large):
    hours = np.bincount(local_days(large.study)["hour"], minlength=24)
    wanted = np.array(large.design.recording.hours, dtype=float)
    assert np.abs(hours / hours.sum() - wanted / wanted.sum()).max() < 0.004
    assert hours.argmax() == 22


def test_only_spasms_at_night_wake(sample):
    events = local_days(sample.study)
    at_night = (events["hour"] >= 22) | (events["hour"] < 6)
    assert not events.loc[~at_night, "woke"].any()
    assert events.loc[at_night, "woke"].mean() == pytest.approx(0.15, abs=0.02)


def test_nights_are_in_order_and_times_fit(sample):
    nights = sample.study.nights
    bed, attempt, final, out = (
        scored.minutes(nights[name]) for name in ("into_bed", "attempt", "final_awakening", "out_of_bed")
    )
    settle, trying, lying = (attempt - bed) % 1440, (final - attempt) % 1440, (out - final) % 1440
    assert ((out - bed) % 1440 == settle + trying + lying).all()
    asleep = trying - nights["sol_min"] - nights["waso_min"]
    assert asleep.between(60, 900).all()
    assert (nights["spasm_awakenings"] <= nights["awakenings"]).fillna(True).all()
    assert 0 < nights["spasm_awakenings"].isna().mean() < 0.02


def test_nights_with_more_awakenings_from_spasms_have_more_minutes_awake(sample):
    nights = sample.study.nights.dropna(subset="spasm_awakenings")
    correlation = nights["spasm_awakenings"].astype(float).corr(nights["waso_min"], method="spearman")
    assert 0.15 < correlation < 0.7


def test_upper_limbs_are_spared_below_a_thoracic_injury(sample):
    people = sample.study.participants
    spared = people.loc[people["level"].str.startswith("T").fillna(False).astype(bool), "participant"]
    tone = sample.study.tone
    upper = tone["muscle"].isin(["elbow flexors", "wrist flexors"])
    assert set(tone.loc[upper & tone["participant"].isin(spared), "grade"].dropna()) == {"0"}
    assert set(tone.loc[upper & ~tone["participant"].isin(spared), "grade"].dropna()) >= {"0", "1", "1+", "2", "3"}
    assert tone["grade"].isna().any()
    assert set(tone["grade"].dropna()) == {"0", "1", "1+", "2", "3", "4"}


def test_people_who_cannot_walk_say_so_once_and_some_change(sample):
    walks = sample.study.walks
    assert walks.loc[walks["unable"], "time_s"].isna().all()
    assert walks.loc[~walks["unable"], "time_s"].notna().all()
    assert walks.loc[walks["unable"], "trial"].eq(1).all()
    assert walks.loc[walks["unable"], "device"].isna().all()
    states = walks.groupby("participant")["unable"].agg(["min", "max", "first", "last"])
    assert ((states["first"] == False) & (states["last"] == True)).any()  # noqa: E712
    assert ((states["first"] == True) & (states["last"] == False)).any()  # noqa: E712
    assert (states["min"] != states["max"]).mean() < 0.12
    baseline = walks[walks["visit"] == "baseline"].merge(sample.study.participants[["participant", "walks"]])
    assert (baseline["unable"] == ~baseline["walks"]).all()


def test_tests_of_walking_belong_to_cohorts(sample):
    walks = sample.study.walks.merge(sample.study.participants[["participant", "cohort"]])
    assert set(walks.loc[walks["test"] == "t25fw", "cohort"]) == {"MS"}
    assert set(walks.loc[walks["test"] == "10mwt", "cohort"]) == {"MS", "SCI"}


def test_psfs_severity_is_not_asked_without_spasms(sample):
    rows = sample.study.answers[sample.study.answers["instrument"] == "psfs"]
    wide = rows.pivot_table(index=["participant", "visit"], columns="item", values="response", aggfunc="first")
    assert wide.loc[wide["frequency"] == "0", "severity"].isna().all()
    assert set(wide["frequency"].dropna()) == {"0", "1", "2", "3", "4"}
    assert set(wide["severity"].dropna()) == {"1", "2", "3"}


def test_pgic_is_not_asked_at_baseline(sample):
    rows = sample.study.answers[sample.study.answers["instrument"] == "pgic"]
    assert "baseline" not in set(rows["visit"])
    assert set(rows["item"]) == {"pgic"}
    assert set(rows["response"]) <= {"1", "2", "3", "4", "5", "6", "7"}


def test_items_of_the_sleep_questionnaire_are_the_registered_ones(sample):
    items = set(sample.study.answers.query("instrument == 'psqi'")["item"])
    letters = {f"5{letter}" for letter in "abcdefghij"}
    others = {"bedtime", "latency_min", "getup", "hours_sleep", "quality", "medicine", "staying_awake", "enthusiasm"}
    assert items == letters | others | {"5j_comment"}


def test_a_reason_accompanies_only_answers_that_name_one(sample):
    rows = sample.study.answers.query("instrument == 'psqi'")
    wide = rows.pivot_table(index=["participant", "visit"], columns="item", values="response", aggfunc="first")
    commented = wide["5j_comment"].notna()
    assert (wide.loc[commented, "5j"] != "0").all()
    assert wide.loc[~commented, "5j"].fillna("0").eq("0").all()


def test_the_small_design_is_another_study(small):
    protocol = small.study.protocol
    assert protocol.arms == ("placebo", "oral baclofen")
    assert protocol.visit_names == ["screening", "day 21", "day 42"]
    assert protocol.baseline_visit == "screening"
    people = small.study.participants
    assert (len(people), set(people["cohort"])) == (60, {"SCI"})
    assert set(small.study.doses["route"]) == {"oral"}
    assert "t25fw" not in set(small.study.walks["test"])


def test_it_prints_what_it_is(sample):
    assert repr(sample).startswith("An invented trial")
    assert repr(sample).endswith("seed 9")


def test_some_people_name_another_reason_for_poor_sleep(large):
    rows = large.study.answers.query("instrument == 'psqi'")
    named = rows.loc[rows["item"] == "5j_comment", "participant"].nunique()
    assert named / rows["participant"].nunique() == pytest.approx(0.4, abs=0.04)
