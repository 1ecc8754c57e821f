"""What every command shares: flags for settings and messages, their loading, and messages on stderr."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.errors import UsageError

if TYPE_CHECKING:
    from extractor.settings import Settings

EXTRA_KEYS = ("code", "advice", "input", "output", "outcome")


def add_common(parser: argparse.ArgumentParser) -> None:
    """Flags of settings and of messages."""
    group = parser.add_argument_group("settings and messages")
    group.add_argument("--config", type=Path, metavar="FILE", help="settings file (default: extractor.toml, if there)")
    group.add_argument(
        "--set", action="append", default=[], metavar="BLOCK.NAME=VALUE", help="any one setting, such as page.dpi=200"
    )
    group.add_argument("-v", "--verbose", action="count", default=0, help="say more (twice: everything)")
    group.add_argument("-q", "--quiet", action="store_true", help="say errors only, show no progress")
    group.add_argument("--log-json", action="store_true", help="messages as one JSON object a line")


def add_target_error(parser: argparse.ArgumentParser) -> None:
    """The flag that says how many accepted numbers may be wrong."""
    parser.add_argument(
        "--target-error", metavar="SHARE", help="share of accepted numbers that may be wrong (default 0.001)"
    )


def add_store(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """The flag that says which store."""
    parser.add_argument(
        "--store",
        required=required,
        metavar="URL",
        help="the store: a file name (SQLite) or postgresql://user@host/name",
    )


def read_settings(args: argparse.Namespace) -> Settings:
    """extractor.toml < environment < flags. Raises UsageError that names the setting."""
    from extractor.settings import load_settings

    if args.config is not None and not args.config.is_file():
        raise UsageError(f"there is no settings file {args.config}", "check the path given with --config")
    flags: dict[str, Any] = {"trust.target_error": getattr(args, "target_error", None)}
    for assignment in args.set:
        name, mark, value = assignment.partition("=")
        if not mark or name.count(".") != 1:
            raise UsageError(f"--set {assignment} is no BLOCK.NAME=VALUE", "write it as in --set page.dpi=200")
        flags[name] = value
    return load_settings(args.config, flags=flags)


def set_up_logging(verbose: int, *, quiet: bool, as_json: bool) -> None:
    """Messages go to stderr: errors only, warnings, steps, or everything."""
    level = logging.ERROR if quiet else [logging.WARNING, logging.INFO, logging.DEBUG][min(verbose, 2)]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if as_json else _Lines())
    logger = logging.getLogger("extractor")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        text = f"{record.levelname.lower()}: {record.getMessage()}"
        advice = getattr(record, "advice", "")
        if advice:
            text += f"\n  {advice}"
        return text + (f"\n{self.formatException(record.exc_info)}" if record.exc_info else "")


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        line |= {key: getattr(record, key) for key in EXTRA_KEYS if getattr(record, key, None)}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
