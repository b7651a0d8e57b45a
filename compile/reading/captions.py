"""Captions: the line below a picture, with the photographer taken out of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from compile.manuscript import Picture
from compile.reading.draft import DraftBlock, Line
from compile.reading.person_names import HAN, close_spaced_names

_CAPTION = re.compile(
    r"[▲△↑▼▽◀▶]|[（(【\[]?\s*(?:[上下左右]?图(?:为|是|片|中|[\s:：]|[一二三四五六七八九十\d])|图$|照片|资料图|摄影|[（(]图)"
)
_LEADING_MARK = re.compile(r"^[▲△↑▼▽◀▶\s]+")
_LONGEST_CAPTION = 150
_WHO = rf"(?P<name>[{HAN}·]{{2,4}}(?:[、\s][{HAN}·]{{2,4}}){{0,2}})"
_PHOTOGRAPHERS = (
    re.compile(rf"\s*[（(]\s*{_WHO}\s*[/／]?\s*(?:摄影报道|摄影|摄|供图|图)\s*[）)][。.]?$"),
    re.compile(rf"\s*[（(]?\s*(?:摄影者?|拍摄者?|摄|图片来源|图)\s*[:：/／]\s*{_WHO}\s*[）)]?[。.]?$"),
    re.compile(rf"(?:[\s　]+|(?<=[。！？]))(?:摄影\s*)?{_WHO}[\s　]*(?:摄影|摄|供图)[。.]?$"),
)


def attach_captions(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """The blocks with every caption line moved into the picture right before it."""
    attached: list[DraftBlock] = []
    for block in blocks:
        last = attached[-1] if attached else None
        if isinstance(block, Line) and isinstance(last, Picture) and not last.caption and is_caption(block):
            caption, photographer = split_photographer(block.text)
            attached[-1] = replace(last, caption=caption, photographer=photographer)
        else:
            attached.append(block)
    return attached


def is_caption(line: Line) -> bool:
    """Whether a line that follows a picture belongs to it."""
    if line.role == "caption":
        return True
    text = line.text
    return (
        len(text) <= _LONGEST_CAPTION and not line.outline and bool(_CAPTION.match(text) or split_photographer(text)[1])
    )


def split_photographer(text: str) -> tuple[str, str]:
    """Caption without marks and credit, and the photographer, "" when none is named."""
    text = close_spaced_names(_LEADING_MARK.sub("", text.replace("\n", " ")).strip(), is_signature=True)
    for pattern in _PHOTOGRAPHERS:
        if match := pattern.search(text):
            return text[: match.start()].strip(), match["name"]
    return text, ""
