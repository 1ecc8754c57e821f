"""A backup -> a store, of either kind: checked in full and brought to the schema of this version before it is there."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.engine import URL

from extractor.errors import UsageError
from extractor.store.address import Address
from extractor.store.copying import copy_rows, count_rows
from extractor.store.decide import check_chain
from extractor.store.files import keep_original
from extractor.store.manifest import DATABASE, Backup, BadBackup, Manifest, check_backup, open_backup, original_name
from extractor.store.opening import MIGRATIONS, Store, find_revision, make_engine, upgrade_store
from extractor.store.staging import database_path, stage, take_place


@dataclass(frozen=True, slots=True)
class Restored:
    """A store that was brought back. `before`: where the one that was there is kept now."""

    manifest: Manifest
    revision: str
    before: str | None


def verify_backup(path: Path) -> Manifest:
    """Check a backup: its bytes, its database, its chain of decisions. Raises BadBackup."""
    with open_backup(path) as backup, tempfile.TemporaryDirectory(prefix="check-") as folder:
        check_backup(backup)
        _open_database(backup, Path(folder) / DATABASE).close()
        return backup.manifest


def restore_backup(path: Path, address: Address, *, force: bool = False) -> Restored:
    """Make the store that a backup holds. One that is there is refused, or (`force`) kept under another name.

    Nothing is at the address until all of it is. Raises UsageError, BadBackup, StoreError.
    """
    _check_target(address, force=force)
    with open_backup(path) as backup, stage(address, "restored") as staged:
        _check_revision(backup.manifest)
        check_backup(backup)
        if address.is_sqlite:
            _open_database(backup, database_path(staged.address)).close()
        else:
            _fill(staged, backup)
        with staged.read() as connection:
            _check_content(connection, backup.manifest)
        upgrade_store(staged)
        _restore_originals(backup, address.files)
        revision = find_revision(staged)
        before = take_place(staged, address)
        return Restored(backup.manifest, str(revision), before)


def _check_target(address: Address, *, force: bool) -> None:
    if address.is_sqlite:
        path = database_path(address)
        path.parent.mkdir(parents=True, exist_ok=True)
        taken = path.exists() and path.stat().st_size > 0
        users = find_users(path) if taken else []
        if users and force:
            names = ", ".join(users)
            raise UsageError(f"{path} is in use by {names}", "stop the review server and bulk runs first")
    else:
        engine = make_engine(address)
        taken = find_revision(Store(address, engine)) is not None
        engine.dispose()
    if taken and not force:
        raise UsageError("there is a store already", "restore to another address, or give --force: the old one is kept")


def find_users(path: Path) -> list[str]:
    """Processes of this machine that have a database open, as far as we may see them."""
    found = []
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            same = os.readlink(link) == str(path.resolve())
        except OSError:
            continue
        if same and link.parts[2] != str(os.getpid()):
            found.append(f"process {link.parts[2]}")
    return sorted(set(found))


def _check_revision(manifest: Manifest) -> None:
    known = {one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if manifest.revision not in known:
        raise UsageError(
            f"the backup has schema {manifest.revision}, which this version does not know",
            f"install extractor {manifest.extractor} or later",
        )


def _open_database(backup: Backup, target: Path) -> Store:
    """The database of a backup as a store. Raises BadBackup where SQLite finds it broken."""
    with backup.open(DATABASE) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)
        file.flush()
        os.fsync(file.fileno())
    with sqlite3.connect(target) as link:
        told = link.execute("PRAGMA integrity_check").fetchone()[0]
        broken = link.execute("PRAGMA foreign_key_check").fetchone()
    link.close()
    if told != "ok" or broken is not None:
        raise BadBackup(f"the database of the backup is broken: {told}", "use another backup")
    address = Address(URL.create("sqlite", database=str(target)), target.parent)
    store = Store(address, make_engine(address))
    with store.read() as connection:
        _check_content(connection, backup.manifest)
    return store


def _fill(staged: Store, backup: Backup) -> None:
    """The rows of a backup in a new PostgreSQL store of the backup's schema."""
    with tempfile.TemporaryDirectory(prefix="restore-") as folder:
        source = _open_database(backup, Path(folder) / DATABASE)
        upgrade_store(staged, backup.manifest.revision)
        with source.read() as rows, staged.write() as target:
            copy_rows(rows, target)
        source.close()


def _check_content(connection: Connection, manifest: Manifest) -> None:
    if count_rows(connection) != manifest.tables:
        raise BadBackup("the database of the backup does not hold what its manifest says", "use another backup")
    wrong = check_chain(connection)
    if wrong is not None:
        raise BadBackup(f"the chain of decisions is broken: {wrong}", "use another backup")


def _restore_originals(backup: Backup, files: Path) -> None:
    for sha256, _ in backup.manifest.originals:
        with backup.open(original_name(sha256)) as source:
            data = source.read()
        if keep_original(files, data) != sha256:
            raise BadBackup(f"the original {sha256} has changed since it was written", "use another backup")
