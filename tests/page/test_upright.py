"""Which way up a page is: where four looks at the whole leave it open, its halves tell."""

from __future__ import annotations

import numpy as np
import pytest

from extractor.page import upright


@pytest.mark.parametrize(("whole", "turn", "looks"), [((0.3, 0.69), 0, 6), ((0.001, 0.99), 2, 4)])
def test_a_page_that_is_hardly_told_is_told_by_its_halves(
    monkeypatch: pytest.MonkeyPatch, whole: tuple[float, float], turn: int, looks: int
) -> None:
    """An upright fax with half a page of a note was read upside down and said to be of another report."""
    seen: list[tuple[int, ...]] = []

    def scores(small: np.ndarray) -> np.ndarray:
        seen.append(small.shape)
        if len(seen) > upright.N_TURNS:
            return np.array([0.99, 0.0, 0.01, 0.0])
        given = np.zeros(upright.N_TURNS)
        given[[0, 2]] = whole
        return np.roll(given, len(seen) - 1)  # the page is turned by one more each time

    monkeypatch.setattr(upright, "_turn_scores", scores)
    assert upright.find_turn(np.full((1400, 1000), 255, np.uint8)) == turn
    assert len(seen) == looks
