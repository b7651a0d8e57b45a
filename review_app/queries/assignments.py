"""Who reads what: the accepted essays, the panel with its load, and what the assignment is planned from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.domain.actor import Role
from review_app.domain.assignment import AvailableReviewer, EssayToAssign, Pair
from review_app.domain.errors import NotFound
from review_app.domain.essay_state import EssayState
from review_app.models import Essay, Review, Unit, UnitClass, User

# A returned work comes back to the same readers, so it stays part of their load.
_IN_REVIEW = (EssayState.ACCEPTED, EssayState.RETURNED, EssayState.SUBMITTED)


@dataclass(frozen=True, slots=True)
class AssignmentWorld:
    """All the plan depends on: accepted essays, active reviewers, pairs that stand and pairs that may not be."""

    essays: tuple[EssayToAssign, ...]
    reviewers: tuple[AvailableReviewer, ...]
    existing: frozenset[Pair]
    conflicts: frozenset[Pair]


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One reviewer: `assigned` counts his works without the recused ones, `submitted` those he has handed in."""

    reviewer_id: int
    name: str
    organisation: str
    unit_id: int | None
    unit_name: str
    is_active: bool
    assigned: int
    submitted: int
    recused: int


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """One accepted essay with the readers it has."""

    essay_id: int
    number: str
    title: str
    unit_id: int
    unit_name: str
    class_key: str
    readers: int


@dataclass(frozen=True, slots=True)
class AssignedRow:
    """One review of a reviewer, as the bureau sees it."""

    review_id: int
    essay_id: int
    number: str
    blind_number: str
    title: str
    unit_name: str
    state: str
    recusal_reason: str


def get_assignment_world(session: Session, *, contest_id: int) -> AssignmentWorld:
    """What an assignment is planned from. Three statements."""
    essays = session.execute(
        select(Essay.id, Essay.unit_id).where(Essay.contest_id == contest_id, Essay.state == EssayState.ACCEPTED)
    )
    reviewers = session.execute(select(User.id, User.unit_id).where(User.role == Role.REVIEWER, User.is_active))
    reviews = session.execute(
        select(Review.essay_id, Review.reviewer_id, Review.state)
        .join(Essay, Essay.id == Review.essay_id)
        .where(Essay.contest_id == contest_id, Essay.state.in_(_IN_REVIEW))
    ).all()
    return AssignmentWorld(
        essays=tuple(EssayToAssign(essay_id, unit_id) for essay_id, unit_id in essays),
        reviewers=tuple(AvailableReviewer(user_id, unit_id) for user_id, unit_id in reviewers),
        existing=frozenset((row.essay_id, row.reviewer_id) for row in reviews if row.state != "recused"),
        conflicts=frozenset((row.essay_id, row.reviewer_id) for row in reviews if row.state == "recused"),
    )


def list_panel(session: Session, *, contest_id: int) -> tuple[PanelRow, ...]:
    """All active reviewers, and those closed who have works in this contest, by name."""
    counts: dict[int, dict[str, int]] = {}
    rows = session.execute(
        select(Review.reviewer_id, Review.state, func.count())
        .join(Essay, Essay.id == Review.essay_id)
        .where(Essay.contest_id == contest_id, Essay.state.in_(_IN_REVIEW))
        .group_by(Review.reviewer_id, Review.state)
    )
    for reviewer_id, state, count in rows:
        counts.setdefault(reviewer_id, {})[state] = count
    users = session.execute(
        select(User, Unit.name)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(User.role == Role.REVIEWER, User.is_active | User.id.in_(counts))
        .order_by(User.login)
    )
    return tuple(_panel_row(user, unit_name, counts.get(user.id, {})) for user, unit_name in users)


def get_panel_row(session: Session, *, reviewer_id: int, contest_id: int) -> PanelRow:
    """One reviewer of the panel; raises NotFound."""
    found = [row for row in list_panel(session, contest_id=contest_id) if row.reviewer_id == reviewer_id]
    if not found:
        raise NotFound
    return found[0]


def list_accepted(session: Session, *, contest_id: int) -> tuple[AcceptedRow, ...]:
    """The accepted essays by number, each with how many readers it has."""
    readers = (
        select(Review.essay_id, func.count().label("readers"))
        .where(Review.state != "recused")
        .group_by(Review.essay_id)
        .subquery()
    )
    rows = session.execute(
        select(Essay, Unit, UnitClass.key, func.coalesce(readers.c.readers, 0))
        .join(Unit, Unit.id == Essay.unit_id)
        .join(UnitClass, UnitClass.id == Unit.class_id)
        .outerjoin(readers, readers.c.essay_id == Essay.id)
        .where(Essay.contest_id == contest_id, Essay.state == EssayState.ACCEPTED)
        .order_by(Essay.number)
    )
    return tuple(
        AcceptedRow(
            essay_id=essay.id,
            number=essay.number or "",
            title=essay.title,
            unit_id=unit.id,
            unit_name=unit.short_name or unit.name,
            class_key=class_key,
            readers=count,
        )
        for essay, unit, class_key, count in rows
    )


def list_assigned(session: Session, *, reviewer_id: int, contest_id: int) -> tuple[AssignedRow, ...]:
    """All reviews of one reviewer, recused ones too, by number of the essay."""
    rows = session.execute(
        select(Review, Essay, Unit)
        .join(Essay, Essay.id == Review.essay_id)
        .join(Unit, Unit.id == Essay.unit_id)
        .where(Review.reviewer_id == reviewer_id, Essay.contest_id == contest_id)
        .order_by(Essay.number)
    )
    return tuple(
        AssignedRow(
            review_id=review.id,
            essay_id=essay.id,
            number=essay.number or "",
            blind_number=essay.blind_number or "",
            title=essay.title,
            unit_name=unit.short_name or unit.name,
            state=review.state,
            recusal_reason=review.recusal_reason,
        )
        for review, essay, unit in rows
    )


def _panel_row(user: User, unit_name: str | None, counts: dict[str, int]) -> PanelRow:
    return PanelRow(
        reviewer_id=user.id,
        name=user.name,
        organisation=user.organisation,
        unit_id=user.unit_id,
        unit_name=unit_name or "",
        is_active=user.is_active,
        assigned=sum(count for state, count in counts.items() if state != "recused"),
        submitted=counts.get("submitted", 0),
        recused=counts.get("recused", 0),
    )
