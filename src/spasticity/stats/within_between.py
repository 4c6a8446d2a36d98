"""Dose and outcome, within persons and between persons, kept apart. Describes data; gives no advice on dosing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from spasticity.errors import MethodError, one_of
from spasticity.instruments import measure
from spasticity.stats.mmrm_fit import Df, mmrm
from spasticity.stats.mmrm_result import Mmrm
from spasticity.stats.mmrm_tables import estimates
from spasticity.stats.mmrm_terms import named_contrast
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.selection import of_outcome
from spasticity.wording import plural

WITHIN, BETWEEN, CONTEXT = "within person", "between persons", "between minus within"

#: Doses that make one step of a slope, by the unit that stands in the column name. [proposal]
STEPS = {"dose_mg_per_day": 10.0, "dose_ug_per_day": 100.0}
UNITS = {"dose_mg_per_day": "mg/day", "dose_ug_per_day": "µg/day"}
CONFOUNDED = (
    "doses were not assigned at random: they follow the symptoms (confounding by indication), so neither slope is an "
    "effect"
)
GRID = 25


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class DoseResponse(Result):
    """Slopes of an outcome on dose: of a person's own dose around its mean, and of that mean between persons.

    Parameters
    ----------
    points : DataFrame
        One row per used row: `participant, visit, dose`, `dose_mean` (of the person), `dose_deviation`, `change`, and
        what is drawn: `within` and `between`, the outcome adjusted for everything else in the model (partial residuals;
        `between` is missing but in the first row of each person).
    lines : DataFrame
        The fitted slopes: `term, dose` (deviation or mean), `estimate, conf_low, conf_high`.
    dose : str
        Column of the dose, with its unit.
    per : float
        Dose that a slope is given for.
    fit : Mmrm
        The model.
    """

    points: pd.DataFrame
    lines: pd.DataFrame
    dose: str
    per: float
    fit: Mmrm


def dose_response(
    outcomes: pd.DataFrame,
    outcome: str,
    *,
    dose: str,
    per: float | None = None,
    covariance: str = "compound-symmetry",
    df: Df = "kenward-roger",
    level: float = 0.95,
) -> DoseResponse:
    """How the change of an outcome goes with the dose, within and between persons. Describes data; gives no advice.

    The dose is split into the person's mean over the rows that are used and the deviation from it; both enter one
    model with visit, baseline and, where there are several, cohort. The slope of the deviation compares a person with
    the same person at another dose; what is constant in a person cannot disturb it. The slope of the mean compares
    persons, with everything that led to their doses.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes with a column of doses at the visit (`derive.dose_at_visits`): one drug, one route.
    outcome : str
        Id of a measure.
    dose : str
        `dose_mg_per_day` or `dose_ug_per_day`; the two are never pooled.
    per : float, optional
        Dose that a slope is given for: 10 mg/day or 100 µg/day when left out.
    covariance : str
        Of a person's rows: `compound-symmetry` is a random intercept; see `stats.mmrm` for others.
    df : str
        As for `stats.mmrm`.
    level : float
        Confidence level.

    Returns
    -------
    DoseResponse
        Terms `within person`, `between persons`, and `between minus within`: 0 when a difference of dose between
        persons goes with the outcome as a change of dose in a person does; away from 0 it is a mark of confounding.
        Groups `outcome`, `dose`; further columns `per`, `unit`, `n_varying` (persons whose dose varied).

    Raises
    ------
    MethodError
        Doses in two units, of two drugs or routes, a dose that never varies within a person or between persons, or a
        model that cannot be fitted.

    References
    ----------
    .. [1] Mundlak 1978, Econometrica 46:69-85. [from memory]
    .. [2] Neuhaus & Kalbfleisch 1998, Biometrics 54:638-645. [from memory]
    """
    one_of("dose", dose, list(STEPS))
    rows = of_outcome(outcomes, outcome, ["change", "baseline", dose])
    _refuse_mixture(rows, dose)
    step = STEPS[dose] if per is None else per
    if not step > 0:
        raise MethodError("dose_response: expected `per` above 0.")
    data, notes = _split(rows, dose, step)
    formula = f"change ~ baseline + visit + within + between{' + cohort' if _several(data, 'cohort') else ''}"
    if not _several(data, "visit"):
        formula = formula.replace(" + visit", "")
    fit = mmrm(data, formula, covariance=covariance, df=df, level=level)
    if not {"within", "between"} <= set(fit.fitted.rows.design.columns):
        raise MethodError(
            "dose_response: dose cannot be told from the other terms of the model; more persons are needed."
        )
    contrasts = [{"within": 1.0}, {"between": 1.0}, {"between": 1.0, "within": -1.0}]
    L = named_contrast(fit.fitted.rows.design, contrasts)
    frame = estimates(fit.fitted.coefficients, fit.inference, L, level)
    varying = int(data.groupby("participant")["within"].agg(lambda d: d.abs().max()).gt(0).sum())
    frame = frame.assign(
        term=[WITHIN, BETWEEN, CONTEXT],
        outcome=outcome,
        dose=dose,
        n=fit.n,
        per=step,
        unit=UNITS[dose],
        n_varying=varying,
    )
    return DoseResponse(
        frame=estimate_frame(frame, ["outcome", "dose"]),
        method=(
            f"change of {measure(outcome).label} per {step:g} {UNITS[dose]}, within and between persons in one model "
            f"(`{formula}`; Mundlak), {fit.structure} covariance by REML; {CONFOUNDED}"
        ),
        n=fit.n,
        level=level,
        notes=(*notes, *fit.notes),
        points=_points(data, fit, step),
        lines=_lines(data, fit, step, level),
        dose=dose,
        per=step,
        fit=fit,
    )


def _several(data: pd.DataFrame, name: str) -> bool:
    return name in data and len(data[name].dropna().unique()) > 1


def _refuse_mixture(rows: pd.DataFrame, dose: str) -> None:
    other = next(name for name in STEPS if name != dose)
    if other in rows and rows[other].notna().any():
        raise MethodError(
            f"dose_response: the rows have doses in {UNITS[dose]} and in {UNITS[other]}; oral and intrathecal "
            "doses are never pooled. Keep the rows of one route."
        )
    for name in ("drug", "route"):
        if name in rows and len(rows.loc[rows[dose].notna(), name].dropna().unique()) > 1:
            raise MethodError(f"dose_response: doses of more than one {name}; keep the rows of one.")


def _split(rows: pd.DataFrame, dose: str, step: float) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Rows that can be used, with the dose in steps split into the person's mean and the deviation from it."""
    varies = rows.groupby("visit", observed=True)["change"].transform("nunique").gt(1)  # not so at baseline
    later = rows[varies.to_numpy(dtype=bool)]
    whole = later[["change", "baseline", dose]].notna().all(axis=1)
    lost = int((later["change"].notna() & later["baseline"].notna() & later[dose].isna()).sum())
    notes = (f"left out: {plural(lost, 'row')} without a known dose",) if lost else ()
    data = later[whole].copy()
    if hasattr(data["visit"], "cat"):
        data["visit"] = data["visit"].cat.remove_unused_categories()
    data["amount"] = data[dose].astype("float64")
    mean = data.groupby("participant")["amount"].transform("mean")
    data["within"], data["between"] = (data["amount"] - mean) / step, mean / step
    tiny = 1e-9 * max(data["amount"].abs().max(), 1) if len(data) else 0.0
    data["within"] = data["within"].where(data["within"].abs() * step > tiny, 0.0)  # a constant dose has none
    if not data["within"].any():
        raise MethodError("dose_response: no person has rows at two different doses; there is nothing within persons.")
    if not _several(data.round({"between": 9}), "between"):
        raise MethodError("dose_response: every person has the same mean dose; there is nothing between persons.")
    return data, notes


def _points(data: pd.DataFrame, fit: Mmrm, step: float) -> pd.DataFrame:
    """Rows with partial residuals: the outcome after everything but one slope is taken out."""
    slopes = dict(zip(fit.fitted.rows.design.columns, fit.fitted.coefficients, strict=True))
    residual = fit.residuals("raw")["residual"].reindex(data.index)
    person = residual.groupby(data["participant"]).transform("mean")
    first = ~data["participant"].duplicated()
    middle = data.loc[first, "between"].mean()
    between = slopes["between"] * (data["between"] - middle) + person
    return pd.DataFrame(
        {
            "participant": data["participant"],
            "visit": data["visit"],
            "dose": data["amount"],
            "dose_mean": data["between"] * step,
            "dose_deviation": data["within"] * step,
            "change": data["change"],
            "within": slopes["within"] * data["within"] + residual - person,
            "between": between.where(first),
        }
    ).reset_index(drop=True)


def _lines(data: pd.DataFrame, fit: Mmrm, step: float, level: float) -> pd.DataFrame:
    """Fitted slopes with the uncertainty of the slope alone: all lines pass through the middle."""
    parts = []
    first = data.drop_duplicates("participant")
    for term, name, middle in ((WITHIN, "within", 0.0), (BETWEEN, "between", first["between"].mean())):
        values = np.linspace(data[name].min(), data[name].max(), GRID)
        L = named_contrast(fit.fitted.rows.design, [{name: 1.0}])
        slope = estimates(fit.fitted.coefficients, fit.inference, L, level).iloc[0]
        limits = np.sort(np.outer(values - middle, slope[["conf_low", "conf_high"]].astype(float)), axis=1)
        parts.append(
            pd.DataFrame(
                {
                    "term": term,
                    "dose": values * step,
                    "estimate": (values - middle) * slope["estimate"],
                    "conf_low": limits[:, 0],
                    "conf_high": limits[:, 1],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
