"""The manifest: everything one book is made of. The same manifest gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct
from msgspec.structs import astuple

FontProfile = Literal["win10", "win7", "xinchuang", "founder"]
PageSource = Literal["model", "rendered", ""]


class _Value(Struct, frozen=True, forbid_unknown_fields=True):
    """What all parts of a manifest are: values that never change, whose JSON knows no other names."""


class CaseCard(_Value, frozen=True):
    """A typical case (典型案例) in four labelled texts: 案由 做法 成效 启示; an empty one is left out."""

    cause: str = ""
    measures: str = ""
    results: str = ""
    lessons: str = ""


class WorkEntry(_Value, frozen=True):
    """One work of the book. `manuscript_key` is the SHA-256 hex of its manuscript JSON among the blobs;
    `byline` is the line under the title, such as "柳河镇信访办  周明", "" for none. `case` and comment follow the work."""

    number: str
    manuscript_key: str
    byline: str = ""
    comment: str = ""
    comment_by: str = ""
    case: CaseCard | None = None


class Section(_Value, frozen=True):
    """A part of the book with its own title page, such as 一等奖作品."""

    title: str
    works: tuple[WorkEntry, ...]


class Appendix(_Value, frozen=True):
    """A table at the end: title, column heads, rows of texts, and relative column widths (any positive numbers).
    `paragraphs` stand over the table, or alone where there is none."""

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[int, ...] = ()
    paragraphs: tuple[str, ...] = ()

    @property
    def has_table(self) -> bool:
        """Whether there is more to print than text."""
        return bool(self.columns or self.rows or not self.paragraphs)


class TextPart(_Value, frozen=True):
    """A part of plain text under a title, such as the notice of the contest or the afterword."""

    title: str
    paragraphs: tuple[str, ...] = ()


class ImprintFact(_Value, frozen=True):
    """A line of the imprint, such as 准印证号 and the number."""

    label: str
    value: str


class Imprint(_Value, frozen=True):
    """The page behind the cover (扉页): who printed what under which permit, and free lines under that."""

    facts: tuple[ImprintFact, ...] = ()
    lines: tuple[str, ...] = ()


class BoardGroup(_Value, frozen=True):
    """The people of one duty on the editorial board, such as 副主任."""

    role: str
    names: tuple[str, ...]


class EditorialBoard(_Value, frozen=True):
    """The editorial board (编委会), group by group."""

    groups: tuple[BoardGroup, ...]
    title: str = "编委会"


class Manifest(_Value, frozen=True, tag=1, tag_field="format"):
    """A whole book. `editor_note` holds paragraphs with their numbers already filled in; `dated_on` is printed
    on the cover as year and month and gives every date inside the file. `back_cover` holds the lines at the foot of
    the last page. With `has_odd_starts` section pages fall on odd pages and the back cover on an even one.
    `template_key` is the SHA-256 hex of a Word file among the blobs whose styles, paper, headers, footers and cover the
    book takes on, "" for those of the house."""

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
    imprint: Imprint | None = None
    board: EditorialBoard | None = None
    notice: TextPart | None = None
    afterword: TextPart | None = None
    back_cover: tuple[str, ...] = ()
    has_running_heads: bool = False
    has_odd_starts: bool = False
    template_key: str = ""


class Problem(Struct, frozen=True):
    """Something a person should look at. `work` is the entry number or "" for the book; `code` names the kind;
    `message` is the Chinese sentence, `facts` what was filled in, so that a shell can say it in another language."""

    work: str
    code: str
    message: str
    facts: Mapping[str, object] = {}


class BuildReport(Struct, frozen=True):
    """What came out of a build: counts, pages, problems, and the size of the file; whoever keeps the file names it by its
    hash. `page_source` says
    where the page numbers come from, "model" or "rendered"; a form without pages has 0 of them and the source "".
    `corrected` lines of the contents were wrong by the model."""

    works: int
    pictures: int
    pages: int
    page_source: PageSource
    problems: tuple[Problem, ...]
    size_bytes: int
    corrected: int = 0


def iter_entry_texts(entry: WorkEntry) -> Iterator[str]:
    """Every text that an entry adds to its work."""
    yield from (entry.byline, entry.comment, entry.comment_by)
    if entry.case:
        yield from astuple(entry.case)


def iter_manifest_texts(manifest: Manifest) -> Iterator[str]:
    """Every text of a book that is not of one of its works."""
    yield from (manifest.title, manifest.subtitle, manifest.organiser, manifest.cover_mark)
    yield from (manifest.editor_note_title, *manifest.editor_note, *manifest.back_cover)
    if manifest.imprint:
        yield from (text for fact in manifest.imprint.facts for text in (fact.label, fact.value))
        yield from manifest.imprint.lines
    if manifest.board:
        yield manifest.board.title
        yield from (text for group in manifest.board.groups for text in (group.role, *group.names))
    for part in (manifest.notice, manifest.afterword):
        yield from (part.title, *part.paragraphs) if part else ()
    yield from (section.title for section in manifest.sections)
    for appendix in manifest.appendices:
        yield from (appendix.title, *appendix.columns, *appendix.paragraphs)
        yield from (text for row in appendix.rows for text in row)
