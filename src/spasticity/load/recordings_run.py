"""Many tasks on any executor of the standard interface; a task whose worker dies is lost, the others are not."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass

# A server that has read the package once starts workers at once; where there is none, each worker reads it anew.
START = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
PRELOADED = ["spasticity.load.accelerometer_files"]


@dataclass(frozen=True, slots=True)
class Lost:
    """A task that has no answer, because whatever ran it is gone.

    Parameters
    ----------
    why : str
        In words.
    """

    why: str


def own_pool(workers: int | None) -> ProcessPoolExecutor:
    """A pool of processes that share nothing with this one.

    Parameters
    ----------
    workers : int, optional
        As many as there are processors when left out.

    Returns
    -------
    ProcessPoolExecutor
    """
    context = multiprocessing.get_context(START)
    if START == "forkserver":
        context.set_forkserver_preload(PRELOADED)
    return ProcessPoolExecutor(workers, mp_context=context)


def answers(
    function: Callable[..., object], tasks: Sequence[object], executor: Executor | None
) -> Iterator[tuple[int, object]]:
    """The answer of a function to each task, as they come.

    Parameters
    ----------
    function : callable
        Of one task; it must be one that other processes can import.
    tasks : sequence
    executor : Executor, optional
        Anything with `submit` that returns futures. None runs the tasks here, one after the other.

    Yields
    ------
    place : int
        Of the task.
    answer : object
        `Lost` when its worker was killed.
    """
    if executor is None:
        yield from ((place, function(task)) for place, task in enumerate(tasks))
    elif isinstance(executor, ProcessPoolExecutor):
        yield from _on_pool(function, tasks, executor)
    else:
        running = {executor.submit(function, task): place for place, task in enumerate(tasks)}
        doubtful = []
        for place, answer in _finished(running):
            if isinstance(answer, Lost):
                doubtful.append(place)
            else:
                yield place, answer
        # A worker that died took what else it was handed with it: each lost task is tried once more, by itself.
        for place in doubtful:
            yield from _finished({executor.submit(function, tasks[place]): place})


def _finished(running: dict[Future[object], int]) -> Iterator[tuple[int, object]]:
    """Answers of futures as they come; what the function did not say itself, its executor did."""
    try:
        while running:
            done = [future for future in running if future.done()]
            if not done:
                wait(list(running), timeout=1, return_when=FIRST_COMPLETED)
            for future in done:
                place = running.pop(future)
                error = future.exception()
                yield place, future.result() if error is None else Lost(_words(error))
    finally:
        for future in running:
            future.cancel()


def _words(error: BaseException) -> str:
    return f"the worker was killed or lost ({type(error).__name__}); give it more memory, or read the file by itself"


def _on_pool(
    function: Callable[..., object], tasks: Sequence[object], pool: ProcessPoolExecutor
) -> Iterator[tuple[int, object]]:
    """Answers of a pool that is built anew when it breaks; whichever tasks were in it then are tried one by one."""
    waiting, ours = list(range(len(tasks)))[::-1], False
    workers = getattr(pool, "_max_workers", 1)
    try:
        while waiting:
            running: dict[Future[object], int] = {}
            try:
                # A worker is handed one task at a time, so that few are in doubt when the pool breaks.
                yield from _fed(function, tasks, pool, waiting, running, workers)
            except BrokenExecutor:
                doubtful = sorted(running.values())
                if ours:
                    pool.shutdown(wait=False, cancel_futures=True)
                yield from _one_by_one(function, tasks, doubtful)
                pool, ours = own_pool(workers), True
    finally:
        if ours:
            pool.shutdown(wait=False, cancel_futures=True)


def _fed(
    function: Callable[..., object],
    tasks: Sequence[object],
    pool: ProcessPoolExecutor,
    waiting: list[int],
    running: dict[Future[object], int],
    most: int,
) -> Iterator[tuple[int, object]]:
    """Answers while the pool holds; `waiting` and `running` say what was not answered when it breaks."""
    while waiting or running:
        while waiting and len(running) < most:
            future = pool.submit(function, tasks[waiting[-1]])
            running[future] = waiting.pop()
        done, _ = wait(list(running), return_when=FIRST_COMPLETED)
        for future in done:
            answer = future.result()
            yield running.pop(future), answer


def _one_by_one(
    function: Callable[..., object], tasks: Sequence[object], doubtful: Sequence[int]
) -> Iterator[tuple[int, object]]:
    """Answers to tasks of which some kill their worker: each is the only one there is while it runs."""
    pool = own_pool(1)
    try:
        for place in doubtful:
            try:
                yield place, pool.submit(function, tasks[place]).result()
            except BrokenExecutor as error:
                yield place, Lost(_words(error))
                pool.shutdown(wait=False)
                pool = own_pool(1)
    finally:
        pool.shutdown(wait=False)
