"""The desk of the bureau, 工作台: how things stand, what to do now, what happened last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from flask import current_app, url_for
from flask_babel import gettext as _

from review_app.domain.actor import Role
from review_app.domain.contest_phase import ContestPhase, phase_at
from review_app.domain.errors import N_
from review_app.domain.permissions import Permission
from review_app.queries.audit import list_audit
from review_app.queries.contests import ContestRow, find_contest, get_contest
from review_app.queries.copies import count_pairs
from review_app.queries.desk import Desk, get_desk
from review_app.queries.essays import count_waiting_checks
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.bureau.events import say_entry
from review_app.web.page import navigation_for, render
from review_app.web.request import now, read
from review_app.web.times import format_moment, time_left

_ENTRIES: Final = (
    ("bureau.home", N_("工作台")),
    ("bureau.list_units", N_("单位与账号")),
    ("bureau.list_essays", N_("稿件")),
    ("bureau.list_copies", N_("查重")),
    ("bureau.show_assignment", N_("评审分配")),
    ("bureau.show_ranking", N_("排名与奖项")),
    ("bureau.show_anthology", N_("汇编")),
    ("bureau.list_case_library", N_("典型案例库")),
    ("bureau.show_participation", N_("报送情况")),
    ("bureau.show_contest", N_("活动设置")),
    ("bureau.show_audit", N_("审计日志")),
    ("search.show_results", N_("检索")),
)
_RECENT: Final = 8


class Task(NamedTuple):
    """One thing to do now; `tone` and `status` as the task macro takes them."""

    name: str
    status: str
    tone: str
    url: str
    hint: str


class Event(NamedTuple):
    """One recent entry of the log: when, what, and "" or "quiet" for its look."""

    at: str
    sentence: str
    tone: str


@dataclass(frozen=True, slots=True)
class BureauHomePage:
    """The desk."""

    title: str
    contest: ContestRow
    phase: ContestPhase
    desk: Desk
    tasks: tuple[Task, ...]
    events: tuple[Event, ...]
    participation_url: str


@navigation_for(Role.BUREAU)
def navigation() -> tuple[tuple[str, str, int | None], ...]:
    """All entries whose page exists; the essays with how many wait for the formal check."""
    contest = find_contest(read())
    waiting = count_waiting_checks(read(), contest_id=contest.id) if contest else 0
    return tuple(
        (endpoint, _(label), waiting if endpoint == "bureau.list_essays" else None)
        for endpoint, label in _ENTRIES
        if endpoint in current_app.view_functions
    )


@bp.get("/")
@permit(Permission.VIEW_ALL_ESSAYS)
def home() -> str:
    """How things stand, what to do now, what happened last."""
    contest = get_contest(read())
    desk = get_desk(read(), contest=contest, now=now())
    has_roll = "bureau.show_participation" in current_app.view_functions
    page = BureauHomePage(
        title=_("工作台"),
        contest=contest,
        phase=phase_at(contest.times, now()),
        desk=desk,
        tasks=tuple(_list_tasks(desk, contest)),
        events=_list_events(),
        participation_url=url_for("bureau.show_participation") if has_roll else url_for("bureau.list_units"),
    )
    return render("bureau/home.html", page)


def _list_tasks(desk: Desk, contest: ContestRow) -> list[Task]:
    tasks = []
    if not desk.units:
        tasks.append(
            Task(_("导入单位名单"), _("还没有单位"), "todo", url_for("bureau.new_import"), _("下载模板，填好后上传"))
        )
    if desk.unissued:
        tasks.append(
            Task(
                _("印发登录条"), _("%(count)s 个账号未开通", count=desk.unissued), "todo",
                url_for("bureau.choose_slips"), _("每个账号一张，凭首次密码登录"),
            )
        )  # fmt: skip
    if desk.waiting:
        tasks.append(
            Task(
                _("形式审查"), _("%(count)s 篇待审查", count=desk.waiting), "todo",
                url_for("bureau.show_next_check"), _("从等得最久的一篇开始"),
            )
        )  # fmt: skip
    if copies := sum(count for (decision, _copied), count in count_pairs(read()).items() if decision == "undecided"):
        tasks.append(
            Task(
                _("核实相似的作品"), _("%(count)s 对待核实", count=copies), "todo",
                url_for("bureau.list_copies"), _("与历年作品比对，相同较多的；是否抄袭由人判断"),
            )
        )  # fmt: skip
    if desk.overdue:
        tasks.append(
            Task(
                _("催办退回的作品"), _("%(count)s 篇逾期未改", count=desk.overdue), "error",
                url_for("bureau.list_essays", state="returned"), _("修改期限已过，单位还没有重新提交"),
            )
        )  # fmt: skip
    if desk.unread:
        tasks.append(_assignment_task(desk, contest))
    if desk.reviews > desk.reviews_done:
        tasks.append(
            Task(
                _("跟进评审进度"), _("还有 %(count)s 篇次未评", count=desk.reviews - desk.reviews_done), "info",
                url_for("bureau.show_assignment"),
                _("评审截止 %(at)s，%(left)s", at=format_moment(contest.times.review_closes_at),
                  left=time_left(contest.times.review_closes_at)),
            )
        )  # fmt: skip
    return tasks


def _assignment_task(desk: Desk, contest: ContestRow) -> Task:
    status = _("%(count)s 篇评审人数不足", count=desk.unread)
    if not desk.reviewers:
        return Task(
            _("导入评审专家"), status, "todo", url_for("bureau.new_import"), _("在同一份表格的“评审专家”表里填写")
        )
    hint = _("每篇至少 %(count)s 位评审专家才能排名", count=contest.minimum_reviews)
    return Task(_("分配评审专家"), status, "todo", url_for("bureau.show_assignment"), hint)


def _list_events() -> tuple[Event, ...]:
    rows = [row for row in list_audit(read(), offset=0, limit=_RECENT * 5) if not row.act.startswith("sign_")]
    return tuple(
        Event(format_moment(row.at), f"{row.actor_name} {say_entry(row)}", "quiet" if row.act == "essay.save" else "")
        for row in rows[:_RECENT]
    )
