"""Points of a line over the periods -> a small SVG: facts joined, what is not settled apart and hollow."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup

from extractor.look.gather import Point

WIDTH, HEIGHT, EDGE = 116, 40, 5  # units of the picture


def draw_series(points: Sequence[Point | None], most: Decimal, label: str) -> Markup:
    """`most`: the value at the top, so that charts beside each other share a scale; from zero."""
    places = [_place(point, at, len(points), most) for at, point in enumerate(points)]
    parts = [
        Markup('<line class="ground" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(0, _y(0, most), WIDTH, _y(0, most))
    ]
    for run in _runs(points, places):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
        parts.append(Markup('<polyline points="{}"/>').format(path))
    for point, place in zip(points, places, strict=True):
        if point is not None and place is not None:
            name = "fact" if point.is_fact else "open"
            x, y = place
            parts.append(
                Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>').format(name, f"{x:.1f}", f"{y:.1f}", 2.6)
            )
    head = Markup('<svg class="series" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDTH, HEIGHT, label)
    return head + Markup("").join(parts) + Markup("</svg>")


def value_of(point: Point | None) -> Decimal | None:
    """What a chart shows of a point: the number of a fact, or the one that was read."""
    if point is None or point.state != "read":
        return None
    if point.number is not None:
        return point.number
    return Decimal(point.shown) if not point.is_fact and _is_number(point.shown) else None


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit() and text.isascii()


def _place(point: Point | None, at: int, n: int, most: Decimal) -> tuple[float, float] | None:
    value = value_of(point)
    if value is None:
        return None
    x = EDGE + (WIDTH - 2 * EDGE) * (at / (n - 1) if n > 1 else 0.5)
    return x, _y(value, most)


def _y(value: Decimal | int, most: Decimal) -> float:
    share = min(max(float(value) / float(most), 0.0), 1.0) if most > 0 else 0.0
    return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share, 1)


def _runs(
    points: Sequence[Point | None], places: Sequence[tuple[float, float] | None]
) -> list[list[tuple[float, float]]]:
    """Facts of periods that follow each other."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point, place in zip(points, places, strict=True):
        if point is not None and place is not None and point.is_fact:
            runs[-1].append(place)
        else:
            runs.append([])
    return [run for run in runs if len(run) > 1]
