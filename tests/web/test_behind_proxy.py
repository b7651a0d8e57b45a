"""The real web server, alone and behind a proxy that ends TLS: whose address counts, which origin is this site's."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from review_app.domain.actor import Role
from review_app.factory import create_app
from review_app.models import FailedLogin, LoginSession, User
from review_app.resources import Resources
from review_app.server import listen
from tests.browsing import Clock
from tests.builders import PASSWORD, build_user


@contextmanager
def serving(house: Resources, clock: Clock, *, is_https: bool) -> Iterator[int]:
    """The server on a free port; gives the port."""
    settings = replace(house.settings, is_https=is_https)
    server = listen(create_app(settings, house, clock=clock), settings, "127.0.0.1", 0)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            server.asyncore.loop(timeout=0.05, count=1, map=server._map)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.effective_port
    finally:
        stop.set()
        thread.join()
        server.task_dispatcher.shutdown()
        server.asyncore.close_all(server._map)


def ask(
    port: int, method: str, path: str, headers: dict[str, str], form: dict[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    body = urlencode(form) if form is not None else None
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
    connection.request(method, path, body, {**headers, **kind})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


def try_login(port: int, password: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
    _, found, page = ask(port, "GET", "/login", headers)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = {"login": "juli", "password": password, "csrf_token": token[1]}
    cookie = found["set-cookie"].split(";")[0]
    status, answered, _ = ask(port, "POST", "/login", {**headers, "Cookie": cookie}, form)
    return status, answered


@pytest.fixture
def user(house: Resources) -> User:
    return build_user(house, Role.BUREAU, login="juli")


def addresses(house: Resources, table: type[FailedLogin] | type[LoginSession]) -> list[str]:
    with house.database.read() as session:
        return list(session.scalars(select(table.address)))


def test_alone_it_believes_no_header_about_address_and_scheme(house: Resources, clock: Clock, user: User) -> None:
    forged = {
        "Host": "localhost", "Origin": "http://localhost", "X-Forwarded-For": "192.0.2.9", "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example", "Forwarded": "for=192.0.2.9;proto=https",
    }  # fmt: skip
    with serving(house, clock, is_https=False) as port:
        status, headers = try_login(port, "wrong", forged)
        assert (status, addresses(house, FailedLogin)) == (422, ["127.0.0.1"])
        assert "strict-transport-security" not in headers
        assert try_login(port, PASSWORD, forged)[0] == 303
    assert addresses(house, LoginSession) == ["127.0.0.1"]


@pytest.mark.parametrize("proto", [{"X-Forwarded-Proto": "https"}, {}], ids=["told", "not told"])
def test_behind_a_proxy_the_client_is_the_one_it_names_last(
    house: Resources, clock: Clock, user: User, proto: dict[str, str]
) -> None:
    passed_on = {
        "Host": "localhost",
        "Origin": "https://localhost",
        "X-Forwarded-For": "203.0.113.5, 192.0.2.7",
        **proto,
    }
    with serving(house, clock, is_https=True) as port:
        status, headers = try_login(port, "wrong", passed_on)
        assert (status, addresses(house, FailedLogin)) == (422, ["192.0.2.7"])
        assert headers["strict-transport-security"] == "max-age=31536000"
        status, headers = try_login(port, PASSWORD, passed_on)
        assert status == 303
        assert headers["location"] == "/"
        assert headers["set-cookie"].startswith("__Host-review=")
        assert try_login(port, PASSWORD, {**passed_on, "Origin": "http://localhost"})[0] == 403
    assert addresses(house, LoginSession) == ["192.0.2.7"]


def test_the_server_does_not_say_what_it_is_and_refuses_other_names(house: Resources, clock: Clock) -> None:
    with serving(house, clock, is_https=False) as port:
        _, headers, _ = ask(port, "GET", "/login", {"Host": "localhost"})
        assert "server" not in headers
        assert ask(port, "GET", "/login", {"Host": "evil.example"})[0] == 400
        _, headers, text = ask(port, "GET", "http://evil.example/login", {"Host": "localhost"})
        assert "evil" not in text + str(headers)
