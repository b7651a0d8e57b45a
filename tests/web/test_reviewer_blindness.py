"""Nothing a reviewer can reach tells who wrote a work or what others think of it. The oracle reads raw bytes."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from compile.manuscript import Manuscript, Paragraph, Picture, Run
from compile.manuscript_json import dump_manuscript
from review_app.domain.actor import SYSTEM, Role
from review_app.domain.essay_state import EssayState
from review_app.factory import create_app
from review_app.models import Essay, EssayTag, EssayVersion, PassageMark, Review, Tag, User
from review_app.resources import Resources
from review_app.work import open_work
from tests.builders import (
    NOW,
    SheetOf,
    add,
    build_contest,
    build_essay,
    build_review,
    build_unit,
    build_user,
    make_resources,
    store,
)

FETCH = {"X-Requested-With": "fetch"}
SECRETS = {
    "author": "泄漏作者钱某",
    "unit": "泄漏单位柳坪镇",
    "unit code": "LEAKXZ77",
    "file name": "泄漏文件名定稿.docx",
    "phone": "0550-7777-123",
    "post": "泄漏职务副主任",
    "byline": "泄漏署名孙某",
    "photographer": "泄漏摄影李某",
    "account": "泄漏账号赵某",
    "other reviewer": "泄漏评委吴某",
    "other comment": "泄漏别人的评语",
    "recusal": "泄漏回避理由",
    "other mark": "泄漏别人的划线批注",
    "moment": "2019-03-07",
    "moment in words": "3月7日",
}
OTHER_TOTAL = "43.5"
OTHER_TAG = "别人的标签"


class World:
    """Two works before two reviewers, every row about their origin holding a secret."""

    def __init__(self, house: Resources, *, suffix: str = "") -> None:
        self.house = house
        contest = build_contest(house, now=datetime.now(UTC))
        unit = build_unit(house, contest, code=SECRETS["unit code"] + suffix, name=SECRETS["unit"] + suffix)
        build_user(house, Role.UNIT, login="u1", unit=unit, name=SECRETS["account"] + suffix)
        self.reviewer = build_user(house, Role.REVIEWER, login="r1", name="评委甲")
        self.other = build_user(house, Role.REVIEWER, login="r2", name=SECRETS["other reviewer"])
        planted = datetime(2019, 3, 7, tzinfo=UTC)
        self.codes = []
        for place, title in enumerate(("灯下", "窗口")):
            essay = build_essay(
                house,
                contest,
                unit,
                title=title,
                authors=(SECRETS["author"] + suffix,),
                state=EssayState.ACCEPTED,
                original_name=SECRETS["file name"] + suffix,
                submitted_at=planted,
            )
            self._fill_version(essay, suffix)
            self.codes.append(build_review(house, essay, self.reviewer, position=place).code)
            self._add_other(essay)

    def _fill_version(self, essay: Essay, suffix: str) -> None:
        self.picture_key = store(self.house, b"\xff\xd8\xff only pixels", "image/jpeg")
        picture = Picture(self.picture_key, 4, 3, caption="窗口", photographer=SECRETS["photographer"] + suffix)
        manuscript = Manuscript(title=essay.title, blocks=(Paragraph((Run("正文里没有名字。"),)), picture))
        key = store(self.house, dump_manuscript(manuscript), "application/json")
        with open_work(self.house.database, actor=SYSTEM, now=NOW) as work:
            work.session.get_one(Essay, essay.id).phone = SECRETS["phone"] + suffix
            work.session.get_one(Essay, essay.id).post = SECRETS["post"] + suffix
            version = work.session.get_one(EssayVersion, essay.latest_version_id)
            version.manuscript_key = key
            version.byline = {"authors": [SECRETS["byline"] + suffix]}
            version.words = 8

    def _add_other(self, essay: Essay) -> None:
        sheet = SheetOf(theme=10.5, real=10, value=9, lang=9, form=5)
        review = build_review(self.house, essay, self.other, state="submitted", sheet=sheet)
        slug = f"other-{essay.id}"
        tag = Tag(slug=slug, group_key="mechanism", name_zh=OTHER_TAG, name_en="", position=9)
        add(self.house, tag)
        add(self.house, EssayTag(essay_id=essay.id, tag_id=tag.id, user_id=self.other.id, at=NOW))
        mark = {"kind": "doubt", "block": 0, "start": 0, "end": 3, "quote": "正文里", "before": "", "after": "没有"}
        add(
            self.house,
            PassageMark(
                essay_id=essay.id, user_id=self.other.id, ordinal=1, version_id=essay.latest_version_id,
                note=SECRETS["other mark"], at=NOW, **mark,
            ),
        )  # fmt: skip
        with open_work(self.house.database, actor=SYSTEM, now=NOW) as work:
            row = work.session.get_one(Review, review.id)
            row.comment, row.recusal_reason = SECRETS["other comment"], SECRETS["recusal"]

    def walk(self, client: FlaskClient, token: str) -> Iterator[TestResponse]:
        """Every page, act and refusal of a reviewer, on both works."""
        first, second = self.codes
        sheet = {"score-theme": "22", "score-real": "20", "score-value": "16", "score-lang": "16", "score-form": "8"}
        for path in ("", "?state=waiting", "?state=done", first, f"{first}?state=waiting", f"{first}/recuse"):
            yield client.get(f"/review/{path}")
        yield client.get(f"/review/{first}/marks/new")
        yield client.get(f"/review/{first}/pictures/{self.picture_key}")
        yield client.get(f"/review/{first}/pictures/{'0' * 64}")
        yield client.get("/review/unknown-code")

        def post(path: str, **options: object) -> TestResponse:
            data = {"csrf_token": token, **options}
            return client.post(f"/review/{path}", data=data, headers=FETCH if path.endswith("draft") else {})

        yield post(f"{first}/marks", kind="good", block="0", quote="没有这几个字")
        yield post(f"{first}/marks", kind="good", block="0", quote="没有名字")
        yield client.get(f"/review/{first}")
        yield post(f"{first}/marks/1/remove")
        yield post(f"{first}/marks/1/restore")
        yield post(f"{first}/marks/2/remove")
        yield post(f"{first}/draft", version="1", comment="我的", **{"score-theme": "20"})
        yield post(f"{first}/draft", version="1", comment="我的", **{"score-theme": "21"})
        yield post(f"{first}/draft", version="2", **{"score-theme": "99"})
        yield post(first, act="submit", version="2")
        yield post(first, act="submit", version="1", **sheet)
        yield post(first, act="submit", version="2", **sheet)
        yield post(first, act="submit", version="3", **sheet)
        yield client.get(f"/review/{second}")
        yield client.get(f"/review/{first}")
        yield post(f"{first}/reopen")
        yield post(second, act="later", version="1")
        yield post(f"{second}/recuse", reason="")
        yield post(f"{second}/recuse", reason="认识作者")
        yield client.get(f"/review/{second}")
        yield client.get("/review/")
        yield client.get("/password")
        with open_work(self.house.database, actor=SYSTEM, now=NOW) as work:
            for essay in work.session.scalars(select(Essay)):
                essay.state = EssayState.RETURNED.value
        yield client.get(f"/review/{first}")
        yield post(first, act="submit", version="4", **sheet)
        yield client.get("/review/")


def raw_bytes(answer: TestResponse) -> bytes:
    """Status, headers and body as they leave the server, cookies decoded."""
    headers = str(answer.headers)
    cookies = re.findall(r"review=\.?([A-Za-z0-9_-]+)", headers)
    opened = b" ".join(base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4)) for cookie in cookies)
    return headers.encode() + opened + answer.data


def forms_of(secret: str) -> list[bytes]:
    """The ways a text may hide in bytes."""
    return [
        secret.encode(),
        secret.encode("gbk"),
        secret.encode("utf-16-le"),
        quote(secret).encode(),
        secret.encode("unicode_escape"),
        "".join(f"&#{ord(character)};" for character in secret).encode(),
        base64.b64encode(secret.encode()).rstrip(b"=")[:-1],
    ]


@pytest.fixture
def world(house: Resources) -> World:
    return World(house)


def test_no_page_header_or_refusal_of_a_reviewer_holds_a_planted_secret(
    world: World, sign_in: Callable[[User], FlaskClient], csrf: Callable[[FlaskClient], str]
) -> None:
    client = sign_in(world.reviewer)
    answers = list(world.walk(client, csrf(client)))
    seen = b"\n".join(raw_bytes(answer) for answer in answers)
    found = [name for name, secret in SECRETS.items() for form in forms_of(secret) if form in seen]
    assert found == []
    assert OTHER_TOTAL.encode() not in seen
    assert OTHER_TAG.encode() in seen, "the taxonomy is common to all; that another reviewer chose from it is not"
    assert re.findall(r'data-pinyin="[^"]*" selected', seen.decode(errors="replace")) == []
    assert {answer.status_code for answer in answers} == {200, 303, 404, 409, 422}


def test_the_same_scan_finds_the_secrets_where_they_may_be_seen(
    world: World, sign_in: Callable[[User], FlaskClient]
) -> None:
    client = sign_in(world.other)
    code = world.codes[0].rsplit("-", 1)[0] + f"-{world.other.id}"
    seen = raw_bytes(client.get(f"/review/{code}"))
    assert SECRETS["other comment"].encode() in seen
    assert OTHER_TOTAL.encode() in seen
    with world.house.database.read() as session:
        assert session.scalars(select(Essay.authors)).first() == [SECRETS["author"]]


def test_no_number_of_a_row_and_no_key_of_a_manuscript_stands_in_a_page(
    world: World, sign_in: Callable[[User], FlaskClient]
) -> None:
    with open_work(world.house.database, actor=SYSTEM, now=NOW) as work:
        for essay in work.session.scalars(select(Essay)):
            essay.number = f"2020-XZ-{essay.id:03d}"
        keys = work.session.scalars(select(EssayVersion.manuscript_key)).all()
        numbers = work.session.scalars(select(Essay.number)).all()
    client = sign_in(world.reviewer)
    first = f"/review/{world.codes[0]}"
    for path in ("/review/", first, f"{first}/recuse", f"{first}/marks/new"):
        page = client.get(path).text
        assert [text for text in (*keys, *numbers) if text and text in page] == []
        assert re.findall(r"essay[_-]?id|/essays/\d+|data-id", page) == []


def test_a_strangers_code_answers_exactly_as_a_code_that_never_was(
    world: World, sign_in: Callable[[User], FlaskClient], csrf: Callable[[FlaskClient], str]
) -> None:
    client = sign_in(world.reviewer)
    token = csrf(client)
    foreign = world.codes[0].rsplit("-", 1)[0] + f"-{world.other.id}"
    unknown = "x" * len(foreign)

    def strip(answer: TestResponse, code: str) -> tuple[int, list[tuple[str, str]], str]:
        body = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text).replace(code, "CODE")
        headers = [(name, value) for name, value in answer.headers if name not in ("Date", "Set-Cookie")]
        return answer.status_code, headers, body

    for suffix in ("", "/recuse", "/marks/new", f"/pictures/{world.picture_key}"):
        pair = [strip(client.get(f"/review/{code}{suffix}"), code) for code in (foreign, unknown)]
        assert pair[0][0] == 404
        assert pair[0] == pair[1]
    for suffix in ("", "/draft", "/reopen", "/recuse", "/marks", "/marks/1/remove", "/marks/1/restore"):
        data = {"csrf_token": token, "act": "submit", "version": "1", "reason": "认识作者"}
        pair = [strip(client.post(f"/review/{code}{suffix}", data=data), code) for code in (foreign, unknown)]
        assert pair[0][0] == 404
        assert pair[0] == pair[1]


def test_two_worlds_that_differ_in_who_wrote_what_look_the_same_to_a_reviewer(
    tmp_path: Path,
) -> None:
    scripts = []
    for name, suffix in (("one", "甲"), ("two", "乙丙丁")):
        house = make_resources(tmp_path / name)
        world = World(house, suffix=suffix)
        app = create_app(house.settings, house)
        client = app.test_client()
        token = _token(client.get("/login").text)
        client.post("/login", data={"login": "r1", "password": "correct horse battery", "csrf_token": token})
        answers = world.walk(client, _token(client.get("/password").text))
        scripts.append([(answer.status_code, _without_chance(answer.data)) for answer in answers])
        house.database.dispose()
    assert scripts[0] == scripts[1]


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def _without_chance(body: bytes) -> bytes:
    """A page without tokens and times of day."""
    body = re.sub(rb'name="(csrf_token|request_key)" value="[^"]*"', b"", body)
    return re.sub(rb"\d\d:\d\d", b"HH:MM", body)
