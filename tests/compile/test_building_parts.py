"""The parts around the works: each printed where the manifest has it, in the order of the book, and not elsewhere."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from lxml import etree
from msgspec.structs import replace

from bench.corpus import Book, add_every_part, invent_book
from compile.building import build, estimate_pages
from compile.manifest import (
    Appendix,
    BoardGroup,
    BuildReport,
    CaseCard,
    EditorialBoard,
    Imprint,
    ImprintFact,
    Manifest,
    TextPart,
)
from compile.plan import make_plan
from compile.writing.flow import count_pages
from compile.writing.matter import board_blocks, imprint_blocks, list_name_rows
from compile.writing.pages import Pagination, paginate
from tests.ooxml import R, W, find_faults, read_part


@pytest.fixture(scope="module")
def book() -> Book:
    return invent_book(6, seed=3, photo_share=0)


@pytest.fixture(scope="module")
def full(book: Book) -> Manifest:
    return add_every_part(book.manifest)


def build_bytes(book: Book, manifest: Manifest) -> tuple[bytes, BuildReport]:
    sink = io.BytesIO()
    report = build(manifest, book.open_blob, sink)
    return sink.getvalue(), report


def paginate_book(book: Book, manifest: Manifest) -> Pagination:
    return paginate(make_plan(manifest, book.open_blob))


def text_of(element: etree._Element) -> str:
    names = {f"{W}tab": "\t", f"{W}br": "\n"}
    return "".join(
        names.get(item.tag, item.text or "")
        for item in element.iter(f"{W}t", f"{W}tab", f"{W}br")
        if item.getparent().tag == f"{W}r"
    )


def texts_in(package: bytes, *styles: str) -> list[str]:
    """The paragraphs in these styles, in order."""
    found = []
    for paragraph in read_part(package, "word/document.xml").iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val") in styles:
            found.append(text_of(paragraph))
    return found


def test_book_with_every_part_is_sound_and_the_same_each_time(book: Book, full: Manifest) -> None:
    package, report = build_bytes(book, full)
    assert find_faults(package) == []
    assert build_bytes(book, full)[0] == package
    assert report.problems == ()
    assert report.pages == estimate_pages(full, book.open_blob)


def test_parts_stand_in_the_order_of_a_book(book: Book, full: Manifest) -> None:
    package, _ = build_bytes(book, full)
    heads = texts_in(package, "ImprintTitle", "FrontTitle", "TOCHeading", "AppendixTitle", "Heading1", "BackCover")
    assert heads == [
        "“我与信访”征文\n优秀作品汇编",
        "编委会",
        "编者按",
        "目　录",
        "关于开展主题征文活动的通知",
        "一等奖作品",
        "二等奖作品",
        "三等奖作品",
        "附录一　获奖名单",
        "附录二　评选办法",
        "附录三　优秀组织单位",
        "后记",
        "内部资料　免费交流",
        "柳河县信访局",
    ]


@pytest.mark.parametrize(
    ("name", "nothing", "styles", "pages"),
    [
        ("imprint", None, {"ImprintGap", "ImprintFact", "ImprintNote"}, 1),
        ("board", None, {"BoardGroup"}, 1),
        ("notice", None, set(), 2),
        ("afterword", None, set(), 1),
        ("back_cover", (), {"BackCover"}, 1),
    ],
)
def test_part_that_is_not_in_the_manifest_is_not_in_the_book(
    book: Book, full: Manifest, name: str, nothing: Any, styles: set[str], pages: int
) -> None:
    plain = replace(full, has_odd_starts=False)
    without = replace(plain, **{name: nothing})
    package, report = build_bytes(book, without)
    assert find_faults(package) == []
    used = {mark.get(f"{W}val") for mark in read_part(package, "word/document.xml").iter(f"{W}pStyle")}
    assert used.isdisjoint(styles)
    assert report.pages == estimate_pages(plain, book.open_blob) - pages


def test_imprint_sets_labels_before_values_and_free_lines_below(book: Book, full: Manifest) -> None:
    package, _ = build_bytes(book, full)
    facts = texts_in(package, "ImprintFact")
    assert facts[0] == "准印证号\t（柳）内资准字第〇一七号"
    assert len(facts) == 4
    assert texts_in(package, "ImprintNote") == ["本书为内部资料，仅供学习交流，不得翻印、销售。"]


def test_board_sets_four_names_in_a_row_and_draws_out_short_ones(book: Book, full: Manifest) -> None:
    package, _ = build_bytes(book, full)
    assert texts_in(package, "BoardGroup") == [
        "主　　任\t周　明",
        "副\u2002主\u2002任\t李秀兰\t陈大勇",
        "成　　员\t孙晓梅\t赵国强\t吴桂芳\t郑　海\n王立新\t马春生\t何　静\t欧阳建国\n阿卜杜拉·买买提\t刘　洋",
        "执行主编兼责任校对\n孙晓梅",
    ]


def test_name_takes_as_many_columns_as_it_is_long() -> None:
    names = ("甲乙", "一二三四五", "一二三四", "丙", "很长很长很长很长很长很长很长很长很长很长很长的名字")
    assert list_name_rows(BoardGroup("成员", names)) == (names[:3], names[3:4], names[4:])
    assert list_name_rows(BoardGroup("成员", ())) == ((),)


def test_long_imprint_and_board_run_over_to_further_pages(full: Manifest) -> None:
    facts = tuple(ImprintFact("项目", "内容" * 20) for _ in range(12))
    groups = tuple(BoardGroup(f"第{number}组", ("周明",) * 8) for number in range(12))
    assert count_pages(imprint_blocks(replace(full, imprint=Imprint(facts)))) == 2
    assert count_pages(board_blocks(EditorialBoard(groups))) == 2


def test_case_card_stands_between_work_and_comment_with_its_texts(book: Book) -> None:
    section = book.manifest.sections[0]
    entry = replace(section.works[0], case=CaseCard("因", "一做\n二做", "", "启"), comment="好", comment_by="李评审")
    manifest = replace(book.manifest, sections=(replace(section, works=(entry,)),), appendices=())
    package, _ = build_bytes(book, manifest)
    assert find_faults(package) == []
    *_, card = read_part(package, "word/document.xml").iter(f"{W}tbl")
    rows = [[text_of(cell) for cell in row.iter(f"{W}tc")] for row in card.iter(f"{W}tr")]
    assert rows == [["典型案例"], ["案由", "因"], ["做法", "一做二做"], ["启示", "启"]]
    before = card.getprevious()
    assert before.find(f"{W}pPr/{W}pStyle").get(f"{W}val") == "TableGap"  # which does not hold on to the card
    following = [text_of(paragraph) for paragraph in card.itersiblings(f"{W}p")]
    assert following == ["", "", "点评：好", "李评审"]
    heads = [
        text_of(mark.getparent().getparent()) for mark in card.iter(f"{W}pStyle") if mark.get(f"{W}val") == "TableHead"
    ]
    assert heads == ["典型案例", "案由", "做法", "启示"]


def test_long_case_card_may_run_over_the_page(book: Book) -> None:
    def keeps(text: str) -> int:
        section = book.manifest.sections[0]
        entry = replace(section.works[0], case=CaseCard("因", text, "效", "启"))
        manifest = replace(book.manifest, sections=(replace(section, works=(entry,)),), appendices=())
        *_, card = read_part(build_bytes(book, manifest)[0], "word/document.xml").iter(f"{W}tbl")
        return len(list(card.iter(f"{W}keepNext")))

    assert keeps("短") == 1 + 3 * 2
    assert keeps("长" * 900) == 0


@pytest.mark.parametrize(
    ("appendix", "tables", "paragraphs"),
    [
        (Appendix("附录", paragraphs=("甲", "乙")), 0, ["甲", "乙"]),
        (Appendix("附录", ("序",), (("1",),), paragraphs=("甲",)), 1, ["甲"]),
        (Appendix("附录", ("序",), (("1",),)), 1, []),
        (Appendix("附录"), 1, []),
    ],
)
def test_appendix_is_text_or_table_or_both(book: Book, appendix: Appendix, tables: int, paragraphs: list[str]) -> None:
    bare = replace(book.manifest, has_cover=False, has_contents=False, editor_note=(), appendices=())
    before = read_part(build_bytes(book, bare)[0], "word/document.xml")
    package, _ = build_bytes(book, replace(bare, appendices=(appendix,)))
    after = read_part(package, "word/document.xml")
    assert find_faults(package) == []
    assert len(list(after.iter(f"{W}tbl"))) - len(list(before.iter(f"{W}tbl"))) == tables
    body = texts_in(package, "AppendixTitle", "Body")
    assert body[body.index("附录") + 1 :] == paragraphs


def test_running_heads_differ_by_page_and_by_part_and_title_pages_have_none(book: Book, full: Manifest) -> None:
    package, _ = build_bytes(book, replace(full, title="书名\n两行", afterword=TextPart("很长的后记题目" * 9)))
    relations = read_part(package, "word/_rels/document.xml.rels")
    targets = {relation.get("Id"): relation.get("Target") for relation in relations}
    shown = []
    for section in read_part(package, "word/document.xml").iter(f"{W}sectPr"):
        heads = {mark.get(f"{W}type"): targets[mark.get(f"{R}id")] for mark in section.iter(f"{W}headerReference")}
        texts = {kind: text_of(read_part(package, f"word/{name}")) for kind, name in heads.items()}
        assert texts.get("even", "书名 两行") == "书名 两行"
        shown.append(texts.get("default", ""))
    assert shown == [
        "",
        "关于开展主题征文活动的通知",
        *("", "一等奖作品"),
        *("", "二等奖作品"),
        *("", "三等奖作品"),
        *("附录一　获奖名单", "附录二　评选办法", "附录三　优秀组织单位"),
        ("很长的后记题目" * 9)[:39] + "…",
        "",
    ]


def test_no_head_and_no_odd_page_unless_asked_for(book: Book) -> None:
    package, _ = build_bytes(book, book.manifest)
    document = read_part(package, "word/document.xml")
    assert next(document.iter(f"{W}headerReference"), None) is None
    assert {kind.get(f"{W}val") for kind in document.iter(f"{W}type")} == {"nextPage"}


def test_odd_starts_round_page_numbers_up_and_close_the_book_on_an_even_page(book: Book, full: Manifest) -> None:
    plain, odd = (paginate_book(book, replace(full, has_odd_starts=value)) for value in (False, True))
    assert odd.front_pages == plain.front_pages + plain.front_pages % 2
    titles = {f"{prize}等奖作品" for prize in "一二三"}
    shift, gained = 0, 0
    for before, after in zip(plain.entries, odd.entries, strict=True):
        if after.title in titles:
            assert after.page % 2 == 1
            shift += (before.page + shift + 1) % 2
            gained = shift
        assert after.page == before.page + shift
    assert gained > 0
    assert odd.body_pages % 2 == 0
    assert plain.body_pages == plain.entries[-1].page + 1


def test_odd_starts_are_told_to_the_word_processor(book: Book, full: Manifest) -> None:
    package, _ = build_bytes(book, full)
    kinds = [kind.get(f"{W}val") for kind in read_part(package, "word/document.xml").iter(f"{W}type")]
    front, notice, *sections, back = kinds
    assert (front, notice, back) == ("nextPage", "oddPage", "evenPage")
    assert sections[:6] == ["oddPage", "nextPage"] * 3
    assert set(sections[6:]) == {"nextPage"}


@pytest.mark.parametrize("has_section_pages", [True, False])
def test_page_numbers_begin_once(book: Book, full: Manifest, has_section_pages: bool) -> None:
    for manifest in (full, replace(full, notice=None), replace(full, notice=None, has_running_heads=False)):
        package, _ = build_bytes(book, replace(manifest, has_section_pages=has_section_pages))
        assert find_faults(package) == []
        sections = list(read_part(package, "word/document.xml").iter(f"{W}sectPr"))
        starts = [section.find(f"{W}pgNumType") is not None for section in sections]
        assert starts == [False, True, *[False] * (len(sections) - 2)]


def test_characters_no_file_can_hold_are_counted_in_every_part(book: Book) -> None:
    bad = "甲\x07"
    manifest = replace(
        book.manifest,
        imprint=Imprint((ImprintFact(bad, bad),), (bad,)),
        board=EditorialBoard((BoardGroup(bad, (bad,)),), bad),
        notice=TextPart(bad, (bad,)),
        afterword=TextPart(bad, (bad,)),
        back_cover=(bad,),
        appendices=(Appendix(bad, paragraphs=(bad,)),),
    )
    section = manifest.sections[0]
    entry = replace(section.works[0], case=CaseCard(bad, bad, bad, bad))
    manifest = replace(manifest, sections=(replace(section, works=(entry, *section.works[1:])), *manifest.sections[1:]))
    package, report = build_bytes(book, replace(manifest, has_running_heads=True))
    assert find_faults(package) == []
    assert [(one.work, one.facts["count"]) for one in report.problems] == [("", 13), (entry.number, 4)]
    assert len(re.findall("\ufffd", "".join(read_part(package, "word/document.xml").itertext()))) >= 17
