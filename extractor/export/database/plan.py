"""What an export would do <-> a file for approval: a line for each insert, change and withdrawal, sealed by a hash."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from extractor.export.columns import plain_fraction, plain_number
from extractor.export.database import tables
from extractor.export.database.merge import Changes
from extractor.export.database.target import ExportError
from extractor.export.files import UNSETTLED, Unsettled, in_place

VERSION = "1.0"
SHOWN = ("REF_AREA", "TIME_PERIOD", "INDICATOR", "MEASURE")
TOLD = 40  # changes and withdrawals that are told one by one; the file has all


@dataclass(frozen=True, slots=True)
class Plan:
    """The head of a plan. `seal`: hash of its lines."""

    target: str
    store: str
    unsettled: Unsettled
    changes: Changes
    seal: str


@dataclass(slots=True)
class Summary:
    """What a person who approves wants to see at once."""

    by_report: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)


def write_plan(
    lines: Iterable[str], path: Path, *, target: str, store: str, unsettled: str, changes: Changes
) -> Summary:
    """Write a plan's head, its lines and its seal; what it says in short."""
    head: dict[str, Any] = {"plan": VERSION, "target": target, "store": store, "unsettled": unsettled}
    head |= {"inserts": changes.inserts, "changes": changes.changes, "withdrawals": changes.withdrawals}
    seal, summary = hashlib.sha256(), Summary()
    with in_place(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(head, ensure_ascii=False) + "\n")
        for line in lines:
            seal.update(line.encode())
            file.write(line)
            _sum_up(summary, json.loads(line))
        file.write(json.dumps({"seal": seal.hexdigest()}) + "\n")
    return summary


def read_plan(path: Path) -> Plan:
    """The head of a plan, its lines checked by its seal. Raises ExportError."""
    seal = hashlib.sha256()
    try:
        with path.open(encoding="utf-8") as file:
            head = json.loads(next(file))
            last = ""
            for line in file:
                if last:
                    seal.update(last.encode())
                last = line
            said = json.loads(last)["seal"]
        changes = Changes(head["inserts"], head["changes"], head["withdrawals"])
        unsettled = UNSETTLED[UNSETTLED.index(head["unsettled"])]
        plan = Plan(head["target"], head["store"], unsettled, changes, said)
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise ExportError(f"{path} is no plan", "make one by extractor export --plan FILE") from error
    if head.get("plan") != VERSION or said != seal.hexdigest():
        raise ExportError(f"{path} was changed since it was made", "make the plan again, and approve it as it is")
    return plan


def check_plan(plan: Plan, lines: Iterable[str], *, target: str, store: str) -> None:
    """Raise ExportError where doing it now would not be exactly what the plan says."""
    if (plan.target, plan.store) != (target, store):
        raise ExportError("the plan is for another store or target", f"it was made for {plan.target}")
    seal = hashlib.sha256()
    for line in lines:
        seal.update(line.encode())
    if seal.hexdigest() != plan.seal:
        raise ExportError(
            "the store or the target has changed since the plan was made; nothing was done", "make the plan again"
        )


def list_lines(connection: Connection) -> Iterator[str]:
    """A line for each row that differs, in the order of ids: before and after, of changes only what differs."""
    names = [name.upper() for name in tables.NAMES]
    width = len(names)
    for row in connection.execute(text(tables.DETAILS), execution_options={"yield_per": 5000}):
        action, old, new = row[0], row[1 : width + 1], row[width + 1 :]
        known = dict(zip(names, old if action == "withdraw" else new, strict=True))
        line: dict[str, Any] = {"action": action, "OBS_ID": known["OBS_ID"]} | {name: known[name] for name in SHOWN}
        pairs = [(n, _plain(a), _plain(b)) for n, a, b in zip(names, old, new, strict=True) if n != "OBS_ID"]
        if action == "change":
            pairs = [pair for pair in pairs if pair[1] != pair[2]]
        line["before"] = None if action == "insert" else {name: before for name, before, _ in pairs}
        line["after"] = None if action == "withdraw" else {name: after for name, _, after in pairs}
        yield json.dumps(line, ensure_ascii=False) + "\n"


def show_plan(summary: Summary, changes: Changes) -> Iterator[str]:
    """A plan in short: reports with how much of them comes, changes and goes, then single values."""
    yield f"{changes.inserts} inserts, {changes.changes} changes, {changes.withdrawals} withdrawals"
    reports = sorted({key[:2] for key in summary.by_report})
    for area, period in reports:
        counts = [f"{summary.by_report[area, period, action]} {action}" for action in ("insert", "change", "withdraw")]
        yield f"  {area or '(unknown)'} {period or '(unknown)'}: {', '.join(counts)}"
    yield from summary.told
    left = changes.changes + changes.withdrawals - len(summary.told)
    if left > 0:
        yield f"  ... and {left} more in the file"


def _sum_up(summary: Summary, line: dict[str, Any]) -> None:
    summary.by_report[line["REF_AREA"] or "", line["TIME_PERIOD"] or "", line["action"]] += 1
    if line["action"] != "insert" and len(summary.told) < TOLD:
        before, after = (_value(line[name]) for name in ("before", "after"))
        where = " ".join(str(line[name]) for name in SHOWN if line[name])
        what = f"withdrawn (was {before})" if line["action"] == "withdraw" else f"{before} -> {after}"
        summary.told.append(f"  {where}: {what}")


def _value(tree: dict[str, Any] | None) -> str:
    if tree is None:
        return ""
    if tree.keys() & {"OBS_VALUE", "OBS_TEXT", "OBS_STATUS"}:
        parts = [str(tree[name]) for name in ("OBS_VALUE", "OBS_TEXT", "OBS_STATUS") if tree.get(name) is not None]
        return " ".join(parts) or "no value"
    return ", ".join(f"{name} {value}" for name, value in tree.items())


def _plain(item: Any) -> Any:
    """Numbers as text, so that both databases say the same."""
    if isinstance(item, Decimal):
        return plain_number(item)
    if isinstance(item, float):
        return plain_fraction(item)
    return str(item) if isinstance(item, int) else item
