"""Marked passages: who may make, remove and settle them, what they tell the index, and that they outlive a version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from compile.manuscript import block_texts
from review_app.domain.errors import Conflict, Invalid, NotFound
from review_app.domain.passages import MarkKind, find_again
from review_app.models import Job, PassageMark
from review_app.queries.marks import count_private_passages, list_bureau_marks, list_reviewer_marks
from review_app.services import marks, reviews
from review_app.services.assignments import unassign_review
from review_app.services.marks import mark_essay, mark_review, remove_mark, remove_review_mark, settle_mark
from review_app.services.reviews import Sheet, submit_review
from tests.builders import make_resources
from tests.case_world import LINES, PRIVATE, SURE, CaseWorld, build_case_world, copy_world, make_manuscript

FULL = {"theme": 225, "real": 200, "value": 160, "lang": 165, "form": 80}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> CaseWorld:
    return build_case_world(make_resources(tmp_path_factory.mktemp("cases")))


@pytest.fixture
def world(built: CaseWorld, tmp_path: Path) -> Iterator[CaseWorld]:
    copied = copy_world(built, tmp_path / "data")
    yield copied
    copied.house.close()


def own_marks(world: CaseWorld, number: int) -> list[tuple[int, str, str]]:
    with world.house.database.read() as session:
        rows = list_reviewer_marks(session, code=world.reviews[number].code, reviewer_id=world.panel[number].id)
    return [(row.ordinal, row.kind.value, row.passage.quote) for row in rows]


def test_a_reviewer_sees_his_own_marks_numbered_by_himself_and_the_bureau_sees_all(world: CaseWorld) -> None:
    for number, quote in ((0, SURE), (1, PRIVATE), (0, PRIVATE)):
        kind = MarkKind.GOOD if quote == SURE else MarkKind.PRIVACY
        mark = world.cut(quote, kind, note="　可作 示范 ")
        world.act(mark_review, by=world.panel[number], code=world.reviews[number].code, mark=mark)
    world.act(mark_essay, essay_id=world.essay.id, mark=world.cut("双方当场签字", MarkKind.DOUBT))
    assert own_marks(world, 0) == [(1, "good", SURE), (2, "privacy", PRIVATE)]
    assert own_marks(world, 1) == [(1, "privacy", PRIVATE)]
    assert own_marks(world, 2) == []
    with world.house.database.read() as session:
        rows = list_bureau_marks(session, essay_id=world.essay.id)
        assert count_private_passages(session, [world.essay.id]) == {world.essay.id: 2}
    assert [(row.by, row.kind.label, row.note, row.version) for row in rows] == [
        ("评审1", "好案例", "可作 示范", 1),
        ("评审2", "隐私", "可作 示范", 1),
        ("评审1", "隐私", "可作 示范", 1),
        ("王科长", "存疑", "", 1),
    ]
    assert world.entries().bureau.marks == ("好案例", "存疑", "隐私")  # type: ignore[union-attr]
    assert not hasattr(world.entries().reviewer, "marks")


def test_the_log_tells_where_a_passage_stood_and_never_what_it_says(world: CaseWorld) -> None:
    world.act(mark_essay, essay_id=world.essay.id, mark=world.cut(PRIVATE, MarkKind.PRIVACY, "写了真名"))
    facts = {"number": world.essay.number, "kind": "privacy", "paragraph": 2, "words": len(PRIVATE)}
    assert world.log("mark.") == [("mark.add", facts)]


def test_a_mark_is_removed_and_put_back_and_the_index_follows(world: CaseWorld) -> None:
    code = world.reviews[0].code
    ordinal = world.act(mark_review, by=world.panel[0], code=code, mark=world.cut(SURE))
    for _again in range(2):
        world.act(remove_review_mark, by=world.panel[0], code=code, ordinal=ordinal)
        assert (own_marks(world, 0), world.entries().bureau.marks) == ([], ())  # type: ignore[union-attr]
    assert world.act(mark_review, by=world.panel[0], code=code, mark=world.cut(PRIVATE)) == 2
    world.act(remove_review_mark, by=world.panel[0], code=code, ordinal=ordinal, is_removed=False)
    assert own_marks(world, 0) == [(1, "good", SURE), (2, "good", PRIVATE)]
    assert [act for act, _facts in world.log("mark.")] == ["mark.add", "mark.remove", "mark.add", "mark.restore"]
    with world.house.database.read() as session:
        jobs = session.scalars(select(Job.object_id).where(Job.kind == "index-essay")).all()
    assert jobs == [world.essay.id] * 4


def test_nobody_reaches_anothers_mark_through_his_own_work(world: CaseWorld) -> None:
    world.act(mark_review, by=world.panel[0], code=world.reviews[0].code, mark=world.cut(SURE))
    for reviewer, code in ((1, world.reviews[1].code), (1, world.reviews[0].code)):
        with pytest.raises(NotFound):
            world.act(remove_review_mark, by=world.panel[reviewer], code=code, ordinal=1)
    with pytest.raises(NotFound):
        world.act(mark_review, by=world.panel[1], code=world.reviews[0].code, mark=world.cut(SURE))
    with pytest.raises(NotFound):
        world.act(remove_mark, essay_id=world.essay.id + 1, mark_id=1)


def test_a_handed_in_sheet_takes_no_marks_until_it_is_reopened(world: CaseWorld) -> None:
    code = world.reviews[0].code
    world.act(mark_review, by=world.panel[0], code=code, mark=world.cut(SURE))
    world.act(submit_review, by=world.panel[0], code=code, version=1, sheet=Sheet(FULL, "", (), ()))
    for call in (
        lambda: world.act(mark_review, by=world.panel[0], code=code, mark=world.cut(PRIVATE)),
        lambda: world.act(remove_review_mark, by=world.panel[0], code=code, ordinal=1),
    ):
        with pytest.raises(Conflict):
            call()
    assert own_marks(world, 0) == [(1, "good", SURE)]
    world.act(reviews.reopen_review, by=world.panel[0], code=code)
    world.act(remove_review_mark, by=world.panel[0], code=code, ordinal=1)
    assert own_marks(world, 0) == []


def test_private_passages_and_doubts_are_settled_and_reopened(world: CaseWorld) -> None:
    mark_id = world.act(mark_essay, essay_id=world.essay.id, mark=world.cut(PRIVATE, MarkKind.PRIVACY))
    good_id = world.act(mark_essay, essay_id=world.essay.id, mark=world.cut(SURE))
    world.act(settle_mark, essay_id=world.essay.id, mark_id=mark_id)
    with world.house.database.read() as session:
        assert count_private_passages(session, [world.essay.id]) == {}
        assert [row.is_settled for row in list_bureau_marks(session, essay_id=world.essay.id)] == [True, False]
    assert world.entries().bureau.marks == ("好案例",)  # type: ignore[union-attr]
    world.act(settle_mark, essay_id=world.essay.id, mark_id=mark_id, is_settled=False)
    assert world.entries().bureau.marks == ("好案例", "隐私")  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        world.act(settle_mark, essay_id=world.essay.id, mark_id=good_id)


def test_marks_go_with_the_reviewer_who_steps_back_or_loses_the_work(world: CaseWorld) -> None:
    for number in (0, 1, 2):
        world.act(mark_review, by=world.panel[number], code=world.reviews[number].code, mark=world.cut(SURE))
    world.act(reviews.recuse_review, by=world.panel[0], code=world.reviews[0].code, reason="认识作者")
    world.act(unassign_review, review_id=world.reviews[1].id)
    with world.house.database.read() as session:
        assert [row.by for row in list_bureau_marks(session, essay_id=world.essay.id)] == ["评审3"]


def test_a_mark_cut_from_a_text_that_was_replaced_meanwhile_is_refused(world: CaseWorld) -> None:
    mark = world.cut(SURE)
    world.rewrite(*LINES, "又补了一段。")
    with pytest.raises(Conflict):
        world.act(mark_essay, essay_id=world.essay.id, mark=mark)


def test_one_person_marks_only_so_many_passages_of_a_work(world: CaseWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "MARKS_PER_PERSON", 1)
    world.act(mark_essay, essay_id=world.essay.id, mark=world.cut(SURE))
    with pytest.raises(Invalid):
        world.act(mark_essay, essay_id=world.essay.id, mark=world.cut(PRIVATE))
    world.act(mark_review, by=world.panel[0], code=world.reviews[0].code, mark=world.cut(PRIVATE))


def test_a_mark_outlives_versions_even_one_in_which_its_passage_is_gone(world: CaseWorld) -> None:
    world.act(mark_essay, essay_id=world.essay.id, mark=world.cut(SURE))
    world.rewrite("另写的标题", "删改得什么也不剩了。")
    edited = SURE.replace("老支书", "老支书李某").replace("一处一处", "逐处")
    for lines, block, is_edited in (
        (("另写的标题", "删改得什么也不剩了。"), None, None),
        ((*LINES[:2], "新添一段。", edited, *LINES[3:]), 3, True),
        (LINES, 2, False),
    ):
        with world.house.database.read() as session:
            (row,) = list_bureau_marks(session, essay_id=world.essay.id)
        place = find_again(row.passage, block_texts(make_manuscript(lines)))
        assert (place and place.block, place and place.is_edited) == (block, is_edited)
    with world.house.database.read() as session:
        assert session.scalars(select(PassageMark.quote)).all() == [SURE]
