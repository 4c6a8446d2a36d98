"""A study adds up: rows read are rows kept plus rows rejected, and change makes a new study."""

import dataclasses

import pandas as pd
import pytest

from spasticity import load, tables
from spasticity.errors import DataError
from spasticity.study import REJECT_COLUMNS, REPAIR_COLUMNS, Loaded, PlannedVisit, Protocol, Source, Study

VISITS = (PlannedVisit("baseline", -1, (-7, 0)), PlannedVisit("week 12", 84, (70, 98)))
PROTOCOL = Protocol(name="Tiny", visits=VISITS, arms=("placebo", "active"), reference_arm="placebo", synthetic=True)


def loaded(schema, frame, *, rows_read=None, rejects=None, name=None):
    full = frame.reindex(columns=schema.names)
    source = Source(name=name or f"{schema.name}.csv", sha256="0" * 64, rows_read=rows_read or len(full))
    return Loaded(
        table=schema.check(full),
        repairs=pd.DataFrame(columns=REPAIR_COLUMNS),
        rejects=pd.DataFrame(columns=REJECT_COLUMNS) if rejects is None else rejects,
        source=source,
        schema=schema,
    )


def people(**changes):
    frame = pd.DataFrame({"participant": ["1", "2", "3"], "cohort": ["MS", "SCI", "MS"]})
    return loaded(tables.PARTICIPANTS, frame.assign(arm=["placebo", "active", "active"], **changes))


def diary(participants=("1", "2", "3")):
    frame = pd.DataFrame({"participant": list(participants), "day": range(len(participants)), "spasms": 4})
    return loaded(tables.DIARY, frame.set_axis(range(2, 2 + len(frame))))


def test_a_study_holds_its_tables_and_says_what_it_has():
    study = Study.of(PROTOCOL, people(), diary())
    assert list(study.tables) == ["participants", "diary"]
    assert len(study.spasms) == 0
    assert repr(study) == "Tiny: 3 participants; rows: participants 3, diary 3; 0 rejected"
    assert "synthetic data" in study._repr_html_()


def test_rows_that_do_not_add_up_are_a_defect_of_the_loader():
    with pytest.raises(DataError, match="5 rows read, but 3 kept and 0 rejected do not add up"):
        loaded(tables.DIARY, pd.DataFrame({"participant": ["1", "2", "3"], "day": 0}), rows_read=5)


def test_rows_of_strangers_are_rejected_and_counted():
    study = Study.of(PROTOCOL, people(), diary(("1", "9", "3")))
    assert study.diary["participant"].tolist() == ["1", "3"]
    assert study.rejects[["source", "row", "column", "rule"]].to_numpy().tolist() == [
        ["diary.csv", 3, "participant", "not in the participants table"]
    ]
    row = study.ledger.frame.set_index("table").loc["diary"]
    assert (row["rows_read"], row["kept"], row["rejected"]) == (3, 2, 1)


def test_a_table_cannot_be_given_twice_and_participants_must_be_there():
    with pytest.raises(DataError, match="`diary` was given twice"):
        Study.of(PROTOCOL, people(), diary(), diary())
    with pytest.raises(DataError, match="no participants table"):
        Study.of(PROTOCOL, diary())


def test_an_arm_the_protocol_does_not_know_is_refused_without_naming_it():
    with pytest.raises(DataError, match=r"1 arm not in the protocol \(`placebo` and `active`\)") as caught:
        Study.of(PROTOCOL, people().__class__(**_with_arm(people(), "Secret")))
    assert "Secret" not in str(caught.value)


def _with_arm(item, arm):
    parts = {field.name: getattr(item, field.name) for field in dataclasses.fields(item)}
    return parts | {"table": item.table.assign(arm=[arm, "active", "active"])}


def test_where_keeps_the_rows_of_the_chosen_people_in_every_table():
    study = Study.of(PROTOCOL, people(), diary())
    some = study.where(cohort="MS", arm=["active", "placebo"])
    assert some.participants["participant"].tolist() == ["1", "3"]
    assert some.diary["participant"].tolist() == ["1", "3"]
    assert len(study.diary) == 3
    with pytest.raises(DataError, match="no column `condition`; there are `participant`"):
        study.where(condition="MS")
    with pytest.raises(DataError, match="nobody is left"):
        study.where(cohort="MS", arm="nothing")


def test_a_study_cannot_be_changed_in_place():
    study = Study.of(PROTOCOL, people())
    with pytest.raises(dataclasses.FrozenInstanceError):
        study.diary = None


def test_saving_writes_the_same_bytes_and_never_overwrites(tmp_path):
    study = Study.of(PROTOCOL, people(), diary())
    first = study.save(tmp_path / "a")
    second = study.save(tmp_path / "b")
    names = sorted(path.name for path in first.iterdir())
    assert names == ["codebook.csv", "diary.csv", "participants.csv", "study.toml"]
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)
    with pytest.raises(DataError, match=r"exist and are not overwritten"):
        study.save(first)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"visits": ()}, "it has no visits"),
        ({"visits": (VISITS[0], VISITS[0])}, "two visits share a name"),
        ({"visits": VISITS[::-1]}, "not in order of their day"),
        ({"visits": (VISITS[0], PlannedVisit("week 12", 84, (85, 98)))}, "does not hold its day 84"),
        ({"visits": (VISITS[0], PlannedVisit("week 1", 7, (0, 9)))}, "windows of `baseline` and `week 1` overlap"),
        ({"reference_arm": "sham"}, "reference_arm `sham` is not one of the arms `placebo` and `active`"),
        ({"primary_visit": "week 99"}, "primary_visit `week 99` is not one of the visits"),
        ({"baseline_visit": "screening"}, "baseline_visit `screening` is not one of the visits"),
    ],
)
def test_a_protocol_that_contradicts_itself_says_where(change, message):
    with pytest.raises(DataError, match=message):
        dataclasses.replace(PROTOCOL, **change)


def test_the_last_visit_is_primary_unless_told():
    assert PROTOCOL.primary_visit == "week 12"
    assert dataclasses.replace(PROTOCOL, primary_visit="baseline").primary_visit == "baseline"


def test_the_forms_of_instruments_travel_with_the_protocol(tmp_path):
    declared = dataclasses.replace(PROTOCOL, versions={"pgic": "1_best", "msws12": "v2"})
    Study.of(declared, people()).save(tmp_path / "a")
    assert load.protocol(tmp_path / "a") == declared
    (tmp_path / "study.toml").write_text(
        '[study]\nname = "x"\n[versions]\npgic = 1\n[[visits]]\nname = "b"\nday = 0\nwindow = [0, 0]\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError, match="line 4: `pgic` must be a text in quotes"):
        load.protocol(tmp_path)
