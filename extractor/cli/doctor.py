"""This machine -> what is installed, in which version, and what to do about what is missing."""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from extractor import __version__
from extractor.cli.common import add_store, read_settings
from extractor.cli.work import count_cores
from extractor.errors import EXIT_INTERNAL, EXIT_OK, ExtractorError

HELP = "say what is installed, versions, models and their checksums, and what to do about what is missing"
EXAMPLE = "extractor doctor"
PACKAGES = ("numpy", "opencv-python-headless", "onnxruntime", "pypdfium2", "pikepdf", "pillow", "rapidfuzz", "pydantic")
LANGUAGES = ("vie", "eng")
APT = "apt-get install tesseract-ocr tesseract-ocr-vie"

State = Literal["ok", "optional", "missing"]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the diagnosis. Only `missing` stops work; `optional` costs accuracy or a feature."""

    name: str
    state: State
    found: str
    advice: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("--json", action="store_true", help="as JSON, for machines")
    add_store(parser, required=False)


def run(args: argparse.Namespace) -> int:
    """Print all checks; exit code 1 where something is missing that extraction needs."""
    checks = [*check_python(), *check_packages(), *check_tesseract(), *check_engines(), *check_data()]
    if args.store:
        checks += find_health(args)
    if args.json:
        print(json.dumps([asdict(check) for check in checks], ensure_ascii=False, indent=1))
    else:
        _print_table(checks)
    return EXIT_INTERNAL if any(check.state == "missing" for check in checks) else EXIT_OK


def find_health(args: argparse.Namespace) -> Iterator[Check]:
    """A store: its schema, database, chain of decisions, originals, and room on its disk."""
    from extractor.store import check_store, open_for_upgrade

    files = read_settings(args).store.files
    store = open_for_upgrade(args.store, Path(files) if files else None)
    for one in check_store(store):
        broken: State = "optional" if one.name == "free disk" else "missing"
        yield Check(f"store: {one.name}", broken if one.advice else "ok", one.found, one.advice)
    store.close()


def check_python() -> Iterator[Check]:
    """The program itself and its surroundings."""
    yield Check("extractor", "ok", __version__)
    old = sys.version_info < (3, 11)
    yield Check(
        "python", "missing" if old else "ok", platform.python_version(), "use Python 3.11 or later" if old else ""
    )
    yield Check("usable cores", "ok", str(count_cores()))


def check_packages() -> Iterator[Check]:
    """Libraries that pip brings."""
    for name in PACKAGES:
        version = _find_version(name)
        yield Check(name, "ok" if version else "missing", version or "not installed", "" if version else _pip(name))
    other = _find_version("opencv-python")
    if other:
        advice = "pip uninstall opencv-python, then pip install --force-reinstall opencv-python-headless"
        yield Check("opencv-python", "optional", f"{other} beside the headless one: both write to cv2/", advice)


def check_tesseract() -> Iterator[Check]:
    """The program of the system that adds a reader of another origin."""
    binary = shutil.which("tesseract")
    if binary is None:
        advice = f"without it fewer readers agree and more cells go to review: {APT}"
        yield Check("tesseract", "optional", "not installed", advice)
        return
    version = _first_line([binary, "--version"]).removeprefix("tesseract ")
    yield Check("tesseract", "ok", version)
    listed = subprocess.run([binary, "--list-langs"], capture_output=True, text=True, check=False).stdout.split()
    for language in LANGUAGES:
        there = language in listed
        state: State = "ok" if there else "optional"
        yield Check(f"tesseract {language}", state, "there" if there else "not installed", "" if there else APT)


def check_engines() -> Iterator[Check]:
    """The engines that can read right now."""
    from extractor.reading.engines import ENGINES, load_engine

    loaded = {name: load_engine(name) for name in ENGINES}
    for name, engine in loaded.items():
        state: State = "ok" if engine else "optional"
        yield Check(f"engine {name}", state, engine.version if engine else "not available")
    origins = {engine.origin for engine in loaded.values() if engine}
    if len(origins) < 2:
        advice = "scanned cells need two readers of different origin: pip install --force-reinstall extractor-baocao"
        yield Check("independent readers", "missing", str(len(origins)), advice)


def check_data() -> Iterator[Check]:
    """Models by their checksums, and catalogues."""
    from extractor.indicator import list_catalogues, load_catalogue
    from extractor.resources import resource_path

    again = "install the package again"
    folder = resource_path("models")
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        yield Check("models", "missing", "no manifest", again)
        return
    for entry in json.loads(manifest.read_text(encoding="utf-8")):
        file = folder / entry["file"]
        digest = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "not there"
        right = digest == entry["sha256"]
        yield Check(f"model {entry['file']}", "ok" if right else "missing", digest[:12], "" if right else again)
    for name in list_catalogues():
        try:
            catalogue = load_catalogue(name)
        except ExtractorError as error:
            yield Check(f"catalogue {name}", "missing", error.message, error.advice or again)
        else:
            said = f"{catalogue.version}, {len(catalogue.indicators)} indicators, {len(catalogue.rules)} rules"
            yield Check(f"catalogue {name}", "ok", said)


def _print_table(checks: list[Check]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("", "what", "found", "what to do"):
        table.add_column(column, overflow="fold")
    colours = {"ok": "green", "optional": "yellow", "missing": "red"}
    for check in checks:
        table.add_row(f"[{colours[check.state]}]{check.state}[/]", check.name, check.found, check.advice)
    Console(highlight=False).print(table)


def _find_version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _pip(name: str) -> str:
    return f"pip install {name}"


def _first_line(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).partition("\n")[0]
