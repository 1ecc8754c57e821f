"""A grey page -> its quarter turns and its skew."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

THUMB_SIDE = 768  # the orientation model's input
SURE_TURN = 0.995  # one look suffices above this; else all four turns are asked
CLEAR_TURN = 8.0  # sum of the logarithms by which a turn must lead after four looks, or its halves are asked too
MAX_SKEW = 4.0  # degrees; more is a turned page or a photo for `dewarp`
SKEW_SIDE = 1100  # pixels of the long side on which skew is measured
COARSE_STEP, FINE_STEP = 0.25, 0.03  # degrees
N_TURNS = 4


@lru_cache(maxsize=1)
def _orientation_model() -> onnxruntime.InferenceSession:
    spec = importlib.util.find_spec("trueocr")
    assert spec is not None
    assert spec.origin is not None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    path = Path(spec.origin).parent / "models" / "orient.onnx"
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def find_turn(gray: np.ndarray) -> int:
    """Quarter turns counter-clockwise by which the content is turned (0..3); np.rot90(gray, -turn) is upright."""
    # halves are averaged many times faster than other parts
    height, width = gray.shape[0] // 2 * 2, gray.shape[1] // 2 * 2
    half = cv2.resize(gray[:height, :width], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    side = THUMB_SIDE / max(half.shape)
    small = cv2.resize(half, None, fx=side, fy=side, interpolation=cv2.INTER_AREA)
    first = _turn_scores(small)
    if first.max() > SURE_TURN:
        return int(first.argmax())
    # a page turned by k more must be seen as turned by k more: four looks, one vote
    votes = np.log(first + 1e-6)
    for extra in range(1, N_TURNS):
        looked = np.log(_turn_scores(np.rot90(small, extra)) + 1e-6)
        votes += np.roll(looked, -extra)
    least, most = np.sort(votes)[-2:]
    if most - least < CLEAR_TURN:
        # each half by itself is seen larger
        longer = int(half.shape[1] > half.shape[0])
        for part in np.array_split(half, 2, axis=longer):
            side = THUMB_SIDE / max(part.shape)
            seen = cv2.resize(part, None, fx=side, fy=side, interpolation=cv2.INTER_AREA)
            votes += np.log(_turn_scores(seen) + 1e-6)
    return int(votes.argmax())


def _turn_scores(small: np.ndarray) -> np.ndarray:
    canvas = np.zeros((THUMB_SIDE, THUMB_SIDE), np.float32)
    canvas[: small.shape[0], : small.shape[1]] = 1.0 - small.astype(np.float32) / 255.0
    scores: np.ndarray = _orientation_model().run(None, {"x": canvas[None, None]})[0][0][:N_TURNS]
    return scores


def find_skew(gray: np.ndarray, ink_below: int) -> float:
    """Degrees clockwise by which the page leans; the angle at which the profiles of its rows and columns are sharpest.

    Rulings dominate where there are any, lines of text do otherwise. On a curled sheet parts of the rows lean by other
    angles, so columns have their say.
    """
    factor = max(round(max(gray.shape) / SKEW_SIDE), 1)
    # the darkest pixel of each block, so that hairlines count
    small = cv2.erode(gray, np.ones((factor, factor), np.uint8))[factor // 2 :: factor, factor // 2 :: factor]
    y, x = np.nonzero(small < ink_below)
    if len(y) < 200:
        return 0.0
    x, y = x.astype(np.float32), y.astype(np.float32)
    coarse = np.arange(-MAX_SKEW, MAX_SKEW + 1e-6, COARSE_STEP)
    rows = np.array([_sharpness(x, y, float(angle)) for angle in coarse])
    columns = np.array([_sharpness(-y, x, float(angle)) for angle in coarse])
    best = coarse[int(np.argmax(rows / rows.max() + columns / columns.max()))]
    fine = np.arange(best - COARSE_STEP, best + COARSE_STEP + 1e-6, FINE_STEP)
    return float(max(fine, key=lambda angle: _sharpness(x, y, float(angle))))


def _sharpness(x: np.ndarray, y: np.ndarray, angle: float) -> float:
    levelled = y - x * np.float32(np.tan(np.radians(angle)))
    counts = np.bincount((levelled - levelled.min()).astype(np.int64)).astype(np.float64)
    return float((np.diff(counts) ** 2).sum())
