"""Tables brought onto a sound grid: every row covers every column, widths fill the type area, nothing overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from compile.manifest import Appendix
from compile.manuscript import MAX_COLUMNS, Cell, Paragraph, Row, Run, Table, plain_text
from compile.writing.layout import (
    CELL_MARGIN_SIDE,
    CELL_MARGIN_TOP,
    RULE,
    SMALL_SIZE,
    TABLE_LINE,
    TEXT_HEIGHT,
    TEXT_WIDTH,
)
from compile.writing.lines import break_lines

# A taller row must be allowed to run over the page edge, a taller table to be broken.
TALL_ROW: Final = TEXT_HEIGHT // 2
_MIN_WEIGHT: Final = 3
_MAX_WEIGHT: Final = 18
_SHORT_TEXT: Final = 6
# The space left and right of the text in a cell, in characters.
_CELL_MARGINS: Final = 1


class GridCell(Struct, frozen=True, gc=False):
    """A cell in its place. `merge` is "" for a plain cell, "restart" for the first of several merged rows,
    "continue" for those under it, which hold no text. Columns of short entries are centred; a label beside its text
    looks like the head of a table."""

    paragraphs: tuple[Paragraph, ...]
    width: int
    column_span: int
    merge: str = ""
    is_centered: bool = False
    is_label: bool = False


class Grid(Struct, frozen=True):
    """A table ready to be written or measured; widths in twips sum to the width of the type area, `heights` are
    those of the rows. One that `keeps_together` is not broken over pages unless it is long."""

    widths: tuple[int, ...]
    rows: tuple[tuple[GridCell, ...], ...]
    heights: tuple[int, ...]
    header_rows: int
    keeps_together: bool = False

    @property
    def is_kept_whole(self) -> bool:
        """Whether it should keep together and is short enough for it."""
        return self.keeps_together and sum(self.heights) <= TALL_ROW


def lay_out_table(table: Table, weights: Sequence[int] = (), width: int = TEXT_WIDTH) -> Grid:
    """The table on its grid, `width` twips wide. Columns are as wide as `weights` say, or as their texts need."""
    columns = min(max(table.columns, 1), MAX_COLUMNS)
    lengths = _measure_columns(table, columns, of_headers=False)
    if len(weights) != columns or min(weights) <= 0:
        heads = _measure_columns(table, columns, of_headers=True)
        weights = [_weigh_column(length, head) for length, head in zip(lengths, heads, strict=True)]
    widths = _share_width(weights, width)
    centered = frozenset(column for column, length in enumerate(lengths) if length <= _SHORT_TEXT)
    rows: list[tuple[GridCell, ...]] = []
    hanging: dict[int, tuple[int, int]] = {}  # column → (columns covered, rows still to cover)
    for index, row in enumerate(table.rows):
        rows.append(_lay_out_row(row, widths, centered, hanging, rows_left=len(table.rows) - index))
    return Grid(widths, tuple(rows), tuple([_measure_row(row) for row in rows]), _count_header_rows(table.rows))


@lru_cache(maxsize=16)
def lay_out_appendix(appendix: Appendix, width: int = TEXT_WIDTH) -> Grid:
    """The table of an appendix on its grid, for measuring and for writing."""
    return lay_out_table(appendix_table(appendix), appendix.widths, width)


def appendix_table(appendix: Appendix) -> Table:
    """The appendix as a table with one header row; short rows are filled up, long ones cut at the last column."""
    columns = max(len(appendix.columns), 1)

    def to_row(texts: Sequence[str], is_header: bool) -> Row:
        cells = tuple(Cell((Paragraph((Run(text),)),)) for text in texts[:columns])
        return Row(cells, is_header=is_header)

    return Table((to_row(appendix.columns, True), *(to_row(row, False) for row in appendix.rows)), columns)


def _lay_out_row(
    row: Row,
    widths: tuple[int, ...],
    centered: frozenset[int],
    hanging: dict[int, tuple[int, int]],
    rows_left: int,
) -> tuple[GridCell, ...]:
    if not hanging and len(row.cells) == len(widths) and all(_is_plain(cell) for cell in row.cells):
        return tuple(
            [
                GridCell(cell.paragraphs, widths[column], 1, "", column in centered)
                for column, cell in enumerate(row.cells)
            ]
        )
    cells: list[GridCell] = []
    waiting = list(reversed(row.cells))
    if waiting and sum(span for span, _ in hanging.values()) >= len(widths):
        hanging.clear()  # merged cells from above leave this row no room: its own cells go first
    column = 0
    while column < len(widths):
        if column in hanging:
            span, rows_to_cover = hanging.pop(column)
            if rows_to_cover > 1:
                hanging[column] = (span, rows_to_cover - 1)
            cells.append(GridCell((), sum(widths[column : column + span]), span, "continue"))
        else:
            free = next((other for other in range(column, len(widths)) if other in hanging), len(widths)) - column
            cell = waiting.pop() if waiting else Cell(())
            span = min(max(cell.column_span, 1), free)
            row_span = min(max(cell.row_span, 1), rows_left)
            if row_span > 1:
                hanging[column] = (span, row_span - 1)
            width = sum(widths[column : column + span])
            merge = "restart" if row_span > 1 else ""
            cells.append(GridCell(cell.paragraphs, width, span, merge, column in centered and span == 1))
        column += span
    if waiting:
        _take_in_surplus(cells, tuple(paragraph for cell in reversed(waiting) for paragraph in cell.paragraphs))
    return tuple(cells)


def _measure_row(row: tuple[GridCell, ...]) -> int:
    lines = 1
    for cell in row:
        if cell.merge != "" or _is_one_line(cell):
            continue
        width = max(cell.width - 2 * CELL_MARGIN_SIDE, SMALL_SIZE)
        texts = (plain_text(paragraph.runs) for paragraph in cell.paragraphs)
        lines = max(lines, sum(len(break_lines(text, size=SMALL_SIZE, width=width)) for text in texts))
    return lines * TABLE_LINE + 2 * CELL_MARGIN_TOP + RULE


def _is_one_line(cell: GridCell) -> bool:
    """Whether the cell holds so little that nothing need be measured."""
    if len(cell.paragraphs) != 1:
        return not cell.paragraphs
    text = plain_text(cell.paragraphs[0].runs)
    widest = SMALL_SIZE + SMALL_SIZE // 5  # a character with the gap before it
    return len(text) * widest <= cell.width - 2 * CELL_MARGIN_SIDE and "\n" not in text


def _is_plain(cell: Cell) -> bool:
    return cell.column_span <= 1 and cell.row_span <= 1


def _take_in_surplus(cells: list[GridCell], paragraphs: tuple[Paragraph, ...]) -> None:
    """Keep the text of cells beyond the last column: it joins the last cell that shows text."""
    last = max(index for index, cell in enumerate(cells) if cell.merge != "continue")
    cells[last] = replace(cells[last], paragraphs=cells[last].paragraphs + paragraphs)


def _measure_columns(table: Table, columns: int, *, of_headers: bool) -> list[int]:
    """The length of the longest text that stands alone in each column, in header rows or in all others."""
    lengths = [0] * columns
    for row in table.rows:
        if row.is_header != of_headers or sum(max(cell.column_span, 1) for cell in row.cells) != columns:
            continue
        column = 0
        for cell in row.cells:
            if cell.column_span <= 1:
                for paragraph in cell.paragraphs:
                    text = plain_text(paragraph.runs)
                    if len(text) > lengths[column]:  # else it cannot take more room than those before
                        lengths[column] = max(lengths[column], _measure_text(text))
            column += max(cell.column_span, 1)
    return lengths


def _measure_text(text: str) -> int:
    """The room of a text in characters: figures and Latin letters take half of one."""
    return len(text) - sum(map(str.isascii, text)) // 2


def _weigh_column(length: int, head: int) -> int:
    """What a column asks for: its longest text up to a limit. A short head is not broken, a long one may be."""
    return min(max(length, min(head, _SHORT_TEXT), _MIN_WEIGHT), _MAX_WEIGHT) + _CELL_MARGINS


def _share_width(weights: Sequence[int], width: int) -> tuple[int, ...]:
    """Whole twips in proportion to the weights, summing to the width exactly."""
    total, passed, widths, edge = sum(weights), 0, [], 0
    for weight in weights:
        passed += weight
        next_edge = width * passed // total
        widths.append(next_edge - edge)
        edge = next_edge
    return tuple(widths)


def _count_header_rows(rows: tuple[Row, ...]) -> int:
    """How many leading rows repeat; a table of header rows alone has none."""
    return next((index for index, row in enumerate(rows) if not row.is_header), 0)
