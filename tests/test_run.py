"""The command every user meets first: run.py, and what it relies on. Nothing here needs the network."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / "run.py"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# An index, or an option that names one.
INDEX = re.compile(r"pypi[.]org|pythonhosted[.]org|index[-]url|find[-]links|trusted[-]host|file[:]//")
# A folder of somebody's machine; not a part of a longer path or of a web address.
MACHINE = re.compile(r"(?<![\w.~/-])/(?:root|work|opt|home/\w+|Users/\w+)/|\b[A-Z]:\\Users\\")


def runs(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


# An old Python ------------------------------------------------------------------------------------------


def older_pythons():
    places = [shutil.which(name) for name in ("python2", "python2.7", "python3.6", "python3.8", "python3.10")]
    places += (Path.home() / ".pyenv" / "versions").glob("*/bin/python")
    for place in {str(place) for place in places if place}:
        told = runs(place, "-c", "import sys; sys.exit(sys.version_info >= (3, 11))")
        if told.returncode == 0:
            yield place


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13)])
def test_an_old_python_is_told_in_one_line(version):
    told = runs(
        sys.executable,
        "-c",
        f"import runpy, sys; sys.version_info = {version}; runpy.run_path({str(RUN)!r}, run_name='__main__')",
    )
    assert told.returncode == 2
    assert told.stdout == ""
    assert len(told.stderr.splitlines()) == 1
    assert f"needs Python 3.11 or newer; this is Python {version[0]}.{version[1]} " in told.stderr


def test_the_old_pythons_of_this_machine_are_told_in_one_line():
    pythons = list(older_pythons())
    if not pythons:
        pytest.skip("no Python older than 3.11 on this machine")
    for python in pythons:
        told = runs(python, str(RUN), "test")
        assert (told.returncode, told.stdout, len(told.stderr.splitlines())) == (2, "", 1), (python, told)
        assert "needs Python 3.11 or newer" in told.stderr


def test_the_syntax_is_that_of_python_2():
    """A SyntaxError would come before the sentence, so newer syntax may not be anywhere in the file."""
    newer = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Nonlocal, ast.AsyncFunctionDef, ast.Await, ast.YieldFrom)
    for node in ast.walk(ast.parse(RUN.read_text(encoding="utf-8"))):
        assert not isinstance(node, newer), ast.dump(node)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not node.args.kwonlyargs
            assert not any(arg.annotation for arg in node.args.args)
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            assert not any(isinstance(item, ast.Starred) for item in node.elts)
        if isinstance(node, ast.Dict):
            assert None not in node.keys
        if isinstance(node, ast.Raise):
            assert node.cause is None
    assert RUN.read_bytes().isascii()  # Python 2 refuses anything else without a coding line


# Usage and command lines ---------------------------------------------------------------------------------


def test_usage():
    asked = runs(sys.executable, str(RUN), "--help")
    assert (asked.returncode, asked.stderr) == (0, "")
    for verb in run.COMMANDS:
        assert f"python3 run.py {verb}" in asked.stdout
    for wrong in ([], ["tests"]):
        told = runs(sys.executable, str(RUN), *wrong)
        assert (told.returncode, told.stdout, told.stderr) == (2, "", asked.stdout)


SAMPLE = str(Path("data") / "sample")


@pytest.mark.parametrize(
    ("given", "handed_on"),
    [
        ([], [SAMPLE, "--out", "report"]),
        (["--out", "there"], [SAMPLE, "--out", "there"]),
        (["--out=there"], [SAMPLE, "--out=there"]),
        (["--quick"], [SAMPLE, "--quick", "--out", "report"]),
        (["my study", "--out", "there"], ["my study", "--out", "there"]),
        (["my study"], ["my study"]),
    ],
)
def test_report_without_a_folder_is_of_the_sample_study(monkeypatch, given, handed_on):
    monkeypatch.chdir(ROOT)
    program, verb, *rest = run.report(str(ROOT / ".venv"), list(given))
    assert Path(program).stem == "spasticity"
    assert [verb, *rest] == ["report", *handed_on]


def test_report_finds_the_sample_study_from_another_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert run.report("env", [])[2:] == [str(ROOT / SAMPLE), "--out", "report"]


def test_test_and_lab_hand_their_arguments_on():
    assert run.test("env", ["-k", "tone"])[-2:] == ["-k", "tone"]
    assert run.lab("env", ["--no-browser"])[-1] == "--no-browser"


# The environment -----------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """Return a folder with a space in its name, where run.py makes hollow environments; pip only takes notes."""
    root = tmp_path / "a clone"
    root.mkdir()
    (root / "pyproject.toml").write_text("[project]\n")
    (root / "constraints.txt").write_text("numpy==2.4.6\n")
    (root / "pip.py").write_text(
        "import os, sys\n"
        "open('pip.log', 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
        "sys.exit(1 if os.path.exists('no network') else 0)\n"
    )

    def make_venv(env):
        shutil.rmtree(env, ignore_errors=True)
        Path(run.python_of(env)).parent.mkdir(parents=True)
        Path(run.python_of(env)).touch()

    monkeypatch.setattr(run, "HERE", str(root))
    monkeypatch.setattr(run, "make_venv", make_venv)
    monkeypatch.setattr(run, "find_pip", lambda env: [sys.executable, str(root / "pip.py")])
    return root


def prepare(root, *extras):
    """Prepare the environment, and return how often pip was called for it."""
    log = root / "pip.log"
    log.unlink(missing_ok=True)
    run.prepared(str(root / ".venv"), list(extras)).close()
    return log.read_text().splitlines() if log.exists() else []


def test_the_second_time_nothing_is_installed(checkout):
    back_end, project = prepare(checkout, "test")
    assert back_end.endswith("-c constraints.txt hatchling editables")
    assert project.endswith("-c constraints.txt --no-build-isolation -e .[test]")
    assert prepare(checkout, "test") == []


def test_report_installs_the_base_only_and_extras_add_up(checkout):
    assert prepare(checkout)[-1].endswith(" -e .")
    assert prepare(checkout, "test")[-1].endswith(" -e .[test]")
    assert prepare(checkout) == []  # more than enough is there
    assert prepare(checkout, "dev")[-1].endswith(" -e .[dev,test]")


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_changed_pins_are_installed(checkout, name, capsys):
    prepare(checkout, "test")
    (checkout / ".venv" / "kept").touch()
    with (checkout / name).open("a") as file:
        file.write("# changed\n")
    capsys.readouterr()
    assert len(prepare(checkout, "test")) == 2
    assert "Bringing .venv up to date" in capsys.readouterr().out
    assert (checkout / ".venv" / "kept").exists()


def test_line_ends_do_not_count_as_a_change(checkout):
    before = run.stamp_of("env", [])
    text = (checkout / "constraints.txt").read_bytes()
    (checkout / "constraints.txt").write_bytes(text.replace(b"\n", b"\r\n"))
    assert run.stamp_of("env", []) == before


def test_a_half_made_environment_is_remade(checkout, capsys):
    prepare(checkout, "test")
    (checkout / ".venv" / "run.json").unlink()
    (checkout / ".venv" / "half").touch()
    assert len(prepare(checkout, "test")) == 2
    assert "first run only" in capsys.readouterr().out
    assert not (checkout / ".venv" / "half").exists()


def test_a_stamp_cut_short_counts_for_nothing(checkout):
    prepare(checkout, "test")
    stamp = checkout / ".venv" / "run.json"
    stamp.write_text(stamp.read_text()[:20])
    assert run.read_stamp(str(checkout / ".venv")) == {}


def test_an_environment_whose_python_is_gone_is_remade(checkout):
    prepare(checkout)
    Path(run.python_of(str(checkout / ".venv"))).unlink()
    assert len(prepare(checkout)) == 2


def test_a_moved_folder_is_remade(checkout, monkeypatch):
    prepare(checkout)
    moved = checkout.with_name("moved here")
    checkout.rename(moved)
    monkeypatch.setattr(run, "HERE", str(moved))
    monkeypatch.setattr(run, "find_pip", lambda env: [sys.executable, str(moved / "pip.py")])
    (moved / ".venv" / "half").touch()
    assert len(prepare(moved)) == 2
    assert not (moved / ".venv" / "half").exists()


@pytest.mark.parametrize("changed", [{"base_prefix": "elsewhere"}, {"version_info": (3, 99, 0)}])
def test_another_python_is_another_environment(checkout, monkeypatch, changed):
    prepare(checkout, "test")
    (checkout / ".venv" / "half").touch()
    for name, value in changed.items():
        monkeypatch.setattr(sys, name, value)
    assert len(prepare(checkout, "test")) == 2
    assert not (checkout / ".venv" / "half").exists()


def test_a_failed_setup_leaves_no_stamp(checkout):
    prepare(checkout)
    (checkout / "no network").touch()
    with pytest.raises(run.SetupError, match="needs the network") as failed:
        prepare(checkout, "test")
    assert failed.value.code == 1
    assert len(str(failed.value).splitlines()) == 1
    assert run.read_stamp(str(checkout / ".venv")) == {}
    (checkout / "no network").unlink()
    assert len(prepare(checkout, "test")) == 2


def test_what_leads_out_of_the_environment_is_not_handed_on(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("PIP_TARGET", "elsewhere")
    monkeypatch.setenv("MPLCONFIGDIR", "mine")
    variables = run.environ("env")
    assert "elsewhere" not in variables.values()
    assert variables["PIP_USER"] == "0"
    assert variables["MPLCONFIGDIR"] == "mine"
    assert variables["PATH"].split(os.pathsep)[0] == str(Path("env", run.BIN))
    monkeypatch.delenv("MPLCONFIGDIR")
    assert run.environ("env")["MPLCONFIGDIR"] == str(Path("env", "matplotlib"))


def test_the_second_of_two_waits_for_the_first_and_says_so(checkout, capsys):
    lock = checkout / ".venv.lock"
    with lock.open("a") as first, lock.open("a") as second:
        run.hold(first, alone=True)
        waiting = threading.Thread(target=run.hold, args=(second, False), daemon=True)
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        run.hold(first, alone=False)  # set up; from here on both use it
        waiting.join(5)
        assert not waiting.is_alive()
    assert "Waiting for another run.py" in capsys.readouterr().out


def test_the_exit_code_of_the_command_comes_back(checkout, monkeypatch):
    monkeypatch.setattr(run.signal, "signal", lambda *_: None)
    with (checkout / "lock").open("a") as lock:
        for code in (0, 3):
            command = [sys.executable, "-c", f"import sys; sys.exit({code})"]
            assert run.run(command, "env", lock, str(checkout)) == code


# What the repository promises ----------------------------------------------------------------------------


def test_quick_start_is_the_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = re.search(r"^## Quick start\n(.*?)(?=^## |\Z)", readme, flags=re.MULTILINE | re.DOTALL)
    blocks = re.findall(r"^```\w*\n(.*?)^```", section[1], flags=re.MULTILINE | re.DOTALL)
    assert "".join(blocks).split("\n") == ["python3 run.py report", "python3 run.py test", ""]
    assert "py run.py report" in section[1].replace(blocks[0], "")  # Windows is told in prose


def tracked_files():
    git = shutil.which("git")
    listed = git and runs(git, "-c", f"safe.directory={ROOT}", "ls-files", "-z", cwd=ROOT)
    if not listed or listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_an_index_or_a_folder_of_this_machine():
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", "replace")
        assert not INDEX.search(text), path
        assert not MACHINE.search(text), path
        assert str(ROOT) not in text, path


def test_no_file_pins_an_interpreter_or_an_index():
    assert not {path.name for path in tracked_files()} & {".python-version", "uv.lock", "pip.conf"}


def pinned(line):
    return line.split("==")[0]


def test_constraints_are_exact_and_free_of_hosts():
    lines = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    for line in lines:
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; [\w.<>=!'() ]+)?", line), line


def test_everything_asked_for_is_pinned():
    project = PROJECT["project"]
    asked = sum(project["optional-dependencies"].values(), project["dependencies"])
    names = {re.match(r"[a-z0-9-]+", requirement)[0] for requirement in asked} | {"hatchling", "editables"}
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert names <= {pinned(line) for line in text.splitlines()}
    assert "numpy==2.4.6 ; python_full_version < '3.12'" in text  # the last numpy for 3.11 is not that for 3.12


def test_the_group_for_uv_mirrors_the_extra():
    assert PROJECT["dependency-groups"]["test"] == PROJECT["project"]["optional-dependencies"]["test"]


def test_jupyterlab_stays_out_of_the_tests():
    extras = PROJECT["project"]["optional-dependencies"]
    assert [extra for extra, needs in extras.items() if any("jupyterlab" in need for need in needs)] == ["lab"]
    assert run.COMMANDS["lab"][1] != run.COMMANDS["test"][1]


def test_the_stamp_can_be_read(checkout):
    prepare(checkout, "test")
    stamp = json.loads((checkout / ".venv" / "run.json").read_text())
    assert stamp["extras"] == ["test"]
    assert stamp["place"][0] == str(checkout / ".venv")
