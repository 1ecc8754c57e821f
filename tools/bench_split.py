"""Feeder files made of generated reports -> how many borders and page problems are found, and what is silently wrong.

python -m tools.bench_split REPORTS_DIR [--files N] [--seed N]: REPORTS_DIR holds what the generator wrote.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from extractor.errors import DocumentError
from extractor.ingest import open_source
from extractor.pipeline import judge
from extractor.pipeline import read_reports as read_parts
from extractor.report import assemble_document
from extractor.settings import Settings, load_settings
from fixtures.generator.feeder import KINDS, Feed, Report, plan_feed, read_reports, write_feed

NAMED_BY = {
    "swap": ("page-order",),
    "double": ("doubled-page", "doubtful-page"),
    "lost": ("missing-page",),
    "foreign": ("foreign-page", "doubtful-page"),
    "replaced": ("foreign-page", "doubtful-page"),
    "headless": ("doubtful-border",),
}


def main() -> None:
    """Make files, read them, count."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("reports", type=Path)
    parser.add_argument("--files", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    reports, settings, counts = read_reports(args.reports), load_settings(), Counter[str]()
    for number in range(args.files):
        rng = Random(f"{args.seed}/{number}")
        kind = KINDS[number % len(KINDS)]
        chosen = rng.sample(reports, rng.randint(3, 5) + 1)
        feed = plan_feed(kind, chosen, len(chosen) - 1, rng)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"feeder-{number}.pdf"
            write_feed(feed, chosen, path)
            _measure(path, kind, feed, chosen, settings, counts)
    print(json.dumps(counts, indent=1, sort_keys=True))


def _measure(path: Path, kind: str, feed: Feed, chosen: list[Report], settings: Settings, counts: Counter[str]) -> None:
    began = time.process_time()
    parts = read_parts(open_source(path, settings.ingest), None, settings)
    trees = [
        (pages, json.loads(assemble_document(judge(part, settings)).to_json()))
        for pages, part in parts
        if not isinstance(part, DocumentError)
    ]
    counts["cpu-seconds"] += round(time.process_time() - began)
    counts["pages"] += len(feed.leaves)
    wrong = [line for pages, tree in trees for line in _silent(pages, tree, feed, chosen, counts)]
    borders = {feed.leaves.index(leaf) + 1 for leaf in _first_leaves(feed)}
    found = {min(pages) for pages, _ in parts}
    named = [_is_named(one.kind, one.page, trees) for one in feed.planted]
    counts["borders"] += len(borders)
    counts["borders-found"] += len(borders & found)
    counts["borders-extra"] += len(found - borders)
    counts["planted"] += len(named)
    counts["planted-named"] += sum(named)
    counts["silent"] += len(wrong)
    notes = [(f["rule"], f["page"]) for _, tree in trees for f in tree["findings"] if f["kind"] == "page"]
    print(kind, [(p.kind, p.page + 1) for p in feed.planted], "named" if all(named) else "NOT NAMED", notes)
    if borders != found or wrong:
        print("  borders", sorted(borders - found), sorted(found - borders), *wrong[:8], sep="\n   ")


def _first_leaves(feed: Feed) -> list[tuple[int, int]]:
    """The first page of each report that is a report of the file, not a page among others."""
    sizes = Counter(report for report, _ in feed.leaves)
    return [next(leaf for leaf in feed.leaves if leaf[0] == report) for report, size in sizes.items() if size > 1]


def _is_named(kind: str, at: int, trees: list[tuple[tuple[int, ...], dict[str, Any]]]) -> bool:
    """Whether a finding of the right rule names the page or its neighbour; a message names all pages in their order."""
    near = {at, at + 1, at + 2, at + 3, None}
    return any(
        finding["rule"] in NAMED_BY[kind] and finding["page"] in near
        for _, tree in trees
        for finding in tree["findings"]
    )


def _silent(
    pages: tuple[int, ...], tree: dict[str, Any], feed: Feed, chosen: list[Report], counts: Counter[str]
) -> Iterator[str]:
    """Accepted values that are not what this report prints, and rows taken for left out that it prints."""
    report = Counter(feed.leaves[page - 1][0] for page in pages).most_common(1)[0][0]
    truth = {row["code"]: row for row in chosen[report].truth["rows"]}
    organisation = tree["document"]["organisation"]
    if (
        organisation["status"] == "accepted"
        and organisation["code"] != chosen[report].truth["head"]["organisation"]["code"]
    ):
        yield f"organisation {organisation['value']}"
    for one in tree["indicators"]:
        row, value = one["row"], one["value"]
        printed = truth.get(one["code"])
        if row["state"] == "absent" and row["status"] == "accepted" and printed is not None:
            yield f"{one['code']} absent"
        if row["state"] != "matched" or value["type"] == "header":
            continue
        counts["values"] += 1
        counts["accepted"] += value["status"] == "accepted"
        if value["status"] == "accepted" and not _is_right(value, printed, feed.leaves[value["page"] - 1][0] == report):
            yield f"{one['code']} page {value['page']} {value['state']} {value['raw']!r}"


def _is_right(value: dict[str, Any], printed: dict[str, Any] | None, own_page: bool) -> bool:
    if printed is None or not own_page:
        return False
    true = printed["value"]
    return bool(true["state"] == value["state"] and true["number"] == value["number"])


if __name__ == "__main__":
    main()
