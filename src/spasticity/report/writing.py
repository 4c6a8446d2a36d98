"""Where a report grows until it is whole: one writer, steps that survive a kill, one swap at the end."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spasticity.errors import DataError
from spasticity.files import digest, write
from spasticity.report.folder import MANIFEST, manifest, refuse_foreign

LOCK = "lock"
#: What a step makes: files (path inside the report and content), and what later steps must know of it, as JSON.
Made = tuple[Mapping[str, bytes], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Workshop:
    """A hidden folder beside the report, in which it is made.

    Parameters
    ----------
    folder : Path
        Where the report will be.
    root : Path
        The hidden folder.
    """

    folder: Path
    root: Path

    @property
    def fresh(self) -> Path:
        """The report as far as it is made."""
        return self.root / "new"

    def step(self, name: str, make: Callable[[], Made]) -> dict[str, Any]:
        """Make a part of the report, unless an interrupted run of the same report made it whole.

        Parameters
        ----------
        name : str
            Unique among the steps.
        make : callable
            Gives the files, and what later steps must know.

        Returns
        -------
        dict
            What later steps must know.
        """
        record = self.root / "steps" / f"{name}.json"
        known = _read(record)
        if known and all(_is_whole(self.fresh / path, mark) for path, mark in known["outputs"].items()):
            return known["made"]
        contents, made = make()
        for path, content in contents.items():
            write(self.fresh / path, content, overwrite=True)
        outputs = {path: digest(content) for path, content in contents.items()}
        # The record comes last: without it the step is made again.
        write(record, json.dumps({"outputs": outputs, "made": made}, sort_keys=True), overwrite=True)
        return json.loads(json.dumps(made))

    def publish(self, facts: Mapping[str, object]) -> Path:
        """Write the manifest, and put the report in its place.

        Parameters
        ----------
        facts : mapping
            What the manifest says besides the files.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        DataError
            When somebody changed a file of the earlier report meanwhile.
        """
        self._drop_unrecorded()
        files = {path.relative_to(self.fresh).as_posix(): path.read_bytes() for path in _files(self.fresh)}
        write(self.fresh / MANIFEST, manifest(files, facts))
        refuse_foreign(self.folder)
        if self.folder.exists():
            self.folder.rename(self.root / "old")
        try:
            self.fresh.rename(self.folder)
        except BaseException:
            _put_back(self.folder, self.root)
            raise
        shutil.rmtree(self.root / "old", ignore_errors=True)
        return self.folder

    def _drop_unrecorded(self) -> None:
        """Take away what a step wrote before it was killed and did not write again."""
        records = [_read(path) or {"outputs": {}} for path in (self.root / "steps").glob("*.json")]
        known = {path for record in records for path in record["outputs"]}
        for path in _files(self.fresh):
            if path.relative_to(self.fresh).as_posix() not in known:
                path.unlink()


@contextmanager
def workshop(folder: Path | str, key: str) -> Iterator[Workshop]:
    """The workshop of a report, for one writer at a time.

    A killed run leaves it; the next run with the same key goes on from the last whole step. An error takes it away.

    Parameters
    ----------
    folder : Path or str
        Where the report will be; its parent is made when it is not there.
    key : str
        What the report is made from, such as a digest of the study and the options.

    Yields
    ------
    Workshop

    Raises
    ------
    DataError
        When the folder holds files that an earlier report did not write, or another run is writing it.
    """
    folder = Path(folder).resolve()
    refuse_foreign(folder)
    root = folder.parent / f".{folder.name}.part"
    with _only_writer(root, folder.name):
        try:
            _put_back(folder, root)
            refuse_foreign(folder)
            _begin(root, key)
            yield Workshop(folder=folder, root=root)
        except Exception:
            _put_back(folder, root)
            shutil.rmtree(root, ignore_errors=True)
            raise
        shutil.rmtree(root, ignore_errors=True)


def _begin(root: Path, key: str) -> None:
    """Keep what an interrupted run with the same key made, and nothing else."""
    if _read(root / "key.json") == key:
        return
    for path in root.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()
    write(root / "key.json", json.dumps(key))


def _put_back(folder: Path, root: Path) -> None:
    """A run that was killed between the two renames left the earlier report in its workshop."""
    if (root / "old").exists() and not folder.exists():
        (root / "old").rename(folder)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _read(path: Path) -> Any:
    """What a JSON file says; None for one that is absent or torn."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _is_whole(path: Path, mark: str) -> bool:
    return path.is_file() and digest(path.read_bytes()) == mark


@contextmanager
def _only_writer(root: Path, name: str) -> Iterator[None]:
    """Hold the lock of a workshop; the system frees it when the process ends, however it ends."""
    while True:
        root.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # a run that ended just now took its workshop away
            handle = os.open(root / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
            if not _locked(handle):
                os.close(handle)
                raise DataError(f"{name}: another run is writing this report; wait for it, or choose another --out.")
            if _is_there(handle, root / LOCK):
                break
            os.close(handle)
    try:
        yield
    finally:
        os.close(handle)


def _is_there(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _locked(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        return _locked_on_windows(handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _locked_on_windows(handle: int) -> bool:
    import importlib

    msvcrt = importlib.import_module("msvcrt")
    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True
