"""Backup and restore: one zip with a consistent copy of the database, every stored file and a manifest of digests."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from sqlalchemy import select, text

from review_app.config import Settings
from review_app.domain.errors import N_, Invalid
from review_app.models import StoredFile
from review_app.resources import Resources
from review_app.storage.database import Database, copy_database, fold_log
from review_app.storage.files import FileStore
from review_app.storage.process_lock import hold_lock

FORMAT: Final = 1
LOCK_NAME: Final = "serving.lock"
_DATABASE: Final = "review.sqlite"
_MANIFEST: Final = "manifest.json"
_CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds."""

    files: int
    size_bytes: int
    database_sha256: str


def write_backup(resources: Resources, target: Path, *, now: datetime) -> BackupReport:
    """Write a backup beside a running server: the database first, then the files it names, each checked against its
    digest. `target` appears only when it is complete; raises Invalid if it exists already."""
    if target.exists():
        raise Invalid(N_("备份文件 %(path)s 已经存在，请换一个文件名。"), path=target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        copy = Path(folder, _DATABASE)
        copy_database(resources.database.engine, copy)
        keys = _list_keys(copy)
        digest = _digest(copy)
        partial = Path(folder, "backup.zip")
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(copy, _DATABASE)
            for key in keys:
                archive.writestr(f"files/{key}", resources.files.read(key), zipfile.ZIP_STORED)
            manifest = {"format": FORMAT, "made_at": now.isoformat(), "database_sha256": digest, "files": len(keys)}
            archive.writestr(_MANIFEST, json.dumps(manifest))
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(target)
    return BackupReport(len(keys), target.stat().st_size, digest)


def restore_backup(settings: Settings, source: Path, *, now: datetime) -> BackupReport:
    """Put a backup in the place of the present database; the old one is kept beside it under a dated name. Everything
    is checked before anything is moved. Raises Invalid for a damaged backup, Conflict while the site is running."""
    with (
        hold_lock(settings.data_dir / LOCK_NAME),
        _open_backup(source) as (archive, manifest),
        tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".restore-") as folder,
    ):
        copy = Path(folder, _DATABASE)
        digest = _unpack_database(archive, copy)
        if digest != manifest.get("database_sha256"):
            raise Invalid(N_("备份里的数据库已损坏，没有恢复。请换一份备份。"))
        keys = _list_keys(copy)
        store = FileStore(settings.uploads_dir)
        for key in keys:
            with archive.open(f"files/{key}") as packed:
                if store.put(cast(BinaryIO, packed)).key != key:
                    raise Invalid(N_("备份里的文件 %(key)s 已损坏，没有恢复。请换一份备份。"), key=key)
        _rename_epoch(copy)
        _set_aside(settings.database_path, now)
        copy.replace(settings.database_path)
    return BackupReport(len(keys), source.stat().st_size, digest)


def _unpack_database(archive: zipfile.ZipFile, target: Path) -> str:
    with archive.open(_DATABASE) as packed, target.open("wb") as out:
        shutil.copyfileobj(packed, out, _CHUNK_BYTES)
        out.flush()
        os.fsync(out.fileno())
    return _digest(target)


@contextmanager
def _open_backup(source: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, Any]]]:
    """The archive and its manifest; whatever turns out to be damaged while it is read raises Invalid."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            if manifest.get("format") != FORMAT:
                raise Invalid(N_("备份文件的格式比本程序新，请先升级程序。"))
            yield archive, manifest
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Invalid(N_("%(path)s 不是本系统的备份文件，或已损坏。"), path=source) from error


def _list_keys(path: Path) -> list[str]:
    database = Database(path)
    try:
        with database.read() as session:
            return list(session.scalars(select(StoredFile.key).order_by(StoredFile.key)))
    finally:
        database.dispose()


def _rename_epoch(path: Path) -> None:
    """A restored database is another one, so that no index made before is taken for its own."""
    database = Database(path)
    with database.engine.execution_options(review_begin="BEGIN IMMEDIATE").begin() as connection:
        connection.execute(text("UPDATE installation SET epoch = lower(hex(randomblob(16)))"))
        connection.execute(text("DELETE FROM login_session"))
    fold_log(database.engine)
    database.dispose()


def _set_aside(path: Path, now: datetime) -> None:
    for suffix in ("", "-wal", "-shm"):
        present = path.with_name(path.name + suffix)
        if present.exists():
            present.replace(present.with_name(f"before-restore-{now:%Y%m%d%H%M%S}-{present.name}"))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
