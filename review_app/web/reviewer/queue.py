"""The queue of a reviewer: how far he is, what comes next, and his own totals at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import request, url_for
from flask_babel import gettext as _

from review_app.domain.actor import Role
from review_app.domain.contest_phase import can_review
from review_app.domain.permissions import Permission
from review_app.domain.rubric import format_points
from review_app.queries.contests import ContestRow, get_contest
from review_app.queries.reviews import (
    QueueState,
    ReviewerEssayRow,
    count_progress,
    count_waiting_reviews,
    find_next_review,
    list_reviewer_essays,
)
from review_app.web.access import current_actor, permit
from review_app.web.page import navigation_for, render
from review_app.web.request import now, read
from review_app.web.reviewer import bp

_RANGE_STARTS: Final = (0, 600, 700, 800, 900)


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The queue. `rows` are those of the chosen filter `state` ("" for all), each with its submitted total as text;
    `counts` holds every state that occurs.

    `ranges`: how many of his submitted totals fall into each range of points, empty before the first.
    """

    title: str
    contest: ContestRow
    is_open: bool
    is_over: bool
    rows: tuple[tuple[ReviewerEssayRow, str], ...]
    state: str
    counts: tuple[tuple[QueueState, int], ...]
    assigned: int
    done: int
    total: int
    next: ReviewerEssayRow | None
    ranges: tuple[tuple[str, int], ...]


@navigation_for(Role.REVIEWER)
def navigation() -> tuple[tuple[str, str, int | None], ...]:
    """The queue with what waits in it, and search."""
    waiting = count_waiting_reviews(read(), reviewer_id=own_id())
    return (("reviewer.queue", _("我的评审"), waiting), ("search.show_results", _("检索"), None))


@bp.get("/")
@permit(Permission.REVIEW_ESSAYS)
def queue() -> str:
    """The reviewer's own queue, all of it or one state."""
    contest = get_contest(read())
    rows = list_reviewer_essays(read(), reviewer_id=own_id(), contest_id=contest.id)
    state = chosen_state()
    states = [row.state for row in rows]
    done, total = count_progress(rows)
    page = QueuePage(
        title=_("我的评审"),
        contest=contest,
        is_open=can_review(contest.times, now()),
        is_over=now() > contest.times.review_closes_at,
        rows=tuple((row, _total_text(row)) for row in rows if not state or row.state == state),
        state=state,
        counts=tuple((each, states.count(each)) for each in QueueState if each in states),
        assigned=len(rows),
        done=done,
        total=total,
        next=find_next_review(rows),
        ranges=_count_ranges(rows),
    )
    return render("reviewer/queue.html", page)


def own_id() -> int:
    """The id of the signed-in reviewer."""
    user_id = current_actor().user_id
    assert user_id is not None
    return user_id


def chosen_state() -> str:
    """The filter in the address, "" for none or an unknown one."""
    state = request.args.get("state", "")
    return state if state in set(QueueState) else ""


def sheet_url(code: str, state: str) -> str:
    """The address of a sheet that keeps the filter of the list it was reached from."""
    return url_for("reviewer.show_sheet", code=code, state=state or None)


def _total_text(row: ReviewerEssayRow) -> str:
    is_final = row.state is QueueState.DONE and row.total_tenths is not None
    return format_points(row.total_tenths or 0) if is_final else "—"


def _count_ranges(rows: Sequence[ReviewerEssayRow]) -> tuple[tuple[str, int], ...]:
    totals = [row.total_tenths for row in rows if row.state is QueueState.DONE and row.total_tenths is not None]
    if not totals:
        return ()
    ends = (*_RANGE_STARTS[1:], 1001)
    labels = ("<60", "60–69", "70–79", "80–89", "≥90")
    return tuple(
        (label, sum(start <= tenths < end for tenths in totals))
        for label, start, end in zip(labels, _RANGE_STARTS, ends, strict=True)
    )
