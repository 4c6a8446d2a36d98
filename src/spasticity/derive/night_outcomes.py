"""Spasms at night as outcomes of a visit, and night after night for associations within people."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from spasticity.derive.changes import as_outcomes
from spasticity.derive.lookback import collected, days_before, enough_days
from spasticity.derive.nights import MIN_NIGHTS, WINDOW_NIGHTS
from spasticity.errors import MethodError, listed
from spasticity.study import Study

#: Outcome: what is added up over the valid nights of a visit, and over what it is divided; `1` counts nights.
RATIOS = {
    "spasms_per_hour_asleep": ("spasms_asleep", "asleep_h", 1),
    "spasms_per_hour_awake_in_bed": ("spasms_awake_in_bed", "awake_in_bed_h", 1),
    "spasm_awakenings_recorded": ("spasm_awakenings", "1", 1),
    "awakenings_recorded": ("awakenings", "1", 1),
    "spasm_awakening_share": ("spasm_awakenings", "awakenings", 100),
}


def night_spasm_outcomes(
    nights: pd.DataFrame, study: Study, *, window_nights: int = WINDOW_NIGHTS, min_nights: int = MIN_NIGHTS
) -> pd.DataFrame:
    """Spasms at night before each visit, as outcomes.

    Rates are sums over sums: all spasms asleep of the valid nights over all their hours asleep. A night that is not
    valid adds neither.

    Parameters
    ----------
    nights : DataFrame
        From `night_spasms`.
    study : Study
    window_nights, min_nights : int
        Nights before the visit, and how many of them must be valid.

    Returns
    -------
    DataFrame
        `OUTCOMES` rows `spasms_per_hour_asleep, spasms_per_hour_awake_in_bed, spasm_awakenings_recorded` and
        `awakenings_recorded` (per night), `spasm_awakening_share` (percent of awakenings); `n_values` counts valid
        nights, and too few are flagged `3 of 7 valid nights`.
    """
    if nights.empty:
        return as_outcomes(None, study)
    parts = sorted({name for pair in RATIOS.values() for name in pair[:2]} - {"1"})
    valid = nights.loc[nights["valid"].astype(bool), ["participant", "day", *parts]]
    valid = valid.astype(dict.fromkeys(parts, "float64")).assign(**{"1": 1.0}, n_values=1)
    window = days_before(study, window_nights).merge(valid, how="left", on=["participant", "day"])
    visits = window.groupby(["participant", "visit", "visit_day"], as_index=False, sort=False)
    sums = visits[[*parts, "1", "n_values"]].sum().rename(columns={"visit_day": "day"})
    rows = pd.concat([_ratio(sums, outcome) for outcome in RATIOS], ignore_index=True)
    rows = rows[rows["participant"].isin(nights["participant"])].reset_index(drop=True)
    kept = collected(rows, rows["n_values"], study)
    values = enough_days(kept, window_nights, min_nights, "valid nights")
    return as_outcomes(values, study).pipe(_recorded_only, set(nights["participant"].astype(str)))


def lagged_nights(
    nights: pd.DataFrame, *, x: str = "spasms_asleep", y: str = "waso_min", lags: Sequence[int] = (-1, 0, 1)
) -> pd.DataFrame:
    """Pairs of nights of one person, for associations within people.

    Parameters
    ----------
    nights : DataFrame
        From `night_spasms`; nights that are not valid are left out.
    x, y : str
        Columns of it.
    lags : sequence of int
        Nights from that of `x` to that of `y`: 1 pairs the spasms of a night with the sleep of the next.

    Returns
    -------
    DataFrame
        `participant, cohort, arm, day` (of `x`), `lag`, and the two columns as float. One lag of it goes into
        `stats.repeated_correlation(table[table["lag"] == 0], x, y)`.

    Raises
    ------
    MethodError
        When a column is not there.
    """
    lost = [name for name in (x, y) if name not in nights]
    if lost:
        raise MethodError(f"lagged_nights: no column {listed(lost, 'and')} in the nights; they are from night_spasms.")
    valid = nights[nights["valid"].astype(bool) & nights["day"].notna()]
    first = valid[["participant", "cohort", "arm", "day"]].assign(**{x: valid[x].astype("Float64").astype("float64")})
    parts = []
    for lag in lags:
        second = pd.DataFrame({"participant": valid["participant"], "day": valid["day"] - lag})
        second[f"y of {y}"] = valid[y].astype("Float64").astype("float64")
        parts.append(first.merge(second, on=["participant", "day"]).assign(lag=int(lag)))
    pairs = pd.concat(parts, ignore_index=True)
    pairs[y] = pairs.pop(f"y of {y}")
    return pairs[list(dict.fromkeys(["participant", "cohort", "arm", "day", "lag", x, y]))]


def _ratio(sums: pd.DataFrame, outcome: str) -> pd.DataFrame:
    over, under, factor = RATIOS[outcome]
    value = factor * sums[over] / sums[under].where(sums[under] > 0)
    return sums[["participant", "visit", "day", "n_values"]].assign(outcome=outcome, value=value)


def _recorded_only(outcomes: pd.DataFrame, people: set[str]) -> pd.DataFrame:
    """Outcomes of people who wore a device: the others were not meant to."""
    return outcomes[outcomes["participant"].isin(people)].reset_index(drop=True)
