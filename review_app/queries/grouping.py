"""What the rules of arranging a book by award, topic, unit class or genre know of the works."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.domain.actor import Role
from review_app.domain.selection import Grouping, Rule
from review_app.domain.tags import TOPIC_GROUPS, tag_stands
from review_app.models import Essay, EssayTag, Tag, Unit, UnitClass, User
from review_app.queries.ranking import Ranking
from review_app.queries.tags import list_genres


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
    rows = session.execute(
        select(EssayTag.essay_id, EssayTag.user_id, Tag.slug, Tag.name_zh)
        .join(Tag, Tag.id == EssayTag.tag_id)
        .join(User, User.id == EssayTag.user_id)
        .where(
            EssayTag.essay_id.in_([row.essay_id for row in ranking.rows]),
            Tag.group_key.in_(TOPIC_GROUPS),
            User.role == Role.REVIEWER.value,
        )
        .order_by(Tag.position)
    ).all()
    proposers: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for row in rows:
        proposers[row.essay_id, row.slug].add(row.user_id)
    keys: dict[int, str] = {}
    for (essay_id, slug), users in proposers.items():
        if tag_stands(users, is_chief=False):
            keys.setdefault(essay_id, slug)
    return Grouping("topic", {row.slug: row.name_zh for row in rows}, keys)


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
