"""What the search library is told: the schema, two-character terms with their frequencies, the file settings.

The classes here are pickled into every index by their names: never rename or move them.
A change of what they write asks for a new SCHEMA_VERSION, which makes every index be rebuilt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from operator import add
from typing import Any, Final

from whoosh.codec.whoosh3 import W3Codec, W3LeafMatcher
from whoosh.columns import VarBytesColumn
from whoosh.fields import COLUMN, FieldType, Schema
from whoosh.formats import Existence

from review_app.domain.folding import fold_text

SCHEMA_VERSION: Final = 2

# Stands between title and body; folding turns it into a blank, so no query can reach across.
_TITLE_END: Final = "\0"


def make_search_text(title: str, body: str) -> str:
    """What is indexed of an essay: folded title and body with a border that no query matches."""
    return fold_text(title) + _TITLE_END + fold_text(body)


def count_bigrams(text: str) -> Counter[str]:
    """How often each pair of neighbouring characters occurs, blanks and punctuation included."""
    return Counter(map(add, text, islice(text, 1, None)))


def list_bigrams(text: str) -> tuple[str, ...]:
    """The different pairs of neighbouring characters; () for a text shorter than two."""
    return tuple(dict.fromkeys(map(add, text, islice(text, 1, None))))


class BigramField(FieldType):  # type: ignore[misc]  # the library has no types
    """Indexes a search text by its bigrams; the weight of a posting is the frequency."""

    def __init__(self) -> None:
        super().__init__(Existence(), None)

    def index(self, value: str, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Term, frequency, weight and (empty) payload of each bigram, as the library's writer wants them."""
        for bigram, frequency in count_bigrams(value).items():
            yield bigram.encode(), frequency, float(frequency), b""


class PlainMatcher(W3LeafMatcher):  # type: ignore[misc]  # the library has no types
    """The library's reader of one posting list, which can also give all of it at once, eight times faster."""

    def read_all(self) -> dict[int, float]:
        """Frequency by document, from here to the end."""
        postings: dict[int, float] = {}
        while self.is_active():
            self._read_ids()
            self._read_weights()
            postings.update(zip(self._ids, self._weights, strict=True))
            self._next_block()
        return postings


class PlainCodec(W3Codec):  # type: ignore[misc]  # the library has no types
    """The library's file format without compression and field lengths, which we neither need nor pay for."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=4096, compression=0)

    def postings_reader(self, postfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None) -> Any:
        """The reader of the posting list that `terminfo` points at."""
        offset, length = terminfo.extent()
        return PlainMatcher(postfile, offset, length, format_, term=term, scorer=scorer)


def make_schema() -> Schema:
    """`text`: the terms. `content`: the search text as UTF-8. `facts`: all other values of the entry as JSON."""
    return Schema(text=BigramField(), content=COLUMN(VarBytesColumn()), facts=COLUMN(VarBytesColumn()))
