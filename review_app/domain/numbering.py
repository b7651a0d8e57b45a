"""The numbers people quote (entry, blind, receipt) and the names of the files the product hands out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from random import Random
from typing import Final

BLIND_DIGITS: Final = 4
FILE_NAME_LIMIT: Final = 80
TITLE_IN_NAME: Final = 20

_UNIT_CODE = re.compile(r"[A-Z0-9]{2,12}")
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
# Names that Windows keeps for devices, whatever the extension.
_DEVICE = re.compile(r"(?i)^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\s*(?:\.|$))")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def format_entry_number(year: int, unit_code: str, ordinal: int) -> str:
    """The number of a unit's `ordinal`-th work of a year, such as "2020-XZ03-001".
    Raises ValueError for a unit code that is not 2 to 12 capitals and digits, or an ordinal under 1."""
    if not _UNIT_CODE.fullmatch(unit_code) or ordinal < 1:
        raise ValueError(f"no entry number from unit code {unit_code!r} and ordinal {ordinal}")
    return f"{year}-{unit_code}-{ordinal:03d}"


def draw_blind_number(taken: Collection[str], random: Random) -> str:
    """A number not in `taken` under which reviewers know a work: four digits without a leading zero, more once half
    of those are taken. It is drawn by chance, so that it tells nothing about when or by whom the work was sent."""
    digits = BLIND_DIGITS
    while sum(len(number) == digits for number in taken) * 2 >= 9 * 10 ** (digits - 1):
        digits += 1
    while True:
        number = str(random.randrange(10 ** (digits - 1), 10**digits))
        if number not in taken:
            return number


def format_receipt_number(entry_number: str, version: int, digest: str) -> str:
    """The number of the receipt for one version of a work, such as "2020-XZ03-001-V1-9F2C41A0"; its tail is the head
    of the file's SHA-256 `digest` (hex), so that number and file can be held against each other."""
    return f"{entry_number}-V{version}-{digest[:8].upper()}"


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


def format_work_file_name(position: int, entry_number: str, title: str, extension: str) -> str:
    """The file name of a work in a package, such as "03_2020-XZ03-001_题目.docx"; of the title, the first 20
    characters. `extension` comes without the dot."""
    return safe_file_name(f"{position:02d}_{entry_number}_{safe_file_name(title, TITLE_IN_NAME)}.{extension}")


def format_picture_file_name(entry_number: str, ordinal: int, extension: str) -> str:
    """The file name of a work's `ordinal`-th picture, such as "2020-XZ03-001_图1.jpg"."""
    return safe_file_name(f"{entry_number}_图{ordinal}.{extension}")
