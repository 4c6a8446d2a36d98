"""What mobgap 1.2.0 makes of walking bouts and of wear; run in an environment that has it.

    python tests/reference/gait/aggregated.py FOLDER_OF_RECORDINGS

writes `made_bouts.csv` (invented, some values flagged or missing) and `made_days.csv`; and of the shared recordings
`days.csv` (two people, seven days) and `wear.csv`.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from mobgap.aggregation import MobilisedAggregator
from mobgap.data import load_weartime_from_daily_mcroberts_report

HERE = Path(__file__).parent
NAMES = {
    "duration": "duration_s",
    "initialcontact_event_number": "n_raw_initial_contacts",
    "turn_number_so": "n_turns",
    "averagecadence": "cadence_spm",
    "averagestridespeed": "walking_speed_mps",
    "averagestridelength": "stride_length_m",
    "averagestrideduration": "stride_duration_s",
}


def aggregated(values, keys, flags=None):
    """One row per day, with the names of Mobilise-D."""
    aggregator = MobilisedAggregator(groupby=keys, unique_wb_id_column="wb_id", use_original_names=True)
    return aggregator.aggregate(values, wb_dmos_mask=flags).aggregated_data_.reset_index()


def made():
    """Invented bouts with flags: 3 people, 3 days, of the last person one day with short bouts only."""
    rng = np.random.default_rng(20240911)
    index = pd.MultiIndex.from_product([["P1", "P2", "P3"], [1, 2, 3], range(40)], names=["person", "day", "wb_id"])
    n = len(index)
    values = pd.DataFrame(
        {
            "duration_s": np.exp(rng.normal(2.6, 0.9, n)),
            "n_raw_initial_contacts": rng.integers(4, 90, n).astype(float),
            "n_turns": rng.integers(0, 5, n).astype(float),
            "cadence_spm": rng.normal(100, 12, n),
            "walking_speed_mps": rng.gamma(9, 0.1, n),
            "stride_length_m": rng.gamma(12, 0.09, n),
            "stride_duration_s": rng.gamma(30, 0.04, n),
        },
        index=index,
    ).round(4)
    short = (values.index.get_level_values("person") == "P3") & (values.index.get_level_values("day") == 3)
    values.loc[short, "duration_s"] = values.loc[short, "duration_s"].clip(upper=9.5)
    flags = pd.DataFrame(rng.random(values.shape) > 0.12, index=index, columns=values.columns)
    return values, flags.drop(columns="n_raw_initial_contacts")


values, flags = made()
table = values.join(flags.astype(int).add_suffix("_flag"))
table.reset_index().to_csv(HERE / "made_bouts.csv", index=False)
full = flags.assign(n_raw_initial_contacts=True)[values.columns]
aggregated(values, ["person", "day"], full).to_csv(HERE / "made_days.csv", index=False)

shared = Path(sys.argv[1])
keys = ["participantid", "wbday"]
table = pd.read_csv(shared / "mobgap_dmo_data_example_cvs_data_cvs-T1-test_data.csv").set_index([*keys, "wb_id"])
aggregated(table[list(NAMES)].rename(columns=NAMES), keys).to_csv(HERE / "days.csv", index=False)
wear = load_weartime_from_daily_mcroberts_report(shared / "mobgap_data_weartime_example_weartime_min_by_min_report.csv")
wear.reset_index().to_csv(HERE / "wear.csv", index=False)
