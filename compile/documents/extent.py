"""How many pages a document fills, and so where its imprint goes: by the arithmetic that pages the book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from compile.documents.composing import Piece, Placed
from compile.writing.blocks import table_blocks
from compile.writing.flow import Block, Line, count_pages
from compile.writing.layout import TEXT_WIDTH, TWIPS_PER_PT
from compile.writing.lines import break_lines
from compile.writing.styles import Style

# A red rule and the room above it.
_RULE_DEPTH: Final = 170


def count_document_pages(pieces: Sequence[Piece], styles: Sequence[Style], *, tail: Sequence[Line] = ()) -> int:
    """The pages of the pieces; `tail` are lines that stand behind the last piece and hold together."""
    by_id = {style.id: style for style in styles}
    parts: list[list[Block]] = [[]]
    for piece in pieces:
        if isinstance(piece, Placed):
            style = by_id[piece.style]
            if style.starts_page and parts[-1]:
                parts.append([])
            parts[-1].append(_text_block(piece, style))
        else:
            parts[-1] += table_blocks(piece, ())
    if tail:
        parts[-1].append(Block(tuple(tail), keeps_together=True))
    return sum(count_pages(part) for part in parts)


def count_lines(text: str, style: Style, *, left: int = 0, right: int = 0, hanging: int = 0) -> int:
    """The lines a text takes in its style with the given indents."""
    size = round(style.size_pt * TWIPS_PER_PT)
    width = TEXT_WIDTH - (left or style.left) - (right or style.right)
    first = width + hanging - style.indent_characters * size
    return len(break_lines(text, size=size, width=width, first_width=first, tightening=style.tightening))


def _text_block(piece: Placed, style: Style) -> Block:
    count = count_lines(piece.text, style, left=piece.left, right=piece.right, hanging=piece.hanging)
    heights = [style.line] * count
    heights[0] += piece.before
    heights[-1] += _RULE_DEPTH if piece.is_ruled else 0
    return Block(
        tuple(Line(height) for height in heights),
        keeps_with_next=style.keeps_with_next or piece.keeps_with_next,
        keeps_together=style.keeps_together,
    )
