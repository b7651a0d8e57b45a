"""The queue page: progress, filters, own totals, its empty and finished states, and a constant number of statements."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from review_app.domain.actor import SYSTEM, Role
from review_app.domain.essay_state import EssayState
from review_app.models import Contest, Unit, User
from review_app.resources import Resources
from review_app.work import open_work
from tests.builders import NOW, SheetOf, build_contest, build_essay, build_review, build_unit, build_user


@pytest.fixture
def contest(house: Resources) -> Contest:
    return build_contest(house, now=datetime.now(UTC))


@pytest.fixture
def unit(house: Resources, contest: Contest) -> Unit:
    return build_unit(house, contest)


@pytest.fixture
def reviewer(house: Resources, contest: Contest) -> User:
    return build_user(house, Role.REVIEWER)


@pytest.fixture
def give(house: Resources, contest: Contest, unit: Unit, reviewer: User) -> Callable[..., str]:
    def assign(title: str, *, position: int, state: str = "assigned", sheet: SheetOf | None = None) -> str:
        essay = build_essay(house, contest, unit, title=title, state=EssayState.ACCEPTED)
        return build_review(house, essay, reviewer, position=position, state=state, sheet=sheet).code

    return assign


def titles(page: str) -> list[str]:
    return re.findall(r'href="/review/[^"?]+(?:\?[^"]*)?" data-open>([^<]*)<', page)


def test_the_queue_shows_progress_the_next_work_and_the_own_distribution(
    give: Callable[..., str], sign_in: Callable[[User], FlaskClient], reviewer: User
) -> None:
    give("丙", position=3)
    following = give("乙", position=2, state="draft", sheet=SheetOf())
    give("甲", position=1, state="submitted", sheet=SheetOf(theme=9.5))
    give("丁", position=4, state="recused")
    page = sign_in(reviewer).get("/review/").text
    assert titles(page) == ["甲", "乙", "丙"]
    assert "丁" in page
    assert "已评 1 / 3" in page
    assert re.search(rf'class="button button-primary" href="/review/{following}">继续评审 \d+ →<', page)
    assert re.findall(r'<a class="chip"[^>]*>([^<]*)</a>', page) == ["全部 4", "未评 1", "草稿 1", "已评 1", "回避 1"]
    assert re.findall(r'col-number">([\d.—]+)</td>\s+</tr>', page) == ["69.5", "—", "—", "—"]
    assert "60–69 分 1 篇" in page
    assert "80–89 分 0 篇" in page


def test_a_filter_keeps_one_state_and_an_unknown_one_keeps_all(
    give: Callable[..., str], sign_in: Callable[[User], FlaskClient], reviewer: User
) -> None:
    give("甲", position=1, state="submitted", sheet=SheetOf())
    code = give("乙", position=2)
    client = sign_in(reviewer)
    page = client.get("/review/?state=waiting").text
    assert titles(page) == ["乙"]
    assert f'href="/review/{code}?state=waiting"' in page
    assert titles(client.get("/review/?state=nonsense").text) == ["甲", "乙"]


def test_before_anything_is_assigned_the_page_says_why_it_is_empty(
    sign_in: Callable[[User], FlaskClient], reviewer: User
) -> None:
    page = sign_in(reviewer).get("/review/").text
    assert "本轮还没有分到作品" in page
    assert "<table" not in page


def test_after_the_end_the_queue_is_read_only(
    house: Resources,
    contest: Contest,
    give: Callable[..., str],
    sign_in: Callable[[User], FlaskClient],
    reviewer: User,
) -> None:
    give("甲", position=1)
    with open_work(house.database, actor=SYSTEM, now=NOW) as work:
        row = work.session.get_one(Contest, contest.id)
        row.closes_at = datetime.now(UTC) - timedelta(days=2)
        row.review_closes_at = datetime.now(UTC) - timedelta(minutes=1)
    page = sign_in(reviewer).get("/review/").text
    assert "评审已截止" in page
    assert "开始评审" not in page
    assert titles(page) == ["甲"]


def test_units_and_the_bureau_do_not_reach_the_reviewers_pages(
    house: Resources, unit: Unit, give: Callable[..., str], sign_in: Callable[[User], FlaskClient], reviewer: User
) -> None:
    code = give("甲", position=1)
    for role in (Role.UNIT, Role.BUREAU):
        client = sign_in(build_user(house, role, unit=unit if role is Role.UNIT else None))
        for path in ("/review/", f"/review/{code}", f"/review/{code}/recuse", f"/review/{code}/pictures/{'0' * 64}"):
            assert client.get(path).status_code == 404
    assert sign_in(reviewer).get(f"/review/{code}").status_code == 200


@pytest.mark.parametrize("path", ["/review/", "/review/code-1-1"])
def test_the_number_of_statements_does_not_grow_with_the_queue(
    house: Resources, give: Callable[..., str], sign_in: Callable[[User], FlaskClient], reviewer: User, path: str
) -> None:
    client = sign_in(reviewer)
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    def count() -> int:
        seen.clear()
        assert client.get(path).status_code == 200
        return len(seen)

    event.listen(house.database.engine, "before_cursor_execute", note)
    for place in range(3):
        give(f"第{place}篇", position=place, state="submitted", sheet=SheetOf())
    few = count()
    for place in range(27):
        give(f"又{place}篇", position=place + 3, state="draft" if place % 2 else "submitted", sheet=SheetOf())
    assert count() == few
