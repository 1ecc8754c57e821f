"""An archive of reports -> every one extracted once, unattended: a ledger, isolated processes, limits, progress."""

from extractor.bulk.archive import find_documents, read_shelves
from extractor.bulk.cluster import ClusterRun
from extractor.bulk.document import Order, find_versions
from extractor.bulk.run import Run
from extractor.bulk.turn import Halted

__all__ = ["ClusterRun", "Halted", "Order", "Run", "find_documents", "find_versions", "read_shelves"]
