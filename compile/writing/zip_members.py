"""Members of a zip package without time, owner or system, so that the same book is the same file everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

# Pieces of text are handed to the compressor in blocks of about this many characters.
_BLOCK: Final = 1 << 16


def write_text(package: ZipFile, name: str, pieces: Iterable[str]) -> None:
    """Add a deflated UTF-8 text."""
    with package.open(_member(name, ZIP_DEFLATED), "w") as part:
        waiting: list[str] = []
        size = 0
        for piece in pieces:
            waiting.append(piece)
            size += len(piece)
            if size >= _BLOCK:
                part.write("".join(waiting).encode())
                waiting, size = [], 0
        part.write("".join(waiting).encode())


def write_bytes(package: ZipFile, name: str, data: bytes) -> None:
    """Add deflated bytes."""
    package.writestr(_member(name, ZIP_DEFLATED), data)


def write_stored(package: ZipFile, name: str, data: bytes) -> None:
    """Add bytes as they are: pictures, which are compressed already."""
    package.writestr(_member(name, ZIP_STORED), data)


def _member(name: str, method: int) -> ZipInfo:
    member = ZipInfo(name)
    member.compress_type = method
    # unzip on Linux believes the mark for UTF-8 only of a member from Unix; Windows and macOS believe it of any.
    member.create_system = 0 if name.isascii() else 3
    member.external_attr = 0o600 << 16
    return member
