"""The whole application on a real database, as a browser meets it; CSRF protection stays on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from review_app.factory import create_app
from review_app.models import User
from review_app.resources import Resources
from tests.browsing import Clock, read_csrf, sign_in_as
from tests.builders import make_resources
from tests.worlds import World, build_world

SignIn = Callable[[User], FlaskClient]


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every app compiles its own templates, which takes longer than most tests; here they share the result."""
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))}
    yield
    Flask.jinja_options = {}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Resources]:
    """Opened resources with an empty database."""
    opened = make_resources(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    """The clock of `app`: it stands at the present until a test moves it."""
    return Clock()


@pytest.fixture
def app(house: Resources, clock: Clock) -> Flask:
    """The application on `house`."""
    return create_app(house.settings, house, clock=clock)


@pytest.fixture
def world(house: Resources, clock: Clock) -> World:
    """A contest in full swing in `house`."""
    return build_world(house, now=clock.now)


@pytest.fixture
def csrf() -> Callable[[FlaskClient], str]:
    """Gives the token of a client's session, taken from a page."""
    return read_csrf


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Gives a client signed in as a user whose password is PASSWORD."""
    return lambda user: sign_in_as(app, user)
