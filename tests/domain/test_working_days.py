"""Working days around a public holiday with make-up days, and the day of China around midnight."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.calendar import (
    WorkCalendar,
    add_working_days,
    end_of_day,
    is_working_day,
    local_day,
    start_of_day,
    working_days_between,
)

# The autumn holiday of 2020: eight days off, two weekend days worked in exchange.
AUTUMN_2020 = WorkCalendar(
    holidays=frozenset(date(2020, 10, day) for day in range(1, 9)),
    makeup_days=frozenset({date(2020, 9, 27), date(2020, 10, 10)}),
)
days = st.dates(min_value=date(2015, 1, 1), max_value=date(2035, 12, 31))
calendars = st.builds(
    WorkCalendar,
    holidays=st.frozensets(st.dates(date(2020, 1, 1), date(2020, 3, 1)), max_size=20),
    makeup_days=st.frozensets(st.dates(date(2020, 1, 1), date(2020, 3, 1)), max_size=5),
)


def test_five_working_days_jump_over_the_holiday_and_count_the_make_up_saturday() -> None:
    # From Tuesday 29 September: 30 September, 9 October, Saturday 10, Monday 12, Tuesday 13.
    assert add_working_days(date(2020, 9, 29), 5, AUTUMN_2020) == date(2020, 10, 13)
    assert working_days_between(date(2020, 9, 29), date(2020, 10, 13), AUTUMN_2020) == 5


def test_without_a_calendar_only_weekends_are_off() -> None:
    assert add_working_days(date(2020, 10, 30), 5) == date(2020, 11, 6)
    assert [is_working_day(date(2020, 10, day)) for day in (30, 31)] == [True, False]


def test_a_make_up_sunday_is_worked_and_a_holiday_thursday_is_not() -> None:
    assert is_working_day(date(2020, 9, 27), AUTUMN_2020)
    assert not is_working_day(date(2020, 10, 1), AUTUMN_2020)


@given(days, st.integers(min_value=1, max_value=60), calendars)
def test_the_day_reached_is_a_working_day_exactly_that_many_away(
    start: date, count: int, calendar: WorkCalendar
) -> None:
    end = add_working_days(start, count, calendar)
    assert is_working_day(end, calendar)
    assert working_days_between(start, end, calendar) == count


@given(days, days, days, calendars)
def test_counts_of_neighbouring_spans_add_up(one: date, two: date, three: date, calendar: WorkCalendar) -> None:
    first, middle, last = sorted((one, two, three))
    whole = working_days_between(first, last, calendar)
    assert whole == working_days_between(first, middle, calendar) + working_days_between(middle, last, calendar)


def test_no_days_added_stay_and_a_span_backwards_is_empty() -> None:
    assert add_working_days(date(2020, 10, 31), 0) == date(2020, 10, 31)
    assert working_days_between(date(2020, 11, 6), date(2020, 10, 30)) == 0
    with pytest.raises(ValueError, match="negative"):
        add_working_days(date(2020, 10, 31), -1)


def test_the_day_of_china_begins_eight_hours_before_that_of_utc() -> None:
    assert local_day(datetime(2020, 10, 31, 15, 59, 59, tzinfo=UTC)) == date(2020, 10, 31)
    assert local_day(datetime(2020, 10, 31, 16, 0, tzinfo=UTC)) == date(2020, 11, 1)
    assert end_of_day(date(2020, 10, 31)) == datetime(2020, 10, 31, 15, 59, 59, tzinfo=UTC)
    assert start_of_day(date(2020, 5, 10)) == datetime(2020, 5, 9, 16, 0, tzinfo=UTC)
