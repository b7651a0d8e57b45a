"""Lines broken by hand: which belong together in one paragraph, which are verse."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SENTENCE_END = re.compile(r"(?:[。！？…!?；;：:][”’」』）)》\"']*|[”’」』])$")
_INDENT = re.compile(r"　{2}|[ \u00a0]{2,}|\t")
NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．]")
_MARK_AT_END = re.compile(r"[，、；：。！？,;:.!?…—”’」』）)]$")
_SENTENCE_INSIDE = re.compile(r"[。！？!?]+[”’」』）)]*.")
_NARROWEST, _WIDEST = 16, 64
_SLACK = 3
_VERSE_WIDTH, _VERSE_WIDEST = 22, 32


def ends_sentence(text: str) -> bool:
    """Whether the text ends where a paragraph may end."""
    return bool(_SENTENCE_END.search(text.rstrip()))


def group_wrapped(lines: Sequence[str]) -> list[list[int]]:
    """Indices of the lines of each paragraph of a text whose lines may be wrapped by hand at a fixed width.

    Blank lines always part and are left out. In wrapped text a full line runs on into the next one, unless that is
    indented, or numbered after the end of a sentence; in other text every line is a paragraph.
    """
    width = find_wrap_width(lines)
    groups: list[list[int]] = []
    is_open = False
    for index, line in enumerate(lines):
        text = line.strip()
        if not text:
            is_open = False
            continue
        starts_anew = _INDENT.match(line) or (NUMBERED.match(text) and ends_sentence(lines[index - 1]))
        if is_open and not starts_anew:
            groups[-1].append(index)
        else:
            groups.append([index])
        is_open = width > 0 and visible_width(text) >= width - _SLACK
    return groups


def find_wrap_width(lines: Sequence[str]) -> int:
    """The width in characters at which the lines were broken by hand, 0 when they were not.

    Wrapped text shows in lines that stop in the middle of a sentence, nearly all at the same width.
    """
    texts = [line.strip() for line in lines if line.strip()]
    widths = [visible_width(text) for text in texts]
    cut = [visible_width(text) for text in texts if not ends_sentence(text)]
    if len(cut) < 2 or not _NARROWEST <= max(widths) <= _WIDEST:
        return 0
    full = max(cut)
    near = sum(1 for width in cut if width >= full - _SLACK)
    overall = sum(1 for width in widths if width >= full - _SLACK)
    is_even = full >= _NARROWEST and near * 2 > len(cut) and overall * 5 >= len(widths) * 2
    return full if is_even and not _is_broken_by_sense(texts, full) else 0


def _is_broken_by_sense(texts: Sequence[str], full: int) -> bool:
    """Even lines that are verse all the same: most end with a mark, or they are short and no sentence ends inside one."""
    marked = sum(1 for text in texts if _MARK_AT_END.search(text))
    running_on = sum(1 for text in texts if _SENTENCE_INSIDE.search(text))
    return marked * 2 > len(texts) or (full <= _VERSE_WIDTH and running_on * 4 < len(texts))


def is_verse(lines: Sequence[str]) -> bool:
    """Lines that were broken on purpose: nearly all are short."""
    widths = [visible_width(line) for line in lines if line.strip()]
    wide = sum(1 for width in widths if width > _VERSE_WIDTH)
    return wide * 5 <= len(widths) and max(widths, default=0) <= _VERSE_WIDEST


def needs_space(left: str, right: str) -> bool:
    """Whether a line break between two Latin words or numbers stood for a space."""
    before, after = left[-1:], right[:1]
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum()


def visible_width(line: str) -> int:
    """Characters without surrounding blanks; two ASCII characters count as one."""
    text = line.strip()
    narrow = len(text.encode("ascii", "ignore"))
    return len(text) - narrow + (narrow + 1) // 2
