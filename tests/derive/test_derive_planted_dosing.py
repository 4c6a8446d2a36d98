"""What the sample plants in its doses is found, and nothing else is."""

from pathlib import Path

import pandas as pd
import pytest

from spasticity import derive, simulate

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made():
    return simulate.trial()


@pytest.fixture(scope="module")
def daily(made):
    return derive.dose_per_day(made.study)


@pytest.fixture(scope="module")
def found(daily):
    rows = derive.stops(daily)
    return rows[rows["flag"].isna()]


def keys(rows, *names):
    return {tuple(str(cell) for cell in row) for row in rows[list(names)].to_numpy().tolist()}


def planted(made, *kinds):
    rows = made.dosing
    return rows[rows["kind"].isin(kinds)]


def counted(rows):
    """Planted stops that count by the rules: visible, 15 mg, and long enough exposed (21 days for cyclobenzaprine)."""
    need = rows["drug"].map({"baclofen": 30, "cyclobenzaprine": 21})
    return rows[rows["visible"] & (rows["dose_before"] >= 15) & (rows["start_day"] >= need)]


def test_every_planted_stop_is_found_with_its_speed_and_no_other(made, found):
    oral = found[(found["route"] == "oral") & found["resumed_day"].isna()]
    stops = counted(planted(made, "stop"))
    expected = keys(stops, "participant", "drug", "detail", "start_day", "end_day", "dose_before")
    names = ("participant", "drug", "class", "last_whole_day", "stop_day", "before_mg_per_day")
    assert keys(oral, *names) == expected
    assert {"complete abrupt", "complete rapid", "gradual"} == set(stops["detail"])


def test_every_planted_pause_is_a_stop_that_was_resumed_and_no_other_stop_was(made, found):
    oral = found[(found["route"] == "oral") & found["resumed_day"].notna()]
    pauses = planted(made, "pause")
    assert keys(oral, "participant", "drug", "stop_day", "resumed_day") == keys(
        pauses[pauses["visible"]], "participant", "drug", "start_day", "end_day"
    )


def test_the_planted_pump_failure_is_found_and_no_other(made, daily, found):
    pumps = found[found["route"] == "intrathecal"]
    failures = planted(made, "pump failure")
    assert len(failures) == 1
    assert keys(pumps, "participant", "stop_day", "resumed_day") == keys(
        failures, "participant", "start_day", "end_day"
    )
    events = derive.device_events(made.study, daily)
    stopped = events[events["may_interrupt"] & events["zero_day"].notna()]
    assert keys(stopped, "participant", "zero_day") == keys(failures, "participant", "start_day")
    notes = made.study.events["term"].isin(["refill overdue", "programming error"])
    silent = events[events["may_interrupt"] & events["zero_day"].isna()]
    assert keys(silent, "participant", "term") == keys(made.study.events[notes], "participant", "term")


def test_every_planted_taper_is_found_with_its_days_and_no_other(made, daily):
    tapers = derive.tapers(daily)
    expected = planted(made, "taper")
    whole = tapers[tapers["reaches_zero"] & ~tapers["after_unknown"]]
    names = ("participant", "drug", "start_day", "end_day")
    assert keys(whole, *names) == keys(expected[expected["visible"]], *names)
    assert len(whole) > 80


def test_tapers_that_are_not_wholly_recorded_are_of_people_with_a_planted_one(made, daily):
    tapers = derive.tapers(daily)
    partly = tapers[~tapers["reaches_zero"] | tapers["after_unknown"]]
    hidden = planted(made, "taper").query("not visible")
    assert set(partly["participant"]) <= set(hidden["participant"])


def test_every_planted_medicine_beside_the_drug_is_found_and_no_other(made, daily):
    sedating = planted(made, "medicine").query("detail != 'botulinum toxin'")
    found = derive.coexposure(daily, made.study.medications)
    company = found[found["with_any"] > 0]
    assert keys(company, "participant", "drug", "route") == keys(sedating, "participant", "drug", "route")
    first = sedating.groupby("participant")["start_day"].min()
    assert company.set_index("participant")["first_day"].astype(int).to_dict() == first.to_dict()
    alcohol = sedating[sedating["detail"] == "alcohol"]
    assert set(company.loc[company["with_alcohol"] > 0, "participant"]) == set(alcohol["participant"])
    opioid = sedating[sedating["detail"] == "tramadol"]
    assert set(company.loc[company["with_opioid"] > 0, "participant"]) == set(opioid["participant"])


def test_the_notebook_finds_the_stored_truth_and_nothing_else(made):
    """Its stored tables beside the file that comes with the sample."""
    truth = pd.read_csv(ROOT / "data" / "sample" / "planted_dosing.csv")
    stored = {path.stem: pd.read_csv(path) for path in (ROOT / "tests" / "expected" / "06_dosing").glob("*.csv")}
    stops = counted(truth[truth["kind"] == "stop"])
    paused = truth[truth["kind"].isin(["pause", "pump failure"]) & truth["visible"]]
    assert keys(stored["stops"], "participant", "stop_day") == keys(stops, "participant", "end_day") | keys(
        paused, "participant", "start_day"
    )
    tapers = truth[(truth["kind"] == "taper") & truth["visible"]]
    whole = stored["tapers"].query("reaches_zero and not after_unknown")
    assert keys(whole, "participant", "start_day", "end_day") == keys(tapers, "participant", "start_day", "end_day")
    failures = stored["devices"].query("may_interrupt").dropna(subset="zero_day")
    assert set(failures["participant"]) == set(truth.loc[truth["kind"] == "pump failure", "participant"])
    beside = truth[(truth["kind"] == "medicine") & (truth["detail"] != "botulinum toxin")]
    assert set(stored["beside"].query("with_any > 0")["participant"]) == set(beside["participant"])


def test_symptoms_are_found_after_the_stops_they_were_planted_after(made, found):
    clusters = derive.symptom_clusters(found, made.study)
    after = made.study.events.query("group == 'withdrawal'")
    seen = clusters[clusters["n_domains"] > 0]
    assert set(seen["participant"]) == set(after["participant"])
    assert (seen["lag_days"].between(1, 3)).all()


def test_phases_of_the_sample_follow_each_other_as_planned(daily, made):
    phases = derive.dose_phases(daily)
    seen = set(phases["phase"].astype(str))
    assert seen == {"titration", "maintenance", "re-titration", "taper", "interruption", "off", "unknown"}
    oral = phases[phases["route"] == "oral"]
    starts = oral[oral["phase"] == "taper"].groupby("participant")["start_day"].min()
    planted_first = planted(made, "taper").query("visible").set_index("participant")["start_day"] + 1
    assert starts.reindex(planted_first.index).astype(int).to_dict() == planted_first.to_dict()
    paused = keys(oral[oral["phase"] == "interruption"], "participant", "start_day", "end_day")
    assert paused >= keys(planted(made, "pause").query("visible"), "participant", "start_day", "end_day")
