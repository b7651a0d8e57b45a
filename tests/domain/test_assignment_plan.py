"""Assignment: the rules on cases made by hand, and the optimum against trying every plan on small ones."""

from collections import Counter
from itertools import chain, combinations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review_app.domain.assignment import AvailableReviewer, EssayToAssign, plan_assignment, shuffle_queue


def outsiders(count: int) -> list[AvailableReviewer]:
    return [AvailableReviewer(number) for number in range(1, count + 1)]


def works(count: int, unit_id: int = 50) -> list[EssayToAssign]:
    return [EssayToAssign(number, unit_id) for number in range(101, 101 + count)]


def test_every_essay_gets_its_readers_and_loads_differ_by_one_at_most() -> None:
    plan = plan_assignment(works(40), outsiders(9), per_essay=5, minimum=3, seed=1)
    assert Counter(essay_id for essay_id, _ in plan.pairs) == Counter({essay.essay_id: 5 for essay in works(40)})
    assert len(set(plan.pairs)) == 200
    assert sorted(plan.load.values()) == [22] * 7 + [23] * 2
    assert plan.unplaced == ()


def test_nobody_reads_the_own_unit_or_what_they_declared() -> None:
    panel = [AvailableReviewer(1, unit_id=50), AvailableReviewer(2, unit_id=51), AvailableReviewer(3)]
    plan = plan_assignment(
        [EssayToAssign(101, 50), EssayToAssign(102, 51)], panel, per_essay=2, minimum=1, conflicts={(102, 3)}
    )
    assert plan.pairs == ((101, 2), (101, 3), (102, 1))


def test_a_shortfall_names_its_reasons_per_essay() -> None:
    panel = [*outsiders(4), *(AvailableReviewer(number, unit_id=50) for number in (5, 6, 7))]
    plan = plan_assignment(
        [EssayToAssign(101, 50), EssayToAssign(102, 51)],
        panel,
        per_essay=5,
        minimum=3,
        conflicts={(101, 1), (101, 2), (101, 5)},
    )
    (short,) = plan.unplaced
    assert (short.essay_id, short.placed, short.is_below_minimum) == (101, 2, True)
    assert "，".join(map(str, short.reasons)) == "只有 2 位评审专家可评，3 位因本单位回避，2 位因申报回避"


def test_full_reviewers_are_named_and_the_minimum_is_shared_out_first() -> None:
    plan = plan_assignment(works(4), outsiders(3), per_essay=3, minimum=2, capacity=3)
    assert plan.load == {1: 3, 2: 3, 3: 3}
    counts = Counter(essay_id for essay_id, _ in plan.pairs)
    assert sorted(counts.values()) == [2, 2, 2, 3]
    assert {str(short.reasons[1]) for short in plan.unplaced} == {"1 位已达评审篇数上限"}
    assert not any(short.is_below_minimum for short in plan.unplaced)


def test_a_reviewers_own_limit_comes_before_the_general_one() -> None:
    panel = [AvailableReviewer(1, capacity=1), AvailableReviewer(2), AvailableReviewer(3, capacity=0)]
    plan = plan_assignment(works(4), panel, per_essay=1, minimum=1, capacity=3)
    assert plan.load == {1: 1, 2: 3, 3: 0}


def test_existing_pairs_stay_and_count_even_where_the_rules_now_forbid_them() -> None:
    panel = [AvailableReviewer(1, unit_id=50), AvailableReviewer(2), AvailableReviewer(3)]
    existing = {(101, 1), (101, 99), (102, 2), (777, 2)}
    plan = plan_assignment(works(3), panel, per_essay=2, minimum=2, existing=existing)
    assert not existing & set(plan.pairs)
    assert plan.pairs == ((102, 3), (103, 2), (103, 3))
    assert plan.load == {1: 1, 2: 3, 3: 2}
    assert plan.unplaced == ()


def test_a_new_reader_is_freed_by_passing_a_work_on() -> None:
    # 101 can go to anybody, 102 to nobody but reviewer 1, who has room for one work only.
    plan = plan_assignment(
        works(2), [AvailableReviewer(1, capacity=1), AvailableReviewer(2)], per_essay=1, minimum=1, conflicts={(102, 2)}
    )
    assert plan.pairs == ((101, 2), (102, 1))


def test_works_that_anybody_may_read_make_way_for_those_that_few_may() -> None:
    only_first = {(number, 2) for number in range(111, 121)}
    for seed in range(5):
        plan = plan_assignment(works(20), outsiders(2), per_essay=1, minimum=1, conflicts=only_first, seed=seed)
        assert plan.load == {1: 10, 2: 10}


def test_the_plan_depends_on_the_seed_and_not_on_the_order_of_the_input() -> None:
    def plan(seed: int, *, is_reversed: bool = False) -> object:
        step = -1 if is_reversed else 1
        return plan_assignment(works(12)[::step], outsiders(6)[::step], per_essay=3, minimum=3, seed=seed)

    assert plan(7) == plan(7, is_reversed=True)
    assert plan(7) != plan(8)


def test_without_reviewers_every_essay_is_named() -> None:
    plan = plan_assignment(works(2), [], per_essay=5, minimum=3)
    assert (plan.pairs, plan.load) == ((), {})
    assert [(short.essay_id, str(short.reasons[0])) for short in plan.unplaced] == [
        (101, "只有 0 位评审专家可评"),
        (102, "只有 0 位评审专家可评"),
    ]


@st.composite
def small_cases(draw: st.DrawFn) -> dict[str, object]:
    essay_count, reviewer_count = draw(st.sampled_from([(3, 4), (4, 3), (5, 2)]))
    essays = [EssayToAssign(number, draw(st.integers(1, 3))) for number in range(essay_count)]
    reviewers = [
        AvailableReviewer(
            number, draw(st.sampled_from([None, None, 1, 2])), draw(st.sampled_from([None, None, None, 0, 1, 2]))
        )
        for number in range(reviewer_count)
    ]
    every_pair = [(essay.essay_id, reviewer.reviewer_id) for essay in essays for reviewer in reviewers]
    return {
        "essays": essays,
        "reviewers": reviewers,
        "per_essay": draw(st.integers(1, 3)),
        "capacity": draw(st.sampled_from([None, None, 2, 3])),
        "existing": draw(st.sets(st.sampled_from(every_pair), max_size=3)),
        "conflicts": draw(st.sets(st.sampled_from(every_pair), max_size=9)),
        "seed": draw(st.integers(0, 3)),
    }


def _every_plan(case: dict[str, object]) -> list[tuple[list[int], list[int]]]:
    """Readers per essay and loads of every plan the rules allow, found by trying all."""
    existing, conflicts = case["existing"], case["conflicts"]
    limits = [case["capacity"] if reviewer.capacity is None else reviewer.capacity for reviewer in case["reviewers"]]
    kept_loads = [sum(reader == reviewer.reviewer_id for _, reader in existing) for reviewer in case["reviewers"]]
    kept = [sum(essay_id == essay.essay_id for essay_id, _ in existing) for essay in case["essays"]]
    options = []
    for essay, has in zip(case["essays"], kept, strict=True):
        able = [
            index
            for index, reviewer in enumerate(case["reviewers"])
            if reviewer.unit_id != essay.unit_id
            and not {(essay.essay_id, reviewer.reviewer_id)} & (existing | conflicts)
        ]
        room = max(0, case["per_essay"] - has)
        options.append(list(chain.from_iterable(combinations(able, size) for size in range(room + 1))))
    plans = []
    for choice in product(*options):
        loads = kept_loads.copy()
        for index in chain.from_iterable(choice):
            loads[index] += 1
        is_allowed = all(
            limit is None or load <= max(limit, before)
            for load, limit, before in zip(loads, limits, kept_loads, strict=True)
        )
        if is_allowed:
            plans.append(([has + len(chosen) for has, chosen in zip(kept, choice, strict=True)], loads))
    return plans


@settings(max_examples=400)
@given(small_cases())
def test_the_plan_is_as_full_and_as_even_as_any_plan_can_be(case: dict[str, object]) -> None:
    plan = plan_assignment(minimum=1, **case)
    plans = _every_plan(case)
    added = Counter(essay_id for essay_id, _ in plan.pairs)
    kept = Counter(essay_id for essay_id, _ in case["existing"])
    counts = [kept[essay.essay_id] + added[essay.essay_id] for essay in case["essays"]]
    loads = [plan.load[reviewer.reviewer_id] for reviewer in case["reviewers"]]
    assert (counts, loads) in plans
    for readers in range(1, case["per_essay"] + 1):
        best = max(sum(min(count, readers) for count in other) for other, _ in plans)
        assert sum(min(count, readers) for count in counts) == best
    fullest = max(sum(other) for other, _ in plans)
    assert sum(load**2 for load in loads) == min(
        sum(load**2 for load in other_loads) for other, other_loads in plans if sum(other) == fullest
    )
    short = {one.essay_id for one in plan.unplaced}
    assert short == {
        essay.essay_id for essay, count in zip(case["essays"], counts, strict=True) if count < case["per_essay"]
    }


@given(small_cases())
def test_the_reasons_of_a_shortfall_account_for_every_reviewer(case: dict[str, object]) -> None:
    for short in plan_assignment(minimum=2, **case).unplaced:
        assert sum(reason.facts["count"] for reason in short.reasons) == len(case["reviewers"])
        assert short.is_below_minimum == (short.placed < 2)


def test_a_county_is_planned_evenly_in_spite_of_conflicts() -> None:
    random = Random(5)
    essays = [EssayToAssign(number, random.randrange(60)) for number in range(400)]
    panel = [AvailableReviewer(number, unit_id=number if number % 2 else None) for number in range(9)]
    conflicts = {(essay.essay_id, 0) for essay in essays if random.random() < 0.3}
    plan = plan_assignment(essays, panel, per_essay=5, minimum=3, conflicts=conflicts)
    assert len(plan.pairs) == 2000
    assert max(plan.load.values()) - min(plan.load.values()) <= 1
    assert not conflicts & set(plan.pairs)


@pytest.mark.parametrize("seed", [0, "第一轮:7"])
def test_a_queue_is_a_fixed_shuffle_that_new_works_do_not_disturb(seed: int | str) -> None:
    queue = shuffle_queue(range(30), seed)
    assert sorted(queue) == list(range(30))
    assert queue != tuple(range(30))
    assert queue == shuffle_queue(reversed(range(30)), seed)
    longer = shuffle_queue(range(40), seed)
    assert tuple(essay_id for essay_id in longer if essay_id < 30) == queue


def test_two_reviewers_get_different_queues() -> None:
    assert shuffle_queue(range(30), "1:7") != shuffle_queue(range(30), "1:8")
