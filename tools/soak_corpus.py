"""A folder of broken PDFs -> whether each is read or named: `python -m tools.soak_corpus DIR [--bulk N]`.

Every file is opened and all its pages are drawn, each file in a child process within limits; then `extractor bulk` runs
over the first N of them (all, unless told). No crash, no hang past its limit, no failure without a code, and no page
that comes out blank where another look at its content finds that it shows something.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium

from extractor.cli.pool import Broken, Limits, run_isolated
from extractor.errors import DocumentError
from extractor.ingest import open_bytes
from extractor.page import open_pages
from extractor.settings import load_settings

MOST_PAGES = 12  # of one file: they are broken in the same way
LIMITS = Limits(page_seconds=60, document_seconds=300, memory_mb=2000)
START = "import sys; from extractor.cli import main; sys.exit(main())"
PAINTS = ("Tj", "TJ", "'", '"')
BAD = ("crashed", "worker-died", "internal-error")


@dataclass(frozen=True, slots=True)
class Seen:
    """`ended`: opened, or an error's code; `pages`: how each ended; `silent`: blank pages that should not be."""

    path: Path
    ended: str
    pages: tuple[str, ...] = ()
    silent: tuple[int, ...] = ()


def see(path: Path, tell: object, skip: Mapping[int, str]) -> Seen:
    """Open a file and draw its pages. Anything but a DocumentError is a fault of ours."""
    settings = load_settings(environ={})
    assert callable(tell)
    try:
        source = open_bytes(path.read_bytes(), path.name, settings.ingest)
    except DocumentError as error:
        return Seen(path, error.code)
    pages, silent = [], []
    with open_pages(source, settings) as reader:
        for number in range(1, min(source.page_count, MOST_PAGES) + 1):
            tell("page", number)
            if number in skip:
                pages.append(skip[number])
                continue
            try:
                sheet = reader.draw(number)
            except DocumentError as error:
                pages.append(error.code)
                continue
            blank = int(sheet.pixels.max()) - int(sheet.pixels.min()) <= 2
            pages.append("blank" if blank else "drawn")
            if blank and _should_show(source.data, number):
                silent.append(number)
    return Seen(path, "opened", tuple(pages), tuple(silent))


def _should_show(data: bytes, number: int) -> bool:
    """Whether the text layer of a page that came out blank has words that lie on it and are not white."""
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            steps = [str(step.operator) for step in pikepdf.parse_content_stream(document.pages[number - 1])]
        with pdfium.PdfDocument(data) as drawn:
            words = drawn[number - 1].get_textpage().get_text_bounded().strip()
    except (pikepdf.PdfError, pdfium.PdfiumError, RuntimeError, ValueError, TypeError):
        return False
    return bool(words) and any(step in PAINTS for step in steps) and "Tr" not in steps and "rg" not in steps


def draw_all(files: list[Path], jobs: int) -> list[str]:
    """Faults of opening and drawing."""
    ended: Counter[str] = Counter()
    pages: Counter[str] = Counter()
    faults = []
    for seen in run_isolated(files, jobs, see, _broken, LIMITS):
        ended[seen.ended] += 1
        pages.update(seen.pages)
        if seen.ended in BAD or set(seen.pages) & set(BAD) or seen.silent:
            faults.append(f"{seen.path}: {seen.ended}, pages {set(seen.pages)}, blank {seen.silent}")
    print("files:", dict(ended.most_common()))
    print("pages:", dict(pages.most_common()))
    return faults


def _broken(path: Path, broken: Broken) -> Seen:
    return Seen(path, broken.code)


def bulk_all(files: list[Path], jobs: int) -> list[str]:
    """Faults of a bulk run: files that have no end, no code, or one that is our fault."""
    with tempfile.TemporaryDirectory() as folder:
        archive, out, store = Path(folder) / "in", Path(folder) / "out", Path(folder) / "ledger.db"
        archive.mkdir()
        for number, path in enumerate(files):
            shutil.copyfile(path, archive / f"{number:05d}.pdf")
        command = ["bulk", str(archive), "--store", str(store), "--only-files", "--out", str(out), "--jobs", str(jobs)]
        run = subprocess.run([sys.executable, "-c", START, *command, "-q"], check=False)
        faults = [] if run.returncode in (0, 3, 4) else [f"bulk ended with {run.returncode}"]
        ended: Counter[str] = Counter()
        for number, path in enumerate(files):
            target = out / f"{number:05d}.json"
            tree = json.loads(target.read_text(encoding="utf-8")) if target.is_file() else None
            code = "no JSON" if tree is None else (tree["error"] or {"code": tree["outcome"]})["code"]
            ended[code] += 1
            if code in (*BAD, "no JSON", ""):
                faults.append(f"{path}: {code}")
    print("bulk:", dict(ended.most_common()))
    return faults


def main() -> int:
    """0 where nothing is wrong, else 1 and what."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--bulk", type=int, default=None, metavar="N", help="files that bulk reads too (default: all)")
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    logging.getLogger("pypdfium2").setLevel(logging.ERROR)
    files = sorted(path for path in args.corpus.rglob("*") if path.suffix.lower() == ".pdf" and path.is_file())
    if not files:
        parser.error(f"there is no PDF in {args.corpus}")
    faults = draw_all(files, args.jobs)
    if args.bulk != 0:
        faults += bulk_all(files[: args.bulk], args.jobs)
    print(f"{len(files)} files, {len(faults)} faults", *faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
