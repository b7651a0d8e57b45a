"""The package for a WeChat official account: pages to copy and paste, with inline styles only, kept within its limits.

The editor throws away classes, style elements, links, scripts, ids and every picture that was not uploaded to WeChat
itself; so the pages hold none of them, and a line says which picture goes where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from html import unescape
from itertools import chain, islice
from typing import BinaryIO, Final

from compile.manifest import Problem
from compile.manuscript import Picture
from compile.plan import MISSING_PICTURE, OpenBlob, Plan, Progress, Written, make_problem
from compile.writing.leaves import count_works, list_leaves
from compile.writing.markup import Dialect, iter_leaf_markup
from compile.writing.page_files import PageFile, PictureFolder, list_pages
from compile.writing.shrinking import shrink_picture
from compile.writing.text import escape
from compile.writing.wechat_guide import GUIDE, Post, guide_markup, make_digest
from compile.writing.zip_file import ZipFileWriter

TITLE_LIMIT: Final = 32
OLD_TITLE_LIMIT: Final = 64
AUTHOR_LIMIT: Final = 16
# A part is closed before it grows over this; the account itself refuses 20,000 characters or a megabyte.
PART_LIMIT: Final = 18_000
BODY_LIMIT: Final = 20_000
BODY_LIMIT_BYTES: Final = 1_000_000
PICTURE_LIMIT_BYTES: Final = 1_000_000

_TAG: Final = re.compile("<[^>]*>")
# Copying the whole page leaves the section behind, so every line bears its own height.
_LINE: Final = "margin:0 0 1em;line-height:1.8"
_CENTERED: Final = f' style="{_LINE};text-align:center"'
_CELL: Final = "border:1px solid #999;padding:4px 6px"
_DIALECT: Final = Dialect(
    attributes={
        "left": f' style="{_LINE};text-indent:2em"',
        "lines": f' style="{_LINE};padding-left:2em"',
        "center": _CENTERED,
        "right": f' style="{_LINE};text-align:right"',
        "subtitle": _CENTERED,
        "byline": _CENTERED,
        "heading": ' style="margin:1.5em 0 1em;font-size:18px;font-weight:bold"',
        "item-0": f' style="{_LINE};text-indent:2em"',
        **{f"item-{level}": f' style="{_LINE};padding-left:{level}em;text-indent:2em"' for level in range(1, 5)},
        # Without a width: browsers copy it in pixels of this screen, wider than any phone.
        "table": ' style="margin:0 auto 1em;border-collapse:collapse"',
        "head": f' style="{_CELL};font-weight:bold;text-align:center"',
        "cell": f' style="{_CELL}"',
        "cell-center": f' style="{_CELL};text-align:center"',
        "box": ' style="margin:1.5em 0;padding:1em 1em 0;border:1px solid #999"',
    },
    figure=f"<p{_CENTERED}>{{picture}}</p>",
    captioned=f'<p{_CENTERED}>{{picture}}</p><p style="{_LINE};text-align:center;font-size:14px">{{caption}}</p>',
    mark="<sup>[{number}]</sup>",
    note='<p style="margin:0 0 .5em;font-size:14px">[{number}] {text}</p>',
    notes_head='<p style="margin:1.5em 0 .5em;font-size:14px;font-weight:bold">注释</p>',
)
_OPENING: Final = '<section style="font-size:16px">'
_CLOSING: Final = "</section>"


@dataclass(slots=True)
class _Fitting:
    """Pictures of one page that were too large: how many became smaller, how many could not."""

    shrunk: int = 0
    failed: int = 0

    def fit(self, data: bytes, media_type: str) -> tuple[bytes, str]:
        if len(data) < PICTURE_LIMIT_BYTES:
            return data, media_type
        smaller = shrink_picture(data, limit_bytes=PICTURE_LIMIT_BYTES)
        if smaller is None:
            self.failed += 1
            return data, media_type
        self.shrunk += 1
        return smaller, "jpeg"


def write_wechat(plan: Plan, open_blob: OpenBlob, sink: BinaryIO, on_step: Progress) -> Written:
    """Write the package to a seekable stream; what breaks a limit of WeChat is among the problems."""
    pages = list_pages(list_leaves(plan))
    tell = count_works(plan, on_step)
    posts: list[Post] = []
    with ZipFileWriter(sink) as package:
        folder = PictureFolder(package, plan.media, open_blob)
        for page in pages:
            posts.append(_write_page(package, folder, page))
            tell(page.leaf)
        package.add_text(GUIDE, guide_markup(plan.manifest, posts))
    return Written(folder.shown, problems=tuple(problem for post in posts for problem in post.problems))


def _write_page(package: ZipFileWriter, folder: PictureFolder, page: PageFile) -> Post:
    leaf = page.leaf
    fitting = _Fitting()
    pieces = iter_leaf_markup(leaf, _DIALECT, partial(_draw_picture, folder, page, fitting))
    opening = "".join(islice(pieces, 1 + bool(leaf.subtitle) + bool(leaf.byline)))  # no part of a byline alone
    parts = split_parts(chain((opening,), pieces))
    names = [page.file_name("html", part if len(parts) > 1 else 0) for part in range(1, len(parts) + 1)]
    titles = [leaf.line] if len(parts) == 1 else [f"{leaf.line}（{part}）" for part in range(1, len(parts) + 1)]
    bodies = [_OPENING + "".join(part) + _CLOSING for part in parts]
    for name, title, body in zip(names, titles, bodies, strict=True):
        package.add_text(name, [_page_markup(title, body)])
    work = leaf.number or leaf.line
    problems = (
        *_check_fields(work, titles, leaf.byline),
        *_check_bodies(work, bodies),
        *_check_pictures(work, fitting),
    )
    return Post(
        tuple(zip(names, titles, strict=True)), leaf.byline, make_digest(leaf), tuple(page.pictures.values()), problems
    )


def split_parts(pieces: Iterable[str]) -> list[list[str]]:
    """The pieces in parts of at most PART_LIMIT characters as they are read, cut between blocks; a heading goes with what
    follows it. A single block that is longer stands alone."""
    parts: list[list[str]] = [[]]
    characters = size_bytes = 0
    for piece in pieces:
        count, piece_bytes = count_characters(piece), len(piece.encode())
        is_full = characters + count > PART_LIMIT or size_bytes + piece_bytes > BODY_LIMIT_BYTES * 9 // 10
        if is_full and parts[-1]:
            carried = _take_headings(parts[-1])
            parts.append(carried)
            characters, size_bytes = sum(map(count_characters, carried)), sum(len(one.encode()) for one in carried)
        parts[-1].append(piece)
        characters += count
        size_bytes += piece_bytes
    return parts


def count_characters(markup: str) -> int:
    """How many characters a reader sees."""
    return len(unescape(_TAG.sub("", markup)))


def _take_headings(part: list[str]) -> list[str]:
    """Take the headings that end a part out of it, unless it holds nothing else."""
    end = len(part)
    while end and part[end - 1].startswith("<h"):
        end -= 1
    if not end:
        return []
    carried = part[end:]
    del part[end:]
    return carried


def _draw_picture(folder: PictureFolder, page: PageFile, fitting: _Fitting, picture: Picture) -> str:
    path = folder.place(page, picture, fitting.fit)
    if not path:
        return MISSING_PICTURE
    number = list(page.pictures).index(picture.key) + 1
    return escape(f"〔图{number}：请在此处插入 {path.rpartition('/')[2]}〕")


def _page_markup(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head><meta charset="utf-8"/>'
        f"<title>{escape(title)}</title></head>\n<body>{body}</body>\n</html>\n"
    )


def _check_fields(work: str, titles: list[str], byline: str) -> Iterator[Problem]:
    longest, author = max(map(len, titles)), len(byline)
    if longest > OLD_TITLE_LIMIT:
        yield make_problem(work, "wechat-title-too-long", count=longest)
    elif longest > TITLE_LIMIT:
        yield make_problem(work, "wechat-title-long", count=longest)
    if author > AUTHOR_LIMIT:
        yield make_problem(work, "wechat-author-long", count=author)


def _check_bodies(work: str, bodies: list[str]) -> Iterator[Problem]:
    if len(bodies) > 1:
        yield make_problem(work, "wechat-split", count=len(bodies))
    for part, body in enumerate(bodies, start=1):
        count, size_bytes = count_characters(body), len(body.encode())
        if count >= BODY_LIMIT or size_bytes >= BODY_LIMIT_BYTES:
            yield make_problem(work, "wechat-part-long", part=part, count=count, size=-(-size_bytes // 1000))
        elif len(body) >= BODY_LIMIT:
            yield make_problem(work, "wechat-source-long", part=part, count=len(body))


def _check_pictures(work: str, fitting: _Fitting) -> Iterator[Problem]:
    if fitting.shrunk:
        yield make_problem(work, "wechat-picture-shrunk", count=fitting.shrunk)
    if fitting.failed:
        yield make_problem(work, "wechat-picture-large", count=fitting.failed)
