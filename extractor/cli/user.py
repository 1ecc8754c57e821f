"""Names, roles and passwords of the people who review; tokens of the programs that read."""

from __future__ import annotations

import argparse
import getpass
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from extractor.cli.common import add_store, read_settings
from extractor.errors import EXIT_OK, UsageError

if TYPE_CHECKING:
    from extractor.store import Store

HELP = "people of the review application: add, list, password, role, disable, enable; tokens for programs"
EXAMPLE = "extractor user add lan --role reviewer --store kho.db"
ACTIONS = ("add", "list", "password", "role", "disable", "enable", "token", "revoke-token")
ROLES = ("viewer", "reviewer", "adjudicator", "administrator")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("action", choices=ACTIONS, help="what to do")
    parser.add_argument("name", nargs="?", metavar="NAME", help="who, or which token")
    add_store(parser, required=True)
    parser.add_argument("--role", choices=ROLES, default=None, help="what the person may do (add: reviewer)")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from a line of stdin")


def run(args: argparse.Namespace) -> int:
    """Do one thing."""
    from extractor.cli.work import open_named_store

    with closing(open_named_store(args.store, read_settings(args))) as store:
        return _do(args, store)


def _do(args: argparse.Namespace, store: Store) -> int:
    from extractor.store import add_person, add_token, change_person, list_people, revoke_token

    if args.action == "list":
        with store.read() as connection:
            for name, role, active in list_people(connection):
                print(f"{name}\t{role}\t{'' if active else 'disabled'}".rstrip())
        return EXIT_OK
    if not args.name:
        raise UsageError(f"{args.action} needs a name", "see extractor user --help")
    match args.action:
        case "add":
            add_person(store, args.name, _read_password(args), args.role or "reviewer")
        case "password":
            change_person(store, args.name, password=_read_password(args))
        case "role":
            change_person(store, args.name, role=_need_role(args))
        case "token":
            print(add_token(store, args.name))
        case "revoke-token":
            revoke_token(store, args.name)
        case action:
            change_person(store, args.name, active=action == "enable")
    return EXIT_OK


def _need_role(args: argparse.Namespace) -> str:
    if args.role is None:
        raise UsageError("the new role is missing", f"give --role with one of {', '.join(ROLES)}")
    return str(args.role)


def _read_password(args: argparse.Namespace) -> str:
    """Typed twice on a terminal, else a line of stdin; never an argument that others can see."""
    if args.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("no terminal to ask for the password on", "give --password-stdin")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise UsageError("the two passwords differ", "type them again")
    return first
