"""What the styles of an .odt say about a paragraph or a stretch of text: look, heading level, role, list."""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree

from compile.manuscript import Align, Script
from compile.reading.draft import Role
from compile.reading.inline import Look
from compile.reading.style_names import find_heading_level, find_role, is_contents_name
from compile.reading.xml_parts import FO, OFFICE, STYLE, SVG, TEXT

_ESCAPED = re.compile(r"_([0-9a-f]{1,4})_")
_SIZE = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)(pt|cm|mm|in|%)")
_POINTS = {"pt": 1.0, "cm": 28.35, "mm": 2.835, "in": 72.0}
_ALIGNS: dict[str, Align] = {"center": "center", "right": "right", "end": "right"}
_BOLD_WEIGHTS = frozenset(("bold", "600", "700", "800", "900"))
_LINK_NAMES = frozenset(("internet link", "visited internet link"))
_MAX_PARENTS = 20
_UNSET_SIZE_PT = 12.0  # what LibreOffice uses where no style names a size


class ParagraphStyle(NamedTuple):
    """A paragraph style with everything it inherits. `list_style` is None when no style of the chain names a list, and
    "" when one of them says that there is none."""

    look: Look = Look(size_pt=_UNSET_SIZE_PT)
    align: Align = "left"
    outline: int = 0
    role: Role = ""
    is_contents: bool = False
    list_style: str | None = None


class Styles:
    """All styles of the text by family and name, resolved once each and on demand."""

    def __init__(self, common: etree._Element | None, content: etree._Element) -> None:
        self._elements: dict[tuple[str, str], etree._Element] = {}
        self._faces: dict[str, str] = {}
        self._paragraphs: dict[str, ParagraphStyle] = {}
        self._looks: dict[tuple[Look, str], Look] = {}
        self._default = ParagraphStyle()
        for root in (common, content):
            for part in root if root is not None else ():
                if part.tag == OFFICE + "font-face-decls":
                    self._read_faces(part)
        for root, holder in ((common, "styles"), (content, "automatic-styles")):
            styles = root.find(OFFICE + holder) if root is not None else None
            for element in styles if styles is not None else ():
                self._read_style(element)

    def paragraph(self, name: str | None) -> ParagraphStyle:
        """The resolved paragraph style; the default one for None."""
        if name is None:
            return self._default
        style = self._paragraphs.get(name)
        if style is None:
            style = self._paragraphs[name] = self._resolve_paragraph(name, depth=0)
        return style

    def apply_text(self, look: Look, name: str | None) -> Look:
        """`look` with a text style on top. What a hyperlink adds is left out."""
        if name is None:
            return look
        found = self._looks.get((look, name))
        if found is None:
            found = look
            for element in reversed(self._chain("text", name)):
                if _name_of(element) not in _LINK_NAMES:
                    found = self._apply_look(found, element.find(_TEXT_PROPERTIES))
            self._looks[look, name] = found
        return found

    def _read_faces(self, declarations: etree._Element) -> None:
        for face in declarations:
            family = face.get(SVG + "font-family")
            if family:
                self._faces[face.get(_NAME) or ""] = family.strip("'\" ")

    def _read_style(self, element: etree._Element) -> None:
        if element.tag == STYLE + "style":
            self._elements[element.get(STYLE + "family") or "", element.get(_NAME) or ""] = element
        elif element.tag == STYLE + "default-style" and element.get(STYLE + "family") == "paragraph":
            self._default = self._apply_paragraph(self._default, element)

    def _chain(self, family: str, name: str | None) -> list[etree._Element]:
        chain: list[etree._Element] = []
        while name and len(chain) < _MAX_PARENTS:
            element = self._elements.get((family, name))
            if element is None or element in chain:
                break
            chain.append(element)
            name = element.get(_PARENT)
        return chain

    def _resolve_paragraph(self, name: str, depth: int) -> ParagraphStyle:
        element = self._elements.get(("paragraph", name))
        if element is None or depth > _MAX_PARENTS:
            return _named(self._default, _decode_name(name))
        parent = element.get(_PARENT)
        style = self._resolve_paragraph(parent, depth + 1) if parent and parent != name else self._default
        return _named(self._apply_paragraph(style, element), _name_of(element))

    def _apply_paragraph(self, style: ParagraphStyle, element: etree._Element) -> ParagraphStyle:
        properties = element.find(_PARAGRAPH_PROPERTIES)
        if properties is not None and (align := properties.get(FO + "text-align")):
            style = style._replace(align=_ALIGNS.get(align, "left"))
        level = element.get(STYLE + "default-outline-level")
        if level is not None:
            style = style._replace(outline=to_outline(level))
        list_style = element.get(STYLE + "list-style-name")
        if list_style is not None:
            style = style._replace(list_style=list_style)
        return style._replace(look=self._apply_look(style.look, element.find(_TEXT_PROPERTIES)))

    def _apply_look(self, look: Look, properties: etree._Element | None) -> Look:
        """`look` with text properties on top; what is said of East Asian text goes before what is said of Latin."""
        if properties is None:
            return look
        bold, italic, underline, script, is_hidden, size_pt, face = look
        get = properties.get
        if weight := get(_WEIGHT_ASIAN) or get(_WEIGHT):
            bold = weight in _BOLD_WEIGHTS
        if slant := get(_SLANT_ASIAN) or get(_SLANT):
            italic = slant != "normal"
        if line := get(_UNDERLINE):
            underline = line != "none"
        if position := get(_POSITION):
            script = _to_script(position)
        if display := get(_DISPLAY):
            is_hidden = display == "none"
        if size := get(_SIZE_ASIAN) or get(_FONT_SIZE):
            size_pt = _to_points(size, size_pt)
        if font := get(_FONT_ASIAN):
            face = self._faces.get(font, font)
        elif family := get(_FAMILY_ASIAN):
            face = family.strip("'\" ")
        return Look(bold, italic, underline, script, is_hidden, size_pt, face)


def to_outline(level: str) -> int:
    """An outline level as 1 to 9, 0 for none."""
    return min(int(level), 9) if level.isdecimal() and len(level) <= 2 else 0


def _named(style: ParagraphStyle, name: str) -> ParagraphStyle:
    """The style with what its name tells."""
    if level := find_heading_level(name):
        return style._replace(outline=style.outline or level)
    if is_contents_name(name):
        return style._replace(is_contents=True, outline=0)
    role = find_role(name)
    return style._replace(role=role, outline=0) if role else style


def _name_of(element: etree._Element) -> str:
    shown = element.get(STYLE + "display-name")
    return shown.lower() if shown else _decode_name(element.get(_NAME) or "")


def _decode_name(name: str) -> str:
    """A name as people see it: blanks and signs are written as hexadecimal numbers in a style's inner name."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), name).lower()


def _to_script(position: str) -> Script:
    shift = position.split(" ", 1)[0]
    if shift == "super":
        return "sup"
    if shift == "sub":
        return "sub"
    if shift.startswith("-"):
        return "sub"
    return "sup" if shift.strip("0.%") else ""


def _to_points(size: str, inherited_pt: float) -> float:
    match = _SIZE.fullmatch(size)
    if match is None:
        return inherited_pt
    number = float(match[1])
    return round(inherited_pt * number / 100 if match[2] == "%" else number * _POINTS[match[2]], 2)


_NAME, _PARENT = STYLE + "name", STYLE + "parent-style-name"
_TEXT_PROPERTIES, _PARAGRAPH_PROPERTIES = STYLE + "text-properties", STYLE + "paragraph-properties"
_WEIGHT, _WEIGHT_ASIAN = FO + "font-weight", STYLE + "font-weight-asian"
_SLANT, _SLANT_ASIAN = FO + "font-style", STYLE + "font-style-asian"
_FONT_SIZE, _SIZE_ASIAN = FO + "font-size", STYLE + "font-size-asian"
_FONT_ASIAN, _FAMILY_ASIAN = STYLE + "font-name-asian", STYLE + "font-family-asian"
_UNDERLINE, _POSITION, _DISPLAY = STYLE + "text-underline-style", STYLE + "text-position", TEXT + "display"
