"""The benefits of treatments side by side: several outcomes, one frame, raw and on one scale. Describes; no advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from spasticity.errors import MethodError, one_of
from spasticity.instruments import measure
from spasticity.stats.benefit_models import MODELS, Model
from spasticity.stats.levels import as_levels
from spasticity.stats.multiplicity import holm
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.selection import of_outcome, visits_of
from spasticity.wording import level as percent_level
from spasticity.wording import plural

DIFFERENCE, STANDARDISED = "difference", "standardised benefit"
EVERYBODY = "all participants"
Adjust = Literal["holm", "bonferroni"]

#: The five benefits this package asks about, and the outcome that stands for each. [proposal]
BENEFITS: Mapping[str, str] = {
    "spasms": "spasms_per_day",
    "pain": "pain_nrs",
    "movement": "walk_10m_m_per_s",
    "therapy participation": "therapy_min_per_week",
    "sleep": "sleep_efficiency_tib",
}


def comparison(
    outcomes: pd.DataFrame,
    *,
    visit: str,
    reference: str,
    benefits: Mapping[str, str] = BENEFITS,
    by: str | None = "cohort",
    model: str | Model | Mapping[str, str | Model] = "mmrm",
    factor: str = "arm",
    adjust: Adjust | None = "holm",
    level: float = 0.95,
) -> Result:
    """The benefits of each treatment, for all participants and by cohort, in one frame. Describes; gives no advice.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes.
    visit, reference : str
        When, and the level of the factor that others are compared with.
    benefits : mapping of str to str
        Name of a benefit and the outcome that stands for it; declared before the data are seen.
    by : str, optional
        Groups in which the comparison is repeated, each on its own rows; None for all participants only.
    model : str, callable or mapping
        `mmrm`, `ancova`, or a `Model`; one for all, or one for each benefit by name.
    factor : str
        Whose levels are compared.
    adjust : str, optional
        For the number of comparisons among all participants (benefits times levels): `holm` (intervals: Bonferroni) or
        `bonferroni`. Comparisons within groups are exploratory and never adjusted.
    level : float
        Confidence level, of the whole family where it is adjusted.

    Returns
    -------
    Result
        Terms `difference` (in the unit of the outcome) and `standardised benefit` (signed by the direction of benefit
        of the measure, positive is better, and divided by the pooled SD at baseline). Groups `benefit`, `outcome`,
        `visit`, `by` and the factor. Further columns: `reference`, `n_arm`, `n_reference`, `better`, `sd_baseline`,
        `scale`, `p_unadjusted`, `adjusted`. What cannot be estimated keeps its row, with the reason in the notes.

    Raises
    ------
    MethodError
        Unknown names, an outcome without a direction of benefit, or nothing that can be estimated.
    """
    if adjust is not None:
        one_of("adjust", adjust, ("holm", "bonferroni"))
    levels = _levels(outcomes, benefits, visit, factor, reference)
    family = len(benefits) * len(levels)
    strict = 1 - (1 - level) / family if adjust else level
    asked = {"visit": visit, "factor": factor, "reference": reference}
    within = [] if by is None else [by]
    parts: list[Result] = []
    for benefit, outcome in benefits.items():
        rows = of_outcome(outcomes, outcome, [factor, "change", "baseline", *within])
        sd, fitted = baseline_sd(rows, [factor, *within]), _model(model, benefit)
        for name, group in _groups(rows, by):
            wide = strict if name == EVERYBODY else level
            part = _compared(fitted, group, levels, f"{benefit}, {name}", outcome=outcome, level=wide, **asked)
            known: dict[str, Any] = {
                "benefit": benefit,
                "outcome": outcome,
                "visit": visit,
                by or "cohort": name,
                "sd_baseline": sd,
            }
            parts.append(replace(part, frame=part.frame.assign(**known)))
    raw = pd.concat([part.frame for part in parts], ignore_index=True)
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    if raw["estimate"].isna().all():
        raise MethodError(f"comparison: no benefit can be estimated at {visit}: {'; '.join(notes)}")
    raw = _adjusted(raw.assign(term=DIFFERENCE, reference=reference), raw[by or "cohort"].eq(EVERYBODY), adjust, family)
    frame = _both(raw, benefits, by or "cohort", factor, levels)
    used = outcomes[outcomes["outcome"].isin(list(benefits.values())).to_numpy(dtype=bool)]
    methods = list(dict.fromkeys(part.method for part in parts if part.method))
    return Result(
        frame=estimate_frame(frame, ["benefit", "outcome", "visit", by or "cohort", factor]),
        method=_words(methods, visit, reference, adjust, family, level, by),
        n=int(used.loc[_used(used, visit), "participant"].nunique()),
        level=level,
        notes=notes,
    )


def _compared(
    model: Model, rows: pd.DataFrame, levels: list[str], name: str, *, outcome: str, visit: str, factor: str,
    reference: str, level: float,
) -> Result:  # fmt: skip
    """A row for each level, with the people behind it; without numbers where the model cannot give any."""
    counts = rows[_used(rows, visit)].groupby(factor, observed=False)["participant"].nunique()
    counts.index = counts.index.astype(str)
    sizes: dict[str, Any] = {
        "n_arm": [int(counts.get(one, 0)) for one in levels],
        "n_reference": int(counts.get(reference, 0)),
    }
    try:
        found = model(rows, outcome=outcome, visit=visit, factor=factor, reference=reference, level=level)
    except MethodError as error:
        empty = estimate_frame(
            _complete(pd.DataFrame({factor: levels}), factor, levels).assign(term=DIFFERENCE, **sizes)
        )
        return Result(frame=empty, method="", n=0, notes=(f"{name}, cannot be estimated: {error}",))
    frame = _complete(found.frame, factor, levels).assign(term=DIFFERENCE, **sizes)
    notes = tuple(f"{name}: {note}" for note in found.notes)
    return Result(frame=estimate_frame(frame), method=found.method, n=found.n, notes=notes)


def baseline_sd(rows: pd.DataFrame, within: list[str]) -> float:
    """Standard deviation at baseline, pooled within groups, each participant once.

    Parameters
    ----------
    rows : DataFrame
        Outcomes rows of one outcome.
    within : list of str
        Groups whose means may differ.

    Returns
    -------
    float
    """
    people = rows.dropna(subset=["baseline", *within]).drop_duplicates("participant")
    variances = people.groupby(within, observed=True)["baseline"].agg(["var", "count"])
    variances = variances[variances["count"] > 1]
    df = variances["count"] - 1
    return float(np.sqrt((variances["var"] * df).sum() / df.sum())) if df.sum() else float("nan")


def _levels(outcomes: pd.DataFrame, benefits: Mapping[str, str], visit: str, factor: str, reference: str) -> list[str]:
    """Levels to compare with the reference; refuses what cannot be asked."""
    if not benefits:
        raise MethodError("comparison: expected at least one benefit, such as {'pain': 'pain_nrs'}.")
    for outcome in benefits.values():
        if measure(outcome).better is None:
            raise MethodError(f"comparison: no direction of benefit is on record for {outcome}; name another outcome.")
        one_of("visit", visit, visits_of(of_outcome(outcomes, outcome, [factor])))
    rows = outcomes[outcomes["outcome"].isin(list(benefits.values())).to_numpy(dtype=bool)]
    levels = [str(one) for one in as_levels(rows[factor].dropna()).cat.categories]
    one_of("reference", reference, levels)
    if len(levels) < 2:
        raise MethodError(f"comparison: `{factor}` has only the level {reference}; there is nothing to compare.")
    return [one for one in levels if one != reference]


def _model(model: str | Model | Mapping[str, str | Model], benefit: str) -> Model:
    if isinstance(model, Mapping):
        one_of("model", benefit, list(model))
        model = model[benefit]
    if isinstance(model, str):
        one_of("model", model, list(MODELS))
        return MODELS[model]
    return model


def _groups(rows: pd.DataFrame, by: str | None) -> list[tuple[str, pd.DataFrame]]:
    parts = [(EVERYBODY, rows)]
    if by is None:
        return parts
    return [*parts, *((str(name), group) for name, group in rows.groupby(by, observed=True, sort=True))]


def _used(rows: pd.DataFrame, visit: str) -> np.ndarray:
    return (rows["visit"].astype(str).eq(visit) & rows["change"].notna() & rows["baseline"].notna()).to_numpy(
        dtype=bool
    )


def _complete(frame: pd.DataFrame, factor: str, levels: list[str]) -> pd.DataFrame:
    """A row for each level, in order."""
    frame = frame.assign(**{factor: frame[factor].astype(str)}).set_index(factor).reindex(levels).reset_index()
    numbers = ("estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high")
    kept = {name: frame[name].astype("float64") if name in frame else np.nan for name in numbers}
    scale = frame.get("scale", DIFFERENCE)
    return pd.DataFrame({factor: frame[factor], **kept, "scale": scale})


def _adjusted(raw: pd.DataFrame, whole: pd.Series, adjust: Adjust | None, family: int) -> pd.DataFrame:
    """Adjusted p values of the family; what could not be estimated counts as p = 1."""
    chosen = whole.to_numpy(dtype=bool) & (adjust is not None)
    raw = raw.assign(p_unadjusted=raw["p_value"], n=raw["n_arm"] + raw["n_reference"], adjusted=chosen)
    p = raw.loc[chosen, "p_value"].to_numpy(dtype=np.float64)
    if adjust and len(p):
        filled = np.where(np.isnan(p), 1.0, p)
        new = holm(filled) if adjust == "holm" else np.minimum(filled * family, 1)
        raw.loc[chosen, "p_value"] = np.where(np.isnan(p), np.nan, new)
    return raw


def _both(raw: pd.DataFrame, benefits: Mapping[str, str], by: str, factor: str, levels: list[str]) -> pd.DataFrame:
    """Differences as they are, then on one scale on which more is better."""
    better = raw["outcome"].map(lambda outcome: measure(outcome).better)
    sign = better.map({"higher": 1.0, "lower": -1.0}).where(raw["scale"].eq(DIFFERENCE))
    unit = sign / raw["sd_baseline"].where(raw["sd_baseline"] > 0)
    limits = np.sort((raw[["conf_low", "conf_high"]].mul(unit, axis=0)).to_numpy(), axis=1)
    one_scale = raw.assign(
        term=STANDARDISED, estimate=raw["estimate"] * unit, std_error=raw["std_error"] * unit.abs(),
        statistic=raw["statistic"] * sign, conf_low=limits[:, 0], conf_high=limits[:, 1],
    )  # fmt: skip
    frame = pd.concat([raw.assign(better=better), one_scale.assign(better="higher")], ignore_index=True)
    groups = dict.fromkeys([EVERYBODY, *raw[by]])
    frame["benefit"] = pd.Categorical(frame["benefit"], categories=list(benefits))
    frame[by] = pd.Categorical(frame[by], categories=list(groups))
    frame[factor] = pd.Categorical(frame[factor], categories=levels)
    return frame.sort_values(["term", by, factor, "benefit"], kind="stable", ignore_index=True)


def _words(
    methods: list[str], visit: str, reference: str, adjust: Adjust | None, family: int, level: float, by: str | None
) -> str:
    how = {
        "holm": f"p of the {plural(family, 'comparison')} among all participants by Holm's method, their intervals by "
        f"Bonferroni's ({percent_level(level)} together)",
        "bonferroni": f"p and intervals of the {plural(family, 'comparison')} among all participants by "
        "Bonferroni's method",
        None: "not adjusted for the number of comparisons",
    }[adjust]
    within = "" if by is None else f"; within each {by} exploratory, not adjusted"
    return (
        f"difference from {reference} in change from baseline at {visit}, {'; '.join(methods)}; standardised by the "
        f"pooled SD at baseline, positive is better; {how}{within}"
    )
