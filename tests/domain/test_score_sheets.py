"""Score sheets: what counts, what is missing, and the comment owed for very low and very high totals."""

import pytest

from review_app.domain.errors import Invalid
from review_app.domain.rubric import DEFAULT_RUBRIC
from review_app.domain.scoring import (
    ScoreSheet,
    check_final,
    check_points,
    missing_criteria,
    needs_comment,
    total_tenths,
)

GOOD = {"theme": 225, "real": 210, "value": 165, "lang": 170, "form": 85}  # 85.5


def test_the_total_is_the_sum_of_the_points() -> None:
    assert total_tenths(GOOD) == 855
    assert total_tenths({}) == 0


@pytest.mark.parametrize(
    ("sheet", "is_counted"),
    [
        (ScoreSheet(1, GOOD), True),
        (ScoreSheet(1, GOOD, is_final=False), False),
        (ScoreSheet(1, GOOD, is_recused=True), False),
        (ScoreSheet(1, GOOD, is_struck=True), False),
    ],
)
def test_only_final_sheets_of_reviewers_who_stay_count(sheet: ScoreSheet, is_counted: bool) -> None:
    assert sheet.is_counted is is_counted


def test_missing_criteria_come_in_the_order_of_the_rubric() -> None:
    assert missing_criteria(DEFAULT_RUBRIC[::-1], {"real": 0, "lang": 5}) == ("theme", "value", "form")


@pytest.mark.parametrize(("total", "is_needed"), [(595, True), (600, False), (900, False), (905, True)])
def test_a_comment_is_owed_below_60_and_above_90(total: int, is_needed: bool) -> None:
    assert needs_comment(total) is is_needed


def test_a_draft_may_lack_criteria_but_not_hold_wrong_ones() -> None:
    check_points(DEFAULT_RUBRIC, {"form": 100})
    with pytest.raises(Invalid, match="没有这个评分项"):
        check_points(DEFAULT_RUBRIC, {"beauty": 100})
    with pytest.raises(Invalid, match="0 到 10"):
        check_points(DEFAULT_RUBRIC, {"form": 105})


def test_a_sheet_without_all_points_is_sent_to_the_first_empty_field() -> None:
    with pytest.raises(Invalid, match="还有 2 个评分项") as caught:
        check_final(DEFAULT_RUBRIC, {key: GOOD[key] for key in ("theme", "lang", "form")}, "")
    assert caught.value.field == "real"


def test_a_very_high_total_needs_ten_characters_that_can_be_seen() -> None:
    high = {**GOOD, "theme": 250, "real": 250}  # 92
    assert check_final(DEFAULT_RUBRIC, high, "有人有事有细节，可推广。") == 920
    assert check_final(DEFAULT_RUBRIC, high, "", is_comment_asked=False) == 920
    with pytest.raises(Invalid, match="不少于 10 个字") as caught:
        check_final(DEFAULT_RUBRIC, high, "很 好 很 好　　　　　　　")
    assert caught.value.field == "comment"


def test_an_ordinary_total_needs_no_comment() -> None:
    assert check_final(DEFAULT_RUBRIC, GOOD, "") == 855
