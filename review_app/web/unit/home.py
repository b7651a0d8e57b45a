"""The home of a unit: what to do now, the deadline, what came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from review_app.domain.actor import Role
from review_app.domain.contest_phase import SubmissionWindow, can_submit
from review_app.domain.essay_state import EssayState
from review_app.domain.permissions import Permission
from review_app.queries.contests import ContestRow, DeadlineChangeRow, get_contest, list_deadline_changes
from review_app.queries.essays import UnitEssayRow, list_unit_essays
from review_app.queries.units import UnitRow, get_unit
from review_app.web.access import current_actor, permit
from review_app.web.page import navigation_for, render
from review_app.web.request import now, read
from review_app.web.unit import bp


@dataclass(frozen=True, slots=True)
class UnitHomePage:
    """The task list. `due` is how many works the unit owes, `handed_in` how many valid ones it has sent."""

    title: str
    contest: ContestRow
    unit: UnitRow
    essays: tuple[UnitEssayRow, ...]
    window: SubmissionWindow
    until: datetime
    changes: tuple[DeadlineChangeRow, ...]
    returned: int
    drafts: int
    handed_in: int


@navigation_for(Role.UNIT)
def navigation() -> tuple[tuple[str, str, int | None], ...]:
    """Home, upload and search."""
    return (("unit.home", _("我的报送"), None), ("search.show_results", _("检索"), None))


@bp.get("/")
@permit(Permission.SUBMIT_ESSAYS)
def home() -> str:
    """The task list of the unit."""
    contest = get_contest(read())
    unit = get_unit(read(), unit_id=current_actor().unit_id)
    essays = list_unit_essays(read(), unit_id=unit.id, contest_id=contest.id)
    window = can_submit(contest.times, now())
    states = [row.state for row in essays]
    page = UnitHomePage(
        title=unit.name,
        contest=contest,
        unit=unit,
        essays=essays,
        window=window,
        until=contest.times.closes_at if window is not SubmissionWindow.LATE else contest.times.taken_until,
        changes=list_deadline_changes(read(), contest_id=contest.id),
        returned=states.count(EssayState.RETURNED),
        drafts=states.count(EssayState.DRAFT),
        handed_in=states.count(EssayState.SUBMITTED) + states.count(EssayState.ACCEPTED),
    )
    return render("unit/home.html", page)
