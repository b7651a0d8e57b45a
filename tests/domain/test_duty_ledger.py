"""The ledger of taking part: hand-made units in every situation, then the sums over any facts."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.calendar import end_of_day
from review_app.domain.contest_defaults import default_times
from review_app.domain.contest_phase import ContestTimes
from review_app.domain.duty import DutyEssay, DutyRow, DutyState, UnitDuty, ledger, totals
from review_app.domain.essay_state import EssayState

STANDARD = default_times(2020)
TIMES = ContestTimes(
    opens_at=STANDARD.opens_at,
    closes_at=STANDARD.closes_at,
    late_until=end_of_day(date(2020, 11, 6)),
    correction_days=5,
    review_closes_at=STANDARD.review_closes_at,
    ends_at=STANDARD.ends_at,
)
IN_TIME = TIMES.closes_at - timedelta(days=3)
TOO_LATE = TIMES.closes_at + timedelta(hours=7)
AFTER = TIMES.closes_at + timedelta(days=10)


def sent(at: datetime, state: EssayState = EssayState.ACCEPTED, due_at: datetime | None = None) -> DutyEssay:
    return DutyEssay(unit_id=1, state=state, submitted_at=at, correction_due_at=due_at)


def row(*essays: DutyEssay, due: int = 1, is_exempt: bool = False, now: datetime = AFTER) -> DutyRow:
    return ledger([UnitDuty(1, due, is_exempt=is_exempt)], essays, TIMES, now)[0]


def test_before_the_closing_a_unit_that_sent_nothing_is_pending_and_after_it_missing() -> None:
    assert row(now=TIMES.closes_at).state is DutyState.PENDING
    late = row(now=TIMES.closes_at + timedelta(seconds=1))
    assert (late.state, late.missing, late.late_by) == (DutyState.MISSING, 1, timedelta(0))


def test_a_work_of_the_last_moment_is_on_time_and_one_second_later_late() -> None:
    prompt = row(sent(TIMES.closes_at))
    assert (prompt.state, prompt.on_time, prompt.late) == (DutyState.ON_TIME, 1, 0)
    late = row(sent(TIMES.closes_at + timedelta(seconds=1)))
    assert (late.state, late.late_by) == (DutyState.LATE, timedelta(seconds=1))


def test_the_last_owed_work_decides_when_the_duty_was_fulfilled() -> None:
    both = row(sent(IN_TIME), sent(TOO_LATE), due=2)
    assert (both.state, both.on_time, both.late, both.valid) == (DutyState.LATE, 1, 1, 2)
    assert (both.fulfilled_at, both.late_by) == (TOO_LATE, timedelta(hours=7))
    extra = row(sent(IN_TIME), sent(TOO_LATE), due=1)
    assert (extra.state, extra.extra, extra.late_by) == (DutyState.ON_TIME, 1, timedelta(0))


def test_a_unit_that_sent_some_of_its_works_is_missing_but_partial() -> None:
    some = row(sent(IN_TIME), due=2)
    assert (some.state, some.missing, some.is_partial) == (DutyState.MISSING, 1, True)
    assert not row(due=2).is_partial


def test_drafts_and_withdrawn_works_count_for_nothing() -> None:
    empty = row(
        DutyEssay(1, EssayState.DRAFT, None), sent(IN_TIME, EssayState.DRAFT), sent(IN_TIME, EssayState.WITHDRAWN)
    )
    assert (empty.state, empty.submitted, empty.valid) == (DutyState.MISSING, 0, 0)


def test_a_disqualified_work_was_sent_but_fulfils_nothing() -> None:
    struck = row(sent(IN_TIME, EssayState.DISQUALIFIED))
    assert (struck.state, struck.submitted, struck.on_time, struck.valid) == (DutyState.MISSING, 1, 1, 0)


def test_a_returned_work_counts_until_its_correction_is_overdue() -> None:
    work = sent(IN_TIME, EssayState.RETURNED, due_at=AFTER)
    in_correction = row(work, now=AFTER)
    assert (in_correction.state, in_correction.returned, in_correction.valid) == (DutyState.ON_TIME, 1, 1)
    overdue = row(work, now=AFTER + timedelta(seconds=1))
    assert (overdue.state, overdue.returned, overdue.valid, overdue.missing) == (DutyState.MISSING, 1, 0, 1)


def test_exempt_units_and_units_without_quota_owe_nothing_whatever_they_send() -> None:
    exempt = row(sent(IN_TIME), due=3, is_exempt=True)
    assert (exempt.state, exempt.due, exempt.missing, exempt.submitted) == (DutyState.EXEMPT, 0, 0, 1)
    free = row(sent(TOO_LATE), due=0)
    assert (free.state, free.missing, free.extra, free.fulfilled_at) == (DutyState.NOT_DUE, 0, 1, None)


def test_the_ledger_of_an_earlier_moment_does_not_see_later_works() -> None:
    facts = (sent(IN_TIME), sent(TOO_LATE))
    assert row(*facts, due=2, now=TIMES.closes_at).submitted == 1
    assert row(*facts, due=2, now=TIMES.closes_at).state is DutyState.PENDING


def test_works_of_an_unlisted_unit_are_an_error_instead_of_lost() -> None:
    with pytest.raises(ValueError, match=r"unlisted units \[9\]"):
        ledger([UnitDuty(1, 1)], [DutyEssay(9, EssayState.ACCEPTED, IN_TIME)], TIMES, AFTER)
    with pytest.raises(ValueError, match="twice"):
        ledger([UnitDuty(1, 1), UnitDuty(1, 2)], [], TIMES, AFTER)


moments = st.datetimes(datetime(2020, 5, 10), datetime(2020, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=TIMES.opens_at.tzinfo)
)
duties = st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=8).map(
    lambda facts: [UnitDuty(unit_id, due, is_exempt=exempt) for unit_id, (due, exempt) in enumerate(facts)]
)


@given(st.data(), duties, moments)
def test_every_unit_is_in_one_state_and_all_sums_add_up(
    data: st.DataObject, units: list[UnitDuty], now: datetime
) -> None:
    essays = data.draw(
        st.lists(
            st.builds(
                DutyEssay,
                unit_id=st.sampled_from([unit.unit_id for unit in units]),
                state=st.sampled_from(EssayState),
                submitted_at=moments,
                correction_due_at=moments,
            ),
            max_size=25,
        )
    )
    rows = ledger(units, essays, TIMES, now)
    sums = totals(rows)
    assert [one.unit_id for one in rows] == [unit.unit_id for unit in units]
    assert sum(sums.units_by_state.values()) == sums.units == len(units)
    assert set(sums.units_by_state) == set(DutyState)
    counted = {EssayState.SUBMITTED, EssayState.RETURNED, EssayState.ACCEPTED, EssayState.DISQUALIFIED}
    assert sums.submitted == sum(
        essay.state in counted and essay.submitted_at is not None and essay.submitted_at <= now for essay in essays
    )
    assert sums.submitted == sums.on_time + sums.late
    for one in rows:
        assert one.valid <= one.submitted
        assert one.due + one.extra == one.valid + one.missing
        assert (one.state in (DutyState.ON_TIME, DutyState.LATE)) == (one.fulfilled_at is not None)
        assert (one.late_by > timedelta(0)) == (one.state is DutyState.LATE)
        assert (one.missing > 0) == (one.state in (DutyState.PENDING, DutyState.MISSING))
    assert ledger(units, reversed(essays), TIMES, now) == rows
