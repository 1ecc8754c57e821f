"""Pieces and straight strokes of a mask are those that OpenCV finds, whatever its size and their length."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.pixels import find_pieces, find_strokes, open_columns, open_grey_rows, open_rows

MASKS = [
    (np.random.default_rng(seed).random((7 + 5 * seed, 61 - 4 * seed)) < 0.15 * (1 + seed % 5)).astype(np.uint8)
    for seed in range(12)
]


@pytest.mark.parametrize("length", [1, 2, 3, 6, 9, 17])
def test_strokes_are_those_of_an_opening(length: int) -> None:
    row, column, bridge = np.ones((1, length), np.uint8), np.ones((length, 1), np.uint8), np.ones((1, 4), np.uint8)
    for mask in MASKS:
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, bridge)
        assert np.array_equal(open_rows(mask, length), cv2.morphologyEx(mask, cv2.MORPH_OPEN, row))
        assert np.array_equal(open_rows(mask, length, gap=4), cv2.morphologyEx(closed, cv2.MORPH_OPEN, row))
        assert np.array_equal(open_columns(mask, length), cv2.morphologyEx(mask, cv2.MORPH_OPEN, column))
        gray = mask * np.uint8(37) + np.arange(mask.shape[1], dtype=np.uint8)
        assert np.array_equal(open_grey_rows(gray, length), cv2.morphologyEx(gray, cv2.MORPH_OPEN, row))


def test_pieces_in_few_rows_are_those_of_the_whole_in_the_same_order() -> None:
    for mask in MASKS:
        sparse = mask * (np.arange(len(mask)) % 9 < 4)[:, None]
        labels, stats, _ = find_pieces(sparse)
        kept, among, found = find_strokes(sparse)
        found = found.copy()
        found[1:, 1] = kept[found[1:, 1]]
        assert np.array_equal(found[1:], stats[1:])
        assert np.array_equal(among, labels[kept])


def test_more_pieces_than_two_bytes_can_name_are_all_found() -> None:
    mask = np.zeros((600, 600), np.uint8)
    mask[::2, ::2] = 1
    assert len(find_pieces(mask)[1]) == 300 * 300 + 1


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (0, 0)])
def test_a_mask_without_a_pixel_has_no_pieces(shape: tuple[int, int]) -> None:
    labels, stats, centres = find_pieces(np.zeros(shape, np.uint8))
    assert (labels.shape, len(stats), len(centres)) == (shape, 1, 1)
