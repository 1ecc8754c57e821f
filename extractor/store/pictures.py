"""A page of an original -> its picture as a viewer shows it, and crops of it; drawn in a process of its own."""

from __future__ import annotations

import io
import multiprocessing
import threading
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass, field
from pathlib import Path

from pebble import ProcessExpired, ProcessPool
from PIL import Image, ImageOps

from extractor.ingest import open_bytes, unpack_images
from extractor.settings import IngestSettings
from extractor.store.files import original_path, write_whole
from extractor.store.opening import Store

DPI = 200
LARGEST_SIDE = 4000  # pixels of a picture
DRAW_SECONDS = 60  # a page that takes longer is hostile
QUALITY = 85
MOST_PAGES = 1 << 16
PAGES_IN_MEMORY = 12
CROP_MARGIN = (0.012, 0.006)  # of the page, around a cell: the eye needs its rulings
LARGEST_CROP = 1600

Box = tuple[float, float, float, float]


class NoPicture(Exception):
    """The page can't be drawn."""


def draw_page(source: Path, page: int, target: Path) -> None:
    """Draw one page of a PDF or image to a JPEG file; runs where a crash harms nobody."""
    with source.open("rb") as file:
        start = file.read(1024)
    data = source.read_bytes() if start.startswith(b"PK") else b""
    if unpack_images(data) is not None:
        picture = _draw_joined(data, page)
    else:
        picture = _draw_pdf(source, page) if b"%PDF-" in start else _draw_image(source, page - 1)
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=QUALITY)
    write_whole(target, buffer.getvalue())


def _draw_pdf(source: Path, page: int) -> Image.Image:
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(source)
    try:
        sheet = document[page - 1]
        scale = min(DPI / 72, LARGEST_SIDE / max(*sheet.get_size(), 1.0))
        picture: Image.Image = sheet.render(scale=scale).to_pil()
        return picture.copy()
    finally:
        document.close()


def _draw_joined(data: bytes, page: int) -> Image.Image:
    """A page that is an image of a folder."""
    source = open_bytes(data, "", IngestSettings(max_bytes=len(data), max_pages=MOST_PAGES))  # type: ignore[call-arg]
    if page in dict(source.unfit):
        raise ValueError("the image is damaged or too large")
    file = source.files[page - 1]
    return _draw_image(io.BytesIO(data[file.start : file.end]), file.frame)


def _draw_image(source: Path | io.BytesIO, frame: int) -> Image.Image:
    with Image.open(source) as image:
        image.seek(frame)
        return ImageOps.exif_transpose(image).convert("RGB")


@dataclass
class Pictures:
    """Pictures of a store's pages: on the disk, the last ones in memory, the next ones drawn ahead."""

    store: Store
    _memory: OrderedDict[tuple[str, int], Image.Image] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _drawing: dict[tuple[str, int], threading.Lock] = field(default_factory=dict)
    _ahead: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="pictures"))
    _pool: ProcessPool | None = None
    _closed: bool = False

    def page_path(self, sha256: str, page: int) -> Path:
        """The picture's file, drawn where it is not there yet. Raises NoPicture."""
        target = self.store.files / "pictures" / sha256[:2] / sha256 / f"{page}.jpg"
        if target.exists():
            return target
        with self._lock:
            turn = self._drawing.setdefault((sha256, page), threading.Lock())
        with turn:
            if not target.exists():
                self._draw(original_path(self.store.files, sha256), page, target)
        return target

    def crop(self, sha256: str, page: int, box: Box) -> bytes:
        """A part of a page with some surroundings, as JPEG. Raises NoPicture."""
        picture = self._page(sha256, page)
        width, height = picture.size
        x0, y0 = max(box[0] - CROP_MARGIN[0], 0), max(box[1] - CROP_MARGIN[1], 0)
        x1, y1 = min(box[2] + CROP_MARGIN[0], 1), min(box[3] + CROP_MARGIN[1], 1)
        part = picture.crop((round(x0 * width), round(y0 * height), round(x1 * width) + 1, round(y1 * height) + 1))
        part.thumbnail((LARGEST_CROP, LARGEST_CROP))
        buffer = io.BytesIO()
        part.save(buffer, "JPEG", quality=90)
        return buffer.getvalue()

    def draw_ahead(self, pages: Iterable[tuple[str, int]]) -> None:
        """Draw pages that will be asked for soon."""
        for sha256, page in dict.fromkeys(pages):
            with self._lock:
                known = (sha256, page) in self._memory
            if not known:
                self._ahead.submit(self._try, sha256, page)

    def close(self) -> None:
        """End the process and the thread."""
        with self._lock:
            self._closed = True
        self._ahead.shutdown(wait=False, cancel_futures=True)
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()

    def _try(self, sha256: str, page: int) -> None:
        try:
            self._page(sha256, page)
        except NoPicture:
            return

    def _page(self, sha256: str, page: int) -> Image.Image:
        with self._lock:
            known = self._memory.get((sha256, page))
            if known is not None:
                self._memory.move_to_end((sha256, page))
                return known
        with Image.open(self.page_path(sha256, page)) as image:
            picture = image.convert("RGB")
        with self._lock:
            self._memory[sha256, page] = picture
            while len(self._memory) > PAGES_IN_MEMORY:
                self._memory.popitem(last=False)
        return picture

    def _draw(self, source: Path, page: int, target: Path) -> None:
        with self._lock:
            if self._closed:
                raise NoPicture("the server is ending")
            if self._pool is None:
                self._pool = ProcessPool(max_workers=1, max_tasks=200, context=multiprocessing.get_context("spawn"))
            pool = self._pool
        try:
            pool.schedule(draw_page, args=[source, page, target], timeout=DRAW_SECONDS).result(DRAW_SECONDS * 2)
        except (CancelledError, TooSlow, ProcessExpired) as error:
            raise NoPicture(f"page {page} took too long or broke the drawing process") from error
        except (OSError, ValueError, RuntimeError, EOFError, IndexError, MemoryError, SyntaxError) as error:
            raise NoPicture(f"page {page} can't be drawn: {error}") from error
