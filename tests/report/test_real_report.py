"""The report of exports that other people published comes out by mapping files alone, and says what it cannot show."""

import re
import shutil
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from spasticity import load, report
from spasticity.errors import DataError

SHARED = Path(__file__).parents[3] / "shared" / "data" / "exports"
MAPPINGS = Path(__file__).parents[1] / "reference" / "real_report"
STUDY = """[study]
name = "An invented study of another disease"
synthetic = true
arms = ["No treatment at all during the first year", "A treatment with a name that is long"]
reference_arm = "No treatment at all during the first year"
baseline_visit = "FIRST"

[[visits]]
name = "FIRST"
day = 0
window = [0, 3]

[[visits]]
name = "SECOND"
day = 28
window = [21, 35]

[[sources]]
loader = "cdisc"
file = "sdtm"
mapping = "cdisc.toml"
"""
MAPPING = """[[tables]]
table = "participants"
domain = "DM"
constants = { cohort = "MS" }

[[tables]]
table = "events"
domain = "AE"

[[tables]]
table = "answers"
domain = "QS"
"""
VISITS = """
[[tables]]
table = "visits"
domain = "SV"
"""
DM = "USUBJID,ARM,SEX,AGE,RFSTDTC,RFXSTDTC\n" + "".join(
    f"P{n},{'No treatment at all during the first year' if n < 3 else 'A treatment with a name that is long'},"
    f"F,{40 + n},2024-01-01,2024-01-01\n"
    for n in range(1, 5)
)
SV = "USUBJID,VISIT,SVSTDTC\n" + "".join(
    f"P{n},{visit},{day}\n" for n in range(1, 5) for visit, day in (("FIRST", "2024-01-01"), ("SECOND", "2024-01-29"))
)
#: One before the first dose, four while in the study, one on the day after the last visit.
AE = "USUBJID,AEDECOD,AESEV,AESTDTC\n" + "".join(
    f"{person},ITCH,MILD,{day}\n"
    for person, day in (
        ("P1", "2023-12-31"),
        ("P1", "2024-01-01"),
        ("P3", "2024-01-10"),
        ("P3", "2024-01-29"),
        ("P4", "2024-01-05"),
        ("P4", "2024-01-30"),
    )
)
QS = "USUBJID,VISIT,QSDTC,QSCAT,QSTESTCD,QSORRES\n" + "".join(
    f"{person},SECOND,2024-01-29,INVENTED,ONE,4\n" for person in ("P1", "P3")
)


@pytest.fixture(scope="module")
def study_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("invented")
    (folder / "sdtm").mkdir()
    for name, text in {"dm": DM, "sv": SV, "ae": AE, "qs": QS}.items():
        (folder / "sdtm" / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    (folder / "cdisc.toml").write_text(MAPPING + VISITS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def page(study_folder, tmp_path_factory):
    return built(study_folder, tmp_path_factory.mktemp("page"))[1]


def built(folder, out):
    made = Path(report.build(load.study(folder), out / "report", progress=False))
    return made, unescape((made / "index.html").read_text(encoding="utf-8"))


def test_events_outside_the_time_at_risk_are_said_beside_the_answer(page):
    assert "Participants with any adverse event: No treatment at all during the first year 1 of 2" in page
    assert "A treatment with a name that is long 2 of 2" in page
    assert "Not counted: 2 of 6 events on record" in page


def test_answers_to_an_unknown_instrument_are_counted_and_named(study_folder, page):
    said = "INVENTED: instrument not in the registry (2)"
    assert f"No value of {said}" in page
    assert any(f"no value of {said}" in finding for finding in report.checkup(load.study(study_folder)).findings)


def test_the_methods_say_whom_and_when_in_one_sentence(page):
    arms = "No treatment at all during the first year and A treatment with a name that is long"
    assert f"4 participants (4 with MS), in 2 arms ({arms}), were to be seen at FIRST (day 0) and SECOND" in page


def test_without_visits_nobody_is_said_to_have_stayed_away(study_folder, tmp_path):
    folder = tmp_path / "no_visits"
    shutil.copytree(study_folder, folder)
    (folder / "cdisc.toml").write_text(MAPPING, encoding="utf-8")
    out, text = built(folder, tmp_path)
    assert "Not shown: visits: the study has no visits on record" in text
    assert "(0 %) attended" not in text
    assert not (out / "tables" / "flow.csv").exists()


def test_a_study_without_arms_has_no_stray_comma_in_its_methods(study_folder, tmp_path):
    folder = tmp_path / "one_group"
    shutil.copytree(study_folder, folder)
    text = re.sub(r"(?m)^arms = .*$", "arms = []", STUDY)
    (folder / "study.toml").write_text(re.sub(r"(?m)^reference_arm.*\n", "", text), encoding="utf-8")
    plan = MAPPING.replace('constants = { cohort = "MS" }', 'constants = { cohort = "MS", arm = "" }')
    (folder / "cdisc.toml").write_text(plan + VISITS, encoding="utf-8")
    assert "4 participants (4 with MS) were to be seen at FIRST" in built(folder, tmp_path)[1]


absent = pytest.mark.skipif(not SHARED.is_dir(), reason="the reference files are not beside this checkout")


@pytest.fixture(scope="module")
def pilot(tmp_path_factory):
    """The CDISC pilot, its own files read another way, and its report by the stored mapping."""
    folder = tmp_path_factory.mktemp("pilot")
    shutil.copytree(MAPPINGS / "cdisc_pilot", folder, dirs_exist_ok=True)
    for part in ("sdtm", "adam"):
        shutil.copytree(SHARED / "cdisc-pilot" / part, folder / part)
    raw = {name: pd.read_sas(folder / "sdtm" / f"{name}.xpt", encoding="utf-8") for name in ("dm", "sv", "ae")}
    return raw, *built(folder, folder / "out"), load.study(folder)


def counted_by_hand(raw):
    """Participants of each arm with an event from the first dose to their last clinic visit, and those events."""
    people = raw["dm"][raw["dm"]["ARM"].ne("Screen Failure")].set_index("USUBJID")
    visits = raw["sv"][raw["sv"]["VISIT"].str.fullmatch(r"BASELINE|WEEK \d+")]
    last = visits.groupby("USUBJID")["SVSTDTC"].max()
    events = raw["ae"].assign(day=raw["ae"]["AESTDTC"].str[:10])
    events = events[events["day"].str.len().eq(10) & events["USUBJID"].isin(people.index)]
    days = (pd.to_datetime(events["day"]) - pd.to_datetime(events["USUBJID"].map(people["RFSTDTC"]))).dt.days
    events = events[(days + days.ge(0)).eq(events["AESTDY"])]  # a date that contradicts its study day is no date
    first, final = events["USUBJID"].map(people["RFXSTDTC"]), events["USUBJID"].map(last)
    inside = events[events["day"].ge(first) & events["day"].le(final)]
    return inside.drop_duplicates("USUBJID")["USUBJID"].map(people["ARM"]).value_counts().to_dict(), len(inside)


def test_a_folder_is_not_drafted_and_the_message_says_what_to_do(study_folder):
    with pytest.raises(DataError, match=r"sdtm: this is a folder, .* write a cdisc\.toml"):
        load.draft(study_folder / "sdtm")


@pytest.mark.needs_shared
@absent
class TestThePilot:
    def test_is_reported_whole_by_its_mapping(self, pilot):
        _, out, page, _ = pilot
        assert report.verify(out).empty
        assert "What happened to every row" in page

    def test_has_the_people_of_the_raw_file(self, pilot):
        raw, out, page, study = pilot
        randomised = raw["dm"].loc[raw["dm"]["ARM"].ne("Screen Failure"), "ARM"].value_counts()
        assert study.participants["arm"].value_counts().to_dict() == randomised.to_dict()
        assert f"{randomised.sum()} participants, 3 arms" in page
        flow = pd.read_csv(out / "tables" / "flow.csv")
        came = raw["sv"].loc[raw["sv"]["VISIT"].eq("WEEK 24"), "USUBJID"].nunique()
        assert flow.loc[flow["visit"].eq("WEEK 24"), "attended"].sum() == came

    def test_has_the_events_of_the_raw_file(self, pilot):
        raw, out, page, study = pilot
        people, inside = counted_by_hand(raw)
        frame = pd.read_csv(out / "tables" / "adverse_events.csv")
        any_event = frame[frame["term"].eq("incidence") & frame["kind"].eq("any")].set_index("arm")["events"]
        assert any_event.to_dict() == people
        assert len(study.events) + len(study.rejects) == len(raw["ae"])
        assert f"Not counted: {len(study.events) - inside} of {len(study.events):,} events on record" in page

    def test_says_what_it_cannot_show(self, pilot):
        page = pilot[2]
        for said in (
            "the study has no values of spasticity_nrs",
            "the study has no doses",
            "No value of CIBICVAL: instrument not in the registry (537)",
        ):
            assert said in page


@pytest.mark.needs_shared
@absent
def test_a_redcap_project_is_reported_by_its_mapping(tmp_path):
    shutil.copytree(MAPPINGS / "redcap_longitudinal", tmp_path, dirs_exist_ok=True)
    for name in ("data.csv", "dictionary.csv"):
        shutil.copy(SHARED / "redcap" / "longitudinal" / name, tmp_path)
    assert load.problems(tmp_path).empty
    out, page = built(tmp_path, tmp_path)
    people = pd.read_csv(tmp_path / "data.csv")["study_id"].nunique()
    assert f"{people} participants, no arms, 1 visit" in page
    assert "Not shown: visits: the study has no visits on record" in page
    assert report.verify(out).empty
