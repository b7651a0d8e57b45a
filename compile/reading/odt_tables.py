"""Tables of an .odt, rebuilt on a plain grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from compile.errors import Refused
from compile.manuscript import MAX_COLUMNS
from compile.reading.draft import DraftBlock, DraftCell, DraftRow, DraftTable
from compile.reading.odt_lists import to_number
from compile.reading.xml_parts import TABLE

MAX_CELLS = 100_000
MAX_ROW_COPIES = 100

_ROW_GROUPS = frozenset(TABLE + name for name in ("table-header-rows", "table-rows", "table-row-group"))
_ROW, _CELL, _COVERED = TABLE + "table-row", TABLE + "table-cell", TABLE + "covered-table-cell"


@dataclass(slots=True)
class _OpenCell:
    """A cell being laid on the grid; `rows_below` is how many more rows it wants to cover."""

    blocks: list[DraftBlock]
    column: int
    column_span: int = 1
    row_span: int = 1
    rows_below: int = 0

    def covers(self, column: int) -> bool:
        """Whether the cell, once begun, reaches over a column to its right."""
        return column < self.column + self.column_span


@dataclass(slots=True)
class TableReader:
    """Lays out the tables of one document. `read_cell` gives the blocks of a cell; `drop_covered` is told of each cell
    that lies hidden below another."""

    read_cell: Callable[[etree._Element], list[DraftBlock]]
    drop_covered: Callable[[etree._Element], None]
    _count: int = field(default=0, init=False)

    def read(self, table: etree._Element) -> DraftTable:
        """The table with its spans clamped to the grid; columns beyond 63 flow into the last one."""
        rows: list[list[_OpenCell]] = []
        heads: list[bool] = []
        above: list[_OpenCell] = []
        for row, is_header in _iter_rows(table, is_header=False):
            cells, above = self._lay_row(row, above)
            rows.append(cells)
            heads.append(is_header)
        columns = max((cell.column + cell.column_span for cells in rows for cell in cells), default=1)
        return DraftTable(
            tuple(
                DraftRow(
                    tuple(DraftCell(tuple(cell.blocks), cell.column_span, cell.row_span) for cell in cells), is_header
                )
                for cells, is_header in zip(rows, heads, strict=True)
            ),
            columns,
        )

    def _lay_row(self, row: etree._Element, above: list[_OpenCell]) -> tuple[list[_OpenCell], list[_OpenCell]]:
        """The cells that begin in this row, and the cells that reach into the next one. Where the spans of a damaged
        table contradict its cells, the cells are believed."""
        self._count_one()
        begun: list[_OpenCell] = []
        reaching = {column: cell for cell in above for column in range(cell.column, cell.column + cell.column_span)}
        for column, element in enumerate(self._iter_cells(row)):
            left = begun[-1] if begun else None
            is_covered = column in reaching or (left is not None and left.covers(column))
            if column >= MAX_COLUMNS:
                last = left or reaching[MAX_COLUMNS - 1]
                last.blocks.extend(self.read_cell(element))
            elif element.tag == _COVERED and is_covered:
                self.drop_covered(element)
            else:
                if cut := reaching.get(column):
                    begun.extend(_OpenCell([], hole) for hole in range(cut.column, column))
                    reaching = {place: cell for place, cell in reaching.items() if cell is not cut}
                if left is not None and left.covers(column):
                    left.column_span = column - left.column
                begun.append(self._begin_cell(element, column, reaching))
        stayed = {id(cell): cell for cell in reaching.values()}.values()
        for cell in stayed:
            cell.row_span += 1
            cell.rows_below -= 1
        return begun, [cell for cell in (*stayed, *begun) if cell.rows_below > 0]

    def _begin_cell(self, element: etree._Element, column: int, reaching: dict[int, _OpenCell]) -> _OpenCell:
        wanted = to_number(element.get(TABLE + "number-columns-spanned")) or 1
        free = range(column + 1, min(column + wanted, MAX_COLUMNS))
        end = next((place for place in free if place in reaching), free.stop)
        rows = to_number(element.get(TABLE + "number-rows-spanned")) or 1
        return _OpenCell(self.read_cell(element), column, max(end - column, 1), rows_below=rows - 1)

    def _iter_cells(self, row: etree._Element) -> Iterator[etree._Element]:
        """The cells of a row, each as often as it is repeated."""
        for element in row:
            if element.tag not in (_CELL, _COVERED):
                continue
            copies = to_number(element.get(TABLE + "number-columns-repeated")) or 1
            for _ in range(min(copies, MAX_COLUMNS)):
                self._count_one()
                yield element

    def _count_one(self) -> None:
        self._count += 1
        if self._count > MAX_CELLS:
            raise Refused("too-large")


def _iter_rows(parent: etree._Element, *, is_header: bool) -> Iterator[tuple[etree._Element, bool]]:
    """The rows of a table and whether each belongs to its head."""
    for child in parent:
        if child.tag == _ROW:
            copies = to_number(child.get(TABLE + "number-rows-repeated")) or 1
            for _ in range(min(copies, MAX_ROW_COPIES)):
                yield child, is_header
        elif child.tag in _ROW_GROUPS:
            yield from _iter_rows(child, is_header=is_header or child.tag == TABLE + "table-header-rows")
