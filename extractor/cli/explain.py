"""One cell of an extracted report -> the evidence that made its confidence, as a waterfall of log-odds."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from extractor.errors import EXIT_OK, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from extractor.trust import TrustModel

HELP = "print the evidence that made a cell's confidence"
EXAMPLE = "extractor explain out/bao-cao-319.json III.6.4"
FIELDS = ("value", "row", "unit", "note")
BAR = 24  # characters of the longest bar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("document", type=Path, metavar="DOC.json", help="a file that `extractor extract` wrote")
    parser.add_argument("code", metavar="CODE", help="the indicator's code")
    parser.add_argument("--field", choices=FIELDS, default="value", help="which field of the row (value)")


def run(args: argparse.Namespace) -> int:
    """Print one waterfall."""
    from rich.console import Console

    from extractor.cli.show import read_document

    tree = read_document(args.document)
    item = next((one for one in tree["indicators"] if one["code"] == args.code), None)
    if item is None:
        raise UsageError(f"{args.document} has no indicator {args.code}", "give a code such as III.6.4")
    console = Console(highlight=False, soft_wrap=True)
    _print_cell(console, item, args.field)
    _print_waterfall(console, _model_of(tree), item[args.field])
    return EXIT_OK


def _model_of(tree: dict[str, Any]) -> TrustModel:
    """The calibration that judged the report. Raises UsageError where this installation has another."""
    from extractor.resources import resource_sha256
    from extractor.trust import load_model

    made = tree["made_with"]
    if made["models"].get("trust.json") != resource_sha256("models", "trust.json"):
        raise UsageError(
            "the report was judged by another calibration than the one installed here",
            "extract the report again, or install the version that wrote it",
        )
    return load_model(made["engines"])


def _print_cell(console: Console, item: dict[str, Any], name: str) -> None:
    field = item[name]
    printed = item["row"]["label_raw"] if name == "row" else field["raw"]
    console.print(f"{item['code']}  {item['label']}", markup=False)
    console.print(f"{name}: «{printed or ''}»  {field['confidence']:.4f}  {field['status']}", markup=False)
    if field.get("reasons"):
        console.print(f"reasons: {', '.join(field['reasons'])}", markup=False)
    for reading in field.get("readings", ()):
        console.print(f"  {reading['engine']:>14}  «{reading['raw']}»  {reading['confidence']:.3f}", markup=False)


def _print_waterfall(console: Console, model: TrustModel, field: dict[str, Any]) -> None:
    """Each piece of evidence with the log-odds it adds and the probability reached so far."""
    from extractor.trust.features import Kind
    from extractor.trust.model import find_probability, score_parts

    evidence = field["evidence"]
    if evidence is None:
        console.print("nothing of this field was seen, so there is no evidence to show", markup=False)
        return
    parts = score_parts(model, cast(Kind, evidence["kind"]), evidence["features"])
    parts, probability = find_probability(model, parts)
    most = max((abs(part) for _, part in parts), default=1.0)
    total = 0.0
    console.print(f"\n{'evidence':16}{'seen':>8}{'log-odds':>10}{'so far':>9}")
    for name, part in parts:
        total += part
        seen = evidence["features"].get(name)
        bar = ("+" if part > 0 else "-") * max(round(BAR * abs(part) / most), 1)
        reached = 1.0 / (1.0 + math.exp(-total))
        console.print(
            f"{name:16}{'' if seen is None else f'{seen:.2f}':>8}{part:>+10.2f}{reached:>9.4f}  {bar}", markup=False
        )
    console.print(f"{'confidence':16}{'':>8}{total:>+10.2f}{probability:>9.4f}")
