"""Full-text search within what the actor may see: the scope is decided here, before anything is matched or counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.domain.actor import Actor, Role
from review_app.domain.errors import NotAllowed
from review_app.domain.essay_state import EssayState
from review_app.domain.folding import fold_text
from review_app.domain.permissions import Permission, require
from review_app.domain.search_facets import drop_facet, list_chosen
from review_app.domain.search_terms import Query, Word, list_words
from review_app.domain.search_words import Audience
from review_app.domain.synonyms import Groups, expand_query, list_expanded
from review_app.domain.widening import Step, add_hints
from review_app.models import Essay, Review, Tag, Unit
from review_app.queries.answering import find_answer
from review_app.queries.guessing import list_guesses
from review_app.queries.hits import BureauHit, ReviewerHit, list_hits
from review_app.queries.lexicon import list_names
from review_app.queries.synonyms import list_synonyms
from review_app.storage.index import SearchIndex
from review_app.storage.search_types import IndexAudience, IndexUnavailable, SearchPage, SearchScope
from review_app.storage.words import pick_words, split_words

PAGE_SIZE: Final = 20
LAST_PAGE: Final = 50  # the index shows the first thousand results, and counts all
_MISSING_ID: Final = -1
_FALLBACK_LIMIT: Final = 200
_GUESSES_SHOWN: Final = 3
_RELEVANCE: Final = "relevance"

AUDIENCES: Final[Mapping[Role, Audience]] = {
    Role.BUREAU: "bureau",
    Role.SYSTEM: "bureau",
    Role.UNIT: "unit",
    Role.REVIEWER: "reviewer",
}
FACETS: Final[Mapping[Audience, tuple[str, ...]]] = {
    "bureau": ("award", "unit", "tag", "mark", "genre", "state"),
    "unit": ("genre", "year"),
    "reviewer": ("genre", "tag"),
}


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


@dataclass(frozen=True, slots=True)
class _Reach:
    """An index, what of it exists for the one who searches, and the synonyms of his words."""

    index: SearchIndex
    scope: SearchScope
    groups: Groups

    def look(self, sought: Query, **options: Any) -> SearchPage:
        """A page of what the query finds as it is."""
        return self.index.search(sought, scope=self.scope, **options)

    def search(self, query: Query, *, sort: str = _RELEVANCE, **options: Any) -> SearchPage:
        """A page of what the query finds with its synonyms, in the order in which `find_answer` has it."""
        sought = expand_query(query, self.groups)
        return self.look(add_hints(sought) if sort == _RELEVANCE else sought, sort=sort, **options)

    def count(self, query: Query) -> int:
        """How many essays the query finds."""
        return self.search(query, page_size=1).total


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
    sort: str = _RELEVANCE,
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> Results:
    """One page of what `query` (parsed for the actor's audience) finds, with exact total, facets and snippets; where
    that is nothing, of the narrowest wider query that finds something."""
    audience = audience_of(actor)
    reach = _reach_of(session, indexes, actor)
    try:
        answer = find_answer(
            query,
            search=lambda sought: reach.look(
                sought, sort=sort, facets=FACETS[audience], page=page, page_size=page_size
            ),
            split=_make_splitter(session, audience),
            groups=reach.groups,
            is_ranked=sort == _RELEVANCE,
        )
        guesses: tuple[tuple[Query, int], ...] = ()
        if answer.wider.step != "typed" or answer.page.total == 0:
            counted = (
                (guess, reach.count(guess)) for guess in list_guesses(query, list_names(session, actor, audience))
            )
            guesses = tuple(islice(((guess, total) for guess, total in counted if total), _GUESSES_SHOWN))
        facets = _count_others(reach, answer.wider.query, answer.page.facets)
    except IndexUnavailable:
        ids = _search_titles(session, reach.scope, query)
        shown = ids[(page - 1) * page_size : page * page_size]
        hits = list_hits(session, shown, actor=actor, query=query, read=read)
        return Results(len(ids), hits, query, is_fallback=True)
    return Results(
        total=answer.page.total,
        hits=list_hits(
            session, [hit.essay_id for hit in answer.page.hits], actor=actor, query=answer.sought, read=read
        ),
        query=answer.wider.query,
        facets=facets,
        step=answer.wider.step,
        words=answer.wider.words,
        expanded=list_expanded(answer.sought),
        guesses=guesses,
    )


def count_essays(
    session: Session, *, indexes: Mapping[IndexAudience, SearchIndex], actor: Actor, queries: Sequence[Query]
) -> tuple[int, ...]:
    """How many essays each of the queries finds, none where the index cannot answer."""
    reach = _reach_of(session, indexes, actor)
    try:
        return tuple(map(reach.count, queries))
    except IndexUnavailable:
        return (0,) * len(queries)


def list_essay_ids(
    session: Session, *, indexes: Mapping[IndexAudience, SearchIndex], actor: Actor, query: Query
) -> tuple[int, ...]:
    """All essays the query finds for the actor, by id; IndexUnavailable where the index cannot answer."""
    reach = _reach_of(session, indexes, actor)
    return reach.index.list_ids(expand_query(query, reach.groups), scope=reach.scope)


def list_sought_words(session: Session, query: Query, *, field: str = "") -> tuple[str, ...]:
    """The words to mark in an essay that the query found, synonyms among them; `field` as in `list_words`."""
    return list_words(expand_query(query, list_synonyms(session)), field=field)


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
    page = first // size + 1
    if page * size > LAST_PAGE * PAGE_SIZE:
        return None
    try:
        found = _reach_of(session, indexes, actor).search(query, sort=sort, page=page, page_size=size)
    except IndexUnavailable:
        return None
    keys = _list_keys(session, actor, [hit.essay_id for hit in found.hits])
    at = place - 1 - (page - 1) * size
    around = (keys[one] if 0 <= one < len(keys) else None for one in (at, at - 1, at + 1))
    return Neighbours(found.total, place, *around)


def _reach_of(session: Session, indexes: Mapping[IndexAudience, SearchIndex], actor: Actor) -> _Reach:
    index = indexes["reviewer" if audience_of(actor) == "reviewer" else "bureau"]
    return _Reach(index, scope_of(session, actor), list_synonyms(session))


def _count_others(
    reach: _Reach, query: Query, facets: Mapping[str, Mapping[str | int, int]]
) -> Mapping[str, Mapping[str | int, int]]:
    """The counts with the other values of a chosen facet in sight, each with what it would add."""
    counted = dict(facets)
    for name in facets:
        if list_chosen(query, name):
            counted[name] = reach.search(drop_facet(query, name), facets=(name,), page_size=1).facets[name]
    return counted


def _list_keys(session: Session, actor: Actor, ids: Sequence[int]) -> list[int | str | None]:
    """What the pages of the essays go by, in order: a reviewer never learns an id."""
    if actor.role is not Role.REVIEWER:
        return list(ids)
    rows = session.execute(
        select(Review.essay_id, Review.code).where(Review.essay_id.in_(ids), Review.reviewer_id == actor.user_id)
    )
    codes = {row.essay_id: row.code for row in rows}
    return [codes.get(essay_id) for essay_id in ids]


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
