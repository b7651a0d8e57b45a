"""Prizes down the ranking: quotas, floors, vacancies, one prize per author, and ties a cut goes through."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.awards import DEFAULT_LEVELS, AwardLevel, OpenTie, check_levels, plan_awards
from review_app.domain.errors import Invalid
from review_app.domain.ranking import EssaySheets, RankedEssay, rank_essays
from review_app.domain.scoring import ScoreSheet

LEVELS = (
    AwardLevel("first", "一等奖", "First prize", 1, 800, 1),
    AwardLevel("second", "二等奖", "Second prize", 2, 700, 2),
    AwardLevel("merit", "优秀奖", "Merit award", 2, 700, 3),
)


def ranking(*totals: float) -> tuple[RankedEssay, ...]:
    """Essays 1, 2, 3 … whose three sheets all give the total; 0 means an essay with too few sheets."""
    return rank_essays(
        EssaySheets(number, tuple(ScoreSheet(sheet, {"value": int(total * 10)}) for sheet in range(3 if total else 1)))
        for number, total in enumerate(totals, 1)
    )


def awarded(plan: object) -> list[tuple[int, str]]:
    return [(work.essay_id, work.level_key) for work in plan.awarded]


def refused(plan: object) -> list[tuple[int, str]]:
    return [(work.essay_id, str(work.reason)) for work in plan.refused]


def test_levels_fill_down_the_ranking_and_the_rest_find_no_place() -> None:
    plan = plan_awards(ranking(90, 88, 86, 84, 82, 81), LEVELS[::-1])
    assert awarded(plan) == [(1, "first"), (2, "second"), (3, "second"), (4, "merit"), (5, "merit")]
    assert refused(plan) == [(6, "奖项名额已满")]
    assert (plan.vacancies, plan.open_ties) == ((), ())


def test_a_level_nobody_reaches_stays_vacant_and_gives_nothing_to_the_next() -> None:
    plan = plan_awards(ranking(79, 78, 77, 69.5), LEVELS)
    assert awarded(plan) == [(1, "second"), (2, "second"), (3, "merit")]
    assert [(vacancy.level_key, vacancy.places) for vacancy in plan.vacancies] == [("first", 1), ("merit", 1)]
    assert refused(plan) == [(4, "平均分 69.50，低于获奖最低分 70")]


def test_a_mean_exactly_at_the_floor_is_enough() -> None:
    assert awarded(plan_awards(ranking(80, 70), LEVELS)) == [(1, "first"), (2, "second")]


def test_a_tie_that_fits_a_level_shares_it() -> None:
    plan = plan_awards(ranking(90, 85, 85), LEVELS)
    assert awarded(plan) == [(1, "first"), (2, "second"), (3, "second")]


def test_a_tie_across_a_cut_is_left_open_with_its_places_kept() -> None:
    plan = plan_awards(ranking(90, 90, 85, 84), LEVELS)
    assert plan.open_ties == (OpenTie((1, 2), 1, (("first", 1), ("second", 1))),)
    assert awarded(plan) == [(3, "second"), (4, "merit")]


def test_a_tie_over_the_last_place_keeps_what_there_is() -> None:
    plan = plan_awards(ranking(90, 88, 87, 86, 85, 85, 85, 80), LEVELS)
    assert plan.open_ties == (OpenTie((5, 6, 7), 5, (("merit", 1),)),)
    assert refused(plan) == [(8, "奖项名额已满")]


def test_the_chiefs_order_closes_an_open_tie() -> None:
    essays = [EssaySheets(n, tuple(ScoreSheet(sheet, {"value": 900}) for sheet in range(3))) for n in (1, 2)]
    plan = plan_awards(rank_essays(essays, chief_order={2: 1, 1: 2}), LEVELS)
    assert awarded(plan) == [(2, "first"), (1, "second")]


def test_incomplete_essays_are_refused_with_their_reason() -> None:
    plan = plan_awards(ranking(90, 0), LEVELS)
    assert refused(plan) == [(2, "有效评分 1 份，不足 3 份")]


def test_an_author_wins_once_only_where_the_rule_is_on() -> None:
    ranked = ranking(90, 88, 86)
    authors = {1: frozenset({"周明"}), 2: frozenset({"李娜", "周明"}), 3: frozenset({"李娜"})}
    assert awarded(plan_awards(ranked, LEVELS)) == [(1, "first"), (2, "second"), (3, "second")]
    plan = plan_awards(ranked, LEVELS, one_per_author=True, authors=authors)
    assert awarded(plan) == [(1, "first"), (3, "second")]
    assert refused(plan) == [(2, "作者已有名次更高的作品获奖或待定")]
    with pytest.raises(ValueError, match="authors"):
        plan_awards(ranked, LEVELS, one_per_author=True)


def test_two_tied_works_of_one_author_are_for_a_person_to_choose_from() -> None:
    authors = {1: frozenset({"周明"}), 2: frozenset({"周明"}), 3: frozenset({"李娜"})}
    plan = plan_awards(ranking(75, 75, 74), LEVELS, one_per_author=True, authors=authors)
    assert plan.open_ties == (OpenTie((1, 2), 1, (("second", 1),)),)
    assert awarded(plan) == [(3, "second")]


def test_the_default_levels_hand_out_thirty_prizes_from_seventy_points() -> None:
    assert check_levels(DEFAULT_LEVELS[::-1]) == DEFAULT_LEVELS
    assert [(level.name_zh, level.quota, level.floor_tenths) for level in DEFAULT_LEVELS] == [
        ("一等奖", 3, 700),
        ("二等奖", 6, 700),
        ("三等奖", 9, 700),
        ("优秀奖", 12, 700),
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": "second"}, "key"),
        ({"quota": -1}, "quota"),
        ({"floor_tenths": 650}, "floor_tenths"),
        ({"floor_tenths": 1005}, "floor_tenths"),
    ],
)
def test_unsound_levels_are_refused(change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_levels((replace(LEVELS[0], **change), *LEVELS[1:]))
    assert caught.value.field == field


level_lists = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 20)), min_size=1, max_size=4).map(
    lambda facts: tuple(
        AwardLevel(f"level{position}", "奖", "Prize", quota, floor * 50, position)
        for position, ((quota, _), floor) in enumerate(
            zip(facts, sorted((floor for _, floor in facts), reverse=True), strict=True)
        )
    )
)
totals = st.lists(st.sampled_from([0, 60, 65, 70, 75, 80, 85, 90]), min_size=1, max_size=15)
author_sets = st.lists(
    st.frozensets(st.sampled_from("甲乙丙丁戊己庚辛"), min_size=1, max_size=2), min_size=15, max_size=15
)


@given(totals, level_lists, author_sets, st.booleans())
def test_every_essay_ends_in_one_place_and_every_place_is_accounted_for(
    given_totals: list[float], levels: tuple[AwardLevel, ...], author_list: list[frozenset[str]], is_once: bool
) -> None:
    ranked = ranking(*given_totals)
    authors = dict(enumerate(author_list, 1))
    plan = plan_awards(ranked, levels, one_per_author=is_once, authors=authors)
    named = [
        *(work.essay_id for work in plan.awarded),
        *(work.essay_id for work in plan.refused),
        *(essay_id for tie in plan.open_ties for essay_id in tie.essay_ids),
    ]
    assert sorted(named) == sorted(work.essay_id for work in ranked)
    used = Counter(work.level_key for work in plan.awarded)
    used.update({vacancy.level_key: vacancy.places for vacancy in plan.vacancies})
    for tie in plan.open_ties:
        used.update(dict(tie.places))
    assert dict(used) == {level.key: level.quota for level in levels if level.quota}
    means = {work.essay_id: work.mean for work in ranked}
    floors = {level.key: level.floor_tenths for level in levels}
    assert all(means[work.essay_id] * 10 >= floors[work.level_key] for work in plan.awarded)
    heights = [next(level.position for level in levels if level.key == work.level_key) for work in plan.awarded]
    assert heights == sorted(heights)
    by_rank = {work.essay_id: work.rank for work in ranked}
    for rank in {work.rank for work in plan.awarded}:
        assert len({work.level_key for work in plan.awarded if by_rank[work.essay_id] == rank}) == 1
    if is_once:
        winners = [author for work in plan.awarded for author in authors[work.essay_id]]
        assert len(winners) == len(set(winners))
