"""The finished package: sound references, stable bytes, nothing that tells who or what made it."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from typing import get_args

import docx
import pytest
from lxml import etree
from msgspec.structs import replace

from bench.corpus import Book, invent_book
from compile.building import build
from compile.manifest import BuildReport, FontProfile, Manifest
from tests.ooxml import W, edit_part, find_faults, find_look_faults, read_part


def build_bytes(book: Book, manifest: Manifest | None = None) -> tuple[bytes, BuildReport]:
    sink = io.BytesIO()
    report = build(manifest or book.manifest, book.open_blob, sink)
    return sink.getvalue(), report


@pytest.fixture(scope="module")
def book() -> Book:
    return invent_book(24, seed=5)


@pytest.fixture(scope="module")
def built(book: Book) -> tuple[bytes, BuildReport]:
    return build_bytes(book)


def swap_text(package: bytes, part: str, old: str, new: str) -> bytes:
    """The package with one text of a part replaced, for showing that the fault finder finds."""

    def swap(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit_part(package, part, swap)


def test_package_has_no_dangling_or_doubled_reference_and_no_look_of_its_own(built: tuple[bytes, BuildReport]) -> None:
    assert find_faults(built[0]) == []
    assert find_look_faults(built[0]) == []


@pytest.mark.parametrize(
    ("part", "old", "new", "fault"),
    [
        ("word/document.xml", 'r:embed="rIdImage1"', 'r:embed="rIdImage999"', "no relationship rIdImage999"),
        ("word/document.xml", 'w:val="Byline"', 'w:val="Foreign"', "word/document.xml: no style Foreign"),
        ("word/document.xml", 'w:name="_Toc00000002"', 'w:name="_Toc00000001"', "bookmark name twice: _Toc00000001"),
        ("word/document.xml", '<w:fldChar w:fldCharType="end"/>', "", "word/document.xml: field not closed"),
        ("word/document.xml", '<w:bookmarkEnd w:id="1"/>', "", "bookmarks not closed"),
        ("word/footnotes.xml", 'w:id="1"', 'w:id="2"', "footnotes do not match their marks"),
        ("[Content_Types].xml", 'Extension="jpeg"', 'Extension="gif"', "part without a type: word/media/image1.jpeg"),
        ("word/document.xml", 'r:embed="rIdImage1"', 'r:embed="rIdImage2"', "picture that nobody shows: rIdImage1"),
        ("word/document.xml", "<w:sectPr>", '<w:ins w:id="9"/><w:sectPr>', "word/document.xml: leftover ins"),
        (
            "word/settings.xml",
            "<w:zoom",
            '<w:attachedTemplate r="9"/><w:zoom',
            "word/settings.xml: leftover attachedTemplate",
        ),
        ("word/_rels/document.xml.rels", "footer2.xml", "comments.xml", "relationship to no part: word/comments.xml"),
        (
            "_rels/.rels",
            'Target="docProps',
            'TargetMode="External" Target="docProps',
            "external relationship: docProps/core.xml",
        ),
    ],
)
def test_fault_finder_finds_a_planted_fault(
    built: tuple[bytes, BuildReport], part: str, old: str, new: str, fault: str
) -> None:
    assert fault in find_faults(swap_text(built[0], part, old, new))


@pytest.mark.parametrize(
    ("part", "old", "new", "fault"),
    [
        ("word/document.xml", "<w:b/>", '<w:sz w:val="60"/>', f"look of its own: {W}sz"),
        (
            "word/document.xml",
            "<w:keepNext/>",
            '<w:pageBreakBefore w:val="1"/>',
            f"look of its own: {W}pageBreakBefore",
        ),
        (
            "word/document.xml",
            '<w:pStyle w:val="Body"/>',
            '<w:pStyle w:val="Body"/><w:ind w:left="9"/>',
            "set in by itself: Body",
        ),
        ("word/document.xml", 'w:hint="eastAsia"', 'w:eastAsia="宋体"', f"face of its own: {{'{W}eastAsia': '宋体'}}"),
        ("word/styles.xml", 'w:styleId="Byline"', 'w:styleId="Foreign"', "foreign style: Foreign"),
        (
            "word/styles.xml",
            'w:eastAsia="楷体_GB2312"',
            'w:eastAsia="隶书"',
            "style CoverSubtitle in an unknown face: 隶书",
        ),
        ("word/styles.xml", 'w:eastAsia="楷体_GB2312" ', "", "style CoverSubtitle in an unknown face: None"),
        ("word/fontTable.xml", "w:altName", "w:sig", "face without stand-ins: 方正小标宋简体"),
    ],
)
def test_look_finder_finds_a_planted_look(
    built: tuple[bytes, BuildReport], part: str, old: str, new: str, fault: str
) -> None:
    assert fault in find_look_faults(swap_text(built[0], part, old, new))


def test_fault_finder_sees_how_members_are_packed(built: tuple[bytes, BuildReport]) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(built[0])) as source, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target:
        for name in reversed(source.namelist()):
            target.writestr(name, source.read(name))
    faults = find_faults(sink.getvalue())
    assert "[Content_Types].xml is not first" in faults
    assert "wrongly packed: word/media/image1.jpeg" in faults


def test_text_is_deflated_and_pictures_are_stored_as_they_were(book: Book, built: tuple[bytes, BuildReport]) -> None:
    with zipfile.ZipFile(io.BytesIO(built[0])) as package:
        media = {info.filename for info in package.infolist() if info.filename.startswith("word/media/")}
        assert len(media) == built[1].pictures > 3
        for info in package.infolist():
            assert info.compress_type == (zipfile.ZIP_STORED if info.filename in media else zipfile.ZIP_DEFLATED)
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
        for name in media:
            data = package.read(name)
            assert book.blobs[hashlib.sha256(data).hexdigest()] == data


def test_same_manifest_gives_the_same_bytes_and_report(book: Book, built: tuple[bytes, BuildReport]) -> None:
    again, report = build_bytes(book)
    assert again == built[0]
    assert report == built[1]
    assert report.size_bytes == len(again)
    assert (report.works, report.problems, report.page_source) == (24, (), "model")


def test_properties_come_from_the_manifest_alone(built: tuple[bytes, BuildReport]) -> None:
    properties = docx.Document(io.BytesIO(built[0])).core_properties
    assert properties.title == "“我与信访”征文 优秀作品汇编"
    assert (properties.author, properties.last_modified_by) == ("柳河县信访局", "柳河县信访局")
    assert str(properties.created) == str(properties.modified) == "2020-12-31 00:00:00+00:00"
    with zipfile.ZipFile(io.BytesIO(built[0])) as package:
        assert "docProps/app.xml" not in package.namelist()
        for name in package.namelist():
            assert b"python" not in package.read(name).lower()


def test_every_section_is_a4_with_the_prescribed_margins_and_line_grid(built: tuple[bytes, BuildReport]) -> None:
    sections = list(read_part(built[0], "word/document.xml").iter(f"{W}sectPr"))
    assert len(sections) == 7  # front matter, then a title page and the works of three prizes
    for section in sections:
        size, margins, grid = (section.find(f"{W}{tag}") for tag in ("pgSz", "pgMar", "docGrid"))
        assert size is not None
        assert margins is not None
        assert grid is not None
        assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838")
        assert [margins.get(f"{W}{side}") for side in ("top", "bottom", "left", "right")] == [
            "2098",
            "1984",
            "1588",
            "1474",
        ]
        assert (grid.get(f"{W}type"), grid.get(f"{W}linePitch")) == ("lines", "579")


def test_page_numbers_begin_with_the_first_section_and_stand_outside(built: tuple[bytes, BuildReport]) -> None:
    front, *body = read_part(built[0], "word/document.xml").iter(f"{W}sectPr")
    assert front.find(f"{W}footerReference") is None
    start = body[0].find(f"{W}pgNumType")
    assert start is not None
    assert start.get(f"{W}start") == "1"
    assert all(other.find(f"{W}pgNumType") is None for other in body[1:])
    for title_page, works in zip(body[::2], body[1::2], strict=True):
        assert (title_page.find(f"{W}titlePg") is None, title_page.find(f"{W}footerReference")) == (False, None)
        assert works.find(f"{W}titlePg") is None
        assert [mark.get(f"{W}type") for mark in works.iter(f"{W}footerReference")] == ["default", "even"]
    assert read_part(built[0], "word/settings.xml").find(f"{W}evenAndOddHeaders") is not None
    for part, style in (("word/footer1.xml", "PageNumberOdd"), ("word/footer2.xml", "PageNumberEven")):
        footer = read_part(built[0], part)
        assert "".join(footer.itertext()) == "— 1 —"
        assert [element.get(f"{W}val") for element in footer.iter(f"{W}pStyle")] == [style]


@pytest.mark.parametrize("profile", get_args(FontProfile))
def test_every_style_names_its_chinese_face_and_every_face_is_in_the_font_table(
    book: Book, profile: FontProfile
) -> None:
    package, _ = build_bytes(book, replace(book.manifest, font_profile=profile))
    styles = read_part(package, "word/styles.xml")
    named = {fonts.get(f"{W}eastAsia") for fonts in styles.iter(f"{W}rFonts")}
    plain = {"DefaultCharacter", "PlainTable"}
    for style in styles.iter(f"{W}style"):
        if style.get(f"{W}styleId") not in plain:
            assert style.find(f"{W}rPr/{W}rFonts") is not None, style.get(f"{W}styleId")
    table = read_part(package, "word/fontTable.xml")
    faces = {font.get(f"{W}name"): font for font in table}
    assert named <= set(faces)
    assert None not in named
    for name in named:
        alternative = faces[name].find(f"{W}altName")
        assert alternative is not None
        assert name not in (alternative.get(f"{W}val") or "").split(",")
    assert find_faults(package) == []


def test_default_profile_uses_the_faces_of_the_standard(built: tuple[bytes, BuildReport]) -> None:
    styles = {style.get(f"{W}styleId"): style for style in read_part(built[0], "word/styles.xml").iter(f"{W}style")}

    def look(style: str) -> tuple[str | None, str | None]:
        fonts, size = styles[style].find(f"{W}rPr/{W}rFonts"), styles[style].find(f"{W}rPr/{W}sz")
        assert fonts is not None
        assert size is not None
        return fonts.get(f"{W}eastAsia"), size.get(f"{W}val")

    assert look("Heading2") == ("方正小标宋简体", "44")
    assert look("Byline") == ("楷体_GB2312", "32")
    assert look("Body") == ("仿宋_GB2312", "32")
    assert look("Heading3") == ("黑体", "32")
    assert look("Caption") == ("楷体_GB2312", "24")
    assert look("PageNumberOdd") == ("宋体", "28")


def test_contents_is_one_field_with_a_linked_entry_for_every_heading_in_order(
    book: Book, built: tuple[bytes, BuildReport]
) -> None:
    document = read_part(built[0], "word/document.xml")
    instructions = [element.text or "" for element in document.iter(f"{W}instrText")]
    assert [text for text in instructions if "TOC \\o" in text] == [' TOC \\o "1-2" \\h \\z \\u ']
    begin = next(document.iter(f"{W}fldChar"))
    assert begin.get(f"{W}dirty") == "true"
    assert read_part(built[0], "word/settings.xml").find(f"{W}updateFields") is None
    linked = []
    for link in document.iter(f"{W}hyperlink"):
        texts = [element.text or "" for element in link.iter(f"{W}t")]
        anchor = link.get(f"{W}anchor")
        assert [element.text for element in link.iter(f"{W}instrText")] == [f" PAGEREF {anchor} \\h "]
        linked.append(("".join(texts[:-1]), anchor))
    headed = []
    for paragraph in document.iter(f"{W}p"):
        for mark in paragraph.iter(f"{W}bookmarkStart"):
            headed.append(("".join(element.text or "" for element in paragraph.iter(f"{W}t")), mark.get(f"{W}name")))
    assert linked == headed
    assert len(linked) == 24 + len(book.manifest.sections) + len(book.manifest.appendices)


def test_switches_leave_out_cover_note_contents_and_section_pages(book: Book) -> None:
    bare = replace(
        book.manifest, has_cover=False, has_contents=False, has_section_pages=False, editor_note=(), appendices=()
    )
    package, report = build_bytes(book, bare)
    document = read_part(package, "word/document.xml")
    styles = {element.get(f"{W}val") for element in document.iter(f"{W}pStyle")}
    assert styles.isdisjoint({"CoverTitle", "CoverTitleLong", "FrontTitle", "TOC1", "TOC2", "Heading1", "SectionEnd"})
    assert len(list(document.iter(f"{W}sectPr"))) == 1
    assert report.works == 24
    assert find_faults(package) == []


def test_cover_carries_title_lines_organiser_and_month_in_chinese(built: tuple[bytes, BuildReport]) -> None:
    cover = next(read_part(built[0], "word/document.xml").iter(f"{W}tbl"))
    lines = [
        "".join(
            "\n" if element.tag == f"{W}br" else element.text or "" for element in paragraph.iter(f"{W}t", f"{W}br")
        )
        for paragraph in cover.iter(f"{W}p")
    ]
    assert lines == [
        "内部资料　免费交流",
        "“我与信访”征文\n优秀作品汇编",
        "二〇二〇年度",
        "柳河县信访局",
        "二〇二〇年十二月",
    ]


def test_one_copy_of_a_picture_that_two_works_share(book: Book) -> None:
    works = [entry for section in book.manifest.sections for entry in section.works]
    doubled = replace(book.manifest.sections[0], works=(*works, *works))
    package, report = build_bytes(book, replace(book.manifest, sections=(doubled,)))
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        media = [name for name in archive.namelist() if name.startswith("word/media/")]
    assert report.pictures == 2 * len(media) > 0
    assert find_faults(package) == []


def test_parts_are_plain_utf8_xml_without_markup_of_newer_versions(built: tuple[bytes, BuildReport]) -> None:
    with zipfile.ZipFile(io.BytesIO(built[0])) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                text = package.read(name).decode("utf-8")
                assert text.startswith('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>')
                assert not re.search(r"\b(mc:|w14:|w15:)", text)
                etree.fromstring(text.encode())
