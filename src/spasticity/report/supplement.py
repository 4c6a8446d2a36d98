"""Supplementary figures on the model behind the primary outcome: whether it describes what was observed."""

from __future__ import annotations

from spasticity import plot
from spasticity.errors import MethodError
from spasticity.instruments import measure
from spasticity.report.artefacts import Figure, figure
from spasticity.report.material import Material, Part
from spasticity.report.models import later_rows, mixed_model
from spasticity.report.words import caption, label_of
from spasticity.stats.mmrm_result import Mmrm
from spasticity.wording import number, plural

WHY_APART = (
    "Observed and fitted means differ where values are missing: the model expects, from what was seen of those who "
    "left, what they would have had"
)


def model_check(material: Material, outcome: str) -> Part:
    """Means and residuals of the mixed model of change, beside what was observed.

    Parameters
    ----------
    material : Material
    outcome : str
        Id of a measure.

    Returns
    -------
    Part

    Raises
    ------
    MethodError
        Nothing to compare, one visit, or a model that could not be fitted.
    """
    reference = material.reference
    rows = later_rows(material.of_outcome(outcome), material.study.protocol.baseline_visit)
    if len(rows.loc[rows["change"].notna(), "visit"].unique()) < 2:
        raise MethodError("there is one visit after baseline, and so no mixed model.")
    fit = mixed_model(rows, reference)
    return Part(items=(_by_visit(material, fit, outcome), _residuals(fit, outcome)))


def _by_visit(material: Material, fit: Mmrm, outcome: str) -> Figure:
    found = fit.by_visit("arm")
    apart = (found["observed_mean"] - found["fitted_mean"]).abs().max()
    spread = (found["observed_sd"] / found["fitted_sd"]).dropna()
    low, high = number(spread.min(), 2), number(spread.max(), 2)
    said = f"The standard deviation observed is {low} to {high} times that of the model"
    return figure(
        plot.observed_and_fitted(fit, outcome=outcome, value="change", styles=material.styles),
        name="model_by_visit",
        title=f"Supplement: the model of {label_of(outcome)} visit by visit",
        data=found,
        caption=caption(
            f"Observed and fitted change in {label_of(outcome)}", fit, outcome=outcome, more=(WHY_APART, said)
        ),
        method=fit.method,
        alt=(
            f"Marks for the observed and lines for the fitted mean change in {label_of(outcome)} by visit and arm; "
            f"they differ by at most {number(apart, measure(outcome).digits + 1)}."
        ),
    )


def _residuals(fit: Mmrm, outcome: str) -> Figure:
    found = fit.quantiles()
    outside = int(found["outside"].sum())
    words = "none is" if outside == 0 else f"{plural(outside, 'residual')} {'is' if outside == 1 else 'are'}"
    band = "The band holds all values of a normal sample with probability 0.95; residuals leave it more rarely"
    return figure(
        plot.quantiles(found),
        name="model_residuals",
        title=f"Supplement: residuals of the model of {label_of(outcome)}",
        data=found[["theoretical", "observed", "low", "high", "outside"]],
        caption=caption(
            "Ordered normalized residuals against normal quantiles", fit, more=(band, f"Of them, {words} outside")
        ),
        method=fit.method,
        alt=f"{plural(len(found), 'residual')} against normal quantiles with a band; {words} outside it.",
    )
