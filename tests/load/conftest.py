"""A small study with every table, and a folder it was saved to."""

import shutil

import numpy as np
import pandas as pd
import pytest

from spasticity import tables
from spasticity.study import REJECT_COLUMNS, REPAIR_COLUMNS, Loaded, PlannedVisit, Protocol, Source, Study

VISITS = (PlannedVisit("baseline", -1, (-14, -1)), PlannedVisit("week 12", 84, (70, 98)))


def _loaded(schema, frame):
    nothing = [pd.DataFrame(columns=columns) for columns in (REPAIR_COLUMNS, REJECT_COLUMNS)]
    return Loaded(schema.check(frame), *nothing, Source(schema.name, "", len(frame)), schema)


@pytest.fixture(scope="session")
def small_study():
    rng = np.random.default_rng(20260801)
    protocol = Protocol("Small", VISITS, arms=("placebo", "active"), reference_arm="placebo", synthetic=True)
    people = tables.PARTICIPANTS.example(30, rng).assign(arm="placebo")
    people["age_years"] = people["age_years"].clip(upper=89)  # the gate lets in nobody older
    loaded = [_loaded(tables.PARTICIPANTS, people)]
    for schema in tables.STUDY_TABLES[1:]:
        frame = schema.example(30, rng)
        frame["participant"] = people["participant"].to_numpy()
        loaded.append(_loaded(schema, frame))
    return Study.of(protocol, *loaded)


@pytest.fixture(scope="session")
def saved(small_study, tmp_path_factory):
    return small_study.save(tmp_path_factory.mktemp("studies") / "small")


@pytest.fixture
def folder(saved, tmp_path):
    """A copy to damage."""
    return shutil.copytree(saved, tmp_path / "small")
