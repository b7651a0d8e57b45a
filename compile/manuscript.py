"""The neutral form of one essay: what every preview, blind copy, search text and export is made from.

A manuscript holds no byline: author, unit, post and phone are cut out at reading and kept apart in `Byline`,
so whatever is made from a manuscript is blind by construction.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

Script = Literal["", "sup", "sub"]
Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one look. `note` is the index into `Manuscript.notes` of a footnote mark
    standing right after the text, or None."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    script: Script = ""
    note: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A body paragraph; a line break inside it is the character U+000A in a run. A poem is one paragraph: its verses
    keep their lines, and an empty line (two U+000A) parts its stanzas."""

    runs: tuple[Run, ...]
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the work, level 1 to 3. `is_proposed`: guessed from a short line that is
    bold, numbered or alone in a typeface of headings; the unit may undo it."""

    level: int
    runs: tuple[Run, ...]
    is_proposed: bool = False


@dataclass(frozen=True, slots=True)
class ListItem:
    """One item of a list. `marker` is the literal text a reader of the original saw, such as "3." or "（二）";
    `level` counts from 0."""

    marker: str
    runs: tuple[Run, ...]
    level: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in its place. `key` is the SHA-256 (hex) of the stored, re-encoded file."""

    key: str
    width_px: int
    height_px: int
    caption: str = ""
    photographer: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: its paragraphs and how many grid columns and rows it covers (1 or more)."""

    paragraphs: tuple[Paragraph, ...]
    column_span: int = 1
    row_span: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A table row; a cell covered by a `row_span` from above is left out."""

    cells: tuple[Cell, ...]
    is_header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table rebuilt on a plain grid of `columns` equal or weighted columns."""

    rows: tuple[Row, ...]
    columns: int


Block = Paragraph | Heading | ListItem | Picture | Table


@dataclass(frozen=True, slots=True)
class Manuscript:
    """One essay: title, subtitle, blocks in order, footnote texts in order of their marks."""

    title: str
    subtitle: str = ""
    blocks: tuple[Block, ...] = ()
    notes: tuple[tuple[Run, ...], ...] = ()


def plain_text(runs: tuple[Run, ...]) -> str:
    """The text of the runs without any look."""
    return "".join(run.text for run in runs)


def print_subtitle(subtitle: str) -> str:
    """The subtitle as it is printed: behind the dash that reading took off, unless it stands in brackets."""
    return f"——{subtitle}" if subtitle and subtitle[0] not in "—－―–─-（(《〈[【" else subtitle


def iter_texts(manuscript: Manuscript) -> Iterator[str]:
    """Every piece of body text in reading order: paragraphs, headings, items with their markers, cells,
    captions, then footnotes. Title and subtitle are not among them."""
    for block in manuscript.blocks:
        match block:
            case Paragraph(runs=runs) | Heading(runs=runs):
                yield plain_text(runs)
            case ListItem(marker=marker, runs=runs):
                yield marker + plain_text(runs)
            case Picture(caption=caption, photographer=photographer):
                if caption or photographer:
                    yield caption + (f"（{photographer} 摄）" if photographer else "")
            case Table(rows=rows):
                for row in rows:
                    for cell in row.cells:
                        for paragraph in cell.paragraphs:
                            yield plain_text(paragraph.runs)
    for note in manuscript.notes:
        yield plain_text(note)


def drop_photographers(manuscript: Manuscript) -> Manuscript:
    """The work without the names of photographers, who often are its authors; what a blind reader gets."""
    blocks = tuple(
        replace(block, photographer="") if isinstance(block, Picture) else block for block in manuscript.blocks
    )
    return replace(manuscript, blocks=blocks)


def body_text(manuscript: Manuscript) -> str:
    """The body as plain text, one line per block; what search and similarity read."""
    return "\n".join(text for text in iter_texts(manuscript) if text.strip())


def picture_keys(manuscript: Manuscript) -> tuple[str, ...]:
    """The keys of all pictures in order, each once."""
    return tuple(dict.fromkeys(block.key for block in manuscript.blocks if isinstance(block, Picture)))


def count_words(text: str) -> int:
    """Length by the rule of Word's 字数: every CJK character and every full-width or Chinese punctuation mark
    counts one, every run of other visible characters counts one."""
    count = 0
    is_inside_word = False
    for character in text:
        if _is_east_asian(character):
            count += 1
            is_inside_word = False
        elif character.isspace() or unicodedata.category(character) in ("Cc", "Cf"):
            is_inside_word = False
        elif not is_inside_word:
            count += 1
            is_inside_word = True
    return count


def _is_east_asian(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F") or character in "“”‘’…—·"


def count_manuscript_words(manuscript: Manuscript) -> int:
    """字数 of the body: all blocks and notes, without title and subtitle."""
    return sum(count_words(text) for text in iter_texts(manuscript))
