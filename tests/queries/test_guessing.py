"""What may have been meant: the same sound, pinyin, initials; of names the audience may see and no others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from review_app.domain.actor import Actor, Role
from review_app.domain.essay_state import EssayState
from review_app.domain.query_parser import parse_query
from review_app.domain.search_terms import render_query
from review_app.domain.search_words import Audience
from review_app.queries.guessing import MAX_GUESSES, list_guesses
from review_app.queries.lexicon import list_names, spell
from review_app.resources import Resources
from tests.builders import NOW, actor_of, make_resources
from tests.worlds import OTHER, OWN, World, build_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    house: Resources = make_resources(tmp_path_factory.mktemp("names"))
    yield build_world(house, now=NOW)
    house.close()


def guess(world: World, actor: Actor, audience: Audience, text: str) -> list[str]:
    with world.house.database.read() as session:
        names = list_names(session, actor, audience)
    return [render_query(found) for found in list_guesses(parse_query(text, audience=audience), names)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("新访", "信访"),
        ("条解", "调解"),
        ("仲才", "仲裁"),
        ("行政符议", "行政复议"),
        ("xinfang", "信访"),
        ("XinFang", "信访"),
        ("jahj", "积案化解"),
        ("新访局的条例", "信访局的条例"),
        ("枫乔经验 -拆迁", "枫桥经验 -拆迁"),
        ("字数>10 新访", "字数>10 信访"),
    ],
)
def test_slips_and_pinyin_are_understood(world: World, text: str, first: str) -> None:
    assert guess(world, actor_of(world.users[Role.BUREAU]), "bureau", text)[0] == first


def test_names_of_units_people_and_titles_are_asked_of_their_fields(world: World) -> None:
    bureau = actor_of(world.users[Role.BUREAU])
    unit = "".join(spell(OWN.unit))
    assert guess(world, bureau, "bureau", unit) == [f"单位={OWN.unit}"]
    assert guess(world, bureau, "bureau", "".join(one[0] for one in spell(OWN.short_name))) == [f"单位={OWN.unit}"]
    assert guess(world, bureau, "bureau", OTHER.author.replace("慕容", "木荣"))[:1] == [f"作者:{OTHER.author}"]
    title = world.essays[EssayState.ACCEPTED].title
    assert f"题目:{title}" in guess(world, bureau, "bureau", title.replace("登记", "等级"))


@pytest.mark.parametrize("text", ["信访", "“新访”", "-新访", "题目:新访", "x", "火箭", "12345", "新访*", ""])
def test_what_is_right_quoted_or_unknown_is_left_alone(world: World, text: str) -> None:
    assert guess(world, actor_of(world.users[Role.BUREAU]), "bureau", text) == []


def test_there_are_not_too_many(world: World) -> None:
    assert len(guess(world, actor_of(world.users[Role.BUREAU]), "bureau", "xin")) <= MAX_GUESSES


def test_everybody_is_offered_only_what_he_may_see(world: World) -> None:
    people = {
        "reviewer": actor_of(world.users[Role.REVIEWER]),
        "unit": actor_of(world.users[Role.UNIT]),
    }
    accepted, foreign = world.essays[EssayState.ACCEPTED].title, world.foreign_essay.title
    unseen = world.essays[EssayState.SUBMITTED].title
    with world.house.database.read() as session:
        names = {audience: list_names(session, actor, audience) for audience, actor in people.items()}  # type: ignore[arg-type]
    texts = {audience: {name.text for name in found} for audience, found in names.items()}
    assert {name.kind for name in names["reviewer"]} == {"term", "tag", "title"}
    assert texts["reviewer"] & {accepted, foreign, unseen, OWN.author, OTHER.unit} == {accepted, foreign}
    assert {name.kind for name in names["unit"]} == {"term", "author", "title"}
    assert texts["unit"] & {accepted, foreign, OWN.author, OTHER.author, OWN.unit} == {accepted, OWN.author}
