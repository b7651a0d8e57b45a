"""Tables on their grid: whatever a manuscript says, rows are even, widths fill the type area and no text is lost."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from compile.manifest import Appendix
from compile.manuscript import Cell, Paragraph, Row, Run, Table, plain_text
from compile.writing.blocks import table_blocks
from compile.writing.grid import Grid, appendix_table, lay_out_table
from compile.writing.layout import TEXT_WIDTH
from compile.writing.runs import Notes
from compile.writing.tables import table_xml


def cell(text: str, columns: int = 1, rows: int = 1) -> Cell:
    return Cell((Paragraph((Run(text),)),), columns, rows)


def shape(grid: Grid) -> list[list[tuple[str, int, str]]]:
    return [
        [("".join(plain_text(p.runs) for p in c.paragraphs), c.column_span, c.merge) for c in row] for row in grid.rows
    ]


CELLS = st.builds(cell, st.text("字词句文0aB", min_size=1, max_size=30), st.integers(-1, 70), st.integers(-1, 6))
TABLES = st.builds(
    lambda rows, columns: Table(tuple(Row(tuple(cells), header) for cells, header in rows), columns),
    st.lists(st.tuples(st.lists(CELLS, max_size=6), st.booleans()), max_size=6),
    st.integers(-1, 80),
)


@settings(max_examples=200, deadline=None)
@given(TABLES, st.lists(st.integers(-1, 9), max_size=6))
def test_any_table_becomes_an_even_grid_with_all_its_text(table: Table, weights: list[int]) -> None:
    grid = lay_out_table(table, weights)
    assert sum(grid.widths) == TEXT_WIDTH
    assert len(grid.widths) <= 63
    for row in grid.rows:
        assert sum(c.column_span for c in row) == len(grid.widths)
        assert sum(c.width for c in row) == TEXT_WIDTH
    texts = [plain_text(p.runs) for row in table.rows for c in row.cells for p in c.paragraphs]
    laid = [plain_text(p.runs) for row in grid.rows for c in row for p in c.paragraphs]
    assert laid == texts
    assert all(not c.paragraphs for row in grid.rows for c in row if c.merge == "continue")


def test_merged_cells_keep_their_place() -> None:
    table = Table(
        (
            Row((cell("类别", rows=2), cell("数量", columns=2)), is_header=True),
            Row((cell("来访"), cell("来信")), is_header=True),
            Row((cell("甲"), cell("1"), cell("2"))),
        ),
        3,
    )
    grid = lay_out_table(table)
    assert grid.header_rows == 2
    assert shape(grid) == [
        [("类别", 1, "restart"), ("数量", 2, "")],
        [("", 1, "continue"), ("来访", 1, ""), ("来信", 1, "")],
        [("甲", 1, ""), ("1", 1, ""), ("2", 1, "")],
    ]


def test_cells_beyond_the_last_column_join_it_and_missing_ones_are_empty() -> None:
    table = Table((Row((cell("一"), cell("二"), cell("三"))), Row((cell("四"),))), 2)
    assert shape(lay_out_table(table)) == [[("一", 1, ""), ("二三", 1, "")], [("四", 1, ""), ("", 1, "")]]


def test_merge_reaching_below_the_table_ends_with_it() -> None:
    grid = lay_out_table(Table((Row((cell("长", rows=9), cell("乙"))), Row((cell("丙"),))), 2))
    assert shape(grid) == [[("长", 1, "restart"), ("乙", 1, "")], [("", 1, "continue"), ("丙", 1, "")]]


def test_columns_are_as_wide_as_their_texts_ask_or_as_told() -> None:
    table = Table((Row((cell("1"), cell("很长的一段说明文字放在这里"))), Row((cell("2"), cell("短")))), 2)
    narrow, wide = lay_out_table(table).widths
    assert narrow < wide / 2
    assert lay_out_table(table, (1, 1)).widths == (TEXT_WIDTH // 2, TEXT_WIDTH // 2)
    assert lay_out_table(table, (1, 0)).widths == (narrow, wide)
    assert lay_out_table(table, (1, 1, 1)).widths == (narrow, wide)


def test_short_heads_and_entries_stay_on_one_line_where_there_is_room() -> None:
    texts = ("1", "榆林店社区", "土地流转租金", "周明", "转入司法程序，已告知当事人")
    heads = ("序号", "村（社区）", "来访事项", "包案领导", "办结情况")
    rows = (Row(tuple(map(cell, heads)), is_header=True), Row(tuple(map(cell, texts))))
    plain = (Row((cell("一"),) * 5, is_header=True), Row((cell("一"),) * 5))
    assert [*table_blocks(lay_out_table(Table(rows, 5)), ())] == [*table_blocks(lay_out_table(Table(plain, 5)), ())]


def test_figures_take_half_the_room_and_stand_in_the_middle() -> None:
    table = Table((Row((cell("1263150元"), cell("九百四十五万元整"))),), 2)
    grid = lay_out_table(table)
    assert [c.is_centered for c in grid.rows[0]] == [True, False]
    assert grid.widths[0] * 9 // 6 == pytest.approx(grid.widths[1], abs=2)


def test_table_of_header_rows_alone_repeats_none() -> None:
    assert lay_out_table(Table((Row((cell("头"),), is_header=True),), 1)).header_rows == 0


def test_header_rows_repeat_and_rows_stay_whole_unless_they_are_too_tall() -> None:
    rows = (Row((cell("头"),), is_header=True), Row((cell("短"),)), Row((cell("长" * 800),)))
    xml = table_xml(lay_out_table(Table(rows, 1)), (), Notes())
    head, short, tall = xml.split("<w:tr>")[1:]
    assert head.startswith("<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>")
    assert short.startswith("<w:trPr><w:cantSplit/></w:trPr>")
    assert tall.startswith("<w:tc>")


@pytest.mark.parametrize("columns", [("序号", "题目"), ()])
def test_appendix_rows_of_any_length_fit_its_columns(columns: tuple[str, ...]) -> None:
    table = appendix_table(Appendix("名单", columns, (("1", "甲", "多出"), ("2",), ()), (1, 3)))
    width = max(len(columns), 1)
    grid = lay_out_table(table, (1, 3))
    assert all(sum(c.column_span for c in row) == width for row in grid.rows)
    assert grid.header_rows == 1
