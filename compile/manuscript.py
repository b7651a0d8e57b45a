"""The neutral form of one essay: what every preview, blind copy, search text and export is made from.

A manuscript holds no byline: author, unit, post and phone are cut out at reading and kept apart in `Byline`,
so whatever is made from a manuscript is blind by construction.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

Script = Literal["", "sup", "sub"]
Align = Literal["left", "center", "right"]

MAX_COUNT: Final = 1_000_000
# Word refuses a table with more.
MAX_COLUMNS: Final = 63
Key = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Count = Annotated[int, Meta(ge=0, le=MAX_COUNT)]
Crc32 = Annotated[int, Meta(ge=0, le=0xFFFFFFFF)]
Positive = Annotated[int, Meta(ge=1, le=MAX_COUNT)]
HeadingLevel = Annotated[int, Meta(ge=1, le=3)]


class _Value(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """What all parts of a manuscript are: values that never change, whose JSON leaves out what equals its default and
    knows no other names. The limits in the annotations are checked when JSON is read."""


class Run(_Value, frozen=True):
    """A stretch of text in one look. `note` is the index into `Manuscript.notes` of a footnote mark
    standing right after the text, or None."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    script: Script = ""
    note: Count | None = None


class Paragraph(_Value, frozen=True, tag="paragraph", tag_field="type"):
    """A body paragraph; a line break inside it is the character U+000A in a run. A poem is one paragraph: its verses
    keep their lines, and an empty line (two U+000A) parts its stanzas."""

    runs: tuple[Run, ...]
    align: Align = "left"


class Heading(_Value, frozen=True, tag="heading", tag_field="type"):
    """A heading inside the work, level 1 to 3. `is_proposed`: guessed from a short line that is
    bold, numbered or alone in a typeface of headings; the unit may undo it."""

    level: HeadingLevel
    runs: tuple[Run, ...]
    is_proposed: bool = False


class ListItem(_Value, frozen=True, tag="list_item", tag_field="type"):
    """One item of a list. `marker` is the literal text a reader of the original saw, such as "3." or "（二）";
    `level` counts from 0."""

    marker: str
    runs: tuple[Run, ...]
    level: Count = 0


class Picture(_Value, frozen=True, tag="picture", tag_field="type"):
    """A picture in its place. `key` is the SHA-256 (hex) of the stored, re-encoded file, `crc32` its checksum, by which a
    build knows it again; None in the manuscripts of old."""

    key: Key
    width_px: Positive
    height_px: Positive
    caption: str = ""
    photographer: str = ""
    crc32: Crc32 | None = None


class Cell(_Value, frozen=True):
    """A table cell: its paragraphs and how many grid columns and rows it covers (1 or more)."""

    paragraphs: tuple[Paragraph, ...]
    column_span: Positive = 1
    row_span: Positive = 1


class Row(_Value, frozen=True):
    """A table row; a cell covered by a `row_span` from above is left out."""

    cells: tuple[Cell, ...]
    is_header: bool = False


class Table(_Value, frozen=True, tag="table", tag_field="type"):
    """A table rebuilt on a plain grid of `columns` equal or weighted columns."""

    rows: tuple[Row, ...]
    columns: Positive


Block = Paragraph | Heading | ListItem | Picture | Table


class Manuscript(_Value, frozen=True, tag=1, tag_field="format"):
    """One essay: title, subtitle, blocks in order, footnote texts in order of their marks."""

    title: str
    subtitle: str = ""
    blocks: tuple[Block, ...] = ()
    notes: tuple[tuple[Run, ...], ...] = ()


def plain_text(runs: tuple[Run, ...]) -> str:
    """The text of the runs without any look."""
    return runs[0].text if len(runs) == 1 else "".join([run.text for run in runs])


def print_subtitle(subtitle: str) -> str:
    """The subtitle as it is printed: behind the dash that reading took off, unless it stands in brackets."""
    return f"——{subtitle}" if subtitle and subtitle[0] not in "—－―–─-（(《〈[【" else subtitle


def iter_texts(manuscript: Manuscript) -> Iterator[str]:
    """Every piece of body text in reading order: paragraphs, headings, items with their markers, cells,
    captions, then footnotes. Title and subtitle are not among them."""
    for block in manuscript.blocks:
        match block:
            case Paragraph() | Heading():
                yield plain_text(block.runs)
            case ListItem():
                yield block.marker + plain_text(block.runs)
            case Picture():
                if block.caption or block.photographer:
                    yield block.caption + (f"（{block.photographer} 摄）" if block.photographer else "")
            case Table():
                for row in block.rows:
                    for cell in row.cells:
                        for paragraph in cell.paragraphs:
                            yield plain_text(paragraph.runs)
    for note in manuscript.notes:
        yield plain_text(note)


def iter_lines(manuscript: Manuscript) -> Iterator[tuple[int, str]]:
    """Index and text of every block that is a line of text: paragraphs, headings, items without their markers."""
    for index, block in enumerate(manuscript.blocks):
        if isinstance(block, Paragraph | Heading | ListItem):
            yield index, plain_text(block.runs)


def block_texts(manuscript: Manuscript) -> tuple[str, ...]:
    """The text of each block that is a line of text, "" for pictures and tables; what marked passages are cut from."""
    texts = dict(iter_lines(manuscript))
    return tuple(texts.get(index, "") for index in range(len(manuscript.blocks)))


def iter_runs(manuscript: Manuscript) -> Iterator[tuple[Run, ...]]:
    """The runs of every text of the body in reading order, captions and notes aside."""
    for block in manuscript.blocks:
        if isinstance(block, Table):
            for row in block.rows:
                for cell in row.cells:
                    for paragraph in cell.paragraphs:
                        yield paragraph.runs
        elif not isinstance(block, Picture):
            yield block.runs


def with_title(manuscript: Manuscript, title: str, subtitle: str) -> Manuscript:
    """The same work under another title."""
    return replace(manuscript, title=title, subtitle=subtitle)


def drop_photographers(manuscript: Manuscript) -> Manuscript:
    """The work without the names of photographers, who often are its authors; what a blind reader gets."""
    blocks = tuple(
        replace(block, photographer="") if isinstance(block, Picture) else block for block in manuscript.blocks
    )
    return replace(manuscript, blocks=blocks)


def undo_headings(manuscript: Manuscript, indexes: Collection[int]) -> Manuscript:
    """The work with those of its proposed headings back as paragraphs; the levels that are left close up from 1."""
    undone = [
        Paragraph(block.runs) if index in indexes and isinstance(block, Heading) and block.is_proposed else block
        for index, block in enumerate(manuscript.blocks)
    ]
    levels = sorted({block.level for block in undone if isinstance(block, Heading)})
    blocks = (
        replace(block, level=levels.index(block.level) + 1) if isinstance(block, Heading) else block for block in undone
    )
    return replace(manuscript, blocks=tuple(blocks))


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
