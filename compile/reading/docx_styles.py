"""What the styles of a .docx say about a paragraph or run: look, heading level, role, list."""

from __future__ import annotations

from typing import NamedTuple

from lxml import etree

from compile.manuscript import Align
from compile.reading.draft import Role
from compile.reading.inline import Look
from compile.reading.style_names import MARKER_NAME, find_heading_level, find_item_level, find_role, is_contents_name
from compile.reading.xml_parts import W

_OFF = {"0", "false", "off", "none"}
_ALIGNS: dict[str, Align] = {"center": "center", "right": "right", "end": "right"}
_MAX_PARENTS = 20
_UNSET_SIZE_PT = 10.0  # ECMA-376: what Word uses where no style names a size


class ParagraphStyle(NamedTuple):
    """A paragraph style with everything it inherits."""

    style_id: str = ""
    look: Look = Look()
    outline: int = 0
    role: Role = ""
    is_contents: bool = False
    number_id: str = ""
    number_level: int | None = None
    align: Align = "left"


class Styles:
    """All styles by id, resolved once each and on demand."""

    def __init__(self, root: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._paragraphs: dict[str, ParagraphStyle] = {}
        self._characters: dict[tuple[Look, str | None], Look] = {}
        self._base = Look(size_pt=_UNSET_SIZE_PT)
        self._default_id = ""
        for element in root if root is not None else ():
            if element.tag == W + "style":
                style_id = element.get(W + "styleId") or ""
                self._elements[style_id] = element
                if element.get(W + "type") == "paragraph" and element.get(W + "default") not in (None, *_OFF):
                    self._default_id = style_id
            elif element.tag == W + "docDefaults":
                self._base = apply_look(self._base, element.find(f"{W}rPrDefault/{W}rPr"))

    def paragraph(self, style_id: str | None) -> ParagraphStyle:
        """The resolved paragraph style; the default one for None."""
        key = style_id or self._default_id
        style = self._paragraphs.get(key)
        if style is None:
            style = self._paragraphs[key] = self._resolve_paragraph(key, depth=0)
        return style

    def apply_character(self, look: Look, style_id: str | None) -> Look:
        """`look` with a character style on top."""
        key = look, style_id
        styled = self._characters.get(key)
        if styled is None:
            styled = look
            for element in reversed(self._chain(style_id)):
                if _name_of(element) != "hyperlink":
                    styled = apply_look(styled, element.find(W + "rPr"))
            self._characters[key] = styled
        return styled

    def is_marker(self, style_id: str | None) -> bool:
        """Whether the character style is the one under which our own books type the number of an item."""
        element = self._elements.get(style_id or "")
        return element is not None and _name_of(element) == MARKER_NAME

    def number_id_of(self, style_id: str) -> str:
        """The list a numbering style stands for, "" for none."""
        element = self._elements.get(style_id)
        number = element.find(f"{W}pPr/{W}numPr/{W}numId") if element is not None else None
        return (number.get(W + "val") or "") if number is not None else ""

    def _chain(self, style_id: str | None) -> list[etree._Element]:
        chain: list[etree._Element] = []
        while style_id and len(chain) < _MAX_PARENTS:
            element = self._elements.get(style_id)
            if element is None or element in chain:
                break
            chain.append(element)
            parent = element.find(W + "basedOn")
            style_id = parent.get(W + "val") if parent is not None else None
        return chain

    def _resolve_paragraph(self, style_id: str, depth: int) -> ParagraphStyle:
        element = self._elements.get(style_id)
        if element is None or depth > _MAX_PARENTS:
            return _named(ParagraphStyle(style_id, self._base), style_id.lower())
        based_on = element.find(W + "basedOn")
        parent_id = based_on.get(W + "val") if based_on is not None else None
        if parent_id and parent_id != style_id:
            style = self._resolve_paragraph(parent_id, depth + 1)._replace(style_id=style_id)
        else:
            style = ParagraphStyle(style_id, self._base)
        style = style._replace(look=apply_look(style.look, element.find(W + "rPr")))
        properties = element.find(W + "pPr")
        if properties is not None:
            style = apply_paragraph(style, properties)
        return _named(style, _name_of(element))


def apply_look(look: Look, properties: etree._Element | None) -> Look:
    """`look` with run properties on top."""
    if properties is None:
        return look
    bold, italic, underline, script, is_hidden, size_pt, face = look
    for element in properties:
        tag = element.tag
        if tag == _BOLD:
            bold = is_on(element)
        elif tag == _SIZE:
            size_pt = _to_points(element.get(_VAL), size_pt)
        elif tag == _ITALIC:
            italic = is_on(element)
        elif tag == _UNDERLINE:
            underline = (element.get(_VAL) or "none") not in _OFF
        elif tag == _SCRIPT:
            value = element.get(_VAL)
            script = "sup" if value == "superscript" else "sub" if value == "subscript" else ""
        elif tag == _VANISH:
            is_hidden = is_on(element)
        elif tag == _FONTS:
            face = element.get(_EAST_ASIA) or ("" if element.get(_EAST_ASIA_THEME) else face)
    return Look(bold, italic, underline, script, is_hidden, size_pt, face)


def apply_paragraph(style: ParagraphStyle, properties: etree._Element) -> ParagraphStyle:
    """`style` with paragraph properties on top."""
    for element in properties:
        tag = element.tag
        if tag == W + "jc":
            style = style._replace(align=_ALIGNS.get(element.get(_VAL) or "", "left"))
        elif tag == W + "outlineLvl":
            value = element.get(_VAL) or ""
            style = style._replace(outline=int(value) + 1 if value in set("012345678") else 0)
        elif tag == W + "numPr":
            number, level = element.find(W + "numId"), element.find(W + "ilvl")
            if number is not None:
                style = style._replace(number_id=number.get(_VAL) or "", number_level=None)
            if level is not None and (value := level.get(_VAL) or "").isdecimal():
                style = style._replace(number_level=min(int(value), 8))
    return style


def is_on(element: etree._Element) -> bool:
    """A toggle property without a value is on."""
    return (element.get(_VAL) or "1") not in _OFF


def _named(style: ParagraphStyle, name: str) -> ParagraphStyle:
    """The style with what its name tells."""
    if level := find_heading_level(name):
        return style._replace(outline=style.outline or level)
    if is_contents_name(name):
        return style._replace(is_contents=True, outline=0)
    if (item_level := find_item_level(name)) is not None:
        return style._replace(role="item", number_level=item_level, outline=0)
    role = find_role(name)
    return style._replace(role=role, outline=0) if role else style


def _name_of(element: etree._Element) -> str:
    name = element.find(W + "name")
    return (name.get(_VAL) or "").lower() if name is not None else ""


def _to_points(value: str | None, fallback: float) -> float:
    return int(value) / 2 if value and value.isdecimal() and len(value) <= 4 else fallback


_VAL = W + "val"
_BOLD, _ITALIC, _UNDERLINE = W + "b", W + "i", W + "u"
_FONTS, _EAST_ASIA, _EAST_ASIA_THEME = W + "rFonts", W + "eastAsia", W + "eastAsiaTheme"
_SIZE, _SCRIPT, _VANISH = W + "sz", W + "vertAlign", W + "vanish"
