"""A reviewer's acts on the works assigned to him: keep a draft, hand in, reopen, put off, step back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update

from review_app.domain.actor import Role
from review_app.domain.contest_phase import require_review
from review_app.domain.errors import N_, Conflict, NotFound
from review_app.domain.essay_state import EssayState
from review_app.domain.permissions import Permission, require
from review_app.domain.rubric import VETO_FLAGS
from review_app.domain.scoring import check_final, check_points
from review_app.domain.text_rules import check_text
from review_app.models import AuditEntry, Contest, Criterion, Essay, EssayTag, PassageMark, Review, Score, Tag, User
from review_app.queries.contests import to_contest_row
from review_app.queries.reviews import list_rubric
from review_app.services.audit import record
from review_app.services.jobs import enqueue
from review_app.work import Work

RECUSAL_REASON_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a reviewer fills in: points in tenths by key of the criterion, a comment, tags by slug, veto flags by key, and
    those of the unit's proposed tags that he strikes."""

    points_tenths: Mapping[str, int]
    comment: str
    tags: tuple[str, ...]
    flags: tuple[str, ...]
    struck: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedSheet:
    """The stored sheet after a change; the next change must name this `version`."""

    saved_at: datetime
    version: int


class StaleSheet(Conflict):
    """The sheet was saved elsewhere since the version that was shown."""

    def __init__(self) -> None:
        super().__init__(N_("刚才在另一窗口保存过这篇。请核对两份内容，决定用哪一份。"))


def save_draft(work: Work, *, code: str, version: int, sheet: Sheet) -> SavedSheet:
    """Keep an unfinished sheet whole, tags included. Raises StaleSheet unless `version` is the stored one, Conflict
    once it was handed in, Invalid for points that do not fit the rubric."""
    require(work.actor, Permission.REVIEW_ESSAYS)
    review, essay = open_review(work, code)
    require_unsubmitted(review)
    _require_fresh(review, version)
    check_points(list_rubric(work.session, contest_id=essay.contest_id), sheet.points_tenths)
    if review.state == "assigned":
        record(work, "review.begin", object_kind="review", object_id=review.id, number=essay.blind_number)
    review.state = "draft"
    review.is_deferred = False
    _fill(work, review, essay, sheet)
    work.session.flush()
    return SavedSheet(work.now, review.version)


def submit_review(work: Work, *, code: str, version: int, sheet: Sheet) -> int:
    """Hand the sheet in and return its total in tenths. Raises StaleSheet, Conflict when it was handed in before,
    Invalid naming the first criterion (by key) or "comment" that is missing."""
    require(work.actor, Permission.REVIEW_ESSAYS)
    review, essay = open_review(work, code)
    require_unsubmitted(review)
    _require_fresh(review, version)
    total = check_final(list_rubric(work.session, contest_id=essay.contest_id), sheet.points_tenths, sheet.comment)
    review.state = "submitted"
    review.is_deferred = False
    review.submitted_at = work.now
    review.version_id = essay.latest_version_id
    _fill(work, review, essay, sheet)
    record(
        work,
        "review.submit",
        object_kind="review",
        object_id=review.id,
        number=essay.blind_number,
        total_tenths=total,
        points_tenths=dict(sheet.points_tenths),
        flags=list(review.flags),
        before=_last_submitted(work, review),
    )
    enqueue(work, "index-essay", essay.id)
    return total


def reopen_review(work: Work, *, code: str) -> None:
    """Make a handed-in sheet a draft again with all it holds; raises Conflict where nothing was handed in."""
    require(work.actor, Permission.REVIEW_ESSAYS)
    review, essay = open_review(work, code)
    if review.state != "submitted":
        raise Conflict(N_("这篇还没有提交，可以直接修改。"))
    review.state = "draft"
    review.submitted_at = None
    points = work.session.scalars(select(Score.points_tenths).where(Score.review_id == review.id))
    record(
        work,
        "review.reopen",
        object_kind="review",
        object_id=review.id,
        number=essay.blind_number,
        total_tenths=sum(points),
    )
    enqueue(work, "index-essay", essay.id)


def defer_review(work: Work, *, code: str) -> None:
    """Put a work off until the others are done; what was filled in stays."""
    require(work.actor, Permission.REVIEW_ESSAYS)
    review, _essay = open_review(work, code)
    require_unsubmitted(review)
    review.is_deferred = True


def recuse_review(work: Work, *, code: str, reason: str) -> None:
    """Step back from a work: the sheet no longer counts, his tags and marks go, and from now on he cannot see it.
    Raises Invalid (field "reason") without a reason."""
    require(work.actor, Permission.REVIEW_ESSAYS)
    review, essay = open_review(work, code)
    was = review.state
    review.recusal_reason = check_text(reason, field="reason", limit=RECUSAL_REASON_LIMIT)
    review.state = "recused"
    review.is_deferred = False
    review.submitted_at = None
    _set_tags(work, essay, (), ())
    drop_marks(work, essay_id=essay.id, user_id=review.reviewer_id)
    record(
        work,
        "review.recuse",
        object_kind="review",
        object_id=review.id,
        number=essay.blind_number,
        reason=review.recusal_reason,
        was=was,
    )
    enqueue(work, "index-essay", essay.id)


def open_review(work: Work, code: str) -> tuple[Review, Essay]:
    """The actor's own review and its work, while it may be scored; how each act on a review begins, after its
    permission."""
    found = work.session.execute(
        select(Review, Essay, Contest)
        .join(Essay, Essay.id == Review.essay_id)
        .join(Contest, Contest.id == Essay.contest_id)
        .where(Review.code == code, Review.reviewer_id == work.actor.user_id, Review.state != "recused")
    ).first()
    if found is None:
        raise NotFound
    review, essay, contest = found
    require_review(to_contest_row(contest).times, work.now)
    if essay.state != EssayState.ACCEPTED:
        raise Conflict(N_("这篇作品已退回或退出评审，暂时不能打分；您填写的内容没有丢失。"))
    return review, essay


def require_unsubmitted(review: Review) -> None:
    """Return while the sheet may change, raise Conflict once it was handed in."""
    if review.state == "submitted":
        raise Conflict(N_("这篇已经提交。要修改，请先点“撤回修改”。"))


def _require_fresh(review: Review, version: int) -> None:
    if review.version != version:
        raise StaleSheet


def _fill(work: Work, review: Review, essay: Essay, sheet: Sheet) -> None:
    review.comment = check_text(sheet.comment, field="comment", is_required=False)
    review.flags = [flag.key for flag in VETO_FLAGS if flag.key in sheet.flags]
    review.saved_at = work.now
    stored = {
        score.criterion_id: score for score in work.session.scalars(select(Score).where(Score.review_id == review.id))
    }
    for criterion in work.session.scalars(select(Criterion).where(Criterion.contest_id == essay.contest_id)):
        points, score = sheet.points_tenths.get(criterion.key), stored.get(criterion.id)
        if points is None and score is not None:
            work.session.delete(score)
        elif points is not None and score is not None:
            score.points_tenths = points
        elif points is not None:
            work.session.add(Score(review_id=review.id, criterion_id=criterion.id, points_tenths=points))
    _set_tags(work, essay, sheet.tags, sheet.struck)


def _set_tags(work: Work, essay: Essay, slugs: Collection[str], struck: Collection[str]) -> None:
    """Make the known, living tags among `slugs` the actor's own on this work, and those among `struck` that its unit
    proposed struck by him, in place of what he said before."""
    user_id = work.actor.user_id
    own = (EssayTag.essay_id == essay.id, EssayTag.user_id == user_id)
    before = dict(work.session.execute(select(EssayTag.tag_id, EssayTag.is_struck).where(*own)).all())
    proposed = (
        select(EssayTag.tag_id)
        .join(User, User.id == EssayTag.user_id)
        .where(EssayTag.essay_id == essay.id, User.role == Role.UNIT.value)
    )
    living = select(Tag.id).where(Tag.is_retired.is_(False))
    after = dict.fromkeys(work.session.scalars(living.where(Tag.slug.in_(struck), Tag.id.in_(proposed))), True)
    after |= dict.fromkeys(work.session.scalars(living.where(Tag.slug.in_(slugs))), False)
    if before == after:
        return
    gone = [tag_id for tag_id in before if before[tag_id] is not after.get(tag_id)]
    work.session.execute(delete(EssayTag).where(*own, EssayTag.tag_id.in_(gone)))
    work.session.add_all(
        EssayTag(essay_id=essay.id, tag_id=tag_id, user_id=user_id, is_struck=is_struck, at=work.now)
        for tag_id, is_struck in sorted(after.items())
        if before.get(tag_id) is not is_struck
    )
    enqueue(work, "index-essay", essay.id)


def drop_marks(work: Work, *, essay_id: int, user_id: int) -> int:
    """Remove what a person marked on a work he no longer reviews, and return how many marks that were."""
    removed = work.session.scalars(
        update(PassageMark)
        .where(PassageMark.essay_id == essay_id, PassageMark.user_id == user_id, PassageMark.removed_at.is_(None))
        .values(removed_at=work.now)
        .returning(PassageMark.id)
    )
    return len(removed.all())


def _last_submitted(work: Work, review: Review) -> dict[str, int] | None:
    """The points of the sheet as it was last handed in, None the first time."""
    facts = work.session.scalar(
        select(AuditEntry.facts)
        .where(AuditEntry.act == "review.submit", AuditEntry.object_kind == "review", AuditEntry.object_id == review.id)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return None if facts is None else facts["points_tenths"]
