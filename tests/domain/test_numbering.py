"""Entry, blind and receipt numbers, and file names that every system can keep."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.numbering import (
    draw_blind_number,
    format_entry_number,
    format_picture_file_name,
    format_receipt_number,
    format_work_file_name,
    safe_file_name,
)


def test_an_entry_number_names_year_unit_and_ordinal() -> None:
    assert format_entry_number(2020, "XZ03", 1) == "2020-XZ03-001"
    assert format_entry_number(2020, "KF01", 1234) == "2020-KF01-1234"


@pytest.mark.parametrize(("unit_code", "ordinal"), [("xz03", 1), ("X-3", 1), ("", 1), ("XZ03", 0), ("乡镇", 1)])
def test_what_would_make_an_ambiguous_entry_number_is_refused(unit_code: str, ordinal: int) -> None:
    with pytest.raises(ValueError, match="no entry number"):
        format_entry_number(2020, unit_code, ordinal)


def test_blind_numbers_of_a_contest_are_distinct_and_of_one_width() -> None:
    random, taken = Random(3), set()
    for _ in range(400):
        taken.add(draw_blind_number(taken, random))
    assert len(taken) == 400
    assert {len(number) for number in taken} == {4}


def test_blind_numbers_do_not_follow_the_order_of_upload() -> None:
    random, drawn = Random(3), []
    for _ in range(60):
        drawn.append(draw_blind_number(drawn, random))
    rising = sum(one < other for one, other in pairwise(drawn))
    assert 18 <= rising <= 42


def test_blind_numbers_grow_wider_before_the_draw_gets_slow() -> None:
    half = {str(number) for number in range(1000, 5500)}
    assert len(draw_blind_number(half, Random(1))) == 5
    assert len(draw_blind_number(half - {"1000"}, Random(1))) == 4


def test_a_receipt_number_carries_version_and_digest() -> None:
    assert format_receipt_number("2020-XZ03-001", 2, "9f2c41a0" + "0" * 56) == "2020-XZ03-001-V2-9F2C41A0"


def test_package_file_names_follow_the_rule() -> None:
    title = "群众的事再小也是大事——记柳河镇信访办主任周明的一天"
    assert format_work_file_name(3, "2020-XZ03-001", title, "docx") == f"03_2020-XZ03-001_{title[:20]}.docx"
    assert format_picture_file_name("2020-XZ03-001", 1, "jpg") == "2020-XZ03-001_图1.jpg"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('周明:"热线"?<一>|二*', "周明热线一二"),
        ("../../etc/passwd", "etcpasswd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("  征文\t终稿\r\n.docx . ", "征文 终稿 .docx"),
        ("征文\u202egnp.docx", "征文gnp.docx"),
        ("a\x00b\u200bc", "abc"),
        ("CON.docx", "CON_.docx"),
        ("com1", "com1_"),
        ("Aux .txt", "Aux_ .txt"),
        ("e?\u0301", "\u00e9"),
        ("console.docx", "console.docx"),
        ("???", "未命名"),
        ("", "未命名"),
    ],
)
def test_dangerous_and_invisible_parts_leave_a_file_name(text: str, name: str) -> None:
    assert safe_file_name(text) == name


def test_a_long_name_is_cut_before_its_extension() -> None:
    name = safe_file_name("长" * 200 + ".docx", 80)
    assert name == "长" * 75 + ".docx"


@given(st.text(max_size=120), st.integers(min_value=20, max_value=80))
def test_any_text_becomes_one_plain_path_segment(text: str, limit: int) -> None:
    name = safe_file_name(text, limit)
    assert 1 <= len(name) <= limit
    assert not set(name) & set('\\/:*?"<>|')
    assert name.isprintable() or max(name) >= "\ue000"
    assert name not in (".", "..")
    assert name == name.strip(" .")
    assert len(name.encode()) <= 4 * limit
    assert safe_file_name(name, limit) == name
