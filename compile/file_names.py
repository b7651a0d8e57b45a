"""The names of the files the product hands out: one path segment that any system and any zip program takes."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

FILE_NAME_LIMIT: Final = 80
TITLE_IN_NAME: Final = 20

_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
# Names that Windows keeps for devices, whatever the extension.
_DEVICE = re.compile(r"(?i)^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\s*(?:\.|$))")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def safe_file_name(text: str, limit: int = FILE_NAME_LIMIT) -> str:
    """The text as one path segment for Windows, Linux and zip: at most `limit` characters, the extension kept when
    cut; "未命名" where nothing is left."""
    spaced = "".join(" " if character.isspace() else character for character in text)
    visible = "".join(character for character in spaced if not unicodedata.category(character).startswith("C"))
    name = " ".join(unicodedata.normalize("NFC", _FORBIDDEN.sub("", visible)).split()).strip(" .")
    name = _DEVICE.sub(r"\g<0>_", name)
    if len(name) > limit:
        extension = _EXTENSION.search(name)
        tail = extension[0] if extension else ""
        name = name[: limit - len(tail)].rstrip(" .") + tail
    return name or "未命名"


def format_work_file_name(place: str, entry_number: str, title: str, extension: str) -> str:
    """The file name of a work in a package, such as "03_2020-XZ03-001_题目.docx"; of the title, the first 20
    characters. What has no entry number goes without. `extension` comes without the dot."""
    parts = (place, entry_number, safe_file_name(title, TITLE_IN_NAME))
    return safe_file_name(f"{'_'.join(filter(None, parts))}.{extension}")


def format_picture_file_name(entry_number: str, ordinal: int, extension: str) -> str:
    """The file name of a work's `ordinal`-th picture, such as "2020-XZ03-001_图1.jpg"."""
    return safe_file_name(f"{entry_number}_图{ordinal}.{extension}")
