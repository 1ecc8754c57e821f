"""A document -> the grids of all its tables, with no catalogue."""

from __future__ import annotations

import argparse
import hashlib
import logging
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.cli.common import read_settings
from extractor.cli.inputs import Job, hash_file
from extractor.cli.work import InternalError, Order, Result, TooMuchMemory, run_jobs
from extractor.errors import EXIT_FAILED, EXIT_OK, EXIT_PARTIAL, DocumentError, ExtractorError
from extractor.writing import printable, write_text

if TYPE_CHECKING:
    from extractor.report import TablesDocument

log = logging.getLogger("extractor")

HELP = "write every table of a document as a grid of cells"
EXAMPLE = "extractor tables bao-cao-319.pdf --out tables.json"
EXIT_BY_OUTCOME = {"complete": EXIT_OK, "partial": EXIT_PARTIAL, "failed": EXIT_FAILED}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="PDF, TIFF, PNG or JPEG file")
    parser.add_argument("--out", required=True, metavar="FILE", help="where the JSON goes; - for stdout")


def run(args: argparse.Namespace) -> int:
    """Write the tables, or a failed JSON."""
    settings = read_settings(args)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "tables.json" if args.out == "-" else Path(args.out)
        job = Job(args.input, target)
        (result,) = run_jobs([job], Order(settings, None), 1, run_tables, fail_tables)
        if args.out == "-":
            sys.stdout.write(target.read_text(encoding="utf-8"))
    if result.outcome == "failed":
        log.error("%s", result.message, extra={"code": result.code, "advice": result.advice})
    return EXIT_BY_OUTCOME[result.outcome]


def run_tables(job: Job, order: Order) -> Result:
    """Read one document's tables and write them; in the child process."""
    from extractor import pipeline
    from extractor.ingest import read_file
    from extractor.pages import NOBODY

    data = b""
    try:
        data = read_file(job.path, order.settings.ingest)
        document = pipeline.read_tables(data, printable(job.path.name), order.settings, order.watch or NOBODY)
    except DocumentError as error:
        return fail_tables(job, error, order, data)
    except MemoryError:
        return fail_tables(job, TooMuchMemory("there was not enough memory", "raise bulk.memory_mb"), order, data)
    except ExtractorError:
        raise
    except Exception as error:  # the outermost loop of a document
        log.debug("traceback of %s", job.path, exc_info=True)
        return fail_tables(job, InternalError(f"{type(error).__name__}: {error}", "please report it"), order, data)
    _write(document, job)
    return Result(job, document.outcome)


def fail_tables(job: Job, error: ExtractorError, order: Order, data: bytes = b"") -> Result:  # noqa: ARG001
    """Write what says why there are no tables."""
    from extractor.report import ErrorInfo, failed_tables

    info = ErrorInfo(code=error.code, message=error.message, advice=error.advice)
    sha256 = hashlib.sha256(data).hexdigest() if data else hash_file(job.path)
    _write(failed_tables(printable(job.path.name), sha256, info), job)
    return Result(job, "failed", error.code, error.message, error.advice)


def _write(document: TablesDocument, job: Job) -> None:
    from extractor.report import check_json

    text = document.to_json()
    check_json(text, "tables")
    assert job.target is not None
    write_text(text, job.target)
