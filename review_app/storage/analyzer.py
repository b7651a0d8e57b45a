"""What the search library is told: the schema, two-character terms with their places, the columns of values.

The classes here are pickled into every index by their names: never rename or move them.
A change of what they write asks for another _FORM, which makes every index be rebuilt, as another field does.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from struct import Struct
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh.columns import Column, ColumnReader, ColumnWriter, VarBytesColumn
from whoosh.fields import COLUMN, FieldType, Schema
from whoosh.formats import Existence

from review_app.domain.folding import fold_text
from review_app.domain.search_words import SEARCH_WORDS

_FORM: Final = 3
NO_NUMBER: Final = -(2**63)
TITLE_WEIGHT: Final = 4

# Stands after the title and after the body; folding turns it into a blank, so no query can reach across.
BORDER: Final = "\0"


def make_search_text(title: str, body: str) -> str:
    """What is indexed of an essay: folded title and body, each with a border behind it that no query matches."""
    return fold_text(title) + BORDER + fold_text(body) + BORDER


def encode_units(text: str) -> bytes:
    """The text in UTF-16, high byte first: two bytes a unit, so that two units are a term and terms sort as numbers."""
    return text.encode("utf-16-be", "surrogatepass")


class BigramField(FieldType):  # type: ignore[misc]  # the library has no types
    """Indexes a search text by its pairs of neighbouring UTF-16 units. The weight of a posting is the frequency, four
    times over in the title; its value the places where the pair begins, as little-endian 32-bit numbers."""

    def __init__(self) -> None:
        super().__init__(_Places(), None, scorable=True)

    def index(self, value: str, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Term, frequency, weight and places of each pair: only the library's own writer asks, see index_files."""
        units = encode_units(value)
        title_bytes = len(encode_units(value.partition(BORDER)[0]))
        places: dict[bytes, list[int]] = {}
        for start in range(0, len(units) - 2, 2):
            if units[start : start + 2] != b"\0\0":
                places.setdefault(units[start : start + 4], []).append(start)
        for term, starts in places.items():
            in_title = sum(start < title_bytes for start in starts)
            weight = len(starts) + (TITLE_WEIGHT - 1) * in_title
            yield term, len(starts), float(weight), (np.array(starts, "<u4") // 2).astype("<u4").tobytes()

    def to_bytes(self, value: str | bytes) -> bytes:
        """The term of two characters as it stands in the index."""
        return value if isinstance(value, bytes) else encode_units(value)


class _Places(Existence):  # type: ignore[misc]  # the library has no types
    """Postings whose values have any length."""

    posting_size = -1

    def decode_weight(self, valuestring: bytes) -> float:
        """One a place: the weight itself stands beside the value."""
        return len(valuestring) / 4


class FactsColumn(Column):  # type: ignore[misc]  # the library has no types
    """Everything of a document that is not its text: numbers, and names of which it may have several, each different
    name written once.

    The value of a document is a map from field to number or to a tuple of names. On the disk, all as little-endian
    numbers: for each number field one of 64 bits a document; for each name field the documents and the places in the
    list of names, of 32 bits, a pair for each name that a document has; then JSON that says where all that is and
    holds the sorted names; its size in bytes.
    """

    _default: Final[dict[str, Any]] = {}
    _tail = Struct("<I")

    class Writer(ColumnWriter):  # type: ignore[misc]
        """Collects the facts and writes them at the end."""

        def __init__(self, dbfile: Any) -> None:
            super().__init__(dbfile)
            self._rows: list[dict[str, Any]] = []

        def add(self, docnum: int, value: dict[str, Any]) -> None:
            """The facts of the next document."""
            assert docnum == len(self._rows)
            self._rows.append(value)

        def finish(self, docnum: int) -> None:
            """Write all of it."""
            directory: dict[str, Any] = {"numbers": {}, "names": {}}
            data = bytearray()
            for field in NUMBERS:
                directory["numbers"][field] = len(data)
                data += np.array([row.get(field, NO_NUMBER) for row in self._rows], "<i8").tobytes()
            for field in NAMES:
                owned = [(owner, name) for owner, row in enumerate(self._rows) for name in row.get(field, ())]
                names = sorted({name for _, name in owned})
                places = {name: place for place, name in enumerate(names)}
                directory["names"][field] = [len(data), len(owned), names]
                data += np.array([owner for owner, _ in owned], "<u4").tobytes()
                data += np.array([places[name] for _, name in owned], "<u4").tobytes()
            text = json.dumps(directory, ensure_ascii=False).encode()
            self._dbfile.write(bytes(data) + text + FactsColumn._tail.pack(len(text)))

    class Reader(ColumnReader):  # type: ignore[misc]
        """Gives whole columns."""

        def __init__(self, dbfile: Any, basepos: int, length: int, doccount: int) -> None:
            super().__init__(dbfile, basepos, length, doccount)
            end = length - FactsColumn._tail.size
            (size,) = FactsColumn._tail.unpack(dbfile.get(basepos + end, FactsColumn._tail.size))
            self._directory = json.loads(dbfile.get(basepos + end - size, size))

        def read_numbers(self, field: str) -> NDArray[np.int64]:
            """The number of each document, NO_NUMBER where there is none."""
            start = self._basepos + self._directory["numbers"][field]
            return np.frombuffer(self._dbfile.get(start, 8 * self._doccount), "<i8")

        def read_names(self, field: str) -> tuple[NDArray[np.uint32], NDArray[np.uint32], list[str]]:
            """Rising documents and for each of them a place in the sorted list of names, which comes last."""
            start, pairs, names = self._directory["names"][field]
            both = np.frombuffer(self._dbfile.get(self._basepos + start, 8 * pairs), "<u4")
            return both[:pairs], both[pairs:], names


NUMBERS: Final = (
    "essay_id",
    "unit_id",
    "title_length",
    *(word.name for word in SEARCH_WORDS if word.kind == "number"),
)
NAMES: Final = tuple(word.name for word in SEARCH_WORDS if word.kind == "name")
SCHEMA_VERSION: Final = zlib.crc32(repr((_FORM, NUMBERS, NAMES)).encode())


def make_schema() -> Schema:
    """`text`: the terms. `content`: the search text as UTF-8. `facts`: ids, the units before the first border, and what
    the search words ask for."""
    return Schema(
        text=BigramField(), content=COLUMN(VarBytesColumn(write_offsets_cutoff=0)), facts=COLUMN(FactsColumn())
    )
