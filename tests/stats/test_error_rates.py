"""The stored studies of type I error and coverage: every method has one, and whatever is off its band is known."""

import inspect
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import coverage
from spasticity import stats
from spasticity.errors import MethodError

STUDIES = ("agreement", "counts", "designs", "events", "gee", "grades", "pooling", "responses", "zeros")

FAMILIES, CORRECTED = ("poisson", "negative-binomial", "gaussian", "binomial"), ("kauermann-carroll", "fay-graubard")

#: Methods off their band and why; the page of the method says so, and where too many are wrong results do.
KNOWN = {
    "narrow": (
        "weighted_kappa: ",  # variance too small up to 40 people; a note
        "all rows in one correlation (not offered)",
        "counts: Poisson",  # notes
        "counts: quasi-Poisson",  # a note
        "counts: NB2, maximum likelihood",  # a note
        "counts: NB2, likelihood ratio",  # words of the method
        "counts: NB2, CR0",  # a note
        "mixed_counts: NB2, maximum likelihood",  # a note
        "zero_inflated: ",  # a note
        "counts: NB2, HC3",  # 12 per arm of whom two fifths cannot have spasms
        *(f"gee: {family}, exchangeable, {vcov}" for family in FAMILIES for vcov in CORRECTED),  # notes
        "ancova: model",  # where the smaller arm varies more; a note
        "paired: mean change",  # skewed; a note
        "describe: mean",  # skewed; a note
        "ordinal: likelihood ratio",  # words of the method
        "ordinal: people ignored",  # refused
        "ordinal_mixed: ",  # words of the method
        "responders: difference, wald",  # a note
        "responders: common difference, Sato",  # a note
        "cox: recurrent events, model",  # not the default
        "survival: share at one time, log|",  # a note
        "survival: share at one time, plain",  # a note
        "mean_events: ",  # a note
        "meta_analysis: DerSimonian-Laird, normal",  # a note
        "meta_analysis: REML, normal",  # a note
        "meta_analysis: fixed",  # a note
        "prediction: ",  # a note
    ),
    "wide": (
        "counts: NB2, adjusted dispersion",  # where a fifth have no spasms
        "counts: NB2, maximum likelihood",
        "counts: NB2, likelihood ratio",
        "cox: Efron, Wald",  # 12 per arm, hazard ratio 0.5
        "cox: Breslow, Wald",
        "survival: median",
        "cumulative_incidence: ",  # up to 20
        "describe: median",  # exact
        "paired: Hodges-Lehmann",  # ties; a note
        "n_of_1: ",  # few orders; a note
        "win_ratio: ",  # a note
        "rank_sum: Hodges-Lehmann",  # ties; a note
        "rank_sum: probability of superiority",  # a note
        "logistic regression of responders: Wald",
        "meta_analysis: ",  # studies that are alike
        "prediction: ",  # studies that are alike
        "between studies: Q-profile",  # studies that are alike
        "responders: common",
        "event_rate: ",  # exact
        "two_rates: ",  # exact, or of few values
    ),
    "discrete": ("responders: ", "proportion: "),  # counts of few people take few values
}

#: What has no rows of its own in a study, and what speaks for it.
ELSEWHERE = {
    "ancova_by_visit": "ancova",
    "baseline": "describe",
    "change_scores": "paired",
    "comparison": "mmrm",
    "complications": "event_rate",
    "dose_response": "mmrm",
    "geometric_means": "ancova",
    "harms": "responders",
    "mmrm": "tests/reference/mmrm_coverage",
    "n_of_1_series": "tests/stats/test_single_case_series.py",
    "repeatability": "icc",
    "responder_table": "responders",
    "shares": "proportion",
    "subgroups": "ancova",
    "transitions": "proportion",
    "two_by_two": "responders",
    "two_part": "describe",
}
WITHOUT_INFERENCE = {"as_counts", "hochberg", "implied", "normal_quantiles", "study_effects"}


@pytest.fixture(scope="module")
def studies():
    tables = [pd.read_csv(coverage.REFERENCE / f"{name}_coverage" / "table.csv").assign(study=name) for name in STUDIES]
    return pd.concat(tables, ignore_index=True)


def test_every_method_that_infers_has_a_study(studies):
    named = {method.split(":")[0].split(",")[0].split(" ")[0] for method in studies["method"]}
    offered = {name for name in stats.__all__ if inspect.isfunction(getattr(stats, name))}
    without = offered - named - set(ELSEWHERE) - WITHOUT_INFERENCE
    assert not without, f"no study of type I error or coverage: {sorted(without)}"
    assert not set(ELSEWHERE) - offered


def test_whatever_is_off_its_band_is_known(studies):
    for row in studies[~studies["inside"].astype(bool)].itertuples():
        way = "narrow" if row.type_one_error > 0.05 else "wide"
        robust = row.method.endswith("normal") and row.method.startswith(("gee", "counts"))
        known = KNOWN["discrete"] + KNOWN[way] if row.type_one_error < 0.08 else KNOWN[way]
        said = f"{row.study}: {row.method}, {row.scenario}, {row.per_arm}: {row.type_one_error:.3f} of {row.trials}"
        assert f"{row.method}|".startswith(known) or (robust and way == "narrow"), said


def test_the_share_its_band_and_its_error_belong_together(studies):
    used = studies["trials"] - studies["failed"]
    share, error = studies["type_one_error"], studies["error"]
    assert (error - np.sqrt(share * (1 - share) / used)).abs().max() < 1e-4
    assert ((studies["band_high"] - 0.05) - 3.2905 * np.sqrt(0.0475 / used)).abs().max() < 1e-4
    inside = (share - 0.05).abs() <= studies["band_high"] - 0.05 + 1e-5
    assert (inside == studies["inside"].astype(bool)).all()
    null = studies["effect"].eq(0) | studies["ratio"].eq(1)
    compared = studies["method"].str.startswith(("counts: NB1", "mixed_counts: Poisson", "gee: negative-binomial"))
    few = studies["study"].isin(["gee", "zeros"])  # slower fits, which go on when the commands are run again
    assert (studies.loc[null & ~compared & ~few, "trials"] >= 400).all()


@pytest.mark.parametrize("name", STUDIES)
def test_a_stored_table_is_that_of_its_tally(name):
    study = import_module(f"benchmarks.{name}_coverage").STUDY
    assert study.folder == coverage.REFERENCE / f"{name}_coverage"
    keys = ["scenario", study.truth, "per_arm", "method"]
    stored, again = (rows.set_index(keys) for rows in (pd.read_csv(study.folder / "table.csv"), study.table().round(5)))
    again = again.loc[stored.index]
    assert (again["trials"] >= stored["trials"]).all()  # a study that goes on has more than its table
    whole = again["trials"].eq(stored["trials"])
    assert (stored["type_one_error"] - again["type_one_error"])[whole].abs().max() < 1.5e-5


@pytest.mark.parametrize("name", ["designs", "pooling", "responses", "agreement", "events"])
def test_a_numbered_trial_comes_out_the_same(name):
    study = import_module(f"benchmarks.{name}_coverage")
    (size, scenario, truth), _ = next(iter(study.STUDY.cells.items()))
    one, other = (
        coverage.decided([study.SCENARIOS[scenario](size, truth, np.random.default_rng([1, 2]))]) for _ in range(2)
    )
    assert one == other
    assert all(row["trials"] == 1 for row in one)


def test_chunks_are_added_once_and_the_table_counts_them(tmp_path, monkeypatch):
    monkeypatch.setattr(coverage, "REFERENCE", tmp_path)
    (tmp_path / "coin_coverage").mkdir()

    def coin(size, truth, rng):
        yield "coin", lambda: rng.random() < 0.05
        yield "edge", lambda: coverage.outside(truth, np.nan, size)

    study = coverage.Study("coin", {(12, "fair", 0.0): 2, (20, "fair", 0.0): 1}, coverage.numbered({"fair": coin}, 30))
    study.work(60)
    study.work(60)
    table = study.table().set_index(["method", "per_arm"])
    assert table["trials"].to_dict() == {("coin", 12): 60, ("edge", 12): 60, ("coin", 20): 30, ("edge", 20): 30}
    assert table.loc[("edge", 12), "failed"] == 60
    assert np.isnan(table.loc[("edge", 12), "type_one_error"])
    lines = Path(study.tally).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 2 * 3
    Path(study.tally).write_text("\n".join([*lines, *lines[1:]]) + "\n", encoding="utf-8")
    pd.testing.assert_frame_equal(study.table(), table.reset_index()[list(study.table().columns)])


def test_an_interval_and_a_test_that_are_missing_have_failed():
    assert coverage.outside(1.0, 2.0, 3.0)
    assert not coverage.outside(2.0, 2.0, np.inf)
    assert coverage.rejected(0.05)
    assert not coverage.rejected(0.051)
    with pytest.raises(MethodError, match="no interval"):
        coverage.outside(1.0, 2.0, np.nan)
    with pytest.raises(MethodError, match="no p value"):
        coverage.rejected(np.nan)
