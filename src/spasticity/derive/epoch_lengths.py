"""Epochs of one length as longer ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.derive.epoch_rows import SECOND_US, lined_up, micros
from spasticity.errors import MethodError

SUMS = ("counts", "steps", "energy_kcal")  # what adds up when epochs are joined, and what is averaged
MEANS = ("enmo_mg", "angle_z_deg", "svm_mg", "heart_rate_bpm", "breaths_per_min", "light_lux", "temperature_c")


def longer_epochs(epochs: pd.DataFrame, epoch_s: float = 60) -> pd.DataFrame:
    """Bring epochs to a longer length: counts, steps and energy added up, everything else averaged.

    Parameters
    ----------
    epochs : DataFrame
        Shaped like `tables.EPOCHS`.
    epoch_s : float
        The new length, a multiple of the present one; new epochs begin at multiples of it since midnight UTC.

    Returns
    -------
    DataFrame
        Shaped like `tables.EPOCHS`. A new epoch of which a part was not recorded has no value; it is not worn when
        any part was not worn, unknown when nothing is known of a part. The device's own state stays where all parts
        agree. Columns without a rule, such as the spread of each axis, are left out.

    Raises
    ------
    DataError
        When epochs of one person overlap.
    MethodError
        When the new length is not a multiple of the present one.
    """
    line = lined_up(epochs, None, "longer_epochs")
    parts = epoch_s / line.epoch_s
    if parts < 1 or parts != round(parts):
        raise MethodError(f"epoch_s={epoch_s:g}: expected a multiple of the present {line.epoch_s:g} s.")
    length_us = round(epoch_s * SECOND_US)
    start = micros(epochs["start_utc"]) // length_us * length_us
    moment = pd.Series(start, index=epochs.index).astype("datetime64[us]").dt.tz_localize("UTC")
    flags = {name: epochs[name].astype("Float64") for name in ("worn", "marker") if name in epochs}
    groups = epochs.assign(start_utc=moment, **flags).groupby(["participant", "start_utc"], sort=False, as_index=False)
    rules = {name: "sum" for name in SUMS if name in epochs} | {name: "mean" for name in MEANS if name in epochs}
    others = {"zone": "first", "worn": "min", "marker": "max", "device_state": "first"}
    others = {name: rule for name, rule in others.items() if name in epochs}
    longer = groups.agg(**{name: (name, rule) for name, rule in (others | rules).items()})
    found = groups[list(rules)].count()
    for name in rules:
        longer[name] = longer[name].where(found[name] == parts)
    if "device_state" in epochs:
        states = groups["device_state"]
        alike = np.asarray(
            (states.nunique()["device_state"] == 1) & (states.count()["device_state"] == parts), dtype=bool
        )
        longer["device_state"] = longer["device_state"].where(alike)
    longer = longer.assign(**{name: longer[name].astype("boolean") for name in flags})
    longer = longer.assign(epoch_s=float(epoch_s))
    return longer[[name for name in epochs.columns if name in longer]]
