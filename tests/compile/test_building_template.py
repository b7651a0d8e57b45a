"""A bureau's own Word file frames the book: its styles, paper, headers and cover stay, nothing foreign leaks in."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.shared import Pt, RGBColor
from msgspec.structs import replace

from bench.corpus import Book, invent_book
from compile.__main__ import main
from compile.building import build, check
from compile.errors import UnusableTemplate
from compile.manifest import BuildReport
from compile.template_check import TemplateFacts, examine_template
from tests.ooxml import W, find_faults, read_part
from tests.templates import make_template


@pytest.fixture(scope="module")
def book() -> Book:
    return invent_book(3, seed=3, photo_share=1.0, photo_px=200)


def build_with(book: Book, template: bytes, **fields: object) -> tuple[bytes, BuildReport]:
    key = hashlib.sha256(template).hexdigest()
    blobs = {**book.blobs, key: template}
    sink = io.BytesIO()
    manifest = replace(book.manifest, template_key=key, **fields)  # type: ignore[arg-type]
    report = build(manifest, lambda wanted: io.BytesIO(blobs[wanted]), sink)
    return sink.getvalue(), report


@pytest.fixture(scope="module")
def framed(book: Book) -> bytes:
    return build_with(book, make_template())[0]


def style(package: bytes, name: str) -> Any:
    return docx.Document(io.BytesIO(package)).styles[name]


def test_book_in_a_template_is_sound(framed: bytes) -> None:
    assert find_faults(framed) == []


def test_paper_header_and_looks_are_the_templates(framed: bytes) -> None:
    document = docx.Document(io.BytesIO(framed))
    body = document.sections[-1]
    assert (round(body.page_width.mm), round(body.page_height.mm)) == (184, 260)
    assert (round(body.left_margin.mm), round(body.right_margin.mm)) == (22, 20)
    assert body.header.paragraphs[0].text == "清源县信访局内部资料"
    assert len(list(body.header._element.iter("{*}blip"))) == 1
    assert body.even_page_header.paragraphs[0].text == "清源县信访局内部资料"
    heading = style(framed, "Heading 2")
    assert heading.font.color.rgb == RGBColor(0x9B, 0x1B, 0x1B)
    assert heading.paragraph_format.page_break_before
    assert style(framed, "作品正文").font.size == Pt(16)


def test_cover_is_the_templates_with_the_words_of_the_book(framed: bytes) -> None:
    texts = [paragraph.text for paragraph in docx.Document(io.BytesIO(framed)).paragraphs[:4]]
    assert texts == ["", "“我与信访”征文 优秀作品汇编", "柳河县信访局，二〇二〇年十二月", ""]
    assert "这一段只是样子" not in "".join(read_part(framed, "word/document.xml").itertext())


def test_tables_and_pictures_are_no_wider_than_the_templates_text(framed: bytes) -> None:
    width = 10432 - 1247 - 1134
    document = read_part(framed, "word/document.xml")
    tables = {int(table.get(f"{W}w") or 0) for table in document.iter(f"{W}tblW")}
    assert max(tables) <= width + 2
    assert all(int(extent.get("cx") or 0) <= (width + 2) * 635 for extent in document.iter("{*}extent"))


def test_works_read_the_same_in_any_frame(book: Book, framed: bytes) -> None:
    sink = io.BytesIO()
    build(book.manifest, book.open_blob, sink)
    plain, own = (
        [
            paragraph.text
            for paragraph in docx.Document(io.BytesIO(data)).paragraphs
            if paragraph.style.name == "作品正文"
        ]
        for data in (sink.getvalue(), framed)
    )
    assert own == plain
    assert len(own) > 20


def test_same_template_gives_the_same_bytes(book: Book, framed: bytes) -> None:
    assert build_with(book, make_template())[0] == framed


def test_styles_under_the_ids_of_chinese_word_are_matched_by_name(book: Book) -> None:
    def renumber(document: Any) -> None:
        for number, name in ((1, "Heading 1"), (2, "Heading 2"), (3, "Normal")):
            document.styles[name].element.set(f"{W}styleId", str(number))
        for reference in document.styles.element.iter(f"{W}basedOn", f"{W}next"):
            if reference.get(f"{W}val") == "Normal":
                reference.set(f"{W}val", "3")

    data, _ = build_with(book, make_template(renumber))
    assert find_faults(data) == []
    assert style(data, "Heading 2").font.size == Pt(24)


def test_changes_comments_links_and_macros_of_a_template_stay_out(book: Book) -> None:
    def soil(document: Any) -> None:
        paragraph = document.paragraphs[2]._element
        paragraph.append(
            docx.oxml.parse_xml(f'<w:ins xmlns:w="{W[1:-1]}" w:author="王"><w:r><w:t>新增</w:t></w:r></w:ins>')
        )
        paragraph.append(
            docx.oxml.parse_xml(
                f'<w:del xmlns:w="{W[1:-1]}" w:author="王"><w:r><w:delText>旧稿</w:delText></w:r></w:del>'
            )
        )

    data, _ = build_with(book, make_template(soil))
    text = "".join(read_part(data, "word/document.xml").itertext())
    assert "新增" in text
    assert "旧稿" not in text
    assert not list(read_part(data, "word/document.xml").iter(f"{W}ins", f"{W}del"))
    assert find_faults(data) == []


def test_template_without_a_mark_gives_no_cover_and_the_house_brings_its_own(book: Book) -> None:
    def strip(document: Any) -> None:
        for paragraph in list(document.paragraphs):
            paragraph._element.getparent().remove(paragraph._element)

    data, _ = build_with(book, make_template(strip))
    assert "CoverTitle" in {mark.get(f"{W}val") for mark in read_part(data, "word/document.xml").iter(f"{W}pStyle")}
    assert find_faults(data) == []


@pytest.mark.parametrize(
    ("template", "code"),
    [(b"PK\x03\x04 broken", "template-damaged"), (b"%PDF-1.7", "template-damaged"), (b"", "template-damaged")],
)
def test_template_that_cannot_serve_is_named_and_the_book_comes_out_all_the_same(
    book: Book, template: bytes, code: str
) -> None:
    data, report = build_with(book, template)
    assert [problem.code for problem in report.problems] == [code]
    sink = io.BytesIO()
    build(book.manifest, book.open_blob, sink)
    assert data == sink.getvalue()


def test_book_made_from_a_template_serves_as_the_next_one(book: Book, framed: bytes) -> None:
    data, _ = build_with(book, framed)
    assert find_faults(data) == []
    names = [one.name for one in docx.Document(io.BytesIO(data)).styles]
    assert len(names) == len(set(names))
    assert examine_template(framed) == TemplateFacts(184, 260, True, True, True, styles=53)


def test_odd_and_even_headers_of_a_template_are_kept_apart(book: Book) -> None:
    def tell_apart(document: Any) -> None:
        document.settings.odd_and_even_pages_header_footer = True
        document.sections[0].even_page_header.paragraphs[0].text = "双页"

    body = docx.Document(io.BytesIO(build_with(book, make_template(tell_apart))[0])).sections[-1]
    assert [head.paragraphs[0].text for head in (body.header, body.even_page_header)] == [
        "清源县信访局内部资料",
        "双页",
    ]


def test_empty_footer_of_a_template_leaves_the_page_numbers_of_the_house(book: Book) -> None:
    def add_empty_footer(document: Any) -> None:
        document.sections[0].footer.is_linked_to_previous = False

    template = make_template(add_empty_footer)
    assert not examine_template(template).has_footer
    assert build_with(book, template)[0] == build_with(book, make_template())[0]


def test_facts_of_a_template_are_told_before_it_is_taken() -> None:
    plain = make_template(lambda document: mark_of(document).getparent().remove(mark_of(document)))
    assert examine_template(make_template()) == TemplateFacts(184, 260, True, False, True, styles=11)
    assert examine_template(plain) == TemplateFacts(184, 260, True, False, False, styles=11)


def mark_of(document: Any) -> Any:
    return document.paragraphs[3]._element


def without_paper(document: Any) -> None:
    section = document.sections[0]._sectPr
    section.remove(section.find(f"{W}pgSz"))


def with_a_long_cover(document: Any) -> None:
    for _ in range(300):
        mark_of(document).addprevious(docx.oxml.parse_xml(f'<w:p xmlns:w="{W[1:-1]}"/>'))


def with_damage(data: bytes) -> bytes:
    """The file with a picture that no longer has its checksum."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        picture = next(info for info in package.infolist() if info.filename.endswith(".png"))
    end = picture.header_offset + 30 + len(picture.filename) + picture.compress_size
    return data[: end - 9] + bytes(9) + data[end:]


def with_part(name: str, part: bytes) -> bytes:
    sink = io.BytesIO(make_template())
    with zipfile.ZipFile(sink, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, part)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7", "模板不是 .docx 文件"),
        ("{正文}".encode(), "模板不是 .docx 文件"),
        (with_damage(make_template()), "文件已损坏，打不开"),
        (with_part("word/vbaProject.bin", b"x"), "文件带有宏"),
        (with_part("word/afchunk.xml", b"<x/>" + bytes(8 * 2**20)), "文件展开后过大"),
        (make_template(without_paper), "文件里没有可用的纸张和页边距"),
        (make_template(with_a_long_cover), "正文以前的内容太多，不像封面"),
    ],
)
def test_template_that_cannot_serve_is_refused_with_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(UnusableTemplate) as refused:
        examine_template(data)
    assert refused.value.message == said
    assert refused.value.remedy.endswith("。")


def test_missing_template_is_named(book: Book) -> None:
    manifest = replace(book.manifest, template_key="0" * 64)
    assert [problem.code for problem in check(manifest, book.open_blob)] == ["template-missing"]


def test_house_template_frames_the_book_as_the_house_does(book: Book, tmp_path: Path) -> None:
    target = tmp_path / "模板.docx"
    assert main(["template", "-o", str(target)]) == 0
    template = target.read_bytes()
    assert find_faults(template) == []
    data, report = build_with(book, template)
    assert [problem.code for problem in report.problems] == ["template-pages"]
    assert find_faults(data) == []
    sink = io.BytesIO()
    build(book.manifest, book.open_blob, sink)
    plain, own = (
        [paragraph.text for paragraph in docx.Document(io.BytesIO(item)).paragraphs] for item in (sink.getvalue(), data)
    )
    assert [text for text in own if text] == [text for text in plain if text]
    assert style(data, "作品正文").font.size == Pt(16)
    assert docx.Document(io.BytesIO(data)).sections[-1].left_margin == docx.Document(sink).sections[-1].left_margin
