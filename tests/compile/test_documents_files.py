"""The documents as files: every kind is a sound Word package of house styles, and the same data are the same bytes."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import docx
import pytest

from compile.documents.model import Document
from compile.documents.skeletons import KINDS
from compile.documents.writer import write_document
from tests.documents import EXAMPLES, read_example, write_record
from tests.ooxml import W, find_faults, read_part


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {kind: write_record(kind, read_example(kind)) for kind in EXAMPLES}


def test_docs_hold_one_example_of_every_kind() -> None:
    assert list(EXAMPLES) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_sound_package(files: dict[str, bytes], kind: str) -> None:
    assert find_faults(files[kind]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_same_data_are_the_same_bytes_and_no_member_has_a_time(files: dict[str, bytes], kind: str) -> None:
    assert write_record(kind, read_example(kind)) == files[kind]
    with zipfile.ZipFile(io.BytesIO(files[kind])) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("kind", KINDS)
def test_properties_come_from_the_data_only(files: dict[str, bytes], kind: str) -> None:
    tree = read_part(files[kind], "docProps/core.xml")
    values = {element.tag.rsplit("}", 1)[1]: element.text for element in tree}
    moment = {"reminder": "2020-10-24", "minutes": "2020-11-26", "public-notice": "2020-12-01", "notice": "2020-05-09"}
    day = f"{moment.get(kind, '2020-12-10')}T00:00:00Z"
    title = values.pop("title")
    assert title is not None
    assert "\n" not in title
    assert values == {
        "creator": "柳河县信访局",
        "lastModifiedBy": "柳河县信访局",
        "language": "zh-CN",
        "created": day,
        "modified": day,
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_style_names_its_chinese_face_and_no_run_names_a_face(files: dict[str, bytes], kind: str) -> None:
    for style in read_part(files[kind], "word/styles.xml").iter(f"{W}style"):
        if style.get(f"{W}type") == "paragraph":
            assert [fonts.get(f"{W}eastAsia") for fonts in style.iter(f"{W}rFonts")] != [None]
    with zipfile.ZipFile(io.BytesIO(files[kind])) as package:
        stories = [name for name in package.namelist() if name.startswith(("word/document", "word/foot", "word/head"))]
    for name in stories:
        for fonts in read_part(files[kind], name).iter(f"{W}rFonts"):
            assert dict(fonts.attrib) == {f"{W}hint": "eastAsia"}


@pytest.mark.parametrize("kind", KINDS)
def test_document_without_a_date_has_none_in_its_properties(kind: str) -> None:
    record = read_example(kind)
    bare: Any = (
        replace(record, issue=replace(record.issue, dated_on=None))
        if hasattr(record, "issue")
        else replace(record, dated_on=None)
    )
    package = write_record(kind, bare)
    assert find_faults(package) == []
    names = {element.tag.rsplit("}", 1)[1] for element in read_part(package, "docProps/core.xml")}
    assert names == {"title", "creator", "lastModifiedBy", "language"}


def test_hostile_text_is_kept_or_replaced_and_rare_characters_change_face() -> None:
    texts = ("控制\x00\x1f", "<&>]]>", "\ud800", "一、𠀀㐂。", "翻转\u202e", "x" * 300, "")
    document = Document("document", "局\x07", "题<&\x00>" * 90, texts, mark="局\x07文件", number="〔〕号")
    sink = io.BytesIO()
    write_document(document, sink)
    assert find_faults(sink.getvalue()) == []
    word = docx.Document(io.BytesIO(sink.getvalue()))
    assert [paragraph.text for paragraph in word.paragraphs[-len(texts) :]] == [
        "控制\ufffd\ufffd", "<&>]]>", "\ufffd", "一、𠀀㐂。", "翻转\ufffd", "x" * 300, ""
    ]  # fmt: skip
    assert word.core_properties.author == "局\ufffd"
    rare = [
        run.text for paragraph in word.paragraphs for run in paragraph.runs if run.style.style_id == "RareCharacter"
    ]
    assert rare == ["𠀀㐂"]


def test_fonts_follow_the_profile() -> None:
    record = read_example("circular")
    package = write_record("circular", replace(record, issue=replace(record.issue, font_profile="founder")))
    styles = {style.get(f"{W}styleId"): style for style in read_part(package, "word/styles.xml").iter(f"{W}style")}
    faces = {
        key: next(styles[key].iter(f"{W}rFonts")).get(f"{W}eastAsia")
        for key in ("Mark", "Title", "Body", "Heading1", "Heading2", "Number", "PageNumberOdd")
    }
    assert faces == {
        "Mark": "方正小标宋_GBK",
        "Title": "方正小标宋_GBK",
        "Body": "方正仿宋_GBK",
        "Heading1": "方正黑体_GBK",
        "Heading2": "方正楷体_GBK",
        "Number": "方正仿宋_GBK",
        "PageNumberOdd": "宋体",
    }
