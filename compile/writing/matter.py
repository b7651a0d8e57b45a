"""What stands before and behind the works, as blocks with their heights: imprint, board, texts, appendices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from compile.manifest import Appendix, BoardGroup, EditorialBoard, Imprint, Manifest, TextPart
from compile.manuscript import Run
from compile.writing.blocks import table_blocks, text_block, title_block
from compile.writing.flow import Block, Line
from compile.writing.grid import lay_out_appendix
from compile.writing.layout import (
    BOARD_COLUMN,
    BOARD_COLUMNS,
    BOARD_LABEL,
    BOARD_SPACE,
    BODY_SIZE,
    BOX_PADDING,
    IMPRINT_GAP,
    IMPRINT_LABEL,
    IMPRINT_LINE,
    IMPRINT_NOTE_LINE,
    IMPRINT_SIZE,
    LINE,
    RULE,
    SMALL_SIZE,
    TEXT_WIDTH,
    TITLE_AFTER,
    TITLE_BEFORE,
)
from compile.writing.lines import break_lines

SUBTITLE_SPACE: Final = 290
_SUBTITLE_SIZE: Final = 360
_TITLE_SPACE: Final = TITLE_BEFORE + TITLE_AFTER
# A label this long leaves no room before the names, which begin on the next line then.
_LONG_ROLE: Final = 6


def part_blocks(part: TextPart) -> Iterator[Block]:
    """A title and its paragraphs from the top of a page."""
    yield title_block(part.title, space=_TITLE_SPACE)
    yield from _paragraph_blocks(part.paragraphs)


def appendix_blocks(appendix: Appendix) -> Iterator[Block]:
    """An appendix: its title, its text, its table."""
    yield title_block(appendix.title, space=_TITLE_SPACE)
    yield from _paragraph_blocks(appendix.paragraphs)
    if appendix.has_table:
        yield from table_blocks(lay_out_appendix(appendix), ())


def imprint_blocks(manifest: Manifest) -> Iterator[Block]:
    """The imprint: the title of the book, a gap, the ruled lines of label and value, and the free lines."""
    imprint = manifest.imprint or Imprint()
    yield title_block(manifest.title, space=_TITLE_SPACE, size=_SUBTITLE_SIZE)
    if manifest.subtitle:
        count = len(break_lines(manifest.subtitle, size=_SUBTITLE_SIZE, width=TEXT_WIDTH))
        yield Block((Line(LINE + SUBTITLE_SPACE), *(Line(LINE),) * (count - 1)))
    yield Block((Line(IMPRINT_GAP),))
    if imprint.facts:
        yield Block((Line(2 * (BOX_PADDING + RULE)),))
    for fact in imprint.facts:
        yield Block((Line(IMPRINT_LINE),) * _count_fact_lines(fact.label, fact.value))
    for text in imprint.lines:
        count = len(break_lines(text, size=SMALL_SIZE, width=TEXT_WIDTH))
        yield Block((Line(IMPRINT_NOTE_LINE + BOX_PADDING), *(Line(IMPRINT_NOTE_LINE),) * (count - 1)))


def board_blocks(board: EditorialBoard) -> Iterator[Block]:
    """The editorial board: its title and the groups, a little apart."""
    yield title_block(board.title, space=_TITLE_SPACE)
    for group in board.groups:
        texts = ("".join(row) for row in list_name_rows(group))
        count = sum(len(break_lines(text, size=BODY_SIZE, width=TEXT_WIDTH - BOARD_LABEL)) for text in texts)
        count += is_long_role(group.role)
        yield Block((Line(LINE + BOARD_SPACE), *(Line(LINE),) * (count - 1)))


def is_long_role(role: str) -> bool:
    """Whether the names begin on the line after the role."""
    return len(role) > _LONG_ROLE


def list_name_rows(group: BoardGroup) -> tuple[tuple[str, ...], ...]:
    """The names in rows of columns; a long name takes the room of several."""
    rows: list[list[str]] = [[]]
    room = BOARD_COLUMNS
    for name in group.names:
        taken = min(1 + len(name) * BODY_SIZE // BOARD_COLUMN, BOARD_COLUMNS)
        if taken > room:
            rows.append([])
            room = BOARD_COLUMNS
        rows[-1].append(name)
        room -= taken
    return tuple(tuple(row) for row in rows)


def _count_fact_lines(label: str, value: str) -> int:
    width = TEXT_WIDTH - IMPRINT_LABEL
    if len(label) * IMPRINT_SIZE < IMPRINT_LABEL:
        return len(break_lines(value, size=IMPRINT_SIZE, width=width))
    return len(break_lines(f"{label}　{value}", size=IMPRINT_SIZE, width=width, first_width=TEXT_WIDTH))


def _paragraph_blocks(paragraphs: tuple[str, ...]) -> Iterator[Block]:
    for text in paragraphs:
        yield text_block((Run(text),), ())
