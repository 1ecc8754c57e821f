"""Now -> the text that the store keeps of it, in UTC; texts of times order as the times do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def now(shift_seconds: float = 0.0) -> str:
    """This moment, or one before or after it."""
    return (datetime.now(UTC) + timedelta(seconds=shift_seconds)).strftime(FORMAT)


def parse_time(text: str) -> datetime:
    """The text of a time -> the time."""
    return datetime.strptime(text, FORMAT).replace(tzinfo=UTC)
