"""Counting the SQL statements of one request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from review_app.resources import Resources


@contextmanager
def count_statements(house: Resources) -> Iterator[list[str]]:
    """The statements sent to the database while the block runs."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(house.database.engine, "before_cursor_execute", note)
