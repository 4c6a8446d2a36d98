"""Files in, checked tables out: every row kept or rejected, every changed cell written down, nothing guessed."""

from spasticity.load import dose_text
from spasticity.load.accelerometer_files import accelerometer
from spasticity.load.actigraphy_files import actigraphy
from spasticity.load.adam_tables import bds, time_to_event
from spasticity.load.cdisc_folder import cdisc, cdisc_tables
from spasticity.load.cdisc_mapping import CdiscFeed, CdiscMapping
from spasticity.load.dataset_json_files import dataset_json
from spasticity.load.delimited_text import delimited
from spasticity.load.dose_log import doses
from spasticity.load.edf_annotations import hypnogram, scored_events, sleep_annotations
from spasticity.load.event_times import event_log
from spasticity.load.evidence import published_trials
from spasticity.load.inertial_files import inertial
from spasticity.load.mapping_checks import problems
from spasticity.load.mapping_drafts import draft
from spasticity.load.mobilise_files import mobilise, mobilise_reference
from spasticity.load.parquet_files import parquet
from spasticity.load.protocol_toml import protocol
from spasticity.load.recordings_many import Recordings, recordings
from spasticity.load.redcap_export import redcap
from spasticity.load.redcap_mapping import Feed, Part, RedcapMapping
from spasticity.load.spss_files import spss
from spasticity.load.stacking import stack
from spasticity.load.stata_files import stata
from spasticity.load.studies import raw_sample, sample_folder, sample_study, study
from spasticity.load.transport_files import transport
from spasticity.load.workbooks import excel

__all__ = [
    "CdiscFeed",
    "CdiscMapping",
    "Feed",
    "Part",
    "Recordings",
    "RedcapMapping",
    "accelerometer",
    "actigraphy",
    "bds",
    "cdisc",
    "cdisc_tables",
    "dataset_json",
    "delimited",
    "dose_text",
    "doses",
    "draft",
    "event_log",
    "excel",
    "hypnogram",
    "inertial",
    "mobilise",
    "mobilise_reference",
    "parquet",
    "problems",
    "protocol",
    "published_trials",
    "raw_sample",
    "recordings",
    "redcap",
    "sample_folder",
    "sample_study",
    "scored_events",
    "sleep_annotations",
    "spss",
    "stack",
    "stata",
    "study",
    "time_to_event",
    "transport",
]
