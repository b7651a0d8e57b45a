"""The main part of the book, in order: cover, editor's note, contents, sections with their works, appendices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from compile.manifest import Manifest
from compile.plan import Plan, PlannedSection
from compile.writing.contents import contents_xml
from compile.writing.front import cover_xml, iter_note_xml
from compile.writing.grid import appendix_table, lay_out_table
from compile.writing.layout import (
    FOOTER_DISTANCE,
    LINE,
    MARGIN_BOTTOM,
    MARGIN_LEFT,
    MARGIN_RIGHT,
    MARGIN_TOP,
    PAGE_HEIGHT,
    PAGE_WIDTH,
)
from compile.writing.pages import Pagination
from compile.writing.parts import FOOTNOTE_NUMBERING, NAMESPACES
from compile.writing.tables import table_xml
from compile.writing.works import Ids, iter_work_xml, marked_title_xml, paragraph_xml

_PAPER: Final = (
    f'<w:pgSz w:w="{PAGE_WIDTH}" w:h="{PAGE_HEIGHT}"/><w:pgMar w:top="{MARGIN_TOP}" w:right="{MARGIN_RIGHT}" '
    f'w:bottom="{MARGIN_BOTTOM}" w:left="{MARGIN_LEFT}" w:header="851" w:footer="{FOOTER_DISTANCE}" w:gutter="0"/>'
)
_GRID: Final = f'<w:docGrid w:type="lines" w:linePitch="{LINE}"/>'
_FOOTERS: Final = (
    '<w:footerReference w:type="default" r:id="rIdFooterOdd"/><w:footerReference w:type="even" r:id="rIdFooterEven"/>'
)
_FRONT_SECTION: Final = f'<w:sectPr><w:type w:val="nextPage"/>{_PAPER}{_GRID}</w:sectPr>'


def iter_document_xml(plan: Plan, pagination: Pagination, ids: Ids, on_work: Callable[[], None]) -> Iterator[str]:
    """The document part in pieces; `on_work` is called after every work."""
    yield f"<w:document {NAMESPACES}><w:body>"
    yield from _iter_front(plan.manifest, pagination)
    yield from _iter_body(plan, ids, on_work)
    is_first = not plan.manifest.has_section_pages or len(plan.sections) == 1
    yield _body_section(is_first, plan.manifest.has_section_pages) + "</w:body></w:document>"


def _iter_front(manifest: Manifest, pagination: Pagination) -> Iterator[str]:
    if manifest.has_cover:
        yield cover_xml(manifest)
    if manifest.editor_note:
        yield from iter_note_xml(manifest)
    if manifest.has_contents:
        yield contents_xml(pagination.entries, is_estimated=pagination.is_estimated)
    if pagination.front_pages:
        yield paragraph_xml("SectionEnd", "", _FRONT_SECTION)


def _iter_body(plan: Plan, ids: Ids, on_work: Callable[[], None]) -> Iterator[str]:
    """All sections. With section pages every one is a section of Word too, whose first page bears no number; the break
    sits in the last paragraph, since a paragraph of its own could fall onto an empty page."""
    has_pages = plan.manifest.has_section_pages
    for index, section in enumerate(plan.sections):
        pieces = _iter_section(section, has_pages, ids, on_work)
        if not has_pages or index == len(plan.sections) - 1:
            yield from pieces
            continue
        last = next(pieces)
        for piece in pieces:
            yield last
            last = piece
        head, tail = last.rsplit("</w:pPr>", 1)
        yield f"{head}{_body_section(index == 0, True)}</w:pPr>{tail}"
    for appendix in plan.manifest.appendices:
        yield marked_title_xml("AppendixTitle", appendix.title, ids)
        yield table_xml(lay_out_table(appendix_table(appendix), appendix.widths), (), ids.notes)


def _iter_section(section: PlannedSection, has_page: bool, ids: Ids, on_work: Callable[[], None]) -> Iterator[str]:
    if has_page:
        yield marked_title_xml("Heading1", section.title, ids)
    for work in section.works:
        yield from iter_work_xml(work, ids)
        on_work()


def _body_section(is_first: bool, has_section_page: bool) -> str:
    start = '<w:pgNumType w:start="1"/>' if is_first else ""
    title_page = "<w:titlePg/>" if has_section_page else ""
    return (
        f"<w:sectPr>{_FOOTERS}<w:footnotePr>{FOOTNOTE_NUMBERING}</w:footnotePr>"
        f'<w:type w:val="nextPage"/>{_PAPER}{start}{title_page}{_GRID}</w:sectPr>'
    )
