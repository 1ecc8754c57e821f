"""TrueOCR's recogniser: Vietnamese print, a CTC network of 4 MB inside the package `trueocr`."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime

from extractor.reading.engines.crops import Chunk, Inner, chunks, least_height, pixels_of
from extractor.reading.signs import EQUALS
from extractor.records import Reading, TextLine

WIDEST = 16.0  # line heights: wider lines are read in parts, since the network shrinks what is wider than 768 px
HEIGHT = 32  # pixels of a line in the network's input
CONTEXT = 3  # the network sees the line with as much above and below
PAD_Y, PAD_X = 0.2, 0.3  # of the line's height, as the network was trained
MAX_WIDTH = 768
LEAST_HEIGHT = 1.1  # text heights: flatter lines ("vi", "-") keep the scale of the print around them
LATTICE = "/LogSoftmax_output_0"  # the file computes it but does not give it out
LONE = {"O": "0", "o": "0", "l": "1", "I": "1"}
SURE_SIGN = 0.97  # score of a sign that is told by its shape: the network has no "="
CANDIDATES = 4
WORTH_NAMING = 0.004  # candidates of a character below this probability are noise
ALONE = 1.0 - 0.9 * WORTH_NAMING  # above it nothing else is worth naming, and most characters are; a sort each is slow


Candidates = tuple[tuple[str, float], ...]


class Char(NamedTuple):
    """Candidates of a character, best first, with probabilities. `at`: its middle in the line's crop, or a share of
    the network's input."""

    candidates: Candidates
    at: float

    @property
    def top(self) -> str:
        """The likeliest."""
        return self.candidates[0][0]


Chars = tuple[Char, ...]


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
        model = _with_output((folder / "rec.onnx").read_bytes(), LATTICE)
        self._session = onnxruntime.InferenceSession(model, options, providers=providers)

    def read(self, lines: Sequence[TextLine], *, preparation: str = "raw") -> list[Reading]:
        """See `Engine.read`."""
        cut = [chunks(line, WIDEST) for line in lines]
        inked = [
            (line, least_height(line, chunk.inner, LEAST_HEIGHT))
            for line, own in zip(lines, cut, strict=True)
            for chunk in own
            if not chunk.sign
        ]
        crops = [_prepare(pixels_of(line, preparation), inner) for line, inner in inked]
        found = zip(self._recognise(crops), inked, strict=True)
        read = (_placed(chars, inner) for chars, (_, inner) in found)
        return [_join(_parts(own, read), preparation) for own in cut]

    def _recognise(self, parts: list[np.ndarray]) -> list[Chars]:
        from trueocr.preprocess import pad_batch, width_batches

        results: list[Chars] = [()] * len(parts)
        for batch in width_batches([part.shape[1] for part in parts]):
            tensor, widths = pad_batch([parts[i] for i in batch])
            lattice, lengths = self._session.run([LATTICE, "lengths"], {"x": tensor, "widths": widths})
            for j, index in enumerate(batch):
                results[index] = self._decode(np.exp(lattice[j, : int(lengths[j])]))
        return results

    def _decode(self, probabilities: np.ndarray) -> Chars:
        """Greedy CTC; a character's candidates are the classes of its frames, their probabilities averaged."""
        if not len(probabilities):
            return ()
        ids = probabilities.argmax(axis=1)
        starts = np.flatnonzero(np.concatenate(([True], ids[1:] != ids[:-1])))
        chars = []
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(ids)], strict=True):
            if ids[start]:
                candidates = self._candidates(probabilities[start:end, 1:], int(ids[start]) - 1)
                chars.append(Char(candidates, (start + end) / 2 / len(ids)))
        return tuple(chars)

    def _candidates(self, frames: np.ndarray, top: int) -> Candidates:
        """The likeliest characters of these frames. `top`: that which is likeliest in each of them."""
        mean = frames[0] if len(frames) == 1 else np.add.reduce(frames) / len(frames)
        if (sure := float(mean[top])) > ALONE:
            return ((self._chars[top], sure),)
        likely = (mean >= WORTH_NAMING).nonzero()[0]
        best = likely[mean[likely].argsort()[::-1][:CANDIDATES]]
        return tuple((self._chars[c], float(mean[c])) for c in best.tolist())


def _with_output(model: bytes, name: str) -> bytes:
    """The ONNX file with one more output. Protocol buffers merge what is appended: graph (7) { output (12) { name (1),
    type (2) { tensor_type (1) { elem_type (1): float } } } }."""

    def nested(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    output = nested(1, name.encode()) + nested(2, nested(1, bytes([1 << 3, 1])))
    return model + nested(7, nested(12, output))


def _prepare(pixels: np.ndarray, inner: tuple[int, int, int, int]) -> np.ndarray:
    from trueocr.preprocess import crop_line

    prepared: np.ndarray = crop_line(
        pixels, inner, height=HEIGHT, pad_y=PAD_Y, pad_x=PAD_X, max_width=MAX_WIDTH, window=CONTEXT
    )
    return prepared


def _placed(chars: Chars, inner: Inner) -> Chars:
    """The characters with their places in the line's crop. `inner`: the ink box that was read."""
    x0, y0, x1, y1 = inner
    pad = PAD_X * max(y1 - y0, 1)
    left, right = x0 - pad, x1 + pad
    return tuple(Char(char.candidates, left + char.at * (right - left)) for char in chars)


def _parts(cut: Sequence[Chunk], read: Iterator[Chars]) -> list[tuple[Chars, bool]]:
    """Characters of a line's parts in order, each with whether a space is before it."""
    parts: list[tuple[Chars, bool]] = []
    behind = ""
    for chunk in cut:
        chars = _sign(chunk) if chunk.sign else next(read)
        if behind == EQUALS and chars and (len(chars) == 1 or not chars[1].top.isalpha()):
            # what stands alone behind an equals sign is a figure
            chars = (Char(_as_figure(chars[0].candidates), chars[0].at), *chars[1:])
        parts.append((chars, chunk.spaced))
        behind = chunk.sign
    return parts


def _as_figure(candidates: Candidates) -> Candidates:
    """Candidates of a character that is a figure: O and 0, l and 1 are one."""
    shares: dict[str, float] = {}
    for char, score in candidates:
        shares[LONE.get(char, char)] = shares.get(LONE.get(char, char), 0.0) + score
    return tuple(sorted(shares.items(), key=lambda item: -item[1]))


def _sign(chunk: Chunk) -> Chars:
    """A sign that was told by its shape."""
    middle = (chunk.inner[0] + chunk.inner[2]) / 2
    return tuple(Char(((char, SURE_SIGN),), middle) for char in chunk.sign)


def _join(parts: list[tuple[Chars, bool]], preparation: str) -> Reading:
    """The reading of a line's parts. Each with whether a space is before it."""
    chars: list[Char] = []
    for part, spaced in parts:
        if chars and part and spaced:
            chars.append(Char(((" ", 1.0),), (chars[-1].at + part[0].at) / 2))
        chars += part
    kept = tuple(c for i, c in enumerate(chars) if c.top != " " or (i and chars[i - 1].top != " "))
    text = unicodedata.normalize("NFC", "".join(c.top for c in kept)).strip()
    if len(text) != len(kept):  # a space at an end, or letters that compose: candidates would no longer line up
        kept = tuple(c for c in kept if c.top.strip()) if " " not in text else _stripped(kept)
    score = min((c.candidates[0][1] for c in kept), default=0.0)
    told = kept if len(kept) == len(text) else ()
    return Reading(
        "trueocr", text, score, preparation, (), tuple(c.candidates for c in told), tuple(c.at for c in told)
    )


def _stripped(chars: Chars) -> Chars:
    while chars and chars[0].top == " ":
        chars = chars[1:]
    while chars and chars[-1].top == " ":
        chars = chars[:-1]
    return chars


def load() -> TrueOcr | None:
    """The engine, or None where the package is missing."""
    spec = importlib.util.find_spec("trueocr")
    if spec is None or spec.origin is None:
        return None
    return TrueOcr(Path(spec.origin).parent / "models")
