"""Works like a given one, 相似作品, within what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.domain.actor import Actor, Role
from review_app.domain.search_terms import Query, Similar
from review_app.models import AwardLevel, Contest, Essay, Unit
from review_app.queries.search import audience_of, scope_of
from review_app.storage.index import SearchIndex
from review_app.storage.search_types import IndexAudience, IndexUnavailable

SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class SimilarWork:
    """A work like the one that is looked at."""

    essay_id: int
    number: str
    title: str
    unit_name: str
    year: int
    award: str


def list_similar(
    session: Session, *, indexes: Mapping[IndexAudience, SearchIndex], actor: Actor, number: str
) -> tuple[SimilarWork, ...]:
    """The five works most like the one of that number, most alike first; none while the index cannot answer. A unit is
    given its own works, and no award, which it learns when the results are made public."""
    query = Query(audience_of(actor), Similar(number))
    try:
        found = indexes["bureau"].search(query, scope=scope_of(session, actor), page_size=SHOWN)
    except IndexUnavailable:
        return ()
    ids = [hit.essay_id for hit in found.hits]
    rows = session.execute(
        select(Essay, Unit, Contest.year, AwardLevel.name_zh)
        .join(Unit, Unit.id == Essay.unit_id)
        .join(Contest, Contest.id == Essay.contest_id)
        .outerjoin(AwardLevel, AwardLevel.id == Essay.award_level_id)
        .where(Essay.id.in_(ids))
    )
    works = {
        essay.id: SimilarWork(
            essay_id=essay.id,
            number=essay.number or "",
            title=essay.title,
            unit_name=unit.short_name or unit.name,
            year=year,
            award=award or "" if actor.role is not Role.UNIT else "",
        )
        for essay, unit, year, award in rows
    }
    return tuple(works[essay_id] for essay_id in ids if essay_id in works)
