"""What a new contest starts with, in one place; the bureau changes any of it in the settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from review_app.domain.calendar import end_of_day, start_of_day
from review_app.domain.contest_phase import ContestTimes


@dataclass(frozen=True, slots=True)
class UnitClass:
    """A kind of unit with the works each of them owes. `code` opens the unit codes of the class, such as XZ03."""

    key: str
    code: str
    name_zh: str
    name_en: str
    quota: int


UNIT_CLASSES: Final = (
    UnitClass("township", "XZ", "乡镇", "Township", 1),
    UnitClass("zone", "KF", "开发区", "Development zone", 1),
    UnitClass("county", "ZS", "县直单位", "County department", 1),
)

WORDS_ADVISED_FROM: Final = 1000
WORDS_ADVISED_TO: Final = 2500
WORDS_LIMIT: Final = 3000
POEM_LINES_ADVISED: Final = 40
WORKS_PER_UNIT_ADVISED: Final = 5

TEXT_FORMATS: Final = ("docx", "doc", "wps", "odt", "rtf", "txt")
PICTURE_FORMATS: Final = ("jpg", "png")
PICTURES_PER_WORK: Final = 3

REVIEWERS_PER_ESSAY: Final = 5
MINIMUM_REVIEWERS: Final = 3
CORRECTION_DAYS: Final = 5
PUBLIC_NOTICE_DAYS: Final = 5


def default_times(year: int) -> ContestTimes:
    """The contest year of the bureau: works from 10 May to 31 October, none late, review until 22 November,
    the end on 31 December; days of China, whole to their last second."""
    return ContestTimes(
        opens_at=start_of_day(date(year, 5, 10)),
        closes_at=end_of_day(date(year, 10, 31)),
        late_until=None,
        correction_days=CORRECTION_DAYS,
        review_closes_at=end_of_day(date(year, 11, 22)),
        ends_at=end_of_day(date(year, 12, 31)),
    )
