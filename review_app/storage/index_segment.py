"""One segment of an index opened for reading: columns as arrays, read when first asked for, and what a term finds."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import LENGTHS_COLUMN
from whoosh.matching.wrappers import FilterMatcher
from whoosh.reading import SegmentReader, TermNotFound
from whoosh.util.numeric import byte_to_length

from review_app.domain.folding import fold_text
from review_app.storage.analyzer import BORDER, NAMES, NUMBERS, TITLE_WEIGHT, encode_units, make_search_text
from review_app.storage.index_files import Document
from review_app.storage.index_postings import ArrayCodec, Postings, read_extent, unpack_postings
from review_app.storage.search_types import IndexEntry, IndexStatus, IndexUnavailable

_KEPT_BYTES: Final = 128 * 2**20
_LENGTHS: Final = np.array([byte_to_length(byte) for byte in range(256)], np.float32)

Mask = NDArray[np.bool_]
Integers = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Rising documents that hold a term and how much it weighs in each."""

    documents: Integers
    weights: Floats


NOWHERE: Final = Occurrences(np.empty(0, np.int64), np.empty(0, np.float32))


def pack_entry(entry: IndexEntry) -> Document:
    """What a segment keeps of an entry. Its fields go into the columns of the same name."""
    facts = asdict(entry)
    text = make_search_text(facts["title"], facts["body"])
    facts |= {"score": facts.get("score_tenths"), "tag": facts["tags"], "mark": facts.get("marks")}
    facts["comment"] = facts.get("comments")
    facts["title_length"] = len(encode_units(text.partition(BORDER)[0])) // 2
    kept: dict[str, int | tuple[str, ...]] = {}
    for name in NUMBERS:
        if facts.get(name) is not None:
            kept[name] = facts[name]
    for name in NAMES:
        if value := facts.get(name):
            kept[name] = (value,) if isinstance(value, str) else tuple(value)
    return Document(text, kept)


@contextmanager
def reporting_damage() -> Iterator[None]:
    """Turn what reading a damaged file raises into IndexUnavailable."""
    try:
        yield
    except IndexUnavailable:
        raise
    except Exception as error:  # on damaged files the library raises almost anything, a plain Exception included
        raise IndexUnavailable(IndexStatus("damaged", problem=f"{type(error).__name__}: {error}")) from error


class Kept:
    """What terms found, by segment and term, the longest unused going first; at most 128 MB. For several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[str, str], Occurrences] = OrderedDict()
        self._bytes = 0

    def get(self, key: tuple[str, str]) -> Occurrences | None:
        """What is kept under this key."""
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
            return found

    def put(self, key: tuple[str, str], found: Occurrences) -> None:
        """Keep this, and let go of others until there is room."""
        with self._lock:
            if key not in self._found:
                self._bytes += _count_bytes(found)
            self._found[key] = found
            while self._bytes > _KEPT_BYTES and len(self._found) > 1:
                self._bytes -= _count_bytes(self._found.popitem(last=False)[1])


def _count_bytes(found: Occurrences) -> int:
    return 200 + found.documents.nbytes + found.weights.nbytes


class NameColumn:
    """The names of documents: pair by pair a document and the place of its name in the sorted `names`."""

    def __init__(self, owners: NDArray[Any], places: NDArray[Any], names: Sequence[str]) -> None:
        self.owners = owners.astype(np.int64)
        self.places = places.astype(np.int64)
        self.names = names
        self._folded: dict[int, str] = {}

    def fold(self, place: int) -> str:
        """The folded name at this place."""
        if place not in self._folded:
            self._folded[place] = fold_text(self.names[place])
        return self._folded[place]


class Segment:
    """An unchanging set of documents numbered from 0. Safe to read from several threads; its files are closed when
    the last of them lets go of it."""

    def __init__(self, reader: SegmentReader, kept: Kept) -> None:
        weakref.finalize(self, reader.close)
        self._reader = reader
        self._kept = kept
        self._is_stock = not isinstance(reader.codec(), ArrayCodec)
        self._name_columns: dict[str, NameColumn] = {}
        self._number_columns: dict[str, Integers] = {}
        self._key: str = reader.segment().segment_id()
        self.size: int = reader.doc_count_all()
        self.total_length: int = reader.field_length("text")
        with reporting_damage():  # all files are opened now: a later commit may take them away
            self._facts = reader.column_reader("facts", translate=False)
            self._content = reader.column_reader("content", translate=False)
            lengths = reader._perdoc.column_reader("_text_len", LENGTHS_COLUMN)
            stored = np.frombuffer(lengths._dbfile.get(lengths._basepos, self.size), np.uint8)
        self.lengths: Floats = _LENGTHS[stored]
        self.essay_ids = self.numbers("essay_id")

    def numbers(self, name: str) -> Integers:
        """The numbers of this field by document; NO_NUMBER where there is none."""
        if name not in self._number_columns:
            with reporting_damage():
                self._number_columns[name] = self._facts.read_numbers(name)
        return self._number_columns[name]

    def names(self, name: str) -> NameColumn:
        """The names of this field."""
        if name not in self._name_columns:
            with reporting_damage():
                self._name_columns[name] = NameColumn(*self._facts.read_names(name))
        return self._name_columns[name]

    def list_essays(self, essay_ids: Collection[int]) -> Integers:
        """The documents of these essays, deleted ones included."""
        wanted = np.fromiter(essay_ids, np.int64, len(essay_ids))
        return np.flatnonzero(np.isin(self.essay_ids, wanted))

    def read_text(self, document: int) -> str:
        """The search text of a document."""
        with reporting_damage():
            return bytes(self._content[document]).decode()

    def read_title(self, document: int) -> str:
        """The folded title of a document."""
        return self.read_text(document).partition(BORDER)[0]

    def read_document(self, document: int) -> Document:
        """All that the segment keeps of a document."""
        facts: dict[str, int | tuple[str, ...]] = {name: int(self.numbers(name)[document]) for name in NUMBERS}
        for name in NAMES:
            column = self.names(name)
            first, last = np.searchsorted(column.owners, [document, document + 1])
            facts[name] = tuple(column.names[place] for place in column.places[first:last])
        return Document(self.read_text(document), facts)

    def find(self, term: str) -> Occurrences:
        """The documents that hold the folded term, deleted ones included."""
        key = (self._key, term)
        found = self._kept.get(key)
        if found is None:
            with reporting_damage():
                found = self._find(term)
            self._kept.put(key, found)
        return found

    def find_within(self, term: str, documents: Integers) -> Occurrences:
        """Those of the documents that hold the folded term. Nothing but their texts is read, so that neither the result
        nor the time it takes tells of any other document."""
        needle = term.encode()
        weights = []
        with reporting_damage():
            for document in documents.tolist():
                text = self._content[document]
                count = text.count(needle)
                in_title = text.partition(b"\0")[0].count(needle) if count else 0
                weights.append(count + (TITLE_WEIGHT - 1) * in_title)
        found = np.array(weights, np.float32)
        return Occurrences(documents[found > 0], found[found > 0])

    def find_in_titles(self, term: str, *, is_at_start: bool, is_whole: bool) -> Integers:
        """The documents with the folded term in the title."""
        length = len(encode_units(term)) // 2
        with reporting_damage():
            run = self._read_run(term)
        if run is None:
            return NOWHERE.documents
        owners = np.repeat(run.documents, run.counts).astype(np.int64)
        ends = self.numbers("title_length")[owners]
        fitting = run.places + length <= ends
        if is_at_start or is_whole:
            fitting &= run.places == 0
        if is_whole:
            fitting &= ends == length
        return np.unique(owners[fitting])

    def count_documents(self, term: str) -> int:
        """How many documents hold the term of two units, deleted ones included."""
        with reporting_damage():
            return int(self._reader.doc_frequency("text", term))

    def _find(self, term: str) -> Occurrences:
        units = len(encode_units(term)) // 2
        if units == 2:
            postings = self._read(encode_units(term))
            if postings is None:
                return NOWHERE
            return Occurrences(postings.documents.astype(np.int64), postings.weights.astype(np.float32))
        run = self._read_run(term)
        if run is None:
            return NOWHERE
        firsts = np.cumsum(run.counts) - run.counts
        in_title = run.places < np.repeat(self.numbers("title_length")[run.documents], run.counts)
        weights = run.counts + (TITLE_WEIGHT - 1) * np.add.reduceat(in_title, firsts, dtype=np.int64)
        return Occurrences(run.documents.astype(np.int64), weights.astype(np.float32))

    def _read_run(self, term: str) -> Postings | None:
        """The postings of a term of any length; weights are not reckoned. None when no document holds it."""
        units = encode_units(term)
        if len(units) == 2:
            return self._read_single(units)
        offsets = sorted({*range(0, len(units) // 2 - 1, 2), len(units) // 2 - 2})
        parts: list[tuple[int, Postings]] = []
        for offset in offsets:
            postings = self._read(units[2 * offset : 2 * offset + 4])
            if postings is None:
                return None
            parts.append((offset, postings))
        parts.sort(key=lambda part: len(part[1].places))
        keys = _place_keys(*parts[0])
        for part in parts[1:]:
            others = _place_keys(*part)
            found = np.minimum(np.searchsorted(others, keys), len(others) - 1)
            keys = keys[others[found] == keys]
        return _group_keys(keys)

    def _read_single(self, unit: bytes) -> Postings | None:
        """One unit: all pairs that begin with it."""
        keys = []
        for _, term in self._reader._terms.terms_from("text", unit):
            if term[:2] != unit:
                break
            postings = self._read(term)
            if postings is not None:
                keys.append(_place_keys(0, postings))
        return _group_keys(np.sort(np.concatenate(keys))) if keys else None

    def _read(self, term: bytes) -> Postings | None:
        """The posting list of a pair; None when no document holds it."""
        if self._is_stock:
            return self._read_slowly(term)
        terms = self._reader._terms
        facts = terms._tindex.get(terms._keycoder("text", term))
        return None if facts is None else unpack_postings(terms._postfile.get(*read_extent(facts)))

    def _read_slowly(self, term: bytes) -> Postings | None:
        """The same by the library's interface, posting by posting."""
        try:
            matcher = self._reader.postings("text", term)
        except TermNotFound:
            return None
        if isinstance(matcher, FilterMatcher):
            matcher = matcher.child  # deletions change while a segment stays open: the index keeps them apart
        documents, weights, values = [], [], []
        while matcher.is_active():
            documents.append(matcher.id())
            weights.append(matcher.weight())
            values.append(matcher.value())
            matcher.next()
        counts = np.array([len(value) // 4 for value in values], np.int64)
        places = np.frombuffer(b"".join(values), "<u4")
        return Postings(np.array(documents, np.int64), counts, np.array(weights, np.float32), places)


def _place_keys(offset: int, postings: Postings) -> Integers:
    """Where a term with this pair `offset` units after its beginning would begin: document and place in one number."""
    owners = np.repeat(postings.documents.astype(np.int64) << 32, postings.counts)
    return owners + postings.places.astype(np.int64) - offset


def _group_keys(keys: Integers) -> Postings | None:
    if not len(keys):
        return None
    owners = keys >> 32
    firsts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
    counts = np.diff(np.r_[firsts, len(owners)])
    return Postings(owners[firsts], counts, counts, keys & 0xFFFFFFFF)
