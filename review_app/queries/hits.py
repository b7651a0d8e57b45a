"""Found essays as those who searched may see them, each with a stretch of its text around the words found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from compile.manuscript import Manuscript, body_text, drop_photographers
from review_app.domain.actor import Actor, Role
from review_app.domain.essay_state import EssayState
from review_app.domain.search_terms import Query, list_words
from review_app.domain.snippets import Snippet, find_ranges, find_snippet
from review_app.models import Essay, EssayVersion, Review
from review_app.queries.found import FoundEssay, list_found
from review_app.queries.indexing import load_or_blank


@dataclass(frozen=True, slots=True)
class BureauHit:
    """A found essay as the bureau or its own unit sees it."""

    essay_id: int
    number: str
    title: str
    title_ranges: tuple[tuple[int, int], ...]
    snippet: Snippet
    unit: str
    authors: tuple[str, ...]
    award: str
    state: EssayState
    words: int
    score_tenths: int | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewerHit:
    """A found essay as a blind reviewer sees it: no author, no unit, no file."""

    code: str
    number: str
    title: str
    title_ranges: tuple[tuple[int, int], ...]
    snippet: Snippet
    words: int


def list_hits(
    session: Session, ids: Sequence[int], *, actor: Actor, query: Query, read: Callable[[str], bytes]
) -> Sequence[BureauHit] | Sequence[ReviewerHit]:
    """The found essays in the order given, as the actor may see them, each with the stretch that answers the query."""
    words = list_words(query)
    title_words = (*words, *(word for word in list_words(query, field="title") if word not in words))
    rows = session.execute(
        select(Essay.id, EssayVersion.manuscript_key)
        .join(EssayVersion, EssayVersion.id == Essay.latest_version_id)
        .where(Essay.id.in_(ids))
    )
    manuscripts = {row.id: load_or_blank(read, row.manuscript_key) for row in rows}
    if actor.role is Role.REVIEWER:
        blind = {essay_id: drop_photographers(manuscript) for essay_id, manuscript in manuscripts.items()}
        return _reviewer_hits(session, ids, actor, title_words, _find_snippets(blind, words))
    # Units learn awards, scores and others' tags when the results are made public, not by searching.
    is_award_known = actor.role is not Role.UNIT
    snippets = _find_snippets(manuscripts, words)
    return _bureau_hits(session, ids, title_words, snippets, is_award_known=is_award_known)


def _find_snippets(manuscripts: Mapping[int, Manuscript], words: Sequence[str]) -> dict[int, Snippet]:
    return {essay_id: find_snippet(body_text(manuscript), words) for essay_id, manuscript in manuscripts.items()}


def _reviewer_hits(
    session: Session, ids: Sequence[int], actor: Actor, words: Sequence[str], snippets: Mapping[int, Snippet]
) -> list[ReviewerHit]:
    rows = session.execute(
        select(Essay.id, Essay.title, Essay.blind_number, EssayVersion.words, Review.code)
        .join(EssayVersion, EssayVersion.id == Essay.latest_version_id)
        .join(Review, Review.essay_id == Essay.id)
        .where(Essay.id.in_(ids), Review.reviewer_id == actor.user_id, Review.state != "recused")
    )
    by_id = {row.id: row for row in rows}
    return [
        ReviewerHit(
            code=row.code,
            number=row.blind_number or "",
            title=row.title,
            title_ranges=find_ranges(row.title, words),
            snippet=snippets[essay_id],
            words=row.words,
        )
        for essay_id in ids
        if (row := by_id.get(essay_id)) is not None
    ]


def _bureau_hits(
    session: Session,
    ids: Sequence[int],
    words: Sequence[str],
    snippets: Mapping[int, Snippet],
    *,
    is_award_known: bool,
) -> list[BureauHit]:
    by_id = {row.essay_id: row for row in list_found(session, ids, has_verdicts=is_award_known)}
    return [
        _bureau_hit(by_id[essay_id], words, snippets[essay_id], is_award_known=is_award_known)
        for essay_id in ids
        if essay_id in by_id
    ]


def _bureau_hit(row: FoundEssay, words: Sequence[str], snippet: Snippet, *, is_award_known: bool) -> BureauHit:
    return BureauHit(
        essay_id=row.essay_id,
        number=row.number,
        title=row.title,
        title_ranges=find_ranges(row.title, words),
        snippet=snippet,
        unit=row.unit,
        authors=row.authors,
        award=row.award_zh if is_award_known else "",
        state=row.state,
        words=row.words,
        score_tenths=row.score_tenths,
        tags=tuple(tag.name_zh for tag in row.tags if tag.stands),
    )
