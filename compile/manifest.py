"""The manifest: everything one book is made of. The same manifest gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

FontProfile = Literal["win10", "win7", "xinchuang", "founder"]


@dataclass(frozen=True, slots=True)
class WorkEntry:
    """One work of the book. `manuscript_key` is the SHA-256 hex of its manuscript JSON among the blobs;
    `byline` is the line under the title, such as "柳河镇信访办  周明", "" for none."""

    number: str
    manuscript_key: str
    byline: str = ""
    comment: str = ""
    comment_by: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the book with its own title page, such as 一等奖作品."""

    title: str
    works: tuple[WorkEntry, ...]


@dataclass(frozen=True, slots=True)
class Appendix:
    """A table at the end: title, column heads, rows of texts, and relative column widths (any positive numbers)."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole book. `editor_note` holds paragraphs with their numbers already filled in; `dated_on` is printed
    on the cover as year and month and gives every date inside the file."""

    title: str
    organiser: str
    dated_on: date
    sections: tuple[Section, ...]
    subtitle: str = ""
    cover_mark: str = ""
    editor_note: tuple[str, ...] = ()
    editor_note_title: str = "编者按"
    appendices: tuple[Appendix, ...] = ()
    font_profile: FontProfile = "win10"
    has_cover: bool = True
    has_contents: bool = True
    has_section_pages: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should look at. `work` is the entry number or "" for the book; `code` names the kind;
    `message` is the Chinese sentence, `facts` what was filled in, so that a shell can say it in another language."""

    work: str
    code: str
    message: str
    facts: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What came out of a build: counts, the size and SHA-256 (hex) of the file, pages, and problems. `page_source` says
    where the page numbers come from, "model" or "rendered"; `corrected` lines of the contents were wrong by the model."""

    works: int
    pictures: int
    pages: int
    page_source: Literal["model", "rendered"]
    problems: tuple[Problem, ...]
    size_bytes: int
    sha256: str
    corrected: int = 0
