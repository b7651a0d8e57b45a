"""The clock of a contest: its moments, the phase they give, and what may be handed in when.

Every question takes `now`, the server's time when the request began: an upload that started in time is in time.
A moment belongs to the window it ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from review_app.domain.calendar import WEEKENDS_ONLY, WorkCalendar, add_working_days, end_of_day, local_day
from review_app.domain.errors import N_, Closed, Invalid


@dataclass(frozen=True, slots=True)
class ContestTimes:
    """The moments of a contest, all UTC. Raises Invalid, naming the field, where they are out of order.

    `late_until`: works are still taken until then, marked late; None where the bureau takes none.
    `correction_days`: working days a unit has to correct a returned work.
    `results_at`: when the bureau made the results public; None until it did.
    """

    opens_at: datetime
    closes_at: datetime
    late_until: datetime | None
    correction_days: int
    review_closes_at: datetime
    ends_at: datetime
    results_at: datetime | None = None

    def __post_init__(self) -> None:
        moments = (self.opens_at, self.closes_at, self.late_until, self.review_closes_at, self.ends_at, self.results_at)
        if any(moment is not None and moment.utcoffset() != timedelta(0) for moment in moments):
            raise ValueError("contest times are UTC moments")
        if self.closes_at <= self.opens_at:
            raise Invalid(N_("截止时间要晚于开始时间。"), "closes_at")
        if self.late_until is not None and self.late_until <= self.closes_at:
            raise Invalid(N_("补报截止时间要晚于截止时间。"), "late_until")
        if self.review_closes_at <= self.taken_until:
            raise Invalid(N_("评审截止时间要晚于征集和补报的截止时间。"), "review_closes_at")
        if self.ends_at < self.review_closes_at:
            raise Invalid(N_("活动结束时间不能早于评审截止时间。"), "ends_at")
        if not 0 <= self.correction_days <= 60:
            raise Invalid(N_("修改期限应为 0 到 60 个工作日。"), "correction_days")

    @property
    def taken_until(self) -> datetime:
        """The last moment a new work is taken, late ones included."""
        return self.late_until or self.closes_at


class ContestPhase(StrEnum):
    """What the contest is busy with; the banner of every page."""

    NOT_OPEN = "not_open"
    COLLECTING = "collecting"
    CHECKING = "checking"
    REVIEWING = "reviewing"
    DECIDING = "deciding"
    COMPILING = "compiling"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """The Chinese name of the phase, a msgid."""
        return _LABELS[self]


_LABELS: Final[Mapping[ContestPhase, str]] = MappingProxyType(
    {
        ContestPhase.NOT_OPEN: N_("未开始"),
        ContestPhase.COLLECTING: N_("征集"),
        ContestPhase.CHECKING: N_("形式审查"),
        ContestPhase.REVIEWING: N_("评审"),
        ContestPhase.DECIDING: N_("评定"),
        ContestPhase.COMPILING: N_("汇编"),
        ContestPhase.ENDED: N_("已结束"),
    }
)


class SubmissionWindow(StrEnum):
    """Whether a work may be handed in now, and whether it counts as late."""

    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"


def phase_at(times: ContestTimes, now: datetime, calendar: WorkCalendar = WEEKENDS_ONLY) -> ContestPhase:
    """The phase at a moment. The formal check lasts until the correction days after the last work are over
    (not beyond the review); deciding lasts until the results are public."""
    if now < times.opens_at:
        return ContestPhase.NOT_OPEN
    if now <= times.taken_until:
        return ContestPhase.COLLECTING
    if now > times.ends_at:
        return ContestPhase.ENDED
    if now <= min(correction_due_at(times, times.taken_until, calendar), times.review_closes_at):
        return ContestPhase.CHECKING
    if now <= times.review_closes_at:
        return ContestPhase.REVIEWING
    if times.results_at is None or now < times.results_at:
        return ContestPhase.DECIDING
    return ContestPhase.COMPILING


def can_submit(times: ContestTimes, now: datetime) -> SubmissionWindow:
    """Which window a work handed in now falls into."""
    if times.opens_at <= now <= times.closes_at:
        return SubmissionWindow.OPEN
    if times.closes_at < now <= times.taken_until:
        return SubmissionWindow.LATE
    return SubmissionWindow.CLOSED


def require_submission(times: ContestTimes, now: datetime) -> SubmissionWindow:
    """The window, open or late; raises Closed where no work is taken now."""
    window = can_submit(times, now)
    if window is SubmissionWindow.CLOSED:
        if now < times.opens_at:
            raise Closed(N_("征集还没有开始，到开始时间后再提交。"))
        raise Closed(N_("征集已经截止，系统不再接收作品；确需补报请联系信访局。"))
    return window


def correction_due_at(times: ContestTimes, returned_at: datetime, calendar: WorkCalendar = WEEKENDS_ONLY) -> datetime:
    """When the correction of a work returned at a moment is due: the end of the last correction day,
    and never before the contest closes."""
    due_on = add_working_days(local_day(returned_at), times.correction_days, calendar)
    return max(end_of_day(due_on), times.closes_at)


def require_correction(
    times: ContestTimes, now: datetime, *, returned_at: datetime, calendar: WorkCalendar = WEEKENDS_ONLY
) -> None:
    """Return quietly while a work returned at `returned_at` may be corrected and resubmitted; raises Closed after."""
    if now > correction_due_at(times, returned_at, calendar):
        raise Closed(N_("修改期限已过，不能再修改和提交；确需补交请联系信访局。"))


def can_review(times: ContestTimes, now: datetime) -> bool:
    """Whether reviewers may score: from the opening on, as accepted works no longer change, until the review closes."""
    return times.opens_at <= now <= times.review_closes_at


def require_review(times: ContestTimes, now: datetime) -> None:
    """Return quietly while reviewers may score; raises Closed before and after."""
    if now < times.opens_at:
        raise Closed(N_("活动还没有开始，暂时不能评审。"))
    if now > times.review_closes_at:
        raise Closed(N_("评审已经截止；确需补评请联系评审组长。"))
