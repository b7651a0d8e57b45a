"""The anthology's order and settings: every change kept, taken back, guarded by its version; builds from order to file."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from compile.manifest_json import dump_manifest
from review_app.anthology_job import run_build
from review_app.domain.actor import SYSTEM, Actor, Role
from review_app.domain.book_parts import BookSettings
from review_app.domain.errors import Conflict, Invalid, NotAllowed
from review_app.domain.essay_state import EssayState
from review_app.domain.selection import Rule
from review_app.domain.tags import DEFAULT_TAGS
from review_app.models import (
    Anthology,
    AnthologyBuild,
    AuditEntry,
    Contest,
    Essay,
    EssayTag,
    EssayVersion,
    Job,
    StoredFile,
    Tag,
)
from review_app.queries.anthologies import Book, BuildRow, get_book, get_build
from review_app.queries.contests import get_contest
from review_app.queries.grouping import get_grouping
from review_app.queries.manifests import make_manifest
from review_app.services import anthologies, builds
from review_app.services.anthologies import Arrangement, propose_arrangement
from review_app.services.intake import KeptFile
from review_app.work import open_work
from review_app.worker import Worker
from tests.builders import NOW, build_essay, make_resources
from tests.scored_world import ScoredWorld, build_scored_world
from tests.web.statements import count_statements


@pytest.fixture
def world(tmp_path: Path) -> ScoredWorld:
    return build_scored_world(make_resources(tmp_path), (90, 85, 80, 75, 72))


def act(
    world: ScoredWorld, call: Callable[..., Any], *, by: Actor | None = None, minutes: int = 0, **arguments: Any
) -> Any:
    now = NOW + timedelta(minutes=minutes)
    with open_work(world.house.database, actor=by or world.actor, now=now) as work:
        return call(work, **arguments)


def book_of(world: ScoredWorld) -> Book:
    with world.house.database.read() as session:
        return get_book(session, contest=get_contest(session), on=date(2020, 12, 31))


def order_of(world: ScoredWorld) -> list[tuple[str, list[int]]]:
    """Sections with the numbers of their essays in the world, from 1."""
    places = {essay.id: number for number, essay in enumerate(world.essays, start=1)}
    return [(section.title, [places[item.essay_id] for item in section.items]) for section in book_of(world).sections]


def ids(world: ScoredWorld, *numbers: int) -> list[int]:
    return [world.essays[number - 1].id for number in numbers]


def filled(world: ScoredWorld) -> int:
    """A book with essays 1 2 3 in one section and 4 in another; returns its version."""
    act(world, anthologies.add_works, essay_ids=ids(world, 1, 2, 3), section="第一辑")
    return act(world, anthologies.add_works, essay_ids=ids(world, 4), section="第二辑")[1]


def test_a_book_begins_with_the_contest_and_is_stored_on_its_first_change(world: ScoredWorld) -> None:
    book = book_of(world)
    assert (book.id, book.version, book.settings.title, book.items) == (None, 0, "最美信访干部征文作品汇编", ())
    assert act(world, anthologies.add_works, essay_ids=ids(world, 2), section="") == (1, book_of(world).version)
    assert order_of(world) == [("作品", [2])]


def test_works_already_inside_stay_and_works_not_accepted_do_not_enter(world: ScoredWorld) -> None:
    filled(world)
    draft = build_essay(world.house, world.contest, world.units[0], state=EssayState.SUBMITTED)
    count, _version = act(world, anthologies.add_works, essay_ids=[*ids(world, 1, 5), draft.id, 999], section="第二辑")
    assert count == 1
    assert order_of(world) == [("第一辑", [1, 2, 3]), ("第二辑", [4, 5])]
    with pytest.raises(Invalid):
        act(world, anthologies.add_works, essay_ids=[draft.id], section="第二辑")


def test_each_way_of_moving_is_kept(world: ScoredWorld) -> None:
    version = filled(world)
    version = act(world, anthologies.move_work, version=version, essay_id=ids(world, 3)[0], step="down")
    assert order_of(world) == [("第一辑", [1, 2]), ("第二辑", [3, 4])]
    version = act(world, anthologies.move_work, version=version, essay_id=ids(world, 2)[0], step="out")
    act(world, anthologies.place_work, essay_id=ids(world, 4)[0], section="第一辑", position=1)
    assert order_of(world) == [("第一辑", [4, 1]), ("第二辑", [3])]
    places = [(1, ids(world, 4)[0]), (0, ids(world, 1)[0]), (1, ids(world, 3)[0])]
    version = act(world, anthologies.keep_order, version=book_of(world).version, places=places)
    assert order_of(world) == [("第一辑", [1]), ("第二辑", [4, 3])]
    assert version == book_of(world).version


def test_sections_are_added_renamed_moved_and_removed(world: ScoredWorld) -> None:
    filled(world)
    act(world, anthologies.add_section, title="附编")
    act(world, anthologies.rename_section, section="第一辑", title="山水")
    act(world, anthologies.move_section, section="附编", step="up")
    assert order_of(world) == [("山水", [1, 2, 3]), ("附编", []), ("第二辑", [4])]
    act(world, anthologies.move_section, section="附编", step="out")
    with pytest.raises(Conflict):
        act(world, anthologies.move_section, section="第二辑", step="out")
    with pytest.raises(Invalid):
        act(world, anthologies.rename_section, section="第二辑", title="山水")
    assert order_of(world) == [("山水", [1, 2, 3]), ("第二辑", [4])]


def test_a_template_frames_the_book_until_it_is_cleared(world: ScoredWorld) -> None:
    version = filled(world)
    kept = keep_template(world)
    act(world, anthologies.set_template, version=version, template=kept, name="C:\\模板\\清源\u202e县.docx")
    book = book_of(world)
    assert (book.template_key, book.template_name, book.version) == (kept.key, "清源县.docx", version + 1)
    act(world, anthologies.set_template, version=book.version, template=kept, name="清源县.docx")
    assert book_of(world).version == book.version
    with world.house.database.read() as session:
        manifest = make_manifest(session, contest=get_contest(session), book=book)
        row = session.get_one(StoredFile, kept.key)
    assert (manifest.template_key, row.size_bytes, row.media_type) == (kept.key, kept.size_bytes, kept.media_type)
    assert act(world, anthologies.clear_template, version=book.version) == book.version + 1
    assert act(world, anthologies.clear_template, version=book.version + 1) == book.version + 1
    after = book_of(world)
    assert (after.template_key, after.template_name, after.undo_steps) == (None, "", book.undo_steps)
    with world.house.database.read() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.act.like("%_template")).order_by(AuditEntry.id))
        told = [(entry.act, entry.facts["file"], entry.facts["template"]) for entry in entries]
    assert told == [(f"anthology.{name}_template", "清源县.docx", kept.key) for name in ("set", "clear")]


def test_a_template_set_from_an_older_version_or_by_a_reviewer_changes_nothing(world: ScoredWorld) -> None:
    version = filled(world)
    kept = keep_template(world)
    reviewer = Actor(role=Role.REVIEWER, name="评委", user_id=9)
    for arguments, refusal in (
        ({"version": version - 1}, Conflict),
        ({"version": version, "by": reviewer}, NotAllowed),
    ):
        with pytest.raises(refusal):
            act(world, anthologies.set_template, template=kept, name="模板.docx", **arguments)
        with pytest.raises(refusal):
            act(world, anthologies.clear_template, **arguments)
    assert (book_of(world).template_key, book_of(world).version) == (None, version)
    with world.house.database.read() as session:
        assert session.get(StoredFile, kept.key) is None


def keep_template(world: ScoredWorld) -> KeptFile:
    stored = world.house.files.put(b"PK a template")
    return KeptFile(stored.key, stored.size_bytes, builds.DOCUMENT_TYPE)


def test_an_order_made_from_an_older_version_is_refused_with_who_and_when(world: ScoredWorld) -> None:
    version = filled(world)
    colleague = Actor(role=Role.BUREAU, name="李主任", user_id=77)
    act(world, anthologies.move_work, by=colleague, minutes=31, version=version, essay_id=ids(world, 1)[0], step="down")
    before = order_of(world)
    with pytest.raises(Conflict) as caught:
        act(world, anthologies.move_work, version=version, essay_id=ids(world, 2)[0], step="out")
    assert caught.value.facts == {"who": "李主任", "time": "12:31"}
    with pytest.raises(Conflict):
        act(world, anthologies.keep_order, version=version, places=[(0, one) for one in ids(world, 4, 3, 2, 1)])
    assert order_of(world) == before


def test_changes_are_taken_back_one_by_one(world: ScoredWorld) -> None:
    version = filled(world)
    version = act(world, anthologies.move_work, version=version, essay_id=ids(world, 2)[0], step="out")
    act(world, anthologies.rename_section, section="第二辑", title="附编")
    for expected in (
        [("第一辑", [1, 3]), ("第二辑", [4])],
        [("第一辑", [1, 2, 3]), ("第二辑", [4])],
        [("第一辑", [1, 2, 3])],
        [],
    ):
        act(world, anthologies.undo_change, version=book_of(world).version)
        assert order_of(world) == expected
    with pytest.raises(Conflict):
        act(world, anthologies.undo_change, version=book_of(world).version)


def test_twenty_changes_can_be_taken_back(world: ScoredWorld) -> None:
    for number in range(25):
        act(world, anthologies.add_section, title=f"第{number}辑")
    assert book_of(world).undo_steps == 20


def test_a_move_that_changes_nothing_leaves_no_trace(world: ScoredWorld) -> None:
    version = filled(world)
    with world.house.database.read() as session:
        entries = len(session.scalars(select(AuditEntry)).all())
    assert act(world, anthologies.move_work, version=version, essay_id=ids(world, 1)[0], step="up") == version
    with world.house.database.read() as session:
        assert len(session.scalars(select(AuditEntry)).all()) == entries


def proposed(
    world: ScoredWorld, *, rule: Rule = "award", takes_all: bool = False, current: Sequence[int] = ()
) -> Arrangement:
    ranking = world.ranking()
    with world.house.database.read() as session:
        grouping = get_grouping(session, ranking=ranking, rule=rule)
    return propose_arrangement(ranking, grouping, current=current, takes_all=takes_all)


def test_the_arrangement_follows_the_awards_and_says_what_leaves(world: ScoredWorld) -> None:
    world.award()
    extra = build_essay(world.house, world.contest, world.units[0], title="没有评分", state=EssayState.ACCEPTED)
    act(world, anthologies.add_works, essay_ids=[extra.id, *ids(world, 5)], section="手工挑选")
    current = [item.essay_id for item in book_of(world).items]
    arrangement = proposed(world, current=current)
    assert arrangement.leaving == (extra.id,)
    count, _version = act(world, anthologies.arrange_works, version=book_of(world).version, digest=arrangement.digest)
    assert count == 5
    assert order_of(world) == [("一等奖作品", [1]), ("二等奖作品", [2, 3]), ("三等奖作品", [4, 5])]
    act(world, anthologies.undo_change, version=book_of(world).version)
    assert [item.essay_id for item in book_of(world).items] == current


def test_awards_changed_since_the_preview_stop_the_arrangement(world: ScoredWorld) -> None:
    world.award()
    arrangement = proposed(world)
    with open_work(world.house.database, actor=world.actor, now=NOW) as work:
        work.session.get_one(Essay, ids(world, 1)[0]).award_level_id = None
    with pytest.raises(Conflict):
        act(world, anthologies.arrange_works, version=0, digest=arrangement.digest)


def test_each_rule_has_its_sections_and_is_taken_back_in_one_step(world: ScoredWorld) -> None:
    award_first_three(world)
    version = filled(world)
    before = order_of(world)
    rules: tuple[tuple[Rule, bool, list[tuple[str, list[int]]]], ...] = (
        ("award", True, [("一等奖作品", [1]), ("二等奖作品", [2, 3]), ("其他作品", [4, 5])]),
        ("class", True, [("乡镇", [1, 4, 2, 5]), ("县直单位", [3])]),
        ("class", False, [("乡镇", [1, 2]), ("县直单位", [3])]),
        ("genre", True, [("散文", [4, 3]), ("诗歌", [1]), ("其他作品", [2, 5])]),
        ("topic", True, [("矛盾化解攻坚", [5]), ("带案下访", [1, 2]), ("其他作品", [4, 3])]),
    )
    for rule, takes_all, order in rules:
        digest = proposed(world, rule=rule, takes_all=takes_all, current=ids(world, 1, 2, 3, 4)).digest
        count, version = act(
            world, anthologies.arrange_works, version=version, digest=digest, rule=rule, takes_all=takes_all
        )
        assert order_of(world) == order
        assert count == sum(len(works) for _, works in order)
        with world.house.database.read() as session:
            last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (last.act, last.facts) == (f"anthology.arrange_{rule}", {"works": count})
        act(world, anthologies.undo_change, version=version)
        assert order_of(world) == before
        version = book_of(world).version


def award_first_three(world: ScoredWorld) -> None:
    """Three awards; genres for 1, 3 and 4; topics that stand for 1, 2 and 5, one of a single reviewer for 4."""
    world.award()
    with open_work(world.house.database, actor=world.actor, now=NOW) as work:
        essays = [work.session.get_one(Essay, one) for one in ids(world, 1, 2, 3, 4, 5)]
        for essay in essays[3:]:
            essay.award_level_id = essay.award_rank = None
        for number, genre in ((0, "g-poem"), (2, "g-prose"), (3, "g-prose")):
            essays[number].genre = genre
        tags = {
            tag.slug: Tag(slug=tag.slug, group_key=tag.group, name_zh=tag.name_zh, name_en=tag.name_en, position=place)
            for place, tag in enumerate(DEFAULT_TAGS)
        }
        work.session.add_all(tags.values())
        work.session.flush()
        for number, slug, reviewers in (
            (0, "leader-field-case", 2),
            (0, "d-rural", 3),
            (1, "leader-field-case", 3),
            (1, "mediation", 2),
            (3, "t6-online", 1),
            (4, "t5-resolution", 2),
            (4, "leader-field-case", 2),
        ):
            for reviewer in world.panel[:reviewers]:
                row = EssayTag(essay_id=essays[number].id, tag_id=tags[slug].id, user_id=reviewer.id, at=NOW)
                work.session.add(row)


def test_preview_of_one_rule_does_not_let_another_through(world: ScoredWorld) -> None:
    award_first_three(world)
    digest = proposed(world, rule="class").digest
    with pytest.raises(Conflict):
        act(world, anthologies.arrange_works, version=0, digest=digest, rule="genre")
    with pytest.raises(Conflict):
        act(world, anthologies.arrange_works, version=0, digest=digest, rule="class", takes_all=True)
    assert order_of(world) == []


def settings_of(world: ScoredWorld) -> BookSettings:
    return book_of(world).settings


def test_settings_are_cleaned_and_kept(world: ScoredWorld) -> None:
    typed = replace(settings_of(world), title="  凤凰岭上的灯  ", has_award_list=False, dated_on=date(2020, 12, 1))
    act(world, anthologies.save_settings, version=0, settings=typed)
    kept = settings_of(world)
    assert (kept.title, kept.has_award_list, kept.dated_on) == ("凤凰岭上的灯", False, date(2020, 12, 1))
    with world.house.database.read() as session:
        facts = session.scalars(select(AuditEntry.facts).where(AuditEntry.act == "anthology.settings")).one()
    assert facts == {"changed": ["title", "dated_on", "has_award_list"]}


FAULTS = (
    ("title", " "),
    ("organiser", ""),
    ("title", "长" * 121),
    ("font_profile", "comic"),
    ("editor_note", "共{selecte}篇"),
    ("imprint", "印数：{copies}"),
    ("notice", "截至{day}"),
    ("afterword", "{who}"),
    ("back_cover", "{organizer}"),
    ("back_cover", "长" * 201),
    ("board", "赵国强、李秀兰"),
)


def test_settings_at_fault_name_their_field(world: ScoredWorld) -> None:
    for field, value in FAULTS:
        with pytest.raises(Invalid) as caught:
            act(world, anthologies.save_settings, version=0, settings=replace(settings_of(world), **{field: value}))
        assert caught.value.field == field


def test_a_notice_that_is_printed_needs_a_title(world: ScoredWorld) -> None:
    untitled = replace(settings_of(world), notice_title=" ", notice="各单位：")
    with pytest.raises(Invalid) as caught:
        act(world, anthologies.save_settings, version=0, settings=replace(untitled, has_notice=True))
    assert caught.value.field == "notice_title"
    act(world, anthologies.save_settings, version=0, settings=untitled)
    assert settings_of(world).notice == "各单位："


@pytest.mark.parametrize("role", [Role.ANONYMOUS, Role.UNIT, Role.REVIEWER])
def test_only_the_bureau_edits_the_book(world: ScoredWorld, role: Role) -> None:
    version = filled(world)
    somebody = Actor(role=role, name="某人", user_id=5, unit_id=world.units[0].id)
    work_id = ids(world, 1)[0]
    before = order_of(world)
    for call, arguments in (
        (anthologies.add_works, {"essay_ids": ids(world, 5), "section": "第一辑"}),
        (anthologies.move_work, {"version": version, "essay_id": work_id, "step": "out"}),
        (anthologies.place_work, {"essay_id": work_id, "section": "第二辑", "position": 1}),
        (anthologies.keep_order, {"version": version, "places": [(0, one) for one in ids(world, 4, 3, 2, 1)]}),
        (anthologies.add_section, {"title": "附编"}),
        (anthologies.rename_section, {"section": "第一辑", "title": "附编"}),
        (anthologies.move_section, {"section": "第一辑", "step": "down"}),
        (anthologies.undo_change, {"version": version}),
        (anthologies.arrange_works, {"version": version, "digest": ""}),
        (anthologies.save_settings, {"version": version, "settings": settings_of(world)}),
        (builds.start_build, {"version": version, "manifest": world.house.files.put(b"{}")}),
        (builds.finish_build, {"build_id": 1, "document": None, "report": {}}),
        (builds.keep_rendering, {"build_id": 1, "document": None, "pdf": None, "report": {}}),
    ):
        with pytest.raises(NotAllowed):
            act(world, call, by=somebody, **arguments)
    assert order_of(world) == before


def start(world: ScoredWorld) -> int:
    """Order a build of the book as it stands; returns its id."""
    with world.house.database.read() as session:
        contest = get_contest(session)
        book = get_book(session, contest=contest, on=date(2020, 12, 31))
        manifest = dump_manifest(make_manifest(session, contest=contest, book=book))
    return act(world, builds.start_build, version=book.version, manifest=world.house.files.put(manifest))


def drain(world: ScoredWorld) -> None:
    Worker(world.house, {"build-anthology": run_build, "index-essay": lambda house, jobs: None}).drain()


def build_of(world: ScoredWorld, build_id: int) -> BuildRow:
    with world.house.database.read() as session:
        return get_build(session, build_id=build_id)


def test_a_build_gives_a_document_with_its_report(world: ScoredWorld) -> None:
    filled(world)
    build_id = start(world)
    assert (build_of(world, build_id).job_state, build_of(world, build_id).document_key) == ("waiting", None)
    drain(world)
    build = build_of(world, build_id)
    data = world.house.files.read(build.document_key)
    assert build.job_state == "done"
    assert build.report["works"] == 4
    assert build.report["size_bytes"] == len(data)
    assert build.report["sha256"] == hashlib.sha256(data).hexdigest() == build.document_key
    assert build.report["title"] == "最美信访干部征文作品汇编"


def test_the_same_book_gives_the_same_bytes_and_another_order_gives_others(world: ScoredWorld) -> None:
    version = filled(world)
    first, again = start(world), start(world)
    drain(world)
    act(world, anthologies.move_work, version=version, essay_id=ids(world, 1)[0], step="down")
    other = start(world)
    drain(world)
    keys = [build_of(world, build_id).document_key for build_id in (first, again, other)]
    assert keys[0] == keys[1] != keys[2]
    assert [build_of(world, build_id).ordinal for build_id in (first, again, other)] == [1, 2, 3]


def test_a_work_that_cannot_be_read_is_named_and_the_others_are_built(world: ScoredWorld) -> None:
    filled(world)
    with world.house.database.read() as session:
        essay = session.get_one(Essay, ids(world, 2)[0])
        key = session.get_one(EssayVersion, essay.latest_version_id).manuscript_key
    (world.house.files.root / key[:2] / key).unlink()
    build_id = start(world)
    drain(world)
    build = build_of(world, build_id)
    assert build.report["works"] == 3
    assert [(one["work"], one["code"]) for one in build.report["problems"]] == [(essay.number, "work-missing")]


def test_a_book_of_which_nothing_can_be_read_fails_at_once_and_says_so(world: ScoredWorld) -> None:
    act(world, anthologies.add_works, essay_ids=ids(world, 1), section="第一辑")
    with world.house.database.read() as session:
        essay = session.get_one(Essay, ids(world, 1)[0])
        key = session.get_one(EssayVersion, essay.latest_version_id).manuscript_key
    (world.house.files.root / key[:2] / key).unlink()
    build_id = start(world)
    drain(world)
    build = build_of(world, build_id)
    assert (build.job_state, build.document_key) == ("done", None)
    assert build.report["error"].startswith("没有一篇作品能编入")
    assert build.report["problems"][0]["work"] == essay.number


def test_an_unreadable_manifest_fails_at_once(world: ScoredWorld) -> None:
    version = filled(world)
    build_id = act(world, builds.start_build, version=version, manifest=world.house.files.put(b"{}"))
    drain(world)
    assert build_of(world, build_id).report["error"].startswith("保存的编印清单读不出来")


def test_a_build_cut_off_by_a_restart_goes_on_and_a_finished_one_is_left_alone(world: ScoredWorld) -> None:
    filled(world)
    build_id = start(world)
    with open_work(world.house.database, actor=SYSTEM, now=NOW) as work:
        for job in work.session.scalars(select(Job)):
            job.state, job.tries = "running", 1
    worker = Worker(world.house, {"build-anthology": run_build, "index-essay": lambda house, jobs: None})
    worker.start()
    worker.stop()
    worker = Worker(world.house, {"build-anthology": run_build, "index-essay": lambda house, jobs: None})
    worker.drain()
    key = build_of(world, build_id).document_key
    assert key is not None
    with open_work(world.house.database, actor=SYSTEM, now=NOW) as work:
        work.session.scalars(select(Job)).one().state = "waiting"
    with world.house.database.read() as session:
        entries = len(session.scalars(select(AuditEntry)).all())
    drain(world)
    with world.house.database.read() as session:
        assert len(session.scalars(select(AuditEntry)).all()) == entries
    assert build_of(world, build_id).document_key == key


def test_progress_is_written_at_most_five_times_a_second(tmp_path: Path) -> None:
    world = build_scored_world(make_resources(tmp_path), ())
    works = [
        build_essay(world.house, world.contest, world.units[0], title=f"手记{number}", state=EssayState.ACCEPTED).id
        for number in range(12)
    ]
    act(world, anthologies.add_works, essay_ids=works, section="作品")
    start(world)
    begun = time.monotonic()
    with count_statements(world.house) as sent:
        drain(world)
    seconds = time.monotonic() - begun
    written = [one for one in sent if one.startswith("UPDATE job SET stage")]
    assert 1 <= len(written) <= 1 + 5 * seconds


def test_a_build_needs_a_book_with_works_at_the_version_shown(world: ScoredWorld) -> None:
    manifest = world.house.files.put(b"{}")
    with pytest.raises(Conflict):
        act(world, builds.start_build, version=0, manifest=manifest)
    version = filled(world)
    with pytest.raises(Conflict):
        act(world, builds.start_build, version=version - 1, manifest=manifest)
    with world.house.database.read() as session:
        assert session.scalars(select(AnthologyBuild)).all() == []


def test_the_contest_of_another_year_has_a_book_of_its_own(world: ScoredWorld) -> None:
    filled(world)
    with open_work(world.house.database, actor=world.actor, now=NOW) as work:
        old = work.session.get_one(Contest, world.contest.id)
        facts = {column.key: getattr(old, column.key) for column in Contest.__table__.columns if column.key != "id"}
        work.session.add(Contest(**{**facts, "year": 2021, "version": 1}))
    assert (book_of(world).version, book_of(world).items) == (0, ())
    with world.house.database.read() as session:
        assert len(session.scalars(select(Anthology)).all()) == 1
