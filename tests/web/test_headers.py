"""Headers and error pages of every answer: the policy to the letter, nothing cached, nothing told."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from flask import Flask, abort
from sqlalchemy import event
from werkzeug.test import TestResponse

from review_app.domain.actor import Role
from review_app.domain.errors import Closed, Conflict, DomainError, Invalid, NotAllowed, NotFound
from review_app.domain.essay_state import EssayState
from review_app.domain.permissions import POLICY, Permission
from review_app.factory import create_app
from review_app.resources import Resources
from review_app.storage.database import Database
from review_app.web.access import label_of, permit
from tests.browsing import Clock, read_csrf, sign_in_as
from tests.worlds import World, add_marks, add_pair

PAGE_POLICY = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:", "blob:"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "form-action": {"'self'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"},
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TRACES = (
    "Traceback",
    "File &#34;",
    "sqlalchemy",
    "werkzeug",
    "review_app/",
    "SELECT",
    "secret-detail",
    "/site-packages/",
)


def read_policy(answer: TestResponse) -> dict[str, set[str]]:
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";")]
    return {name: set(sources) for name, *sources in parts}


def check_personal(answer: TestResponse) -> None:
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert "Server" not in answer.headers
    is_download = answer.headers.get("Content-Disposition", "").startswith("attachment")
    if is_download:
        expected = {"sandbox": set(), "default-src": {"'none'"}, "frame-ancestors": {"'none'"}}
        assert read_policy(answer) == expected
    else:
        assert read_policy(answer) == PAGE_POLICY


def check_told_nothing(answer: TestResponse) -> None:
    assert [trace for trace in TRACES if trace in answer.text] == []


def list_pages(app: Flask, world: World, role: Role) -> list[str]:
    """The addresses of all pages a role may see, with its own objects in the places."""
    ids: dict[str, object] = {
        "essay_id": world.essays[EssayState.ACCEPTED].id,
        "code": world.review.code,
        "key": world.picture_key,
        "build_id": world.build_id,
        "form": "epub",
        "reviewer_id": world.users[Role.REVIEWER].id,
        "ordinal": 1,
        "pair_id": world.pair_id,
        "text_id": world.known_text_id,
        "mark_id": world.mark_ids[0],
        "saved_id": 1,
        "slug": "home-visit",
    }
    pages = []
    for rule in app.url_map.iter_rules():
        label = label_of(app, rule.endpoint)
        if "GET" in (rule.methods or ()) and label and role in POLICY[label] and rule.endpoint != "static":
            pages.append(rule.build({name: ids[name] for name in rule.arguments})[1])  # type: ignore[index]
    return pages


@pytest.mark.parametrize("role", [Role.ANONYMOUS, Role.UNIT, Role.REVIEWER, Role.BUREAU])
def test_every_page_carries_the_whole_policy_and_is_kept_by_nobody(app: Flask, world: World, role: Role) -> None:
    add_pair(world.house, world)
    add_marks(world.house, world)
    client = app.test_client() if role is Role.ANONYMOUS else sign_in_as(app, world.users[role])
    pages = list_pages(app, world, role)
    assert len(pages) >= 2
    for address in [*pages, "/nope", "/review/nope", "/unit/essays/987654"]:
        answer = client.get(address, buffered=True)
        check_personal(answer)
        if answer.mimetype == "text/html":
            assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", answer.text) == [], (
                address
            )


def test_an_original_is_only_ever_a_download(app: Flask, world: World) -> None:
    client = sign_in_as(app, world.users[Role.UNIT])
    address = f"/unit/essays/{world.essays[EssayState.ACCEPTED].id}/original"
    for headers in ({}, {"Accept": "text/html"}, {"Range": "bytes=0-4"}, {"If-None-Match": "*"}):
        answer = client.get(address, headers=headers, buffered=True)
        check_personal(answer)
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.mimetype == "application/octet-stream"
        assert "ETag" not in answer.headers
        assert "Last-Modified" not in answer.headers
    assert client.get(f"{address}?download=0", buffered=True).headers["Content-Disposition"].startswith("attachment")


def test_a_static_file_is_kept_for_ever_under_its_digest_only(app: Flask) -> None:
    client = app.test_client()
    linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/login").text)
    assert len(linked) >= 2
    for address in linked:
        answer = client.get(address, buffered=True)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert re.search(r"[?&]v=[0-9a-f]{12}", address)
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
        assert "Set-Cookie" not in answer.headers
    plain = client.get(linked[0].split("?")[0], buffered=True)
    assert "immutable" not in plain.headers["Cache-Control"]
    missing = client.get("/static/css/nope.css?v=012345678901", buffered=True)
    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize(
    "path", ["../config.py", "..%2fconfig.py", "%2e%2e/config.py", "css/../../config.py", "//etc/passwd", "", "css"]
)
def test_no_other_file_can_be_had_through_the_static_folder(app: Flask, path: str) -> None:
    answer = app.test_client().get(f"/static/{path}", buffered=True)
    assert answer.status_code in (308, 404)
    check_told_nothing(answer)


def add_broken_routes(app: Flask) -> None:
    """Routes that end in every kind of error, open to everybody."""
    errors: list[DomainError] = [
        NotFound(), NotAllowed(), Invalid("secret-free <b>sentence</b>"), Conflict("c"), Closed("c"),
    ]  # fmt: skip

    def fail(kind: str) -> str:
        if kind.isdigit():
            abort(int(kind), description="secret-detail")
        found = next((error for error in errors if type(error).__name__ == kind), None)
        raise found or RuntimeError("secret-detail")

    app.add_url_rule("/fail/<kind>", "fail", permit(Permission.SIGN_IN)(fail), methods=["GET", "POST"])


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        *((str(code), code) for code in (400, 403, 404, 405, 413, 500, 503)),
        ("401", 400), ("418", 400), ("429", 400), ("502", 500), ("NotFound", 404), ("NotAllowed", 404),
        ("Invalid", 422), ("Conflict", 409), ("Closed", 409), ("RuntimeError", 500),
    ],
)  # fmt: skip
def test_an_error_page_says_what_to_do_and_nothing_else(
    house: Resources, app: Flask, caplog: pytest.LogCaptureFixture, kind: str, status: int
) -> None:
    add_broken_routes(app)
    client = app.test_client()
    with caplog.at_level(logging.ERROR, "review_app"):
        answer = client.get(f"/fail/{kind}")
        fetched = client.get(f"/fail/{kind}", headers={"X-Requested-With": "fetch"})
    assert (answer.status_code, fetched.status_code) == (status, status)
    assert answer.mimetype == "text/html"
    assert list(fetched.json or {}) == ["error"]
    for each in (answer, fetched):
        check_personal(each)
        check_told_nothing(each)
        assert "<b>" not in answer.text
    references = re.findall(r"<code>([0-9a-f]{8})</code>", answer.text)
    assert len(references) == (1 if kind == "RuntimeError" else 0)
    assert all(reference in caplog.text for reference in references)
    assert ("secret-detail" in caplog.text) == (kind == "RuntimeError")


@pytest.mark.parametrize("kind", ["Invalid", "Conflict", "Closed"])
@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        ("http://localhost/login?next=/", "http://localhost/login?next=/"),
        ("http://evil.example/login", "/"),
        ("http://localhost.evil.example/", "/"),
        ("", "/"),
    ],
)
def test_a_refused_form_leads_back_to_its_page_with_the_reason(
    app: Flask, kind: str, referrer: str, expected: str
) -> None:
    add_broken_routes(app)
    client = app.test_client()
    form = {"csrf_token": read_csrf(client)}
    answer = client.post(f"/fail/{kind}", data=form, headers={"Referer": referrer})
    assert (answer.status_code, answer.headers["Location"]) == (303, expected)


def test_a_broken_database_gives_a_plain_page_with_a_reference(
    house: Resources, app: Flask, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with house.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE contest RENAME TO gone")
    answers = [app.test_client().get(path) for path in ("/login", "/nope")]
    assert [answer.status_code for answer in answers] == [500, 404]
    for answer in answers:
        check_personal(answer)
        check_told_nothing(answer)
        assert "gone" not in answer.text
    reference = re.findall(r"<code>([0-9a-f]{8})</code>", answers[0].text)
    assert len(reference) == 1
    assert reference[0] in caplog.text


def test_while_the_database_cannot_be_written_pages_are_still_shown_and_acts_ask_to_try_again(
    house: Resources, app: Flask, world: World, clock: Clock
) -> None:
    client = sign_in_as(app, world.users[Role.UNIT])
    token = read_csrf(client)
    event.listen(house.database.engine, "checkout", lambda raw, *_: raw.execute("PRAGMA busy_timeout=1"))
    other = Database(house.settings.database_path)
    clock.now += timedelta(minutes=2)
    with other.write():
        assert client.get("/unit/").status_code == 200
        answer = client.post("/unit/essays/new", data={"typed": "题目\n正文在此。", "csrf_token": token})
        assert (answer.status_code, app.test_client().get("/login").status_code) == (503, 200)
        check_personal(answer)
        check_told_nothing(answer)
        assert "系统正忙" in answer.text
    other.dispose()
    again = client.post("/unit/essays/new", data={"typed": "题目\n正文在此。", "csrf_token": token})
    assert again.status_code == 303


def test_every_answer_says_whether_to_use_https(house: Resources, clock: Clock) -> None:
    app = create_app(house.settings, house, clock=clock)
    plain = app.test_client().get("/login")
    secure = app.test_client().get("/login", base_url="https://localhost")
    assert plain.headers.get("Strict-Transport-Security") is None
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"
