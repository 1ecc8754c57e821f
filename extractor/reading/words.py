"""Words of a text layer and a box -> the text printed in the box, line by line."""

from __future__ import annotations

from extractor.records import Box, Word

SAME_LINE = 0.5  # of a word's height: centres nearer than this stand on one line


def lines_in(words: tuple[Word, ...], box: Box) -> list[tuple[str, Box]]:
    """Lines of the words whose centre lies in the box, top to bottom, each with its bounding box."""
    inside = [w for w in words if box[0] <= _centre(w)[0] <= box[2] and box[1] <= _centre(w)[1] <= box[3]]
    lines: list[list[Word]] = []
    for word in sorted(inside, key=lambda w: _centre(w)[1]):
        if lines and abs(_centre(word)[1] - _centre(lines[-1][0])[1]) < SAME_LINE * (word.box[3] - word.box[1]):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [_join(line) for line in lines]


def _centre(word: Word) -> tuple[float, float]:
    return (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2


def _join(line: list[Word]) -> tuple[str, Box]:
    ordered = sorted(line, key=lambda w: w.box[0])
    boxes = [w.box for w in ordered]
    box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    return " ".join(w.text for w in ordered), box
