"""A backup, folder or tar file <-> what it holds with checksums; every byte of it can be checked."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from extractor.errors import UsageError
from extractor.store.opening import StoreError

FORMAT = 1
MANIFEST, CHECKSUM, DATABASE, ORIGINALS = "manifest.json", "manifest.sha256", "store.db", "originals"
PIECE = 1 << 20


class BadBackup(StoreError):
    """A backup that is not whole."""

    code = "bad-backup"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `originals`: (sha256, bytes); `missing`: originals that the store itself had lost.

    `decisions`: number and hash of the last link of their chain.
    """

    format: int
    made_at: str
    extractor: str
    revision: str
    source: str
    size: int
    sha256: str
    tables: dict[str, int]
    decisions: tuple[int, str]
    originals: tuple[tuple[str, int], ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Backup:
    """An opened backup. `tar`: where it is one file, else `folder`; `home`: of the originals."""

    manifest: Manifest
    path: Path
    home: Path
    tar: tarfile.TarFile | None

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A file of the backup. Raises BadBackup where it is not there."""
        with _reading(f"{name} of the backup"):
            if self.tar is None:
                place = self.home if name.startswith(f"{ORIGINALS}/") else self.path
                file: IO[bytes] | None = (place / name).open("rb")
            else:
                file = self.tar.extractfile(name)
            if file is None:
                raise KeyError(name)
        with file:
            yield file


def original_name(sha256: str) -> str:
    """Where an original lies within a backup."""
    return f"{ORIGINALS}/{sha256[:2]}/{sha256}"


def write_manifest(manifest: Manifest) -> dict[str, bytes]:
    """The files that say what a backup holds; the second one is for `sha256sum -c` too."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    sums = f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n{manifest.sha256}  {DATABASE}\n"
    return {MANIFEST: text, CHECKSUM: sums.encode()}


@contextmanager
def open_backup(path: Path) -> Iterator[Backup]:
    """Open a tar file, a backup's folder, or the newest in a folder of backups. Raises UsageError, BadBackup."""
    if path.is_file():
        with _reading(f"{path}"), tarfile.open(path, "r:") as tar:
            names = {member.name for member in tar}
        if not {MANIFEST, CHECKSUM} <= names:
            raise BadBackup(f"{path} is no backup", "give what extractor backup wrote")
        with tarfile.open(path, "r:") as tar:
            files = {name: _all_of(tar.extractfile(name)) for name in (MANIFEST, CHECKSUM)}
            yield Backup(_read_manifest(files, path), path, path, tar)
        return
    folder = find_newest(path)
    with _reading(f"{folder}"):
        files = {name: (folder / name).read_bytes() for name in (MANIFEST, CHECKSUM)}
    yield Backup(_read_manifest(files, folder), folder, folder.parent, None)


def find_newest(path: Path) -> Path:
    """The backup that a folder is, or the newest one in it."""
    if (path / MANIFEST).is_file():
        return path
    found = list_backups(path)
    if not found:
        raise UsageError(f"there is no backup in {path}", "give the folder or file that extractor backup wrote")
    return found[-1]


def list_backups(path: Path) -> list[Path]:
    """Finished backups in a folder, the oldest first."""
    return sorted(one.parent for one in path.glob(f"[0-9]*/{MANIFEST}")) if path.is_dir() else []


def check_backup(backup: Backup) -> None:
    """Check every byte. Raises BadBackup that names the first file that is not as it was written."""
    manifest = backup.manifest
    for name, sha256, size in (
        (DATABASE, manifest.sha256, manifest.size),
        *((original_name(sha256), sha256, size) for sha256, size in manifest.originals),
    ):
        with backup.open(name) as file, _reading(name):
            have = digest_file(file)
        if have != (sha256, size):
            raise BadBackup(f"{name} of the backup has changed since it was written", "use another backup")


def digest_file(file: IO[bytes]) -> tuple[str, int]:
    """Checksum and size."""
    digest, size = hashlib.sha256(), 0
    while piece := file.read(PIECE):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


@contextmanager
def _reading(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, KeyError, tarfile.TarError, EOFError) as error:
        raise BadBackup(f"{what} can't be read: {error}", "use another backup") from error


def _all_of(file: IO[bytes] | None) -> bytes:
    return b"" if file is None else file.read()


def _read_manifest(files: dict[str, bytes], path: Path) -> Manifest:
    text = files[MANIFEST]
    wanted = files[CHECKSUM].decode("ascii", "replace").splitlines()
    if f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}" not in wanted:
        raise BadBackup(f"the manifest of {path} has changed since it was written", "use another backup")
    tree: dict[str, Any] = json.loads(text)
    if tree["format"] != FORMAT:
        raise BadBackup(f"{path} is of a later version", "upgrade extractor, then restore it")
    seq, digest = tree["decisions"]
    originals = tuple((sha256, size) for sha256, size in tree["originals"])
    return Manifest(**tree | {"decisions": (seq, digest), "originals": originals, "missing": tuple(tree["missing"])})
