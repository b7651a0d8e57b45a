"""The score sheets of essays, as ranking and search need them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.domain.scoring import ScoreSheet
from review_app.models import Criterion, Review, Score


def list_sheets(session: Session, *, essay_ids: Sequence[int]) -> dict[int, tuple[ScoreSheet, ...]]:
    """The sheets of each essay, final or not, in order of reviewer; essays without one are left out.
    Two statements however many essays."""
    reviews = session.execute(
        select(Review.id, Review.essay_id, Review.reviewer_id, Review.state)
        .where(Review.essay_id.in_(essay_ids))
        .order_by(Review.reviewer_id)
    ).all()
    points: defaultdict[int, dict[str, int]] = defaultdict(dict)
    scores = session.execute(
        select(Score.review_id, Criterion.key, Score.points_tenths)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .join(Review, Review.id == Score.review_id)
        .where(Review.essay_id.in_(essay_ids))
    )
    for review_id, key, tenths in scores:
        points[review_id][key] = tenths
    sheets: defaultdict[int, list[ScoreSheet]] = defaultdict(list)
    for review in reviews:
        sheets[review.essay_id].append(
            ScoreSheet(
                reviewer_id=review.reviewer_id,
                points_tenths=points[review.id],
                is_final=review.state == "submitted",
                is_recused=review.state == "recused",
            )
        )
    return {essay_id: tuple(found) for essay_id, found in sheets.items()}
