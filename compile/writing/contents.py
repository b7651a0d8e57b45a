"""The contents: a real field that Word can refresh, holding entries with the page numbers already filled in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from compile.writing.pages import Entry
from compile.writing.runs import run_xml
from compile.writing.text import one_line
from compile.writing.works import bookmark_name, paragraph_xml

_CODE: Final = r'TOC \o "1-2" \h \z \u'
_SEPARATE: Final = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
_END: Final = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def iter_contents_xml(entries: tuple[Entry, ...], *, is_estimated: bool) -> Iterator[str]:
    """The heading and the field with one linked entry per line. Estimated numbers mark the field as due for a
    refresh, which a word processor may do without asking the reader."""
    dirty = ' w:dirty="true"' if is_estimated else ""
    begin = f'<w:r><w:fldChar w:fldCharType="begin"{dirty}/></w:r>{_instruction(_CODE)}{_SEPARATE}'
    yield (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj>'
        f"</w:sdtPr><w:sdtContent>{paragraph_xml('TOCHeading', run_xml('目　录'))}"
    )
    for number, entry in enumerate(entries, start=1):
        opening = begin if number == 1 else ""
        closing = _END if number == len(entries) else ""
        yield paragraph_xml(f"TOC{entry.level}", opening + _entry_xml(entry, number) + closing)
    yield "</w:sdtContent></w:sdt>"


def _entry_xml(entry: Entry, number: int) -> str:
    anchor = bookmark_name(number)
    page_reference = _instruction(rf"PAGEREF {anchor} \h")
    return (
        f'<w:hyperlink w:anchor="{anchor}" w:history="1">{run_xml(one_line(entry.title))}<w:r><w:tab/></w:r>'
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{page_reference}{_SEPARATE}'
        f"{run_xml(str(entry.page))}{_END}</w:hyperlink>"
    )


def _instruction(code: str) -> str:
    quoted = code.replace('"', "&quot;")
    return f'<w:r><w:instrText xml:space="preserve"> {quoted} </w:instrText></w:r>'
