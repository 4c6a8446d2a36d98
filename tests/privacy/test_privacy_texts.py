"""Identifiers in texts: every vector of the rules, what is none, and bounded time."""

import time

import pytest

from spasticity import privacy
from spasticity.privacy import checksums
from tests.reference.identifiers.planted import found
from tests.reference.identifiers.vectors import NEGATIVE, POSITIVE


def kinds(text, **options):
    return [span.kind for span in privacy.spans([text], **options)]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in POSITIVE.items() for text in texts])
def test_an_identifier_is_found_and_its_kind_is_known(kind, text):
    assert kinds(text) == [kind]
    assert kinds(f"diary: {text}, then slept") == [kind]


@pytest.mark.parametrize("text", NEGATIVE)
def test_what_clinicians_write_is_no_identifier(text):
    assert kinds(text) == []


def test_every_kind_with_a_shape_has_vectors():
    no_shape = {"biometric", "roster", "free text"}
    assert set(POSITIVE) == set(privacy.KINDS) - no_shape
    assert set(privacy.KINDS.values()) == set("ABCDEFGHIJKLMNOPQR")


def test_every_identifier_planted_in_ten_thousand_rows_is_found_without_a_false_alarm():
    counts = found()
    assert counts.loc[counts["kind"] != "", "hit"].sum() == counts.loc[counts["kind"] != "", "rows"].sum() > 250
    assert counts["alarm"].sum() == 0


@pytest.mark.parametrize(
    ("check", "valid", "invalid"),
    [
        (checksums.is_nhs_number, ["943 476 5919", "401-023-2137"], ["943 476 5918", "1111111111", "94347659"]),
        (
            checksums.is_social_security_number,
            ["536-90-4399"],
            ["900-12-3456", "000-12-3456", "666-12-3456", "536-00-4399", "536-90-0000", "078-05-1120", "219-09-9999"],
        ),
        (checksums.is_provider_number, ["1234567893"], ["1234567890", "3234567893"]),
        (checksums.is_card, ["4111111111111111"], ["4111111111111112", "1111111111111117", "411111111111"]),
        (checksums.is_date, ["2024-02-29", "29/2/24", "9th of March"], ["2023-02-29", "31/4/2024", "45th of March"]),
        (checksums.is_birth_code, ["JD610903", "JD030961"], ["JD999999", "JD6109"]),
    ],
)
def test_check_digits(check, valid, invalid):
    assert all(map(check, valid))
    assert not any(map(check, invalid))


def test_full_width_digits_and_hidden_characters_hide_nothing():
    assert kinds("\uff11\uff19\uff12.168.0.12") == ["network address"]
    assert kinds("jane\u200b@mail.example") == ["email address"]
    assert kinds("943\u00a0476\u00a05919") == ["medical record number"]
    assert kinds("Dr\u2003Smith") == ["name"]


def test_what_is_found_is_replaced_by_its_kind():
    texts = ["clean", "Mrs Doe, tel 07700 900123, left", "a@b.example"]
    clean = privacy.redacted(texts, privacy.spans(texts))
    assert clean == {1: "Mrs [NAME], tel [PHONE NUMBER], left", 2: "[EMAIL ADDRESS]"}
    assert privacy.spans(list(clean.values())) == []


def test_many_texts_are_searched_as_each_alone():
    texts = [text for texts in POSITIVE.values() for text in texts] + NEGATIVE
    alone = [
        (place, span.start, span.end, span.kind) for place, text in enumerate(texts) for span in privacy.spans([text])
    ]
    assert [(span.text, span.start, span.end, span.kind) for span in privacy.spans(texts)] == alone


def test_a_line_end_does_not_join_two_cells():
    assert privacy.spans(["tel", "07700", "900123"]) == []


def test_a_roster_is_found_in_any_case_and_as_whole_words():
    assert kinds("susan felt better", roster=["Susan"]) == ["roster"]
    assert kinds("Susannah felt better", roster=["Susan", " "]) == []


@pytest.mark.parametrize(
    "text",
    [
        "a" * 40_000,
        "1" * 40_000,
        "a@" * 20_000,
        "1-" * 20_000,
        "1 " * 20_000,
        "A." * 20_000,
        "aA" * 20_000,
        "(((" * 10_000,
        "www." * 10_000,
        "Dr " * 10_000,
        "::" * 20_000,
        "A" + "'a" * 20_000,
        "serial no " * 4_000,
        "tel 1 " * 6_000,
        "Aa Aa Aa " * 4_000,
        "wife " * 8_000,
    ],
)
def test_a_text_made_to_be_slow_is_searched_in_time(text):
    start = time.process_time()
    privacy.spans([text])
    assert time.process_time() - start < 60  # a pattern that goes back and forth takes hours
