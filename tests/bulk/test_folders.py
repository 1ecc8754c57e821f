"""Images of a folder become the pages of one file, in order; whatever lies beside them stays a file of its own."""

from __future__ import annotations

import hashlib
import io
import json
import unicodedata
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from extractor.bulk import find_documents
from extractor.cli import main
from extractor.errors import ExtractorError, UnreadableFile
from extractor.ingest import open_bytes, pack_images, unpack_images
from extractor.joining import find_joined, find_one, hash_joined, read_joined
from extractor.page import open_pages
from extractor.settings import load_settings

SETTINGS = load_settings(environ={})
GRAY = 120


def picture(
    kind: str = "PNG", size: tuple[int, int] = (20, 30), shade: int = GRAY, frames: int = 1, **more: object
) -> bytes:
    """An image in memory."""
    out = io.BytesIO()
    images = [Image.new("L", size, shade) for _ in range(frames)]
    images[0].save(out, kind, **({"save_all": True, "append_images": images[1:]} if frames > 1 else {}), **more)
    return out.getvalue()


def fill(folder: Path, *names: str) -> None:
    """A small file for each name, no two with the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        kind = {"jpg": "JPEG", "png": "PNG", "tif": "TIFF"}.get(name.rpartition(".")[2].lower())
        data = picture(kind, shade=number) if kind else b"%PDF-1.4 " + name.encode()
        (folder / name).write_bytes(data)


def joined(folder: Path) -> dict[str, list[str]]:
    """Names of images by the name of what they are joined to."""
    return {one.name: [image.name for image in one.images] for one in find_joined(folder)}


@pytest.mark.parametrize(
    ("names", "pages"),
    [
        (("trang-1.png", "trang-10.png", "trang-2.png"), ["trang-1.png", "trang-2.png", "trang-10.png"]),
        (("0002.jpg", "0001.JPG", "0009.jpg"), ["0001.JPG", "0002.jpg", "0009.jpg"]),
        (("IMG_2023.tif", "IMG_2022.tif"), ["IMG_2022.tif", "IMG_2023.tif"]),
        (("Scan (2).jpg", "Scan (10).jpg", "scan (1).png"), ["scan (1).png", "Scan (2).jpg", "Scan (10).jpg"]),
        (("2b.png", "1b.png", "2a.png", "1a.png"), ["1a.png", "1b.png", "2a.png", "2b.png"]),
        (("bc319_2.png", "bc319_1.png", "other.pdf"), ["bc319_1.png", "bc319_2.png"]),
        (("scan 7.png", "scan 4.png", "other.pdf"), ["scan 4.png", "scan 7.png"]),
        (("a1.png", "a2.png", ".a3.png", "~a4.png", "cover.png", "a.txt"), ["a1.png", "a2.png"]),
    ],
)
def test_names_that_differ_in_a_number_alone_are_pages(tmp_path: Path, names: Sequence[str], pages: list[str]) -> None:
    fill(tmp_path / "Báo cáo 319", *names)
    assert joined(tmp_path / "Báo cáo 319") == {"Báo cáo 319": pages}


@pytest.mark.parametrize(
    "names",
    [
        ("an-ninh.png", "ban-do.png"),  # no numbers
        ("trang-1.png",),
        ("bc-319.jpg", "bc-321.jpg", "bc-320.pdf"),  # the series has a PDF: each is a document
        ("scan-1.jpg", "scan-2.jpg", "scan-3.pdf"),
        ("huyen-a-5.jpg", "huyen-a-9.jpg", "other.pdf"),  # beside a PDF nothing says that they are pages
        ("a.pdf", "b.pdf"),
    ],
)
def test_what_may_be_a_document_of_its_own_is_one(tmp_path: Path, names: Sequence[str]) -> None:
    fill(tmp_path, *names)
    assert joined(tmp_path) == {}


def test_a_tiff_of_several_pages_stays_a_file(tmp_path: Path) -> None:
    fill(tmp_path, "1.tif", "2.tif")
    (tmp_path / "bao-cao.tif").write_bytes(picture("TIFF", frames=3))
    assert list(joined(tmp_path).values()) == [["1.tif", "2.tif"]]
    (tmp_path / "3.tif").write_bytes(picture("TIFF", frames=2))
    assert joined(tmp_path) == {}
    (tmp_path / "3.tif").write_bytes(b"II*\0\xff\xff\xff\xffgone")
    assert list(joined(tmp_path).values()) == [["1.tif", "2.tif", "3.tif"]]


def test_several_series_and_kinds_in_a_folder_are_files_of_their_own(tmp_path: Path) -> None:
    fill(tmp_path, "319-1.png", "319-2.png", "320-1.png", "320-2.png")
    assert joined(tmp_path) == {"319-*.png": ["319-1.png", "319-2.png"], "320-*.png": ["320-1.png", "320-2.png"]}
    assert [one.label for one in find_joined(tmp_path)] == ["319", "320"]
    copies = tmp_path / "copies"
    fill(copies, "1.png", "2.png", "1.jpg", "2.jpg")  # the same pages in two kinds
    assert sorted(joined(copies).values()) == [["1.jpg", "2.jpg"], ["1.png", "2.png"]]


def test_a_folder_is_one_document_with_its_name_and_shelf(tmp_path: Path) -> None:
    fill(tmp_path / "Hộp 3" / "Báo cáo 319", "trang-2.png", "trang-1.png")
    fill(tmp_path / "Hộp 3", "Báo cáo 319.pdf", "bìa.png")
    found, stamps, unreadable = find_documents([tmp_path], {}, {})
    assert not unreadable
    targets = {one.target: (one.images, one.box, one.folder) for one in found}
    one = next(one for one in found if one.images)
    own = f"Hộp 3/Báo cáo 319-{one.sha256[:8]}"  # the PDF has the same stem
    assert targets[own] == (2, "Hộp 3", "Báo cáo 319")
    assert len(targets) == 3
    assert one.name == "Báo cáo 319"
    known = {path: (stamp, "known") for path, _, stamp in stamps}
    again, _, _ = find_documents([tmp_path], known, {})
    assert {one.sha256 for one in again} == {"known"}  # nothing is read twice
    fill(tmp_path / "Hộp 3" / "Báo cáo 319", "trang-3.png")
    more, _, _ = find_documents([tmp_path], known, {})
    assert [(one.images, one.sha256 != "known") for one in more if one.images] == [(3, True)]
    apart, _, _ = find_documents([tmp_path], {}, {}, join=False)
    assert len(apart) == 5
    (inner,), _, _ = find_documents([tmp_path / "Hộp 3" / "Báo cáo 319"], {}, {})
    assert inner.target == "Báo cáo 319"
    (part,), _, _ = find_documents([tmp_path / "Hộp 3" / "Báo cáo 319" / "trang-1.png"], {}, {})
    assert not part.images  # a file that was given by its name


def test_the_joined_file_is_a_plain_archive_of_always_the_same_bytes(tmp_path: Path) -> None:
    names = [unicodedata.normalize("NFD", "Tờ 1.png"), "Tờ 2.png", "tờ\x07 3.png"]
    fill(tmp_path, *names)
    (tmp_path / names[2]).rename(tmp_path / "tờ 3.png")
    (one,) = find_joined(tmp_path)
    data = read_joined(tmp_path, SETTINGS.ingest)
    assert hashlib.sha256(data).hexdigest() == hash_joined(one)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert [archive.read(name) for name in archive.namelist()] == [image.read_bytes() for image in one.images]
        assert [name[:5] for name in archive.namelist()] == ["0001-", "0002-", "0003-"]
    files = unpack_images(data)
    assert files is not None
    assert [file.name for file in files] == ["Tờ 1.png", "Tờ 2.png", "tờ 3.png"]
    assert [data[file.start : file.end] for file in files] == [image.read_bytes() for image in one.images]
    for image in one.images:
        image.touch()
    assert hash_joined(find_joined(tmp_path)[0]) == hash_joined(one)


def test_no_other_archive_is_opened() -> None:
    mine = b"".join(pack_images([("1.png", picture()), ("2.png", picture(shade=9))]))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.png", b"\0" * 10_000_000)
        archive.comment = b"extractor: images of a folder, 1"
    at = mine.index(b"2.png")
    broken = [mine[:-1], mine[1:], mine + b"x", mine[:60] + b"x" + mine[61:], mine[:at] + b"3" + mine[at + 1 :]]
    for data in (*broken, bomb.getvalue(), b"PK\3\4", b"PK\5\6" + bytes(18)):
        assert unpack_images(data) is None
        with pytest.raises(UnreadableFile) as raised:
            open_bytes(data, "a.zip", SETTINGS.ingest)
        assert raised.value.code == "not-a-document"
    assert open_bytes(mine, "a", SETTINGS.ingest).page_count == 2


def test_each_image_is_drawn_by_its_own_size_resolution_and_orientation() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    images = [
        ("trang-1.jpg", picture("JPEG", (1654, 2339), dpi=(200, 200))),
        ("trang-2.jpg", b"\xff\xd8\xff cut off"),
        ("trang-4.jpg", picture("JPEG", (1700, 1200), dpi=(150, 150), exif=turned.tobytes())),
        ("trang-5.png", picture("PNG", (20_000, 20_000))),
        ("trang-6.tif", picture("TIFF", (1654, 2339), frames=2)),  # came after the folder was looked at
        ("trang-7.png", b""),
    ]
    source = open_bytes(b"".join(pack_images(images)), "thư mục", SETTINGS.ingest)
    assert source.notes == ("joined-images", "missing-image:3")
    assert source.unfit == ((2, "unreadable-file"), (4, "too-large"), (7, "unreadable-file"))
    assert source.page_count == 7
    codes: list[object] = []
    with open_pages(source, SETTINGS) as reader:
        for number in range(1, 8):
            try:
                sheet = reader.draw(number)
                codes.append((sheet.number, sheet.pixels.shape, round(sheet.dpi)))
            except ExtractorError as error:
                codes.append((error.code, error.message.partition("(")[2].partition(")")[0]))
    assert codes == [
        (1, (2339, 1654), 200),
        ("unreadable-file", "trang-2.jpg"),
        (3, (1700, 1200), 150),
        ("too-large", "trang-5.png"),
        (5, (2339, 1654), 200),
        (6, (2339, 1654), 200),
        ("unreadable-file", "trang-7.png"),
    ]


def test_limits_hold_for_all_images_together(tmp_path: Path) -> None:
    fill(tmp_path, "1.png", "2.png", "3.png")
    for flag, value in (("ingest.max_bytes", 1000), ("ingest.max_pages", 2)):
        settings = load_settings(environ={}, flags={flag: value})
        assert max(len(image.read_bytes()) for image in tmp_path.iterdir()) < 1000
        (tmp_path / "3.png").write_bytes(bytes(900) if value == 1000 else picture())
        with pytest.raises(ExtractorError) as raised:
            read_joined(tmp_path, settings.ingest)
        assert raised.value.code == "too-large"
    (tmp_path / "2.png").unlink()
    (tmp_path / "3.png").unlink()
    assert find_one(tmp_path) is None
    with pytest.raises(UnreadableFile):
        read_joined(tmp_path, SETTINGS.ingest)


def test_the_commands_show_a_folder_as_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive, out = tmp_path / "in", tmp_path / "out"
    folder = archive / "Hộp 3" / "Báo cáo 319"
    folder.mkdir(parents=True)
    for number in (1, 2, 10):
        (folder / f"{number}.jpg").write_bytes(b"\xff\xd8\xff no picture %d" % number)
    flags = ["--store", str(tmp_path / "kho.db"), "--out", str(out), "--jobs", "1"]
    assert main(["bulk", str(archive), *flags, "--dry-run"]) == 0
    assert f"{folder} (3 images)" in capsys.readouterr().out
    assert main(["bulk", str(archive), *flags, "--dry-run", "--no-join", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["new"]) == 3
    assert main(["bulk", str(archive), *flags]) == 4
    tree = json.loads((out / "Hộp 3" / "Báo cáo 319.json").read_text(encoding="utf-8"))
    assert tree["error"]["code"] == "unreadable-file"
    assert "1.jpg" in tree["error"]["message"]
    assert tree["document"]["source_name"] == "Báo cáo 319"
    capsys.readouterr()
    assert main(["bulk", "status", "--store", str(tmp_path / "kho.db")]) == 0
    said = capsys.readouterr().out
    assert "1 documents are folders, of 3 images" in said
    assert f"{folder} (3 images) [Hộp 3, Báo cáo 319]" in said
    assert main(["bulk", "status", "--store", str(tmp_path / "kho.db"), "--json"]) == 0
    (bad,) = json.loads(capsys.readouterr().out)["bad"]
    assert (bad["images"], bad["box"], bad["folder"]) == (3, "Hộp 3", "Báo cáo 319")
    assert main(["extract", str(archive), "--out", str(tmp_path / "joined"), "--join-images", "--jobs", "1"]) == 4
    assert (tmp_path / "joined" / "Hộp 3" / "Báo cáo 319.json").exists()
