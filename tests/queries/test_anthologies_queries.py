"""The book as the compiler gets it: bylines, live numbers, award list, and what speaks against printing it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from compile.manifest import BoardGroup, EditorialBoard, Imprint, ImprintFact, Manifest, TextPart
from compile.manifest_json import dump_manifest
from review_app.domain.book_parts import EDITOR_NOTE, fill_note, find_unknown_places
from review_app.domain.errors import NotFound
from review_app.domain.essay_state import EssayState
from review_app.models import Essay
from review_app.queries.anthologies import (
    Book,
    get_book,
    get_build,
    get_numbers,
    list_book_problems,
)
from review_app.queries.contests import get_contest
from review_app.queries.manifests import make_manifest
from review_app.services import anthologies
from review_app.work import open_work
from tests.builders import NOW, build_essay, make_resources
from tests.scored_world import ScoredWorld, build_scored_world

ON = date(2020, 12, 31)


@pytest.fixture
def world(tmp_path: Path) -> ScoredWorld:
    """Three awarded essays and one accepted without an award; all four in the book."""
    made = build_scored_world(make_resources(tmp_path), (90, 85, 80, 69))
    made.award()
    with open_work(made.house.database, actor=made.actor, now=NOW) as work:
        anthologies.add_works(work, essay_ids=[essay.id for essay in made.essays[:3]], section="获奖作品")
        anthologies.add_works(work, essay_ids=[made.essays[3].id], section="附编")
        anthologies.add_section(work, title="空的一辑")
    return made


def book_of(world: ScoredWorld) -> Book:
    with world.house.database.read() as session:
        return get_book(session, contest=get_contest(session), on=ON)


def change(world: ScoredWorld, number: int, **values: object) -> None:
    with open_work(world.house.database, actor=world.actor, now=NOW) as work:
        essay = work.session.get_one(Essay, world.essays[number].id)
        for name, value in values.items():
            setattr(essay, name, value)


def codes(world: ScoredWorld) -> list[tuple[str, str]]:
    with world.house.database.read() as session:
        contest = get_contest(session)
        book = get_book(session, contest=contest, on=ON)
        found = list_book_problems(book, get_numbers(session, contest=contest, book=book))
    return [(one.work, one.code) for one in found]


def test_the_manifest_holds_sections_with_works_only_and_bylines(world: ScoredWorld) -> None:
    change(world, 0, authors=["李娜", "王强"])
    with world.house.database.read() as session:
        contest = get_contest(session)
        manifest = make_manifest(session, contest=contest, book=get_book(session, contest=contest, on=ON))
    assert [(section.title, len(section.works)) for section in manifest.sections] == [("获奖作品", 3), ("附编", 1)]
    assert manifest.sections[0].works[0].byline == "柳河镇人民政府  李娜、王强"
    assert (manifest.cover_mark, manifest.dated_on.year) == ("内部资料", 2020)


def test_the_award_list_is_in_order_of_award_and_rank(world: ScoredWorld) -> None:
    with world.house.database.read() as session:
        contest = get_contest(session)
        manifest = make_manifest(session, contest=contest, book=get_book(session, contest=contest, on=ON))
    (appendix,) = manifest.appendices
    assert appendix.columns == ("奖项", "题目", "单位", "作者")
    assert appendix.rows == (
        ("一等奖", "凤凰岭手记之1", "柳河镇人民政府", "作者1"),
        ("二等奖", "凤凰岭手记之2", "石桥镇人民政府", "作者2"),
        ("二等奖", "凤凰岭手记之3", "县教育局", "作者3"),
    )


def manifest_with(world: ScoredWorld, **settings: object) -> Manifest:
    with world.house.database.read() as session:
        contest = get_contest(session)
        book = get_book(session, contest=contest, on=ON)
        book = replace(book, settings=replace(book.settings, **settings))
        return make_manifest(session, contest=contest, book=book)


def test_a_new_book_has_the_parts_that_need_no_text_of_its_own(world: ScoredWorld) -> None:
    manifest = manifest_with(world)
    assert manifest.back_cover == ("内部资料 免费交流", "清源县信访局")
    assert (manifest.imprint, manifest.board, manifest.notice, manifest.afterword) == (None, None, None, None)
    assert not manifest.has_running_heads
    assert not manifest.has_odd_starts


def test_parts_are_printed_with_their_numbers_where_they_are_switched_on(world: ScoredWorld) -> None:
    typed = {
        "imprint": "准印证号：\n编印单位：{organiser}\n收录{selected}篇。",
        "board": "主任：赵国强\n成员：",
        "notice_title": "通知",
        "notice": "各单位：\n收到{essays}篇。",
        "afterword": "共{awarded}篇获奖。",
        "back_cover": "免费交流",
    }
    names = ("imprint", "board", "notice", "afterword", "back_cover")
    manifest = manifest_with(world, **typed, **{f"has_{name}": True for name in names})
    assert manifest.imprint == Imprint((ImprintFact("编印单位", "清源县信访局"),), ("收录4篇。",))
    assert manifest.board == EditorialBoard((BoardGroup("主任", ("赵国强",)),))
    assert manifest.notice == TextPart("通知", ("各单位：", "收到4篇。"))
    assert manifest.afterword == TextPart("后记", ("共3篇获奖。",))
    assert manifest.back_cover == ("免费交流",)
    off = manifest_with(world, **typed, **{f"has_{name}": False for name in names})
    assert (off.imprint, off.board, off.notice, off.afterword, off.back_cover) == (None, None, None, None, ())
    empty = manifest_with(world, **dict.fromkeys(typed, ""), **{f"has_{name}": True for name in names})
    assert dump_manifest(empty) == dump_manifest(off)


def test_the_list_of_entries_holds_every_accepted_work_in_the_order_of_units(world: ScoredWorld) -> None:
    change(world, 1, state=EssayState.RETURNED.value)
    awards, entries = manifest_with(world, has_entry_list=True).appendices
    assert (awards.title, entries.title) == ("获奖名单", "参评作品目录")
    numbers = [essay.number for essay in world.essays]
    assert entries.rows == (
        (numbers[0], "凤凰岭手记之1", "柳河镇人民政府", "作者1"),
        (numbers[3], "凤凰岭手记之4", "柳河镇人民政府", "作者4"),
        (numbers[2], "凤凰岭手记之3", "县教育局", "作者3"),
    )
    (only,) = manifest_with(world, has_entry_list=True, has_award_list=False).appendices
    assert only == entries


def test_the_numbers_of_the_note_are_counted(world: ScoredWorld) -> None:
    build_essay(world.house, world.contest, world.units[0], state=EssayState.DRAFT)
    build_essay(world.house, world.contest, world.units[0], state=EssayState.RETURNED)
    with world.house.database.read() as session:
        contest = get_contest(session)
        numbers = get_numbers(session, contest=contest, book=get_book(session, contest=contest, on=ON))
    assert numbers == {
        "organiser": "清源县信访局",
        "units": 3,
        "essays": 5,
        "valid": 4,
        "reviewers": 3,
        "awarded": 3,
        "selected": 4,
        "first": 1,
        "second": 2,
        "third": 0,
        "merit": 0,
    }
    assert find_unknown_places(EDITOR_NOTE, numbers) == ()


def test_a_note_is_filled_by_paragraphs_and_unknown_places_stay() -> None:
    assert fill_note("共{units}个单位\n\n  \n{typo}篇{", {"units": 3}) == ("共3个单位", "{typo}篇{")
    assert find_unknown_places("{typo}{units}{typo}", {"units": 3}) == ("typo",)


def test_what_speaks_against_printing_is_named(world: ScoredWorld) -> None:
    numbers = [essay.number for essay in world.essays]
    assert codes(world) == [(numbers[3], "no-award")]
    change(world, 1, state=EssayState.RETURNED.value)
    change(world, 2, title="凤凰岭手记之1", authors=["作者1"])
    assert codes(world) == [(numbers[1], "not-accepted"), (numbers[2], "twice"), (numbers[3], "no-award")]


def test_an_unknown_place_in_a_text_is_named_for_the_book(world: ScoredWorld) -> None:
    for name in ("editor_note", "imprint", "notice", "afterword", "back_cover"):
        with open_work(world.house.database, actor=world.actor, now=NOW) as work:
            anthology, _contest = anthologies.open_anthology(work, None)
            kept = getattr(anthology, name)
            setattr(anthology, name, "共{gold}篇")
        assert ("", "note-place") in codes(world)
        with open_work(world.house.database, actor=world.actor, now=NOW) as work:
            anthology, _contest = anthologies.open_anthology(work, None)
            setattr(anthology, name, kept)
    assert ("", "note-place") not in codes(world)


def test_an_unknown_build_is_not_found(world: ScoredWorld) -> None:
    with world.house.database.read() as session, pytest.raises(NotFound):
        get_build(session, build_id=1)
    assert len(book_of(world).items) == 4
