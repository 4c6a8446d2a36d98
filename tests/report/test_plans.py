"""The analysis plan: read with every problem named, locked by what it says, and run in full."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from spasticity import load, report, simulate, stats
from spasticity.errors import DataError
from spasticity.report import planned
from spasticity.report.material import Material

PLAN = """
title = "Plan 1.0"
multiplicity = "fixed sequence"

[analysis.stiffness]
outcome = "spasticity_nrs"
visit = "week 12"
arm = "oral baclofen"
method = "mixed model"
role = "primary"

[analysis.spasms]
outcome = "spasms_per_day"
visit = "week 12"
arm = "oral baclofen"
method = "rate ratio"
role = "secondary"

[analysis.response]
outcome = "spasticity_nrs"
visit = "week 12"
arm = "cyclobenzaprine"
method = "responders"
role = "exploratory"

[analysis.impossible]
outcome = "walk_10m_m_per_s"
visit = "week 99"
arm = "oral baclofen"
method = "ancova"
role = "secondary"
"""


@pytest.fixture(scope="module")
def study():
    return load.sample_study()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_a_plan_keeps_its_order_and_says_everything_it_says(path):
    plan = report.read_plan(path)
    assert [one.id for one in plan.analyses] == ["stiffness", "spasms", "response", "impossible"]
    assert [one.id for one in plan.tested] == ["stiffness", "spasms", "impossible"]
    assert plan.entries["analysis.spasms.method"] == "rate ratio"


def test_layout_keeps_the_digest_and_any_value_moves_it(path, tmp_path):
    plan = report.read_plan(path)
    other = tmp_path / "other.toml"
    tidy = "# decided in January\n" + PLAN.replace(' = "', '="').replace(
        'visit="week 12"\narm="oral baclofen"', 'arm="oral baclofen"\nvisit="week 12"'
    )
    other.write_text(tidy, encoding="utf-8")
    assert report.read_plan(other).digest == plan.digest
    digests = {plan.digest}
    for was, becomes in (
        ('"Plan 1.0"', '"Plan 1.1"'),
        ("fixed sequence", "holm"),
        ("week 99", "week 24"),
        ("[analysis.response]", "[analysis.answer]"),
        ('role = "exploratory"', 'role = "secondary"'),
    ):
        other.write_text(PLAN.replace(was, becomes), encoding="utf-8")
        digests.add(report.read_plan(other).digest)
    blocks = PLAN.split("\n\n")
    other.write_text("\n\n".join([blocks[0], blocks[2], blocks[1], *blocks[3:]]), encoding="utf-8")
    digests.add(report.read_plan(other).digest)  # a fixed sequence is an order
    assert len(digests) == 7


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title = ", "plan.toml: not valid TOML"),
        ("", "`title` is missing or no text; `multiplicity` must be .*there is no table such as"),
        (
            PLAN.replace("holm", "x").replace('role = "primary"', 'role = "main"'),
            r"`analysis\.stiffness\.role` must be",
        ),
        (PLAN.replace('method = "ancova"\n', ""), r"`analysis\.impossible\.method` is missing or no text"),
        (
            PLAN.replace("visit = ", "vist = ", 1),
            r"`analysis\.stiffness\.vist` is not known.*`analysis\.stiffness\.visit`",
        ),
        (PLAN + "\n[analyses.x]\n", "`analyses` is not known"),
        ('title="a"\nmultiplicity="none"\n[analysis]\nx = 3\n', r"`analysis\.x` is no table"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_all_at_once(path, text, words):
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=words):
        report.read_plan(path)


def test_a_plan_that_is_not_there_is_said(tmp_path):
    with pytest.raises(DataError, match=r"plan\.toml: the plan cannot be read"):
        report.read_plan(tmp_path / "plan.toml")


def test_a_lock_tells_what_changed_in_plan_and_data(path, study):
    plan = report.read_plan(path)
    assert report.changes_since_lock(path, plan, study) is None
    lock = report.lock_plan(path, study)
    assert lock.name == "plan.lock"
    assert report.changes_since_lock(path, plan, study) == ()
    path.write_text(PLAN.replace('role = "exploratory"', 'role = "secondary"'), encoding="utf-8")
    fewer = replace(study, diary=study.diary.iloc[1:])
    assert report.changes_since_lock(path, report.read_plan(path), fewer) == ("analysis.response.role", "the data")
    with pytest.raises(DataError, match=r"plan\.lock: the file exists and is not overwritten"):
        report.lock_plan(path, study)
    lock.write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match=r"plan\.lock: the lock of the plan cannot be read"):
        report.changes_since_lock(path, plan, study)


@pytest.fixture(scope="module")
def section(study, tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    return planned.planned_section(Material.of(study), report.read_plan(path), ())


def test_every_planned_analysis_is_there_with_the_numbers_of_its_method(section, study):
    rows = section.items[0].data.set_index("id")
    assert list(rows.index) == ["stiffness", "spasms", "response", "impossible"]
    material = Material.of(study)
    direct = stats.responders(
        material.of_outcome("spasticity_nrs"), "spasticity_nrs", visit="week 12", reference="placebo"
    )
    difference = direct.frame.query("term == 'risk difference' and arm == 'cyclobenzaprine'").iloc[0]
    assert rows.loc["response", "estimate"] == pytest.approx(100 * difference["estimate"])
    assert rows.loc["response", "p_value"] == difference["p_value"]
    assert rows.loc["stiffness", "estimate"] < 0
    assert 0 < rows.loc["spasms", "estimate"] < 1


def test_the_error_rate_is_shared_in_the_order_of_the_plan_and_a_failure_stops_it(section):
    rows = section.items[0].data.set_index("id")
    raw = rows["p_value"]
    assert rows.loc["stiffness", "p_adjusted"] == pytest.approx(raw["stiffness"])
    assert rows.loc["spasms", "p_adjusted"] == pytest.approx(max(raw["stiffness"], raw["spasms"]))
    assert rows.loc["impossible", "p_adjusted"] == 1.0
    assert pd.isna(rows.loc["response", "p_adjusted"])


def test_an_analysis_that_could_not_be_made_is_named_with_the_reason(section):
    assert len(section.left_out) == 1
    assert re.match("planned analysis `impossible`: .*week 99", section.left_out[0])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (None, "not locked"),
        ((), "as they were"),
        (("the data",), "Exploratory: since the plan was locked, 1 entry changed"),
    ],
)
def test_the_first_sentence_says_whether_planned_means_planned(changed, words):
    assert words in planned.standing(changed)


def test_a_report_with_a_plan_calls_everything_else_exploratory(tmp_path):
    small = load.study(simulate.write(tmp_path / "study", simulate.SMALL_DESIGN))
    visit, arm = small.protocol.primary_visit, small.protocol.arms[1]
    path = tmp_path / "plan.toml"
    path.write_text(
        f'title = "Plan"\nmultiplicity = "none"\n[analysis.one]\noutcome = "spasticity_nrs"\nvisit = "{visit}"\n'
        f'arm = "{arm}"\nmethod = "mixed model"\nrole = "primary"\n',
        encoding="utf-8",
    )
    report.lock_plan(path, small)
    out = report.build(small, tmp_path / "r", formats=("svg",), plan=path)
    captions = (out / "captions.md").read_text(encoding="utf-8")
    items = [line for line in captions.splitlines() if line.startswith("**")]
    plain = [line for line in items if planned.UNPLANNED not in line]
    assert [re.search(r"\(`(\w+)`\)", line)[1] for line in plain] == [
        "completeness",
        "ledger",
        "table1_baseline",
        "flow",
        "planned",
        "methods",
        "checklist",
    ]
    assert len(items) > 15
    for text in (out / "figures").glob("*.txt"):
        assert (planned.UNPLANNED in text.read_text(encoding="utf-8")) == (text.stem != "completeness")
    entries = json.loads((out / "MANIFEST.json").read_text())
    assert entries["parameters"]["plan"] == {
        "changed_since_lock": [], "sha256": report.read_plan(path).digest, "title": "Plan",
    }  # fmt: skip
    assert report.rerun(out, small, plan=path).empty
