"""Awards: from the ranking to the essays, ties, outstanding sheets, taking back; who may and until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from review_app.domain.actor import Actor, Role
from review_app.domain.errors import Closed, Conflict, Invalid, NotAllowed
from review_app.domain.essay_state import EssayState
from review_app.models import AuditEntry, AwardLevel, Contest, Essay, Job, Review, Score, TieDecision
from review_app.queries.ranking import find_award_decision, has_revealed_names
from review_app.services import awards
from review_app.services.awards import propose_awards
from review_app.work import open_work
from tests.builders import NOW, build_essay, build_review, make_resources
from tests.scored_world import ScoredWorld, build_scored_world, sheet_of


def make_world(tmp_path: Path, totals: Any = (90, 85, 80, 75, 72), **facts: Any) -> ScoredWorld:
    return build_scored_world(make_resources(tmp_path), totals, **facts)


def act(world: ScoredWorld, call: Callable[..., Any], *, by: Actor | None = None, **arguments: Any) -> Any:
    with open_work(world.house.database, actor=by or world.actor, now=NOW) as work:
        return call(work, **arguments)


def apply(world: ScoredWorld, *, is_one_per_author: bool = False, **facts: Any) -> int:
    digest = propose_awards(world.ranking(), is_one_per_author=is_one_per_author).digest
    return act(world, awards.apply_awards, digest=digest, is_one_per_author=is_one_per_author, **facts)


def standing(world: ScoredWorld) -> dict[str, tuple[str, int]]:
    with world.house.database.read() as session:
        rows = session.execute(
            select(Essay.title, AwardLevel.key, Essay.award_rank).join(
                AwardLevel, AwardLevel.id == Essay.award_level_id
            )
        )
        return {title[-1]: (key, rank) for title, key, rank in rows}


def change(world: ScoredWorld, kind: Any, row_id: int, **values: Any) -> None:
    with open_work(world.house.database, actor=world.actor, now=NOW) as work:
        row = work.session.get_one(kind, row_id)
        for name, value in values.items():
            setattr(row, name, value)


def entries(world: ScoredWorld, act_name: str) -> list[dict[str, Any]]:
    with world.house.database.read() as session:
        return [dict(row.facts) for row in session.scalars(select(AuditEntry).where(AuditEntry.act == act_name))]


def index_jobs(world: ScoredWorld) -> list[int]:
    with world.house.database.read() as session:
        return sorted(session.scalars(select(Job.object_id).where(Job.kind == "index-essay")))


def test_the_plan_is_written_to_the_essays_with_rank_and_reindexing(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90, 85, 80, 75, 69))
    assert apply(world) == 4
    assert standing(world) == {"1": ("first", 1), "2": ("second", 2), "3": ("second", 3), "4": ("third", 4)}
    assert index_jobs(world) == [essay.id for essay in world.essays[:4]]
    (facts,) = entries(world, "award.apply")
    assert facts["awarded"][0] == [world.essays[0].number, "first", 1]
    assert facts["vacant"] == {"third": 2, "merit": 4}


def test_the_same_data_gives_the_same_proposal(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    assert propose_awards(world.ranking(), is_one_per_author=False) == propose_awards(
        world.ranking(), is_one_per_author=False
    )


def test_scores_changed_since_the_preview_stop_it_and_nothing_is_written(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    digest = propose_awards(world.ranking(), is_one_per_author=False).digest
    with open_work(world.house.database, actor=world.actor, now=NOW) as work:
        work.session.scalars(select(Score)).first().points_tenths += 5
    with pytest.raises(Conflict):
        act(world, awards.apply_awards, digest=digest, is_one_per_author=False)
    assert standing(world) == {}
    assert index_jobs(world) == []


def test_a_changed_quota_or_switch_stops_it_too(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    digest = propose_awards(world.ranking(), is_one_per_author=False).digest
    with pytest.raises(Conflict):
        act(world, awards.apply_awards, digest=digest, is_one_per_author=True)
    with open_work(world.house.database, actor=world.actor, now=NOW) as work:
        work.session.scalars(select(AwardLevel).where(AwardLevel.key == "first")).one().quota = 2
    with pytest.raises(Conflict):
        act(world, awards.apply_awards, digest=digest, is_one_per_author=False)


def test_a_tie_through_a_line_must_be_decided_first(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90, 90, 80))
    with pytest.raises(Conflict):
        apply(world)
    first, second, _third = (essay.id for essay in world.essays)
    act(world, awards.decide_tie, essay_ids=[second, first], reason="终评会议投票 4 比 1")
    apply(world)
    assert standing(world) == {"2": ("first", 1), "1": ("second", 2), "3": ("second", 3)}
    (facts,) = entries(world, "award.decide_tie")
    assert facts == {"order": [world.essays[1].number, world.essays[0].number], "reason": "终评会议投票 4 比 1"}


def test_a_tie_can_be_decided_anew(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90, 90, 80))
    first, second, _third = (essay.id for essay in world.essays)
    act(world, awards.decide_tie, essay_ids=[second, first], reason="初议")
    act(world, awards.decide_tie, essay_ids=[first, second], reason="复议")
    with world.house.database.read() as session:
        rows = session.execute(select(TieDecision.essay_id, TieDecision.position, TieDecision.reason)).all()
    assert sorted(rows) == [(first, 1, "复议"), (second, 2, "复议")]


@pytest.mark.parametrize("picked", [(0, 2), (0,), (0, 0), (0, 1, 2)])
def test_only_works_that_are_tied_can_be_put_in_order(tmp_path: Path, picked: tuple[int, ...]) -> None:
    world = make_world(tmp_path, (90, 90, 80))
    with pytest.raises(Conflict):
        act(world, awards.decide_tie, essay_ids=[world.essays[place].id for place in picked], reason="理由")


def test_a_tie_is_not_decided_without_a_reason(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90, 90))
    with pytest.raises(Invalid) as caught:
        act(world, awards.decide_tie, essay_ids=[essay.id for essay in world.essays], reason=" ")
    assert caught.value.field == "reason"


def test_outstanding_sheets_need_acceptance_and_a_reason(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90, 80), reviewers=4)
    with world.house.database.read() as session:
        review_id = session.scalars(select(Review.id)).first()
    change(world, Review, review_id, state="draft")
    with pytest.raises(Invalid) as caught:
        apply(world, accepts_unfinished=True)
    assert caught.value.field == "reason"
    with pytest.raises(Invalid) as caught:
        apply(world, reason="一位评审专家出差")
    assert caught.value.field == "accepts_unfinished"
    assert apply(world, accepts_unfinished=True, reason="一位评审专家出差") == 2
    assert entries(world, "award.apply")[0]["unfinished"] == 1


def test_an_author_wins_once_but_namesakes_of_other_units_are_other_people(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90, 85, 80, 75))
    # Essays 1 and 4 are of the same unit, 1 and 2 are not.
    for essay in world.essays[:2] + world.essays[3:]:
        change(world, Essay, essay.id, authors=["王芳"])
    apply(world, is_one_per_author=True)
    assert sorted(standing(world)) == ["1", "2", "3"]


def test_awards_applied_again_move_and_a_returned_work_loses_its_award(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90, 85, 80))
    apply(world)
    change(world, Essay, world.essays[0].id, state=EssayState.RETURNED.value)
    apply(world)
    assert standing(world) == {"2": ("first", 1), "3": ("second", 2)}


def test_all_awards_are_taken_back_with_a_reason(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    apply(world)
    with pytest.raises(Invalid):
        act(world, awards.revoke_awards, reason="")
    assert act(world, awards.revoke_awards, reason="名额有误") == 5
    assert standing(world) == {}
    with world.house.database.read() as session:
        assert find_award_decision(session, contest_id=world.contest.id) is None
    with pytest.raises(Conflict):
        act(world, awards.revoke_awards, reason="再撤一次")


def test_nothing_moves_once_the_results_are_public(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90, 90))
    digest = propose_awards(world.ranking(), is_one_per_author=False).digest
    change(world, Contest, world.contest.id, results_at=NOW - timedelta(hours=1))
    ids = [essay.id for essay in world.essays]
    for call, arguments in (
        (awards.apply_awards, {"digest": digest, "is_one_per_author": False}),
        (awards.revoke_awards, {"reason": "理由"}),
        (awards.decide_tie, {"essay_ids": ids, "reason": "理由"}),
    ):
        with pytest.raises(Closed):
            act(world, call, **arguments)


def test_looking_at_names_goes_on_record_once_for_each_person(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90,))
    act(world, awards.reveal_names)
    act(world, awards.reveal_names)
    act(world, awards.reveal_names, by=Actor(role=Role.BUREAU, name="李主任", user_id=999))
    assert len(entries(world, "ranking.reveal")) == 2
    with world.house.database.read() as session:
        assert has_revealed_names(session, contest_id=world.contest.id, user_id=999)
        assert not has_revealed_names(session, contest_id=world.contest.id, user_id=1000)


@pytest.mark.parametrize("role", [Role.ANONYMOUS, Role.UNIT, Role.REVIEWER])
def test_only_the_bureau_decides(tmp_path: Path, role: Role) -> None:
    world = make_world(tmp_path, (90,))
    somebody = Actor(role=role, name="某人", user_id=5, unit_id=world.units[0].id)
    for call, arguments in (
        (awards.apply_awards, {"digest": "", "is_one_per_author": False}),
        (awards.revoke_awards, {"reason": "理由"}),
        (awards.decide_tie, {"essay_ids": [1, 2], "reason": "理由"}),
        (awards.reveal_names, {}),
    ):
        with pytest.raises(NotAllowed):
            act(world, call, by=somebody, **arguments)


def test_an_essay_that_arrives_meanwhile_changes_the_proposal(tmp_path: Path) -> None:
    world = make_world(tmp_path, (90, 80))
    before = propose_awards(world.ranking(), is_one_per_author=False)
    late = build_essay(world.house, world.contest, world.units[0], title="后来的一篇", state=EssayState.ACCEPTED)
    for reviewer in world.panel:
        build_review(world.house, late, reviewer, state="submitted", sheet=sheet_of(95))
    after = propose_awards(world.ranking(), is_one_per_author=False)
    assert after.digest != before.digest
    assert after.levels_by_essay[late.id] == "first"
