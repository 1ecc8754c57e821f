"""PP-OCRv6 small recogniser: digits and Latin print, a CTC network of 21 MB inside the package `rapidocr`."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from extractor.reading.engines.crops import fit_height
from extractor.records import Reading, TextLine

MODEL = Path("models") / "PP-OCRv6_rec_small.onnx"
HEIGHT = 48
LEAST_WIDTH = 96  # narrower inputs lose lone digits
MARGIN = 0.18  # of the ink's height
MAX_BATCH = 16
WIDTH_STEP = 32
DASHES = "–—−"
LATIN_END = "\u0250"
WORTH_NAMING = 0.002  # second candidates below this probability are noise


class PpOcr:
    """Reads with the package's ONNX file; alternatives replace one character by its runner-up."""

    name = "ppocr"
    origin = "ppocr"

    def __init__(self, path: Path) -> None:
        self.version = f"{importlib.metadata.version('rapidocr')}/{path.stem}"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        characters = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        chars = ["", *characters, " "]
        # a stamp or a blot must not be read as a sign of another script, nor hide the figure that comes second
        self._expected = np.array([index for index, char in enumerate(chars) if _is_expected(char)])
        self._chars = [chars[index] for index in self._expected]

    def read(self, lines: Sequence[TextLine], *, preparation: str = "raw") -> list[Reading]:
        """See `Engine.read`."""
        crops = [fit_height(line, preparation, MARGIN, HEIGHT) for line in lines]
        order = sorted(range(len(crops)), key=lambda i: crops[i].shape[1])
        readings: list[Reading | None] = [None] * len(lines)
        for start in range(0, len(order), MAX_BATCH):
            batch = order[start : start + MAX_BATCH]
            for index, probabilities in zip(batch, self._run([crops[i] for i in batch]), strict=True):
                readings[index] = self._decode(probabilities, preparation)
        return [reading for reading in readings if reading is not None]

    def _run(self, crops: list[np.ndarray]) -> np.ndarray:
        widest = max(LEAST_WIDTH, *(crop.shape[1] for crop in crops))
        width = -(-widest // WIDTH_STEP) * WIDTH_STEP
        batch = np.zeros((len(crops), 3, HEIGHT, width), np.float32)
        for i, crop in enumerate(crops):
            batch[i, :, :, : crop.shape[1]] = cv2.subtract(crop.astype(np.float32), 127.5) / 127.5
        output: np.ndarray = self._session.run(None, {"x": batch})[0]
        return output[:, :, self._expected]

    def _decode(self, probabilities: np.ndarray, preparation: str) -> Reading:
        ids = probabilities.argmax(axis=1)
        keep = np.nonzero((ids != 0) & np.concatenate(([True], ids[1:] != ids[:-1])))[0]
        chars = [self._chars[ids[t]] for t in keep]
        scores = [float(probabilities[t, ids[t]]) for t in keep]
        text = "".join(chars).strip()
        alternatives = self._alternatives(probabilities, keep, chars)
        return Reading("ppocr", text, min(scores, default=0.0), preparation, alternatives)

    def _alternatives(
        self, probabilities: np.ndarray, keep: np.ndarray, chars: list[str]
    ) -> tuple[tuple[str, float], ...]:
        found: list[tuple[str, float]] = []
        for position, t in enumerate(keep):
            for candidate in np.argpartition(probabilities[t], -3)[-3:]:
                score = float(probabilities[t, candidate])
                other = self._chars[candidate]
                if other != chars[position] and score >= WORTH_NAMING:
                    text = "".join([*chars[:position], other, *chars[position + 1 :]]).strip()
                    found.append((text, score))
        found += self._insertions(probabilities, keep, chars)
        return tuple(sorted(found, key=lambda item: -item[1])[:5])

    def _insertions(self, probabilities: np.ndarray, keep: np.ndarray, chars: list[str]) -> list[tuple[str, float]]:
        """A character that a blank narrowly outvoted: marks between digits and lone digits go that way."""
        found = []
        steps = set(keep.tolist())
        for t in range(len(probabilities)):
            if t in steps or probabilities[t].argmax() != 0:
                continue
            rest = probabilities[t].copy()
            rest[0] = 0.0
            candidate = int(rest.argmax())
            near = {int(probabilities[s].argmax()) for s in (t - 1, t + 1) if 0 <= s < len(probabilities)}
            if rest[candidate] >= 10 * WORTH_NAMING and candidate not in near:
                position = int((keep < t).sum())
                text = "".join([*chars[:position], self._chars[candidate], *chars[position:]]).strip()
                found.append((text, float(rest[candidate])))
        return found


def _is_expected(char: str) -> bool:
    """Whether a Vietnamese report may hold this character: Latin letters, digits and marks of one byte, dashes."""
    return char == "" or char in DASHES or unicodedata.normalize("NFD", char)[0] < LATIN_END or char in "đĐ"


def load() -> PpOcr | None:
    """The engine, or None where the package or its model is missing."""
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None or not (path := Path(spec.origin).parent / MODEL).is_file():
        return None
    return PpOcr(path)
