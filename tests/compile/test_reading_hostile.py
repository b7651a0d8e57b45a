"""Files made to break readers end in a refusal with a code, quickly and in little memory."""

from __future__ import annotations

import struct
import time
from types import SimpleNamespace

import pytest

from compile.errors import REFUSALS
from compile.manuscript import Table, body_text
from compile.reading import Refused, read

BODY = "老陈说，群众的事没有小事。"
FORBIDDEN_DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


class UnusedConverter:
    """A converter that must not be reached."""

    def convert(self, data: bytes, office_format: str) -> bytes:
        raise AssertionError(f"{office_format} reached the converter")


def refusal(files: SimpleNamespace, data: bytes) -> str:
    started = time.monotonic()
    with pytest.raises(Refused) as refused:
        read(files.stream(data), converter=UnusedConverter())
    assert time.monotonic() - started < 5
    return refused.value.code


def with_sizes(data: bytes, name: bytes, size: int) -> bytes:
    """The zip with another uncompressed size declared for one entry, in both of its headers."""
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = 0
        while (start := data.find(signature, start)) >= 0:
            name_at = start + (30 if signature == b"PK\x03\x04" else 46)
            if data[name_at : name_at + len(name)] == name:
                data = data[: start + offset] + struct.pack("<I", size) + data[start + offset + 4 :]
            start += 4
    return data


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"", "empty"),
        (b"  \r\n", "empty"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "pdf"),
        (b"MZ\x90\x00\x03\x00\x00\x00" * 20, "wrong-type"),
        (b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 64, "wrong-type"),
        (b"GIF89a\x01\x00\x01\x00\x80\x00\x00", "wrong-type"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)), "wrong-type"),
        (b"<html><body><img src=http://198.51.100.1/a.png></body></html>", "wrong-type"),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>x", "wrong-type"),
        (b"<?php system($_GET['c']);", "wrong-type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "wrong-type"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "wrong-type"),
        (b"<?xml version='1.0'?><?mso-application progid='Word.Document'?><w/>", "wrong-type"),
        (b"PK\x03\x04", "damaged"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "damaged"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\xff" * 600, "damaged"),
    ],
)
def test_what_is_no_essay_is_refused_by_content(files: SimpleNamespace, head: bytes, code: str) -> None:
    assert refusal(files, head) == code


def test_encrypted_packages_and_documents_ask_for_the_password_to_be_removed(files: SimpleNamespace) -> None:
    assert refusal(files, files.ole({"EncryptionInfo": b"x", "EncryptedPackage": b"x"})) == "encrypted"
    assert refusal(files, files.ole({"WordDocument": files.word_stream(is_encrypted=True)})) == "encrypted"


def test_a_workbook_in_a_compound_file_is_a_wrong_type(files: SimpleNamespace) -> None:
    assert refusal(files, files.ole({"Workbook": b"x"})) == "wrong-type"


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "word/VBAPROJECT.BIN"])
def test_macros_are_refused(files: SimpleNamespace, name: str) -> None:
    assert refusal(files, files.docx(files.para(BODY), parts={name: b"x"})) == "macro"


def test_a_macro_enabled_main_part_is_refused_even_without_a_project(files: SimpleNamespace) -> None:
    types = files.TYPES.replace(
        "openxmlformats-officedocument.wordprocessingml.document.main", "ms-word.document.macroEnabled.main"
    )
    assert refusal(files, files.docx(files.para(BODY), parts={"[Content_Types].xml": types})) == "macro"


@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_docx_cut_off_anywhere_is_damaged(files: SimpleNamespace, tenths: int) -> None:
    whole = files.docx("".join(files.para(f"{BODY}{number}") for number in range(200)))
    assert refusal(files, whole[: len(whole) * tenths // 10]) == "damaged"


def test_a_flipped_bit_inside_the_text_is_damaged(files: SimpleNamespace) -> None:
    whole = bytearray(files.docx("".join(files.para(f"{BODY}{number}") for number in range(200))))
    whole[len(whole) // 2] ^= 0x10
    assert refusal(files, bytes(whole)) == "damaged"


def test_a_main_part_of_300_megabytes_is_too_large(files: SimpleNamespace) -> None:
    assert (
        refusal(files, files.zip_parts({"[Content_Types].xml": files.TYPES, "word/document.xml": b"A" * 280_000_000}))
        == "too-large"
    )


def test_a_part_that_lies_about_its_size_is_stopped_while_unpacking(files: SimpleNamespace) -> None:
    bomb = files.zip_parts({"[Content_Types].xml": files.TYPES, "word/document.xml": b"<" + b" " * 60_000_000})
    assert refusal(files, with_sizes(bomb, b"word/document.xml", 10)) == "damaged"


def test_a_big_part_that_nothing_points_to_is_never_unpacked(files: SimpleNamespace) -> None:
    data = files.docx(files.para("题目") + files.para(BODY), parts={"word/media/zero.bin": b"\0" * 100_000_000})
    started = time.monotonic()
    assert read(files.stream(data)).manuscript.title == "题目"
    assert time.monotonic() - started < 0.5


def test_seventy_thousand_parts_are_too_many(files: SimpleNamespace) -> None:
    assert refusal(files, files.zip_parts({f"p/{number}": b"" for number in range(70_000)}, 0)) == "too-large"


def test_parts_that_share_one_body_are_unsafe(files: SimpleNamespace) -> None:
    data = files.docx(files.para(BODY), parts={"word/a.bin": b"a" * 5000, "word/b.bin": b"a" * 5000})
    first = data.rfind(b"word/a.bin")
    second = data.rfind(b"word/b.bin")
    offset = data[first - 4 : first]
    assert refusal(files, data[: second - 4] + offset + data[second:]) == "unsafe"


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "word/../../x"])
def test_names_that_climb_are_unsafe(files: SimpleNamespace, name: str) -> None:
    assert refusal(files, files.docx(files.para(BODY), parts={name: b"x"})) == "unsafe"


def test_two_parts_of_one_name_are_unsafe(files: SimpleNamespace) -> None:
    data = files.docx(files.para(BODY), parts={"word/xx.xml": b"1", "word/yy.xml": b"2"})
    assert refusal(files, data.replace(b"word/yy.xml", b"word/xx.xml")) == "unsafe"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_type_declaration_is_unsafe_in_every_encoding(files: SimpleNamespace, encoding: str) -> None:
    xml = f"{FORBIDDEN_DOCTYPE}<w:document {files.NAMES}><w:body>{files.para('&b;')}</w:body></w:document>"
    assert refusal(files, files.docx("", parts={"word/document.xml": xml.encode(encoding)})) == "unsafe"


def test_a_document_type_declaration_in_utf_32_does_not_slip_through(files: SimpleNamespace) -> None:
    xml = f"{FORBIDDEN_DOCTYPE}<w:document {files.NAMES}><w:body>{files.para(BODY)}</w:body></w:document>"
    data = files.docx("", parts={"word/document.xml": ("\ufeff" + xml).encode("utf-32-le")})
    assert refusal(files, data) in {"unsafe", "damaged"}


@pytest.mark.parametrize("part", ["word/_rels/document.xml.rels", "_rels/.rels", "word/styles.xml"])
def test_a_document_type_declaration_in_a_side_part_is_unsafe(files: SimpleNamespace, part: str) -> None:
    links = {"rId9": ("styles", "styles.xml")}
    xml = f'<!DOCTYPE x SYSTEM "file:///etc/passwd">{files.relations(links)}'
    assert refusal(files, files.docx(files.para(BODY), links=links, parts={part: xml})) == "unsafe"


def test_four_million_empty_paragraphs_are_too_many(files: SimpleNamespace) -> None:
    assert refusal(files, files.docx("<w:p/>" * 2_600_000)) == "too-large"


def test_a_hundred_thousand_short_paragraphs_are_too_many(files: SimpleNamespace) -> None:
    assert refusal(files, files.docx("<w:p/>" * 100_000)) == "too-large"


@pytest.mark.parametrize("name", ["w:sdt", "w:tbl", "w:ins"])
def test_elements_nested_too_deeply_are_refused(files: SimpleNamespace, name: str) -> None:
    inner = {"w:sdt": "<w:sdt><w:sdtContent>", "w:tbl": "<w:tbl><w:tr><w:tc>", "w:ins": "<w:ins>"}[name]
    closing = "".join(f"</{tag[1:]}" for tag in reversed(inner.replace("><", ">|<").split("|")))
    body = inner * 5_000 + files.para(BODY) + closing * 5_000
    assert refusal(files, files.docx(body)) == "too-large"


def test_eighty_nested_tables_keep_their_text(files: SimpleNamespace) -> None:
    body = "<w:tbl><w:tr><w:tc>" * 60 + files.para(BODY) + "</w:tc></w:tr></w:tbl>" * 60
    reading = read(files.stream(files.docx(files.para("题目") + files.para("引子。") + body + files.para("完。"))))
    assert BODY in repr(reading.manuscript.blocks)


def test_a_cell_over_two_hundred_million_columns_is_clamped(files: SimpleNamespace) -> None:
    wide = '<w:tcPr><w:gridSpan w:val="200000000"/></w:tcPr>'
    rows = files.table((files.para("甲"), files.para("乙")), (files.para("丙"),), cell_properties=wide)
    body = files.para("题目") + files.para(BODY) + rows
    table = read(files.stream(files.docx(body))).manuscript.blocks[-1]
    assert isinstance(table, Table)
    assert (table.columns, [cell.column_span for row in table.rows for cell in row.cells]) == (63, [63, 63])
    assert [len(row.cells[0].paragraphs) for row in table.rows] == [2, 1]


def test_a_cell_beyond_the_last_column_of_a_row_that_is_covered_from_above_keeps_its_text(
    files: SimpleNamespace,
) -> None:
    whole = '<w:tcPr><w:gridSpan w:val="63"/><w:vMerge{}/></w:tcPr>'
    first = f"<w:tr><w:tc>{whole.format(' w:val=' + chr(34) + 'restart' + chr(34))}{files.para('甲')}</w:tc></w:tr>"
    second = f"<w:tr><w:tc>{whole.format('')}{files.para('乙')}</w:tc><w:tc>{files.para('丙')}</w:tc></w:tr>"
    body = files.para("题目") + files.para(BODY) + f"<w:tbl>{first}{second}</w:tbl>"
    text = body_text(read(files.stream(files.docx(body))).manuscript)
    assert text.split("\n") == [BODY, "甲", "乙", "丙"]


def test_control_characters_and_direction_overrides_never_survive(files: SimpleNamespace) -> None:
    xml = (
        files.para("题目")
        + "<w:p><w:r><w:t>老\u202e陈\u200b来&#x85;了\ufeff。</w:t></w:r></w:p><w:p><w:r><w:t>坏&#1;字</w:t></w:r></w:p>"
    )
    reading = read(files.stream(files.docx(xml)))
    assert "老陈来了。" in repr(reading.manuscript)
    assert not any(ord(character) < 32 and character != "\n" for character in str(reading.manuscript))


def test_every_refusal_has_a_message_and_a_remedy() -> None:
    assert all(message and remedy for message, remedy in REFUSALS.values())
