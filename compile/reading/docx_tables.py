"""Tables of a .docx, rebuilt on a plain grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from compile.manuscript import MAX_COLUMNS
from compile.reading.docx_styles import is_on
from compile.reading.draft import DraftBlock, DraftCell, DraftRow, DraftTable, Report
from compile.reading.xml_parts import W

_WRAPPERS = frozenset(W + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"))
_ALT_TEXTS = frozenset((W + "tblCaption", W + "tblDescription"))


@dataclass(slots=True)
class _OpenCell:
    """A cell being laid on the grid; rows below may still lengthen it."""

    blocks: list[DraftBlock]
    column: int
    column_span: int
    row_span: int = 1


def read_table(
    table: etree._Element, read_blocks: Callable[[etree._Element], list[DraftBlock]], report: Report, place: str
) -> DraftTable:
    """The table with spans resolved; deleted rows are left out, columns beyond 63 flow into the last one."""
    rows: list[list[_OpenCell]] = []
    heads: list[bool] = []
    open_cells: dict[int, _OpenCell] = {}
    for words in table.iterfind(f"{W}tblPr/*"):
        if words.tag in _ALT_TEXTS and (text := words.get(W + "val")):
            report.add("alt-text", place, text)
    for row in _iter_members(table, W + "tr"):
        properties = row.find(W + "trPr")
        if properties is not None and properties.find(W + "del") is not None:
            report.add("deleted-text", place, "".join(item.text or "" for item in row.iter(W + "delText", W + "t")))
            continue
        cells, open_cells = _lay_row(row, properties, open_cells, read_blocks)
        rows.append(cells)
        header = properties.find(W + "tblHeader") if properties is not None else None
        heads.append(header is not None and is_on(header))
    columns = max((cell.column + cell.column_span for cells in rows for cell in cells), default=1)
    return DraftTable(
        tuple(
            DraftRow(
                tuple(DraftCell(tuple(cell.blocks), cell.column_span, cell.row_span) for cell in cells),
                is_header,
            )
            for cells, is_header in zip(rows, heads, strict=True)
        ),
        columns,
    )


def _lay_row(
    row: etree._Element,
    properties: etree._Element | None,
    open_above: dict[int, _OpenCell],
    read_blocks: Callable[[etree._Element], list[DraftBlock]],
) -> tuple[list[_OpenCell], dict[int, _OpenCell]]:
    """The cells that begin in this row, and the cells that a merged cell of the next row would continue, by column."""
    begun: list[_OpenCell] = []
    open_below: dict[int, _OpenCell] = {}
    column = 0
    if skipped := _to_count(properties.find(W + "gridBefore") if properties is not None else None, 0):
        column = min(skipped, MAX_COLUMNS - 1)
        begun.append(_OpenCell([], 0, column))
    for cell in _iter_members(row, W + "tc"):
        span, merge = _read_cell_spans(cell)
        if column >= MAX_COLUMNS:
            last = begun[-1] if begun else next(reversed(open_below.values()))
            last.blocks.extend(read_blocks(cell))
            continue
        span = min(span, MAX_COLUMNS - column)
        above = open_above.get(column)
        if merge == "continue" and above is not None and above.column_span == span:
            above.row_span += 1
            above.blocks.extend(read_blocks(cell))
            open_below[column] = above
        else:
            current = _OpenCell(read_blocks(cell), column, span)
            begun.append(current)
            if merge:
                open_below[column] = current
        column += span
    return begun, open_below


def _read_cell_spans(cell: etree._Element) -> tuple[int, str]:
    """Grid columns covered, and the vertical merge: "restart", "continue" or ""."""
    properties = cell.find(W + "tcPr")
    if properties is None:
        return 1, ""
    merge = properties.find(W + "vMerge")
    return _to_count(properties.find(W + "gridSpan"), 1) or 1, (
        "" if merge is None else (merge.get(W + "val") or "continue")
    )


def _to_count(element: etree._Element | None, fallback: int) -> int:
    value = element.get(W + "val") if element is not None else None
    return min(int(value), MAX_COLUMNS) if value and value.isdecimal() and len(value) < 10 else fallback


def _iter_members(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Rows of a table or cells of a row, also inside content controls and tracked insertions."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _iter_members(child, tag)
