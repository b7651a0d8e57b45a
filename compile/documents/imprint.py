"""版记: a table of full width that stands on the foot of its page, whatever is written above it."""

from __future__ import annotations

from typing import Final

from compile.documents.extent import count_lines
from compile.documents.model import Imprint
from compile.documents.styles import SMALL_SIZE
from compile.writing.flow import Line
from compile.writing.layout import LINE, MARGIN_LEFT, TEXT_WIDTH
from compile.writing.runs import run_xml
from compile.writing.styles import Style

# Eighths of a point: 0.35 mm for the first and last rule, 0.25 mm between.
_OUTER_RULE: Final = 8
_INNER_RULE: Final = 6
_COPIES: Final = "抄送："


def imprint_xml(imprint: Imprint, *, is_ruled: bool) -> str:
    """The imprint; in a letter it has neither rules nor a printer."""
    rows = [
        f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{TEXT_WIDTH}" w:type="dxa"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="Imprint"/>{properties}</w:pPr>{run_xml(text)}</w:p></w:tc></w:tr>'
        for text, properties in _rows(imprint, is_ruled=is_ruled)
    ]
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="auto"/>'
        for side, size in (("top", _OUTER_RULE), ("bottom", _OUTER_RULE), ("insideH", _INNER_RULE))
    )
    # Measured from the page sideways and from the foot of the type area: the pair that every word processor follows.
    return (
        '<w:tbl><w:tblPr><w:tblpPr w:leftFromText="0" w:rightFromText="0" w:vertAnchor="margin" w:horzAnchor="page" '
        f'w:tblpX="{MARGIN_LEFT}" w:tblpYSpec="bottom"/><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/>'
        f'{f"<w:tblBorders>{borders}</w:tblBorders>" if is_ruled else ""}<w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="{TEXT_WIDTH}"/></w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def imprint_lines(imprint: Imprint, style: Style, *, is_ruled: bool) -> tuple[Line, ...]:
    """The lines the imprint takes, one more to keep it clear of the text."""
    hanging = len(_COPIES) * SMALL_SIZE
    count = sum(
        count_lines(text, style, left=SMALL_SIZE + hanging, hanging=hanging) if text.startswith(_COPIES) else 1
        for text, _ in _rows(imprint, is_ruled=is_ruled)
    )
    return (Line(LINE),) * (count + 1)


def _rows(imprint: Imprint, *, is_ruled: bool) -> list[tuple[str, str]]:
    """The texts of the rows, and how each stands: names under each other, the printing day at the right edge."""
    rows = []
    if imprint.copies_to:
        hanging = len(_COPIES) * SMALL_SIZE
        indent = f'<w:ind w:left="{SMALL_SIZE + hanging}" w:right="{SMALL_SIZE}" w:hanging="{hanging}"/>'
        rows.append((f"{_COPIES}{'，'.join(imprint.copies_to)}。", indent))
    if is_ruled:
        tab = f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH - SMALL_SIZE}"/></w:tabs>'
        rows.append((f"{imprint.printed_by}\t{imprint.printed_on}印发", tab))
    return rows
