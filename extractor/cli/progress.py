"""What happens in a run -> a display on a terminal, else a line from time to time; or JSON lines on stdout."""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from extractor.bulk.board import Board

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

LINE_SECONDS = 10.0
DRAW_SECONDS = 0.5
SILENT = ("tick", "at", "rests", "places")
MOST_SLOTS = 16  # shown; more don't fit

log = logging.getLogger("extractor")


class Progress:
    """Takes the events of a run; a context within which the display stands."""

    def __init__(self, total: int, *, as_json: bool, quiet: bool) -> None:
        self.board = Board(total)
        self._as_json, self._quiet = as_json, quiet
        self._told = time.monotonic()
        self._lock = threading.Lock()
        self._live: Live | None = None

    def __enter__(self) -> Progress:
        if sys.stderr.isatty() and not self._quiet and not self._as_json:
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
            self._live.start()
            _send_log_to(sys.stderr)  # which the display has put itself before
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()
            _send_log_to(sys.stderr)
        if not self._quiet and not self._as_json:
            print(describe(self.board), file=sys.stderr, flush=True)
        if self._as_json:
            self._write("end", {"states": dict(self.board.counts), "pages": self.board.pages})

    def event(self, name: str, facts: Mapping[str, object]) -> None:
        """What happened; from any thread."""
        self.board.take(name, facts)
        with self._lock:
            if name not in SILENT and self._as_json:
                self._write(name, facts)
            self._log(name, facts)
            self._show()

    def _write(self, name: str, facts: Mapping[str, object]) -> None:
        line = {"event": name, "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"), **facts}
        print(json.dumps(line, ensure_ascii=False), flush=True)

    def _log(self, name: str, facts: Mapping[str, object]) -> None:
        if name in ("failed", "quarantined"):
            log.error("%s: %s", facts["input"], facts["message"], extra={"outcome": name, "code": facts["code"]})
        elif name in ("again", "store-waits", "folder-waits"):
            log.warning("%s: %s", facts.get("input", "the store"), facts["message"])
        if facts.get("said"):
            log.debug("%s: its process wrote:\n%s", facts["input"], facts["said"])

    def _show(self) -> None:
        now = time.monotonic()
        if self._live is not None and now - self._told > DRAW_SECONDS:
            self._told = now
            self._live.update(draw(self.board), refresh=True)
        elif self._live is None and not self._quiet and not self._as_json and now - self._told > LINE_SECONDS:
            self._told = now
            print(describe(self.board), file=sys.stderr, flush=True)


def _send_log_to(stream: Any) -> None:
    for handler in log.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(stream)


def describe(board: Board) -> str:
    """One line."""
    states = ", ".join(f"{count} {state}" for state, count in board.counts.items()) or "none ended"
    left = board.seconds_left()
    reasons = ", ".join(f"{count} {code}" for code, count in board.reasons.most_common())
    return (
        f"{board.ended} of {board.total} documents ({states}), {board.pages_a_minute():.1f} pages/min, "
        f"{board.share_accepted():.1%} of {board.values} values accepted"
        + (f", {reasons}" if reasons else "")
        + (f", some {_span(left)} left" if left else "")
        + (f"; waiting: {board.trouble}" if board.trouble else "")
    )


def draw(board: Board) -> RenderableType:
    """The display."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    left, share = board.seconds_left(), board.ended / max(board.total, 1)
    head = Table.grid(padding=(0, 2), expand=True)
    head.add_column(ratio=1)
    head.add_column(no_wrap=True)
    gone = _span(time.monotonic() - board.began)
    said = f"{board.ended:,}/{board.total:,} documents  {share:.0%}  {gone} gone  {_span(left) if left else '?'} left"
    head.add_row(ProgressBar(total=max(board.total, 1), completed=board.ended), said)
    counts = "  ".join(f"{count:,} {state}" for state, count in board.counts.items()) or "none ended yet"
    facts = f"{board.pages_a_minute():.1f} pages/min  {board.share_accepted():.1%} of {board.values:,} values accepted"
    parts: list[RenderableType] = [head, Text(f"{facts}  {counts}")]
    if board.reasons:
        parts.append(Text("  ".join(f"{code} {count:,}" for code, count in board.reasons.most_common()), style="red"))
    if board.trouble:
        parts.append(Text(f"waiting: {board.trouble}", style="bold red"))
    parts.append(_draw_slots(board))
    return Group(*parts)


def _draw_slots(board: Board) -> RenderableType:
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for _ in range(4):
        table.add_column(no_wrap=True, overflow="ellipsis")
    now = time.monotonic()
    for slot, place in sorted(board.places.items())[:MOST_SLOTS]:
        if place is None:
            table.add_row(slot, "rests", "", "", style="dim")
            continue
        doing = f"page {place.page}" if place.page else place.stage
        tried = f" (attempt {place.attempt})" if place.attempt > 1 else ""
        table.add_row(slot, doing, f"{now - place.since:.0f} s", f"{place.name}{tried}")
    return table


def _span(seconds: float) -> str:
    minutes = int(seconds) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    return f"{days} d {hours} h" if days else f"{hours}:{minutes % 60:02d}:{int(seconds) % 60:02d}"
