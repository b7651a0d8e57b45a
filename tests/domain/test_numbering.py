"""Entry, blind and receipt numbers."""

from itertools import pairwise
from random import Random

import pytest

from review_app.domain.numbering import (
    draw_blind_number,
    format_entry_number,
    format_receipt_number,
)


def test_an_entry_number_names_year_unit_and_ordinal() -> None:
    assert format_entry_number(2020, "XZ03", 1) == "2020-XZ03-001"
    assert format_entry_number(2020, "KF01", 1234) == "2020-KF01-1234"


@pytest.mark.parametrize(("unit_code", "ordinal"), [("xz03", 1), ("X-3", 1), ("", 1), ("XZ03", 0), ("乡镇", 1)])
def test_what_would_make_an_ambiguous_entry_number_is_refused(unit_code: str, ordinal: int) -> None:
    with pytest.raises(ValueError, match="no entry number"):
        format_entry_number(2020, unit_code, ordinal)


def test_blind_numbers_of_a_contest_are_distinct_and_of_one_width() -> None:
    random, taken = Random(3), set()
    for _ in range(400):
        taken.add(draw_blind_number(taken, random))
    assert len(taken) == 400
    assert {len(number) for number in taken} == {4}


def test_blind_numbers_do_not_follow_the_order_of_upload() -> None:
    random, drawn = Random(3), []
    for _ in range(60):
        drawn.append(draw_blind_number(drawn, random))
    rising = sum(one < other for one, other in pairwise(drawn))
    assert 18 <= rising <= 42


def test_blind_numbers_grow_wider_before_the_draw_gets_slow() -> None:
    half = {str(number) for number in range(1000, 5500)}
    assert len(draw_blind_number(half, Random(1))) == 5
    assert len(draw_blind_number(half - {"1000"}, Random(1))) == 4


def test_a_receipt_number_carries_version_and_digest() -> None:
    assert format_receipt_number("2020-XZ03-001", 2, "9f2c41a0" + "0" * 56) == "2020-XZ03-001-V2-9F2C41A0"
