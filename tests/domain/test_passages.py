"""A marked passage: cut from its block, and found again in the next version where its words still stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.errors import Invalid
from review_app.domain.passages import QUOTE_LIMIT, Passage, Place, cut_passage, find_again

TEXTS = (
    "第一日　水位19.4米",
    "雨下到第九天，清河东湾段的水漫上了柳树的腰。有人提醒他，你去了怕要打架。",
    "",
    "冯守田把雨衣的帽绳勒紧：“堤又不姓耿。”有人提醒他，你去了怕要打架。冯守田笑了笑。",
)
QUOTE = "有人提醒他，你去了怕要打架。"


def mark(block: int, quote: str, near: int = 0, texts: tuple[str, ...] = TEXTS) -> Passage:
    return cut_passage(texts, block=block, quote=quote, near=near)


def words_at(place: Place | None, texts: tuple[str, ...]) -> str | None:
    return None if place is None else texts[place.block][place.start : place.end]


def test_a_passage_knows_its_place_and_what_stands_beside_it() -> None:
    passage = mark(1, QUOTE)
    assert passage == Passage(1, 22, 36, QUOTE, before=TEXTS[1][:22], after="")
    assert mark(3, "\r\n冯守田笑了笑\n").quote == "冯守田笑了笑"


def test_among_equal_words_of_a_block_the_nearest_is_meant() -> None:
    texts = ("来了。走了。来了。又走了。",)
    assert [mark(0, "来了", near, texts).start for near in (0, 2, 4, 99)] == [0, 0, 6, 6]


@pytest.mark.parametrize(
    ("block", "quote", "field"),
    [
        (2, "雨", "block"),
        (4, "雨", "block"),
        (-1, "雨", "block"),
        (1, " \r\n", "quote"),
        (1, "雨停了", "quote"),
        (1, "字" * (QUOTE_LIMIT + 1), "quote"),
    ],
)
def test_words_that_do_not_stand_there_are_refused(block: int, quote: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        mark(block, quote)
    assert refused.value.field == field


def test_in_the_same_text_a_passage_stands_where_it_was_marked() -> None:
    for block in (1, 3):
        passage = mark(block, QUOTE)
        assert find_again(passage, TEXTS) == Place(block, passage.start, passage.end)


def test_a_moved_passage_is_told_from_its_double_by_its_neighbours() -> None:
    moved = (TEXTS[3], TEXTS[0], "新写的一段。", TEXTS[1])
    assert find_again(mark(3, QUOTE), moved) == Place(0, 20, 34)
    assert find_again(mark(1, QUOTE), moved) == Place(3, 22, 36)


def test_without_telling_neighbours_the_nearest_is_taken() -> None:
    passage = Passage(4, 0, 9, "他一字一句念给她听")
    texts = ("他一字一句念给她听", "", "", "他一字一句念给她听", "别的")
    assert find_again(passage, texts) == Place(3, 0, 9)


def test_a_passage_with_small_edits_inside_is_found_and_said_to_be_edited() -> None:
    edited = (TEXTS[0], TEXTS[1].replace("第九天", "第十天").replace("漫上了柳树", "已漫过柳树"), "", TEXTS[3])
    place = find_again(mark(1, "雨下到第九天，清河东湾段的水漫上了柳树的腰。"), edited)
    assert place is not None
    assert (place.block, place.is_edited) == (1, True)
    assert words_at(place, edited) == "雨下到第十天，清河东湾段的水已漫过柳树的腰。"


def test_an_edited_passage_takes_no_more_of_its_new_block_than_its_own_words() -> None:
    texts = (
        "前面添了很长的一段话，说的是另一件事情。" * 5 + "雨下到第十天，清河东湾的水漫上柳树腰。" + "后面也添了。" * 9,
    )
    place = find_again(mark(1, "雨下到第九天，清河东湾段的水漫上了柳树的腰。"), texts)
    assert words_at(place, texts) == "雨下到第十天，清河东湾的水漫上柳树腰。"


def test_a_deleted_passage_is_not_found_in_other_words() -> None:
    gone = (TEXTS[0], "雨停了，水退下去，柳树露出了腰身。", TEXTS[3].replace(QUOTE, ""))
    assert find_again(mark(1, "雨下到第九天，清河东湾段的水漫上了柳树的腰。"), gone) is None
    assert find_again(mark(3, QUOTE), gone) is None
    assert find_again(mark(1, QUOTE), ()) is None


def test_a_few_characters_are_the_same_passage_only_among_the_same_neighbours() -> None:
    texts = ("有人提醒他，张某来了。", "后来张某走了。")
    name = mark(0, "张某", texts=texts)
    assert find_again(name, texts) == Place(0, 6, 8)
    assert find_again(name, ("新的开头。有人提醒他，张某来了。", texts[1])) == Place(0, 11, 13)
    assert find_again(name, ("有人提醒他，某某来了。", texts[1])) is None


def test_a_short_block_that_is_all_passage_is_found_where_it_is_a_block_again() -> None:
    texts = ("好。", "他说好。")
    assert find_again(mark(0, "好。", texts=texts), ("他说好。", "好。")) == Place(1, 0, 2)
    assert find_again(mark(0, "好。", texts=texts), ("他说好。",)) is None


@given(st.lists(st.text("一二三四五。", max_size=30), min_size=1, max_size=5), st.data())
def test_a_passage_is_found_in_its_own_text_with_its_own_words(texts: list[str], data: st.DataObject) -> None:
    blocks = [block for block, text in enumerate(texts) if text]
    if not blocks:
        return
    block = data.draw(st.sampled_from(blocks))
    start = data.draw(st.integers(0, len(texts[block]) - 1))
    end = data.draw(st.integers(start + 1, len(texts[block])))
    passage = cut_passage(texts, block=block, quote=texts[block][start:end], near=start)
    assert find_again(passage, texts) == Place(block, start, end)
