"""The database keeps every acknowledged change and lets nobody lose one."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from review_app.domain.actor import SYSTEM
from review_app.storage.database import FIRST_SOUND_SQLITE, PRAGMAS, Database, UnsafeDatabase
from review_app.work import Work, open_work

NOW = datetime(2020, 6, 1, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path):
    opened = Database(tmp_path / "review.sqlite")
    with open_work(opened, actor=SYSTEM, now=NOW) as work:
        work.session.execute(text("CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL)"))
        work.session.execute(text("INSERT INTO counter VALUES (1, 0)"))
    yield opened
    opened.dispose()


def _value(database: Database) -> int:
    with database.read() as session:
        return session.execute(text("SELECT value FROM counter")).scalar_one()


def _add_one(work: Work) -> None:
    seen = work.session.execute(text("SELECT value FROM counter")).scalar_one()
    work.session.execute(text("UPDATE counter SET value = :next"), {"next": seen + 1})


def test_every_pragma_is_read_back_from_a_new_connection(database: Database) -> None:
    database.check_pragmas()
    with database.engine.connect() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in PRAGMAS if name != "mmap_size"}
    assert found == {name: expected for name, (_, expected) in PRAGMAS.items() if name != "mmap_size"}


def test_a_journal_that_is_not_wal_is_refused(tmp_path: Path) -> None:
    opened = Database(Path(":memory:"))
    with pytest.raises(UnsafeDatabase, match="journal_mode"):
        opened.check_pragmas()
    opened.dispose()


def test_eight_threads_of_250_read_then_write_changes_lose_none(database: Database) -> None:
    def change() -> None:
        for _ in range(250):
            with open_work(database, actor=SYSTEM, now=NOW) as work:
                _add_one(work)

    threads = [threading.Thread(target=change) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _value(database) == 2000


def test_two_databases_on_one_file_lose_none(database: Database, tmp_path: Path) -> None:
    second = Database(tmp_path / "review.sqlite")

    def change(opened: Database) -> None:
        for _ in range(100):
            with open_work(opened, actor=SYSTEM, now=NOW) as work:
                _add_one(work)

    threads = [threading.Thread(target=change, args=(opened,)) for opened in (database, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    second.dispose()
    assert _value(database) == 200


def test_a_block_that_raises_leaves_no_trace_and_runs_nothing_after(database: Database) -> None:
    ran: list[str] = []

    def fail() -> None:
        with open_work(database, actor=SYSTEM, now=NOW) as work:
            _add_one(work)
            work.after_commit(lambda: ran.append("after"))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        fail()
    assert (_value(database), ran) == (0, [])


def test_what_follows_a_commit_sees_it_committed(database: Database) -> None:
    seen = []
    with open_work(database, actor=SYSTEM, now=NOW) as work:
        _add_one(work)
        work.after_commit(lambda: seen.append(_value(database)))
    assert seen == [1]


def test_a_reader_keeps_one_state_while_a_writer_commits(database: Database) -> None:
    with database.read() as session:
        before = session.execute(text("SELECT value FROM counter")).scalar_one()
        with open_work(database, actor=SYSTEM, now=NOW) as work:
            _add_one(work)
        after = session.execute(text("SELECT value FROM counter")).scalar_one()
    assert (before, after, _value(database)) == (0, 0, 1)


def test_an_older_sqlite_gets_a_lock_between_processes(database: Database) -> None:
    is_sound = database.sqlite_version >= FIRST_SOUND_SQLITE
    assert (database._shared_lock is None) == is_sound
    assert sqlite3.sqlite_version_info >= (3, 37)
