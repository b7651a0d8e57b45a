"""Texts and tables as blocks with their heights, by arithmetic on the house styles."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from compile.manuscript import Run, plain_text
from compile.writing.flow import Block, Line, even_block
from compile.writing.grid import Grid, GridCell
from compile.writing.layout import (
    BODY_SIZE,
    BODY_TIGHTENING,
    CELL_MARGIN_SIDE,
    CELL_MARGIN_TOP,
    LINE,
    NOTE_LINE,
    RULE,
    SMALL_SIZE,
    TABLE_GAP,
    TABLE_LINE,
    TEXT_HEIGHT,
    TEXT_WIDTH,
)
from compile.writing.lines import break_lines

FIRST_INDENT: Final = 640
_TITLE_SIZE: Final = 440
_NOTE_SIZE: Final = 180
_TALL_ROW: Final = TEXT_HEIGHT // 2


def has_tall_row(row: tuple[GridCell, ...]) -> bool:
    """Whether a table row is so tall that it must be allowed to run over the page edge."""
    return _row_height(row) > _TALL_ROW


def is_kept_whole(grid: Grid) -> bool:
    """Whether a table that should keep together is short enough for it."""
    return grid.keeps_together and sum(map(_row_height, grid.rows)) <= _TALL_ROW


def title_block(title: str, height: int) -> Block:
    """A title in lines of that height, held to what follows."""
    count = len(break_lines(title, size=_TITLE_SIZE, width=TEXT_WIDTH))
    return even_block(count, height, True)


def text_block(
    runs: tuple[Run, ...],
    notes: tuple[tuple[Run, ...], ...],
    *,
    first_indent: int = FIRST_INDENT,
    left: int = 0,
    tightening: int = BODY_TIGHTENING,
    keeps_with_next: bool = False,
) -> Block:
    """A paragraph of body text with the footnotes that its lines ask for."""
    width = TEXT_WIDTH - left
    text, marks = _text_with_marks(runs, notes)
    ends = break_lines(text, size=BODY_SIZE, width=width, first_width=width - first_indent, tightening=tightening)
    if not marks:
        return even_block(len(ends), LINE, keeps_with_next, keeps_with_next)
    heights = _note_heights(ends, marks, notes)
    lines = tuple(Line(LINE, heights.get(index, 0)) for index in range(len(ends)))
    return Block(lines, keeps_with_next=keeps_with_next, keeps_together=keeps_with_next)


def table_blocks(grid: Grid, notes: tuple[tuple[Run, ...], ...]) -> Iterator[Block]:
    """The rows of a table between its gaps; rows that may run over the page edge count as single lines."""
    yield Block((Line(TABLE_GAP + RULE),), keeps_with_next=True)
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
    yield Block(
        tuple(lines),
        keeps_together=is_kept_whole(grid),
        header_height=header_height,
        head_lines=grid.header_rows + 1,
    )
    yield Block((Line(TABLE_GAP),))


def _text_with_marks(
    runs: tuple[Run, ...], notes: tuple[tuple[Run, ...], ...]
) -> tuple[str, list[tuple[int, tuple[Run, ...]]]]:
    """The text with a raised figure standing in for every footnote mark, and where the marks are."""
    if len(runs) == 1 and runs[0].note is None:
        return runs[0].text, []
    text = ""
    marks: list[tuple[int, tuple[Run, ...]]] = []
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


def _row_height(row: tuple[GridCell, ...]) -> int:
    lines = 1
    for cell in row:
        if cell.merge == "":
            width = max(cell.width - 2 * CELL_MARGIN_SIDE, SMALL_SIZE)
            texts = (plain_text(paragraph.runs) for paragraph in cell.paragraphs)
            lines = max(lines, sum(len(break_lines(text, size=SMALL_SIZE, width=width)) for text in texts))
    return lines * TABLE_LINE + 2 * CELL_MARGIN_TOP + RULE
