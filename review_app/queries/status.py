"""The figures of a contest in one look."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review_app.models import AnthologyItem, Essay, Review
from review_app.queries.contests import ContestRow
from review_app.queries.participation import get_participation


def get_status(session: Session, *, contest: ContestRow, now: datetime) -> dict[str, object]:
    """Counts of units by duty, essays by state, reviews by state, awards and selected works."""
    contest_id = contest.id
    duty = get_participation(session, contest=contest, now=now).totals
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
        "units": duty.units,
        "units_by_duty": {state.value: count for state, count in duty.units_by_state.items()},
        "essays": {row.state: row.count for row in essays},
        "reviews": {row.state: row.count for row in reviews},
        "awarded": awarded or 0,
        "selected": selected or 0,
    }
