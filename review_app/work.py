"""The transaction: one Work per act. The only place that commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from review_app.domain.actor import Actor
from review_app.storage.database import Database


class Work:
    """One act of one actor at one moment: its session, who acts, `now` (aware UTC) and from which address."""

    def __init__(self, session: Session, *, actor: Actor, now: datetime, address: str = "") -> None:
        self.session = session
        self.actor = actor
        self.now = now
        self.address = address
        self._after_commit: list[Callable[[], None]] = []

    def after_commit(self, call: Callable[[], None]) -> None:
        """Run `call` once the change is safely on disk; never when it was rolled back."""
        self._after_commit.append(call)


@contextmanager
def open_work(database: Database, *, actor: Actor, now: datetime, address: str = "") -> Iterator[Work]:
    """A Work that commits when the block ends well and leaves no trace when it raises. Keep the block short:
    it holds the process's only writing place, so no file work, hashing or rendering inside."""
    with database.write() as session:
        work = Work(session, actor=actor, now=now, address=address)
        yield work
        session.commit()
    for call in work._after_commit:
        call()
