"""The process of a slot: documents come in over a pipe, each is run, what is being done and how it ended go back."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import faulthandler
import importlib
import os
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from extractor.bulk.order import EXIT_MEMORY, Order
from extractor.cli.work import collect_seldom, limit_threads
from extractor.errors import DocumentError, ExtractorError
from extractor.store import Attempt, Done, Store, StoreError, StoreFull, open_store

PR_SET_PDEATHSIG = 1
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
SPARE = 1.5  # of the memory limit that the system may give at once, before the runner looks

Work = Callable[[Attempt, Order, Store, Callable[[str, int], None]], Done]


def serve(connection: Connection, work: Work) -> None:
    """Run documents until the pipe is closed."""
    order: Order = connection.recv()
    _limit(order)
    files = Path(order.settings.store.files) if order.settings.store.files else None
    try:
        store = open_store(order.store, files=files, create=False)
    except ExtractorError as error:
        connection.send(_unwell(error))
        return
    connection.send(("ready", None))
    while True:
        try:
            attempt: Attempt = connection.recv()
        except EOFError:
            return
        connection.send(_run(attempt, order, store, work, connection))
        _trim()


def _run(attempt: Attempt, order: Order, store: Store, work: Work, connection: Connection) -> tuple[str, object]:
    at = "open"

    def tell(stage: str, page: int) -> None:
        nonlocal at
        at = stage
        connection.send(("at", (stage, page)))

    try:
        return "done", work(attempt, order, store, tell)
    except MemoryError:
        os._exit(EXIT_MEMORY)
    except DocumentError as error:
        return "error", (error.code, error.message)
    except ExtractorError as error:
        return _unwell(error)
    except OSError as error:
        if at != "keep" and error.errno not in NO_ROOM:
            raise  # libraries raise it for what is wrong with a document
        return "disk", (f"nothing can be written: {error}", "make room, then run the same command again")


def _trim() -> None:
    """Give the system what documents have left free between what stays: else the process grows with the largest."""
    with contextlib.suppress(OSError, AttributeError):  # other C libraries have no such call
        ctypes.CDLL(None).malloc_trim(0)


def _unwell(error: ExtractorError) -> tuple[str, object]:
    away = isinstance(error, StoreError) and not isinstance(error, StoreFull)
    return "store" if away else "stop", (error.message, error.advice)


def _limit(order: Order) -> None:
    """One thread, no core dumps, a ceiling for memory, and an end with the process that started this one."""
    parent = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_threads()
    collect_seldom()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = int(order.settings.bulk.memory_mb * SPARE) << 20
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def main(argv: list[str]) -> None:
    """`python -m extractor.bulk.child FD MODULE:FUNCTION`."""
    module, _, name = argv[2].partition(":")
    connection = Connection(int(argv[1]))
    faulthandler.enable()  # a crash in a library leaves where it was on stderr, which the slot keeps
    sys.excepthook = lambda kind, error, trace: connection.send(
        ("fault", (f"{kind.__name__}: {error}", "".join(traceback.format_tb(trace)[-8:])))
    )
    serve(connection, getattr(importlib.import_module(module), name))


if __name__ == "__main__":
    main(sys.argv)
