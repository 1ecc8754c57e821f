"""An archive of reports -> every one extracted once, unattended: a ledger, isolated processes, limits, progress."""

from extractor.bulk.archive import Unreadable, find_documents
from extractor.bulk.cluster import ClusterRun
from extractor.bulk.deliver import deliver, find_missing, write_unreadable
from extractor.bulk.order import Order
from extractor.bulk.run import Run
from extractor.bulk.shelves import read_shelves
from extractor.bulk.turn import Halted
from extractor.bulk.versions import ask_versions

__all__ = [
    "ClusterRun",
    "Halted",
    "Order",
    "Run",
    "Unreadable",
    "ask_versions",
    "deliver",
    "find_documents",
    "find_missing",
    "read_shelves",
    "write_unreadable",
]
