"""When day 0 was, for the participants of CDISC data sets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from spasticity.errors import DataError
from spasticity.load.cdisc_files import domain_grid, has_domain
from spasticity.load.cdisc_mapping import CdiscMapping
from spasticity.load.grid import Grid


def people_of(folder: Path, plan: CdiscMapping, grids: Mapping[str, Grid]) -> tuple[str, Grid]:
    """The data set that says when day 0 was: DM, or ADSL where there is none.

    Parameters
    ----------
    folder : Path
    plan : CdiscMapping
    grids : mapping of str to Grid
        Domains that were read.

    Returns
    -------
    domain : str
    grid : Grid

    Raises
    ------
    DataError
        When the folder has neither.
    """
    for domain in ("DM", "ADSL"):
        if domain in grids:
            return domain, grids[domain]
    domain = "DM" if has_domain(folder, "DM") else "ADSL"
    return domain, domain_grid(folder, domain, encoding=plan.encoding, missing=plan.missing)


def zero_of_people(plan: CdiscMapping, named: tuple[str, Grid]) -> pd.DataFrame:
    """Participant to day 0, and to the days between the reference date of CDISC and it.

    Parameters
    ----------
    plan : CdiscMapping
    named : (str, Grid)
        As `people_of` gives it.

    Returns
    -------
    DataFrame
        `zero` and `shift`; the index is the participant.

    Raises
    ------
    DataError
        When the variable of day 0 is not there.
    """
    adam, people = named[0] == "ADSL", named[1]
    variable = zero_variable(plan, adam=adam)
    if variable not in people.columns:
        raise DataError(
            f"{people.name}: there is no `{variable}`, the date of day 0; name another as day_zero, such as RFSTDTC."
        )
    zero = _dates(people.columns[variable])
    reference = zero if adam else _dates(people.columns.get("RFSTDTC", people.columns[variable]))
    frame = pd.DataFrame({"zero": zero, "shift": (zero - reference).dt.days.astype(float)})
    return frame.set_axis(pd.Index(people.columns["USUBJID"]))[~pd.Index(people.columns["USUBJID"]).duplicated()]


def zero_variable(plan: CdiscMapping, *, adam: bool) -> str:
    """The variable that holds the date of day 0.

    Parameters
    ----------
    plan : CdiscMapping
    adam : bool
        Whether it is one of ADSL.

    Returns
    -------
    str
    """
    return "TRTSDT" if adam and plan.day_zero == "RFXSTDTC" else plan.day_zero


def _dates(cells: np.ndarray) -> pd.Series:
    """Whole dates; what is none is the business of the column that holds it."""
    return pd.to_datetime(pd.Series([cell[:10] for cell in cells], dtype=object), format="%Y-%m-%d", errors="coerce")


def study_day_of(variable: str) -> set[str]:
    """The study day that goes with a date: QSDTC and QSDY, ADT and ADY.

    Parameters
    ----------
    variable : str

    Returns
    -------
    set of str
        Empty when it is no date.
    """
    for end in ("DTC", "DT"):
        if variable.endswith(end):
            return {variable.removesuffix(end) + "DY"}
    return set()
