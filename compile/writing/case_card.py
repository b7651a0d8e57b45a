"""The case card (典型案例) behind a work: four labelled texts in a ruled table."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from compile.manifest import CaseCard
from compile.manuscript import Cell, Paragraph, Row, Run, Table
from compile.writing.grid import Grid, lay_out_table
from compile.writing.layout import TEXT_WIDTH

_WIDTHS: Final = (3, 19)


def case_table(card: CaseCard) -> Table:
    """The card as a table: its name over all, then a row for each text that says something, the label before it."""
    texts = (("案由", card.cause), ("做法", card.measures), ("成效", card.results), ("启示", card.lessons))
    rows = (Row((_cell(label), _cell(text))) for label, text in texts if text)
    return Table((Row((_cell("典型案例", 2),), is_header=True), *rows), 2)


def lay_out_case(card: CaseCard, width: int = TEXT_WIDTH) -> Grid:
    """The card on its grid."""
    grid = lay_out_table(case_table(card), _WIDTHS, width)
    head, *others = grid.rows
    labelled = ((replace(label, is_label=True), text) for label, text in others)
    return replace(grid, rows=(head, *labelled), keeps_together=True)


def _cell(text: str, columns: int = 1) -> Cell:
    return Cell(tuple(Paragraph((Run(line),)) for line in text.split("\n")), columns)
