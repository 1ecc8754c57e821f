"""Evidence and the source's pictures -> one HTML page that can be printed and filed: it loads nothing."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PIL import Image

from extractor.look.evidence import Evidence, key_of
from extractor.look.pages import environment
from extractor.look.words import say, say_number, say_period
from extractor.store.pictures import Box, NoPicture, Pictures

WIDEST = 1300  # pixels of the page's picture: small print stays legible, a sheet stays under a megabyte
QUALITY = 78


@dataclass(frozen=True, slots=True)
class Piece:
    """A page with the part that is lit, in pixels of its picture, and a crop of that part."""

    page: int
    width: int
    height: int
    picture: str
    lit: tuple[float, float, float, float]
    crop: str
    row: str


def show_sheet(evidence: Evidence, pictures: Pictures, *, language: str = "vi") -> str:
    """The whole page."""
    pieces, fault = _pieces(evidence, pictures)
    return (
        environment()
        .get_template("evidence.html")
        .render(
            t=partial(say, language),
            number=partial(say_number, language=language),
            period=partial(say_period, language=language),
            word=partial(_word, kind=evidence.observation.type, language=language),
            language=language,
            e=evidence,
            one=evidence.observation,
            key=key_of(evidence.observation),
            pieces=pieces,
            fault=fault,
        )
    )


def style_hash(page: str) -> str:
    """What a Content-Security-Policy names the page's own style by."""
    style = page.partition("<style>")[2].partition("</style>")[0]
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _pieces(evidence: Evidence, pictures: Pictures) -> tuple[tuple[Piece, ...], str]:
    """The printed pieces of the cell, or why there is no picture of them."""
    one, current = evidence.observation, evidence.current
    if one.page is None or one.box is None:
        return (), "nowhere"
    places = [(one.page, one.box, (current.cell.row_box if current else None) or one.box)]
    for more in current.cell.continued if current else ():
        places.append((more["page"], tuple(more["box"]), tuple(more["box"])))
    try:
        return tuple(_piece(pictures, one.sha256, *place) for place in places), ""
    except (NoPicture, OSError):
        return (), "undrawn"


def _piece(pictures: Pictures, sha256: str, page: int, box: Box, row_box: Box) -> Piece:
    with Image.open(pictures.page_path(sha256, page)) as image:
        picture = image.convert("RGB")
    picture.thumbnail((WIDEST, 2 * WIDEST))
    width, height = picture.size
    x0, y0, x1, y1 = box
    lit = (x0 * width, y0 * height, (x1 - x0) * width, (y1 - y0) * height)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    crop, row = (_data(pictures.crop(sha256, page, one)) for one in (box, row_box))
    return Piece(page, width, height, _data(buffer.getvalue()), lit, crop, row)


def _data(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"


def _word(word: dict[str, object], kind: str, language: str) -> str:
    """A word of the machine or of a person, as people write it."""
    state, shown = word.get("state"), word.get("number") or word.get("text") or word.get("raw")
    if state not in (None, "read"):
        return say(language, f"state.{state}")
    return say_number(str(shown), kind, language) if shown else "–"


class Blind(Protocol):
    """What a blind sheet shows of a value: where it is printed, and nothing of what was read."""

    @property
    def number(self) -> int: ...  # noqa: D102

    @property
    def document(self) -> str: ...  # noqa: D102

    @property
    def sha256(self) -> str: ...  # noqa: D102

    @property
    def page(self) -> int | None: ...  # noqa: D102

    @property
    def box(self) -> Box | None: ...  # noqa: D102

    @property
    def code(self) -> str: ...  # noqa: D102

    @property
    def label(self) -> str: ...  # noqa: D102

    @property
    def unit(self) -> str: ...  # noqa: D102


def show_blind(items: Iterable[Blind], pictures: Pictures, *, language: str = "vi") -> str:
    """A sheet of crops to fill in by hand or beside a list."""
    crops = [(one, _crops(one, pictures)) for one in items]
    return environment().get_template("blind.html").render(t=partial(say, language), language=language, crops=crops)


def _crops(one: Blind, pictures: Pictures) -> tuple[str, ...]:
    """The cell, and the whole line of the page that it stands in: a number may be right and its row another one's."""
    if one.page is None or one.box is None:
        return ()
    boxes = (one.box, (0.0, one.box[1], 1.0, one.box[3]))
    try:
        return tuple(_data(pictures.crop(one.sha256, one.page, box)) for box in boxes)
    except (NoPicture, OSError):
        return ()
