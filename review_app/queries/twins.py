"""An earlier essay of a unit that its draft is almost the same as. Only the unit's own essays are looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.domain.copies import SAME, compare, read_letters
from review_app.domain.essay_state import EssayState
from review_app.models import Essay, EssayVersion
from review_app.queries.comparing import read_text


@dataclass(frozen=True, slots=True)
class Twin:
    """The earlier essay, with what decides whether it may still get a new version."""

    essay_id: int
    title: str
    state: EssayState
    is_late: bool
    correction_due_at: datetime | None


def find_twin(session: Session, read: Callable[[str], bytes], *, essay_id: int, manuscript_key: str) -> Twin | None:
    """The earlier essay of the same unit and contest that has most in common with this one, if that is nearly all."""
    asked = select(Essay.unit_id, Essay.contest_id).where(Essay.id == essay_id).subquery()
    rows = session.execute(
        select(Essay, EssayVersion.original_name, EssayVersion.manuscript_key)
        .join(EssayVersion, EssayVersion.id == Essay.latest_version_id)
        .join(asked, (asked.c.unit_id == Essay.unit_id) & (asked.c.contest_id == Essay.contest_id))
        .where(Essay.id < essay_id, Essay.state != EssayState.WITHDRAWN)
        .order_by(Essay.id)
    ).all()
    own = read_letters(read_text(read, manuscript_key)) if rows else None
    found = [
        (compare(own, read_letters(read_text(read, row.manuscript_key))).greatest_share, row) for row in rows if own
    ]
    share, row = max(found, key=lambda one: one[0], default=(0, None))
    if row is None or share < SAME:
        return None
    essay = row.Essay
    return Twin(
        essay.id, essay.title or row.original_name, EssayState(essay.state), essay.is_late, essay.correction_due_at
    )
