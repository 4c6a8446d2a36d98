"""Dose-response within and between persons: by hand, planted slopes, other programs, and what may not be pooled."""

import numpy as np
import pandas as pd
import pytest

from spasticity import stats
from spasticity.errors import MethodError
from tests.reference.validation import of_folder

VISITS = ["week 4", "week 8", "week 12"]
DOSE = "dose_mg_per_day"


def study(n=40, within=-0.3, between=0.4, seed=1, noise=1.0, missing=0.1):
    """People whose symptoms raise their dose: within a person dose helps, between persons the worse have more of it."""
    rng = np.random.default_rng(seed)
    mean, deviation = rng.normal(40, 12, n), rng.normal(0, 8, (n, len(VISITS)))
    deviation -= deviation.mean(axis=1, keepdims=True)
    person = rng.normal(0, noise, n)
    rows = [
        {
            "participant": f"P{i:03d}",
            "cohort": "MS" if i % 2 else "SCI",
            "visit": visit,
            "baseline": 6 + round(person[i], 1),
            DOSE: mean[i] + deviation[i, k],
            "change": within * deviation[i, k] / 10
            + between * mean[i] / 10
            - 0.2 * k
            + person[i]
            + rng.normal(0, noise),
        }
        for i in range(n)
        for k, visit in enumerate(VISITS)
        if rng.random() >= missing
    ]
    frame = pd.DataFrame(rows).assign(outcome="spasticity_nrs")
    return frame.assign(visit=pd.Categorical(frame["visit"], VISITS, ordered=True))


def fitted(rows, **options):
    return stats.dose_response(rows, "spasticity_nrs", dose=DOSE, **options)


def test_balanced_people_by_hand():
    """Everyone at all visits: the slope within persons is that of least squares on doubly centred numbers."""
    rows = study(n=30, missing=0)
    result = fitted(rows)
    wide = {name: rows.pivot_table(name, "participant", "visit", observed=True) for name in (DOSE, "change")}
    centred = {
        name: (table.sub(table.mean(axis=1), axis=0) - table.mean(axis=0) + table.to_numpy().mean()).to_numpy().ravel()
        for name, table in wide.items()
    }
    x, y = centred[DOSE] / 10, centred["change"]
    slope = (x @ y) / (x @ x)
    df = 30 * 3 - 30 - 2 - 1
    error = np.sqrt(((y - slope * x) ** 2).sum() / df / (x @ x))
    row = result.row("within person")
    assert row["estimate"] == pytest.approx(slope, rel=1e-6)
    assert row["std_error"] == pytest.approx(error, rel=1e-5)
    assert row["df"] == pytest.approx(df, rel=1e-4)
    people = rows.groupby("participant").agg({DOSE: "mean", "change": "mean", "baseline": "first", "cohort": "first"})
    X = np.column_stack([np.ones(30), people["baseline"], people[DOSE] / 10, people["cohort"].eq("SCI")])
    between = np.linalg.lstsq(X, people["change"].to_numpy(), rcond=None)[0][2]
    assert result.row("between persons")["estimate"] == pytest.approx(between, rel=1e-6)
    context = result.row("between minus within")
    assert context["estimate"] == pytest.approx(between - slope, rel=1e-6)
    assert (row["n"], row["per"], row["unit"], row["n_varying"]) == (30, 10, "mg/day", 30)


def test_both_slopes_are_found_where_a_pooled_one_would_mislead():
    rows = study(n=400, seed=5)
    result = fitted(rows)
    for term, truth in (("within person", -0.3), ("between persons", 0.4), ("between minus within", 0.7)):
        row = result.row(term)
        assert row["conf_low"] < truth < row["conf_high"]
    assert result.row("within person")["conf_high"] < 0 < result.row("between persons")["conf_low"]
    pooled = np.polyfit(rows[DOSE] / 10, rows["change"], 1)[0]
    assert pooled > 0  # more dose, worse: what the two slopes kept apart do not say


@pytest.mark.slow
def test_coverage_of_both_slopes_with_few_people():
    hits = np.zeros(3)
    for seed in range(150):
        frame = fitted(study(n=24, seed=seed, missing=0.2), df="satterthwaite").frame
        truth = np.array([-0.3, 0.4, 0.7])
        hits += (frame["conf_low"] < truth) & (truth < frame["conf_high"])
    assert (hits / 150 > 0.891).all()  # 99.9 % band of 150 simulations


def test_an_independent_program_gives_the_same_slopes_statsmodels():
    api = pytest.importorskip("statsmodels.formula.api")
    rows = study(n=60, seed=3)
    mean = rows.groupby("participant")[DOSE].transform("mean")
    data = rows.assign(between=mean / 10, within=(rows[DOSE] - mean) / 10, visit=rows["visit"].astype(str))
    model = api.mixedlm("change ~ baseline + visit + within + between + cohort", data, groups=data["participant"])
    theirs = model.fit(reml=True, method="bfgs", gtol=1e-10)
    ours = fitted(rows, df="satterthwaite").frame.set_index("term")
    for term, name in (("within person", "within"), ("between persons", "between")):
        assert ours.loc[term, "estimate"] == pytest.approx(theirs.params[name], abs=1e-5)
        assert ours.loc[term, "std_error"] == pytest.approx(theirs.bse[name], rel=1e-3)


def test_it_agrees_with_r():
    for comparison in of_folder("dose_response"):
        assert comparison.holds, comparison.statistic


def test_what_is_constant_in_a_person_cannot_disturb_the_slope_within():
    rows = study(missing=0)
    shift = rows["participant"].map(lambda name: float(name[1:]) * 3)
    one = fitted(rows).row("within person")["estimate"]
    assert fitted(rows.assign(change=rows["change"] + shift)).row("within person")["estimate"] == pytest.approx(
        one, rel=1e-6
    )
    moved = fitted(rows.assign(**{DOSE: rows[DOSE] + shift}))
    assert moved.row("within person")["estimate"] == pytest.approx(one, rel=1e-6)
    assert moved.row("between persons")["estimate"] != pytest.approx(fitted(rows).row("between persons")["estimate"])


def test_another_step_and_another_unit_rescale_the_slopes():
    rows = study()
    one, five = fitted(rows), fitted(rows, per=50)
    np.testing.assert_allclose(five.frame["estimate"], 5 * one.frame["estimate"], rtol=1e-6)
    np.testing.assert_allclose(five.frame["p_value"], one.frame["p_value"], rtol=1e-4)
    grams = stats.dose_response(
        rows.rename(columns={DOSE: "dose_ug_per_day"}), "spasticity_nrs", dose="dose_ug_per_day", per=10
    )
    np.testing.assert_allclose(grams.frame["estimate"], one.frame["estimate"])
    assert "µg/day" in grams.method


def test_the_order_of_rows_changes_nothing():
    rows = study()
    shuffled = rows.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(fitted(rows).frame, fitted(shuffled).frame, rtol=1e-6)


def test_unknown_doses_are_left_out_and_counted_and_baseline_visits_are_not_among_them():
    rows = study(missing=0)
    rows.loc[[3, 10, 11], DOSE] = np.nan
    before = rows.drop_duplicates("participant").assign(visit="baseline", change=0.0, **{DOSE: np.nan})
    both = pd.concat([before, rows.assign(visit=rows["visit"].astype(str))], ignore_index=True)
    both["visit"] = pd.Categorical(both["visit"], ["baseline", *VISITS], ordered=True)
    result = fitted(both)
    assert "left out: 3 rows without a known dose" in result.notes
    pd.testing.assert_frame_equal(result.frame, fitted(rows.dropna(subset=[DOSE])).frame, rtol=1e-6)
    assert len(result.points) == len(rows) - 3


def test_points_and_lines_are_those_of_the_model():
    rows = study(n=30, missing=0)
    result = fitted(rows)
    points = result.points
    np.testing.assert_allclose(points["dose"], points["dose_mean"] + points["dose_deviation"])
    np.testing.assert_allclose(points.groupby("participant")[["within", "dose_deviation"]].mean(), 0, atol=1e-9)
    slope = np.polyfit(points["dose_deviation"] / 10, points["within"], 1)[0]
    assert slope == pytest.approx(result.row("within person")["estimate"], rel=0.05)
    assert points["between"].notna().sum() == 30
    slope = np.polyfit(points["dose_mean"].loc[points["between"].notna()] / 10, points["between"].dropna(), 1)[0]
    assert slope == pytest.approx(result.row("between persons")["estimate"], rel=0.05)
    for term in ("within person", "between persons"):
        line = result.lines[result.lines["term"].eq(term)]
        ends = line.iloc[[0, -1]]
        rise = ends["estimate"].diff().iloc[1] / (ends["dose"].diff().iloc[1] / 10)
        assert rise == pytest.approx(result.row(term)["estimate"])
        assert (line["conf_low"] <= line["estimate"] + 1e-12).all()
        last = line.iloc[-1]
        middle = 0.0 if term == "within person" else points.drop_duplicates("participant")["dose_mean"].mean()
        assert last["conf_high"] == pytest.approx(result.row(term)["conf_high"] * (last["dose"] - middle) / 10)


def test_oral_and_intrathecal_doses_are_never_pooled():
    rows = study()
    mixed = rows.assign(dose_ug_per_day=np.where(rows["cohort"].eq("MS"), 300.0, np.nan))
    with pytest.raises(MethodError, match="oral and intrathecal doses are never pooled"):
        fitted(mixed)
    with pytest.raises(MethodError, match="doses of more than one drug"):
        fitted(rows.assign(drug=np.where(rows["cohort"].eq("MS"), "baclofen", "cyclobenzaprine")))
    with pytest.raises(MethodError, match="dose"):
        stats.dose_response(rows, "spasticity_nrs", dose="dose")


def test_too_little_to_tell_is_refused():
    rows = study()
    with pytest.raises(MethodError, match="nothing within persons"):
        fitted(rows.assign(**{DOSE: rows.groupby("participant")[DOSE].transform("first")}))
    same = rows.groupby("participant")[DOSE].transform("mean")
    with pytest.raises(MethodError, match="nothing between persons"):
        fitted(rows.assign(**{DOSE: rows[DOSE] - same + 40}))
    with pytest.raises(MethodError, match="expected `per` above 0"):
        fitted(rows, per=0)
    with pytest.raises(MethodError, match="nothing within persons"):
        fitted(rows.assign(**{DOSE: np.nan}))


def test_confounding_by_indication_is_said_in_the_method():
    method = fitted(study()).method
    assert "confounding by indication" in method
    assert "neither slope is an effect" in method
