"""Assigning essays to reviewers, 评审分配: the plan is made anew inside the act and must be the one that was shown."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from review_app.domain.assignment import AssignmentPlan, plan_assignment, shuffle_queue
from review_app.domain.contest_phase import require_review
from review_app.domain.errors import N_, Conflict, Invalid, NotFound
from review_app.domain.permissions import Permission, require
from review_app.domain.text_rules import check_line
from review_app.models import Contest, Essay, EssayTag, Review, User
from review_app.queries.assignments import get_assignment_world
from review_app.queries.contests import to_contest_row
from review_app.services.audit import record
from review_app.services.jobs import enqueue
from review_app.services.reviews import drop_marks
from review_app.work import Work

MAX_PER_ESSAY: Final = 15
MAX_CAPACITY: Final = 999


@dataclass(frozen=True, slots=True)
class AssignmentTerms:
    """What the bureau sets: readers per essay, fewest readers for a rank, most essays per reviewer (None = no limit),
    and the seed, by which the same world gives the same plan."""

    per_essay: int
    minimum: int
    capacity: int | None
    seed: str


def plan_reviews(session: Session, *, contest_id: int, terms: AssignmentTerms) -> AssignmentPlan:
    """Whom each accepted essay would go to, beside those who have it; changes nothing. Raises Invalid for terms that
    cannot be."""
    _check_terms(terms)
    world = get_assignment_world(session, contest_id=contest_id)
    return plan_assignment(
        world.essays,
        world.reviewers,
        per_essay=terms.per_essay,
        minimum=terms.minimum,
        capacity=terms.capacity,
        existing=world.existing,
        conflicts=world.conflicts,
        seed=terms.seed,
    )


def digest_plan(plan: AssignmentPlan) -> str:
    """SHA-256 of the pairs and loads: equal as long as the world still gives the plan that was shown."""
    content = [plan.pairs, sorted(plan.load.items()), [(item.essay_id, item.placed) for item in plan.unplaced]]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def assign_reviews(
    work: Work, *, contest_id: int, terms: AssignmentTerms, digest: str, draw_code: Callable[[], str]
) -> int:
    """Give the essays to their reviewers as planned and return how many reviews were added; pairs that stand and
    sheets that are filled in stay. New works follow those in a reviewer's queue, in an order of chance of his own.

    `draw_code` gives a fresh random name of 22 characters per review. Raises Conflict when the plan has changed since
    the one with `digest`, Invalid when it adds nothing, Closed outside the time of review.
    """
    require(work.actor, Permission.ASSIGN_REVIEWS)
    contest = work.session.get(Contest, contest_id)
    if contest is None:
        raise NotFound
    require_review(to_contest_row(contest).times, work.now)
    plan = plan_reviews(work.session, contest_id=contest_id, terms=terms)
    if digest_plan(plan) != digest:
        raise Conflict(N_("预览之后，作品、评审专家或已有分配有了变化。请重新预览，核对后再分配。"))
    if not plan.pairs:
        raise Invalid(N_("没有需要新分配的作品。"))
    last = dict(
        work.session.execute(select(Review.reviewer_id, func.max(Review.position)).group_by(Review.reviewer_id)).all()
    )
    by_reviewer: defaultdict[int, list[int]] = defaultdict(list)
    for essay_id, reviewer_id in plan.pairs:
        by_reviewer[reviewer_id].append(essay_id)
    for reviewer_id, essay_ids in by_reviewer.items():
        queue = shuffle_queue(essay_ids, f"{terms.seed}:{reviewer_id}")
        work.session.add_all(
            Review(
                code=draw_code(),
                essay_id=essay_id,
                reviewer_id=reviewer_id,
                position=position,
                assigned_at=work.now,
            )
            for position, essay_id in enumerate(queue, last.get(reviewer_id, 0) + 1)
        )
    record(
        work, "review.assign", object_kind="contest", object_id=contest_id,
        added=len(plan.pairs), reviewers=len(by_reviewer), unplaced=len(plan.unplaced), digest=digest, **asdict(terms),
    )  # fmt: skip
    return len(plan.pairs)


def unassign_review(work: Work, *, review_id: int) -> int:
    """Take a work back from a reviewer, with his draft, tags and marks on it; returns the reviewer's id. Raises Conflict for a
    sheet that was handed in, or a recusal, which stay on record."""
    require(work.actor, Permission.ASSIGN_REVIEWS)
    found = work.session.execute(
        select(Review, Essay, User)
        .join(Essay, Essay.id == Review.essay_id)
        .join(User, User.id == Review.reviewer_id)
        .where(Review.id == review_id)
    ).first()
    if found is None:
        raise NotFound
    review, essay, reviewer = found
    if review.state in ("submitted", "recused"):
        raise Conflict(N_("评审专家已经提交评分或申报回避，这一条不能取消。"))
    tags = work.session.execute(
        delete(EssayTag)
        .where(EssayTag.essay_id == essay.id, EssayTag.user_id == reviewer.id)
        .returning(EssayTag.tag_id)
    ).all()
    marks = drop_marks(work, essay_id=essay.id, user_id=reviewer.id)
    if tags or marks:
        enqueue(work, "index-essay", essay.id)
    record(
        work, "review.unassign", object_kind="review", object_id=review.id,
        number=essay.number, title=essay.title, reviewer=reviewer.name, was=review.state,
    )  # fmt: skip
    work.session.delete(review)
    return reviewer.id


def _check_terms(terms: AssignmentTerms) -> None:
    if not 1 <= terms.per_essay <= MAX_PER_ESSAY:
        raise Invalid(N_("请填写 %(low)d 到 %(high)d 之间的数。"), "per_essay", low=1, high=MAX_PER_ESSAY)
    if not 1 <= terms.minimum <= terms.per_essay:
        raise Invalid(N_("最少评审数应在 1 和每篇评审数之间。"), "minimum")
    if terms.capacity is not None and not 1 <= terms.capacity <= MAX_CAPACITY:
        raise Invalid(N_("请填写 %(low)d 到 %(high)d 之间的数。"), "capacity", low=1, high=MAX_CAPACITY)
    check_line(terms.seed, field="seed", limit=40)
