"""The styles of a template joined with those of the house: a style that both name looks as the template says."""

from __future__ import annotations

from typing import Final

from lxml import etree

from compile.writing.fonts import FONT_SETS, FontSet
from compile.writing.parts import WORD_NAMESPACE
from compile.writing.styles import styles_xml

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BASE: Final = "BookBase"
_BASE_NAME: Final = "汇编基础"
_REFERENCES: Final = tuple(_W + name for name in ("basedOn", "next", "link", "pStyle", "rStyle", "tblStyle"))
# What the book relies on, whatever a style looks like: new pages, levels of the contents, captions that stay with pictures.
_NEEDED: Final = ("keepNext", "keepLines", "pageBreakBefore", "outlineLvl")
# The order in which the schema wants the properties of a paragraph, as far as it matters here.
_FIRST: Final = ("pStyle", "keepNext", "keepLines", "pageBreakBefore")


def merge_styles(template: etree._Element, fonts: FontSet, text_width: int) -> tuple[str, dict[str, str]]:
    """The joined styles part, and how the template's style ids were renamed. Styles are matched by name, since every
    language of Word has ids of its own; what only the house has is added, on a base that inherits nothing."""
    house = etree.fromstring(styles_xml(fonts, WORD_NAMESPACE, text_width=text_width))
    ours = {_name_of(style): style for style in house.iter(_W + "style")}
    renames = _find_renames(template, ours)
    for style in template.iter(_W + "style"):
        style.set(_W + "styleId", renames.get(_id_of(style), _id_of(style)))
    rename_styles(template, renames)
    present = {_name_of(style): style for style in template.iter(_W + "style")}
    base = present.get(_BASE_NAME)  # there already where the template is itself a book made from a template
    template.append(_make_base(ours["normal"]) if base is None else base)
    for name, style in ours.items():
        if name not in present:
            template.append(_on_base(style))
        elif style.get(_W + "type") == "paragraph" and not style.get(_W + "default"):
            _add_needed(present[name], style)
    return etree.tostring(template, encoding="unicode"), renames


def count_taken(merged: str) -> int:
    """How many of the house's styles look as the template says, in a styles part made by `merge_styles`."""
    names = [_name_of(style) for style in etree.fromstring(merged).iter(_W + "style")]
    house = etree.fromstring(styles_xml(FONT_SETS["win10"], WORD_NAMESPACE))
    added = names[::-1].index(_BASE_NAME)
    return len(list(house.iter(_W + "style"))) - added


def rename_styles(root: etree._Element, renames: dict[str, str]) -> None:
    """Let every reference to a style follow its new id."""
    for element in root.iter(*_REFERENCES):
        old = element.get(_W + "val") or ""
        if old in renames:
            element.set(_W + "val", renames[old])


def _find_renames(template: etree._Element, ours: dict[str, etree._Element]) -> dict[str, str]:
    """Template ids to house ids where the names agree; a foreign style in the way of a house id steps aside."""
    renames: dict[str, str] = {}
    house_ids = {_id_of(style) for style in ours.values()} | {_BASE}
    for style in template.iter(_W + "style"):
        own, twin = _id_of(style), ours.get(_name_of(style))
        if twin is not None and twin.get(_W + "type") == style.get(_W + "type"):
            renames[own] = _id_of(twin)
        elif own in house_ids and _name_of(style) != _BASE_NAME:
            renames[own] = f"Template{own}"
    return {old: new for old, new in renames.items() if old != new}


def _make_base(normal: etree._Element) -> etree._Element:
    """The ground of the house's own styles: no indent, no widow rule, nothing of the template's body text."""
    base = etree.fromstring(etree.tostring(normal))
    del base.attrib[_W + "default"]
    base.set(_W + "styleId", _BASE)
    base.set(_W + "customStyle", "1")
    for name in base.iter(_W + "name"):
        name.set(_W + "val", _BASE_NAME)
    return base


def _on_base(style: etree._Element) -> etree._Element:
    for parent in style.iter(_W + "basedOn"):
        if parent.get(_W + "val") == "Normal":
            parent.set(_W + "val", _BASE)
    if style.get(_W + "default"):
        del style.attrib[_W + "default"]  # a document has one default style of a kind, and that is the template's
    return style


def _add_needed(style: etree._Element, twin: etree._Element) -> None:
    wanted = twin.find(_W + "pPr")
    properties = style.find(_W + "pPr")
    if properties is None:
        properties = etree.SubElement(style, _W + "pPr")
        run = style.find(_W + "rPr")
        if run is not None:
            run.addprevious(properties)
    for name in _NEEDED:
        needed = wanted.find(_W + name) if wanted is not None else None
        if needed is None or properties.find(_W + name) is not None:
            continue
        copy = etree.fromstring(etree.tostring(needed))
        if name == "outlineLvl":
            properties.append(copy)
        else:
            before = _FIRST[: _FIRST.index(name)]
            place = sum(1 for child in properties if child.tag in {_W + one for one in before})
            properties.insert(place, copy)


def _id_of(style: etree._Element) -> str:
    return style.get(_W + "styleId") or ""


def _name_of(style: etree._Element) -> str:
    name = style.find(_W + "name")
    return (name.get(_W + "val") or "").lower() if name is not None else ""
