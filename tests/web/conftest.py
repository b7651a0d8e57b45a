"""The whole application on a real database, as a browser meets it; CSRF protection stays on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review_app.factory import create_app
from review_app.models import User
from review_app.resources import Resources
from tests.builders import PASSWORD, make_resources

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def house(tmp_path: Path) -> Resources:
    """Opened resources with an empty database."""
    return make_resources(tmp_path)


@pytest.fixture
def app(house: Resources) -> Iterator[Flask]:
    """The application on `house`."""
    yield create_app(house.settings, house)
    house.database.dispose()


@pytest.fixture
def csrf() -> Callable[[FlaskClient], str]:
    """Gives the token of a client's session, taken from a page."""

    def read_token(client: FlaskClient) -> str:
        html = client.get("/password").text if _is_signed_in(client) else client.get("/login").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', html)
        assert found is not None
        return found[1]

    return read_token


@pytest.fixture
def sign_in(app: Flask, csrf: Callable[[FlaskClient], str]) -> SignIn:
    """Gives a client signed in as a user whose password is PASSWORD."""

    def enter(user: User) -> FlaskClient:
        client = app.test_client()
        answer = client.post(
            "/login",
            data={"login": user.login, "password": PASSWORD, "csrf_token": csrf(client)},
            base_url="http://localhost",
        )
        assert answer.status_code == 303, answer.text
        return client

    return enter


def _is_signed_in(client: FlaskClient) -> bool:
    return client.get("/login").status_code == 303
