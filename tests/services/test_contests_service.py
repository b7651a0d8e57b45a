"""Changing a running contest: deadlines with reasons, panel, quotas, award levels, rubric; what is refused and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from review_app.domain.actor import Actor, Role
from review_app.domain.errors import Conflict, Invalid, NotAllowed
from review_app.domain.essay_state import EssayState
from review_app.models import AuditEntry, AwardLevel, Contest, Criterion, DeadlineChange, Essay, UnitClass
from review_app.resources import Resources
from review_app.services import contests
from review_app.services.contests import AwardTerms, CriterionText, Timetable
from review_app.work import open_work
from tests.builders import (
    NOW,
    SheetOf,
    build_contest,
    build_essay,
    build_review,
    build_unit,
    build_user,
    make_resources,
)

BUREAU = Actor(Role.BUREAU, "李主任", user_id=1)


@pytest.fixture
def house(tmp_path: Path) -> Resources:
    return make_resources(tmp_path)


@pytest.fixture
def contest(house: Resources) -> Contest:
    return build_contest(house, closes_in_days=10, late_days=2)


def act(house, call, *, by=BUREAU, now=NOW, **arguments):
    with open_work(house.database, actor=by, now=now) as work:
        return call(work, **arguments)


def rows(house, table):
    with house.database.read() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def stored(house):
    return rows(house, Contest)[0]


def times_of(contest):
    return Timetable(contest.closes_at, contest.late_until, contest.review_closes_at, contest.ends_at)


def move(house, contest, *, reason="应三个乡镇请求延期", version=1, now=NOW, by=BUREAU, **fields):
    return act(
        house, contests.change_timetable, by=by, now=now, contest_id=contest.id, version=version,
        timetable=replace(times_of(contest), **fields), reason=reason,
    )  # fmt: skip


def test_each_moved_moment_is_kept_with_its_reason_and_its_mover(house, contest):
    later = contest.closes_at + timedelta(days=1)
    assert move(house, contest, closes_at=later, ends_at=contest.ends_at + timedelta(days=5)) == 2
    assert stored(house).closes_at == later
    assert [(row.field, row.old_at, row.new_at, row.reason, row.changed_by) for row in rows(house, DeadlineChange)] == [
        ("closes_at", contest.closes_at, later, "应三个乡镇请求延期", "李主任"),
        ("ends_at", contest.ends_at, contest.ends_at + timedelta(days=5), "应三个乡镇请求延期", "李主任"),
    ]
    entry = rows(house, AuditEntry)[-1]
    assert (entry.act, entry.facts["changes"][0]) == (
        "contest.change_times",
        ["closes_at", contest.closes_at.isoformat(), later.isoformat()],
    )


def test_nothing_moved_keeps_nothing(house, contest):
    assert move(house, contest, reason="") == 0
    assert rows(house, DeadlineChange) == rows(house, AuditEntry) == []


def test_late_works_may_be_closed_to(house, contest):
    move(house, contest, late_until=None)
    assert stored(house).late_until is None
    assert rows(house, DeadlineChange)[0].new_at is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"closes_at": NOW + timedelta(days=13)}, "late_until"),
        ({"closes_at": NOW - timedelta(minutes=1)}, "closes_at"),
        ({"closes_at": NOW - timedelta(days=200)}, "closes_at"),
        ({"review_closes_at": NOW + timedelta(days=5)}, "review_closes_at"),
        ({"ends_at": NOW + timedelta(days=20)}, "ends_at"),
    ],
)
def test_an_order_of_moments_that_cannot_be_is_refused_at_its_field(house, contest, fields, field):
    with pytest.raises(Invalid) as caught:
        move(house, contest, **fields)
    assert caught.value.field == field
    assert times_of(stored(house)) == times_of(contest)


def test_a_change_needs_a_reason(house, contest):
    with pytest.raises(Invalid) as caught:
        move(house, contest, closes_at=contest.closes_at + timedelta(days=1), reason="  ")
    assert caught.value.field == "reason"
    assert rows(house, DeadlineChange) == []


def test_a_deadline_that_has_passed_may_be_moved_to_a_later_day(house, contest):
    after = contest.closes_at + timedelta(days=1)
    move(house, contest, now=after, closes_at=after + timedelta(hours=2))
    assert stored(house).closes_at == after + timedelta(hours=2)


def test_a_change_in_another_window_is_not_overwritten(house, contest):
    move(house, contest, closes_at=contest.closes_at + timedelta(hours=1))
    with pytest.raises(Conflict):
        move(house, contest, ends_at=contest.ends_at + timedelta(days=1))


def test_the_panel_is_set_with_its_minimum(house, contest):
    act(house, contests.change_panel, contest_id=contest.id, version=1, reviews_per_essay=7, minimum_reviews=4)
    assert (stored(house).reviews_per_essay, stored(house).minimum_reviews) == (7, 4)


@pytest.mark.parametrize(
    ("per_essay", "minimum", "field"),
    [(0, 0, "reviews_per_essay"), (16, 3, "reviews_per_essay"), (3, 4, "minimum_reviews"), (3, 0, "minimum_reviews")],
)
def test_a_panel_that_cannot_be_is_refused(house, contest, per_essay, minimum, field):
    with pytest.raises(Invalid) as caught:
        act(
            house, contests.change_panel, contest_id=contest.id, version=1,
            reviews_per_essay=per_essay, minimum_reviews=minimum,
        )  # fmt: skip
    assert caught.value.field == field


def test_quotas_change_by_class_and_only_what_changed_is_logged(house, contest):
    township = rows(house, UnitClass)[0]
    act(house, contests.change_quotas, contest_id=contest.id, quotas={township.id: 2})
    assert [row.quota for row in rows(house, UnitClass)] == [2, 1, 1]
    assert rows(house, AuditEntry)[-1].facts == {"changes": [["乡镇", 1, 2]]}
    act(house, contests.change_quotas, contest_id=contest.id, quotas={township.id: 2})
    assert len(rows(house, AuditEntry)) == 1


def test_a_negative_quota_is_refused_at_its_field(house, contest):
    township = rows(house, UnitClass)[0]
    with pytest.raises(Invalid) as caught:
        act(house, contests.change_quotas, contest_id=contest.id, quotas={township.id: -1})
    assert caught.value.field == f"quota-{township.id}"


def test_award_levels_change_until_awards_are_applied(house, contest):
    first = rows(house, AwardLevel)[0]
    change = {"contest_id": contest.id, "terms": {first.id: AwardTerms(3, 805)}}
    act(house, contests.change_award_levels, **change)
    assert [(row.quota, row.floor_tenths) for row in rows(house, AwardLevel)][:2] == [(3, 805), (2, 700)]
    essay = build_essay(house, contest, build_unit(house, contest), state=EssayState.ACCEPTED)
    with open_work(house.database, actor=BUREAU, now=NOW) as work:
        work.session.get_one(Essay, essay.id).award_level_id = first.id
    with pytest.raises(Conflict):
        act(house, contests.change_award_levels, contest_id=contest.id, terms={first.id: AwardTerms(1, 700)})
    assert rows(house, AwardLevel)[0].quota == 3


def test_a_floor_over_a_hundred_points_is_refused(house, contest):
    first = rows(house, AwardLevel)[0]
    with pytest.raises(Invalid) as caught:
        act(house, contests.change_award_levels, contest_id=contest.id, terms={first.id: AwardTerms(1, 1005)})
    assert (caught.value.field, caught.value.facts["high"]) == (f"floor-{first.id}", 100)


def rubric_with(house, **points):
    return {
        row.id: CriterionText(row.name_zh, row.name_en, row.hint, points.get(row.key, row.max_points))
        for row in rows(house, Criterion)
    }


def test_the_rubric_is_moved_between_criteria_as_long_as_it_makes_a_hundred(house, contest):
    act(house, contests.change_rubric, contest_id=contest.id, lines=rubric_with(house, theme=30, form=5))
    assert [row.max_points for row in rows(house, Criterion)] == [30, 25, 20, 20, 5]
    with pytest.raises(Invalid) as caught:
        act(house, contests.change_rubric, contest_id=contest.id, lines=rubric_with(house, theme=31))
    assert caught.value.facts["total"] == 101
    assert rows(house, Criterion)[0].max_points == 30


def test_the_rubric_is_frozen_by_the_first_points_even_of_a_draft(house, contest):
    essay = build_essay(house, contest, build_unit(house, contest), state=EssayState.ACCEPTED)
    build_review(house, essay, build_user(house, Role.REVIEWER), state="draft", sheet=SheetOf())
    with pytest.raises(Conflict):
        act(house, contests.change_rubric, contest_id=contest.id, lines=rubric_with(house, theme=30, form=5))
    assert [row.max_points for row in rows(house, Criterion)] == [25, 25, 20, 20, 10]


@pytest.mark.parametrize("role", [Role.UNIT, Role.REVIEWER, Role.ANONYMOUS])
@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (contests.change_panel, {"version": 1, "reviews_per_essay": 5, "minimum_reviews": 3}),
        (contests.change_quotas, {"quotas": {1: 2}}),
        (contests.change_award_levels, {"terms": {}}),
        (contests.change_rubric, {"lines": {}}),
        (contests.change_timetable, {"version": 1, "timetable": None, "reason": "x"}),
    ],
)
def test_only_the_bureau_changes_a_contest(house, contest, role, call, arguments):
    with pytest.raises(NotAllowed):
        act(house, call, by=Actor(role, "某人", user_id=2), contest_id=contest.id, **arguments)
    assert rows(house, AuditEntry) == []
