"""A document written as .docx: the composed pieces, the page they stand on, and the imprint on its right page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO, Final

import docx.document
from docx.enum.section import WD_SECTION
from docx.section import Section
from docx.shared import Twips

from compile.documents.composing import Piece, Placed, compose
from compile.documents.extent import count_document_pages
from compile.documents.imprint import imprint_lines, imprint_xml
from compile.documents.model import Document
from compile.documents.package import open_blank, save_package
from compile.documents.paragraphs import (
    fill_double_rule,
    fill_page_number,
    fill_paragraph,
    parse_pieces,
)
from compile.documents.styles import document_styles, mark_line
from compile.writing.layout import (
    FOOTER_DISTANCE,
    LINE,
    MARGIN_BOTTOM,
    MARGIN_LEFT,
    MARGIN_RIGHT,
    MARGIN_TOP,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    TWIPS_PER_MM,
)
from compile.writing.runs import Notes
from compile.writing.styles import Style
from compile.writing.tables import table_xml

# 信函格式: the mark 30 mm under the upper edge of the paper, rules 170 mm wide and 20 mm above the lower edge.
_LETTER_TOP: Final = round(30 * TWIPS_PER_MM)
_LETTER_FOOT: Final = round(20 * TWIPS_PER_MM)
_LETTER_RULE_DEPTH: Final = round(4 * TWIPS_PER_MM)
_RULE_LEFT: Final = round(20 * TWIPS_PER_MM) - MARGIN_LEFT
_RULE_RIGHT: Final = round(20 * TWIPS_PER_MM) - MARGIN_RIGHT
# On a page of its own LibreOffice lets the imprint sink as far as an empty footer leaves room; this one leaves none.
_BACK_FOOTER: Final = round(30 * TWIPS_PER_MM)


def write_document(document: Document, sink: BinaryIO) -> None:
    """Write the document to the sink; the same document gives the same bytes."""
    styles = document_styles(document.mark)
    word = open_blank(document, styles)
    pieces = compose(document)
    for piece in pieces:
        _add_piece(word, piece)
    section = word.sections[0]
    _set_paper(section)
    if document.form == "letter":
        _furnish_letter(section, document.mark)
    else:
        fill_page_number(section.footer.paragraphs[0], "PageNumberOdd")
        fill_page_number(section.even_page_footer.paragraphs[0], "PageNumberEven")
    if document.imprint:
        _add_imprint(word, document, pieces, styles)
    save_package(word, sink)


def _set_paper(section: Section) -> None:
    """A4 with the type area of the standard."""
    section.page_width, section.page_height = Twips(PAGE_WIDTH), Twips(PAGE_HEIGHT)
    section.top_margin, section.bottom_margin = Twips(MARGIN_TOP), Twips(MARGIN_BOTTOM)
    section.left_margin, section.right_margin = Twips(MARGIN_LEFT), Twips(MARGIN_RIGHT)
    section.header_distance, section.footer_distance = Twips(851), Twips(FOOTER_DISTANCE)
    section.gutter = Twips(0)
    (grid,) = parse_pieces(f'<w:docGrid w:type="lines" w:linePitch="{LINE}"/>')
    section._sectPr.append(grid)


def _add_piece(word: docx.document.Document, piece: Piece) -> None:
    if isinstance(piece, Placed):
        fill_paragraph(word.add_paragraph(), piece)
        return
    for element in parse_pieces(table_xml(piece, (), Notes())):
        word.element.body.insert_element_before(element, "w:sectPr")


def _furnish_letter(section: Section, mark: str) -> None:
    """Mark and rules of the first page, which bears no number; the further pages are numbered as ever."""
    section.different_first_page_header_footer = True
    section.header_distance, section.footer_distance = Twips(_LETTER_TOP), Twips(_LETTER_FOOT)
    head = section.first_page_header
    fill_paragraph(head.paragraphs[0], Placed("Mark", mark, left=_RULE_LEFT, right=_RULE_RIGHT))
    rule = Placed("Rule", "", left=_RULE_LEFT, right=_RULE_RIGHT)
    fill_double_rule(head.add_paragraph(), replace(rule, before=_letter_rule_gap(mark)), is_thick_above=True)
    fill_double_rule(section.first_page_footer.paragraphs[0], rule, is_thick_above=False)
    lift = FOOTER_DISTANCE - _LETTER_FOOT
    fill_page_number(section.footer.paragraphs[0], "PageNumberOdd", after=lift)
    fill_page_number(section.even_page_footer.paragraphs[0], "PageNumberEven", after=lift)


def _letter_rule_gap(mark: str) -> int:
    """From the line of the mark to the rule 4 mm under its characters; a ninth of the line lies under them too."""
    return _LETTER_RULE_DEPTH - mark_line(mark) // 9


def _add_imprint(
    word: docx.document.Document, document: Document, pieces: Sequence[Piece], styles: Sequence[Style]
) -> None:
    """Put the imprint on the foot of the last page, which must be an even one except in letters. Where the text ends on
    an odd page the imprint takes the back of that sheet, where it leaves no room a sheet of its own."""
    imprint, is_letter = document.imprint, document.form == "letter"
    if imprint is None:
        return
    style = next(style for style in styles if style.id == "Imprint")
    lines = imprint_lines(imprint, style, is_ruled=not is_letter)
    pages = count_document_pages(pieces, styles)
    if not is_letter and pages % 2:
        _turn_page(word, WD_SECTION.EVEN_PAGE)
    elif not is_letter and count_document_pages(pieces, styles, tail=lines) > pages:
        _turn_page(word, WD_SECTION.NEW_PAGE)  # LibreOffice prints no blank page that is not written
        _turn_page(word, WD_SECTION.EVEN_PAGE)
    for element in parse_pieces(imprint_xml(imprint, is_ruled=not is_letter)):
        word.element.body.insert_element_before(element, "w:sectPr")
    # The table stands on the page of the paragraph behind it.
    fill_paragraph(word.add_paragraph(), Placed("SectionEnd", ""))


def _turn_page(word: docx.document.Document, start: WD_SECTION) -> None:
    """Begin a page without a number."""
    back = word.add_section(start)
    fill_paragraph(word.paragraphs[-1], Placed("SectionEnd", ""))  # a full page has no line to spare for the break
    back.footer_distance = Twips(_BACK_FOOTER)
    for footer in (back.footer, back.even_page_footer):
        footer.is_linked_to_previous = False
        fill_paragraph(footer.paragraphs[0], Placed("SectionEnd", ""))
    fill_paragraph(word.add_paragraph(), Placed("SectionEnd", ""))  # LibreOffice loses a break before a table
