"""The book as LibreOffice sets it: a PDF, and the page numbers of the contents put right by it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final, cast

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import Destination, DictionaryObject

from compile.building import build
from compile.manifest import BuildReport, Manifest
from compile.office_suite import OfficeError, OfficeSuite, OfficeTask
from compile.plan import OpenBlob, Progress
from compile.writing.rendered_pages import Rendering

# 1,000 works are 5,100 pages and took 197 s on a busy machine, of which 147 s of processor time.
_WALL_SECONDS: Final = 60.0
_WALL_SECONDS_PER_PAGE: Final = 0.3
_MEMORY_BYTES: Final = 4_000 * 2**20
_MAX_PDF_BYTES: Final = 1024 * 2**20

_AS_WIDE_AS_TIMES: Final = ("LiberationSerif", "TimesNewRoman", "Tinos", "NimbusRoman", "TeXGyreTermes", "FreeSerif")

# Empty pages are printed too, so that a page of the file is a page of the book and two-sided printing comes out right.
_PDF: Final = (
    'pdf:writer_pdf_Export:{"ExportBookmarks":{"type":"boolean","value":"true"},'
    '"IsSkipEmptyPages":{"type":"boolean","value":"false"},"Quality":{"type":"long","value":"90"}}'
)


def correct_pages(
    manifest: Manifest,
    open_blob: OpenBlob,
    office: OfficeSuite,
    draft: BinaryIO,
    sink: BinaryIO,
    pdf: BinaryIO,
    *,
    pages: int,
    progress: Progress | None = None,
) -> BuildReport:
    """Let LibreOffice set the book built as `draft`, of about so many `pages`, and write it once more to `sink` with
    the page numbers found; only the contents change. `pdf` receives the book as it was set, with these numbers in it.
    Where the headings found are not those of the book, the report says "model" and `sink` is what `draft` was.
    `progress` hears of the stages "render", those of `build`, and "print", every second while LibreOffice is at work;
    an exception from it ends it all. Raises OfficeError and BuildError."""
    tell = progress or _ignore
    rendering = render_pdf(office, draft, pdf, pages=pages, while_waiting=lambda: tell("render", 0, 0))
    report = build(manifest, open_blob, sink, rendering=rendering, progress=tell)
    if report.corrected:  # the PDF still shows the numbers of the draft
        pdf.seek(0)
        pdf.truncate()
        render_pdf(office, sink, pdf, pages=pages, while_waiting=lambda: tell("print", 0, 0))
    return report


def render_pdf(
    office: OfficeSuite,
    document: BinaryIO,
    sink: BinaryIO,
    *,
    pages: int,
    while_waiting: Callable[[], None] | None = None,
) -> Rendering:
    """Write a .docx of about so many `pages` as PDF to the sink, which is empty, seekable and readable, and tell where
    its headings stand. `while_waiting` is called every second. Raises OfficeError."""
    wall_seconds = _WALL_SECONDS + _WALL_SECONDS_PER_PAGE * pages
    task = OfficeTask(
        suffix="docx",
        import_filter="MS Word 2007 XML",
        target=_PDF,
        wall_seconds=wall_seconds,
        cpu_seconds=round(wall_seconds),
        memory_bytes=_MEMORY_BYTES,
        output_bytes=_MAX_PDF_BYTES,
    )
    document.seek(0)
    with office.convert(document, task, while_waiting=while_waiting) as path, path.open("rb") as pdf:
        shutil.copyfileobj(pdf, sink)
    try:
        return read_rendering(sink)
    except PyPdfError as error:
        raise OfficeError("the PDF cannot be opened") from error


def read_rendering(pdf: BinaryIO) -> Rendering:
    """What a book set as PDF says of its pages; raises PyPdfError where it cannot be opened. The empty page that puts
    page 1 on a right-hand page does not count: word processors have it on paper only."""
    reader = PdfReader(pdf)
    found = [(depth, reader.get_destination_page_number(one)) for depth, one in _iter_outline(reader.outline, 0)]
    headings = [(depth, -1 if page is None else page) for depth, page in found]
    if not headings:
        return Rendering(len(reader.pages), ())
    first, last = headings[0][1], headings[-1][1]
    skipped = int(first > 0 and _is_empty(reader.pages[first - 1]))
    # The last heading stands on a page of a work or an appendix, which bears a page number in Latin figures.
    has_times = _has_times(reader.pages[last])
    return Rendering(len(reader.pages) - skipped, tuple((depth, page - skipped) for depth, page in headings), has_times)


def _is_empty(page: PageObject) -> bool:
    """Whether nothing stands on the page, neither text nor picture."""
    contents = page.get_contents()
    return contents is None or not re.search(rb"\bBT\b|\bDo\b", contents.get_data())


def _has_times(page: PageObject) -> bool:
    """Whether the fonts of the page hold Times New Roman or one made to its widths."""
    fonts = cast(DictionaryObject, page["/Resources"]).get("/Font", DictionaryObject())
    names = (str(font.get_object().get("/BaseFont", "")) for font in fonts.values())
    return any(name.lstrip("/").rpartition("+")[2].startswith(_AS_WIDE_AS_TIMES) for name in names)


def _iter_outline(items: list[Any], depth: int) -> Iterator[tuple[int, Destination]]:
    """Every heading with its depth; pypdf gives what stands below a heading as a list after it."""
    for item in items:
        if isinstance(item, list):
            yield from _iter_outline(item, depth + 1)
        else:
            yield depth, item


def _ignore(stage: str, done: int, total: int) -> None:
    """Progress for nobody."""
