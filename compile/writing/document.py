"""The main part of the book, in order: front matter, then the body from page 1 on, then the back cover."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, count
from typing import Final

from msgspec import Struct

from compile.manifest import Manifest
from compile.plan import Plan, PlannedSection
from compile.writing.back import back_cover_xml, iter_appendix_xml, iter_part_xml
from compile.writing.contents import iter_contents_xml
from compile.writing.frame import Frame
from compile.writing.front import cover_xml, iter_board_xml, iter_imprint_xml, iter_note_xml
from compile.writing.heads import head_references
from compile.writing.layout import (
    FOOTER_DISTANCE,
    HEAD_DISTANCE,
    MARGIN_BOTTOM,
    MARGIN_LEFT,
    MARGIN_RIGHT,
    MARGIN_TOP,
    PAGE_HEIGHT,
    PAGE_WIDTH,
)
from compile.writing.pages import Pagination
from compile.writing.parts import FOOTNOTE_NUMBERING, NAMESPACES
from compile.writing.works import Ids, marked_title_xml, paragraph_xml, work_xml

_HEADER_DISTANCE: Final = 851
_FOOTERS: Final = (
    '<w:footerReference w:type="default" r:id="rIdFooterOdd"/><w:footerReference w:type="even" r:id="rIdFooterEven"/>'
)
# A section takes on the heads and numbers of the one before; its first page shows its own, of which there are none.
_NOTHING_SHOWN: Final = "<w:titlePg/>"


class Chapter(Struct, frozen=True):
    """A stretch of the body: its pieces of XML, and which part of the book it is, counted from 1; 0 for the title page
    of a section, which bears neither number nor head."""

    pieces: Iterator[str]
    part: int


def iter_document_xml(
    plan: Plan, pagination: Pagination, frame: Frame, ids: Ids, on_work: Callable[[], None]
) -> Iterator[str]:
    """The document part in pieces; `on_work` is called after every work."""
    manifest = plan.manifest
    yield f"<w:document {NAMESPACES}><w:body>"
    yield from _iter_front(manifest, pagination, frame)
    groups = _group(_iter_chapters(plan, ids, on_work), manifest.has_running_heads)
    for index, group in enumerate(groups):
        pieces = chain.from_iterable(chapter.pieces for chapter in group)
        section = section_xml(manifest, frame, group[0].part, is_first=index == 0)
        if index < len(groups) - 1 or manifest.back_cover:
            yield from _end_section(pieces, section)
        else:
            yield from pieces
            yield section
    if manifest.back_cover:
        yield back_cover_xml(manifest.back_cover, frame)
        yield _bare_section(frame, "evenPage" if manifest.has_odd_starts else "nextPage", _NOTHING_SHOWN)
    yield "</w:body></w:document>"


def _iter_front(manifest: Manifest, pagination: Pagination, frame: Frame) -> Iterator[str]:
    if manifest.has_cover:
        yield frame.cover or cover_xml(manifest, frame)
    if manifest.imprint:
        yield from iter_imprint_xml(manifest)
    if manifest.board:
        yield from iter_board_xml(manifest.board)
    if manifest.editor_note:
        yield from iter_note_xml(manifest)
    if manifest.has_contents:
        yield from iter_contents_xml(pagination.entries, is_estimated=pagination.is_estimated)
    if pagination.front_pages:
        yield paragraph_xml("SectionEnd", "", _bare_section(frame, "nextPage"))


def _iter_chapters(plan: Plan, ids: Ids, on_work: Callable[[], None]) -> Iterator[Chapter]:
    """The stretches of the body; its parts stand in the order of their running heads. Nothing is counted in `ids`
    before the pieces are taken."""
    manifest = plan.manifest
    part = count(1)
    if manifest.notice:
        yield Chapter(iter_part_xml(manifest.notice, ids), next(part))
    for section in plan.sections:
        if manifest.has_section_pages:
            yield Chapter(_iter_title_page(section, ids), 0)
        yield Chapter(_iter_works(section, ids, on_work), next(part))
    for appendix in manifest.appendices:
        yield Chapter(iter_appendix_xml(appendix, ids), next(part))
    if manifest.afterword:
        yield Chapter(iter_part_xml(manifest.afterword, ids), next(part))


def _iter_title_page(section: PlannedSection, ids: Ids) -> Iterator[str]:
    yield marked_title_xml("Heading1", section.title, ids)


def _iter_works(section: PlannedSection, ids: Ids, on_work: Callable[[], None]) -> Iterator[str]:
    for work in section.works:
        yield work_xml(work, ids)
        on_work()


def _group(chapters: Iterator[Chapter], has_heads: bool) -> list[list[Chapter]]:
    """The chapters by sections of Word: a new one before and behind a title page, and for a running head of its own."""
    groups: list[list[Chapter]] = []
    for chapter in chapters:
        if groups and groups[-1][0].part and chapter.part and not has_heads:
            groups[-1].append(chapter)
        else:
            groups.append([chapter])
    return groups


def _end_section(pieces: Iterator[str], section: str) -> Iterator[str]:
    """The pieces with the break of the section in their last paragraph; one in a paragraph of its own could fall onto
    an empty page."""
    last = next(pieces)
    for piece in pieces:
        yield last
        last = piece
    head, tail = last.rsplit("</w:pPr>", 1)
    yield f"{head}{section}</w:pPr>{tail}"


def section_xml(manifest: Manifest, frame: Frame, part: int, *, is_first: bool) -> str:
    """The end of a section of the body; `part` says which part of the book it is, 0 for the title page of a section."""
    kind = "oddPage" if manifest.has_odd_starts and (is_first or not part) else "nextPage"
    start = '<w:pgNumType w:start="1"/>' if is_first else ""
    if not part:
        return _bare_section(frame, kind, start + _NOTHING_SHOWN)
    own_heads = head_references(part) if manifest.has_running_heads and not frame.heads else ""
    return (
        f"<w:sectPr>{frame.heads or own_heads}{frame.feet or _FOOTERS}<w:footnotePr>{FOOTNOTE_NUMBERING}</w:footnotePr>"
        f'<w:type w:val="{kind}"/>{_paper(frame, HEAD_DISTANCE if own_heads else _HEADER_DISTANCE)}{start}{frame.grid}</w:sectPr>'
    )


def _bare_section(frame: Frame, kind: str, properties: str = "") -> str:
    """A section without page numbers and heads."""
    return f'<w:sectPr><w:type w:val="{kind}"/>{_paper(frame, _HEADER_DISTANCE)}{properties}{frame.grid}</w:sectPr>'


def _paper(frame: Frame, header_distance: int) -> str:
    return frame.paper or (
        f'<w:pgSz w:w="{PAGE_WIDTH}" w:h="{PAGE_HEIGHT}"/>'
        f'<w:pgMar w:top="{MARGIN_TOP}" w:right="{MARGIN_RIGHT}" w:bottom="{MARGIN_BOTTOM}" w:left="{MARGIN_LEFT}" '
        f'w:header="{header_distance}" w:footer="{FOOTER_DISTANCE}" w:gutter="0"/>'
    )
