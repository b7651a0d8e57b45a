"""Working days and the local day of the bureau. Holidays and make-up days are data, published by the state each year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

# One zone without summer time for the whole country, so no zone database is needed.
CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Days off beside the weekends, and the weekend days on which people work in exchange (调休)."""

    holidays: frozenset[date] = frozenset()
    makeup_days: frozenset[date] = frozenset()


WEEKENDS_ONLY: Final = WorkCalendar()


def is_working_day(day: date, calendar: WorkCalendar = WEEKENDS_ONLY) -> bool:
    """Whether offices are open; a make-up day counts even where it is also listed as a holiday."""
    if day in calendar.makeup_days:
        return True
    return day.weekday() < 5 and day not in calendar.holidays


def add_working_days(start: date, days: int, calendar: WorkCalendar = WEEKENDS_ONLY) -> date:
    """The day that is the `days`-th working day after `start`, which itself does not count; `start` for 0 days."""
    if days < 0:
        raise ValueError("days must not be negative")
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day, calendar)
    return day


def working_days_between(start: date, end: date, calendar: WorkCalendar = WEEKENDS_ONLY) -> int:
    """How many working days lie after `start` up to and including `end`; 0 where `end` is not after `start`."""
    span = range(1, (end - start).days + 1)
    return sum(is_working_day(start + timedelta(days=number), calendar) for number in span)


def local_day(moment: datetime) -> date:
    """The calendar day in China of a UTC moment."""
    return moment.astimezone(CHINA).date()


def end_of_day(day: date) -> datetime:
    """The last whole second of a day in China, as a UTC moment."""
    return datetime.combine(day, time(23, 59, 59), CHINA).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """The first moment of a day in China, as a UTC moment."""
    return datetime.combine(day, time(), CHINA).astimezone(UTC)
