"""Two published proportions side by side."""

import numpy as np
import pytest

from spasticity import stats
from spasticity.errors import MethodError


def test_a_published_trial_in_every_number():
    result = stats.two_by_two(41, 53, 17, 53, interval="wald")  # golden number G12
    treated, reference = (result.row("response", group=group) for group in ("treated", "reference"))
    assert (treated["estimate"], treated["events"], treated["n"]) == (41 / 53, 41, 53)
    assert (reference["estimate"], reference["events"], reference["n"]) == (17 / 53, 17, 53)
    for term, expected in {
        "risk difference": (0.4528, 0.2841, 0.6216),
        "risk ratio": (2.412, 1.588, 3.663),
        "odds ratio": (7.235, 3.049, 17.167),
        "number needed to treat": (2.21, 1 / 0.6216, 1 / 0.2841),
    }.items():
        row = result.row(term)
        assert (row["n"], row["group"]) == (106, "treated - reference")
        np.testing.assert_allclose(row[["estimate", "conf_low", "conf_high"]].astype(float), expected, rtol=2.5e-3)
    assert result.n == 106
    assert not result.frame["disjoint"].any()


def test_the_p_value_by_hand_and_only_beside_the_difference():
    result = stats.two_by_two(3, 4, 1, 4)  # chi-squared 8 (3*3 - 1*1)^2 / (4*4*4*4) = 2, times 7/8
    row = result.row("risk difference")
    assert row["statistic"] ** 2 == pytest.approx(2 * 7 / 8)
    assert row["p_value"] == pytest.approx(0.1858767, abs=1e-7)
    assert result.frame["p_value"].notna().sum() == 1


def test_other_published_differences():
    assert stats.two_by_two(101, 111, 66, 109).row("risk difference")["estimate"] == pytest.approx(
        0.3044, abs=5e-5
    )  # G14
    row = stats.two_by_two(24, 25, 22, 35).row("risk ratio")  # G15
    assert row["estimate"] == pytest.approx(1.527, abs=5e-4)


def test_numbers_needed_to_treat_in_words():
    clear = stats.two_by_two(41, 53, 17, 53, interval="wald")
    assert clear.sentence("number needed to treat") == (
        "number needed to treat (treated - reference): NNTB 2.2 (95\N{NO-BREAK SPACE}% CI NNTB 1.6 to 3.5; n = 106)."
    )
    spans = stats.two_by_two(20, 53, 17, 53)
    row = spans.row("number needed to treat")
    assert row["disjoint"]
    assert row["conf_low"] < 0 < row["conf_high"]
    limits = spans.row("risk difference")
    assert (row["conf_low"], row["conf_high"]) == (1 / limits["conf_low"], 1 / limits["conf_high"])
    assert "NNTB 17.7 (95\N{NO-BREAK SPACE}% CI NNTB 4.3 to \N{INFINITY} to NNTH 8.2" in spans.sentence(
        "number needed to treat"
    )
    worse = stats.two_by_two(17, 53, 41, 53)
    assert "NNTH 2.2 (95\N{NO-BREAK SPACE}% CI NNTH 1.7 to 3.7" in worse.sentence("number needed to treat")
    assert worse.row("number needed to treat")["conf_low"] < worse.row("number needed to treat")["conf_high"] < 0


def test_a_harmful_event_turns_the_words_round():
    harm = stats.two_by_two(101, 111, 66, 109, event="harm")
    assert "NNTH 3.3 (95\N{NO-BREAK SPACE}% CI NNTH 2.5 to 5.1" in harm.sentence("number needed to treat")
    unclear = stats.two_by_two(20, 53, 17, 53, event="harm").sentence("number needed to treat")
    assert "NNTH 17.7 (95\N{NO-BREAK SPACE}% CI NNTH 4.3 to \N{INFINITY} to NNTB 8.2" in unclear


def test_no_difference_needs_infinitely_many():
    result = stats.two_by_two(5, 10, 5, 10)
    assert result.row("number needed to treat")["estimate"] == np.inf
    assert "\N{INFINITY} (95\N{NO-BREAK SPACE}% CI NNTB " in result.sentence("number needed to treat")


def test_the_printed_table_is_in_per_cent():
    table = stats.two_by_two(41, 53, 17, 53).table()
    assert list(table["Estimate"][:3]) == ["41/53 (77.4 %)", "17/53 (32.1 %)", "45.3 % points"]
    assert table.iloc[2, 3].endswith("%")
    assert list(stats.two_by_two(1, 2, 1, 2).table(columns=["Term"])) == ["Term"]


def test_score_intervals_come_together():
    result = stats.two_by_two(15, 20, 9, 20, interval="miettinen-nurminen")
    assert result.row("risk difference")["conf_low"] == pytest.approx(-0.00755686946897887)
    assert result.row("risk ratio")["conf_high"] == pytest.approx(3.04680283736962)
    assert result.row("odds ratio")["conf_low"] == pytest.approx(0.969256956421299)
    assert "Miettinen-Nurminen intervals of the difference, the ratio and the odds ratio" in result.method


def test_impossible_counts_are_refused():
    with pytest.raises(MethodError, match="each group needs people"):
        stats.two_by_two(5, 4, 1, 4)
    with pytest.raises(MethodError, match="event='good' is not known"):
        stats.two_by_two(1, 4, 1, 4, event="good")
