"""Tags that stand: what unit, reviewers and bureau say, what the indexes learn of it, and the taxonomy's own changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from review_app.domain.errors import Conflict, Invalid, NotFound
from review_app.models import EssayTag, Job, Tag
from review_app.queries.reviews import get_review
from review_app.queries.tags import list_essay_tags, list_tags, list_taxonomy
from review_app.services.reviews import Sheet, save_draft
from review_app.services.tags import add_tag, decide_tags, merge_tags, move_tag, rename_tag, retire_tag
from tests.builders import make_resources
from tests.case_world import CaseWorld, build_case_world, copy_world


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> CaseWorld:
    return build_case_world(make_resources(tmp_path_factory.mktemp("cases")))


@pytest.fixture
def world(built: CaseWorld, tmp_path: Path) -> Iterator[CaseWorld]:
    copied = copy_world(built, tmp_path / "data")
    yield copied
    copied.house.close()


def tags_of(world: CaseWorld) -> dict[str, bool]:
    """The tags that were spoken of, and whether they stand."""
    with world.house.database.read() as session:
        rows = list_essay_tags(session, [world.essay.id]).get(world.essay.id, ())
    return {row.slug: row.stands for row in rows}


def test_two_reviewers_make_a_tag_stand_and_the_others_are_proposals(world: CaseWorld) -> None:
    world.say(world.unit_user, "home-visit")
    world.say(world.unit_user, "d-rural")
    for reviewer, slug in ((0, "home-visit"), (1, "home-visit"), (0, "mediation")):
        world.say(world.panel[reviewer], slug)
    world.say(world.panel[2], "d-rural", is_struck=True)
    assert tags_of(world) == {"home-visit": True, "mediation": False, "d-rural": False}
    bureau, reviewer = world.entries().bureau, world.entries().reviewer
    assert bureau is not None
    assert (bureau.tags, bureau.proposed) == (("上门走访",), ("人民调解", "农村土地"))
    assert reviewer is not None
    assert reviewer.tags == ("上门走访", "农村土地"), "what the unit proposed, and nothing of other reviewers"


def test_the_bureau_decides_over_all_and_may_take_it_back(world: CaseWorld) -> None:
    for reviewer in world.panel:
        world.say(reviewer, "home-visit")
    assert world.act(decide_tags, essay_id=world.essay.id, slugs=["home-visit"], decision="strike") == 1
    assert world.act(decide_tags, essay_id=world.essay.id, slugs=["mediation", "nonsense"], decision="set") == 1
    assert tags_of(world) == {"home-visit": False, "mediation": True}
    assert world.act(decide_tags, essay_id=world.essay.id, slugs=["mediation"], decision="set") == 0
    world.act(decide_tags, essay_id=world.essay.id, slugs=["home-visit", "mediation"], decision="clear")
    assert tags_of(world) == {"home-visit": True}
    assert [(act, facts["tags"]) for act, facts in world.log("tag.")] == [
        ("tag.strike", ["上门走访"]),
        ("tag.set", ["人民调解"]),
        ("tag.clear", ["上门走访", "人民调解"]),
    ]


def test_a_genre_is_the_units_to_say_and_a_retired_tag_is_not_set_anew(world: CaseWorld) -> None:
    world.act(retire_tag, slug="mediation")
    assert world.act(decide_tags, essay_id=world.essay.id, slugs=["g-case", "mediation"], decision="set") == 0


def test_a_reviewer_strikes_what_the_unit_proposed_and_nothing_else(world: CaseWorld) -> None:
    world.say(world.unit_user, "home-visit")
    world.say(world.unit_user, "d-rural")
    world.say(world.panel[1], "mediation")
    code = world.reviews[0].code
    sheet = Sheet({}, "", tags=("d-rural",), flags=(), struck=("home-visit", "d-rural", "mediation", "hearing"))
    world.act(save_draft, by=world.panel[0], code=code, version=1, sheet=sheet)
    with world.house.database.read() as session:
        row = get_review(session, code=code, reviewer_id=world.panel[0].id)
        said = session.execute(
            select(Tag.slug, EssayTag.is_struck).join(EssayTag).where(EssayTag.user_id == world.panel[0].id)
        ).all()
    assert (row.tags, row.struck, row.proposed) == (("d-rural",), ("home-visit",), ("home-visit", "d-rural"))
    assert sorted(said) == [("d-rural", False), ("home-visit", True)]
    world.act(save_draft, by=world.panel[0], code=code, version=row.version, sheet=Sheet({}, "", ("home-visit",), ()))
    with world.house.database.read() as session:
        again = get_review(session, code=code, reviewer_id=world.panel[0].id)
    assert (again.tags, again.struck) == (("home-visit",), ())


def test_a_renamed_tag_keeps_its_slug_and_its_works_are_indexed_anew(world: CaseWorld) -> None:
    for reviewer in world.panel[:2]:
        world.say(reviewer, "home-visit")
    assert world.act(rename_tag, slug="home-visit", name_zh=" 登门 走访 ", name_en="Door to door") == 1
    with world.house.database.read() as session:
        tag = session.scalars(select(Tag).where(Tag.slug == "home-visit")).one()
        jobs = session.scalars(select(Job.object_id)).all()
    assert (tag.name_zh, tag.name_en, tag.initials) == ("登门 走访", "Door to door", "dm zf")
    assert jobs == [world.essay.id]
    assert world.entries().bureau.tags == ("登门 走访",)  # type: ignore[union-attr]
    with pytest.raises(Invalid):
        world.act(rename_tag, slug="home-visit", name_zh="领导接访", name_en="")
    with pytest.raises(NotFound):
        world.act(rename_tag, slug="g-case", name_zh="个案", name_en="")


def test_a_retired_tag_leaves_the_pickers_and_stays_on_its_works(world: CaseWorld) -> None:
    for reviewer in world.panel[:2]:
        world.say(reviewer, "home-visit")
    world.act(retire_tag, slug="home-visit")
    with world.house.database.read() as session:
        assert "home-visit" not in {tag.slug for tag in list_tags(session)}
    assert world.entries().bureau.tags == ("上门走访",)  # type: ignore[union-attr]
    world.act(retire_tag, slug="home-visit", is_retired=False)
    with world.house.database.read() as session:
        assert "home-visit" in {tag.slug for tag in list_tags(session)}


def test_a_new_tag_stands_at_the_end_of_its_group_and_moves_within_it(world: CaseWorld) -> None:
    slug = world.act(add_tag, group="leadership", name_zh="书记约访", name_en="")
    assert slug == "own-1"

    def order() -> list[str]:
        with world.house.database.read() as session:
            return [row.slug for row in list_taxonomy(session) if row.group_key in ("leadership", "resolution")]

    assert order()[3:6] == ["leader-owned-case", "own-1", "backlog-resolved"]
    world.act(move_tag, slug="own-1", step="up")
    world.act(move_tag, slug="backlog-resolved", step="up")  # the first of its group stays
    assert order()[3:6] == ["own-1", "leader-owned-case", "backlog-resolved"]
    for group, name in (("leadership", "领导接访"), ("genre", "日记"), ("nonsense", "某某"), ("leadership", "")):
        with pytest.raises(Invalid):
            world.act(add_tag, group=group, name_zh=name, name_en="")


def test_merging_moves_every_voice_once_and_retires_the_first(world: CaseWorld) -> None:
    world.say(world.panel[0], "home-visit")
    world.say(world.panel[1], "home-visit", is_struck=True)
    world.say(world.panel[1], "leader-field-case")
    with pytest.raises(Conflict):
        world.act(merge_tags, slug="home-visit", into="leader-field-case", essays=2)
    assert world.act(merge_tags, slug="home-visit", into="leader-field-case", essays=1) == 1
    assert tags_of(world) == {"leader-field-case": True}, "each of the two said it once"
    with world.house.database.read() as session:
        retired = session.scalars(select(Tag.slug).where(Tag.is_retired.is_(True))).all()
    assert retired == ["home-visit"]
    assert world.log("tag.merge")[0][1] == {
        "name": "上门走访",
        "into": "带案下访",
        "count": 1,
        "works": [world.essay.number],
    }
    for into in ("leader-field-case", "g-case", "nonsense"):
        with pytest.raises((Invalid, NotFound)):
            world.act(merge_tags, slug="leader-field-case", into=into, essays=1)
