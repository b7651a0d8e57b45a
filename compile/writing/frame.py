"""What holds the text of a book: styles, paper, page furniture and cover, from the house's own tables or a template."""

from __future__ import annotations

from msgspec import Struct

from compile.manifest import Manifest
from compile.writing.fonts import FONT_SETS
from compile.writing.layout import LINE, TEXT_HEIGHT, TEXT_WIDTH
from compile.writing.parts import WORD_NAMESPACE
from compile.writing.styles import styles_xml


class FramePart(Struct, frozen=True):
    """A part that a template brings along: its name under word/, its content type, its bytes, and its relationships
    as (id, full type, name of the target under word/)."""

    name: str
    content_type: str
    data: bytes
    relations: tuple[tuple[str, str, str], ...] = ()


class Frame(Struct, frozen=True):
    """The constant parts of one book; the type area in twips. `paper` holds the page size and margins as XML, "" for those of the house;
    `heads` and `feet` are references to a template's own headers and footers, "" where the book brings its own; `cover`
    is a template's, with the end of its section, "" for the house's. `relations` are those of the document part."""

    styles: str
    text_width: int = TEXT_WIDTH
    text_height: int = TEXT_HEIGHT
    paper: str = ""
    grid: str = f'<w:docGrid w:type="lines" w:linePitch="{LINE}"/>'
    heads: str = ""
    feet: str = ""
    cover: str = ""
    parts: tuple[FramePart, ...] = ()
    relations: tuple[tuple[str, str, str], ...] = ()


def house_frame(manifest: Manifest) -> Frame:
    """The frame after GB/T 9704 in the fonts of the manifest."""
    return Frame(styles_xml(FONT_SETS[manifest.font_profile], WORD_NAMESPACE))
