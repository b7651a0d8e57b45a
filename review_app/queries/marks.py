"""Marked passages, 划线批注: a reviewer's own as he sees them, and everybody's as the bureau does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from review_app.domain.passages import MarkKind, Passage
from review_app.models import EssayVersion, PassageMark, Review, User


@dataclass(frozen=True, slots=True)
class ReviewerMark:
    """A reviewer's own mark. `ordinal` counts his own on this work, so that it tells nothing of others'."""

    ordinal: int
    kind: MarkKind
    passage: Passage
    note: str


@dataclass(frozen=True, slots=True)
class BureauMark:
    """Anybody's mark; `version` is the ordinal of the version it was made in."""

    id: int
    kind: MarkKind
    passage: Passage
    note: str
    by: str
    role: str
    at: datetime
    version: int
    is_settled: bool


def list_reviewer_marks(session: Session, *, code: str, reviewer_id: int) -> tuple[ReviewerMark, ...]:
    """The reviewer's own marks on the work of a review code, in the order they were made."""
    rows = session.scalars(
        select(PassageMark)
        .join(Review, Review.essay_id == PassageMark.essay_id)
        .where(
            Review.code == code,
            Review.reviewer_id == reviewer_id,
            PassageMark.user_id == reviewer_id,
            PassageMark.removed_at.is_(None),
        )
        .order_by(PassageMark.ordinal)
    )
    return tuple(ReviewerMark(row.ordinal, MarkKind(row.kind), _to_passage(row), row.note) for row in rows)


def list_bureau_marks(session: Session, *, essay_id: int) -> tuple[BureauMark, ...]:
    """Everybody's marks on an essay, in the order they were made."""
    rows = session.execute(
        select(PassageMark, User.name, User.role, EssayVersion.ordinal)
        .join(User, User.id == PassageMark.user_id)
        .join(EssayVersion, EssayVersion.id == PassageMark.version_id)
        .where(PassageMark.essay_id == essay_id, PassageMark.removed_at.is_(None))
        .order_by(PassageMark.id)
    )
    return tuple(
        BureauMark(
            id=row.id,
            kind=MarkKind(row.kind),
            passage=_to_passage(row),
            note=row.note,
            by=name,
            role=role,
            at=row.at,
            version=version,
            is_settled=row.settled_at is not None,
        )
        for row, name, role, version in rows
    )


def list_mark_kinds(session: Session, essay_ids: Sequence[int]) -> Mapping[int, tuple[MarkKind, ...]]:
    """The kinds of the marks on each essay that are open: not removed, and not dealt with by the bureau."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    rows = session.execute(
        select(PassageMark.essay_id, PassageMark.kind)
        .where(PassageMark.essay_id.in_(essay_ids), *is_open_mark())
        .distinct()
    )
    for essay_id, kind in rows:
        found[essay_id].add(kind)
    return {essay_id: tuple(kind for kind in MarkKind if kind in kinds) for essay_id, kinds in found.items()}


def count_private_passages(session: Session, essay_ids: Sequence[int]) -> Mapping[int, int]:
    """How many open marks of private passages each essay has; essays without one are left out."""
    rows = session.execute(
        select(PassageMark.essay_id, func.count())
        .where(PassageMark.essay_id.in_(essay_ids), *is_open_mark(MarkKind.PRIVACY))
        .group_by(PassageMark.essay_id)
    )
    return dict(rows.all())


def is_open_mark(kind: MarkKind | None = None) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a mark that still asks for something."""
    open_marks = (PassageMark.removed_at.is_(None), PassageMark.settled_at.is_(None))
    return open_marks if kind is None else (*open_marks, PassageMark.kind == kind)


def _to_passage(row: PassageMark) -> Passage:
    return Passage(row.block, row.start, row.end, row.quote, row.before, row.after)
