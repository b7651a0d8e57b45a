"""The package for a website: one clean page per work for the editor of a CMS, its plain text, and numbered pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import BinaryIO, Final
from urllib.parse import quote

from compile.manuscript import Picture
from compile.plan import MISSING_PICTURE, OpenBlob, Plan, Progress, Written
from compile.writing.leaves import Leaf, book_title, count_works, list_leaves
from compile.writing.markup import Dialect, inline, iter_leaf_markup
from compile.writing.page_files import PageFile, PictureFolder, list_pages
from compile.writing.plain_text import leaf_text, windows_text
from compile.writing.text import chinese_month, escape, one_line
from compile.writing.zip_file import ZipFileWriter

_CENTER: Final = ' style="text-align:center"'
_RIGHT: Final = ' style="text-align:right"'
# Only tags and attributes that the editors of common CMS keep; what centres a line stands on the line itself.
_DIALECT: Final = Dialect(
    attributes={
        "center": _CENTER,
        "right": _RIGHT,
        "subtitle": _CENTER,
        "byline": _CENTER,
        "cell-center": _CENTER,
        "table": ' border="1"',
        **{f"item-{level}": f' style="padding-left:{level}em"' for level in range(1, 5)},
    },
    figure=f"<p{_CENTER}>{{picture}}</p>",
    captioned=f"<p{_CENTER}>{{picture}}</p><p{_CENTER}>{{caption}}</p>",
    mark='<sup><a{anchor} href="#note-{number}">[{number}]</a></sup>',
    note='<p id="note-{number}"><a href="#mark-{number}">[{number}]</a> {text}</p>',
)
# For looking at the page; a CMS takes the body and leaves this behind.
_LOOK: Final = (
    "body{max-width:44em;margin:2em auto;padding:0 1em;font:16px/1.8 serif}h1,h2,h3,h4{line-height:1.4}"
    "h1{text-align:center}p{margin:.6em 0}img{max-width:100%}table{border-collapse:collapse;width:100%}"
    "td,th{padding:.3em .5em}blockquote{margin:1em 0;padding:.2em 1em;border:1px solid #888}"
)


def write_html(plan: Plan, open_blob: OpenBlob, sink: BinaryIO, on_step: Progress) -> Written:
    """Write the package to a seekable stream."""
    leaves = list_leaves(plan)
    pages = list_pages(leaves)
    tell = count_works(plan, on_step)
    with ZipFileWriter(sink) as package:
        package.add_text("index.html", _page_markup(book_title(plan.manifest), _iter_index(plan, leaves, pages)))
        folder = PictureFolder(package, plan.media, open_blob)
        for page in pages:
            body = list(iter_leaf_markup(page.leaf, _DIALECT, partial(_draw_picture, folder, page)))
            package.add_text(page.file_name("html"), _page_markup(page.leaf.line, [_title_markup(page.leaf), *body]))
            package.add_text(f"text/{page.file_name('txt')}", [windows_text(leaf_text(page.leaf))])
            tell(page.leaf)
        package.add_text("files.txt", [windows_text(_list_files(pages))])
    return Written(folder.shown)


def _draw_picture(folder: PictureFolder, page: PageFile, picture: Picture) -> str:
    name = folder.place(page, picture)
    return f'<img src="{quote(name)}" alt="{escape(one_line(picture.caption))}"/>' if name else MISSING_PICTURE


def _title_markup(leaf: Leaf) -> str:
    return f"<h1>{inline(leaf.title)}</h1>"


def _page_markup(title: str, body: Iterable[str]) -> Iterator[str]:
    yield (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>{escape(title)}</title>\n<style>{_LOOK}</style>\n</head>\n<body>\n"
    )
    for piece in body:
        yield piece + "\n"
    yield "</body>\n</html>\n"


def _iter_index(plan: Plan, leaves: tuple[Leaf, ...], pages: tuple[PageFile, ...]) -> Iterator[str]:
    """Title, organiser and month of the book, then a link to every page under its section."""
    manifest = plan.manifest
    yield f"<h1>{inline(manifest.title.strip() or book_title(manifest))}</h1>"
    for line in (manifest.subtitle, manifest.organiser, chinese_month(manifest.dated_on)):
        if line:
            yield _DIALECT.tag("p", "center", inline(line))
    waiting = iter(pages)
    kind_before = ""
    for leaf in leaves:
        if leaf.kind == "section":
            yield f"<h2>{escape(leaf.line)}</h2>"
        elif leaf.kind == "back" and kind_before == "work":
            yield "<hr/>"
        if leaf.stands_alone:
            page = next(waiting)
            byline = "　" + inline(one_line(leaf.byline)) if leaf.byline else ""
            yield f'<p><a href="{quote(page.file_name("html"))}">{escape(leaf.line)}</a>{byline}</p>'
        kind_before = leaf.kind


def _list_files(pages: tuple[PageFile, ...]) -> str:
    """What each file is, one a line with tabs, so that a name spoiled by an old zip program can be told."""
    lines = ["序号\t文件\t编号\t题目\t署名"]
    for page in pages:
        leaf = page.leaf
        lines.append(
            "\t".join(map(one_line, (page.place, page.file_name("html"), leaf.number, leaf.title, leaf.byline)))
        )
        lines += [f"{page.place}\t{name}\t{one_line(leaf.number)}" for name in page.pictures.values()]
    return "\n".join(lines) + "\n"
