"""Awards: the plan with its reasons, ties to decide, putting in force and taking back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review_app.domain.awards import AwardPlan
from review_app.domain.errors import Invalid
from review_app.domain.permissions import Permission
from review_app.domain.rubric import format_points
from review_app.queries.ranking import AwardDecision
from review_app.services import awards
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.bureau.ranking_rows import RankingView, ShownRow, look_at_ranking, say_reason, show_rows
from review_app.web.errors import say
from review_app.web.page import in_language, render
from review_app.web.request import acting, remember_answer


@dataclass(frozen=True, slots=True)
class ShownLevel:
    """A level with the works it goes to."""

    name: str
    quota: int
    floor: str
    rows: tuple[ShownRow, ...]
    vacant: int


@dataclass(frozen=True, slots=True)
class ShownTie:
    """Tied works a line goes through, with the places kept for them; `order` is what was typed or decided, by essay."""

    key: str
    rank: int
    rows: tuple[ShownRow, ...]
    places: tuple[str, ...]
    order: Mapping[int, str]
    reason: str
    decided: str


@dataclass(frozen=True, slots=True)
class AwardsPage:
    """The plan beside what is in force."""

    title: str
    levels: tuple[ShownLevel, ...]
    open_ties: tuple[ShownTie, ...]
    decided_ties: tuple[ShownTie, ...]
    refused: tuple[tuple[ShownRow, str], ...]
    planned: int
    digest: str
    is_one_per_author: bool
    unfinished: tuple[ShownRow, ...]
    decision: AwardDecision | None
    is_stale: bool
    awarded: int
    is_showing_names: bool
    has_revealed: bool
    form: Mapping[str, str]
    errors: dict[str, str]


@bp.get("/ranking/awards")
@permit(Permission.DECIDE_AWARDS)
def show_awards() -> str:
    """The plan of awards."""
    return _page(request.args.get("one_per_author") == "1" if "one_per_author" in request.args else None, {})


@bp.post("/ranking/awards")
@permit(Permission.DECIDE_AWARDS)
def apply_awards() -> Response | tuple[str, int]:
    """Put the plan shown in force."""
    is_one_per_author = request.form.get("one_per_author") == "1"
    location = url_for("bureau.show_awards")
    try:
        with acting() as work:
            count = awards.apply_awards(
                work,
                digest=request.form.get("digest", ""),
                is_one_per_author=is_one_per_author,
                accepts_unfinished=request.form.get("accepts_unfinished") == "1",
                reason=request.form.get("reason", ""),
            )
            remember_answer(work, location)
    except Invalid as error:
        return _page(is_one_per_author, {error.field: say(error)}), 422
    flash(_("奖项已确定，共 %(count)s 篇获奖。下一步：编排汇编。", count=count), "success")
    return redirect(location, 303)


@bp.post("/ranking/awards/revoke")
@permit(Permission.DECIDE_AWARDS)
def revoke_awards() -> Response | tuple[str, int]:
    """Take all awards back."""
    try:
        with acting() as work:
            count = awards.revoke_awards(work, reason=request.form.get("revoke_reason", ""))
    except Invalid as error:
        return _page(None, {"revoke_reason": say(error)}), 422
    flash(_("已撤销 %(count)s 篇作品的奖项。", count=count), "success")
    return redirect(url_for("bureau.show_awards"), 303)


@bp.post("/ranking/awards/ties")
@permit(Permission.DECIDE_AWARDS)
def decide_tie() -> Response | tuple[str, int]:
    """Keep the chief's order of tied works."""
    key = request.form.get("tie", "")
    try:
        essay_ids = _typed_order(key)
        with acting() as work:
            awards.decide_tie(work, essay_ids=essay_ids, reason=request.form.get(f"reason-{key}", ""))
    except Invalid as error:
        return _page(None, {f"{error.field}-{key}": say(error)}), 422
    flash(_("已定夺并列作品的先后，排名已更新。"), "success")
    return redirect(url_for("bureau.show_awards"), 303)


def _typed_order(key: str) -> list[int]:
    """The works of a tie in the order typed: each gets a place of its own from 1 on."""
    essay_ids = [int(part) for part in key.split("-") if part.isdecimal()]
    places = {essay_id: request.form.get(f"place-{essay_id}", type=int, default=0) for essay_id in essay_ids}
    if sorted(places.values()) != list(range(1, len(essay_ids) + 1)):
        raise Invalid(_("请把并列的作品排出先后，从 1 开始，不重复。"), "place")
    return sorted(essay_ids, key=lambda essay_id: places[essay_id])


def _page(is_one_per_author: bool | None, errors: dict[str, str]) -> str:
    view = look_at_ranking(is_one_per_author=is_one_per_author)
    plan = view.proposal.plan
    rows = {one.row.essay_id: one for one in show_rows(view)}
    page = AwardsPage(
        title=_("奖项"),
        levels=_show_levels(view, plan, rows),
        open_ties=tuple(_show_tie(view, tie.essay_ids, dict(tie.places), rows) for tie in plan.open_ties),
        decided_ties=_decided_ties(view, rows),
        refused=tuple((rows[one.essay_id], say_reason(one.reason)) for one in plan.refused),
        planned=len(plan.awarded),
        digest=view.proposal.digest,
        is_one_per_author=view.proposal.is_one_per_author,
        unfinished=tuple(rows[row.essay_id] for row in view.ranking.unfinished),
        decision=view.decision,
        is_stale=view.is_stale,
        awarded=sum(bool(row.award_key) for row in view.ranking.rows),
        is_showing_names=view.is_showing_names,
        has_revealed=view.has_revealed,
        form=request.form,
        errors=errors,
    )
    return render("bureau/awards.html", page)


def _show_levels(view: RankingView, plan: AwardPlan, rows: Mapping[int, ShownRow]) -> tuple[ShownLevel, ...]:
    vacant = {one.level_key: one.places for one in plan.vacancies}
    return tuple(
        ShownLevel(
            name=in_language(level.name_zh, level.name_en),
            quota=level.quota,
            floor=format_points(level.floor_tenths),
            rows=tuple(rows[one.essay_id] for one in plan.awarded if one.level_key == level.key),
            vacant=vacant.get(level.key, 0),
        )
        for level in view.ranking.levels
    )


def _decided_ties(view: RankingView, rows: Mapping[int, ShownRow]) -> tuple[ShownTie, ...]:
    """The ties the chief has decided, in order of rank; they can be decided anew."""
    decisions = view.ranking.decisions
    groups = [
        sorted(group & decisions.keys(), key=lambda essay_id: decisions[essay_id].position)
        for group in view.ranking.find_ties()
    ]
    return tuple(_show_tie(view, group, {}, rows) for group in groups if len(group) > 1)


def _show_tie(
    view: RankingView, essay_ids: Sequence[int], places: Mapping[str, int], rows: Mapping[int, ShownRow]
) -> ShownTie:
    levels = {level.key: in_language(level.name_zh, level.name_en) for level in view.ranking.levels}
    decisions = [view.ranking.decisions[one] for one in essay_ids if one in view.ranking.decisions]
    key = "-".join(str(essay_id) for essay_id in sorted(essay_ids))
    is_typed = request.form.get("tie") == key
    decided = {one.essay_id: str(one.position) for one in decisions}
    return ShownTie(
        key=key,
        rank=min(rows[essay_id].row.place.rank or 0 for essay_id in essay_ids),
        rows=tuple(rows[essay_id] for essay_id in essay_ids),
        places=tuple(_("%(level)s %(count)s 名", level=levels[level], count=count) for level, count in places.items()),
        order={one: request.form.get(f"place-{one}", "") if is_typed else decided.get(one, "") for one in essay_ids},
        reason=request.form.get(f"reason-{key}", "") if is_typed else next((one.reason for one in decisions), ""),
        decided=_("%(by)s定夺", by=decisions[0].by) if decisions else "",
    )
