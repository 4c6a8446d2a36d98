#!/usr/bin/env python3
"""The commands of this repository. Each sets up what it needs the first time, beside this file.

    python3 run.py report            the whole report of the sample study, written to the folder report
    python3 run.py report STUDY ...  the same for your own folder (all arguments go to `spasticity report`)
    python3 run.py test ...          the tests (all arguments go to pytest)
    python3 run.py lab ...           JupyterLab, open on the notebooks (all arguments go to `jupyter lab`)

On Windows: py run.py report. Needs Python 3.11 or newer, and the network on the first run only.
"""

# This file has to parse under Python 2.7: an old Python then gets the sentence below, not a SyntaxError.
from __future__ import print_function

import sys

if sys.version_info < (3, 11):
    sys.stderr.write(
        "run.py needs Python 3.11 or newer; this is Python {0}.{1} ({2}). "
        "Install a newer one, then start run.py with it: python3.13 run.py report\n".format(
            sys.version_info[0], sys.version_info[1], sys.executable
        )
    )
    sys.exit(2)

import errno
import hashlib
import json
import os
import signal
import subprocess
import sysconfig
import time

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt

HERE = os.path.dirname(os.path.realpath(__file__))
CONSTRAINTS = "constraints.txt"
BIN, EXE = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")


class SetupError(Exception):
    """The sentence to end with, and the exit code."""

    def __init__(self, sentence, code=1):
        Exception.__init__(self, sentence)
        self.code = code


# What each command runs --------------------------------------------------------------------------------


def report(env, args):
    """Return the command line of the report; without a folder it is the sample study."""
    if not args or args[0].startswith("-"):
        root = "" if os.path.samefile(os.getcwd(), HERE) else HERE
        args = [os.path.join(root, "data", "sample")] + args
        if not any(arg.split("=")[0] == "--out" for arg in args):
            args += ["--out", "report"]
    return [os.path.join(env, BIN, "spasticity" + EXE), "report"] + args


def test(env, args):
    """Return the command line of the tests: a few at a time, since each worker imports scipy anew."""
    return [python_of(env), "-m", "pytest", "-n", "logical", "--maxprocesses", "4"] + args


def lab(env, args):
    """Return the command line of JupyterLab: rooted here, so that notebooks see the data, open on notebooks."""
    settings = ["--ServerApp.root_dir=" + HERE, "--LabApp.default_url=/lab/tree/notebooks"]
    return [python_of(env), "-m", "jupyterlab"] + settings + args


# JupyterLab has an environment of its own: installed beside the tests it makes every kernel start slower.
COMMANDS = {
    "report": (report, ".venv", []),
    "test": (test, ".venv", ["test"]),
    "lab": (lab, ".venv-lab", ["lab"]),
}


# The environment ---------------------------------------------------------------------------------------


def python_of(env):
    """Return the path of the environment's Python."""
    return os.path.join(env, BIN, "python" + EXE)


def stamp_of(env, extras):
    """Return what a finished environment was made of. Another Python or folder cannot be mended, only remade."""
    pins = hashlib.sha256()
    for name in ("pyproject.toml", CONSTRAINTS):
        with open(os.path.join(HERE, name), "rb") as file:
            pins.update(file.read().replace(b"\r\n", b"\n") + b"\0")
    place = [env, sys.base_prefix, sysconfig.get_platform(), list(sys.version_info[:3])]
    return {"place": place, "pins": pins.hexdigest(), "extras": sorted(extras)}


def read_stamp(env):
    """Return the stamp of an environment; {} for one that is absent, half-made or not made here."""
    try:
        with open(os.path.join(env, "run.json")) as file:
            stamp = json.load(file)
        return stamp if os.path.exists(python_of(env)) else {}
    except (OSError, ValueError):
        return {}


def is_ready(found, wanted):
    """Say whether the environment found has everything wanted; more extras than wanted do no harm."""
    same = all(found.get(key) == wanted[key] for key in ("place", "pins"))
    return same and set(wanted["extras"]) <= set(found["extras"])


def set_up(env, extras, lock):
    """Make the environment, or bring it up to date. The stamp is taken off first and put back at the very end."""
    found, start = read_stamp(env), time.time()
    mend = found.get("place") == stamp_of(env, extras)["place"]
    wanted = stamp_of(env, set(extras) | set(found["extras"] if mend else []))
    name = os.path.basename(env)
    if mend:
        print("Bringing {0} up to date ...".format(name), flush=True)
        os.remove(os.path.join(env, "run.json"))
    else:
        print("Setting up {0} (first run only, 1 to 2 minutes) ...".format(name), flush=True)
        make_venv(env)
    pip = find_pip(env) + ["--disable-pip-version-check", "--no-input", "-qq", "install", "-c", CONSTRAINTS]
    # The build back end is installed first and used without isolation, as the constraints would not reach an
    # isolated build: PIP_CONSTRAINT is split at spaces (folder names have them) and newer pips ignore it there.
    project = "." + ("[{0}]".format(",".join(wanted["extras"])) if wanted["extras"] else "")
    for packages in (["hatchling", "editables"], ["--no-build-isolation", "-e", project]):
        code = subprocess.call(pip + packages, cwd=HERE, env=environ(env), **inherit(lock))
        if code:
            raise SetupError(
                "run.py: setting up stopped: pip could not get or install a package (its message is above). "
                "The first run needs the network. Nothing was installed outside {0}.".format(name),
                code,
            )
    with open(os.path.join(env, "run.json.part"), "w") as file:
        json.dump(wanted, file, indent=1)
    os.replace(os.path.join(env, "run.json.part"), os.path.join(env, "run.json"))
    print("Done in {0:.0f} s.".format(time.time() - start), flush=True)


def base_python():
    """Return the Python outside any environment: run.py may be started by the very one it has to remake."""
    return getattr(sys, "_base_executable", None) or sys.executable


def make_venv(env):
    """Make an empty environment, with pip in it where this Python can (Debian needs a further package for it)."""
    for options in (["--clear"], ["--clear", "--without-pip"]):
        command = [base_python(), "-m", "venv"] + options + [env]
        done = subprocess.run(command, env=environ(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode == 0:
            return
    said = done.stdout.decode("utf-8", "replace").strip()
    raise SetupError("run.py: {0} could not be made: {1}".format(os.path.basename(env), said))


def find_pip(env):
    """Return the environment's pip, or this Python's own pip aimed at the environment."""
    for pip in (
        [python_of(env), "-m", "pip"],
        [base_python(), "-m", "pip", "--python", python_of(env)],
    ):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if subprocess.call(pip + ["--version"], env=environ(env), **quiet) == 0:
            return pip
    raise SetupError(
        "run.py: this Python has neither venv nor pip; on Debian and Ubuntu: sudo apt install python3-venv"
    )


def environ(env):
    """Return the variables for a program of the environment: the user's own, less what leads out of it."""
    leads_out = ("PYTHONHOME", "PYTHONPATH", "PIP_PREFIX", "PIP_ROOT", "PIP_TARGET")
    variables = {name: value for name, value in os.environ.items() if name not in leads_out}
    variables.update(PIP_USER="0", PYTHONNOUSERSITE="1", PYTHONUTF8="1", VIRTUAL_ENV=env)
    variables["PATH"] = os.path.join(env, BIN) + os.pathsep + variables.get("PATH", os.defpath)
    variables.setdefault("OPENBLAS_NUM_THREADS", "1")  # for small matrices: quicker, and one order of adding up
    variables.setdefault("MPLCONFIGDIR", os.path.join(env, "matplotlib"))  # a font cache that is kept
    return variables


# Two commands at once ----------------------------------------------------------------------------------


def prepared(env, extras):
    """Return the lock of an environment that has the extras, held for using it; make or mend it first."""
    lock = open(env + ".lock", "a")  # noqa: SIM115 the caller closes it, and that lets go of it
    try:
        hold(lock, alone=False)
        if not is_ready(read_stamp(env), stamp_of(env, extras)):
            hold(lock, alone=True)
            if not is_ready(read_stamp(env), stamp_of(env, extras)):  # another run.py may have made it meanwhile
                set_up(env, extras, lock)
            hold(lock, alone=False)
    except BaseException:
        lock.close()
        raise
    return lock


def hold(lock, alone):
    """Hold the lock, alone to change the environment or together to use it; say so if that means waiting."""
    told = False
    while True:
        try:
            if fcntl:
                fcntl.flock(lock, fcntl.LOCK_UN)
                fcntl.flock(lock, fcntl.LOCK_NB | (fcntl.LOCK_EX if alone else fcntl.LOCK_SH))
            elif alone:
                lock.seek(0)
                msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as problem:
            if problem.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
                return  # a file system without locks
        else:
            return
        if not told:
            print("Waiting for another run.py in this folder ...", flush=True)
            told = True
        time.sleep(0.2)


def inherit(lock):
    """Let a child hold the lock too: when run.py is killed and the child lives on, the next run.py waits for it."""
    return {"pass_fds": [lock.fileno()]} if fcntl else {}


def run(command, env, lock, folder):
    """Run the command and return its exit code. Ctrl-C is the command's to answer; termination is passed on."""
    child = subprocess.Popen(command, cwd=folder, env=environ(env), **inherit(lock))
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    code = child.wait()
    return code if code >= 0 else 128 - code


def main(argv):
    """Run one command; return its exit code."""
    if not argv or argv[0] not in COMMANDS:
        asked = argv[:1] in (["-h"], ["--help"], ["help"])
        print(__doc__.strip(), file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    command, name, extras = COMMANDS[argv[0]]
    env = os.path.join(HERE, name)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with prepared(env, extras) as lock:
        return run(command(env, argv[1:]), env, lock, os.getcwd() if command is report else HERE)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SetupError as problem:
        print(problem, file=sys.stderr)
        sys.exit(problem.code)
    except KeyboardInterrupt:
        print("run.py: stopped; the next run starts the setup again.", file=sys.stderr)
        sys.exit(130)
    except OSError as problem:
        sys.exit("run.py: {0}".format(problem))
