"""Paragraphs, rules and page numbers put into a Word document through python-docx."""

from __future__ import annotations

from typing import Final, cast

from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.text.paragraph import CT_P
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Twips
from docx.text.paragraph import Paragraph

from compile.documents.composing import Placed
from compile.documents.styles import RED
from compile.writing.layout import BODY_SIZE, TEXT_WIDTH
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
        form.tab_stops.add_tab_stop(Twips(TEXT_WIDTH - BODY_SIZE), WD_TAB_ALIGNMENT.RIGHT)
    if piece.is_ruled:
        _set_borders(element, bottom=_RED_RULE, space_pt=_RULE_SPACE_PT)
    _add_text(element, piece.text[: piece.lead], style=piece.lead_style)
    _add_text(element, piece.text[piece.lead :])


def _add_text(element: CT_P, text: str, *, style: str = "") -> None:
    """Append the text in as many runs as its characters ask for."""
    if text:
        for run in parse_pieces(run_xml(text, style=style)):
            element.append(run)


def _set_borders(element: CT_P, *, top: int = 0, bottom: int = 0, space_pt: int = 0) -> None:
    """Red rules above or below a paragraph, in eighths of a point."""
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="{space_pt}" w:color="{RED}"/>'
        for side, size in (("top", top), ("bottom", bottom))
        if size
    )
    properties = element.get_or_add_pPr()
    (borders,) = parse_pieces(f"<w:pBdr>{sides}</w:pBdr>")
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def fill_double_rule(paragraph: Paragraph, piece: Placed, *, is_thick_above: bool) -> None:
    """Make a red double rule of a fresh paragraph: it stays empty, with a line above and a line below."""
    fill_paragraph(paragraph, piece)
    top, bottom = (_THICK, _THIN) if is_thick_above else (_THIN, _THICK)
    _set_borders(paragraph._p, top=top, bottom=bottom)


def fill_page_number(paragraph: Paragraph, style: str, *, after: int = 0) -> None:
    """Make a page number, — 1 —, of a fresh paragraph, `after` twips above the foot of the footer."""
    fill_paragraph(paragraph, Placed(style, ""))
    if after:
        paragraph.paragraph_format.space_after = Twips(after)
    _add_text(paragraph._p, "— ")
    for field in parse_pieces(f'<w:fldSimple w:instr=" PAGE ">{run_xml("1")}</w:fldSimple>'):
        paragraph._p.append(field)
    _add_text(paragraph._p, " —")
