"""Searched words marked in a manuscript, beside the passages that people marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol

from compile.manuscript import Manuscript, Picture, Table, plain_text, print_subtitle
from review_app.domain.snippets import find_ranges

_HIT: Final = "hit"


class PassageMark(Protocol):
    """What a sheet marks: characters `start` to `end` of a block; see docs/interface.md."""

    @property
    def block(self) -> int | str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of a sheet with one look: `kind` names all kinds that lie on it. `number` and `url` stand where a passage mark
    ends; `hit`, counted from 1, where a found word of the body begins."""

    block: int | str
    start: int
    end: int
    kind: str
    number: int = 0
    url: str = ""
    hit: int = 0


def mark_hits(manuscript: Manuscript, *, words: Sequence[str], title_words: Sequence[str]) -> tuple[Mark, ...]:
    """Where the words stand in the body, and those of the title in the title; only the body's are counted as hits."""
    marks = [
        Mark(place, start, end, _HIT)
        for place, text in (("title", manuscript.title), ("subtitle", print_subtitle(manuscript.subtitle)))
        for start, end in find_ranges(text, title_words)
    ]
    found = [(place, span) for place, text in _iter_places(manuscript) for span in find_ranges(text, words)]
    marks += [Mark(place, start, end, _HIT, hit=hit) for hit, (place, (start, end)) in enumerate(found, 1)]
    return tuple(marks)


def join_marks(marks: Sequence[PassageMark], hits: Sequence[Mark]) -> tuple[PassageMark, ...]:
    """Marks and hits as pieces that do not overlap, as a sheet takes them: where both lie, the piece has both kinds."""
    if not marks or not hits:
        return (*marks, *hits)
    joined: list[Mark] = []
    for place in dict.fromkeys(mark.block for mark in (*marks, *hits)):
        passages = [mark for mark in marks if mark.block == place]
        words = [hit for hit in hits if hit.block == place]
        edges = sorted({edge for mark in (*passages, *words) for edge in (mark.start, mark.end)})
        for start, end in pairwise(edges):
            passage = next((mark for mark in passages if mark.start <= start and end <= mark.end), None)
            word = next((hit for hit in words if hit.start <= start and end <= hit.end), None)
            if passage or word:
                joined.append(_join(place, start, end, passage, word))
    return tuple(joined)


def _join(place: int | str, start: int, end: int, passage: PassageMark | None, word: Mark | None) -> Mark:
    is_end = passage is not None and passage.end == end
    return Mark(
        block=place,
        start=start,
        end=end,
        kind=" ".join(mark.kind for mark in (passage, word) if mark is not None and mark.kind),
        number=passage.number if passage and is_end else 0,
        url=passage.url if passage and is_end else "",
        hit=word.hit if word and word.start == start else 0,
    )


def _iter_places(manuscript: Manuscript) -> Iterator[tuple[int | str, str]]:
    """Every text of the body as the sheet shows it, in reading order, with the place its marks name."""
    for number, block in enumerate(manuscript.blocks):
        if isinstance(block, Picture):
            yield number, block.caption
        elif isinstance(block, Table):
            for row, cells in enumerate(block.rows):
                for column, cell in enumerate(cells.cells):
                    for line, paragraph in enumerate(cell.paragraphs):
                        yield f"{number}.{row}.{column}.{line}", plain_text(paragraph.runs)
        else:
            yield number, plain_text(block.runs)
    for number, note in enumerate(manuscript.notes):
        yield f"note.{number}", plain_text(note)
