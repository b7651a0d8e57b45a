"""The way from a search to an essay and on: the words found marked in it, the results before and after it.

All of it stands in the address (q, sort, at), is computed anew for who reads it, and holds for his own results only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request

from compile.manuscript import Manuscript
from review_app.domain.query_parser import QueryError, parse_query
from review_app.domain.search_terms import Query
from review_app.queries.search import PAGE_SIZE, Neighbours, audience_of, find_neighbours, list_sought_words
from review_app.web.access import current_actor
from review_app.web.request import read, resources
from review_app.web.search.asked import Asked, essay_url, read_asked
from review_app.web.search.highlights import SheetMark, mark_hits


@dataclass(frozen=True, slots=True)
class Trail:
    """Where a reader is in the results of his search. `place` is 0 where the essay is no longer the one of that place;
    the addresses of what comes before and after are "" past an end. `hits`: how many words of the body are marked."""

    text: str
    place: int
    total: int
    back_url: str
    previous_url: str
    next_url: str
    hits: int


def follow_trail(
    manuscript: Manuscript, *, key: int | str, marks: Sequence[SheetMark] = ()
) -> tuple[Trail | None, tuple[SheetMark, ...]]:
    """The trail on the page of the essay that goes by `key`, None where it was not reached by a search; and the marks of
    its sheet, those given and the words found."""
    asked = read_asked(request.args)
    query = _parse(asked.text)
    if query is None:
        return None, tuple(marks)
    words, title_words = (list_sought_words(read(), query, field=field) for field in ("", "title"))
    hits = mark_hits(manuscript, words=words, title_words=(*words, *title_words))
    trail = Trail(
        text=asked.text,
        place=0,
        total=0,
        back_url=asked.url,
        previous_url="",
        next_url="",
        hits=max((hit.hit for hit in hits), default=0),
    )
    place = request.args.get("at", 0, type=int)
    around = find_neighbours(
        read(), indexes=resources().indexes, actor=current_actor(), query=query, sort=asked.sort, place=place
    )
    if around is not None and around.current == key:
        trail = _stand(trail, asked, around)
    return trail, (*marks, *hits)


def _stand(trail: Trail, asked: Asked, around: Neighbours) -> Trail:
    place = around.place
    return replace(
        trail,
        place=place,
        total=around.total,
        back_url=replace(asked, page=(place - 1) // PAGE_SIZE + 1).url,
        previous_url="" if around.previous is None else essay_url(around.previous, asked, place=place - 1),
        next_url="" if around.next is None else essay_url(around.next, asked, place=place + 1),
    )


def _parse(text: str) -> Query | None:
    try:
        query = parse_query(text, audience=audience_of(current_actor()))
    except QueryError:
        return None
    return query if query.root is not None else None
