"""Works for the process pool that stand in for reading a report: they must be importable by a fresh process."""

from __future__ import annotations

import logging
import os
import signal
import time
from pathlib import Path

from extractor.cli.inputs import Job
from extractor.cli.work import Order, Result


def die_on_bad(job: Job, order: Order) -> Result:
    """Dies as from a lack of memory on inputs named bad."""
    if job.path.stem.startswith("bad"):
        os.kill(os.getpid(), signal.SIGKILL)
    return Result(job, "complete")


def sleep_long(job: Job, order: Order) -> Result:
    """Says that it has begun, then takes far longer than any test waits."""
    Path(f"{job.target}.begun").touch()
    time.sleep(600)
    return Result(job, "complete")


def break_down(job: Job, order: Order) -> Result:
    """Crashes, hangs or grows, as the input's name says."""
    name = job.path.stem
    assert order.watch is not None
    order.watch.tell("page", 1)
    if name == "segv":
        os.kill(os.getpid(), signal.SIGSEGV)
    if name == "hang" or (name == "hang-once" and not order.watch.skip):
        time.sleep(600)
    if name == "grow":
        keep = [bytearray(64 << 20) for _ in range(8)]
        time.sleep(600 + len(keep))
    return Result(job, "complete")


def say_much(job: Job, order: Order) -> Result:
    """Tells what only those who ask for everything want to know."""
    logging.getLogger("extractor").debug("a detail of %s", job.path.stem)
    return Result(job, "complete")
