"""A store -> files: observations in one of the flat formats, or a JSON a document; whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Literal

from extractor.export.columns import Row, as_row
from extractor.export.documents import list_documents
from extractor.export.formats import WRITERS
from extractor.export.formats.stream import STDOUT, open_text
from extractor.export.read import list_sheaves, snapshot
from extractor.export.records import EVERYTHING, Observation, Wanted
from extractor.export.schemas import check_document
from extractor.report.scalars import to_json
from extractor.store import Store
from extractor.writing import fold_name

Unsettled = Literal["mark", "hold", "hold-documents"]
UNSETTLED: tuple[Unsettled, ...] = ("mark", "hold", "hold-documents")


@dataclass(slots=True)
class Count:
    """What went out and what was held back, counted while it streams."""

    documents: int = 0
    held_documents: int = 0
    written: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)


def choose(
    store: Store, count: Count, wanted: Wanted = EVERYTHING, unsettled: Unsettled = "mark"
) -> Iterator[Observation]:
    """Observations that go out. mark: all, what is not settled without a value; hold: settled ones only.

    hold-documents: only those of documents without open review cells or error findings.
    """
    with snapshot(store) as connection:
        for sheaf in list_sheaves(connection, wanted):
            count.documents += 1
            if unsettled == "hold-documents" and (sheaf.errors or not all(o.is_settled for o in sheaf.observations)):
                count.held_documents += 1
                count.held.update(one.status for one in sheaf.observations)
                continue
            for one in sheaf.observations:
                if unsettled == "hold" and not one.is_settled:
                    count.held[one.status] += 1
                    continue
                count.written[one.status] += 1
                yield one


def write_observations(observations: Iterator[Observation], kind: str, target: Path) -> None:
    """Write a file of a flat format, put in place when it is whole."""
    rows: Iterator[Row] = map(as_row, observations)
    if target == STDOUT:
        WRITERS[kind](rows, target)
        return
    with in_place(target) as part:
        WRITERS[kind](rows, part)


def write_documents(store: Store, target: Path, wanted: Wanted = EVERYTHING) -> int:
    """A JSON a document into a folder, or all as a list into one file (`.json` or stdout); how many there were."""
    count = 0
    with snapshot(store) as connection:
        documents = list_documents(connection, wanted)
        if target.suffix.lower() != ".json" and target != STDOUT:
            taken: set[str] = set()
            for name, tree in documents:
                text = to_json(tree)
                check_document(text)
                with in_place(_free(target, name, tree, taken)) as part:
                    part.write_text(text, encoding="utf-8")
                count += 1
            return count
        with nullcontext(target) if target == STDOUT else in_place(target) as part, open_text(part) as file:
            for _, tree in documents:
                text = to_json(tree)
                check_document(text)
                file.write(("[\n" if count == 0 else ",\n") + text)
                count += 1
            file.write("]\n" if count else "[]\n")
    return count


def _free(folder: Path, name: str, tree: dict[str, object], taken: set[str]) -> Path:
    """By the source's name; a second document of that name has its number too."""
    stem = PurePath(PurePath(name.replace("\\", "/")).name).stem or "document"
    store = tree["store"]
    if fold_name(PurePath(stem)) in taken:
        stem = f"{stem}-{store['document']}"  # type: ignore[index]
    taken.add(fold_name(PurePath(stem)))
    return folder / f"{stem}.json"


@contextmanager
def in_place(target: Path) -> Iterator[Path]:
    """A name beside the target to write to, renamed at the end: no reader ever sees half a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=f".part{target.suffix}")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.chmod(0o666 & ~_umask())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
