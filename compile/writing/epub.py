"""The book as EPUB 3: a file per leaf, contents for new and old readers, pictures, one plain style sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO, Final

from compile.manuscript import Picture
from compile.plan import MISSING_PICTURE, OpenBlob, Plan, Progress, Written
from compile.writing.epub_parts import (
    CONTAINER,
    STYLES,
    Item,
    identify,
    navigation_xhtml,
    ncx_xml,
    package_xml,
    page_xhtml,
)
from compile.writing.leaves import Leaf, LeafKind, count_works, list_leaves
from compile.writing.markup import Dialect, inline, iter_leaf_markup
from compile.writing.text import escape, one_line
from compile.writing.zip_file import ZipFileWriter

_ROLES: Final = (
    "left", "lines", "center", "right", "subtitle", "byline", "cell-center", "box", "item-0", "item-1", "item-2", "item-3", "item-4",
)  # fmt: skip
_DIALECT: Final = Dialect(
    attributes={role: f' class="{role}"' for role in _ROLES},
    figure="<figure>{picture}</figure>",
    captioned="<figure>{picture}<figcaption>{caption}</figcaption></figure>",
    mark='<a epub:type="noteref" class="mark" href="#note-{number}"{anchor}>[{number}]</a>',
    note='<aside epub:type="footnote" id="note-{number}"><p><a href="#mark-{number}">[{number}]</a> {text}</p></aside>',
    notes_head='<div class="notes"><h2>注释</h2>',
    notes_tail="</div>",
)
_TYPES: Final[dict[LeafKind, str]] = {
    "cover": "cover",
    "imprint": "imprint",
    "contents": "toc",
    "front": "preface",
    "section": "part",
    "work": "chapter",
    "back": "appendix",
    "back-cover": "backmatter",
}


def write_epub(plan: Plan, open_blob: OpenBlob, sink: BinaryIO, on_step: Progress) -> Written:
    """Write the book to a seekable stream."""
    leaves = list_leaves(plan)
    items = tuple(
        Item(f"leaf-{number:04d}", "nav.xhtml" if leaf.kind == "contents" else f"leaf-{number:04d}.xhtml", leaf)
        for number, leaf in enumerate(leaves, start=1)
    )
    pictures = {key: f"pictures/{number}.{kind}" for number, (key, kind) in enumerate(plan.media.items(), start=1)}
    identifier = identify(plan.manifest)
    tell = count_works(plan, on_step)
    shown: list[str] = []
    with ZipFileWriter(sink) as package:
        # Readers know the type of the file by its first bytes.
        package.add_stored("mimetype", b"application/epub+zip")
        package.add_text("META-INF/container.xml", [CONTAINER])
        package.add_text("EPUB/package.opf", package_xml(plan.manifest, identifier, items, pictures.values()))
        package.add_text("EPUB/nav.xhtml", navigation_xhtml(items))
        package.add_text("EPUB/toc.ncx", ncx_xml(plan.manifest, identifier, items))
        package.add_text("EPUB/style.css", [STYLES])
        for item in items:
            if item.leaf.kind == "contents":
                continue
            body = _iter_body(item.leaf, partial(_draw_picture, pictures, shown))
            package.add_text(f"EPUB/{item.file}", page_xhtml(item.leaf.line, body))
            tell(item.leaf)
        for number, (key, name) in enumerate(pictures.items(), start=1):
            with open_blob(key) as picture:
                package.add_stored(f"EPUB/{name}", picture.read())
            on_step("finish", number, len(pictures))
    return Written(len(shown))


def _iter_body(leaf: Leaf, draw_picture: Callable[[Picture], str]) -> Iterator[str]:
    yield f'<section epub:type="{_TYPES[leaf.kind]}" class="{leaf.kind}">'
    if leaf.kind != "back-cover":
        yield f"<h1>{inline(leaf.title)}</h1>"
    yield from iter_leaf_markup(leaf, _DIALECT, draw_picture)
    yield "</section>"


def _draw_picture(pictures: dict[str, str], shown: list[str], picture: Picture) -> str:
    name = pictures.get(picture.key)
    if name is None:
        return f"<p>{MISSING_PICTURE}</p>"
    shown.append(picture.key)
    return f'<img src="{name}" alt="{escape(one_line(picture.caption))}"/>'
