"""Which file goes to which JSON."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from extractor.cli.inputs import find_jobs
from extractor.writing import fold_name


def _write(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for number, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"file {number}".encode())
    return paths


def _targets(inputs: list[Path], out: Path) -> list[str]:
    return [job.target.relative_to(out).as_posix() for job in find_jobs(inputs, out) if job.target]


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def test_folders_keep_their_relative_folders(tmp_path: Path) -> None:
    _write(tmp_path / "in", "2022/q1/a.pdf", "2022/b.TIF", "c.jpg", "notes.txt", ".hidden.pdf", ".git/d.pdf")
    assert _targets([tmp_path / "in"], tmp_path / "out") == ["c.json", "2022/b.json", "2022/q1/a.json"]


def test_files_go_to_the_top(tmp_path: Path) -> None:
    paths = _write(tmp_path, "x/a.pdf", "y/b.png")
    assert _targets(paths, tmp_path / "out") == ["a.json", "b.json"]


def test_stems_that_collide_each_get_their_hash(tmp_path: Path) -> None:
    a, b, c = _write(tmp_path, "x/a.pdf", "y/A.png", "z/c.pdf")
    assert _targets([a, b, c], tmp_path / "out") == [f"a-{_hash(a)}.json", f"A-{_hash(b)}.json", "c.json"]


def test_composed_and_decomposed_names_collide(tmp_path: Path) -> None:
    name = "báo cáo"
    a, b = _write(
        tmp_path, f"x/{unicodedata.normalize('NFC', name)}.pdf", f"y/{unicodedata.normalize('NFD', name)}.pdf"
    )
    assert len({fold_name(Path(target)) for target in _targets([a, b], tmp_path / "out")}) == 2


def test_the_same_bytes_twice_get_two_files(tmp_path: Path) -> None:
    a, b = _write(tmp_path, "x/a.pdf", "y/a.pdf")
    b.write_bytes(a.read_bytes())
    assert _targets([a, b], tmp_path / "out") == [f"a-{_hash(a)}.json", f"a-{_hash(a)}-2.json"]


def test_the_same_file_twice_is_one_job(tmp_path: Path) -> None:
    (a,) = _write(tmp_path, "a.pdf")
    assert _targets([a, a], tmp_path / "out") == ["a.json"]


def test_a_name_that_looks_like_a_hashed_one_is_left_alone(tmp_path: Path) -> None:
    a, b = _write(tmp_path, "x/a.pdf", "y/a.pdf")
    (c,) = _write(tmp_path / "z", f"a-{_hash(a)}.pdf")
    targets = _targets([a, b, c], tmp_path / "out")
    assert len(set(targets)) == 3


def test_missing_files_are_jobs_too(tmp_path: Path) -> None:
    targets = _targets([tmp_path / "gone.pdf", tmp_path / "x" / "gone.pdf"], tmp_path / "out")
    assert len(set(targets)) == 2


names = st.text(st.sampled_from("aAáÁbB.- "), min_size=1, max_size=4).filter(lambda n: n.strip(". ") == n)


@given(st.lists(st.tuples(names, st.sampled_from(["x", "y"])), max_size=8))
def test_no_two_inputs_share_a_target(given_names: list[tuple[str, str]]) -> None:
    paths = [Path("/nowhere") / folder / f"{name}.pdf" for name, folder in given_names]
    targets = _targets(paths, Path("/out"))
    assert len({fold_name(Path(target)) for target in targets}) == len(set(paths))
