"""TrueOCR's recogniser: Vietnamese print, a CTC network of 4 MB inside the package `trueocr`."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from extractor.reading.engines.crops import chunks, least_height
from extractor.records import Reading, TextLine

WIDEST = 16.0  # line heights: wider lines are read in parts, since the network shrinks what is wider than 768 px
HEIGHT = 32  # pixels of a line in the network's input
CONTEXT = 3  # the network sees the line with as much above and below
PAD_Y, PAD_X = 0.2, 0.3  # of the line's height, as the network was trained
MAX_WIDTH = 768


class TrueOcr:
    """Reads with the package's ONNX file; the score is the least certain character's."""

    name = "trueocr"
    origin = "trueocr"

    def __init__(self, folder: Path) -> None:
        self.version = importlib.metadata.version("trueocr")
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        self._chars: list[str] = meta["charset"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # batches of many shapes made it grow without end
        providers = ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(str(folder / "rec.onnx"), options, providers=providers)

    def read(self, lines: Sequence[TextLine], *, preparation: str = "raw") -> list[Reading]:
        """See `Engine.read`."""
        parts: list[np.ndarray] = []
        owner: list[int] = []
        for index, line in enumerate(lines):
            for pixels, inner in chunks(line, preparation, WIDEST):
                parts.append(_prepare(pixels, least_height(inner, pixels)))
                owner.append(index)
        read = self._recognise(parts)
        return [_join([read[i] for i, o in enumerate(owner) if o == n], preparation) for n in range(len(lines))]

    def _recognise(self, parts: list[np.ndarray]) -> list[tuple[str, float]]:
        from trueocr.preprocess import pad_batch, width_batches

        results: list[tuple[str, float]] = [("", 0.0)] * len(parts)
        for batch in width_batches([part.shape[1] for part in parts]):
            tensor, widths = pad_batch([parts[i] for i in batch])
            ids, scores, lengths = self._session.run(["ids", "conf", "lengths"], {"x": tensor, "widths": widths})
            for j, index in enumerate(batch):
                length = int(lengths[j])
                results[index] = self._decode(ids[j, :length], scores[j, :length])
        return results

    def _decode(self, ids: np.ndarray, scores: np.ndarray) -> tuple[str, float]:
        keep = (ids != 0) & np.concatenate(([True], ids[1:] != ids[:-1]))
        text = "".join(self._chars[int(i) - 1] for i in ids[keep])
        text = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
        return text, float(scores[keep].min()) if keep.any() else 0.0


def _prepare(pixels: np.ndarray, inner: tuple[int, int, int, int]) -> np.ndarray:
    from trueocr.preprocess import crop_line

    prepared: np.ndarray = crop_line(
        pixels, inner, height=HEIGHT, pad_y=PAD_Y, pad_x=PAD_X, max_width=MAX_WIDTH, window=CONTEXT
    )
    return prepared


def _join(parts: list[tuple[str, float]], preparation: str) -> Reading:
    text = " ".join(text for text, _ in parts if text)
    return Reading("trueocr", text, min((score for _, score in parts), default=0.0), preparation)


def load() -> TrueOcr | None:
    """The engine, or None where the package is missing."""
    spec = importlib.util.find_spec("trueocr")
    if spec is None or spec.origin is None:
        return None
    return TrueOcr(Path(spec.origin).parent / "models")
