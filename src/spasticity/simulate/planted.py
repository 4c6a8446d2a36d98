"""What is planted."""

from __future__ import annotations

import pandas as pd

from spasticity.simulate.design import Design


def effects(design: Design) -> pd.DataFrame:
    """Nothing yet."""
    return design.sources().iloc[:0]
