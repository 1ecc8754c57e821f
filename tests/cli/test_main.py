"""The command line: exit codes, messages, what is written; a fake pipeline stands in for reading."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import extractor
from extractor.cli import COMMANDS, main
from extractor.cli.work import run_job
from extractor.errors import NoTable
from extractor.records import Table
from extractor.report import Document, assemble_document, check_json
from extractor.settings import Settings
from tests.builders import make_extraction, with_table


def _fake_extract(
    data: bytes, name: str, catalogue: str | None, settings: Settings, watch: None
) -> tuple[Document, None]:
    path = Path(name)
    found = make_extraction(["I.1", "I.2"], [("I.1", "4.304"), ("I.2", "")])
    if path.stem.startswith("bad"):
        raise NoTable("no page carries a table", "give a report with a table")
    if path.stem.startswith("bug"):
        raise ZeroDivisionError("a fault")
    if path.stem.startswith("stop"):
        raise KeyboardInterrupt
    if path.stem.startswith("part"):
        found = with_table(found, second_form=(3,))
    assert isinstance(found.table, Table)
    return assemble_document(found), None


@pytest.fixture(autouse=True)
def _fake_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extractor, "pipeline", SimpleNamespace(extract_bytes=_fake_extract, NOBODY=None), raising=False)
    monkeypatch.setattr("extractor.cli.extract.run_jobs", lambda jobs, order, _: (run_job(job, order) for job in jobs))


def _extract(tmp_path: Path, name: str, *flags: str) -> tuple[int, dict[str, Any]]:
    path = tmp_path / f"{name}.pdf"
    path.write_bytes(b"%PDF-1.7")
    code = main(["extract", str(path), "--out", str(tmp_path / "out"), *flags])
    text = (tmp_path / "out" / f"{name}.json").read_text(encoding="utf-8")
    check_json(text)
    return code, json.loads(text)


@pytest.mark.parametrize(
    ("name", "code", "outcome", "error"),
    [
        ("good", 0, "complete", None),
        ("part", 3, "partial", None),
        ("bad", 4, "failed", "no-table"),
        ("bug", 4, "failed", "internal-error"),
    ],
)
def test_exit_codes(tmp_path: Path, name: str, code: int, outcome: str, error: str | None) -> None:
    found, tree = _extract(tmp_path, name)
    assert (found, tree["outcome"]) == (code, outcome)
    assert (tree["error"] or {}).get("code") == error


def test_a_failed_json_says_which_file(tmp_path: Path) -> None:
    _, tree = _extract(tmp_path, "bad")
    assert tree["document"]["source_name"] == "bad.pdf"
    assert len(tree["document"]["sha256"]) == 64
    assert tree["indicators"] == []
    assert tree["error"]["advice"]


def test_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "stop.pdf"
    path.write_bytes(b"x")
    assert main(["extract", str(path), "--out", str(tmp_path)]) == 130


def test_inputs_on_both_sides_of_a_flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def run(args: Namespace) -> int:
        seen.extend(args.inputs)
        return 0

    monkeypatch.setattr("extractor.cli.extract.run", run)
    assert main(["extract", "a.pdf", "--out", "o", "b.pdf"]) == 0
    assert seen == ["a.pdf", "b.pdf"]


def test_results_must_go_somewhere() -> None:
    assert main(["extract", "a.pdf"]) == 2


@pytest.mark.parametrize(
    "argv",
    [
        ["extract"],
        ["nothing"],
        [],
        ["extract", "a.pdf", "--out", "o", "--jobs", "0"],
        ["extract", "a.pdf", "--out", "o", "--frobnicate"],
        ["schema", "--frobnicate"],
    ],
)
def test_a_wrong_call_exits_with_2(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    "flags",
    [["--target-error", "2"], ["--set", "page.dpi"], ["--set", "page.dpi=abc"], ["--config", "nowhere.toml"]],
)
def test_wrong_settings_exit_with_2_and_say_which(
    tmp_path: Path, flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    assert main(["extract", str(path), "--out", str(tmp_path / "out"), *flags]) == 2
    assert "error: " in capsys.readouterr().err


def test_a_wrong_catalogue_exits_with_2_and_every_json_says_so(tmp_path: Path) -> None:
    code, tree = _extract(tmp_path, "good", "--catalogue", str(tmp_path / "nowhere"))
    assert code == 2
    assert (tree["outcome"], tree["error"]["code"]) == ("failed", "bad-catalogue")


def test_a_folder_without_documents_is_a_wrong_call(tmp_path: Path) -> None:
    assert main(["extract", str(tmp_path), "--out", str(tmp_path / "out")]) == 2


def test_a_file_in_place_of_the_folder_is_a_wrong_call(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"x")
    assert main(["extract", str(tmp_path / "a.pdf"), "--out", str(tmp_path / "a.pdf")]) == 2


def test_messages_go_to_stderr_as_lines_or_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _extract(tmp_path, "bad")
    plain = capsys.readouterr()
    assert plain.out == ""
    assert "no page carries a table" in plain.err
    assert "give a report with a table" in plain.err
    _extract(tmp_path, "bad", "--log-json")
    line = json.loads(capsys.readouterr().err.splitlines()[0])
    assert (line["level"], line["code"], line["outcome"]) == ("error", "no-table", "failed")


def test_the_same_bytes_on_every_run(tmp_path: Path) -> None:
    _extract(tmp_path, "good")
    first = (tmp_path / "out" / "good.json").read_bytes()
    _extract(tmp_path, "good", "--jobs", "2")
    assert (tmp_path / "out" / "good.json").read_bytes() == first


def test_show_prints_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _extract(tmp_path, "good")
    assert main(["show", str(tmp_path / "out" / "good.json")]) == 0
    said = capsys.readouterr().out
    assert "2 accepted" in said
    assert "UBND huyện Thạnh Trị" in said
    assert main(["show", str(tmp_path / "good.pdf")]) == 2


def test_schema_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "tables"]) == 0
    assert json.loads(capsys.readouterr().out)["$schema"].endswith("2020-12/schema")


def test_doctor_finds_what_this_machine_has(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor", "--json"])
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)}
    assert checks["engine ppocr"]["state"] == "ok"
    assert checks["model trust.json"]["state"] == "ok", "run: python tools/manifest.py"
    assert code == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert f"extractor {command}" in capsys.readouterr().out.split("example:")[1]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from extractor.cli import make_parser; make_parser().format_help();"
        "print([m for m in ('numpy', 'cv2', 'pydantic', 'onnxruntime', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
