"""The inside of a .docx paragraph: runs in their look, fields, tracked changes, notes, anchored drawings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from compile.manuscript import plain_text
from compile.reading.cleaning import UNWANTED
from compile.reading.docx_styles import Styles, apply_look, is_on
from compile.reading.draft import Report
from compile.reading.inline import Inline, Look
from compile.reading.xml_parts import MC, XML_SPACE, A, M, W

_SPACES = re.compile(r"[\t\n\r]+")
_EQUATION_FIELD = re.compile(r"[,，]\s*([^,，()（）]+?)\s*[)）]?\s*\)\s*$")

TRANSPARENT = frozenset(
    W + name
    for name in (
        "ins",
        "moveTo",
        "hyperlink",
        "smartTag",
        "customXml",
        "fldSimple",
        "sdtContent",
        "dir",
        "bdo",
        "rubyBase",
    )
)
DELETED = frozenset((W + "del", W + "moveFrom"))
DRAWINGS = frozenset((W + "drawing", W + "pict", W + "object"))
_SYMBOLS = {
    "F052": "☑",
    "F0FE": "☑",
    "F0A8": "□",
    "F06F": "□",
    "F0A3": "□",
    "F0FC": "✓",
    "F06C": "●",
    "F06E": "■",
    "F0D8": "➢",
    "F0E0": "→",
}
_LONGEST_CODE = 4_000
_PLAIN_BREAKS = frozenset((None, "textWrapping"))


@dataclass(slots=True)
class _Field:
    """A complex field being read: its code so far, and whether its result has begun."""

    code: str = ""
    is_result: bool = False
    is_contents: bool = False


class InlineReader:
    """Reads paragraphs in order; complex fields may run across them. `place` tells where we are, for the report;
    `cite` turns a footnote or endnote mark into the index of its note."""

    def __init__(
        self,
        styles: Styles,
        report: Report,
        place: Callable[[], str],
        cite: Callable[[str, str], int | None],
        has_balanced_fields: bool,
    ) -> None:
        self._styles = styles
        self._report = report
        self._place = place
        self._cite = cite
        self._has_balanced_fields = has_balanced_fields
        self._fields: list[_Field] = []
        self._inline = Inline()
        # Texts of this paragraph that are left out, until they are reported in one piece.
        self._aside: dict[str, list[str]] = {"hidden-text": [], "contents": [], "phonetic": []}
        self.comment_places: dict[str, str] = {}

    @property
    def is_in_contents(self) -> bool:
        """Inside the result of a table of contents."""
        return any(item.is_contents and item.is_result for item in self._fields)

    def read(self, paragraph: etree._Element, look: Look, into: Inline | None = None) -> Inline:
        """The paragraph's content; `into` continues one whose end mark was deleted."""
        self._inline = inline = into or Inline()
        self._walk(paragraph, look)
        self._report_aside()
        # A code that is still open at the paragraph's end was never closed properly: show what follows.
        while self._fields and not self._fields[-1].is_result:
            self._fields.pop()
        return inline

    def _walk(self, parent: etree._Element, look: Look) -> None:
        for child in parent:
            tag = child.tag
            if tag == _RUN:
                self._read_run(child, look)
            elif tag in TRANSPARENT:
                if tag == _INSERTED and (text := visible_text(child)):
                    self._report.add("inserted-text", self._place(), text)
                self._walk(child, look)
            elif tag in DELETED:
                self._report_deleted(child)
            elif tag == _SDT:
                self._read_control(child, look)
            elif tag == MC + "AlternateContent":
                branch = choose_branch(child)
                if branch is not None:
                    self._walk(branch, look)
            elif tag in (M + "oMath", M + "oMathPara"):
                self._read_formula(child, look)
            elif tag in (W + "commentRangeStart", W + "commentReference"):
                self.comment_places.setdefault(child.get(W + "id") or "", self._place())
            elif tag == W + "subDoc":
                self._report.add("embedded-document", self._place())
            elif tag != _PROPERTIES and len(child):  # a table or paragraph where none may stand: its text is kept
                self._walk(child, look)

    def _read_run(self, run: etree._Element, look: Look) -> None:
        is_marker = False
        properties = run.find(_RUN_PROPERTIES)
        if properties is not None:
            style = properties.find(_RUN_STYLE)
            if style is not None:
                is_marker = self._styles.is_marker(style.get(_VAL)) and not self._inline.runs
                look = self._styles.apply_character(look, style.get(_VAL))
            look = apply_look(look, properties)
        for child in run:
            tag = child.tag
            if tag == _TEXT:
                self._add(read_text_element(child), look)
            elif tag == _RUN_PROPERTIES:
                continue
            elif tag == W + "fldChar":
                self._read_field_mark(child, look)
            elif tag == W + "instrText":
                if self._fields and not self._fields[-1].is_result and len(self._fields[-1].code) < _LONGEST_CODE:
                    self._fields[-1].code += child.text or ""
            elif tag in (W + "tab", W + "ptab"):
                self._add(" ", look)
            elif tag in (W + "br", W + "cr"):
                self._add("\n" if child.get(W + "type") in _PLAIN_BREAKS else "", look)
            elif tag == W + "noBreakHyphen":
                self._add("-", look)
            elif tag in (W + "footnoteReference", W + "endnoteReference"):
                self._read_note_mark(child, tag)
                if child.get(W + "customMarkFollows") is not None:
                    return
            elif tag in DRAWINGS:
                self._add_drawing(child, look)
            elif tag == MC + "AlternateContent":
                branch = choose_branch(child)
                if branch is not None:
                    self._add_drawing(branch, look)
            elif tag == W + "sym":
                self._read_symbol(child, look)
            elif tag == W + "ruby":
                self._walk_ruby(child, look)
            elif tag == W + "commentReference":
                self.comment_places.setdefault(child.get(W + "id") or "", self._place())
        if is_marker:
            self._inline.marker_length = len(plain_text(tuple(self._inline.runs)))

    def _add(self, text: str, look: Look) -> None:
        if not text:
            return
        if not self._is_shown():
            if self.is_in_contents:
                self._aside["contents"].append(text)
            return
        if UNWANTED.search(text):
            text = UNWANTED.sub("", text)
        if look.is_hidden:
            self._aside["hidden-text"].append(text)
            return
        if self._aside["hidden-text"]:
            self._report_aside()
        self._inline.add(text, look)

    def _is_shown(self) -> bool:
        return all(item.is_result and not item.is_contents for item in self._fields) if self._fields else True

    def _report_aside(self) -> None:
        for kind, texts in self._aside.items():
            if text := "".join(texts).strip():
                self._report.add(kind, self._place(), text)
            texts.clear()

    def _read_field_mark(self, mark: etree._Element, look: Look) -> None:
        kind = mark.get(W + "fldCharType")
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            current = self._fields[-1]
            current.is_result = True
            words = current.code.split()
            if words and words[0].upper() == "TOC" and self._has_balanced_fields:
                current.is_contents = True
        elif kind == "end" and self._fields:
            closed = self._fields.pop()
            code = closed.code.strip()
            if not closed.is_result and (text := read_equation(code)):
                self._add(text, look)
            elif not closed.is_result and code.split(" ", 1)[0].upper() not in _SILENT_FIELDS and code:
                self._report.add("field", self._place(), code)

    def _read_note_mark(self, mark: etree._Element, tag: str) -> None:
        if not self._is_shown():
            return
        kind = "footnotes" if tag == W + "footnoteReference" else "endnotes"
        note = self._cite(kind, mark.get(W + "id") or "")
        if note is not None:
            self._inline.add_note(note)

    def _add_drawing(self, element: etree._Element, look: Look) -> None:
        if look.is_hidden:
            self._report.add("hidden-text", self._place())
        elif self._is_shown():
            self._inline.drawings.append((element, self._inline.has_text))

    def _read_symbol(self, element: etree._Element, look: Look) -> None:
        code = (element.get(W + "char") or "").upper()
        text = read_symbol(code)
        if text is None:
            self._report.add("symbol", self._place(), code)
        else:
            self._add(text, look)

    def _walk_ruby(self, ruby: etree._Element, look: Look) -> None:
        for part in ruby:
            if part.tag == W + "rubyBase":
                self._walk(part, look)
            elif part.tag == W + "rt":
                self._aside["phonetic"].append(visible_text(part) + " ")

    def _read_control(self, control: etree._Element, look: Look) -> None:
        if is_placeholder(control):
            self._report.add("placeholder", self._place(), visible_text(control))
            return
        content = control.find(W + "sdtContent")
        if content is not None:
            self._walk(content, look)

    def _read_formula(self, formula: etree._Element, look: Look) -> None:
        text = "".join(element.text or "" for element in formula.iter(M + "t"))
        self._report.add("formula", self._place(), text)
        self._add(text, look)

    def _report_deleted(self, element: etree._Element) -> None:
        if text := "".join(item.text or "" for item in element.iter(W + "delText", W + "t")):
            self._report.add("deleted-text", self._place(), text)


def is_placeholder(control: etree._Element) -> bool:
    """A content control that still shows its prompt."""
    properties = control.find(W + "sdtPr")
    mark = properties.find(W + "showingPlcHdr") if properties is not None else None
    return mark is not None and is_on(mark)


def choose_branch(alternate: etree._Element) -> etree._Element | None:
    """One branch of an mc:AlternateContent: the first that holds text or a picture, so nothing is read twice."""
    branches = [branch for branch in alternate if branch.tag in (MC + "Choice", MC + "Fallback")]
    for branch in branches:
        for element in branch.iter(W + "t", A + "blip", "{urn:schemas-microsoft-com:vml}imagedata"):
            if element.tag != W + "t" or (element.text or "").strip():
                return branch
    return branches[0] if branches else None


def visible_text(element: etree._Element) -> str:
    """All text below an element, without judging it."""
    return "".join(item.text or "" for item in element.iter(W + "t"))


def read_text_element(element: etree._Element) -> str:
    """The text of a w:t by the white-space rules of Word."""
    text: str = element.text or ""
    if element.get(XML_SPACE) != "preserve":
        text = text.strip(" \t\n\r")
    return _SPACES.sub(" ", text) if "\n" in text or "\t" in text or "\r" in text else text


def read_symbol(code: str) -> str | None:
    """The character of a symbol font by its code (four hexadecimal digits), None when it has no known counterpart."""
    if code in _SYMBOLS:
        return _SYMBOLS[code]
    if len(code) == 4 and code[:2] != "F0" and all(digit in "0123456789ABCDEF" for digit in code):
        return chr(int(code, 16)) if not 0xD800 <= int(code, 16) <= 0xF8FF else ""
    return None


def read_equation(code: str) -> str:
    """What an EQ field shows, such as the character it draws a circle around; "" for any other code."""
    match = _EQUATION_FIELD.search(code) if code.lstrip()[:3].upper() == "EQ " else None
    return match[1].strip() if match else ""


def iter_paragraph_marks(properties: etree._Element | None) -> Iterator[str]:
    """The names of what is said of a paragraph's end mark: del, moveFrom, vanish …"""
    mark = properties.find(_RUN_PROPERTIES) if properties is not None else None
    for element in mark if mark is not None else ():
        yield element.tag


_SILENT_FIELDS = frozenset(
    ("PAGE", "NUMPAGES", "SEQ", "XE", "TC", "RD", "SET", "ASK", "FORMCHECKBOX", "FORMTEXT", "TOC", "BIBLIOGRAPHY")
)
_RUN, _RUN_PROPERTIES, _RUN_STYLE, _TEXT = W + "r", W + "rPr", W + "rStyle", W + "t"
_PROPERTIES, _INSERTED, _SDT, _VAL = W + "pPr", W + "ins", W + "sdt", W + "val"
