"""Questionnaires: answers scored by the registry's rules."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from spasticity.derive.changes import as_outcomes
from spasticity.derive.flags import flagged, unflagged
from spasticity.instruments import get, names, score
from spasticity.study import Study


def questionnaires(study: Study, *, versions: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Scores of every instrument that was answered.

    Parameters
    ----------
    study : Study
    versions : mapping of str to str, optional
        Which form of an instrument was used, by its id, for instruments that have several; they come before those
        that the protocol declares. None is guessed.

    Returns
    -------
    DataFrame
        `OUTCOMES` rows such as `psqi, psfs_frequency, psfs_severity, pgic`; `n_values` counts answers, `flag` says why
        a score is missing or prorated. Answers that cannot be scored, because
        the registry does not know the instrument or its version was not declared, keep a row without a value under the
        instrument's id.

    Raises
    ------
    MethodError
        When a version is not one of the instrument's.
    DataError
        When answers cannot belong to the form.
    """
    if study.answers.empty:
        return as_outcomes(None, study)
    declared = {**study.protocol.versions, **(versions or {})}
    parts = [_scored(own, str(name), declared) for name, own in study.answers.groupby("instrument")]
    return as_outcomes(pd.concat(parts, ignore_index=True).rename(columns={"n_items": "n_values"}), study)


def _scored(own: pd.DataFrame, name: str, versions: Mapping[str, str]) -> pd.DataFrame:
    """The scores of one instrument, or its occasions without a value."""
    if name not in names():
        return _unscored(own, "instrument not in the registry")
    if get(name).versions and name not in versions:
        return _unscored(own, "version not declared")
    return score(own, name, version=versions.get(name)).table


def _unscored(own: pd.DataFrame, why: str) -> pd.DataFrame:
    rows = own.groupby(["participant", "visit", "instrument"], as_index=False, sort=False).agg(day=("day", "min"))
    rows = rows.rename(columns={"instrument": "outcome"}).assign(value=float("nan"), n_items=0)
    return rows.assign(flag=flagged(unflagged(rows.index), pd.Series(True, index=rows.index), why))
