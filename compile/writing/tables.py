"""Tables as Word XML: ruled, as wide as the type area, header rows repeated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from compile.manuscript import Paragraph, Run
from compile.writing.grid import TALL_ROW, Grid, GridCell
from compile.writing.layout import CELL_MARGIN_SIDE, CELL_MARGIN_TOP
from compile.writing.runs import Notes, runs_xml

_RULES: Final = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_MARGINS: Final = (
    f'<w:tblCellMar><w:top w:w="{CELL_MARGIN_TOP}" w:type="dxa"/><w:left w:w="{CELL_MARGIN_SIDE}" w:type="dxa"/>'
    f'<w:bottom w:w="{CELL_MARGIN_TOP}" w:type="dxa"/><w:right w:w="{CELL_MARGIN_SIDE}" w:type="dxa"/></w:tblCellMar>'
)
# A paragraph must follow a table; it also keeps two tables apart. The one before holds on to the table, but not where
# the rows hold on to each other: LibreOffice leaves an empty page there.
_LEAD: Final = '<w:p><w:pPr><w:pStyle w:val="TableLead"/></w:pPr></w:p>'
_GAP: Final = '<w:p><w:pPr><w:pStyle w:val="TableGap"/></w:pPr></w:p>'
_MERGES: Final = {"": "", "restart": '<w:vMerge w:val="restart"/>', "continue": "<w:vMerge/>"}


def table_xml(grid: Grid, notes: tuple[tuple[Run, ...], ...], book_notes: Notes) -> str:
    """The table between small gaps."""
    return "".join(iter_table_xml(grid, notes, book_notes))


def iter_table_xml(grid: Grid, notes: tuple[tuple[Run, ...], ...], book_notes: Notes) -> Iterator[str]:
    """The same in pieces. A row stays on one page unless it is too tall for that; so does a table that should keep
    together."""
    is_whole = grid.is_kept_whole
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid.widths)
    yield (
        f'{_GAP if is_whole else _LEAD}<w:tbl><w:tblPr><w:tblW w:w="{sum(grid.widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{_RULES}</w:tblBorders><w:tblLayout w:type="fixed"/>{_MARGINS}</w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>"
    )
    for index, row in enumerate(grid.rows):
        keep = "<w:keepNext/>" if is_whole and index < len(grid.rows) - 1 else ""
        is_header = index < grid.header_rows
        properties = "" if grid.heights[index] > TALL_ROW else "<w:cantSplit/>"
        properties += "<w:tblHeader/>" if is_header else ""
        cells = "".join([_cell_xml(cell, is_header, keep, notes, book_notes) for cell in row])
        yield f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{cells}</w:tr>"
    yield f"</w:tbl>{_GAP}"


def _cell_xml(cell: GridCell, is_header: bool, keep: str, notes: tuple[tuple[Run, ...], ...], book_notes: Notes) -> str:
    span = f'<w:gridSpan w:val="{cell.column_span}"/>' if cell.column_span > 1 else ""
    is_head = is_header or cell.is_label
    style = "TableHead" if is_head else "TableText"
    shift = '<w:jc w:val="center"/>' if cell.is_centered and not is_head else ""
    paragraphs = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}{shift or _alignment(paragraph, is_head)}</w:pPr>'
        f"{runs_xml(paragraph.runs, notes, book_notes)}</w:p>"
        for paragraph in cell.paragraphs or (Paragraph(()),)
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{cell.width}" w:type="dxa"/>{span}{_MERGES[cell.merge]}<w:vAlign w:val="center"/></w:tcPr>'
        f"{paragraphs}</w:tc>"
    )


def _alignment(paragraph: Paragraph, is_head: bool) -> str:
    return "" if is_head or paragraph.align == "left" else f'<w:jc w:val="{paragraph.align}"/>'
