"""Document symbols such as `KH-UBND` -> type and issuer, by the codes that the administration uses."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from extractor.resources import resource_path
from extractor.value.plain import plain

SLIPS = 1  # letters of a code that may be wrong
LEAST_TO_MEND = 4  # letters of a code from which one wrong letter leaves no doubt
OFFICE, REPORT = "UBND", "BC-UBND"
LIKE_SYMBOL = 60.0  # ratio of a symbol of six letters in which two are wrong or lost
TYPES, ISSUERS = LISTS = ("doc_codes.csv", "issuer_codes.csv")
ASSEMBLY = re.compile(r"QH\d{1,2}")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol in good spelling. `type` None for a công văn, whose symbol begins with its issuer."""

    text: str
    type: str | None
    issuer: str | None
    known: bool


def document_names() -> tuple[str, ...]:
    """What types of documents, agencies and their units are called."""
    return tuple(row["name"].strip() for name in LISTS for row in _rows(name))


def document_codes() -> tuple[str, ...]:
    """The codes of all of them, as they are written."""
    return (*known_types().values(), *known_issuers().values())


@lru_cache(maxsize=1)
def known_types() -> dict[str, str]:
    """Document type codes by their plain spelling."""
    return _codes(TYPES)


@lru_cache(maxsize=1)
def known_issuers() -> dict[str, str]:
    """Codes of agencies and their units by their plain spelling."""
    return _codes(ISSUERS)


def parse_symbol(text: str) -> Symbol:
    """`KH-UBND` -> type KH, issuer UBND; `UBND-NV` -> issuer UBND; lost marks and a slip in a code are mended."""
    groups = [group for group in re.split(r"[-–—‐]", re.sub(r"\s+", "", text).replace("Ð", "Đ")) if group]
    if len(groups) == 1 and ASSEMBLY.fullmatch(groups[0]):
        return Symbol(groups[0], "QH", "QH", True)
    first, rest = groups[0], [_mend(group, known_issuers()) for group in groups[1:]]
    type_ = known_types().get(plain(first))
    if type_ is None and rest and plain(first) not in known_issuers() and plain(rest[0]) in known_issuers():
        type_ = first  # offices coin types of their own: 18/BCTĐ-STP
    if type_ and not (plain(first) in known_issuers() and not rest):
        issuer = "-".join(rest) or None
        known = plain(first) in known_types() and all(_is_known(group) for group in rest)
        return Symbol("-".join((_spelled(first, type_), *rest)), type_, issuer, known)
    issuer = _mend(first, known_issuers())
    return Symbol("-".join((issuer, *rest)), None, issuer, plain(issuer) in known_issuers())


def mend_symbol(text: str) -> str | None:
    """The symbol of a reporting office that a garbled one is: `8C-UBN0` -> BC-UBND; None where none is near."""
    folded = re.sub(r"[^a-z0-9]", "", plain(text))
    alike = {f"{code}-{OFFICE}": fuzz.ratio(folded, plain(f"{code}{OFFICE}")) for code in known_types().values()}
    most = max(alike.values())
    nearest = [symbol for symbol, ratio in alike.items() if ratio == most]
    if most < LIKE_SYMBOL:
        return None
    return REPORT if REPORT in nearest else nearest[0] if len(nearest) == 1 else None


def _is_known(group: str) -> bool:
    return all(plain(part) in known_issuers() for part in group.split("&"))


def _spelled(printed: str, code: str) -> str:
    """The code as it should be, unless only capitals differ."""
    return printed if printed.casefold() == code.casefold() else code


def _mend(code: str, known: dict[str, str]) -> str:
    folded = plain(code)
    if folded in known:
        return _spelled(code, known[folded])
    if len(folded) >= LEAST_TO_MEND:
        near = [good for key, good in known.items() if len(key) == len(folded) and _differ(key, folded) <= SLIPS]
        if len(near) == 1:
            return near[0]
    return code


def _differ(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def _rows(name: str) -> list[dict[str, str]]:
    with (resource_path("reference") / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _codes(name: str) -> dict[str, str]:
    codes = [row["code"].strip() for row in _rows(name)]
    return {plain(code): code for code in codes if re.fullmatch(r"[A-Za-zĐđ]+", code)}
