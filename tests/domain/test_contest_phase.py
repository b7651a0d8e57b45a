"""The clock of the contest at and around each of its moments."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.calendar import end_of_day, start_of_day
from review_app.domain.contest_defaults import default_times
from review_app.domain.contest_phase import (
    ContestPhase,
    SubmissionWindow,
    can_review,
    can_submit,
    correction_due_at,
    phase_at,
    require_correction,
    require_review,
    require_submission,
)
from review_app.domain.errors import Closed, Invalid

TIMES = default_times(2020)
WITH_LATE = replace(TIMES, late_until=end_of_day(date(2020, 11, 6)))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (TIMES.opens_at - SECOND, "not_open"),
        (TIMES.opens_at, "collecting"),
        (TIMES.closes_at, "collecting"),
        (TIMES.closes_at + SECOND, "checking"),
        # 31 October 2020 is a Saturday: five working days for corrections end on Friday 6 November.
        (end_of_day(date(2020, 11, 6)), "checking"),
        (end_of_day(date(2020, 11, 6)) + SECOND, "reviewing"),
        (TIMES.review_closes_at, "reviewing"),
        (TIMES.review_closes_at + SECOND, "deciding"),
        (TIMES.ends_at, "deciding"),
        (TIMES.ends_at + SECOND, "ended"),
    ],
)
def test_each_phase_ends_with_its_last_moment(now: datetime, phase: str) -> None:
    assert phase_at(TIMES, now) == phase


def test_compiling_begins_when_the_results_are_public() -> None:
    results_at = end_of_day(date(2020, 12, 1))
    times = replace(TIMES, results_at=results_at)
    assert phase_at(times, results_at - SECOND) is ContestPhase.DECIDING
    assert phase_at(times, results_at) is ContestPhase.COMPILING


def test_collecting_lasts_until_the_end_of_late_works() -> None:
    assert phase_at(WITH_LATE, TIMES.closes_at + SECOND) is ContestPhase.COLLECTING
    assert phase_at(WITH_LATE, end_of_day(date(2020, 11, 6)) + SECOND) is ContestPhase.CHECKING


@given(st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2021, 2, 1)), min_size=2, max_size=2))
def test_phases_never_go_back(moments: list[datetime]) -> None:
    earlier, later = sorted(moment.replace(tzinfo=UTC) for moment in moments)
    order = list(ContestPhase)
    assert order.index(phase_at(WITH_LATE, earlier)) <= order.index(phase_at(WITH_LATE, later))


@pytest.mark.parametrize(
    ("now", "window"),
    [
        (TIMES.opens_at - SECOND, "closed"),
        (TIMES.opens_at, "open"),
        (TIMES.closes_at, "open"),
        (TIMES.closes_at + SECOND, "late"),
        (end_of_day(date(2020, 11, 6)), "late"),
        (end_of_day(date(2020, 11, 6)) + SECOND, "closed"),
    ],
)
def test_a_request_that_begins_in_the_last_second_is_in_time(now: datetime, window: str) -> None:
    assert can_submit(WITH_LATE, now) == window


def test_without_late_works_the_window_closes_at_once() -> None:
    assert can_submit(TIMES, TIMES.closes_at + SECOND) is SubmissionWindow.CLOSED


def test_a_refused_submission_says_whether_it_is_too_early_or_too_late() -> None:
    assert require_submission(TIMES, TIMES.opens_at) is SubmissionWindow.OPEN
    with pytest.raises(Closed, match="还没有开始"):
        require_submission(TIMES, TIMES.opens_at - SECOND)
    with pytest.raises(Closed, match="已经截止"):
        require_submission(TIMES, TIMES.closes_at + SECOND)


def test_a_correction_is_due_after_working_days_but_never_before_the_closing() -> None:
    # Wednesday 4 November 2020 plus five working days.
    returned_at = datetime(2020, 11, 4, 2, 0, tzinfo=UTC)
    assert correction_due_at(TIMES, returned_at) == end_of_day(date(2020, 11, 11))
    assert correction_due_at(TIMES, datetime(2020, 6, 1, tzinfo=UTC)) == TIMES.closes_at
    require_correction(TIMES, end_of_day(date(2020, 11, 11)), returned_at=returned_at)
    with pytest.raises(Closed, match="修改期限已过"):
        require_correction(TIMES, end_of_day(date(2020, 11, 11)) + SECOND, returned_at=returned_at)


def test_reviewers_may_score_from_the_opening_until_the_review_closes() -> None:
    moments = (TIMES.opens_at - SECOND, TIMES.opens_at, TIMES.review_closes_at, TIMES.review_closes_at + SECOND)
    assert [can_review(TIMES, now) for now in moments] == [False, True, True, False]
    with pytest.raises(Closed, match="评审已经截止"):
        require_review(TIMES, moments[3])
    with pytest.raises(Closed, match="还没有开始"):
        require_review(TIMES, moments[0])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"closes_at": TIMES.opens_at}, "closes_at"),
        ({"late_until": TIMES.closes_at}, "late_until"),
        ({"late_until": TIMES.review_closes_at}, "review_closes_at"),
        ({"review_closes_at": TIMES.closes_at}, "review_closes_at"),
        ({"ends_at": TIMES.review_closes_at - SECOND}, "ends_at"),
        ({"correction_days": -1}, "correction_days"),
    ],
)
def test_moments_out_of_order_name_the_field_at_fault(change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        replace(TIMES, **change)
    assert caught.value.field == field


@pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=8))])
def test_moments_that_are_not_utc_are_a_fault_of_the_program(zone: timezone | None) -> None:
    with pytest.raises(ValueError, match="UTC"):
        replace(TIMES, opens_at=datetime(2020, 5, 10, tzinfo=zone))


def test_the_default_year_runs_on_days_of_china() -> None:
    assert start_of_day(date(2020, 5, 10)) == TIMES.opens_at
    assert datetime(2020, 10, 31, 15, 59, 59, tzinfo=UTC) == TIMES.closes_at
    assert TIMES.late_until is None
