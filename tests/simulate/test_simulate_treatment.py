"""Study drug, its harms, and care beside it."""

import numpy as np
import pandas as pd
import pytest

PUMP = "intrathecal baclofen"


@pytest.fixture(scope="module")
def doses(sample):
    return sample.study.doses.merge(sample.study.participants[["participant", "arm"]])


def test_placebo_has_no_active_drug(doses):
    assert set(doses["arm"]) == {"oral baclofen", "cyclobenzaprine", PUMP}
    assert set(doses.loc[doses["arm"] == PUMP, "route"]) == {"intrathecal"}
    assert set(doses.loc[doses["arm"] != PUMP, "route"]) == {"oral"}


def test_oral_doses_are_milligrams_and_intrathecal_ones_micrograms(doses):
    oral = doses["route"] == "oral"
    assert doses.loc[oral, "dose_ug_per_day"].isna().all()
    assert doses.loc[~oral, "dose_mg_per_day"].isna().all()
    known = doses["status"] != "unknown"
    assert doses.loc[known & oral, "dose_mg_per_day"].notna().all()
    assert doses.loc[known & ~oral, "dose_ug_per_day"].notna().all()
    assert doses.loc[~known, ["dose_mg_per_day", "dose_ug_per_day"]].isna().all(axis=None)


def test_no_record_is_not_a_dose_of_zero(doses):
    amount = doses["dose_mg_per_day"].fillna(doses["dose_ug_per_day"])
    assert (amount[doses["status"] == "zero documented"] == 0).all()
    assert (amount[doses["status"] == "taken"] > 0).all()
    assert (doses["status"] == "unknown").sum() > 5


def test_stretches_of_a_person_follow_each_other_without_overlap(doses):
    for _, rows in doses.groupby("participant"):
        assert rows["start_day"].iloc[0] == 0
        assert (rows["end_day"].iloc[:-1].to_numpy() == rows["start_day"].iloc[1:].to_numpy()).all()
        assert (rows["end_day"] > rows["start_day"]).all()


def test_baclofen_tablets_rise_by_the_label_and_stay_below_its_maximum(doses):
    rows = doses[(doses["arm"] == "oral baclofen") & (doses["status"] == "taken")]
    assert set(rows["dose_mg_per_day"]) == {15, 30, 45, 60, 80}
    first = rows[rows["start_day"] < 12].groupby("start_day")["dose_mg_per_day"].max()
    assert first.reindex([0, 3, 6, 9]).tolist() == [15, 30, 45, 60]


def test_cyclobenzaprine_rises_from_15_to_30_mg(doses):
    rows = doses[(doses["arm"] == "cyclobenzaprine") & (doses["status"] == "taken")]
    assert set(rows["dose_mg_per_day"]) == {15, 30}
    assert rows.loc[rows["dose_mg_per_day"] == 30, "start_day"].min() == 7


def test_tablets_are_tapered_or_stopped_at_once_when_treatment_ends(doses):
    rows = doses[doses["arm"] == "oral baclofen"]
    high = rows[(rows["start_day"] < 168) & (rows["end_day"] == 168) & (rows["status"] == "taken")]
    after = rows[rows["start_day"] == 168].set_index("participant").loc[high["participant"]]
    abrupt = (after["status"] == "zero documented").to_numpy() & (high["dose_mg_per_day"] > 15).to_numpy()
    assert 1 <= abrupt.sum() <= 10
    falls = high["dose_mg_per_day"].to_numpy() - after["dose_mg_per_day"].to_numpy()
    assert set(falls[~abrupt]) <= {15, 20}


def test_a_pump_begins_at_twice_the_bolus_and_rises_by_10_to_30_percent(doses):
    for _, rows in doses[doses["arm"] == PUMP].groupby("participant"):
        given = rows[rows["status"] == "taken"]
        bolus = given[given["end_day"] - given["start_day"] == 1]["dose_ug_per_day"]
        infusion = given[given["start_day"] >= 5]["dose_ug_per_day"].to_numpy(dtype=float)
        assert set(bolus[:1]) == {50}
        if len(infusion):
            assert infusion[0] == 2 * given.loc[given["start_day"] < 5, "dose_ug_per_day"].max()
            ratio = infusion[1:] / infusion[:-1]
            assert (ratio[ratio != 1] < 1.34).all()  # whole steps of 5 ug round a rise of 30 percent
        assert given["dose_ug_per_day"].max() <= 600


def test_people_without_a_response_to_any_bolus_get_no_pump_and_leave(sample, doses):
    visits = sample.study.visits
    out = visits.loc[visits["reason"] == "no response to screening", "participant"].unique()
    assert len(out) >= 1
    own = doses[doses["participant"].isin(out)]
    assert own.loc[own["status"] == "taken", "start_day"].max() == 4
    assert own["dose_ug_per_day"].max() == 100


def test_a_failed_pump_pauses_and_is_an_event(sample, doses):
    events = sample.study.events
    failed = events[events["action"] == "interrupted"]
    assert len(failed) == 1
    own = doses[doses["participant"] == failed["participant"].iloc[0]]
    pause = own[(own["start_day"] == failed["start_day"].iloc[0])].iloc[0]
    assert (pause["status"], pause["end_day"] - pause["start_day"]) == ("zero documented", 3)
    assert own["end_day"].max() > pause["end_day"]


def test_what_is_planted_in_the_doses_is_in_the_log(sample, doses):
    planted = sample.dosing
    assert set(planted["kind"]) == {"stop", "taper", "pause", "pump failure", "medicine"}
    stops = planted[planted["visible"] & planted["kind"].isin(["stop", "pause", "pump failure"])]
    zero = doses[doses["status"] == "zero documented"]
    first = stops["end_day"].where(stops["kind"] == "stop", stops["start_day"])
    found = stops.assign(start_day=first).merge(zero, on=["participant", "drug", "route", "start_day"])
    assert len(found) == len(stops) > 50
    before = doses.merge(
        stops.assign(end_day=stops["start_day"] + (stops["kind"] == "stop")),
        on=["participant", "drug", "route"],
        suffixes=("", "_planted"),
    )
    before = before[
        (before["start_day"] < before["end_day_planted"]) & (before["end_day"] >= before["end_day_planted"])
    ]
    oral = before[before["route"] == "oral"]
    assert (oral["dose_mg_per_day"] == oral["dose_before"]).all()


def test_what_is_planted_says_whether_the_log_records_it(sample, doses):
    planted = sample.dosing
    unseen = doses[doses["status"] == "unknown"].merge(planted, on="participant", suffixes=("_gap", ""))
    meets = (unseen["start_day_gap"] <= unseen["end_day"]) & (unseen["end_day_gap"] > unseen["start_day"])
    assert meets.any()
    assert not unseen.loc[meets, "visible"].any()


def test_device_events_without_a_trace_in_the_doses_belong_to_pumps(sample):
    notes = sample.study.events[sample.study.events["term"].isin(["refill overdue", "programming error"])]
    people = sample.study.participants.set_index("participant")["arm"]
    assert len(notes) > 0
    assert set(notes["participant"].map(people)) == {PUMP}
    assert (notes["start_day"] >= 42).all()


def test_withdrawal_follows_a_sudden_stop_within_three_days(sample, doses):
    events = sample.study.events
    after = events[events["group"] == "withdrawal"]
    assert {"hallucination", "spasms increased"} <= set(after["term"])
    stops = doses[doses["status"] == "zero documented"][["participant", "start_day"]]
    lags = after.merge(stops, on="participant", suffixes=("", "_stop"))
    lags = lags.assign(lag=lags["start_day"] - lags["start_day_stop"])
    assert lags.groupby(["participant", "term"])["lag"].agg(lambda lag: lag.between(1, 3).any()).all()


def test_spasms_rise_for_some_days_after_a_sudden_stop(sample, doses):
    events = sample.study.events
    people = events.loc[events["term"] == "spasms increased", "participant"].unique()
    diary = sample.study.diary[sample.study.diary["participant"].isin(people)]
    before = diary[diary["day"].between(161, 167)].groupby("participant")["spasms"].mean()
    after = diary[diary["day"].between(168, 171)].groupby("participant")["spasms"].mean()
    assert (after / before).dropna().astype(float).median() > 1.5


def test_every_event_lies_in_the_time_of_its_person(sample):
    study = sample.study
    last = study.diary.groupby("participant")["day"].max()
    late = study.events["start_day"] - study.events["participant"].map(last)
    assert late.max() <= 14  # the diary may have ended in a gap
    assert study.events["start_day"].min() >= 0
    assert ((study.events["end_day"] > study.events["start_day"]) | study.events["end_day"].isna()).all()
    assert not study.events.duplicated(["participant", "term"]).any()


def test_who_leaves_for_harm_has_the_event_that_says_so(sample):
    study = sample.study
    left = study.visits.loc[study.visits["reason"] == "adverse event", "participant"].unique()
    stopped = study.events.loc[study.events["action"] == "stopped", "participant"]
    assert set(left) <= set(stopped)
    assert stopped.is_unique


def test_medicines_have_codes_and_ongoing_ones_no_end(sample):
    table = sample.study.medications
    drinks = table["medicine"] == "alcohol"
    assert drinks.any()
    assert table.loc[drinks, "atc"].isna().all()
    assert table.loc[~drinks, "atc"].str.fullmatch(r"[A-Z]\d\d[A-Z]{2}\d\d").all()
    assert 0.3 < table["end_day"].isna().mean() < 0.99
    assert (table["end_day"].dropna() > table.loc[table["end_day"].notna(), "start_day"]).all()


def test_nobody_takes_more_part_in_a_session_than_was_planned(sample):
    table = sample.study.therapy
    assert (table["done_min"] <= table["planned_min"]).all()
    missed = table["done_min"] == 0
    assert missed.mean() == pytest.approx(0.08, abs=0.02)
    assert table.loc[missed, "participation"].isna().all()
    assert np.isin(table["day"] % 7, [1, 4]).all()


def test_harms_come_at_their_planted_rates(large):
    study = large.study
    people = study.participants
    size = people["arm"].value_counts()
    merged = study.events.merge(people[["participant", "arm"]])
    found = merged.groupby(["term", "arm"])["participant"].nunique()
    for harm in large.design.harms.harms:
        for arm, rate in harm.rates:
            share = found.get((harm.term, arm), 0) / size[arm]
            # 3.3 standard errors, and what leaving because of a harm adds
            assert abs(share - rate) < 3.3 * np.sqrt(rate * (1 - rate) / size[arm]) + 0.03, (harm.term, arm)


def test_drowsiness_and_dry_mouth_mark_cyclobenzaprine(large):
    merged = large.study.events.merge(large.study.participants[["participant", "arm"]])
    counts = pd.crosstab(merged["term"], merged["arm"])
    assert counts.loc["dry mouth"].idxmax() == "cyclobenzaprine"
    assert (
        counts.loc["drowsiness", ["cyclobenzaprine", "oral baclofen"]].min() > 2 * counts.loc["drowsiness", "placebo"]
    )
