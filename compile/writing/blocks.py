"""Texts and tables as blocks with their heights, by arithmetic on the house styles."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from compile.manuscript import Run, plain_text
from compile.writing.flow import Block, Line, even_block
from compile.writing.grid import TALL_ROW, Grid
from compile.writing.layout import (
    BODY_SIZE,
    BODY_TIGHTENING,
    LINE,
    NOTE_LINE,
    RULE,
    TABLE_GAP,
    TABLE_LINE,
    TEXT_WIDTH,
    TITLE_SIZE,
)
from compile.writing.lines import break_lines

FIRST_INDENT: Final = 640
_STANZA_LINES: Final = 12
_STANZA_CHARACTERS: Final = 26
_NOTE_SIZE: Final = 180


def title_block(title: str, *, space: int = 0, size: int = TITLE_SIZE) -> Block:
    """A title and the space around it, held to what follows."""
    count = len(break_lines(title, size=size, width=TEXT_WIDTH))
    if not space:
        return even_block(count, LINE, True)
    return Block((Line(LINE + space), *(Line(LINE),) * (count - 1)), keeps_with_next=True)


def title_margin(title: str) -> int:
    """How far the title of a work is set in on either side, twips, for its lines to be of about one length: a word
    processor fills the first and may leave one character for the last. 0 for a title of one line or with lines of its own."""
    fewest = len(break_lines(title, size=TITLE_SIZE, width=TEXT_WIDTH))
    if fewest == 1 or "\n" in title:
        return 0
    widths = range(TEXT_WIDTH, TEXT_WIDTH // 2, -TITLE_SIZE // 4)
    narrowest = next(
        (width for width in widths[1:] if len(break_lines(title, size=TITLE_SIZE, width=width)) > fewest), widths[-1]
    )
    return max(0, TEXT_WIDTH - narrowest - TITLE_SIZE // 2) // 2


def text_block(
    runs: tuple[Run, ...],
    notes: tuple[tuple[Run, ...], ...],
    *,
    first_indent: int = FIRST_INDENT,
    left: int = 0,
    tightening: int = BODY_TIGHTENING,
    keeps_with_next: bool = False,
    keeps_together: bool = False,
) -> Block:
    """A paragraph of body text with the footnotes that its lines ask for."""
    keeps_together = keeps_together or keeps_with_next
    width = TEXT_WIDTH - left
    text, marks = _text_with_marks(runs, notes)
    ends = break_lines(text, size=BODY_SIZE, width=width, first_width=width - first_indent, tightening=tightening)
    if not marks:
        return even_block(len(ends), LINE, keeps_with_next, keeps_together)
    heights = _note_heights(ends, marks, notes)
    lines = tuple(Line(LINE, heights.get(index, 0)) for index in range(len(ends)))
    return Block(lines, keeps_with_next=keeps_with_next, keeps_together=keeps_together)


def is_stanza(runs: tuple[Run, ...]) -> bool:
    """Whether a paragraph is the stanza of a poem, which stays on one page: a few short lines."""
    text = plain_text(runs)
    if "\n" not in text:
        return False
    lines = text.split("\n")
    return len(lines) <= _STANZA_LINES and max(map(len, lines)) <= _STANZA_CHARACTERS


def table_blocks(grid: Grid, notes: tuple[tuple[Run, ...], ...]) -> Iterator[Block]:
    """The rows of a table between its gaps; rows that may run over the page edge count as single lines."""
    is_whole = grid.is_kept_whole
    yield Block((Line(TABLE_GAP + RULE),), keeps_with_next=not is_whole)
    lines: list[Line] = []
    for row, height in zip(grid.rows, grid.heights, strict=True):
        marks = (
            note
            for cell in row
            for paragraph in cell.paragraphs
            for _, note in _text_with_marks(paragraph.runs, notes)[1]
        )
        notes_height = sum(_note_height(note) for note in marks)
        if height > TALL_ROW:
            lines += [Line(TABLE_LINE)] * (height // TABLE_LINE) + [Line(height % TABLE_LINE, notes_height)]
        else:
            lines.append(Line(height, notes_height))
    # On every further page the table begins with its upper rule again.
    header_height = sum(grid.heights[: grid.header_rows]) + RULE
    yield Block(
        tuple(lines),
        keeps_together=is_whole,
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
