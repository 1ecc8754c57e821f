"""A wheel carries models and catalogues inside the package, nothing else at the top; a checkout finds its own."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    code = f"from hatchling.build import build_wheel; print(build_wheel({str(out)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return out / done.stdout.split()[-1]


def test_wheel_installs_one_package_only(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"extractor"}
    assert "extractor/_data/models/trust.json" in names
    assert any(name.startswith("extractor/_data/reference/catalogues/") for name in names)
    assert "extractor/report/schema-1.0.json" in names
    assert "extractor/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith("licenses/NOTICE") for name in names)


def test_wheel_finds_its_data(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import extractor.cli, extractor.resources as r, extractor.indicator as i;"
        "print(r.resource_path('models'), len(i.load_catalogue(i.list_catalogues()[0]).indicators), sep='\\n')"
    )
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {code}"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.split("\n")
    assert Path(said[0]) == tmp_path / "extractor" / "_data" / "models"
    assert int(said[1]) > 0


def test_console_script_is_extractor(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    entry = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
    assert "extractor = extractor.cli:main" in archive.read(entry).decode()


def test_models_are_those_of_the_manifest() -> None:
    folder = ROOT / "models"
    entries = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    shipped = {name for name in files if not name.startswith(".") and name != "manifest.json"}
    assert {entry["file"] for entry in entries} == shipped, "run: python tools/manifest.py"
    for entry in entries:
        digest = hashlib.sha256((folder / entry["file"]).read_bytes()).hexdigest()
        assert digest == entry["sha256"], "run: python tools/manifest.py"
        assert entry["licence"]
        assert entry["made"]


def test_pins_are_exact_hashed_and_name_no_address() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^-", text, flags=re.MULTILINE)
    entries = [entry for entry in re.split(r"\n(?=\S)", text.strip()) if entry]
    assert all(re.match(r"[a-z0-9-]+(\[[a-z]+\])?==", entry) and "--hash=sha256:" in entry for entry in entries)


def test_every_dependency_is_pinned_and_there_is_one_opencv() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    pinned = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE))
    assert {re.split(r"[<>=\[]", name)[0] for name in wanted} <= pinned
    assert [name for name in pinned if name.startswith("opencv")] == ["opencv-python-headless"]
    assert project["name"] != "extractor"
