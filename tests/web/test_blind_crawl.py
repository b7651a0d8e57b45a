"""A reviewer, and a unit, walk through everything they can reach or guess, and meet nobody's name but their own.

Secrets stand in every column and file around the essays; the oracle looks for them in the raw bytes of every answer.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, field
from functools import cache
from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from review_app.domain.actor import Role
from review_app.domain.permissions import POLICY
from review_app.index_job import rebuild_index
from review_app.models import Essay, Review, StoredFile, Unit, User
from review_app.queries.lexicon import spell
from review_app.web.access import label_of
from tests.browsing import read_csrf, sign_in_as
from tests.worlds import OTHER, OWN, World, add_marks, add_pair

SECRETS = (*astuple(OWN), *astuple(OTHER))
PIECES = (
    "泄漏",
    "泄漏甲作",
    "柳溪",
    "欧阳砚",
    "慕容",
    "0551",
    "7788",
    "窗口主任",
    "上官",
    "原名",
    "0917",
    "leak",
    "司徒",
)
FIELDS = (
    "",
    "作者:",
    "author:",
    "单位:",
    "unit=",
    "奖项:",
    "award:",
    "题目:",
    "编号:",
    "状态:",
    "tag:",
    "文件:",
    "phone:",
)
SHAPES = ("{}", '"{}"', "{}*", "*{}*", "-{}", "({} OR 灯)", "灯 -{}")


@cache
def disguises(secret: str) -> dict[str, bytes]:
    """How a text may stand in an answer."""
    return {
        "plain": secret.encode(),
        "gbk": secret.encode("gbk"),
        "utf-16": secret.encode("utf-16-le"),
        "percent": quote(secret).encode(),
        "percent gbk": quote(secret.encode("gbk")).encode(),
        "entities": "".join(f"&#{ord(character)};" for character in secret).encode(),
        "hex entities": "".join(f"&#x{ord(character):x};" for character in secret).encode(),
        "escaped": html.escape(secret).encode(),
        "json": json.dumps(secret)[1:-1].encode(),
        "base64": base64.b64encode(secret.encode())[:-4],
    }


def find_secrets(answer: TestResponse, secrets: Iterable[str]) -> list[str]:
    """The secrets in the answer's bytes or headers, with how they were written."""
    raw = answer.data + "\n".join(f"{name}: {value}" for name, value in answer.headers).encode(
        "utf-8", "surrogateescape"
    )
    lowered = raw.lower()
    return [
        f"{secret} ({name})"
        for secret in secrets
        for name, shape in disguises(secret).items()
        if shape and (shape in raw or shape.lower() in lowered)
    ]


@dataclass
class Walk:
    """Everything one person was answered, by address."""

    client: FlaskClient
    answers: dict[str, TestResponse] = field(default_factory=dict)

    def follow_links(self, start: str = "/", *, limit: int = 150) -> None:
        """Breadth first, so that the limit cuts off combinations of filters and not pages."""
        waiting = deque([start])
        while waiting and len(self.answers) < limit:
            address = waiting.popleft()
            if address in self.answers:
                continue
            answer = self.visit(address)
            if answer.status_code in (303, 302):
                waiting.append(_local(address, answer.headers["Location"]))
            if answer.mimetype == "text/html":
                waiting += [link for link in _list_links(address, answer.text) if link not in self.answers]

    def visit(self, address: str) -> TestResponse:
        answer = self.client.get(address, buffered=True)
        assert answer.status_code < 500, address
        self.answers[address] = answer
        return answer

    def found(self, secrets: Iterable[str]) -> dict[str, list[str]]:
        secrets = tuple(secrets)
        leaks = {address: find_secrets(answer, secrets) for address, answer in self.answers.items()}
        return {address: leak for address, leak in leaks.items() if leak}


def _list_links(address: str, text: str) -> Iterator[str]:
    for target in re.findall(r'(?:href|src|data-[\w-]*url|data-href|formaction)="([^"#]+)', text):
        local = _local(address, html.unescape(target))
        if local and not local.startswith("/static/"):
            yield local


def _local(address: str, target: str) -> str:
    parts = urlsplit(urljoin(f"http://localhost{address}", target))
    if parts.scheme not in ("http", "https") or parts.netloc != "localhost":
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def list_guesses(app: Flask, world: World, role: Role) -> Iterator[str]:
    """Every GET route of the application with every id, code and key there is; one that is not for the role, which is
    refused before it looks at any, only once."""
    with world.house.database.read() as session:
        ids: dict[str, list[object]] = {
            "essay_id": [row.id for row in session.query(Essay)],
            "code": [row.code for row in session.query(Review)],
            "key": [row.key for row in session.query(StoredFile)],
            "unit_id": [row.id for row in session.query(Unit)],
            "user_id": [row.id for row in session.query(User)],
            "reviewer_id": [row.id for row in session.query(User)],
            "review_id": [row.id for row in session.query(Review)],
            "build_id": [world.build_id],
            "form": ["html", "wechat", "text", "epub"],
            "ordinal": [1],
            "pair_id": [world.pair_id],
            "text_id": [world.known_text_id],
            "saved_id": [1],
            "slug": ["home-visit", "own-1"],
            "filename": ["css/base.css"],
        }
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        combinations: list[dict[str, object]] = [{}]
        for name in sorted(rule.arguments):
            combinations = [{**chosen, name: value} for chosen in combinations for value in ids[name]]
        label = label_of(app, rule.endpoint)
        is_refused = label is not None and role not in POLICY[label]
        for chosen in combinations[:1] if is_refused else combinations:
            yield rule.build(chosen)[1]  # type: ignore[index]


@pytest.fixture
def walked(world: World) -> World:
    add_pair(world.house, world)
    add_marks(world.house, world)
    for audience in world.house.indexes:
        rebuild_index(world.house, audience)
    return world


def test_a_reviewer_meets_no_secret_on_any_page_he_can_reach_or_guess(app: Flask, walked: World) -> None:
    walk = Walk(sign_in_as(app, walked.users[Role.REVIEWER]))
    walk.follow_links()
    reached = [address for address in walk.answers if address.startswith("/review/code-")]
    assert len(reached) >= 3
    for address in list_guesses(app, walked, Role.REVIEWER):
        walk.visit(address)
    assert walk.answers[f"/review/{walked.review.code}"].status_code == 200
    assert walk.answers[f"/review/{walked.foreign_review.code}"].status_code == 404
    assert walk.found((*SECRETS, "评委乙某的批注", "局里某的批注")) == {}
    assert len(walk.answers) > 150


def test_a_reviewer_finds_nothing_by_what_he_must_not_know(app: Flask, walked: World) -> None:
    walk = Walk(sign_in_as(app, walked.users[Role.REVIEWER]))
    assert f"/review/{walked.review.code}" in walk.visit("/search/?q=接访大厅").text
    found = []
    for piece in PIECES:
        for prefix in FIELDS:
            for shape in SHAPES[:3:2]:
                address = f"/search/?q={quote(prefix + shape.format(piece))}"
                answer = walk.visit(address)
                if f"/review/{walked.review.code}" in answer.text or answer.status_code != 200:
                    found.append(address)
        for begun in (piece[:2], "".join(spell(piece))[:6]):
            walk.visit(f"/search/complete?q={quote(begun)}")
        for shape in SHAPES[4:]:
            for sort in ("unit", "-score"):
                walk.visit(f"/search/?q={quote(shape.format(piece))}&sort={sort}&page=1")
    assert found == []
    assert walk.found(SECRETS) == {}


def test_a_secret_word_changes_nothing_a_reviewer_is_shown(app: Flask, walked: World) -> None:
    """A query for a hidden name is answered like one for a word nobody ever wrote."""
    client = sign_in_as(app, walked.users[Role.REVIEWER])
    for known, unknown in (
        ("欧阳砚", "欧阳虚"),
        ("泄漏甲单位", "泄漏丙单位"),
        ("0917", "0000"),
        ("作者:欧阳砚", "作者:欧阳虚"),
    ):
        pages = [client.get("/search/", query_string={"q": word}).text for word in (known, unknown)]
        shown = [_without_tokens(page, word) for page, word in zip(pages, (known, unknown), strict=True)]
        assert shown[0] == shown[1]


def test_a_work_of_another_reviewer_is_not_even_counted(app: Flask, walked: World) -> None:
    own, other = (sign_in_as(app, user) for user in (walked.users[Role.REVIEWER], walked.other_reviewer))
    word, unwritten = "第7盏灯", "第9盏灯"
    assert f"/review/{walked.foreign_review.code}" in other.get("/search/", query_string={"q": word}).text
    pages = [own.get("/search/", query_string={"q": text}).text for text in (word, unwritten)]
    shown = [_without_tokens(page, text) for page, text in zip(pages, (word, unwritten), strict=True)]
    # The words of the wider search are what was typed.
    assert shown[0].replace("第7", "第9").replace(quote("第7"), quote("第9")) == shown[1]


def _without_tokens(page: str, word: str) -> str:
    text = re.sub(r'(name="(?:csrf_token|csrf-token)"[^>]*?(?:value|content)=)"[^"]*"', r"\1", page)
    last = word.split(":")[-1]
    for shape in (word, quote(word), quote(word, safe=":"), last, quote(last), html.escape(word)):
        text = text.replace(shape, "WORD")
    return text


def test_no_answer_to_a_form_of_a_reviewer_holds_a_secret(app: Flask, walked: World) -> None:
    walk = Walk(sign_in_as(app, walked.users[Role.REVIEWER]))
    token = read_csrf(walk.client)
    forms: list[dict[str, str]] = [
        {"version": "1", "score-theme": "20"},
        {"version": "1", "score-theme": "21"},
        {"version": "9", "score-theme": "999"},
        {"version": "1", "act": "later"},
        {"version": "1", "reason": ""},
        {"version": "2", "act": "submit", "comment": "好"},
    ]
    count = 0
    for rule in app.url_map.iter_rules():
        label = label_of(app, rule.endpoint)
        if "POST" not in (rule.methods or ()) or rule.endpoint == "account.sign_out":
            continue
        is_refused = label is not None and Role.REVIEWER not in POLICY[label]
        codes = (walked.review.code, walked.submitted_review.code, walked.foreign_review.code)
        for code in codes if "code" in rule.arguments else codes[:1]:
            values = {"code": code, "essay_id": walked.foreign_essay.id, "mark_id": walked.mark_ids[0]}
            if not rule.arguments <= set(values):
                continue
            address = rule.build({name: values[name] for name in rule.arguments})[1]  # type: ignore[index]
            for form in forms[:1] if is_refused else forms:  # it is refused before the form is read
                for headers in ({}, {"X-Requested-With": "fetch"}):
                    answer = walk.client.post(address, data={**form, "csrf_token": token}, headers=headers)
                    walk.answers[f"{count} {address}"] = answer
                    count += 1
                    if is_refused:
                        assert answer.status_code == 404
    walk.follow_links("/review/", limit=len(walk.answers) + 60)
    assert count > 150
    assert walk.found(SECRETS) == {}


def test_a_unit_meets_no_other_unit_no_reviewer_and_no_result_before_its_day(app: Flask, walked: World) -> None:
    walk = Walk(sign_in_as(app, walked.users[Role.UNIT]))
    walk.follow_links()
    for address in list_guesses(app, walked, Role.UNIT):
        walk.visit(address)
    for word in ("灯", "茶", "慕容筝", "作者:慕容*", "单位:枫桥口", "奖项:一等奖", "分数>10", "状态:合格"):
        walk.visit(f"/search/?q={quote(word)}")
    assert walk.found(astuple(OTHER)) == {}
    assert walk.found(("评委甲某", "评委乙某", "pingwei", "一等奖")) == {
        f"/search/?q={quote('奖项:一等奖')}": _echoes("一等奖", walk)
    }
    assert {
        secret
        for secret in (OWN.unit, OWN.author, OWN.phone, OWN.post, OWN.original_name)
        if not _is_seen(walk, secret)
    } == set()


def _echoes(word: str, walk: Walk) -> list[str]:
    """What a page shows of the query itself."""
    return find_secrets(walk.answers[f"/search/?q={quote('奖项:' + word)}"], (word,))


def _is_seen(walk: Walk, secret: str) -> bool:
    return bool(walk.found((secret,)))


def test_the_bureau_does_see_what_a_reviewer_must_not(app: Flask, walked: World) -> None:
    walk = Walk(sign_in_as(app, walked.users[Role.BUREAU]))
    walk.follow_links()
    walk.visit(f"/search/?q={quote('接访大厅')}")
    for who in (OWN, OTHER):
        unseen = {
            secret
            for secret in (who.unit, who.author, who.phone, who.post, who.original_name)
            if not _is_seen(walk, secret)
        }
        assert unseen == set()
