"""Published values -> a random draw of them: a sheet of crops without readings, a list to fill in, and a sealed key."""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from extractor.export import Observation, list_observations, snapshot
from extractor.look import show_blind
from extractor.store import Store
from extractor.store.pictures import Pictures
from extractor.writing import write_text

ANSWER = "printed"
COLUMNS = ("number", "document", "page", "code", "label", "unit", ANSWER)
STRATA = ("machine", "human")


@dataclass(frozen=True, slots=True)
class Item:
    """A value as it was published when it was drawn. `stratum`: machine or human, whose word it is."""

    number: int
    id: str
    stratum: str
    document_id: int
    document: str
    sha256: str
    page: int | None
    box: tuple[float, float, float, float] | None
    form: str
    code: str
    label: str
    unit: str
    type: str
    raw: str
    value: str
    at_source: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw. `population`: published values by stratum, of which each was as likely to be drawn as any other."""

    seed: int
    population: dict[str, int]
    items: tuple[Item, ...]


def draw_items(store: Store, n: int, seed: int) -> Drawn:
    """N values of all that are facts now, in one pass; fewer where there are fewer."""
    rng = random.Random(seed)
    population = dict.fromkeys(STRATA, 0)
    reservoir: list[tuple[float, Observation]] = []
    with snapshot(store) as connection:
        for one in list_observations(connection):
            if not one.is_fact:
                continue
            population[_stratum(one)] += 1
            reservoir.append((rng.random(), one))
            if len(reservoir) > 4 * n + 1000:
                reservoir = sorted(reservoir, key=lambda pair: pair[0])[:n]
    chosen = [one for _, one in sorted(reservoir, key=lambda pair: pair[0])[:n]]
    in_order = sorted(chosen, key=lambda one: (one.document, one.document_id, one.page or 0, one.box or ()))
    return Drawn(seed, population, tuple(_item(number, one) for number, one in enumerate(in_order, 1)))


def _stratum(one: Observation) -> str:
    return "human" if one.review == "settled" else "machine"


def _item(number: int, one: Observation) -> Item:
    value = format(one.number, "f") if one.number is not None else one.text or ""
    return Item(
        number, one.id, _stratum(one), one.document_id, one.document, one.sha256, one.page, one.box, one.form, one.code,
        one.label, one.unit or "", one.type, one.raw or "", value, one.settled_kind == "wrong-at-source",
    )  # fmt: skip


def write_draw(store: Store, drawn: Drawn, folder: Path) -> str:
    """Write DIR/sheet.html, DIR/answers.csv and DIR/key.json; the SHA-256 of the key."""
    folder.mkdir(parents=True, exist_ok=True)
    key = json.dumps(asdict(drawn), ensure_ascii=False, indent=1) + "\n"
    write_text(key, folder / "key.json")
    pictures = Pictures(store)
    try:
        write_text(show_blind(drawn.items, pictures), folder / "sheet.html")
    finally:
        pictures.close()
    _write_answers(folder / "answers.csv", drawn.items)
    return hashlib.sha256(key.encode()).hexdigest()


def _write_answers(path: Path, items: Iterable[Item]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # a spreadsheet takes it for UTF-8 by its mark
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for one in items:
            texts = (one.document, one.code, one.label, one.unit)
            document, code, label, unit = (f"'{text}" if text[:1] in "=+-@\t\r" and text else text for text in texts)
            writer.writerow((one.number, document, one.page, code, label, unit, ""))
