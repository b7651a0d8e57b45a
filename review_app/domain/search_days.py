"""Years, months and days as a query writes them, and the seconds they last in China."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Final

from review_app.domain.calendar import end_of_day, start_of_day

# 2020, 2020-06, 2020-06-15, with / or . for the hyphen or with 年月日
PERIOD: Final = r"[12][0-9]{3}(?:[-/.年](?:[01]?[0-9])(?:[-/.月](?:[0-3]?[0-9])日?|月)?|年)?"
_NUMBERS: Final = re.compile(r"[0-9]+")


def list_seconds(period: str) -> tuple[int, int]:
    """The first and the last second, since 1970, of a year, a month or a day (a text that PERIOD matches).

    ValueError for one that no calendar has.
    """
    year, *rest = map(int, _NUMBERS.findall(period))
    first_month, last_month = (rest[0], rest[0]) if rest else (1, 12)
    first = date(year, first_month, rest[1] if len(rest) == 2 else 1)
    last = first if len(rest) == 2 else date(year, last_month, calendar.monthrange(year, last_month)[1])
    return int(start_of_day(first).timestamp()), int(end_of_day(last).timestamp())
