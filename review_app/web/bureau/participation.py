"""Taking part (报送情况): how each unit stands, the same as charts and as a workbook. Units are never ranked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review_app.domain.calendar import local_day
from review_app.domain.duty import DutyState, DutyTotals
from review_app.domain.errors import N_
from review_app.domain.permissions import Permission
from review_app.queries.contests import AwardLevelRow, ContestRow, get_contest
from review_app.queries.participation import Participation, ParticipationRow, get_participation
from review_app.storage.sheets import WORKBOOK_TYPE, CellValue, Column, Sheet, write_workbook
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.files import send_download
from review_app.web.page import in_language, render
from review_app.web.request import now, read
from review_app.web.times import format_deadline, format_moment

Test = Callable[[ParticipationRow], bool]

# The filters of the table, each a link with its count; every number on the page leads to one of them.
FILTERS: Final[Mapping[str, tuple[str, Test]]] = MappingProxyType(
    {
        "all": (N_("全部"), lambda row: True),
        "due": (N_("应报"), lambda row: row.owes),
        "sent": (N_("已报送"), lambda row: row.has_sent),
        "none": (N_("未报送"), lambda row: row.owes and not row.has_sent),
        "short": (N_("未报满"), lambda row: row.owes and row.has_sent and row.duty.missing > 0),
        "late": (N_("逾期"), lambda row: row.duty.late > 0),
        "returned": (N_("退回修改"), lambda row: row.duty.returned > 0),
        "free": (N_("免报"), lambda row: not row.owes),
    }
)

_TONES: Final = {
    DutyState.ON_TIME: "good",
    DutyState.LATE: "todo",
    DutyState.PENDING: "info",
    DutyState.MISSING: "error",
    DutyState.EXEMPT: "blocked",
    DutyState.NOT_DUE: "blocked",
}
_STATE_ORDER: Final = tuple(_TONES)


@dataclass(frozen=True, slots=True)
class ShownUnit:
    """A line of the table: the row, its class and state in words, and the list of its works."""

    row: ParticipationRow
    class_name: str
    state: str
    tone: str
    url: str


@dataclass(frozen=True, slots=True)
class ParticipationPage:
    """The board: tiles, two charts and the one table that is the truth."""

    title: str
    contest: ContestRow
    updated_at: datetime
    totals: DutyTotals
    due_units: int
    sent_due_units: int
    silent_units: int
    late_units: int
    today: int
    points: tuple[tuple[str, int], ...]
    deadline: tuple[int, str]
    line_words: str
    classes: tuple[tuple[str, int, int], ...]
    class_words: str
    states: tuple[tuple[str, int, None], ...]
    state_words: str
    units: tuple[ShownUnit, ...]
    chips: tuple[tuple[str, str, int, bool], ...]
    filter: str
    filter_label: str
    reminder: str


@bp.get("/participation")
@permit(Permission.VIEW_DUTY)
def show_participation() -> str:
    """Tiles, charts and the table of units in official order."""
    contest = get_contest(read())
    found = get_participation(read(), contest=contest, now=now())
    chosen = request.args.get("show", "all")
    if chosen not in FILTERS:
        chosen = "all"
    label, is_shown = FILTERS[chosen]
    due = [row for row in found.rows if row.owes]
    points, deadline = _curve(found, contest)
    classes, states = _class_bars(found), _state_bars(found)
    silent = [row for row in due if not row.has_sent]
    page = ParticipationPage(
        title=_("报送情况"),
        contest=contest,
        updated_at=now(),
        totals=found.totals,
        due_units=len(due),
        sent_due_units=len(due) - len(silent),
        silent_units=len(silent),
        late_units=sum(row.duty.late > 0 for row in found.rows),
        today=found.daily.get(local_day(now()), 0),
        points=points,
        deadline=deadline,
        line_words=_(
            "共收到 %(count)s 篇，征集截止 %(at)s。", count=points[-1][1], at=format_deadline(contest.times.closes_at)
        ),
        classes=classes,
        class_words=_("；").join(f"{name} {sent}/{whole}" for name, sent, whole in classes),
        states=states,
        state_words=_("；").join(f"{name} {count}" for name, count, _whole in states),
        units=tuple(_show_unit(row) for row in found.rows if is_shown(row)),
        chips=tuple(
            (_(words), _filter_url(key), sum(map(test, found.rows)), key == chosen)
            for key, (words, test) in FILTERS.items()
            if key in ("all", chosen) or any(map(test, found.rows))
        ),
        filter=chosen,
        filter_label=_(label),
        reminder=_reminder(silent, contest) if chosen == "none" else "",
    )
    return render("bureau/participation.html", page)


@bp.get("/participation.xlsx")
@permit(Permission.VIEW_DUTY)
def export_participation() -> Response:
    """The table as a workbook, as filtered."""
    contest = get_contest(read())
    found = get_participation(read(), contest=contest, now=now())
    _label, is_shown = FILTERS.get(request.args.get("show", "all"), FILTERS["all"])
    rows = [row for row in found.rows if is_shown(row)]
    data = write_workbook((_sheet(rows, found.levels),))
    return send_download(data, name=f"{contest.year}" + _("报送情况统计表") + ".xlsx", media_type=WORKBOOK_TYPE)


def say_state(row: ParticipationRow) -> str:
    """How the unit stands. One that sent something is never called one that sent nothing."""
    if row.duty.is_partial:
        return _("未报满")
    if row.duty.state is DutyState.MISSING and row.has_sent:
        return _("无有效作品")
    return _(row.duty.state.label)


def _show_unit(row: ParticipationRow) -> ShownUnit:
    return ShownUnit(
        row=row,
        class_name=in_language(row.class_name_zh, row.class_name_en),
        state=say_state(row),
        tone="todo" if row.duty.state is DutyState.MISSING and row.has_sent else _TONES[row.duty.state],
        url=url_for("search.show_results", q=f'单位:"{row.name}"'),
    )


def _filter_url(key: str) -> str:
    return url_for("bureau.show_participation", show=None if key == "all" else key, _anchor="units")


def _curve(found: Participation, contest: ContestRow) -> tuple[tuple[tuple[str, int], ...], tuple[int, str]]:
    """Works received by the end of each day since the opening, and where the deadline stands on that scale."""
    times = contest.times
    begins_on = min([local_day(times.opens_at), *found.daily])
    today = min(local_day(now()), local_day(times.taken_until))
    ends_on = max([begins_on, today, *found.daily])
    points: list[tuple[str, int]] = []
    received = 0
    for number in range((ends_on - begins_on).days + 1):
        day = begins_on + timedelta(days=number)
        received += found.daily.get(day, 0)
        points.append((_day_label(day), received))
    closes_on = local_day(times.closes_at)
    deadline = ((closes_on - begins_on).days, _("截止 %(day)s", day=_day_label(closes_on)))
    return tuple(points), deadline


def _day_label(day: date) -> str:
    return f"{day.month}/{day.day}"


def _class_bars(found: Participation) -> tuple[tuple[str, int, int], ...]:
    """For each class: its name, how many of the units that owe works sent some, and how many owe."""
    bars: dict[str, tuple[str, int, int]] = {}
    for row in found.rows:
        if row.owes:
            name, sent, whole = bars.get(row.class_key, (in_language(row.class_name_zh, row.class_name_en), 0, 0))
            bars[row.class_key] = (name, sent + row.has_sent, whole + 1)
    return tuple(bars.values())


def _state_bars(found: Participation) -> tuple[tuple[str, int, None], ...]:
    """How many units stand in each state that occurs, in the words of the table."""
    rows = sorted(found.rows, key=lambda row: _STATE_ORDER.index(row.duty.state))
    return tuple((words, count, None) for words, count in Counter(map(say_state, rows)).items())


def _reminder(silent: Sequence[ParticipationRow], contest: ContestRow) -> str:
    """A text to send to the units that have sent nothing yet."""
    if not silent:
        return ""
    times, at = contest.times, now()
    if at <= times.closes_at:
        request_words = _("征集截止 %(at)s，请抓紧组织报送。", at=format_deadline(times.closes_at))
    elif times.late_until is not None and at <= times.late_until:
        request_words = _("征集已截止，补报到 %(at)s 为止，请尽快补报。", at=format_deadline(times.late_until))
    else:
        request_words = _("征集已截止，请与信访局联系。")
    listed = _(
        "%(contest)s：截至 %(now)s，下列 %(count)s 个单位尚未报送作品：%(units)s。",
        contest=in_language(contest.name_zh, contest.name_en),
        now=format_moment(at),
        count=len(silent),
        units=_("、").join(row.name for row in silent),
    )
    return f"{listed}{request_words}"


def _sheet(rows: Sequence[ParticipationRow], levels: Sequence[AwardLevelRow]) -> Sheet:
    columns = (
        Column(_("序号"), 6, "0", is_number=True),
        Column(_("报送单位"), 30),
        Column(_("类别"), 12),
        *(
            Column(title, 8, "0", is_number=True)
            for title in (_("应报"), _("实报"), _("按时"), _("逾期"), _("有效"), _("退回"), _("缺报"), _("入选"))
        ),
        *(Column(in_language(level.name_zh, level.name_en), 9, "0", is_number=True) for level in levels),
        Column(_("状态"), 12),
        Column(_("最近报送"), 18),
        Column(_("备注"), 30),
    )
    lines: list[Sequence[CellValue]] = [
        (
            number,
            row.name,
            in_language(row.class_name_zh, row.class_name_en),
            row.duty.due,
            row.duty.submitted,
            row.duty.on_time,
            row.duty.late,
            row.duty.valid,
            row.duty.returned,
            row.duty.missing,
            row.selected,
            *(row.awards.get(level.key, 0) for level in levels),
            say_state(row),
            row.last_sent_at,
            row.exempt_reason,
        )
        for number, row in enumerate(rows, start=1)
    ]
    return Sheet(_("报送情况"), columns, lines)
