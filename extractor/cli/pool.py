"""Jobs -> their results, each run in a child process within limits; what a job does to its process costs it alone."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

import psutil

from extractor.errors import ExtractorError

POLL_SECONDS = 0.25
EXIT_MEMORY = 90  # of a child without memory, which may not even have enough left to say so otherwise
MIB = 1 << 20
SPARE = 1.5  # of the memory limit that the system may give at once, before the parent looks
MOST_ATTEMPTS = 3  # each after the first leaves out the page at which the one before it ended
LONG_STAGES = 20.0  # times the limit of a page for what is done with the whole document
DOCUMENTS_PER_PROCESS = 100  # then a fresh one takes over, so that nothing that leaks adds up

J = TypeVar("J")
R = TypeVar("R")
Tell = Callable[[str, int], None]
Skip = Mapping[int, str]
Work = Callable[[J, Tell, Skip], R]


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one job: seconds of a page, seconds in all, MiB."""

    page_seconds: float
    document_seconds: float
    memory_mb: int


@dataclass(frozen=True, slots=True)
class Broken:
    """How a job ended that broke its process. `code`: too-slow, too-much-memory, crashed or worker-died."""

    code: str
    message: str
    page: int | None = None


@dataclass(slots=True)
class _Child(Generic[J]):
    """A process, and the job that it runs. `at`: stage and page; `since`: when that began."""

    process: Any
    pipe: Connection
    job: J | None = None
    skip: dict[int, str] = field(default_factory=dict)
    attempt: int = 1
    began: float = 0.0
    since: float = 0.0
    at: tuple[str, int] = ("open", 0)
    done: int = 0


def run_isolated(
    jobs: Sequence[J], processes: int, work: Work[J, R], failed: Callable[[J, Broken], R], limits: Limits
) -> Iterator[R]:
    """Results as they come. `work`: importable by name; `failed` makes the result of a job that gave none."""
    waiting: deque[tuple[J, dict[int, str], int]] = deque((job, {}, 1) for job in jobs)
    children: list[_Child[J]] = []
    try:
        while waiting or any(child.job is not None for child in children):
            while waiting and sum(child.job is not None for child in children) < processes:
                idle = next((child for child in children if child.job is None), None)
                _give(idle or _start(children, work, limits), *waiting.popleft())
            busy = [child for child in children if child.job is not None]
            wait([child.pipe for child in busy], timeout=POLL_SECONDS)
            for child in busy:
                for ended in _look(child, limits):
                    job, skip, attempt = child.job, child.skip, child.attempt
                    assert job is not None
                    child.job = None
                    if not isinstance(ended, Broken):
                        yield ended
                        if child.done >= DOCUMENTS_PER_PROCESS:
                            _end(child, children)
                        continue
                    _end(child, children)
                    again = ended.page is not None or ended.code == "worker-died"
                    if again and attempt < (MOST_ATTEMPTS if ended.page else 2):
                        skip = skip if ended.page is None else skip | {ended.page: ended.code}
                        waiting.appendleft((job, skip, attempt + 1))
                    else:
                        yield failed(job, ended)
    finally:
        for child in list(children):
            _end(child, children)


def _start(children: list[_Child[J]], work: Work[J, R], limits: Limits) -> _Child[J]:
    ours, theirs = multiprocessing.Pipe()
    logger = logging.getLogger("extractor")
    told = logger.getEffectiveLevel(), next((handler.formatter for handler in logger.handlers), None)
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_serve, args=(theirs, work, limits, told), daemon=True)
    process.start()
    theirs.close()
    child: _Child[J] = _Child(process, ours)
    children.append(child)
    return child


def _give(child: _Child[J], job: J, skip: dict[int, str], attempt: int) -> None:
    child.job, child.skip, child.attempt, child.at = job, skip, attempt, ("start", 0)
    child.began = child.since = time.monotonic()
    with contextlib.suppress(OSError):  # a dead child is found out when it is looked at
        child.pipe.send((job, skip))


def _look(child: _Child[J], limits: Limits) -> Iterator[Any]:
    """How the child's job ended, where it has."""
    try:
        while child.pipe.poll():
            kind, what = child.pipe.recv()
            if kind == "done":
                child.done += 1
                yield what
                return
            if kind == "raised":
                raise what
            child.at, child.since = what, time.monotonic()
    except (EOFError, OSError):
        yield _autopsy(child)
        return
    stage, page = child.at
    now = time.monotonic()
    allowed = limits.page_seconds * (1 if stage in ("page", "open") else LONG_STAGES)
    if now - child.since > allowed or now - child.began > limits.document_seconds:
        yield Broken("too-slow", f"{_where(child.at)} took more than {now - child.since:.0f} s", page or None)
    elif _memory(child) > limits.memory_mb:
        yield Broken("too-much-memory", f"{_where(child.at)} took more than {limits.memory_mb} MiB", page or None)


def _memory(child: _Child[J]) -> int:
    try:
        return int(psutil.Process(child.process.pid).memory_info().rss) // MIB
    except psutil.Error:
        return 0


def _autopsy(child: _Child[J]) -> Broken:
    child.process.join(timeout=10)
    code, page = child.process.exitcode or 0, child.at[1] or None
    if code in (-signal.SIGKILL, -signal.SIGTERM):
        return Broken("worker-died", "the process that read this input was killed")
    if code == EXIT_MEMORY:
        return Broken("too-much-memory", f"{_where(child.at)} took more memory than there is", page)
    name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return Broken("crashed", f"{_where(child.at)} crashed the process that read it ({name})", page)


def _where(at: tuple[str, int]) -> str:
    stage, page = at
    return f"page {page}" if page else {"open": "opening it", "form": "reading its form"}.get(stage, "it")


def _end(child: _Child[J], children: list[_Child[J]]) -> None:
    child.process.kill()
    child.process.join()
    child.pipe.close()
    children.remove(child)


def _serve(pipe: Connection, work: Work[J, R], limits: Limits, told: tuple[int, logging.Formatter | None]) -> None:
    """The child: jobs come in, what is being done and the results go out. `told`: level and form of its messages."""
    from extractor.cli.work import collect_seldom, limit_threads

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its children
    _limit(limits)
    limit_threads()
    collect_seldom()
    logging.getLogger("extractor").setLevel(told[0])
    if told[1] is not None:
        handler = logging.StreamHandler()
        handler.setFormatter(told[1])
        logging.getLogger("extractor").addHandler(handler)
    while True:
        try:
            job, skip = pipe.recv()
        except EOFError:
            return
        try:
            result = work(job, lambda stage, page: pipe.send(("at", (stage, page))), skip)
        except MemoryError:
            os._exit(EXIT_MEMORY)
        except (ExtractorError, OSError) as error:  # what ends the whole run is raised in the parent
            pipe.send(("raised", error))
        else:
            pipe.send(("done", result))


def _limit(limits: Limits) -> None:
    """No core dumps, a ceiling for memory, and an end with the process that started this one."""
    import resource

    parent = os.getppid()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = int(limits.memory_mb * SPARE) << 20
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
