"""The house rules: sizes, first lines, import layers, doors, docs that name every command and setting."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

from extractor import errors
from extractor.cli import COMMANDS
from extractor.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "extractor"
FILE_CAP = 400
RECORDS = PACKAGE / "records.py"  # a list of records without logic, read from top to bottom: one file is easier
FUNCTION_CAP = 60
LEAST_WORDS = 4  # of a first line: fewer only repeat the name
STAGES = ("ingest", "page", "grid", "reading", "table", "indicator", "value", "check", "trust", "report")
SHARED = ("records", "errors", "settings", "resources", "pixels")
REGISTRIES = re.compile(
    "|".join(("pypi" + r"\.org", "python" + r"hosted\.org", "npmjs" + r"\.", "huggingface" + r"\.co"))
)
MACHINE_PATHS = re.compile("/" + "work/|/" + "root/")

MODULES = sorted(PACKAGE.rglob("*.py"))
SOURCES = [
    path
    for folder in ("extractor", "fixtures", "tests", "tools", "models")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_files_and_functions_stay_small(path: Path) -> None:
    if path != RECORDS:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE_CAP
    for node in ast.walk(_parse(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < FUNCTION_CAP, node.name


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_opens_with_what_comes_in_and_goes_out(path: Path) -> None:
    docstring = ast.get_docstring(_parse(path))
    assert docstring
    assert len(docstring.splitlines()[0].split()) >= LEAST_WORDS


def _imports(path: Path) -> set[str]:
    """Second parts of all names of this package that a module imports, at its top or within functions."""
    found = set()
    for node in ast.walk(_parse(path)):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "extractor" else [node.module]
            )
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("extractor.")}
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_knows_no_other_stage(stage: str) -> None:
    allowed = {*SHARED, stage}
    for path in sorted((PACKAGE / stage).rglob("*.py")):
        assert _imports(path) <= allowed, _name(path)


@pytest.mark.parametrize("shared", SHARED)
def test_what_is_shared_knows_no_stage(shared: str) -> None:
    assert _imports(PACKAGE / f"{shared}.py") <= set(SHARED)


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/__init__.py")), ids=_name)
def test_a_door_lists_what_goes_through_it(path: Path) -> None:
    """What `__init__` imports or defines in public is what `__all__` lists."""
    module = importlib.import_module(f"extractor.{path.parent.name}")
    public = {
        alias.asname or alias.name
        for node in _parse(path).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"extractor.{path.parent.name}")
        for alias in node.names
    }
    listed = list(getattr(module, "__all__", ()))
    assert listed == sorted(listed, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert all(hasattr(module, name) for name in listed)
    if path.parent.name in STAGES:
        assert public <= set(listed)


def test_the_top_door_opens() -> None:
    import extractor

    for name in extractor.__all__:
        assert getattr(extractor, name) is not None
    assert extractor.extract.__doc__


def test_the_drawn_error_tree_is_the_tree() -> None:
    drawn = re.findall(r"^[│├└─ ]*([A-Z]\w+)  +", errors.__doc__ or "", flags=re.MULTILINE)
    defined = [
        name
        for name, item in vars(errors).items()
        if isinstance(item, type) and issubclass(item, errors.ExtractorError)
    ]
    assert sorted(drawn) == sorted(defined)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_broad_excepts_stand_only_at_the_outermost_loops(path: Path) -> None:
    if path.parent.name == "cli":
        return
    for node in ast.walk(_parse(path)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None
            assert not (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException"))


def test_nothing_names_a_registry_or_a_machine_path() -> None:
    suffixes = {".py", ".md", ".toml", ".txt", ".json", ".sh", ".csv", ".cfg", ".yml"}
    folders = ("extractor", "fixtures", "tests", "tools", "models", "reference", ".ci", ".")
    for folder in folders:
        found = (ROOT / folder).glob("*") if folder == "." else (ROOT / folder).rglob("*")
        for path in found:
            if path.is_file() and (path.suffix in suffixes or path.name in ("Makefile", "run")):
                text = path.read_text(encoding="utf-8")
                assert not REGISTRIES.search(text), _name(path)
                assert not MACHINE_PATHS.search(text), _name(path)


def test_docs_name_every_command_and_setting() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"extractor {command}" in readme, command
    for block, field in Settings.model_fields.items():
        for name in type(field.default).model_fields:
            assert f"`{block}.{name}`" in readme, f"{block}.{name}"


def test_docs_show_the_schema_command_and_exit_codes() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for code in (errors.EXIT_OK, errors.EXIT_INTERNAL, errors.EXIT_USAGE, errors.EXIT_PARTIAL, errors.EXIT_FAILED, 130):
        assert f"| {code} |" in readme


def test_every_document_error_code_is_in_the_docs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    codes = {item.code for item in vars(errors).values() if isinstance(item, type) and hasattr(item, "code")}
    for code in codes - {"error", "document", "usage"}:
        assert f"`{code}`" in readme, code


def test_architecture_stays_short() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= 200


def test_local_links_in_docs_lead_somewhere() -> None:
    for path in (*ROOT.glob("*.md"), *(ROOT / "reference").glob("*.md"), *(ROOT / "fixtures").glob("*.md")):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{_name(path)}: {link}"
