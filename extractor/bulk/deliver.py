"""Ended documents -> a JSON under the name of every path that was given, made from the store where it is missing."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy import Row

from extractor import __version__
from extractor.bulk.archive import Unreadable
from extractor.bulk.order import Order
from extractor.bulk.outputs import find_parts, is_of, name_part
from extractor.bulk.turn import write_failed
from extractor.errors import UnreadableFile
from extractor.store import Found, Store, read_json, read_parts
from extractor.writing import write_document, write_text

SOURCE_NAME = re.compile(r'("source_name": )"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Wanted:
    """A JSON that should be there. `entry`: the row of its document in the ledger."""

    path: str
    target: str
    entry: Row[Any]


def find_missing(
    order: Order, targets: Mapping[str, str], entries: Iterable[Row[Any]], sha256s: Mapping[str, str]
) -> list[Wanted]:
    """`targets`: of each path; `sha256s`: of each path; `entries`: of ended documents."""
    if order.out is None:
        return []
    ended = {row.sha256: row for row in entries}
    wanted = [Wanted(path, target, ended[sha256s[path]]) for path, target in targets.items() if sha256s[path] in ended]
    return [one for one in wanted if not is_there(Path(order.out), one)]


def is_there(out: Path, one: Wanted) -> bool:
    """Whether the JSON of each report of a file is there."""
    reports, sha256 = one.entry.reports or 1, one.entry.sha256
    if reports > 1:
        return len(find_parts(out, one.target, sha256)) >= reports
    return is_of(out / f"{one.target}.json", sha256)


def deliver(store: Store, order: Order, missing: Iterable[Wanted]) -> tuple[str, ...]:
    """Write what is missing; documents that must be read again for it."""
    lost = []
    for one in missing:
        if not _deliver(store, order, one):
            lost.append(one.entry.sha256)
    return tuple(dict.fromkeys(lost))


def _deliver(store: Store, order: Order, one: Wanted) -> bool:
    assert order.out is not None
    entry, file = one.entry, Path(order.out) / f"{one.target}.json"
    if (entry.reports or 1) > 1:
        return _deliver_parts(store, Path(order.out), one)
    first = Path(order.out) / f"{entry.target}.json"
    if is_of(first, entry.sha256):
        write_text(rename_source(first.read_text(encoding="utf-8"), PurePath(one.path).name), file)
        return True
    with store.read() as connection:
        text = read_json(connection, entry.sha256)
    if text is not None:
        write_text(rename_source(text, PurePath(one.path).name), file)
        return True
    if entry.state in ("failed", "quarantined"):
        found = Found(entry.sha256, PurePath(one.path).name, one.path, entry.size, one.target)
        write_document(write_failed(found, entry.code, entry.message, entry.advice or ""), file)
        return True
    return False


def _deliver_parts(store: Store, out: Path, one: Wanted) -> bool:
    """The JSON of each report of a file: as written for another path, else from the store."""
    sha256, name = one.entry.sha256, PurePath(one.path).name
    with store.read() as connection:
        parts = read_parts(connection, sha256)
    if len(parts) < one.entry.reports:
        parts = []
        for file in find_parts(out, one.entry.target, sha256):
            first, last = file.stem.rsplit("-p", 1)[1].split("-")
            parts.append(((int(first), int(last)), file.read_text(encoding="utf-8")))
    for span, text in parts:
        write_text(rename_source(text, name), name_part(out, one.target, sha256, span))
    return len(parts) >= one.entry.reports


def rename_source(text: str, name: str) -> str:
    """The JSON of the same bytes under another name."""
    quoted = json.dumps(unicodedata.normalize("NFC", name), ensure_ascii=False)
    return SOURCE_NAME.sub(lambda match: match[1] + quoted, text, count=1)


def write_unreadable(one: Unreadable, order: Order) -> None:
    """A failed JSON of a file whose bytes can't be had."""
    from extractor.report import MadeWith, failed_document

    if order.out is None:
        return
    name, target = (text.encode("utf-8", "replace").decode() for text in (one.path.name, one.target))
    error = UnreadableFile(one.why, "check the path, its name and its permissions", code="missing-file")
    document = failed_document(name, None, error, MadeWith(extractor=__version__))
    write_document(document, Path(order.out) / f"{target}.json")
