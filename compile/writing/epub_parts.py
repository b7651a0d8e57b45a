"""The parts of an EPUB beside its pages: package, navigation for new and old readers, styles, the frame of a page."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from compile.manifest import Manifest
from compile.manifest_json import dump_manifest
from compile.writing.leaves import Leaf, book_title
from compile.writing.text import escape, one_line

_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ARTICLE: Final = (
    '<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
    'lang="zh-CN" xml:lang="zh-CN">\n'
)
CONTAINER: Final = (
    _XML + '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)
STYLES: Final = """\
body { margin: 0 5%; line-height: 1.75; }
h1, h2, h3, h4 { line-height: 1.4; page-break-after: avoid; break-after: avoid; }
h1 { margin: 2em 0 1em; font-size: 1.5em; text-align: center; }
h2 { font-size: 1.2em; }
h3, h4 { font-size: 1.05em; }
p { margin: 0.4em 0; }
.left, .item-0, .item-1, .item-2, .item-3, .item-4 { text-indent: 2em; }
.lines { padding-left: 2em; }
.item-1 { padding-left: 1em; }
.item-2 { padding-left: 2em; }
.item-3 { padding-left: 3em; }
.item-4 { padding-left: 4em; }
.center, .subtitle, .byline, .cell-center, figure, figcaption { text-align: center; text-indent: 0; }
.right { text-align: right; text-indent: 0; }
.byline { margin-bottom: 1.5em; }
.cover, .section, .back-cover { padding-top: 20%; }
.mark { font-size: 0.75em; vertical-align: super; text-decoration: none; }
.notes { margin-top: 2em; border-top: 1px solid; font-size: 0.85em; }
.box { margin: 1.5em 0; padding: 0.2em 1em; border: 1px solid; page-break-inside: avoid; break-inside: avoid; }
figure { margin: 1em 0; page-break-inside: avoid; break-inside: avoid; }
figcaption { font-size: 0.9em; }
img { max-width: 100%; max-height: 90vh; }
table { width: 100%; margin: 1em 0; border-collapse: collapse; font-size: 0.9em; }
th, td { padding: 0.3em; border: 1px solid; vertical-align: middle; }
nav ol { list-style: none; padding-left: 1em; }
"""


@dataclass(frozen=True, slots=True)
class Item:
    """A leaf with its id and file in the package."""

    id: str
    file: str
    leaf: Leaf


def identify(manifest: Manifest) -> str:
    """The identifier of the book, the same for the same manifest."""
    digest = hashlib.sha256(dump_manifest(manifest)).hexdigest()
    return uuid.uuid5(uuid.NAMESPACE_OID, digest).urn


def page_xhtml(title: str, body: Iterable[str]) -> Iterator[str]:
    """A page of the book in pieces."""
    yield (
        f'{_XML}{_ARTICLE}<head><meta charset="UTF-8"/><title>{escape(title)}</title>'
        '<link rel="stylesheet" type="text/css" href="style.css"/></head>\n<body>\n'
    )
    for piece in body:
        yield piece + "\n"
    yield "</body>\n</html>\n"


def package_xml(manifest: Manifest, identifier: str, items: Iterable[Item], pictures: Iterable[str]) -> Iterator[str]:
    """The package document: what the book is, its files, and the order to read them in."""
    items = tuple(items)
    organiser = escape(one_line(manifest.organiser).strip())
    makers = f"<dc:creator>{organiser}</dc:creator><dc:publisher>{organiser}</dc:publisher>" if organiser else ""
    yield (
        f'{_XML}<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book" xml:lang="zh-CN">\n'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="book">{identifier}</dc:identifier><dc:title>{escape(book_title(manifest))}</dc:title>'
        f"<dc:language>zh-CN</dc:language>{makers}<dc:date>{manifest.dated_on.isoformat()}</dc:date>"
        f'<meta property="dcterms:modified">{manifest.dated_on.isoformat()}T00:00:00Z</meta></metadata>\n<manifest>\n'
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>\n'
        '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>\n'
        '<item id="style" href="style.css" media-type="text/css"/>\n'
    )
    for item in items:
        if item.leaf.kind != "contents":
            yield f'<item id="{item.id}" href="{item.file}" media-type="application/xhtml+xml"/>\n'
    for number, name in enumerate(pictures, start=1):
        yield f'<item id="picture-{number}" href="{name}" media-type="image/{name.rpartition(".")[2]}"/>\n'
    yield '</manifest>\n<spine toc="ncx">\n'
    for item in items:
        yield f'<itemref idref="{"nav" if item.leaf.kind == "contents" else item.id}"/>\n'
    yield "</spine>\n</package>\n"


def navigation_xhtml(items: tuple[Item, ...]) -> Iterator[str]:
    """The contents for readers of EPUB 3, and where the text begins."""
    entries = "".join(_entry_xhtml(head, works) for head, works in _group(items))
    start = next(item for item in items if item.leaf.kind in ("section", "work"))
    yield from page_xhtml(
        "目录",
        (
            f'<nav epub:type="toc" id="toc"><h1>目录</h1><ol>{entries}</ol></nav>',
            f'<nav epub:type="landmarks" hidden="hidden"><ol><li><a epub:type="bodymatter" href="{start.file}">正文</a></li></ol></nav>',
        ),
    )


def ncx_xml(manifest: Manifest, identifier: str, items: tuple[Item, ...]) -> Iterator[str]:
    """The contents for readers of EPUB 2."""
    groups = _group(items)
    depth = 2 if any(works for _, works in groups) else 1
    yield (
        f'{_XML}<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1" xml:lang="zh-CN"><head>'
        f'<meta name="dtb:uid" content="{identifier}"/><meta name="dtb:depth" content="{depth}"/>'
        '<meta name="dtb:totalPageCount" content="0"/><meta name="dtb:maxPageNumber" content="0"/></head>'
        f"<docTitle><text>{escape(book_title(manifest))}</text></docTitle>\n<navMap>\n"
    )
    number = 0
    for head, works in groups:
        points = []
        for item in (head, *works):
            number += 1
            points.append(
                f'<navPoint id="point-{number}" playOrder="{number}"><navLabel><text>{escape(item.leaf.line)}</text>'
                f'</navLabel><content src="{item.file}"/>'
            )
        yield points[0] + "".join(point + "</navPoint>" for point in points[1:]) + "</navPoint>\n"
    yield "</navMap>\n</ncx>\n"


def _group(items: tuple[Item, ...]) -> list[tuple[Item, list[Item]]]:
    """Sections with their works; works of a book without title pages, and most of the rest, stand alone."""
    groups: list[tuple[Item, list[Item]]] = []
    for item in items:
        if item.leaf.kind == "work" and groups and groups[-1][0].leaf.kind == "section":
            groups[-1][1].append(item)
        elif item.leaf.kind not in ("imprint", "contents", "back-cover"):
            groups.append((item, []))
    return groups


def _entry_xhtml(head: Item, works: list[Item]) -> str:
    link = '<li><a href="{}">{}</a>'
    inner = "".join(link.format(item.file, escape(item.leaf.line)) + "</li>" for item in works)
    return link.format(head.file, escape(head.leaf.line)) + (f"<ol>{inner}</ol>" if inner else "") + "</li>"
