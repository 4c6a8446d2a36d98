"""The sample study on disk is what the command writes, byte for byte."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from spasticity import simulate
from spasticity.errors import DataError

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
EXTRA = {"truth.csv", "design_sources.csv", "codebook.csv", "study.toml"}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return simulate.write(tmp_path_factory.mktemp("sample") / "again")


def test_the_committed_files_are_what_the_design_and_the_seed_write(written):
    names = {path.name for path in written.iterdir()}
    committed = {path.name for path in SAMPLE.iterdir() if path.is_file()} - {"README.md"}
    assert names == committed
    assert names >= EXTRA
    different = [name for name in sorted(names) if (written / name).read_bytes() != (SAMPLE / name).read_bytes()]
    assert different == []


def test_the_sample_is_small(written):
    assert sum(path.stat().st_size for path in written.iterdir()) < 9_000_000


def test_the_readme_names_every_file_with_its_rows():
    text = (SAMPLE / "README.md").read_text(encoding="utf-8")
    for path in SAMPLE.glob("*.csv"):
        rows = len(pd.read_csv(path, low_memory=False))
        line = next(line for line in text.splitlines() if line.startswith(f"| `{path.name}`"))
        assert line.endswith(f"| {rows:,} |")


def test_the_readme_says_that_nobody_exists_and_who_may_use_it():
    text = (SAMPLE / "README.md").read_text(encoding="utf-8")
    assert "Nobody in these files exists" in text
    assert "CC0" in text


def test_files_that_are_there_are_not_overwritten_unasked(written):
    with pytest.raises(DataError, match="exist and are not overwritten"):
        simulate.write(written)


def test_the_command_writes_another_design(tmp_path):
    folder = tmp_path / "small"
    command = [sys.executable, "-m", "spasticity.simulate", str(folder), "--design", "small", "--seed", "3"]
    subprocess.run(command, check=True, capture_output=True)
    assert len(pd.read_csv(folder / "participants.csv")) == 60
    assert (folder / "truth.csv").exists()
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode != 0
    subprocess.run([*command, "--overwrite"], check=True, capture_output=True)


def test_the_table_of_the_readme_holds_the_planted_numbers():
    text = (SAMPLE / "README.md").read_text(encoding="utf-8")
    truth = pd.read_csv(SAMPLE / "truth.csv")
    primary = truth[(truth["visit"] == "week 12") & (truth["cohort"] == "all")]
    arms = ["oral baclofen", "cyclobenzaprine", "intrathecal baclofen"]
    rows = {
        "| spasms per day": ("spasms_per_day", "rate ratio vs placebo", 2),
        "| spasticity rating": ("spasticity_nrs", "difference in mean change vs placebo", 1),
        "| lower-limb tone": ("llmt6", "difference in mean change vs placebo", 1),
        "| drowsiness rating": ("drowsiness_nrs", "difference in mean change vs placebo", 1),
    }
    for start, (outcome, quantity, digits) in rows.items():
        line = next(line for line in text.splitlines() if line.startswith(start))
        printed = [float(cell) for cell in line.strip("| ").split("|")[1:]]
        chosen = primary[(primary["outcome"] == outcome) & (primary["quantity"] == quantity)]
        planted = chosen.set_index("arm")["value"].reindex(arms)
        assert printed == [round(value, digits) for value in planted], start
