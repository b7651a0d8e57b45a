"""The figures of a contest in one look."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.domain.duty import totals
from review_app.models import AnthologyItem, Essay, Review
from review_app.queries.participation import list_duty


def get_status(session: Session, *, contest_id: int, now: datetime) -> dict[str, object]:
    """Counts of units by duty, essays by state, reviews by state, awards and selected works."""
    duty = totals(list_duty(session, contest_id=contest_id, now=now))
    essays = session.execute(
        select(Essay.state, func.count().label("count")).where(Essay.contest_id == contest_id).group_by(Essay.state)
    ).all()
    reviews = session.execute(
        select(Review.state, func.count().label("count"))
        .join(Essay, Essay.id == Review.essay_id)
        .where(Essay.contest_id == contest_id)
        .group_by(Review.state)
    ).all()
    awarded = session.scalar(
        select(func.count()).where(Essay.contest_id == contest_id, Essay.award_level_id.is_not(None))
    )
    selected = session.scalar(select(func.count()).select_from(AnthologyItem))
    return {
        "units": duty,
        "essays": {row.state: row.count for row in essays},
        "reviews": {row.state: row.count for row in reviews},
        "awarded": awarded or 0,
        "selected": selected or 0,
    }
