"""Assigning reviewers: as previewed or not at all; what stands, stays."""

from __future__ import annotations

import itertools
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from review_app.domain.actor import Actor, Role
from review_app.domain.assignment import shuffle_queue
from review_app.domain.errors import Closed, Conflict, Invalid, NotAllowed, NotFound
from review_app.domain.essay_state import EssayState
from review_app.models import AuditEntry, EssayTag, Job, Review, Score, Tag, User
from review_app.services.assignments import (
    AssignmentTerms,
    assign_reviews,
    digest_plan,
    plan_reviews,
    unassign_review,
)
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
)

BUREAU = Actor(Role.BUREAU, "李主任", user_id=99)
TERMS = AssignmentTerms(per_essay=2, minimum=2, capacity=None, seed="2020")


class World:
    """Six accepted essays of three units before four reviewers, the first of whom belongs to the first unit."""

    def __init__(self, folder: Path) -> None:
        self.house = make_resources(folder)
        self.contest = build_contest(self.house)
        self.units = [build_unit(self.house, self.contest, code=f"XZ0{number}") for number in range(1, 4)]
        self.essays = [
            build_essay(
                self.house, self.contest, self.units[number % 3], title=f"作品{number}", state=EssayState.ACCEPTED
            )
            for number in range(6)
        ]
        self.reviewers = [
            build_user(self.house, Role.REVIEWER, login=f"ps{number}", unit=None if number else self.units[0])
            for number in range(4)
        ]

    def plan(self, terms=TERMS):
        with self.house.database.read() as session:
            return plan_reviews(session, contest_id=self.contest.id, terms=terms)

    def act(self, call, *, by=BUREAU, now=NOW, **arguments):
        with open_work(self.house.database, actor=by, now=now) as work:
            return call(work, **arguments)

    def assign(self, terms=TERMS, *, digest=None, now=NOW, by=BUREAU, start=0):
        codes = (f"{number:022d}" for number in itertools.count(start))
        return self.act(
            assign_reviews, by=by, now=now, contest_id=self.contest.id, terms=terms,
            digest=digest_plan(self.plan(terms)) if digest is None else digest, draw_code=lambda: next(codes),
        )  # fmt: skip

    def reviews(self):
        with self.house.database.read() as session:
            return session.scalars(select(Review).order_by(Review.reviewer_id, Review.position)).all()

    def pairs(self):
        return {(review.essay_id, review.reviewer_id) for review in self.reviews()}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_what_was_previewed_is_assigned(world):
    plan = world.plan()
    assert world.assign() == 12
    assert world.pairs() == set(plan.pairs)
    assert sorted(review.code for review in world.reviews()) == [f"{number:022d}" for number in range(12)]
    assert {(review.state, review.assigned_at) for review in world.reviews()} == {("assigned", NOW)}
    own = {essay.id for essay in world.essays if essay.unit_id == world.units[0].id}
    assert not {pair for pair in world.pairs() if pair[1] == world.reviewers[0].id and pair[0] in own}


def test_each_queue_is_in_its_own_random_order_and_new_works_follow(world):
    world.assign()
    first = {}
    for reviewer in world.reviewers:
        own = [review for review in world.reviews() if review.reviewer_id == reviewer.id]
        first[reviewer.id] = [review.essay_id for review in own]
        assert [review.position for review in own] == list(range(1, len(own) + 1))
        assert first[reviewer.id] == list(shuffle_queue(first[reviewer.id], f"2020:{reviewer.id}"))
    for number in range(6, 9):
        build_essay(world.house, world.contest, world.units[1], title=f"作品{number}", state=EssayState.ACCEPTED)
    assert world.assign(start=50) == 6
    for reviewer in world.reviewers:
        own = [review for review in world.reviews() if review.reviewer_id == reviewer.id]
        assert [review.essay_id for review in own][: len(first[reviewer.id])] == first[reviewer.id]
        assert [review.position for review in own] == list(range(1, len(own) + 1))


def test_a_second_run_adds_only_what_is_missing_and_keeps_finished_sheets(world):
    done = build_review(world.house, world.essays[1], world.reviewers[1], state="submitted", sheet=SheetOf())
    assert world.assign() == 11
    with world.house.database.read() as session:
        assert len(session.scalars(select(Score).where(Score.review_id == done.id)).all()) == 5
    with pytest.raises(Invalid):
        world.assign(start=50)
    assert len(world.reviews()) == 12


def test_a_recused_pair_is_never_given_again_and_is_replaced(world):
    world.assign()
    review = world.reviews()[0]
    with open_work(world.house.database, actor=BUREAU, now=NOW) as work:
        work.session.get_one(Review, review.id).state = "recused"
    plan = world.plan()
    assert len(plan.pairs) == 1
    assert plan.pairs[0][0] == review.essay_id
    assert plan.pairs[0][1] != review.reviewer_id
    world.assign(start=50)
    assert len([pair for pair in world.pairs() if pair[0] == review.essay_id]) == 3


def test_works_that_are_not_accepted_and_closed_accounts_take_no_part(world):
    for state in (EssayState.SUBMITTED, EssayState.RETURNED, EssayState.WITHDRAWN, EssayState.DRAFT):
        build_essay(world.house, world.contest, world.units[1], title=state.value, state=state)
    with open_work(world.house.database, actor=BUREAU, now=NOW) as work:
        work.session.get_one(User, world.reviewers[3].id).is_active = False
    build_user(world.house, Role.UNIT, login="unit-user", unit=world.units[1])
    world.assign()
    assert {pair[0] for pair in world.pairs()} == {essay.id for essay in world.essays}
    assert {pair[1] for pair in world.pairs()} == {reviewer.id for reviewer in world.reviewers[:3]}


def test_a_capacity_leaves_works_unplaced_with_reasons(world):
    terms = AssignmentTerms(per_essay=2, minimum=2, capacity=2, seed="s")
    plan = world.plan(terms)
    assert len(plan.pairs) == 8
    assert sum(2 - item.placed for item in plan.unplaced) == 4
    assert all(item.is_below_minimum for item in plan.unplaced)
    assert world.assign(terms) == 8


@pytest.mark.parametrize("change", ["essay", "reviewer", "review"])
def test_a_world_that_changed_since_the_preview_is_refused(world, change):
    shown = digest_plan(world.plan())
    if change == "essay":
        build_essay(world.house, world.contest, world.units[2], title="刚刚合格", state=EssayState.ACCEPTED)
    elif change == "reviewer":
        build_user(world.house, Role.REVIEWER, login="ps9")
    else:
        build_review(world.house, world.essays[0], world.reviewers[1], state="recused")
    before = world.pairs()
    with pytest.raises(Conflict):
        world.assign(digest=shown)
    assert world.pairs() == before


def test_the_same_seed_gives_the_same_plan_and_another_seed_another(world):
    assert world.plan() == world.plan()
    others = {world.plan(AssignmentTerms(2, 2, None, str(number))).pairs for number in range(5)}
    assert len(others) > 1


def test_after_the_review_has_closed_nothing_is_assigned(world):
    with pytest.raises(Closed):
        world.assign(now=world.contest.review_closes_at + timedelta(seconds=1))
    assert world.reviews() == []


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (AssignmentTerms(0, 1, None, "s"), "per_essay"),
        (AssignmentTerms(16, 1, None, "s"), "per_essay"),
        (AssignmentTerms(3, 4, None, "s"), "minimum"),
        (AssignmentTerms(3, 2, 0, "s"), "capacity"),
        (AssignmentTerms(3, 2, None, " "), "seed"),
        (AssignmentTerms(3, 2, None, "s" * 41), "seed"),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_field(world, terms, field):
    with pytest.raises(Invalid) as caught:
        world.plan(terms)
    assert caught.value.field == field


def test_the_log_holds_what_is_needed_to_repeat_the_draw(world):
    digest = digest_plan(world.plan())
    world.assign()
    with world.house.database.read() as session:
        facts = session.scalars(select(AuditEntry.facts)).all()[-1]
    assert facts == {
        "added": 12, "reviewers": 4, "unplaced": 0, "digest": digest,
        "per_essay": 2, "minimum": 2, "capacity": None, "seed": "2020",
    }  # fmt: skip


def test_a_work_is_taken_back_with_the_draft_and_the_tags_on_it(world):
    essay, reviewer = world.essays[1], world.reviewers[1]
    review = build_review(world.house, essay, reviewer, state="draft", sheet=SheetOf())
    other = build_review(world.house, essay, world.reviewers[2], state="draft", sheet=SheetOf())
    tag = Tag(slug="t", group_key="topic", name_zh="下访", name_en="", position=1)
    add(world.house, tag)
    add(
        world.house,
        EssayTag(essay_id=essay.id, tag_id=tag.id, user_id=reviewer.id, at=NOW),
        EssayTag(essay_id=essay.id, tag_id=tag.id, user_id=world.reviewers[2].id, at=NOW),
    )
    assert world.act(unassign_review, review_id=review.id) == reviewer.id
    with world.house.database.read() as session:
        assert [row.id for row in session.scalars(select(Review))] == [other.id]
        assert {row.review_id for row in session.scalars(select(Score))} == {other.id}
        assert [row.user_id for row in session.scalars(select(EssayTag))] == [world.reviewers[2].id]
        assert [row.object_id for row in session.scalars(select(Job))] == [essay.id]
        assert session.scalars(select(AuditEntry.facts)).all()[-1]["was"] == "draft"


@pytest.mark.parametrize("state", ["submitted", "recused"])
def test_a_sheet_handed_in_or_a_recusal_stays_on_record(world, state):
    review = build_review(world.house, world.essays[1], world.reviewers[1], state=state, sheet=SheetOf())
    with pytest.raises(Conflict):
        world.act(unassign_review, review_id=review.id)
    assert [row.id for row in world.reviews()] == [review.id]


def test_an_unknown_review_is_not_found(world):
    with pytest.raises(NotFound):
        world.act(unassign_review, review_id=12345)


@pytest.mark.parametrize("role", [Role.UNIT, Role.REVIEWER, Role.ANONYMOUS])
def test_only_the_bureau_assigns(world, role):
    review = build_review(world.house, world.essays[1], world.reviewers[1])
    stranger = Actor(role, "某人", user_id=world.reviewers[1].id)
    with pytest.raises(NotAllowed):
        world.assign(by=stranger)
    with pytest.raises(NotAllowed):
        world.act(unassign_review, by=stranger, review_id=review.id)
    assert [row.id for row in world.reviews()] == [review.id]
