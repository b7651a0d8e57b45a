"""Reviews as their own reviewer sees them: blind by construction, the rows hold no author, unit, file name or entry
number of a work and no moment of its life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from review_app.domain.actor import Role
from review_app.domain.errors import N_, NotFound
from review_app.domain.essay_state import EssayState
from review_app.domain.rubric import Criterion
from review_app.models import Criterion as CriterionTable
from review_app.models import Essay, EssayTag, EssayVersion, Review, Score, Tag, User


class QueueState(StrEnum):
    """Where a work stands in a reviewer's queue."""

    WAITING = "waiting"
    DRAFT = "draft"
    LATER = "later"
    DONE = "done"
    PAUSED = "paused"
    RECUSED = "recused"

    @property
    def label(self) -> str:
        """The Chinese name of the state, a msgid."""
        return _LABELS[self]


_LABELS: Mapping[QueueState, str] = {
    QueueState.WAITING: N_("未评"),
    QueueState.DRAFT: N_("草稿"),
    QueueState.LATER: N_("跳过"),
    QueueState.DONE: N_("已评"),
    QueueState.PAUSED: N_("暂停"),
    QueueState.RECUSED: N_("回避"),
}

_OPEN = (QueueState.WAITING, QueueState.DRAFT)


@dataclass(frozen=True, slots=True)
class ReviewerEssayRow:
    """One work in a reviewer's queue. `total_tenths`: his own points so far, None before the first."""

    code: str
    blind_number: str
    title: str
    words: int
    state: QueueState
    total_tenths: int | None


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One work on the reviewer's screen with his own sheet; points in tenths by key of the criterion, tags by slug:
    `tags` he set, `struck` he struck, `proposed` its unit proposed.

    `is_paused`: the work was sent back, withdrawn or disqualified meanwhile, so nothing may be scored.
    `manuscript_key` finds the stored manuscript; it is never shown.
    """

    code: str
    blind_number: str
    title: str
    subtitle: str
    genre: str
    words: int
    manuscript_key: str
    is_paused: bool
    is_submitted: bool
    points_tenths: Mapping[str, int]
    comment: str
    flags: tuple[str, ...]
    tags: tuple[str, ...]
    struck: tuple[str, ...]
    proposed: tuple[str, ...]
    saved_at: datetime | None
    version: int


def list_reviewer_essays(session: Session, *, reviewer_id: int, contest_id: int) -> tuple[ReviewerEssayRow, ...]:
    """The reviewer's queue in his own random order, recused works included."""
    totals = dict(
        session.execute(
            select(Score.review_id, func.sum(Score.points_tenths))
            .join(Review, Review.id == Score.review_id)
            .where(Review.reviewer_id == reviewer_id)
            .group_by(Score.review_id)
        ).all()
    )
    rows = session.execute(
        _own_reviews(reviewer_id).where(Essay.contest_id == contest_id).order_by(Review.position, Review.id)
    )
    return tuple(
        ReviewerEssayRow(
            code=review.code,
            blind_number=essay.blind_number or "",
            title=essay.title,
            words=version.words,
            state=_queue_state(review, essay),
            total_tenths=totals.get(review.id),
        )
        for review, essay, version in rows
    )


def get_review(session: Session, *, code: str, reviewer_id: int) -> ReviewRow:
    """The work of a review code with the reviewer's own sheet; raises NotFound for a code that is unknown, another's,
    taken back or recused, never telling which."""
    found = session.execute(
        _own_reviews(reviewer_id).where(Review.code == code, Review.state != QueueState.RECUSED)
    ).first()
    if found is None:
        raise NotFound
    review, essay, version = found
    scores = session.execute(
        select(CriterionTable.key, Score.points_tenths)
        .join(CriterionTable, CriterionTable.id == Score.criterion_id)
        .where(Score.review_id == review.id)
        .order_by(CriterionTable.position)
    )
    tags = session.execute(
        select(Tag.slug, EssayTag.is_struck, EssayTag.user_id)
        .join(EssayTag, EssayTag.tag_id == Tag.id)
        .join(User, User.id == EssayTag.user_id)
        .where(EssayTag.essay_id == essay.id, or_(EssayTag.user_id == reviewer_id, User.role == Role.UNIT.value))
        .order_by(Tag.position)
    ).all()
    own = [(slug, is_struck) for slug, is_struck, user_id in tags if user_id == reviewer_id]
    return ReviewRow(
        code=review.code,
        blind_number=essay.blind_number or "",
        title=essay.title,
        subtitle=essay.subtitle,
        genre=essay.genre,
        words=version.words,
        manuscript_key=version.manuscript_key,
        is_paused=essay.state != EssayState.ACCEPTED,
        is_submitted=review.state == "submitted",
        points_tenths=dict(scores.all()),
        comment=review.comment,
        flags=tuple(review.flags),
        tags=tuple(slug for slug, is_struck in own if not is_struck),
        struck=tuple(slug for slug, is_struck in own if is_struck),
        proposed=tuple(dict.fromkeys(slug for slug, _is_struck, user_id in tags if user_id != reviewer_id)),
        saved_at=review.saved_at,
        version=review.version,
    )


def list_rubric(session: Session, *, contest_id: int) -> tuple[Criterion, ...]:
    """The rubric as the scoring rules take it, in order."""
    rows = session.scalars(
        select(CriterionTable).where(CriterionTable.contest_id == contest_id).order_by(CriterionTable.position)
    )
    return tuple(Criterion(row.key, row.name_zh, row.name_en, row.hint, row.max_points, row.position) for row in rows)


def count_waiting_reviews(session: Session, *, reviewer_id: int) -> int:
    """How many works the reviewer can and should still score."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Review)
            .join(Essay, Essay.id == Review.essay_id)
            .where(
                Review.reviewer_id == reviewer_id,
                Review.state.in_(("assigned", "draft")),
                Essay.state == EssayState.ACCEPTED,
            )
        )
        or 0
    )


def find_next_review(rows: Sequence[ReviewerEssayRow], *, after: str = "") -> ReviewerEssayRow | None:
    """The work to score after the review code `after`, or first of all: the next open one in the reviewer's order,
    wrapping round; skipped ones only when no other is left; None when all is done."""
    codes = [row.code for row in rows]
    start = codes.index(after) + 1 if after in codes else 0
    ahead = [row for row in (*rows[start:], *rows[:start]) if row.code != after]
    is_open = [row for row in ahead if row.state in _OPEN]
    is_later = [row for row in ahead if row.state is QueueState.LATER]
    return next(iter(is_open + is_later), None)


def count_progress(rows: Sequence[ReviewerEssayRow]) -> tuple[int, int]:
    """How many works of the queue are done, out of how many; paused and recused ones do not count."""
    done = sum(row.state is QueueState.DONE for row in rows)
    idle = sum(row.state in (QueueState.PAUSED, QueueState.RECUSED) for row in rows)
    return done, len(rows) - idle


def _own_reviews(reviewer_id: int) -> Select[Review, Essay, EssayVersion]:
    return (
        select(Review, Essay, EssayVersion)
        .join(Essay, Essay.id == Review.essay_id)
        .join(EssayVersion, EssayVersion.id == Essay.latest_version_id)
        .where(Review.reviewer_id == reviewer_id)
    )


def _queue_state(review: Review, essay: Essay) -> QueueState:
    if review.state == "recused":
        return QueueState.RECUSED
    if review.state == "submitted":
        return QueueState.DONE
    if essay.state != EssayState.ACCEPTED:
        return QueueState.PAUSED
    if review.is_deferred:
        return QueueState.LATER
    return QueueState.DRAFT if review.state == "draft" else QueueState.WAITING
