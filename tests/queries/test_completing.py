"""Completion: words, values and names by characters, pinyin and initials, each only for those who may use them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from review_app.domain.actor import Role
from review_app.domain.query_parser import parse_query
from review_app.queries.completing import MAX_OPTIONS, complete_query
from review_app.queries.lexicon import spell
from tests.builders import NOW, actor_of, make_resources
from tests.worlds import OTHER, OWN, World, build_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    house = make_resources(tmp_path_factory.mktemp("completing"))
    yield build_world(house, now=NOW)
    house.close()


def complete(world: World, head: str, role: Role = Role.BUREAU) -> tuple[str, list[str]]:
    with world.house.database.read() as session:
        found = complete_query(session, actor_of(world.users[role]), head)
    return found.kept, [option.text for option in found.options]


@pytest.mark.parametrize(
    ("head", "kept", "option"),
    [
        ("标", "", "标签:"),
        ("bq", "", "标签:"),
        ("biaoqian", "", "标签:"),
        ("TAG", "", "标签:"),
        ("积案", "", "积案化解"),
        ("jzdt", "", "加装电梯"),
        ("jahj", "", "标签=积案化解"),
        ("河长 -xf", "河长 -", "信访"),
        ("（信访 或 调", "（信访 或 ", "调解"),
        ("标签：jahj", "标签：", "积案化解"),
        ("标签:老旧小区，积", "标签:老旧小区，", "积案化解"),
        ("奖项:yi", "奖项:", "一等奖"),
        ("award=一", "award=", "一等奖"),
        ("状态:", "状态:", "合格"),
        ("体裁:tx", "体裁:", "通讯"),
        ("标记:", "标记:", "好案例"),
    ],
)
def test_the_last_word_is_completed(world: World, head: str, kept: str, option: str) -> None:
    found_kept, options = complete(world, head)
    assert found_kept == kept
    assert option in options
    assert len(options) <= MAX_OPTIONS


def test_units_and_people_are_found_by_their_sound(world: World) -> None:
    initials = "".join(part[0] for part in spell(OWN.short_name))
    assert complete(world, initials)[1] == [f"单位={OWN.unit}"]
    assert complete(world, f"单位:{initials}")[1] == [OWN.unit]
    assert complete(world, f"作者:{''.join(spell(OTHER.author))[:6]}")[1] == [OTHER.author, OWN.author]


@pytest.mark.parametrize("head", ["", " ", "“新", "题目:「小", "字数>", "分数:8", "记者:张", "x" * 301, "(", "相似:"])
def test_there_is_nothing_to_say_inside_quotes_and_numbers(world: World, head: str) -> None:
    assert complete(world, head)[1] == []


@pytest.mark.parametrize(
    "head", ["dan", "单位:", "作者:", "zuo", "状态:", "奖项:", OWN.unit[:4], OWN.author[:4], "xlx"]
)
def test_a_reviewer_is_offered_nothing_of_units_and_people(world: World, head: str) -> None:
    options = complete(world, head, Role.REVIEWER)[1]
    secrets = (OWN.unit, OWN.short_name, OWN.author, OTHER.unit, OTHER.author, "单位", "作者", "奖", "合格")
    assert [option for option in options if any(secret in option for secret in secrets)] == []


def test_a_unit_is_offered_its_own_authors_only(world: World) -> None:
    assert complete(world, "作者:泄漏", Role.UNIT)[1] == [OWN.author]
    assert complete(world, "单位:", Role.UNIT)[1] == []


@pytest.mark.parametrize("head", ["标", "jahj", "作者:", "题目:", "状态:", "标签:积", "lx", "xf"])
def test_every_option_makes_a_query_that_can_be_read(world: World, head: str) -> None:
    kept, options = complete(world, head)
    assert options
    for option in options:
        text = kept + option
        assert parse_query(text + "甲" if text.endswith(":") else text, audience="bureau").root is not None
