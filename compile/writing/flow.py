"""Pages being filled: lines, blocks that hold together, and the footnotes under them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from msgspec import Struct

from compile.writing.layout import FILL_HEIGHT, NOTE_RULE


class Line(Struct, frozen=True, gc=False):
    """One line or table row on the page and the footnotes that must stand under it."""

    height: int
    notes_height: int = 0


class Block(Struct, frozen=True, gc=False):
    """What is placed on the page as one: its lines and how they hold together. The first `head_lines` never
    part; `header_height` is repeated on top of every further page the block reaches. `is_even`: all lines are alike and
    none has a footnote, so that they can be counted instead of placed one by one."""

    lines: tuple[Line, ...]
    keeps_with_next: bool = False
    keeps_together: bool = False
    header_height: int = 0
    head_lines: int = 1
    is_even: bool = False


@cache
def even_block(count: int, height: int, keeps_with_next: bool = False, keeps_together: bool = False) -> Block:
    """So many lines of one height without footnotes."""
    return Block((Line(height),) * count, keeps_with_next, keeps_together, is_even=True)


def count_pages(blocks: Iterable[Block]) -> int:
    """How many pages the blocks fill, from the top of a fresh page."""
    flow = _Flow()
    chain: list[Block] = []
    for block in blocks:
        if block.is_even and not (chain or block.keeps_with_next or block.keeps_together):
            flow.fill(len(block.lines), block.lines[0].height)
            continue
        chain.append(block)
        if not block.keeps_with_next:
            flow.place(chain)
            chain = []
    if chain:
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
        last = chain[-1]
        if len(chain) > 1 or last.keeps_together or last.head_lines > 1 or last.header_height:
            self._turn_before(chain)
        for block in chain:
            if block.is_even:
                self.fill(len(block.lines), block.lines[0].height)
                continue
            for line in block.lines:
                if self._used and not self._fits(line.height, line.notes_height):
                    self._turn(block.header_height)
                self._used += line.height
                self._add_notes(line.notes_height)

    def _turn_before(self, chain: list[Block]) -> None:
        """Begin a new page where what must stay together does not fit on this one."""
        bound = [line for block in chain[:-1] for line in block.lines]
        bound += chain[-1].lines if chain[-1].keeps_together else chain[-1].lines[: chain[-1].head_lines]
        height, notes_height = sum(line.height for line in bound), sum(line.notes_height for line in bound)
        if self._used and height <= FILL_HEIGHT and not self._fits(height, notes_height):
            self._turn(0)

    def fill(self, count: int, height: int) -> None:
        """Place so many lines of one height and no footnote."""
        fitting = (FILL_HEIGHT - self._used - self._notes) // height
        if count <= fitting:
            self._used += count * height
            return
        if self._used:
            count -= max(fitting, 0)
            self._turn(0)
        per_page = max(FILL_HEIGHT // height, 1)
        further = (count - 1) // per_page
        self.pages += further
        self._used = (count - further * per_page) * height

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
