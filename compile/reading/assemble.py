"""From a draft to the finished reading: the passes in their order, headings, list items, notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from msgspec.structs import replace

from compile.errors import Refused
from compile.manuscript import (
    Block,
    Cell,
    Heading,
    ListItem,
    Manuscript,
    Paragraph,
    Picture,
    Row,
    Run,
    Table,
    picture_keys,
    plain_text,
)
from compile.reading.byline import merge_signatures
from compile.reading.captions import attach_captions
from compile.reading.cleaning import clean_blocks, merge_runs
from compile.reading.draft import Draft, DraftBlock, DraftCell, DraftTable, Line, Report
from compile.reading.forms import take_forms, unwrap_tables
from compile.reading.front_matter import is_date_line, take_front_matter
from compile.reading.types import FileKind, Reading
from compile.reading.verse import gather_verse

_HEADING_MARKS = (
    (re.compile(r"(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十\d]{1,3}[章节部篇回])"), 1),
    (re.compile(r"[（(][一二三四五六七八九十]{1,3}[)）]"), 2),
    (re.compile(r"\d{1,2}\s*[、.．]|[（(]\d{1,2}[)）]|[⑴-⒇①-⑳]"), 3),
)
# GB/T 9704: headings of the first level stand in 黑体, of the second in 楷体.
_HEADING_FACES = ((re.compile("黑|Hei"), 1), (re.compile("楷|Kai"), 2))
_LONGEST_PROPOSED = 30
_LONGEST_BY_FACE = 20
_LONGEST_HEADING = 60
_NOT_A_HEADING_END = tuple("。！？；，、：…!?;,:”’）)")


def assemble(kind: FileKind, draft: Draft) -> Reading:
    """Clean the draft, take title and byline out, and close the manuscript.

    Raises Refused with only-pictures or no-text when no body text remains.
    """
    report = draft.report
    blocks = unwrap_tables(clean_blocks(draft.blocks, report))
    _refuse_without_text(blocks)
    blocks, signatures = take_forms(blocks, report)
    blocks = attach_captions(blocks)
    front = take_front_matter(blocks, draft.headers, report)
    signatures += front.signatures
    title = front.title or next((signature.title for signature in signatures if signature.title), "")
    _refuse_without_text(front.blocks)
    finished = _finish_blocks(_settle_headings(gather_verse(front.blocks)))
    finished, notes = _renumber_notes(finished, draft.notes, report)
    manuscript = Manuscript(title, front.subtitle, finished, notes)
    pictures = tuple(draft.pictures[key] for key in picture_keys(manuscript))
    for number, key in enumerate((block.key for block in finished if isinstance(block, Picture)), start=1):
        if draft.pictures[key].is_screenshot:
            report.add("screenshot", f"图 {number}")
    return Reading(kind, manuscript, pictures, merge_signatures(signatures), report.entries)


def _refuse_without_text(blocks: Sequence[DraftBlock]) -> None:
    if not any(_has_text(block) for block in blocks):
        raise Refused("only-pictures" if any(isinstance(block, Picture) for block in blocks) else "no-text")


def _has_text(block: DraftBlock) -> bool:
    match block:
        case Line(runs=runs):
            return bool(plain_text(runs).strip())
        case DraftTable(rows=rows):
            return any(_has_text(inner) for row in rows for cell in row.cells for inner in cell.blocks)
        case _:
            return False


# Headings


def _settle_headings(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """Styled headings that are whole paragraphs go back to the body, short bold or numbered lines are proposed, and
    the levels in use become 1, 2, 3 without gaps."""
    lines = [block for block in blocks if isinstance(block, Line)]
    bold_lines = sum(1 for line in lines if line.is_bold)
    trusts_bold = bold_lines * 2 <= len(lines)
    face_levels = _find_face_levels(blocks)
    settled = [
        _settle_heading(block, trusts_bold=trusts_bold, face_level=face_levels.get(index, 0))
        if isinstance(block, Line)
        else block
        for index, block in enumerate(blocks)
    ]
    levels = sorted({block.outline for block in settled if isinstance(block, Line) and block.outline})
    ranks = {level: min(rank, 3) for rank, level in enumerate(levels, start=1)}
    return [
        replace(block, outline=ranks[block.outline]) if isinstance(block, Line) and block.outline else block
        for block in settled
    ]


def _find_face_levels(blocks: Sequence[DraftBlock]) -> dict[int, int]:
    """Levels by index of the lines that stand alone in a typeface of headings, between lines of other typefaces."""
    sizes: Counter[str] = Counter()
    for block in blocks:
        if isinstance(block, Line):
            sizes[block.face] += len(block.text)
    body_face = sizes.most_common(1)[0][0] if sizes else ""
    if not body_face:
        return {}
    body_level = _face_level(body_face)
    levels = [_face_level(block.face) if isinstance(block, Line) else 0 for block in blocks]
    alone: dict[int, int] = {}
    for index, (block, following) in enumerate(pairwise(blocks)):
        level = levels[index]
        is_alone = level not in (0, body_level, levels[index + 1], levels[index - 1] if index else 0)
        if not is_alone or not isinstance(block, Line) or not isinstance(following, Line):
            continue
        if len(block.text) <= min(_LONGEST_BY_FACE, len(following.text)):
            alone[index] = level
    return alone


def _face_level(face: str) -> int:
    return next((level for pattern, level in _HEADING_FACES if pattern.search(face)), 0)


def _settle_heading(line: Line, *, trusts_bold: bool, face_level: int) -> Line:
    text = (line.marker + line.text).strip()
    if line.outline:
        is_body = len(text) > _LONGEST_HEADING or (text.endswith("。") and len(text) > _LONGEST_PROPOSED)
        return replace(line, outline=0) if is_body else line
    if len(text) > _LONGEST_PROPOSED or len(text) < 2 or text.endswith(_NOT_A_HEADING_END):
        return line
    if "\n" in text or line.align == "right" or is_date_line(text) or line.is_settled:
        return line
    level = next((level for pattern, level in _HEADING_MARKS if pattern.match(text)), 0)
    is_bold = trusts_bold and line.is_bold
    if is_bold or level in (1, 2):
        return replace(line, outline=level or 1, is_proposed=True)
    if face_level and not level:
        return replace(line, outline=face_level, is_proposed=True)
    return line


# Blocks


def _finish_blocks(blocks: Iterable[DraftBlock]) -> tuple[Block, ...]:
    finished: list[Block] = []
    for block in blocks:
        match block:
            case Line():
                finished.append(_finish_line(block))
            case DraftTable():
                finished.extend(_finish_table(block))
            case Picture():
                finished.append(block)
    return tuple(finished)


def _finish_line(line: Line) -> Paragraph | Heading | ListItem:
    runs = merge_runs(line.runs)
    if line.outline:
        marker = line.marker + (" " if line.marker[-1:].isascii() and line.marker else "")
        plain = (Run(marker), *runs) if marker else runs
        return Heading(line.outline, merge_runs([replace(run, bold=False) for run in plain]), line.is_proposed)
    if line.marker:
        return ListItem(line.marker, runs, line.level)
    return Paragraph(runs, line.align)


def _finish_table(table: DraftTable) -> list[Block]:
    """The table on its grid, then the pictures that stood in its cells, with their captions."""
    rows = []
    pictures: list[Block] = []
    for row in table.rows:
        cells = []
        for cell in row.cells:
            inner = attach_captions(cell.blocks)
            pictures.extend(block for block in inner if isinstance(block, Picture))
            cells.append(_finish_cell(cell, inner))
        rows.append(Row(tuple(cells), row.is_header))
    return [Table(tuple(rows), table.columns), *pictures]


def _finish_cell(cell: DraftCell, blocks: Sequence[DraftBlock]) -> Cell:
    paragraphs = tuple(
        Paragraph(merge_runs((Run(block.marker), *block.runs)), block.align)
        for block in blocks
        if isinstance(block, Line)
    )
    return Cell(paragraphs, cell.column_span, cell.row_span)


# Notes


def _renumber_notes(
    blocks: tuple[Block, ...], notes: Sequence[tuple[Run, ...]], report: Report
) -> tuple[tuple[Block, ...], tuple[tuple[Run, ...], ...]]:
    """Notes in the order of the marks that are left; notes whose mark was cut away go and are reported."""
    if not notes:
        return blocks, ()
    order: dict[int, int] = {}

    def renumber(runs: tuple[Run, ...]) -> tuple[Run, ...]:
        return tuple(
            run if run.note is None else replace(run, note=order.setdefault(run.note, len(order))) for run in runs
        )

    renumbered: list[Block] = []
    for block in blocks:
        match block:
            case Paragraph() | Heading() | ListItem():
                renumbered.append(replace(block, runs=renumber(block.runs)))
            case Table():
                renumbered.append(_renumber_table(block, renumber))
            case Picture():
                renumbered.append(block)
    for index, note in enumerate(notes):
        if index not in order:
            report.add("title-note", "脚注", plain_text(note))
    return tuple(renumbered), tuple(merge_runs(notes[index]) for index in order)


def _renumber_table(table: Table, renumber: Callable[[tuple[Run, ...]], tuple[Run, ...]]) -> Table:
    return replace(
        table,
        rows=tuple(
            replace(
                row,
                cells=tuple(
                    replace(
                        cell,
                        paragraphs=tuple(
                            replace(paragraph, runs=renumber(paragraph.runs)) for paragraph in cell.paragraphs
                        ),
                    )
                    for cell in row.cells
                ),
            )
            for row in table.rows
        ),
    )
