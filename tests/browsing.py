"""Going about the application as a browser does: signing in, taking the CSRF token from a page, a clock that stands."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from review_app.models import User
from review_app.storage.database import Database
from tests.builders import PASSWORD


class Clock:
    """Stands at the present moment until a test moves `now`."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def read_csrf(client: FlaskClient) -> str:
    """The token of the client's session, taken from a page."""
    answer = client.get("/login", follow_redirects=True)
    if 'name="csrf_token"' not in answer.text:
        answer = client.get("/password")
    found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert found is not None, answer.text
    return found[1]


def sign_in_as(app: Flask, user: User, *, password: str = PASSWORD, address: str = "127.0.0.1") -> FlaskClient:
    """A client signed in as `user` from `address`."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    answer = client.post("/login", data={"login": user.login, "password": password, "csrf_token": read_csrf(client)})
    assert answer.status_code == 303, answer.text
    return client


def checksum_database(database: Database) -> str:
    """A digest over every row of every table."""
    with database.engine.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).scalars()
        rows = [(table, connection.execute(text(f'SELECT * FROM "{table}"')).all()) for table in tables.all()]
    return hashlib.sha256(repr(rows).encode()).hexdigest()
