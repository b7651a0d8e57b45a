"""Full-text search within what the actor may see: the scope is decided here, before anything is matched or counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from compile.manuscript import Manuscript, body_text, drop_photographers
from review_app.domain.actor import Actor, Role
from review_app.domain.errors import NotAllowed
from review_app.domain.essay_state import EssayState
from review_app.domain.folding import fold_text
from review_app.domain.permissions import Permission, require
from review_app.domain.search_terms import Query, Word, list_words
from review_app.domain.search_words import Audience
from review_app.domain.snippets import Snippet, find_ranges, find_snippet
from review_app.domain.synonyms import expand_query, list_expanded
from review_app.domain.widening import Step
from review_app.models import AwardLevel, Essay, EssayVersion, Review, Tag, Unit
from review_app.queries.answering import find_answer
from review_app.queries.guessing import list_guesses
from review_app.queries.indexing import load_or_blank
from review_app.queries.lexicon import list_names
from review_app.queries.synonyms import list_synonyms
from review_app.storage.index import SearchIndex
from review_app.storage.search_types import IndexAudience, IndexUnavailable, SearchScope
from review_app.storage.words import pick_words, split_words

PAGE_SIZE: Final = 20
_MISSING_ID: Final = -1
_FALLBACK_LIMIT: Final = 200
_GUESSES_SHOWN: Final = 3

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
class Results:
    """One page of results. `is_fallback`: the index could not answer, titles were searched in the database.

    `query` is what was looked for: as typed, or wider by the `step` where that found nothing, then by its `words`.
    `expanded` are its words that were also sought by their synonyms. `guesses`: what may have been meant by a query that
    finds nothing as typed, with how many works each would find.
    """

    total: int
    hits: Sequence[BureauHit] | Sequence[ReviewerHit]
    query: Query
    facets: Mapping[str, Mapping[str | int, int]] = field(default_factory=dict)
    is_fallback: bool = False
    step: Step = "typed"
    words: tuple[str, ...] = ()
    expanded: tuple[Word, ...] = ()
    guesses: tuple[tuple[Query, int], ...] = ()


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
    """One page of what `query` (parsed for the actor's audience) finds, with exact total, facets and snippets; where
    that is nothing, of the narrowest wider query that finds something."""
    audience = audience_of(actor)
    scope = scope_of(session, actor)
    index = indexes["reviewer" if audience == "reviewer" else "bureau"]
    facets = FACETS[audience]
    groups = list_synonyms(session)
    guesses: tuple[tuple[Query, int], ...] = ()
    try:
        answer = find_answer(
            query,
            search=lambda sought: index.search(
                sought, scope=scope, facets=facets, sort=sort, page=page, page_size=page_size
            ),
            split=_make_splitter(session, audience),
            groups=groups,
            is_ranked=sort == "relevance",
        )
        if answer.wider.step != "typed" or answer.page.total == 0:
            counted = (
                (guess, index.search(expand_query(guess, groups), scope=scope, page_size=1).total)
                for guess in list_guesses(query, list_names(session, actor, audience))
            )
            found_some = ((guess, total) for guess, total in counted if total)
            guesses = tuple(islice(found_some, _GUESSES_SHOWN))
    except IndexUnavailable:
        ids = _search_titles(session, scope, query)
        shown = ids[(page - 1) * page_size : page * page_size]
        return Results(len(ids), _hits(session, shown, actor, query, read), query, is_fallback=True)
    found = answer.page
    return Results(
        total=found.total,
        hits=_hits(session, [hit.essay_id for hit in found.hits], actor, answer.sought, read),
        query=answer.wider.query,
        facets=found.facets,
        step=answer.wider.step,
        words=answer.wider.words,
        expanded=list_expanded(answer.sought),
        guesses=guesses,
    )


def _make_splitter(session: Session, audience: Audience) -> Callable[[str], tuple[str, ...]]:
    """What cuts a text into the words that say what is sought, names whole: tags, for the bureau units too."""
    names: list[str] = []  # read when a text is first to be cut, which few searches need

    def split(text: str) -> tuple[str, ...]:
        if not names:
            names.extend(session.scalars(select(Tag.name_zh)))
            if audience == "bureau":
                names.extend(session.scalars(select(Unit.name)))
        return pick_words(split_words(text, names=names))

    return split


def _search_titles(session: Session, scope: SearchScope, query: Query) -> list[int]:
    words = [fold_text(word) for word in list_words(query, field="title")]
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
    is_award_known = actor.role is not Role.UNIT  # units learn it when the results are made public, not by searching
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
    rows = session.execute(
        select(Essay, EssayVersion.words, Unit.name, AwardLevel.name_zh.label("award"))
        .join(EssayVersion, EssayVersion.id == Essay.latest_version_id)
        .join(Unit, Unit.id == Essay.unit_id)
        .outerjoin(AwardLevel, AwardLevel.id == Essay.award_level_id)
        .where(Essay.id.in_(ids))
    )
    by_id = {row.Essay.id: row for row in rows}
    return [
        BureauHit(
            essay_id=essay_id,
            number=row.Essay.number or "",
            title=row.Essay.title,
            title_ranges=find_ranges(row.Essay.title, words),
            snippet=snippets[essay_id],
            unit=row.name,
            authors=tuple(row.Essay.authors),
            award=(row.award or "") if is_award_known else "",
            state=EssayState(row.Essay.state),
            words=row.words,
        )
        for essay_id in ids
        if (row := by_id.get(essay_id)) is not None
    ]
