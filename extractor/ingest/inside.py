"""An opened PDF -> its pages in order whatever its tree says, and what it carries besides them. Nothing is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
DEEPEST = 200  # levels of a page tree
MOST_OBJECTS = 20_000  # looked at for scripts and attachments
NESTED = 4  # levels of direct dictionaries within an object
SCRIPTS = ("/JavaScript", "/Launch", "/Rendition")
Inherited = dict[str, pikepdf.Object]


@dataclass(frozen=True, slots=True)
class PageTree:
    """`pages`: leaves in order, with what they inherit; `sound`: every count is right, and nothing occurs twice."""

    pages: tuple[tuple[pikepdf.Object, Inherited], ...]
    sound: bool


def walk_pages(document: pikepdf.Pdf, most: int) -> PageTree:
    """The leaves of the page tree, at most `most`; loops and what is no page are left out."""
    pages: list[tuple[pikepdf.Object, Inherited]] = []
    seen: set[tuple[int, int]] = set()
    sound = True
    # a node with what it inherits, or a node with the number of leaves before it, to compare its count
    todo: list[tuple[pikepdf.Object, Inherited | int, int]] = [(document.Root.get("/Pages"), {}, 0)]
    while todo and len(pages) < most:
        node, inherited, depth = todo.pop()
        if isinstance(inherited, int):
            sound = sound and _count(node) == len(pages) - inherited
            continue
        if not isinstance(node, pikepdf.Dictionary) or depth > DEEPEST:
            sound = False
            continue
        if "/Kids" not in node and depth:
            pages.append((node, inherited))
            continue
        if node.objgen in seen and node.is_indirect:
            sound = False
            continue
        seen.add(node.objgen)
        own = inherited | {name: node[name] for name in INHERITED if name in node}
        todo.append((node, len(pages), depth))
        kids = node.get("/Kids")
        todo.extend((kid, own, depth + 1) for kid in reversed(list(kids) if isinstance(kids, pikepdf.Array) else []))
    return PageTree(tuple(pages), sound)


def _count(node: pikepdf.Object) -> int:
    count = node.get("/Count")
    return count if isinstance(count, int) else -1


def flatten_pages(document: pikepdf.Pdf, tree: PageTree) -> None:
    """Give the document a page tree of one level with all these pages."""
    root = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Pages, Count=0))
    kids = []
    used: set[tuple[int, int]] = set()
    for page, inherited in tree.pages:
        leaf = page if page.is_indirect and page.objgen not in used else document.make_indirect(_copy(page))
        used.add(leaf.objgen)
        for name, value in inherited.items():
            if name not in leaf:
                leaf[name] = value
        leaf.Type, leaf.Parent = pikepdf.Name.Page, root
        kids.append(leaf)
    root.Kids, root.Count = pikepdf.Array(kids), len(kids)
    document.Root.Pages = root


def _copy(page: pikepdf.Object) -> pikepdf.Dictionary:
    return pikepdf.Dictionary({key: page[key] for key in page.keys()})  # noqa: SIM118 a pikepdf object is no dict


def find_contents(document: pikepdf.Pdf) -> tuple[str, ...]:
    """Notes of what the file carries that is not drawn: javascript, attachments, xfa."""
    notes = {note for item in _dictionaries(document) for note in _notes_of(item)}
    return tuple(sorted(notes))


def _dictionaries(document: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary of the file, those within others too."""
    for number, item in enumerate(document.objects):
        if number >= MOST_OBJECTS:
            return
        todo = [(item, 0)]
        while todo:
            one, depth = todo.pop()
            if isinstance(one, pikepdf.Stream):
                one = one.stream_dict
            if isinstance(one, pikepdf.Dictionary):
                yield one
                inner = [one[key] for key in one.keys()] if depth < NESTED else []  # noqa: SIM118
            else:
                inner = list(one)[:NESTED] if isinstance(one, pikepdf.Array) and depth < NESTED else []
            todo.extend(
                (value, depth + 1)
                for value in inner
                if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect
            )


def _notes_of(item: pikepdf.Object) -> Iterator[str]:
    if str(item.get("/S", "")) in SCRIPTS or "/JS" in item:
        yield "javascript"
    if "/EF" in item:
        yield "attachments"
    if "/XFA" in item:
        yield "xfa"


def is_placeholder(document: pikepdf.Pdf) -> bool:
    """Whether the pages only ask for a program that can show the XFA form in their place."""
    form = document.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary) or "/XFA" not in form:
        return False
    return bool(document.Root.get("/NeedsRendering", False))
