"""Files and folders given -> the jobs of a run: which file goes to which JSON, no two to the same."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from extractor.joining import Joined, hash_joined, join_whole
from extractor.writing import fold_name, safe_name

SUFFIXES = (".pdf", ".tif", ".tiff", ".png", ".jpg", ".jpeg")
HASH_CHARS = 8
CHUNK = 1 << 20
LONGEST = 255 - len("-01234567-999.json")  # bytes of a stem, with what may be put after it


@dataclass(frozen=True, slots=True)
class Job:
    """One input and the file that its JSON goes to; None: to the store alone. `joined`: images that are this input."""

    path: Path
    target: Path | None
    joined: Joined | None = None


def find_jobs(
    inputs: Iterable[Path], out: Path | None, join: Callable[[Joined], bool] = lambda _: False
) -> tuple[Job, ...]:
    """Folders are walked and keep their relative folders; stems that collide get the start of their sha256.

    `join`: whether images that may be pages of one file are one input, with the name of their folder.
    """
    found, joined = _join(list(dict.fromkeys(_find_files(inputs))), join)
    groups: dict[str, list[tuple[Path, Path]]] = {}
    for path, relative in found:
        groups.setdefault(fold_name(relative), []).append((path, relative))
    taken = {key for key, group in groups.items() if len(group) == 1}
    jobs = []
    for path, relative in found:
        name = relative
        if len(groups[fold_name(relative)]) > 1:
            sha256 = hash_joined(joined[path]) if path in joined else hash_file(path)
            name = _free_name(relative, sha256 or hash_name(path), taken)
        jobs.append(Job(path, None if out is None else out / name.parent / f"{name.name}.json", joined.get(path)))
    return tuple(jobs)


def _join(
    found: list[tuple[Path, Path]], join: Callable[[Joined], bool]
) -> tuple[list[tuple[Path, Path]], dict[Path, Joined]]:
    """Files with images put together where the first of them was, and what was put together by its path."""
    by_image = {image: one for one in join_whole([path for path, _ in found]) if join(one) for image in one.images}
    rest: dict[tuple[Path, Path], None] = {}
    for path, relative in found:
        one = by_image.get(path)
        if one is None:
            rest[path, relative] = None
        elif path == one.images[0]:
            rest[one.path, name_joined(one, relative.parent)] = None
    return list(rest), {one.path: one for one in by_image.values()}


def name_joined(joined: Joined, relative: Path) -> Path:
    """Of its JSON: the name of its folder, or of its series in it. `relative`: of the folder below what was given."""
    if joined.label:
        return relative / safe_name(joined.label, LONGEST)
    return relative.parent / safe_name(joined.folder.absolute().name, LONGEST)


def hash_file(path: Path) -> str | None:
    """The file's sha256, or None where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except OSError:
        return None
    return digest.hexdigest()


def hash_name(path: Path) -> str:
    """Stands for the sha256 of a file that cannot be read."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()


def _find_files(inputs: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    """(file, its name under the output folder without suffix), folders in sorted order."""
    for given in inputs:
        if not os.path.isdir(given):  # Path.is_dir raises where a name is too long
            yield given, Path(safe_name(given.stem, LONGEST))
            continue
        for folder, folders, names in os.walk(given):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                path = Path(folder) / name
                if path.suffix.lower() in SUFFIXES and not name.startswith("."):
                    yield path, _relative(path.relative_to(given))


def _relative(path: Path) -> Path:
    return Path(*path.parent.parts, safe_name(path.stem, LONGEST))


def _free_name(relative: Path, sha256: str, taken: set[str]) -> Path:
    """The stem with the hash; where the same bytes come twice, with a number too."""
    base = relative.with_name(f"{relative.name}-{sha256[:HASH_CHARS]}")
    name, count = base, 1
    while fold_name(name) in taken:
        count += 1
        name = base.with_name(f"{base.name}-{count}")
    taken.add(fold_name(name))
    return name
