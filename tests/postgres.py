"""A throwaway PostgreSQL cluster: made in a folder, reached through a socket there, removed with it."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

USER = "postgres"
START_SECONDS = "60"


@dataclass(frozen=True)
class Cluster:
    """A running server. `folder`: of its socket."""

    folder: Path
    port: int
    control: Sequence[Any] = ()
    options: str = ""
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def stop(self) -> None:
        """As a power cut would."""
        subprocess.run([*self.control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Again."""
        command = [*self.control, "-o", self.options, "-l", self.folder / "log", "start"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def new_database(self, like: str | None = None) -> str:
        """The URL of an empty database, or of a copy of one that nobody uses."""
        import psycopg

        name = f"kho{next(self.numbers)}"
        with psycopg.connect(
            host=str(self.folder), port=self.port, user=USER, dbname="postgres", autocommit=True
        ) as link:
            template = f' TEMPLATE "{like.partition("?")[0].rpartition("/")[2]}"' if like else ""
            link.execute(f'CREATE DATABASE "{name}"{template}')
        return f"postgresql://{USER}@/{name}?host={self.folder}&port={self.port}"


def start_cluster(folder: Path) -> Iterator[Cluster | None]:
    """A cluster while the generator lives; None where no server is installed."""
    programs = _find_programs()
    if programs is None:
        yield None
        return
    sockets = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path may have 107 bytes only
    data = sockets / "data"
    data.mkdir()
    as_user = _own(sockets)
    port = 5432  # names the socket only: nothing listens on the network
    options = f"-c listen_addresses='' -c unix_socket_directories={sockets} -c fsync=off -c max_connections=60"
    run = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": sockets}
    subprocess.run([*as_user, programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8"], **run)  # type: ignore[call-overload]
    control = (*as_user, programs / "pg_ctl", "-D", data, "-w", "-t", START_SECONDS)
    cluster = Cluster(sockets, port, control, options)
    cluster.start()
    try:
        yield cluster
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **run)  # type: ignore[call-overload]
        shutil.rmtree(sockets, ignore_errors=True)


def _find_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    there = shutil.which("initdb")
    return found[-1].parent if found else Path(there).parent if there else None


def _own(folder: Path) -> list[str]:
    """The server refuses to run as root: what runs a program as its own user, to whom the folder then belongs."""
    if os.geteuid() != 0:
        return []
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, USER, USER)
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
