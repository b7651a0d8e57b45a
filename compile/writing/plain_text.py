"""The book as plain text for pasting anywhere: UTF-8 with a byte order mark and CRLF.

Notepad before Windows 10 (1903) takes text without the mark for GBK and shows a file without CRLF as one line, and
those are the machines of the offices this goes to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from compile.manuscript import Block, Heading, ListItem, Paragraph, Picture, Run, Table, plain_text
from compile.plan import OpenBlob, Plan, Progress, Written
from compile.writing.leaves import DEEPEST_ITEM, Leaf, count_works, list_leaves
from compile.writing.pages import caption_text
from compile.writing.text import one_line, replace_unsafe

_INDENT: Final = "　　"
_BETWEEN_LEAVES: Final = "\n\n\n"


def write_plain_text(plan: Plan, open_blob: OpenBlob, sink: BinaryIO, on_step: Progress) -> Written:
    """Write the whole book as one text. Pictures are named in their places."""
    leaves = list_leaves(plan)
    tell = count_works(plan, on_step)
    for index, leaf in enumerate(leaves):
        text = contents_text(leaves) if leaf.kind == "contents" else leaf_text(leaf)
        sink.write(windows_text((_BETWEEN_LEAVES if index else "") + text, is_first=index == 0).encode())
        tell(leaf)
    return Written(pictures=0)


def windows_text(text: str, *, is_first: bool = True) -> str:
    """The text as it goes into a file for Windows; `is_first` for its beginning, which bears the mark."""
    fit = replace_unsafe(text).replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    return "\ufeff" + fit if is_first else fit


def leaf_text(leaf: Leaf) -> str:
    """Title, subtitle, byline, blocks, notes and boxes of a leaf, a line each."""
    return "\n".join(_iter_lines(leaf)).rstrip("\n") + "\n"


def contents_text(leaves: tuple[Leaf, ...]) -> str:
    """The titles of what stands behind the contents, works with their bylines."""
    lines, is_behind = ["目录"], False
    for leaf in leaves:
        if leaf.kind == "work":
            lines.append(_INDENT + "　".join(filter(None, (leaf.line, one_line(leaf.byline)))))
        elif leaf.kind in ("section", "back") or (leaf.kind == "front" and is_behind):
            lines.append(leaf.line)
        is_behind = is_behind or leaf.kind == "contents"
    return "\n".join(lines) + "\n"


def _iter_lines(leaf: Leaf) -> Iterator[str]:
    if leaf.kind != "back-cover":
        yield from filter(None, (leaf.title, leaf.subtitle, leaf.byline))
        yield ""
    numbers: dict[int, int] = {}
    pictures = 0
    for block in leaf.blocks:
        pictures += isinstance(block, Picture)
        yield from _iter_block_lines(block, leaf, numbers, pictures)
    if numbers:
        yield "\n注释"
    for index, number in numbers.items():
        yield f"[{number}] {plain_text(leaf.notes[index])}"
    for box in leaf.boxes:
        yield ""
        yield from (_INDENT + plain_text(paragraph.runs) for paragraph in box.paragraphs)
        if box.signed_by:
            yield _INDENT + box.signed_by


def _iter_block_lines(block: Block, leaf: Leaf, numbers: dict[int, int], picture: int) -> Iterator[str]:
    match block:
        case Paragraph(runs=runs, align=align):
            indent = _INDENT if align == "left" else ""
            text = _marked_text(runs, leaf, numbers)
            yield "\n".join(indent + line if line else "" for line in text.split("\n"))
        case Heading(runs=runs):
            yield _INDENT + _marked_text(runs, leaf, numbers)
        case ListItem(marker=marker, runs=runs, level=level):
            yield _INDENT + "　" * min(max(level, 0), DEEPEST_ITEM) + marker + _marked_text(runs, leaf, numbers)
        case Picture():
            caption = caption_text(block)
            yield f"〔图{picture}{'：' if caption else ''}{caption}〕"
        case Table(rows=rows):
            for row in rows:
                cells = (" ".join(_marked_text(p.runs, leaf, numbers) for p in cell.paragraphs) for cell in row.cells)
                yield "\t".join(one_line(text) for text in cells)


def _marked_text(runs: tuple[Run, ...], leaf: Leaf, numbers: dict[int, int]) -> str:
    """The text with [1] where a note is marked; notes are numbered in the order of their marks."""
    parts = []
    for run in runs:
        parts.append(run.text)
        if run.note is not None and 0 <= run.note < len(leaf.notes):
            parts.append(f"[{numbers.setdefault(run.note, len(numbers) + 1)}]")
    return "".join(parts)
