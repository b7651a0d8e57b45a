"""At each start, what is over goes and nothing else does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from review_app.domain.actor import Role
from review_app.models import AnsweredRequest, FailedLogin, LoginSession
from review_app.resources import Resources
from review_app.tidy import TidyReport, tidy
from tests.builders import NOW, add, build_user, make_resources


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Resources]:
    opened = make_resources(tmp_path)
    yield opened
    opened.close()


def test_what_is_over_goes_and_what_counts_stays(house: Resources) -> None:
    user = build_user(house, Role.BUREAU)
    for name, created, seen in (("alive", 11, 0), ("idle", 2, 1), ("old", 13, 0)):
        ages = {"created_at": NOW - timedelta(hours=created), "seen_at": NOW - timedelta(hours=seen)}
        add(house, LoginSession(token_hash=name, user_id=user.id, **ages))
    add(
        house,
        FailedLogin(login="counts", address="10.0.0.1", at=NOW - timedelta(minutes=59)),
        FailedLogin(login="counts no longer", address="10.0.0.1", at=NOW - timedelta(days=2)),
        AnsweredRequest(user_id=user.id, key="fresh", location="/", at=NOW - timedelta(days=6)),
        AnsweredRequest(user_id=user.id, key="stale", location="/", at=NOW - timedelta(days=8)),
    )
    kept = house.files.put(b"no row refers to this")
    incoming = house.files.root / "incoming"
    for name, age in (("yesterday", timedelta(days=1, hours=1)), ("just now", timedelta(hours=1))):
        (incoming / name).write_bytes(b"half")
        os.utime(incoming / name, times=((NOW - age).timestamp(),) * 2)

    assert tidy(house, now=NOW) == TidyReport(files=1, rows=4)
    with house.database.read() as session:
        assert session.scalars(select(LoginSession.token_hash)).all() == ["alive"]
        assert session.scalars(select(FailedLogin.login)).all() == ["counts"]
        assert session.scalars(select(AnsweredRequest.key)).all() == ["fresh"]
    assert [path.name for path in incoming.iterdir()] == ["just now"]
    assert house.files.exists(kept.key)
    assert tidy(house, now=NOW) == TidyReport(files=0, rows=0)
