"""The process of a slot: documents come in over a pipe, each is run, what is being done and how it ended go back."""

from __future__ import annotations

import ctypes
import importlib
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from extractor.bulk.document import EXIT_MEMORY, Order
from extractor.cli.work import limit_threads
from extractor.errors import DocumentError, ExtractorError
from extractor.store import Attempt, Done, Store, StoreError, open_store

PR_SET_PDEATHSIG = 1
SPARE = 1.5  # of the memory limit that the system may give at once, before the runner looks

Work = Callable[[Attempt, Order, Store, Callable[[str, int], None]], Done]


def serve(connection: Connection, work: Work) -> None:
    """Run documents until the pipe is closed."""
    order: Order = connection.recv()
    _limit(order)
    files = Path(order.settings.store.files) if order.settings.store.files else None
    store = open_store(order.store, files=files, create=False)
    connection.send(("ready", None))
    while True:
        try:
            attempt: Attempt = connection.recv()
        except EOFError:
            return
        connection.send(_run(attempt, order, store, work, connection))


def _run(attempt: Attempt, order: Order, store: Store, work: Work, connection: Connection) -> tuple[str, object]:
    try:
        return "done", work(attempt, order, store, lambda stage, page: connection.send(("at", (stage, page))))
    except MemoryError:
        os._exit(EXIT_MEMORY)
    except StoreError as error:
        return "store", (error.message, error.advice)
    except DocumentError as error:
        return "error", (error.code, error.message, error.advice)
    except OSError as error:
        return "disk", (error.errno, str(error))
    except ExtractorError as error:
        return "stop", (error.message, error.advice)


def _limit(order: Order) -> None:
    """One thread, no core dumps, a ceiling for memory, and an end with the process that started this one."""
    parent = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_threads()
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
    sys.excepthook = lambda kind, error, _: connection.send(("fault", (f"{kind.__name__}: {error}",)))
    serve(connection, getattr(importlib.import_module(module), name))


if __name__ == "__main__":
    main(sys.argv)
