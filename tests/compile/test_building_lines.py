"""Line breaking and page filling by arithmetic; the expected breaks were read off pages set by LibreOffice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compile.writing.blocks import title_margin
from compile.writing.flow import Block, Line, count_pages
from compile.writing.layout import EMU_PER_MM, LINE, TEXT_WIDTH, TITLE_SIZE, fit_picture, place_picture
from compile.writing.lines import break_lines

BODY = {"size": 320, "width": TEXT_WIDTH, "first_width": TEXT_WIDTH - 640, "tightening": -5}


def lines_of(text: str) -> list[str]:
    ends = break_lines(text, **BODY)
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def test_full_lines_hold_26_characters_after_the_indent_and_28_below() -> None:
    assert [len(line) for line in lines_of("中" * 100)] == [26, 28, 28, 18]


@pytest.mark.parametrize(
    ("text", "first_line"),
    [
        ("中" * 26 + "。这句话", "中" * 26 + "。"),  # a stop hangs over the edge
        ("中" * 26 + "，“这句话", "中" * 26 + "，"),
        ("中" * 26 + "！这句", "中" * 26 + "！"),
        ("中" * 26 + "”这句话", "中" * 25),  # a closing quote does not hang: it takes a character along
        ("中" * 26 + "。”这句话", "中" * 25),
        ("中" * 25 + "。”这句话", "中" * 24),
        ("中" * 25 + "“这句话", "中" * 25),  # an opening quote does not end a line
        ("中" * 26 + "）这句", "中" * 25),
        ("中" * 26 + "》，这句", "中" * 25),
        ("中" * 26 + "、、这句", "中" * 25),
        ("中" * 26 + "%这句", "中" * 25),
        ("中" * 25 + "·这句", "中" * 25 + "·"),
        ("中" * 26 + "——这句", "中" * 26),
        ("中" * 25 + "——这句", "中" * 25),  # the long dash does not part
        ("中" * 25 + "……这句", "中" * 25 + "…"),
    ],
)
def test_marks_at_the_edge_of_a_line(text: str, first_line: str) -> None:
    assert lines_of(text)[0] == first_line


def test_figures_are_not_parted_and_gaps_stand_between_scripts() -> None:
    assert lines_of("段断头路在国庆前通了车，大家在2019年修好")[0] == "段断头路在国庆前通了车，大家在2019年修好"
    assert lines_of("中" * 24 + "2019年")[0] == "中" * 24
    text = "段断头路在国庆前通了车。2019年3月，大家把群众反映的问题"
    assert break_lines(text, size=320, width=TEXT_WIDTH, tightening=-5) == [len(text) - 1, len(text)]


def test_words_break_at_spaces_and_a_word_longer_than_a_line_is_cut() -> None:
    words = "county petition bureau " * 6
    assert all(line.endswith(" ") for line in lines_of(words)[:-1])
    cut = lines_of("x" * 300)
    assert len(cut) > 3
    assert "".join(cut) == "x" * 300


def test_line_feed_ends_a_line_and_an_empty_text_is_one_line() -> None:
    assert break_lines("", **BODY) == [0]
    assert break_lines("甲\n\n乙", **BODY) == [1, 2, 4]


@given(st.text("中文，。“”（）…—·ab12 .%\n", max_size=120), st.integers(320, TEXT_WIDTH))
def test_any_text_breaks_into_ascending_lines_that_end_with_it(text: str, width: int) -> None:
    ends = break_lines(text, size=320, width=width, tightening=-5)
    assert ends == sorted(ends)
    assert ends[-1] == len(text)
    assert len(ends) >= text.count("\n") + 1


@given(st.text("中文字的，。“”—ab12 ", max_size=90))
def test_title_set_in_takes_as_many_lines_as_before(title: str) -> None:
    margin = title_margin(title)
    at_most = len(break_lines(title, size=TITLE_SIZE, width=TEXT_WIDTH))
    assert len(break_lines(title, size=TITLE_SIZE, width=TEXT_WIDTH - 2 * margin)) == at_most
    assert at_most > 1 or not margin


@pytest.mark.parametrize(
    ("length", "lines"), [(20, [20]), (21, [11, 10]), (29, [15, 14]), (40, [20, 20]), (41, [14, 14, 13])]
)
def test_lines_of_a_long_title_are_of_one_length(length: int, lines: list[int]) -> None:
    title = "字" * length
    ends = break_lines(title, size=TITLE_SIZE, width=TEXT_WIDTH - 2 * title_margin(title))
    assert [end - start for start, end in zip([0, *ends], ends, strict=False)] == lines


def test_title_with_lines_of_its_own_keeps_them() -> None:
    assert title_margin("上" * 22 + "\n" + "下" * 3) == 0


def plain(lines: int, **fields: bool) -> Block:
    return Block((Line(LINE),) * lines, **fields)  # type: ignore[arg-type]


def test_page_holds_22_lines() -> None:
    assert [count_pages([plain(lines)]) for lines in (1, 22, 23, 44, 45)] == [1, 1, 2, 2, 3]


def test_heading_moves_on_with_the_text_below_it() -> None:
    assert count_pages([plain(21), plain(1, keeps_with_next=True), plain(22)]) == 3
    assert count_pages([plain(21), plain(1), plain(22)]) == 2


def test_block_that_holds_together_moves_as_a_whole_unless_it_is_taller_than_a_page() -> None:
    assert count_pages([plain(20), plain(5, keeps_together=True), plain(17)]) == 2
    assert count_pages([plain(20), plain(5, keeps_together=True), plain(18)]) == 3
    assert count_pages([plain(20), plain(24, keeps_together=True)]) == 2


def test_footnotes_take_their_room_from_the_page_of_their_mark() -> None:
    marked = Block((Line(LINE, 300),))
    assert count_pages([marked, plain(20)]) == 1
    assert count_pages([marked, plain(21)]) == 2
    assert count_pages([plain(21), marked]) == 2


def test_repeated_header_rows_take_room_on_every_page_of_a_table() -> None:
    rows = (Line(LINE),) * 43
    assert count_pages([Block(rows)]) == 2
    assert count_pages([Block(rows, header_height=2 * LINE)]) == 3


@pytest.mark.parametrize(
    ("width_px", "height_px", "width_mm", "height_mm"),
    [(3000, 2000, 140, 93.3), (2000, 3000, 100, 150), (9000, 900, 140, 14), (240, 120, 50.8, 25.4)],
)
def test_picture_keeps_its_proportions_within_140_by_150_mm(
    width_px: int, height_px: int, width_mm: float, height_mm: float
) -> None:
    width, height = fit_picture(width_px, height_px)
    assert (width / EMU_PER_MM, height / EMU_PER_MM) == pytest.approx((width_mm, height_mm), abs=0.05)
    line, under = place_picture(height)
    assert (line + under) % LINE == 0
    assert line * 635 > height


@given(st.integers(-5, 60_000), st.integers(-5, 60_000))
def test_picture_of_any_size_fits_the_page_with_its_caption(width_px: int, height_px: int) -> None:
    width, height = fit_picture(width_px, height_px)
    assert 0 < width <= 140 * EMU_PER_MM
    assert 0 < height <= 150 * EMU_PER_MM
    assert sum(place_picture(height)) <= 20 * LINE
