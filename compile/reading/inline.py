"""The inside of a paragraph while it is read: runs in their look, note marks, anchored drawings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree
from msgspec.structs import replace

from compile.manuscript import Run, Script


class Look(NamedTuple):
    """How a stretch of text looks; a manuscript keeps the first four."""

    bold: bool = False
    italic: bool = False
    underline: bool = False
    script: Script = ""
    is_hidden: bool = False
    size_pt: float = 0.0
    face: str = ""


@dataclass(slots=True)
class Inline:
    """What a paragraph holds: text in runs, the largest type size, the typefaces, drawings, each with whether text
    stands before it, and how many characters at its beginning are marked as the number of an item."""

    has_text: bool = False
    size_pt: float = 0.0
    faces: set[str] = field(default_factory=set)
    drawings: list[tuple[etree._Element, bool]] = field(default_factory=list)
    marker_length: int = 0
    _runs: list[Run] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _look: Look = field(default_factory=Look)

    @property
    def runs(self) -> list[Run]:
        """The text so far, neighbours of the same look in one run."""
        self._close_run()
        return self._runs

    @property
    def face(self) -> str:
        """The one typeface of the paragraph, "" when it has several."""
        return next(iter(self.faces)) if len(self.faces) == 1 else ""

    def add(self, text: str, look: Look) -> None:
        """Append text in a look."""
        if not text.isspace():
            self.has_text = self.has_text or bool(text)
            self.size_pt = max(self.size_pt, look.size_pt)
            self.faces.add(look.face)
        if look is not self._look and look[:4] != self._look[:4]:
            self._close_run()
        self._look = look
        self._pieces.append(text)

    def add_note(self, note: int) -> None:
        """Set the mark of a note right after the text so far."""
        self._close_run()
        if self._runs and self._runs[-1].note is None:
            self._runs[-1] = replace(self._runs[-1], note=note)
        else:
            self._runs.append(Run("", note=note))

    def _close_run(self) -> None:
        if self._pieces:
            look = self._look
            self._runs.append(Run("".join(self._pieces), look.bold, look.italic, look.underline, look.script))
            self._pieces.clear()
