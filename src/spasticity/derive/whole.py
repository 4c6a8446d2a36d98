"""Everything a study's tables can say, as one outcomes table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from spasticity.derive.answers import questionnaires
from spasticity.derive.changes import ordered
from spasticity.derive.diaries import diary
from spasticity.derive.examination import ALL_MUSCLES, index_grade, tone
from spasticity.derive.joints import motion
from spasticity.derive.nights import sleep
from spasticity.derive.rates import spasm_rates
from spasticity.derive.rehabilitation import therapy
from spasticity.derive.walks import walking
from spasticity.study import Study
from spasticity.tables import OUTCOMES


def outcomes(study: Study, *, versions: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Every outcome that the study's tables give, with the default settings of each derivation.

    Settings other than the defaults: call the derivation itself and put its rows in place of these.

    Parameters
    ----------
    study : Study
        Tables that were not collected are left out.
    versions : mapping of str to str, optional
        Forms of questionnaires that have several; see `questionnaires`.

    Returns
    -------
    DataFrame
        `OUTCOMES` rows, checked: diary, spasm rates, sleep, tone, questionnaires, walking, joint angles, therapy;
        `visit` and `arm` are categories in the order of the protocol.

    Raises
    ------
    DataError
        When a table contradicts itself; the message says where.
    """
    parts = [
        diary(study),
        spasm_rates(study),
        sleep(study),
        tone(study),
        tone(study, muscle_set="llmt4"),
        tone(study, muscle_set=ALL_MUSCLES, coding="as0_4"),
        index_grade(study),
        questionnaires(study, versions=versions),
        walking(study),
        motion(study),
        therapy(study),
    ]
    found = [part for part in parts if len(part)]
    rows = pd.concat(found, ignore_index=True) if found else OUTCOMES.empty()
    rows = ordered(OUTCOMES.check(rows, where="outcomes"), study.protocol)
    return rows.sort_values(["outcome", "participant", "visit"], kind="stable", ignore_index=True)
