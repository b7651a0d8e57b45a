"""A passage of a work, known by its words: cut where it is marked, and found again in a later version of the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from review_app.domain.errors import N_, Invalid

QUOTE_LIMIT: Final = 1000
# How many characters on either side tell equal passages apart.
CONTEXT: Final = 24
# So few characters stand in many places: they are the same passage only among some of the same neighbours.
_TELLING: Final = 8
_NEIGHBOURS: Final = 4
# An edited passage keeps this share of its words, counted on both sides.
_LIKENESS: Final = 0.7
# Before texts are compared character by character they must share this part of the pairs of the passage.
_SHARED_PAIRS: Final = 0.5
_EDGE: Final = "\0"


class MarkKind(StrEnum):
    """What a person says of a passage."""

    GOOD = "good"
    DOUBT = "doubt"
    PRIVACY = "privacy"

    @property
    def label(self) -> str:
        """The Chinese name of the kind, a msgid, and what search knows it by."""
        return _LABELS[self]


_LABELS: Final = {MarkKind.GOOD: N_("好案例"), MarkKind.DOUBT: N_("存疑"), MarkKind.PRIVACY: N_("隐私")}


@dataclass(frozen=True, slots=True)
class Passage:
    """Characters `start` to `end` of a block when they were marked: the words themselves and some on either side."""

    block: int
    start: int
    end: int
    quote: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands now; `is_edited`: words inside it were changed since."""

    block: int
    start: int
    end: int
    is_edited: bool = False


def cut_passage(texts: Sequence[str], *, block: int, quote: str, near: int = 0) -> Passage:
    """The passage of these words in a block, the one nearest to character `near` where they occur more than once.

    `texts` are the texts of the blocks, "" for pictures and tables. Raises Invalid (field "block" or "quote") for words
    that do not stand there.
    """
    words = quote.replace("\r\n", "\n").strip()
    if not 0 <= block < len(texts) or not texts[block]:
        raise Invalid(N_("请选择要划线的一段。"), "block")
    if not words:
        raise Invalid(N_("请写出要划线的原文。"), "quote")
    if len(words) > QUOTE_LIMIT:
        raise Invalid(N_("一处最多划 %(limit)s 个字，请分几处划。"), "quote", limit=QUOTE_LIMIT)
    text = texts[block]
    start = min(_list_places(text, words), key=lambda place: abs(place - near), default=None)
    if start is None:
        raise Invalid(N_("这一段里没有这几个字。请照原文写，或从正文里复制。"), "quote")
    end = start + len(words)
    return Passage(block, start, end, words, text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT])


def find_again(passage: Passage, texts: Sequence[str]) -> Place | None:
    """Where the passage stands among the blocks of another version, None where it no longer does.

    The very words come before edited ones; among several places the one with the most of the same neighbours, then
    the nearest.
    """
    length = len(passage.quote)
    before, after = _list_neighbours(passage)
    same = [
        (_count_shared(before, text[:at][::-1] + _EDGE) + _count_shared(after, text[at + length :] + _EDGE), block, at)
        for block, text in enumerate(texts)
        for at in _list_places(text, passage.quote)
    ]
    if length < _TELLING:
        same = [one for one in same if one[0] >= min(_NEIGHBOURS, len(before) + len(after))]
    if not same:
        return _find_edited(passage, texts) if length >= _TELLING else None
    _shared, block, at = max(same, key=lambda one: (one[0], *_nearness(passage, one[1], one[2])))
    return Place(block, at, at + length)


def _find_edited(passage: Passage, texts: Sequence[str]) -> Place | None:
    pairs = _list_pairs(passage.quote)
    found: list[tuple[float, Place]] = []
    for block, text in enumerate(texts):
        if len(pairs & _list_pairs(text)) >= len(pairs) * _SHARED_PAIRS:
            likeness, start, end = _align(passage.quote, text)
            if likeness >= _LIKENESS:
                found.append((likeness, Place(block, start, end, is_edited=True)))
    if not found:
        return None
    return max(found, key=lambda one: (one[0], *_nearness(passage, one[1].block, one[1].start)))[1]


def _align(quote: str, text: str) -> tuple[float, int, int]:
    """How alike the quote and its best stretch of the text are, and where that begins and ends. The stretch lies round
    the longest piece they share and is little longer than the quote."""
    anchor = SequenceMatcher(None, text, quote, autojunk=False).find_longest_match()
    slack = len(quote) // 4 + 4
    first = max(0, anchor.a - anchor.b - slack)
    window = text[first : anchor.a - anchor.b + len(quote) + slack]
    shared = SequenceMatcher(None, window, quote, autojunk=False).get_matching_blocks()
    pieces = [piece for piece in shared if piece.size > 1]
    if not pieces:
        return 0.0, 0, 0
    start, end = pieces[0].a, pieces[-1].a + pieces[-1].size
    likeness = 2 * sum(piece.size for piece in pieces) / (len(quote) + end - start)
    return likeness, first + start, first + end


def _list_places(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _list_pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _list_neighbours(passage: Passage) -> tuple[str, str]:
    """The characters on either side, outwards; the edge of a block is one of them."""
    edges = ["" if len(side) == CONTEXT else _EDGE for side in (passage.before, passage.after)]
    return passage.before[::-1] + edges[0], passage.after + edges[1]


def _count_shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )


def _nearness(passage: Passage, block: int, start: int) -> tuple[int, int]:
    return -abs(block - passage.block), -abs(start - passage.start)
