"""The page of what was found: the best hits in order, the exact total, the counts of the facets."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from review_app.domain.errors import N_, Invalid
from review_app.domain.search_terms import Query
from review_app.domain.search_words import Audience, SearchWord
from review_app.storage.analyzer import NO_NUMBER
from review_app.storage.index_search import Found, find_allowed
from review_app.storage.index_segment import Floats, Integers, NameColumn
from review_app.storage.search_types import Hit, SearchPage

MAX_RESULTS_DEEP: Final = 1_000


def list_essay_ids(found: Iterable[Found]) -> tuple[int, ...]:
    """The essays found, by ascending id."""
    return tuple(
        sorted(essay_id for part in found for essay_id in part.view.segment.essay_ids[part.documents].tolist())
    )


def make_page(
    found: Sequence[Found], query: Query, *, facets: Sequence[str], sort: str, page: int, page_size: int
) -> SearchPage:
    """The page of hits in order, the total and the counts. Invalid for a facet or order this audience has not."""
    offset = (page - 1) * page_size
    if page < 1 or page_size < 1 or offset + page_size > MAX_RESULTS_DEEP:
        raise Invalid(N_("最多翻看前 %(limit)s 条结果，请补充条件缩小范围。"), field="page", limit=MAX_RESULTS_DEEP)
    words = [find_allowed(name, query.audience, use="facet") for name in facets]
    keys = [-part.scores for part in found] if sort == "relevance" else _list_keys(found, sort, query.audience)
    return SearchPage(
        hits=tuple(_pick_best(found, keys, offset + page_size)[offset:]),
        total=sum(len(part.documents) for part in found),
        facets={word.name: _count_values(found, word) for word in words},
    )


def _pick_best(found: Sequence[Found], keys: Sequence[Floats], count: int) -> list[Hit]:
    """The `count` documents with the smallest keys, equals by number."""
    rows: list[tuple[float, str, int]] = []
    for part, own in zip(found, keys, strict=True):
        documents = part.documents
        if len(own) > count:
            near = own <= np.partition(own, count - 1)[count - 1]
            documents, own = documents[near], own[near]
        numbers = _first_places(part.view.segment.names("number"), part.view.segment.size)
        best = np.lexsort((numbers[documents], own))[:count]
        names = part.view.segment.names("number").names
        rows += [
            (key, names[place] if place >= 0 else "", essay_id)
            for key, place, essay_id in zip(
                own[best].tolist(),
                numbers[documents[best]].tolist(),
                part.view.segment.essay_ids[documents[best]].tolist(),
                strict=True,
            )
        ]
    return [Hit(essay_id, -key) for key, _, essay_id in sorted(rows)[:count]]


def _first_places(column: NameColumn, size: int) -> Integers:
    """By document the place of its first name in the column; -1 without one."""
    places = np.full(size, -1, np.int64)
    places[column.owners[::-1]] = column.places[::-1]
    return places


def _list_keys(found: Sequence[Found], sort: str, audience: Audience) -> list[Floats]:
    """Per segment the places of the values in the order asked for; those without one come last."""
    word = find_allowed(sort.removeprefix("-"), audience, use="sort")
    is_falling = sort.startswith("-")
    if word.kind == "number":
        keys = []
        for part in found:
            numbers = part.view.segment.numbers(word.name)[part.documents]
            keys.append(np.where(numbers == NO_NUMBER, np.inf, -numbers if is_falling else numbers))
        return keys
    columns = [part.view.segment.names(word.name) for part in found]
    firsts = [
        _first_places(column, part.view.segment.size)[part.documents]
        for column, part in zip(columns, found, strict=True)
    ]
    names = {
        column.names[place] for column, own in zip(columns, firsts, strict=True) for place in set(own.tolist()) - {-1}
    }
    order = {name: float(place) for place, name in enumerate(sorted(names, reverse=is_falling))}
    keys = []
    for column, own in zip(columns, firsts, strict=True):
        ranks = np.array([order.get(name, math.inf) for name in column.names] + [math.inf])
        keys.append(ranks[own])
    return keys


def _count_values(found: Iterable[Found], word: SearchWord) -> dict[str | int, int]:
    counts: Counter[str | int] = Counter()
    for part in found:
        if word.kind == "number":
            numbers = part.view.segment.numbers(word.name)[part.documents]
            values, times = np.unique(numbers[numbers != NO_NUMBER], return_counts=True)
            counts.update(dict(zip(values.tolist(), times.tolist(), strict=True)))
        else:
            column = part.view.segment.names(word.name)
            mask = np.zeros(part.view.segment.size, np.bool_)
            mask[part.documents] = True
            times = np.bincount(column.places[mask[column.owners]], minlength=len(column.names))
            counts.update({column.names[place]: int(times[place]) for place in np.flatnonzero(times).tolist()})
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
