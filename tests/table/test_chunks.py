"""A line of ink -> the parts that an engine reads, and the equals signs between them."""

from __future__ import annotations

import cv2
import numpy as np

from extractor.reading.engines.crops import chunks
from extractor.records import TextLine


def make_line(text: str) -> TextLine:
    pixels = np.full((70, 500), 255, np.uint8)
    cv2.putText(pixels, text, (10, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2)
    ys, xs = np.nonzero(pixels < 150)
    inner = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    return TextLine((0.0, 0.0, 500.0, 70.0), pixels, pixels, inner, 22.0)


def test_a_line_without_signs_is_whole_or_cut_where_it_is_white() -> None:
    line = make_line("Co quan don vi")
    assert [chunk.inner for chunk in chunks(line, 16.0)] == [line.inner]
    cut = chunks(line, 4.0)
    assert len(cut) > 1
    assert cut[0].inner[0] == line.inner[0]
    assert cut[-1].inner[2] == line.inner[2]


def test_an_equals_sign_is_a_part_of_its_own_with_the_spaces_that_are_printed() -> None:
    assert [(chunk.sign, chunk.spaced) for chunk in chunks(make_line("Co  =  1"), 16.0)][1:] == [
        ("=", True),
        ("", True),
    ]
    tight = chunks(make_line("Co=1"), 16.0)
    assert [chunk.sign for chunk in tight] == ["", "=", ""]
    # a sign alone has nothing beside it that is to be read
    assert [chunk.sign for chunk in chunks(make_line("="), 16.0)] == ["="]
