"""Leaves as tags, once for every form made of tags: which tags stand is decided here, how they look by the form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from compile.manuscript import Block, Heading, ListItem, Paragraph, Picture, Run, Table
from compile.writing.grid import Grid, GridCell, lay_out_table
from compile.writing.leaves import DEEPEST_ITEM, Box, Leaf
from compile.writing.pages import caption_text
from compile.writing.text import escape

_GAP: Final = re.compile("\r\n|[\r\n\t]|  +")

DrawPicture = Callable[[Picture], str]
"""What stands where a picture belongs: its tag, or words."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a form does its own way. `attributes` gives the attributes of a role ("left", "byline", "cell" …), with a
    blank before them. The templates are filled with {picture} and {caption}, or with {number} and {text}; {anchor} is
    the id of the first mark of a note and empty at the others."""

    attributes: Mapping[str, str]
    figure: str
    captioned: str
    mark: str
    note: str
    notes_head: str = "<h2>注释</h2>"
    notes_tail: str = ""

    def tag(self, name: str, role: str, content: str) -> str:
        """An element in the look of its role."""
        return f"<{name}{self.attributes.get(role, '')}>{content}</{name}>"


def iter_leaf_markup(leaf: Leaf, dialect: Dialect, draw_picture: DrawPicture) -> Iterator[str]:
    """Everything of the leaf below its title, each block one piece of complete markup; then its notes and boxes."""
    for role, text in (("subtitle", leaf.subtitle), ("byline", leaf.byline)):
        if text:
            yield dialect.tag("p", role, inline(text))
    marks = _Marks(leaf.notes, dialect)
    for block in leaf.blocks:
        if not isinstance(block, Table) or block.rows:
            yield _block_markup(block, marks, draw_picture)
    yield from marks.iter_notes()
    for box in leaf.boxes:
        yield _box_markup(box, marks)


def inline(text: str) -> str:
    """The text as content of a paragraph: escaped, line breaks as tags, tabs and runs of blanks as blanks that stay."""
    escaped = escape(text)
    return _GAP.sub(_keep_gap, escaped) if _GAP.search(escaped) else escaped


def _keep_gap(match: re.Match[str]) -> str:
    gap = match.group()
    if gap == "\t":
        return "\u2003"
    return "\u00a0" * (len(gap) - 1) + " " if gap[0] == " " else "<br/>"


class _Marks:
    """The notes of one leaf, numbered in the order of their marks; a note without a mark is not printed."""

    def __init__(self, notes: tuple[tuple[Run, ...], ...], dialect: Dialect) -> None:
        self.dialect = dialect
        self._notes = notes
        self._numbers: dict[int, int] = {}

    def runs_markup(self, runs: tuple[Run, ...]) -> str:
        """The runs in their looks with their marks."""
        return "".join(_run_markup(run) + self._mark(run.note) for run in runs)

    def iter_notes(self) -> Iterator[str]:
        """The notes that were marked so far under a heading of their own."""
        if not self._numbers:
            return
        yield self.dialect.notes_head
        for index, number in self._numbers.items():
            text = "".join(_run_markup(run) for run in self._notes[index])
            yield self.dialect.note.format(number=number, text=text)
        if self.dialect.notes_tail:
            yield self.dialect.notes_tail

    def _mark(self, index: int | None) -> str:
        if index is None or not 0 <= index < len(self._notes):
            return ""
        anchor = "" if index in self._numbers else f' id="mark-{len(self._numbers) + 1}"'
        number = self._numbers.setdefault(index, len(self._numbers) + 1)
        return self.dialect.mark.format(number=number, anchor=anchor)


def _run_markup(run: Run) -> str:
    text = inline(run.text)
    if not text:
        return ""
    for is_on, name in ((run.script, run.script), (run.underline, "u"), (run.italic, "em"), (run.bold, "strong")):
        if is_on:
            text = f"<{name}>{text}</{name}>"
    return text


def _block_markup(block: Block, marks: _Marks, draw_picture: DrawPicture) -> str:
    dialect = marks.dialect
    match block:
        case Paragraph(runs=runs, align=align):
            # The lines of a poem all begin at the same place.
            is_poem = align == "left" and any("\n" in run.text for run in runs)
            return dialect.tag("p", "lines" if is_poem else align, marks.runs_markup(runs))
        case Heading(level=level, runs=runs):
            return dialect.tag(f"h{min(max(level, 1), 3) + 1}", "heading", marks.runs_markup(runs))
        case ListItem(marker=marker, runs=runs, level=level):
            role = f"item-{min(max(level, 0), DEEPEST_ITEM)}"
            return dialect.tag("p", role, inline(marker) + marks.runs_markup(runs))
        case Picture():
            caption = caption_text(block)
            template = dialect.captioned if caption else dialect.figure
            return template.format(picture=draw_picture(block), caption=inline(caption))
        case Table():
            return _table_markup(lay_out_table(block), marks)


def _table_markup(grid: Grid, marks: _Marks) -> str:
    """The table on its sound grid; cells that are merged downwards become one that spans its rows."""
    starts = [_starts(row) for row in grid.rows]
    rows = []
    for index, row in enumerate(starts):
        name, role = ("th", "head") if index < grid.header_rows else ("td", "cell")
        cells = []
        for column, cell in row.items():
            if cell.merge == "continue":
                continue
            below = (later.get(column) for later in starts[index + 1 :]) if cell.merge else ()
            cells.append(_cell_markup(cell, _count_merged(below), name, role, marks))
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return marks.dialect.tag("table", "table", "".join(rows))


def _starts(row: tuple[GridCell, ...]) -> dict[int, GridCell]:
    """The cells of a row by their first column."""
    starts, column = {}, 0
    for cell in row:
        starts[column] = cell
        column += cell.column_span
    return starts


def _count_merged(below: Iterator[GridCell | None] | tuple[()]) -> int:
    rows = 1
    for cell in below:
        if cell is None or cell.merge != "continue":
            break
        rows += 1
    return rows


def _cell_markup(cell: GridCell, row_span: int, name: str, role: str, marks: _Marks) -> str:
    spans = f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
    spans += f' rowspan="{row_span}"' if row_span > 1 else ""
    if role == "cell" and cell.is_centered:
        role = "cell-center"
    content = "<br/>".join(marks.runs_markup(paragraph.runs) for paragraph in cell.paragraphs)
    return f"<{name}{marks.dialect.attributes.get(role, '')}{spans}>{content}</{name}>"


def _box_markup(box: Box, marks: _Marks) -> str:
    tag = marks.dialect.tag
    lines = [tag("p", "left", marks.runs_markup(paragraph.runs)) for paragraph in box.paragraphs]
    if box.signed_by:
        lines.append(tag("p", "right", inline(box.signed_by)))
    return tag("blockquote", "box", "".join(lines))
