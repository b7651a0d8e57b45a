"""A look into an OLE2 compound file: stream names and the head of the Word stream, nothing more."""

from __future__ import annotations

import struct
from typing import NamedTuple

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MAX_DIRECTORY_SECTORS = 256
_DIRECTORY_ENTRY_BYTES = 128
_LAST_SECTOR = 0xFFFFFFFA
_MINI_SECTOR_BYTES = 64
_MAX_SECTOR_STEPS = 4096


class OleStream(NamedTuple):
    """One directory entry: its name, first sector and declared size."""

    name: str
    first_sector: int
    size_bytes: int


class OleFile:
    """The directory of a compound file. Broken chains simply end; only a wrong head raises ValueError."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(MAGIC) or len(data) < 512:
            raise ValueError("no compound file header")
        self._data = data
        self._sector_bytes = 1 << min(max(struct.unpack_from("<H", data, 30)[0], 7), 16)
        self._fat_sectors = struct.unpack_from("<109I", data, 76)
        self._mini_limit_bytes = struct.unpack_from("<I", data, 56)[0]
        directory_start = struct.unpack_from("<I", data, 48)[0]
        self.streams = {stream.name: stream for stream in self._read_directory(directory_start)}

    def read_head(self, name: str, size_bytes: int) -> bytes:
        """The first bytes of a stream, at most one sector of them; empty when there is no such stream."""
        stream = self.streams.get(name)
        if stream is None:
            return b""
        if stream.size_bytes >= self._mini_limit_bytes:
            return self._sector(stream.first_sector)[:size_bytes]
        return self._read_mini_sector(stream.first_sector)[:size_bytes]

    def _read_mini_sector(self, number: int) -> bytes:
        """Small streams live in 64-byte pieces of one stream that belongs to the root entry."""
        skipped, offset = divmod(number * _MINI_SECTOR_BYTES, self._sector_bytes)
        root = self.streams.get("Root Entry")
        sector = root.first_sector if root else _LAST_SECTOR
        for _ in range(min(skipped, _MAX_SECTOR_STEPS)):
            sector = self._next_sector(sector)
        return self._sector(sector)[offset : offset + _MINI_SECTOR_BYTES] if sector < _LAST_SECTOR else b""

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector_bytes
        return self._data[start : start + self._sector_bytes]

    def _next_sector(self, number: int) -> int:
        per_sector = self._sector_bytes // 4
        index = number // per_sector
        if number >= _LAST_SECTOR or index >= len(self._fat_sectors) or self._fat_sectors[index] >= _LAST_SECTOR:
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
