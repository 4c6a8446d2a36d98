"""Questionnaires: scored where the rules are known, and said where they are not."""

from dataclasses import replace

import pandas as pd
import pytest

from spasticity.derive.answers import questionnaires
from spasticity.errors import MethodError
from tests.derive.tiny import study, values_of

GOLDEN_PSQI = {
    "bedtime": "23:00",
    "latency_min": "20",
    "getup": "07:00",
    "hours_sleep": "6.5",
    **dict(zip(["5a", "5b", "5c", "5d", "5e", "5f", "5g", "5h", "5i", "5j"], "1120000030", strict=True)),
    "quality": "1",
    "medicine": "0",
    "staying_awake": "0",
    "enthusiasm": "1",
}


def answered(instrument, visit="week 4", person="A", **items):
    row = {"participant": person, "visit": visit, "day": 28, "instrument": instrument}
    return [{**row, "item": item, "response": response} for item, response in items.items()]


def test_golden_respondent_of_the_sleep_index():
    found = questionnaires(study(answers=answered("psqi", **GOLDEN_PSQI)))
    assert values_of(found, "psqi")[("A", "week 4")] == 6
    assert values_of(found, "psqi", "flag")[("B", "week 4")] == "no record"
    assert set(found["day"].dropna()) == {28}


def test_spasm_frequency_and_severity_are_two_outcomes():
    rows = [*answered("psfs", frequency="3", severity="2"), *answered("psfs", person="B", frequency="0")]
    found = questionnaires(study(answers=rows))
    assert values_of(found, "psfs_frequency") == {("A", "week 4"): 3, ("B", "week 4"): 0}
    assert values_of(found, "psfs_severity")[("A", "week 4")] == 2
    assert pd.isna(values_of(found, "psfs_severity")[("B", "week 4")])


def test_a_missing_item_leaves_the_total_missing_and_says_so():
    items = {key: value for key, value in GOLDEN_PSQI.items() if key != "quality"}
    found = questionnaires(study(answers=answered("psqi", **items)))
    assert pd.isna(values_of(found, "psqi")[("A", "week 4")])
    assert not pd.isna(values_of(found, "psqi", "flag")[("A", "week 4")])


def test_the_coding_of_a_global_impression_is_declared_never_guessed():
    rows = study(answers=answered("pgic", pgic="2"))
    assert values_of(questionnaires(rows), "pgic", "flag")[("A", "week 4")] == "version not declared"
    declared = replace(rows, protocol=replace(rows.protocol, versions={"pgic": "1_best"}))
    assert values_of(questionnaires(declared), "pgic")[("A", "week 4")] == 2
    assert values_of(questionnaires(declared, versions={"pgic": "7_best"}), "pgic")[("A", "week 4")] == 6


def test_an_instrument_without_rules_keeps_a_row():
    found = questionnaires(study(answers=answered("home grown", one="3", two="4")))
    row = found[found["participant"] == "A"].iloc[0]
    assert row[["outcome", "n_values", "flag"]].tolist() == ["home grown", 0, "instrument not in the registry"]
    assert pd.isna(row["value"])


def test_an_instrument_whose_version_was_not_declared_keeps_a_row():
    found = questionnaires(study(answers=answered("as", grade="3")))
    assert found[found["participant"] == "A"]["flag"].tolist() == ["version not declared"]
    assert values_of(questionnaires(study(answers=answered("as", grade="3")), versions={"as": "1-5"}), "as_grade") == {
        ("A", "week 4"): 2,
        ("B", "week 4"): pytest.approx(float("nan"), nan_ok=True),
    }


def test_a_version_that_does_not_exist_is_refused():
    with pytest.raises(MethodError, match="version='best' is not known"):
        questionnaires(study(answers=answered("pgic", pgic="2")), versions={"pgic": "best"})


def test_no_answers_give_no_rows():
    assert len(questionnaires(study())) == 0
