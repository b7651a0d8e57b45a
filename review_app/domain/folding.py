"""Fold width, compatibility forms, blanks, case and traditional characters without changing the length of a text, so
that offsets stay valid."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

from review_app.domain.traditional import SIMPLIFIED, TRADITIONAL

_BLANKS: Final = "\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_QUOTES: Final = {"“": '"', "”": '"', "„": '"', "‟": '"', "‘": "'", "’": "'", "‚": "'", "‛": "'"}
# Raised and lowered figures, letterlike and Roman numerals, circled signs, radicals, compatibility ideographs, small and
# full-width forms.
_COMPATIBILITY_RANGES: Final = (
    (0x00A0, 0x00C0),
    (0x2070, 0x20A0),
    (0x2100, 0x2190),
    (0x2460, 0x2500),
    (0x2E80, 0x2FE0),
    (0x3200, 0x3400),
    (0xF900, 0xFB00),
    (0xFE10, 0xFFF0),
)


def _build_width_table() -> dict[int, str]:
    table = {}
    for start, stop in _COMPATIBILITY_RANGES:
        for code in range(start, stop):
            folded = unicodedata.normalize("NFKC", chr(code))
            if len(folded) == 1 and folded != chr(code):
                table[code] = folded
    table |= {ord(mark): plain for mark, plain in _QUOTES.items()}
    table |= {ord(blank): " " for blank in _BLANKS}
    table |= dict.fromkeys((*range(32), 127), " ")
    table |= dict.fromkeys(range(55296, 57344), "�")  # a lone surrogate cannot be written as UTF-8
    return table


_WIDTH_TABLE: Final = _build_width_table()


def _build_index_table() -> list[int]:
    """What each character of the basic plane is folded to. `str.translate` reads a list twice as fast as a mapping."""
    table = list(range(0x10000))
    simplified = dict(zip(map(ord, TRADITIONAL), map(ord, SIMPLIFIED), strict=True))
    for code, simple in simplified.items():
        table[code] = simple
    for code, plain in _WIDTH_TABLE.items():
        place = ord(plain)
        table[code] = simplified.get(place, place)  # a compatibility form may be one of a traditional character
    # The only letters whose lower case is longer than one character or depends on the neighbours.
    table[ord("İ")], table[ord("Σ")], table[ord("ς")] = ord("i"), ord("σ"), ord("σ")
    return table


_INDEX_TABLE: Final = _build_index_table()
_BLANK_TABLE: Final = {code: plain for code, plain in _WIDTH_TABLE.items() if plain == " "}


def fold_width(text: str) -> str:
    """The text with full-width and compatibility forms made plain and every blank or control character a space.

    Same length as `text`; case is kept.
    """
    return text.translate(_WIDTH_TABLE)


def fold_text(text: str) -> str:
    """The text as the index compares it: `fold_width` in lower case and simplified characters, same length as `text`.

    Character by character: folding a part gives the part of the folding.
    """
    return text.translate(_INDEX_TABLE).lower()


def fold_blanks(text: str) -> str:
    """The text as written, with every blank or control character a space; same length."""
    return text.translate(_BLANK_TABLE)


@lru_cache(maxsize=64)
def compile_folded(words: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern that finds in a text as written what the words, folded, would find in the folded text.

    Of several words at one place the longest wins. Ten times faster on a long text than folding it first.
    """
    origins = _list_origins()
    folded = sorted(set(map(fold_text, words)), key=lambda word: (-len(word), word))
    return re.compile("|".join("".join(_escape_any(origins.get(c, c)) for c in word) for word in folded))


@cache
def _list_origins() -> dict[str, str]:
    """For each folded character of the basic plane that has several written forms, all of them."""
    written = "".join(map(chr, range(0x10000)))
    origins: dict[str, str] = {}
    for folded, origin in zip(fold_text(written), written, strict=True):
        if folded != origin:
            origins[folded] = origins.get(folded, folded) + origin
    return origins


def _escape_any(characters: str) -> str:
    return re.escape(characters) if len(characters) == 1 else f"[{re.escape(characters)}]"
