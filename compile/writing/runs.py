"""Runs and footnotes as Word XML: the only looks a run may have, and the marks handed out in order."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain, product
from typing import Final

from compile.manuscript import Run, Script
from compile.writing.text import escape

# Word refuses a file with larger footnote ids.
MAX_NOTES: Final = 32_767

# Marks that exist in Latin and in Chinese type; the hint has them set in the Chinese face.
_SHARED_MARKS: Final = frozenset("“”‘’…—·")
_BREAK_OR_TAB: Final = re.compile("\r\n|[\r\n\t]")
_SCRIPTS: Final[dict[Script, str]] = {"": "", "sup": "superscript", "sub": "subscript"}


# The 6,763 Han of GB 2312, which every Chinese face holds.
_COMMON: Final = bytes(chain.from_iterable(product(range(0xB0, 0xF8), range(0xA1, 0xFF)))).decode("gb2312", "ignore")
# What asks for something: the shared marks, and what may not stand in a run as it is, which is markup, breaks, what XML
# cannot hold, and Han beyond GB 2312.
_ODD: Final = re.compile(
    r"[^ !#-%'-;=?-~\u00a0-\u00b6\u00b8-\u2013\u2015-\u2017\u201a\u201b\u201e-\u2025\u2027-\u2029"
    rf"\u2030-\u2065\u2070-\u2e7f\u3000-\u303f\uff01-\uffef{_COMMON}]"
)


class Notes:
    """The footnotes of the book: ids dense and ascending in the order of their marks."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def add(self, runs: tuple[Run, ...]) -> str:
        """Take in a footnote; the XML of its mark comes back. Beyond Word's limit the note stands in brackets instead."""
        if len(self.parts) == MAX_NOTES:
            return run_xml("（注：" + "".join(run.text for run in runs) + "）")
        number = len(self.parts) + 1
        mark = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
        text = "".join(run_xml(run.text, run) for run in runs)
        self.parts.append(
            f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>{mark}'
            f"{run_xml(' ')}{text}</w:p></w:footnote>"
        )
        return f'<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteReference w:id="{number}"/></w:r>'


def runs_xml(runs: tuple[Run, ...], notes: tuple[tuple[Run, ...], ...], book_notes: Notes) -> str:
    """The runs with their footnote marks; `notes` are the manuscript's own, a mark without its note is left out."""
    if len(runs) == 1 and runs[0].note is None:
        return run_xml(runs[0].text, runs[0]) if runs[0].text else ""
    parts: list[str] = []
    for run in runs:
        if run.text:
            parts.append(run_xml(run.text, run))
        if run.note is not None and 0 <= run.note < len(notes):
            parts.append(book_notes.add(notes[run.note]))
    return "".join(parts)


_PLAIN: Final = Run("")
_HINT: Final = '<w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>'


def run_xml(text: str, look: Run = _PLAIN, style: str = "") -> str:
    """One stretch of text in one look, in as many runs as rare characters ask for."""
    odd = _ODD.findall(text)
    hinted = bool(odd) and not _SHARED_MARKS.isdisjoint(odd)
    if style or look.bold or look.italic or look.underline or look.script:
        properties = _properties(look.bold, look.italic, look.underline, look.script, hinted, style)
    else:
        properties = _HINT if hinted else ""
    if not odd or _SHARED_MARKS.issuperset(odd):
        return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'
    rare = _properties(look.bold, look.italic, look.underline, look.script, hinted, style or "RareCharacter")
    return "".join(
        f"<w:r>{rare if is_rare else properties}{_content_xml(piece)}</w:r>" for is_rare, piece in _split_rare(text)
    )


def _content_xml(text: str) -> str:
    if _BREAK_OR_TAB.search(text) is None:
        return f'<w:t xml:space="preserve">{escape(text)}</w:t>'
    parts: list[str] = []
    position = 0
    for match in _BREAK_OR_TAB.finditer(text):
        if match.start() > position:
            parts.append(f'<w:t xml:space="preserve">{escape(text[position : match.start()])}</w:t>')
        parts.append("<w:tab/>" if match.group() == "\t" else "<w:br/>")
        position = match.end()
    if position < len(text):
        parts.append(f'<w:t xml:space="preserve">{escape(text[position:])}</w:t>')
    return "".join(parts)


@cache
def _properties(
    is_bold: bool, is_italic: bool, is_underlined: bool, script: Script, is_hinted: bool, style: str
) -> str:
    parts = [f'<w:rStyle w:val="{style}"/>' if style else ""]
    parts.append('<w:rFonts w:hint="eastAsia"/>' if is_hinted else "")
    parts.append("<w:b/><w:bCs/>" if is_bold else "")
    parts.append("<w:i/><w:iCs/>" if is_italic else "")
    parts.append('<w:u w:val="single"/>' if is_underlined else "")
    parts.append(f'<w:vertAlign w:val="{_SCRIPTS[script]}"/>' if script else "")
    properties = "".join(parts)
    return f"<w:rPr>{properties}</w:rPr>" if properties else ""


def _split_rare(text: str) -> list[tuple[bool, str]]:
    """The text in stretches of rare Han and of everything else. Control characters, emoji and other scripts are left to
    the word processor's own choice of face."""
    pieces: list[tuple[bool, str]] = []
    for character in text:
        is_rare = character not in _COMMON and _is_han(character)
        if pieces and pieces[-1][0] == is_rare:
            pieces[-1] = (is_rare, pieces[-1][1] + character)
        else:
            pieces.append((is_rare, character))
    return pieces


def _is_han(character: str) -> bool:
    return (
        "\u3400" <= character <= "\u9fff"
        or "\uf900" <= character <= "\ufaff"
        or "\U00020000" <= character <= "\U0003ffff"
    )
