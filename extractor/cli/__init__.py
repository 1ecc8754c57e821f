"""Arguments -> a command run -> an exit code. One module a command; each loads what it needs when it runs."""

from __future__ import annotations

import argparse
import errno
import importlib
import logging
import sys
from collections.abc import Sequence
from types import ModuleType

from extractor import __version__
from extractor.cli.common import add_common, set_up_logging
from extractor.errors import EXIT_FAILED, EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_USAGE, DocumentError, ExtractorError

COMMANDS = (
    "extract",
    "tables",
    "show",
    "review",
    "user",
    "bulk",
    "watch",
    "rematch",
    "compare",
    "upgrade",
    "backup",
    "restore",
    "service",
    "catalogue",
    "export",
    "report",
    "trace",
    "verify",
    "audit",
    "evaluate",
    "explain",
    "calibrate",
    "debug",
    "schema",
    "doctor",
)

__all__ = ["COMMANDS", "main", "make_parser"]

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
log = logging.getLogger("extractor")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the return value is the process's exit code."""
    parser = make_parser()
    args, rest = parser.parse_known_args(argv)
    if rest and (hasattr(args, "inputs") and not any(word.startswith("-") for word in rest)):
        args.inputs += rest  # inputs on both sides of an option
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    set_up_logging(args.verbose, quiet=args.quiet, as_json=args.log_json)
    try:
        code: int = _load(args.command).run(args)
    except ExtractorError as error:
        log.error("%s", error.message, extra={"code": error.code, "advice": error.advice})
        return EXIT_FAILED if isinstance(error, DocumentError) else EXIT_USAGE
    except KeyboardInterrupt:
        log.error("interrupted")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return _close_output()
    except OSError as error:
        if error.errno not in NO_ROOM:
            log.exception("internal error: please report it with the lines below")
            return EXIT_INTERNAL
        log.error("nothing can be written: %s", error, extra={"advice": "make room, then run the same command again"})
        return EXIT_USAGE
    except Exception:  # the outermost loop of the program: nothing may end without a message and a code
        log.exception("internal error: please report it with the lines below")
        return EXIT_INTERNAL
    return code


def make_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="extractor",
        description="Scanned Vietnamese administrative reports -> JSON in which every cell carries a confidence.",
        epilog="example:\n  extractor extract scans/ --out out/",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"extractor {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = _load(name)
        command = commands.add_parser(
            name,
            help=module.HELP,
            description=module.__doc__,
            epilog=f"example:\n  {module.EXAMPLE}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(command)
        add_common(command)
    return parser


def _load(name: str) -> ModuleType:
    return importlib.import_module(f"extractor.cli.{name}")


def _close_output() -> int:
    """The reader of our output went away (`| head`): no error, and no second one at exit."""
    sys.stderr.close()
    return 0
