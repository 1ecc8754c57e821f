"""`extractor bulk status`: the ledger -> how far the archive is, what failed and how to look at it, what runs now."""

from __future__ import annotations

import json
import os
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from extractor.errors import EXIT_OK

if TYPE_CHECKING:
    from extractor.store import Store

WINDOW = timedelta(minutes=10)  # of which the present speed is the mean
FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that the ledger says, read at once."""

    entries: Sequence[Any]
    doubles: Sequence[tuple[str, ...]]
    runs: Sequence[Any]


def tell_status(store: Store, *, as_json: bool) -> int:
    """On stdout."""
    from extractor.store import list_doubles, list_runs, read_entries

    with store.read() as connection:
        ledger = Ledger(read_entries(connection), list_doubles(connection), list_runs(connection))
    about = describe(ledger, datetime.now(UTC))
    if as_json:
        print(json.dumps(about, ensure_ascii=False))
    else:
        _print(about)
    store.close()
    return EXIT_OK


def describe(ledger: Ledger, now: datetime) -> dict[str, Any]:
    """The status as plain data."""
    entries = ledger.entries
    states = Counter(one.state for one in entries)
    bad = [one for one in entries if one.state in ("failed", "quarantined")]
    hosts = {one.id: f"{one.host.split('/')[0]}:{one.pid}" for one in ledger.runs}
    return {
        "documents": len(entries),
        "states": dict(sorted(states.items())),
        "reasons": dict(Counter(one.code for one in bad).most_common()),
        "joined": {"documents": sum(one.images > 0 for one in entries), "images": sum(one.images for one in entries)},
        "pages": sum(one.pages or 0 for one in entries),
        "accepted": sum(one.accepted or 0 for one in entries),
        "values": sum(one.value_cells or 0 for one in entries),
        "throughput": _throughput(entries, states, now),
        "running": [_running(one, hosts, now) for one in entries if one.state == "running"],
        "bad": [_bad(one) for one in bad],
        "doubled": [paths for paths in (_still_there(group) for group in ledger.doubles) if len(paths) > 1],
        "processes": [
            {"process": hosts[one.id], "purpose": one.purpose, "since": one.started_at} for one in ledger.runs
        ],
    }


def _throughput(entries: Sequence[Any], states: Counter[str], now: datetime) -> dict[str, Any]:
    """Of the last minutes, and the CPU time of all that was done."""
    since = (now - WINDOW).strftime(FORMAT)
    late = [one for one in entries if one.ended_at is not None and one.ended_at >= since and one.state != "waiting"]
    begun = min((one.started_at for one in late if one.started_at), default=None)
    seconds = min(max((now - _time(begun)).total_seconds(), 1.0), WINDOW.total_seconds()) if begun else 1.0
    left = states["waiting"] + states["running"]
    done = [one for one in entries if one.cpu_seconds]
    pages = sum(one.pages or 0 for one in done)
    return {
        "pages_a_minute": round(60 * sum(one.pages or 0 for one in late) / seconds, 1),
        "documents_a_minute": round(60 * len(late) / seconds, 1),
        "seconds_left": round(left * seconds / len(late)) if late and left else None,
        "cpu_seconds_a_page": round(sum(one.cpu_seconds for one in done) / pages, 2) if pages else None,
    }


def _running(one: Any, hosts: dict[str, str], now: datetime) -> dict[str, Any]:
    return _place(one) | {
        "process": hosts.get(one.run_id, "gone"),
        "stage": one.stage,
        "page": one.page,
        "attempt": one.attempts,
        "seconds": round((now - _time(one.started_at)).total_seconds()),
    }


def _place(one: Any) -> dict[str, Any]:
    """Where the scan and its paper are; `images`: of a folder, that are its pages."""
    return {"path": one.path, "images": one.images, "box": one.box, "folder": one.folder}


def _bad(one: Any) -> dict[str, Any]:
    path = shlex.quote(os.path.dirname(one.path) if one.images and not os.path.isdir(one.path) else one.path)
    look = f"extractor extract {path}{' --join-images' if one.images else ''} --out look/"
    skipped = [page for page, _ in json.loads(one.skip)]
    if skipped and not one.images:
        look += f"; extractor debug {path} --page {skipped[-1]}"
    return _place(one) | {
        "sha256": one.sha256,
        "state": one.state,
        "code": one.code,
        "message": one.message,
        "advice": one.advice,
        "attempts": one.attempts,
        "pages_given_up": skipped,
        "look": look,
        "again": f"extractor bulk {path} --again quarantined",
    }


def _still_there(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Without paths that a file was moved away from."""
    return tuple(path for path in paths if os.path.exists(path)) or paths


def _time(text: str) -> datetime:
    return datetime.strptime(text, FORMAT).replace(tzinfo=UTC)


def _print(about: dict[str, Any]) -> None:
    print(", ".join(f"{count} {state}" for state, count in about["states"].items()) or "no documents")
    if about["joined"]["documents"]:
        print(f"{about['joined']['documents']} documents are folders, of {about['joined']['images']} images")
    print(f"{about['pages']} pages, {about['accepted']} of {about['values']} values accepted")
    speed = about["throughput"]
    if speed["documents_a_minute"]:
        print(f"the last 10 minutes: {speed['pages_a_minute']} pages, {speed['documents_a_minute']} documents a minute")
    if speed["seconds_left"] is not None:
        print(f"some {timedelta(seconds=speed['seconds_left'])} left")
    if about["reasons"]:
        print("failed: " + ", ".join(f"{count} {code}" for code, count in about["reasons"].items()))
    for one in about["running"]:
        doing = f"page {one['page']}" if one["page"] else one["stage"] or "begins"
        print(f"running: {_name(one)}: {doing}, {one['seconds']} s, attempt {one['attempt']}, {one['process']}")
    for one in about["bad"]:
        print(f"{one['state']}: {_name(one)}: {one['message']} ({one['code']}, {one['attempts']} attempts)")
        if one["state"] == "quarantined":
            print(f"  look at it: {one['look']}")
            print(f"  try again: {one['again']}")
        elif one["advice"]:
            print(f"  {one['advice']}")
    for paths in about["doubled"]:
        print(f"the same file: {' = '.join(paths)}")


def _name(one: dict[str, Any]) -> str:
    """A path with what is known of it: `x.pdf [Hộp 3, Hồ sơ 2]`, `Báo cáo 319 (9 images)`."""
    images = f" ({one['images']} images)" if one["images"] else ""
    shelf = ", ".join(mark for mark in (one["box"], one["folder"]) if mark)
    return one["path"] + images + (f" [{shelf}]" if shelf else "")
