"""Head and notes -> names that the gazetteer spells otherwise, and a date before the reported time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from extractor.check.cell import Facts
from extractor.check.words import plain
from extractor.records import Finding


def check_head(facts: Facts) -> Iterator[Finding]:
    """Notices on the head, and on how notes spell the district's name."""
    yield from _check_name(facts)
    yield from _check_notes(facts)
    yield from _check_date(facts)


def _check_name(facts: Facts) -> Iterator[Finding]:
    field = facts.head.organisation
    if facts.place is None or field.raw is None or field.piece is None:
        return
    if any(_other_spellings(field.raw, _own_name(facts.place.name))):
        yield Finding(
            "HEAD-NAME", "format", "info", (), field.piece.page,
            f"Đầu báo cáo in «{field.raw}», tên đơn vị là «{facts.place.name}».",
            f"The head prints «{field.raw}», the district's name is «{facts.place.name}».",
        )  # fmt: skip


def _check_notes(facts: Facts) -> Iterator[Finding]:
    """The district's name with other tone marks may be another district's name."""
    if facts.place is None:
        return
    name = _own_name(facts.place.name)
    found = [(cell, words) for cell in facts.cells.values() if (words := _other_spellings(cell.note.raw, name))]
    if found:
        spelled = ", ".join(dict.fromkeys(word for _, words in found for word in words))
        yield Finding(
            "NOTE-NAME", "format", "info", tuple((cell.code, "note") for cell, _ in found), found[0][0].page,
            f"Ghi chú in «{spelled}», tên đơn vị là «{facts.place.name}».",
            f"Notes print «{spelled}», the district's name is «{facts.place.name}».",
        )  # fmt: skip


def _own_name(full: str) -> str:
    """`Huyện Thạnh Trị` -> Thạnh Trị; `Thành phố Sóc Trăng` -> Sóc Trăng."""
    return re.sub(r"^(?:Huyện|Quận|Thị xã|Thành phố)\s+", "", full)


def _other_spellings(text: str, name: str) -> list[str]:
    """Stretches of the text that are the name but for tone marks."""
    words = unicodedata.normalize("NFC", text).split()
    count = len(name.split())
    runs = (" ".join(words[i : i + count]).strip(" .,;:()") for i in range(len(words) - count + 1))
    return [
        run for run in runs if run[:1].isupper() and plain(run) == plain(name) and run.casefold() != name.casefold()
    ]


def _check_date(facts: Facts) -> Iterator[Finding]:
    date, start = facts.head.report_date, dict(facts.head.period.extra).get("from")
    if date.value is not None and date.piece is not None and isinstance(start, str) and date.value < start:
        yield Finding(
            "HEAD-DATE", "format", "warning", (), date.piece.page,
            f"Báo cáo ghi ngày {date.value}, trước kỳ báo cáo bắt đầu ngày {start}.",
            f"The report is dated {date.value}, before its period begins on {start}.",
        )  # fmt: skip
