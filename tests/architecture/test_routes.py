"""Every route of the application against every role: generated from the URL map, so that no route can be forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from review_app.domain.actor import Role
from review_app.domain.essay_state import EssayState
from review_app.domain.permissions import POLICY, Permission
from review_app.factory import create_app
from review_app.web.access import UnlabelledRoute, label_of, permit, require_labels
from review_app.web.account import views as account_views
from tests.browsing import Clock, checksum_database, read_csrf, sign_in_as
from tests.builders import make_resources
from tests.worlds import World, add_marks, add_pair, add_rendering, build_world

PEOPLE = (Role.UNIT, Role.REVIEWER, Role.BUREAU)
ODD_METHODS = ("OPTIONS", "TRACE", "PROPFIND", "PUT", "PATCH", "DELETE", "GETT")
NO_REDIRECT = {
    "reviewer.autosave": "answers the page's own script with JSON",
    "bureau.print_slips": "shows the new passwords, which are kept nowhere, once",
}
MAY_BE_MISSING = {
    "bureau.show_import": "needs a register that was uploaded a moment ago",
    "bureau.download_book_template": "needs a template of the bureau's own",
}
FETCH = {"X-Requested-With": "fetch"}
MISSING = {"essay_id": 987654, "code": "nocodenocodenocode", "key": "0" * 64}
"""Ids of objects that belong to somebody, as they look when there is no such object."""


@dataclass(frozen=True)
class Place:
    """The application on a full contest, with somebody of each role signed in."""

    app: Flask
    world: World
    clients: dict[Role, FlaskClient]
    clock: Clock

    def rules(self, method: str) -> list[Rule]:
        rules = [rule for rule in self.app.url_map.iter_rules() if method in (rule.methods or ())]
        return sorted(rules, key=lambda rule: (rule.endpoint == "account.sign_out", rule.endpoint))

    def label(self, rule: Rule) -> Permission:
        label = label_of(self.app, rule.endpoint)
        assert label is not None
        return label

    def address(self, rule: Rule, ids: dict[str, object]) -> str:
        """The address of `rule` with its places filled in; a place without an example is an error of this test."""
        assert rule.arguments <= set(ids), f"give an example for {sorted(rule.arguments - set(ids))} of {rule.rule}"
        return rule.build({name: ids[name] for name in rule.arguments}, append_unknown=False)[1]  # type: ignore[index]

    def own_ids(self) -> dict[str, object]:
        accepted = self.world.essays[EssayState.ACCEPTED]
        return {
            "essay_id": accepted.id,
            "code": self.world.review.code,
            "key": self.world.picture_key,
            "filename": "css/base.css",
            "build_id": self.world.build_id,
            "form": "html",
            "reviewer_id": self.world.users[Role.REVIEWER].id,
            "review_id": self.world.review.id,
            "user_id": self.world.users[Role.UNIT].id,
            "unit_id": self.world.units[0].id,
            "ordinal": 1,
            "pair_id": self.world.pair_id,
            "text_id": self.world.known_text_id,
            "saved_id": 1,
            "mark_id": self.world.mark_ids[0],
            "slug": "home-visit",
        }

    def foreign_ids(self) -> dict[str, object]:
        foreign = {"essay_id": self.world.foreign_essay.id, "code": self.world.foreign_review.code}
        return {**self.own_ids(), **foreign}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("routes")
    house = make_resources(folder / "data")
    clock = Clock()
    world = build_world(house, now=clock.now)
    add_rendering(house, world)
    add_pair(house, world)
    add_marks(house, world)
    app = create_app(house.settings, house, clock=clock)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder))
    clients = {role: sign_in_as(app, world.users[role]) for role in PEOPLE}
    clients[Role.ANONYMOUS] = app.test_client()
    yield Place(app, world, clients, clock)
    house.close()


def send(
    client: FlaskClient, method: str, address: str, *, is_fetch: bool = False, token: str | None = None
) -> TestResponse:
    headers = FETCH if is_fetch else {}
    data = None if method in ("GET", "HEAD") else {"csrf_token": read_csrf(client) if token is None else token}
    return client.open(address, method=method, data=data, headers=headers, buffered=True)


def is_sent_to_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 303 and answer.headers["Location"].split("?")[0] == "/login"


def test_every_route_has_a_label_and_every_label_stands_in_the_policy(place: Place) -> None:
    labels = {rule.endpoint: label_of(place.app, rule.endpoint) for rule in place.app.url_map.iter_rules()}
    assert {endpoint for endpoint, label in labels.items() if label not in POLICY} == set()
    assert set(POLICY) == set(Permission)
    assert len(labels) >= 30


def test_a_route_without_a_label_stops_the_start(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delattr(account_views.home, "_permission")
    with pytest.raises(UnlabelledRoute, match=r"account\.home"):
        create_app(place.world.house.settings, place.world.house)


def test_a_route_without_a_label_is_closed_to_everybody(place: Place) -> None:
    app = create_app(place.world.house.settings, place.world.house, clock=place.clock)
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret", methods=["GET", "POST"])
    app.add_url_rule("/remembered", "remembered", permit(Permission.VIEW_AUDIT)(lambda: "open"))
    with pytest.raises(UnlabelledRoute, match="forgotten"):
        require_labels(app)
    bureau = sign_in_as(app, place.world.users[Role.BUREAU])
    token = read_csrf(bureau)
    for client in (app.test_client(), bureau):
        for method in ("GET", "HEAD", "POST", "OPTIONS"):
            answer = client.open("/forgotten", method=method, data={"csrf_token": token})
            assert answer.status_code in (404, 405)
            assert "secret" not in answer.text
    assert bureau.get("/remembered").text == "open"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_is_answered_as_the_policy_says(place: Place, method: str) -> None:
    cells = 0
    for rule in place.rules(method):
        allowed = POLICY[place.label(rule)]
        address = place.address(rule, place.own_ids())
        for role, client in place.clients.items():
            answer = send(client, method, address)
            cells += 1
            where = f"{method} {address} as {role}: {answer.status_code}"
            if role in allowed:
                assert answer.status_code in (200, 303) or rule.endpoint in MAY_BE_MISSING, where
                assert role is Role.ANONYMOUS or not is_sent_to_sign_in(answer), where
            elif role is Role.ANONYMOUS:
                assert is_sent_to_sign_in(answer), where
                assert send(client, method, address, is_fetch=True).status_code == 401
            else:
                assert answer.status_code == 404, where
            assert method == "GET" or answer.data == b""
    print(f"{cells} cells of {method}")
    assert cells == len(place.rules(method)) * 4


def test_acting_is_refused_as_the_policy_says_and_changes_nothing(place: Place) -> None:
    before = checksum_database(place.world.house.database)
    tokens = {role: read_csrf(client) for role, client in place.clients.items()}
    cells = 0
    for rule in place.rules("POST"):
        allowed = POLICY[place.label(rule)]
        address = place.address(rule, place.own_ids())
        for role, client in place.clients.items():
            if role in allowed:
                continue
            cells += 1
            answer = send(client, "POST", address, token=tokens[role])
            if role is Role.ANONYMOUS:
                assert is_sent_to_sign_in(answer), f"POST {address} as {role}: {answer.status_code}"
                assert send(client, "POST", address, token=tokens[role], is_fetch=True).status_code == 401
            else:
                assert answer.status_code == 404, f"POST {address} as {role}: {answer.status_code}"
    assert cells > 2 * len(place.rules("POST"))
    assert checksum_database(place.world.house.database) == before


def test_every_act_needs_the_token_of_its_own_session_and_a_page_of_this_site(place: Place) -> None:
    before = checksum_database(place.world.house.database)
    foreign_token = read_csrf(place.app.test_client())
    tokens = {role: read_csrf(client) for role, client in place.clients.items()}
    for rule in place.rules("POST"):
        address = place.address(rule, place.own_ids())
        for role in POLICY[place.label(rule)] & set(place.clients):
            client, token = place.clients[role], tokens[role]
            form = {"csrf_token": token}
            forged: dict[str, dict[str, Any]] = {
                "no token": {},
                "foreign token": {"data": {"csrf_token": foreign_token}},
                "token in the address": {"query_string": form},
                "text": {"data": f"csrf_token={token}", "content_type": "text/plain"},
                "json": {"json": form},
                "origin": {"data": form, "headers": {"Origin": "http://evil.example"}},
                "null origin": {"data": form, "headers": {"Origin": "null"}},
                "port": {"data": form, "headers": {"Origin": "http://localhost:81"}},
                "scheme": {"data": form, "headers": {"Origin": "https://localhost"}},
                "site": {"data": form, "headers": {"Sec-Fetch-Site": "cross-site"}},
                "sister": {"data": form, "headers": {"Sec-Fetch-Site": "same-site"}},
            }
            answers = {
                name: client.post(address, **{**sent, "headers": {**sent.get("headers", {}), **FETCH}}).status_code
                for name, sent in forged.items()
            }
            assert answers == dict.fromkeys(forged, 403), address
    assert checksum_database(place.world.house.database) == before


def test_odd_methods_open_nothing(place: Place) -> None:
    for rule in place.app.url_map.iter_rules():
        address = place.address(rule, place.own_ids())
        for client in (place.clients[Role.ANONYMOUS], place.clients[Role.BUREAU]):
            for method in ODD_METHODS:
                answer = client.open(address, method=method, headers=FETCH, buffered=True)
                assert answer.status_code in (404, 405), f"{method} {address}: {answer.status_code}"
    bureau = place.clients[Role.BUREAU]
    token = read_csrf(bureau)
    for headers in ({"X-HTTP-Method-Override": "GET"}, {"X-HTTP-Method": "GET"}):
        answer = bureau.post("/bureau/", data={"_method": "GET", "csrf_token": token}, headers=headers)
        assert answer.status_code == 405


def test_another_ones_object_looks_like_no_object(place: Place) -> None:
    before = checksum_database(place.world.house.database)
    pairs = 0
    for role, name in ((Role.UNIT, "essay_id"), (Role.REVIEWER, "code")):
        client, token = place.clients[role], read_csrf(place.clients[role])
        for method in ("GET", "POST"):
            for rule in place.rules(method):
                if name not in rule.arguments or role not in POLICY[place.label(rule)]:
                    continue
                foreign = place.address(rule, place.foreign_ids())
                missing = place.address(rule, {**place.foreign_ids(), **MISSING})
                answers = [send(client, method, address, token=token) for address in (foreign, missing)]
                seen = [
                    (answer.status_code, _without_chance(answer, address))
                    for answer, address in zip(answers, (foreign, missing), strict=True)
                ]
                assert seen[0] == seen[1], foreign
                assert seen[0][0] == 404, foreign
                pairs += 1
    assert pairs >= 15
    assert checksum_database(place.world.house.database) == before


def _without_chance(answer: TestResponse, address: str) -> tuple[list[tuple[str, str]], str]:
    headers = [(name, value) for name, value in answer.headers if name not in ("Set-Cookie", "Date", "Content-Length")]
    text = re.sub(r'(name="(?:csrf_token|csrf-token)"[^>]*?(?:value|content)=)"[^"]*"', r"\1", answer.text)
    return headers, text.replace(address, "HERE")


@pytest.mark.parametrize("number", [0, 2**63, 10**40])
def test_a_number_no_row_can_have_is_not_found(place: Place, number: int) -> None:
    for rule in place.rules("GET"):
        numbers = {name: number for name in place.own_ids() if name.endswith("_id") or name == "ordinal"}
        role = next(role for role in place.clients if role in POLICY[place.label(rule)])
        if rule.arguments & set(numbers):
            address = place.address(rule, {**place.own_ids(), **numbers})
            assert place.clients[role].get(address).status_code == 404, address


def test_every_act_ends_in_a_redirect_or_a_refusal(place: Place) -> None:
    """Last, for it changes the contest: each act with nothing but its token, by somebody who may."""
    strange = {}
    for rule in place.rules("POST"):
        role = next(role for role in (*PEOPLE, Role.ANONYMOUS) if role in POLICY[place.label(rule)])
        answer = send(place.clients[role], "POST", place.address(rule, place.own_ids()))
        is_sound = answer.status_code == 303 or 400 <= answer.status_code < 500 or rule.endpoint in NO_REDIRECT
        if not is_sound or answer.status_code in (401, 403, 405):
            strange[rule.endpoint] = answer.status_code
    assert strange == {}


NONSENSE = ("", "²", "1" * 40, "NaN", "\x00柳\u202e" * 30, "<b>'\" %s %(x)s {0} ../../x")


@pytest.fixture(scope="module")
def names(place: Place) -> set[str]:
    """The name of every field of every form."""
    pages = [
        place.clients[role].get(place.address(rule, place.own_ids()), buffered=True)
        for rule in place.rules("GET")
        for role in PEOPLE
        if role in POLICY[place.label(rule)] and rule.endpoint != "static"
    ]
    texts = [page.text for page in pages if page.mimetype == "text/html"]
    return {
        name for text in texts for name in re.findall(r'<(?:input|select|textarea|button)[^>]*\bname="([^"]+)"', text)
    }


@pytest.mark.parametrize("value", NONSENSE, ids=range(len(NONSENSE)))
def test_a_form_filled_with_nonsense_is_answered_and_never_a_fault(place: Place, names: set[str], value: str) -> None:
    """Every field that stands in any form, sent to every act at once with a value nobody means."""
    assert len(names) > 20
    tokens = {role: read_csrf(client) for role, client in place.clients.items()}
    strange = {}
    for rule in (rule for rule in place.rules("POST") if rule.endpoint != "account.sign_out"):
        role = next(role for role in (*PEOPLE, Role.ANONYMOUS) if role in POLICY[place.label(rule)])
        data = {name: [value, value] for name in names} | {"csrf_token": tokens[role], "request_key": ""}
        answer = place.clients[role].post(place.address(rule, place.own_ids()), data=data, buffered=True)
        if answer.status_code >= 500 or answer.status_code == 403:
            strange[rule.endpoint] = answer.status_code
    for rule in place.rules("GET"):
        role = next(role for role in PEOPLE if role in POLICY[place.label(rule)])
        query = "&".join(f"{name}={quote(value)}" for name in sorted(names | {"page", "sort", "q", "state"}))
        answer = place.clients[role].get(f"{place.address(rule, place.own_ids())}?{query}", buffered=True)
        if answer.status_code >= 500:
            strange[rule.endpoint] = answer.status_code
    assert strange == {}
