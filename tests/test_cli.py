"""The command line: helpful, with an exit code for each ending, and never a traceback for bad data."""

import shutil

import pandas as pd
import pytest
from click.testing import CliRunner

from spasticity import load, simulate
from spasticity.cli import main


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return simulate.write(tmp_path_factory.mktemp("cli") / "study", simulate.SMALL_DESIGN)


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize("command", ["report", "check", "simulate", "codebook"])
def test_every_command_explains_itself(command):
    ended = run(command, "--help")
    assert ended.exit_code == 0
    assert "Usage:" in ended.output
    assert command in run("--help").output


def test_a_wrong_word_is_wrong_usage():
    assert run("reprot").exit_code == 2
    ended = run("codebook", "--table", "tones")
    assert ended.exit_code == 2
    assert "there is no table 'tones'" in ended.output


def test_check_ends_with_1_when_there_is_something_to_look_at(study):
    ended = run("check", study)
    assert ended.exit_code == 1
    assert "To look at:" in ended.output


def test_check_ends_with_0_when_there_is_not(tmp_path):
    protocol = load.sample_study().protocol.toml()
    (tmp_path / "study.toml").write_text(protocol, encoding="utf-8")
    header = "participant,cohort,arm,site,sex,age_years,condition_years,edss,ais,level,walks,first_dose_date\n"
    (tmp_path / "participants.csv").write_text(header + "1,MS,placebo,,,,,,,,,\n", encoding="utf-8")
    rows = "".join(f"1,{day},3,5,2,1\n" for day in [*range(-7, 0), *range(77, 84)])
    (tmp_path / "diary.csv").write_text("participant,day,spasms,spasticity_nrs,pain_nrs,drowsiness_nrs\n" + rows)
    ended = run("check", tmp_path)
    assert ended.exit_code == 0, ended.output
    assert "Nothing to look at." in ended.output


def test_bad_data_end_with_3_and_one_sentence(tmp_path):
    ended = run("report", tmp_path, "--out", tmp_path / "r")
    assert ended.exit_code == 3
    assert ended.output.startswith("Error: ")
    assert "Traceback" not in ended.output
    assert not (tmp_path / "r").exists()


def test_a_folder_that_cannot_be_written_ends_with_4(study, tmp_path):
    (tmp_path / "file").write_text("x")
    ended = run("simulate", tmp_path / "file" / "below", "--design", "small")
    assert ended.exit_code == 4
    assert ended.output.startswith("Error: ")


def test_simulate_writes_a_study_that_loads_and_never_overwrites(tmp_path):
    assert run("simulate", tmp_path / "s", "--design", "small", "--seed", "5").exit_code == 0
    assert len(load.study(tmp_path / "s").rejects) == 0
    assert run("simulate", tmp_path / "s", "--design", "small").exit_code == 3


def test_another_seed_gives_another_study(study, tmp_path):
    run("simulate", tmp_path / "s", "--design", "small", "--seed", "5")
    assert (tmp_path / "s" / "diary.csv").read_bytes() != (study / "diary.csv").read_bytes()


def test_the_codebook_goes_to_the_screen_or_a_file(tmp_path):
    assert "knee flexors" in run("codebook", "--table", "tone").output
    assert run("codebook", "--out", tmp_path / "book.csv").exit_code == 0
    assert set(pd.read_csv(tmp_path / "book.csv")["table"]) >= {"participants", "diary", "tone"}


def test_a_damaged_cell_is_refused_counted_and_never_shown(study, tmp_path):
    shutil.copytree(study, tmp_path / "s")
    path = tmp_path / "s" / "diary.csv"
    lines = path.read_text().splitlines()
    cells = lines[5].split(",")
    cells[3] = "4711"
    lines[5] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n")
    ended = run("check", tmp_path / "s")
    assert ended.exit_code == 1
    assert "1 row refused on loading" in ended.output
    assert "4711" not in ended.output
