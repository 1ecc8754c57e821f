"""Documents that do what their name says, run in the child of a slot in place of a reading."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from extractor.bulk.order import Order
from extractor.errors import UnreadableFile
from extractor.store import Attempt, Done, Store
from extractor.writing import write_text

DONE = Done("done", "1", pages=1, reports=1, accepted=9, value_cells=10)


def work(attempt: Attempt, order: Order, store: Store, tell: Callable[[str, int], None]) -> Done:
    """Crash, hang, grow, die or do well; each good one leaves a line for every time it was done."""
    tell("page", 1)
    name = attempt.found.name
    if not name.startswith(("hang", "page-two")):
        tell("form", 1)  # which has its time: on a busy machine the others must not fail by the limit of a page
    if name.startswith("segv"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if name.startswith("hang") or (name.startswith("page-two") and not attempt.skip):
        tell("page", 2)
        time.sleep(600)
    if name.startswith("grow"):
        keep = [bytearray(64 << 20) for _ in range(100)]
        time.sleep(len(keep))
    if name.startswith("raise"):
        raise ValueError("a fault of ours")
    if name.startswith("changed"):
        raise UnreadableFile("the file has changed", code="changed-file")
    if name.startswith("killed") and attempt.number < 4:
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("slow"):
        time.sleep(0.3)
    if name.startswith("long"):
        time.sleep(60)
    if name.startswith("big"):
        tell("keep", 0)
        write_text("x" * (1 << 20), Path(order.out or "") / f"{name}.json")
    if order.out:
        with (Path(order.out) / f"{name}.lines").open("a", encoding="utf-8") as file:
            file.write(f"{attempt.number}\n")
    return DONE


def apart(attempt: Attempt, order: Order, store: Store, tell: Callable[[str, int], None]) -> Done:
    """A folder whose images are whole reports; each of them does well."""
    return Done("apart", "") if attempt.found.images else work(attempt, order, store, tell)
