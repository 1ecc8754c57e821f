"""Files are taken when they are whole, by one watch alone, which survives what happens to folders and files."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from extractor.bulk.arrivals import Arrivals, has_end, is_being_written, take
from extractor.cli import main
from extractor.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
WHOLE = b"%PDF-1.4 nothing that can be read\n%%EOF\n"
QUICK = {"watch.settle_seconds": 0.2, "watch.incomplete_seconds": 1.0, "watch.poll_seconds": 0.1}
Known = dict[str, tuple[str, str]]


def _names(arrivals: Arrivals, known: Known | None = None) -> list[str]:
    return sorted(Path(one.path).name for one in arrivals.find(known or {}))


@pytest.fixture
def arrivals(tmp_path: Path) -> Arrivals:
    return Arrivals((tmp_path,), load_settings(environ={}, flags=QUICK).watch)


def test_a_file_is_taken_when_it_rests_and_has_its_end(tmp_path: Path, arrivals: Arrivals) -> None:
    (tmp_path / "whole.pdf").write_bytes(WHOLE)
    (tmp_path / "half.pdf").write_bytes(WHOLE[:20])
    (tmp_path / "empty.pdf").touch()
    for name in (".hidden.pdf", "~$lock.pdf", "scan.pdf.part", "scan.tmp.pdf", "notes.txt"):
        (tmp_path / name).write_bytes(WHOLE)
    assert _names(arrivals) == []
    time.sleep(0.3)
    assert _names(arrivals) == ["whole.pdf"]
    time.sleep(0.9)  # what never gets its end is taken in the end, and fails by name
    assert _names(arrivals) == ["empty.pdf", "half.pdf", "whole.pdf"]


def test_a_file_that_grows_or_is_open_for_writing_is_not_taken(tmp_path: Path, arrivals: Arrivals) -> None:
    path = tmp_path / "scan.pdf"
    with path.open("wb") as writer:
        for _ in range(3):
            writer.write(WHOLE)
            writer.flush()
            assert _names(arrivals) == []
            time.sleep(0.15)
        time.sleep(0.3)
        assert _names(arrivals) == []
        assert is_being_written(str(path))
    assert not is_being_written(str(path))
    assert _names(arrivals) == ["scan.pdf"]
    with path.open("rb"):
        assert not is_being_written(str(path))


def test_a_file_that_was_taken_comes_again_only_with_other_bytes(tmp_path: Path, arrivals: Arrivals) -> None:
    path = tmp_path / "sub" / "scan.pdf"
    path.parent.mkdir()
    path.write_bytes(WHOLE)
    arrivals.find({})
    time.sleep(0.3)
    (one,) = arrivals.find({})
    found = take(one)
    assert found is not None
    assert found.target == "sub/scan"
    known = {one.path: (one.stamp, found.sha256)}
    assert arrivals.find(known) == []
    path.write_bytes(WHOLE + b"more %%EOF")
    assert take(one) is None
    arrivals.find(known)
    time.sleep(0.3)
    assert _names(arrivals, known) == ["scan.pdf"]
    path.unlink()
    assert take(one) is None


def test_an_end_is_known_by_the_kind_of_file(tmp_path: Path) -> None:
    for name, data, whole in (
        ("a.jpg", b"\xff\xd8 cut", False),
        ("b.jpg", b"\xff\xd8 \xff\xd9", True),
        ("c.png", b"IHDR IDAT", False),
        ("d.tif", b"II*", True),
    ):
        (tmp_path / name).write_bytes(data)
        assert has_end(str(tmp_path / name)) is whole


class Watch:
    """`extractor watch` as a process."""

    def __init__(self, folder: Path, place: Path) -> None:
        self.out, self.store = place / "out", place / "kho.db"
        flags = [word for name, value in QUICK.items() for word in ("--set", f"{name}={value}")]
        command = [sys.executable, "-c", "import sys; from extractor.cli import main; sys.exit(main())", "watch"]
        command += [str(folder), "--store", str(self.store), "--out", str(self.out), "--jobs", "1", *flags]
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})

    def wait_for(self, name: str, holds: str = "") -> dict[str, object]:
        """The JSON of that name, once it is there."""
        path = self.out / f"{name}.json"
        _wait(lambda: path.exists() and holds in path.read_text(encoding="utf-8"), f"no {path}")
        tree: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
        return tree

    def stop(self, number: int) -> int:
        """The exit code, within ten seconds."""
        self.process.send_signal(number)
        return self.process.wait(timeout=10)


def _wait(is_so: Callable[[], bool], message: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, message
        time.sleep(0.1)


def test_a_watch_takes_what_comes_alone_until_it_is_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    watch = Watch(folder, tmp_path)
    try:
        (folder / "one.pdf").write_bytes(WHOLE)
        assert watch.wait_for("one")["outcome"] == "failed"
        for other in (folder, folder / "sub", tmp_path):
            other.mkdir(exist_ok=True)
            assert main(["watch", str(other), "--store", str(watch.store)]) == 2
        assert "another process watches" in capsys.readouterr().err
        (folder / "one.pdf").rename(folder / "sub" / "two.pdf")
        assert "two.pdf" in str(watch.wait_for("sub/two"))
        (folder / "sub" / "two.pdf").write_bytes(WHOLE + b"\n%%EOF")  # the same name, other bytes: another document
        old = watch.wait_for("sub/two")["document"]
        _wait(lambda: watch.wait_for("sub/two")["document"] != old, "not done anew")
        folder.rename(tmp_path / "gone")
        time.sleep(1)
        assert watch.process.poll() is None
        folder.mkdir()
        (folder / "three.pdf").write_bytes(WHOLE + b"3 %%EOF")
        watch.wait_for("three")
        assert watch.stop(signal.SIGTERM) == 0
    finally:
        watch.process.kill()
        watch.process.wait()


def test_an_unmounted_folder_is_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "none", str(folder)]
    if not shutil.which("mount") or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    watch = Watch(folder, tmp_path)
    try:
        (folder / "one.pdf").write_bytes(WHOLE)
        watch.wait_for("one")
        subprocess.run(["umount", str(folder)], check=True)
        (folder / "not-of-the-share.pdf").write_bytes(WHOLE + b"x %%EOF")
        time.sleep(1.5)
        assert not (watch.out / "not-of-the-share.json").exists()
        subprocess.run(mount, check=True)
        (folder / "two.pdf").write_bytes(WHOLE + b"2 %%EOF")
        watch.wait_for("two")
        assert watch.stop(signal.SIGINT) == 130
    finally:
        watch.process.kill()
        watch.process.wait()
        subprocess.run(["umount", str(folder)], check=False)


def test_results_may_not_come_into_what_is_watched(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "out").mkdir(parents=True)
    away = str(tmp_path / "kho.db")
    assert main(["watch", str(folder), "--store", away, "--out", str(folder / "out")]) == 2
    assert main(["watch", str(folder), "--store", str(folder / "kho.db")]) == 2
    assert main(["watch", str(folder), str(folder / "out"), "--store", away]) == 2
    assert main(["watch", str(tmp_path / "none"), "--store", away]) == 2
