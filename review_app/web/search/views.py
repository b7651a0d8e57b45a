"""Search with facets and snippets: the address is the query."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flask import request, url_for
from flask_babel import gettext as _

from review_app.domain.actor import Role
from review_app.domain.errors import N_
from review_app.domain.essay_state import EssayState
from review_app.domain.permissions import Permission
from review_app.domain.search_terms import (
    And,
    Match,
    Query,
    QueryError,
    Word,
    drop_condition,
    list_conditions,
    parse_query,
    render_node,
    render_query,
)
from review_app.domain.search_words import SORTS, SearchWord, list_search_words, list_sorts
from review_app.queries.contests import get_contest, list_award_levels
from review_app.queries.search import (
    PAGE_SIZE,
    BureauHit,
    Results,
    ReviewerHit,
    audience_of,
    search_essays,
)
from review_app.queries.tags import list_tags
from review_app.web.access import current_actor, permit
from review_app.web.errors import say
from review_app.web.page import is_english, render
from review_app.web.request import read, resources
from review_app.web.search import bp
from review_app.web.search.asked import Asked, describe_search

_FACET_LIMIT: Final = 8
_FACET_NAMES: Final = {
    "award": N_("奖项"),
    "unit": N_("单位"),
    "tag": N_("标签"),
    "genre": N_("体裁"),
    "state": N_("状态"),
    "year": N_("年份"),
}

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit as the template lists it."""

    title: Pieces
    url: str
    facts: tuple[str, ...]
    snippet: Pieces


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """A facet: its options are (label, count, address, whether it is on)."""

    title: str
    options: tuple[tuple[str, int, str, bool], ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The search page in any state: nothing asked yet, an error, nothing found, or results."""

    title: str
    text: str
    is_asked: bool
    error: str
    error_pieces: Pieces
    total: int
    hits: tuple[ShownHit, ...]
    facets: tuple[ShownFacet, ...]
    conditions: tuple[tuple[str, str], ...]
    suggestions: tuple[tuple[str, int, str], ...]
    is_fallback: bool
    asked: Asked | None
    sort: str
    sorts: tuple[tuple[str, str, bool], ...]
    current: int
    pages: int
    page_url: Callable[[int], str]
    words: tuple[SearchWord, ...]


@bp.get("/")
@permit(Permission.SEARCH)
def show_results() -> str:
    """Results of the query in the address."""
    text = request.args.get("q", "")
    audience = audience_of(current_actor())
    try:
        query = parse_query(text, audience=audience)
    except QueryError as error:
        return _page(text, None, None, error)
    if query.root is None:
        return _page(text, query, None, None)
    page = max(1, request.args.get("page", type=int, default=1))
    results = _search(query, sort=_sort(), page=page)
    return _page(text, query, results, None, page)


def _sort() -> str:
    sort = request.args.get("sort", "relevance")
    return sort if sort in list_sorts(audience_of(current_actor())) else "relevance"


def _search(query: Query, *, sort: str = "relevance", page: int = 1, page_size: int = PAGE_SIZE) -> Results:
    house = resources()
    return search_essays(
        read(),
        indexes=house.indexes,
        read=house.files.read,
        actor=current_actor(),
        query=query,
        sort=sort,
        page=page,
        page_size=page_size,
    )


def _page(text: str, query: Query | None, results: Results | None, error: QueryError | None, current: int = 1) -> str:
    sort = _sort()
    words = list_search_words(audience_of(current_actor()))
    sought = text
    if results and results.step != "typed":
        query, sought = results.query, render_query(results.query)
    names = _name_values() if results else {}
    page = SearchPage(
        title=_("检索"),
        text=text,
        is_asked=results is not None,
        error=say(error) if error else "",
        error_pieces=_point_at(text, error) if error else (),
        total=results.total if results else 0,
        hits=tuple(_show_hit(hit, names) for hit in results.hits) if results else (),
        facets=_show_facets(query, results, names) if query and results else (),
        conditions=_show_conditions(query) if query else (),
        suggestions=_suggest(query) if query and results and results.total == 0 else (),
        is_fallback=bool(results and results.is_fallback),
        asked=describe_search(results) if results else None,
        sort=sort,
        sorts=tuple(
            (_url(sought, sort=key), _(SORTS[key]), key == sort) for key in list_sorts(audience_of(current_actor()))
        ),
        current=current,
        pages=-(-results.total // PAGE_SIZE) if results else 0,
        page_url=lambda number: _url(sought, sort=sort, page=number),
        words=words,
    )
    return render("search/results.html", page)


def _url(text: str, *, sort: str = "relevance", page: int = 1) -> str:
    return url_for(
        "search.show_results",
        q=text or None,
        sort=None if sort == "relevance" else sort,
        page=None if page == 1 else page,
    )


def _point_at(text: str, error: QueryError) -> Pieces:
    start, stop = error.position, error.position + max(1, error.length)
    shown = text if stop <= len(text) else text + " " * (stop - len(text))
    return ((shown[:start], False), (shown[start:stop], True), (shown[stop:], False))


def _show_conditions(query: Query) -> tuple[tuple[str, str], ...]:
    return tuple(
        (render_node(node), _url(render_query(drop_condition(query, place))))
        for place, node in enumerate(list_conditions(query))
    )


def _suggest(query: Query) -> tuple[tuple[str, int, str], ...]:
    """For a query that finds nothing: the queries with one condition less that find something, else each condition
    by itself; with how many works each would find."""
    conditions = list_conditions(query)
    if not 2 <= len(conditions) <= 8:
        return ()
    looser = [drop_condition(query, place) for place in range(len(conditions))]
    return _count_found(looser) or _count_found([replace(query, root=node) for node in conditions])


def _count_found(queries: Sequence[Query]) -> tuple[tuple[str, int, str], ...]:
    texts = [render_query(query) for query in queries]
    found = [_search(query, page_size=1) for query in queries]
    totals = [results.total if results.step == "typed" else 0 for results in found]
    return tuple((text, total, _url(text)) for text, total in zip(texts, totals, strict=True) if total)


def _name_values() -> Mapping[str, str]:
    """The English of states, tags and awards, which the index knows in Chinese; nothing on a Chinese page."""
    if not is_english():
        return {}
    levels = list_award_levels(read(), contest_id=get_contest(read()).id)
    return (
        {state.label: _(state.label) for state in EssayState}
        | {level.name_zh: level.name_en for level in levels}
        | {tag.name_zh: tag.name_en for tag in list_tags(read())}
    )


def _show_facets(query: Query, results: Results, names: Mapping[str, str]) -> tuple[ShownFacet, ...]:
    shown = []
    for name, counts in results.facets.items():
        options = []
        for value, count in list(counts.items())[:_FACET_LIMIT]:
            condition = Match(field=name, values=(Word(str(value), is_phrase=True),), is_exact=True)
            conditions = list_conditions(query)
            is_on = condition in conditions
            target = drop_condition(query, conditions.index(condition)) if is_on else _with(query, condition)
            options.append((names.get(str(value), str(value)), count, _url(render_query(target), sort=_sort()), is_on))
        if options:
            shown.append(ShownFacet(_(_FACET_NAMES[name]), tuple(options)))
    return tuple(shown)


def _with(query: Query, condition: Match) -> Query:
    conditions = (*list_conditions(query), condition)
    return replace(query, root=conditions[0] if len(conditions) == 1 else And(conditions))


def _show_hit(hit: BureauHit | ReviewerHit, names: Mapping[str, str]) -> ShownHit:
    snippet = _pieces(hit.snippet.text, hit.snippet.ranges)
    before = (("…", False),) if hit.snippet.is_cut_before else ()
    after = (("…", False),) if hit.snippet.is_cut_after else ()
    words = _("%(count)s 字", count=hit.words)
    if isinstance(hit, ReviewerHit):
        url = url_for("reviewer.show_sheet", code=hit.code)
        facts: tuple[str, ...] = (_("%(number)s 号", number=hit.number), words)
    else:
        award = names.get(hit.award, hit.award)
        facts = (hit.number, hit.unit, _("、").join(hit.authors), words, award, _(hit.state.label))
        url = url_for(_essay_endpoint(), essay_id=hit.essay_id)
    return ShownHit(
        title=_pieces(hit.title, hit.title_ranges),
        url=url,
        facts=tuple(fact for fact in facts if fact),
        snippet=(*before, *snippet, *after),
    )


def _essay_endpoint() -> str:
    return "unit.show_essay" if current_actor().role is Role.UNIT else "bureau.show_essay"


def _pieces(text: str, ranges: Sequence[tuple[int, int]]) -> Pieces:
    pieces: list[tuple[str, bool]] = []
    place = 0
    for start, stop in ranges:
        pieces += [(text[place:start], False), (text[start:stop], True)]
        place = stop
    pieces.append((text[place:], False))
    return tuple(piece for piece in pieces if piece[0])
