"""Takes typed layout out of the text: indents, page numbers, hand-broken lines, spaced names, prompts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from compile.manuscript import Picture, Run, plain_text
from compile.reading.draft import DraftBlock, DraftCell, DraftRow, DraftTable, Line, Report
from compile.reading.person_names import close_spaced_names
from compile.reading.wrapping import find_wrap_width, group_wrapped, is_verse, needs_space

# Control characters, zero-width marks and direction overrides: invisible, unsafe in XML, or meant to deceive.
UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)

_BLANKS = " \t\u00a0\u2002\u2003\u2009　"
_PAGE_NUMBER = re.compile(
    r"\s*(?:[-—–－―~·]+\s*\d{1,3}\s*[-—–－―~·]+|第\s*\d{1,3}\s*页(?:[\s,，/／]*共\s*\d{1,3}\s*页)?)\s*"
)
_PROMPT = re.compile(
    r"[\[【(（]?\s*(?:在此(?:处)?(?:键入|输入)|(?:单击|点击)(?:或点击)?此处|请(?:键入|输入))[^。]{0,30}。?[\]】)）]?[。.]?"
    r"|[\[【]\s*(?:(?:键入|输入|选取|选择)[^\]】]{0,30}|(?:文档)?(?:标题|副标题|摘要|作者|作者姓名|公司名称|日期|年份?))\s*[\]】]"
)
_RIGHT_INDENT = 10
_SHORT_LINE = 30


def clean_blocks(blocks: Sequence[DraftBlock], report: Report) -> list[DraftBlock]:
    """The same blocks without typed layout; lines that were layout only are gone and reported."""
    return list(_iter_clean(blocks, report))


def split_broken_line(line: Line, report: Report, *, keeps_verse: bool = True) -> list[Line]:
    """The paragraphs inside a line that holds manual line breaks.

    Lines wrapped by hand at a fixed width are joined; verse stays one line with its breaks unless `keeps_verse` is
    False; anything else is parted at the breaks. Typed page numbers between the pieces are dropped and reported.
    """
    pieces = []
    for piece in split_at_breaks(line.runs):
        if _PAGE_NUMBER.fullmatch(text := plain_text(piece)):
            report.add("typed-page-number", "正文", text)
        else:
            pieces.append(piece)
    texts = [plain_text(piece) for piece in pieces]
    if line.is_settled or (keeps_verse and is_verse(texts) and not find_wrap_width(texts)):
        return [replace(line, runs=join_verse([strip_runs(piece)[0] for piece in pieces]))]
    lines: list[Line] = []
    for group in group_wrapped(texts):
        joined = _join_wrapped([pieces[index] for index in group])
        if lines:
            has_gap = not texts[group[0] - 1].strip()
            lines.append(replace(line, runs=joined, marker="", has_gap_before=has_gap))
        else:
            lines.append(replace(line, runs=joined))
    return lines


def split_at_breaks(runs: Sequence[Run]) -> list[tuple[Run, ...]]:
    """The runs parted at their line breaks."""
    pieces: list[list[Run]] = [[]]
    for run in runs:
        parts = run.text.split("\n")
        for index, part in enumerate(parts):
            if index:
                pieces.append([])
            note = run.note if index == len(parts) - 1 else None
            if part or note is not None:
                pieces[-1].append(replace(run, text=part, note=note))
    return [tuple(piece) for piece in pieces]


def join_verse(lines: Sequence[tuple[Run, ...]]) -> tuple[Run, ...]:
    """The lines in one row of runs, a line break between them and an empty line where lines without runs stood."""
    joined: list[Run] = []
    has_gap = False
    for line in lines:
        if line:
            joined.extend((Run("\n\n" if has_gap else "\n"), *line) if joined else line)
        has_gap = not line
    return merge_runs(joined)


def merge_runs(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Neighbours of the same look become one run; empty runs without a note go."""
    groups: list[list[Run]] = []
    for run in runs:
        if not run.text and run.note is None:
            continue
        if groups and groups[-1][-1].note is None and _look_alike(groups[-1][-1], run):
            groups[-1].append(run)
        else:
            groups.append([run])
    return tuple(
        group[0] if len(group) == 1 else replace(group[-1], text="".join(run.text for run in group)) for group in groups
    )


def _look_alike(left: Run, right: Run) -> bool:
    return (left.bold, left.italic, left.underline, left.script) == (
        right.bold,
        right.italic,
        right.underline,
        right.script,
    )


def strip_runs(runs: Sequence[Run]) -> tuple[tuple[Run, ...], int]:
    """The runs without blanks at either end, and how many full-width characters the blanks in front filled."""
    kept = list(runs)
    indent = 0.0
    while kept:
        text = kept[0].text
        stripped = text.lstrip(_BLANKS + "\n")
        indent += sum(
            1.0 if character == "　" else 2.0 if character == "\t" else 0.5
            for character in text[: len(text) - len(stripped)]
        )
        if stripped or kept[0].note is not None:
            if stripped != text:
                kept[0] = replace(kept[0], text=stripped)
            break
        del kept[0]
    while kept:
        text = kept[-1].text
        stripped = text.rstrip(_BLANKS + "\n")
        if stripped or kept[-1].note is not None:
            if stripped != text:
                kept[-1] = replace(kept[-1], text=stripped)
            break
        del kept[-1]
    return tuple(kept), int(indent)


def _iter_clean(blocks: Sequence[DraftBlock], report: Report) -> Iterator[DraftBlock]:
    for block in blocks:
        match block:
            case Line():
                parts = split_broken_line(block, report) if "\n" in block.text else [block]
                for part in parts:
                    if (line := _clean_line(part, report)) is not None:
                        yield line
            case DraftTable():
                yield _clean_table(block, report)
            case Picture():
                yield block


def _clean_line(line: Line, report: Report) -> Line | None:
    text = line.text
    if _PAGE_NUMBER.fullmatch(text):
        report.add("typed-page-number", "正文", text)
        return None
    if _PROMPT.fullmatch(text.strip()):
        report.add("placeholder", "正文", text)
        return None
    runs, indent = line.runs, 0
    if text[:1] in _STRIPPED or text[-1:] in _STRIPPED:
        runs, indent = strip_runs(runs)
        if not runs:
            return None
    if "　" in text or "  " in text:
        runs = tuple(replace(run, text=close_spaced_names(run.text)) for run in runs)
    if runs is line.runs:
        return line
    is_set_right = indent >= _RIGHT_INDENT and line.align == "left" and len(text.strip()) <= _SHORT_LINE
    return replace(line, runs=runs, align="right" if is_set_right else line.align)


def _clean_table(table: DraftTable, report: Report) -> DraftTable:
    return replace(
        table,
        rows=tuple(
            DraftRow(
                tuple(
                    DraftCell(tuple(_iter_clean(cell.blocks, report)), cell.column_span, cell.row_span)
                    for cell in row.cells
                ),
                row.is_header,
            )
            for row in table.rows
        ),
    )


def _join_wrapped(pieces: Sequence[tuple[Run, ...]]) -> tuple[Run, ...]:
    if len(pieces) == 1:
        return pieces[0]
    joined: list[Run] = []
    before = ""
    for piece in pieces:
        stripped = strip_runs(piece)[0]
        text = plain_text(stripped)
        if needs_space(before, text):
            joined.append(Run(" "))
        joined.extend(stripped)
        before = text
    return merge_runs(joined)


_STRIPPED = frozenset((*_BLANKS, "\n"))
