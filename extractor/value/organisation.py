"""The head's text and the gazetteer -> which district reports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from extractor.records import HeadField, Place
from extractor.value.headtext import HeadText
from extractor.value.plain import plain, plain_words

KINDS = {"huyen": "huyện", "thi xa": "thị xã", "thanh pho": "thành phố", "quan": "quận"}
SHORT_KINDS = {"tp": "thanh pho", "tx": "thi xa", "h": "huyen", "q": "quan"}
ISSUER = r"(?P<issuer>(?:u\W?b\W?n\W?d|uy\s*ban\s*nhan\s*dan)\W*)"
KIND = r"(?P<kind>huyen|thi\s*xa|thanh\s*pho|quan|t\.?p\.|t\.?x\.|h\.|tp|tx)"
MENTION = re.compile(rf"(?<![a-z])(?:{ISSUER}|(?<!cap )){KIND}[\s.]*(?P<name>[a-z][a-z ]{{1,28}})")
PLACE_AND_DATE = re.compile(r"(?:^|\s)(?P<name>[a-z][a-z ]{2,24}), ?ngay")
OF_PROVINCE = re.compile(r"\btinh\s+(?P<name>[a-z]+(?: [a-z]+){1,3})")
CENTRAL_CITIES = ("ha noi", "hai phong", "da nang", "ho chi minh", "can tho", "hue")
WEIGHTS = {"title": 3.0, "reference": 3.0, "body": 0.7, "receivers": 0.1}
STRONG = 3.0  # weight of titles and reference lines
DATE_LINE = 1.0
ISSUER_BONUS = 1.5  # "UBND huyện X" says who reports, "huyện X" often only where
LIKE = 82.0  # ratio of a name in which one letter in six is wrong
OTHER_PROVINCE = 0.3  # confidence left where the head names a province that the gazetteer's district is not in
UNKNOWN_PLACE = 0.5
WEAKEST = 0.75  # confidence by a single mention in a title; more mentions that agree lift it


@dataclass(frozen=True, slots=True)
class Mention:
    """A district named in the head. `place` None: the gazetteer doesn't know it. `likeness` 0..1."""

    place: Place | None
    kind: str
    name: str
    start: int
    end: int
    weight: float
    likeness: float


def find_organisation(head: HeadText, places: Sequence[Place]) -> HeadField:
    """The district that most of the head speaks of, title, issuer and reference line before running text."""
    mentions = [one for one in (*_by_kind(head, places), *_by_date_line(head, places)) if one is not None]
    known = [one for one in mentions if one.place is not None]
    if not known:
        return _unknown(head, mentions)
    votes: dict[str, float] = {}
    for one in known:
        votes[_key(one)] = votes.get(_key(one), 0.0) + one.weight * one.likeness
    winner = max(votes, key=lambda key: votes[key])
    mine = [one for one in known if _key(one) == winner]
    best = max(mine, key=lambda one: (one.weight, one.likeness, -one.start))
    place = best.place
    assert place is not None
    if _in_other_province(head, place):
        shown = f"UBND {KINDS[best.kind]} {best.name.title()}"
        return _field(head, best, shown, None, OTHER_PROVINCE, ("other-province",))
    strong = [one for one in known if one.weight >= STRONG] or known  # running text names neighbours, too
    share = sum(one.weight for one in strong if _key(one) == winner) / sum(one.weight for one in strong)
    confidence = share * max(one.likeness for one in mine) * _lift(votes[winner]) * _sureness(head, mine)
    return _field(head, best, _name_of(place), place.code, confidence, ())


def _by_kind(head: HeadText, places: Sequence[Place]) -> list[Mention | None]:
    return [_read_mention(head, match, places) for match in MENTION.finditer(head.plain)]


def _read_mention(head: HeadText, match: re.Match[str], places: Sequence[Place]) -> Mention | None:
    kind = re.sub(r"[\s.]+", "", match["kind"])
    kind = next((full for full in KINDS if full.replace(" ", "") == kind), SHORT_KINDS.get(kind, ""))
    if not kind:
        return None
    part = head.part_at(match.start())
    shouted = part == "body" and head.text[match.start() : match.start("name") + 2].isupper()  # issuer beside the motto
    weight = WEIGHTS["title" if shouted else part] * (ISSUER_BONUS if match["issuer"] else 1.0)
    start = match.start("name")
    found = _nearest(match["name"], [place for place in places if _split(place)[0] == kind])
    if found is None:
        end = _capital_run(head.text, start)
        name = head.text[start:end].strip()
        shown = f"UBND {KINDS[kind]} {name.title()}"
        return Mention(None, kind, shown, match.start(), end, weight, 1.0) if name and match["issuer"] else None
    place, likeness, length = found
    shown = head.text[start : start + length]
    return Mention(place, kind, shown, match.start(), start + length, weight, likeness)


def _by_date_line(head: HeadText, places: Sequence[Place]) -> list[Mention | None]:
    """`Thạnh Trị, ngày 16 tháng 12 năm 2022`: the place of issue, without its kind."""
    found = []
    for match in PLACE_AND_DATE.finditer(head.plain):
        for place in places:
            kind, name = _split(place)
            if match["name"].endswith(name) and not re.search(rf"(?:xa|thi tran|phuong|tinh) {name}$", match["name"]):
                end = match.end("name")
                found.append(Mention(place, kind, name, end - len(name), end, DATE_LINE, 1.0))
    return [*found]


def _nearest(words: str, places: Sequence[Place]) -> tuple[Place, float, int] | None:
    """The place whose name begins `words`, how alike it is, and how many letters it takes there."""
    best: tuple[Place, float, int] | None = None
    for place in places:
        name = _split(place)[1]
        count = len(name.split())
        for wanted in (count, count - 1, count + 1):  # engines drop and add spaces
            piece = re.match(rf"\s*(?:[a-z]+\s+){{{wanted - 1}}}[a-z]+", words) if wanted > 0 else None
            if piece is None:
                continue
            likeness = fuzz.ratio(piece[0].replace(" ", ""), name.replace(" ", "")) / 100
            if likeness * 100 >= LIKE and (best is None or likeness > best[1]):
                best = (place, likeness, len(piece[0]))
    return best


def _unknown(head: HeadText, mentions: Sequence[Mention]) -> HeadField:
    if not mentions:
        return HeadField(None, None, 0.0, None, (), ("not-found",))
    best = max(mentions, key=lambda one: (one.weight, -one.start))
    return _field(head, best, best.name, None, UNKNOWN_PLACE, ("unknown-place",))


def _in_other_province(head: HeadText, place: Place) -> bool:
    """Whether titles and issuer name a province, and none that is the place's."""
    own = plain_words(place.province)
    named = [match["name"] for match in OF_PROVINCE.finditer(head.plain) if head.part_at(match.start()) != "receivers"]
    others = [name for name in named if fuzz.ratio(name[: len(own)], own) < LIKE]
    city = any(re.search(rf"thanh pho {name}\b", head.plain) for name in CENTRAL_CITIES)
    return city or (bool(others) and len(others) == len(named) and _is_named(head, others[0]))


def _is_named(head: HeadText, name: str) -> bool:
    """Whether the word after `tỉnh` is a name: in titles all words are capitals, so only the issuer's line counts."""
    at = head.plain.find(f"tinh {name}")
    return re.search(r"(?:ubnd|nhan dan)\s*$", head.plain[:at]) is not None


def _lift(vote: float) -> float:
    """Confidence by how much of the head says so: 1.5 issuers' or 3 titles' worth leaves little doubt."""
    return min(WEAKEST + 0.06 * vote, 0.99)


def _sureness(head: HeadText, mentions: Sequence[Mention]) -> float:
    return max(head.sureness(one.start, one.end) for one in mentions)


def _field(
    head: HeadText, mention: Mention, value: str, code: str | None, confidence: float, reasons: tuple[str, ...]
) -> HeadField:
    raw = head.raw(mention.start, mention.end)
    piece = head.piece(mention.start, mention.end)
    return HeadField(raw, value, min(confidence, 1.0), piece, (("code", code),), reasons)


def _split(place: Place) -> tuple[str, str]:
    """Kind and name of a place, without tone marks: `Huyện Thạnh Trị` -> huyen, thanh tri."""
    folded = plain(place.name)
    for kind in KINDS:
        if folded.startswith(f"{kind} "):
            return kind, folded[len(kind) + 1 :]
    return "", folded


def _name_of(place: Place) -> str:
    kind, name = _split(place)
    return f"UBND {KINDS[kind]} {place.name[-len(name) :]}" if kind else place.name


def _key(mention: Mention) -> str:
    return mention.place.code if mention.place else ""


def _capital_run(text: str, start: int) -> int:
    """Where the run of words with a capital letter ends that begins at `start`."""
    run = re.match(r"(?:\s*[A-ZĐÀ-Ỹ][^\W\d_]*){1,3}", text[start:])
    return start + (run.end() if run else 0)
