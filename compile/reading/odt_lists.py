"""Lists and numbered headings of an .odt, counted to the text its author sees."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from compile.reading.numerals import format_number, to_bullet
from compile.reading.xml_parts import LOEXT, OFFICE, STYLE, TEXT, XML_ID

_LEVELS = 10
_MAX_NUMBER = 1_000_000
# The place of a number, and the point after it that goes when there is no number.
_PLACE = re.compile(r"%([1-9]|10)%(\.?)")
_OUTLINE_NAME = "Outline"
# The list formats of ODF by what stands before their first comma, as Word names them.
_FORMATS = {
    "1": "decimal",
    "01": "decimalZero",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "一": "chineseCountingThousand",
    "壹": "chineseLegalSimplified",
    "甲": "ideographTraditional",
    "子": "ideographZodiac",
    "①": "decimalEnclosedCircle",
    "１": "decimalFullWidth",
}


class Level(NamedTuple):
    """One level of a list style. `text` holds the places of numbers as %1% to %10%; a bullet has no place in it."""

    start: int = 1
    number_format: str = ""
    text: str = ""


@dataclass(slots=True)
class _OpenList:
    """A list being read: its style, its counters (shared by all its levels), and the item whose first paragraph is
    still to come."""

    style_name: str | None
    counters: list[int | None]
    level: int
    awaits_number: bool = False
    start: int | None = None


@dataclass(slots=True)
class ListCounter:
    """Counts the list items and numbered headings of one document in their order."""

    _styles: dict[str, dict[int, Level]] = field(default_factory=dict)
    _open: list[_OpenList] = field(default_factory=list)
    _by_id: dict[str, list[int | None]] = field(default_factory=dict)
    _by_style: dict[str | None, list[int | None]] = field(default_factory=dict)
    _outline: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)

    def read_styles(self, common: etree._Element | None, content: etree._Element) -> None:
        """Take in the list styles of both parts."""
        for root, holder in ((common, "styles"), (content, "automatic-styles")):
            part = root.find(OFFICE + holder) if root is not None else None
            for element in part if part is not None else ():
                if element.tag == TEXT + "list-style":
                    self._styles[element.get(STYLE + "name") or ""] = _read_levels(element)
                elif element.tag == TEXT + "outline-style":
                    self._styles[_OUTLINE_NAME] = _read_levels(element)

    def open_list(self, element: etree._Element) -> None:
        """A list begins; one inside another goes on with its style and its counters."""
        style_name = element.get(_STYLE_NAME)
        if self._open:
            outer = self._open[-1]
            level = min(outer.level + 1, _LEVELS - 1)
            self._open.append(_OpenList(style_name or outer.style_name, outer.counters, level))
            return
        counters = self._counters_for(element, style_name)
        self._by_id[element.get(XML_ID) or ""] = self._by_style[style_name] = counters
        self._open.append(_OpenList(style_name, counters, 0))

    def close_list(self) -> None:
        """The innermost list ends."""
        self._open.pop()

    def set_aside(self) -> list[_OpenList]:
        """Leave all open lists, as for the text of a box or a cell; `take_up` goes back to them."""
        outer, self._open = self._open, []
        return outer

    def take_up(self, outer: list[_OpenList]) -> None:
        """Go on where `set_aside` left."""
        self._open = outer

    def begin_item(self, element: etree._Element, *, is_numbered: bool) -> None:
        """An item begins: the first paragraph right in it gets the number."""
        self._open[-1].awaits_number = is_numbered
        self._open[-1].start = to_number(element.get(TEXT + "start-value"))

    def count_item(self, paragraph_list_style: str | None) -> tuple[str, int] | None:
        """The marker and level of a paragraph that opens an item; None for any other paragraph."""
        current = self._open[-1] if self._open else None
        if current is None or not current.awaits_number:
            return None
        current.awaits_number = False
        style_name = current.style_name if current.style_name is not None else paragraph_list_style
        marker = self._step(self._styles.get(style_name or "", {}), current.counters, current.level, current.start)
        return marker, current.level

    def count_numbered(self, element: etree._Element) -> tuple[str, int]:
        """The marker and level of a numbered paragraph, which stands outside any list."""
        level = min(max((to_number(element.get(TEXT + "level")) or 1) - 1, 0), _LEVELS - 1)
        style_name = element.get(_STYLE_NAME)
        key = element.get(TEXT + "list-id") or style_name or ""
        counters = self._by_id.setdefault(key, [None] * _LEVELS)
        start = to_number(element.get(TEXT + "start-value"))
        return self._step(self._styles.get(style_name or "", {}), counters, level, start), level

    def count_heading(self, heading: etree._Element, outline: int) -> str:
        """The number that the outline of the document gives to a heading, "" when it gives none."""
        levels = self._styles.get(_OUTLINE_NAME)
        if not levels or heading.get(TEXT + "is-list-header") == "true":
            return ""
        restarts = heading.get(TEXT + "restart-numbering") == "true"
        start = to_number(heading.get(TEXT + "start-value")) if restarts else None
        return self._step(levels, self._outline, outline - 1, start)

    def _counters_for(self, element: etree._Element, style_name: str | None) -> list[int | None]:
        if style_name == _OUTLINE_NAME:
            return self._outline
        continued = self._by_id.get(element.get(TEXT + "continue-list") or "-")
        if continued is None and element.get(TEXT + "continue-numbering") == "true":
            continued = self._by_style.get(style_name)
        return continued if continued is not None else [None] * _LEVELS

    def _step(self, levels: dict[int, Level], counters: list[int | None], level: int, start: int | None) -> str:
        own = levels.get(level, Level())
        current = counters[level]
        if start is not None:
            counters[level] = start
        else:
            counters[level] = own.start if current is None else min(current + 1, _MAX_NUMBER)
        counters[level + 1 :] = [None] * (_LEVELS - level - 1)
        return _write_marker(levels, counters, level)


def to_number(value: str | None) -> int | None:
    """A count written in digits, None for anything else."""
    return min(int(value), _MAX_NUMBER) if value and value.isdecimal() and len(value) <= 9 else None


def _write_marker(levels: dict[int, Level], counters: list[int | None], level: int) -> str:
    own = levels.get(level, Level())
    if not own.number_format:
        return "" if _PLACE.search(own.text) else own.text.strip()

    def fill(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        item = levels.get(index, Level())
        if index > level or not item.number_format:
            return ""
        number = counters[index]
        if number is None:
            number = counters[index] = item.start
        return format_number(number, item.number_format) + match[2]

    return _PLACE.sub(fill, own.text).strip()


def _read_levels(element: etree._Element) -> dict[int, Level]:
    levels = {}
    for child in element:
        level = to_number(child.get(TEXT + "level"))
        if level is not None and 1 <= level <= _LEVELS:
            levels[level - 1] = _read_level(child, level)
    return levels


def _read_level(element: etree._Element, level: int) -> Level:
    if element.tag == TEXT + "list-level-style-bullet":
        return Level(text=to_bullet(element.get(TEXT + "bullet-char") or ""))
    if element.tag == TEXT + "list-level-style-image":
        return Level(text="•")
    start = to_number(element.get(TEXT + "start-value"))
    number_format = element.get(STYLE + "num-format") or ""
    text = element.get(LOEXT + "num-list-format") or element.get(STYLE + "num-list-format")
    if text is None:
        shown = min(max(to_number(element.get(TEXT + "display-levels")) or 1, 1), level)
        places = ".".join(f"%{index}%" for index in range(level - shown + 1, level + 1)) if number_format else ""
        prefix, suffix = (element.get(STYLE + name) or "" for name in ("num-prefix", "num-suffix"))
        text = prefix + places + suffix
    known = _FORMATS.get(number_format.split(",", 1)[0].strip(), "decimal") if number_format else ""
    return Level(1 if start is None else start, known, text)


_STYLE_NAME = TEXT + "style-name"
