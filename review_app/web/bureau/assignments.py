"""Assigning reviewers, 评审分配: terms, a preview with reasons, then the same plan applied; a reviewer's own works."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from review_app.domain.assignment import AssignmentPlan
from review_app.domain.errors import N_, Invalid
from review_app.domain.permissions import Permission
from review_app.queries.assignments import (
    AcceptedRow,
    AssignedRow,
    PanelRow,
    get_assignment_world,
    get_panel_row,
    list_accepted,
    list_assigned,
    list_panel,
)
from review_app.queries.contests import ContestRow, UnitClassRow, get_contest, list_unit_classes
from review_app.services.assignments import (
    AssignmentTerms,
    assign_reviews,
    digest_plan,
    plan_reviews,
    unassign_review,
)
from review_app.web.access import permit
from review_app.web.bureau import bp
from review_app.web.errors import say
from review_app.web.page import in_language, render
from review_app.web.request import acting, read, remember_answer


class LoadRow(NamedTuple):
    """One reviewer in the preview: works he has, works he would get, together, and how many of each class of units."""

    reviewer: PanelRow
    has: int
    gets: int
    load: int
    by_class: tuple[int, ...]


class UnplacedRow(NamedTuple):
    """An essay that would get too few readers, with the reasons as one sentence."""

    essay: AcceptedRow
    placed: int
    is_below_minimum: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What applying would do. `spread`: readers per essay, essays before, essays after; `exclusions` name who reads
    nothing of which unit."""

    digest: str
    added: int
    loads: tuple[LoadRow, ...]
    heaviest: int
    spread: tuple[tuple[int, int, int], ...]
    unplaced: tuple[UnplacedRow, ...]
    exclusions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssignmentPage:
    """The panel, the terms as typed, and the preview once asked for."""

    title: str
    contest: ContestRow
    panel: tuple[PanelRow, ...]
    essays: tuple[AcceptedRow, ...]
    heaviest: int
    short: int
    classes: tuple[str, ...]
    typed: dict[str, str]
    preview: Preview | None
    errors: dict[str, str]


@dataclass(frozen=True, slots=True)
class ReviewerPage:
    """The works of one reviewer."""

    title: str
    reviewer: PanelRow
    rows: tuple[AssignedRow, ...]


@bp.get("/assignment")
@permit(Permission.ASSIGN_REVIEWS)
def show_assignment() -> str | tuple[str, int]:
    """The panel and the terms; with terms in the address, the preview of what they give."""
    if "seed" not in request.args:
        return _page(None, {})
    contest = get_contest(read())
    try:
        terms = _terms(request.args)
        plan = plan_reviews(read(), contest_id=contest.id, terms=terms)
    except Invalid as error:
        return _page(None, {error.field: say(error)}), 422
    return _page(plan, {})


@bp.post("/assignment")
@permit(Permission.ASSIGN_REVIEWS)
def apply_assignment() -> Response:
    """Assign as the preview showed."""
    with acting() as work:
        count = assign_reviews(
            work,
            contest_id=get_contest(work.session).id,
            terms=_terms(request.form),
            digest=request.form.get("digest", ""),
            draw_code=lambda: secrets.token_urlsafe(16),
        )
        location = remember_answer(work, url_for("bureau.show_assignment"))
    flash(_("已分配 %(count)s 篇次，评审专家登录后就能看到。", count=count), "success")
    return redirect(location, 303)


@bp.get("/assignment/reviewers/<int:reviewer_id>")
@permit(Permission.ASSIGN_REVIEWS)
def show_reviewer(reviewer_id: int) -> str:
    """The works of one reviewer, each with how far it is."""
    contest = get_contest(read())
    reviewer = get_panel_row(read(), reviewer_id=reviewer_id, contest_id=contest.id)
    page = ReviewerPage(
        title=_("%(name)s 的评审任务", name=reviewer.name),
        reviewer=reviewer,
        rows=list_assigned(read(), reviewer_id=reviewer_id, contest_id=contest.id),
    )
    return render("bureau/assignment_reviewer.html", page)


@bp.post("/assignment/reviews/<int:review_id>/take-back")
@permit(Permission.ASSIGN_REVIEWS)
def take_back(review_id: int) -> Response:
    """Take a work back from a reviewer who has not handed in its sheet."""
    with acting() as work:
        reviewer_id = unassign_review(work, review_id=review_id)
    flash(_("已取消分配。需要补足评审人数时，请再做一次分配。"), "success")
    return redirect(url_for("bureau.show_reviewer", reviewer_id=reviewer_id), 303)


def _terms(values: MultiDict[str, str]) -> AssignmentTerms:
    capacity = values.get("capacity", "").strip()
    return AssignmentTerms(
        per_essay=_number(values.get("per_essay", ""), "per_essay"),
        minimum=_number(values.get("minimum", ""), "minimum"),
        capacity=_number(capacity, "capacity") if capacity else None,
        seed=values.get("seed", "").strip(),
    )


def _number(text: str, field: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Invalid(N_("请填写整数。"), field) from error


def _page(plan: AssignmentPlan | None, errors: dict[str, str]) -> str:
    contest = get_contest(read())
    panel = list_panel(read(), contest_id=contest.id)
    essays = list_accepted(read(), contest_id=contest.id)
    classes = list_unit_classes(read(), contest_id=contest.id)
    typed = {
        "per_essay": str(contest.reviews_per_essay),
        "minimum": str(contest.minimum_reviews),
        "capacity": "",
        "seed": secrets.token_hex(4),
    }
    page = AssignmentPage(
        title=_("评审分配"),
        contest=contest,
        panel=panel,
        essays=essays,
        heaviest=max((row.assigned for row in panel), default=0),
        short=sum(row.readers < contest.minimum_reviews for row in essays),
        classes=tuple(in_language(row.name_zh, row.name_en) for row in classes),
        typed=typed | request.args.to_dict(),
        preview=_preview(plan, contest, panel, essays, classes) if plan else None,
        errors=errors,
    )
    return render("bureau/assignment.html", page)


def _preview(
    plan: AssignmentPlan,
    contest: ContestRow,
    panel: Sequence[PanelRow],
    essays: Sequence[AcceptedRow],
    classes: Sequence[UnitClassRow],
) -> Preview:
    by_id = {row.essay_id: row for row in essays}
    world = get_assignment_world(read(), contest_id=contest.id)
    has = Counter(reviewer_id for _essay_id, reviewer_id in world.existing)
    gets = Counter(reviewer_id for _essay_id, reviewer_id in plan.pairs)
    matrix = Counter(
        (reviewer_id, by_id[essay_id].class_key)
        for essay_id, reviewer_id in (*world.existing, *plan.pairs)
        if essay_id in by_id
    )
    new_readers = Counter(essay_id for essay_id, _reviewer_id in plan.pairs)
    before = Counter(row.readers for row in essays)
    after = Counter(row.readers + new_readers[row.essay_id] for row in essays)
    return Preview(
        digest=digest_plan(plan),
        added=len(plan.pairs),
        loads=tuple(
            LoadRow(
                reviewer=row,
                has=has[row.reviewer_id],
                gets=gets[row.reviewer_id],
                load=has[row.reviewer_id] + gets[row.reviewer_id],
                by_class=tuple(matrix[row.reviewer_id, item.key] for item in classes),
            )
            for row in panel
        ),
        heaviest=max((has[row.reviewer_id] + gets[row.reviewer_id] for row in panel), default=0),
        spread=tuple((readers, before[readers], after[readers]) for readers in sorted(before | after)),
        unplaced=tuple(
            UnplacedRow(
                essay=by_id[item.essay_id],
                placed=item.placed,
                is_below_minimum=item.is_below_minimum,
                reason=_("，").join(_(reason.message) % reason.facts for reason in item.reasons) + _("。"),
            )
            for item in plan.unplaced
        ),
        exclusions=tuple(_list_exclusions(panel, essays)),
    )


def _list_exclusions(panel: Sequence[PanelRow], essays: Sequence[AcceptedRow]) -> list[str]:
    """Who does not read which works, by name."""
    of_unit = Counter(row.unit_id for row in essays)
    lines = []
    for row in panel:
        if row.unit_id is not None and of_unit[row.unit_id]:
            lines.append(
                _("%(name)s：本单位（%(unit)s）的 %(count)s 篇不分给本人",
                  name=row.name, unit=row.unit_name, count=of_unit[row.unit_id])
            )  # fmt: skip
        if row.recused:
            lines.append(_("%(name)s：已申报回避 %(count)s 篇", name=row.name, count=row.recused))
    return lines
