"""The page model: where every part of the book stands, by arithmetic on the house styles.

Every work starts on a new page, so its length does not depend on its neighbours, and the page numbers of the
contents are running sums.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from msgspec import Struct

from compile.manifest import Manifest, TextPart, WorkEntry
from compile.manuscript import Heading, ListItem, Manuscript, Paragraph, Picture, Run, Table, print_subtitle
from compile.plan import Plan
from compile.writing.blocks import FIRST_INDENT, is_stanza, table_blocks, text_block, title_block
from compile.writing.case_card import lay_out_case
from compile.writing.flow import Block, Line, count_pages, even_block
from compile.writing.grid import lay_out_table
from compile.writing.layout import (
    BODY_SIZE,
    BODY_TIGHTENING,
    BOX_INDENT,
    BOX_PADDING,
    LINE,
    LINES_PER_PAGE,
    RULE,
    SMALL_SIZE,
    TEXT_WIDTH,
    fit_picture,
    limit_level,
    place_picture,
)
from compile.writing.lines import break_lines
from compile.writing.matter import appendix_blocks, board_blocks, imprint_blocks, part_blocks
from compile.writing.text import one_line

_CONTENTS_INDENTS: Final = {1: 0, 2: 320}


class Entry(Struct, frozen=True, gc=False):
    """One line of the contents. `level` is 1 for section pages and appendices, 2 for works; `page` as printed."""

    level: int
    title: str
    page: int


class Pagination(Struct, frozen=True):
    """Where everything stands: the entries in the order of the book, and the pages before and from page 1 on;
    estimated by the model, or as a word processor set them."""

    entries: tuple[Entry, ...]
    front_pages: int
    body_pages: int
    is_estimated: bool = True


def paginate(plan: Plan) -> Pagination:
    """The page of every part that the contents name, as running sums of their lengths."""
    manifest = plan.manifest
    entries: list[Entry] = []
    page = 1
    if manifest.notice:
        entries.append(Entry(1, manifest.notice.title, page))
        page += count_pages(part_blocks(manifest.notice))
    for section in plan.sections:
        if manifest.has_section_pages:
            page = _round_up(page, manifest.has_odd_starts)
            entries.append(Entry(1, section.title, page))
            page += 1
        for work in section.works:
            entries.append(Entry(2, work.title, page))
            page += count_pages(_work_blocks(work.entry, work.manuscript, plan.media))
    for appendix in manifest.appendices:
        entries.append(Entry(1, appendix.title, page))
        page += count_pages(appendix_blocks(appendix))
    if manifest.afterword:
        entries.append(Entry(1, manifest.afterword.title, page))
        page += count_pages(part_blocks(manifest.afterword))
    if manifest.back_cover:  # on an even page where section pages are on odd ones
        page = _round_up(page + 1, manifest.has_odd_starts)
    front_pages = _count_front_pages(manifest, entries)
    # Page 1 is a right-hand page, so an even number of pages stands before it.
    return Pagination(tuple(entries), _round_up(front_pages + 1, manifest.has_odd_starts) - 1, page - 1)


def caption_text(picture: Picture) -> str:
    """The line under a picture: its caption and who took it; "" for neither."""
    return picture.caption + (f"（{picture.photographer} 摄）" if picture.photographer else "")


def _round_up(page: int, has_odd_starts: bool) -> int:
    """The page, or the odd one behind it where only an odd one will do."""
    return page + 1 - page % 2 if has_odd_starts else page


def _count_front_pages(manifest: Manifest, entries: list[Entry]) -> int:
    """The pages before page 1."""
    pages = int(manifest.has_cover)
    if manifest.imprint:
        pages += count_pages(imprint_blocks(manifest))
    if manifest.board:
        pages += count_pages(board_blocks(manifest.board))
    if manifest.editor_note:
        pages += count_pages(part_blocks(TextPart(manifest.editor_note_title, manifest.editor_note)))
    if manifest.has_contents:
        pages += _count_contents_pages(entries)
    return pages


def _count_contents_pages(entries: list[Entry]) -> int:
    lines = 2
    for entry in entries:
        room = TEXT_WIDTH - _CONTENTS_INDENTS[entry.level]
        title = one_line(entry.title) + "．" * 2  # at least a dot and the number stand behind the title
        lines += len(break_lines(title, size=BODY_SIZE, width=room, tightening=BODY_TIGHTENING))
    return -(-lines // LINES_PER_PAGE)


def _work_blocks(entry: WorkEntry, manuscript: Manuscript, present: Collection[str]) -> Iterator[Block]:
    """The blocks of a work; pictures that are not present take one line of text."""
    yield even_block(1, LINE, True)  # the space over the title
    yield title_block(manuscript.title)
    for text in (print_subtitle(manuscript.subtitle), entry.byline):
        if text:
            count = len(break_lines(text, size=BODY_SIZE, width=TEXT_WIDTH))
            yield even_block(count, LINE, True)
    yield even_block(1, LINE, True)
    notes = manuscript.notes
    for block in manuscript.blocks:
        match block:
            case Paragraph():
                indent = FIRST_INDENT if block.align == "left" else 0
                yield text_block(block.runs, notes, first_indent=indent, keeps_together=is_stanza(block.runs))
            case Heading():
                yield text_block(block.runs, notes, tightening=0, keeps_with_next=True)
            case ListItem():
                runs = (Run(block.marker), *block.runs)
                yield text_block(runs, notes, left=limit_level(block.level) * BODY_SIZE)
            case Picture():
                yield from _picture_blocks(block, block.key not in present)
            case Table() if block.rows:
                yield from table_blocks(lay_out_table(block), notes)
    if entry.case:
        yield from table_blocks(lay_out_case(entry.case), ())
    if entry.comment:
        yield from _comment_blocks(entry)


def _picture_blocks(picture: Picture, is_missing: bool) -> Iterator[Block]:
    caption = caption_text(picture)
    height = LINE
    if not is_missing:
        _, height_emu = fit_picture(picture.width_px, picture.height_px)
        height = sum(place_picture(height_emu))
    yield even_block(1, height, keeps_with_next=bool(caption))
    if caption:
        count = len(break_lines(caption, size=SMALL_SIZE, width=TEXT_WIDTH))
        yield even_block(count, LINE, keeps_together=True)


def _comment_blocks(entry: WorkEntry) -> Iterator[Block]:
    """An empty line and the framed comment, which stays on one page."""
    width = TEXT_WIDTH - 2 * BOX_INDENT
    count = 1
    for text in ("点评：" + entry.comment).split("\n"):
        count += len(break_lines(text, size=BODY_SIZE, width=width, first_width=width - FIRST_INDENT))
    if entry.comment_by:
        count += len(break_lines(entry.comment_by, size=BODY_SIZE, width=width))
    frame = Line(2 * (BOX_PADDING + RULE))
    yield Block((frame, *(Line(LINE),) * count), keeps_together=True)
