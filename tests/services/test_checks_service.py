"""The formal check: accept, return with a due date, batches in which each essay stands for itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from review_app.domain.actor import Actor, Role
from review_app.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from review_app.domain.essay_state import EssayState
from review_app.models import AuditEntry, AwardLevel, Contest, Essay, FormalCheck, Job
from review_app.resources import Resources
from review_app.services import checks
from review_app.work import open_work
from tests.builders import NOW, build_contest, build_essay, build_unit, make_resources

BUREAU = Actor(Role.BUREAU, "李主任", user_id=1)


@pytest.fixture
def house(tmp_path: Path) -> Resources:
    return make_resources(tmp_path)


@pytest.fixture
def contest(house: Resources) -> Contest:
    return build_contest(house, closes_in_days=1)


@pytest.fixture
def unit(house, contest):
    return build_unit(house, contest)


def act(house, call, *, by=BUREAU, now=NOW, **arguments):
    with open_work(house.database, actor=by, now=now) as work:
        return call(work, **arguments)


def get(house, essay):
    with house.database.read() as session:
        return session.get_one(Essay, essay.id)


def all_of(house, table):
    with house.database.read() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def version_of(house, essay):
    return get(house, essay).version


def test_an_accepted_essay_is_decided_logged_and_indexed(house, contest, unit):
    essay = build_essay(house, contest, unit)
    act(house, checks.accept_essay, essay_id=essay.id, version=version_of(house, essay))
    assert get(house, essay).state == EssayState.ACCEPTED
    check = all_of(house, FormalCheck)[0]
    assert (check.decision, check.reasons, check.version_id, check.by, check.at) == (
        "accepted", [], essay.latest_version_id, "李主任", NOW,
    )  # fmt: skip
    assert [(job.kind, job.object_id) for job in all_of(house, Job)] == [("index-essay", essay.id)]
    assert [entry.act for entry in all_of(house, AuditEntry)] == ["essay.accept"]


def test_a_returned_essay_has_reasons_a_note_and_a_due_date(house, contest, unit):
    essay = build_essay(house, contest, unit)
    now = datetime(2020, 10, 30, 2, 0, tzinfo=UTC)  # a Friday
    act(
        house, checks.return_essay, now=now, essay_id=essay.id, version=version_of(house, essay),
        codes=["R12", "R03", "R03"], note=" 第 3 段批注未删。 ",
    )  # fmt: skip
    returned = get(house, essay)
    assert returned.state == EssayState.RETURNED
    assert returned.correction_due_at == datetime(
        2020, 11, 6, 15, 59, 59, tzinfo=UTC
    )  # the fifth working day, China time
    check = all_of(house, FormalCheck)[0]
    assert (check.decision, check.reasons, check.note) == ("returned", ["R03", "R12"], "第 3 段批注未删。")
    assert [job.object_id for job in all_of(house, Job)] == [essay.id]


def test_an_accepted_essay_may_still_be_returned_but_not_one_with_an_award(house, contest, unit):
    essay = build_essay(house, contest, unit, state=EssayState.ACCEPTED)
    with open_work(house.database, actor=BUREAU, now=NOW) as work:
        level = work.session.scalars(select(AwardLevel)).first()
        work.session.get_one(Essay, essay.id).award_level_id = level.id
    arguments = {"essay_id": essay.id, "version": version_of(house, essay), "codes": ["R05"], "note": ""}
    with pytest.raises(Conflict):
        act(house, checks.return_essay, **arguments)
    with open_work(house.database, actor=BUREAU, now=NOW) as work:
        work.session.get_one(Essay, essay.id).award_level_id = None
    act(house, checks.return_essay, **arguments | {"version": version_of(house, essay)})
    assert get(house, essay).state == EssayState.RETURNED


@pytest.mark.parametrize(
    ("codes", "note", "field"),
    [([], "请改", "codes"), (["R99"], "", "codes"), (["R14"], " ", "note"), (["R01"], "长" * 1001, "note")],
)
def test_a_return_without_a_real_reason_is_refused_and_changes_nothing(house, contest, unit, codes, note, field):
    essay = build_essay(house, contest, unit)
    with pytest.raises(Invalid) as caught:
        act(house, checks.return_essay, essay_id=essay.id, version=version_of(house, essay), codes=codes, note=note)
    assert caught.value.field == field
    assert get(house, essay).state == EssayState.SUBMITTED
    assert all_of(house, FormalCheck) == all_of(house, Job) == []


def test_a_decision_on_what_was_shown_before_a_change_is_refused(house, contest, unit):
    essay = build_essay(house, contest, unit)
    shown = version_of(house, essay)
    with open_work(house.database, actor=BUREAU, now=NOW) as work:
        work.session.get_one(Essay, essay.id).title = "单位刚刚改过的题目"
    with pytest.raises(Conflict):
        act(house, checks.accept_essay, essay_id=essay.id, version=shown)
    with pytest.raises(Conflict):
        act(house, checks.return_essay, essay_id=essay.id, version=shown, codes=["R01"], note="")
    assert get(house, essay).state == EssayState.SUBMITTED


@pytest.mark.parametrize(
    "state", [EssayState.ACCEPTED, EssayState.RETURNED, EssayState.WITHDRAWN, EssayState.DISQUALIFIED]
)
def test_only_a_submitted_essay_is_accepted(house, contest, unit, state):
    essay = build_essay(house, contest, unit, state=state)
    with pytest.raises(Conflict):
        act(house, checks.accept_essay, essay_id=essay.id, version=version_of(house, essay))
    assert get(house, essay).state == state


def test_in_a_batch_each_essay_stands_for_itself(house, contest, unit):
    good = [build_essay(house, contest, unit, title=f"好稿{number}") for number in range(3)]
    withdrawn = build_essay(house, contest, unit, title="撤回", state=EssayState.WITHDRAWN)
    picked = [good[0].id, withdrawn.id, good[1].id, good[2].id, good[0].id]
    result = act(house, checks.accept_essays, essay_ids=picked)
    assert result.accepted == 3
    assert [(item.essay_id, item.number, "撤回" in str(item.error)) for item in result.refused] == [
        (withdrawn.id, withdrawn.number, True)
    ]
    assert [get(house, essay).state for essay in good] == [EssayState.ACCEPTED] * 3
    assert get(house, withdrawn).state == EssayState.WITHDRAWN


def test_a_draft_is_nobodys_business_but_its_units(house, contest, unit):
    draft = build_essay(house, contest, unit, state=EssayState.DRAFT)
    reopened = build_essay(house, contest, unit, state=EssayState.WITHDRAWN)
    with open_work(house.database, actor=BUREAU, now=NOW) as work:
        work.session.get_one(Essay, reopened.id).state = EssayState.DRAFT
    for essay in (draft, reopened):
        for call, arguments in (
            (checks.accept_essay, {"essay_id": essay.id, "version": version_of(house, essay)}),
            (checks.accept_essays, {"essay_ids": [essay.id]}),
            (checks.return_essay, {"essay_id": essay.id, "version": 1, "codes": ["R01"], "note": ""}),
            (checks.note_original_viewed, {"essay_id": essay.id, "ordinal": 1}),
        ):
            with pytest.raises(NotFound):
                act(house, call, **arguments)


def test_taking_an_original_stands_in_the_log(house, contest, unit):
    essay = build_essay(house, contest, unit)
    act(house, checks.note_original_viewed, essay_id=essay.id, ordinal=1)
    entry = all_of(house, AuditEntry)[0]
    assert (entry.act, entry.actor_name, entry.facts["number"], entry.facts["version"]) == (
        "essay.view_original", "李主任", essay.number, 1,
    )  # fmt: skip
    with pytest.raises(NotFound):
        act(house, checks.note_original_viewed, essay_id=essay.id, ordinal=2)


def test_the_correction_of_a_late_return_is_due_from_that_day(house, contest, unit):
    essay = build_essay(house, contest, unit)
    act(
        house, checks.return_essay, now=contest.closes_at + timedelta(days=30), essay_id=essay.id,
        version=version_of(house, essay), codes=["R08"], note="",
    )  # fmt: skip
    assert get(house, essay).correction_due_at > contest.closes_at + timedelta(days=34)


@pytest.mark.parametrize("role", [Role.UNIT, Role.REVIEWER, Role.ANONYMOUS])
@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (checks.accept_essay, {"essay_id": 1, "version": 1}),
        (checks.accept_essays, {"essay_ids": [1]}),
        (checks.return_essay, {"essay_id": 1, "version": 1, "codes": ["R01"], "note": ""}),
        (checks.note_original_viewed, {"essay_id": 1, "ordinal": 1}),
    ],
)
def test_only_the_bureau_checks(house, contest, unit, role, call, arguments):
    essay = build_essay(house, contest, unit)
    with pytest.raises(NotAllowed):
        act(house, call, by=Actor(role, "某人", user_id=2, unit_id=unit.id), **arguments)
    assert get(house, essay).state == EssayState.SUBMITTED
    with house.database.read() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0
