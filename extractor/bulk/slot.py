"""A slot: one child process that runs a document at a time, within limits of time and memory."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

import psutil

from extractor.bulk.order import EXIT_MEMORY, NOT_THERE, Order
from extractor.cli.work import THREAD_LIMITS
from extractor.store import Attempt, Done, Fault

WORK = "extractor.bulk.document:run_document"
START_SECONDS = 120.0  # a child that says nothing for so long will never
MOST_STARTS = 3  # in a row that may fail: then it is the installation, not chance
POLL_SECONDS = 0.25
FORM_PAGES = 20.0  # times the limit of a page: reading the whole form with care
SAID_BYTES = 2000  # of what a child that died wrote
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Stopped:
    """The document was broken off on purpose."""


@dataclass(frozen=True, slots=True)
class Halt:
    """Nothing is wrong with the document, but the run can't go on: a full disk, a child that does not start."""

    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """Nothing is wrong with the document: its store did not answer, and may do so later."""

    message: str
    advice: str = ""


Ended = Done | Fault | Stopped | Halt | Away


@dataclass(slots=True)
class Slot:
    """Runs documents one after another; the process is replaced when it dies, grows or has done enough."""

    order: Order
    work: str = WORK
    number: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _pipe: Connection | None = None
    _said: IO[bytes] | None = None
    _looked: psutil.Process | None = None
    _done: int = 0
    _first_memory: int = 0
    _bad_starts: int = 0
    _at: tuple[str, int] = field(default=("start", 0))

    def run(self, attempt: Attempt, broken_off: threading.Event, tell: Callable[[str, int], None]) -> Ended:
        """Run one document to whatever end. `broken_off`: set where there is no more time for it."""
        kills = _oom_kills()
        ended: Ended | None
        try:
            ended = self._start(broken_off)
            if ended is None and self._pipe is not None:
                self._at = ("open", 0)
                self._pipe.send(attempt)
                ended = self._watch(self._pipe, broken_off, tell)
        except (EOFError, OSError):
            ended = None
        if ended is None:
            ended = self._autopsy(oom=_oom_kills() > kills)
        if isinstance(ended, Done) or (isinstance(ended, Fault) and ended.code in NOT_THERE):
            self._recycle()
        else:
            self.close()
        return ended

    def _start(self, broken_off: threading.Event) -> Ended | None:
        """None: a child is ready."""
        if self._pipe is not None and self._process is not None and self._process.poll() is None:
            return None
        self.close()
        self._at = ("start", 0)
        pipe = self._spawn()
        pipe.send(self.order)
        end = time.monotonic() + START_SECONDS
        while not pipe.poll(POLL_SECONDS):
            if broken_off.is_set():
                return Stopped()
            if time.monotonic() > end:
                return self._bad_start(f"it said nothing for {START_SECONDS:.0f} s")
        kind, what = pipe.recv()
        if kind == "fault":
            return self._bad_start(str(what[0]))
        self._bad_starts = 0
        return None if kind == "ready" else _ended(kind, what)

    def _spawn(self) -> Connection:
        ours, theirs = Pipe()
        self._pipe, self._done, self._first_memory = ours, 0, 0
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        environment = os.environ | dict.fromkeys(THREAD_LIMITS, "1")
        command = [sys.executable, "-m", "extractor.bulk.child", str(theirs.fileno()), self.work]
        try:
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                env=environment,
                process_group=0,  # so that what it started ends with it
            )
            self._looked = psutil.Process(self._process.pid)
        except psutil.Error:
            self._looked = None  # gone already, which the pipe will tell
        finally:
            theirs.close()
        return ours

    def _bad_start(self, why: str) -> Fault | Halt:
        """A child that could not begin says nothing about the document."""
        self._bad_starts += 1
        if self._bad_starts >= MOST_STARTS:
            return Halt(f"the process that reads documents does not start: {why}", "see extractor doctor")
        return Fault("not-started", f"the process that reads documents did not start: {why}", own=False)

    def _watch(self, pipe: Connection, broken_off: threading.Event, tell: Callable[[str, int], None]) -> Ended:
        """Until it ends, or a limit is passed. Raises EOFError where the process died."""
        limits = self.order.settings.bulk
        began = since = time.monotonic()
        while True:
            if pipe.poll(POLL_SECONDS):
                kind, what = pipe.recv()
                if kind != "at":
                    return _ended(kind, what)
                self._at, since = what, time.monotonic()
                tell(*what)
            now, page = time.monotonic(), self._at[1] or None
            allowed = limits.page_seconds * (1 if self._at[0] == "page" else FORM_PAGES)
            if now - since > allowed:
                return Fault("too-slow", f"{_where(self._at)} took more than {now - since:.0f} s", page=page)
            if now - began > limits.document_seconds:
                return Fault("too-slow", f"the document took more than {limits.document_seconds:.0f} s")
            if self._memory() > limits.memory_mb:
                return Fault("too-much-memory", f"{_where(self._at)} took more than {limits.memory_mb} MiB", page=page)
            if broken_off.is_set():
                return Stopped()

    def _memory(self) -> int:
        """Of the child, MiB."""
        try:
            return int(self._looked.memory_info().rss) // MIB if self._looked is not None else 0
        except psutil.Error:
            return 0

    def _autopsy(self, *, oom: bool) -> Fault | Halt:
        """Why the process died. A kill from outside is not the document's fault, unless the system had no memory."""
        code = self._wait()
        page = self._at[1] or None
        killed = code in (-signal.SIGKILL, -signal.SIGTERM)
        if code == EXIT_MEMORY or (killed and oom):
            return Fault("too-much-memory", f"{_where(self._at)} took more memory than there is", page=page)
        if killed:
            return Fault("killed", "the process that read it was killed from outside", own=False)
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        if self._at[0] == "start":
            return self._bad_start(name)
        message = f"{_where(self._at)} crashed the process that read it ({name})"
        return Fault("crashed", message, page=page, said=self._last_words())

    def _wait(self) -> int:
        """The exit code of the child, which has closed its pipe."""
        if self._process is None:
            return 1
        try:
            return self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return 1

    def _last_words(self) -> str:
        if self._said is None:
            return ""
        self._said.seek(max(self._said.seek(0, os.SEEK_END) - SAID_BYTES, 0))
        return self._said.read().decode("utf-8", "replace")

    def _recycle(self) -> None:
        self._done += 1
        memory = self._memory()
        self._first_memory = self._first_memory or memory
        limits = self.order.settings.bulk
        if self._done >= limits.documents_per_process or memory - self._first_memory > limits.growth_mb:
            self.close()

    def close(self) -> None:
        """End the child, and what it started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for end in (self._pipe, self._said):
            if end is not None:
                end.close()
        self._process = self._pipe = self._said = self._looked = None


def _ended(kind: str, what: object) -> Ended:
    if isinstance(what, Done):
        return what
    assert isinstance(what, tuple)
    if kind == "error":
        return Fault(what[0], what[1])
    if kind == "fault":
        return Fault("internal-error", what[0], said=what[1])
    return (Away if kind == "store" else Halt)(what[0], what[1])


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
