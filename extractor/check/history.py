"""A value, its own other periods and other organisations' values -> whether it stands far outside of them.

Robust and on a scale of ratios: counts of an office differ by factors, and a misread mark or digit makes a factor of
ten or a thousand. Spread is the median absolute deviation (Hampel's identifier: Hampel, 1974), drawn towards what the
same indicator varies over the years elsewhere, and never less than what small counts vary by chance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from extractor.check.words import shorten

LEAST_PERIODS = 2  # of the organisation itself: below, its own history says nothing
LEAST_OTHERS = 5  # organisations: below, their range says nothing
LEAST_POOL = 12  # deviations from which an indicator's habit of changing is told
FAR = 3.0  # spreads; with few values to tell a spread from, more: see _limit
BEYOND = 1.0  # of others' lowest and highest, in logarithms: below it a large town is no news
OWN_SPREAD = 0.2  # least spread over the years, in logarithms: a fifth more or less is nothing
OTHERS_SPREAD = 0.4  # least spread between organisations: they differ in size
WORTH = 4  # values of its own that an indicator's habit is worth
DAMPING = 1.0  # a limit told from n values is wider by DAMPING / n of itself
MAD_TO_SIGMA = 1.4826  # of a normal distribution
SHOWN = 8  # values that a warning names


@dataclass(frozen=True, slots=True)
class Aside:
    """A value that stands aside. `by`: own or others; `middle`: their median; `values`: what it was compared with."""

    by: str
    value: Decimal
    middle: Decimal
    values: tuple[tuple[str, Decimal], ...]


def on_scale(value: Decimal) -> float:
    """The scale on which values are compared: logarithms, but for zero and the smallest."""
    return math.copysign(math.log1p(abs(float(value))), value)


def find_habit(histories: Sequence[Sequence[float]]) -> float | None:
    """How much an indicator changes over the years, from the histories (on scale) of many; None: too few to tell."""
    away = [
        abs(value - median([*one[:at], *one[at + 1 :]]))
        for one in histories
        if len(one) > LEAST_PERIODS
        for at, value in enumerate(one)
    ]
    return MAD_TO_SIGMA * median(away) if len(away) >= LEAST_POOL else None


def find_aside(
    value: Decimal, own: Mapping[str, Decimal], others: Mapping[str, Decimal], habit: float | None
) -> Aside | None:
    """Whether a value stands aside of its own history (by period) or, where that is too short, of others' values."""
    if len(own) >= LEAST_PERIODS:
        far = _is_far(value, list(own.values()), OWN_SPREAD, habit)
        return _aside("own", value, own) if far else None
    if (
        len(others) >= LEAST_OTHERS
        and _is_beyond(value, others)
        and _is_far(value, list(others.values()), OTHERS_SPREAD)
    ):
        return _aside("others", value, others)
    return None


def _is_far(value: Decimal, values: Sequence[Decimal], least: float, habit: float | None = None) -> bool:
    scaled, n = [on_scale(one) for one in values], len(values)
    middle = median(scaled)
    spread = MAD_TO_SIGMA * median(abs(one - middle) for one in scaled)
    if habit is not None:
        spread = math.sqrt((n * spread**2 + WORTH * habit**2) / (n + WORTH))
    by_chance = 1.0 / math.sqrt(math.expm1(abs(middle)) + 1.0)  # of a small count, on this scale
    return abs(on_scale(value) - middle) > _limit(n) * math.hypot(max(spread, least), by_chance)


def _is_beyond(value: Decimal, others: Mapping[str, Decimal]) -> bool:
    scaled = [on_scale(one) for one in others.values()]
    return not min(scaled) - BEYOND < on_scale(value) < max(scaled) + BEYOND


def _limit(n: int) -> float:
    return FAR * (1.0 + DAMPING / n)


def _aside(by: str, value: Decimal, values: Mapping[str, Decimal]) -> Aside:
    ordered = sorted(values.values())
    return Aside(by, value, ordered[len(ordered) // 2], tuple(sorted(values.items())))


def word_aside(aside: Aside, code: str, label: str, organisation: str) -> tuple[str, str]:
    """The warning in Vietnamese and in English, with the values that it was compared with."""
    shown = _nearest(aside)
    vi = "; ".join(f"{name}: {_say(number, ',', '.')}" for name, number in shown)
    en = "; ".join(f"{name}: {_say(number, '.', ',')}" for name, number in shown)
    times = _times(aside)
    vi_value, vi_middle = _say(aside.value, ",", "."), _say(aside.middle, ",", ".")
    en_value, en_middle = _say(aside.value, ".", ","), _say(aside.middle, ".", ",")
    if aside.by == "own":
        return (
            f"{code} «{shorten(label)}» là {vi_value}, khác xa các kỳ khác của {organisation} "
            f"(trung vị {vi_middle}{times[0]}): {vi}.",
            f"{code} «{shorten(label)}» is {en_value}, far from the other periods of {organisation} "
            f"(median {en_middle}{times[1]}): {en}.",
        )
    return (
        f"{code} «{shorten(label)}» là {vi_value}, ngoài khoảng của {len(aside.values)} đơn vị khác cùng kỳ "
        f"(trung vị {vi_middle}{times[0]}): {vi}.",
        f"{code} «{shorten(label)}» is {en_value}, outside the range of {len(aside.values)} other organisations in the "
        f"same period (median {en_middle}{times[1]}): {en}.",
    )


def _nearest(aside: Aside) -> Sequence[tuple[str, Decimal]]:
    """The last periods; of others the nearest values, smallest first."""
    if aside.by == "own":
        return aside.values[-SHOWN:]
    near = sorted(aside.values, key=lambda item: abs(item[1] - aside.value))[:SHOWN]
    return sorted(near, key=lambda item: item[1])


def _times(aside: Aside) -> tuple[str, str]:
    if aside.value <= 0 or aside.middle <= 0:
        return "", ""
    up = aside.value > aside.middle
    times = float(aside.value / aside.middle if up else aside.middle / aside.value)
    shown = f"{times:.0f}" if times >= 10 else f"{times:.1f}"
    return (
        f", gấp {shown.replace('.', ',')} lần" if up else f", chỉ bằng 1/{shown.replace('.', ',')}",
        f", {shown} times as much" if up else f", 1/{shown} of it",
    )


def _say(number: Decimal, mark: str, group: str) -> str:
    """A number as readers of a language write it."""
    whole, _, rest = f"{number:,f}".partition(".")
    return whole.replace(",", group) + (f"{mark}{rest}" if rest else "")
