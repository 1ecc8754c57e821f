"""Published values drawn at random for a blind check, and what the check says of all of them."""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.cli.common import add_store, read_settings
from extractor.errors import EXIT_OK, EXIT_PARTIAL, UsageError

if TYPE_CHECKING:
    from extractor.audit import Stratum

HELP = "draw published values at random for a blind check, and state the error bound that follows"
EXAMPLE = "extractor audit draw -n 300 --store kho.db --out kiem-tra/\n  extractor audit result kiem-tra/"
SEEDS = 10**9


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("action", choices=("draw", "result"))
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="result: the folder of the draw")
    add_store(parser, required=False)
    parser.add_argument("-n", type=int, default=300, metavar="N", help="draw: how many values (default 300)")
    parser.add_argument("--seed", type=int, metavar="SEED", help="draw: the same seed draws the same values")
    parser.add_argument("--out", type=Path, metavar="DIR", help="draw: folder to write to (default: audit)")


def run(args: argparse.Namespace) -> int:
    """Draw, or tell the result: exit code 3 while values are not filled in."""
    try:
        import extractor.audit  # noqa: F401
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed", "run pip install 'extractor-baocao[export]'") from error
    return _draw(args) if args.action == "draw" else _tell(args)


def _draw(args: argparse.Namespace) -> int:
    from extractor.audit import draw_items, write_draw
    from extractor.audit.result import LEVEL
    from extractor.calibrate.risk import upper_bound
    from extractor.cli.work import open_named_store

    folder = args.out or args.folder or Path("audit")
    if args.store is None:
        raise UsageError("nothing says from which store", "give --store URL")
    if args.n < 1:
        raise UsageError("at least one value must be drawn", "give -n 300")
    if (folder / "answers.csv").exists():
        raise UsageError(f"{folder} holds a draw already", "give another --out: what was filled in must not be lost")
    store = open_named_store(args.store, read_settings(args), create=False)
    try:
        drawn = draw_items(store, args.n, random.randrange(SEEDS) if args.seed is None else args.seed)
        if not drawn.items:
            raise UsageError("the store has no published value", "extract and settle some first")
        digest = write_draw(store, drawn, folder)
    finally:
        store.close()
    human = sum(item.stratum == "human" for item in drawn.items)
    print(f"{len(drawn.items)} of {sum(drawn.population.values())} published values drawn (seed {drawn.seed}): "
          f"{len(drawn.items) - human} the machine's, {human} settled by people")  # fmt: skip
    print(f"{folder / 'sheet.html'}: what is printed, without readings; {folder / 'answers.csv'}: write it there")
    print(f"{folder / 'key.json'}: what is published, not for who checks; its SHA-256 is {digest}")
    best = upper_bound(0, len(drawn.items), LEVEL)
    print(f"if none is wrong, at most {100 * best:.2f} % of all published values are (one-sided {1 - LEVEL:.0%} bound)")
    return EXIT_OK


def _tell(args: argparse.Namespace) -> int:
    from extractor.audit import read_result

    found = read_result(args.folder or args.out or Path("audit"))
    for item, text in found.wrong:
        print(f"{item.number}: {item.document}, page {item.page}, {item.code}: published {item.value}, printed {text}; "
              f"extractor trace {item.id}")  # fmt: skip
    for one in (*found.strata, found.total):
        print(_line(one))
    if found.open:
        print(f"{found.open} drawn values are not filled in yet: a bound holds for all that were drawn, not for some")
    return EXIT_PARTIAL if found.open else EXIT_OK


def _line(one: Stratum) -> str:
    from extractor.audit.result import LEVEL

    name = {"machine": "the machine's", "human": "settled by people", "all": "all"}[one.name]
    illegible = f", {one.illegible} not legible (counted as wrong)" if one.illegible else ""
    return (
        f"{name}: {one.wrong} of {one.checked} wrong{illegible}; of {one.population} published at most "
        f"{100 * one.bound:.2f} % (exact one-sided {1 - LEVEL:.0%} bound)"
    )
