"""Cleaning of typed text and its limits."""

import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.errors import Invalid
from review_app.domain.text_rules import (
    check_line,
    check_name,
    check_text,
    check_title,
    clean_line,
    clean_login,
    clean_name,
    clean_text,
    is_long_title,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("　信访窗口\u000b的\t一天  ", "信访窗口 的 一天"),
        ("上善\u200b若水\ufeff", "上善若水"),
        ("题目\u202e目题\u202c", "题目目题"),
        ("第一行\r\n第二行", "第一行 第二行"),
        ("caf\u0065\u0301", "caf\u00e9"),
        ("e\u200b\u0301", "\u00e9"),
        ("坏\ud800字\ufffe\x00", "坏字"),
        ("李\U000e0100、㛃、\ue123", "李\U000e0100、㛃、\ue123"),
        ("—— 记周明", "—— 记周明"),
    ],
)
def test_a_line_keeps_what_can_be_seen(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


def test_a_text_keeps_its_lines_and_single_empty_lines() -> None:
    assert clean_text("\n 一\r\n\r\n\r\n\r二　 三 \u2028四\x00\n\n") == "一\n\n二 三\n四"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("周　明", "周明"),
        ("周　　　明 ", "周明"),
        ("欧 阳 明", "欧阳明"),
        ("陈\u3000㛃", "陈㛃"),
        ("周明 李娜", "周明 李娜"),
        ("阿里木 • 买买提", "阿里木·买买提"),
        ("Li Na", "Li Na"),
    ],
)
def test_a_name_set_wide_is_closed_up(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@given(st.text(st.characters(), max_size=60))
def test_cleaned_text_can_stand_in_any_document_and_is_clean_already(typed: str) -> None:
    line, text = clean_line(typed), clean_text(typed)
    assert clean_line(line) == line
    assert clean_text(text) == text
    assert clean_name(clean_name(typed)) == clean_name(typed)
    assert unicodedata.is_normalized("NFC", line)
    for kept in (line, text):
        element = ElementTree.Element("title")
        element.text = kept
        assert (ElementTree.fromstring(ElementTree.tostring(element, "unicode")).text or "") == kept


def test_a_title_is_required_and_has_a_hard_limit() -> None:
    assert check_title(" 春风化雨 ") == "春风化雨"
    assert check_title("字" * 120) == "字" * 120
    with pytest.raises(Invalid, match="请填写") as empty:
        check_title("\u200b　\n")
    assert empty.value.field == "title"
    with pytest.raises(Invalid, match="最多 120 个字，现有 121 个字"):
        check_title("字" * 121)


def test_a_title_over_forty_characters_only_warns() -> None:
    assert not is_long_title("字" * 40)
    assert is_long_title("字" * 41)


def test_optional_fields_may_be_empty_and_limits_count_cleaned_text() -> None:
    assert check_line("  ", field="subtitle", limit=3, is_required=False) == ""
    assert check_line(" 一　　二 ", field="subtitle", limit=3) == "一 二"
    assert check_text("一\n\n\n\n二", field="comment", limit=4) == "一\n\n二"
    assert check_name("周　明", field="author") == "周明"
    with pytest.raises(Invalid) as caught:
        check_text("一二三四五", field="comment", limit=4)
    assert (caught.value.field, caught.value.facts) == ("comment", {"limit": 4, "count": 5})


@pytest.mark.parametrize("typed", ["xz01", " XZ01 ", "ＸＺ０１", "x z 01\u200b"])
def test_a_login_is_the_same_however_it_is_typed(typed: str) -> None:
    assert clean_login(typed) == "xz01"
