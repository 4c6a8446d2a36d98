"""The published trials: designs, sources, and numbers that agree with what else is on record."""

import pytest

from spasticity import load, stats
from spasticity.errors import MethodError
from spasticity.load.evidence import DESIGNS


def of(outcome, *, design=None, **where):
    table = load.published_trials().query("outcome == @outcome")
    return table if design is None else table[table["design"] == design]


def test_every_row_has_a_design_a_source_and_possible_numbers():
    table = load.published_trials()
    assert table[["study", "design", "condition", "treatment", "outcome", "kind", "source"]].notna().all(axis=None)
    assert set(table["design"]) <= set(DESIGNS)
    assert table["source"].str.fullmatch(r"S\d+b?( S\d+)?").all()
    assert not table.duplicated(["study", "outcome"]).any()
    for group in "12":
        assert (table[f"events_{group}"].dropna() <= table[f"n_{group}"][table[f"events_{group}"].notna()]).all()
    printed = table.dropna(subset=["conf_low"])
    assert ((printed["conf_low"] < printed["estimate"]) & (printed["estimate"] < printed["conf_high"])).all()
    assert table["from_memory"].sum() == 3


def test_responders_reproduce_golden_test_g12_and_adverse_events_g14():
    savant = stats.study_effects(of("30 % responder"), "risk difference")
    assert savant["estimate"].to_numpy() == pytest.approx([0.4528], abs=5e-5)
    tizanidine = of("any adverse event", design="parallel")
    assert stats.study_effects(tizanidine, "risk difference")["estimate"].iloc[0] == pytest.approx(0.3044, abs=5e-5)


def test_withdrawal_designs_are_not_pooled_with_parallel_ones():
    table = of("stopped for adverse events")
    pooled = stats.meta_analysis(stats.study_effects(table, "risk ratio"))
    assert pooled.row("pooled effect")["n"] == 2
    events = load.published_trials().query("kind == 'events' and outcome in ['30 % responder', 'stiffness relief']")
    with pytest.raises(MethodError, match="`parallel` and `randomised withdrawal` answer different questions"):
        stats.meta_analysis(stats.study_effects(events, "risk ratio"))


def test_studies_without_printed_spread_are_not_pooled_in_silence():
    with pytest.raises(MethodError, match="`n_1` is missing or impossible in 1 of 4 studies, first at row 2"):
        stats.study_effects(of("ashworth_mean").query("kind == 'values'"), "mean difference")
