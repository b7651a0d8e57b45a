"""The inside of an .odt paragraph: stretches in their look, fields, tracked changes, notes, anchored drawings."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from compile.reading.cleaning import UNWANTED
from compile.reading.draft import Report
from compile.reading.inline import Inline, Look
from compile.reading.odt_drawings import ObjectReader, find_object
from compile.reading.odt_lists import to_number
from compile.reading.odt_styles import Styles
from compile.reading.xml_parts import DRAW, LOEXT, OFFICE, TEXT, XML_ID

_BLANKS = re.compile(r"[ \t\r\n]+")
_MOST_BLANKS = 100
_EXCERPT_LENGTH = 200
_PARAGRAPHS = (TEXT + "p", TEXT + "h")
# What stands in a paragraph without being part of its text.
_SILENT = frozenset(
    (TEXT + "number", TEXT + "ruby-text", TEXT + "script", OFFICE + "event-listeners", TEXT + "tracked-changes")
)


class TrackedChanges:
    """The tracked changes of a text by their ids: what was deleted, and which stretches were inserted."""

    def __init__(self, text: etree._Element) -> None:
        self._deleted: dict[str, str] = {}
        self._inserted: set[str] = set()
        for region in text.iterfind(f"{TEXT}tracked-changes/{TEXT}changed-region"):
            change_id = region.get(TEXT + "id") or region.get(XML_ID) or ""
            deletion = region.find(TEXT + "deletion")
            if deletion is not None:
                self._deleted[change_id] = visible_text(deletion)
            elif region.find(TEXT + "insertion") is not None:
                self._inserted.add(change_id)

    def take_deleted(self, change_id: str) -> str:
        """The text that was deleted at a mark, once."""
        return self._deleted.pop(change_id, "")

    def take_rest(self) -> list[str]:
        """The deleted texts whose marks were never met."""
        rest = [text for text in self._deleted.values() if text.strip()]
        self._deleted.clear()
        return rest

    def is_insertion(self, change_id: str) -> bool:
        """Whether a mark begins or ends an insertion."""
        return change_id in self._inserted


class InlineReader:
    """Reads paragraphs in order. `place` tells where we are, for the report; `cite` turns a note into its index."""

    def __init__(
        self,
        styles: Styles,
        changes: TrackedChanges,
        objects: ObjectReader,
        report: Report,
        place: Callable[[], str],
        cite: Callable[[etree._Element], int | None],
    ) -> None:
        self._styles = styles
        self._changes = changes
        self._objects = objects
        self._report = report
        self._place = place
        self._cite = cite
        self._inline = Inline()
        self._hidden: list[str] = []
        self._is_after_blank = True
        self._inserted_id = ""
        self._inserted_place = ""
        self._inserted = ""

    def read(self, paragraph: etree._Element, look: Look) -> Inline:
        """The paragraph's content."""
        self._inline = Inline()
        self._is_after_blank = True
        is_hidden = any(
            field.get(TEXT + "is-hidden") == "true" for field in paragraph.iterfind(TEXT + "hidden-paragraph")
        )
        self._walk(paragraph, look._replace(is_hidden=True) if is_hidden else look)
        self._flush_hidden()
        return self._inline

    def read_mark(self, mark: etree._Element) -> None:
        """A comment or the mark of a tracked change, which may also stand between paragraphs."""
        tag, change_id = mark.tag, mark.get(TEXT + "change-id") or ""
        if tag == OFFICE + "annotation":
            self._report.add("comment", self._place(), visible_text(mark))
        elif tag == TEXT + "change":
            if text := self._changes.take_deleted(change_id):
                self._report.add("deleted-text", self._place(), text)
        elif tag == TEXT + "change-start":
            if self._changes.is_insertion(change_id):
                self.flush_insertion()
                self._inserted_id, self._inserted_place = change_id, self._place()
        elif tag == TEXT + "change-end" and change_id == self._inserted_id:
            self.flush_insertion()

    def flush_insertion(self) -> None:
        """Report the insertion read last, ended or not."""
        if self._inserted.strip():
            self._report.add("inserted-text", self._inserted_place, self._inserted)
        self._inserted_id = self._inserted = ""

    def _walk(self, parent: etree._Element, look: Look) -> None:
        if parent.text:
            self._add_text(parent.text, look)
        for child in parent:
            tag = child.tag
            if tag == _SPAN:
                self._walk(child, self._styles.apply_text(look, child.get(_STYLE_NAME)))
            elif tag == _BLANK:
                self._add_literal(" " * min(to_number(child.get(TEXT + "c")) or 1, _MOST_BLANKS), look)
            elif tag == TEXT + "tab":
                self._add_literal(" ", look)
            elif tag == TEXT + "line-break":
                self._add_literal("\n", look)
            elif tag == TEXT + "note":
                self._read_note(child)
            elif tag in MARKS:
                self.read_mark(child)
            elif tag.startswith(DRAW):
                self._read_drawing(child, look)
            elif tag not in _SILENT:
                self._read_field(child, look)
            if child.tail:
                self._add_text(child.tail, look)

    def _read_field(self, field: etree._Element, look: Look) -> None:
        """Links, fields, ruby and whatever else holds text as it is shown; some of it is a prompt or hidden."""
        tag = field.tag
        if tag == TEXT + "placeholder" or field.get(LOEXT + "showing-place-holder") == "true":
            self._report.add("placeholder", self._place(), all_text(field))
        elif field.get(TEXT + "display") == "none":
            return
        elif tag == TEXT + "hidden-text" and field.get(TEXT + "is-hidden") == "true":
            if text := field.get(TEXT + "string-value"):
                self._report.add("hidden-text", self._place(), text)
        else:
            self._walk(field, look)

    def _add_text(self, text: str, look: Look) -> None:
        """Text by the white-space rules of ODF: any run of blanks is one space, none where one stands before."""
        text = _BLANKS.sub(" ", text)
        if self._is_after_blank and text.startswith(" "):
            text = text[1:]
        if text:
            is_blank_last = text.endswith(" ")
            self._add_literal(text, look)
            self._is_after_blank = is_blank_last

    def _add_literal(self, text: str, look: Look) -> None:
        self._is_after_blank = False
        if UNWANTED.search(text):
            text = UNWANTED.sub("", text)
        if not text:
            return
        if self._inserted_id and len(self._inserted) < _EXCERPT_LENGTH:
            self._inserted += text
        if look.is_hidden:
            self._hidden.append(text)
            return
        if self._hidden:
            self._flush_hidden()
        self._inline.add(text, look)

    def _flush_hidden(self) -> None:
        if text := "".join(self._hidden).strip():
            self._report.add("hidden-text", self._place(), text)
        self._hidden.clear()

    def _read_note(self, element: etree._Element) -> None:
        note = self._cite(element)
        if note is not None:
            self._inline.add_note(note)
        self._is_after_blank = False

    def _read_drawing(self, element: etree._Element, look: Look) -> None:
        embedded = find_object(element)
        kind, text = self._objects.read(embedded) if embedded is not None else ("", "")
        if look.is_hidden:
            self._report.add("hidden-text", self._place(), visible_text(element))
        elif kind == "formula":
            self._report.add("formula", self._place(), text)
            self._add_literal(text, look)
        else:
            self._inline.drawings.append((element, self._inline.has_text))
        self._is_after_blank = False


def visible_text(element: etree._Element) -> str:
    """The text of all paragraphs below an element, without judging it."""
    return " ".join(all_text(paragraph) for paragraph in element.iter(*_PARAGRAPHS))


def all_text(element: etree._Element) -> str:
    """All text below an element."""
    return "".join(str(text) for text in element.itertext())


MARKS = frozenset((OFFICE + "annotation", TEXT + "change", TEXT + "change-start", TEXT + "change-end"))
_SPAN, _BLANK, _STYLE_NAME = TEXT + "span", TEXT + "s", TEXT + "style-name"
