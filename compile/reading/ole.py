"""OLE2 compound files: the streams of the top folder, read whole within bounds."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator
from typing import NamedTuple

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HEADER_BYTES = 512
_FAT_SECTORS_IN_HEADER = 109
_DIRECTORY_ENTRY_BYTES = 128
_MAX_ENTRIES = 32_768
_LAST_SECTOR = 0xFFFFFFFA
_MINI_SECTOR_BYTES = 64
_ROOT = 5


class OleStream(NamedTuple):
    """One directory entry: its name, first sector and declared size."""

    name: str
    first_sector: int
    size_bytes: int


class _Entry(NamedTuple):
    """A directory entry as it stands: a stream with the entries left and right of it, and for a folder one below."""

    stream: OleStream
    kind: int
    neighbours: tuple[int, int]
    child: int


class OleFile:
    """The streams of a compound file. Broken chains simply end; only a wrong head raises ValueError."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(MAGIC) or len(data) < _HEADER_BYTES:
            raise ValueError("no compound file header")
        shift = struct.unpack_from("<H", data, 30)[0]
        if not 7 <= shift <= 16:
            raise ValueError("no sector size")
        self._data = data
        self._sector_bytes = 1 << shift
        directory, self._mini_limit_bytes, mini_fat, _, difat = struct.unpack_from("<I4xIIII", data, 48)
        self._fat = self._read_table(self._iter_fat_sectors(difat))
        entries = self._read_directory(directory)
        self._root = next((entry.stream for entry in entries if entry.kind == _ROOT), None)
        self._mini_fat = self._read_table(self._iter_chain(mini_fat))
        self._mini_data: bytes | None = None
        self.streams = _name_streams(entries)

    def read(self, name: str, max_bytes: int | None = None) -> bytes:
        """A stream as far as its chain holds, at most `max_bytes` of it; empty when there is no such stream."""
        stream = self.streams.get(name)
        if stream is None:
            return b""
        size_bytes = stream.size_bytes if max_bytes is None else min(stream.size_bytes, max_bytes)
        if stream.size_bytes >= self._mini_limit_bytes:
            return self._read_chain(stream.first_sector, size_bytes)
        if self._mini_data is None:
            root = self._root
            self._mini_data = self._read_chain(root.first_sector, root.size_bytes) if root else b""
        mini = self._mini_data
        chain = _walk(self._mini_fat, stream.first_sector, -(-size_bytes // _MINI_SECTOR_BYTES))
        starts = (number * _MINI_SECTOR_BYTES for number in chain)
        return b"".join(mini[start : start + _MINI_SECTOR_BYTES] for start in starts)[:size_bytes]

    def _read_chain(self, first_sector: int, size_bytes: int) -> bytes:
        size_bytes = min(size_bytes, len(self._data))
        chain = _walk(self._fat, first_sector, -(-size_bytes // self._sector_bytes))
        return b"".join(map(self._sector, chain))[:size_bytes]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector_bytes
        return self._data[start : start + self._sector_bytes]

    def _iter_chain(self, first_sector: int) -> Iterator[int]:
        return _walk(self._fat, first_sector, len(self._data) // self._sector_bytes)

    def _iter_fat_sectors(self, difat_sector: int) -> Iterator[int]:
        """The sectors of the allocation table: 109 in the header, more in a chain of their own."""
        yield from struct.unpack_from(f"<{_FAT_SECTORS_IN_HEADER}I", self._data, 76)
        per_sector = self._sector_bytes // 4 - 1
        for _ in range(len(self._data) // self._sector_bytes // per_sector + 1):
            if difat_sector >= _LAST_SECTOR:
                return
            *numbers, difat_sector = _to_numbers(self._sector(difat_sector).ljust(self._sector_bytes, b"\xff"))
            yield from numbers

    def _read_table(self, sectors: Iterator[int]) -> array[int]:
        """The numbers in the given sectors, at most as many as the file has sectors; sector numbers beyond the last
        are passed over."""
        most = len(self._data) // self._sector_bytes
        table = array("I")
        for number in sectors:
            if len(table) >= most:
                break
            if number < _LAST_SECTOR:
                table.extend(_to_numbers(self._sector(number)))
        return table

    def _read_directory(self, first_sector: int) -> list[_Entry]:
        entries: list[_Entry] = []
        for number in self._iter_chain(first_sector):
            block = self._sector(number)
            for start in range(0, len(block) - _DIRECTORY_ENTRY_BYTES + 1, _DIRECTORY_ENTRY_BYTES):
                entries.append(_read_entry(block, start))
            if len(entries) >= _MAX_ENTRIES:
                break
        return entries


def _read_entry(block: bytes, start: int) -> _Entry:
    name_bytes = min(struct.unpack_from("<H", block, start + 64)[0], 64)
    left, right, child = struct.unpack_from("<III", block, start + 68)
    first, size = struct.unpack_from("<II", block, start + 116)
    name = block[start : start + max(name_bytes - 2, 0)].decode("utf-16-le", "replace")
    return _Entry(OleStream(name, first, size), block[start + 66] if name else 0, (left, right), child)


def _name_streams(entries: list[_Entry]) -> dict[str, OleStream]:
    """The entries by name. Those right below the root go first: an embedded document has streams of the same names."""
    streams: dict[str, OleStream] = {}
    waiting = [entry.child for entry in entries if entry.kind == _ROOT]
    seen: set[int] = set()
    while waiting:
        index = waiting.pop()
        if index < len(entries) and index not in seen:
            seen.add(index)
            streams.setdefault(entries[index].stream.name, entries[index].stream)
            waiting.extend(entries[index].neighbours)
    for entry in entries:
        if entry.kind:
            streams.setdefault(entry.stream.name, entry.stream)
    return streams


def _walk(table: array[int], number: int, most_steps: int) -> Iterator[int]:
    """The numbers of a chain; one that is broken or goes round in circles ends."""
    for _ in range(most_steps):
        if number >= _LAST_SECTOR:
            return
        yield number
        number = table[number] if number < len(table) else _LAST_SECTOR


def _to_numbers(data: bytes) -> array[int]:
    numbers = array("I", data[: len(data) // 4 * 4])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
