"""A store -> what of it is as it should be, and what to do about the rest."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy import text as sql

from extractor.store.decide import check_chain
from extractor.store.files import original_path
from extractor.store.opening import Store, find_revision, newest_revision
from extractor.store.schema import document, file, task

LEAST_FREE = 1 << 30
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Health:
    """One thing that was looked at. `advice`: empty where all is well."""

    name: str
    found: str
    advice: str = ""


def check_store(store: Store) -> Iterator[Health]:
    """Schema, database, decisions, originals, disk. Raises StoreError where it does not answer."""
    have, want = find_revision(store), newest_revision()
    given = "--store ADDRESS"
    yield Health("schema", str(have), "" if have == want else f"run extractor upgrade {given}")
    if have != want:
        return
    with store.read() as connection:
        if store.address.is_sqlite:
            told = connection.execute(sql("PRAGMA quick_check(1)")).scalar_one()
            yield Health("database", told, "" if told == "ok" else "restore the last backup: extractor restore")
            broken = connection.execute(sql("PRAGMA foreign_key_check")).first()
            advice = "" if broken is None else "restore the last backup: extractor restore"
            yield Health("references", "whole" if broken is None else f"broken in {broken[0]}", advice)
        wrong = check_chain(connection)
        yield Health("decisions", wrong or "chained", "" if wrong is None else "compare with the last backup")
        originals = connection.execute(select(file.c.sha256, file.c.size)).all()
        documents = connection.execute(select(func.count()).select_from(document)).scalar_one()
        tasks = connection.execute(select(func.count()).select_from(task).where(task.c.state == "open")).scalar_one()
    lost = []
    for sha256, size in originals:
        path = original_path(store.files, sha256)
        if not path.is_file() or path.stat().st_size != size:
            lost.append(sha256[:12])
    named = f", {len(lost)} missing or cut: {' '.join(lost[:MOST_NAMED])}" if lost else ""
    advice = "put them back from a backup, or check the setting store.files" if lost else ""
    yield Health("originals", f"{len(originals)}{named}", advice)
    yield Health("documents", f"{documents}, {tasks} open tasks")
    free = shutil.disk_usage(store.files).free
    yield Health("free disk", f"{free / 1e9:.1f} GB", "make room" if free < LEAST_FREE else "")
