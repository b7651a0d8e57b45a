"""The body of an .odt as its author sees it: looks, lists, tables, notes, changes, frames; no office suite is needed."""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from compile.manuscript import Heading, ListItem, Manuscript, Paragraph, Picture, Run, Table, body_text, plain_text
from compile.reading import Reading, Refused, find_converter, read

ReadBody = Callable[..., Reading]

SENTENCE = "那天清晨，雾还没有散，老陈已经走在去东河村的路上。"


def p(inner: str = "", style: str = "") -> str:
    named = f' text:style-name="{style}"' if style else ""
    return f"<text:p{named}>{inner}</text:p>"


def h(inner: str, level: int = 1, more: str = "") -> str:
    return f'<text:h text:outline-level="{level}"{more}>{inner}</text:h>'


def span(inner: str, style: str) -> str:
    return f'<text:span text:style-name="{style}">{inner}</text:span>'


def style(name: str, properties: str = "", *, family: str = "text", parent: str = "", inner: str = "") -> str:
    based = f' style:parent-style-name="{parent}"' if parent else ""
    return (
        f'<style:style style:name="{name}" style:family="{family}"{based}>{inner}'
        f"<style:text-properties {properties}/></style:style>"
    )


def frame(inner: str) -> str:
    return f'<draw:frame text:anchor-type="paragraph">{inner}</draw:frame>'


def image(address: str) -> str:
    return f'<draw:image xlink:href="{address}"/>'


def cell(inner: str, more: str = "") -> str:
    return f"<table:table-cell{more}>{inner}</table:table-cell>"


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


COVERED = "<table:covered-table-cell/>"


@pytest.fixture
def read_body(files: SimpleNamespace) -> ReadBody:
    """Reads body XML behind a title line."""

    def read_one(body: str, **parts: object) -> Reading:
        title = '<text:p text:style-name="Title">题目在此</text:p>'
        reading: Reading = read(files.stream(files.odt(title + body, **parts)))
        assert (reading.kind, reading.manuscript.title) == ("odt", "题目在此")
        return reading

    return read_one


def kinds(reading: Reading) -> list[tuple[str, str]]:
    return [(item.kind, item.excerpt) for item in reading.dropped]


def texts(manuscript: Manuscript) -> list[str]:
    return body_text(manuscript).split("\n")


# Text and looks


def test_blanks_follow_the_rules_of_the_format_and_breaks_are_kept(read_body: ReadBody) -> None:
    body = p(f"  a\n   b{span(' c ', 'T')} d<text:s text:c='2'/>e<text:tab/>f。<text:line-break/>{SENTENCE} ")
    assert read_body(body).manuscript.blocks == (Paragraph((Run("a b c d  e f。"),)), Paragraph((Run(SENTENCE),)))


def test_looks_come_from_styles_and_their_parents_and_east_asian_values_go_first(read_body: ReadBody) -> None:
    automatic = (
        style("T1", parent="Strong")
        + style("T2", 'fo:font-weight="bold" style:font-weight-asian="normal" fo:font-style="italic"')
        + style("T3", 'style:text-underline-style="solid" style:text-position="super 58%"')
        + style("T4", 'style:text-position="-33% 58%"')
        + style("T5", parent="Internet_20_link")
    )
    styles = style("Strong", 'style:font-weight-asian="bold"') + style(
        "Internet_20_link", 'style:text-underline-style="solid"'
    )
    body = p(
        "甲"
        + span("乙", "T1")
        + span("丙", "T2")
        + span("丁", "T3")
        + span("戊", "T4")
        + f"<text:a xlink:href='http://198.51.100.1/'>{span('己', 'T5')}</text:a>"
        + span("庚", "NoSuch")
    )
    (block,) = read_body(body, automatic=automatic, styles=styles).manuscript.blocks
    assert block == Paragraph(
        (
            Run("甲"),
            Run("乙", bold=True),
            Run("丙", italic=True),
            Run("丁", underline=True, script="sup"),
            Run("戊", script="sub"),
            Run("己庚"),
        )
    )


def test_paragraph_styles_give_alignment_through_their_parents(read_body: ReadBody) -> None:
    middle = '<style:paragraph-properties fo:text-align="center"/>'
    automatic = style("P1", family="paragraph", parent="Middle") + style(
        "P2", family="paragraph", parent="Middle", inner='<style:paragraph-properties fo:text-align="end"/>'
    )
    styles = style("Middle", family="paragraph", inner=middle)
    body = p(SENTENCE) + p(SENTENCE, "P1") + p(SENTENCE, "P2") + p(SENTENCE)
    blocks = read_body(body, automatic=automatic, styles=styles).manuscript.blocks
    assert [block.align for block in blocks] == ["left", "center", "right", "left"]


def test_the_largest_line_is_the_title_and_a_lone_heading_face_is_proposed(files: SimpleNamespace) -> None:
    faces = "".join(
        f'<style:font-face style:name="F{name}" svg:font-family="\'{name}\'"/>' for name in ("黑体", "仿宋")
    )
    automatic = style("P1", 'style:font-size-asian="22pt" fo:font-size="12pt"', family="paragraph") + style(
        "P2", 'style:font-name-asian="F黑体"', family="paragraph"
    )
    default = (
        '<style:default-style style:family="paragraph"><style:text-properties style:font-name-asian="F仿宋" '
        'style:font-size-asian="16pt"/></style:default-style>'
    )
    data = files.odt(
        p("信访路上", "P1") + p(SENTENCE) + p("雨夜来访", "P2") + p(SENTENCE), automatic=automatic, styles=default
    )
    content = files.ODF_NAMES + "><office:font-face-decls>" + faces + "</office:font-face-decls"
    data = files.zip_parts(replace_once(data, "content.xml", files.ODF_NAMES, content))
    manuscript = read(files.stream(data)).manuscript
    assert manuscript.title == "信访路上"
    assert manuscript.blocks[1] == Heading(1, (Run("雨夜来访"),), is_proposed=True)


def replace_once(data: bytes, name: str, old: str, new: str) -> dict[str, bytes]:
    """The parts of an .odt with a text replaced once in one of them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts[name] = parts[name].decode().replace(old, new, 1).encode()
    return parts


def test_headings_are_known_by_their_level_and_by_their_style(read_body: ReadBody) -> None:
    styles = style("Heading_20_2", family="paragraph") + style("副标题", family="paragraph")
    body = p("一次家访", "副标题") + h("初到", 1) + p(SENTENCE) + p("雨夜", "Heading_20_2") + p(SENTENCE)
    manuscript = read_body(body, styles=styles).manuscript
    assert (manuscript.subtitle, [type(block).__name__ for block in manuscript.blocks]) == (
        "一次家访",
        ["Heading", "Paragraph", "Heading", "Paragraph"],
    )
    assert [block.level for block in manuscript.blocks if isinstance(block, Heading)] == [1, 2]


# Lists


def list_style(name: str, *levels: str) -> str:
    return f'<text:list-style style:name="{name}">{"".join(levels)}</text:list-style>'


def number_level(level: int, number_format: str, more: str = "") -> str:
    return (
        f'<text:list-level-style-number text:level="{level}" style:num-format="{number_format}" '
        f'style:num-suffix="." {more}/>'
    )


def items(*contents: str, name: str = "L1", more: str = "") -> str:
    inner = "".join(f"<text:list-item>{content}</text:list-item>" for content in contents)
    return f'<text:list text:style-name="{name}"{more}>{inner}</text:list>'


def markers(reading: Reading) -> list[tuple[str, int]]:
    return [(block.marker, block.level) for block in reading.manuscript.blocks if isinstance(block, ListItem)]


def test_lists_count_restart_go_on_and_nest_as_the_author_sees_them(read_body: ReadBody) -> None:
    automatic = list_style("L1", number_level(1, "1"), number_level(2, "a", 'text:display-levels="2"'))
    inner = "<text:list><text:list-item><text:p>里面。</text:p></text:list-item></text:list>"
    header = "<text:list-header><text:p>没有号。</text:p></text:list-header>"
    body = (
        items(p("甲。") + p("甲的下文。"), p("乙。") + inner, p("丙。") + inner)
        + p(SENTENCE)
        + items(p("丁。"), more=' text:continue-numbering="true"')
        + items(p("戊。"))
        + f'<text:list text:style-name="L1">{header}<text:list-item text:start-value="7">{p("己。")}</text:list-item></text:list>'
    )
    reading = read_body(body, automatic=automatic)
    assert markers(reading) == [
        ("1.", 0),
        ("2.", 0),
        ("2.a.", 1),
        ("3.", 0),
        ("3.a.", 1),
        ("4.", 0),
        ("1.", 0),
        ("7.", 0),
    ]
    plain = [plain_text(block.runs) for block in reading.manuscript.blocks if isinstance(block, Paragraph)]
    assert plain == ["甲的下文。", SENTENCE, "没有号。"]


@pytest.mark.parametrize(
    ("number_format", "start", "shown"),
    [
        ("1", 3, "3"),
        ("a", 3, "c"),
        ("I", 4, "IV"),
        ("一, 二, 三, ...", 12, "十二"),
        ("壹, 贰, 叁, ...", 23, "贰拾叁"),
        ("甲, 乙, 丙, ...", 3, "丙"),
        ("①, ②, ③, ...", 2, "②"),
        ("１, ２, ３, ...", 12, "１２"),
        ("イ, ロ, ハ, ...", 8, "8"),
    ],
)
def test_number_formats_are_written_out(read_body: ReadBody, number_format: str, start: int, shown: str) -> None:
    automatic = list_style("L1", number_level(1, number_format, f'style:num-prefix="第" text:start-value="{start}"'))
    assert markers(read_body(items(p("一条。")), automatic=automatic)) == [(f"第{shown}.", 0)]


def test_bullets_and_templates_of_newer_versions_are_written_out(read_body: ReadBody) -> None:
    automatic = (
        list_style("L1", '<text:list-level-style-bullet text:level="1" text:bullet-char="\uf0b7"/>')
        + list_style("L2", number_level(1, "1", 'loext:num-list-format="（%1%）"'))
        + list_style("L3", number_level(1, ""), number_level(2, "1", 'loext:num-list-format="%1%.%2%、"'))
    )
    deep = f"<text:list><text:list-item>{p('深处。')}</text:list-item></text:list>"
    body = items(p("点。")) + items(p("号。"), name="L2") + items(p("无。") + deep, name="L3") + p(SENTENCE)
    reading = read_body(body, automatic=automatic)
    assert markers(reading) == [("•", 0), ("（1）", 0), ("1、", 1)]


def test_numbered_headings_carry_the_number_of_the_outline_in_their_text(read_body: ReadBody) -> None:
    outline = (
        '<text:outline-style style:name="Outline"><text:outline-level-style text:level="1" '
        'style:num-format="一, 二, 三, ..." style:num-suffix="、"/><text:outline-level-style text:level="2" '
        'style:num-format="1" style:num-suffix=" "/></text:outline-style>'
    )
    unnumbered = ' text:is-list-header="true"'
    body = h("初到") + h("来访", 2) + h("前记", 1, unnumbered) + h("雨夜") + h("回访", 2) + p(SENTENCE)
    manuscript = read_body(body, styles=outline).manuscript
    headings = [plain_text(block.runs) for block in manuscript.blocks if isinstance(block, Heading)]
    assert headings == ["一、初到", "1 来访", "前记", "二、雨夜", "1 回访"]


# Tables


def test_spans_covered_cells_and_header_rows_make_a_grid(read_body: ReadBody) -> None:
    head = (
        "<table:table-header-rows>"
        + row(cell(p("年")), cell(p("件数")), cell(p("办结")))
        + "</table:table-header-rows>"
    )
    wide = row(cell(p("合计"), ' table:number-columns-spanned="2"'), COVERED, cell(p("9")))
    tall = row(cell(p("上半年"), ' table:number-rows-spanned="2"'), cell(p("3")), cell(p("3")))
    below = row(
        "<table:covered-table-cell><text:p>暗处</text:p></table:covered-table-cell>", cell(p("5")), cell(p("4"))
    )
    reading = read_body(p(SENTENCE) + f"<table:table>{head}{tall}{below}{wide}</table:table>")
    table = reading.manuscript.blocks[-1]
    assert isinstance(table, Table)
    assert [
        [(plain_text(one.paragraphs[0].runs), one.column_span, one.row_span) for one in line.cells]
        for line in table.rows
    ] == [
        [("年", 1, 1), ("件数", 1, 1), ("办结", 1, 1)],
        [("上半年", 1, 2), ("3", 1, 1), ("3", 1, 1)],
        [("5", 1, 1), ("4", 1, 1)],
        [("合计", 2, 1), ("9", 1, 1)],
    ]
    assert (table.columns, [line.is_header for line in table.rows]) == (3, [True, False, False, False])
    assert ("hidden-text", "暗处") in kinds(reading)


def test_where_spans_contradict_the_cells_the_cells_are_believed(read_body: ReadBody) -> None:
    greedy = ' table:number-columns-spanned="900000" table:number-rows-spanned="900000"'
    rows = row(cell(p("甲")), cell(p("乙"), greedy), cell(p("丙"))) + row(cell(p("丁")), cell(p("戊")), COVERED)
    table = read_body(p(SENTENCE) + f"<table:table>{rows}</table:table>").manuscript.blocks[-1]
    assert isinstance(table, Table)
    assert [
        ["".join(plain_text(part.runs) for part in one.paragraphs) for one in line.cells] for line in table.rows
    ] == [["甲", "乙", "丙"], ["丁", "戊", ""]]
    assert {(one.column_span, one.row_span) for line in table.rows for one in line.cells} <= {(1, 1), (61, 1)}


def test_a_table_inside_a_table_becomes_lines_of_text(read_body: ReadBody) -> None:
    inner = "<table:table>" + row(cell(p("张三")), cell(p("李四"))) + row(cell(p("王五"))) + "</table:table>"
    body = p(SENTENCE) + "<table:table>" + row(cell(p("名单") + inner), cell(p("备注"))) + "</table:table>"
    table = read_body(body).manuscript.blocks[-1]
    assert isinstance(table, Table)
    assert [plain_text(part.runs) for part in table.rows[0].cells[0].paragraphs] == ["名单", "张三　李四", "王五"]


# Notes, changes, what is left out


def note(inner: str, kind: str = "footnote") -> str:
    return (
        f'<text:note text:note-class="{kind}"><text:note-citation>1</text:note-citation>'
        f"<text:note-body>{inner}</text:note-body></text:note>"
    )


def test_footnotes_and_endnotes_stand_at_their_marks(read_body: ReadBody) -> None:
    body = p(f"前文{note(p('甲注。') + p('又一段。'))}后文{note(p('乙注。'), 'endnote')}。{note(p())}")
    manuscript = read_body(body).manuscript
    assert manuscript.blocks == (Paragraph((Run("前文", note=0), Run("后文", note=1), Run("。"))),)
    assert [plain_text(runs) for runs in manuscript.notes] == ["甲注。\n又一段。", "乙注。"]


def test_tracked_changes_are_read_as_accepted_and_reported(read_body: ReadBody) -> None:
    who = "<office:change-info><dc:creator>某某</dc:creator></office:change-info>"
    changes = (
        f"<text:tracked-changes><text:changed-region text:id='d'><text:deletion>{who}{p('旧话')}</text:deletion>"
        f"</text:changed-region><text:changed-region text:id='i'><text:insertion>{who}</text:insertion>"
        f"</text:changed-region><text:changed-region text:id='x'><text:deletion>{who}{p('没有位置')}</text:deletion>"
        "</text:changed-region></text:tracked-changes>"
    )
    body = p(
        "他说<text:change text:change-id='d'/><text:change-start text:change-id='i'/>新话"
        "<text:change-end text:change-id='i'/>。"
    )
    reading = read_body(changes + body)
    assert texts(reading.manuscript) == ["他说新话。"]
    assert kinds(reading) == [("deleted-text", "旧话"), ("inserted-text", "新话"), ("deleted-text", "没有位置")]
    assert "某某" not in repr(reading)


def test_comments_and_everything_hidden_are_listed_with_their_place(read_body: ReadBody) -> None:
    comment = f"<office:annotation><dc:creator>某某</dc:creator>{p('请核实')}</office:annotation>"
    automatic = style("T1", 'text:display="none"') + style("P1", 'text:display="none"', family="paragraph")
    secret = "<text:hidden-text text:is-hidden='true' text:string-value='秘语'>无</text:hidden-text>"
    whole = "<text:hidden-paragraph text:is-hidden='true'/>"
    body = (
        p(f"甲{comment}乙{span('藏一', 'T1')}丙{secret}。")
        + p("藏二", "P1")
        + p(f"藏三{whole}")
        + f"<text:section text:display='none'>{p('藏四')}</text:section>"
        + f"<text:section>{p('看得见。')}</text:section>"
    )
    reading = read_body(body, automatic=automatic)
    assert texts(reading.manuscript) == ["甲乙丙。", "看得见。"]
    assert [item.excerpt for item in reading.dropped] == ["请核实", "藏一", "秘语", "藏二", "藏三", "藏四"]
    assert {item.kind for item in reading.dropped} == {"comment", "hidden-text"}
    assert "某某" not in repr(reading)


def test_fields_show_their_text_prompts_and_contents_are_left_out_and_other_indexes_stay(read_body: ReadBody) -> None:
    contents = f"<text:table-of-content><text:index-body>{p('一、初到 1')}</text:index-body></text:table-of-content>"
    index = (
        f"<text:user-index><text:user-index-source/><text:index-body><text:index-title>{p('名录。')}</text:index-title>"
        f"{p('老陈。')}</text:index-body></text:user-index>"
    )
    prompt = "<text:placeholder text:placeholder-type='text'>&lt;作者&gt;</text:placeholder>"
    ruby = "<text:ruby><text:ruby-base>访</text:ruby-base><text:ruby-text>fǎng</text:ruby-text></text:ruby>"
    date = "<text:date text:date-value='2020-08-10'>八月十日</text:date>"
    reading = read_body(contents + p(f"{date}，信{ruby}件{prompt}。") + index)
    assert texts(reading.manuscript) == ["八月十日，信访件。", "名录。", "老陈。"]
    assert kinds(reading) == [("contents", ""), ("placeholder", "<作者>")]


# Frames


def test_box_text_comes_after_its_paragraph_and_pictures_where_they_stand(
    read_body: ReadBody, files: SimpleNamespace
) -> None:
    box = frame(f"<draw:text-box>{p('框里的话。')}</draw:text-box>")
    shape = f"<draw:g><draw:custom-shape>{p('图形里的话。')}</draw:custom-shape></draw:g>"
    body = p(f"{frame(image('Pictures/a.jpg'))}{box}正文。{shape}") + p("图为入户走访。") + p("下一段。")
    reading = read_body(body, parts={"Pictures/a.jpg": files.jpeg()})
    kept, *rest = reading.manuscript.blocks
    assert isinstance(kept, Picture)
    assert (kept.width_px, kept.height_px) == (320, 200)
    assert [plain_text(block.runs) for block in rest] == [
        "正文。",
        "框里的话。",
        "图形里的话。",
        "图为入户走访。",
        "下一段。",
    ]
    (file,) = reading.pictures
    assert (file.key, b"SECRET" in file.data) == (kept.key, False)


def test_the_first_usable_picture_of_a_frame_is_taken(read_body: ReadBody, files: SimpleNamespace) -> None:
    both = frame(image("./Pictures/a.svg") + image("Pictures/a%20b.jpg"))
    reading = read_body(p(SENTENCE) + p(both), parts={"Pictures/a.svg": "<svg/>", "Pictures/a b.jpg": files.jpeg()})
    assert (len(reading.pictures), kinds(reading)) == (1, [])


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (image("http://198.51.100.1/a.png"), [("external-picture", "")]),
        (image("../a.png"), [("external-picture", "")]),
        (image("Pictures/none.png"), [("picture-missing", "none.png")]),
        (image("Pictures/a.svg"), [("picture-format", "a.svg")]),
        ('<draw:object xlink:href="./Object 1"/>' + image("./ObjectReplacements/Object 1"), [("drawing", "chart")]),
        ('<draw:object xlink:href="./Object 2"/>', [("embedded-object", "")]),
        ('<draw:object-ole xlink:href="./Object 9"/>', [("embedded-object", "")]),
        ('<draw:plugin xlink:href="http://198.51.100.1/a"/>', [("embedded-object", "")]),
    ],
)
def test_what_cannot_be_carried_over_is_reported(
    read_body: ReadBody, files: SimpleNamespace, inner: str, expected: list[tuple[str, str]]
) -> None:
    wrap = f"<office:document-content {files.ODF_NAMES}><office:body>%s</office:body></office:document-content>"
    parts = {
        "Pictures/a.svg": "<svg/>",
        "Object 1/content.xml": wrap % "<office:chart/>",
        "Object 2/content.xml": f"<!DOCTYPE x>{wrap}" % "<office:spreadsheet/>",
        "ObjectReplacements/Object 1": b"VCLMTF",
    }
    reading = read_body(p(SENTENCE + frame(inner)), parts=parts)
    assert (kinds(reading), reading.pictures, texts(reading.manuscript)) == (expected, (), [SENTENCE])


def test_a_formula_becomes_text_in_its_place(read_body: ReadBody, files: SimpleNamespace) -> None:
    tokens = "<math:semantics><math:mi>a</math:mi><math:mo>+</math:mo><math:mn>1</math:mn>"
    root = f"<math:math {files.ODF_NAMES}>{tokens}<math:annotation>a+1</math:annotation></math:semantics></math:math>"
    body = p(f"设{frame('<draw:object xlink:href=' + chr(34) + './Object 1' + chr(34) + '/>')}为总数。")
    reading = read_body(body, parts={"Object 1/content.xml": root})
    assert (texts(reading.manuscript), kinds(reading)) == (["设a+1为总数。"], [("formula", "a+1")])


def test_page_headers_go_to_the_byline_and_are_reported(read_body: ReadBody) -> None:
    masters = (
        f"<style:master-page style:name='Standard'><style:header>{p('作者：周明')}</style:header>"
        f"<style:footer>{p('第<text:page-number>1</text:page-number>页')}</style:footer>"
        f"<style:header-left style:display='false'>{p('不显示')}</style:header-left></style:master-page>"
    )
    reading = read_body(p(SENTENCE) + p(SENTENCE), masters=masters)
    assert (reading.byline.authors, kinds(reading)) == (("周明",), [("header", "作者：周明")])


# Packages


def test_templates_are_read_and_other_kinds_of_documents_are_not(files: SimpleNamespace) -> None:
    body = p("题目") + p(SENTENCE)
    template = files.odt(body, mimetype="application/vnd.oasis.opendocument.text-template")
    assert read(files.stream(template)).kind == "odt"
    with pytest.raises(Refused, match="wrong-type"):
        read(files.stream(files.odt(body, mimetype="application/vnd.oasis.opendocument.spreadsheet")))


def test_an_encrypted_package_asks_for_the_password_to_be_removed(files: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="encrypted"):
        read(files.stream(files.odt(p(SENTENCE), parts={"META-INF/manifest.xml": "<manifest:encryption-data/>"})))


def test_damaged_parts_are_repaired_or_left_out_and_reported(read_body: ReadBody, files: SimpleNamespace) -> None:
    without_styles = read_body(p(SENTENCE), parts={"styles.xml": "\0\0"}).dropped
    assert [(item.kind, item.place) for item in without_styles] == [("damaged-part", "styles.xml")]
    broken = files.zip_parts(replace_once(files.odt(p("题目") + p(SENTENCE)), "content.xml", "</office:text>", ""))
    reading = read(files.stream(broken))
    assert (texts(reading.manuscript), [item.kind for item in reading.dropped]) == ([SENTENCE], ["repaired"])


REPEATED_ROW = '<table:table-row table:number-rows-repeated="99"/>'
REPEATED_CELL = '<table:table><table:table-row><table:table-cell table:number-columns-repeated="63">'
TABLE_ENDS = "</table:table-cell></table:table-row></table:table>"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<text:p/>" * 70_000, "too-large"),
        (f"<table:table>{REPEATED_ROW * 1_500}</table:table>", "too-large"),
        (REPEATED_CELL * 40 + p(SENTENCE) + TABLE_ENDS * 40, "too-large"),
        ("<text:section>" * 5_000 + p(SENTENCE) + "</text:section>" * 5_000, "too-large"),
        ("", "no-text"),
    ],
    ids=["paragraphs", "rows", "cells", "depth", "empty"],
)
def test_hostile_and_empty_bodies_are_refused(files: SimpleNamespace, body: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        read(files.stream(files.odt(body)))


def test_a_document_type_declaration_is_unsafe(files: SimpleNamespace) -> None:
    for name in ("content.xml", "styles.xml"):
        with pytest.raises(Refused, match="unsafe"):
            read(files.stream(files.odt(p(SENTENCE), parts={name: '<!DOCTYPE x [<!ENTITY a "b">]><x/>'})))


def test_random_damage_ends_in_a_reading_or_a_refusal(files: SimpleNamespace) -> None:
    dice = random.Random(20200810)
    automatic = list_style("L1", number_level(1, "1"), number_level(2, "a"))
    whole = (
        p("题目")
        + p(f"甲{note(p('注'))}{frame(image('Pictures/a.png'))}<text:s text:c='3'/>{span('乙', 'T1')}")
        + items(p("丙") + items(p("丁")))
        + "<table:table>"
        + row(cell(p("子"), ' table:number-rows-spanned="2"'), cell(p("丑")))
        + row(COVERED, cell(p("寅")))
        + "</table:table>"
    )
    names = re.findall(r"<([\w:-]+)", whole)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(200):
        tokens = re.findall(r"<[^>]*>|[^<]+", whole)
        for _ in range(dice.randrange(1, 4)):
            place = dice.randrange(len(tokens))
            tokens[place] = dice.choice(
                [
                    "",
                    tokens[dice.randrange(len(tokens))],
                    re.sub(r"(</?)[\w:-]+", rf"\1{dice.choice(names)}", tokens[place]),
                    re.sub(r"\"\w*\"", f'"{dice.choice(["", "-1", "0", "99999999999", "x"])}"', tokens[place]),
                ]
            )
        try:
            read(files.stream(files.odt("".join(tokens), automatic=automatic)))
            outcomes["read"] += 1
        except Refused:
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 0


@pytest.mark.office
@pytest.mark.skipif(find_converter() is None, reason="LibreOffice is not installed")
def test_what_libreoffice_saves_as_odt_reads_like_the_docx_it_came_from(files: SimpleNamespace, tmp_path: Path) -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
        '<w:lvlText w:val="（%1）"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    notes = f'<w:footnote w:id="2">{files.para("据村民口述。")}</w:footnote>'
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = (
        files.para("信访路上", properties='<w:jc w:val="center"/>', look='<w:b/><w:sz w:val="44"/>')
        + files.para(SENTENCE, inner=mark + files.run("他走得很快。", "<w:b/>"))
        + files.para("要有耐心。", properties=numbered)
        + files.para("要细心。", properties=numbered)
        + files.para("", inner=files.picture("rId9"))
        + files.table((files.para("年"), files.para("件数")), (files.para("2020"), files.para("31")))
        + files.para("他又出发了。", properties='<w:jc w:val="right"/>')
    )
    data = files.docx(
        body,
        numbering=numbering,
        footnotes=notes,
        links={"rId9": ("image", "media/a.jpg")},
        parts={"word/media/a.jpg": files.jpeg()},
    )
    source = tmp_path / "essay.docx"
    source.write_bytes(data)
    program = shutil.which("soffice")
    assert program is not None
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [program, "--headless", profile, "--convert-to", "odt", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    made = read(files.stream((tmp_path / "essay.odt").read_bytes()))
    original = read(files.stream(data))
    assert made.manuscript.title == "信访路上"
    assert made.manuscript == original.manuscript
