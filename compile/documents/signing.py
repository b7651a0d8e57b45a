"""Where 署名 and 成文日期 stand: with a seal centred on each other, without one stepped to the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from compile.documents.model import Signature
from compile.writing.layout import BODY_SIZE, LINE, TEXT_WIDTH
from compile.writing.lines import measure_width

# The seal is 42 mm wide and has both lines a little under its middle: with two empty lines its top comes within a line of
# the text and covers none of it.
_LINES_UNDER_TEXT: Final = {True: 2, False: 1}


@dataclass(frozen=True, slots=True)
class SignaturePlaces:
    """The room above the name, and the distance of both lines from the right edge, in twips."""

    before: int
    organ_right: int
    day_right: int


def place_signature(signature: Signature) -> SignaturePlaces:
    """With a seal the date ends four characters from the edge and the name is centred over it. Without one the name
    ends two characters from the edge and the date begins two characters after the name; a date longer than the name ends
    two characters from the edge instead."""
    organ, day = (min(measure_width(text, BODY_SIZE), TEXT_WIDTH) for text in (signature.organ, signature.day))
    before = _LINES_UNDER_TEXT[signature.has_seal] * LINE
    if signature.has_seal:
        organ_right = 4 * BODY_SIZE + (day - organ) // 2
        # A name too long for its place stands at the edge and takes the date along.
        shift = max(0, -organ_right)
        return SignaturePlaces(before, organ_right + shift, 4 * BODY_SIZE + shift)
    if day > organ:
        return SignaturePlaces(before, 4 * BODY_SIZE + day - organ, 2 * BODY_SIZE)
    return SignaturePlaces(before, 2 * BODY_SIZE, organ - day)
