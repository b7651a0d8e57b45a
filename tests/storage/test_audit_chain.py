"""Whatever is done to the audit log behind the application's back is found; the log itself refuses most of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from review_app.domain.actor import SYSTEM, Actor, Role
from review_app.queries.audit import verify_audit
from review_app.resources import Resources
from review_app.services.audit import record
from review_app.work import open_work
from tests.builders import NOW, make_resources

ENTRIES = 40
TAMPERINGS = 100


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    folder: Path = tmp_path_factory.mktemp("audit")
    opened = make_resources(folder)
    for number in range(ENTRIES):
        actor = Actor(Role.REVIEWER, "评委某", user_id=number) if number % 2 else SYSTEM
        with open_work(opened.database, actor=actor, now=NOW + timedelta(minutes=number), address="10.0.0.1") as work:
            record(work, "review.submit", object_kind="review", object_id=number, total_tenths=800 + number, note="好")
    with opened.database.engine.begin() as connection:
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER audit_entry_no_{verb}"))
    yield opened
    opened.close()


def alter_field(connection: Connection, dice: random.Random) -> str:
    column, value = dice.choice(
        [
            ("actor_name", "别人"), ("actor_role", "bureau"), ("actor_id", 999), ("act", "review.open"),
            ("address", "10.0.0.2"), ("object_kind", "essay"), ("object_id", 999), ("object_id", None),
            ("at", "2020-10-20 04:00:00.000001"), ("at", "yesterday"), ("at", "2019-01-01 00:00:00.000000"),
            ("facts", '{"total_tenths":999,"note":"好"}'), ("facts", "{}"), ("facts", "no json"), ("facts", "null"),
            ("hash", "0" * 64), ("hash", ""),
        ]
    )  # fmt: skip
    victim = dice.randint(1, ENTRIES)
    connection.execute(text(f"UPDATE audit_entry SET {column} = :value WHERE id = :id"), {"value": value, "id": victim})
    return f"{column} of {victim} = {value!r}"


def delete_one(connection: Connection, dice: random.Random) -> str:
    victim = dice.randint(1, ENTRIES)
    connection.execute(text("DELETE FROM audit_entry WHERE id = :id"), {"id": victim})
    return f"delete {victim}"


def delete_one_and_close_the_gap(connection: Connection, dice: random.Random) -> str:
    victim = dice.randint(1, ENTRIES - 1)
    connection.execute(text("DELETE FROM audit_entry WHERE id = :id"), {"id": victim})
    connection.execute(text("UPDATE audit_entry SET id = -id WHERE id > :id"), {"id": victim})
    connection.execute(text("UPDATE audit_entry SET id = -id - 1 WHERE id < 0"))
    return f"delete {victim}, renumber"


def insert_one(connection: Connection, dice: random.Random) -> str:
    place = dice.choice([ENTRIES + 1, ENTRIES + 7, 0, -1])
    model = dice.randint(1, ENTRIES)
    columns = "at, actor_id, actor_name, actor_role, address, act, object_kind, object_id, facts, hash"
    connection.execute(
        text(f"INSERT INTO audit_entry (id, {columns}) SELECT :place, {columns} FROM audit_entry WHERE id = :model"),
        {"place": place, "model": model},
    )
    return f"insert {place} like {model}"


def swap_two(connection: Connection, dice: random.Random) -> str:
    first, second = dice.sample(range(1, ENTRIES + 1), 2)
    for old, new in ((first, -1), (second, first), (-1, second)):
        connection.execute(text("UPDATE audit_entry SET id = :new WHERE id = :old"), {"old": old, "new": new})
    return f"swap {first} and {second}"


def cut_off_the_end(connection: Connection, dice: random.Random) -> str:
    kept = dice.randint(0, ENTRIES - 1)
    connection.execute(text("DELETE FROM audit_entry WHERE id > :kept"), {"kept": kept})
    return f"keep {kept}"


WAYS: tuple[Callable[[Connection, random.Random], str], ...] = (
    alter_field, alter_field, delete_one, delete_one_and_close_the_gap, insert_one, swap_two, cut_off_the_end,
)  # fmt: skip


def test_a_hundred_random_tamperings_are_all_found(house: Resources) -> None:
    with house.database.read() as session:
        untouched = verify_audit(session)
    assert (untouched.is_sound, untouched.entries) == (True, ENTRIES)
    missed = []
    for seed in range(TAMPERINGS):
        dice = random.Random(seed)
        with house.database.read() as session:
            done = WAYS[seed % len(WAYS)](session.connection(), dice)
            if verify_audit(session).is_sound:
                missed.append(done)
            session.rollback()
    assert missed == []
    with house.database.read() as session:
        assert verify_audit(session) == untouched


def test_the_first_entry_that_does_not_hold_is_named(house: Resources) -> None:
    with house.database.read() as session:
        session.execute(text("UPDATE audit_entry SET facts = 'no json' WHERE id = 17"))
        report = verify_audit(session)
        session.rollback()
    assert (report.first_bad_id, report.entries, report.missing_at_end) == (17, 16, 0)
    with house.database.read() as session:
        session.execute(text("DELETE FROM audit_entry WHERE id > 35"))
        report = verify_audit(session)
        session.rollback()
    assert (report.first_bad_id, report.entries, report.missing_at_end) == (None, 35, 5)


@pytest.mark.parametrize("change", ["UPDATE audit_entry SET actor_name = 'x'", "DELETE FROM audit_entry"])
def test_the_database_itself_refuses_to_change_the_log(tmp_path: Path, change: str) -> None:
    fresh = make_resources(tmp_path)
    with open_work(fresh.database, actor=SYSTEM, now=NOW) as work:
        record(work, "contest.set_up", object_kind="contest")
    with fresh.database.read() as session, pytest.raises(IntegrityError, match="append-only"):
        session.execute(text(change))
    fresh.close()


def test_facts_of_any_shape_hold_when_read_back(tmp_path: Path) -> None:
    fresh = make_resources(tmp_path)
    facts = {
        "keys": {10: "a", 9: "b"}, "nested": ({"z": 1, "a": [True, None, 1.5]},), "text": "好\u2028\x00\"'<&🌊", "empty": {},
    }  # fmt: skip
    for _ in range(2):
        with open_work(fresh.database, actor=SYSTEM, now=NOW) as work:
            record(work, "contest.set_up", object_kind="contest", **facts)
    with fresh.database.read() as session:
        assert verify_audit(session).is_sound
    fresh.close()


def test_an_act_undone_leaves_no_entry(tmp_path: Path) -> None:
    fresh = make_resources(tmp_path)

    def act() -> None:
        with open_work(fresh.database, actor=SYSTEM, now=NOW) as work:
            record(work, "contest.set_up", object_kind="contest")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    with open_work(fresh.database, actor=SYSTEM, now=NOW) as work:
        record(work, "contest.set_up", object_kind="contest")
    with fresh.database.read() as session:
        assert verify_audit(session).entries == 1
        assert verify_audit(session).is_sound
    fresh.close()
