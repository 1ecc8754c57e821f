"""The store: documents, what the machine read in them, what people settled, and what is left to look at."""

from extractor.store.address import Address, parse_address
from extractor.store.again import Again, differences, has_orders, judge_again, list_readable, read_orders, save_again
from extractor.store.codec import as_report, pack_report, parse_document, unpack_json, unpack_readings
from extractor.store.current import open_tasks, read_cells, read_settled
from extractor.store.decide import Leased, Refused, Stale, check_chain, decide, decide_within
from extractor.store.files import keep_original, original_path, read_original
from extractor.store.opening import Store, StoreError, open_store, upgrade_store, write_again
from extractor.store.people import (
    ROLES,
    Person,
    add_person,
    add_token,
    change_person,
    end_session,
    find_person,
    is_token,
    list_people,
    revoke_token,
    set_language,
    start_session,
)
from extractor.store.place import place_document
from extractor.store.queue import Filter, count_tasks, keep_lease, lease_next, lease_task, postpone, release
from extractor.store.recheck import check_cells, read_findings, recheck
from extractor.store.records import CurrentCell, Decided, NewDecision, Settled, StoredCell, Task
from extractor.store.save import Asking, Part, Shelf, save_extraction, save_report, sync_tasks

__all__ = [
    "ROLES",
    "Address",
    "Again",
    "Asking",
    "CurrentCell",
    "Decided",
    "Filter",
    "Leased",
    "NewDecision",
    "Part",
    "Person",
    "Refused",
    "Settled",
    "Shelf",
    "Stale",
    "Store",
    "StoreError",
    "StoredCell",
    "Task",
    "add_person",
    "add_token",
    "as_report",
    "change_person",
    "check_cells",
    "check_chain",
    "count_tasks",
    "decide",
    "decide_within",
    "differences",
    "end_session",
    "find_person",
    "has_orders",
    "is_token",
    "judge_again",
    "keep_lease",
    "keep_original",
    "lease_next",
    "lease_task",
    "list_people",
    "list_readable",
    "open_store",
    "open_tasks",
    "original_path",
    "pack_report",
    "parse_address",
    "parse_document",
    "place_document",
    "postpone",
    "read_cells",
    "read_findings",
    "read_orders",
    "read_original",
    "read_settled",
    "recheck",
    "release",
    "revoke_token",
    "save_again",
    "save_extraction",
    "save_report",
    "set_language",
    "start_session",
    "sync_tasks",
    "unpack_json",
    "unpack_readings",
    "upgrade_store",
    "write_again",
]
