"""What a reviewer's rows hold, whose they are, and in which order he works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from review_app.domain.actor import Role
from review_app.domain.errors import NotFound
from review_app.domain.essay_state import EssayState
from review_app.models import Contest, EssayTag, Tag, Unit, User
from review_app.queries.reviews import (
    QueueState,
    ReviewerEssayRow,
    ReviewRow,
    count_progress,
    count_waiting_reviews,
    find_next_review,
    get_review,
    list_reviewer_essays,
    list_rubric,
)
from review_app.resources import Resources
from review_app.work import open_work
from tests.builders import (
    NOW,
    SheetOf,
    actor_of,
    add,
    build_contest,
    build_essay,
    build_review,
    build_unit,
    build_user,
    make_resources,
)

W, D, L, X = QueueState.WAITING, QueueState.DRAFT, QueueState.LATER, QueueState.DONE
P, R = QueueState.PAUSED, QueueState.RECUSED


class World:
    """A contest with one unit and two reviewers."""

    def __init__(self, folder: Path) -> None:
        self.house: Resources = make_resources(folder)
        self.contest: Contest = build_contest(self.house)
        self.unit: Unit = build_unit(self.house, self.contest)
        self.reviewer: User = build_user(self.house, Role.REVIEWER, login="r1")
        self.other: User = build_user(self.house, Role.REVIEWER, login="r2")

    def give(
        self,
        title: str = "灯下",
        *,
        state: str = "assigned",
        sheet: SheetOf | None = None,
        position: int = 1,
        essay_state: EssayState = EssayState.ACCEPTED,
        is_deferred: bool = False,
    ) -> str:
        essay = build_essay(self.house, self.contest, self.unit, title=title, state=essay_state)
        review = build_review(self.house, essay, self.reviewer, state=state, sheet=sheet, position=position)
        if is_deferred:
            with open_work(self.house.database, actor=actor_of(self.reviewer), now=NOW) as work:
                work.session.merge(review).is_deferred = True
        return review.code

    def queue(self, session: Session) -> tuple[ReviewerEssayRow, ...]:
        return list_reviewer_essays(session, reviewer_id=self.reviewer.id, contest_id=self.contest.id)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with world.house.database.read() as session:
        yield session


def test_the_rows_of_a_reviewer_have_no_place_for_who_wrote_a_work() -> None:
    assert [field.name for field in fields(ReviewerEssayRow)] == [
        "code",
        "blind_number",
        "title",
        "words",
        "state",
        "total_tenths",
    ]
    assert [field.name for field in fields(ReviewRow)] == [
        "code",
        "blind_number",
        "title",
        "subtitle",
        "genre",
        "words",
        "manuscript_key",
        "is_paused",
        "is_submitted",
        "points_tenths",
        "comment",
        "flags",
        "tags",
        "struck",
        "proposed",
        "saved_at",
        "version",
    ]


def test_the_queue_is_in_the_reviewers_own_order_with_every_state(world: World, session: Session) -> None:
    world.give("己", position=6, essay_state=EssayState.RETURNED)
    world.give("甲", position=1, state="submitted", sheet=SheetOf(theme=21.5))
    world.give("丁", position=4, is_deferred=True)
    world.give("乙", position=2, state="draft", sheet=SheetOf())
    world.give("戊", position=5, state="recused")
    world.give("丙", position=3)
    world.give("庚", position=7, state="submitted", sheet=SheetOf(), essay_state=EssayState.WITHDRAWN)
    rows = world.queue(session)
    assert [(row.title, row.state, row.total_tenths) for row in rows] == [
        ("甲", X, 815),
        ("乙", D, 800),
        ("丙", W, None),
        ("丁", L, None),
        ("戊", R, None),
        ("己", P, None),
        ("庚", X, 800),
    ]
    assert count_progress(rows) == (2, 5)
    assert count_waiting_reviews(session, reviewer_id=world.reviewer.id) == 3


def test_another_reviewers_works_and_scores_stay_out(world: World, session: Session) -> None:
    essay = build_essay(world.house, world.contest, world.unit, state=EssayState.ACCEPTED)
    build_review(world.house, essay, world.other, state="submitted", sheet=SheetOf(theme=25))
    own = build_review(world.house, essay, world.reviewer)
    only_his = build_essay(world.house, world.contest, world.unit, title="别人的", state=EssayState.ACCEPTED)
    build_review(world.house, only_his, world.other)
    rows = world.queue(session)
    assert [(row.code, row.total_tenths) for row in rows] == [(own.code, None)]
    assert get_review(session, code=own.code, reviewer_id=world.reviewer.id).points_tenths == {}


def test_a_review_is_found_by_its_reviewer_alone_and_not_after_recusal(world: World, session: Session) -> None:
    code, gone = world.give(), world.give(state="recused")
    assert get_review(session, code=code, reviewer_id=world.reviewer.id).title == "灯下"
    for wrong, who in ((code, world.other), (gone, world.reviewer), ("no-such-code", world.reviewer)):
        with pytest.raises(NotFound):
            get_review(session, code=wrong, reviewer_id=who.id)


def test_a_review_carries_the_own_sheet(world: World, session: Session) -> None:
    code = world.give(state="submitted", sheet=SheetOf(theme=18.5))
    mine, his = (
        Tag(slug=slug, group_key="mechanism", name_zh=slug, name_en=slug, position=place)
        for place, slug in enumerate(("hearing", "fengqiao"))
    )
    add(world.house, mine, his)
    essay_id = int(code.split("-")[1])
    add(
        world.house,
        EssayTag(essay_id=essay_id, tag_id=mine.id, user_id=world.reviewer.id, at=NOW),
        EssayTag(essay_id=essay_id, tag_id=his.id, user_id=world.other.id, at=NOW),
    )
    review = get_review(session, code=code, reviewer_id=world.reviewer.id)
    assert list(review.points_tenths.items()) == [
        ("theme", 185),
        ("real", 200),
        ("value", 160),
        ("lang", 160),
        ("form", 80),
    ]
    assert (review.tags, review.is_submitted, review.is_paused) == (("hearing",), True, False)


def test_the_rubric_is_the_contests_own(world: World, session: Session) -> None:
    rubric = list_rubric(session, contest_id=world.contest.id)
    assert [(criterion.key, criterion.max_points) for criterion in rubric] == [
        ("theme", 25),
        ("real", 25),
        ("value", 20),
        ("lang", 20),
        ("form", 10),
    ]


@pytest.mark.parametrize(
    ("states", "after", "expected"),
    [
        ((W, W, W), None, 0),
        ((X, D, W), None, 1),
        ((W, X, W), 1, 2),
        ((W, X, X), 2, 0),
        ((W, L, L), 0, 1),
        ((L, W, L), 0, 1),
        ((L, X, L), 1, 2),
        ((L, X, P), 1, 0),
        ((X, X, L), 2, None),
        ((X, P, R), 0, None),
        ((), None, None),
    ],
)
def test_the_next_work_is_the_next_open_one_and_skipped_ones_come_last(
    states: tuple[QueueState, ...], after: int | None, expected: int | None
) -> None:
    rows = [ReviewerEssayRow(f"c{place}", "", "", 0, state, None) for place, state in enumerate(states)]
    found = find_next_review(rows, after="" if after is None else f"c{after}")
    assert (found and found.code) == (None if expected is None else f"c{expected}")


def test_the_number_of_statements_does_not_grow_with_the_queue(world: World) -> None:
    def count_statements() -> int:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(world.house.database.engine, "before_cursor_execute", note)
        with world.house.database.read() as session:
            world.queue(session)
        event.remove(world.house.database.engine, "before_cursor_execute", note)
        return len(seen)

    for place in range(3):
        world.give(position=place)
    few = count_statements()
    for place in range(27):
        world.give(position=place + 3, state="submitted", sheet=SheetOf())
    assert count_statements() == few
