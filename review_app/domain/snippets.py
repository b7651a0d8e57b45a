"""Where the searched words stand in a text, and the short stretch around them that shows most of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from review_app.domain.folding import compile_folded, fold_blanks, fold_text

SNIPPET_CHARACTERS: Final = 120
_LEAD_CHARACTERS: Final = 20
_MAX_RANGES: Final = 500


@dataclass(frozen=True, slots=True)
class Snippet:
    """A stretch of a text beginning at `offset`; `ranges` are (start, stop) inside `text`, in order, not overlapping.

    `text` is as written, blanks and line ends shown as spaces; the template escapes it.
    """

    text: str
    offset: int
    ranges: tuple[tuple[int, int], ...]
    is_cut_before: bool
    is_cut_after: bool


def find_ranges(text: str, words: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where the words stand in the text as (start, stop), in order, longest word first, the first 500.

    Width and case are folded, so the offsets are those of the text as written.
    """
    sought = tuple(word for word in words if word)
    if not sought:
        return ()
    return tuple(found.span() for found in islice(compile_folded(sought).finditer(text), _MAX_RANGES))


def find_snippet(text: str, words: Sequence[str], *, length: int = SNIPPET_CHARACTERS) -> Snippet:
    """The stretch of at most `length` characters with the most different words, the first of equals.

    Without a hit, the beginning of the text.
    """
    ranges = find_ranges(text, words)
    first, last = _find_best_window(text, ranges, length)
    if first == last:
        start = 0
    else:
        spare = length - (min(ranges[last - 1][1], ranges[first][0] + length) - ranges[first][0])
        start = max(0, min(ranges[first][0] - min(_LEAD_CHARACTERS, spare // 2), len(text) - length))
    stop = min(len(text), start + length)
    return Snippet(
        text=fold_blanks(text[start:stop]),
        offset=start,
        ranges=tuple((a - start, min(b, stop) - start) for a, b in ranges if start <= a < stop),
        is_cut_before=start > 0,
        is_cut_after=stop < len(text),
    )


def _find_best_window(text: str, ranges: Sequence[tuple[int, int]], length: int) -> tuple[int, int]:
    """First and one past the last range of the best window; (0, 0) without ranges."""
    written = [text[start:stop] for start, stop in ranges]
    folded = {word: fold_text(word) for word in set(written)}
    different_in_all = len(set(folded.values()))
    best, most_different = (0, 0), 0
    last = 0
    for first, (start, _) in enumerate(ranges):
        last = max(last, first + 1)
        while last < len(ranges) and ranges[last][1] <= start + length:
            last += 1
        different = len({folded[word] for word in written[first:last]})
        if different > most_different:
            best, most_different = (first, last), different
        if different == different_in_all:
            break
    return best
