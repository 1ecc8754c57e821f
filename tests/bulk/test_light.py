"""Who supervises reads no page: neither the stages nor the libraries of pictures are loaded there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import extractor.store
from extractor.bulk import Order, ask_versions
from extractor.bulk.versions import find_versions
from extractor.pipeline import made_with
from extractor.reading import load_engines
from extractor.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("cv2", "onnxruntime", "PIL", "pandas", "pikepdf", "pypdfium2", "alembic", "extractor.pipeline")
SCRIPT = f"""
import json, sys
from extractor.cli import main
code = main(sys.argv[1:])
print(json.dumps([code, [name for name in {HEAVY!r} if name in sys.modules]]), file=sys.stderr)
"""


def _run(*args: str) -> list[object]:
    """Exit code of a command, and what it has loaded."""
    command = [sys.executable, "-c", SCRIPT, *args]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    told: list[object] = json.loads(done.stderr.splitlines()[-1])
    return told


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "in" / "pages"
    folder.mkdir(parents=True)
    (folder.parent / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    for number in (1, 2):
        (folder / f"{number}.jpg").write_bytes(b"no image %d" % number)
    return folder.parent


def test_a_run_and_its_status_load_nothing_that_reads(archive: Path, tmp_path: Path) -> None:
    store = str(tmp_path / "kho.db")
    extractor.store.open_store(store).close()  # making one needs its migrations
    flags = [str(archive), "--store", store, "--out", str(tmp_path / "out"), "--jobs", "1", "-q"]
    assert _run("bulk", *flags) == [4, []]
    assert _run("bulk", *flags) == [4, []]  # with ended documents, whose versions are compared
    assert _run("bulk", "status", "--store", store) == [0, []]


def test_versions_are_told_by_another_process() -> None:
    order = Order(load_settings(environ={}), None, "kho.db", keep=True, out=None)
    assert ask_versions(order) == find_versions(made_with(load_engines()), order)


def test_every_name_of_the_store_is_what_its_module_defines() -> None:
    for name in extractor.store.__all__:
        found = getattr(extractor.store, name)
        assert not isinstance(found, type(sys)), name
