"""The typed texts of a book: label and value, duties and names."""

import pytest

from review_app.domain.book_parts import BOARD, read_groups, split_label
from review_app.domain.errors import Invalid


@pytest.mark.parametrize(
    ("line", "pair"),
    [
        ("准印证号：柳内资准字第017号", ("准印证号", "柳内资准字第017号")),
        ("印数: 1000 册", ("印数", "1000 册")),
        ("时间：8：30", ("时间", "8：30")),
        ("印数：", ("印数", "")),
        ("内部资料，不得翻印。", ("", "内部资料，不得翻印。")),
        ("：无名", ("", "无名")),
    ],
)
def test_a_line_parts_at_its_first_colon(line: str, pair: tuple[str, str]) -> None:
    assert split_label(line) == pair


def test_groups_are_duties_with_names_in_order() -> None:
    text = "主任：赵国强\n\n副主任: 李秀兰,周　明；陈大勇\n成员：\n责任编辑：阿卜杜拉•买买提、"
    assert read_groups(text) == (
        ("主任", ("赵国强",)),
        ("副主任", ("李秀兰", "周明", "陈大勇")),
        ("责任编辑", ("阿卜杜拉·买买提",)),
    )
    assert read_groups(BOARD) == read_groups("") == ()


@pytest.mark.parametrize("text", ["赵国强、李秀兰", "主任：赵国强\n：李秀兰"])
def test_a_line_without_a_duty_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_groups(text)
    assert caught.value.field == "board"
