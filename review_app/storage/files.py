"""Stored files by the SHA-256 of their content: written once, never changed, checked when read."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from review_app.domain.errors import N_, DomainError, Invalid, NotFound

_KEY: Final = re.compile(r"[0-9a-f]{64}")
_FOLDER: Final = re.compile(r"[0-9a-f]{2}")
_CHUNK_BYTES: Final = 1 << 20
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class Damaged(DomainError):
    """A stored file no longer has the content its key promises; it is never served."""

    def __init__(self, key: str) -> None:
        super().__init__(N_("存储的文件 %(key)s 已损坏，已停止提供；请联系管理员从备份中恢复。"), key=key)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Content that is safely on the disk. `key` is its SHA-256 in hex."""

    key: str
    size_bytes: int


class FileStore:
    """A folder of files named by their content: `root/ab/abcd…`, files 0600, folders 0700, no symbolic links."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"

    def put(self, source: bytes | BinaryIO, *, limit_bytes: int | None = None) -> StoredFile:
        """Keep the content and return its key; when this returns, it survives a power cut.

        Content already there is checked, kept and counted as new for `sweep_unreferenced`; if it was damaged,
        the good content takes its place. Invalid when there are more than `limit_bytes`; nothing is kept then.
        """
        stream = BytesIO(source) if isinstance(source, bytes) else source
        _make_folder(self.root)
        _make_folder(self._incoming)
        handle, name = tempfile.mkstemp(dir=self._incoming)  # 0600, on the same file system as its destination
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                stored = _copy_hashed(stream, out, limit_bytes)
                out.flush()
                os.fsync(out.fileno())
            self._keep(temporary, stored.key)
        finally:
            temporary.unlink(missing_ok=True)
        return stored

    def open(self, key: str) -> BinaryIO:
        """The stored file, opened for reading, unchecked. NotFound without one."""
        path = self._path(key)
        if path.parent.is_symlink() or path.is_symlink():
            raise NotFound
        try:
            handle = os.open(path, os.O_RDONLY | _NO_FOLLOW)
        except OSError as error:
            raise NotFound from error
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise NotFound
        return os.fdopen(handle, "rb")

    def read(self, key: str, *, verify: bool = True) -> bytes:
        """The whole content. NotFound without one; Damaged when `verify` and it is not what the key says."""
        with self.open(key) as stream:
            content = stream.read()
        if verify and hashlib.sha256(content).hexdigest() != key:
            raise Damaged(key)
        return content

    def verify(self, key: str) -> StoredFile:
        """The key and size of a stored file whose content is as promised, read in pieces. NotFound, Damaged."""
        with self.open(key) as stream:
            digest = hashlib.sha256()
            size_bytes = 0
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
                size_bytes += len(chunk)
        if digest.hexdigest() != key:
            raise Damaged(key)
        return StoredFile(key, size_bytes)

    def exists(self, key: str) -> bool:
        """Whether `open` would succeed."""
        try:
            self.open(key).close()
        except NotFound:
            return False
        return True

    def iter_keys(self) -> Iterator[str]:
        """All keys in order, damaged files included."""
        for path in self._iter_paths():
            yield path.name

    def sweep_temporary(self, *, older_than: datetime) -> int:
        """Remove what interrupted uploads left before this moment; how many files went."""
        if not self._incoming.is_dir():
            return 0
        return sum(_remove_if_older(path, older_than) for path in sorted(self._incoming.iterdir()))

    def sweep_unreferenced(self, referenced: Container[str], *, older_than: datetime) -> int:
        """Remove files whose key nobody refers to and that were last put before this moment; how many went.

        Choose a moment well before the oldest unfinished upload (a day), since its row is not yet in `referenced`.
        """
        return sum(_remove_if_older(path, older_than) for path in self._iter_paths() if path.name not in referenced)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise NotFound
        return self.root / key[:2] / key

    def _keep(self, temporary: Path, key: str) -> None:
        path = self._path(key)
        if path.parent.is_symlink():
            raise Damaged(key)
        _make_folder(path.parent)
        if not path.is_symlink():
            with suppress(FileNotFoundError):
                os.utime(path)  # before the check: from here on the sweeper sees it as new
        try:
            self.verify(key)
        except (NotFound, Damaged):
            os.replace(temporary, path)
        _sync_folder(path.parent)

    def _iter_paths(self) -> Iterator[Path]:
        if not self.root.is_dir():
            return
        for folder in sorted(self.root.iterdir()):
            if _FOLDER.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
                for path in sorted(folder.iterdir()):
                    if _KEY.fullmatch(path.name) and path.name.startswith(folder.name) and not path.is_symlink():
                        yield path


def _copy_hashed(stream: BinaryIO, out: BinaryIO, limit_bytes: int | None) -> StoredFile:
    digest = hashlib.sha256()
    size_bytes = 0
    while chunk := stream.read(_CHUNK_BYTES):
        size_bytes += len(chunk)
        if limit_bytes is not None and size_bytes > limit_bytes:
            raise Invalid(
                N_("文件超过 %(limit)s MB，请压缩图片或拆分后重新上传。"),
                field="file",
                limit=f"{limit_bytes / 1_048_576:g}",
            )
        digest.update(chunk)
        out.write(chunk)
    return StoredFile(digest.hexdigest(), size_bytes)


def _make_folder(folder: Path) -> None:
    """Make the folder if it is missing, so that its name too survives a power cut."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # a folder cannot be opened there; NTFS journals its names
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_if_older(path: Path, older_than: datetime) -> int:
    try:
        if path.lstat().st_mtime >= older_than.timestamp():
            return 0
        path.unlink()
    except OSError:
        return 0  # gone meanwhile, or held open on Windows: the next sweep takes it
    return 1
