"""The ranking: places with their evidence, the score matrix of one work, and the same as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review_app.domain.awards import OpenTie
from review_app.domain.errors import NotFound
from review_app.domain.permissions import Permission
from review_app.domain.ranking import format_mean
from review_app.domain.rubric import VETO_FLAGS, format_points
from review_app.domain.scoring import ScoreSheet, total_tenths
from review_app.queries.contests import AwardLevelRow, CriterionRow, list_criteria
from review_app.queries.ranking import (
    AwardDecision,
    PanelMember,
    Ranking,
    RankingRow,
    SheetNote,
    list_sheet_notes,
)
from review_app.services import awards
from review_app.services.awards import AwardProposal
from review_app.storage.sheets import WORKBOOK_TYPE
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.bureau.ranking_rows import ShownRow, look_at_ranking, show_rows
from review_app.web.bureau.ranking_sheets import write_ranking
from review_app.web.files import send_download
from review_app.web.page import in_language, render
from review_app.web.request import acting, now, read

PANEL_COLUMNS: Final = 9


@dataclass(frozen=True, slots=True)
class RankingPage:
    """The ranking. `top_lines` are award lines above the first row (levels nobody reached)."""

    title: str
    panel: tuple[PanelMember, ...]
    has_panel_columns: bool
    ranked: tuple[ShownRow, ...]
    incomplete: tuple[ShownRow, ...]
    top_lines: tuple[str, ...]
    pending: int
    open_ties: int
    is_showing_names: bool
    has_revealed: bool
    decision: AwardDecision | None
    is_stale: bool
    awarded: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One criterion with the points of every sheet."""

    name: str
    maximum: int
    points: tuple[str, ...]
    mean: str


@dataclass(frozen=True, slots=True)
class MatrixSheet:
    """One sheet's head, total and words."""

    member: PanelMember
    state: str
    total: str
    is_dropped: bool
    is_counted: bool
    comment: str
    flags: tuple[str, ...]
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class MatrixPage:
    """The score matrix of one work, with its neighbours in the ranking."""

    title: str
    shown: ShownRow
    is_showing_names: bool
    criteria: tuple[MatrixRow, ...]
    sheets: tuple[MatrixSheet, ...]
    scores: tuple[float, ...]
    mean: float | None
    previous_url: str
    next_url: str


@bp.get("/ranking")
@permit(Permission.VIEW_RANKING)
def show_ranking() -> str:
    """All accepted works by rank; the incomplete ones below with the reason."""
    view = look_at_ranking()
    ranking, lines = view.ranking, _award_lines(view.ranking, view.proposal)
    shown = show_rows(view, lines)
    page = RankingPage(
        title=_("排名"),
        panel=ranking.panel,
        has_panel_columns=len(ranking.panel) <= PANEL_COLUMNS,
        ranked=tuple(row for row in shown if row.rank),
        incomplete=tuple(row for row in shown if not row.rank),
        top_lines=tuple(lines.get(None, ())),
        pending=sum(row.pending for row in ranking.rows),
        open_ties=len(view.proposal.plan.open_ties),
        is_showing_names=view.is_showing_names,
        has_revealed=view.has_revealed,
        decision=view.decision,
        is_stale=view.is_stale,
        awarded=sum(bool(row.award_key) for row in ranking.rows),
        updated_at=now(),
    )
    return render("bureau/ranking.html", page)


@bp.post("/ranking/names")
@permit(Permission.VIEW_RANKING)
def reveal_names() -> Response:
    """Put on record that units and authors are looked at, then show them."""
    with acting() as work:
        awards.reveal_names(work)
    flash(_("已显示单位和作者，这次查看已记入操作日志。"), "info")
    return redirect(url_for("bureau.show_ranking", names=1), 303)


@bp.get("/ranking/<int:essay_id>")
@permit(Permission.VIEW_RANKING)
def show_matrix(essay_id: int) -> str:
    """One work: criteria by reviewers, with comments."""
    view = look_at_ranking()
    ranking, shown = view.ranking, show_rows(view)
    index = next((index for index, one in enumerate(shown) if one.row.essay_id == essay_id), None)
    if index is None:
        raise NotFound
    row = shown[index].row
    notes = {note.reviewer_id: note for note in list_sheet_notes(read(), essay_id=essay_id)}
    members = {member.reviewer_id: member for member in ranking.panel}
    page = MatrixPage(
        title=_("《%(title)s》的评分", title=row.title),
        shown=shown[index],
        is_showing_names=view.is_showing_names,
        criteria=tuple(
            _matrix_row(criterion, row.sheets) for criterion in list_criteria(read(), contest_id=ranking.contest.id)
        ),
        sheets=tuple(
            _matrix_sheet(sheet, members[sheet.reviewer_id], notes[sheet.reviewer_id], row) for sheet in row.sheets
        ),
        scores=tuple(total / 10 for total in row.totals_tenths.values()),
        mean=float(row.place.mean) if row.place.mean is not None else None,
        previous_url=shown[index - 1].url if index else "",
        next_url=shown[index + 1].url if index + 1 < len(shown) else "",
    )
    return render("bureau/ranking_matrix.html", page)


@bp.get("/ranking.xlsx")
@permit(Permission.VIEW_RANKING)
def export_ranking() -> Response:
    """The ranking as a workbook: places with totals, and every sheet by criterion."""
    view = look_at_ranking()
    criteria = list_criteria(read(), contest_id=view.ranking.contest.id)
    data = write_ranking(view.ranking, show_rows(view), criteria, with_names=view.is_showing_names)
    return send_download(data, name=f"{view.ranking.contest.year}" + _("排名表") + ".xlsx", media_type=WORKBOOK_TYPE)


def _award_lines(ranking: Ranking, proposal: AwardProposal) -> dict[int | None, list[str]]:
    """The award lines by the essay below which they are drawn; None for above the first."""
    levels_of: dict[int, set[str]] = {one.essay_id: {one.level_key} for one in proposal.plan.awarded}
    for tie in proposal.plan.open_ties:
        for essay_id in tie.essay_ids:
            levels_of[essay_id] = {key for key, _places in tie.places}
    vacant = {one.level_key: one.places for one in proposal.plan.vacancies}
    tied = {key for tie in proposal.plan.open_ties for key in _cut_levels(tie)}
    lines: dict[int | None, list[str]] = {}
    last: int | None = None
    for level in ranking.levels:
        inside = [row for row in ranking.rows if level.key in levels_of.get(row.essay_id, ())]
        last = inside[-1].essay_id if inside else last
        places = level.quota - vacant.get(level.key, 0)
        words = _line_words(level, inside, places, is_cut=level.key in tied)
        if words:
            lines.setdefault(last, []).append(words)
    return lines


def _cut_levels(tie: OpenTie) -> tuple[str, ...]:
    """The levels whose lower line goes through the tie; its last level is cut only where some tied works get nothing."""
    levels = tuple(key for key, _places in tie.places)
    return levels if sum(places for _key, places in tie.places) < len(tie.essay_ids) else levels[:-1]


def _line_words(level: AwardLevelRow, inside: Sequence[RankingRow], places: int, *, is_cut: bool) -> str:
    """The words of a level's lower line; "" for a level without places."""
    name = in_language(level.name_zh, level.name_en)
    if not inside:
        return _("%(level)s空缺（名额 %(quota)s）", level=name, quota=level.quota) if level.quota else ""
    facts = {"level": name, "count": places, "score": inside[-1].place.display, "vacant": level.quota - places}
    if is_cut:
        return _("%(level)s线穿过并列作品（得分 %(score)s），请在“奖项”页定夺", **facts)
    if facts["vacant"]:
        return _("%(level)s线：%(count)s 篇，最低 %(score)s 分，空缺 %(vacant)s 名", **facts)
    return _("%(level)s线：%(count)s 篇，最低 %(score)s 分", **facts)


def _matrix_row(criterion: CriterionRow, sheets: Sequence[ScoreSheet]) -> MatrixRow:
    given = [sheet.points_tenths.get(criterion.key) for sheet in sheets]
    counted = [
        sheet.points_tenths[criterion.key]
        for sheet in sheets
        if sheet.is_counted and criterion.key in sheet.points_tenths
    ]
    return MatrixRow(
        name=in_language(criterion.name_zh, criterion.name_en),
        maximum=criterion.max_points,
        points=tuple("" if points is None else format_points(points) for points in given),
        mean=format_mean(Fraction(sum(counted), 10 * len(counted))) if counted else "",
    )


def _matrix_sheet(sheet: ScoreSheet, member: PanelMember, note: SheetNote, row: RankingRow) -> MatrixSheet:
    names = {flag.key: in_language(flag.name_zh, flag.name_en) for flag in VETO_FLAGS}
    states = {"submitted": _("已提交"), "draft": _("草稿"), "assigned": _("未评"), "recused": _("已回避")}
    return MatrixSheet(
        member=member,
        state=states[note.state],
        total=format_points(total_tenths(sheet.points_tenths)) if sheet.points_tenths else "",
        is_dropped=row.place.dropped is not None and member.reviewer_id in row.place.dropped,
        is_counted=sheet.is_counted,
        comment=note.recusal_reason if sheet.is_recused else note.comment,
        flags=tuple(names.get(flag, flag) for flag in note.flags),
        submitted_at=note.submitted_at,
    )
