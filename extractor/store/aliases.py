"""Rows that people matched and whose wording they proposed as an alias -> the proposals, most frequent first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy import text as sql

from extractor.store.current import as_settled
from extractor.store.forms import named_forms
from extractor.store.schema import document


@dataclass(frozen=True, slots=True)
class Alias:
    """A printed wording for an indicator of a form. `documents`: in which it was proposed; `users`: by whom."""

    form: str
    code: str
    label: str
    documents: int
    users: tuple[str, ...]

    def to_tree(self) -> dict[str, Any]:
        """For JSON."""
        names = ("form", "code", "label", "documents")
        return {name: getattr(self, name) for name in names} | {"users": list(self.users)}


def list_aliases(connection: Connection) -> tuple[Alias, ...]:
    """Proposals that stand and that the form does not know yet."""
    forms = {row.id: row.catalogue for row in connection.execute(select(document.c.id, document.c.catalogue))}
    seen: dict[tuple[str, str, str], list[tuple[int, str]]] = defaultdict(list)
    for row in connection.execute(sql("SELECT * FROM settled WHERE kind = 'matched' ORDER BY seq")):
        said, form = as_settled(row).after, forms.get(row.document_id)
        label = " ".join(str(said.get("label") or "").split())
        if form and said.get("alias") and said.get("code") and label:
            seen[form, said["code"], label].append((row.document_id, row.user_name))
    known = {form: _wordings(connection, form) for form in {key[0] for key in seen}}
    found = [
        Alias(form, code, label, len({one for one, _ in by}), tuple(sorted({user for _, user in by})))
        for (form, code, label), by in seen.items()
        if label.casefold() not in known[form].get(code, ())
    ]
    return tuple(sorted(found, key=lambda one: (-one.documents, one.form, one.code, one.label)))


def _wordings(connection: Connection, form: str) -> dict[str, frozenset[str]]:
    newest = named_forms(connection, form)[:1]
    return {
        one.code: frozenset(text.casefold() for text in (one.label, *one.variants))
        for known in newest
        for one in known.indicators
    }
