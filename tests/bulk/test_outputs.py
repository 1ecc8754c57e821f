"""JSON names of a file's reports: nothing of another file is ever overwritten, nothing old stays."""

from __future__ import annotations

from pathlib import Path

from extractor.bulk.outputs import find_parts, write_all
from extractor.errors import DocumentError
from extractor.report import Document, MadeWith, failed_document

MINE, OTHERS = "ab" * 32, "cd" * 32


def _document(sha256: str) -> Document:
    return failed_document("a.pdf", sha256, DocumentError("nothing"), MadeWith(extractor="0"))


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_each_report_of_a_file_has_its_json(tmp_path: Path) -> None:
    one = _document(MINE)
    write_all(tmp_path, "feeder", MINE, [((1, 9), one), ((10, 12), one)])
    assert _names(tmp_path) == {"feeder-p1-9.json", "feeder-p10-12.json"}
    write_all(tmp_path, "feeder", MINE, [((1, 4), one), ((5, 12), one)])
    assert _names(tmp_path) == {"feeder-p1-4.json", "feeder-p5-12.json"}
    write_all(tmp_path, "feeder", MINE, [((1, 12), one)])
    assert _names(tmp_path) == {"feeder.json"}


def test_another_files_json_is_left_alone(tmp_path: Path) -> None:
    write_all(tmp_path, "feeder-p1-9", OTHERS, [((1, 1), _document(OTHERS))])
    write_all(tmp_path, "feeder", MINE, [((1, 9), _document(MINE)), ((10, 12), _document(MINE))])
    assert _names(tmp_path) == {"feeder-p1-9.json", "feeder-abababab-p1-9.json", "feeder-p10-12.json"}
    assert len(find_parts(tmp_path, "feeder", MINE)) == 2
    write_all(tmp_path, "feeder", MINE, [((1, 12), _document(MINE))])
    assert _names(tmp_path) == {"feeder-p1-9.json", "feeder.json"}
