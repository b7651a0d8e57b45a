"""Line breaking by arithmetic: how many lines a text takes in a given width, by the rules a word processor follows."""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import Final

# Widths of Times New Roman in 1/1000 of the size, U+0020 to U+007E.
# fmt: off
_TIMES: Final = (
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278,
    500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444,
    921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722,
    556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500,
    333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500,
    500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
)
# fmt: on
_NOT_FIRST: Final = frozenset("!%),.:;?]}、。々〉》」』】〕〗！），．：；？｝］～·’”％℃")
_NOT_LAST: Final = frozenset("([{〈《「『【〔〖（［｛“‘￥＄")
_HANGING: Final = frozenset("，。、；：！？．,.;:!?")
_SHARED_MARKS: Final = frozenset("“”‘’…—·")
_WIDE: Final = r"\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60“”‘’…—·"
_NARROW: Final = re.compile(f"[^{_WIDE}]")
# Letters and figures that are set in Latin type, as many as stand together.
_LATIN_WORD: Final = re.compile(rf"[^\W_{_WIDE}]+")
# How many characters more than full-width ones a line with figures in it holds, mostly.
_MORE: Final = 10
# Where a full-width character stands before the edge and none of these behind it, the line may always end.
_CARE_BEHIND: Final = _NOT_FIRST | {"—"}


def break_lines(text: str, *, size: int, width: int, first_width: int = 0, tightening: int = 0) -> list[int]:
    """The end position of every line of the text, the last being its length; [0] for an empty text. All lengths in
    twips. A line feed in the text ends a line."""
    room = first_width or width
    if "\n" not in text:
        if len(text) * (size + size // 5) <= room:  # no character with the gap before it is wider
            return [len(text)]
        return _break_piece(text, size, tightening, width, room)
    ends: list[int] = []
    start = 0
    for piece in text.split("\n"):
        ends += (start + end for end in _break_piece(piece, size, tightening, width, room))
        start += len(piece) + 1
        room = width
    return ends


def _break_piece(text: str, size: int, tightening: int, width: int, room: int) -> list[int]:
    """Line ends of a text without line feeds. Lines of full-width characters alone are counted; only a line that holds
    a narrow one is measured."""
    length = len(text)
    full = size + tightening
    per_line = width // full
    ends: list[int] = []
    start = 0
    end = room // full
    next_narrow = _find_narrow(text, 0)
    while True:
        plain = min(next_narrow, length)
        while start < end < plain:
            if text[end] in _CARE_BEHIND:
                if text[end] not in _HANGING or end + 1 >= plain or text[end + 1] in _CARE_BEHIND:
                    break
                end += 1  # the mark hangs over the edge
            elif text[end - 1] in _NOT_LAST:
                break
            ends.append(end)
            start = end
            end += per_line
            room = width
        if end >= next_narrow:
            begin = max(start, next_narrow - 1)  # between that one and the narrow one may be a gap
            end = _last_fitting(text, begin, room - (begin - start) * full, size, tightening)
        if end >= length:
            break
        start = _legal_break(text, start, max(end, start + 1))
        ends.append(start)
        if start >= length:
            return ends
        if start > next_narrow:
            next_narrow = _find_narrow(text, start)
        end = start + per_line
        room = width
    ends.append(length)
    return ends


def _find_narrow(text: str, start: int) -> int:
    """Where the first narrow character from `start` on stands; beyond all lines where there is none."""
    found = _NARROW.search(text, start)
    return found.start() if found else sys.maxsize


def _legal_break(text: str, start: int, end: int) -> int:
    """The last place at or before `end` where the line may break; one mark may hang over the edge."""
    length = len(text)
    if end >= length:
        return length
    if text[end] in _HANGING and (end + 1 == length or _may_break(text, end + 1)):
        return end + 1
    if text[end] == " ":
        while end < length and text[end] == " ":
            end += 1
        return end
    position = end
    while position > start and not _may_break(text, position):
        position -= 1
    return position if position > start else end


def _may_break(text: str, position: int) -> bool:
    before, after = text[position - 1], text[position]
    if after in _NOT_FIRST or before in _NOT_LAST or after == " " or before == after == "—":
        return False
    return not (_is_word_part(before) and _is_word_part(after))


def _is_word_part(character: str) -> bool:
    return character != " " and character not in "-/" and _NARROW.match(character) is not None


def _last_fitting(text: str, start: int, room: int, size: int, tightening: int) -> int:
    """The end of the longest stretch from `start` that fits; at least `start`."""
    reach = room // (size + tightening) + _MORE
    while True:
        edges = list(accumulate(_list_widths(text[start : start + reach], size, tightening)))
        if edges[-1] > room or start + reach >= len(text):
            return start + bisect_right(edges, room)
        reach *= 2


def _list_widths(text: str, size: int, tightening: int) -> list[int]:
    """How far every character moves the line on. Between Han and Latin text a word processor leaves a gap of a fifth of
    the size, and does not tighten there."""
    advances = _advances(size, tightening)
    gap = size // 5 - tightening
    widths = [advances[character] for character in text]
    for word in _LATIN_WORD.finditer(text):
        first, behind = word.span()
        if first and text[first - 1].isalnum():
            widths[first] += gap
        if behind < len(text) and text[behind].isalnum():
            widths[behind] += gap
    return widths


class _Advances(dict[str, int]):
    """How far each character moves the line on at one size, worked out at its first use."""

    def __init__(self, size: int, tightening: int) -> None:
        super().__init__()
        self._size, self._tightening = size, tightening

    def __missing__(self, character: str) -> int:
        self[character] = advance = _width(character) * self._size // 1000 + self._tightening
        return advance


@cache
def _advances(size: int, tightening: int) -> _Advances:
    return _Advances(size, tightening)


def _width(character: str) -> int:
    """The width of a character in 1/1000 of the size."""
    if " " <= character <= "~":
        return _TIMES[ord(character) - 32]
    if character in _SHARED_MARKS or unicodedata.east_asian_width(character) in ("W", "F", "A"):
        return 1000
    return 0 if unicodedata.combining(character) else 500


def measure_width(text: str, size: int) -> int:
    """How wide the text is on one line, in twips."""
    return sum(_list_widths(text, size, 0))
