"""One segment of an index opened for reading: its facts in memory, its postings read once and kept."""

from __future__ import annotations

import json
import threading
import weakref
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final

from whoosh.matching.wrappers import FilterMatcher
from whoosh.reading import SegmentReader, TermNotFound

from review_app.domain.folding import fold_text
from review_app.domain.search_words import SEARCH_WORDS, SearchWord
from review_app.storage.analyzer import list_bigrams
from review_app.storage.search_types import IndexEntry, IndexStatus, IndexUnavailable

# Postings kept per segment, some 100 bytes each.
_KEPT_POSTINGS: Final = 400_000
_TITLE_WEIGHT: Final = 4

Postings = Mapping[int, float]


def pack_facts(entry: IndexEntry) -> bytes:
    """Everything of an entry but its body, as the segment keeps it."""
    facts = asdict(entry)
    del facts["body"]
    if "score_tenths" in facts:
        facts["score"] = facts.pop("score_tenths")
    if "marks" in facts:
        facts["mark"] = facts.pop("marks")
    facts["tag"] = facts.pop("tags")
    return json.dumps(facts, ensure_ascii=False).encode()


@contextmanager
def reporting_damage() -> Iterator[None]:
    """Turn what reading a damaged file raises into IndexUnavailable."""
    try:
        yield
    except Exception as error:  # on damaged files the library raises almost anything, a plain Exception included
        raise IndexUnavailable(IndexStatus("damaged", problem=f"{type(error).__name__}: {error}")) from error


@dataclass(frozen=True, slots=True)
class Column:
    """By document: the value, and for names the folded names (one, several or none)."""

    values: Sequence[Any]
    names: Sequence[tuple[str, ...]]


class Segment:
    """An unchanging set of documents numbered from 0. Safe to read from several threads; its files are closed when
    the last of them lets go of it."""

    def __init__(self, reader: SegmentReader) -> None:
        weakref.finalize(self, reader.close)
        self._reader = reader
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Postings] = OrderedDict()
        self._kept_count = 0
        rows = [json.loads(packed) for packed in reader.column_reader("facts", translate=False)]
        self._content = reader.column_reader("content", translate=False)
        self.size = len(rows)
        self.essay_ids: tuple[int, ...] = tuple(row["essay_id"] for row in rows)
        self.lengths: tuple[int, ...] = tuple(row["words"] for row in rows)
        self.titles: tuple[str, ...] = tuple(fold_text(row["title"]) for row in rows)
        self.columns: dict[str, Column] = {
            word.name: _make_column(word, [row.get(word.name, () if word.has_many else None) for row in rows])
            for word in SEARCH_WORDS
        }
        self._by_unit = _group_by_unit(rows)
        self._by_essay: dict[int, int] = {essay_id: document for document, essay_id in enumerate(self.essay_ids)}

    def list_unit(self, unit_id: int) -> frozenset[int]:
        """The documents of this unit."""
        return self._by_unit.get(unit_id, frozenset())

    def list_essays(self, essay_ids: Collection[int]) -> set[int]:
        """The documents of these essays, deleted ones included."""
        return {self._by_essay[essay_id] for essay_id in essay_ids if essay_id in self._by_essay}

    def find_postings(self, term: str, within: Collection[int] | None) -> Postings:
        """Frequency by document of the folded term, the title counting four times: in all documents for None, else
        in those `within`.

        With `within`, nothing but the texts of these documents is read, so that neither the result nor the time
        it takes tells of any other document.
        """
        with self._lock, reporting_damage():
            if within is not None:
                return self._weigh_titles(term, self._count_in_texts(term, within))
            postings = self._kept.get(term)
            if postings is None:
                postings = self._kept[term] = self._weigh_titles(term, self._read_postings(term))
                self._kept_count += len(postings) + 1
                while self._kept_count > _KEPT_POSTINGS and len(self._kept) > 1:
                    self._kept_count -= len(self._kept.popitem(last=False)[1]) + 1
            else:
                self._kept.move_to_end(term)
            return postings

    def _weigh_titles(self, term: str, postings: Postings) -> Postings:
        titles = self.titles
        return {
            document: frequency + (_TITLE_WEIGHT - 1) * titles[document].count(term)
            for document, frequency in postings.items()
        }

    def _read_postings(self, term: str) -> Postings:
        """Pairs stand in the index; longer terms are looked up in the texts that hold all their pairs, a single
        character in all texts."""
        if len(term) == 2:
            return self._read_bigram(term)
        candidates: set[int] | None = None
        for bigram in list_bigrams(term):
            documents = self._read_bigram(bigram).keys()
            candidates = set(documents) if candidates is None else candidates & documents
            if not candidates:
                return {}
        return self._count_in_texts(term, range(self.size) if candidates is None else candidates)

    def _read_bigram(self, bigram: str) -> Postings:
        try:
            matcher = self._reader.postings("text", bigram)
        except TermNotFound:
            return {}
        if isinstance(matcher, FilterMatcher):
            matcher = matcher.child  # deletions change while a segment stays open: the index keeps them apart
        postings: Postings = matcher.read_all()
        return postings

    def _count_in_texts(self, term: str, documents: Collection[int]) -> Postings:
        needle = term.encode()
        content = self._content
        counts = ((document, content[document].count(needle)) for document in documents)
        return {document: float(count) for document, count in counts if count}


def _make_column(word: SearchWord, values: Sequence[Any]) -> Column:
    if word.kind != "name":
        return Column(values, ())
    several = values if word.has_many else [(value,) for value in values]
    return Column(values, [tuple(fold_text(name) for name in names if name) for names in several])


def _group_by_unit(rows: Iterable[Mapping[str, Any]]) -> dict[int, frozenset[int]]:
    documents: dict[int, set[int]] = {}
    for document, row in enumerate(rows):
        if "unit_id" in row:
            documents.setdefault(row["unit_id"], set()).add(document)
    return {unit_id: frozenset(own) for unit_id, own in documents.items()}
