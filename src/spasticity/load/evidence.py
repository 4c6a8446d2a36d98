"""What has been published: trials of antispastic treatment, for comparison and pooling."""

from __future__ import annotations

from importlib.resources import files

import pandas as pd

TEXT = ("study", "design", "condition", "treatment", "control", "outcome", "kind", "source", "note")
DESIGNS = ("parallel", "open parallel", "crossover", "randomised withdrawal", "before-after", "pooled")


def published_trials() -> pd.DataFrame:
    """Published results of trials, one row per study and outcome.

    Returns
    -------
    DataFrame
        `study, year, design` (never missing: designs that answer different questions are not pooled), `condition,
        treatment, control, weeks, outcome`, `kind` (`values`, `changes`, `events`, `difference of changes`), the
        numbers of group 1 (treatment) and group 2 (control, or the value before) as `n_, mean_, sd_, events_`, or
        `estimate, conf_low, conf_high, conf_level`; `from_memory` marks numbers that were not read in a source;
        `source` is a number of the dossier of sources; `note`. What a paper does not print is missing.

    Notes
    -----
    Rows of `stats.study_effects` and `stats.meta_analysis`. They describe published research and give no advice.
    """
    path = files("spasticity.load").joinpath("published_trials.csv")
    with path.open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype=dict.fromkeys((*TEXT, "from_memory"), str), keep_default_na=True)
    table = table.astype({"year": "Int64", "from_memory": object})
    return table.assign(from_memory=table["from_memory"].eq("yes"), note=table["note"].fillna(""))
