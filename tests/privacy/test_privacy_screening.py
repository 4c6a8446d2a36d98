"""Columns, file names and headers: the place, the kind and the count, never the value."""

import numpy as np
import pandas as pd
import pytest

from spasticity import privacy
from tests.reference.identifiers.vectors import COLUMNS, PLAIN_COLUMNS


@pytest.mark.parametrize("name", COLUMNS.split())
def test_a_column_may_tell_by_its_name(name):
    assert privacy.kind_by_name(name) in privacy.KINDS


@pytest.mark.parametrize("name", PLAIN_COLUMNS.split())
def test_a_column_of_the_field_tells_nothing_by_its_name(name):
    assert privacy.kind_by_name(name) == ""


def test_a_finding_says_place_kind_count_and_first_cell():
    cells = ["moved away", "", "tel 07700 900123", "Mrs Doe and Mr Roe", "tel 07700 900123"]
    first, second = privacy.screen_column("reason", cells)
    assert first == privacy.Finding("column `reason`", "phone number", 2, 2, "value")
    assert second == privacy.Finding("column `reason`", "name", 1, 3, "value")
    assert (first.letter, second.letter) == ("D", "A")
    frame = privacy.findings_frame([first])
    assert frame.to_dict("records") == [
        {"place": "column `reason`", "kind": "phone number", "letter": "D", "cells": 2, "first": 2, "by": "value"}
    ]
    assert "07700" not in repr(first)


def test_a_column_named_so_counts_its_filled_cells():
    assert privacy.screen_column("surname", ["", "x", None, "y"]) == [
        privacy.Finding("column `surname`", "name", 2, 1, "name")
    ]
    assert privacy.screen_column("surname", ["", None]) == []
    assert privacy.screen_column("surname", []) == []


def test_codes_are_health_service_numbers_only_when_chance_does_not_explain_it():
    rng = np.random.default_rng(20261123)
    numbers = [f"{number:010d}" for number in rng.integers(10**9, 10**10, 4000)]
    valid = [
        number for number in numbers if privacy.spans([number]) and privacy.spans([number])[0].kind.startswith("med")
    ]
    assert 0.07 < len(valid) / len(numbers) < 0.11  # 1/11 of random numbers pass
    assert privacy.screen_column("participant", numbers[:200], codes=True) == []
    found = privacy.screen_column("participant", valid[:8], codes=True)
    assert [(item.kind, item.count) for item in found] == [("medical record number", 8)]
    assert privacy.screen_column("participant", valid[:4], codes=True) == []


def test_codes_of_initials_and_birth_dates_are_found_and_counters_are_not():
    born = [f"JD{day.strftime('%y%m%d')}" for day in pd.date_range("1961-09-03", periods=12, freq="317D")]
    assert [item.kind for item in privacy.screen_column("participant", born, codes=True)] == ["personal code"]
    counted = [f"MS{number:06d}" for number in range(100, 132)]
    assert privacy.screen_column("participant", counted, codes=True) == []


@pytest.mark.parametrize(
    "form", ["MS{:06d}A", "MS{:06d}", "701-10-{:04d}", "S{:02d}AB", "01-701-{:04d}", "{:04d}", "UK{:02d}-{:04d}"]
)
def test_codes_that_count_up_are_no_identifiers(form):
    codes = [form.format(number, number) for number in range(11, 60)]
    assert privacy.screen_column("participant", codes, codes=True) == []


def test_social_security_numbers_as_codes_are_found():
    rng = np.random.default_rng(20261123)
    codes = [f"{a:03d}-{b:02d}-{c:04d}" for a, b, c in rng.integers([1, 1, 1], [665, 99, 9999], size=(20, 3))]
    (found,) = privacy.screen_column("participant", codes, codes=True)
    assert (found.kind, found.count) == ("social security number", 20)
    insured = [f"AB{number:06d}C" for number in rng.integers(10**6, size=20)]
    (found,) = privacy.screen_column("participant", insured, codes=True)
    assert (found.kind, found.count) == ("social security number", 20)


def test_names_with_the_surname_first_are_found_as_a_column():
    names = ["Smith, Jane", "Roe, Richard", "Doe, John", "O'Neill, Ann", "Miles, Ada"]
    assert [(item.kind, item.count) for item in privacy.screen_column("c1", names)] == [("name", 5)]
    assert privacy.screen_column("c1", [*names[:1], "knee, left", "hip", "ankle", "elbow"]) == []


def test_pictures_are_found_by_the_name_of_their_file():
    assert [item.kind for item in privacy.screen_column("document", ["a.pdf", "face.JPG"])] == ["photograph"]


def test_dates_may_belong_in_a_column():
    assert privacy.screen_column("day", ["2024-03-09"], dates=True) == []
    assert [item.kind for item in privacy.screen_column("day", ["2024-03-09"])] == ["date"]


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("diary.csv", []),
        ("P007_2024-03-09.csv", ["date"]),
        ("P007_20240309_diary.csv", ["date"]),
        ("943_476_5919.edf", ["medical record number"]),
        ("Mrs_Doe_diary.csv", ["name"]),
        ("jd@mail.example.csv", ["email address"]),
        ("week_12_T25FW_2.csv", []),
    ],
)
def test_names_of_files(name, kinds):
    assert [item.kind for item in privacy.screen_file_name(name)] == kinds


def test_the_header_of_a_recording_names_the_patient():
    fields = {
        "patient": "943_476_5919 F 03-SEP-1961 Jane_Doe",
        "recording": "Startdate 09-MAR-2024 X A_Nurse SN123456",
    }
    found = privacy.screen_header(fields)
    assert [(item.place, item.kind) for item in found] == [
        ("header `patient`", "medical record number"),
        ("header `patient`", "date"),
        ("header `patient`", "name"),
        ("header `recording`", "date"),
        ("header `recording`", "name"),
        ("header `recording`", "device serial number"),
    ]


def test_a_header_that_was_cleaned_says_nothing():
    fields = {
        "patient": "X X X X",
        "recording": "Startdate X X X X",
        "creator": "",
        "title": "Tone",
        "created": "2024-03-09",
    }
    assert privacy.screen_header(fields) == []
    assert privacy.screen_header({"patient": "S001 F X X", "Serial Number": "unknown", "comments": None}) == []


def test_headers_of_workbooks_transport_files_and_watches():
    fields = {"creator": "jdoe", "lastModifiedBy": "J Doe", "Serial Number": "TAS1H30182785", "label": "for Mrs Doe"}
    found = privacy.screen_header({**fields, "software": "ActiLife v6.13.4", "Subject Name": "doe"})
    assert [item.kind for item in found] == ["name", "name", "device serial number", "name", "name"]
    assert [privacy.stays_in_file(item) for item in found] == [True, True, True, False, False]


def test_free_text_is_told_from_codes():
    assert privacy.is_free_text(["she felt much better today"])
    assert privacy.is_free_text(["A", "B", "x" * 41])
    assert not privacy.is_free_text(["moved away", "", "withdrew"])
    assert not privacy.is_free_text([])
