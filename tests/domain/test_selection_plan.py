"""What enters the anthology, in what order, and how a work is moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.awards import DEFAULT_LEVELS
from review_app.domain.errors import Conflict
from review_app.domain.selection import Candidate, move_item, plan_selection


def test_works_come_by_award_then_rank_then_the_order_of_units() -> None:
    plan = plan_selection(
        [
            Candidate(1, "second", 4, unit_position=9),
            Candidate(2, "second", 4, unit_position=2),
            Candidate(3, "first", 3),
            Candidate(4, "second", 2, unit_position=30),
        ],
        DEFAULT_LEVELS[::-1],
    )
    assert [(section.level_key, section.name_zh, section.essay_ids) for section in plan.sections] == [
        ("first", "一等奖作品", (3,)),
        ("second", "二等奖作品", (4, 2, 1)),
    ]
    assert plan.chosen == (3, 4, 2, 1)
    assert plan.refused == ()


def test_works_without_award_or_under_objection_stay_outside_with_the_reason() -> None:
    plan = plan_selection(
        [
            Candidate(3, "first", 1, is_contested=True),
            Candidate(2, "", 9),
            Candidate(1, "merit", 5),
            Candidate(4, "grand", 2),
        ],
        DEFAULT_LEVELS,
    )
    assert plan.chosen == (1,)
    assert [(one.essay_id, str(one.reason)) for one in plan.refused] == [
        (2, "没有获奖"),
        (3, "异议尚未处理完"),
        (4, "没有获奖"),
    ]


@pytest.mark.parametrize(
    ("position", "order"), [(1, "dabc"), (2, "adbc"), (4, "abcd"), (99, "abcd"), (0, "dabc"), (-3, "dabc")]
)
def test_a_work_goes_to_the_position_asked_or_the_nearest_end(position: int, order: str) -> None:
    assert "".join(move_item("abcd", "d", position)) == order


@given(st.permutations(range(6)), st.integers(0, 5), st.integers(1, 6))
def test_moving_keeps_all_works_and_the_order_of_the_others(items: list[int], item: int, position: int) -> None:
    moved = move_item(items, item, position)
    assert moved[position - 1] == item
    assert [other for other in moved if other != item] == [other for other in items if other != item]


def test_a_work_that_is_gone_cannot_be_moved() -> None:
    with pytest.raises(Conflict, match="已不在列表中"):
        move_item((1, 2), 3, 1)
