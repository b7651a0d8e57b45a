"""Workbooks: what was written comes back; no text becomes a formula; hostile and broken files are refused with a remedy."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from review_app.domain.errors import Invalid
from review_app.storage.sheets import (
    MAX_FILE_BYTES,
    MAX_ROWS,
    MAX_UNPACKED_BYTES,
    Column,
    ReadRow,
    Sheet,
    read_workbook,
    write_workbook,
)

INJECTIONS = (
    "=1+1",
    '=HYPERLINK("http://x","点")',
    "+86 550",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    ";=1+1",
    "{=1+1}",
    "=cmd|' /C calc'!A0",
)


def table(*rows, columns=2, samples=0):
    return Sheet("表", [Column(f"列{number}") for number in range(1, columns + 1)], rows, samples)


def one_cell(value):
    return load_workbook(BytesIO(write_workbook([table((value,), columns=1)])))["表"]["A2"]


def bytes_of(book):
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data, changes=None, added=None):
    """The same package with some parts changed (name → function of its bytes) and others added."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, (changes or {}).get(name, lambda part: part)(source.read(name)))
        for name, part in (added or {}).items():
            target.writestr(name, part)
    return out.getvalue()


def refusal(data):
    with pytest.raises(Invalid) as caught:
        read_workbook(data)
    assert caught.value.field == "file"
    return str(caught.value)


def test_what_was_written_is_read_again_with_its_row_numbers():
    data = write_workbook(
        [table(("XZ01", "柳河镇"), ("", ""), ("XZ02", "东岭镇")), Sheet("另一张", [Column("甲")], [])]
    )
    first, second = read_workbook(data)
    assert (first.name, second.name) == ("表", "另一张")
    assert [(row.number, row.cells[:2]) for row in first.rows] == [
        (1, ("列1", "列2")),
        (2, ("XZ01", "柳河镇")),
        (4, ("XZ02", "东岭镇")),
    ]
    assert [row.cells[0] for row in second.rows] == ["甲"]


@pytest.mark.parametrize("text", INJECTIONS)
def test_text_is_never_a_formula_and_stays_text_when_edited(text):
    cell = one_cell(text)
    assert cell.data_type in ("s", "inlineStr")
    assert cell.value == text
    assert cell.quotePrefix
    assert cell.number_format == "@"


def test_no_part_of_the_file_holds_a_formula():
    package = zipfile.ZipFile(BytesIO(write_workbook([table(*((text, text) for text in INJECTIONS))])))
    sheet = package.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<c ") == 2 + 2 * len(INJECTIONS)
    assert re.findall(r"<f[ >]", sheet) == []


def test_a_title_of_a_column_is_no_formula_either():
    book = load_workbook(BytesIO(write_workbook([Sheet("表", [Column("=1+1")], [])])))
    assert book["表"]["A1"].data_type in ("s", "inlineStr")


def test_characters_no_workbook_can_hold_are_left_out():
    assert one_cell("上\x0b下\x00\ud800\ufffe终").value == "上下终"


def test_a_text_longer_than_a_cell_is_cut():
    assert len(one_cell("长" * 40_000).value) == 32_767


def test_numbers_days_and_moments_keep_their_kind():
    assert one_cell(3).value == 3
    assert one_cell(Decimal("86.33")).value == 86.33
    assert one_cell(date(2020, 10, 31)).value == datetime(2020, 10, 31)
    assert one_cell(datetime(2020, 10, 31, 9, 30, tzinfo=UTC)).value == datetime(2020, 10, 31, 17, 30)
    assert one_cell(None).value is None


def test_phones_and_ids_are_read_as_they_look():
    book = Workbook()
    book.active.append(["0550-6000001", 13800000001, 5.0, 0.5, True, date(2020, 5, 10)])
    cells = read_workbook(bytes_of(book))[0].rows[0].cells
    assert cells[:4] == ("0550-6000001", "13800000001", "5", "0.5")


def test_cells_are_cleaned_of_what_cannot_be_seen():
    book = Workbook()
    book.active.append(["　柳河\u200b镇 \n人民政府 "])
    assert read_workbook(bytes_of(book))[0].rows == (ReadRow(1, ("柳河镇 人民政府", *[""] * 59)),)


def test_the_head_is_frozen_columns_have_widths_and_empty_cells_below_are_text():
    sheet = load_workbook(
        BytesIO(write_workbook([Sheet("表", [Column("电话", 18), Column("篇数", 8, "0", True)], [])]))
    )["表"]
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width == 18
    assert sheet.column_dimensions["A"].number_format == "@"
    assert sheet.column_dimensions["B"].number_format == "0"


def test_samples_are_grey_and_the_rest_is_not():
    sheet = load_workbook(BytesIO(write_workbook([table(("例", "1"), ("甲", "2"), samples=1)])))["表"]
    assert sheet["A2"].font.color.rgb == "008A8F98"
    assert sheet["A3"].font.color is None or sheet["A3"].font.color.rgb != "008A8F98"


def test_an_old_or_locked_workbook_is_refused_with_the_remedy():
    assert "另存为 .xlsx" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


@pytest.mark.parametrize(
    "data", [b"", "单位编码,单位名称\n".encode("gbk"), b"PK\x03\x04broken", bytes(range(256)) * 40]
)
def test_any_other_file_is_refused_and_the_template_named(data):
    assert "模板" in refusal(data)


def test_a_word_file_is_refused():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    assert "不是 .xlsx" in refusal(out.getvalue())


def test_a_file_over_the_limit_is_refused_before_it_is_opened():
    assert "5 MB" in refusal(b"PK" + b"\0" * MAX_FILE_BYTES)


def test_a_bomb_is_refused_before_it_is_unpacked():
    data = repacked(write_workbook([table()]), added={"xl/media/zeros.bin": b"\0" * (MAX_UNPACKED_BYTES + 1)})
    assert len(data) < 200_000
    assert "展开后太大" in refusal(data)


def poisoned(declarations, part="xl/worksheets/sheet1.xml"):
    """A workbook whose part declares entities and uses the one called x in its first text."""
    doctype = b"<!DOCTYPE a [" + declarations + b"]>"

    def poison(content):
        bare = re.sub(rb"^<\?xml[^>]*\?>", b"", content)
        return doctype + bare.replace("列1".encode(), b"&x;").replace(b"<sheets>", b"<fileVersion/><sheets>&x;")

    return repacked(write_workbook([table(("甲", "乙"))]), {part: poison})


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_file_of_the_server_is_never_read_into_the_table(tmp_path, part):
    (tmp_path / "secret").write_text("leaked")
    data = poisoned(f'<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">'.encode(), part)
    try:
        outcome = str(read_workbook(data))
    except Invalid as error:
        outcome = str(error)
    assert "leaked" not in outcome


def test_entities_that_grow_are_refused():
    grow = b"".join(b'<!ENTITY %c "%s">' % (97 + n, b"&%c;" % (96 + n) * 10 if n else b"ha") for n in range(9))
    assert "另存为 .xlsx" in refusal(poisoned(grow + b'<!ENTITY x "&i;">'))


def test_a_broken_part_is_refused_with_the_remedy():
    good = write_workbook([table(("甲", "乙"))])
    assert "另存为 .xlsx" in refusal(repacked(good, {"xl/worksheets/sheet1.xml": lambda part: part[: len(part) // 2]}))


def test_more_rows_than_the_limit_are_refused():
    assert f"{MAX_ROWS}" in refusal(write_workbook([table(*((str(n), "") for n in range(MAX_ROWS + 1)))]))


def test_a_cell_at_the_far_end_of_the_sheet_costs_nothing():
    book = Workbook()
    book.active["A1"] = "单位编码"
    book.active["XFD1048576"] = "远"
    assert [row.cells[0] for row in read_workbook(bytes_of(book))[0].rows] == ["单位编码"]


def test_a_wrong_stated_size_of_the_sheet_hides_nothing():
    data = write_workbook([table(("甲", "乙"), ("丙", "丁"))])
    narrowed = repacked(
        data,
        {"xl/worksheets/sheet1.xml": lambda part: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', part)},
    )
    assert [row.cells[:2] for row in read_workbook(narrowed)[0].rows][1:] == [("甲", "乙"), ("丙", "丁")]
