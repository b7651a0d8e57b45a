"""Tables that are no tables: frames around the essay, entry forms, picture grids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace

from compile.manuscript import Picture, Run
from compile.reading.byline import find_label, read_form
from compile.reading.draft import DraftBlock, DraftCell, DraftRow, DraftTable, Line, Report
from compile.reading.signature_words import Signature

_LONG_CELL_CHARACTERS = 300
_LONG_CELL_LINES = 3
_CAPTION_LENGTH = 60
_FORM_REACH = 6
_FORM_TITLE = re.compile(r"[^。，：]{0,26}(?:登记|报送|申报|推荐|投稿|报名|信息|审批)表(?:[（(][^）)]{1,10}[）)])?")
_BODY_LABEL = re.compile(r"(?:作品|稿件)?(?:正文|内容|全文)|(?:主要|先进)?事迹(?:材料|介绍)?")


def unwrap_tables(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """Essays lifted out of frame cells, and pictures with their captions out of picture grids."""
    unwrapped: list[DraftBlock] = []
    for block in blocks:
        if not isinstance(block, DraftTable):
            unwrapped.append(block)
        elif _is_frame(block):
            unwrapped.extend(unwrap_tables(_all_blocks(block)))
        else:
            for part in _lift_long_rows(block):
                unwrapped.extend(_settle_table(part) if isinstance(part, DraftTable) else unwrap_tables(part))
    return unwrapped


def take_forms(blocks: Sequence[DraftBlock], report: Report) -> tuple[list[DraftBlock], list[Signature]]:
    """The blocks without entry forms (name, unit, post, identity number, phone …) and what the forms say.

    Only the first and last few blocks are looked at; identity numbers and other private fields are not kept.
    """
    kept: list[DraftBlock] = []
    signatures: list[Signature] = []
    for index, block in enumerate(blocks):
        is_near_end = index < _FORM_REACH or index >= len(blocks) - _FORM_REACH
        pairs = _read_pairs(block) if is_near_end and isinstance(block, DraftTable) else []
        if pairs:
            if kept and isinstance(title := kept[-1], Line) and _FORM_TITLE.fullmatch(title.text.strip()):
                report.add("contest-tag", "表格", title.text)
                del kept[-1]
            signatures.append(read_form(pairs))
            report.add("form", "表格", "、".join(label for label, _ in pairs))
        else:
            kept.append(block)
    return kept, signatures


def _all_blocks(table: DraftTable) -> list[DraftBlock]:
    return [block for row in table.rows for cell in row.cells for block in cell.blocks]


def _is_frame(table: DraftTable) -> bool:
    """One cell with content, all others empty."""
    return sum(1 for row in table.rows for cell in row.cells if cell.blocks) == 1


def _is_picture_grid(table: DraftTable) -> bool:
    blocks = _all_blocks(table)
    pictures = sum(1 for block in blocks if isinstance(block, Picture))
    texts = [block.text for block in blocks if isinstance(block, Line)]
    return 0 < pictures >= len(texts) and all(len(text) <= _CAPTION_LENGTH for text in texts)


def _read_by_columns(table: DraftTable) -> list[DraftBlock]:
    """Column after column, so that a caption below its picture follows it."""
    columns: dict[int, list[DraftBlock]] = {}
    for row in table.rows:
        column = 0
        for cell in row.cells:
            columns.setdefault(column, []).extend(cell.blocks)
            column += cell.column_span
    return [block for column in sorted(columns) for block in columns[column]]


def _settle_table(table: DraftTable) -> list[DraftBlock]:
    flat = _flatten_inner(table)
    return _read_by_columns(flat) if _is_picture_grid(flat) else [flat]


def _flatten_inner(table: DraftTable) -> DraftTable:
    """The table with every table inside its cells as one line of text per row, pictures after it."""

    def flatten(blocks: Sequence[DraftBlock]) -> Iterator[DraftBlock]:
        for block in blocks:
            if not isinstance(block, DraftTable):
                yield block
                continue
            for row in _flatten_inner(block).rows:
                if text := "　".join(cell.text.replace("\n", " ") for cell in row.cells if cell.text.strip()):
                    yield Line((Run(text),))
                yield from (inner for cell in row.cells for inner in cell.blocks if isinstance(inner, Picture))

    rows = (
        replace(row, cells=tuple(replace(cell, blocks=tuple(flatten(cell.blocks))) for cell in row.cells))
        for row in table.rows
    )
    return replace(table, rows=tuple(rows))


def _lift_long_rows(table: DraftTable) -> list[DraftTable | Sequence[DraftBlock]]:
    """A row of one cell of several paragraphs, alone or beside the word 正文, is text in a frame; the rows around it
    stay tables."""
    parts: list[DraftTable | Sequence[DraftBlock]] = []
    rows: list[DraftRow] = []
    for row in table.rows:
        long = [cell for cell in row.cells if _is_long(cell)]
        labels = [cell.text for cell in row.cells if not _is_long(cell)]
        if len(long) == 1 and all(_BODY_LABEL.fullmatch(re.sub(r"\s", "", label)) for label in labels):
            if rows:
                parts.append(DraftTable(tuple(rows), table.columns))
            parts.append(long[0].blocks)
            rows = []
        else:
            rows.append(row)
    if rows:
        parts.append(DraftTable(tuple(rows), table.columns))
    return parts


def _is_long(cell: DraftCell) -> bool:
    lines = [block for block in cell.blocks if isinstance(block, Line)]
    return len(lines) >= _LONG_CELL_LINES and sum(len(line.text) for line in lines) >= _LONG_CELL_CHARACTERS


def _read_pairs(table: DraftTable) -> list[tuple[str, str]]:
    """Label and value pairs when the table is an entry form, else nothing."""
    grid = [[cell.text.strip() for cell in row.cells] for row in table.rows]
    filled = sum(1 for row in grid for text in row if text)
    pairs = _pairs_across(grid) or _pairs_down(grid)
    labels = {label for label, _ in pairs}
    is_form = len(labels) >= 2 and len(pairs) * 5 >= filled * 2
    return pairs if is_form else []


def _pairs_across(grid: list[list[str]]) -> list[tuple[str, str]]:
    """Label, value, label, value … in every row."""
    pairs = []
    for row in grid:
        for text, value in pairwise(row):
            label = find_label(text)
            if label and not find_label(value):
                pairs.append((label, value))
    return pairs


def _pairs_down(grid: list[list[str]]) -> list[tuple[str, str]]:
    """A row of labels over one row of values."""
    if len(grid) != 2 or len(grid[0]) != len(grid[1]):
        return []
    return [(label, value) for text, value in zip(*grid, strict=True) if (label := find_label(text))]
