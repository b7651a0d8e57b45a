"""Full-text search within what the actor may see: the scope is decided here, before anything is matched or counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from compile.manuscript import Manuscript, body_text, drop_photographers
from review_app.domain.actor import Actor, Role
from review_app.domain.errors import NotAllowed
from review_app.domain.essay_state import EssayState
from review_app.domain.folding import fold_text
from review_app.domain.permissions import Permission, require
from review_app.domain.search_facets import drop_facet, list_chosen
from review_app.domain.search_terms import Query, list_words
from review_app.domain.search_words import Audience
from review_app.domain.snippets import Snippet, find_ranges, find_snippet
from review_app.models import Essay, EssayVersion, Review
from review_app.queries.found import FoundEssay, list_found
from review_app.queries.indexing import load_or_blank
from review_app.storage.index import SearchIndex
from review_app.storage.search_types import IndexAudience, IndexUnavailable, SearchScope

PAGE_SIZE: Final = 20
LAST_PAGE: Final = 50  # the index shows the first thousand results, and counts all
_MISSING_ID: Final = -1
_FALLBACK_LIMIT: Final = 200

AUDIENCES: Final[Mapping[Role, Audience]] = {
    Role.BUREAU: "bureau",
    Role.SYSTEM: "bureau",
    Role.UNIT: "unit",
    Role.REVIEWER: "reviewer",
}
FACETS: Final[Mapping[Audience, tuple[str, ...]]] = {
    "bureau": ("award", "unit", "tag", "genre", "state"),
    "unit": ("genre", "year"),
    "reviewer": ("genre", "tag"),
}


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


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A place in the results of a query, counted from 1: how many there are, and by what the one there, the one before and
    the one after are reached: an essay's id, or the code of a reviewer's own sheet; None past an end."""

    total: int
    place: int
    current: int | str | None
    previous: int | str | None
    next: int | str | None


@dataclass(frozen=True, slots=True)
class Results:
    """One page of results. `is_fallback`: the index could not answer, titles were searched in the database."""

    total: int
    hits: Sequence[BureauHit] | Sequence[ReviewerHit]
    facets: Mapping[str, Mapping[str | int, int]] = field(default_factory=dict)
    is_fallback: bool = False


def audience_of(actor: Actor) -> Audience:
    """As whom the actor searches; raises NotAllowed for strangers."""
    require(actor, Permission.SEARCH)
    if actor.role not in AUDIENCES:
        raise NotAllowed
    return AUDIENCES[actor.role]


def scope_of(session: Session, actor: Actor) -> SearchScope:
    """Which essays exist for the actor: all, those of his unit, or those assigned to him and not given back."""
    audience = audience_of(actor)
    if audience == "unit":
        return SearchScope(unit_id=actor.unit_id if actor.unit_id is not None else _MISSING_ID)
    if audience == "reviewer":
        assigned = select(Review.essay_id).where(Review.reviewer_id == actor.user_id, Review.state != "recused")
        return SearchScope(essay_ids=frozenset(session.scalars(assigned)))
    return SearchScope()


def search_essays(
    session: Session,
    *,
    indexes: Mapping[IndexAudience, SearchIndex],
    read: Callable[[str], bytes],
    actor: Actor,
    query: Query,
    sort: str = "relevance",
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> Results:
    """One page of what `query` (parsed for the actor's audience) finds, with exact total, facets and snippets."""
    audience = audience_of(actor)
    scope = scope_of(session, actor)
    index = _index_of(indexes, actor)
    try:
        found = index.search(query, scope=scope, facets=FACETS[audience], sort=sort, page=page, page_size=page_size)
    except IndexUnavailable:
        ids = _search_titles(session, scope, query)
        shown = ids[(page - 1) * page_size : page * page_size]
        return Results(len(ids), _hits(session, shown, actor, query, read), is_fallback=True)
    facets = dict(found.facets)
    for name in facets:
        if list_chosen(query, name):  # the other values of a chosen facet stay in sight, each with what it would add
            others = index.search(drop_facet(query, name), scope=scope, facets=(name,), page_size=1)
            facets[name] = others.facets[name]
    ids = [hit.essay_id for hit in found.hits]
    return Results(found.total, _hits(session, ids, actor, query, read), facets)


def count_essays(
    session: Session, *, indexes: Mapping[IndexAudience, SearchIndex], actor: Actor, queries: Sequence[Query]
) -> tuple[int, ...]:
    """How many essays each of the queries finds, none where the index cannot answer."""
    scope, index = scope_of(session, actor), _index_of(indexes, actor)
    try:
        return tuple(index.search(query, scope=scope, page_size=1).total for query in queries)
    except IndexUnavailable:
        return (0,) * len(queries)


def list_essay_ids(
    session: Session, *, indexes: Mapping[IndexAudience, SearchIndex], actor: Actor, query: Query
) -> tuple[int, ...]:
    """All essays the query finds for the actor, by id; IndexUnavailable where the index cannot answer."""
    return _index_of(indexes, actor).list_ids(query, scope=scope_of(session, actor))


def find_neighbours(
    session: Session,
    *,
    indexes: Mapping[IndexAudience, SearchIndex],
    actor: Actor,
    query: Query,
    sort: str,
    place: int,
) -> Neighbours | None:
    """What stands at the place in the results and on both sides of it; None where the index cannot answer, or not there."""
    if not 1 <= place <= LAST_PAGE * PAGE_SIZE:
        return None
    first = max(0, place - 2)
    # The smallest pages of which one holds the whole window.
    size = next(size for size in count(place + 1 - first) if first // size == place // size)
    scope, page = scope_of(session, actor), first // size + 1
    if page * size > LAST_PAGE * PAGE_SIZE:
        return None
    try:
        found = _index_of(indexes, actor).search(query, scope=scope, sort=sort, page=page, page_size=size)
    except IndexUnavailable:
        return None
    keys = _list_keys(session, actor, [hit.essay_id for hit in found.hits])
    at = place - 1 - (page - 1) * size
    around = (keys[one] if 0 <= one < len(keys) else None for one in (at, at - 1, at + 1))
    return Neighbours(found.total, place, *around)


def _index_of(indexes: Mapping[IndexAudience, SearchIndex], actor: Actor) -> SearchIndex:
    return indexes["reviewer" if audience_of(actor) == "reviewer" else "bureau"]


def _list_keys(session: Session, actor: Actor, ids: Sequence[int]) -> list[int | str | None]:
    """What the pages of the essays go by, in order: a reviewer never learns an id."""
    if actor.role is not Role.REVIEWER:
        return list(ids)
    rows = session.execute(
        select(Review.essay_id, Review.code).where(Review.essay_id.in_(ids), Review.reviewer_id == actor.user_id)
    )
    codes = {row.essay_id: row.code for row in rows}
    return [codes.get(essay_id) for essay_id in ids]


def _search_titles(session: Session, scope: SearchScope, query: Query) -> list[int]:
    words = [fold_text(word) for word in list_words(query, field="title")]
    if not words:
        return []  # nothing that titles could answer
    statement = select(Essay.id, Essay.title, Essay.unit_id).where(
        Essay.state.in_((EssayState.SUBMITTED, EssayState.RETURNED, EssayState.ACCEPTED))
    )
    found = [
        row.id
        for row in session.execute(statement.order_by(Essay.id))
        if (scope.unit_id is None or row.unit_id == scope.unit_id)
        and (scope.essay_ids is None or row.id in scope.essay_ids)
        and all(word in fold_text(row.title) for word in words)
    ]
    return found[:_FALLBACK_LIMIT]


def _hits(
    session: Session, ids: Sequence[int], actor: Actor, query: Query, read: Callable[[str], bytes]
) -> Sequence[BureauHit] | Sequence[ReviewerHit]:
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
        tags=tuple(tag.name_zh for tag in row.tags),
    )
