"""A zip file opened with suspicion: counted entries, counted real bytes, no overlap, no odd names."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib

from compile.errors import Refused

MAX_ENTRIES = 4_000
MAX_TOTAL_BYTES = 256 * 2**20
MAX_XML_BYTES = 20 * 2**20
MAX_PART_BYTES = 64 * 2**20

_LOCAL_HEADER_BYTES = 30
_CHUNK_BYTES = 64 * 2**10
_READ_ERRORS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, ValueError)


class Archive:
    """The parts of one office file by name. Every byte handed out counts against one budget for the whole file."""

    def __init__(self, data: bytes) -> None:
        """Check the directory; raises Refused with damaged, encrypted, unsafe or too-large."""
        _refuse_crowded_directory(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except (*_READ_ERRORS, UnicodeDecodeError, RuntimeError) as error:
            raise Refused("damaged") from error
        self._infos = _checked_entries(infos, directory_start=self._zip.start_dir)
        self._left_bytes = MAX_TOTAL_BYTES

    @property
    def names(self) -> tuple[str, ...]:
        """All part names, without a leading slash, in the order of the directory."""
        return tuple(self._infos)

    def __contains__(self, name: str) -> bool:
        return name in self._infos

    def read(self, name: str, max_bytes: int = MAX_PART_BYTES) -> bytes | None:
        """The real bytes of a part, None when there is no such part; raises Refused("too-large") or ("damaged")."""
        info = self._infos.get(name)
        if info is None:
            return None
        limit = min(max_bytes, self._left_bytes)
        chunks: list[bytes] = []
        size = 0
        try:
            with self._zip.open(info) as part:
                while chunk := part.read(_CHUNK_BYTES):
                    size += len(chunk)
                    if size > limit:
                        raise Refused("too-large")
                    chunks.append(chunk)
        except (*_READ_ERRORS, RuntimeError) as error:
            raise Refused("damaged") from error
        self._left_bytes -= size
        return b"".join(chunks)

    def read_xml(self, name: str) -> bytes | None:
        """Like `read`, within the limit for XML parts."""
        return self.read(name, MAX_XML_BYTES)


def _refuse_crowded_directory(data: bytes) -> None:
    """Look at the entry count before the directory is parsed (a 65,535 there also means zip64)."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or end + 12 > len(data):
        raise Refused("damaged")
    if int.from_bytes(data[end + 10 : end + 12], "little") > MAX_ENTRIES:
        raise Refused("too-large")


def _checked_entries(infos: list[zipfile.ZipInfo], directory_start: int) -> dict[str, zipfile.ZipInfo]:
    if len(infos) > MAX_ENTRIES or sum(info.file_size for info in infos) > MAX_TOTAL_BYTES:
        raise Refused("too-large")
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        if info.flag_bits & 0x1:
            raise Refused("encrypted")
        name = info.filename.replace("\\", "/").lstrip("/")
        is_link = stat.S_ISLNK(info.external_attr >> 16)
        if is_link or name in entries or ".." in name.split("/"):
            raise Refused("unsafe")
        entries[name] = info
    previous_end = 0
    for info in sorted(infos, key=lambda item: item.header_offset):
        if info.header_offset < previous_end:
            raise Refused("unsafe")
        previous_end = (
            info.header_offset
            + _LOCAL_HEADER_BYTES
            + len(info.filename.encode("ascii", "replace"))
            + info.compress_size
        )
    if previous_end > directory_start:
        raise Refused("unsafe")
    return entries
