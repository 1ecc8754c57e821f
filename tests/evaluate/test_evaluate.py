"""What counts as right, silent, missing and spurious, on reports whose faults are known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extractor.cli import main
from extractor.evaluate import evaluate_folders
from extractor.evaluate.calibration import expected_error, find_auroc, measure_calibration
from extractor.evaluate.compare import intersection_over_union
from extractor.report import assemble_document
from tests.builders import make_extraction

CODES = [f"I.{n}" for n in range(1, 6)]
PRINTED: list[tuple[str | None, str]] = [("I.1", "4.304"), ("I.2", ""), (None, "7"), ("I.3", "12"), ("I.4", "5")]

Tree = dict[str, Any]


def _extraction() -> Tree:
    tree: Tree = json.loads(assemble_document(make_extraction(CODES, PRINTED)).to_json())
    return tree


def _truth() -> Tree:
    """The truth that the extraction of the same rows meets exactly."""
    found = make_extraction(CODES, PRINTED)
    rows = []
    for row, (code, raw), value in zip(found.table.rows, PRINTED, found.values, strict=True):
        number = value.value.number
        rows.append(
            {
                "code": code,
                "label": row.label.raw,
                "unit": row.unit.raw,
                "value": {
                    "raw": raw,
                    "state": value.value.state,
                    "number": None if number is None else float(number),
                    "text": None,
                },
                "note": "",
                "page": row.page,
                "box": list(row.pieces[0].box),
                "value_box": list(row.value.pieces[0].box),
                "tags": ["isolated-digit"] if len(raw) == 1 else [],
            }
        )
    head = {
        "organisation": {"value": "UBND huyện Thạnh Trị", "code": "949"},
        "report_number": None,
        "report_date": None,
        "period": {"value": "2022", "kind": "year"},
    }
    return {
        "file": "a.pdf", "profile": "clean-300", "catalogue": {"name": "mini"}, "head": head, "page_count": 1,
        "rows": rows, "absent": ["I.5"], "planted": [],
    }  # fmt: skip


def _figures(tmp_path: Path, change: Callable[[Tree, Tree], object] = lambda truth, got: None) -> Tree:
    truth, got = _truth(), _extraction()
    change(truth, got)
    (tmp_path / "t").mkdir(exist_ok=True)
    (tmp_path / "e").mkdir(exist_ok=True)
    (tmp_path / "t" / "a.truth.json").write_text(json.dumps(truth), encoding="utf-8")
    (tmp_path / "e" / "a.json").write_text(json.dumps(got), encoding="utf-8")
    total: Tree = evaluate_folders(tmp_path / "t", tmp_path / "e").to_dict()["total"]
    return total


def test_an_exact_extraction_is_exact(tmp_path: Path) -> None:
    total = _figures(tmp_path)
    assert (total["rows"], total["rows_right"], total["missing"], total["spurious"]) == (4, 4, 0, 0)
    assert (total["cells"], total["right"], total["filled"], total["silent"]) == (4, 4, 3, 0)
    assert (total["boxes_right"], total["strangers_found"], total["absent_right"]) == (4, 1, 1)
    assert (total["head"], total["head_right"]) == (4, 4)
    assert total["shares"]["label_cer"] == 0


def _value(got: Tree, code: str) -> Tree:
    value: Tree = next(item["value"] for item in got["indicators"] if item["code"] == code)
    return value


def test_a_wrong_number_that_was_accepted_is_silent(tmp_path: Path) -> None:
    total = _figures(tmp_path, lambda _, got: _value(got, "I.3").update(number=72))
    assert (total["right"], total["silent"]) == (3, 1)


def test_a_wrong_number_under_review_is_not_silent(tmp_path: Path) -> None:
    total = _figures(tmp_path, lambda _, got: _value(got, "I.3").update(number=72, status="review"))
    assert (total["right"], total["silent"], total["sure"]) == (3, 0, 3)


def test_blank_for_a_number_and_zero_for_blank_are_wrong(tmp_path: Path) -> None:
    def change(_: Tree, got: Tree) -> None:
        _value(got, "I.3").update(number=None, state="blank")
        _value(got, "I.2").update(number=0, state="read")

    assert _figures(tmp_path, change)["right"] == 2


def test_the_right_number_on_the_wrong_row_is_wrong(tmp_path: Path) -> None:
    def swap(_: Tree, got: Tree) -> None:
        a, b = (item for item in got["indicators"] if item["code"] in ("I.3", "I.4"))
        a["row"], b["row"] = b["row"], a["row"]

    total = _figures(tmp_path, swap)
    assert (total["rows_right"], total["right"], total["silent"]) == (2, 2, 2)


def test_a_stranger_that_stole_an_indicator_is_spurious(tmp_path: Path) -> None:
    def steal(truth: Tree, got: Tree) -> None:
        stolen, given = got["indicators"][4], got["indicators"][3]
        stolen.update(row=dict(given["row"]), value=dict(given["value"]))
        got["unmatched_rows"] = []

    total = _figures(tmp_path, steal)
    assert (total["spurious"], total["spurious_accepted"], total["strangers_found"]) == (1, 1, 0)
    assert total["shares"]["silent_errors"] == pytest.approx(1 / 5)


def test_a_report_without_json_has_no_right_cell(tmp_path: Path) -> None:
    _figures(tmp_path)
    (tmp_path / "e" / "a.json").unlink()
    evaluation = evaluate_folders(tmp_path / "t", tmp_path / "e")
    assert evaluation.without_extraction == ("a.truth.json",)
    assert (evaluation.total.counts.right, evaluation.total.tally.failed, evaluation.total.tally.missing) == (0, 1, 4)


def test_a_moved_box_is_seen(tmp_path: Path) -> None:
    total = _figures(tmp_path, lambda _, got: _value(got, "I.1").update(box=[0.2, 0.1, 0.3, 0.12]))
    assert total["boxes_right"] == 3


def test_tags_have_their_own_figures(tmp_path: Path) -> None:
    _figures(tmp_path, lambda _, got: _value(got, "I.4").update(number=6))
    evaluation = evaluate_folders(tmp_path / "t", tmp_path / "e")
    assert [(group.name, group.counts.cells, group.counts.right) for group in evaluation.tags] == [
        ("isolated-digit", 1, 0)
    ]


def test_planted_contradictions_count_where_their_cells_were_read(tmp_path: Path) -> None:
    def plant(truth: Tree, got: Tree) -> None:
        truth["planted"] = [
            {"rule": "SUM-01", "hard": True, "cells": ["I.1", "I.3"]},
            {"rule": "SUM-02", "hard": True, "cells": ["I.4"]},
        ]
        _value(got, "I.4").update(number=6)
        error = {"severity": "error", "kind": "arithmetic"}
        got["findings"] = [{"rule": "SUM-01", **error}, {"rule": "SUM-09", **error}]

    total = _figures(tmp_path, plant)
    assert (total["planted"], total["planted_found"], total["false_alarms"]) == (1, 1, 1)


def test_calibration_of_honest_and_of_boastful_scores() -> None:
    honest = [(0.75, i % 4 != 0) for i in range(400)]
    assert expected_error(honest) == pytest.approx(0.0)
    assert expected_error([(0.99, right) for _, right in honest]) == pytest.approx(0.24)
    assert find_auroc(honest) == 0.5
    assert find_auroc([(0.1, False), (0.9, True), (0.95, True)]) == 1.0
    assert measure_calibration([1.0], [True]).auroc is None


def test_order_of_ties_does_not_matter() -> None:
    pairs = [(0.9, True), (0.9, False)] * 40 + [(0.2, False)] * 40
    assert expected_error(pairs) == pytest.approx(expected_error(pairs[::-1]))


def test_intersection_over_union() -> None:
    assert intersection_over_union((0, 0, 2, 1), (1, 0, 3, 1)) == pytest.approx(1 / 3)
    assert intersection_over_union((0, 0, 1, 1), (2, 0, 3, 1)) == 0


def test_the_command_prints_tables_or_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _figures(tmp_path, lambda _, got: _value(got, "I.3").update(number=72))
    call = ["evaluate", str(tmp_path / "t"), str(tmp_path / "e")]
    assert main([*call, "--errors", "5"]) == 0
    assert "I.3" in capsys.readouterr().out
    assert main([*call, "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["total"]["silent"] == 1
    (tmp_path / "t" / "a.truth.json").write_text("{}", encoding="utf-8")
    assert main(call) == 2


def _item(got: Tree, code: str) -> Tree:
    item: Tree = next(item for item in got["indicators"] if item["code"] == code)
    return item


def test_labels_and_notes_count_by_character_and_citations_by_number(tmp_path: Path) -> None:
    def change(truth: Tree, got: Tree) -> None:
        truth["rows"][0]["note"] = "Kế hoạch số 08/KH-UBND và số 27/KH-UBND"
        note = {"raw": "Kế hoach số 08/KH-UBND và số 21/KH-UBND", "citations": [{"number": "08/KH-UBND"}]}
        _item(got, "I.1")["note"].update(note)
        _item(got, "I.3")["row"]["label_raw"] += "m"

    total = _figures(tmp_path, change)
    assert (total["note_errors"], total["note_chars"]) == (2, 39)
    assert (total["citations_found"], total["citations"]) == (1, 2)
    labels = sum(len(row["label"]) for row in _truth()["rows"] if row["code"])
    assert (total["label_errors"], total["label_chars"]) == (1, labels)
    assert total["shares"]["note_cer"] == pytest.approx(2 / 39, abs=1e-6)
    assert total["shares"]["label_cer"] == pytest.approx(1 / labels, abs=1e-6)
    assert total["shares"]["citations_found"] == 0.5


def test_a_note_that_nobody_printed_is_an_error_of_the_notes(tmp_path: Path) -> None:
    def invent(truth: Tree, got: Tree) -> None:
        truth["rows"][0]["note"] = "Đạt"
        _item(got, "I.1")["note"]["raw"] = "Đạt"
        _item(got, "I.2")["note"]["raw"] = "abc"

    total = _figures(tmp_path, invent)
    assert (total["note_errors"], total["note_chars"], total["shares"]["note_cer"]) == (3, 3, 1.0)


def test_figures_of_texts_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _figures(tmp_path)
    assert main(["evaluate", str(tmp_path / "t"), str(tmp_path / "e"), "--json", str(tmp_path / "m.json")]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "label CER %" in printed
    assert "note CER %" in printed
    assert "citations" in printed
    shares = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))["total"]["shares"]
    assert {"label_cer", "note_cer", "citations_found"} <= set(shares)


def test_lone_digits_and_cut_rows_are_counted_by_themselves_without_tags(tmp_path: Path) -> None:
    def untag(truth: Tree, _: Tree) -> None:
        for row in truth["rows"]:
            row["tags"] = []
        truth["rows"][3]["continued"] = [{"page": 2, "box": [0.1, 0.1, 0.9, 0.12]}]
        truth["rows"][0]["tags"] = ["under-stamp"]

    _figures(tmp_path, untag)
    tags = {group.name: group.counts.cells for group in evaluate_folders(tmp_path / "t", tmp_path / "e").tags}
    assert tags == {"isolated-digit": 1, "page-break": 1, "under-stamp": 1}
