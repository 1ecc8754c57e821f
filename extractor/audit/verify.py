"""A store -> what is not as it was kept: decisions, originals, cells against the JSON that they were made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from extractor.store import Store, StoredCell, original_path, parse_document, unpack_json
from extractor.store.cells import list_cells
from extractor.store.current import as_cell
from extractor.store.decide import FIRST_HASH, hash_decision
from extractor.store.schema import cell, chain, decision, document, extraction, file


@dataclass(frozen=True, slots=True)
class Defect:
    """Something that is not as it was kept. `what`: decision, original, reading or export; `named`: which one."""

    what: str
    named: str
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check looked at, and what it found. `untold`: what could not be checked, or is only behind the store."""

    count: int
    defects: tuple[Defect, ...]
    untold: tuple[str, ...] = ()


def check_decisions(connection: Connection) -> Checked:
    """Every link of the chain: its own hash, the one before it, gaps, and the end."""
    defects, before, seq, count = [], FIRST_HASH, 0, 0
    for row in connection.execute(select(decision).order_by(decision.c.seq)).mappings():
        tree = dict(row)
        count += 1
        defects += [Defect("decision", str(gone), "is missing") for gone in range(seq + 1, tree["seq"])]
        if hash_decision(tree) != tree["hash"]:
            defects.append(Defect("decision", str(tree["seq"]), "was changed: its hash is not that of its content"))
        elif tree["seq"] == seq + 1 and tree["prev_hash"] != before:
            defects.append(
                Defect("decision", str(tree["seq"]), f"does not follow decision {seq}: that one was replaced")
            )
        before, seq = tree["hash"], tree["seq"]
    last = connection.execute(select(chain)).one()
    defects += [Defect("decision", str(gone), "is missing") for gone in range(seq + 1, last.seq + 1)]
    if last.seq < seq:
        defects.append(Defect("decision", str(seq), "was added past the end of the chain"))
    elif last.seq == seq and last.hash != before:
        defects.append(Defect("decision", str(seq), "is not the one that the chain ends with"))
    return Checked(count, tuple(defects))


def last_link(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last decision: written down elsewhere, they prove all that came before."""
    row = connection.execute(select(chain)).one()
    return row.seq, row.hash


def check_originals(store: Store, connection: Connection) -> Checked:
    """Every original's bytes against its SHA-256."""
    defects, count = [], 0
    for row in connection.execute(select(file.c.sha256, file.c.name).order_by(file.c.name, file.c.sha256)):
        count += 1
        fault = _find_fault(store, row.sha256)
        if fault:
            defects.append(Defect("original", f"{row.sha256} ({row.name})", fault))
    return Checked(count, tuple(defects))


def _find_fault(store: Store, sha256: str) -> str:
    try:
        with original_path(store.files, sha256).open("rb") as data:
            return "" if hashlib.file_digest(data, "sha256").hexdigest() == sha256 else "has changed on the disk"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"can't be read: {error.strerror}"


def check_cells_kept(connection: Connection) -> Checked:
    """What each document's current extraction says in its JSON against the cells that are exported."""
    defects, count = [], 0
    query = select(document.c.id, document.c.name, document.c.extraction_id, extraction.c.json).join(
        extraction, extraction.c.id == document.c.extraction_id
    )
    for row in connection.execute(query.order_by(document.c.id)):
        tree = parse_document(unpack_json(row.json))
        if tree["document"]["sha256"] and tree["outcome"] != "failed":
            written = {one.key: one for one in list_cells(tree, row.id)}
            stored = (
                as_cell(one)
                for one in connection.execute(select(cell).where(cell.c.extraction_id == row.extraction_id))
            )
            kept = {one.key: one for one in stored}
            count += len(kept)
            for key in _differing(written, kept):
                defects.append(Defect("reading", f"document {row.id} ({row.name}), {key}", "is not what its JSON says"))
    return Checked(count, tuple(defects))


def _differing(written: Mapping[str, StoredCell], kept: Mapping[str, StoredCell]) -> Iterator[str]:
    names = ("state", "raw", "number", "text", "status", "page")
    for key in sorted({*written, *kept}):
        one, other = written.get(key), kept.get(key)
        if one is None or other is None or any(getattr(one, name) != getattr(other, name) for name in names):
            yield key
