"""What a bureau's own Word file would bring to a book, before it is taken for a template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from lxml import etree

from compile.manifest import Manifest
from compile.writing.template_styles import count_taken

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TWIPS_PER_MM: Final = 1440 / 25.4
_ANY_BOOK: Final = Manifest("", "", date(2020, 1, 1), ())


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """The paper in millimetres, which of header, footer and cover a template has, and how many of the house's styles
    it names."""

    width_mm: int
    height_mm: int
    has_header: bool
    has_footer: bool
    has_cover: bool
    styles: int


def examine_template(data: bytes) -> TemplateFacts:
    """The facts of a Word file that can frame a book; raises UnusableTemplate, with what to do, for one that cannot."""
    from compile.writing.template import open_template  # noqa: PLC0415  (python-docx is slow to load)

    frame = open_template(data, _ANY_BOOK)
    size = etree.fromstring(f"<paper>{frame.paper}</paper>")[0]
    return TemplateFacts(
        width_mm=round(int(size.get(_W + "w") or 0) / _TWIPS_PER_MM),
        height_mm=round(int(size.get(_W + "h") or 0) / _TWIPS_PER_MM),
        has_header=bool(frame.heads),
        has_footer=bool(frame.feet),
        has_cover=bool(frame.cover),
        styles=count_taken(frame.styles),
    )
