"""The database connection: SQLite settings under which no acknowledged change is lost, read back at start.

Three rules, each from measured losses: write-ahead log with synchronous=FULL (NORMAL loses the last commits on a power
cut); every writing transaction begins IMMEDIATE (the driver's default loses concurrent read-then-write updates
silently); one writer at a time per process, through a gate in front of BEGIN (SQLite's own waiting is unfair).
A SQLite older than 3.51.3 can damage a file when two processes write and checkpoint at once; there the gate is also a
file lock shared by all processes.
"""

from __future__ import annotations

import importlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session, sessionmaker

FIRST_SOUND_SQLITE: Final = (3, 51, 3)

PRAGMAS: Final[dict[str, tuple[str, object]]] = {
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "busy_timeout": ("10000", 10000),
    "trusted_schema": ("OFF", 0),
    "secure_delete": ("ON", 1),
    "temp_store": ("MEMORY", 2),
    "mmap_size": ("0", 0),
}


class UnsafeDatabase(Exception):
    """The database does not keep the settings that make it safe (for example on a network drive)."""


class Database:
    """One SQLite file: `read()` for looking, `write()` for a transaction that commits or leaves no trace."""

    def __init__(self, path: Path) -> None:
        self.path = path
        driver = _load_driver()
        self.sqlite_version: tuple[int, int, int] = driver.sqlite_version_info
        self.engine = create_engine(f"sqlite:///{path}", module=driver)
        event.listen(self.engine, "connect", _set_pragmas)
        event.listen(self.engine, "begin", _begin)
        self._readers = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        self._writers = sessionmaker(
            self.engine.execution_options(review_begin="BEGIN IMMEDIATE"), expire_on_commit=False
        )
        self._gate = threading.Lock()
        self._shared_lock = None if self.sqlite_version >= FIRST_SOUND_SQLITE else path.with_suffix(".write-lock")

    def read(self) -> Session:
        """A session that sees one consistent state; close it when done."""
        return self._readers()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session inside BEGIN IMMEDIATE, alone in this process; whoever holds it commits or it is rolled back."""
        with self._gate, _file_lock(self._shared_lock), self._writers() as session:
            session.connection()
            yield session

    def check_pragmas(self) -> None:
        """Read every setting back; raises UnsafeDatabase naming the first that does not hold."""
        with self.engine.connect() as connection:
            for name, (_, expected) in PRAGMAS.items():
                found = connection.execute(text(f"PRAGMA {name}")).scalar()
                if found != expected and not (name == "mmap_size" and found is None):
                    raise UnsafeDatabase(f"PRAGMA {name} is {found!r}, expected {expected!r} ({self.path})")

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _load_driver() -> ModuleType:
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for name, (value, _) in PRAGMAS.items():
        cursor.execute(f"PRAGMA {name}={value}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("review_begin", "BEGIN"))


@contextmanager
def _file_lock(path: Path | None) -> Iterator[None]:
    if path is None:
        yield
        return
    fcntl = importlib.import_module("fcntl")
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def copy_database(engine: Engine, target: Path) -> None:
    """Write a consistent copy of the live database to `target`, which must not exist yet (VACUUM INTO)."""
    _run_alone(engine, "VACUUM INTO ?", str(target))


def fold_log(engine: Engine) -> None:
    """Bring everything from the write-ahead log into the database file, so that the file alone is whole."""
    _run_alone(engine, "PRAGMA wal_checkpoint(TRUNCATE)")


def _run_alone(engine: Engine, statement: str, *values: str) -> None:
    """Run a statement that may stand in no transaction, on the driver's own connection."""
    raw = engine.raw_connection()
    try:
        raw.execute(statement, values)
    finally:
        raw.close()
