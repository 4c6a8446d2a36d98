"""Doses as recorded, day by day. Describes data and gives no advice on dosing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.derive.changes import with_people
from spasticity.errors import DataError
from spasticity.schema import FAILURE_COLUMNS
from spasticity.study import Study
from spasticity.tables.treatment import DOSE_STATUS
from spasticity.wording import plural

COURSE = ["participant", "drug", "route"]
AMOUNTS = ["dose_mg_per_day", "dose_ug_per_day"]


def dose_per_day(study: Study) -> pd.DataFrame:
    """The recorded daily dose of each participant, drug and route on each day. Describes data; gives no advice.

    Between two recorded stretches the dose is unknown, which is not zero: those days have a row without a dose.
    Before the first and after the last stretch there are no rows.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame
        `participant, cohort, arm, drug, route, day, dose_mg_per_day` (oral), `dose_ug_per_day` (intrathecal),
        `status` (`taken`, `zero documented`, `unknown`, `imputed`), in the order of participant, drug, route, day.

    Raises
    ------
    DataError
        Stretches of one course that overlap or end before they begin; a dose in the unit of the other route; a dose
        that contradicts its status.
    """
    doses = study.doses.sort_values([*COURSE, "start_day"], kind="stable")
    _refuse_contradictions(doses)
    doses = doses.reset_index(drop=True)
    zero = doses["status"] == "zero documented"
    for amount, route in zip(AMOUNTS, ("oral", "intrathecal"), strict=True):
        doses[amount] = doses[amount].mask(zero & (doses["route"] == route), 0.0)
    stretches = pd.concat([doses, _gaps(doses)], ignore_index=True)
    lengths = (stretches["end_day"] - stretches["start_day"]).to_numpy(dtype="int64")
    days = stretches.loc[stretches.index.repeat(lengths)].reset_index(drop=True)
    within = np.arange(len(days)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    days["day"] = days["start_day"] + within
    return _typed(with_people(days, study))


def _typed(days: pd.DataFrame) -> pd.DataFrame:
    status = pd.Categorical(days["status"], categories=list(DOSE_STATUS))
    days = days.assign(status=status, day=days["day"].astype("Int64"))
    columns = ["participant", "cohort", "arm", "drug", "route", "day", *AMOUNTS, "status"]
    return days[columns].sort_values([*COURSE, "day"], kind="stable", ignore_index=True)


def _gaps(doses: pd.DataFrame) -> pd.DataFrame:
    """The stretches between recorded ones, of unknown dose."""
    following = doses.groupby(COURSE, observed=True)["start_day"].shift(-1)
    gap = (following > doses["end_day"]).fillna(False)
    rows = doses[gap]
    rows = rows.assign(start_day=rows["end_day"], end_day=following[gap], status="unknown")
    rows[AMOUNTS] = float("nan")
    return rows.astype(doses.dtypes.to_dict())


def _refuse_contradictions(doses: pd.DataFrame) -> None:
    earlier = doses.groupby(COURSE, observed=True)["end_day"].shift(1)
    other = doses["route"].map({"oral": AMOUNTS[1], "intrathecal": AMOUNTS[0]}).astype(object)
    foreign = doses["dose_ug_per_day"].where(other == AMOUNTS[1], doses["dose_mg_per_day"])
    own = doses["dose_mg_per_day"].where(other == AMOUNTS[1], doses["dose_ug_per_day"])
    rules = {
        "ends before it begins": doses["end_day"] <= doses["start_day"],
        "overlaps the stretch before it": (earlier > doses["start_day"]).fillna(False),
        "has a dose in the unit of the other route": foreign.notna(),
        "says zero documented and has a dose": (doses["status"] == "zero documented") & (own > 0),
        "says unknown and has a dose": (doses["status"] == "unknown") & own.notna(),
    }
    found = [
        pd.DataFrame({"row": doses.index[broken], "column": "start_day", "value": None, "rule": rule})
        for rule, broken in rules.items()
        if broken.any()
    ]
    if found:
        failures = pd.concat(found, ignore_index=True)[FAILURE_COLUMNS]
        raise DataError(
            f"doses: {plural(len(failures), 'stretch breaks a rule', 'stretches break a rule')}, the first "
            f"{failures['rule'][0]} (row {failures['row'][0]}). "
            "A course has one dose a day, in its own unit. Correct the source; `.failures` lists them all.",
            failures,
        )
