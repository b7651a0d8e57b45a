"""Pages being filled: lines, blocks that hold together, and the footnotes under them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from compile.writing.layout import FILL_HEIGHT, NOTE_RULE


@dataclass(frozen=True, slots=True)
class Line:
    """One line or table row on the page and the footnotes that must stand under it."""

    height: int
    notes_height: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """What is placed on the page as one: its lines and how they hold together. The first `head_lines` never
    part; `header_height` is repeated on top of every further page the block reaches."""

    lines: tuple[Line, ...]
    keeps_with_next: bool = False
    keeps_together: bool = False
    header_height: int = 0
    head_lines: int = 1


def count_pages(blocks: Iterable[Block]) -> int:
    """How many pages the blocks fill, from the top of a fresh page."""
    flow = _Flow()
    chain: list[Block] = []
    for block in blocks:
        chain.append(block)
        if not block.keeps_with_next:
            flow.place(chain)
            chain = []
    flow.place(chain)
    return flow.pages


class _Flow:
    """Pages being filled from the top; footnotes take their room from the bottom."""

    def __init__(self) -> None:
        self.pages = 1
        self._used = 0
        self._notes = 0

    def place(self, chain: list[Block]) -> None:
        """Put blocks that hold on to each other: the chain up to the head of its last block stays on one page."""
        bound = [line for block in chain[:-1] for line in block.lines]
        if chain:
            bound += chain[-1].lines if chain[-1].keeps_together else chain[-1].lines[: chain[-1].head_lines]
        height, notes_height = sum(line.height for line in bound), sum(line.notes_height for line in bound)
        if self._used and height <= FILL_HEIGHT and not self._fits(height, notes_height):
            self._turn(0)
        for block in chain:
            for line in block.lines:
                if self._used and not self._fits(line.height, line.notes_height):
                    self._turn(block.header_height)
                self._used += line.height
                self._add_notes(line.notes_height)

    def _fits(self, height: int, notes_height: int) -> bool:
        rule = NOTE_RULE if notes_height and not self._notes else 0
        return self._used + self._notes + height + notes_height + rule <= FILL_HEIGHT

    def _add_notes(self, height: int) -> None:
        if height:
            self._notes += height + (0 if self._notes else NOTE_RULE)

    def _turn(self, header_height: int) -> None:
        self.pages += 1
        self._used = header_height
        self._notes = 0
