"""A store's URL or path -> where its database and its folder of files are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from extractor.errors import UsageError

NETWORK_SHARES = ("nfs", "nfs4", "cifs", "smb", "smb3", "smbfs", "9p", "afs", "ncpfs", "glusterfs", "ceph", "davfs")
FUSE_SHARES = ("fuse.sshfs", "fuse.davfs", "fuse.rclone", "fuse.s3fs", "fuse.glusterfs")


@dataclass(frozen=True, slots=True)
class Address:
    """`files`: folder of the originals and of pictures made from them."""

    url: URL
    files: Path

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is the embedded database."""
        return self.url.get_backend_name() == "sqlite"


def parse_address(given: str, files: Path | None = None) -> Address:
    """`sqlite:///path`, a path of a .db file, or `postgresql://user@host/name`. Raises UsageError.

    Files lie beside an SQLite database; for PostgreSQL in `files`, else in the user's data folder.
    """
    text = given if "://" in given else f"sqlite:///{given}"
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise UsageError(f"{given} is no address of a store", "give a file name or postgresql://...") from error
    backend = url.get_backend_name()
    if backend == "sqlite":
        return _sqlite(url, files)
    if backend in ("postgresql", "postgres"):
        home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
        return Address(
            url.set(drivername="postgresql+psycopg"), files or home / "extractor" / (url.database or "store")
        )
    raise UsageError(f"a store can't be kept in {backend}", "use SQLite (a file name) or postgresql://...")


def _sqlite(url: URL, files: Path | None) -> Address:
    if not url.database or url.database == ":memory:":
        raise UsageError("a store needs a file", "give a file name such as kho.db")
    path = Path(url.database).absolute()
    share = find_share(path)
    if share:
        raise UsageError(
            f"{path} lies on a network share ({share}), where SQLite loses data",
            "keep the store on a local disk, or use PostgreSQL",
        )
    return Address(url.set(database=str(path)), files or path.with_name(path.name + ".files"))


def find_share(path: Path) -> str | None:
    """The kind of network share that a path lies on, or None."""
    place = path.parent.resolve()
    mounts = {Path(part.mountpoint): part.fstype.lower() for part in psutil.disk_partitions(all=True)}
    for folder in (place, *place.parents):
        kind = mounts.get(folder)
        if kind is not None:
            return kind if kind in NETWORK_SHARES or kind in FUSE_SHARES else None
    return None
