"""Reports -> one JSON each, with an exit code that says how it went."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from extractor.cli.common import add_store, add_target_error, read_settings
from extractor.cli.inputs import Job, find_jobs
from extractor.cli.work import Order, Result, count_cores, fail_job, open_named_store, run_jobs
from extractor.errors import EXIT_FAILED, EXIT_OK, EXIT_PARTIAL, CatalogueError, UsageError

HELP = "extract reports: one JSON per input (PDF, TIFF, PNG, JPEG; folders are walked)"
EXAMPLE = "extractor extract bao-cao-319.pdf scans/ --out out/ --jobs 4"

log = logging.getLogger("extractor")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="files or folders")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the JSON files")
    add_store(parser, required=False)
    parser.add_argument("--catalogue", metavar="NAME_OR_PATH", help="the form (default: recognised in each report)")
    parser.add_argument(
        "--join-images", action="store_true", help="images of a folder that are pages of one report are one input"
    )
    parser.add_argument("--jobs", type=_positive, metavar="N", help="processes (default: the usable cores)")
    add_target_error(parser)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("give 1 or more")
    return number


def run(args: argparse.Namespace) -> int:
    """Extract every input; the exit code is that of the contract."""
    settings = read_settings(args)
    if args.out is None and args.store is None:
        raise UsageError("nothing says where the results go", "give --out DIR, --store URL or both")
    if args.out is not None:
        _make_folder(args.out)
    if args.store is not None:
        open_named_store(args.store, settings).close()  # made, or refused, before anything is read
    jobs = find_jobs([Path(given) for given in args.inputs], args.out, lambda _: args.join_images)
    if not jobs:
        raise UsageError("there is no PDF, TIFF, PNG or JPEG file in what was given", "give files, or other folders")
    _check_catalogue(args.catalogue, jobs)
    order = Order(settings, args.catalogue, args.store)
    results = []
    for result in _with_progress(run_jobs(jobs, order, args.jobs or count_cores()), len(jobs), quiet=args.quiet):
        _tell(result)
        results.append(result)
    _summarise(results)
    return find_exit_code(results)


def find_exit_code(results: Iterable[Result]) -> int:
    """0 all complete, 3 some partial or failed, 4 all failed."""
    outcomes = {result.outcome for result in results}
    if outcomes == {"complete"}:
        return EXIT_OK
    return EXIT_FAILED if outcomes == {"failed"} else EXIT_PARTIAL


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder {out} cannot be made: {error.strerror}", "give another --out") from error


def _check_catalogue(catalogue: str | None, jobs: Iterable[Job]) -> None:
    """A wrong catalogue is the caller's error, and each input's JSON says so."""
    if catalogue is None:
        return
    from extractor.indicator import load_catalogue

    try:
        load_catalogue(catalogue)
    except CatalogueError as error:
        for job in jobs:
            fail_job(job, error)
        raise


def _with_progress(results: Iterator[Result], total: int, *, quiet: bool) -> Iterator[Result]:
    """A bar on stderr, where that is a terminal and there is more than one input."""
    if quiet or total == 1 or not sys.stderr.isatty():
        yield from results
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(results, "extracting", total=total, console=Console(stderr=True))


def _tell(result: Result) -> None:
    extra = {"input": str(result.job.path), "output": str(result.job.target or "store"), "outcome": result.outcome}
    if result.outcome == "failed":
        extra |= {"code": result.code, "advice": result.advice}
        log.error("%s: %s", result.job.path, result.message, extra=extra)
    elif result.outcome == "partial":
        log.warning("%s: partial, see the findings in %s", result.job.path, extra["output"], extra=extra)
    else:
        said = f"{result.accepted} of {result.value_cells} values accepted"
        log.info("%s: %s -> %s", result.job.path, said, extra["output"], extra=extra)


def _summarise(results: list[Result]) -> None:
    counts = {outcome: sum(r.outcome == outcome for r in results) for outcome in ("complete", "partial", "failed")}
    accepted, cells = sum(r.accepted for r in results), sum(r.value_cells for r in results)
    said = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    log.info("%s; %d of %d values accepted", said, accepted, cells)
