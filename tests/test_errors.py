"""The words errors are made of."""

import pandas as pd
import pytest

from spasticity.errors import DataError, MethodError, SpasticityError, listed, one_of


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "nothing"),
        (["a"], "`a`"),
        (["a", "b"], "`a` or `b`"),
        (["a", "b", "c"], "`a`, `b` or `c`"),
        (["a", "b", "c", "d"], "`a`, `b`, `c` or `d`"),
    ],
)
def test_every_option_is_listed(options, words):
    assert listed(options) == words


def test_the_last_word_can_be_chosen():
    assert listed(["a", "b"], "and") == "`a` and `b`"


def test_an_unknown_option_names_all_of_them_and_the_nearest():
    with pytest.raises(MethodError, match=r"level='medain' is not known: expected `mean`, `median` or `sum`; did you"):
        one_of("level", "medain", ["mean", "median", "sum"])
    one_of("level", "mean", ["mean", "median"])


def test_both_kinds_are_one_family_and_carry_their_evidence():
    failures = pd.DataFrame({"row": [1]})
    assert DataError("x", failures).failures is failures
    assert MethodError("x", {"step": 3}).state == {"step": 3}
    assert issubclass(DataError, SpasticityError)
    assert issubclass(MethodError, SpasticityError)
