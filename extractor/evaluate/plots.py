"""Compared cells -> the figures of the report, as PNG."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from extractor.evaluate.compare import CellScore
from extractor.trust import TrustModel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 12
SURE = 1e-4  # confidences are written with four decimals: nothing is surer
FEWEST = 100  # cells: of fewer no share is worth drawing
CAUSES = ("wrong row", "not read", "print taken for blank", "blank taken for print", "misread")
SIZE = (7.2, 4.0)
INK, ACCENT = "#333333", "#b3261e"


def draw_reliability(cells: Sequence[CellScore]) -> bytes:
    """Share of wrong cells against what the confidence promises, in bins of equally many cells; both axes by tens."""
    ordered = sorted(cells, key=lambda cell: cell.confidence)
    bins = [part for part in np.array_split(np.arange(len(ordered)), BINS) if len(part)]
    promised = [max(1 - float(np.mean([ordered[i].confidence for i in part])), SURE) for part in bins]
    found = [max(float(np.mean([not ordered[i].right for i in part])), SURE) for part in bins]

    def draw(axes: Axes) -> None:
        axes.plot([SURE, 1], [SURE, 1], color="#999999", linewidth=1, linestyle="--", label="as promised")
        axes.plot(promised, found, marker="o", color=INK, label=f"bins of about {len(bins[0])} cells")
        axes.set(xscale="log", yscale="log", xlabel="wrong as promised: 1 - confidence", ylabel="wrong as found")
        axes.legend(frameon=False)

    return _draw(draw)


def draw_risk(cells: Sequence[CellScore]) -> bytes:
    """Share of wrong cells among the surest, as more and more of them are taken."""
    ordered = sorted(cells, key=lambda cell: -cell.confidence)
    wrong = np.cumsum([not cell.right for cell in ordered])
    taken = np.arange(1, len(ordered) + 1)

    def draw(axes: Axes) -> None:
        share, risk = taken / len(ordered), np.maximum(wrong / taken, SURE)
        axes.plot(share[FEWEST:], risk[FEWEST:], color=INK, linewidth=1.5, label="all cells")
        axes.plot(*_risk_of_free(ordered), color="#274060", linewidth=1.5, linestyle=":", label="without held cells")
        axes.axhline(0.001, color=ACCENT, linewidth=1, linestyle="--", label="0.1 %")
        axes.set(
            yscale="log", xlabel="share of all cells taken, surest first", ylabel="share of wrong cells among them"
        )
        axes.legend(frameon=False)

    return _draw(draw)


def _risk_of_free(ordered: Sequence[CellScore]) -> tuple[np.ndarray, np.ndarray]:
    """(share of all cells, risk) of those that a threshold may accept."""
    wrong = np.cumsum([not cell.right for cell in ordered if not cell.held])
    taken = np.arange(1, len(wrong) + 1)
    return (taken / len(ordered))[FEWEST:], np.maximum(wrong / taken, SURE)[FEWEST:]


def draw_targets(cells: Sequence[CellScore], model: TrustModel) -> bytes:
    """Accepted share and the error found, for each target error that the calibration promises."""
    pairs = model.thresholds.get("value", ())
    free = [cell for cell in cells if not cell.held]
    shares = [sum(cell.confidence >= least for cell in free) / max(len(cells), 1) for _, least in pairs]
    errors = [_error([cell for cell in free if cell.confidence >= least]) for _, least in pairs]
    targets = [target for target, _ in pairs]

    def draw(axes: Axes) -> None:
        axes.plot(targets, shares, marker="o", color=INK, label="accepted share (left)")
        axes.set(xscale="log", xlabel="target error", ylabel="accepted share", ylim=(0, 1.02))
        right = axes.twinx()
        right.plot(targets, targets, color="#999999", linestyle="--", linewidth=1, label="target (right)")
        right.plot(targets, [max(e, SURE / 10) for e in errors], marker="s", color=ACCENT, label="error found (right)")
        right.set(yscale="log", ylabel="share of wrong among accepted")
        handles = [*axes.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]]
        axes.legend(handles=handles, frameon=False, loc="center right")

    return _draw(draw)


def draw_causes(cells: Sequence[CellScore]) -> bytes:
    """Wrong cells in a hundred by profile, parted by cause."""
    profiles = sorted({cell.profile for cell in cells})
    totals = Counter(cell.profile for cell in cells)
    counts = Counter((cell.profile, find_cause(cell)) for cell in cells if not cell.right)

    def draw(axes: Axes) -> None:
        left = np.zeros(len(profiles))
        for cause, colour in zip(CAUSES, ("#274060", "#5b8e7d", "#bc4b51", "#f4a259", "#8cb369"), strict=True):
            widths = np.array([100 * counts[profile, cause] / totals[profile] for profile in profiles])
            axes.barh(profiles, widths, left=left, color=colour, label=cause)
            left += widths
        axes.invert_yaxis()
        axes.set(xlabel="wrong cells in a hundred")
        axes.legend(frameon=False, fontsize=8)

    return _draw(draw, height=max(2.0, 0.32 * len(profiles) + 1.2))


def find_cause(cell: CellScore) -> str:
    """Why a cell is wrong, as far as truth and result tell."""
    if not cell.row_right:
        return "wrong row"
    if cell.got in ("(unread)", "(illegible)"):
        return "not read"
    if cell.got == "(blank)":
        return "print taken for blank"
    return "blank taken for print" if cell.truth == "(blank)" else "misread"


def _error(cells: Sequence[CellScore]) -> float:
    return sum(not cell.right for cell in cells) / len(cells) if cells else 0.0


def _draw(draw: Callable[[Axes], None], height: float = SIZE[1]) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(SIZE[0], height), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    draw(axes)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()
