"""Codes that are passed over hold nothing that the patterns would have caught."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from spasticity.privacy import patterns, texts


@settings(max_examples=300, deadline=None)
@given(st.lists(st.from_regex(texts.CODE, fullmatch=True), min_size=1, max_size=30))
def test_no_pattern_catches_a_code_that_is_passed_over(codes):
    assert texts._caught("\n".join(codes), ()) == []


def test_no_word_of_a_pattern_makes_an_identifier_of_a_code_that_is_passed_over():
    words = {word[:3] for pattern in patterns.PATTERNS for word in re.findall("[A-Za-z]+", pattern.shape.pattern)}
    digits = ("1", "90", "123", "1961", "2024", "12345", "90210", "07700")
    codes = [f"{word}{mark}{number}" for word in words for mark in ("", "-") for number in digits]
    codes += [code.upper() for code in codes]
    assert all(texts.CODE.fullmatch(code) for code in codes)
    assert texts._caught("\n".join(codes), ()) == []


def test_a_longer_code_is_looked_at():
    assert [span.kind for span in texts.spans(["P00001", "AB123456C"])] == ["social security number"]
