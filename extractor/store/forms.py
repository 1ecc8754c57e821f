"""The form that a document was judged by -> its catalogue: the shipped one, or the store's own copy of a folder's."""

from __future__ import annotations

import json
import zlib
from functools import lru_cache

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select, update

from extractor.errors import CatalogueError
from extractor.indicator import list_catalogues, load_catalogue
from extractor.records import Catalogue
from extractor.store.clock import now
from extractor.store.schema import document, extraction, kept_form

SHORT = 12  # digits of a form's checksum that a report's JSON names
MOST_REMEMBERED = 16
_CATALOGUE: TypeAdapter[Catalogue] = TypeAdapter(Catalogue)


def keep_form(connection: Connection, form: Catalogue) -> None:
    """Keep a form that does not ship: its folder may be changed or gone when a document is looked at again."""
    if form.name in list_catalogues() and load_catalogue(form.name) == form:
        return
    content = zlib.compress(_CATALOGUE.dump_json(form))
    old = connection.execute(select(kept_form.c.content).where(kept_form.c.sha256 == form.sha256)).scalar_one_or_none()
    if old is None:
        row = {"sha256": form.sha256, "name": form.name, "version": form.version, "content": content}
        connection.execute(insert(kept_form), row | {"kept_at": now()})
    elif old != content:  # the same folder with other places: those that ship changed
        connection.execute(update(kept_form).where(kept_form.c.sha256 == form.sha256).values(content=content))


def form_of(connection: Connection, document_id: int) -> Catalogue | None:
    """The form of a document's current extraction; None where it has none. Raises CatalogueError."""
    query = select(extraction.c.made_with).join(document, document.c.extraction_id == extraction.c.id)
    made_with = connection.execute(query.where(document.c.id == document_id)).scalar_one_or_none()
    named = None if made_with is None else json.loads(made_with)["catalogue"]
    return None if named is None else find_form(connection, named)


def find_form(connection: Connection, named: str) -> Catalogue:
    """The form that `name@version+checksum` means: a kept copy, else the shipped one of that name as it is now."""
    name, _, rest = named.rpartition("@")
    checksum = rest.rpartition("+")[2]
    where = (kept_form.c.name == name, kept_form.c.sha256.startswith(checksum, autoescape=True))
    kept = connection.execute(select(kept_form.c.content).where(*where)).scalar()
    if kept is not None:
        return _unpack(kept)
    if name in list_catalogues():
        return load_catalogue(name)
    raise CatalogueError(
        f"the store has no copy of the form {name}", "judge its documents again: extractor rematch --catalogue FOLDER"
    )


def named_forms(connection: Connection, name: str) -> tuple[Catalogue, ...]:
    """All forms of a name, the newest first: kept ones, then the shipped one."""
    query = select(kept_form.c.content).where(kept_form.c.name == name).order_by(kept_form.c.kept_at.desc())
    kept = tuple(_unpack(content) for content in connection.execute(query).scalars())
    return (*kept, load_catalogue(name)) if name in list_catalogues() else kept


@lru_cache(maxsize=MOST_REMEMBERED)
def _unpack(content: bytes) -> Catalogue:
    return _CATALOGUE.validate_json(zlib.decompress(content))
