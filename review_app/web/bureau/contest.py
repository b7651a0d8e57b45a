"""The settings of the contest: one page, a form and an act for each subject."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review_app.domain.calendar import CHINA, end_of_day
from review_app.domain.errors import N_, Invalid
from review_app.domain.permissions import Permission
from review_app.domain.rubric import format_points, parse_points
from review_app.queries.contests import (
    AwardLevelRow,
    ContestRow,
    CriterionRow,
    DeadlineChangeRow,
    UnitClassRow,
    get_contest,
    has_awards,
    has_scores,
    list_award_levels,
    list_criteria,
    list_deadline_changes,
    list_unit_classes,
)
from review_app.services import contests
from review_app.services.contests import AwardTerms, CriterionText, Timetable
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.bureau.events import name_moment
from review_app.web.errors import say
from review_app.web.page import in_language, render
from review_app.web.request import acting, read
from review_app.web.times import local
from review_app.work import Work

_LAST_MINUTE: Final = "23:59"


@dataclass(frozen=True, slots=True)
class ContestPage:
    """All settings; `typed` holds what stands in each field. Classes and levels come as id and name."""

    title: str
    contest: ContestRow
    typed: dict[str, str]
    criteria: tuple[tuple[CriterionRow, str], ...]
    classes: tuple[tuple[int, str], ...]
    levels: tuple[tuple[int, str], ...]
    changes: tuple[tuple[str, DeadlineChangeRow], ...]
    has_scores: bool
    has_awards: bool
    errors: dict[str, str]


@bp.get("/contest")
@permit(Permission.CONFIGURE_CONTEST)
def show_contest() -> str:
    """All settings with the history of the timetable."""
    return _page({})


@bp.post("/contest/times")
@permit(Permission.CONFIGURE_CONTEST)
def change_times() -> Response | tuple[str, int]:
    """Move deadlines, with the reason all units will read."""

    def act(work: Work, contest: ContestRow) -> None:
        late_until = _moment("late_until", contest.times.late_until) if request.form.get("late_until") else None
        contests.change_timetable(
            work,
            contest_id=contest.id,
            version=request.form.get("version", 0, type=int),
            timetable=Timetable(
                closes_at=_moment("closes_at", contest.times.closes_at),
                late_until=late_until,
                review_closes_at=_moment("review_closes_at", contest.times.review_closes_at),
                ends_at=_moment("ends_at", contest.times.ends_at),
            ),
            reason=request.form.get("reason", ""),
        )

    return _change(act, _("时间安排已保存，所有单位都能看到调整和原因。"))


@bp.post("/contest/panel")
@permit(Permission.CONFIGURE_CONTEST)
def change_panel() -> Response | tuple[str, int]:
    """Set how many reviewers read each essay."""

    def act(work: Work, contest: ContestRow) -> None:
        contests.change_panel(
            work,
            contest_id=contest.id,
            version=request.form.get("version", 0, type=int),
            reviews_per_essay=_number("reviews_per_essay"),
            minimum_reviews=_number("minimum_reviews"),
        )

    return _change(act, _("评审数已保存。"))


@bp.post("/contest/quotas")
@permit(Permission.CONFIGURE_CONTEST)
def change_quotas() -> Response | tuple[str, int]:
    """Set how many works the units of each class owe."""

    def act(work: Work, contest: ContestRow) -> None:
        classes = list_unit_classes(work.session, contest_id=contest.id)
        contests.change_quotas(
            work, contest_id=contest.id, quotas={row.id: _number(f"quota-{row.id}") for row in classes}
        )

    return _change(act, _("应报篇数已保存。"))


@bp.post("/contest/levels")
@permit(Permission.CONFIGURE_CONTEST)
def change_levels() -> Response | tuple[str, int]:
    """Set places and floor of each award level."""

    def act(work: Work, contest: ContestRow) -> None:
        levels = list_award_levels(work.session, contest_id=contest.id)
        terms = {row.id: AwardTerms(_number(f"places-{row.id}"), _points(f"floor-{row.id}")) for row in levels}
        contests.change_award_levels(work, contest_id=contest.id, terms=terms)

    return _change(act, _("奖项设置已保存。"))


@bp.post("/contest/rubric")
@permit(Permission.CONFIGURE_CONTEST)
def change_rubric() -> Response | tuple[str, int]:
    """Set names, hints and points of the rubric."""

    def act(work: Work, contest: ContestRow) -> None:
        criteria = list_criteria(work.session, contest_id=contest.id)
        lines = {
            row.id: CriterionText(
                name_zh=request.form.get(f"name_zh-{row.id}", ""),
                name_en=request.form.get(f"name_en-{row.id}", ""),
                hint=request.form.get(f"hint-{row.id}", ""),
                max_points=_number(f"points-{row.id}"),
            )
            for row in criteria
        }
        contests.change_rubric(work, contest_id=contest.id, lines=lines)

    return _change(act, _("评分细则已保存。"))


def _change(act: Callable[[Work, ContestRow], None], done: str) -> Response | tuple[str, int]:
    try:
        with acting() as work:
            act(work, get_contest(work.session))
    except Invalid as error:
        return _page({error.field: say(error)}), 422
    flash(done, "success")
    return redirect(url_for("bureau.show_contest"), 303)


def _page(errors: dict[str, str]) -> str:
    contest = get_contest(read())
    criteria = list_criteria(read(), contest_id=contest.id)
    classes = list_unit_classes(read(), contest_id=contest.id)
    levels = list_award_levels(read(), contest_id=contest.id)
    page = ContestPage(
        title=_("活动设置"),
        contest=contest,
        typed=_stored(contest, criteria, classes, levels) | (dict(request.form) if errors else {}),
        criteria=tuple((row, in_language(row.name_zh, row.name_en)) for row in criteria),
        classes=tuple((row.id, in_language(row.name_zh, row.name_en)) for row in classes),
        levels=tuple((row.id, in_language(row.name_zh, row.name_en)) for row in levels),
        changes=tuple((name_moment(row.field), row) for row in list_deadline_changes(read(), contest_id=contest.id)),
        has_scores=has_scores(read(), contest_id=contest.id),
        has_awards=has_awards(read(), contest_id=contest.id),
        errors=errors,
    )
    return render("bureau/contest.html", page)


def _stored(
    contest: ContestRow,
    criteria: tuple[CriterionRow, ...],
    classes: tuple[UnitClassRow, ...],
    levels: tuple[AwardLevelRow, ...],
) -> dict[str, str]:
    """What is set now, by name of the field."""
    times = contest.times
    stored = {
        "closes_at": _typed_moment(times.closes_at),
        "late_until": _typed_moment(times.late_until),
        "review_closes_at": _typed_moment(times.review_closes_at),
        "ends_at": _typed_moment(times.ends_at),
        "reason": "",
        "reviews_per_essay": str(contest.reviews_per_essay),
        "minimum_reviews": str(contest.minimum_reviews),
    }
    stored |= {f"quota-{row.id}": str(row.quota) for row in classes}
    for level in levels:
        stored[f"places-{level.id}"] = str(level.quota)
        stored[f"floor-{level.id}"] = format_points(level.floor_tenths)
    for row in criteria:
        stored |= {f"name_zh-{row.id}": row.name_zh, f"name_en-{row.id}": row.name_en, f"hint-{row.id}": row.hint}
        stored[f"points-{row.id}"] = str(row.max_points)
    return stored


def _typed_moment(moment: datetime | None) -> str:
    return "" if moment is None else local(moment).strftime("%Y-%m-%dT%H:%M")


def _moment(field: str, stored: datetime | None) -> datetime:
    """The typed minute of Chinese time; the stored moment where its minute was left as it was, and the last second of
    the day for its last minute."""
    text = request.form.get(field, "").strip().replace(" ", "T")
    if stored is not None and text == _typed_moment(stored):
        return stored
    try:
        typed = datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=CHINA)
    except ValueError as error:
        raise Invalid(N_("请填写日期和时间，如 2020-10-31 17:30。"), field) from error
    return end_of_day(typed.date()) if text.endswith(_LAST_MINUTE) else typed.astimezone(UTC)


def _number(field: str) -> int:
    try:
        return int(request.form.get(field, ""))
    except ValueError as error:
        raise Invalid(N_("请填写整数。"), field) from error


def _points(field: str) -> int:
    return parse_points(request.form.get(field, ""), field=field)
