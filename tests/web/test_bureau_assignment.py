"""Assigning reviewers in the browser: preview, apply, take back."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from review_app.domain.actor import Role
from review_app.domain.essay_state import EssayState
from review_app.models import Review
from tests.browsing import read_csrf
from tests.builders import SheetOf, build_contest, build_essay, build_review, build_unit, build_user

TERMS = {"per_essay": "2", "minimum": "2", "capacity": "", "seed": "秋分"}


class Place:
    """Four accepted essays of two units, three reviewers, one of the first unit."""

    def __init__(self, house, now):
        self.house = house
        self.contest = build_contest(house, now=now)
        self.units = [build_unit(house, self.contest, code=f"XZ0{n}", name=f"第{n}镇") for n in (1, 2)]
        self.essays = [
            build_essay(house, self.contest, self.units[n % 2], title=f"作品{n}", state=EssayState.ACCEPTED)
            for n in range(4)
        ]
        self.reviewers = [
            build_user(house, Role.REVIEWER, login=f"ps{n}", name=f"专家{n}", unit=None if n else self.units[0])
            for n in range(3)
        ]

    def reviews(self):
        with self.house.database.read() as session:
            return session.scalars(select(Review)).all()


@pytest.fixture
def place(house, clock):
    return Place(house, clock.now)


@pytest.fixture
def bureau(house, place, sign_in):
    return sign_in(build_user(house, Role.BUREAU, login="bureau", name="李主任"))


def preview(client, **changed):
    return client.get("/bureau/assignment", query_string=TERMS | changed).text


def apply(client, page, **changed):
    data = TERMS | {"digest": re.search(r'name="digest" value="(\w+)"', page)[1], "csrf_token": read_csrf(client)}
    return client.post("/bureau/assignment", data=data | changed)


def test_the_preview_names_loads_exclusions_and_what_changes(place, bureau):
    page = preview(bureau)
    assert "按预览分配 8 篇次" in page
    assert "专家0：本单位（第1镇）的 2 篇不分给本人" in page
    assert place.reviews() == []


def test_what_is_too_little_is_told_in_words(place, bureau):
    page = preview(bureau, per_essay="3", capacity="3")
    assert "1 位因本单位回避" in page
    assert "只有 2 位评审专家可评" in page


def test_the_preview_is_applied_with_random_codes_of_22_characters(place, bureau):
    answer = apply(bureau, preview(bureau))
    assert answer.status_code == 303
    assert "已分配 8 篇次" in bureau.get("/bureau/assignment").text
    codes = [review.code for review in place.reviews()]
    assert len(set(codes)) == 8
    assert {len(code) for code in codes} == {22}
    assert "都已够，不需要新的分配" in preview(bureau)


def test_a_preview_that_no_longer_holds_is_refused(place, bureau):
    page = preview(bureau)
    build_essay(place.house, place.contest, place.units[1], title="刚合格", state=EssayState.ACCEPTED)
    assert apply(bureau, page).status_code == 303
    assert place.reviews() == []
    assert "请重新预览" in bureau.get("/bureau/assignment").text


@pytest.mark.parametrize(
    ("changed", "field"), [({"per_essay": "两"}, "per_essay"), ({"minimum": "9"}, "minimum"), ({"seed": ""}, "seed")]
)
def test_terms_that_cannot_be_are_told_at_their_field(place, bureau, changed, field):
    answer = bureau.get("/bureau/assignment", query_string=TERMS | changed)
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text


def test_a_work_is_taken_back_until_its_sheet_is_handed_in(place, bureau):
    open_review = build_review(place.house, place.essays[1], place.reviewers[1], state="draft", sheet=SheetOf())
    done = build_review(place.house, place.essays[2], place.reviewers[1], state="submitted", sheet=SheetOf())
    page = bureau.get(f"/bureau/assignment/reviewers/{place.reviewers[1].id}").text
    assert page.count("取消分配<") == 1
    for review in (open_review, done):
        bureau.post(f"/bureau/assignment/reviews/{review.id}/take-back", data={"csrf_token": read_csrf(bureau)})
    assert [review.id for review in place.reviews()] == [done.id]


def test_the_page_of_somebody_who_is_no_reviewer_is_not_found(place, bureau):
    user = build_user(place.house, Role.UNIT, login="u1", unit=place.units[0])
    assert bureau.get(f"/bureau/assignment/reviewers/{user.id}").status_code == 404


def test_without_reviewers_or_essays_the_page_says_what_is_missing(house, clock, sign_in):
    contest = build_contest(house, now=clock.now)
    client = sign_in(build_user(house, Role.BUREAU, login="bureau"))
    assert "还没有评审专家" in client.get("/bureau/assignment").text
    build_user(house, Role.REVIEWER, login="ps1")
    build_essay(house, contest, build_unit(house, contest))
    assert "还没有通过形式审查的作品" in client.get("/bureau/assignment").text
