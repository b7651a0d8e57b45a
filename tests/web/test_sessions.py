"""Signing in and staying in: what a stolen, old, planted or foreign cookie, form or address can do, which is nothing."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from review_app.domain.actor import SYSTEM, Role
from review_app.domain.permissions import POLICY
from review_app.factory import create_app
from review_app.models import AuditEntry, FailedLogin, LoginSession, User
from review_app.resources import Resources
from review_app.services import accounts
from review_app.services.passwords import hash_password, require_good_password
from review_app.web.access import label_of
from review_app.work import open_work
from tests.browsing import Clock, checksum_database, read_csrf, sign_in_as
from tests.builders import PASSWORD, build_contest, build_unit, build_user

NEW_PASSWORD = "桥头的灯照着归人的路 2020"
INSIDE = ("/unit/", "/unit/essays/new", "/password", "/search/", "/search/?q=test")


@pytest.fixture
def user(house: Resources, clock: Clock) -> User:
    contest = build_contest(house, now=clock.now)
    return build_user(house, Role.UNIT, login="liuxi", unit=build_unit(house, contest), name="柳溪镇经办人")


def try_login(app: Flask, login: str, password: str, *, address: str = "10.0.0.1", **data: str) -> TestResponse:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    form = {"login": login, "password": password, "csrf_token": read_csrf(client), **data}
    return client.post("/login", data=form)


def change_password(client: FlaskClient, *, old: str = PASSWORD, new: str = NEW_PASSWORD) -> TestResponse:
    form = {"old_password": old, "new_password": new, "repeat_password": new, "csrf_token": read_csrf(client)}
    return client.post("/password", data=form)


def copy_cookies(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser that holds the same cookie."""
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie(cookie.key, cookie.value)
    return thief


def statuses(client: FlaskClient) -> set[int]:
    return {client.get(address).status_code for address in INSIDE}


def end_by_logout(app: Flask, house: Resources, clock: Clock, client: FlaskClient, user: User) -> None:
    assert client.post("/logout", data={"csrf_token": read_csrf(client)}).status_code == 303


def end_by_changed_password(app: Flask, house: Resources, clock: Clock, client: FlaskClient, user: User) -> None:
    assert change_password(client).status_code == 303
    assert statuses(client) == {200}


def end_by_password_changed_elsewhere(
    app: Flask, house: Resources, clock: Clock, client: FlaskClient, user: User
) -> None:
    assert change_password(sign_in_as(app, user)).status_code == 303


def end_by_a_new_first_password(app: Flask, house: Resources, clock: Clock, client: FlaskClient, user: User) -> None:
    with open_work(house.database, actor=SYSTEM, now=clock.now) as work:
        accounts.issue_first_passwords(work, hashes=[(user.id, hash_password(NEW_PASSWORD))])


def end_by_closing_the_account(app: Flask, house: Resources, clock: Clock, client: FlaskClient, user: User) -> None:
    with open_work(house.database, actor=SYSTEM, now=clock.now) as work:
        work.session.get_one(User, user.id).is_active = False


def end_by_idling(app: Flask, house: Resources, clock: Clock, client: FlaskClient, user: User) -> None:
    clock.now += timedelta(minutes=30, seconds=1)


def end_by_age(app: Flask, house: Resources, clock: Clock, client: FlaskClient, user: User) -> None:
    for _ in range(36):
        clock.now += timedelta(minutes=20)
        assert client.get("/unit/").status_code == 200
    clock.now += timedelta(seconds=1)


@pytest.mark.parametrize(
    "end",
    [
        end_by_logout,
        end_by_changed_password,
        end_by_password_changed_elsewhere,
        end_by_a_new_first_password,
        end_by_closing_the_account,
        end_by_idling,
        end_by_age,
    ],
)
def test_a_kept_cookie_opens_nothing_after(
    end: Callable[..., None], app: Flask, house: Resources, clock: Clock, user: User
) -> None:
    client = sign_in_as(app, user)
    thief = copy_cookies(app, client)
    assert statuses(thief) == {200}
    end(app, house, clock, client, user)
    assert statuses(thief) == {303}
    token = read_csrf(thief)
    assert thief.post("/logout", data={"csrf_token": token}).headers["Location"].startswith("/login")


def test_a_session_lives_as_long_as_it_is_used(app: Flask, clock: Clock, user: User) -> None:
    client = sign_in_as(app, user)
    for _ in range(4):
        clock.now += timedelta(minutes=29)
        assert statuses(client) == {200}


def test_the_idle_clock_is_written_once_a_minute(app: Flask, house: Resources, clock: Clock, user: User) -> None:
    client = sign_in_as(app, user)
    before = checksum_database(house.database)
    clock.now += timedelta(seconds=50)
    client.get("/unit/")
    assert checksum_database(house.database) == before
    clock.now += timedelta(seconds=20)
    client.get("/unit/")
    assert checksum_database(house.database) != before


def test_a_cookie_from_before_the_sign_in_is_worth_nothing_after_it(app: Flask, user: User) -> None:
    victim = app.test_client()
    planted_token = read_csrf(victim)
    planted = copy_cookies(app, victim)
    form = {"login": user.login, "password": PASSWORD, "csrf_token": planted_token}
    assert victim.post("/login", data=form).status_code == 303
    assert statuses(victim) == {200}
    assert statuses(planted) == {303}
    assert read_csrf(victim) != planted_token
    assert victim.post("/logout", data={"csrf_token": planted_token}).status_code == 403
    assert statuses(victim) == {200}


def test_each_sign_in_has_its_own_session(app: Flask, house: Resources, user: User) -> None:
    first, second = sign_in_as(app, user), sign_in_as(app, user)
    with house.database.read() as session:
        assert len(set(session.scalars(select(LoginSession.token_hash)))) == 2
    first.post("/logout", data={"csrf_token": read_csrf(first)})
    assert statuses(first) == {303}
    assert statuses(second) == {200}


def test_the_database_holds_no_usable_token(app: Flask, house: Resources, user: User) -> None:
    client = sign_in_as(app, user)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert len(token) >= 43
    assert token.encode() not in house.settings.database_path.read_bytes()
    with house.database.read() as session:
        assert session.scalars(select(LoginSession.token_hash)).one() == accounts.hash_token(token)


@pytest.mark.parametrize(("is_https", "name"), [(False, "review"), (True, "__Host-review")])
def test_every_cookie_is_locked_down(house: Resources, clock: Clock, user: User, is_https: bool, name: str) -> None:
    app = create_app(replace(house.settings, is_https=is_https), house, clock=clock)
    base = "https://localhost" if is_https else "http://localhost"
    client = app.test_client()
    answers = [client.get("/login", base_url=base)]
    token = answers[0].text.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"login": user.login, "password": PASSWORD, "csrf_token": token}
    answers.append(client.post("/login", data=form, base_url=base))
    answers += [client.get(path, base_url=base) for path in ("/unit/", "/nope", "/review/")]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert len(cookies) >= 2
    for text in cookies:
        cookie = SimpleCookie(text)
        assert list(cookie) == [name]
        morsel = cookie[name]
        assert (bool(morsel["secure"]), morsel["httponly"], morsel["samesite"], morsel["path"], morsel["domain"]) == (
            is_https, True, "Lax", "/", "",
        )  # fmt: skip
    assert answers[2].status_code == 200
    has_hsts = [answer.headers.get("Strict-Transport-Security") for answer in answers]
    assert has_hsts == [("max-age=31536000" if is_https else None)] * len(answers)


def test_the_sixth_wrong_password_is_refused_and_so_is_the_right_one_after_it(
    app: Flask, house: Resources, clock: Clock, user: User
) -> None:
    answers = [try_login(app, user.login, "wrong").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert try_login(app, user.login, PASSWORD).status_code == 429
    assert try_login(app, user.login, PASSWORD, address="10.0.0.2").status_code == 303
    with house.database.read() as session:
        refused = session.scalars(select(AuditEntry).where(AuditEntry.act == "sign_in.refused")).all()
    assert [(entry.object_id, entry.address) for entry in refused] == [(user.id, "10.0.0.1")] * 5
    clock.now += timedelta(minutes=15, seconds=1)
    assert try_login(app, user.login, PASSWORD).status_code == 303


def test_a_right_password_forgets_the_wrong_ones_before_it(app: Flask, user: User) -> None:
    for _ in range(3):
        assert [try_login(app, user.login, "wrong").status_code for _ in range(4)] == [422] * 4
        assert try_login(app, user.login, PASSWORD).status_code == 303


def test_the_count_is_kept_by_the_database_not_by_one_process(
    app: Flask, house: Resources, clock: Clock, user: User
) -> None:
    others = [app, *(create_app(house.settings, house, clock=clock) for _ in range(2))]
    answers = [try_login(others[number % 3], user.login, "wrong").status_code for number in range(7)]
    assert answers == [422] * 5 + [429] * 2


def test_tries_at_the_same_time_are_counted_as_well(app: Flask, house: Resources, user: User) -> None:
    answers: list[int] = []
    ready = threading.Barrier(8)

    def guess() -> None:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = "10.0.0.1"
        form = {"login": user.login, "password": "wrong", "csrf_token": read_csrf(client)}
        ready.wait()
        answers.append(client.post("/login", data=form).status_code)

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [422] * 5 + [429] * 3


def test_one_address_cannot_try_many_accounts(app: Flask, house: Resources, clock: Clock, user: User) -> None:
    with open_work(house.database, actor=SYSTEM, now=clock.now) as work:
        work.session.add_all(
            FailedLogin(login=f"unit{number}", address="10.0.0.9", at=clock.now) for number in range(50)
        )
    assert try_login(app, user.login, PASSWORD, address="10.0.0.9").status_code == 429
    assert try_login(app, user.login, PASSWORD, address="10.0.0.8").status_code == 303
    clock.now += timedelta(hours=1, seconds=1)
    assert try_login(app, user.login, PASSWORD, address="10.0.0.9").status_code == 303


def test_nobody_can_lock_others_out(app: Flask, house: Resources, clock: Clock) -> None:
    contest = build_contest(house, now=clock.now)
    unit = build_unit(house, contest)
    users = [build_user(house, Role.UNIT, login=f"unit{number}", unit=unit) for number in range(10)]
    with open_work(house.database, actor=SYSTEM, now=clock.now) as work:
        work.session.add_all(
            FailedLogin(login=each.login, address="10.6.6.6", at=clock.now) for each in users for _ in range(20)
        )
    answers = [
        try_login(app, each.login, PASSWORD, address=f"10.0.1.{number}").status_code
        for number, each in enumerate(users)
    ]
    assert answers == [303] * 10


def test_a_claimed_address_is_not_believed(app: Flask, house: Resources, user: User) -> None:
    answers = []
    for number in range(7):
        client = app.test_client()
        form = {"login": user.login, "password": "wrong", "csrf_token": read_csrf(client)}
        headers = {"X-Forwarded-For": f"192.0.2.{number}", "X-Real-IP": f"192.0.2.{number}"}
        answers.append(client.post("/login", data=form, headers=headers).status_code)
    assert answers == [422] * 5 + [429] * 2
    with house.database.read() as session:
        assert set(session.scalars(select(FailedLogin.address))) == {"127.0.0.1"}


def test_the_answer_does_not_tell_which_accounts_exist(app: Flask, house: Resources, clock: Clock, user: User) -> None:
    closed = build_user(house, Role.REVIEWER, login="fengji")
    expired = build_user(house, Role.REVIEWER, login="guoqi", must_change=True)
    with open_work(house.database, actor=SYSTEM, now=clock.now) as work:
        work.session.get_one(User, closed.id).is_active = False
        work.session.get_one(User, expired.id).first_password_expires_at = clock.now - timedelta(days=1)
    answers = {
        "known": try_login(app, user.login, "wrong"),
        "unknown": try_login(app, "nobody", "wrong"),
        "closed": try_login(app, closed.login, PASSWORD),
        "expired": try_login(app, expired.login, PASSWORD),
        "endless": try_login(app, user.login, "x" * 900_000),
    }
    seen = {(answer.status_code, _without_what_changes(answer.text)) for answer in answers.values()}
    assert [status for status, _ in seen] == [422]
    assert "账号或密码不对" in next(iter(seen))[1]


def _without_what_changes(html: str) -> str:
    tokens = r'(name="(?:csrf_token|csrf-token|login)"[^>]*?(?:value|content)=)"[^"]*"'
    return re.sub(r"data-csrf=\"[^\"]*\"", "", re.sub(tokens, r"\1", html))


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("短", False),
        ("eleven char", False),
        ("twelve chars", True),
        ("passwordpassword", False),
        ("liuxiliuxi12", False),
        ("柳溪镇经办人柳溪镇经办人", False),
        ("aaaaaaaaaaaaaaaa", False),
        ("xinfang123456", False),
        ("我家门前有条河 一直流到县城", True),
        ("🌊🌉🌾🏮🌊🌉🌾🏮🌕🌲🍃🪷", True),
        ("with\x00nul inside", True),
        ("a" + "long enough " * 10, True),
        ("much too long " * 10, False),
    ],
)
def test_a_new_password_is_judged_by_its_length_and_by_how_common_it_is(
    app: Flask, user: User, password: str, is_good: bool
) -> None:
    client = sign_in_as(app, user)
    assert change_password(client, new=password).status_code == (303 if is_good else 422)
    assert try_login(app, user.login, password, address="10.0.0.3").status_code == (303 if is_good else 422)
    assert try_login(app, user.login, PASSWORD, address="10.0.0.4").status_code == (422 if is_good else 303)


def test_no_character_of_a_long_password_is_ignored(app: Flask, user: User) -> None:
    long = "第一句话说河 第二句话说桥 第三句话说灯 " * 5
    change_password(sign_in_as(app, user), new=long)
    assert try_login(app, user.login, f"{long[:-1]}x").status_code == 422
    assert try_login(app, user.login, long[:72]).status_code == 422
    assert try_login(app, user.login, long).status_code == 303


def test_a_phrase_is_the_same_however_its_accents_are_typed(app: Flask, user: User) -> None:
    change_password(sign_in_as(app, user), new="caf\u00e9 au bord de l'eau")
    assert try_login(app, user.login, "cafe\u0301 au bord de l'eau").status_code == 303


def test_the_password_is_not_changed_without_the_old_one_or_to_the_same_or_with_a_slip(app: Flask, user: User) -> None:
    client = sign_in_as(app, user)
    assert change_password(client, old="not the old one").status_code == 422
    assert change_password(client, new=PASSWORD).status_code == 422
    form = {"old_password": PASSWORD, "new_password": NEW_PASSWORD, "repeat_password": f"{NEW_PASSWORD}!"}
    assert client.post("/password", data={**form, "csrf_token": read_csrf(client)}).status_code == 422
    assert try_login(app, user.login, PASSWORD).status_code == 303


def test_a_password_rule_names_its_field() -> None:
    with pytest.raises(Exception, match="至少 12 位") as caught:
        require_good_password("short", personal=())
    assert caught.value.field == "new_password"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example", ""]
)
def test_a_foreign_host_is_refused(app: Flask, host: str) -> None:
    for path in ("/login", "/nope", "/static/css/base.css"):
        answer = app.test_client().get(path, headers={"Host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded"])
def test_a_host_in_another_header_is_ignored(app: Flask, user: User, header: str) -> None:
    client = app.test_client()
    answers = [client.get(path, headers={header: "host=evil.example"}) for path in ("/", "/login", "/unit/")]
    assert [answer.status_code for answer in answers] == [303, 200, 303]
    assert all("evil" not in answer.text + str(answer.headers) for answer in answers)


FOREIGN_TARGETS = [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https://evil.example/",
    "///evil.example", "javascript:alert(1)", "evil.example", "/\tevil.example", "/%09/evil.example\r\nX-Evil: 1",
    "／／evil.example", "//evil.example/unit/", "\x00//evil.example", " //evil.example", "http:///evil.example",
    "/\u2028/evil.example", "@evil.example", "?next=//evil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", FOREIGN_TARGETS)
def test_signing_in_never_leads_to_another_site(app: Flask, user: User, target: str) -> None:
    answer = try_login(app, user.login, PASSWORD, next=target)
    location = urlsplit(answer.headers["Location"])
    assert answer.status_code == 303
    assert (location.scheme, location.netloc) == ("", "")
    assert not answer.headers["Location"].startswith(("//", "/\\"))
    assert "X-Evil" not in answer.headers
    page = app.test_client().get("/login", query_string={"next": target})
    assert page.status_code == 200
    assert f'value="{target}"' not in page.text


def test_signing_in_leads_back_to_the_page_asked_for(app: Flask, user: User) -> None:
    client = app.test_client()
    asked = client.get("/search/?q=灯 OR 桥")
    form = {"login": user.login, "password": PASSWORD, "csrf_token": read_csrf(client)}
    page = client.get(asked.headers["Location"])
    target = page.text.split('action="/login"')[1].split('name="next" value="')[1].split('"')[0]
    answer = client.post("/login", data={**form, "next": target})
    assert client.get(answer.headers["Location"]).request.args["q"] == "灯 OR 桥"


@pytest.mark.parametrize(
    ("target", "expected"),
    [("/search/?q=1", "/search/?q=1"), *((target, "/") for target in FOREIGN_TARGETS if "next" not in target)],
)
def test_choosing_a_language_leads_back_to_the_page_but_never_to_another_site(
    app: Flask, target: str, expected: str
) -> None:
    client = app.test_client()
    form = {"language": "en", "csrf_token": read_csrf(client), "next": target}
    answer = client.post("/language", data=form, headers={"Referer": "http://["})
    assert (answer.status_code, answer.headers["Location"]) == (303, expected)
    assert '<html lang="en"' in client.get("/login").text


def test_a_first_password_opens_nothing_but_its_own_change(
    app: Flask, house: Resources, clock: Clock, user: User
) -> None:
    first = "ABCD-EFGH-JKLM-NPQR"
    with open_work(house.database, actor=SYSTEM, now=clock.now) as work:
        accounts.issue_first_passwords(work, hashes=[(user.id, hash_password(first))])
    client = sign_in_as(app, user, password=first)
    for rule in app.url_map.iter_rules():
        label = label_of(app, rule.endpoint)
        if (
            label is None
            or label.value in ("account.sign_in", "account.manage_own")
            or "GET" not in (rule.methods or ())
            or Role.UNIT not in POLICY[label]
        ):
            continue
        path = rule.rule.replace("<int:", "<")
        if "<" not in path and path.startswith(("/unit", "/search")):
            assert client.get(path).headers["Location"] == "/password", path
    token = read_csrf(client)
    answer = client.post("/unit/essays/new", data={"typed": "题目\n正文", "csrf_token": token})
    assert answer.headers["Location"] == "/password"
    assert change_password(client, old=first, new=first).status_code == 422
    assert change_password(client, old=first).status_code == 303
    assert statuses(client) == {200}
    assert try_login(app, user.login, first).status_code == 422


def test_a_first_password_dies_after_fourteen_days_and_with_a_newer_one(
    app: Flask, house: Resources, clock: Clock, user: User
) -> None:
    for first in ("ABCD-EFGH-JKLM-NPQR", "STUV-WXYZ-2345-6789"):
        with open_work(house.database, actor=SYSTEM, now=clock.now) as work:
            accounts.issue_first_passwords(work, hashes=[(user.id, hash_password(first))])
    assert try_login(app, user.login, "ABCD-EFGH-JKLM-NPQR").status_code == 422
    clock.now += timedelta(days=14)
    assert try_login(app, user.login, "STUV-WXYZ-2345-6789").status_code == 303
    clock.now += timedelta(seconds=1)
    assert try_login(app, user.login, "STUV-WXYZ-2345-6789").status_code == 422


def test_a_strange_form_gets_an_answer_not_a_fault(app: Flask, user: User) -> None:
    for login in ("", "\x00", "柳" * 10_000, "a\r\nb", "\u202e", "' OR 1=1 --", "%s%s%n"):
        assert try_login(app, login, "wrong").status_code in (422, 429)
    client = app.test_client()
    assert client.post("/login", data={"csrf_token": read_csrf(client)}).status_code == 422
    big = client.post("/login", data={"login": "x", "password": "y" * 2_000_000, "csrf_token": read_csrf(client)})
    assert big.status_code == 413
