"""Copied passages: the letters of a text, its fingerprints, and the passages two texts have in common.

Fingerprints are found by winnowing (Schleimer, Wilkerson, Aiken 2003): of every window of eight neighbouring 8-grams the
least hash is kept, so that two texts with fifteen letters in a row in common share at least one, wherever they stand.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from review_app.domain.errors import N_
from review_app.domain.folding import fold_text

GRAM: Final = 8
# Steps by which the least of eight neighbours is found: of two, of four, of eight.
_HALVES: Final = (1, 2, 4)
# A passage with fewer letters in common is a phrase that anybody may use.
FEWEST_LETTERS: Final = 20
# What lies between two common runs of one passage at most: a word put in the place of another, a half-sentence added.
WIDEST_GAP: Final = 12
# A longer quotation is counted: nobody quotes half a page, but quotation marks may be put around what was copied.
LONGEST_QUOTATION: Final = 200
# Where a text repeats itself, so many places are tried for each passage.
_MOST_PLACES: Final = 16

# Shares in thousandths of the counted letters. Below SIMILAR nothing is kept: unrelated works of one subject reach some
# hundredths by stock phrases. From COPIED on nearly half of a work stands in the other, which no common source explains.
SIMILAR: Final = 120
COPIED: Final = 400
# Essays that share fewer of their fingerprints are not compared letter by letter.
NOTICED: Final = 40
# What a unit is asked about before it sends the same work twice.
SAME: Final = 800
# A passage in the works of more units than these is common property: a form, a slogan, a law nobody has listed.
COMMON_UNITS: Final = 20

_LETTERS: Final = re.compile(r"[^\W_]+")
_QUOTATION: Final = re.compile(r"“[^“”\n]*”|「[^「」\n]*」|『[^『』\n]*』|《[^《》\n]*》|\"[^\"\n]*\"|＂[^＂\n]*＂")


class PairDecision(StrEnum):
    """What the bureau made of two works with much in common; the program decides nothing."""

    UNDECIDED = "undecided"
    HONEST = "honest"
    COPIED = "copied"

    @property
    def label(self) -> str:
        """The Chinese name of the decision, a msgid."""
        return _LABELS[self]


_LABELS: Final[Mapping[PairDecision, str]] = MappingProxyType(
    {
        PairDecision.UNDECIDED: N_("待核实"),
        PairDecision.HONEST: N_("正当重复"),
        PairDecision.COPIED: N_("确认抄袭或重复报送"),
    }
)


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters and figures of a text, folded, without blanks and marks. `places` says where each stands in the text,
    `counted` holds 1 for each that counts and 0 for those quoted or known."""

    text: str
    places: Sequence[int]
    counted: bytes

    @property
    def count(self) -> int:
        """How many letters count."""
        return self.counted.count(1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The same letters in two texts: from where to where they stand in the one and in the other."""

    start: int
    end: int
    other_start: int
    other_end: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts have in common: shares in thousandths of either's counted letters, how many letters, and the
    passages, each of one stretch or several with little between them."""

    share: int
    other_share: int
    letters: int
    passages: tuple[tuple[Stretch, ...], ...]

    @property
    def greatest_share(self) -> int:
        """The share of the text of which more stands in the other."""
        return max(self.share, self.other_share)


@dataclass(frozen=True, slots=True)
class _Run:
    """So many letters from here in the one and there in the other are equal."""

    here: int
    there: int
    length: int


def read_letters(text: str) -> Letters:
    """The letters of a text; those inside quotation marks or 《》 are not counted."""
    places: list[int] = []
    parts = []
    for found in _LETTERS.finditer(fold_text(text)):
        parts.append(found.group())
        places.extend(range(*found.span()))
    counted = bytearray(b"\1" * len(places))
    for quoted in _QUOTATION.finditer(text):
        first, last = bisect_left(places, quoted.start()), bisect_left(places, quoted.end())
        if last - first <= LONGEST_QUOTATION:
            counted[first:last] = bytes(last - first)
    return Letters("".join(parts), places, bytes(counted))


def list_fingerprints(letters: Letters) -> tuple[int, ...]:
    """The fingerprints of a text, 32 bits each, rising; none that touches letters that are not counted."""
    least = [hashed << 32 | place for place, hashed in enumerate(_hash_grams(letters.text))]
    for half in _HALVES:
        least = list(map(min, least, least[half:])) or least
    chosen = {(one >> 32, one & 0xFFFFFFFF) for one in set(least)}
    return tuple(sorted({hashed for hashed, place in chosen if 0 not in letters.counted[place : place + GRAM]}))


@lru_cache(maxsize=2)
def hash_known(texts: tuple[str, ...]) -> frozenset[int]:
    """The hashes of every 8-gram of texts that anybody may use, such as laws and the notice of the contest."""
    return frozenset(hashed for text in texts for hashed in _hash_grams(read_letters(text).text))


def discount(letters: Letters, *known: Collection[int]) -> Letters:
    """The same letters with those that stand in an 8-gram of any of the `known` no longer counted."""
    counted = bytearray(letters.counted)
    sets = [hashes for hashes in known if hashes]
    for place, hashed in enumerate(_hash_grams(letters.text) if sets else ()):
        if any(hashed in hashes for hashes in sets):
            counted[place : place + GRAM] = bytes(GRAM)
    return replace(letters, counted=bytes(counted))


def compare(one: Letters, other: Letters) -> Likeness:
    """The passages in common and their share. A letter counts where it counts in both texts, for a quotation is honest
    however it stands at its source."""
    passages = []
    here, there = bytearray(len(one.text)), bytearray(len(other.text))
    for runs in _join_runs(_find_runs(one.text, other.text)):
        if sum(sum(_count_both(one, other, run)) for run in runs) < FEWEST_LETTERS:
            continue
        passages.append(tuple(_to_stretch(one, other, run) for run in runs))
        for run in runs:
            for offset, is_counted in enumerate(_count_both(one, other, run)):
                here[run.here + offset] |= is_counted
                there[run.there + offset] |= is_counted
    return Likeness(
        share=_thousandths(sum(here), one.count),
        other_share=_thousandths(sum(there), other.count),
        letters=max(sum(here), sum(there)),
        passages=tuple(passages),
    )


def _hash_grams(text: str) -> list[int]:
    raw = text.encode("utf-32-le")
    width = 4 * GRAM
    return [zlib.crc32(raw[start : start + width]) for start in range(0, len(raw) - width + 1, 4)]


def _find_runs(here: str, there: str) -> Iterator[_Run]:
    """Equal runs from front to back, each the longest that begins at its place; of several the one that goes on best."""
    starts = defaultdict(list)
    for start in range(len(there) - GRAM + 1):
        starts[there[start : start + GRAM]].append(start)
    place = expected = 0
    while place <= len(here) - GRAM:
        found = starts.get(here[place : place + GRAM])
        if found is None:
            place, expected = place + 1, expected + 1
            continue
        length, _distance, start = max(
            (_count_equal(here[place:], there[start:]), -abs(start - expected), start) for start in found[:_MOST_PLACES]
        )
        yield _Run(place, start, length)
        place, expected = place + length, start + length


def _count_equal(here: str, there: str) -> int:
    length = 0
    for one, other in zip(here, there, strict=False):
        if one != other:
            break
        length += 1
    return length


def _join_runs(runs: Iterable[_Run]) -> list[list[_Run]]:
    """Runs with little between them in both texts belong to one passage."""
    listed = list(runs)
    passages = [listed[:1]] if listed else []
    for before, run in pairwise(listed):
        gaps = run.here - before.here - before.length, run.there - before.there - before.length
        if all(0 <= gap <= WIDEST_GAP for gap in gaps):
            passages[-1].append(run)
        else:
            passages.append([run])
    return passages


def _count_both(one: Letters, other: Letters, run: _Run) -> list[int]:
    here = one.counted[run.here : run.here + run.length]
    there = other.counted[run.there : run.there + run.length]
    return [a & b for a, b in zip(here, there, strict=True)]


def _to_stretch(one: Letters, other: Letters, run: _Run) -> Stretch:
    last = run.length - 1
    return Stretch(
        one.places[run.here],
        one.places[run.here + last] + 1,
        other.places[run.there],
        other.places[run.there + last] + 1,
    )


def _thousandths(part: int, whole: int) -> int:
    return part * 1000 // whole if whole else 0
