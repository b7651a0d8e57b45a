"""The inside of a paragraph while it is read: runs in their look, note marks, anchored drawings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from lxml import etree

from compile.manuscript import Run, Script


class Look(NamedTuple):
    """How a run looks, as far as a manuscript keeps it."""

    bold: bool = False
    italic: bool = False
    underline: bool = False
    script: Script = ""
    is_hidden: bool = False
    size_pt: float = 0.0
    face: str = ""


@dataclass(slots=True)
class Inline:
    """What a paragraph holds: runs, the largest type size, the typefaces, and drawings, each with whether text stands
    before it."""

    runs: list[Run] = field(default_factory=list)
    size_pt: float = 0.0
    faces: set[str] = field(default_factory=set)
    drawings: list[tuple[etree._Element, bool]] = field(default_factory=list)

    @property
    def has_text(self) -> bool:
        return any(run.text.strip() for run in self.runs)

    @property
    def face(self) -> str:
        """The one typeface of the paragraph, "" when it has several."""
        return next(iter(self.faces)) if len(self.faces) == 1 else ""

    def add(self, text: str, look: Look) -> None:
        """Append text, joining it to the run before when the look is the same."""
        if not text.isspace():
            self.size_pt = max(self.size_pt, look.size_pt)
            self.faces.add(look.face)
        if self.runs:
            last = self.runs[-1]
            if (
                last.note is None
                and last.bold == look.bold
                and last.italic == look.italic
                and last.underline == look.underline
                and last.script == look.script
            ):
                self.runs[-1] = Run(last.text + text, look.bold, look.italic, look.underline, look.script)
                return
        self.runs.append(Run(text, look.bold, look.italic, look.underline, look.script))

    def add_note(self, note: int) -> None:
        """Set the mark of a note right after the text so far."""
        if self.runs and self.runs[-1].note is None:
            self.runs[-1] = replace(self.runs[-1], note=note)
        else:
            self.runs.append(Run("", note=note))
