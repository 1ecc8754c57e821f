"""A slot: one child process that runs a document at a time, within limits of time and memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from extractor.bulk.document import EXIT_MEMORY, Order
from extractor.cli.work import THREAD_LIMITS
from extractor.store import Attempt, Done, Fault

WORK = "extractor.bulk.document:run_document"
START_SECONDS = 120.0  # a child that says nothing for so long will never
POLL_SECONDS = 0.25
FORM_PAGES = 20.0  # times the limit of a page: reading the whole form with care
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Stopped:
    """The document was broken off on purpose."""


@dataclass(frozen=True, slots=True)
class Halt:
    """Nothing is wrong with the document, but the run can't go on: a full disk, a store that is gone."""

    message: str
    advice: str = ""


Ended = Done | Fault | Stopped | Halt


@dataclass(slots=True)
class Slot:
    """Runs documents one after another; the process is replaced when it dies, grows or has done enough."""

    order: Order
    work: str = WORK
    _process: subprocess.Popen[bytes] | None = None
    _pipe: Connection | None = None
    _done: int = 0
    _first_memory: int = 0
    _at: tuple[str, int] = field(default=("start", 0))

    def run(self, attempt: Attempt, broken_off: threading.Event, tell: Callable[[str, int], None]) -> Ended:
        """Run one document to whatever end. `broken_off`: set where there is no more time for it."""
        kills = _oom_kills()
        try:
            pipe = self._start()
            pipe.send(attempt)
            ended = self._watch(pipe, broken_off, tell)
        except (EOFError, OSError):
            ended = None
        if ended is None:
            ended = self._autopsy(oom=_oom_kills() > kills)
        if not isinstance(ended, Done):
            self.close()
        else:
            self._recycle()
        return ended

    def _start(self) -> Connection:
        if self._pipe is not None and self._process is not None and self._process.poll() is None:
            return self._pipe
        self.close()
        ours, theirs = Pipe()
        environment = os.environ | dict.fromkeys(THREAD_LIMITS, "1")
        command = [sys.executable, "-m", "extractor.bulk.child", str(theirs.fileno()), self.work]
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment
        )
        theirs.close()
        self._pipe, self._done, self._first_memory, self._at = ours, 0, 0, ("start", 0)
        ours.send(self.order)
        if not ours.poll(START_SECONDS) or ours.recv()[0] != "ready":
            raise EOFError
        return ours

    def _watch(self, pipe: Connection, broken_off: threading.Event, tell: Callable[[str, int], None]) -> Ended | None:
        """Until it ends, or a limit is passed; None: the process died."""
        limits = self.order.settings.bulk
        began = since = time.monotonic()
        self._at = ("open", 0)
        while True:
            if pipe.poll(POLL_SECONDS):
                kind, what = pipe.recv()
                if kind != "at":
                    return _ended(kind, what)
                self._at, since = what, time.monotonic()
                tell(*what)
            now, page = time.monotonic(), self._at[1] or None
            allowed = limits.page_seconds * (1 if self._at[0] == "page" else FORM_PAGES)
            if now - since > allowed or now - began > limits.document_seconds:
                return Fault("too-slow", f"{_where(self._at)} took more than {now - since:.0f} s", page=page)
            if self._memory() > limits.memory_mb:
                return Fault("too-much-memory", f"{_where(self._at)} took more than {limits.memory_mb} MiB", page=page)
            if broken_off.is_set():
                return Stopped()

    def _memory(self) -> int:
        """Of the child, MiB."""
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss) // MIB if self._process else 0
        except psutil.Error:
            return 0

    def _autopsy(self, *, oom: bool) -> Fault:
        """Why the process died. A kill from outside is not the document's fault, unless the system had no memory."""
        code = self._process.wait(timeout=10) if self._process is not None else 1
        page = self._at[1] or None
        if code == EXIT_MEMORY or (code == -signal.SIGKILL and oom):
            return Fault("too-much-memory", f"{_where(self._at)} took more memory than there is", page=page)
        if code in (-signal.SIGKILL, -signal.SIGTERM):
            return Fault("killed", "the process that read it was killed from outside", own=False)
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return Fault("crashed", f"{_where(self._at)} crashed the process that read it ({name})", page=page)

    def _recycle(self) -> None:
        self._done += 1
        memory = self._memory()
        self._first_memory = self._first_memory or memory
        limits = self.order.settings.bulk
        if self._done >= limits.documents_per_process or memory - self._first_memory > limits.growth_mb:
            self.close()

    def close(self) -> None:
        """End the child."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._pipe is not None:
            self._pipe.close()
        self._process, self._pipe = None, None


def _ended(kind: str, what: object) -> Ended:
    if isinstance(what, Done):
        return what
    assert isinstance(what, tuple)
    if kind == "error":
        return Fault(what[0], what[1])
    if kind == "fault":
        return Fault("internal-error", what[0])
    return Halt(str(what[0]), str(what[1]))


def _where(at: tuple[str, int]) -> str:
    stage, page = at
    return f"page {page}" if page else {"open": "opening it", "form": "reading its form"}.get(stage, stage)


def _oom_kills() -> int:
    """How often the system killed for want of memory since it started."""
    try:
        lines = Path("/proc/vmstat").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
