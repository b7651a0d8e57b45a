"""What enters the anthology, in what order, and how a work is moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.errors import Conflict
from review_app.domain.selection import REST, Candidate, Grouping, move_item, plan_selection

AWARDS = Grouping(
    "award", {"first": "一等奖作品", "second": "二等奖作品"}, {1: "second", 2: "second", 3: "first", 4: "second"}
)


def sections_of(
    candidates: list[Candidate], grouping: Grouping, *, takes_all: bool = True
) -> list[tuple[str, tuple[int, ...]]]:
    plan = plan_selection(candidates, grouping, takes_all=takes_all)
    return [(section.title, section.essay_ids) for section in plan.sections]


def test_works_come_by_award_then_rank_then_the_order_of_units() -> None:
    candidates = [
        Candidate(1, 4, unit_position=9),
        Candidate(2, 4, unit_position=2),
        Candidate(3, 3),
        Candidate(4, 2, unit_position=30),
    ]
    plan = plan_selection(candidates, AWARDS, takes_all=False)
    assert [(section.title, section.essay_ids) for section in plan.sections] == [
        ("一等奖作品", (3,)),
        ("二等奖作品", (4, 2, 1)),
    ]
    assert plan.chosen == (3, 4, 2, 1)
    assert plan.refused == ()


@pytest.mark.parametrize("rule", ["topic", "class", "genre"])
def test_other_rules_keep_the_order_of_units_then_rank(rule: str) -> None:
    candidates = [
        Candidate(1, 1, unit_position=9),
        Candidate(2, 7, unit_position=2),
        Candidate(3, 3, unit_position=2),
        Candidate(4, 2, unit_position=30),
    ]
    grouping = Grouping(rule, {"a": "通讯", "b": "散文"}, {1: "a", 2: "a", 3: "a", 4: "b"})  # type: ignore[arg-type]
    assert sections_of(candidates, grouping) == [("通讯", (3, 2, 1)), ("散文", (4,))]


def test_works_under_no_heading_stand_together_at_the_end() -> None:
    candidates = [Candidate(1, 1), Candidate(2, 2), Candidate(3, 3)]
    grouping = Grouping("genre", {"a": "通讯"}, {1: "", 3: "gone"})
    assert sections_of(candidates, grouping) == [(REST, (1, 2, 3))]
    assert sections_of(candidates, Grouping("genre", {"a": "通讯"}, {2: "a"})) == [("通讯", (2,)), (REST, (1, 3))]


def test_headings_of_the_same_words_are_one_section() -> None:
    grouping = Grouping("topic", {"a": "接访", "b": "下访", "c": "接访"}, {1: "c", 2: "b", 3: "a"})
    assert sections_of([Candidate(1, 1), Candidate(2, 2), Candidate(3, 3)], grouping) == [
        ("接访", (1, 3)),
        ("下访", (2,)),
    ]


def test_works_without_award_or_under_objection_stay_outside_with_the_reason() -> None:
    candidates = [
        Candidate(3, 1, is_contested=True),
        Candidate(2, 9, is_awarded=False),
        Candidate(1, 5),
        Candidate(4, 2, is_awarded=False, is_contested=True),
    ]
    plan = plan_selection(candidates, AWARDS, takes_all=False)
    assert plan.chosen == (1,)
    assert [(one.essay_id, str(one.reason)) for one in plan.refused] == [
        (2, "没有获奖"),
        (3, "异议尚未处理完"),
        (4, "异议尚未处理完"),
    ]
    everything = plan_selection(candidates, AWARDS, takes_all=True)
    assert everything.chosen == (1, 2)
    assert [one.essay_id for one in everything.refused] == [3, 4]


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
