"""The back matter: appendices, texts under a title, and the back cover."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from compile.manifest import Appendix, TextPart
from compile.writing.frame import Frame
from compile.writing.front import bands_xml
from compile.writing.grid import lay_out_appendix
from compile.writing.runs import run_xml
from compile.writing.tables import iter_table_xml
from compile.writing.works import Ids, marked_title_xml, paragraph_xml

# Together a little less than the type area.
_EMPTY_BAND: Final = 9000
_LINES_BAND: Final = 3600


def iter_part_xml(part: TextPart, ids: Ids) -> Iterator[str]:
    """A text under a title that the contents name, from a new page."""
    yield marked_title_xml("AppendixTitle", part.title, ids)
    for text in part.paragraphs:
        yield paragraph_xml("Body", run_xml(text))


def iter_appendix_xml(appendix: Appendix, ids: Ids) -> Iterator[str]:
    """An appendix from a new page: its title, its text, its table."""
    yield from iter_part_xml(TextPart(appendix.title, appendix.paragraphs), ids)
    if appendix.has_table:
        yield from iter_table_xml(lay_out_appendix(appendix, ids.text_width), (), ids.notes)


def back_cover_xml(lines: tuple[str, ...], frame: Frame) -> str:
    """The back cover: its lines at the foot, on one page however long they are."""
    bands = bands_xml(frame, (_EMPTY_BAND, "top", []), (_LINES_BAND, "bottom", [("BackCover", text) for text in lines]))
    return bands + paragraph_xml("SectionEnd", "")
