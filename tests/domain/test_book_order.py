"""The order of a book: moves keep every work, sections keep their titles apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.book_order import (
    Part,
    append_section,
    append_works,
    list_works,
    place_work,
    rename_section,
    replace_works,
    step_section,
    step_work,
)
from review_app.domain.errors import Conflict, Invalid

BOOK = (Part("一等奖作品", (1, 2)), Part("二等奖作品", (3,)), Part("附编"))


def test_works_are_appended_once_and_to_the_named_section() -> None:
    assert append_works(BOOK, (4, 2, 4), "二等奖作品") == (
        Part("一等奖作品", (1, 2)),
        Part("二等奖作品", (3, 4)),
        Part("附编"),
    )


def test_a_missing_section_is_made_at_the_end() -> None:
    assert append_works((), (7,), "作品") == (Part("作品", (7,)),)


@pytest.mark.parametrize(
    ("work", "step", "expected"),
    [
        (2, "up", ((2, 1), (3,), ())),
        (2, "down", ((1,), (2, 3), ())),
        (3, "up", ((1, 2, 3), (), ())),
        (3, "down", ((1, 2), (), (3,))),
        (1, "up", ((1, 2), (3,), ())),
        (1, "out", ((2,), (3,), ())),
    ],
)
def test_a_step_moves_over_the_border_of_a_section(work, step, expected) -> None:
    assert tuple(part.essay_ids for part in step_work(BOOK, work, step)) == expected


def test_a_work_is_placed_at_a_position_and_beyond_the_end_last() -> None:
    assert place_work(BOOK, 3, "一等奖作品", 1)[0].essay_ids == (3, 1, 2)
    assert place_work(BOOK, 1, "二等奖作品", 99)[1].essay_ids == (3, 1)
    assert place_work(BOOK, 1, "一等奖作品", 2)[0].essay_ids == (2, 1)


@given(st.permutations([1, 2, 3]), st.lists(st.integers(0, 2), min_size=3, max_size=3))
def test_any_order_of_the_same_works_is_kept(works: list[int], sections: list[int]) -> None:
    places = sorted(zip(sections, works, strict=True), key=lambda pair: pair[0])
    after = replace_works(BOOK, places)
    assert list_works(after) == tuple(work for _, work in places)
    assert [part.title for part in after] == [part.title for part in BOOK]


@pytest.mark.parametrize("places", [[(0, 1), (0, 2)], [(0, 1), (0, 2), (0, 2)], [(0, 1), (0, 2), (3, 3)], [(-1, 1)]])
def test_an_order_of_other_works_or_sections_is_refused(places) -> None:
    with pytest.raises(Conflict):
        replace_works(BOOK, places)


def test_a_section_is_moved_renamed_and_taken_away_only_when_empty() -> None:
    assert [part.title for part in step_section(BOOK, "附编", "up")] == ["一等奖作品", "附编", "二等奖作品"]
    assert [part.title for part in step_section(BOOK, "一等奖作品", "down")][1] == "一等奖作品"
    assert rename_section(BOOK, "附编", " 附录 ")[2] == Part("附录")
    assert step_section(BOOK, "附编", "out") == BOOK[:2]
    with pytest.raises(Conflict):
        step_section(BOOK, "二等奖作品", "out")


def test_two_sections_never_share_a_title() -> None:
    with pytest.raises(Invalid):
        append_section(BOOK, "附编")
    with pytest.raises(Invalid):
        rename_section(BOOK, "附编", "一等奖作品")
    with pytest.raises(Invalid):
        append_section(BOOK, "  ")
    assert rename_section(BOOK, "附编", "附编") == BOOK


def test_what_is_no_longer_there_is_a_conflict() -> None:
    for call in (
        lambda: step_work(BOOK, 9, "up"),
        lambda: place_work(BOOK, 9, "附编", 1),
        lambda: place_work(BOOK, 1, "没有这一辑", 1),
        lambda: rename_section(BOOK, "没有这一辑", "新名"),
    ):
        with pytest.raises(Conflict):
            call()
