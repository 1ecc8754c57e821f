"""Collinear segments -> lines."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.grid.rulings import Segment

EDGE_COVERED = 0.55  # share of a cell's side that must be ruled to part two cells
SAME_LINE = 0.35  # text heights: segments nearer than this are one ruling


@dataclass(frozen=True, slots=True)
class Line:
    """Collinear segments: mean position across, the stretches covered along, and the segments where there are any."""

    position: float
    stretches: tuple[tuple[float, float], ...]
    segments: tuple[Segment, ...] = ()

    @property
    def start(self) -> float:
        """First covered pixel."""
        return self.stretches[0][0]

    @property
    def end(self) -> float:
        """Last covered pixel."""
        return self.stretches[-1][1]

    def at(self, along: float) -> float:
        """Where the line lies at this place along it."""
        if not self.segments:
            return self.position
        near = min(self.segments, key=lambda s: (max(s.start - along, along - s.end, 0.0), -s.length))
        share = (min(max(along, near.start), near.end) - near.start) / max(near.length, 1.0)
        return near.position + (share - 0.5) * near.drift

    def covered(self, start: float, end: float) -> float:
        """Share of start..end that is ruled."""
        inked = sum(max(min(b, end) - max(a, start), 0.0) for a, b in self.stretches)
        return inked / max(end - start, 1.0)


def collinear(segments: list[Segment], text_height: float) -> list[Line]:
    """Segments at one position, joined."""
    lines: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: s.position):
        if lines and segment.position - weighted_position(lines[-1]) <= SAME_LINE * text_height:
            lines[-1].append(segment)
        else:
            lines.append([segment])
    return [_line(members, text_height) for members in lines]


def weighted_position(segments: list[Segment]) -> float:
    """Mean position of the segments, by their lengths."""
    total = sum(s.length for s in segments)
    return sum(s.position * s.length for s in segments) / max(total, 1.0)


def _line(segments: list[Segment], text_height: float) -> Line:
    stretches: list[tuple[float, float]] = []
    for segment in sorted(segments, key=lambda s: s.start):
        if stretches and segment.start - stretches[-1][1] <= 0.5 * text_height:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], segment.end))
        else:
            stretches.append((segment.start, segment.end))
    return Line(weighted_position(segments), tuple(stretches), tuple(segments))


def thin_out(lines: list[Line], least: float) -> list[Line]:
    """Double rulings, nearer than `least` pixels, become one."""
    kept: list[Line] = []
    for line in lines:
        if kept and line.position - kept[-1].position < least:
            both = kept[-1]
            longer = both if inked(both) >= inked(line) else line
            kept[-1] = Line(longer.position, tuple(sorted((*both.stretches, *line.stretches))), longer.segments)
        else:
            kept.append(line)
    return kept


def inked(line: Line) -> float:
    """Pixels along which the line is drawn."""
    return sum(b - a for a, b in line.stretches)


def common_ends(lines: list[Line]) -> tuple[float, float]:
    """Where most of the longest lines start and end (a few stray strokes don't widen a table)."""
    longest = sorted(lines, key=inked)[-max(len(lines) // 2, 1) :]
    starts, ends = sorted(line.start for line in longest), sorted(line.end for line in longest)
    return starts[len(starts) // 3], ends[-1 - len(ends) // 3]
