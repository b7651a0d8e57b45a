"""Line breaking by arithmetic: how many lines a text takes in a given width, by the rules a word processor follows."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache
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
_NARROW: Final = re.compile("[^\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60“”‘’…—·]")


def break_lines(text: str, *, size: int, width: int, first_width: int = 0, tightening: int = 0) -> list[int]:
    """The end position of every line of the text, the last being its length; [0] for an empty text. All lengths in
    twips. A line feed in the text ends a line."""
    ends: list[int] = []
    start = 0
    room = first_width or width
    for piece in text.split("\n"):
        for end in _break_piece(piece, size + tightening, size, width, room):
            ends.append(start + end)
            room = width
        start += len(piece) + 1
    return ends


def _break_piece(text: str, full: int, size: int, width: int, room: int) -> list[int]:
    """Line ends of a text without line feeds; `full` is the advance of a full-width character."""
    edges = _edges(text, full, size) if _NARROW.search(text) else None
    ends: list[int] = []
    start = 0
    while True:
        end = start + room // full if edges is None else _last_fitting(edges, start, room)
        if end >= len(text):
            return [*ends, len(text)]
        start = _legal_break(text, start, max(end, start + 1))
        ends.append(start)
        if start >= len(text):
            return ends
        room = width


def _legal_break(text: str, start: int, end: int) -> int:
    """The last place at or before `end` where the line may break; one mark may hang over the edge."""
    length = len(text)
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


def _edges(text: str, full: int, size: int) -> tuple[list[int], list[int]]:
    """The left and right edges of all characters on one endless line. Between Han and Latin text a word processor
    leaves a gap of a fifth of the size, and does not tighten there."""
    lefts: list[int] = []
    rights: list[int] = []
    tightening, gap = full - size, size // 5 + size - full
    edge = 0
    last_script = ""
    for character in text:
        script, width = _script_and_width(character)
        if script and last_script and script != last_script:
            edge += gap
        lefts.append(edge)
        edge += width * size // 1000 + tightening
        rights.append(edge)
        last_script = script
    return lefts, rights


@cache
def _script_and_width(character: str) -> tuple[str, int]:
    """ "han" or "latin" for letters and figures, "" for marks; and the width in 1/1000 of the size."""
    is_narrow = _NARROW.match(character) is not None
    script = ("latin" if is_narrow else "han") if character.isalnum() else ""
    if " " <= character <= "~":
        return script, _TIMES[ord(character) - 32]
    if character in _SHARED_MARKS or unicodedata.east_asian_width(character) in ("W", "F", "A"):
        return script, 1000
    return script, 0 if unicodedata.combining(character) else 500


def _last_fitting(edges: tuple[list[int], list[int]], start: int, room: int) -> int:
    """The end of the longest stretch from `start` that fits; at least `start`."""
    lefts, rights = edges
    return bisect_right(rights, lefts[start] + room, lo=start)


def measure_width(text: str, size: int) -> int:
    """How wide the text is on one line, in twips."""
    _, rights = _edges(text, size, size)
    return rights[-1] if rights else 0
