"""The bare words of a Word binary file (.doc, WPS Writer), for when no office suite can give its structure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from compile.errors import Refused
from compile.manuscript import Run, plain_text
from compile.reading.cleaning import UNWANTED, strip_runs
from compile.reading.docx_inline import read_equation, read_symbol
from compile.reading.draft import MAX_BLOCKS, Draft, Line, Report
from compile.reading.inline import Inline, Look
from compile.reading.word_pieces import Mark, Segment, WordFile

_CONTROLS = re.compile(r"(\x07+|[\x0b-\x0e\x13-\x15\x1e\x1f\t])")
_FIELD_BEGINS, _FIELD_RESULT, _FIELD_ENDS = "\x13", "\x14", "\x15"
_PARAGRAPH_ENDS = frozenset("\r\x0c\x0e")
_CELL_ENDS = "\x07"
_CELL_GAP = "　"
_LITERALS = {"\x0b": "\n", "\x1e": "-", "\x1f": "", "\t": " "}
_PLAIN = Look()
_DEEPEST_FIELD, _LONGEST_CODE = 50, 1000
_SAMPLE_LENGTH = 20_000


def read_word_binary(data: bytes) -> Draft:
    """The paragraphs of a Word file without any look, cells of a table row in one line; raises Refused."""
    word = WordFile(data)
    segments = list(word.iter_body())
    if _is_noise("".join(segment.text for segment in segments)):
        raise Refused("damaged")
    draft = Draft()
    draft.report.add("plain-text-only", "全文")
    _read_body(segments, draft)
    draft.blocks.extend(_read_lines(word.boxes, draft.report))
    for line in dict.fromkeys(line.text.strip() for line in _read_lines(word.headers, draft.report)):
        draft.set_furniture_aside("header", line)
    return draft


def _is_noise(text: str) -> bool:
    """Whether a damaged head led to bytes that are no text: many characters that no one writes."""
    sample = text[:_SAMPLE_LENGTH]
    odd = sum(1 for character in sample if character == "\0" or unicodedata.category(character) in ("Cn", "Co", "Cs"))
    return odd * 10 > len(sample)


def _read_body(segments: list[Segment], draft: Draft) -> None:
    begun, ended = (sum(segment.text.count(mark) for segment in segments) for mark in (_FIELD_BEGINS, _FIELD_ENDS))
    maker = _LineMaker(draft.report, has_balanced_fields=begun == ended)
    for segment in segments:
        if segment.mark.state:
            maker.add_marked(segment.text, segment.mark)
            continue
        maker.add(segment.text)
        if segment.note is not None:
            runs = _read_note(segment.note, draft.report)
            if plain_text(runs).strip() and maker.is_shown:
                maker.add_note(len(draft.notes))
                draft.notes.append(runs)
    draft.blocks.extend(maker.finish())


def _read_note(text: str, report: Report) -> tuple[Run, ...]:
    """The paragraphs of a note in one string of runs, parted by line breaks."""
    lines = _read_lines(text, report)
    return strip_runs([Run("\n".join(line.text for line in lines))])[0]


def _read_lines(text: str, report: Report) -> list[Line]:
    maker = _LineMaker(report, has_balanced_fields=False)
    maker.add(text)
    return maker.finish()


@dataclass(slots=True)
class _Field:
    """A field being read: its code so far, and whether its result has begun."""

    code: str = ""
    is_result: bool = False
    is_contents: bool = False


class _LineMaker:
    """Turns text with the control characters of Word into lines."""

    def __init__(self, report: Report, *, has_balanced_fields: bool) -> None:
        self._report = report
        self._has_balanced_fields = has_balanced_fields
        self._lines: list[Line] = []
        self._inline = Inline()
        self._fields: list[_Field] = []
        self._has_gap = False
        self._paragraph_count = 0

    @property
    def is_shown(self) -> bool:
        """Whether what comes now is text a reader sees."""
        return all(field.is_result and not field.is_contents for field in self._fields)

    def add(self, text: str) -> None:
        """Take in the next stretch of text."""
        for token in _CONTROLS.split(text):
            if token in _PARAGRAPH_ENDS:
                self._end_paragraph()
            elif token.startswith(_CELL_ENDS):
                # One mark ends a cell; the last cell of a row is followed by the mark of the row.
                if len(token) > 1:
                    self._end_paragraph()
                else:
                    self._add_text(_CELL_GAP)
            elif token == _FIELD_BEGINS:
                if len(self._fields) < _DEEPEST_FIELD:
                    self._fields.append(_Field())
            elif token == _FIELD_RESULT:
                self._begin_result()
            elif token == _FIELD_ENDS:
                self._end_field()
            elif token:
                self._add_text(_LITERALS.get(token, token))

    def add_note(self, note: int) -> None:
        """Set the mark of a note."""
        self._inline.add_note(note)

    def add_marked(self, text: str, mark: Mark) -> None:
        """Take in symbols; leave out and report what is deleted or hidden, or a symbol nobody knows."""
        symbol = read_symbol(mark.code)
        if mark.state == "symbol" and symbol is not None:
            self.add(symbol * len(text))
        elif shown := UNWANTED.sub(" ", text).strip():
            self._report.add(mark.state, self._place(), mark.code or shown)

    def finish(self) -> list[Line]:
        """All lines; nothing may be added after."""
        self._end_paragraph()
        return self._lines

    def _place(self) -> str:
        return f"第 {len(self._lines) + 1} 段"

    def _add_text(self, text: str) -> None:
        if self._fields and not self._fields[-1].is_result:
            if len(self._fields[-1].code) < _LONGEST_CODE:
                self._fields[-1].code += text
        elif self.is_shown and (text := UNWANTED.sub("", text)):
            self._inline.add(text, _PLAIN)

    def _begin_result(self) -> None:
        if self._fields:
            field = self._fields[-1]
            field.is_result = True
            if self._has_balanced_fields and field.code.split()[:1] == ["TOC"]:
                field.is_contents = True
                self._report.add("contents", self._place())

    def _end_field(self) -> None:
        field = self._fields.pop() if self._fields else None
        if field is not None and not field.is_result and (text := read_equation(field.code)):
            self._add_text(text)

    def _end_paragraph(self) -> None:
        self._paragraph_count += 1
        if self._paragraph_count > MAX_BLOCKS:
            raise Refused("too-large")
        # A code that is still open at the paragraph's end was never closed properly: show what follows.
        while self._fields and not self._fields[-1].is_result:
            self._fields.pop()
        if self._inline.has_text:
            self._lines.append(Line(tuple(self._inline.runs), has_gap_before=self._has_gap))
        self._has_gap = not self._inline.has_text
        self._inline = Inline()
