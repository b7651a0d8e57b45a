"""What the name of a paragraph style tells: built-in names are the same in every language version of an office suite."""

from __future__ import annotations

import re

from compile.reading.draft import Role

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])")
_CONTENTS = ("toc ", "toc1", "toc2", "toc3", "contents ", "目录")
_ROLES: dict[str, Role] = {
    "title": "title",
    "标题": "title",
    "subtitle": "subtitle",
    "副标题": "subtitle",
    "caption": "caption",
    "题注": "caption",
    "图注": "caption",
    # Of our own books, where headings, items and poems are known for what they are.
    "作品正文": "body",
    "作品正文居中": "body",
    "作品正文居右": "body",
}
_ITEM = re.compile(r"列表项([1-8]?)")  # of our own books too: the number is typed under a style of its own
MARKER_NAME = "列表编号"


def find_heading_level(name: str) -> int:
    """The level of a heading style by its lower-case name, 0 for any other style."""
    match = _HEADING.match(name)
    return int(match[1]) if match else 0


def find_role(name: str) -> Role:
    """Title, subtitle, caption or body of a book by the lower-case name, "" for any other style."""
    return _ROLES.get(name, "")


def find_item_level(name: str) -> int | None:
    """The level from 0 of a style of list items, None for any other style."""
    match = _ITEM.fullmatch(name)
    return int(match[1] or 0) if match else None


def is_contents_name(name: str) -> bool:
    """Whether a lower-case name is that of a line in a table of contents."""
    return name.startswith(_CONTENTS)
