"""Paragraphs, rules and page numbers put into a Word document through python-docx."""

from __future__ import annotations

from typing import Final, cast

from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.text.paragraph import CT_P
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import _BaseHeaderFooter
from docx.shared import Twips
from docx.text.paragraph import Paragraph

from compile.documents.composing import Placed
from compile.documents.styles import RED
from compile.writing.layout import TEXT_WIDTH
from compile.writing.parts import NAMESPACES
from compile.writing.runs import run_xml

# Border widths in eighths of a point.
_RED_RULE: Final = 12
_THICK, _THIN = 18, 6
# From the lower edge of 发文字号 to the red rule are 4 mm; some of them lie within its line.
_RULE_SPACE_PT: Final = 7


def parse_pieces(xml: str) -> list[BaseOxmlElement]:
    """The elements of a stretch of Word XML."""
    return [cast(BaseOxmlElement, element) for element in parse_xml(f"<w:body {NAMESPACES}>{xml}</w:body>")]


def fill_paragraph(paragraph: Paragraph, piece: Placed) -> None:
    """Give a fresh paragraph the style, text and place of the piece."""
    element = paragraph._p
    element.style = piece.style
    form = paragraph.paragraph_format
    if piece.keeps_with_next:
        form.keep_with_next = True
    if piece.before:
        form.space_before = Twips(piece.before)
    if piece.left or piece.right:
        form.left_indent, form.right_indent = Twips(piece.left), Twips(piece.right)
    if piece.hanging:
        form.first_line_indent = Twips(-piece.hanging)
    if piece.spreads:
        form.tab_stops.add_tab_stop(Twips(TEXT_WIDTH - 320), WD_TAB_ALIGNMENT.RIGHT)
    if piece.is_ruled:
        set_borders(element, bottom=_RED_RULE, space_pt=_RULE_SPACE_PT)
    add_text(element, piece.text[: piece.lead], style=piece.lead_style)
    add_text(element, piece.text[piece.lead :])


def add_text(element: CT_P, text: str, *, style: str = "") -> None:
    """Append the text in as many runs as its characters ask for."""
    if text:
        for run in parse_pieces(run_xml(text, style=style)):
            element.append(run)


def set_borders(element: CT_P, *, top: int = 0, bottom: int = 0, space_pt: int = 0) -> None:
    """Red rules above or below a paragraph, in eighths of a point."""
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="{space_pt}" w:color="{RED}"/>'
        for side, size in (("top", top), ("bottom", bottom))
        if size
    )
    properties = element.get_or_add_pPr()
    (borders,) = parse_pieces(f"<w:pBdr>{sides}</w:pBdr>")
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def add_double_rule(place: _BaseHeaderFooter, piece: Placed, *, is_thick_above: bool) -> None:
    """A red double rule: an empty paragraph with a line above and a line below."""
    paragraph = take_paragraph(place)
    fill_paragraph(paragraph, piece)
    thick_first = (_THICK, _THIN) if is_thick_above else (_THIN, _THICK)
    set_borders(paragraph._p, top=thick_first[0], bottom=thick_first[1])


def take_paragraph(place: _BaseHeaderFooter) -> Paragraph:
    """The empty paragraph a header or footer begins with, or a new one."""
    first = place.paragraphs[0]
    is_fresh = len(place.paragraphs) == 1 and first._p.style in (None, "Header", "Footer") and not first.text
    return first if is_fresh else place.add_paragraph()


def add_page_number(place: _BaseHeaderFooter, style: str, *, after: int = 0) -> None:
    """— 1 — in the given style, `after` twips above the foot of the footer."""
    place.is_linked_to_previous = False
    paragraph = take_paragraph(place)
    fill_paragraph(paragraph, Placed(style, ""))
    if after:
        paragraph.paragraph_format.space_after = Twips(after)
    add_text(paragraph._p, "— ")
    for field in parse_pieces(f'<w:fldSimple w:instr=" PAGE ">{run_xml("1")}</w:fldSimple>'):
        paragraph._p.append(field)
    add_text(paragraph._p, " —")


def empty(place: _BaseHeaderFooter) -> None:
    """Leave a header or footer of its own without any text."""
    place.is_linked_to_previous = False
    fill_paragraph(take_paragraph(place), Placed("SectionEnd", ""))
