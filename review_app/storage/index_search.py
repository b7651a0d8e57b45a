"""What a query finds in open segments: matching, ranking and counting, all within the scope of the one who asks."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, Literal

from review_app.domain.errors import N_, Invalid
from review_app.domain.folding import fold_text
from review_app.domain.search_terms import And, Match, Node, Not, Or, Query, Range, Similar, Word
from review_app.domain.search_words import Audience, SearchWord, find_search_word
from review_app.storage.index_segment import Segment
from review_app.storage.search_types import Hit, SearchPage, SearchScope

MAX_RESULTS_DEEP: Final = 1_000
_K1: Final = 1.2
_B: Final = 0.75

Filters = Mapping[str, Collection[str | int]]
Documents = set[int] | frozenset[int]


@dataclass(frozen=True, slots=True)
class Found:
    """The documents of one segment that the searcher may see, and those of them that the query matches."""

    segment: Segment
    visible: Documents
    is_scoped: bool
    documents: Documents

    def find_postings(self, term: str) -> Mapping[int, float]:
        """Frequency by visible document; read from nowhere else when the search is scoped."""
        return self.segment.find_postings(term, self.visible if self.is_scoped else None)


def find_documents(
    live: Iterable[tuple[Segment, frozenset[int]]], query: Query, *, scope: SearchScope, filters: Filters
) -> list[Found]:
    """What the query and the filters match, segment by segment. Invalid for a filter this audience has not."""
    conditions = [(_find_allowed(name, query.audience, use="facet"), values) for name, values in filters.items()]
    is_scoped = scope != SearchScope()
    found = []
    for segment, documents in live:
        visible = _list_visible(segment, documents, scope)
        view = Found(segment, visible, is_scoped, visible)
        matched: Documents = visible
        for word, values in conditions:
            matched = _keep_equal(segment, word, values, matched)
        if query.root is not None:
            matched = _match(query.root, view, matched)
        found.append(Found(segment, visible, is_scoped, matched))
    return found


def list_essay_ids(found: Iterable[Found]) -> tuple[int, ...]:
    """The essays found, by ascending id."""
    return tuple(sorted(part.segment.essay_ids[document] for part in found for document in part.documents))


def make_page(
    found: Sequence[Found], query: Query, *, facets: Sequence[str], sort: str, page: int, page_size: int
) -> SearchPage:
    """The page of hits in order, the total and the counts. Invalid for a facet or order this audience has not."""
    offset = (page - 1) * page_size
    if page < 1 or page_size < 1 or offset + page_size > MAX_RESULTS_DEEP:
        raise Invalid(N_("最多翻看前 %(limit)s 条结果，请补充条件缩小范围。"), field="page", limit=MAX_RESULTS_DEEP)
    words = [_find_allowed(name, query.audience, use="facet") for name in facets]
    keys = _list_relevance_keys(found, query) if sort == "relevance" else _list_value_keys(found, sort, query.audience)
    return SearchPage(
        hits=tuple(_pick_best(found, keys, offset + page_size)[offset:]),
        total=sum(len(part.documents) for part in found),
        facets={word.name: _count_values(found, word) for word in words},
    )


def _find_allowed(name: str, audience: Audience, *, use: Literal["facet", "sort"]) -> SearchWord:
    word = find_search_word(name)
    is_usable = word is not None and (word.is_facet if use == "facet" else word.is_sortable)
    if word is None or not is_usable or audience not in word.audiences:
        raise Invalid(N_("不能按“%(word)s”筛选或排序。"), field=use, word=name)
    return word


def _list_visible(segment: Segment, live: frozenset[int], scope: SearchScope) -> Documents:
    visible = live
    if scope.unit_id is not None:
        visible = visible & segment.list_unit(scope.unit_id)
    if scope.essay_ids is not None:
        visible = visible & segment.list_essays(scope.essay_ids)
    return visible


def _match(node: Node, view: Found, within: Documents) -> Documents:
    """The documents of `within` that the node matches."""
    match node:
        case Word(text=text, synonyms=synonyms):
            found = [view.find_postings(fold_text(one)) for one in (text, *synonyms)]
            return {document for document in within if any(document in postings for postings in found)}
        case Match(field="title", values=values, is_exact=is_exact):
            titles = view.segment.titles
            return {document for document in within if _fits(titles[document], values, is_exact)}
        case Match(field=field, values=values, is_exact=is_exact):
            names = view.segment.columns[field].names
            present = set(chain.from_iterable(map(names.__getitem__, within)))
            fitting = {name for name in present if _fits(name, values, is_exact)}
            return {document for document in within if not fitting.isdisjoint(names[document])}
        case Range(field=field, low=low, high=high):
            numbers = view.segment.columns[field].values
            lowest, highest = -math.inf if low is None else low, math.inf if high is None else high
            return {document for document in within if (n := numbers[document]) is not None and lowest <= n <= highest}
        case Similar():
            return frozenset()
        case Not(node=inner):
            return within.difference(_match(inner, view, within))
        case And(nodes=nodes):
            for part in nodes:
                within = _match(part, view, within)
            return within
        case Or(nodes=nodes):
            return set().union(*(_match(part, view, within) for part in nodes))


def _fits(name: str, values: Iterable[Word], is_exact: bool) -> bool:
    return any(_fits_value(name, fold_text(value.text), value.is_prefix, is_exact) for value in values)


def _fits_value(name: str, wanted: str, is_prefix: bool, is_exact: bool) -> bool:
    if is_prefix:
        return name.startswith(wanted)
    return name == wanted if is_exact else wanted in name


def _keep_equal(segment: Segment, word: SearchWord, values: Collection[str | int], within: Documents) -> Documents:
    column = segment.columns[word.name]
    if word.kind == "number":
        return {document for document in within if column.values[document] in values}
    wanted = {fold_text(str(value)) for value in values}
    return {document for document in within if not wanted.isdisjoint(column.names[document])}


Keys = Sequence[Sequence[tuple[int, float]]]


def _pick_best(found: Sequence[Found], keys: Keys, count: int) -> list[Hit]:
    """The `count` documents with the smallest keys, equals by number."""
    smallest = heapq.nsmallest(count, (key for in_part in keys for _, key in in_part))
    if not smallest:
        return []
    rows = []
    for part, in_part in zip(found, keys, strict=True):
        numbers, essay_ids = part.segment.columns["number"].values, part.segment.essay_ids
        rows += [(key, numbers[place], essay_ids[place]) for place, key in in_part if key <= smallest[-1]]
    return [Hit(essay_id, -key) for key, _, essay_id in sorted(rows)[:count]]


def _list_relevance_keys(found: Sequence[Found], query: Query) -> Keys:
    """Per segment the documents found, each with its falling relevance by BM25.

    Counts and lengths are those of the visible documents, so the order tells nothing of the others.
    """
    factors = _weigh_terms(query.root)
    terms = list(factors)
    visible_count = sum(len(part.visible) for part in found)
    length_sum = sum(sum(map(part.segment.lengths.__getitem__, part.visible)) for part in found)
    base, per_length = _K1 * (1 - _B), _K1 * _B * visible_count / (length_sum or 1)
    postings = [[part.find_postings(term) for term in terms] for part in found]
    weights = []
    for place in range(len(terms)):
        holding = sum(
            len(part.visible.intersection(in_part[place])) for part, in_part in zip(found, postings, strict=True)
        )
        weights.append(
            factors[terms[place]] * (_K1 + 1) * math.log(1 + (visible_count - holding + 0.5) / (holding + 0.5))
        )
    keys = []
    for part, in_part in zip(found, postings, strict=True):
        lengths = part.segment.lengths
        scores = dict.fromkeys(part.documents, 0.0)
        for weight, frequencies in zip(weights, in_part, strict=True):
            for document in part.documents:
                if document in frequencies:
                    frequency = frequencies[document]
                    scores[document] -= weight * frequency / (frequency + base + per_length * lengths[document])
        keys.append(list(scores.items()))
    return keys


def _weigh_terms(node: Node | None) -> dict[str, float]:
    """What each folded term counts, those under an exclusion left out; a synonym counts half."""
    match node:
        case Word(text=text, synonyms=synonyms, weight=weight):
            return {fold_text(one): weight / 2 for one in synonyms} | {fold_text(text): weight}
        case And(nodes=nodes) | Or(nodes=nodes):
            found: dict[str, float] = {}
            for part in nodes:
                for term, weight in _weigh_terms(part).items():
                    found[term] = max(weight, found.get(term, 0))
            return found
        case _:
            return {}


def _list_value_keys(found: Sequence[Found], sort: str, audience: Audience) -> Keys:
    """Per segment the documents found, each with the place of its value in the order; those without come last."""
    word = _find_allowed(sort.removeprefix("-"), audience, use="sort")
    columns = [part.segment.columns[word.name].values for part in found]
    values = {column[document] for column, part in zip(columns, found, strict=True) for document in part.documents}
    ordered = sorted(values - {None, ""}, reverse=sort.startswith("-"))
    places = {value: float(place) for place, value in enumerate(ordered)}
    return [
        [(document, places.get(column[document], math.inf)) for document in part.documents]
        for column, part in zip(columns, found, strict=True)
    ]


def _count_values(found: Iterable[Found], word: SearchWord) -> dict[str | int, int]:
    counts: Counter[Any] = Counter()
    for part in found:
        values = map(part.segment.columns[word.name].values.__getitem__, part.documents)
        counts.update(chain.from_iterable(values) if word.has_many else values)
    del counts[None], counts[""]
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
