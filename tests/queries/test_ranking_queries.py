"""The ranking from real rows: places, what is dropped, ties, who is still missing; the same number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from review_app.domain.actor import Role
from review_app.domain.essay_state import EssayState
from review_app.models import Review
from review_app.queries.contests import get_contest
from review_app.queries.ranking import get_ranking, list_sheet_notes
from review_app.work import open_work
from tests.builders import NOW, build_contest, build_essay, build_review, build_unit, build_user, make_resources
from tests.scored_world import ScoredWorld, build_scored_world, sheet_of
from tests.web.statements import count_statements


def make_world(tmp_path: Path, totals: Sequence[Any], **facts: Any) -> ScoredWorld:
    return build_scored_world(make_resources(tmp_path), totals, **facts)


def set_reviews(world: ScoredWorld, essay: int, reviewer: int, **values: Any) -> None:
    with open_work(world.house.database, actor=world.actor, now=NOW) as work:
        work.session.execute(
            update(Review)
            .where(Review.essay_id == world.essays[essay].id, Review.reviewer_id == world.panel[reviewer].id)
            .values(**values)
        )


def test_five_sheets_drop_the_highest_and_the_lowest(tmp_path: Path) -> None:
    world = make_world(tmp_path, [(70, 80, 82, 84, 99), (81, 81, 81, 81, 81)], reviewers=5)
    first, second = world.ranking().rows
    assert (first.place.display, first.place.spread_tenths) == ("82.00", 290)
    assert first.place.dropped == (world.panel[4].id, world.panel[0].id)
    assert (second.place.display, second.place.rank) == ("81.00", 2)


def test_ties_are_told_and_found(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90, 80, 80, 70))
    ranking = world.ranking()
    assert [(row.place.rank, row.place.is_tied) for row in ranking.rows] == [
        (1, False),
        (2, True),
        (2, True),
        (4, False),
    ]
    assert ranking.find_ties() == (frozenset({world.essays[1].id, world.essays[2].id}),)


def test_an_essay_without_enough_sheets_stands_below_and_counts_its_pending_ones(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90, 80))
    set_reviews(world, 0, 0, state="draft")
    set_reviews(world, 1, 0, state="recused")
    ranking = world.ranking()
    assert [row.place.rank for row in ranking.rows] == [None, None]
    assert {row.title[-1]: row.pending for row in ranking.rows} == {"1": 1, "2": 0}
    assert len(ranking.unfinished) == 2


def test_only_accepted_essays_are_ranked(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90,))
    for state in EssayState:
        if state is not EssayState.ACCEPTED:
            essay = build_essay(world.house, world.contest, world.units[0], title=state.value, state=state)
            for reviewer in world.panel:
                build_review(world.house, essay, reviewer, state="submitted", sheet=sheet_of(99))
    assert [row.title for row in world.ranking().rows] == ["凤凰岭手记之1"]


def test_the_panel_has_codes_in_a_fixed_order(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90,))
    assert [(one.code, one.name) for one in world.ranking().panel] == [
        ("R1", "评审1"),
        ("R2", "评审2"),
        ("R3", "评审3"),
    ]


def test_the_notes_of_an_essay_come_in_order_of_reviewer(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90, 80))
    set_reviews(world, 0, 2, comment="人物立得住", flags=["privacy"])
    with world.house.database.read() as session:
        notes = list_sheet_notes(session, essay_id=world.essays[0].id)
    assert [(note.comment, note.flags) for note in notes] == [("", ()), ("", ()), ("人物立得住", ("privacy",))]


@pytest.mark.parametrize("essays", [3, 30])
def test_the_ranking_takes_the_same_number_of_statements_however_many_essays(tmp_path: Path, essays: int) -> None:
    house = make_resources(tmp_path)
    contest = build_contest(house)
    unit = build_unit(house, contest)
    reviewer = build_user(house, Role.REVIEWER)
    for number in range(essays):
        essay = build_essay(house, contest, unit, title=f"手记{number}", state=EssayState.ACCEPTED)
        build_review(house, essay, reviewer, state="submitted", sheet=sheet_of(80))
    with house.database.read() as session, count_statements(house) as sent:
        get_ranking(session, contest=get_contest(session))
    assert len(sent) == 9
