"""Searched words marked in a manuscript, beside the passages that people marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from compile.manuscript import Manuscript, Picture, Table, plain_text, print_subtitle
from review_app.domain.snippets import find_ranges


class SheetMark(Protocol):
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
class Hit:
    """A found word in a sheet; `hit`, counted from 1, where it stands in the body."""

    block: int | str
    start: int
    end: int
    kind: str = "hit"
    number: int = 0
    url: str = ""
    hit: int = 0


def mark_hits(manuscript: Manuscript, *, words: Sequence[str], title_words: Sequence[str]) -> tuple[Hit, ...]:
    """Where the words stand in the body, and those of the title in the title; only the body's are counted as hits."""
    marks = [
        Hit(place, start, end)
        for place, text in (("title", manuscript.title), ("subtitle", print_subtitle(manuscript.subtitle)))
        for start, end in find_ranges(text, title_words)
    ]
    found = [(place, span) for place, text in _iter_places(manuscript) for span in find_ranges(text, words)]
    marks += [Hit(place, start, end, hit=hit) for hit, (place, (start, end)) in enumerate(found, 1)]
    return tuple(marks)


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
