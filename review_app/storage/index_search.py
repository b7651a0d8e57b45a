"""What a query finds in open segments: matching, ranking and counting, all within the scope of the one who asks.

Every node of a query is answered for all documents of a segment at once, as an array of yes and no and one of scores.
The scores are the library's BM25F over the terms, summed as its own searcher sums them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np

from review_app.domain.errors import N_, Invalid
from review_app.domain.folding import fold_text
from review_app.domain.search_terms import And, Match, Node, Not, Or, Query, Range, Similar, Word
from review_app.domain.search_words import Audience, SearchWord, find_search_word
from review_app.storage.analyzer import NO_NUMBER
from review_app.storage.index_segment import Floats, Integers, Mask, Occurrences, Segment
from review_app.storage.search_types import SearchScope
from review_app.storage.words import STOP_WORDS, split_words

K1: Final = 1.2
B: Final = 0.75
SYNONYM_WEIGHT: Final = 0.5
_FEW: Final = 5  # works that may share a word that still tells something, however few there are
_TELLING_TERMS: Final = 25
_TELLING_CANDIDATES: Final = 200
_SIMILAR_SHARE: Final = 0.15  # of the weight of the telling words that a similar work must hold

Filters = Mapping[str, Collection[str | int]]
Answer = tuple[Mask, Floats | None]


@dataclass(frozen=True)
class View:
    """A segment as the searcher may see it. `is_scoped`: not all that is alive in it is visible."""

    segment: Segment
    visible: Mask
    is_scoped: bool

    @cached_property
    def documents(self) -> Integers:
        """The visible documents."""
        return np.flatnonzero(self.visible)

    @cached_property
    def is_whole(self) -> bool:
        """Whether every document is visible."""
        return bool(self.visible.all())

    def find(self, term: str) -> Occurrences:
        """The visible documents that hold the folded term; read from nowhere else when the search is scoped."""
        if self.is_scoped:
            return self.segment.find_within(term, self.documents)
        found = self.segment.find(term)
        if self.is_whole:
            return found
        seen = self.visible[found.documents]
        return Occurrences(found.documents[seen], found.weights[seen])


@dataclass(frozen=True, slots=True)
class Found:
    """The documents of one segment that the query matches, rising, and their relevance."""

    view: View
    documents: Integers
    scores: Floats


def find_documents(
    live: Iterable[tuple[Segment, Mask]], query: Query, *, scope: SearchScope, filters: Filters
) -> list[Found]:
    """What the query and the filters match, segment by segment. Invalid for a filter this audience has not."""
    conditions = [(find_allowed(name, query.audience, use="facet"), values) for name, values in filters.items()]
    is_scoped = scope != SearchScope()
    views = [View(segment, _find_visible(segment, alive, scope), is_scoped) for segment, alive in live]
    evaluation = _Evaluation(views)
    found = []
    for place, view in enumerate(views):
        mask, scores = evaluation.answer(query.root, place) if query.root is not None else (view.visible, None)
        for word, values in conditions:
            mask = mask & _equal(view, word, values)
        documents = np.flatnonzero(mask)
        relevance = np.zeros(len(documents), np.float32) if scores is None else scores[documents]
        found.append(Found(view, documents, relevance))
    return found


def find_allowed(name: str, audience: Audience, *, use: Literal["facet", "sort"]) -> SearchWord:
    """The search word if this audience may use it so; Invalid otherwise."""
    word = find_search_word(name)
    is_usable = word is not None and (word.is_facet if use == "facet" else word.is_sortable)
    if word is None or not is_usable or audience not in word.audiences:
        raise Invalid(N_("不能按“%(word)s”筛选或排序。"), field=use, word=name)
    return word


def _find_visible(segment: Segment, alive: Mask, scope: SearchScope) -> Mask:
    visible = alive
    if scope.unit_id is not None:
        visible = visible & (segment.numbers("unit_id") == scope.unit_id)
    if scope.essay_ids is not None:
        assigned = np.zeros(segment.size, np.bool_)
        assigned[segment.list_essays(scope.essay_ids)] = True
        visible = visible & assigned
    return visible


class _Evaluation:
    """Answers nodes of one query for one searcher. Counts and lengths that rank are those of the visible documents, so
    that the order tells nothing of the others."""

    def __init__(self, views: Sequence[View]) -> None:
        self._views = views
        self._found: dict[str, list[Occurrences]] = {}
        self._norms: dict[int, Floats] = {}
        self._telling: dict[str, dict[str, float]] = {}

    def answer(self, node: Node, place: int) -> Answer:
        """Which documents of the segment at this place the node matches, and their scores; None for all zero. Scores
        are zero where nothing matches."""
        view = self._views[place]
        match node:
            case Word(text=text, synonyms=synonyms, weight=weight):
                terms = [(fold_text(text), weight), *((fold_text(word), weight * SYNONYM_WEIGHT) for word in synonyms)]
                return self._weigh(terms, place)
            case Similar(number=number):
                return self._find_similar(fold_text(number), place)
            case Match(field="title", values=values, is_exact=is_exact):
                return _match_titles(view, values, is_exact), None
            case Match(field=field, values=values, is_exact=is_exact):
                return _match_names(view, field, lambda name: _fits(name, values, is_exact)), None
            case Range(field=field, low=low, high=high):
                numbers = view.segment.numbers(field)
                mask = view.visible & (numbers != NO_NUMBER)
                mask &= numbers >= (NO_NUMBER if low is None else low)
                return mask if high is None else mask & (numbers <= high), None
            case Not(node=inner):
                return view.visible & ~self.answer(inner, place)[0], None
            case And(nodes=nodes):
                return self._answer_all(nodes, place)
            case Or(nodes=nodes):
                answers = [self.answer(part, place) for part in nodes]
                return np.logical_or.reduce([mask for mask, _ in answers]), _add([scores for _, scores in answers])

    def _answer_all(self, nodes: Iterable[Node], place: int) -> Answer:
        mask, parts = self._views[place].visible, []
        for node in nodes:
            own, scores = self.answer(node, place)
            mask = mask & own
            parts.append(scores)
        total = _add(parts)
        return mask, None if total is None else np.where(mask, total, np.float32(0))

    def _weigh(self, terms: Iterable[tuple[str, float]], place: int) -> tuple[Mask, Floats]:
        """The documents with any of the terms, each term counting its weight."""
        size = self._views[place].segment.size
        mask, scores = np.zeros(size, np.bool_), np.zeros(size, np.float32)
        for term, weight in terms:
            found = self._find(term)[place]
            mask[found.documents] = True
            scores[found.documents] += weight * self._rate(term) * self._saturate(found, place)
        return mask, scores

    def _find(self, term: str) -> list[Occurrences]:
        if term not in self._found:
            self._found[term] = [view.find(term) for view in self._views]
        return self._found[term]

    def _rate(self, term: str) -> float:
        """How telling the term is: idf."""
        return _rate(self._visible_count, sum(len(found.documents) for found in self._find(term)))

    def _saturate(self, found: Occurrences, place: int) -> Floats:
        if place not in self._norms:
            lengths = self._views[place].segment.lengths
            self._norms[place] = np.float32(K1 * (1 - B)) + lengths * np.float32(K1 * B / self._mean_length)
        weights = found.weights
        return weights * np.float32(K1 + 1) / (weights + self._norms[place][found.documents])

    @cached_property
    def _visible_count(self) -> int:
        return sum(len(view.documents) for view in self._views)

    @cached_property
    def _mean_length(self) -> float:
        total = sum(
            view.segment.total_length
            if view.is_whole and not view.is_scoped
            else float(view.segment.lengths[view.visible].sum())
            for view in self._views
        )
        return total / max(1, self._visible_count) or 1.0

    def _find_similar(self, number: str, place: int) -> Answer:
        """The documents with enough of the telling words of the work with this number."""
        if number not in self._telling:
            self._telling[number] = self._list_telling(number)
        weights = self._telling[number]
        held = np.zeros(self._views[place].segment.size, np.float32)
        for word, weight in weights.items():
            held[self._find(word)[place].documents] += weight
        mask = (held > 0) & (held >= _SIMILAR_SHARE * sum(weights.values())) & ~self._match_number(number, place)
        _, scores = self._weigh([(word, 1.0) for word in weights], place)
        return mask, np.where(mask, scores, np.float32(0))

    def _match_number(self, number: str, place: int) -> Mask:
        return _match_names(self._views[place], "number", lambda name: name == number)

    def _list_telling(self, number: str) -> dict[str, float]:
        """The words by which the work stands out, each with its idf; none when it is not visible."""
        for place, view in enumerate(self._views):
            for document in np.flatnonzero(self._match_number(number, place)).tolist():
                return self._pick_telling(split_words(view.segment.read_text(document)))
        return {}

    def _pick_telling(self, words: Iterable[str]) -> dict[str, float]:
        """Those that say much of this work and stand in some others, yet not in most."""
        counts = Counter(word for word in words if len(word) > 1 and word not in STOP_WORDS)
        most = max(_FEW, self._visible_count // 2)
        rated: dict[str, tuple[float, float]] = {}
        for word, count in counts.most_common(_TELLING_CANDIDATES):
            holding = sum(self._count_documents(word, place) for place in range(len(self._views)))
            if 1 < holding <= most:  # one is the work itself
                rate = _rate(self._visible_count, holding)
                rated[word] = count / (count + K1) * rate, rate
        best = sorted(rated, key=lambda word: (-rated[word][0], word))[:_TELLING_TERMS]
        return {word: rated[word][1] for word in best}

    def _count_documents(self, word: str, place: int) -> int:
        """How many visible documents hold the word; of a long one in a whole index at most so many."""
        view = self._views[place]
        if view.is_scoped:
            return len(self._find(word)[place].documents)
        return min(view.segment.count_documents(word[start : start + 2]) for start in range(len(word) - 1))


def _rate(count: int, holding: int) -> float:
    return math.log(count / (holding + 1)) + 1 if count else 0.0


def _add(parts: Iterable[Floats | None]) -> Floats | None:
    scored = [scores for scores in parts if scores is not None]
    return sum(scored[1:], start=scored[0]) if scored else None


def _match_titles(view: View, values: Iterable[Word], is_exact: bool) -> Mask:
    mask = np.zeros(view.segment.size, np.bool_)
    if view.is_scoped:
        for document in view.documents.tolist():
            mask[document] = _fits(view.segment.read_title(document), values, is_exact)
        return mask
    for value in values:
        found = view.segment.find_in_titles(
            fold_text(value.text), is_at_start=value.is_prefix, is_whole=is_exact and not value.is_prefix
        )
        mask[found] = True
    return mask & view.visible


def _match_names(view: View, field: str, fits: Callable[[str], bool]) -> Mask:
    """The visible documents with a name that fits; only names of visible documents are looked at."""
    column = view.segment.names(field)
    seen = view.visible[column.owners]
    fitting = np.zeros(len(column.names), np.bool_)
    for place in np.unique(column.places[seen]).tolist():
        fitting[place] = fits(column.fold(place))
    mask = np.zeros(view.segment.size, np.bool_)
    mask[column.owners[seen & fitting[column.places]]] = True
    return mask


def _fits(name: str, values: Iterable[Word], is_exact: bool) -> bool:
    return any(_fits_value(name, fold_text(value.text), value.is_prefix, is_exact) for value in values)


def _fits_value(name: str, wanted: str, is_prefix: bool, is_exact: bool) -> bool:
    if is_prefix:
        return name.startswith(wanted)
    return name == wanted if is_exact else wanted in name


def _equal(view: View, word: SearchWord, values: Collection[str | int]) -> Mask:
    if word.kind == "number":
        return view.visible & np.isin(view.segment.numbers(word.name), [int(value) for value in values])
    wanted = {fold_text(str(value)) for value in values}
    return _match_names(view, word.name, wanted.__contains__)
