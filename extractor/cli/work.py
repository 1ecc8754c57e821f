"""One job -> its JSON file, whatever happens to the input; and many jobs over several processes."""

from __future__ import annotations

import gc
import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.cli.inputs import Job, hash_file
from extractor.cli.pool import Broken, Limits, Skip, Tell, run_isolated
from extractor.errors import DocumentError, ExtractorError, UnreadableFile
from extractor.writing import printable, write_document

if TYPE_CHECKING:
    from extractor.pages import Watch
    from extractor.report import Document
    from extractor.settings import Settings
    from extractor.store import Store

NEW_OBJECTS = 50_000  # between two looks for garbage
THREAD_LIMITS = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

log = logging.getLogger("extractor")


@dataclass(frozen=True, slots=True)
class Result:
    """How a job ended. `value_cells`: printed rows that hold a value; `accepted` of them need no look."""

    job: Job
    outcome: str
    code: str = ""
    message: str = ""
    advice: str = ""
    accepted: int = 0
    value_cells: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """What is the same for all jobs of a run."""

    settings: Settings
    catalogue: str | None
    store: str | None = None
    watch: Watch | None = None


Work = Callable[[Job, Order], Result]
Fail = Callable[[Job, ExtractorError, Order], Result]


class TooMuchMemory(DocumentError):
    """There was not enough memory for this input."""

    code = "too-much-memory"


class InternalError(DocumentError):
    """A fault of this program on this input."""

    code = "internal-error"


def run_job(job: Job, order: Order) -> Result:
    """Extract one input and write its JSON; a bad input gets a failed one."""
    from extractor import pipeline
    from extractor.pages import NOBODY
    from extractor.report import count_values

    data = b""
    try:
        data = read_input(job, order.settings)
        document, report = pipeline.extract_bytes(
            data, name_input(job), order.catalogue, order.settings, order.watch or NOBODY
        )
    except DocumentError as error:
        return fail_job(job, error, order, data)
    except MemoryError:
        fault = TooMuchMemory("there was not enough memory for this input", "use fewer --jobs, or raise bulk.memory_mb")
        return fail_job(job, fault, order, data)
    except ExtractorError:
        raise
    except Exception as error:  # the outermost loop of a document: one bad input never stops the others
        log.debug("traceback of %s", job.path, exc_info=True)
        internal = InternalError(f"{type(error).__name__}: {error}", "please report it; -vv shows where it happened")
        return fail_job(job, internal, order, data)
    if order.store is not None:
        from extractor.store import pack_report

        _store_document(document, pack_report(report), job, order, data)
    if job.target is not None:
        write_document(document, job.target)
    accepted, value_cells = count_values(document)
    return Result(job, document.outcome, accepted=accepted, value_cells=value_cells)


def read_input(job: Job, settings: Settings) -> bytes:
    """Of a file, or of the images that are put together. Raises DocumentError."""
    from extractor.ingest import read_file
    from extractor.joining import read_joined

    return read_file(job.path, settings.ingest) if job.joined is None else read_joined(job.path, settings.ingest)


def name_input(job: Job) -> str:
    """As the JSON names it."""
    return printable(job.path.name if job.joined is None else job.joined.name)


def fail_job(job: Job, error: ExtractorError, order: Order | None = None, data: bytes = b"") -> Result:
    """Write a failed JSON that says what happened and what to do; the store keeps it with the file's bytes.

    `data`: what was read of the file, where anything was.
    """
    from extractor import __version__
    from extractor.report import MadeWith, failed_document

    made_with = MadeWith(extractor=__version__)
    sha256 = hashlib.sha256(data).hexdigest() if data else hash_file(job.path)
    document = failed_document(name_input(job), sha256, error, made_with)
    if order is not None and order.store is not None and document.document.sha256 is not None:
        _store_document(document, None, job, order, data or job.path.read_bytes())
    if job.target is not None:
        write_document(document, job.target)
    return Result(job, "failed", error.code, error.message, error.advice)


def _store_document(document: Document, readings: bytes | None, job: Job, order: Order, data: bytes) -> None:
    """Into the store. Raises DocumentError, StoreError."""
    from extractor.store import Shelf, keep_document

    if hashlib.sha256(data).hexdigest() != document.document.sha256:
        raise UnreadableFile("the file changed while it was read", "extract it again", code="changed-file")
    store = open_named_store(str(order.store), order.settings)
    try:
        shelf = Shelf(path=str(job.path))
        keep_document(store, data, document, readings, order.settings, shelf=shelf, catalogue=order.catalogue)
    finally:
        store.close()


def open_named_store(given: str, settings: Settings, *, create: bool = True) -> Store:
    """The store that `--store` names, made where it is new (`create`). Raises UsageError, StoreError."""
    from extractor.store import open_store

    return open_store(given, files=Path(settings.store.files) if settings.store.files else None, create=create)


def count_cores() -> int:
    """Cores that this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return usable
    return usable if quota == "max" else max(1, min(usable, int(quota) // int(period)))


def run_jobs(
    jobs: Sequence[Job], order: Order, processes: int, work: Work = run_job, fail: Fail = fail_job
) -> Iterator[Result]:
    """Results as they come, each job in a child within the limits of `bulk`; one bad input costs only itself."""
    limits = order.settings.bulk
    tasks = [_Task(job, order, work) for job in jobs]
    yield from run_isolated(
        tasks,
        min(processes, len(jobs)),
        _run_task,
        lambda task, broken: fail(task.job, _as_error(broken), order),
        Limits(limits.page_seconds, limits.document_seconds, limits.memory_mb),
    )


@dataclass(frozen=True, slots=True)
class _Task:
    job: Job
    order: Order
    work: Work


def _run_task(task: _Task, tell: Tell, skip: Skip) -> Result:
    """In the child."""
    from extractor.pages import Watch

    return task.work(task.job, replace(task.order, watch=Watch(tell, skip)))


def _as_error(broken: Broken) -> DocumentError:
    advice = "raise bulk.page_seconds or bulk.memory_mb, use fewer --jobs, or scan the file again"
    error = DocumentError(broken.message, advice)
    error.code = broken.code
    return error


def collect_seldom() -> None:
    """Look for garbage in cycles after many new objects only: readings are many, and hold hardly any."""
    gc.set_threshold(NEW_OBJECTS)


def limit_threads() -> None:
    """One thread a process: processes share the cores, and results must not depend on how many there are."""
    for name in THREAD_LIMITS:
        os.environ[name] = "1"
    import cv2

    cv2.setNumThreads(1)
