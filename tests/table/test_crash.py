"""Tesseract crashes on some crops of specks: a batch with one loses that reading alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from pytesseract import TesseractError

from extractor.reading.engines.tesseract import NUMBER_HEIGHT, Tesseract
from extractor.records import Reading, TextLine

INK = np.full((30, 60), 255, np.uint8)
LINE = TextLine((0.0, 0.0, 60.0, 30.0), INK, INK, (5, 5, 55, 25), 20.0)


class Crashing(Tesseract):
    """Reads each file as its name; ends with `status` where one of them is 3."""

    status = -8

    def _run(self, paths: Sequence[str], preparation: str) -> list[Reading]:
        names = [Path(path).stem for path in paths]
        if "3" in names:
            raise TesseractError(self.status, "killed")
        return [Reading(self.name, name, 1.0, preparation) for name in names]


def test_what_is_beside_a_crop_that_crashes_the_engine_is_read() -> None:
    engine = Crashing("tesseract-eng", "eng", NUMBER_HEIGHT)
    assert [reading.text for reading in engine.read([LINE] * 6)] == ["0", "1", "2", "", "4", "5"]


def test_an_error_that_is_no_crash_is_told() -> None:
    engine = Crashing("tesseract-eng", "eng", NUMBER_HEIGHT)
    engine.status = 1
    with pytest.raises(TesseractError):
        engine.read([LINE] * 6)
