"""The checks name every fault once, with its place, and stay silent about a good work."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from compile.checks import KINDS, Finding, Limits, check_manuscript
from compile.manuscript import (
    Cell,
    Heading,
    ListItem,
    Manuscript,
    Paragraph,
    Picture,
    Row,
    Run,
    Table,
    undo_headings,
)
from compile.reading.types import Dropped

KEY = "0" * 64
GOOD = Manuscript(
    "门前那条小河",
    blocks=(
        Paragraph((Run("那天清晨，雾还没有散，老陈已经走在去东河村的路上。" * 4),)),
        Picture(KEY, 1600, 900, "图为老陈在走访", "李娜"),
        Heading(1, (Run("一、第一本账"),)),
        Paragraph((Run("他用的是 Word 2016, WPS 也行；9:30 出门，走了 3.5 公里（见图）。" * 2),)),
    ),
)
LIMITS = Limits(100, 250, 300)


def check(manuscript: Manuscript, *dropped: Dropped, limits: Limits = LIMITS, authors: tuple[str, ...] = ("周明",)):
    return check_manuscript(manuscript, authors=authors, dropped=dropped, limits=limits)


def with_blocks(*blocks) -> Manuscript:
    return replace(GOOD, blocks=(*GOOD.blocks, *blocks))


def text(line: str) -> Paragraph:
    return Paragraph((Run(line),))


def test_a_good_work_has_no_findings() -> None:
    assert check(GOOD) == ()
    assert check(GOOD, Dropped("header", "页眉", "征文"), Dropped("byline", "文末", "周明")) == ()


def test_what_a_work_cannot_do_without_is_missed() -> None:
    assert check(Manuscript(""), authors=()) == (
        Finding("title-missing", "题目"),
        Finding("author-missing", "题目下方"),
        Finding("body-empty", "正文"),
    )


def test_a_title_fills_two_lines_and_no_more() -> None:
    assert check(replace(GOOD, title="题" * 40)) == ()
    assert check(replace(GOOD, title="题" * 41)) == (Finding("title-long", "题目", facts={"count": 41, "limit": 40}),)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (99, ("words-few", 100)),
        (100, None),
        (250, None),
        (251, ("words-above", 250)),
        (300, ("words-above", 250)),
        (301, ("words-many", 300)),
    ],
)
def test_length_is_told_at_its_borders(words: int, expected: tuple[str, int] | None) -> None:
    found = check(replace(GOOD, blocks=(text("字" * words),)))
    wanted = (Finding(expected[0], "正文", facts={"count": words, "limit": expected[1]}),) if expected else ()
    assert found == wanted
    assert check(replace(GOOD, blocks=(text("字" * words),)), limits=Limits()) == ()


def test_a_poem_is_counted_in_lines_and_may_be_short() -> None:
    poem = Limits(1000, 2500, 3000, is_poem=True)
    lines = "\n\n".join("\n".join(["春风吹过小小的窗口"] * 10) for _ in range(4))
    assert check(replace(GOOD, blocks=(text(lines),)), limits=poem) == ()
    assert check(replace(GOOD, blocks=(text(lines + "\n完"),)), limits=poem) == (
        Finding("poem-long", "正文", facts={"count": 41, "limit": 40}),
    )


@pytest.mark.parametrize(
    ("size", "needed"),
    [((600, 400), 0), ((599, 400), 600), ((450, 643), 0), ((450, 642), 451), ((300, 1000), 0), ((60, 60), 600)],
)
def test_a_picture_must_fill_its_place_in_print(size: tuple[int, int], needed: int) -> None:
    found = check(with_blocks(Picture(KEY, *size, "图为水渠")))
    facts = {"width": size[0], "height": size[1], "limit": needed}
    assert found == ((Finding("picture-small", "图 2", 4, facts),) if needed else ())


def test_a_text_that_is_mostly_verse_is_a_poem_before_anybody_says_so() -> None:
    verse, prose = text("春风吹过小小的窗口\n" * 20), text("他来了。" * 50)
    assert check(replace(GOOD, blocks=(verse,)), limits=Limits(1000)) == ()
    assert [finding.code for finding in check(replace(GOOD, blocks=(verse, prose)), limits=Limits(1000))] == [
        "words-few"
    ]


def test_a_picture_without_caption_and_a_screenshot_are_named_by_their_number() -> None:
    bare = Picture(KEY, 1600, 900)
    screenshot = Picture(KEY, 1080, 1920, "图为群众的来信")
    assert check(with_blocks(bare, screenshot), Dropped("screenshot", "图 3")) == (
        Finding("screenshot", "图 3", 5),
        Finding("caption-missing", "图 2", 4),
    )


def test_half_width_marks_in_chinese_are_counted_and_the_first_is_shown() -> None:
    table = Table((Row((Cell((text("表里,不看"),)),)),), 1)
    lines = (table, text("老陈说:“来了。”"), ListItem("1.", (Run("张大山(信访人,62岁)又来了."),)))
    assert check(with_blocks(*lines)) == (
        Finding("half-width-marks", "正文第 4 段", 5, {"example": "陈说:“来", "count": 5}),
    )


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("电话13800138000。", 1),
        ("电话 138-0013-8000，又 +86 13900139000", 2),
        ("电话１３８００１３８０００", 1),
        ("身份证11010519491231002X", 1),
        ("身份证 440524 19800101 0014，34052419800101001x", 2),
        ("编号2020513800138000123", 0),
        ("2018年至2020年共接访1380人次，拨付15000000000元", 1),  # by its form; a person looks
        ("值班电话0557-6012345，热线12345", 0),
        ("2019-10-01到2020-12-31", 0),
    ],
)
def test_numbers_of_phones_and_identity_cards_are_counted_and_not_repeated(words: str, count: int) -> None:
    found = check(with_blocks(text(words)))
    assert found == ((Finding("private-numbers", "正文第 4 段", 4, {"count": count}),) if count else ())


def test_private_numbers_are_looked_for_in_tables_captions_and_notes() -> None:
    table = Table((Row((Cell((text("13800138000"),)),)),), 1)
    noted = Paragraph((Run("有注。", note=0),))
    work = replace(
        with_blocks(table, Picture(KEY, 1600, 900, "老陈13800138001"), noted), notes=((Run("13800138002"),),)
    )
    assert check(work) == (Finding("private-numbers", "表格", 4, {"count": 3}),)


def test_what_is_left_in_the_file_is_told_once_for_each_kind() -> None:
    dropped = [
        Dropped("inserted-text", "第 3 段", "新"),
        Dropped("comment", "第 4 段", "数据核实下"),
        Dropped("deleted-text", "第 5 段", "旧"),
        Dropped("hidden-text", "第 6 段", "旧稿"),
    ]
    assert check(GOOD, *dropped) == (
        Finding("changes-left", "第 3 段", facts={"count": 2}),
        Finding("comments-left", "第 4 段", facts={"count": 1}),
        Finding("hidden-left", "第 6 段", facts={"count": 1}),
    )


def test_proposed_headings_are_counted_until_they_are_undone() -> None:
    guessed = with_blocks(Heading(1, (Run("雨夜里的电话"),), True), text("他来了。"), Heading(2, (Run("她"),), True))
    assert check(guessed) == (Finding("headings-proposed", "正文第 4 段", 4, {"count": 2}),)
    assert check(undo_headings(guessed, {4, 6})) == ()


def test_undoing_closes_the_levels_and_leaves_styled_headings_alone() -> None:
    blocks = (Heading(1, (Run("甲"),), True), Heading(2, (Run("乙"),)), Heading(3, (Run("丙"),), True))
    work = Manuscript("题目", blocks=blocks)
    assert undo_headings(work, ()) == work
    assert undo_headings(work, {0, 1}).blocks == (text("甲"), Heading(1, (Run("乙"),)), Heading(2, (Run("丙"),), True))


def test_every_kind_tells_a_fix_and_what_its_texts_ask_for_is_given() -> None:
    faulty = Manuscript(
        "题" * 50,
        blocks=(
            text("老陈说,来了。" * 60), Picture(KEY, 100, 100), Heading(1, (Run("甲"),), True), ListItem("1.", (Run("乙"),)),
        ),
    )  # fmt: skip
    dropped = [Dropped(kind, "图 1", "") for kind in ("screenshot", "comment", "deleted-text", "hidden-text")]
    found = [
        *check(faulty, *dropped, authors=()),
        *check(Manuscript("")),
        *check(replace(faulty, blocks=(text("字" * 260),))),
        *check(replace(faulty, blocks=(text("字"),))),
        *check(replace(faulty, blocks=(text("字\n" * 41),)), limits=Limits(is_poem=True)),
        *check(replace(faulty, blocks=(text("电话13800138000"),))),
    ]
    assert {finding.code for finding in found} == set(KINDS)
    for finding in found:
        asked = re.findall(r"%\((\w+)\)s", finding.kind.message + finding.kind.remedy)
        assert set(asked) <= set(finding.facts)
        assert finding.kind.remedy.endswith("。")
