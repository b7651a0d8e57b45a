"""A backup made while people work is whole, gives everything back elsewhere, and a damaged one changes nothing."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from review_app.backup import LOCK_NAME, restore_backup, write_backup
from review_app.config import Settings
from review_app.doctor import examine
from review_app.domain.actor import SYSTEM
from review_app.domain.errors import Conflict, Invalid
from review_app.index_job import ensure_indexes, rebuild_index
from review_app.models import Base, Essay, EssayVersion, LoginSession, StoredFile
from review_app.resources import Resources, open_resources
from review_app.services.audit import record
from review_app.storage.process_lock import hold_lock
from review_app.work import open_work
from tests.browsing import Clock
from tests.builders import NOW, make_resources, make_settings
from tests.worlds import build_world


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    opened = make_resources(tmp_path_factory.mktemp("site"))
    build_world(opened, now=Clock().now)
    for audience in opened.indexes:
        rebuild_index(opened, audience)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def backup(house: Resources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "deep" / "monday.zip"
    write_backup(house, path, now=NOW)
    return path


@pytest.fixture
def fresh(tmp_path: Path) -> Settings:
    """The settings of an empty place."""
    return make_settings(_made(tmp_path / "fresh"))


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def count_rows(house: Resources) -> dict[str, int]:
    with house.database.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def list_problems(house: Resources) -> list[tuple[str, str]]:
    findings = examine(house, now=NOW, is_thorough=True)
    return [(finding.subject, finding.level) for finding in findings if finding.level == "error"]


def list_keys(house: Resources) -> set[str]:
    with house.database.read() as session:
        return set(session.scalars(select(StoredFile.key)))


def test_a_restored_site_has_everything_but_open_sessions(house: Resources, backup: Path, fresh: Settings) -> None:
    with open_work(house.database, actor=SYSTEM, now=NOW) as work:
        work.session.add(LoginSession(token_hash="x", user_id=1, created_at=NOW, seen_at=NOW))
    later = backup.with_name("with-session.zip")
    report = write_backup(house, later, now=NOW)
    assert restore_backup(fresh, later, now=NOW) == report
    restored = open_resources(fresh)
    ensure_indexes(restored)
    assert count_rows(restored) == {**count_rows(house), "login_session": 0}
    assert {key: restored.files.read(key) for key in list_keys(restored)} == {
        key: house.files.read(key) for key in list_keys(house)
    }
    assert list_problems(restored) == []
    documents = [{name: index.check().documents for name, index in each.indexes.items()} for each in (house, restored)]
    assert documents[0] == documents[1]
    assert documents[0]["bureau"] > 0
    restored.close()


def test_a_restored_database_is_another_one_so_that_old_indexes_are_foreign(
    house: Resources, backup: Path, fresh: Settings
) -> None:
    restore_backup(fresh, backup, now=NOW)
    restored = open_resources(fresh)
    epochs = []
    for each in (house, restored):
        with each.database.read() as session:
            epochs.append(session.execute(text("SELECT epoch FROM installation")).scalar_one())
    assert epochs[0] != epochs[1]
    restored.close()


def test_the_present_database_is_kept_beside_the_restored_one(house: Resources, backup: Path, fresh: Settings) -> None:
    present = open_resources(fresh)
    with open_work(present.database, actor=SYSTEM, now=NOW) as work:
        record(work, "contest.set_up", object_kind="contest")
    present.close()
    restore_backup(fresh, backup, now=NOW)
    kept = fresh.data_dir / "before-restore-20201020040000-review.sqlite"
    connection = sqlite3.connect(kept)
    assert connection.execute("SELECT act FROM audit_entry").fetchall() == [("contest.set_up",)]
    connection.close()
    restored = open_resources(fresh)
    assert count_rows(restored)["essay"] == count_rows(house)["essay"]
    restored.close()


def test_a_backup_made_while_people_write_is_consistent(house: Resources, tmp_path: Path) -> None:
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            stored = house.files.put(f"essay number {number} of {threading.get_ident()}".encode())
            with open_work(house.database, actor=SYSTEM, now=NOW + timedelta(seconds=number)) as work:
                work.session.add(
                    StoredFile(key=stored.key, size_bytes=stored.size_bytes, media_type="text/plain", created_at=NOW)
                )
                record(work, "essay.upload", object_kind="essay", object_id=number, sha256=stored.key)
            written.append(number)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        made = []
        for number in range(3):
            before = len(written)
            while len(written) < before + 5:
                stop.wait(0.001)
            made.append((len(written), tmp_path / f"{number}.zip"))
            write_backup(house, made[-1][1], now=NOW)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    for number, (at_least, path) in enumerate(made):
        settings = make_settings(_made(tmp_path / f"restored-{number}"))
        restore_backup(settings, path, now=NOW)
        restored = open_resources(settings)
        assert list_problems(restored) == []
        with restored.database.read() as session:
            keys = session.execute(
                text("SELECT count(*) FROM stored_file WHERE media_type = 'text/plain'")
            ).scalar_one()
            entries = session.execute(text("SELECT count(*) FROM audit_entry WHERE act = 'essay.upload'")).scalar_one()
        assert keys >= at_least
        assert entries >= at_least
        restored.close()


def rewrite(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """A copy of a backup in which `change` gave each member's content, or None to leave it out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)


def flip_a_bit(data: bytes, *, seed: int) -> bytes:
    place = random.Random(seed).randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


DAMAGES: dict[str, Callable[[str, bytes], bytes | None]] = {
    "no manifest": lambda name, data: None if name == "manifest.json" else data,
    "no database": lambda name, data: None if name == "review.sqlite" else data,
    "one file missing": lambda name, data: None if name.startswith("files/a") else data,
    "manifest is no json": lambda name, data: b"{" if name == "manifest.json" else data,
    "manifest is not utf-8": lambda name, data: b"\xff\xfe" if name == "manifest.json" else data,
    "manifest of a later program": lambda name, data: b'{"format": 99}' if name == "manifest.json" else data,
    "database altered": lambda name, data: flip_a_bit(data, seed=1) if name == "review.sqlite" else data,
    "files altered": lambda name, data: data + b"!" if name.startswith("files/") else data,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_refused_and_changes_nothing(
    backup: Path, fresh: Settings, tmp_path: Path, damage: str
) -> None:
    check_refused(fresh, lambda bad: rewrite(backup, bad, DAMAGES[damage]), tmp_path / "bad.zip")


@pytest.mark.parametrize("seed", range(12))
def test_a_backup_with_flipped_bits_or_cut_short_is_refused_and_changes_nothing(
    backup: Path, fresh: Settings, tmp_path: Path, seed: int
) -> None:
    data = backup.read_bytes()

    def spoil(bad: Path) -> None:
        cut = random.Random(seed).randrange(len(data))
        spoilt = data[:cut] if seed % 2 else data[:cut] + b"\xff" * 400 + data[cut + 400 :]
        bad.write_bytes(spoilt[: len(data)])

    check_refused(fresh, spoil, tmp_path / "bad.zip")


def check_refused(fresh: Settings, make: Callable[[Path], None], bad: Path) -> None:
    present = open_resources(fresh)
    with open_work(present.database, actor=SYSTEM, now=NOW) as work:
        record(work, "contest.set_up", object_kind="contest")
    present.close()
    before = hashlib.sha256(fresh.database_path.read_bytes()).hexdigest()
    listed = sorted(path.name for path in fresh.data_dir.iterdir())
    make(bad)
    with pytest.raises(Invalid, match="备份"):
        restore_backup(fresh, bad, now=NOW)
    assert hashlib.sha256(fresh.database_path.read_bytes()).hexdigest() == before
    assert sorted({path.name for path in fresh.data_dir.iterdir()} - {LOCK_NAME, "uploads"}) == sorted(
        set(listed) - {LOCK_NAME, "uploads"}
    )


def test_nothing_is_restored_over_a_running_site(backup: Path, fresh: Settings) -> None:
    with hold_lock(fresh.data_dir / LOCK_NAME), pytest.raises(Conflict, match="正在运行"):
        restore_backup(fresh, backup, now=NOW)
    assert not fresh.database_path.exists()


def test_a_backup_never_overwrites_a_file(house: Resources, backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(Invalid, match="已经存在"):
        write_backup(house, backup, now=NOW)
    assert backup.read_bytes() == before


def test_a_backup_with_a_lost_file_is_not_made(house: Resources, tmp_path: Path) -> None:
    copy = tmp_path / "site"
    first = tmp_path / "first.zip"
    write_backup(house, first, now=NOW)
    settings = replace(make_settings(_made(copy)), uploads_dir=copy / "uploads")
    restore_backup(settings, first, now=NOW)
    broken = open_resources(settings)
    with broken.database.read() as session:
        key = session.scalars(select(EssayVersion.original_key).join(Essay, Essay.id == EssayVersion.essay_id)).first()
    (broken.files.root / str(key)[:2] / str(key)).write_bytes(b"altered")
    target = tmp_path / "second.zip"
    with pytest.raises(Exception, match="已损坏"):
        write_backup(broken, target, now=NOW)
    assert not target.exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".backup")] == []
    broken.close()
