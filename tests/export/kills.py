"""What is killed at random moments: a process that exports again and again, and one that corrects and re-extracts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from extractor.export.database import export_to, open_target
from extractor.store import NewDecision, Refused, Store, decide, open_store, read_cells, save_report
from tests.export.reports import edit, edit_head, form, make_report

CODES = [one.code for one in form().indicators if one.type == "count"]
NAMES = {"942": "UBND huyện Châu Thành", "949": "UBND huyện Thạnh Trị", "943": "UBND huyện Kế Sách"}


@dataclass(frozen=True)
class Place:
    """Where a store is: a file's name or a URL, and the folder of its originals."""

    address: str
    files: Path

    def open(self) -> Store:
        """The store there."""
        return open_store(self.address, files=self.files)


def export_for_ever(where: Place, target_path: str) -> None:
    """Export until killed."""
    store, target = where.open(), open_target(target_path)
    while True:
        export_to(store, target)


def change_for_ever(where: Place, seed: int, acknowledged: str) -> None:
    """Settle values, correct organisations, read documents again, until killed; write down what was kept."""
    draw = random.Random(seed)
    store = where.open()
    with store.read() as connection:
        documents = [row.id for row in connection.exec_driver_sql("SELECT id FROM document ORDER BY id")]
    turn = 0
    while True:
        turn += 1
        one = draw.choice(documents)
        if draw.random() < 0.2:
            read_again(where, draw, one)
            continue
        head = draw.random() < 0.15
        key = "head/organisation" if head else f"{draw.choice(CODES)}/value"
        with store.read() as connection:
            cells = read_cells(connection, one, (key,))
        settled = cells[0].settled
        number = str(draw.randrange(10_000))
        code = draw.choice(sorted(NAMES))
        after = {"text": NAMES[code], "code": code} if head else {"state": "read", "raw": number, "number": number}
        request = f"{seed}-{turn}"
        try:
            kind = "misread"
            decide(store, NewDecision(request, one, key, kind, "lan", after, seen=settled.seq if settled else 0))
        except Refused:
            continue
        with Path(acknowledged).open("a", encoding="utf-8") as file:
            file.write(f"{request}\n")


def read_again(where: Place, draw: random.Random, document_id: int) -> None:
    """The document's file again, with other values and a surer or less sure head."""
    store = where.open()
    try:
        with store.read() as connection:
            name = connection.exec_driver_sql(f"SELECT name FROM document WHERE id = {document_id}").scalar_one()
        if not name.startswith("bao-cao-"):
            return
        organisation, _, period = name.removeprefix("bao-cao-").removesuffix(".pdf").partition("-")
        data, text = make_report(organisation, period.replace("-P9M", "/P9M"))
        changes = {code.replace(".", "_"): {"number": draw.randrange(10_000)} for code in draw.sample(CODES, 5)}
        status = draw.choice(("accepted", "accepted", "review"))
        save_report(store, data, edit_head(edit(text, **changes), "period", status=status), None)
    finally:
        store.close()
