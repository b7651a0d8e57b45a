"""The doctor is content with a sound installation and names everything that is wrong with another."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from review_app.doctor import examine
from review_app.domain.actor import SYSTEM
from review_app.domain.essay_state import EssayState
from review_app.index_job import rebuild_index
from review_app.models import Essay, EssayVersion, Job
from review_app.resources import Resources
from review_app.services.jobs import MAX_TRIES
from review_app.work import open_work
from tests.builders import NOW, make_resources
from tests.worlds import World, build_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    house = make_resources(tmp_path)
    built = build_world(house, now=NOW)
    for audience in house.indexes:
        rebuild_index(house, audience)
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(0o600)
    yield built
    house.close()


def look(house: Resources, *, is_thorough: bool = False) -> dict[str, str]:
    """What the doctor finds wrong, by subject; the state of the machine itself is left out."""
    machine = {"Python", "服务器时间", "磁盘剩余", "LibreOffice", "SQLite"}
    findings = examine(house, now=NOW, is_thorough=is_thorough)
    return {
        finding.subject: f"{finding.level}: {finding.detail}"
        for finding in findings
        if finding.level != "ok" and finding.subject not in machine
    }


def sql(house: Resources, statement: str, **values: object) -> None:
    with house.database.engine.begin() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        connection.execute(text(statement), values)


def original_path(world: World) -> Path:
    with world.house.database.read() as session:
        essay = session.get_one(Essay, world.essays[EssayState.ACCEPTED].id)
        key = session.get_one(EssayVersion, essay.latest_version_id).original_key
    return world.house.files.root / key[:2] / key


def lose_a_file(world: World) -> None:
    original_path(world).unlink()


def cut_a_file(world: World) -> None:
    path = original_path(world)
    path.write_bytes(path.read_bytes()[:-1])


def point_to_no_version(world: World) -> None:
    sql(world.house, "UPDATE essay SET latest_version_id = 9999 WHERE id = :id", id=world.foreign_essay.id)


def point_to_another_ones_version(world: World) -> None:
    other = world.essays[EssayState.ACCEPTED].latest_version_id
    sql(world.house, "UPDATE essay SET latest_version_id = :v WHERE id = :id", v=other, id=world.foreign_essay.id)


def alter_the_log(world: World) -> None:
    sql(world.house, "DROP TRIGGER audit_entry_no_update")
    sql(world.house, "UPDATE audit_entry SET act = 'x' WHERE id = 1")


def cut_the_log(world: World) -> None:
    sql(world.house, "DROP TRIGGER audit_entry_no_delete")
    sql(world.house, "DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)")


def orphan_a_row(world: World) -> None:
    with world.house.database.engine.connect() as connection:
        raw = connection.connection
        connection.rollback()
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DELETE FROM unit WHERE id = ?", (world.units[0].id,))
        raw.execute("PRAGMA foreign_keys=ON")


def damage_the_index(world: World) -> None:
    folder = world.house.settings.index_dir / "reviewer"
    largest = max((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    data = bytearray(largest.read_bytes())
    data[len(data) // 2] ^= 0xFF
    largest.write_bytes(bytes(data))


def lose_the_index(world: World) -> None:
    folder = world.house.settings.index_dir / "bureau"
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()


def give_up_a_job(world: World) -> None:
    with open_work(world.house.database, actor=SYSTEM, now=NOW) as work:
        work.session.add(Job(kind="index-essay", object_id=1, state="failed", tries=MAX_TRIES, created_at=NOW))


def age_the_schema(world: World) -> None:
    sql(world.house, "UPDATE alembic_version SET version_num = '0000'")


SEEDED: list[tuple[Callable[[World], None], str, str]] = [
    (lose_a_file, "存储文件", "error: 缺 1 个"),
    (cut_a_file, "存储文件", "error: 1 个内容不符"),
    (point_to_no_version, "作品与版本", "error: 1 篇没有当前版本"),
    (point_to_another_ones_version, "作品与版本", "error: 1 篇没有当前版本"),
    (alter_the_log, "审计日志", "error: 第 1 条起不可信"),
    (cut_the_log, "审计日志", "error: 末尾少了 1 条"),
    (orphan_a_row, "外键", "error: "),
    (damage_the_index, "检索索引（评审）", "warning: "),
    (lose_the_index, "检索索引（信访局）", "warning: "),
    (give_up_a_job, "后台任务", "warning: 等待 0，失败 1"),
    (age_the_schema, "数据库结构", "error: 不是最新"),
]


def test_a_sound_installation_gives_no_finding(world: World) -> None:
    assert look(world.house) == {}
    assert look(world.house, is_thorough=True) == {}


@pytest.mark.parametrize(("harm", "subject", "begins"), SEEDED, ids=[harm.__name__ for harm, _, _ in SEEDED])
def test_a_seeded_fault_is_named_and_nothing_else(
    world: World, harm: Callable[[World], None], subject: str, begins: str
) -> None:
    harm(world)
    found = look(world.house)
    assert set(found) == {subject}
    assert found[subject].startswith(begins)


def test_a_flipped_bit_in_a_file_is_found_by_the_thorough_look(world: World) -> None:
    path = original_path(world)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert look(world.house) == {}
    assert look(world.house, is_thorough=True)["存储文件"].startswith("error: 1 个内容不符")


@pytest.mark.skipif(sys.platform == "win32", reason="files there have no such mode")
def test_a_key_that_others_can_read_is_named(world: World) -> None:
    os.chmod(world.house.settings.data_dir / "secret", 0o644)
    assert set(look(world.house)) == {"密钥文件"}
