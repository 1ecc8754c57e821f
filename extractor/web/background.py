"""Documents that were touched -> their findings checked and their rows judged again, behind the answers."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from extractor.errors import ExtractorError
from extractor.settings import Settings
from extractor.store import Store, bring_up_to_date, recheck

LAST_SECONDS = 10.0  # that a document at hand may take when the application ends
SETTLE_SECONDS = 0.3  # several decisions on a document are checked together

log = logging.getLogger("extractor")


class Background:
    """A thread that keeps findings in line with what people settle."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._wanted: dict[int, bool] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._busy = False
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="checks")
        self._thread = threading.Thread(target=self._run, name="checks", daemon=True)
        self._thread.start()

    def check(self, document_id: int, *, rows: bool = False) -> None:
        """Check a document soon; `rows`: judge it again too, since a row, its head or a page was settled."""
        with self._changed:
            self._wanted[document_id] = rows or self._wanted.get(document_id, False)
            self._changed.notify_all()

    def wait(self, seconds: float = 30.0) -> bool:
        """Wait until nothing is left to check."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._wanted and not self._busy, seconds)

    def close(self) -> None:
        """Stop after the document at hand; whoever closes the store then closes it under nobody."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(LAST_SECONDS)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self._closed)
                if self._closed:
                    return
                self._changed.wait(SETTLE_SECONDS)
                wanted, self._wanted, self._busy = self._wanted, {}, True
            for document_id, rows in wanted.items():
                fault = self._pool.submit(self._check, document_id, rows).exception()
                if fault is not None:  # of the program: told, and the next document is checked all the same
                    log.error("document %d could not be checked", document_id, exc_info=fault)
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _check(self, document_id: int, rows: bool) -> None:
        try:
            if rows:
                bring_up_to_date(self._store, document_id, self._settings)
            else:
                recheck(self._store, document_id)
        except ExtractorError as error:
            log.error("document %d: %s", document_id, error.message, extra={"advice": error.advice})
