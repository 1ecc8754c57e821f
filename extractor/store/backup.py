"""A store in use -> a backup of one moment: its database, its originals, and a manifest with checksums."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.engine import URL

from extractor import __version__
from extractor.store.address import Address, find_share
from extractor.store.clock import now
from extractor.store.copying import copy_rows, count_rows
from extractor.store.files import original_path
from extractor.store.manifest import (
    DATABASE,
    FORMAT,
    ORIGINALS,
    Manifest,
    digest_file,
    list_backups,
    original_name,
    write_manifest,
)
from extractor.store.opening import Store, StoreError, find_revision, make_engine, upgrade_store
from extractor.store.schema import chain, file
from extractor.store.staging import database_path

TAR = ".tar"


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup that was made. `new`: originals that the folder did not have, and their bytes."""

    path: Path
    manifest: Manifest
    new: int
    new_bytes: int


def make_backup(store: Store, out: Path, keep: int = 0) -> Kept:
    """Into one tar file (`out` ends with .tar), or a further backup in a folder that shares its originals with others.

    The store may be in use meanwhile. `keep`: older ones beyond so many are removed from the folder; 0: none.
    Raises StoreError.
    """
    revision = find_revision(store)
    if revision is None:
        raise StoreError("there is no store to back up", "check the address")
    try:
        if out.suffix == TAR:
            out.parent.mkdir(parents=True, exist_ok=True)
            return _make_file(store, out, revision)
        out.mkdir(parents=True, exist_ok=True)
        with _alone(out):
            kept = _make_folder(store, out, revision)
            for old in list_backups(out)[: -keep or None] if keep else []:
                shutil.rmtree(old)
            return kept
    except OSError as error:
        message = f"the backup can't be written to {out}: {error.strerror}"
        raise StoreError(message, "make room, or check the path") from error


def _make_folder(store: Store, out: Path, revision: str) -> Kept:
    name = "".join(filter(str.isdigit, now()))[:17]
    part = out / f".{name}.part"
    part.mkdir()
    manifest = _snapshot(store, part / DATABASE, revision)
    new = new_bytes = 0
    lost = []
    for sha256, size in manifest.originals:
        target = out / original_name(sha256)
        if target.is_file() and target.stat().st_size == size:
            continue
        if not _copy_original(original_path(store.files, sha256), target, sha256):
            lost.append(sha256)
            continue
        new, new_bytes = new + 1, new_bytes + size
    manifest = _without(manifest, lost)
    for file_name, data in write_manifest(manifest).items():
        _write(part / file_name, data)
    os.replace(part, out / name)
    _flush(out)
    return Kept(out / name, manifest, new, new_bytes)


def _make_file(store: Store, out: Path, revision: str) -> Kept:
    part = out.with_name(f".{out.name}.part")
    with tempfile.TemporaryDirectory(dir=None if find_share(out) else out.parent, prefix=".backup-") as folder:
        snapshot = Path(folder) / DATABASE
        manifest = _snapshot(store, snapshot, revision)
        paths = {sha256: original_path(store.files, sha256) for sha256, _ in manifest.originals}
        manifest = _without(manifest, [one for one, path in paths.items() if not _is_whole(path, one)])
        with part.open("wb") as target:
            with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
                for name, data in write_manifest(manifest).items():
                    about = tarfile.TarInfo(name)
                    about.size = len(data)
                    tar.addfile(about, BytesIO(data))
                tar.add(snapshot, DATABASE)
                for sha256, _ in manifest.originals:
                    tar.add(paths[sha256], original_name(sha256))
            target.flush()
            os.fsync(target.fileno())
    os.replace(part, out)
    _flush(out.parent)
    return Kept(out, manifest, len(manifest.originals), sum(size for _, size in manifest.originals))


def _without(manifest: Manifest, lost: list[str]) -> Manifest:
    """The store has lost them: the backup says so, and holds the rest."""
    there = tuple(pair for pair in manifest.originals if pair[0] not in set(lost))
    return replace(manifest, originals=there, missing=tuple(lost))


def _snapshot(store: Store, target: Path, revision: str) -> Manifest:
    """The database at one moment, as an SQLite file of the same schema, whichever the store is."""
    (_snapshot_sqlite if store.address.is_sqlite else _snapshot_rows)(store, target, revision)
    copy = Store(Address(URL.create("sqlite", database=str(target)), target.parent), _plain_engine(target))
    with copy.read() as connection:
        tables = count_rows(connection)
        last = connection.execute(select(chain.c.seq, chain.c.hash)).one()
        originals = tuple((row.sha256, row.size) for row in connection.execute(select(file).order_by(file.c.sha256)))
    copy.close()
    with target.open("rb") as data:
        os.fsync(data.fileno())
        sha256, size = digest_file(data)
    kind = store.address.url.get_backend_name()
    return Manifest(FORMAT, now(), __version__, revision, kind, size, sha256, tables, (last.seq, last.hash), originals)


def _plain_engine(path: Path) -> Engine:
    return create_engine(URL.create("sqlite", database=str(path)))


def _snapshot_sqlite(store: Store, target: Path, revision: str) -> None:  # noqa: ARG001
    """SQLite's online backup, in one step: writers go on in the log meanwhile."""
    source, copy = sqlite3.connect(database_path(store.address)), sqlite3.connect(target)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        source.close()
        copy.close()


def _snapshot_rows(store: Store, target: Path, revision: str) -> None:
    """PostgreSQL's rows of one snapshot, copied into a new SQLite store."""
    with tempfile.TemporaryDirectory(prefix="snapshot-") as folder:
        local = Path(folder) / DATABASE
        address = Address(URL.create("sqlite", database=str(local)), Path(folder))
        copy = Store(address, make_engine(address))
        upgrade_store(copy, revision)
        with store.engine.connect() as source, copy.engine.connect() as into:
            source = source.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            into.exec_driver_sql("BEGIN IMMEDIATE")
            copy_rows(source, into)
            into.commit()
        copy.close()
        _snapshot_sqlite(copy, target, revision)


def _copy_original(source: Path, target: Path, sha256: str) -> bool:
    """Copy and check; False, and nothing is left, where it is not there or not what its name says."""
    if not _is_whole(source, sha256):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, part)
    whole = _is_whole(part, sha256)
    if whole:
        with part.open("rb") as data:
            os.fsync(data.fileno())
        os.replace(part, target)
    else:
        part.unlink()
    return whole


def _is_whole(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as data:
            return digest_file(data)[0] == sha256
    except OSError:
        return False


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """One backup a time into a folder; what a killed one left is removed."""
    with (out / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(f"another backup into {out} is running", "wait until it has ended") from error
        for part in out.glob(".*.part"):
            shutil.rmtree(part)
        for part in out.glob(f"{ORIGINALS}/*/.*.part"):
            part.unlink()
        yield


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
