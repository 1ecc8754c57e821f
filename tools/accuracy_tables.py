"""What `extractor evaluate --json` wrote -> the tables of README: a line a profile, and a line a kind of cell.

Run as `python -m tools.accuracy_tables MEASURES.json...`; the reports of several files count together.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

KINDS = {
    "under-stamp": "under a stamp",
    "under-signature": "under a signature",
    "isolated-digit": "isolated digit",
    "page-break": "cut by a page break",
    "page-edge": "beside a page break",
    "handwritten": "handwritten",
}
CELLS = ("value cells", "right", "accepted", "accepted and wrong")
Counts = Mapping[str, Any]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measures", type=Path, nargs="+", help="JSON files of extractor evaluate")
    files = [json.loads(path.read_text(encoding="utf-8")) for path in parser.parse_args().measures]
    print("\n".join((*profile_table(files), "", *kind_table(files))))


def profile_table(files: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Lines of Markdown, a profile each and one of all."""
    yield _line("profile", "reports", "pages", "rows right", *CELLS[:2], "filled right", *CELLS[2:])
    yield "|---" * 9 + "|"
    profiles = sorted((p for file in files for p in file["profiles"]), key=lambda profile: str(profile["name"]))
    for one in (*profiles, {**_sum(profiles), "name": "**all**"}):
        yield _line(
            *(one[key] for key in ("name", "documents", "pages")),
            _share(one["rows_right"], one["rows"]),
            one["cells"],
            _share(one["right"], one["cells"]),
            _share(one["filled_right"], one["filled"]),
            _share(one["sure"], one["cells"], 1),
            one["silent"],
        )


def kind_table(files: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Lines of Markdown, a kind of cell each."""
    yield _line("cells that are", *CELLS)
    yield "|---" * 5 + "|"
    for tag, name in KINDS.items():
        one = _sum([kind for file in files for kind in file["tags"] if kind["name"] == tag])
        if one["cells"]:
            right, sure = _share(one["right"], one["cells"]), _share(one["sure"], one["cells"], 1)
            yield _line(name, one["cells"], right, sure, one["silent"])


def _line(*texts: object) -> str:
    return f"| {' | '.join(map(str, texts))} |"


def _sum(parts: Sequence[Counts]) -> Counter[str]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update({key: value for key, value in part.items() if isinstance(value, int)})
    return total


def _share(part: int, whole: int, digits: int = 2) -> str:
    return f"{100 * part / whole:.{digits}f} %" if whole else "-"


if __name__ == "__main__":
    main()
