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
}


def find_heading_level(name: str) -> int:
    """The level of a heading style by its lower-case name, 0 for any other style."""
    match = _HEADING.match(name)
    return int(match[1]) if match else 0


def find_role(name: str) -> Role:
    """Title, subtitle or caption by the lower-case name, "" for any other style."""
    return _ROLES.get(name, "")


def is_contents_name(name: str) -> bool:
    """Whether a lower-case name is that of a line in a table of contents."""
    return name.startswith(_CONTENTS)
