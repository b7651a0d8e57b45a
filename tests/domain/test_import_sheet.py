"""The sheet of a folder of essays: columns by name in any order, works as typed, faulty rows with their reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from review_app.domain.errors import Invalid
from review_app.domain.import_sheet import ImportRow, parse_import_sheet

HEAD = ("文件名", "报送单位", "题目", "作者", "职务", "联系电话", "体裁", "报送日期")


def parse(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD):
    return parse_import_sheet([(1, head), *((number, row) for number, row in enumerate(rows, 2))])


def faults(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD) -> list[tuple[int, str]]:
    return [(row.number, str(row.reason)) for row in parse(*rows, head=head)[1]]


def test_a_full_row_gives_every_field() -> None:
    row = ("灯.docx", "XZ01", "桥头那盏灯", "方晓棠、许静", "站长", "0550-0000-001", "散文", "2020-10-31")
    assert parse(row) == (
        (
            ImportRow(
                number=2,
                file="灯.docx",
                unit="XZ01",
                title="桥头那盏灯",
                authors=("方晓棠", "许静"),
                post="站长",
                phone="0550-0000-001",
                genre="散文",
                sent_at=datetime(2020, 10, 30, 16, tzinfo=UTC),
            ),
        ),
        (),
    )


def test_only_file_and_unit_are_needed_and_short_rows_are_filled() -> None:
    assert parse(("灯.docx", "XZ01"))[0] == (ImportRow(number=2, file="灯.docx", unit="XZ01"),)


def test_columns_stand_in_any_order_under_any_of_their_names_and_others_are_passed_over() -> None:
    head = ("序号", "单 位*", "FILE", "作品题目（必填）", "备注")
    found, faulty = parse(("1", "XZ01", "灯.docx", "桥头", "好"), head=head)
    assert (found, faulty) == ((ImportRow(number=2, file="灯.docx", unit="XZ01", title="桥头"),), ())


def test_of_two_columns_with_one_name_the_first_counts() -> None:
    head = ("文件", "文件名", "单位")
    assert parse(("甲.docx", "乙.docx", "XZ01"), head=head)[0][0].file == "甲.docx"


@pytest.mark.parametrize("mark", ["、", "，", ",", "；", ";", "/", "／", " 、 "])
def test_authors_are_parted_at_every_usual_mark(mark: str) -> None:
    assert parse(("灯.docx", "XZ01", "", f"周明{mark}李娜{mark}"))[0][0].authors == ("周明", "李娜")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-10-31", (2020, 10, 30, 16, 0)),
        ("2020/1/5", (2020, 1, 4, 16, 0)),
        ("2020.10.31", (2020, 10, 30, 16, 0)),
        ("2020年10月31日", (2020, 10, 30, 16, 0)),
        ("2020年10月31日 17:30", (2020, 10, 31, 9, 30)),
        ("2020-10-31 00:00", (2020, 10, 30, 16, 0)),
        ("2020-10-31T23:59:59", (2020, 10, 31, 15, 59)),
    ],
)
def test_a_day_is_a_day_of_china_in_every_usual_form(text: str, moment: tuple[int, ...]) -> None:
    row = parse(("灯.docx", "XZ01", "", "", "", "", "", text))[0][0]
    assert row.sent_at == datetime(*moment, tzinfo=UTC)  # type: ignore[misc]  # five numbers, then the zone


@pytest.mark.parametrize("text", ["10月31日", "2020-13-01", "2020-02-30", "2020-10-31 25:00", "昨天", "2020-10-311"])
def test_a_day_that_is_none_is_a_fault_that_shows_the_right_form(text: str) -> None:
    assert faults(("灯.docx", "XZ01", "", "", "", "", "", text)) == [(2, f"报送日期“{text}”看不懂，请写成 2020-10-31")]


def test_faulty_rows_are_named_and_the_others_are_taken() -> None:
    rows = (("", "XZ01"), ("甲.docx", ""), ("乙.docx", "XZ01"), ("乙.docx", "XZ02"), ("丙.docx", "XZ02"))
    assert [row.number for row in parse(*rows)[0]] == [4, 6]
    assert faults(*rows) == [(2, "没有写文件名"), (3, "没有写报送单位"), (5, "文件名与第 4 行重复")]


def test_a_head_without_file_or_unit_is_refused_and_says_what_is_missing() -> None:
    with pytest.raises(Invalid, match="表头缺少：文件名、报送单位。"):
        parse(("灯.docx", "XZ01"), head=("名称", "部门"))
    with pytest.raises(Invalid, match="表头缺少：报送单位。"):
        parse(head=("文件名", "题目"))


def test_an_empty_sheet_is_refused() -> None:
    with pytest.raises(Invalid, match="表格是空的"):
        parse_import_sheet([])
