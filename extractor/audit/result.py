"""A filled-in list and the sealed key of its draw -> how many published values are wrong, and at most how many."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from extractor.audit.draw import ANSWER, STRATA, Drawn, Item
from extractor.calibrate.risk import upper_bound
from extractor.errors import ExtractorError, UsageError
from extractor.indicator import load_catalogue
from extractor.records import Field, Indicator
from extractor.value import parse_value

LEVEL = 0.05  # the bound is one-sided, at 95 %
BLANK = ("blank", "trống", "để trống", "-", "–")
WRONG_ROW = ("wrong row", "sai dòng")
ILLEGIBLE = ("?", "illegible", "không đọc được")


@dataclass(frozen=True, slots=True)
class Stratum:
    """`bound`: exact (Clopper-Pearson) upper bound of the share that is wrong; those not legible count as wrong."""

    name: str
    population: int
    checked: int
    wrong: int
    illegible: int
    bound: float


@dataclass(frozen=True, slots=True)
class Result:
    """`open`: drawn and not filled in; `wrong`: what differs, with what the checker typed."""

    total: Stratum
    strata: tuple[Stratum, ...]
    open: int
    wrong: tuple[tuple[Item, str], ...]


def read_result(folder: Path) -> Result:
    """Raises UsageError where the files are not those of a draw."""
    drawn, answers = _read_key(folder / "key.json"), _read_answers(folder / "answers.csv")
    if unknown := set(answers) - {item.number for item in drawn.items}:
        raise UsageError(f"answers.csv has a number {min(unknown)} that was not drawn", "keep key and answers together")
    given = [(item, text) for item in drawn.items if (text := answers.get(item.number, ""))]
    judged = [(item, text, judge_answer(item, text)) for item, text in given]
    strata = tuple(_stratum(name, drawn.population[name], judged) for name in STRATA)
    total = _stratum("all", sum(drawn.population.values()), judged)
    wrong = tuple((item, text) for item, text, verdict in judged if verdict == "wrong")
    return Result(total, strata, len(drawn.items) - len(given), wrong)


def _stratum(name: str, population: int, judged: list[tuple[Item, str, str]]) -> Stratum:
    verdicts = [verdict for item, _, verdict in judged if name in ("all", item.stratum)]
    wrong, illegible = verdicts.count("wrong"), verdicts.count("illegible")
    bound = upper_bound(wrong + illegible, len(verdicts), LEVEL)
    return Stratum(name, population, len(verdicts), wrong, illegible, bound)


def judge_answer(item: Item, text: str) -> str:
    """right, wrong or illegible: what the checker saw against what was published, by the rules of the form."""
    plain = " ".join(text.split())
    if plain.lower() in ILLEGIBLE:
        return "illegible"
    if plain.lower() in WRONG_ROW:
        return "wrong"
    meant = item.raw if item.at_source else item.value
    if plain.lower() in BLANK:
        return "right" if not meant else "wrong"
    if plain.casefold() in (meant.casefold(), item.raw.casefold()) and (item.at_source or _is_same(item, item.raw)):
        return "right"
    if item.at_source:
        return "wrong"
    return "right" if _is_same(item, plain) else "wrong"


def _is_same(item: Item, text: str) -> bool:
    """Whether a text means the published value in this row of the form."""
    if text == item.value:
        return True
    value = parse_value(Field(text, "read", 1.0), _indicator(item), item.unit)
    if value.number is not None:
        try:
            return value.number == Decimal(item.value)
        except ArithmeticError:
            return False
    return (value.text or "").casefold() == item.value.casefold() != ""


def _indicator(item: Item) -> Indicator | None:
    try:
        return next((one for one in load_catalogue(item.form).indicators if one.code == item.code), None)
    except ExtractorError:  # a form of a folder that is gone: the number alone is compared
        return None


def _read_key(path: Path) -> Drawn:
    try:
        tree: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Drawn(tree["seed"], tree["population"], tuple(_read_item(one) for one in tree["items"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} is no key of a draw: {error}", "give the folder that extractor audit draw made"
        ) from error


def _read_item(tree: Mapping[str, Any]) -> Item:
    return Item(**{**tree, "box": tuple(tree["box"]) if tree["box"] else None})


def _read_answers(path: Path) -> dict[int, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} can't be read: {error}", "save it as CSV in UTF-8") from error
    mark = ";" if text.partition("\n")[0].count(";") >= len("number;printed".split(";")) else ","
    answers: dict[int, str] = {}
    for row in csv.DictReader(text.splitlines(), delimiter=mark):
        try:
            answers[int(row["number"])] = (row[ANSWER] or "").strip()
        except (KeyError, ValueError, TypeError) as error:
            raise UsageError(
                f"{path} has a line without number or {ANSWER}", "keep the columns as they were"
            ) from error
    return answers
