"""Dose logs with a row per day, written as doses by stretch, so that expected numbers can be worked out on paper."""

import numpy as np
import pandas as pd

from spasticity.tables.treatment import DOSE_STATUS

UNKNOWN, IMPUTED = None, "imputed"


def log(*stretches, start=0, person="A", drug="baclofen", route="oral"):
    """A row per day: (dose, days) each; a dose of None is unknown, ("imputed", dose) is imputed."""
    rows = []
    for dose, days in stretches:
        if dose is UNKNOWN:
            cell = (np.nan, "unknown")
        elif isinstance(dose, tuple):
            cell = (dose[1], "imputed")
        else:
            cell = (dose, "taken" if dose > 0 else "zero documented")
        rows += [cell] * days
    amount = np.array([dose for dose, _ in rows], dtype=float)
    empty = np.full(len(rows), np.nan)
    return pd.DataFrame(
        {
            "participant": person,
            "cohort": "MS",
            "arm": "active",
            "drug": drug,
            "route": route,
            "day": np.arange(start, start + len(rows)),
            "dose_mg_per_day": amount if route == "oral" else empty,
            "dose_ug_per_day": amount if route == "intrathecal" else empty,
            "status": pd.Categorical([status for _, status in rows], categories=list(DOSE_STATUS)),
        }
    )
