"""What the readers hand to the cleaning passes: lines with the look they had, before anything is judged."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal

from msgspec import Struct

from compile.manuscript import Align, Picture, Run, plain_text
from compile.reading.types import DROPPED_KINDS, Dropped, PictureFile

Role = Literal["", "title", "subtitle", "caption", "item", "body"]

MAX_BLOCKS: Final = 30_000

_MAX_PER_KIND = 100
_EXCERPT_LENGTH = 60
_PAGE_NUMBER = re.compile(r"[\s\d\-—–－第共页/／]*")
_LONG_NUMBER = re.compile(r"\d(?:[\s\-]?\d){5,}[Xx]?")


class Line(Struct, frozen=True, gc=False):
    """One paragraph as it stood. `outline` is 1 to 9 for a styled heading, 0 for body; `marker` is the number Word
    would print; `size_pt` is the largest type size in it, 0.0 when unknown; `face` is its one East Asian typeface, ""
    when unknown or mixed; `has_gap_before`: an empty paragraph or line stood before it."""

    runs: tuple[Run, ...]
    align: Align = "left"
    outline: int = 0
    role: Role = ""
    marker: str = ""
    level: int = 0
    size_pt: float = 0.0
    is_proposed: bool = False
    face: str = ""
    has_gap_before: bool = False

    @property
    def text(self) -> str:
        return plain_text(self.runs)

    @property
    def is_settled(self) -> bool:
        """Its style says what it is: no heading and no verse is guessed from its look."""
        return self.role in ("caption", "item", "body")

    @property
    def is_bold(self) -> bool:
        """Every visible character is bold."""
        visible = [run for run in self.runs if run.text.strip()]
        return bool(visible) and all(run.bold for run in visible)


class DraftCell(Struct, frozen=True, gc=False):
    """A table cell with everything in it, pictures included."""

    blocks: tuple[DraftBlock, ...]
    column_span: int = 1
    row_span: int = 1

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks if isinstance(block, Line))


class DraftRow(Struct, frozen=True, gc=False):
    """A table row; cells covered from above are left out."""

    cells: tuple[DraftCell, ...]
    is_header: bool = False


class DraftTable(Struct, frozen=True, gc=False):
    """A table on a grid of `columns` columns."""

    rows: tuple[DraftRow, ...]
    columns: int


DraftBlock = Line | Picture | DraftTable


class Report:
    """The list of things left out, in the order they were met. Long numbers in excerpts are masked, so an identity
    or phone number in a comment or a deleted sentence is not kept by the report about it."""

    def __init__(self) -> None:
        self._entries: list[Dropped] = []
        self._counts: Counter[str] = Counter()

    def add(self, kind: str, place: str, excerpt: str = "") -> None:
        """Note one thing by its code of DROPPED_KINDS; beyond 100 of a kind they are only counted."""
        assert kind in DROPPED_KINDS, kind
        self._counts[kind] += 1
        if self._counts[kind] <= _MAX_PER_KIND:
            text = _LONG_NUMBER.sub(lambda match: "*" * len(match[0]), " ".join(excerpt.split()))
            self._entries.append(Dropped(kind, place, text[:_EXCERPT_LENGTH]))

    @property
    def entries(self) -> tuple[Dropped, ...]:
        """All of it; for each kind met too often, how many more there are."""
        more = ((kind, count - _MAX_PER_KIND) for kind, count in self._counts.items() if count > _MAX_PER_KIND)
        return (*self._entries, *(Dropped(kind, f"另有 {count} 处") for kind, count in more))


@dataclass(slots=True)
class Draft:
    """A file as read: blocks in order, footnotes in order of their marks, header texts, pictures by key, the report."""

    blocks: list[DraftBlock] = field(default_factory=list)
    notes: list[tuple[Run, ...]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    pictures: dict[str, PictureFile] = field(default_factory=dict)
    report: Report = field(default_factory=Report)

    def add_note(self, runs: tuple[Run, ...]) -> int | None:
        """Keep a footnote; its index comes back, None for an empty one."""
        if not plain_text(runs).strip():
            return None
        self.notes.append(runs)
        return len(self.notes) - 1

    def set_furniture_aside(self, kind: str, text: str) -> None:
        """The text of a page "header" or "footer" goes to the byline finder and is reported as left out, unless it is
        a page number only."""
        text = text.strip()
        if text and not _PAGE_NUMBER.fullmatch(text):
            self.headers.append(text)
            self.report.add(kind, "页眉" if kind == "header" else "页脚", text)
