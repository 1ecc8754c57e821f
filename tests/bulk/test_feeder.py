"""From a feeder's file to the store: its reports are parted, what is wrong with pages is named; images are pages."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from PIL import Image
from sqlalchemy import select

from extractor.bulk import Order, Run, find_documents
from extractor.bulk.document import are_apart
from extractor.cli import main
from extractor.ingest import open_bytes
from extractor.settings import load_settings
from extractor.store import enter, open_store, original_path, read_entries, read_stamps
from extractor.store.pictures import draw_page
from extractor.store.schema import document, file
from fixtures.generator.feeder import Feed, read_reports, write_feed
from fixtures.generator.make import Order as Wish
from fixtures.generator.make import make_document
from tests.bulk.test_folders import picture

HEADS = [("944", None, "2020-Q4"), ("949", "642/BC-UBND", "2023")]


@pytest.fixture(scope="module")
def feeder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two short reports in a row, the second page of the first fed twice."""
    folder = tmp_path_factory.mktemp("feeder")
    for seed in (7015, 7022):
        make_document(Wish("born-digital", seed, 2), folder / "reports")
    path = folder / "Hộp 7" / "feeder.pdf"
    write_feed(Feed(((0, 1), (0, 2), (0, 2), (1, 1), (1, 2)), ()), read_reports(folder / "reports"), path)
    return path


def _read(path: Path) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return tree


def _rules(tree: dict[str, Any]) -> list[tuple[str, int | None]]:
    kinds = ("page", "structure")
    return [(one["rule"], one["page"]) for one in tree["findings"] if one["kind"] in kinds]


def _head(tree: dict[str, Any]) -> tuple[Any, ...]:
    about = tree["document"]
    return about["organisation"]["code"], about["report_number"]["value"], about["period"]["value"]


def test_a_feeders_file_becomes_its_reports(feeder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, store = tmp_path / "out", str(tmp_path / "kho.db")
    command = ["bulk", str(feeder.parent.parent), "--store", store, "--out", str(out), "--jobs", "1"]
    (feeder.parent.parent / "reports").rename(tmp_path / "reports")
    assert main(command) == 3
    parts = {path.name: _read(path) for path in (out / "Hộp 7").iterdir()}
    assert sorted(parts) == ["feeder-p1-3.json", "feeder-p4-5.json"]
    first, second = parts["feeder-p1-3.json"], parts["feeder-p4-5.json"]
    assert [_head(first), _head(second)] == HEADS
    for tree, pages in ((first, {1, 2}), (second, {4, 5})):
        assert tree["document"]["page_count"] == 5
        matched = [one for one in tree["indicators"] if one["row"]["state"] == "matched"]
        assert {one["row"]["page"] for one in matched} == pages
    assert ("doubled-page", 3) in _rules(first)
    assert not {"doubled-page", "foreign-page", "doubtful-border"} & {rule for rule, _ in _rules(second)}
    for tree, place in ((first, 0), (second, 1)):
        truth = read_reports(tmp_path / "reports")[place].truth["rows"]
        read = {one["code"]: one["value"]["raw"] for one in tree["indicators"] if one["value"]["state"] == "read"}
        printed = {row["code"]: row["value"]["raw"].replace("–", "-") for row in truth}
        assert read.items() <= printed.items()
        assert len(read) > 10
    opened = open_store(store)
    with opened.read() as connection:
        (entry,) = read_entries(connection)
        rows = connection.execute(select(document).order_by(document.c.part)).all()
    assert (entry.state, entry.pages, entry.reports, entry.box) == ("partial", 5, 2, "Hộp 7")
    assert [(one.part, one.first_page, one.last_page, one.active, one.box) for one in rows] == [
        (1, 1, 3, True, "Hộp 7"),
        (2, 4, 5, True, "Hộp 7"),
    ]
    assert [one.organisation_code for one in rows] == ["944", "949"]
    opened.close()
    (out / "Hộp 7" / "feeder-p4-5.json").unlink()
    capsys.readouterr()
    assert main(command) == 3  # nothing is read again: what is missing comes from the store
    assert _read(out / "Hộp 7" / "feeder-p4-5.json") == second


def test_a_folder_of_images_becomes_its_reports(feeder: Path, tmp_path: Path) -> None:
    """Each page as an image of another kind, resolution or orientation; one was damaged, one came in later."""
    folder = tmp_path / "in" / "Hộp 7" / "tập 1"
    folder.mkdir(parents=True)
    with pdfium.PdfDocument(feeder) as pages:
        shots = [pages[at].render(scale=dpi / 72).to_pil() for at, dpi in ((0, 150), (1, 200), (3, 150), (4, 150))]
    shots[0].save(folder / "trang-8.png", dpi=(150, 150))
    shots[1].convert("L").save(folder / "trang-9.tif", dpi=(200, 200))
    turned = Image.Exif()
    turned[0x0112] = 6
    shots[2].rotate(90, expand=True).save(folder / "trang-10.jpg", dpi=(150, 150), quality=90, exif=turned)
    shots[3].save(folder / "trang-11.jpg", dpi=(150, 150), quality=90)
    whole = (folder / "trang-11.jpg").read_bytes()
    (folder / "trang-12.jpg").write_bytes(whole[:200])
    out, store = tmp_path / "out", tmp_path / "kho.db"
    command = ["bulk", str(tmp_path / "in"), "--store", str(store), "--out", str(out), "--jobs", "1"]
    assert main(command) == 3
    parts = {path.name: _read(path) for path in (out / "Hộp 7").iterdir()}
    assert sorted(parts) == ["tập 1-p1-2.json", "tập 1-p3-5.json"]
    first, second = parts["tập 1-p1-2.json"], parts["tập 1-p3-5.json"]
    assert [_head(first), _head(second)] == HEADS
    about = first["document"]
    assert (about["source_name"], about["media_type"], about["page_count"]) == ("tập 1", "application/zip", 5)
    (unread,) = [one for one in second["findings"] if one["rule"] == "unread-page"]
    assert (unread["page"], "trang-12.jpg" in unread["message"]["en"]) == (5, True)
    assert ("unread-page", 5) not in _rules(first)
    original = original_path(Path(f"{store}.files"), about["sha256"])
    with zipfile.ZipFile(original) as archive:
        assert [name[5:] for name in archive.namelist()] == [f"trang-{n}.{s}" for n, s in _NAMES]
    draw_page(original, 3, tmp_path / "page.jpg")
    with Image.open(tmp_path / "page.jpg") as drawn:
        assert drawn.width < drawn.height  # as a viewer shows it
    opened = open_store(str(store))
    with opened.read() as connection:
        rows = connection.execute(select(document.c.part, document.c.box, document.c.folder, document.c.name)).all()
        assert connection.execute(select(file.c.media_type)).scalar_one() == "application/zip"
    assert sorted(map(tuple, rows)) == [(1, "Hộp 7", "tập 1", "tập 1"), (2, "Hộp 7", "tập 1", "tập 1")]
    opened.close()


_NAMES = ((8, "png"), (9, "tif"), (10, "jpg"), (11, "jpg"), (12, "jpg"))


def test_images_that_are_whole_reports_are_documents_of_their_own(tmp_path: Path) -> None:
    """Known only when they are read: the folder leaves the ledger, and its images come in."""
    for number in (1, 2, 3):
        (tmp_path / f"bc-{number}.png").write_bytes(picture(shade=number))
    settings = load_settings(environ={}, flags={"store.files": str(tmp_path / "files")})
    (tmp_path / "out").mkdir()
    order = Order(settings, None, str(tmp_path / "kho.db"), keep=False, out=str(tmp_path / "out"))
    store = open_store(order.store, files=tmp_path / "files")
    told: list[str] = []

    def go() -> list[int]:
        with store.read() as connection:
            found, stamps, _ = find_documents([tmp_path], read_stamps(connection), {})
        enter(store, found, stamps)
        run = Run(store, order, {one.sha256 for one in found}, _note(told), work="tests.bulk.fakes:apart")
        run.go(1)
        return [one.images for one in found]

    assert go() == [3]
    assert go() == [0, 0, 0]
    assert told == ["apart", "done", "done", "done"]
    with store.read() as connection:
        assert {row.name: row.state for row in read_entries(connection)} == {
            f"bc-{number}.png": "done" for number in (1, 2, 3)
        }
    (tmp_path / "bc-4.png").write_bytes(picture(shade=4))  # another folder now, so it is looked at anew
    assert go() == [4]
    store.close()
    source = open_bytes(picture("TIFF", frames=2), "a.tif", settings.ingest)
    assert are_apart(source, [(1,), (2,)])
    assert not are_apart(source, [(1, 2)])
    assert not are_apart(open_bytes(picture(), "a.png", settings.ingest), [(1,)])


def _note(told: list[str]) -> Callable[..., None]:
    return lambda name, facts: told.append(name) if name in ("apart", "done") else None
