"""Strata by hand, and that they can be carried to any rows."""

import pandas as pd
import pytest

from spasticity.derive.people_groups import STRATA, strata, with_stratum
from spasticity.errors import DataError, MethodError
from tests.derive.tiny import plain, study

PEOPLE = [
    {"participant": "A", "cohort": "MS", "edss": 5.5, "walks": True},
    {"participant": "B", "cohort": "MS", "edss": 6.0, "walks": False},
    {"participant": "C", "cohort": "SCI", "ais": "A", "level": "C4"},
    {"participant": "D", "cohort": "SCI", "ais": "D", "level": "c05", "walks": True},
    {"participant": "E", "cohort": "SCI", "ais": "E", "level": "T1", "walks": True},
    {"participant": "F", "cohort": "SCI", "ais": "C", "level": "C99"},
]


def test_strata_by_hand():
    found = strata(study(people=[{"arm": None, **row} for row in PEOPLE]))
    assert list(found) == ["participant", "cohort", "arm", *STRATA]
    assert plain(found[list(STRATA)]) == [
        ["ambulatory", "EDSS below 6", "-", "-", "-", "-"],
        ["wheelchair", "EDSS 6 or more", "-", "-", "-", "-"],
        ["-", "-", "AIS A to C", "motor complete", "tetraplegia", "high tetraplegia"],
        ["ambulatory", "-", "AIS D", "motor incomplete", "tetraplegia", "low tetraplegia"],
        ["ambulatory", "-", "-", "-", "paraplegia", "paraplegia"],
        ["-", "-", "AIS A to C", "motor incomplete", "-", "-"],
    ]


def test_the_cut_of_the_edss_is_a_parameter():
    found = strata(study(people=PEOPLE), edss_cut=5.5)
    assert plain(found[["edss_band"]])[:2] == [["EDSS 5.5 or more"], ["EDSS 5.5 or more"]]


def test_rows_get_the_stratum_of_their_participant_and_none_is_lost():
    rows = pd.DataFrame({"participant": ["B", "A", "F", "A"], "value": [1, 2, 3, 4]})
    found = with_stratum(rows, study(people=PEOPLE), "ambulation")
    assert plain(found[["ambulation"]]) == [["wheelchair"], ["ambulatory"], ["-"], ["ambulatory"]]
    assert list(found["ambulation"].cat.categories) == ["ambulatory", "wheelchair"]
    assert found["value"].tolist() == [1, 2, 3, 4]


def test_an_unknown_stratum_and_an_unreadable_level_are_refused():
    with pytest.raises(MethodError, match=r"stratum='ambulatory' is not known.*did you mean `ambulation`"):
        with_stratum(pd.DataFrame({"participant": ["A"]}), study(people=PEOPLE), "ambulatory")
    with pytest.raises(DataError, match="1 neurological level not understood, first at row 2"):
        strata(study(people=[*PEOPLE[:2], {**PEOPLE[2], "level": "neck"}]))
