"""Acts on a review: drafts, submission, reopening, skipping, stepping back; whose, when and on what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from review_app.domain.actor import Actor, Role
from review_app.domain.errors import Closed, Conflict, Invalid, NotAllowed, NotFound
from review_app.domain.essay_state import EssayState
from review_app.models import AuditEntry, Contest, Criterion, Essay, EssayTag, Job, Review, Score, Tag, User
from review_app.resources import Resources
from review_app.services.reviews import (
    Sheet,
    StaleSheet,
    defer_review,
    recuse_review,
    reopen_review,
    save_draft,
    submit_review,
)
from review_app.work import Work, open_work
from tests.builders import (
    NOW,
    actor_of,
    add,
    build_contest,
    build_essay,
    build_review,
    build_unit,
    build_user,
    make_resources,
)

FULL = {"theme": 225, "real": 200, "value": 160, "lang": 165, "form": 80}
SHEET = Sheet(points_tenths=FULL, comment="", tags=(), flags=())


@dataclass(frozen=True)
class World:
    """One accepted essay before two reviewers."""

    house: Resources
    contest: Contest
    essay: Essay
    reviewer: User
    other: User
    review: Review

    def act(self, call: Callable[..., Any], *, by: Actor | None = None, days_later: float = 0, **arguments: Any) -> Any:
        actor = by or actor_of(self.reviewer)
        with open_work(self.house.database, actor=actor, now=NOW + timedelta(days=days_later)) as work:
            return call(work, **{"code": self.review.code, **arguments})

    def stored(self) -> Review:
        with self.house.database.read() as session:
            return session.get_one(Review, self.review.id)

    def points(self) -> dict[str, int]:
        with self.house.database.read() as session:
            rows = session.execute(
                select(Criterion.key, Score.points_tenths).join(Score, Score.criterion_id == Criterion.id)
            )
            return dict(rows.all())

    def audit(self) -> list[tuple[str, dict[str, Any]]]:
        with self.house.database.read() as session:
            rows = session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "review").order_by(AuditEntry.id))
            return [(row.act, dict(row.facts)) for row in rows]

    def tags_of(self, user: User) -> set[str]:
        with self.house.database.read() as session:
            return set(
                session.scalars(select(Tag.slug).join(EssayTag, EssayTag.tag_id == Tag.id).filter_by(user_id=user.id))
            )

    def set_essay_state(self, state: EssayState) -> None:
        with open_work(self.house.database, actor=actor_of(self.other), now=NOW) as work:
            work.session.get_one(Essay, self.essay.id).state = state.value


@pytest.fixture
def world(tmp_path: Path) -> World:
    house = make_resources(tmp_path)
    contest = build_contest(house)
    essay = build_essay(house, contest, build_unit(house, contest), state=EssayState.ACCEPTED)
    reviewer = build_user(house, Role.REVIEWER, login="r1")
    other = build_user(house, Role.REVIEWER, login="r2")
    review = build_review(house, essay, reviewer)
    add(
        house,
        *(
            Tag(slug=slug, group_key="mechanism", name_zh=slug, name_en=slug, position=place, is_retired=slug == "old")
            for place, slug in enumerate(("fengqiao", "hearing", "old"))
        ),
    )
    return World(house, contest, essay, reviewer, other, review)


def test_a_partial_draft_is_kept_and_numbered(world: World) -> None:
    sheet = Sheet(
        points_tenths={"theme": 225}, comment=" 有细节 \r\n", tags=("fengqiao",), flags=("secret", "nonsense")
    )
    saved = world.act(save_draft, version=1, sheet=sheet)
    stored = world.stored()
    assert (saved.version, saved.saved_at) == (2, NOW)
    assert (stored.state, stored.comment, stored.flags, stored.version) == ("draft", "有细节", ["secret"], 2)
    assert world.points() == {"theme": 225}
    assert world.tags_of(world.reviewer) == {"fengqiao"}


def test_a_draft_replaces_the_one_before_and_only_the_first_is_audited(world: World) -> None:
    world.act(save_draft, version=1, sheet=replace(SHEET, points_tenths={"theme": 200, "real": 100}))
    world.act(save_draft, version=2, sheet=replace(SHEET, points_tenths={"theme": 210, "form": 0}))
    assert world.points() == {"theme": 210, "form": 0}
    assert world.audit() == [("review.begin", {"number": world.essay.blind_number})]


@pytest.mark.parametrize("points", [{"theme": 251}, {"theme": -5}, {"theme": 222}, {"unknown": 10}])
def test_points_outside_the_rubric_change_nothing(world: World, points: dict[str, int]) -> None:
    with pytest.raises(Invalid) as caught:
        world.act(save_draft, version=1, sheet=replace(SHEET, points_tenths=points))
    assert caught.value.field == next(iter(points))
    assert (world.stored().state, world.points(), world.audit()) == ("assigned", {}, [])


def test_a_full_sheet_is_submitted_with_its_points_in_the_audit_log(world: World) -> None:
    total = world.act(submit_review, version=1, sheet=replace(SHEET, flags=("privacy",)))
    stored = world.stored()
    assert (total, stored.state, stored.submitted_at) == (830, "submitted", NOW)
    assert world.points() == FULL
    assert world.audit() == [
        (
            "review.submit",
            {
                "number": world.essay.blind_number,
                "total_tenths": 830,
                "points_tenths": FULL,
                "flags": ["privacy"],
                "before": None,
            },
        )
    ]


def test_a_missing_criterion_stops_the_submission(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        world.act(submit_review, version=1, sheet=replace(SHEET, points_tenths={"theme": 200, "lang": 100}))
    assert caught.value.field == "real"
    assert world.stored().state == "assigned"


@pytest.mark.parametrize(
    ("points", "is_asked"),
    [
        ({"theme": 150, "real": 150, "value": 120, "lang": 120, "form": 60}, False),
        ({"theme": 150, "real": 150, "value": 120, "lang": 120, "form": 55}, True),
        ({"theme": 225, "real": 225, "value": 180, "lang": 180, "form": 90}, False),
        ({"theme": 230, "real": 225, "value": 180, "lang": 180, "form": 90}, True),
    ],
)
def test_totals_under_60_and_over_90_ask_for_ten_characters_of_comment(
    world: World, points: dict[str, int], is_asked: bool
) -> None:
    short = Sheet(points_tenths=points, comment="一二三四五 六七八九", tags=(), flags=())
    if is_asked:
        with pytest.raises(Invalid) as caught:
            world.act(submit_review, version=1, sheet=short)
        assert caught.value.field == "comment"
        short = replace(short, comment=short.comment + "十")
    world.act(submit_review, version=1, sheet=short)
    assert world.stored().state == "submitted"


def test_the_second_of_two_windows_is_told_instead_of_overwriting(world: World) -> None:
    world.act(save_draft, version=1, sheet=replace(SHEET, points_tenths={"theme": 200}))
    for act in (save_draft, submit_review):
        with pytest.raises(StaleSheet):
            world.act(act, version=1, sheet=SHEET)
    assert world.points() == {"theme": 200}


def test_a_submitted_sheet_is_closed_until_it_is_reopened(world: World) -> None:
    world.act(submit_review, version=1, sheet=SHEET)
    for act, arguments in (
        (save_draft, {"version": 2, "sheet": SHEET}),
        (submit_review, {"version": 2, "sheet": SHEET}),
        (defer_review, {}),
    ):
        with pytest.raises(Conflict):
            world.act(act, **arguments)
    world.act(reopen_review)
    stored = world.stored()
    assert (stored.state, stored.submitted_at, world.points()) == ("draft", None, FULL)
    world.act(submit_review, version=3, sheet=replace(SHEET, points_tenths={**FULL, "form": 75}))
    acts = world.audit()
    assert [name for name, _facts in acts] == ["review.submit", "review.reopen", "review.submit"]
    assert acts[1][1]["total_tenths"] == 830
    assert (acts[2][1]["before"], acts[2][1]["points_tenths"]) == (FULL, {**FULL, "form": 75})


def test_nothing_can_be_reopened_before_it_was_submitted(world: World) -> None:
    with pytest.raises(Conflict):
        world.act(reopen_review)


def test_a_skipped_work_stays_skipped_until_it_is_touched_again(world: World) -> None:
    world.act(save_draft, version=1, sheet=replace(SHEET, comment="先放一放"))
    world.act(defer_review)
    assert (world.stored().is_deferred, world.stored().comment) == (True, "先放一放")
    world.act(save_draft, version=3, sheet=SHEET)
    assert not world.stored().is_deferred


def test_stepping_back_needs_a_reason(world: World) -> None:
    for reason in ("", " \u3000\n", "由" * 201):
        with pytest.raises(Invalid) as caught:
            world.act(recuse_review, reason=reason)
        assert caught.value.field == "reason"
    assert world.stored().state == "assigned"


def test_after_stepping_back_the_work_is_gone_for_this_reviewer_at_once(world: World) -> None:
    world.act(submit_review, version=1, sheet=replace(SHEET, tags=("fengqiao",)))
    world.act(recuse_review, reason="与主人公是亲属")
    stored = world.stored()
    assert (stored.state, stored.recusal_reason, stored.submitted_at) == ("recused", "与主人公是亲属", None)
    assert world.tags_of(world.reviewer) == set()
    assert world.audit()[-1] == (
        "review.recuse",
        {"number": world.essay.blind_number, "reason": "与主人公是亲属", "was": "submitted"},
    )
    for act, arguments in _ACTS:
        with pytest.raises(NotFound):
            world.act(act, **arguments)


_ACTS: tuple[tuple[Callable[..., Any], dict[str, Any]], ...] = (
    (save_draft, {"version": 1, "sheet": SHEET}),
    (submit_review, {"version": 1, "sheet": SHEET}),
    (reopen_review, {}),
    (defer_review, {}),
    (recuse_review, {"reason": "认识作者本人"}),
)


@pytest.mark.parametrize(("act", "arguments"), _ACTS)
def test_only_the_assigned_reviewer_reaches_a_review(
    world: World, act: Callable[..., Any], arguments: dict[str, Any]
) -> None:
    with pytest.raises(NotFound):
        world.act(act, by=actor_of(world.other), **arguments)
    with pytest.raises(NotFound):
        world.act(act, **{**arguments, "code": "no-such-code"})
    for role in (Role.UNIT, Role.BUREAU, Role.SYSTEM, Role.ANONYMOUS):
        with pytest.raises(NotAllowed):
            world.act(act, by=Actor(role=role, name="某", user_id=world.reviewer.id), **arguments)


@pytest.mark.parametrize(("act", "arguments"), _ACTS)
def test_nothing_changes_after_the_review_has_closed(
    world: World, act: Callable[..., Any], arguments: dict[str, Any]
) -> None:
    last = world.contest.review_closes_at - NOW
    if act is reopen_review:
        world.act(submit_review, version=1, sheet=SHEET)
    before = world.audit()
    with pytest.raises(Closed):
        world.act(act, days_later=(last + timedelta(seconds=1)) / timedelta(days=1), **arguments)
    assert world.audit() == before
    world.act(act, days_later=last / timedelta(days=1), **arguments)


@pytest.mark.parametrize("state", [EssayState.RETURNED, EssayState.WITHDRAWN, EssayState.DISQUALIFIED])
def test_a_work_taken_out_meanwhile_is_frozen(world: World, state: EssayState) -> None:
    world.set_essay_state(state)
    for act, arguments in _ACTS:
        with pytest.raises(Conflict):
            world.act(act, **arguments)
    assert (world.stored().state, world.audit()) == ("assigned", [])


def test_a_review_taken_back_by_the_bureau_is_refused_at_once(world: World) -> None:
    with open_work(world.house.database, actor=actor_of(world.other), now=NOW) as work:
        work.session.delete(work.session.get_one(Review, world.review.id))
    with pytest.raises(NotFound):
        world.act(save_draft, version=1, sheet=SHEET)


def test_tags_are_replaced_as_a_set_and_leave_those_of_others_alone(world: World) -> None:
    build_review(world.house, world.essay, world.other)

    def tag(work: Work, *, code: str, tags: tuple[str, ...]) -> None:
        version = work.session.scalar(select(Review.version).where(Review.code == code))
        assert version is not None
        save_draft(work, code=code, version=version, sheet=replace(SHEET, tags=tags))

    world.act(tag, by=actor_of(world.other), code=f"code-{world.essay.id}-{world.other.id}", tags=("hearing",))
    world.act(tag, tags=("fengqiao", "hearing", "old", "invented", "hearing"))
    assert world.tags_of(world.reviewer) == {"fengqiao", "hearing"}
    world.act(tag, tags=("hearing",))
    world.act(tag, tags=("hearing",))
    assert (world.tags_of(world.reviewer), world.tags_of(world.other)) == ({"hearing"}, {"hearing"})
    with world.house.database.read() as session:
        jobs = session.execute(select(Job.kind, Job.object_id)).all()
    assert jobs == [("index-essay", world.essay.id)] * 3


def test_two_reviewers_of_one_work_keep_their_own_sheets(world: World) -> None:
    build_review(world.house, world.essay, world.other)
    code = f"code-{world.essay.id}-{world.other.id}"
    world.act(submit_review, version=1, sheet=SHEET)
    lower = {"theme": 200, "real": 200, "value": 150, "lang": 150, "form": 70}
    total = world.act(
        submit_review, by=actor_of(world.other), code=code, version=1, sheet=replace(SHEET, points_tenths=lower)
    )
    assert total == 770
    with world.house.database.read() as session:
        rows = session.execute(select(Review.reviewer_id, Score.points_tenths).join(Score)).all()
    totals = {
        user.id: sum(points for owner, points in rows if owner == user.id) for user in (world.reviewer, world.other)
    }
    assert totals == {world.reviewer.id: 830, world.other.id: 770}
