"""The page model: where every part of the book stands, by arithmetic on the house styles.

Every work starts on a new page, so its length does not depend on its neighbours, and the page numbers of the
contents are running sums.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from compile.manifest import Appendix, WorkEntry
from compile.manuscript import Heading, ListItem, Manuscript, Paragraph, Picture, Run, Table, plain_text, print_subtitle
from compile.plan import Plan
from compile.writing.flow import Block, Line, count_pages
from compile.writing.grid import Grid, GridCell, appendix_table, lay_out_table
from compile.writing.layout import (
    BODY_SIZE,
    BODY_TIGHTENING,
    BOX_INDENT,
    BOX_PADDING,
    CELL_MARGIN_SIDE,
    CELL_MARGIN_TOP,
    LINE,
    LINES_PER_PAGE,
    NOTE_LINE,
    TABLE_GAP,
    TABLE_LINE,
    TEXT_HEIGHT,
    TEXT_WIDTH,
    TITLE_LINE,
    fit_picture,
    limit_level,
    place_picture,
)
from compile.writing.lines import break_lines
from compile.writing.text import one_line

_TITLE_SIZE: Final = 440
_SMALL_SIZE: Final = 240
_NOTE_SIZE: Final = 180
_FIRST_INDENT: Final = 640
_CONTENTS_INDENTS: Final = {1: 0, 2: 320}
_RULE: Final = 10
_TALL_ROW: Final = TEXT_HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents. `level` is 1 for section pages and appendices, 2 for works; `page` as printed."""

    level: int
    title: str
    page: int


@dataclass(frozen=True, slots=True)
class Pagination:
    """Where everything stands: the entries in the order of the book, and the pages before and from page 1 on."""

    entries: tuple[Entry, ...]
    front_pages: int
    body_pages: int


def paginate(plan: Plan) -> Pagination:
    """The page of every section, work and appendix, as running sums of their lengths."""
    manifest = plan.manifest
    entries: list[Entry] = []
    page = 1
    for section in plan.sections:
        if manifest.has_section_pages:
            entries.append(Entry(1, section.title, page))
            page += 1
        for work in section.works:
            entries.append(Entry(2, work.title, page))
            page += count_pages(_work_blocks(work.entry, work.manuscript, plan.media))
    for appendix in manifest.appendices:
        entries.append(Entry(1, appendix.title, page))
        page += count_pages(_appendix_blocks(appendix))
    front_pages = int(manifest.has_cover)
    if manifest.editor_note:
        front_pages += count_pages(_note_blocks(manifest.editor_note_title, manifest.editor_note))
    if manifest.has_contents:
        front_pages += _count_contents_pages(entries)
    return Pagination(tuple(entries), front_pages, page - 1)


def has_tall_row(row: tuple[GridCell, ...]) -> bool:
    """Whether a table row is so tall that it must be allowed to run over the page edge."""
    return _row_height(row) > _TALL_ROW


def caption_text(picture: Picture) -> str:
    """The line under a picture: its caption and who took it; "" for neither."""
    return picture.caption + (f"（{picture.photographer} 摄）" if picture.photographer else "")


def _count_contents_pages(entries: list[Entry]) -> int:
    lines = 2
    for entry in entries:
        room = TEXT_WIDTH - _CONTENTS_INDENTS[entry.level]
        title = one_line(entry.title) + "．" * 2  # at least a dot and the number stand behind the title
        lines += len(break_lines(title, size=BODY_SIZE, width=room, tightening=BODY_TIGHTENING))
    return -(-lines // LINES_PER_PAGE)


def _title_block(title: str, height: int) -> Block:
    count = len(break_lines(title, size=_TITLE_SIZE, width=TEXT_WIDTH))
    return Block((Line(height),) * count, keeps_with_next=True)


def _appendix_blocks(appendix: Appendix) -> Iterator[Block]:
    yield _title_block(appendix.title, TITLE_LINE)
    yield from _table_blocks(lay_out_table(appendix_table(appendix), appendix.widths), ())


def _note_blocks(title: str, paragraphs: tuple[str, ...]) -> Iterator[Block]:
    yield _title_block(title, TITLE_LINE)
    for text in paragraphs:
        yield _text_block((Run(text),), ())


def _work_blocks(entry: WorkEntry, manuscript: Manuscript, present: Collection[str]) -> Iterator[Block]:
    """The blocks of a work; pictures that are not present take one line of text."""
    yield Block((Line(LINE),), keeps_with_next=True)  # the space over the title
    yield _title_block(manuscript.title, LINE)
    for text in (print_subtitle(manuscript.subtitle), entry.byline):
        if text:
            yield Block((Line(LINE),) * len(break_lines(text, size=BODY_SIZE, width=TEXT_WIDTH)), keeps_with_next=True)
    yield Block((Line(LINE),), keeps_with_next=True)
    notes = manuscript.notes
    for block in manuscript.blocks:
        match block:
            case Paragraph(runs=runs, align=align):
                yield _text_block(runs, notes, first_indent=_FIRST_INDENT if align == "left" else 0)
            case Heading(level=level, runs=runs):
                yield _text_block(runs, notes, tightening=0, keeps_with_next=True)
            case ListItem(marker=marker, runs=runs, level=level):
                yield _text_block((Run(marker), *runs), notes, left=limit_level(level) * BODY_SIZE)
            case Picture():
                yield from _picture_blocks(block, block.key not in present)
            case Table() if block.rows:
                yield from _table_blocks(lay_out_table(block), notes)
    if entry.comment:
        yield from _comment_blocks(entry)


def _text_block(
    runs: tuple[Run, ...],
    notes: tuple[tuple[Run, ...], ...],
    *,
    first_indent: int = _FIRST_INDENT,
    left: int = 0,
    tightening: int = BODY_TIGHTENING,
    keeps_with_next: bool = False,
) -> Block:
    width = TEXT_WIDTH - left
    text, marks = _text_with_marks(runs, notes)
    ends = break_lines(text, size=BODY_SIZE, width=width, first_width=width - first_indent, tightening=tightening)
    heights = _note_heights(ends, marks, notes)
    lines = tuple(Line(LINE, heights.get(index, 0)) for index in range(len(ends)))
    return Block(lines, keeps_with_next=keeps_with_next, keeps_together=keeps_with_next)


def _text_with_marks(
    runs: tuple[Run, ...], notes: tuple[tuple[Run, ...], ...]
) -> tuple[str, list[tuple[int, tuple[Run, ...]]]]:
    """The text with a raised figure standing in for every footnote mark, and where the marks are."""
    text, marks = "", []
    for run in runs:
        text += run.text
        if run.note is not None and 0 <= run.note < len(notes):
            marks.append((len(text), notes[run.note]))
            text += "¹"
    return text, marks


def _note_heights(
    ends: list[int], marks: list[tuple[int, tuple[Run, ...]]], notes: tuple[tuple[Run, ...], ...]
) -> dict[int, int]:
    heights: dict[int, int] = {}
    for position, note in marks:
        line = min(bisect_right(ends, position), len(ends) - 1)
        heights[line] = heights.get(line, 0) + _note_height(note)
    return heights


def _note_height(note: tuple[Run, ...]) -> int:
    return len(break_lines("¹ " + plain_text(note), size=_NOTE_SIZE, width=TEXT_WIDTH)) * NOTE_LINE


def _picture_blocks(picture: Picture, is_missing: bool) -> Iterator[Block]:
    caption = caption_text(picture)
    height = LINE
    if not is_missing:
        _, height_emu = fit_picture(picture.width_px, picture.height_px)
        height = sum(place_picture(height_emu))
    yield Block((Line(height),), keeps_with_next=bool(caption))
    if caption:
        count = len(break_lines(caption, size=_SMALL_SIZE, width=TEXT_WIDTH))
        yield Block((Line(LINE),) * count, keeps_together=True)


def _comment_blocks(entry: WorkEntry) -> Iterator[Block]:
    """An empty line and the framed comment, which stays on one page."""
    width = TEXT_WIDTH - 2 * BOX_INDENT
    count = 1
    for text in ("点评：" + entry.comment).split("\n"):
        count += len(break_lines(text, size=BODY_SIZE, width=width, first_width=width - _FIRST_INDENT))
    if entry.comment_by:
        count += len(break_lines(entry.comment_by, size=BODY_SIZE, width=width))
    frame = Line(2 * (BOX_PADDING + _RULE))
    yield Block((frame, *(Line(LINE),) * count), keeps_together=True)


def _table_blocks(grid: Grid, notes: tuple[tuple[Run, ...], ...]) -> Iterator[Block]:
    """The rows of a table between its gaps; rows that may run over the page edge count as single lines."""
    yield Block((Line(TABLE_GAP + _RULE),), keeps_with_next=True)
    lines: list[Line] = []
    for row in grid.rows:
        height = _row_height(row)
        marks = (
            note
            for cell in row
            for paragraph in cell.paragraphs
            for _, note in _text_with_marks(paragraph.runs, notes)[1]
        )
        notes_height = sum(_note_height(note) for note in marks)
        if height > _TALL_ROW:
            lines += [Line(TABLE_LINE)] * (height // TABLE_LINE) + [Line(height % TABLE_LINE, notes_height)]
        else:
            lines.append(Line(height, notes_height))
    header_height = sum(_row_height(row) for row in grid.rows[: grid.header_rows])
    yield Block(tuple(lines), header_height=header_height, head_lines=grid.header_rows + 1)
    yield Block((Line(TABLE_GAP),))


def _row_height(row: tuple[GridCell, ...]) -> int:
    lines = 1
    for cell in row:
        if cell.merge == "":
            width = max(cell.width - 2 * CELL_MARGIN_SIDE, _SMALL_SIZE)
            texts = (plain_text(paragraph.runs) for paragraph in cell.paragraphs)
            lines = max(lines, sum(len(break_lines(text, size=_SMALL_SIZE, width=width)) for text in texts))
    return lines * TABLE_LINE + 2 * CELL_MARGIN_TOP + _RULE
