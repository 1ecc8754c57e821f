"""Engines behind one Protocol: lines of ink -> readings. The dict below lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Protocol

from extractor.reading.engines import ppocr, tesseract, trueocr
from extractor.records import Reading, TextLine


class Engine(Protocol):
    """A recogniser of single lines. `origin`: engines of one origin err alike and count as one voice."""

    name: str
    version: str
    origin: str

    def read(self, lines: Sequence[TextLine], *, preparation: str = "raw") -> list[Reading]:
        """One reading a line, in order; "" where the engine sees nothing. `preparation`: raw or clean."""
        ...


ENGINES: Mapping[str, Callable[[], Engine | None]] = {
    "trueocr": trueocr.load,
    "ppocr": ppocr.load,
    "tesseract-vie": tesseract.load_text,
    "tesseract-eng": tesseract.load_number,
}
"""Name -> loader; a loader returns None where the engine is not installed."""
FIRST_ENGINE, TEXT_ENGINE = "trueocr", "tesseract-vie"
"""What reads every line first, and what reads words of which that one is unsure."""


@cache
def load_engine(name: str) -> Engine | None:
    """The engine of that name, loaded once per process."""
    return ENGINES[name]()


def load_engines(names: Sequence[str] = ()) -> dict[str, Engine]:
    """The named engines, or all, without those that are not installed."""
    loaded = {name: load_engine(name) for name in (names or ENGINES)}
    return {name: engine for name, engine in loaded.items() if engine is not None}
