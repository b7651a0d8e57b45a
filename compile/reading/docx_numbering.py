"""Automatic list numbers of a .docx, resolved to the text Word shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from compile.reading.docx_styles import Styles, is_on
from compile.reading.numerals import format_number, to_bullet
from compile.reading.xml_parts import W

_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9
_MAX_NUMBER = 1_000_000


class Level(NamedTuple):
    """One level of a list definition. `restarts_after` is the level (counted from 1) whose step restarts this one,
    0 for never, None for any higher level."""

    start: int = 1
    number_format: str = "decimal"
    text: str = ""
    is_legal: bool = False
    style_id: str = ""
    restarts_after: int | None = None


@dataclass(slots=True)
class _List:
    """A list in use: which definition it counts on and what it overrides."""

    abstract_id: str
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, Level] = field(default_factory=dict)
    is_used: bool = False


class Numbering:
    """Counts the numbered paragraphs of one document in their order."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._abstracts: dict[str, dict[int, Level]] = {}
        self._links: dict[str, str] = {}
        self._lists: dict[str, _List] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._styles = styles
        for element in root if root is not None else ():
            if element.tag == W + "abstractNum":
                self._read_abstract(element)
            elif element.tag == W + "num":
                self._read_list(element)

    def next_marker(self, number_id: str, level: int | None, style_id: str) -> tuple[str, int] | None:
        """Count one paragraph; its marker and level from 0, or None when the list does not exist or is switched off.

        `level` None means: the level linked to the paragraph style, else the first.
        """
        numbered = self._lists.get(number_id)
        levels = self._levels_of(numbered) if numbered else None
        if numbered is None or not levels:
            return None
        if level is None:
            level = next((index for index, item in levels.items() if item.style_id == style_id), 0)
        own = levels.get(level, Level())
        counters = self._counters.setdefault(numbered.abstract_id, [None] * _LEVELS)
        if not numbered.is_used:
            numbered.is_used = True
            for index in numbered.starts:
                counters[index] = None
        current = counters[level]
        counters[level] = numbered.starts.get(level, own.start) if current is None else current + 1
        for lower in range(level + 1, _LEVELS):
            restarts_after = levels.get(lower, own).restarts_after
            if restarts_after is None or 0 < level + 1 <= restarts_after:
                counters[lower] = None
        return self._write_marker(numbered, levels, counters, level), level

    def _levels_of(self, numbered: _List) -> dict[int, Level]:
        """Levels of the definition, followed once through a numbering style, with the list's own on top."""
        if link := self._links.get(numbered.abstract_id):
            target = self._lists.get(self._styles.number_id_of(link))
            if target is not None:
                numbered.abstract_id = target.abstract_id
        levels = self._abstracts.get(numbered.abstract_id, {})
        return {**levels, **numbered.levels} if numbered.levels else levels

    def _write_marker(self, numbered: _List, levels: dict[int, Level], counters: list[int | None], level: int) -> str:
        own = levels.get(level, Level())
        if own.number_format == "bullet":
            return to_bullet(own.text)

        def fill(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            if index > level:
                return ""
            item = levels.get(index, Level())
            number = counters[index]
            if number is None:
                number = counters[index] = numbered.starts.get(index, item.start)
            return format_number(number, "decimal" if own.is_legal else item.number_format)

        return _PLACE.sub(fill, own.text).strip()

    def _read_abstract(self, element: etree._Element) -> None:
        abstract_id = element.get(W + "abstractNumId") or ""
        levels = {}
        for child in element:
            if child.tag == W + "lvl":
                levels[_to_level(child.get(W + "ilvl"))] = _read_level(child)
            elif child.tag == W + "numStyleLink":
                self._links[abstract_id] = child.get(W + "val") or ""
        self._abstracts[abstract_id] = levels

    def _read_list(self, element: etree._Element) -> None:
        abstract = element.find(W + "abstractNumId")
        numbered = _List((abstract.get(W + "val") or "") if abstract is not None else "")
        for override in element.findall(W + "lvlOverride"):
            index = _to_level(override.get(W + "ilvl"))
            start, level = override.find(W + "startOverride"), override.find(W + "lvl")
            if level is not None:
                numbered.levels[index] = _read_level(level)
            if start is not None:
                numbered.starts[index] = _to_number(start.get(W + "val"), 1)
        self._lists[element.get(W + "numId") or ""] = numbered


def _read_level(element: etree._Element) -> Level:
    level = Level()
    for child in element:
        value = child.get(W + "val") or ""
        if child.tag == W + "start":
            level = level._replace(start=_to_number(value, 1))
        elif child.tag == W + "numFmt":
            level = level._replace(number_format=value)
        elif child.tag == W + "lvlText":
            level = level._replace(text=value)
        elif child.tag == W + "isLgl":
            level = level._replace(is_legal=is_on(child))
        elif child.tag == W + "pStyle":
            level = level._replace(style_id=value)
        elif child.tag == W + "lvlRestart":
            level = level._replace(restarts_after=_to_number(value, 0))
    return level


def _to_level(value: str | None) -> int:
    return min(_to_number(value, 0), _LEVELS - 1)


def _to_number(value: str | None, fallback: int) -> int:
    return min(int(value), _MAX_NUMBER) if value and value.isdecimal() and len(value) <= 9 else fallback
