"""Reports of known truth, and what people settled -> fitted confidences and thresholds, or whether they still hold."""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.cli.common import add_target_error, read_settings
from extractor.errors import EXIT_OK, EXIT_PARTIAL, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from extractor.calibrate import Calibrated, Sample

HELP = "fit confidences and thresholds on reports of known truth, or check that they still hold"
EXAMPLE = "extractor calibrate truth/ out/ --out trust.json\n  extractor calibrate --check decisions.jsonl"

log = logging.getLogger("extractor")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("truth", type=Path, nargs="?", metavar="TRUTH_DIR", help="folder with NAME.truth.json files")
    parser.add_argument("extraction", type=Path, nargs="?", metavar="EXTRACTION_DIR", help="what was extracted of them")
    parser.add_argument("--reviews", type=Path, metavar="FILE", help="decisions of people, one JSON object a line")
    parser.add_argument("--out", type=Path, metavar="FILE", help="calibrations to write to; others in it stay")
    parser.add_argument("--recipe", default="", metavar="TEXT", help="how the data came about, kept in the file")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the samples for --reviews, fit nothing")
    parser.add_argument("--only", metavar="TARGET", help="with --save: value, row, absent, unit, label, note or head")
    parser.add_argument("--check", type=Path, metavar="FILE", help="compare blind checks with the promise, fit nothing")
    add_target_error(parser)


def run(args: argparse.Namespace) -> int:
    """Fit and write a calibration, or check the one in use: exit code 3 where it no longer holds."""
    settings = read_settings(args)
    if args.check is not None:
        return _check(args.check, settings.trust.target_error)
    if args.truth is None or args.extraction is None:
        raise UsageError("there is nothing to fit on", "give the folder of the truth and that of the extractions")
    from rich.console import Console

    from extractor.calibrate import calibrate, load_samples, save_samples

    samples, engines = _read_samples(args.truth, args.extraction)
    if args.save is not None:
        save_samples([sample for sample in samples if args.only in (None, sample.target)], args.save)
        return EXIT_OK
    samples += load_samples(args.reviews) if args.reviews else []
    found = calibrate(
        samples,
        engines,
        number_error=settings.trust.target_error,
        text_error=settings.trust.target_error_text,
        recipe=args.recipe,
    )
    _print_calibrated(Console(highlight=False), found)
    if args.out is not None:
        _write(args.out, found)
    return EXIT_OK


def _read_samples(truths: Path, extractions: Path) -> tuple[list[Sample], dict[str, str]]:
    """Samples of all documents, and the engines that read them: one set. Raises UsageError."""
    from extractor.calibrate import collect_samples
    from extractor.evaluate import pair_documents

    samples: list[Sample] = []
    engines: dict[str, Any] = {}
    for truth, tree in pair_documents(truths, extractions):
        if tree is None or tree["outcome"] == "failed":
            continue
        if engines and tree["made_with"]["engines"] != engines:
            raise UsageError(f"{truth.file} was read by other engines", "calibrate each set of engines by itself")
        engines = tree["made_with"]["engines"]
        samples += collect_samples(truth, f"{truth.profile}/{truth.file}", tree)
    if not samples:
        raise UsageError(f"no report under {extractions} belongs to a truth under {truths}", "extract them first")
    return samples, engines


def _print_calibrated(console: Console, found: Calibrated) -> None:
    from rich.table import Table

    table = Table("field", "target error", "least confidence", "accepted", "wrong", title="thresholds")
    for target, thresholds in found.thresholds.items():
        for one in thresholds:
            least = f"{one.least:.4f}" if one.least is not None else f"needs {one.missing} more"
            table.add_row(target, f"{one.error:g}", least, str(one.accepted), str(one.wrong))
    console.print(table)
    for tried in found.tried:
        console.print(f"test: {tried.target}: {tried.accepted} of {tried.fields} accepted, {tried.wrong} of them wrong")
    for target, one in found.refused:
        log.warning("%s: %g can't be promised, all go to review; %d more fields needed", target, one.error, one.missing)


def _write(path: Path, found: Calibrated) -> None:
    """Put the calibration in the place of the one for the same engines."""
    tree: dict[str, Any] = {"calibrations": []}
    if path.is_file():
        tree = json.loads(path.read_text(encoding="utf-8"))
    kept = [one for one in tree["calibrations"] if one["engines"] != found.tree["engines"]]
    # the fullest set of engines comes first: it serves where no set is asked for
    ordered = sorted([*kept, found.tree], key=lambda one: (-len(one["engines"]), sorted(one["engines"].items())))
    path.write_text(json.dumps({"calibrations": ordered}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _check(path: Path, promised: float) -> int:
    from rich.console import Console

    from extractor.calibrate import check_drift, load_samples
    from extractor.calibrate.risk import LEVEL

    found = check_drift(load_samples(path), promised)
    console = Console(highlight=False)
    if found.holds is None:
        console.print("no blind check was settled: nothing can be said")
        return EXIT_PARTIAL
    console.print(f"{found.checked} blind checks, {found.wrong} wrong; promised at most {promised:g}")
    console.print(f"the error is at most {found.bound:.4f} (one-sided {1 - LEVEL:.0%} bound)")
    console.print("the promise holds" if found.holds else "THE PROMISE NO LONGER HOLDS: calibrate again")
    return EXIT_OK if found.holds else EXIT_PARTIAL
