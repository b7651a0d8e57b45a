"""The synonyms of the search in the browser: kept, refused with the line, taken back, logged."""

from __future__ import annotations

import re

import pytest

from review_app.domain.actor import Role
from review_app.queries.synonyms import list_synonyms
from tests.browsing import read_csrf
from tests.builders import build_contest, build_user


@pytest.fixture
def bureau(house, clock, sign_in):
    build_contest(house, now=clock.now)
    return sign_in(build_user(house, Role.BUREAU, login="bureau", name="李主任"))


def post(client, text, *, digest=None):
    page = client.get("/bureau/contest/synonyms").text
    digest = digest or re.search(r'name="digest" value="([^"]+)"', page)[1]
    data = {"csrf_token": read_csrf(client), "synonyms": text, "digest": digest}
    return client.post("/bureau/contest/synonyms", data=data)


def kept(house):
    with house.database.read() as session:
        return list_synonyms(session)


def test_a_change_is_kept_logged_and_can_be_taken_back(house, bureau):
    shipped = kept(house)
    assert ("接访", "下访", "走访") in shipped
    answer = post(bureau, "接访、下访\r\n\r\n河长，治水员")
    assert answer.status_code == 303
    assert kept(house) == (("接访", "下访"), ("河长", "治水员"))
    page = bureau.get("/bureau/contest/synonyms").text
    assert ("河长、治水员" in page, "/bureau/contest/synonyms/back" in page) == (True, True)
    assert "添加 接访、下访；河长、治水员，去掉 接访、下访、走访；" in bureau.get("/bureau/audit?kind=search").text
    back = bureau.post("/bureau/contest/synonyms/back", data={"csrf_token": read_csrf(bureau)})
    assert (back.status_code, kept(house)) == (303, shipped)


def test_a_bad_line_is_named_and_what_was_typed_stays(house, bureau):
    shipped = kept(house)
    answer = post(bureau, "接访、下访\n河长")
    assert (answer.status_code, "第 2 行" in answer.text, "河长</textarea>" in answer.text) == (422, True, True)
    assert kept(house) == shipped


def test_a_change_of_another_is_not_overwritten(house, bureau):
    page = bureau.get("/bureau/contest/synonyms").text
    first = re.search(r'name="digest" value="([^"]+)"', page)[1]
    assert post(bureau, "甲词、乙词").status_code == 303
    assert post(bureau, "丙词、丁词", digest=first).status_code == 409
    assert kept(house) == (("甲词", "乙词"),)
    assert post(bureau, "甲词、乙词").status_code == 303
    assert bureau.get("/bureau/audit?act=search.change_synonyms").text.count("修改检索的同义词：") == 1


def test_nothing_to_take_back_is_not_found(bureau):
    assert bureau.post("/bureau/contest/synonyms/back", data={"csrf_token": read_csrf(bureau)}).status_code == 404
