"""Reads the body of an .odt in the state its author would see after accepting all changes."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from compile.errors import Refused
from compile.manuscript import Run, plain_text
from compile.reading.archive import Archive
from compile.reading.cleaning import strip_runs
from compile.reading.draft import MAX_BLOCKS, Draft, DraftBlock, Line
from compile.reading.inline import Look
from compile.reading.odt_drawings import DrawingPart, ObjectReader, iter_drawing_parts
from compile.reading.odt_inline import MARKS, InlineReader, TrackedChanges, visible_text
from compile.reading.odt_lists import ListCounter
from compile.reading.odt_styles import ParagraphStyle, Styles, to_outline
from compile.reading.odt_tables import TableReader
from compile.reading.picture_intake import PictureIntake
from compile.reading.xml_parts import DRAW, OFFICE, STYLE, TABLE, TEXT, read_part, read_side_part

_INDEXES = frozenset(
    TEXT + name
    for name in (
        "alphabetical-index",
        "bibliography",
        "illustration-index",
        "object-index",
        "table-index",
        "user-index",
    )
)
# What stands between paragraphs without being text: declarations, forms, what an index is made from.
_SILENT = frozenset(
    (
        OFFICE + "forms",
        OFFICE + "event-listeners",
        TEXT + "tracked-changes",
        TEXT + "alphabetical-index-auto-mark-file",
        *(TEXT + name for name in ("variable-decls", "sequence-decls", "user-field-decls", "dde-connection-decls")),
    )
)
_FURNITURE = {
    STYLE + name: name.partition("-")[0]
    for name in ("header", "header-left", "header-first", "footer", "footer-left", "footer-first")
}
_PARAGRAPH, _HEADING, _STYLE_NAME = TEXT + "p", TEXT + "h", TEXT + "style-name"


def read_odt(archive: Archive) -> Draft:
    """Everything readable in the file as a draft; raises Refused when it has no readable body."""
    draft = Draft()
    content = read_part(archive, "content.xml", draft.report)
    text = content.find(f"{OFFICE}body/{OFFICE}text") if content is not None else None
    if content is None or text is None:
        raise Refused("damaged")
    _BodyReader(archive, draft, content, text).read()
    return draft


class _BodyReader:
    """One pass over one document."""

    def __init__(self, archive: Archive, draft: Draft, content: etree._Element, text: etree._Element) -> None:
        self._draft = draft
        self._report = draft.report
        self._text = text
        self._common = read_side_part(archive, "styles.xml", draft.report)
        self._styles = Styles(self._common, content)
        self._lists = ListCounter()
        self._lists.read_styles(self._common, content)
        self._changes = TrackedChanges(text)
        self._objects = ObjectReader(archive)
        self._inline = self._make_inline_reader()
        self._tables = TableReader(self._read_apart, self._drop_covered)
        self._intake = PictureIntake(archive, draft)
        self._paragraph_count = 0
        self._block_count = 0
        self._context = ""
        self._has_gap = False

    def read(self) -> None:
        """Fill the draft."""
        self._collect_blocks(self._text, self._draft.blocks)
        self._inline.flush_insertion()
        for deleted in self._changes.take_rest():
            self._report.add("deleted-text", "修订", deleted)
        self._read_furniture()

    def _place(self) -> str:
        return self._context or f"第 {max(self._paragraph_count, 1)} 段"

    def _make_inline_reader(self) -> InlineReader:
        return InlineReader(self._styles, self._changes, self._objects, self._report, self._place, self._cite)

    # Blocks

    def _collect_blocks(self, parent: etree._Element, blocks: list[DraftBlock]) -> None:
        for child in parent:
            tag = child.tag
            if tag in (_PARAGRAPH, _HEADING):
                self._read_paragraph(child, blocks)
            elif tag == TEXT + "list":
                self._read_list(child, blocks)
            elif tag == TABLE + "table":
                self._read_table(child, blocks)
            elif tag == TEXT + "table-of-content":
                self._report.add("contents", self._place())
            elif tag in _INDEXES:
                body = child.find(TEXT + "index-body")
                if body is not None:
                    self._collect_blocks(body, blocks)
            elif tag in MARKS:
                self._inline.read_mark(child)
            elif tag.startswith(DRAW):
                self._read_drawing(child, blocks)
            elif tag == TEXT + "numbered-paragraph":
                self._read_numbered_paragraph(child, blocks)
            elif child.get(TEXT + "display") == "none" or child.get(TEXT + "is-hidden") == "true":
                self._report.add("hidden-text", self._place(), visible_text(child))
            elif tag not in _SILENT:
                self._collect_blocks(child, blocks)

    def _read_apart(self, parent: etree._Element) -> list[DraftBlock]:
        """The blocks of a cell or box, whose lists have nothing to do with the list it stands in."""
        blocks: list[DraftBlock] = []
        outer = self._lists.set_aside()
        self._collect_blocks(parent, blocks)
        self._lists.take_up(outer)
        return blocks

    def _read_paragraph(
        self, paragraph: etree._Element, blocks: list[DraftBlock], number: tuple[str, int] | None = None
    ) -> None:
        self._block_count += 1
        if self._block_count > MAX_BLOCKS:
            raise Refused("too-large")
        style = self._styles.paragraph(paragraph.get(_STYLE_NAME))
        self._paragraph_count += 1
        inline = self._inline.read(paragraph, style.look)
        if not inline.has_text:
            self._paragraph_count -= 1
        elif style.is_contents:
            if not any(entry.kind == "contents" for entry in self._report.entries):
                self._report.add("contents", self._place())
            return
        outline = self._outline_of(paragraph, style)
        number = number or self._lists.count_item(style.list_style)
        if number is None and outline and paragraph.tag == _HEADING and style.list_style != "":
            number = self._lists.count_heading(paragraph, outline), 0
        for drawing, has_text_before in inline.drawings:
            if not has_text_before:
                self._read_drawing(drawing, blocks, takes_boxes=False)
        if inline.has_text:
            marker, level = number or ("", 0)
            blocks.append(
                Line(
                    tuple(inline.runs),
                    style.align,
                    outline,
                    style.role,
                    marker,
                    level,
                    inline.size_pt,
                    face=inline.face,
                    has_gap_before=self._has_gap,
                )
            )
        self._has_gap = not inline.has_text and not inline.drawings
        for drawing, has_text_before in inline.drawings:
            self._read_drawing(drawing, blocks, takes_pictures=has_text_before)

    def _outline_of(self, paragraph: etree._Element, style: ParagraphStyle) -> int:
        if paragraph.tag == _HEADING and not style.role:
            return to_outline(paragraph.get(TEXT + "outline-level") or "1")
        return style.outline

    def _read_list(self, element: etree._Element, blocks: list[DraftBlock]) -> None:
        self._lists.open_list(element)
        for item in element:
            if item.tag in (TEXT + "list-item", TEXT + "list-header"):
                self._lists.begin_item(item, is_numbered=item.tag == TEXT + "list-item")
                self._collect_blocks(item, blocks)
            elif item.tag in MARKS:
                self._inline.read_mark(item)
        self._lists.close_list()

    def _read_numbered_paragraph(self, element: etree._Element, blocks: list[DraftBlock]) -> None:
        number = self._lists.count_numbered(element)
        for paragraph in element.iterchildren(_PARAGRAPH, _HEADING):
            self._read_paragraph(paragraph, blocks, number)

    def _read_table(self, table: etree._Element, blocks: list[DraftBlock]) -> None:
        draft_table = self._tables.read(table)
        if any(cell.blocks for row in draft_table.rows for cell in row.cells):
            blocks.append(draft_table)

    def _drop_covered(self, cell: etree._Element) -> None:
        if (text := visible_text(cell)).strip():
            self._report.add("hidden-text", self._place(), text)

    # Drawings

    def _read_drawing(
        self,
        drawing: etree._Element,
        blocks: list[DraftBlock],
        *,
        takes_boxes: bool = True,
        takes_pictures: bool = True,
    ) -> None:
        """Append what a drawing holds: pictures stand where they were met, boxes always after their paragraph."""
        for part in iter_drawing_parts(drawing):
            if part.kind == "box":
                if takes_boxes:
                    blocks.extend(self._read_apart(part.element))
                continue
            if takes_boxes:
                self._report_object(part)
            if takes_pictures and part.names:
                picture = self._intake.take(part.names, self._place(), is_preview=part.kind == "object")
                if picture is not None:
                    blocks.append(picture)

    def _report_object(self, part: DrawingPart) -> None:
        if part.kind == "linked-picture":
            self._report.add("external-picture", self._place())
        elif part.kind == "object":
            kind, text = self._objects.read(part.element)
            if kind == "chart":
                self._report.add("drawing", self._place(), kind)
            else:
                self._report.add("embedded-object", self._place(), text)

    # Notes, headers

    def _cite(self, note: etree._Element) -> int | None:
        """Read the note that stands at its mark and return its index; None when it is empty or inside another."""
        body = note.find(TEXT + "note-body")
        if body is None or self._context:
            return None
        return self._draft.add_note(self._read_aside(body, "脚注"))

    def _read_aside(self, parent: etree._Element, context: str) -> tuple[Run, ...]:
        """The paragraphs of a note or header in one string of runs, parted by line breaks."""
        outer, self._context = self._context, context
        reader = self._make_inline_reader()
        runs: list[Run] = []
        for paragraph in _iter_paragraphs(parent):
            inline = reader.read(paragraph, Look())
            if inline.has_text:
                runs.extend((Run("\n"), *inline.runs) if runs else inline.runs)
        reader.flush_insertion()
        self._context = outer
        return strip_runs(runs)[0]

    def _read_furniture(self) -> None:
        """Headers and footers of all page styles: their texts go to the byline finder, and all are reported as left
        out."""
        masters = self._common.find(OFFICE + "master-styles") if self._common is not None else None
        for element in masters.iter(*_FURNITURE) if masters is not None else ():
            if element.get(STYLE + "display") != "false":
                kind = _FURNITURE[element.tag]
                runs = self._read_aside(element, "页眉" if kind == "header" else "页脚")
                self._draft.set_furniture_aside(kind, plain_text(runs))


def _iter_paragraphs(parent: etree._Element) -> Iterator[etree._Element]:
    """All paragraphs below an element but those of comments and deleted text; one in another is not looked for."""
    for child in parent:
        if child.tag in (_PARAGRAPH, _HEADING):
            yield child
        elif child.tag not in _SILENT and child.tag not in MARKS:
            yield from _iter_paragraphs(child)
