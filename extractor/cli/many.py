"""Numbers of stored documents -> each judged again in one of several processes; the results in the order given."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from extractor.cli.work import limit_threads, open_named_store

if TYPE_CHECKING:
    from extractor.settings import Settings
    from extractor.store import Rematched, Store

AHEAD = 4  # documents a process that are handed out before they are asked for: memory stays flat

log = logging.getLogger("extractor")


@dataclass(frozen=True, slots=True)
class Rematching:
    """What is the same for all documents."""

    store: str
    settings: Settings
    catalogue: str | None
    keep: bool


@dataclass(frozen=True, slots=True)
class _Own:
    """What a process holds while it lives."""

    order: Rematching
    store: Store


_own: list[_Own] = []


def run_many(order: Rematching, documents: Sequence[int], jobs: int) -> Iterator[Rematched]:
    """Each document once. On an interrupt those at work end, and the others are left as they are."""
    from extractor.store import Rematched

    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(order, log.getEffectiveLevel()))
    waiting: deque[tuple[int, Future[Rematched]]] = deque()
    rest = iter(documents)
    try:
        while True:
            for one in islice(rest, jobs * AHEAD - len(waiting)):
                waiting.append((one, pool.submit(_rematch, one)))
            if not waiting:
                return
            yield waiting[0][1].result()
            waiting.popleft()
    except BrokenProcessPool:
        for one in (*(document for document, _ in waiting), *rest):
            yield Rematched(one, message=DIED, advice=ADVICE)
    except KeyboardInterrupt:
        pool.shutdown(wait=True, cancel_futures=True)
        for _, future in waiting:
            if future.done() and not future.cancelled() and future.exception() is None:
                yield future.result()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


DIED = "a process died, and the document is as it was or as judged again"
ADVICE = "run the same command again, with fewer --jobs"


def _start(order: Rematching, level: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    limit_threads()
    log.setLevel(level)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _own.append(_Own(order, open_named_store(order.store, order.settings, create=False)))


def _end_with_parent() -> None:
    """A parent that was killed sends nothing any more; what is at work is a transaction that then never was."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _rematch(document: int) -> Rematched:
    from extractor.store import rematch_document

    own = _own[0]
    return rematch_document(own.store, document, own.order.settings, own.order.catalogue, keep=own.order.keep)
