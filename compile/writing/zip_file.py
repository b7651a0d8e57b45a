"""A zip file written once from front to back: text deflated while it comes, pictures stored as they are, no trace of
time or machine."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import BinaryIO, Final, Self

from isal import isal_zlib

from compile.errors import BuildError

# Pieces of text are handed to the compressor in blocks of about this many characters.
_BLOCK: Final = 1 << 16
# The level of ISA-L that packs text about as small as zlib's usual one, in a tenth of its time.
_LEVEL: Final = 2
_STORED, _DEFLATED = 0, 8
_UTF8_NAME: Final = 0x0800
_VERSION: Final = 20
_UNIX: Final = 3 << 8
_READABLE: Final = 0o100644 << 16
# 1 January 1980, the earliest day a zip file knows.
_DAY: Final = 0x21
_MAX_BYTES: Final = 0xFFFFFFFE
_MAX_MEMBERS: Final = 0xFFFE
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


class ZipFileWriter:
    """Members go into a stream from front to back, each held packed until its sizes are known; leaving the `with` block
    writes the directory. `size_bytes` counts all that was written. Raises BuildError beyond
    4 GiB or 65,534 members, which old office programs cannot open."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._directory: list[bytes] = []
        self.size_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write_directory()

    def add_text(self, name: str, pieces: Iterable[str]) -> None:
        """A deflated member made of the pieces."""
        packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
        crc = size_bytes = 0
        packed = []
        for block in _gather(pieces):
            crc = isal_zlib.crc32(block, crc)
            size_bytes += len(block)
            packed.append(packer.compress(block))
        packed.append(packer.flush())
        self._add(name, _DEFLATED, crc, size_bytes, packed)

    def add_stored(self, name: str, data: bytes, crc: int | None = None) -> None:
        """A member kept as it is; `crc` is the CRC-32 of its bytes where that is known."""
        self._add(name, _STORED, isal_zlib.crc32(data) if crc is None else crc, len(data), [data])

    def _add(self, name: str, method: int, crc: int, size_bytes: int, packed: list[bytes]) -> None:
        start, raw, packed_bytes = self.size_bytes, name.encode(), sum(map(len, packed))
        flags = 0 if name.isascii() else _UTF8_NAME
        if start + packed_bytes > _MAX_BYTES or size_bytes > _MAX_BYTES or len(self._directory) == _MAX_MEMBERS:
            raise BuildError("the book is larger than 4 GiB or holds more than 65,000 pictures; divide it into volumes")
        facts = struct.pack("<5H3I2H", _VERSION, flags, method, 0, _DAY, crc, packed_bytes, size_bytes, len(raw), 0)
        self._write(_LOCAL + facts + raw)
        for piece in packed:
            self._write(piece)
        # unzip on Linux believes the mark for UTF-8 only of a member from Unix, which then needs its permissions.
        system, attributes = (0, 0) if name.isascii() else (_UNIX, _READABLE)
        self._directory.append(
            _CENTRAL
            + struct.pack("<H", system | _VERSION)
            + facts
            + struct.pack("<3H2I", 0, 0, 0, attributes, start)
            + raw
        )

    def _write_directory(self) -> None:
        start, directory, count = self.size_bytes, b"".join(self._directory), len(self._directory)
        self._write(directory)
        self._write(_END + struct.pack("<4H2IH", 0, 0, count, count, len(directory), start, 0))

    def _write(self, data: bytes) -> None:
        self._sink.write(data)
        self.size_bytes += len(data)


def _gather(pieces: Iterable[str]) -> Iterator[bytes]:
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _BLOCK:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()
