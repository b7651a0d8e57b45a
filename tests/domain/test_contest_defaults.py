"""The defaults of a new contest fit each other."""

from review_app.domain.awards import DEFAULT_LEVELS, check_levels
from review_app.domain.contest_defaults import (
    MINIMUM_REVIEWERS,
    REVIEWERS_PER_ESSAY,
    UNIT_CLASSES,
    WORDS_ADVISED_FROM,
    WORDS_ADVISED_TO,
    WORDS_LIMIT,
    default_times,
)
from review_app.domain.numbering import format_entry_number
from review_app.domain.ranking import DROP_FROM, MINIMUM_SHEETS
from review_app.domain.rubric import DEFAULT_RUBRIC, check_rubric


def test_every_class_of_unit_owes_one_work_and_has_its_own_code() -> None:
    assert [(unit_class.key, unit_class.name_zh, unit_class.quota) for unit_class in UNIT_CLASSES] == [
        ("township", "乡镇", 1),
        ("zone", "开发区", 1),
        ("county", "县直单位", 1),
    ]
    assert [format_entry_number(2020, f"{unit_class.code}03", 1) for unit_class in UNIT_CLASSES] == [
        "2020-XZ03-001",
        "2020-KF03-001",
        "2020-ZS03-001",
    ]


def test_five_readers_allow_dropping_two_and_three_are_enough_to_rank() -> None:
    assert (REVIEWERS_PER_ESSAY, MINIMUM_REVIEWERS) == (DROP_FROM, MINIMUM_SHEETS)


def test_rubric_levels_lengths_and_times_are_sound_for_any_year() -> None:
    check_rubric(DEFAULT_RUBRIC)
    check_levels(DEFAULT_LEVELS)
    assert WORDS_ADVISED_FROM < WORDS_ADVISED_TO < WORDS_LIMIT
    assert [default_times(year).opens_at.year for year in range(2020, 2030)] == list(range(2020, 2030))
