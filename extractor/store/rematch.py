"""Documents of a store -> each judged again once, told what changes, and kept so where that is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.errors import ExtractorError
from extractor.settings import Settings
from extractor.store.again import judge_again, save_again
from extractor.store.changes import Changes, find_changes
from extractor.store.opening import Store
from extractor.store.save import asking_of, parse_written


@dataclass(frozen=True, slots=True)
class Rematched:
    """How it went with one document. `changed`: its JSON is another one; without `changes` it could not be judged."""

    document_id: int
    changed: bool = False
    changes: Changes | None = None
    message: str = ""
    advice: str = ""


def rematch_document(
    store: Store, document_id: int, settings: Settings, catalogue: str | None = None, *, keep: bool
) -> Rematched:
    """Judge a document once; keep exactly what is told. Where it is changed meanwhile, it is judged once more.

    The archive is not compared: see `compare_archive`, once for all documents.
    """
    try:
        while True:
            again = judge_again(store, document_id, settings, catalogue)
            written = parse_written(again.text)
            with store.read() as connection:
                changes = find_changes(connection, again, written)
            if not keep or save_again(store, again, "rematch", asking_of(settings), written=written, compare=False):
                return Rematched(document_id, again.changed, changes)
    except ExtractorError as error:
        return Rematched(document_id, message=error.message, advice=error.advice)
