"""explain, evaluate --report and calibrate, run on one extracted report as a user would."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from extractor.cli import main
from extractor.errors import EXIT_OK, EXIT_PARTIAL, EXIT_USAGE

CASES = Path(__file__).resolve().parent.parent.parent / "fixtures" / "cases"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Truth and source of one born-digital report, and its extraction under `read`."""
    root = tmp_path_factory.mktemp("trust")
    (root / "truth").mkdir()
    for name in ("seed-digital.pdf", "seed-digital.truth.json"):
        (root / "truth" / name).write_bytes((CASES / name).read_bytes())
    code = main(["extract", str(root / "truth"), "--out", str(root / "read"), "--jobs", "1", "-q"])
    assert code in (EXIT_OK, EXIT_PARTIAL)
    return root


def test_explain_prints_parts_that_add_up(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "read" / "seed-digital.json"
    cells = {item["code"]: item for item in json.loads(path.read_text(encoding="utf-8"))["indicators"]}
    code = next(c for c, item in cells.items() if item["value"]["state"] == "read" and item["value"]["type"] == "count")
    assert main(["explain", str(path), code]) == EXIT_OK
    out = capsys.readouterr().out
    parts = [
        float(number) for number in re.findall(r"^(?!confidence)\S+ +[\d.-]* *([+-]\d+\.\d\d) ", out, re.MULTILINE)
    ]
    total = re.search(r"^confidence +([+-]\d+\.\d\d) +(\d\.\d{4})", out, re.MULTILINE)
    assert total is not None
    assert sum(parts) == pytest.approx(float(total.group(1)), abs=0.06)
    assert float(total.group(2)) == pytest.approx(cells[code]["value"]["confidence"], abs=2e-4)


@pytest.mark.parametrize("field", ["row", "unit", "note"])
def test_explain_knows_the_other_fields(folder: Path, field: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(folder / "read" / "seed-digital.json"), "I.1", "--field", field]) == EXIT_OK
    assert f"{field}: " in capsys.readouterr().out


def test_explain_refuses_what_another_calibration_judged(folder: Path, tmp_path: Path) -> None:
    tree = json.loads((folder / "read" / "seed-digital.json").read_text(encoding="utf-8"))
    tree["made_with"]["models"]["trust.json"] = "0" * 64
    other = tmp_path / "other.json"
    other.write_text(json.dumps(tree), encoding="utf-8")
    assert main(["explain", str(other), "I.1"]) == EXIT_USAGE
    assert main(["explain", str(folder / "read" / "seed-digital.json"), "XX.1"]) == EXIT_USAGE


def test_the_evaluation_report_is_one_page_that_loads_nothing(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    assert (
        main(["evaluate", str(folder / "truth"), str(folder / "read"), "--report", str(out), "--json", "-"]) == EXIT_OK
    )
    page = (out / "index.html").read_text(encoding="utf-8")
    assert [path.name for path in out.iterdir()] == ["index.html"]
    for title in ("Reliability", "Risk against coverage", "Accepted share against target error", "Errors by profile"):
        assert f"<h2>{title}" in page
    assert page.count("data:image/png;base64,") >= 4
    assert not re.search(r"""(src|href)=(?!["']?data:)""", page)


def test_calibrate_refuses_what_one_report_cannot_support(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert main(["calibrate", str(folder / "truth"), str(folder / "read")]) == EXIT_USAGE


def test_calibrate_check_reads_blind_decisions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = {
        "document": "a", "profile": "-", "page": 1, "target": "value", "kind": "read", "features": {"base": 1.0},
        "right": True,
    }  # fmt: skip
    good, bad, none = tmp_path / "good.jsonl", tmp_path / "bad.jsonl", tmp_path / "none.jsonl"
    good.write_text("".join(json.dumps(line) + "\n" for _ in range(500)), encoding="utf-8")
    bad.write_text("".join(json.dumps({**line, "right": i % 50 > 0}) + "\n" for i in range(500)), encoding="utf-8")
    none.write_text(json.dumps({**line, "blind": False}) + "\n", encoding="utf-8")
    assert main(["calibrate", "--check", str(good)]) == EXIT_OK
    assert "the promise holds" in capsys.readouterr().out
    assert main(["calibrate", "--check", str(bad)]) == EXIT_PARTIAL
    assert "NO LONGER HOLDS" in capsys.readouterr().out
    assert main(["calibrate", "--check", str(none)]) == EXIT_PARTIAL
