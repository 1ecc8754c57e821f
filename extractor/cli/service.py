"""A store -> units of systemd for its review server and its backups, with paths filled in and rights taken away."""

from __future__ import annotations

import argparse
import getpass
import shutil
import sys
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from extractor.cli.common import add_store, read_settings
from extractor.errors import EXIT_OK, UsageError

if TYPE_CHECKING:
    from extractor.store import Address

HELP = "print or write systemd units for the review server and nightly backups"
EXAMPLE = "extractor service --store kho.db --backup /mnt/backup/kho --out /etc/systemd/system"
UNITS = Path(__file__).resolve().parent / "units"
REVIEW, BACKUP, TIMER = "extractor-review.service", "extractor-backup.service", "extractor-backup.timer"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    add_store(parser, required=True)
    parser.add_argument("--backup", type=Path, metavar="DIR", help="back up to this folder every night")
    parser.add_argument("--keep", type=int, default=30, metavar="N", help="how many backups stay (default 30)")
    parser.add_argument("--user", default=None, help="who runs it (default: who calls this; never root)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8765, help="port (default 8765)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--print", action="store_true", dest="show", help="print them (the default)")
    what.add_argument("--out", type=Path, metavar="DIR", help="write them into this folder")


def run(args: argparse.Namespace) -> int:
    """Print or write the units."""
    from extractor.store import parse_address

    settings = read_settings(args)
    user = args.user or getpass.getuser()
    if user == "root":
        raise UsageError("the server must not run as root", "give --user with an account of its own")
    address = parse_address(args.store, Path(settings.store.files).absolute() if settings.store.files else None)
    if address.url.password:
        raise UsageError("a password would stand in the unit", "leave it out, and keep it in the user's ~/.pgpass")
    for name, text in make_units(address, user, args).items():
        if args.out is None:
            print(f"# {name}\n{text}")
            continue
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / name).write_text(text, encoding="utf-8")
        print(args.out / name)
    return EXIT_OK


def make_units(address: Address, user: str, args: argparse.Namespace) -> dict[str, str]:
    """The units by name. Folders that are written to must be there before a unit starts."""
    writable = [address.files]
    if address.is_sqlite:
        writable.insert(0, Path(str(address.url.database)).parent)
    backup = None if args.backup is None else args.backup.absolute()
    words = {
        "program": _quote(_find_program()),
        "store": _quote(str(address.url.database) if address.is_sqlite else _plain_url(address)),
        "user": user,
        "host": _quote(args.host),
        "port": str(args.port),
        "keep": str(args.keep),
        "backup": _quote(str(backup)),
        "after": "" if address.is_sqlite else "postgresql.service",
        "environment": _quote(f"EXTRACTOR_STORE_FILES={address.files}"),
    }
    units = {REVIEW: writable}
    if backup is not None:
        units |= {BACKUP: [*writable, backup], TIMER: []}
    made = {}
    for name, paths in units.items():
        places = " ".join(_quote(str(path)) for path in paths)
        hardening = Template((UNITS / "hardening").read_text(encoding="utf-8")).substitute(writable=places)
        text = Template((UNITS / name).read_text(encoding="utf-8")).substitute(words, hardening=hardening)
        made[name] = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    return made


def _find_program() -> str:
    beside = Path(sys.executable).with_name("extractor")
    found = str(beside) if beside.is_file() else shutil.which("extractor")
    if found is None:
        raise UsageError("the program extractor is not installed here", "run this from the environment of the server")
    return found


def _plain_url(address: Address) -> str:
    return address.url.set(drivername="postgresql").render_as_string()


def _quote(text: str) -> str:
    """As systemd reads it: one word, nothing expanded."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return plain if plain and not set(plain) & set(" \t\"\\;'") else f'"{plain}"'
