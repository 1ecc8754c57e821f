"""Truth and extractions -> how right they are, by document, profile and tag."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from extractor.errors import EXIT_OK, UsageError

HELP = "compare extracted JSON with known truth: exactness, silent errors, calibration"
EXAMPLE = "extractor evaluate fixtures/cases out/ --json -"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("truth", type=Path, metavar="TRUTH_DIR", help="folder with NAME.truth.json files")
    parser.add_argument("extraction", type=Path, metavar="EXTRACTION_DIR", help="folder with the extracted NAME.json")
    parser.add_argument("--json", metavar="FILE", help="figures for machines; - for stdout")
    parser.add_argument("--report", type=Path, metavar="DIR", help="an HTML page with figures and the worst cells")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="list the first N wrong value cells")


def run(args: argparse.Namespace) -> int:
    """Print tables, or JSON."""
    from extractor.evaluate import evaluate_folders
    from extractor.evaluate.show import print_evaluation

    if not args.truth.is_dir():
        raise UsageError(f"there is no folder {args.truth}", "give the folder of the truth files")
    evaluation = evaluate_folders(args.truth, args.extraction)
    if args.json:
        text = json.dumps(evaluation.to_dict(), ensure_ascii=False, indent=1) + "\n"
        if args.json == "-":
            sys.stdout.write(text)
        else:
            Path(args.json).write_text(text, encoding="utf-8")
    if args.report:
        from extractor.evaluate.report import write_report

        write_report(evaluation, args.report)
    if args.json != "-":
        print_evaluation(evaluation, most_errors=args.errors)
    return EXIT_OK
