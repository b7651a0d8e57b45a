"""Poems typed line by line: their lines become one paragraph, their stanzas keep the empty line between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from compile.manuscript import Run
from compile.reading.cleaning import join_verse
from compile.reading.draft import DraftBlock, Line
from compile.reading.wrapping import NUMBERED, ends_sentence, is_verse, visible_width

_FEWEST_LINES = 4
_WIDEST_LINE = 32
_SPEECH = re.compile('[“「『"]')


def gather_verse(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """The blocks with every poem in one line: a line feed after each verse, an empty line between stanzas."""
    gathered: list[DraftBlock] = []
    for group in _iter_groups(blocks):
        lines = [block for block in group if isinstance(block, Line)]
        if len(lines) == len(group) and _is_poem(lines):
            gathered.append(replace(lines[0], runs=_join_stanzas(lines)))
        else:
            gathered.extend(group)
    return gathered


def _iter_groups(blocks: Sequence[DraftBlock]) -> Iterator[list[DraftBlock]]:
    """Neighbouring short lines of one look together, every other block alone."""
    group: list[DraftBlock] = []
    for block in blocks:
        if group and not _goes_on(group[-1], block):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _goes_on(before: DraftBlock, block: DraftBlock) -> bool:
    if not (isinstance(before, Line) and isinstance(block, Line) and _may_be_verse(before) and _may_be_verse(block)):
        return False
    return (before.align, before.is_bold, before.size_pt) == (block.align, block.is_bold, block.size_pt)


def _may_be_verse(line: Line) -> bool:
    is_plain = not (line.marker or line.outline or line.role or line.align == "right" or NUMBERED.match(line.text))
    return is_plain and all(visible_width(text) <= _WIDEST_LINE for text in line.text.split("\n"))


def _is_poem(lines: Sequence[Line]) -> bool:
    """Verse ends in the middle of its sentences; short paragraphs of prose and of speech do not."""
    texts = [text for line in lines for text in line.text.split("\n") if text]
    if len(lines) < 2 or len(texts) < _FEWEST_LINES or not is_verse(texts):
        return False
    spoken = sum(1 for text in texts if _SPEECH.match(text))
    running_on = sum(1 for text in texts if not ends_sentence(text))
    return spoken * 2 < len(texts) and running_on * 2 >= len(texts)


def _join_stanzas(lines: Sequence[Line]) -> tuple[Run, ...]:
    """A paragraph of several verses is a stanza; a gap between all single verses is line spacing, no stanza."""
    has_stanzas = any("\n" in line.text for line in lines)
    is_double_spaced = not has_stanzas and all(line.has_gap_before for line in lines[1:])
    pieces: list[tuple[Run, ...]] = []
    for line in lines:
        if pieces and (has_stanzas or line.has_gap_before) and not is_double_spaced:
            pieces.append(())
        pieces.append(line.runs)
    return join_verse(pieces)
