"""The store -> a database that others read, as often as one likes: only what changed is written."""

from extractor.export.database.merge import Changes
from extractor.export.database.plan import check_plan, list_lines, read_plan, show_plan, write_plan
from extractor.export.database.run import Outcome, export_to, find_lost, look_at
from extractor.export.database.target import ExportError, Target, open_target

__all__ = [
    "Changes",
    "ExportError",
    "Outcome",
    "Target",
    "check_plan",
    "export_to",
    "find_lost",
    "list_lines",
    "look_at",
    "open_target",
    "read_plan",
    "show_plan",
    "write_plan",
]
