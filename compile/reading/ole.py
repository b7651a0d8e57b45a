"""A look into an OLE2 compound file: stream names and the head of the Word stream, nothing more."""

from __future__ import annotations

import struct
from typing import NamedTuple

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MAX_DIRECTORY_SECTORS = 256
_DIRECTORY_ENTRY_BYTES = 128
_LAST_SECTOR = 0xFFFFFFFA


class OleStream(NamedTuple):
    """One directory entry: its name, first sector and declared size."""

    name: str
    first_sector: int
    size_bytes: int


class OleFile:
    """The directory of a compound file. Broken chains simply end; nothing raises on bad data but ValueError."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(MAGIC) or len(data) < 512:
            raise ValueError("no compound file header")
        self._data = data
        self._sector_bytes = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
        self._fat_sectors = struct.unpack_from("<109I", data, 76)
        directory_start = struct.unpack_from("<I", data, 48)[0]
        self.streams = {stream.name: stream for stream in self._read_directory(directory_start)}

    def read_head(self, name: str, size_bytes: int) -> bytes:
        """The first bytes of a stream of the normal sector chain, at most one sector of them."""
        stream = self.streams.get(name)
        return self._sector(stream.first_sector)[:size_bytes] if stream else b""

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector_bytes
        return self._data[start : start + self._sector_bytes]

    def _next_sector(self, number: int) -> int:
        per_sector = self._sector_bytes // 4
        index = number // per_sector
        if index >= len(self._fat_sectors) or self._fat_sectors[index] >= _LAST_SECTOR:
            return _LAST_SECTOR
        table = self._sector(self._fat_sectors[index])
        offset = number % per_sector * 4
        return int.from_bytes(table[offset : offset + 4], "little") if offset + 4 <= len(table) else _LAST_SECTOR

    def _read_directory(self, sector: int) -> list[OleStream]:
        streams = []
        for _ in range(_MAX_DIRECTORY_SECTORS):
            if sector >= _LAST_SECTOR:
                break
            block = self._sector(sector)
            for start in range(0, len(block) - _DIRECTORY_ENTRY_BYTES + 1, _DIRECTORY_ENTRY_BYTES):
                entry = block[start : start + _DIRECTORY_ENTRY_BYTES]
                name_bytes = min(struct.unpack_from("<H", entry, 64)[0], 64)
                first, size = struct.unpack_from("<II", entry, 116)
                if entry[66] and name_bytes > 2:
                    streams.append(OleStream(entry[: name_bytes - 2].decode("utf-16-le", "replace"), first, size))
            sector = self._next_sector(sector)
        return streams
