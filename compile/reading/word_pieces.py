"""The text inside a Word binary file: its head, its piece table, its notes, and what is deleted or hidden in it."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple

from compile.errors import Refused
from compile.reading.ole import OleFile
from compile.reading.text import MAX_TEXT_LENGTH

State = Literal["", "deleted-text", "hidden-text", "symbol"]

_FIRST_WORD_97_VERSION = 106
_IS_TABLE_1 = 0x0200
_IS_NARROW, _OFFSET = 0x40000000, 0x3FFFFFFF
_MAX_PIECES, _MAX_RUNS, _MAX_NOTES = 200_000, 200_000, 10_000
_PAGE_BYTES = 512
# Word 95 and before keep one byte for a character; in these languages two make one.
_CODE_PAGES = {0x0404: "cp950", 0x0C04: "cp950", 0x1404: "cp950", 0x0804: "gb18030", 0x1004: "gb18030"}
_DELETED, _VANISHED, _SYMBOL = 0x0800, 0x083C, 0x6A09
_OPERAND_BYTES = (1, 1, 2, 4, 2, 2, 0, 3)


class _Layout(NamedTuple):
    """Where the head keeps the lengths of the texts and the place of the piece table."""

    counts: int
    pieces: int


_WORD_97, _WORD_95 = _Layout(0x4C, 0x1A2), _Layout(0x34, 0x160)
_FOOTNOTES, _ENDNOTES, _LOOKS = 0xAA, 0x20A, 0xFA


class _Piece(NamedTuple):
    """A stretch of text: character positions, and the place of its first byte."""

    start: int
    end: int
    offset: int
    is_narrow: bool


class Mark(NamedTuple):
    """What a run says of its text; `code` is that of a symbol, in four hexadecimal digits."""

    state: State = ""
    code: str = ""


class Segment(NamedTuple):
    """A stretch of text under one mark; `note` is the text of the note that stands here."""

    text: str
    mark: Mark
    note: str | None = None


class WordFile:
    """The texts of one Word file. Raises Refused with damaged or too-large."""

    def __init__(self, data: bytes) -> None:
        try:
            ole = OleFile(data)
        except ValueError as error:
            raise Refused("damaged") from error
        self._stream = ole.read("WordDocument")
        version, self._language, flags = (self._number(place, "<H") for place in (2, 6, 10))
        self._is_word_97 = version >= _FIRST_WORD_97_VERSION
        self._table = self._stream
        if self._is_word_97:
            self._table = ole.read("1Table" if flags & _IS_TABLE_1 else "0Table")
        layout = _WORD_97 if self._is_word_97 else _WORD_95
        lengths = [max(self._number(layout.counts + 4 * index, "<i"), 0) for index in range(7)]
        if not lengths[0]:
            raise Refused("damaged")
        if sum(lengths) > MAX_TEXT_LENGTH:
            raise Refused("too-large")
        self._pieces = self._read_pieces(layout.pieces, sum(lengths))
        self._width, self._encoding = (2, "utf-16-le") if self._is_word_97 else (1, self._code_page)
        self._text = b"".join(map(self._read_piece, self._pieces))
        # The texts follow one another: body, footnotes, headers, macros, comments, endnotes, text boxes.
        ends = list(accumulate(lengths))
        self._length = ends[0]
        self._footnotes, self._headers, _, _, self._endnotes, self._boxes = pairwise(ends)

    @property
    def headers(self) -> str:
        """All page headers and footers in one text."""
        return self._cut(*self._headers)

    @property
    def boxes(self) -> str:
        """The texts of all text boxes in one."""
        return self._cut(*self._boxes)

    def iter_body(self) -> Iterator[Segment]:
        """The body, parted where a note stands and where text is deleted, hidden, or a symbol."""
        notes = self._read_notes(_FOOTNOTES, *self._footnotes) | self._read_notes(_ENDNOTES, *self._endnotes)
        marked = self._find_marked()
        starts = [start for start, _, _ in marked]
        ends = [end for _, end, _ in marked]
        cuts = {0, self._length, *notes, *(position + 1 for position in notes), *starts, *ends}
        ordered = sorted(cut for cut in cuts if 0 <= cut <= self._length)
        for start, end in pairwise(ordered):
            index = bisect_right(starts, start) - 1
            mark = marked[index][2] if index >= 0 and start < marked[index][1] else Mark()
            yield Segment(self._cut(start, end), mark, notes.get(start))

    def _cut(self, start: int, end: int) -> str:
        return self._text[start * self._width : end * self._width].decode(self._encoding, "replace")

    @property
    def _code_page(self) -> str:
        return _CODE_PAGES.get(self._language, "cp1252")

    def _number(self, place: int, kind: str = "<I") -> int:
        """A number of the head, 0 where the head is shorter."""
        if place + struct.calcsize(kind) > len(self._stream):
            return 0
        number: int = struct.unpack_from(kind, self._stream, place)[0]
        return number

    def _read_from_table(self, place: int) -> bytes:
        """A structure of the table stream; the head holds its place and size."""
        start, size_bytes = self._number(place), self._number(place + 4)
        return self._table[start : start + size_bytes]

    # Pieces

    def _read_pieces(self, place: int, length: int) -> list[_Piece]:
        table = _find_piece_table(self._read_from_table(place))
        count = max(len(table) - 4, 0) // 12
        if not count and not self._is_word_97:
            # Word 95 keeps a text that was saved at once in one stretch.
            return [_Piece(0, length, self._number(0x18), is_narrow=True)]
        pieces: list[_Piece] = []
        reached = 0
        for index in range(min(count, _MAX_PIECES)):
            start, end = struct.unpack_from("<II", table, index * 4)
            if start != reached or end < start or start >= length:
                break
            reached = end
            offset = struct.unpack_from("<I", table, (count + 1) * 4 + index * 8 + 2)[0]
            is_narrow = not self._is_word_97 or bool(offset & _IS_NARROW)
            if self._is_word_97:
                offset = (offset & _OFFSET) // (2 if is_narrow else 1)
            if end > start:
                pieces.append(_Piece(start, min(end, length), offset, is_narrow))
        if not pieces:
            raise Refused("damaged")
        return pieces

    def _read_piece(self, piece: _Piece) -> bytes:
        """The bytes of a piece in the encoding of the whole text, filled up where the file was cut off."""
        length = piece.end - piece.start
        size_bytes = length if piece.is_narrow else length * 2
        data = self._stream[piece.offset : piece.offset + size_bytes].ljust(size_bytes, b"\0")
        if piece.is_narrow and self._is_word_97:
            return data.decode("cp1252", "replace").encode("utf-16-le")
        return data

    # Notes

    def _read_notes(self, place: int, text_start: int, text_end: int) -> dict[int, str]:
        """The texts of the notes by the position of their marks."""
        if not self._is_word_97:
            return {}
        marks, texts = self._read_from_table(place), self._read_from_table(place + 8)
        count = min(max(len(marks) - 4, 0) // 6, max(len(texts) // 4 - 1, 0), _MAX_NOTES)
        notes: dict[int, str] = {}
        reached = 0
        for index in range(count):
            (position,) = struct.unpack_from("<I", marks, index * 4)
            start, end = struct.unpack_from("<II", texts, index * 4)
            if not reached <= start <= end <= text_end - text_start:
                break
            reached = end
            notes[position] = self._cut(text_start + start, text_start + end)
        return notes

    # Deleted and hidden text, symbols

    def _find_marked(self) -> list[tuple[int, int, Mark]]:
        """The marked stretches by character positions, in order."""
        runs = list(self._iter_marked_runs()) if self._is_word_97 else []
        starts = [start for start, _, _ in runs]
        found: list[tuple[int, int, Mark]] = []
        for piece in self._pieces if runs else ():
            width = 1 if piece.is_narrow else 2
            piece_end = piece.offset + (piece.end - piece.start) * width
            index = max(bisect_right(starts, piece.offset) - 1, 0)
            while index < len(runs) and runs[index][0] < piece_end:
                start, end, mark = runs[index]
                first = piece.start + max(start - piece.offset, 0) // width
                last = piece.start + (min(end, piece_end) - piece.offset) // width
                if first < last:
                    found.append((first, last, mark))
                index += 1
        return found

    def _iter_marked_runs(self) -> Iterator[tuple[int, int, Mark]]:
        """The marked runs by the places of their bytes; runs that overlap earlier ones are passed over."""
        table = self._read_from_table(_LOOKS)
        count = max(len(table) - 4, 0) // 8
        left_runs, reached = _MAX_RUNS, 0
        for (page_number,) in struct.iter_unpack("<I", table[(count + 1) * 4 : (count + 1) * 4 + count * 4]):
            start = (page_number & 0x3FFFFF) * _PAGE_BYTES
            page = self._stream[start : start + _PAGE_BYTES]
            if len(page) < _PAGE_BYTES or left_runs <= 0:
                return
            run_count = min(page[-1], 101)
            left_runs -= run_count + 1
            bounds = struct.unpack_from(f"<{run_count + 1}I", page)
            for index in range(run_count):
                first, last = bounds[index], bounds[index + 1]
                if not reached <= first < last:
                    continue
                reached = last
                place = page[(run_count + 1) * 4 + index] * 2
                mark = _read_mark(page[place + 1 : place + 1 + page[place]]) if place else Mark()
                if mark.state:
                    yield first, last, mark


def _find_piece_table(table: bytes) -> bytes:
    """The piece table behind the property lists that stand before it."""
    place = 0
    while place + 5 <= len(table):
        if table[place] == 1:
            place += 3 + int.from_bytes(table[place + 1 : place + 3], "little")
        elif table[place] == 2:
            size_bytes = int.from_bytes(table[place + 1 : place + 5], "little")
            return table[place + 5 : place + 5 + size_bytes]
        else:
            break
    return b""


def _read_mark(properties: bytes) -> Mark:
    """What the property list of a run says of its text."""
    place = 0
    mark = Mark()
    while place + 3 <= len(properties):
        code = int.from_bytes(properties[place : place + 2], "little")
        size_bytes = _OPERAND_BYTES[code >> 13]
        operand = properties[place + 2 : place + 2 + size_bytes]
        if not size_bytes:
            size_bytes = 1 + properties[place + 2]
        elif code == _DELETED and operand[0] & 1:
            return Mark("deleted-text")
        elif code == _VANISHED and operand[0] & 1:
            mark = Mark("hidden-text")
        elif code == _SYMBOL and mark.state != "hidden-text" and len(operand) == size_bytes:
            mark = Mark("symbol", f"{int.from_bytes(operand[2:], 'little'):04X}")
        place += 2 + size_bytes
    return mark
