"""What the rules of arranging a book by award, topic, unit class or genre know of the works."""

from __future__ import annotations

from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.domain.selection import Grouping, Rule
from review_app.domain.tags import TOPIC_GROUPS
from review_app.models import Essay, Unit, UnitClass
from review_app.queries.ranking import Ranking
from review_app.queries.tags import list_essay_tags, list_genres


def get_grouping(session: Session, *, ranking: Ranking, rule: Rule) -> Grouping:
    """The headings of the rule and which of them each ranked work falls under; at most two statements."""
    match rule:
        case "award":
            titles = {level.key: f"{level.name_zh}作品" for level in ranking.levels}
            return Grouping(rule, titles, {row.essay_id: row.award_key for row in ranking.rows})
        case "topic":
            return _group_by_topic(session, ranking)
        case "class":
            return _group_by_class(session, ranking)
        case "genre":
            found = session.execute(
                select(Essay.id, Essay.genre).where(Essay.id.in_([row.essay_id for row in ranking.rows]))
            )
            titles = {genre.slug: genre.name_zh for genre in list_genres(session)}
            return Grouping(rule, titles, {row.id: row.genre for row in found})


def _group_by_topic(session: Session, ranking: Ranking) -> Grouping:
    """Each work under the first of its tags that stand, in the order of the taxonomy."""
    found = list_essay_tags(session, [row.essay_id for row in ranking.rows])
    topics = {
        essay_id: [tag for tag in tags if tag.group_key in TOPIC_GROUPS and tag.stands]
        for essay_id, tags in found.items()
    }
    titles = {tag.slug: tag.name_zh for tag in sorted(chain(*topics.values()), key=lambda tag: tag.position)}
    return Grouping("topic", titles, {essay_id: tags[0].slug for essay_id, tags in topics.items() if tags})


def _group_by_class(session: Session, ranking: Ranking) -> Grouping:
    rows = session.execute(
        select(Unit.id, UnitClass.key, UnitClass.name_zh)
        .join(UnitClass, UnitClass.id == Unit.class_id)
        .where(Unit.contest_id == ranking.contest.id)
        .order_by(UnitClass.position)
    ).all()
    classes = {row.id: row.key for row in rows}
    return Grouping(
        "class",
        {row.key: row.name_zh for row in rows},
        {row.essay_id: classes[row.unit_id] for row in ranking.rows},
    )
