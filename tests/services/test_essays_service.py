"""A unit's acts on its essays, under the clock and the states of the contest."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from compile.manuscript import Heading, Manuscript, Paragraph, Run, body_text, with_title
from compile.manuscript_json import load_manuscript
from review_app.domain.actor import Actor, Role
from review_app.domain.errors import Closed, Conflict, Invalid, NotAllowed, NotFound
from review_app.domain.essay_state import EssayState
from review_app.models import AuditEntry, Essay, EssayTag, EssayVersion, FormalCheck, Job, Receipt, Tag
from review_app.queries.essays import UnitEssay, get_latest_receipt, get_unit_essay, list_unit_essays
from review_app.resources import Resources
from review_app.services import essays
from review_app.services.essays import EssayDetails
from review_app.services.intake import Intake, confirm_manuscript, take_in
from review_app.work import open_work
from tests.builders import NOW, actor_of, add, build_contest, build_essay, build_unit, build_user, make_resources

TEXT = "灯下的来访登记簿\n柳河镇信访办　　周　明\n" + "清晨的接访大厅里，她把热茶递到老人手中。\n" * 30

DETAILS = EssayDetails(
    title="灯下的来访登记簿",
    subtitle="",
    authors=("周 明", "李娜"),
    post="信访专干",
    phone="0550-0000-001",
    subject="",
    genre="g-feature",
    tags=(),
    is_original=True,
    is_cleared=True,
)


class World:
    """One contest, two units with an account each."""

    def __init__(self, folder: Path, **contest: float) -> None:
        self.house: Resources = make_resources(folder)
        self.contest = build_contest(self.house, **contest)  # type: ignore[arg-type]  # plain keyword defaults
        self.unit = build_unit(self.house, self.contest, code="XZ01")
        self.other = build_unit(self.house, self.contest, code="XZ02")
        self.actor = actor_of(build_user(self.house, Role.UNIT, unit=self.unit, login="u1"))
        self.stranger = actor_of(build_user(self.house, Role.UNIT, unit=self.other, login="u2"))

    def work(self, actor: Actor | None = None, *, after: timedelta = timedelta()):
        return open_work(self.house.database, actor=actor or self.actor, now=NOW + after)

    def intake(self, text: str = TEXT) -> Intake:
        return take_in(self.house.files, self.house.reader, data=text.encode(), name="征文.txt")

    def upload(self) -> int:
        intake = self.intake()
        with self.work() as work:
            return essays.add_essay(work, intake=intake)

    def essay(self, essay_id: int) -> Essay:
        with self.house.database.read() as session:
            return session.get_one(Essay, essay_id)

    def own(self, essay_id: int) -> UnitEssay:
        with self.house.database.read() as session:
            return get_unit_essay(session, essay_id=essay_id, unit_id=self.unit.id)

    def save(self, essay_id: int, details: EssayDetails = DETAILS, *, after: timedelta = timedelta()) -> None:
        with self.work(after=after) as work:
            version = self.essay(essay_id).version
            essays.save_details(work, essay_id=essay_id, version=version, details=details)

    def submit(self, essay_id: int, *, after: timedelta = timedelta()) -> str:
        with self.work(after=after) as work:
            return essays.submit_essay(work, essay_id=essay_id, random_source=random.Random(1))


@pytest.fixture
def world(tmp_path: Path):
    built = World(tmp_path)
    yield built
    built.house.close()


def test_an_upload_is_a_draft_prefilled_from_the_file_and_blind(world: World) -> None:
    essay = world.essay(world.upload())
    assert (essay.state, essay.title, essay.authors, essay.number) == ("draft", "灯下的来访登记簿", ["周明"], None)
    with world.house.database.read() as session:
        version = session.get_one(EssayVersion, essay.latest_version_id)
        found = get_unit_essay(session, essay_id=essay.id, unit_id=world.unit.id)
    assert version.original_key == hashlib.sha256(TEXT.encode()).hexdigest()
    assert world.house.files.read(version.original_key) == TEXT.encode()
    assert "周" not in body_text(load_manuscript(world.house.files.read(version.manuscript_key)))
    assert found.byline["authors"] == ["周明"]


def test_a_submission_gives_numbers_a_receipt_an_index_job_and_an_audit_entry(world: World) -> None:
    essay_id = world.upload()
    world.save(essay_id)
    number = world.submit(essay_id)
    essay = world.essay(essay_id)
    with world.house.database.read() as session:
        receipt = get_latest_receipt(session, essay_id=essay_id, unit_id=world.unit.id)
        jobs = session.query(Job.kind, Job.object_id).all()
        acts = [row.act for row in session.query(AuditEntry.act).order_by(AuditEntry.id)]
    assert (essay.state, essay.number, essay.authors, essay.is_late) == (
        "submitted", "2020-XZ01-001", ["周明", "李娜"], False,
    )  # fmt: skip
    assert essay.blind_number
    assert essay.blind_number not in essay.number
    assert (receipt.number, receipt.issued_at, receipt.size_bytes) == (number, NOW, len(TEXT.encode()))
    assert receipt.original_key == hashlib.sha256(TEXT.encode()).hexdigest()
    assert jobs == [("index-essay", essay_id), ("compare-essay", essay_id)]
    assert acts == ["essay.upload", "essay.save", "essay.submit"]


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"title": ""}, "title"),
        ({"authors": ()}, "authors"),
        ({"phone": " "}, "phone"),
        ({"genre": ""}, "genre"),
        ({"is_original": False}, "is_original"),
        ({"is_cleared": False}, "is_cleared"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_handed_in(world: World, missing: dict, field: str) -> None:
    essay_id = world.upload()
    world.save(essay_id, replace(DETAILS, **missing))
    with pytest.raises(Invalid) as caught:
        world.submit(essay_id)
    assert caught.value.field == field
    assert (world.essay(essay_id).state, world.essay(essay_id).number) == ("draft", None)


def test_another_unit_neither_sees_nor_changes_it(world: World) -> None:
    essay_id = world.upload()
    with world.house.database.read() as session:
        assert list_unit_essays(session, unit_id=world.other.id, contest_id=world.contest.id) == ()
        with pytest.raises(NotFound):
            get_unit_essay(session, essay_id=essay_id, unit_id=world.other.id)
    for act in (
        lambda work: essays.withdraw_essay(work, essay_id=essay_id),
        lambda work: essays.submit_essay(work, essay_id=essay_id, random_source=random.Random(1)),
        lambda work: essays.save_details(work, essay_id=essay_id, version=1, details=DETAILS),
    ):
        with pytest.raises(NotFound), world.work(world.stranger) as work:
            act(work)
    assert world.essay(essay_id).state == "draft"


def test_a_reviewer_or_the_bureau_cannot_hand_in(world: World) -> None:
    intake = world.intake()
    for role in (Role.REVIEWER, Role.BUREAU, Role.ANONYMOUS):
        with pytest.raises(NotAllowed), world.work(Actor(role, "x", 9, world.unit.id)) as work:
            essays.add_essay(work, intake=intake)


def test_two_windows_meet_in_a_conflict_and_the_first_stays(world: World) -> None:
    essay_id = world.upload()
    stale = world.essay(essay_id).version
    world.save(essay_id)
    with pytest.raises(Conflict), world.work() as work:
        essays.save_details(work, essay_id=essay_id, version=stale, details=DETAILS)


def test_nothing_is_taken_after_the_deadline_without_a_late_window(world: World) -> None:
    essay_id = world.upload()
    world.save(essay_id)
    with pytest.raises(Closed):
        world.submit(essay_id, after=timedelta(days=10, seconds=1))
    assert world.submit(essay_id, after=timedelta(days=10))
    assert world.essay(essay_id).is_late is False


def test_a_late_window_takes_and_marks_but_no_longer_changes_what_came_in_time(tmp_path: Path) -> None:
    world = World(tmp_path, late_days=3)
    on_time, late = world.upload(), world.upload()
    for essay_id in (on_time, late):
        world.save(essay_id)
    world.submit(on_time)
    world.submit(late, after=timedelta(days=11))
    assert (world.essay(on_time).is_late, world.essay(late).is_late) == (False, True)
    with pytest.raises(Closed):
        world.save(on_time, after=timedelta(days=11))
    world.save(late, after=timedelta(days=12))
    world.house.close()


def test_a_returned_work_may_be_corrected_until_its_day_and_keeps_its_lateness(world: World) -> None:
    essay_id = world.upload()
    world.save(essay_id)
    world.submit(essay_id)
    with world.work() as work:
        row = work.session.get_one(Essay, essay_id)
        row.state = EssayState.RETURNED.value
    check = FormalCheck(
        essay_id=essay_id, version_id=world.essay(essay_id).latest_version_id, decision="returned",
        at=NOW + timedelta(days=12), by="吴静",
    )  # fmt: skip
    add(world.house, check)
    world.submit(essay_id, after=timedelta(days=14))
    essay = world.essay(essay_id)
    assert (essay.state, essay.is_late, essay.first_submitted_at, essay.submitted_at) == (
        "submitted", False, NOW, NOW + timedelta(days=14),
    )  # fmt: skip
    with world.house.database.read() as session:
        assert session.query(Receipt).count() == 2


def test_withdrawing_keeps_everything_and_may_be_undone(world: World) -> None:
    essay_id = world.upload()
    world.save(essay_id)
    world.submit(essay_id)
    number = world.essay(essay_id).number
    with world.work() as work:
        essays.withdraw_essay(work, essay_id=essay_id)
    with world.work() as work:
        essays.reopen_essay(work, essay_id=essay_id)
    world.submit(essay_id)
    assert (world.essay(essay_id).state, world.essay(essay_id).number) == ("submitted", number)


def test_a_new_file_is_a_new_version_beside_the_old_and_keeps_the_details(world: World) -> None:
    essay_id = world.upload()
    world.save(essay_id)
    intake = world.intake(TEXT + "后来又添了一段。")
    with world.work() as work:
        essays.replace_file(work, essay_id=essay_id, intake=intake)
    with world.house.database.read() as session:
        keys = [row.original_key for row in session.query(EssayVersion).order_by(EssayVersion.ordinal)]
        essay = get_unit_essay(session, essay_id=essay_id, unit_id=world.unit.id)
    assert len(set(keys)) == 2
    assert (essay.version_ordinal, essay.row.authors, essay.original_key) == (2, ("周明", "李娜"), keys[1])
    assert all(world.house.files.exists(key) for key in keys)


def test_a_confirmed_title_becomes_the_title_of_the_manuscript(world: World) -> None:
    essay_id = world.upload()
    read_key = world.own(essay_id).manuscript_key
    kept = confirm_manuscript(world.house.files, read_key=read_key, title="一盏灯", subtitle="记老周")
    again = load_manuscript(world.house.files.read(kept.key))
    assert (again.title, again.subtitle) == ("一盏灯", "记老周")
    assert confirm_manuscript(world.house.files, read_key=kept.key, title="一盏灯", subtitle="记老周") == kept


def test_a_heading_undone_is_a_paragraph_until_it_is_done_again(world: World) -> None:
    intake = world.intake(TEXT + "一、雨夜里的电话\n电话响了。\n（一）她起身\n她穿上雨衣。\n")
    with world.work() as work:
        essay_id = essays.add_essay(work, intake=intake)
    headings = [index for index, block in enumerate(intake.manuscript.blocks) if isinstance(block, Heading)]

    def confirm(undone: list[int]) -> Manuscript:
        before = world.own(essay_id)
        confirmed = confirm_manuscript(
            world.house.files, read_key=before.read_key, title="一盏灯", subtitle="", undone=undone
        )
        with world.work() as work:
            essays.save_details(work, essay_id=essay_id, version=before.version, details=DETAILS, confirmed=confirmed)
        after = world.own(essay_id)
        assert (after.read_key, after.manuscript_key) == (intake.manuscript_key, confirmed.key)
        return load_manuscript(world.house.files.read(after.manuscript_key))

    undone = confirm(headings[:1])
    assert undone.blocks[headings[0]] == Paragraph((Run("一、雨夜里的电话"),))
    assert undone.blocks[headings[1]] == Heading(1, (Run("（一）她起身"),), is_proposed=True)
    assert confirm([]) == with_title(intake.manuscript, "一盏灯", intake.manuscript.subtitle)
    assert confirm([0, 999]) == with_title(intake.manuscript, "一盏灯", intake.manuscript.subtitle)


def test_numbers_of_a_unit_count_on_and_blind_numbers_are_unique(world: World) -> None:
    numbers, blind = [], set()
    for _ in range(5):
        essay_id = world.upload()
        world.save(essay_id)
        world.submit(essay_id)
        numbers.append(world.essay(essay_id).number)
        blind.add(world.essay(essay_id).blind_number)
    assert numbers == [f"2020-XZ01-00{n}" for n in range(1, 6)]
    assert len(blind) == 5


def test_a_units_list_shows_what_waits_for_it_first(world: World) -> None:
    for state in (EssayState.SUBMITTED, EssayState.DRAFT, EssayState.RETURNED, EssayState.ACCEPTED):
        build_essay(world.house, world.contest, world.unit, title=state.value, state=state)
    with world.house.database.read() as session:
        rows = list_unit_essays(session, unit_id=world.unit.id, contest_id=world.contest.id)
    assert [row.state for row in rows][:2] == [EssayState.RETURNED, EssayState.DRAFT]
    assert len(rows) == 4


def test_a_unit_sees_its_own_tags_and_never_those_of_a_reviewer(world: World) -> None:
    reviewer = build_user(world.house, Role.REVIEWER, login="r1")
    own, theirs = (
        Tag(slug=slug, group_key="mechanism", name_zh=slug, name_en=slug, position=place)
        for place, slug in enumerate(("own", "theirs"))
    )
    add(world.house, own, theirs)
    essay_id = world.upload()
    world.save(essay_id, replace(DETAILS, tags=("own",)))
    add(world.house, EssayTag(essay_id=essay_id, tag_id=theirs.id, user_id=reviewer.id, at=NOW))
    with world.house.database.read() as session:
        essay = get_unit_essay(session, essay_id=essay_id, unit_id=world.unit.id)
        assert session.query(EssayTag).count() == 2
    assert essay.tags == ("own",)
