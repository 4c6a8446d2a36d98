"""From values to outcomes rows: baseline, change, arm and cohort, and a row for every value that should be there."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from spasticity.derive.flags import flagged, unflagged
from spasticity.derive.visits import has_first_dose, visit_days
from spasticity.errors import DataError
from spasticity.schema import FAILURE_COLUMNS
from spasticity.study import Protocol, Study
from spasticity.tables import OUTCOMES
from spasticity.wording import plural

ABSENCE = {"missed": "missed visit", "after stopping": "after stopping", "attended": "not done"}
NO_RECORD = "no record"


def change(values: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Values with their baseline, change and percent change, and the participant's cohort and arm.

    Somebody without a baseline keeps the value; the change is missing and flagged `no baseline`, unless nobody has
    a baseline of that outcome. No row vanishes.

    Parameters
    ----------
    values : DataFrame
        `participant, visit, outcome, value` and, when there are any, `day, n_values, flag`; further columns are kept.
    study : Study
        Gives the participants and the protocol.

    Returns
    -------
    DataFrame
        `OUTCOMES` rows in the order of outcome, participant, visit; see `ordered` for the types of visit and arm.
        `change` is value minus baseline, so 0 at baseline; `percent_change` is missing unless the baseline is above 0
        (the sign of a percentage of a negative angle would be turned).

    Raises
    ------
    DataError
        A value that breaks the table, an unknown participant, or a baseline value from after the first dose.
    """
    rows = OUTCOMES.check(_filled(values, study), where="values", extra=True)
    at_baseline = rows["visit"] == study.protocol.baseline_visit
    _refuse_late_baseline(rows[at_baseline], study)
    baseline = rows.loc[at_baseline, ["participant", "outcome", "value"]].rename(columns={"value": "baseline"})
    rows = rows.drop(columns="baseline").merge(baseline, how="left", on=["participant", "outcome"])[list(rows)]
    rows["change"] = rows["value"] - rows["baseline"]
    rows["percent_change"] = (100 * rows["change"] / rows["baseline"]).where(rows["baseline"] > 0)
    has_baseline = rows.groupby("outcome")["baseline"].transform("count") > 0
    lost = rows["value"].notna() & rows["baseline"].isna() & has_baseline
    rows["flag"] = flagged(rows["flag"], lost, "no baseline")
    rows = ordered(rows, study.protocol)
    return rows.sort_values(["outcome", "participant", "visit"], kind="stable", ignore_index=True)


def as_outcomes(values: pd.DataFrame | None, study: Study) -> pd.DataFrame:
    """Values as outcomes rows, with a row for everybody at every visit at which their cohort was measured.

    Parameters
    ----------
    values : DataFrame, optional
        As for `change`; None when the study did not collect them.
    study : Study

    Returns
    -------
    DataFrame
        `OUTCOMES` rows; an absent value has a row with the reason as flag, and a visit out of its window says so.
    """
    if values is None or values.empty:
        return ordered(OUTCOMES.empty(), study.protocol)
    return change(_completed(_outside_flagged(values, study.protocol), study), study)


def ordered(outcomes: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Outcomes with visits and arms as categories in the order of the protocol, so that they sort and plot in it.

    Parameters
    ----------
    outcomes : DataFrame
        `OUTCOMES` rows.
    protocol : Protocol
        Visits that it does not plan come after those it does.

    Returns
    -------
    DataFrame
        `visit` is an ordered category; `arm` is one without rank, because an arm is not more than another. Such a
        frame still passes `OUTCOMES.check`, which makes both plain text again.
    """
    visits = _categories(outcomes["visit"], protocol.visit_names)
    arms = _categories(outcomes["arm"], protocol.arms)
    return outcomes.assign(
        visit=pd.Categorical(outcomes["visit"], categories=visits, ordered=True),
        arm=pd.Categorical(outcomes["arm"], categories=arms),
    )


def with_people(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Rows with the cohort and arm of their participant.

    Parameters
    ----------
    rows : DataFrame
        Has `participant`.
    study : Study

    Returns
    -------
    DataFrame
        The same rows with `cohort` and `arm`, a category in the order of the protocol.
    """
    people = study.participants.set_index("participant")
    cohort, arm = (rows["participant"].map(people[name]) for name in ("cohort", "arm"))
    return rows.assign(cohort=cohort, arm=pd.Categorical(arm, categories=_categories(arm, study.protocol.arms)))


def _categories(values: pd.Series, planned: Iterable[str]) -> list[str]:
    return [*planned, *sorted(set(values.dropna()) - set(planned))]


def _filled(values: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Values with every column of `OUTCOMES`."""
    unknown = ~values["participant"].isin(study.participants["participant"])
    if unknown.any():
        raise DataError(
            f"values: {plural(int(unknown.sum()), 'row')} of people who are not in the participants table, first at "
            f"row {values.index[unknown][0]}. Correct the codes or add the participants."
        )
    absent = [name for name in ("day", "n_values", "flag") if name not in values]
    empty = {name: pd.Series(pd.NA, index=values.index) for name in (*absent, "baseline", "change", "percent_change")}
    return with_people(values, study).assign(**empty)


def _refuse_late_baseline(rows: pd.DataFrame, study: Study) -> None:
    if not has_first_dose(study):
        return
    late = rows[rows["value"].notna() & (rows["day"] > 0).fillna(False)]
    if len(late):
        failures = pd.DataFrame(
            {"row": late.index, "column": "day", "value": late["day"].to_numpy(dtype=object), "rule": "after day 0"}
        )
        raise DataError(
            f"values: {plural(len(late), 'baseline value')} taken after the first dose, first at row {late.index[0]}; "
            f"a baseline is from day 0 or before. Correct the day or name the visit `unscheduled`; "
            "`.failures` lists them all.",
            failures[FAILURE_COLUMNS],
        )


def _outside_flagged(values: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Values with a flag where their day is not in the window of their visit."""
    if "day" not in values:
        return values
    flag = values["flag"].astype("string[python]") if "flag" in values else unflagged(values.index)
    first, last = (values["visit"].map({v.name: v.window[end] for v in protocol.visits}) for end in (0, 1))
    day = values["day"].astype("Float64").astype("float64")
    outside = values["value"].notna() & ((day < first.astype("float64")) | (day > last.astype("float64")))
    return values.assign(flag=flagged(flag, outside, "outside window"))


def _completed(values: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Values and a row for everybody without one, where anybody of the cohort has that outcome at that visit."""
    cohort = study.participants[["participant", "cohort"]]
    measured = values.merge(cohort, on="participant")[["outcome", "visit", "cohort"]].drop_duplicates()
    grid = visit_days(study)[["participant", "visit", "status"]].merge(cohort, on="participant")
    grid = grid.merge(measured, on=["visit", "cohort"])
    grid = grid.merge(values[["participant", "visit", "outcome"]].assign(there=True), how="left")
    absent = grid[grid["there"].isna()].reset_index(drop=True)
    reason = absent["status"].astype(object).map(ABSENCE).fillna(NO_RECORD)
    rows = absent[["participant", "visit", "outcome"]].assign(value=float("nan"), n_values=0, flag=reason)
    return pd.concat([values, rows.astype({"flag": "string[python]"})], ignore_index=True) if len(rows) else values
