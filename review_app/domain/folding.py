"""Fold width, compatibility forms, blanks and case of a text without changing its length, so offsets stay valid."""

from __future__ import annotations

import unicodedata
from typing import Final

_BLANKS: Final = "\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_QUOTES: Final = {"“": '"', "”": '"', "„": '"', "‟": '"', "‘": "'", "’": "'", "‚": "'", "‛": "'"}
# Letterlike and Roman numerals, circled signs, radicals, compatibility ideographs, small and full-width forms.
_COMPATIBILITY_RANGES: Final = (
    (0x2100, 0x2190),
    (0x2460, 0x2500),
    (0x2E80, 0x2FE0),
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
# The only letters whose lower case is longer than one character or depends on the neighbours.
_CASE_TABLE: Final = _WIDTH_TABLE | {ord("İ"): "i", ord("Σ"): "σ", ord("ς"): "σ"}


def fold_width(text: str) -> str:
    """The text with full-width and compatibility forms made plain and every blank or control character a space.

    Same length as `text`; case is kept.
    """
    return text.translate(_WIDTH_TABLE)


def fold_text(text: str) -> str:
    """The text as the index compares it: `fold_width` in lower case, same length as `text`.

    Character by character: folding a part gives the part of the folding.
    """
    return text.translate(_CASE_TABLE).lower()
