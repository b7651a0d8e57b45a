"""What waits on the bureau's desk, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from review_app.domain.actor import Role
from review_app.domain.essay_state import EssayState
from review_app.models import Essay, Review, User
from review_app.queries.contests import ContestRow
from review_app.queries.participation import get_participation


@dataclass(frozen=True, slots=True)
class Desk:
    """The numbers of the home page. `received`: works sent and not taken back; `overdue`: returned ones whose correction
    is late; `unread`: accepted ones with fewer readers than a rank needs; `unissued`: accounts without a password yet."""

    units: int
    units_due: int
    units_sent: int
    received: int
    waiting: int
    returned: int
    overdue: int
    accepted: int
    unread: int
    reviews: int
    reviews_done: int
    reviewers: int
    unissued: int

    @property
    def units_missing(self) -> int:
        """Units that owe works and have sent none."""
        return self.units_due - self.units_sent


def get_desk(session: Session, *, contest: ContestRow, now: datetime) -> Desk:
    """How things stand at a moment, in nine statements."""
    roll = get_participation(session, contest=contest, now=now).rows
    states = _count(
        session, select(Essay.state, func.count()).where(Essay.contest_id == contest.id).group_by(Essay.state)
    )
    reviews = _count(
        session,
        select(Review.state, func.count())
        .join(Essay, Essay.id == Review.essay_id)
        .where(Essay.contest_id == contest.id, Essay.state == EssayState.ACCEPTED)
        .group_by(Review.state),
    )
    accounts = session.execute(
        select(
            func.count().filter(User.role == Role.REVIEWER),
            func.count().filter(User.password_hash == "", User.role.in_((Role.UNIT, Role.REVIEWER))),
        ).where(User.is_active)
    ).one()
    overdue = session.scalar(
        select(func.count()).where(
            Essay.contest_id == contest.id, Essay.state == EssayState.RETURNED, Essay.correction_due_at < now
        )
    )
    sent_states = (EssayState.SUBMITTED, EssayState.RETURNED, EssayState.ACCEPTED, EssayState.DISQUALIFIED)
    return Desk(
        units=sum(row.is_active for row in roll),
        units_due=sum(row.owes for row in roll),
        units_sent=sum(row.owes and row.has_sent for row in roll),
        received=sum(states.get(state, 0) for state in sent_states),
        waiting=states.get(EssayState.SUBMITTED, 0),
        returned=states.get(EssayState.RETURNED, 0),
        overdue=overdue or 0,
        accepted=states.get(EssayState.ACCEPTED, 0),
        unread=_count_unread(session, contest),
        reviews=sum(count for state, count in reviews.items() if state != "recused"),
        reviews_done=reviews.get("submitted", 0),
        reviewers=accounts[0],
        unissued=accounts[1],
    )


def _count_unread(session: Session, contest: ContestRow) -> int:
    readers = (
        select(Review.essay_id, func.count().label("readers"))
        .where(Review.state != "recused")
        .group_by(Review.essay_id)
        .subquery()
    )
    return (
        session.scalar(
            select(func.count())
            .select_from(Essay)
            .outerjoin(readers, readers.c.essay_id == Essay.id)
            .where(
                Essay.contest_id == contest.id,
                Essay.state == EssayState.ACCEPTED,
                func.coalesce(readers.c.readers, 0) < contest.minimum_reviews,
            )
        )
        or 0
    )


def _count(session: Session, statement: Select[str, int]) -> dict[str, int]:
    return dict(session.execute(statement).all())
