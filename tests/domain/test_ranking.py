"""Ranking: sums worked by hand, every step of the tie chain, and properties over any sheets."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.ranking import EssaySheets, RankedEssay, format_mean, rank_essays, trimmed_mean
from review_app.domain.scoring import ScoreSheet


def essay(essay_id: int, *totals: float, **flags: bool) -> EssaySheets:
    """An essay with one sheet per total, everything under one criterion that decides no tie."""
    return EssaySheets(
        essay_id,
        tuple(ScoreSheet(number, {"value": int(total * 10)}, **flags) for number, total in enumerate(totals, 1)),
    )


def sheets(essay_id: int, *points: tuple[int, int, int]) -> EssaySheets:
    """An essay with one sheet per (real, theme, value) in whole points."""
    return EssaySheets(
        essay_id,
        tuple(
            ScoreSheet(number, {"real": real * 10, "theme": theme * 10, "value": value * 10})
            for number, (real, theme, value) in enumerate(points, 1)
        ),
    )


def one(*totals: float) -> RankedEssay:
    return rank_essays([essay(1, *totals)])[0]


def places(ranked: tuple[RankedEssay, ...]) -> list[tuple[int, int | None, bool, str]]:
    return [(work.essay_id, work.rank, work.is_tied, work.tie_decided_by) for work in ranked]


def test_five_sheets_lose_the_highest_and_the_lowest() -> None:
    # 92 and 85 go; (88 + 90 + 91.5) / 3 = 269.5 / 3.
    score = one(88, 92, 85, 90, 91.5)
    assert (score.mean, score.display) == (Fraction(539, 6), "89.83")
    assert (score.n, score.spread_tenths, score.dropped) == (5, 70, (2, 3))


def test_seven_sheets_also_lose_only_one_at_each_end() -> None:
    # 95 and 80 go; (90 + 85 + 88 + 92 + 86) / 5 = 441 / 5.
    assert one(90, 85, 95, 88, 92, 80, 86).display == "88.20"


def test_four_sheets_lose_none_and_half_a_hundredth_goes_up() -> None:
    # 320.5 / 4 = 80.125: rounding to even or a binary fraction would give 80.12.
    score = one(80, 80, 80.5, 80)
    assert (score.display, score.dropped) == ("80.13", None)


def test_three_sheets_are_enough_and_two_are_not() -> None:
    assert one(86.5, 87, 86.5).display == "86.67"
    score = one(86.5, 87)
    assert (score.rank, score.mean, score.display, score.n) == (None, None, "", 2)
    assert str(score.incomplete) == "有效评分 2 份，不足 3 份"


def test_only_one_of_several_equal_extremes_is_dropped() -> None:
    # One 90 and one 70 go; (90 + 90 + 70) / 3.
    score = one(90, 90, 90, 70, 70)
    assert score.mean == Fraction(250, 3)
    assert score.dropped == (3, 4)
    assert one(80, 80, 80, 80, 80).dropped == (5, 1)


@pytest.mark.parametrize("flag", ["is_recused", "is_struck"])
def test_sheets_that_do_not_count_leave_the_number_of_sheets(flag: str) -> None:
    counted = essay(1, 80, 82, 84, 86)
    barred = replace(counted.sheets[0], reviewer_id=9, points_tenths={"value": 0}, **{flag: True})
    score = rank_essays([EssaySheets(1, (*counted.sheets, barred))])[0]
    assert (score.n, score.display, score.dropped) == (4, "83.00", None)


def test_drafts_do_not_count() -> None:
    assert rank_essays([essay(1, 80, 80, 80, is_final=False)])[0].rank is None


def test_equal_means_are_told_apart_by_real_then_theme() -> None:
    ranked = rank_essays(
        [
            sheets(1, (20, 20, 40), (20, 20, 40), (20, 20, 40)),
            sheets(2, (20, 22, 38), (20, 22, 38), (20, 22, 38)),
            sheets(3, (23, 10, 47), (23, 10, 47), (23, 10, 47)),
            sheets(4, (25, 25, 40), (25, 25, 40), (25, 25, 40)),
        ]
    )
    assert places(ranked) == [(4, 1, False, ""), (3, 2, False, "real"), (2, 3, False, "theme"), (1, 4, False, "theme")]


def test_then_the_mean_without_dropping_decides() -> None:
    # Both 80 after dropping; the extremes of the second are higher.
    ranked = rank_essays([essay(1, 70, 80, 80, 80, 85), essay(2, 75, 80, 80, 80, 85)])
    assert places(ranked) == [(2, 1, False, "undropped"), (1, 2, False, "undropped")]


def test_what_stays_equal_shares_a_rank_and_the_next_one_skips() -> None:
    ranked = rank_essays([essay(number, total, total, total) for number, total in enumerate((80, 90, 80, 70, 80))])
    assert places(ranked) == [
        (1, 1, False, ""),
        (0, 2, True, ""),
        (2, 2, True, ""),
        (4, 2, True, ""),
        (3, 5, False, ""),
    ]


def test_the_chief_decides_last_and_unplaced_essays_stay_tied_behind() -> None:
    tied = [essay(number, 80, 80, 80) for number in (1, 2, 3, 4)]
    ranked = rank_essays(tied, chief_order={3: 1, 1: 2})
    assert places(ranked) == [
        (3, 1, False, "chief"),
        (1, 2, False, "chief"),
        (2, 3, True, "chief"),
        (4, 3, True, "chief"),
    ]


def test_the_chief_cannot_lift_an_essay_over_a_better_mean() -> None:
    ranked = rank_essays([essay(1, 80, 80, 80), essay(2, 80, 80, 81)], chief_order={1: 1, 2: 2})
    assert [work.essay_id for work in ranked] == [2, 1]


def test_means_that_only_look_equal_are_not_tied() -> None:
    # Of 202 sheets 80 and 80.5 go: (199 × 80 + 80.5) / 200 = 80.0025, a place ahead of 80 though both read 80.00.
    many = rank_essays([essay(1, *[80] * 60), essay(2, *[80] * 200, 80.5, 80.5)])
    assert [(work.essay_id, work.display, work.is_tied) for work in many] == [(2, "80.00", False), (1, "80.00", False)]


def test_a_rubric_of_other_criteria_skips_the_steps_it_lacks() -> None:
    first, second = essay(1, 80, 80, 80), essay(2, 80, 80, 80)
    assert [work.is_tied for work in rank_essays([first, second], tie_criteria=("depth",))] == [True, True]


@pytest.mark.parametrize(
    ("mean", "display"),
    [(Fraction(0), "0.00"), (Fraction(100), "100.00"), (Fraction(1, 200), "0.01"), (Fraction(80045, 1000), "80.05")],
)
def test_a_mean_is_shown_with_two_decimals_half_up(mean: Fraction, display: str) -> None:
    assert format_mean(mean) == display


points = st.integers(min_value=0, max_value=50).map(lambda halves: halves * 5)
sheet_lists = st.lists(
    st.builds(
        ScoreSheet,
        reviewer_id=st.integers(1, 9),
        points_tenths=st.fixed_dictionaries({"real": points, "theme": points, "value": points}),
        is_final=st.sampled_from([True, True, True, False]),
        is_recused=st.sampled_from([False, False, False, True]),
    ),
    max_size=7,
    unique_by=lambda sheet: sheet.reviewer_id,
)
contests = st.lists(sheet_lists, min_size=1, max_size=7).map(
    lambda lists: [EssaySheets(number, tuple(given_sheets)) for number, given_sheets in enumerate(lists)]
)


@given(contests, st.randoms(use_true_random=False))
def test_the_order_in_which_essays_and_sheets_arrive_changes_nothing(essays: list[EssaySheets], random: object) -> None:
    shuffled = []
    for work in essays:
        given_sheets = list(work.sheets)
        random.shuffle(given_sheets)
        shuffled.append(EssaySheets(work.essay_id, tuple(given_sheets)))
    random.shuffle(shuffled)
    assert rank_essays(shuffled) == rank_essays(essays)


@given(contests, st.data())
def test_more_points_on_one_sheet_never_cost_a_place(essays: list[EssaySheets], data: st.DataObject) -> None:
    ranked = {work.essay_id: work for work in rank_essays(essays)}
    chosen = data.draw(st.sampled_from(essays))
    if ranked[chosen.essay_id].rank is None:
        return
    lifted_at = data.draw(st.integers(0, len(chosen.sheets) - 1))
    key = data.draw(st.sampled_from(["real", "theme", "value"]))
    old = chosen.sheets[lifted_at]
    lifted = replace(old, points_tenths={**old.points_tenths, key: old.points_tenths[key] + 5})
    changed = EssaySheets(chosen.essay_id, (*chosen.sheets[:lifted_at], lifted, *chosen.sheets[lifted_at + 1 :]))
    after = {work.essay_id: work for work in rank_essays([changed if work is chosen else work for work in essays])}
    assert after[chosen.essay_id].rank <= ranked[chosen.essay_id].rank
    assert after[chosen.essay_id].mean >= ranked[chosen.essay_id].mean


@given(contests)
def test_ranks_count_the_essays_ahead_and_follow_the_means(essays: list[EssaySheets]) -> None:
    ranked = rank_essays(essays)
    assert sorted(work.essay_id for work in ranked) == list(range(len(essays)))
    complete = [work for work in ranked if work.rank is not None]
    assert complete == list(ranked[: len(complete)])
    assert [work.mean for work in complete] == sorted((work.mean for work in complete), reverse=True)
    for work in complete:
        assert work.rank == 1 + sum(other.rank < work.rank for other in complete)
        assert work.is_tied == (sum(other.rank == work.rank for other in complete) > 1)
        same_mean = [other for other in complete if other.mean == work.mean]
        is_decided = any(other.rank != work.rank for other in same_mean)
        assert bool(work.tie_decided_by) == is_decided


@given(st.lists(st.integers(0, 200).map(lambda halves: halves * 5), min_size=1, max_size=12))
def test_the_trimmed_mean_lies_between_the_extremes(totals: list[int]) -> None:
    assert min(totals) <= trimmed_mean(totals) * 10 <= max(totals)
    if len(totals) >= 5:
        assert trimmed_mean(totals) * 10 * (len(totals) - 2) == sum(totals) - max(totals) - min(totals)
