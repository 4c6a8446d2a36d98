"""The dose somebody was on before a visit. Describes data; gives no advice on dosing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.derive.doses import dose_per_day
from spasticity.errors import MethodError, listed
from spasticity.study import Study

#: The dose belongs to the same days as a diary value: the week before the visit, five days of it known. [proposal]
DAYS, AT_LEAST = 7, 5


def dose_at_visits(
    outcomes: pd.DataFrame, study: Study, *, drug: str, route: str, days: int = DAYS, at_least: int = AT_LEAST
) -> pd.DataFrame:
    """Outcomes of the people on one drug by one route, with their mean recorded dose before each visit.

    Parameters
    ----------
    outcomes : DataFrame
        Canonical outcomes.
    study : Study
        Its dose log.
    drug, route : str
        One course; mg and µg are never in one column.
    days : int
        Days before the visit that are averaged, its own day not among them.
    at_least : int
        Days with a known dose (a documented zero is known) that a mean needs; else the dose is missing.

    Returns
    -------
    DataFrame
        The rows of participants with such a course, with `drug, route`, the dose (`dose_mg_per_day` or
        `dose_ug_per_day`) and `n_dose_days`. No row of theirs vanishes.

    Raises
    ------
    MethodError
        No such course, or a rule that cannot be met.
    """
    if not 1 <= at_least <= days:
        raise MethodError("dose_at_visits: expected 1 <= at_least <= days.")
    daily = dose_per_day(study)
    daily = daily[daily["drug"].eq(drug) & daily["route"].astype(str).eq(route)]
    if daily.empty:
        known = study.doses[["drug", "route"]].drop_duplicates().astype(str).agg(", ".join, axis=1)
        raise MethodError(f"dose_at_visits: no dose of {drug}, {route}; there are {listed(sorted(known), 'and')}.")
    amount = "dose_ug_per_day" if route == "intrathecal" else "dose_mg_per_day"
    doses = daily.set_index(["participant", "day"])[amount]
    rows = outcomes[outcomes["participant"].isin(set(daily["participant"])).to_numpy(dtype=bool)].copy()
    seen = rows.loc[rows["day"].notna(), ["participant", "day"]].drop_duplicates()
    window = np.stack([_on(doses, seen, back) for back in range(1, days + 1)], axis=1)
    known_days = np.isfinite(window).sum(axis=1)
    mean = np.where(known_days >= at_least, np.nansum(window, axis=1) / np.maximum(known_days, 1), np.nan)
    seen = seen.assign(**{amount: mean, "n_dose_days": known_days})
    joined = rows.merge(seen, on=["participant", "day"], how="left", validate="many_to_one")
    joined.index = rows.index
    return joined.assign(drug=drug, route=route, n_dose_days=joined["n_dose_days"].astype("Int64"))


def _on(doses: pd.Series, seen: pd.DataFrame, back: int) -> np.ndarray:
    """The dose so many days before each visit, not a number where none is known."""
    index = pd.MultiIndex.from_arrays([seen["participant"], seen["day"] - back], names=doses.index.names)
    return doses.reindex(index).to_numpy(dtype=np.float64)
