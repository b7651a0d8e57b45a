"""Search with facets and snippets: the address is the query."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flask import request
from flask_babel import gettext as _

from review_app.domain.permissions import Permission, is_allowed
from review_app.domain.query_parser import QueryError, parse_query
from review_app.domain.rubric import format_points
from review_app.domain.search_facets import toggle_value
from review_app.domain.search_terms import Query, Word, drop_condition, list_conditions, render_node, render_query
from review_app.domain.search_words import SORTS, SearchWord, list_search_words, list_sorts
from review_app.queries.hits import BureauHit, ReviewerHit
from review_app.queries.search import (
    LAST_PAGE,
    PAGE_SIZE,
    Results,
    audience_of,
    count_essays,
    search_essays,
)
from review_app.web.access import current_actor, permit
from review_app.web.errors import say
from review_app.web.page import render
from review_app.web.request import read, resources
from review_app.web.search import bp
from review_app.web.search.asked import Asked, essay_url, read_asked, search_url
from review_app.web.search.facets import Chip, ShownFacet, name_values, show_chips, show_facets
from review_app.web.search.how_found import HowFound, describe_search
from review_app.web.search.saved import Bookmark, list_bookmarks

_SUGGESTED_FROM: Final = range(2, 9)

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit as the template lists it; `pick` is its value among the picked ones, "" for who may do nothing with it.
    `tags`: (name, address of the results that have it too)."""

    title: Pieces
    url: str
    facts: tuple[str, ...]
    snippet: Pieces
    pick: str
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ShownResults:
    """What was found. `nothing` says in a sentence that nothing was; `suggestions` are queries that find something:
    (query, how many, address). `text`: what they are found by, wider than typed where that found nothing. `is_cut`: more was found than can be paged through."""

    total: int
    how: HowFound
    text: str
    hits: tuple[ShownHit, ...]
    facets: tuple[ShownFacet, ...]
    sorts: tuple[tuple[str, str, bool], ...]
    nothing: str
    suggestions: tuple[tuple[str, int, str], ...]
    is_fallback: bool
    is_cut: bool
    can_act: bool
    current: int
    pages: int
    page_url: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The search page in any state: nothing asked yet (`found` is None), an error as well, nothing found, or results."""

    title: str
    asked: Asked
    error: str
    error_pieces: Pieces
    chips: tuple[Chip, ...]
    found: ShownResults | None
    bookmarks: tuple[Bookmark, ...]
    words: tuple[SearchWord, ...]


@bp.get("/")
@permit(Permission.SEARCH)
def show_results() -> str:
    """Results of the query in the address."""
    asked = read_asked(request.args)
    names = name_values()
    page = SearchPage(
        title=_("检索"),
        asked=asked,
        error="",
        error_pieces=(),
        chips=(),
        found=None,
        bookmarks=list_bookmarks(),
        words=list_search_words(audience_of(current_actor())),
    )
    try:
        query = parse_query(asked.text, audience=audience_of(current_actor()))
    except QueryError as error:
        page = replace(page, error=say(error), error_pieces=_point_at(asked.text, error))
    else:
        if query.root is not None:
            chips = show_chips(query, sort=asked.sort, names=names)
            page = replace(page, chips=chips, found=_show_found(asked, query, names))
    return render("search/results.html", page)


def _search(asked: Asked, query: Query) -> tuple[Asked, Results]:
    """A page of results, the last one where the address asks for one past it."""
    house = resources()

    def look(page: int) -> Results:
        return search_essays(
            read(),
            indexes=house.indexes,
            read=house.files.read,
            actor=current_actor(),
            query=query,
            sort=asked.sort,
            page=page,
        )

    asked = replace(asked, page=min(asked.page, LAST_PAGE))
    results = look(asked.page)
    if results.total and not results.hits:
        asked = replace(asked, page=_count_pages(results.total))
        results = look(asked.page)
    return asked, results


def _count_pages(total: int) -> int:
    return min(LAST_PAGE, -(-total // PAGE_SIZE))


def _show_found(wanted: Asked, query: Query, names: Mapping[str, str]) -> ShownResults:
    asked, results = _search(wanted, query)
    if results.step != "typed":  # what is looked for now is also what goes on to the next page, the essays and the acts
        query, asked = results.query, replace(asked, text=render_query(results.query))
    first = (asked.page - 1) * PAGE_SIZE + 1
    can_act = is_allowed(current_actor(), Permission.VIEW_ALL_ESSAYS)
    hits: Sequence[BureauHit | ReviewerHit] = results.hits
    is_nothing = results.total == 0
    return ShownResults(
        total=results.total,
        how=describe_search(results),
        text=asked.text,
        hits=tuple(_show_hit(hit, asked, query, place, names) for place, hit in enumerate(hits, first)),
        facets=show_facets(query, results.facets, total=results.total, sort=asked.sort, names=names),
        sorts=tuple(
            (search_url(asked.text, sort=key), _(SORTS[key]), key == asked.sort)
            for key in list_sorts(audience_of(current_actor()))
        ),
        nothing=_say_nothing(query) if is_nothing else "",
        suggestions=_suggest(query) if is_nothing and not results.is_fallback else (),
        is_fallback=results.is_fallback,
        is_cut=wanted.page > LAST_PAGE,
        can_act=can_act,
        current=asked.page,
        pages=_count_pages(results.total),
        page_url=lambda number: search_url(asked.text, sort=asked.sort, page=number),
    )


def _point_at(text: str, error: QueryError) -> Pieces:
    start, stop = error.position, error.position + max(1, error.length)
    shown = text if stop <= len(text) else text + " " * (stop - len(text))
    return ((shown[:start], False), (shown[start:stop], True), (shown[stop:], False))


def _say_nothing(query: Query) -> str:
    conditions = list_conditions(query)
    texts = "".join(_("“%(text)s”", text=render_node(node).strip('“”"')) for node in conditions)
    if len(conditions) == 1:
        return _("没有找到符合%(texts)s的作品。", texts=texts)
    if all(isinstance(node, Word) for node in conditions):
        return _("没有同时含%(texts)s的作品。", texts=texts)
    return _("没有同时符合%(texts)s的作品。", texts=texts)


def _suggest(query: Query) -> tuple[tuple[str, int, str], ...]:
    """For a query that finds nothing: the queries with one condition less that find something, else each condition
    by itself; with how many works each would find."""
    conditions = list_conditions(query)
    if len(conditions) not in _SUGGESTED_FROM:
        return ()
    looser = [drop_condition(query, place) for place in range(len(conditions))]
    return _count_found(looser) or _count_found([replace(query, root=node) for node in conditions])


def _count_found(queries: Sequence[Query]) -> tuple[tuple[str, int, str], ...]:
    texts = [render_query(query) for query in queries]
    totals = count_essays(read(), indexes=resources().indexes, actor=current_actor(), queries=queries)
    return tuple((text, total, search_url(text)) for text, total in zip(texts, totals, strict=True) if total)


def _show_hit(
    hit: BureauHit | ReviewerHit, asked: Asked, query: Query, place: int, names: Mapping[str, str]
) -> ShownHit:
    snippet = _pieces(hit.snippet.text, hit.snippet.ranges)
    before = (("…", False),) if hit.snippet.is_cut_before else ()
    after = (("…", False),) if hit.snippet.is_cut_after else ()
    words = _("%(count)s 字", count=hit.words)
    tags: tuple[tuple[str, str], ...] = ()
    if isinstance(hit, ReviewerHit):
        key: int | str = hit.code
        facts: tuple[str, ...] = (_("%(number)s 号", number=hit.number), words)
    else:
        key = hit.essay_id
        award = names.get(hit.award, hit.award)
        score = "" if hit.score_tenths is None else _("%(total)s 分", total=format_points(hit.score_tenths))
        facts = (hit.number, hit.unit, _("、").join(hit.authors), words, score, award, _(hit.state.label))
        tags = tuple(
            (names.get(name, name), search_url(render_query(toggle_value(query, "tag", name)), sort=asked.sort))
            for name in hit.tags
        )
    return ShownHit(
        title=_pieces(hit.title, hit.title_ranges),
        url=essay_url(key, asked, place=place),
        facts=tuple(fact for fact in facts if fact),
        snippet=(*before, *snippet, *after),
        pick=str(key) if is_allowed(current_actor(), Permission.VIEW_ALL_ESSAYS) else "",
        tags=tags,
    )


def _pieces(text: str, ranges: Sequence[tuple[int, int]]) -> Pieces:
    pieces: list[tuple[str, bool]] = []
    place = 0
    for start, stop in ranges:
        pieces += [(text[place:start], False), (text[start:stop], True)]
        place = stop
    pieces.append((text[place:], False))
    return tuple(piece for piece in pieces if piece[0])
