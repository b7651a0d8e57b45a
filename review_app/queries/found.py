"""Essays a search found, with what the bureau lists of them, exports and decides bulk acts by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from review_app.domain.essay_state import EssayState
from review_app.models import AnthologyItem, AwardLevel, Contest, Essay, EssayVersion, Unit
from review_app.queries.indexing import list_means
from review_app.queries.tags import EssayTagRow, list_essay_tags


@dataclass(frozen=True, slots=True)
class FoundEssay:
    """One essay; `version` guards an act on it against a change meanwhile, `is_in_book`: it stands in an anthology;
    `tags` are all that were spoken of."""

    essay_id: int
    version: int
    contest_id: int
    year: int
    number: str
    title: str
    unit: str
    authors: tuple[str, ...]
    genre: str
    words: int
    score_tenths: int | None
    award_zh: str
    award_en: str
    state: EssayState
    is_in_book: bool
    tags: tuple[EssayTagRow, ...]
    manuscript_key: str


def list_found(session: Session, essay_ids: Sequence[int], *, has_verdicts: bool = True) -> tuple[FoundEssay, ...]:
    """The essays with these ids in the order given, each once; those the bureau has not received are not among them. Scores
    and tags are not even read unless it `has_verdicts`. Constant number of statements."""
    in_book = exists().where(AnthologyItem.essay_id == Essay.id).label("is_in_book")
    rows = session.execute(
        select(Essay, EssayVersion.words, EssayVersion.manuscript_key, Unit.name, Contest.year, AwardLevel, in_book)
        .join(EssayVersion, EssayVersion.id == Essay.latest_version_id)
        .join(Unit, Unit.id == Essay.unit_id)
        .join(Contest, Contest.id == Essay.contest_id)
        .outerjoin(AwardLevel, AwardLevel.id == Essay.award_level_id)
        .where(Essay.id.in_(essay_ids), Essay.first_submitted_at.is_not(None), Essay.state != EssayState.DRAFT.value)
    )
    tags = list_essay_tags(session, essay_ids) if has_verdicts else {}
    means = list_means(session, essay_ids) if has_verdicts else {}
    found = {
        row.Essay.id: FoundEssay(
            essay_id=row.Essay.id,
            version=row.Essay.version,
            contest_id=row.Essay.contest_id,
            year=row.year,
            number=row.Essay.number or "",
            title=row.Essay.title,
            unit=row.name,
            authors=tuple(row.Essay.authors),
            genre=row.Essay.genre,
            words=row.words,
            score_tenths=round(mean * 10) if (mean := means.get(row.Essay.id)) is not None else None,
            award_zh=row.AwardLevel.name_zh if row.AwardLevel else "",
            award_en=row.AwardLevel.name_en if row.AwardLevel else "",
            state=EssayState(row.Essay.state),
            is_in_book=row.is_in_book,
            tags=tags.get(row.Essay.id, ()),
            manuscript_key=row.manuscript_key,
        )
        for row in rows
    }
    return tuple(found[essay_id] for essay_id in dict.fromkeys(essay_ids) if essay_id in found)
