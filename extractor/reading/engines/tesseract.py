"""Tesseract through pytesseract: one process a batch of lines, fed by a list file."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import ModuleType

import cv2

from extractor.reading.engines.crops import fit_height
from extractor.records import Reading, TextLine

BORDER = 10  # pixels of white that Tesseract needs around a line
TEXT_HEIGHT = 36  # pixels for the ink of a text line with its margin: x-height of about 14
NUMBER_HEIGHT = 24  # pixels for digits with their margin: digits of about 18
MARGIN = 0.14
MAX_LINES = 400  # a batch; bounds the temporary files
TIMEOUT_PER_LINE = 10.0  # seconds; some twenty times what it takes, since a busy machine must not cost a document
TIMEOUT = 120.0  # seconds for its start
NUMBER_CHARS = "0123456789.,%/-"


@cache
def _wrapper() -> ModuleType:
    """pytesseract, without pandas: it would load it for tables that are not asked for, half of a process's start-up."""
    loaded = "pandas" in sys.modules
    if not loaded:
        sys.modules["pandas"] = None  # type: ignore[assignment]  # as if it were not installed
    try:
        import pytesseract
    finally:
        if not loaded:
            del sys.modules["pandas"]
    return pytesseract


class Tesseract:
    """Line mode (psm 7) of one language."""

    origin = "tesseract"

    def __init__(self, name: str, language: str, height: int, whitelist: str = "") -> None:
        self.name = name
        self.version = f"{_version()}/{language}"
        self._language, self._height = language, height
        self._config = "--psm 7 --oem 1" + (f" -c tessedit_char_whitelist={whitelist}" if whitelist else "")

    def read(self, lines: Sequence[TextLine], *, preparation: str = "clean") -> list[Reading]:
        """See `Engine.read`."""
        readings: list[Reading] = []
        for start in range(0, len(lines), MAX_LINES):
            readings += self._read_batch(lines[start : start + MAX_LINES], preparation)
        return readings

    def _read_batch(self, lines: Sequence[TextLine], preparation: str) -> list[Reading]:
        with tempfile.TemporaryDirectory(prefix="extractor-") as folder:
            paths = []
            for index, line in enumerate(lines):
                crop = fit_height(line, preparation, MARGIN, self._height)
                path = Path(folder) / f"{index}.pgm"
                bordered = cv2.copyMakeBorder(crop, BORDER, BORDER, BORDER, BORDER, cv2.BORDER_CONSTANT, value=255)
                cv2.imwrite(str(path), bordered)
                paths.append(str(path))
            return self._read_files(paths, preparation)

    def _read_files(self, paths: Sequence[str], preparation: str) -> list[Reading]:
        """A reading of each file; nothing is read in one that Tesseract crashes on, as it does on some of specks."""
        try:
            return self._run(paths, preparation)
        except _wrapper().TesseractError as error:
            if error.status >= 0:
                raise
        if len(paths) == 1:
            return [Reading(self.name, "", 0.0, preparation)]
        middle = len(paths) // 2
        return self._read_files(paths[:middle], preparation) + self._read_files(paths[middle:], preparation)

    def _run(self, paths: Sequence[str], preparation: str) -> list[Reading]:
        count, list_file = len(paths), Path(paths[0]).parent / "lines.txt"
        list_file.write_text("\n".join(paths), encoding="utf-8")
        os.environ["OMP_THREAD_LIMIT"] = "1"  # its threads only wait for each other
        table = _wrapper().image_to_data(
            str(list_file),
            lang=self._language,
            config=self._config,
            output_type=_wrapper().Output.DICT,
            timeout=TIMEOUT_PER_LINE * count + TIMEOUT,
        )
        words: list[list[tuple[str, float]]] = [[] for _ in range(count)]
        for page, text, score in zip(table["page_num"], table["text"], table["conf"], strict=True):
            if str(text).strip() and float(score) >= 0:
                words[int(page) - 1].append((str(text).strip(), float(score) / 100))
        return [self._reading(found, preparation) for found in words]

    def _reading(self, words: list[tuple[str, float]], preparation: str) -> Reading:
        text = " ".join(text for text, _ in words)
        return Reading(self.name, text, min((score for _, score in words), default=0.0), preparation)


@cache
def _version() -> str:
    return str(_wrapper().get_tesseract_version())


@cache
def _languages() -> tuple[str, ...]:
    return tuple(_wrapper().get_languages())


def load_text() -> Tesseract | None:
    """The reader of Vietnamese text, or None where Tesseract or its Vietnamese data are missing."""
    if shutil.which("tesseract") is None or "vie" not in _languages():
        return None
    return Tesseract("tesseract-vie", "vie", TEXT_HEIGHT)


def load_number() -> Tesseract | None:
    """The reader of numbers, or None where Tesseract is missing."""
    if shutil.which("tesseract") is None or "eng" not in _languages():
        return None
    return Tesseract("tesseract-eng", "eng", NUMBER_HEIGHT, NUMBER_CHARS)
