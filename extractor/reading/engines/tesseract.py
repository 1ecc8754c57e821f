"""Lines of ink -> what the program Tesseract reads in them: one process a batch, fed by a list file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

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
PROGRAM = "tesseract"
VERSION = re.compile(r"\d[\w.]*")
LANGUAGE = re.compile(r"[a-z_]+")
PAGE, SCORE, TEXT = 1, 10, 11  # columns of its table; a page is a line here, from 1


class Tesseract:
    """Line mode (psm 7) of one language."""

    origin = "tesseract"

    def __init__(self, name: str, language: str, height: int, whitelist: str = "") -> None:
        self.name = name
        self.version = f"{_version()}/{language}"
        self._height = height
        self._options = ["-l", language, "-c", "tessedit_create_tsv=1", "--psm", "7", "--oem", "1"]
        if whitelist:
            self._options += ["-c", f"tessedit_char_whitelist={whitelist}"]

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
                path = Path(folder) / f"{index}.png"
                bordered = cv2.copyMakeBorder(crop, BORDER, BORDER, BORDER, BORDER, cv2.BORDER_CONSTANT, value=255)
                cv2.imwrite(str(path), bordered, [cv2.IMWRITE_PNG_COMPRESSION, 0])
                paths.append(str(path))
            list_file = Path(folder) / "lines.txt"
            list_file.write_text("\n".join(paths), encoding="utf-8")
            return self._run(list_file, len(lines), preparation)

    def _run(self, list_file: Path, count: int, preparation: str) -> list[Reading]:
        os.environ["OMP_THREAD_LIMIT"] = "1"  # its threads only wait for each other
        table = _ask([str(list_file), "stdout", *self._options], TIMEOUT_PER_LINE * count + TIMEOUT)
        words: list[list[tuple[str, float]]] = [[] for _ in range(count)]
        for row in table.split("\n")[1:]:
            cells = row.split("\t")
            text = cells[TEXT].strip() if len(cells) > TEXT else ""
            score = int(float(cells[SCORE])) if text else -1
            if score >= 0:
                words[int(cells[PAGE]) - 1].append((text, score / 100))
        return [self._reading(found, preparation) for found in words]

    def _reading(self, words: list[tuple[str, float]], preparation: str) -> Reading:
        text = " ".join(text for text, _ in words)
        return Reading(self.name, text, min((score for _, score in words), default=0.0), preparation)


def _ask(arguments: Sequence[str], timeout: float = TIMEOUT) -> str:
    """What the program writes. Raises RuntimeError where it fails or takes too long."""
    try:
        done = subprocess.run(
            [PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=True
        )
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"Tesseract failed: {error.stderr.decode(errors='replace').strip()}") from error
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"Tesseract took more than {timeout:.0f} s") from error
    return done.stdout.decode("utf-8")


@cache
def _version() -> str:
    found = VERSION.search(_ask(["--version"]))
    return found.group() if found else "unknown"


@cache
def _languages() -> tuple[str, ...]:
    return tuple(name for name in _ask(["--list-langs"]).split("\n") if LANGUAGE.fullmatch(name))


def load_text() -> Tesseract | None:
    """The reader of Vietnamese text, or None where Tesseract or its Vietnamese data are missing."""
    if shutil.which(PROGRAM) is None or "vie" not in _languages():
        return None
    return Tesseract("tesseract-vie", "vie", TEXT_HEIGHT)


def load_number() -> Tesseract | None:
    """The reader of numbers, or None where Tesseract is missing."""
    if shutil.which(PROGRAM) is None or "eng" not in _languages():
        return None
    return Tesseract("tesseract-eng", "eng", NUMBER_HEIGHT, NUMBER_CHARS)
