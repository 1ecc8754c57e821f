"""One job -> its JSON file, whatever happens to the input; and many jobs over several processes."""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.cli.inputs import Job, hash_file
from extractor.errors import DocumentError, ExtractorError, UnreadableFile
from extractor.writing import write_document

if TYPE_CHECKING:
    from extractor.report import Document
    from extractor.settings import Settings
    from extractor.store import Store

DOCUMENTS_PER_PROCESS = 100  # then a fresh one takes over, so that nothing that leaks adds up
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


Work = Callable[[Job, Order], Result]


class WorkerDied(DocumentError):
    """The process that read this input was killed: out of memory, or a fault in a library."""

    code = "worker-died"


class InternalError(DocumentError):
    """A fault of this program on this input."""

    code = "internal-error"


def run_job(job: Job, order: Order) -> Result:
    """Extract one input and write its JSON; a bad input gets a failed one."""
    from extractor import pipeline
    from extractor.report import count_values

    try:
        document, report = pipeline.extract_report(job.path, order.catalogue, order.settings)
    except DocumentError as error:
        return fail_job(job, error, order)
    except MemoryError:
        return fail_job(job, WorkerDied("there was not enough memory for this input", "use fewer --jobs"), order)
    except ExtractorError:
        raise
    except Exception as error:  # the outermost loop of a document: one bad input never stops the others
        log.debug("traceback of %s", job.path, exc_info=True)
        fault = InternalError(f"{type(error).__name__}: {error}", "please report it; -vv shows where it happened")
        return fail_job(job, fault, order)
    if order.store is not None:
        from extractor.store import pack_report

        _store_document(document, pack_report(report), job, order)
    if job.target is not None:
        write_document(document, job.target)
    accepted, value_cells = count_values(document)
    return Result(job, document.outcome, accepted=accepted, value_cells=value_cells)


def fail_job(job: Job, error: ExtractorError, order: Order | None = None) -> Result:
    """Write a failed JSON that says what happened and what to do; the store keeps it with the file's bytes."""
    from extractor import __version__
    from extractor.report import MadeWith, failed_document

    made_with = MadeWith(extractor=__version__)
    document = failed_document(job.path.name, hash_file(job.path), error, made_with)
    if order is not None and order.store is not None and document.document.sha256 is not None:
        _store_document(document, None, job, order)
    if job.target is not None:
        write_document(document, job.target)
    return Result(job, "failed", error.code, error.message, error.advice)


def _store_document(document: Document, readings: bytes | None, job: Job, order: Order) -> None:
    """Into the store. Raises DocumentError, StoreError."""
    from extractor.store import Shelf, keep_document

    data = job.path.read_bytes()
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


def run_jobs(jobs: Sequence[Job], order: Order, processes: int, work: Work = run_job) -> Iterator[Result]:
    """Results as they come. A single job runs in this process; a process that dies costs only its own input."""
    limit_threads()
    if len(jobs) == 1:
        yield work(jobs[0], order)
        return
    undone = dict.fromkeys(jobs)
    for result in _run_pool(jobs, order, processes, work):
        del undone[result.job]
        yield result
    for job in undone:  # their pool broke: each alone now, so that only the guilty one fails
        yield next(_run_pool([job], order, 1, work), None) or fail_job(
            job, WorkerDied("the process that read this input died", "use fewer --jobs, or scan the file again")
        )


def _run_pool(jobs: Sequence[Job], order: Order, processes: int, work: Work) -> Iterator[Result]:
    """Results of the jobs until all are done or the pool breaks."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        min(processes, len(jobs)),
        mp_context=context,
        initializer=_start_worker,
        initargs=(log.getEffectiveLevel(),),
        max_tasks_per_child=DOCUMENTS_PER_PROCESS,
    )
    try:
        pending: set[Future[Result]] = {pool.submit(work, job, order) for job in jobs}
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    except BrokenProcessPool:
        return
    except BaseException:
        for child in multiprocessing.active_children():
            child.terminate()
            child.join()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _start_worker(level: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its children
    limit_threads()
    log.setLevel(level)


def limit_threads() -> None:
    """One thread a process: processes share the cores, and results must not depend on how many there are."""
    for name in THREAD_LIMITS:
        os.environ[name] = "1"
    import cv2

    cv2.setNumThreads(1)
