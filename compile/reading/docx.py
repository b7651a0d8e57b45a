"""Reads the body of a .docx in the state its author would see after accepting all changes."""

from __future__ import annotations

from lxml import etree
from msgspec.structs import replace

from compile.errors import Refused
from compile.manuscript import Run, plain_text
from compile.reading.archive import Archive
from compile.reading.cleaning import strip_runs
from compile.reading.docx_drawings import DrawingPart, iter_drawing_parts
from compile.reading.docx_inline import (
    DELETED,
    InlineReader,
    choose_branch,
    is_placeholder,
    iter_paragraph_marks,
    visible_text,
)
from compile.reading.docx_numbering import Numbering
from compile.reading.docx_package import Package
from compile.reading.docx_styles import Styles, apply_paragraph
from compile.reading.docx_tables import read_table
from compile.reading.draft import MAX_BLOCKS, Draft, DraftBlock, Line
from compile.reading.inline import Inline, Look
from compile.reading.picture_intake import PictureIntake
from compile.reading.xml_parts import MC, W

_BLOCK_WRAPPERS = frozenset(W + name for name in ("sdtContent", "customXml", "smartTag", "ins", "moveTo"))


def read_docx(archive: Archive) -> Draft:
    """Everything readable in the file as a draft; raises Refused when it has no readable body."""
    draft = Draft()
    package = Package(archive, draft.report)
    root = package.parse(package.main_name)
    body = root.find(W + "body") if root is not None else None
    if body is None:
        raise Refused("damaged")
    _BodyReader(package, draft, body).read()
    return draft


class _BodyReader:
    """One pass over one document."""

    def __init__(self, package: Package, draft: Draft, body: etree._Element) -> None:
        self._package = package
        self._draft = draft
        self._report = draft.report
        self._body = body
        self._styles = Styles(package.parse_side("styles"))
        self._numbering = Numbering(package.parse_side("numbering"), self._styles)
        self._inline = InlineReader(self._styles, self._report, self._place, self._cite, _has_balanced_fields(body))
        self._intake = PictureIntake(package.archive, draft)
        self._note_roots: dict[str, dict[str, etree._Element]] = {}
        self._paragraph_count = 0
        self._block_count = 0
        self._context = ""
        self._unfinished: Inline | None = None
        self._has_gap = False

    def read(self) -> None:
        """Fill the draft."""
        self._draft.blocks = self._read_blocks(self._body)
        self._read_furniture()
        self._report_comments()

    def _place(self) -> str:
        return self._context or f"第 {max(self._paragraph_count, 1)} 段"

    # Blocks

    def _read_blocks(self, parent: etree._Element) -> list[DraftBlock]:
        blocks: list[DraftBlock] = []
        self._collect_blocks(parent, blocks)
        if self._unfinished is not None:
            # The mark of the last paragraph was deleted: there is nothing here to run on into.
            blocks.append(Line(tuple(self._unfinished.runs)))
            self._unfinished = None
        return blocks

    def _collect_blocks(self, parent: etree._Element, blocks: list[DraftBlock]) -> None:
        for child in parent:
            tag = child.tag
            if tag == W + "p":
                self._read_paragraph(child, blocks)
            elif tag == W + "tbl":
                self._read_table(child, blocks)
            elif tag == W + "sdt":
                self._read_control(child, blocks)
            elif tag in _BLOCK_WRAPPERS:
                self._collect_blocks(child, blocks)
            elif tag == MC + "AlternateContent":
                branch = choose_branch(child)
                if branch is not None:
                    self._collect_blocks(branch, blocks)
            elif tag in DELETED:
                self._report.add("deleted-text", self._place(), visible_text(child))
            elif tag == W + "altChunk":
                self._report.add("embedded-document", self._place())

    def _read_paragraph(self, paragraph: etree._Element, blocks: list[DraftBlock]) -> None:
        self._block_count += 1
        if self._block_count > MAX_BLOCKS:
            raise Refused("too-large")
        properties = paragraph.find(W + "pPr")
        style_element = properties.find(W + "pStyle") if properties is not None else None
        style = self._styles.paragraph(style_element.get(W + "val") if style_element is not None else None)
        if properties is not None:
            style = apply_paragraph(style, properties)
        was_in_contents = self._inline.is_in_contents
        self._paragraph_count += 1
        inline = self._inline.read(paragraph, style.look, self._unfinished)
        self._unfinished = None
        if not inline.has_text:
            self._paragraph_count -= 1
        elif style.is_contents or (was_in_contents and self._inline.is_in_contents):
            self._report.add("contents", self._place(), plain_text(tuple(inline.runs)))
            return
        elif any(mark in DELETED for mark in iter_paragraph_marks(properties)):
            # The end mark is deleted: in the accepted text this paragraph runs on into the next.
            self._unfinished = inline
            return
        for drawing, has_text_before in inline.drawings:
            if not has_text_before:
                self._read_drawing(drawing, blocks, takes_boxes=False)
        if inline.has_text:
            marker, level, runs = "", 0, tuple(run for run in inline.runs if run.text or run.note is not None)
            if style.number_id and (counted := self._count(style.number_id, style.number_level, style.style_id)):
                marker, level = counted
            elif style.role == "item":
                marker, runs = _part_marker(runs, inline.marker_length)
                level = style.number_level or 0
            blocks.append(
                Line(
                    runs,
                    style.align,
                    style.outline,
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
            self._read_drawing(drawing, blocks, takes_boxes=True, takes_pictures=has_text_before)

    def _count(self, number_id: str, level: int | None, style_id: str) -> tuple[str, int] | None:
        return None if number_id == "0" else self._numbering.next_marker(number_id, level, style_id)

    def _read_control(self, control: etree._Element, blocks: list[DraftBlock]) -> None:
        if is_placeholder(control):
            self._report.add("placeholder", self._place(), visible_text(control))
            return
        gallery = control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
        if gallery is not None and gallery.get(W + "val") == "Table of Contents":
            for paragraph in control.iter(W + "p"):
                if (text := visible_text(paragraph)).strip():
                    self._report.add("contents", self._place(), text)
            return
        content = control.find(W + "sdtContent")
        if content is not None:
            self._collect_blocks(content, blocks)

    def _read_table(self, table: etree._Element, blocks: list[DraftBlock]) -> None:
        draft_table = read_table(table, self._read_blocks, self._report, self._place())
        if any(cell.blocks for row in draft_table.rows for cell in row.cells):
            blocks.append(draft_table)

    # Drawings

    def _read_drawing(
        self, drawing: etree._Element, blocks: list[DraftBlock], *, takes_boxes: bool, takes_pictures: bool = True
    ) -> None:
        """Append what a drawing holds: pictures stand where they were met, boxes always after their paragraph."""
        has_preview = False
        alt_texts: set[str] = set()
        for part in iter_drawing_parts(drawing):
            if part.kind in ("picture", "linked-picture"):
                has_preview = True
                if takes_pictures:
                    self._read_picture(part, blocks)
            elif not takes_boxes:
                continue
            elif part.kind == "alt-text":
                alt_texts.add(part.text)
            elif part.kind == "box" and part.element is not None:
                self._read_box(part.element, blocks)
            elif part.kind == "word-art":
                blocks.append(Line((Run(part.text),), "center"))
            elif part.kind == "object":
                self._report.add("embedded-object", self._place(), part.text)
            else:
                self._report.add("drawing", self._place(), part.kind)
        for text in sorted(alt_texts):
            self._report.add("alt-text", self._place(), text)
        if not has_preview and takes_boxes and drawing.tag == W + "object":
            self._report.add("embedded-object", self._place())

    def _read_box(self, box: etree._Element, blocks: list[DraftBlock]) -> None:
        # A box stands inside a paragraph that may be half read: its content is a text of its own.
        unfinished, self._unfinished = self._unfinished, None
        blocks.extend(self._read_blocks(box))
        self._unfinished = unfinished

    def _read_picture(self, part: DrawingPart, blocks: list[DraftBlock]) -> None:
        relation = self._package.relations.get(part.relation_id)
        if part.kind == "linked-picture" or (relation is not None and relation.is_external):
            self._report.add("external-picture", self._place())
            return
        if relation is None:
            self._report.add("picture-missing", self._place())
            return
        picture = self._intake.take((relation.target,), self._place(), part.crop)
        if picture is not None:
            blocks.append(picture)

    # Notes, headers, comments

    def _cite(self, kind: str, note_id: str) -> int | None:
        """Read the note a mark points to and return its index; None when there is no such note."""
        if kind not in self._note_roots:
            root = self._package.parse_side(kind)
            self._note_roots[kind] = {note.get(W + "id") or "": note for note in root} if root is not None else {}
        note = self._note_roots[kind].get(note_id)
        if note is None or self._context:
            return None
        return self._draft.add_note(self._read_aside(note, "脚注"))

    def _read_aside(self, parent: etree._Element, context: str) -> tuple[Run, ...]:
        """The paragraphs of a note or header in one string of runs, parted by line breaks."""
        outer, self._context = self._context, context
        reader = InlineReader(self._styles, self._report, self._place, self._cite, has_balanced_fields=False)
        runs: list[Run] = []
        for paragraph in parent.iter(W + "p"):
            inline = reader.read(paragraph, Look())
            parts = (part for drawing, _ in inline.drawings for part in iter_drawing_parts(drawing))
            if any(part.kind != "box" for part in parts):
                self._report.add("drawing", context)
            if inline.has_text:
                runs.extend((Run("\n"), *inline.runs) if runs else inline.runs)
        self._context = outer
        return strip_runs(runs)[0]

    def _read_furniture(self) -> None:
        """Headers and footers: their texts go to the byline finder, and all are reported as left out."""
        for relation in dict.fromkeys(self._package.relations.values()):
            if relation.type not in ("header", "footer") or relation.is_external:
                continue
            root = self._package.parse(relation.target)
            if root is None:
                continue
            runs = self._read_aside(root, "页眉" if relation.type == "header" else "页脚")
            self._draft.set_furniture_aside(relation.type, plain_text(runs))

    def _report_comments(self) -> None:
        root = self._package.parse_side("comments")
        for comment in root if root is not None else ():
            place = self._inline.comment_places.get(comment.get(W + "id") or "", "批注")
            self._report.add("comment", place, visible_text(comment))


def _part_marker(runs: tuple[Run, ...], length: int) -> tuple[str, tuple[Run, ...]]:
    """The number of an item, which is so many characters long, and the runs behind it."""
    rest: list[Run] = []
    left = length
    for run in runs:
        if run.text[left:] or run.note is not None:
            rest.append(replace(run, text=run.text[left:]))
        left = max(left - len(run.text), 0)
    return plain_text(runs)[:length], tuple(rest)


def _has_balanced_fields(body: etree._Element) -> bool:
    """Every field that begins also ends; else a table of contents could swallow the whole text."""
    depth = 0
    for mark in body.iter(W + "fldChar"):
        kind = mark.get(W + "fldCharType")
        depth += 1 if kind == "begin" else -1 if kind == "end" else 0
    return depth == 0
