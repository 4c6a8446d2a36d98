"""Many recordings, on one machine or a cluster: each file is one table or one reject, in the order they were named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from tqdm.auto import tqdm

from spasticity.errors import DataError, MethodError, SpasticityError
from spasticity.load.accelerometer_files import accelerometer
from spasticity.load.recordings_cache import keep, kept, key_of
from spasticity.load.recordings_run import Lost, answers, own_pool
from spasticity.load.stacking import stack
from spasticity.privacy import file_name_spans, redacted
from spasticity.study import REJECT_COLUMNS, Loaded
from spasticity.tables import EPOCHS
from spasticity.wording import plural

Reader = Callable[..., Loaded]
Step = Callable[[pd.DataFrame], pd.DataFrame]
Each = str | Sequence[str] | Mapping[str, str]
FILES = ["file", "participant", "outcome", "rows", "rejects", "why"]


@dataclass(frozen=True, slots=True)
class Task:
    """One recording, as it travels to whoever reads it: a path and words, no arrays.

    Parameters
    ----------
    path : Path
    participant, zone : str
    options : tuple of (str, object)
        Of the reader.
    reader, then : callable
    cache : Path, optional
    """

    path: Path
    participant: str
    zone: str
    options: tuple[tuple[str, object], ...]
    reader: Reader
    then: Step | None
    cache: Path | None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Recordings:
    """What came of many files.

    Parameters
    ----------
    loaded : tuple of Loaded or None
        In the order the files were named; None for a file that could not be read.
    files : DataFrame
        One row per file, in that order: `file, participant, outcome` (`read`, `from cache`, `refused` or `lost`),
        `rows, rejects, why`.
    """

    loaded: tuple[Loaded | None, ...]
    files: pd.DataFrame

    @property
    def rejects(self) -> pd.DataFrame:
        """Files that could not be read: `source, row` (place in the list, from 1)`, column, value, rule`."""
        bad = self.files[self.files["outcome"].isin(["refused", "lost"])]
        return pd.DataFrame(
            {"source": bad["file"], "row": bad.index, "column": "file", "value": None, "rule": bad["why"]}
        ).reset_index(drop=True)[REJECT_COLUMNS]

    def stacked(self) -> Loaded:
        """The tables of all files that could be read as one, for `Study.of`.

        Returns
        -------
        Loaded

        Raises
        ------
        DataError
            When two files hold the same epoch of the same participant, or none could be read.
        """
        good = [item for item in self.loaded if item is not None]
        if not good:
            raise DataError(f"recordings: none of {plural(len(self.loaded), 'file')} could be read; see `.files`.")
        return stack(*good)

    def __repr__(self) -> str:
        counts = self.files["outcome"].value_counts()
        said = ", ".join(f"{n:,} {outcome}" for outcome, n in counts.items())
        return f"{plural(len(self.files), 'recording')}: {said}"

    def _repr_html_(self) -> str:
        return f"<p><b>{self!r}</b></p>{self.files.to_html(border=0)}"


def recordings(
    paths: Sequence[Path | str],
    *,
    participants: Sequence[str] | Mapping[str, str],
    zone: Each,
    executor: Executor | int | None = None,
    cache: Path | str | None = None,
    reader: Reader = accelerometer,
    then: Step | None = None,
    progress: bool = True,
    **options: object,
) -> Recordings:
    """Read many recordings, here, in a pool of processes, or on a cluster.

    Parameters
    ----------
    paths : sequence of Path or str
        A file each.
    participants : sequence or mapping of str
        Code of each file's participant, in the order of the files or by file name.
    zone : str, or sequence or mapping of str
        IANA zone of all, or of each.
    executor : Executor or int, optional
        Where to read: left out, here; a number, in so many processes; or anything with the `submit` of the standard
        library's executors, such as `ProcessPoolExecutor`, or `Client.get_executor()` of a Dask cluster.
    cache : Path or str, optional
        A folder in which each result is kept under the content of its file and the options, so that a later call reads
        only what is new. It holds what the tables hold: treat it as the data.
    reader : callable
        What reads a file: `accelerometer`, or another loader with `participant` and `zone`. Workers import it.
    then : callable, optional
        What to make of each table before it travels back, such as `functools.partial(derive.longer_epochs,
        epoch_s=60)`. Workers import it.
    progress : bool
        Whether to show a bar.
    **options : object
        Of the reader.

    Returns
    -------
    Recordings
        One table or one reject for each file, in the order of `paths`.

    Raises
    ------
    MethodError
        When a file has no participant or no zone.

    Notes
    -----
    A file that breaks a rule is refused with its reason, and a worker that dies takes its own file with it only: a
    broken pool is built anew, the files that were in it are tried one by one, the others go on.
    """
    tasks = _tasks(paths, participants, zone, options, reader, then, Path(cache) if cache is not None else None)
    pool = own_pool(executor) if isinstance(executor, int) else executor
    found: list[object] = [None] * len(tasks)
    try:
        with tqdm(total=len(tasks), desc="recordings", unit="file", disable=not progress) as bar:
            for place, answer in answers(read_one, tasks, pool):
                found[place] = answer
                bar.update()
    finally:
        if isinstance(executor, int) and pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)
    loaded = tuple(answer[0] if isinstance(answer, tuple) else None for answer in found)
    rows = [_row(task, answer) for task, answer in zip(tasks, found, strict=True)]
    return Recordings(loaded, pd.DataFrame(rows, columns=FILES, index=pd.RangeIndex(1, len(rows) + 1, name="place")))


def read_one(task: Task) -> tuple[Loaded, str] | str:
    """Read one recording; what is wrong with it is an answer too.

    Parameters
    ----------
    task : Task

    Returns
    -------
    tuple of (Loaded, str), or str
        The table and where it came from, or why there is none.
    """
    try:
        key = _key(task)
        if task.cache is not None and (found := kept(task.cache, key, EPOCHS)) is not None:
            return found, "from cache"
        loaded = task.reader(task.path, participant=task.participant, zone=task.zone, **dict(task.options))
        loaded = loaded if task.then is None else _reduced(loaded, task.then)
        if task.cache is not None:
            keep(task.cache, key, loaded)
        return loaded, "read"
    except (SpasticityError, OSError) as error:
        return str(error) if isinstance(error, SpasticityError) else f"the file cannot be read ({type(error).__name__})"
    except Exception as error:  # one bad file must not end the others; its content is not shown
        return f"an error nobody foresaw ({type(error).__name__}); please report it"


def _key(task: Task) -> str:
    if task.cache is None:
        return ""
    with task.path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    said = {"participant": task.participant, "zone": task.zone, "name": task.path.name, **dict(task.options)}
    return key_of(sha256, (task.reader, task.then), said)


def _reduced(loaded: Loaded, then: Step) -> Loaded:
    """What a step makes of the table; the ledger counts the rows it made."""
    table = then(loaded.table)
    table = table.set_axis(pd.RangeIndex(1, len(table) + 1, name="row"))
    note = f"{loaded.source.note}; {len(loaded.table):,} epochs became {len(table):,}".lstrip("; ")
    source = replace(loaded.source, rows_read=len(table) + len(loaded.rejects), factor=1, note=note)
    return replace(loaded, table=table, source=source)


def _tasks(
    paths: Sequence[Path | str],
    participants: Sequence[str] | Mapping[str, str],
    zone: Each,
    options: Mapping[str, object],
    reader: Reader,
    then: Step | None,
    cache: Path | None,
) -> list[Task]:
    files = [Path(path) for path in paths]
    people = _each("participants", participants, files)
    zones = [zone] * len(files) if isinstance(zone, str) else _each("zone", zone, files)
    said = tuple(sorted(options.items()))
    return [Task(*three, said, reader, then, cache) for three in zip(files, people, zones, strict=True)]


def _each(name: str, values: Sequence[str] | Mapping[str, str], files: Sequence[Path]) -> list[str]:
    """One value for each file."""
    if isinstance(values, Mapping):
        lacking = sum(path.name not in values for path in files)
        if lacking:
            raise MethodError(f"{name}: {plural(lacking, 'file')} of {len(files):,} not named; give each by its name")
        return [values[path.name] for path in files]
    if isinstance(values, str) or len(values) != len(files):
        raise MethodError(f"{name}: expected one for each of {plural(len(files), 'file')}, in their order or by name")
    return list(values)


def _row(task: Task, answer: object) -> tuple[object, ...]:
    name = task.path.name
    safe = redacted([name], file_name_spans(name)).get(0, name)
    if isinstance(answer, tuple):
        loaded, outcome = answer
        return loaded.source.name, task.participant, outcome, len(loaded.table), len(loaded.rejects), ""
    lost = isinstance(answer, Lost)
    why = answer.why if isinstance(answer, Lost) else str(answer).removeprefix(f"{name}: ").replace(name, safe)
    return safe, task.participant, "lost" if lost else "refused", 0, 0, why
