"""The settings of the contest in the browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from review_app.domain.actor import Role
from review_app.domain.calendar import end_of_day, local_day
from review_app.models import AwardLevel, Contest, Criterion, DeadlineChange, UnitClass
from review_app.web.times import local
from tests.browsing import read_csrf
from tests.builders import SheetOf, build_contest, build_essay, build_review, build_unit, build_user


@pytest.fixture
def contest(house, clock):
    return build_contest(house, now=clock.now)


@pytest.fixture
def bureau(house, contest, sign_in):
    return sign_in(build_user(house, Role.BUREAU, login="bureau", name="李主任"))


def typed(moment):
    return "" if moment is None else local(moment).strftime("%Y-%m-%dT%H:%M")


def times(contest, **changed):
    fields = ("closes_at", "late_until", "review_closes_at", "ends_at")
    return {name: typed(getattr(contest, name)) for name in fields} | {"version": contest.version} | changed


def post(client, part, **data):
    return client.post(f"/bureau/contest/{part}", data={"csrf_token": read_csrf(client), **data})


def all_of(house, table):
    with house.database.read() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def test_a_moved_deadline_is_told_to_the_units(house, contest, bureau, sign_in):
    day = local_day(contest.closes_at + timedelta(days=3))
    answer = post(bureau, "times", **times(contest, closes_at=f"{day}T23:59", reason="应两个乡镇请求延期三天"))
    assert answer.status_code == 303
    assert all_of(house, Contest)[0].closes_at == end_of_day(day)
    assert "应两个乡镇请求延期三天" in bureau.get("/bureau/contest").text
    unit_user = build_user(house, Role.UNIT, login="u1", unit=build_unit(house, contest))
    assert "应两个乡镇请求延期三天" in sign_in(unit_user).get("/unit/").text
    moved = all_of(house, DeadlineChange)
    assert [(row.field, row.old_at, row.changed_by) for row in moved] == [("closes_at", contest.closes_at, "李主任")]
    log = bureau.get("/bureau/audit?kind=contest").text
    assert f"截止时间 {local(contest.closes_at):%Y-%m-%d %H:%M} → {day} 23:59" in log


def test_a_form_sent_as_it_came_changes_nothing_not_even_seconds(house, contest, bureau):
    assert post(bureau, "times", **times(contest), reason="").status_code == 303
    assert all_of(house, Contest)[0].closes_at == contest.closes_at
    assert all_of(house, DeadlineChange) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"closes_at": "十月底"}, "closes_at"),
        ({"ends_at": "2020-01-01T10:00"}, "ends_at"),
        ({"closes_at": ""}, "closes_at"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_what_was_typed_stays(house, contest, bureau, changed, field):
    answer = post(bureau, "times", **times(contest, **changed), reason="写了很久的原因")
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert 'value="写了很久的原因"' in answer.text
    assert "<title>错误：" in answer.text


def test_quotas_levels_and_panel_are_set(house, contest, bureau):
    classes, levels = all_of(house, UnitClass), all_of(house, AwardLevel)
    assert post(bureau, "quotas", **{f"quota-{row.id}": "2" for row in classes}).status_code == 303
    assert {row.quota for row in all_of(house, UnitClass)} == {2}
    terms = {f"places-{row.id}": "4" for row in levels} | {f"floor-{row.id}": "72.5" for row in levels}
    assert post(bureau, "levels", **terms).status_code == 303
    assert {(row.quota, row.floor_tenths) for row in all_of(house, AwardLevel)} == {(4, 725)}
    panel = {"version": contest.version, "reviews_per_essay": "7", "minimum_reviews": "5"}
    assert post(bureau, "panel", **panel).status_code == 303
    assert (all_of(house, Contest)[0].reviews_per_essay, all_of(house, Contest)[0].minimum_reviews) == (7, 5)


@pytest.mark.parametrize(("part", "field", "text"), [("quotas", "quota", "两"), ("levels", "floor", "七十")])
def test_a_number_that_is_none_is_told_at_its_field(house, contest, bureau, part, field, text):
    rows = all_of(house, UnitClass if part == "quotas" else AwardLevel)
    data = {f"places-{row.id}": "1" for row in rows} | {f"{field}-{row.id}": text for row in rows}
    answer = post(bureau, part, **data)
    assert answer.status_code == 422
    assert f'id="f-{field}-{rows[0].id}-error"' in answer.text


def rubric(house, **points):
    data = {}
    for row in all_of(house, Criterion):
        data |= {f"name_zh-{row.id}": row.name_zh, f"name_en-{row.id}": row.name_en, f"hint-{row.id}": row.hint}
        data[f"points-{row.id}"] = points.get(row.key, row.max_points)
    return data


def test_the_rubric_is_edited_until_somebody_scores_and_read_only_after(house, contest, bureau):
    assert post(bureau, "rubric", **rubric(house, theme=30, form=5)).status_code == 303
    assert [row.max_points for row in all_of(house, Criterion)] == [30, 25, 20, 20, 5]
    wrong = post(bureau, "rubric", **rubric(house, theme=31))
    assert (wrong.status_code, "现为 101 分" in wrong.text) == (422, True)
    essay = build_essay(house, contest, build_unit(house, contest))
    build_review(house, essay, build_user(house, Role.REVIEWER, login="ps1"), state="draft", sheet=SheetOf(theme=25))
    page = bureau.get("/bureau/contest").text
    assert "评分细则只读" in page
    assert re.findall(r'name="points-\d+"', page) == []
    assert post(bureau, "rubric", **rubric(house, theme=25, form=10)).status_code == 303
    assert [row.max_points for row in all_of(house, Criterion)] == [30, 25, 20, 20, 5]
    assert "评分细则不能再改" in bureau.get("/bureau/contest").text
