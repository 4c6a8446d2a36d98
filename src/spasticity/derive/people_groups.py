"""The groups that the literature forms: walkers and wheelchair users, EDSS, AIS, neurological level."""

from __future__ import annotations

import pandas as pd

from spasticity.errors import DataError, one_of
from spasticity.instruments import injury
from spasticity.study import Study
from spasticity.wording import plural

EDSS_CUT = 6.0  # subgroups of a randomised trial: below 6, and 6 or more (forest plots of nabiximols trials)
#: High tetraplegia is C1 to C4, as the literature groups it.
HIGH_TETRAPLEGIA = ("C1", "C2", "C3", "C4")
#: Every stratum with its levels in order.
STRATA = {
    "ambulation": ("ambulatory", "wheelchair"),
    "edss_band": (f"EDSS below {EDSS_CUT:g}", f"EDSS {EDSS_CUT:g} or more"),
    "ais_group": ("AIS A to C", "AIS D"),
    "completeness": ("motor complete", "motor incomplete"),
    "region": ("tetraplegia", "paraplegia"),
    "level_group": ("high tetraplegia", "low tetraplegia", "paraplegia"),
}


def strata(study: Study, *, edss_cut: float = EDSS_CUT) -> pd.DataFrame:
    """Every participant's strata, from what was recorded at baseline.

    Parameters
    ----------
    study : Study
    edss_cut : float
        First EDSS of the upper band.

    Returns
    -------
    DataFrame
        One row per participant: `participant, cohort, arm`, then categories: `ambulation` (recorded as able to walk or
        not), `edss_band`, `ais_group` (A to C, D; E is neither), `completeness` (A and B are motor complete, C and D
        incomplete), `region` (C1 to C8, T1 down), `level_group` (C1 to C4, C5 to C8, T1 down). Missing where the
        record is.

    Raises
    ------
    DataError
        A level that cannot be read.
    """
    people = study.participants
    read = injury.read_level(people["level"])
    if len(read.refused):
        raise DataError(
            f"participants: {plural(len(read.refused), 'neurological level')} not understood, first at row "
            f"{read.refused['row'].iloc[0]}; expected such as C5 or T10.",
            read.refused,
        )
    region = injury.region(read.grades)
    high = read.grades.astype(object).isin(HIGH_TETRAPLEGIA)
    below = f"EDSS below {edss_cut:g}", f"EDSS {edss_cut:g} or more"
    ais = people["ais"].astype(object)
    labels = {
        "ambulation": people["walks"].astype(object).map({True: "ambulatory", False: "wheelchair"}),
        "edss_band": (people["edss"] >= edss_cut).map({False: below[0], True: below[1]}).where(people["edss"].notna()),
        "ais_group": ais.map({**dict.fromkeys("ABC", "AIS A to C"), "D": "AIS D"}),
        "completeness": injury.motor_complete(ais).map({True: "motor complete", False: "motor incomplete"}),
        "region": region.astype(object),
        "level_group": region.astype(object)
        .where(region != "tetraplegia", "low tetraplegia")
        .mask(high, "high tetraplegia"),
    }
    levels = {**STRATA, "edss_band": below}
    groups = {name: pd.Categorical(values, categories=levels[name]) for name, values in labels.items()}
    return people[["participant", "cohort", "arm"]].assign(**groups)


def with_stratum(rows: pd.DataFrame, study: Study, name: str) -> pd.DataFrame:
    """Rows with the stratum of their participant: to describe, model or draw them by.

    Parameters
    ----------
    rows : DataFrame
        Has `participant`.
    study : Study
    name : str
        `ambulation`, `edss_band`, `ais_group`, `completeness`, `region` or `level_group`.

    Returns
    -------
    DataFrame
        The same rows with a column of that name, a category; missing for those who belong to none.

    Raises
    ------
    MethodError
        When the stratum is not known.
    """
    one_of("stratum", name, list(STRATA))
    groups = strata(study).set_index("participant")[name]
    codes = rows["participant"].map(groups.astype(object))
    return rows.assign(**{name: pd.Categorical(codes, categories=groups.cat.categories)})
