"""Posting lists as arrays: made of texts, written into the library's files and read from them a list at a time.

A list is one block of the library's own file format. Inside it, documents, frequencies, weights and places stand as
plain arrays, so that nothing is done posting by posting; a check sum tells a damaged list. `ArrayMatcher` lets the
library read the same lists by its own interface.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pickle import dumps
from struct import Struct
from typing import Any, Final

import numpy as np
from isal.isal_zlib import crc32
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3FieldWriter, W3LeafMatcher, W3TermInfo
from whoosh.util.numeric import length_to_byte

from review_app.storage.analyzer import TITLE_WEIGHT, encode_units

_TAIL: Final = Struct("<IIBBI")  # postings, places, bytes a number, whether weights differ from frequencies, check sum
_KEY: Final = Struct("!HI")
_EXTENT: Final = Struct("!qi")
_INT: Final = Struct("!i")
_NARROW: Final = 0xFFFF

Numbers = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Postings:
    """The occurrences of a term: rising documents, in each its frequency, its weight (the title counting four times)
    and, document after document, the places where it begins."""

    documents: Numbers
    counts: Numbers
    weights: NDArray[Any]
    places: Numbers


@dataclass(frozen=True, slots=True)
class TextLengths:
    """UTF-16 units of each text, its borders included, and of the title before the first border."""

    whole: NDArray[np.int64]
    title: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class InvertedTexts:
    """The postings of all terms, one after the other: `terms` rise; term n has the postings from `postings_from[n]` to
    `postings_from[n + 1]` and the places from `places_from[n]` to `places_from[n + 1]`."""

    terms: NDArray[np.uint32]
    postings_from: NDArray[np.int64]
    places_from: NDArray[np.int64]
    postings: Postings


def invert_texts(texts: Sequence[str], lengths: TextLengths) -> InvertedTexts:
    """The postings of all pairs of units in the texts, the pair being read as one number.

    One sort of all pairs with their places does the work: for 5,000 essays 9 million of them.
    """
    units = np.frombuffer(encode_units("".join(texts)), ">u2").astype(np.uint64)
    places = np.flatnonzero(units[:-1]).astype(np.uint64)
    keys = units[places] << 48 | units[places + 1] << 32 | places
    del units
    keys.sort()
    terms = (keys >> 32).astype(np.uint32)
    places = (keys & 0xFFFFFFFF).astype(np.int64)
    del keys
    starts = np.cumsum(lengths.whole) - lengths.whole
    documents = np.repeat(np.arange(len(texts), dtype=np.uint32), lengths.whole)[places]
    places -= starts[documents]
    firsts = _find_firsts(terms, documents)
    counts = np.diff(np.r_[firsts, len(terms)])
    weights = counts + (TITLE_WEIGHT - 1) * np.add.reduceat(places < lengths.title[documents], firsts, dtype=np.int64)
    terms, documents = terms[firsts], documents[firsts]
    kind = "<u2" if max(places.max(initial=0), weights.max(initial=0)) <= _NARROW else "<u4"
    own = _find_firsts(terms)
    return InvertedTexts(
        terms[own],
        np.r_[own, len(terms)],
        np.r_[firsts[own], len(places)],
        Postings(documents, counts.astype(kind), weights.astype(kind), places.astype(kind)),
    )


def _find_firsts(*arrays: Numbers) -> NDArray[np.int64]:
    """Where a run of equals begins, all of the arrays taken together."""
    changes = np.zeros(len(arrays[0]), np.bool_)
    changes[:1] = True
    for array in arrays:
        changes[1:] |= array[1:] != array[:-1]
    return np.flatnonzero(changes)


def unpack_postings(data: bytes) -> Postings:
    """The list that stands at the end of the data. ValueError when the check sum is another."""
    count, place_count, width, has_weights, check = _TAIL.unpack_from(data, len(data) - _TAIL.size)
    size = 4 * count + width * (count * (1 + has_weights) + place_count)
    start = len(data) - _TAIL.size - size
    if width not in (2, 4) or start < 0 or crc32(memoryview(data)[start : start + size]) != check:
        raise ValueError("a posting list is damaged")
    kind = f"<u{width}"
    documents = np.frombuffer(data, "<u4", count, start)
    counts = np.frombuffer(data, kind, count, start + 4 * count)
    weights = np.frombuffer(data, kind, count, start + (4 + width) * count) if has_weights else counts
    return Postings(
        documents, counts, weights, np.frombuffer(data, kind, place_count, start + size - width * place_count)
    )


def read_extent(facts: bytes) -> tuple[int, int]:
    """Where the list of a term stands, in bytes, by what the dictionary of terms says of it."""
    offset, length = _EXTENT.unpack_from(facts, W3TermInfo._struct.size)
    return offset, length


class ArrayFieldWriter(W3FieldWriter):  # type: ignore[misc]  # the library has no types
    """The library's writer of terms, given whole lists."""

    def add_all(self, field: Any, inverted: InvertedTexts, lengths: TextLengths) -> None:
        """Write every list as one block: what describes it to the library, documents, frequencies, weights where they
        differ from these, places, and a tail from which it is read back."""
        self.start_field("text", field)
        postings = inverted.postings
        width = postings.places.itemsize
        documents, counts, weights, places = (
            array.tobytes() for array in (postings.documents, postings.counts, postings.weights, postings.places)
        )
        bounds = length_to_byte(int(lengths.whole.min())), length_to_byte(int(lengths.whole.max()))
        offset = 0
        for term, start, stop, place, place_stop, first, last, total, heaviest, is_weighted in _describe(inverted):
            count = stop - start
            data = documents[4 * start : 4 * stop] + counts[width * start : width * stop]
            if is_weighted:
                data += weights[width * start : width * stop]
            data += places[width * place : width * place_stop]
            data += _TAIL.pack(count, place_stop - place, width, is_weighted, crc32(data))
            info = dumps((count, last, heaviest, 0, *bounds), 2)
            block = WHOOSH3_HEADER_MAGIC + _INT.pack(-len(info) - len(data)) + info + data
            self._postfile.write(block)
            facts = W3TermInfo._struct.pack(0, total, count, *bounds, heaviest, first, last)
            self._tindex.add(_KEY.pack(self._fieldid, term), facts + _EXTENT.pack(offset, len(block)))
            offset += len(block)


def _describe(inverted: InvertedTexts) -> Iterator[tuple[Any, ...]]:
    """For each term: itself, its postings and places from and to, first and last document, sum and greatest of the
    weights, and whether these differ from the frequencies."""
    postings, starts, places = inverted.postings, inverted.postings_from, inverted.places_from
    weights = postings.weights
    columns = (
        inverted.terms,
        starts[:-1],
        starts[1:],
        places[:-1],
        places[1:],
        postings.documents[starts[:-1]],
        postings.documents[starts[1:] - 1],
        np.add.reduceat(weights, starts[:-1], dtype=np.float64),
        np.maximum.reduceat(weights, starts[:-1]).astype(np.float64),
        np.logical_or.reduceat(weights != postings.counts, starts[:-1]),
    )
    return zip(*(column.tolist() for column in columns), strict=True)


class ArrayMatcher(W3LeafMatcher):  # type: ignore[misc]  # the library has no types
    """The library's reader of one such list, posting by posting."""

    def _read_data(self) -> None:
        self._data = unpack_postings(self._postfile.get(self._dataoffset, self._nextoffset - self._dataoffset))

    def _read_ids(self) -> None:
        self._list()
        self._ids = self._data.documents.tolist()

    def _read_weights(self) -> None:
        self._list()
        self._weights = self._data.weights.astype(float).tolist()

    def _read_values(self) -> None:
        self._list()
        ends = np.cumsum(self._data.counts, dtype=np.int64)[:-1]
        self._values = [places.tobytes() for places in np.split(self._data.places.astype("<u4"), ends)]

    def _list(self) -> None:
        if self._data is None:
            self._read_data()


class ArrayCodec(W3Codec):  # type: ignore[misc]  # the library has no types
    """The library's file format with posting lists as arrays."""

    def field_writer(self, storage: Any, segment: Any) -> ArrayFieldWriter:
        """What writes the terms of a segment."""
        return ArrayFieldWriter(self, storage, segment)

    def postings_reader(self, postfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None) -> Any:
        """The reader of the posting list that `terminfo` points at."""
        return ArrayMatcher(postfile, *terminfo.extent(), format_, term=term, scorer=scorer)
