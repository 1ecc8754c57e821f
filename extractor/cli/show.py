"""Written JSON -> a summary that a person can read: what was accepted, what is to review, what was found."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.errors import EXIT_OK, UsageError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

HELP = "print a readable summary of extracted JSON: accepted, to review, findings"
EXAMPLE = "extractor show out/bao-cao-319.json"
SHOWN = 20  # rows of each list that a screen takes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("inputs", nargs="+", metavar="JSON", help="files that `extractor extract` wrote")
    parser.add_argument("--all", action="store_true", help=f"every line, not only the first {SHOWN} of each list")


def run(args: argparse.Namespace) -> int:
    """Print one summary a file."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=False)
    for given in args.inputs:
        path = Path(given)
        _show(console, path, read_document(path), None if args.all else SHOWN)
    return EXIT_OK


def read_document(path: Path) -> dict[str, Any]:
    """A written report. Raises UsageError where the file is none."""
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "give a JSON file of `extractor extract`") from error
    if not isinstance(tree, dict) or "indicators" not in tree:
        raise UsageError(f"{path} is no extracted report", "give a JSON file of `extractor extract`")
    return tree


def _show(console: Console, path: Path, tree: dict[str, Any], most: int | None) -> None:
    about = tree["document"]
    console.rule(f"[bold]{about['source_name']}[/]: {tree['outcome']}")
    if tree["error"]:
        console.print(f"{tree['error']['message']}\n  {tree['error']['advice']}", markup=False)
    for name in ("organisation", "report_number", "report_date", "period"):
        field = about[name]
        console.print(f"{name.replace('_', ' '):14} {field['value'] or '-'}  ({field['status']})", markup=False)
    printed = [i for i in tree["indicators"] if i["row"]["state"] == "matched" and i["value"]["type"] != "header"]
    review = [i for i in printed if i["value"]["status"] == "review"]
    absent = sum(i["row"]["state"] == "absent" for i in tree["indicators"])
    unread = sum(i["row"]["state"] == "unread" for i in tree["indicators"])
    console.print(
        f"values         {len(printed)} printed: [green]{len(printed) - len(review)} accepted[/], "
        f"[yellow]{len(review)} to review[/]; {absent} indicators not printed, {unread} unread, "
        f"{len(tree['unmatched_rows'])} rows of no indicator"
    )
    _print_some(console, "to review", _review_table(review[:most]), len(review), most)
    _print_some(console, "findings", _findings_table(tree["findings"][:most]), len(tree["findings"]), most)
    console.print(f"JSON           {path}", markup=False)


def _print_some(console: Console, title: str, table: Table, total: int, most: int | None) -> None:
    if not total:
        return
    console.print(f"\n[bold]{title}[/] ({total})")
    console.print(table)
    if most is not None and total > most:
        console.print(f"... and {total - most} more (--all shows them)")


def _review_table(indicators: list[dict[str, Any]]) -> Table:
    table = _table("code", "page", "printed", "number", "P(right)", "why", "label")
    for item in indicators:
        value = item["value"]
        number = "" if value["number"] is None else str(value["number"])
        why = ", ".join(value["reasons"])
        row = (item["code"], str(value["page"] or ""), value["raw"] or f"({value['state']})", number)
        table.add_row(*map(_plain, (*row, f"{value['confidence']:.4f}", why, item["label"])))
    return table


def _findings_table(findings: list[dict[str, Any]]) -> Table:
    table = _table("severity", "rule", "cells", "what")
    for finding in findings:
        cells = ", ".join(cell["code"] for cell in finding["cells"][:4]) + ("..." if len(finding["cells"]) > 4 else "")
        table.add_row(*map(_plain, (finding["severity"], finding["rule"], cells, finding["message"]["vi"])))
    return table


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in columns:
        last = name == columns[-1]
        table.add_column(name, overflow="ellipsis" if last else "fold", no_wrap=last)
    return table


def _plain(text: str) -> str:
    """Printed text may hold what rich takes for markup."""
    return text.replace("[", r"\[")
