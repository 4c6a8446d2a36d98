"""The model behind a figure of change: the mixed model where it can be fitted, and said where it cannot."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from spasticity import load, stats
from spasticity.errors import MethodError
from spasticity.report.material import Material
from spasticity.report.models import adjusted_change, later_rows, mixed_model
from spasticity.report.supplement import model_check

VISITS = ["baseline", "week 4", "week 12"]


def outcomes(people=40, visits=VISITS, seed=3):
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(people):
        base = rng.normal(6, 1)
        arm = ("placebo", "active")[number % 2]
        for place, visit in enumerate(visits):
            value = base + (place > 0) * rng.normal(-1.0 * (arm == "active"), 1)
            who = {"participant": f"P{number:02d}", "cohort": "MS", "arm": arm, "visit": visit, "day": place}
            what = {"outcome": "spasticity_nrs", "value": value, "baseline": base, "change": value - base}
            rows.append(who | what)
    frame = pd.DataFrame(rows)
    return frame.assign(visit=pd.Categorical(frame["visit"], categories=visits, ordered=True))


def adjusted(rows):
    return adjusted_change(rows, "spasticity_nrs", baseline_visit="baseline", reference="placebo")


def test_several_visits_are_one_mixed_model():
    rows = outcomes()
    result = adjusted(rows)
    assert "mixed model for repeated measures, unstructured covariance" in result.method
    fit = stats.mmrm(
        rows[rows["visit"].ne("baseline")], "change ~ baseline*visit + arm*visit", reference={"arm": "placebo"}
    )
    direct = fit.contrasts("arm", by="visit", reference="placebo").frame
    mine = result.frame[result.frame["term"].eq("active - placebo")]
    for name in ("estimate", "std_error", "df", "p_value", "conf_low", "conf_high"):
        assert mine[name].tolist() == pytest.approx(direct[name].tolist(), rel=1e-12)
    assert set(result.frame["visit"].astype(str)) == {"week 4", "week 12"}


def test_one_visit_is_an_analysis_of_covariance():
    result = adjusted(outcomes(visits=VISITS[:2]))
    assert result.method.startswith("ANCOVA")


def test_a_model_that_cannot_be_fitted_is_said_in_the_notes(monkeypatch):
    def refuse(*args, **keywords):
        raise MethodError("it does not converge.")

    monkeypatch.setattr(stats, "mmrm", refuse)
    result = adjusted(outcomes())
    assert result.method.startswith("ANCOVA")
    assert result.notes[-1] == "no mixed model for repeated measures could be fitted: it does not converge."


def test_the_stratum_is_in_the_model_where_there_are_several():
    rows = outcomes()
    both = rows.assign(cohort=np.where(rows["participant"].str[-1].isin(list("01234")), "MS", "SCI"))
    assert "+ cohort" in adjusted(both).method
    assert "cohort" not in adjusted(rows).method


def test_the_model_behind_the_primary_outcome_is_shown_with_its_numbers():
    study = load.study(load.sample_folder())
    material = Material.of(study)
    by_visit, residuals = model_check(material, study.protocol.primary_outcome).items
    rows = later_rows(material.of_outcome(study.protocol.primary_outcome), study.protocol.baseline_visit)
    fit = mixed_model(rows, material.reference)
    pd.testing.assert_frame_equal(by_visit.data["data"], fit.by_visit("arm"))
    assert residuals.data["data"]["observed"].tolist() == fit.quantiles()["observed"].tolist()
    assert "participant" not in residuals.data["data"]
    assert fit.method in by_visit.caption.replace("Mixed", "mixed")
    assert "none is outside" in residuals.caption
    assert "residuals against normal quantiles" in residuals.alt


def test_one_visit_has_no_mixed_model_to_check():
    study = load.study(load.sample_folder())
    material = Material.of(study)
    first = material.outcomes["visit"].astype(str).isin(["baseline", "week 12"])
    with pytest.raises(MethodError, match="there is one visit after baseline, and so no mixed model"):
        model_check(replace(material, outcomes=material.outcomes[first]), study.protocol.primary_outcome)
