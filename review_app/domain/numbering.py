"""The numbers people quote: entry, blind, receipt."""

from __future__ import annotations

import re
from collections.abc import Collection
from random import Random
from typing import Final

BLIND_DIGITS: Final = 4

_UNIT_CODE = re.compile(r"[A-Z0-9]{2,12}")


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
