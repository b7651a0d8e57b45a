"""File names that every system can keep."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compile.file_names import format_picture_file_name, format_work_file_name, safe_file_name


def test_package_file_names_follow_the_rule() -> None:
    title = "群众的事再小也是大事——记柳河镇信访办主任周明的一天"
    assert format_work_file_name("03", "2020-XZ03-001", title, "docx") == f"03_2020-XZ03-001_{title[:20]}.docx"
    assert format_work_file_name("01", "", "编者按", "html") == "01_编者按.html"
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


@settings(deadline=None, derandomize=True, max_examples=150)
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
