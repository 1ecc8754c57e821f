"""Scores of documents -> the figures of a group of them: shares, silent errors, calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from extractor.evaluate.bounds import find_bounds
from extractor.evaluate.calibration import Calibration, measure_calibration
from extractor.evaluate.compare import CellScore, DocumentScore, Tally


@dataclass(frozen=True, slots=True)
class CellCounts:
    """Value cells of a group. `silent`: accepted and wrong; `sure`: accepted."""

    cells: int
    right: int
    filled: int
    filled_right: int
    sure: int
    silent: int
    boxes_right: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one group of documents."""

    name: str
    tally: Tally
    counts: CellCounts
    calibration: Calibration

    def to_dict(self) -> dict[str, Any]:
        """Counts, and the shares made of them."""
        tally, counts = self.tally, self.counts
        shares = {
            "rows_right": share(tally.rows_right, tally.rows),
            "cells_right": share(counts.right, counts.cells),
            "filled_right": share(counts.filled_right, counts.filled),
            "accepted": share(counts.sure, counts.cells),
            "silent_errors": share(counts.silent + tally.spurious_accepted, counts.sure + tally.spurious_accepted),
            "boxes_right": share(counts.boxes_right, counts.cells),
            "strangers_found": share(tally.strangers_found, tally.strangers),
            "absent_right": share(tally.absent_right, tally.absent),
            "head_right": share(tally.head_right, tally.head),
            "units_right": share(tally.units_right, tally.units),
            "notes_right": share(tally.notes_right, tally.notes),
            "label_cer": share(tally.label_errors, tally.label_chars),
            "note_cer": share(tally.note_errors, tally.note_chars),
            "citations_found": share(tally.citations_found, tally.citations),
            "planted_found": share(tally.planted_found, tally.planted),
        }
        return {"name": self.name, "shares": shares, **asdict(counts), **asdict(tally), **asdict(self.calibration)}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything compared: total, by profile, by document, by tag; and the wrong cells."""

    total: Figures
    profiles: tuple[Figures, ...]
    documents: tuple[Figures, ...]
    tags: tuple[Figures, ...]
    wrong: tuple[CellScore, ...]
    without_extraction: tuple[str, ...]
    cells: tuple[CellScore, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """A tree for JSON."""
        groups = {
            name: [group.to_dict() for group in getattr(self, name)] for name in ("profiles", "documents", "tags")
        }
        return {
            "total": self.total.to_dict(),
            **groups,
            "bounds": None if (bounds := find_bounds(self.cells)) is None else asdict(bounds),
            "wrong": [{**asdict(cell), "file": cell.file.name} for cell in self.wrong],
            "without_extraction": list(self.without_extraction),
        }


def share(part: int, whole: int) -> float | None:
    """None where there is nothing to share."""
    return round(part / whole, 6) if whole else None


def measure(scores: Sequence[DocumentScore], without_extraction: Sequence[str] = ()) -> Evaluation:
    """Figures of all groups."""
    cells = [cell for score in scores for cell in score.cells]
    profiles = dict.fromkeys(score.profile for score in scores)
    tags = sorted({tag for cell in cells for tag in cell.tags})
    return Evaluation(
        _measure_group("total", scores),
        tuple(_measure_group(name, [s for s in scores if s.profile == name]) for name in profiles),
        tuple(_measure_group(f"{score.profile}/{score.name}", [score]) for score in scores),
        tuple(_measure_cells(tag, Tally(), [cell for cell in cells if tag in cell.tags]) for tag in tags),
        tuple(sorted((cell for cell in cells if not cell.right), key=lambda cell: -cell.accepted)),
        tuple(without_extraction),
        tuple(cells),
    )


def _measure_group(name: str, scores: Iterable[DocumentScore]) -> Figures:
    group = list(scores)
    tally = sum((score.tally for score in group), Tally())
    return _measure_cells(name, tally, [cell for score in group for cell in score.cells])


def _measure_cells(name: str, tally: Tally, cells: Sequence[CellScore]) -> Figures:
    def count(test: Callable[[CellScore], bool]) -> int:
        return sum(test(cell) for cell in cells)

    counts = CellCounts(
        cells=len(cells),
        right=count(lambda c: c.right),
        filled=count(lambda c: c.filled),
        filled_right=count(lambda c: c.filled and c.right),
        sure=count(lambda c: c.accepted),
        silent=count(lambda c: c.accepted and not c.right),
        boxes_right=count(lambda c: c.box_right),
    )
    calibration = measure_calibration([cell.confidence for cell in cells], [cell.right for cell in cells])
    return Figures(name, tally, counts, calibration)
