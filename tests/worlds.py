"""One contest with something in every table and essays in every state, for tests that go through all of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from compile.manifest import Manifest, Section, WorkEntry
from compile.manifest_json import dump_manifest
from compile.manuscript import Manuscript, Paragraph, Picture, Run
from compile.manuscript_json import dump_manuscript
from review_app.domain.actor import SYSTEM, Role
from review_app.domain.essay_state import EssayState
from review_app.models import (
    Anthology,
    AnthologyBuild,
    AnthologyItem,
    AwardLevel,
    CaseSheet,
    Contest,
    DeadlineChange,
    Essay,
    EssayTag,
    EssayVersion,
    FormalCheck,
    Job,
    KnownText,
    PassageMark,
    Receipt,
    Review,
    SimilarPair,
    Tag,
    TieDecision,
    Unit,
    User,
)
from review_app.resources import Resources
from review_app.services import builds
from review_app.services.audit import record
from review_app.services.contest_setup import add_default_tags
from review_app.work import open_work
from tests.builders import NOW, SheetOf, add, build_contest, build_essay, build_review, build_unit, build_user, store

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
DOCUMENT = b"PK\x03\x04 a compiled anthology"
CHECKED = b"PK\x03\x04 the same with checked pages"
PDF = b"%PDF-1.6 the same on pages"


@dataclass(frozen=True)
class Identity:
    """What a reviewer must never learn about one essay."""

    unit: str
    short_name: str
    author: str
    phone: str
    post: str
    subject: str
    original_name: str
    dropped: str
    contact: str
    login: str
    person: str


OWN = Identity(
    unit="泄漏甲单位柳溪镇",
    short_name="柳溪简称",
    author="泄漏甲作者欧阳砚",
    phone="0551-7788-001",
    post="泄漏甲岗位窗口主任",
    subject="泄漏甲人物上官棠",
    original_name="泄漏甲原名0917.docx",
    dropped="泄漏甲弃文页眉",
    contact="泄漏甲联系人司徒岚",
    login="leak-login-a",
    person="泄漏甲账号姓名",
)
OTHER = Identity(
    unit="泄漏乙单位枫桥口镇",
    short_name="枫口简称",
    author="泄漏乙作者慕容筝",
    phone="0551-7788-002",
    post="泄漏乙岗位副科长",
    subject="泄漏乙人物夏侯川",
    original_name="泄漏乙原名0918.docx",
    dropped="泄漏乙弃文页脚",
    contact="泄漏乙联系人令狐樵",
    login="leak-login-b",
    person="泄漏乙账号姓名",
)


@dataclass
class World:
    """The contest and its people; essays by unit and state."""

    house: Resources
    contest: Contest
    units: tuple[Unit, Unit]
    users: dict[Role, User]
    other_unit_user: User
    other_reviewer: User
    essays: dict[EssayState, Essay]
    foreign_essay: Essay
    review: Review
    submitted_review: Review
    foreign_review: Review
    picture_key: str
    anthology_id: int = 0
    build_id: int = 0
    job_id: int = 0
    pair_id: int = 0
    known_text_id: int = 0
    tag_ids: list[int] = field(default_factory=list)
    mark_ids: list[int] = field(default_factory=list)


def build_world(house: Resources, *, now: datetime) -> World:
    """A contest between submission and results as of `now`: two units, two reviewers, the bureau, one award, one
    selected essay, a built anthology."""
    contest = build_contest(house, now=now)
    units = (_add_unit(house, contest, "XZ01", OWN), _add_unit(house, contest, "XZ02", OTHER))
    users = {
        Role.UNIT: build_user(house, Role.UNIT, login=OWN.login, unit=units[0], name=OWN.person),
        Role.REVIEWER: build_user(house, Role.REVIEWER, login="pingwei-a", name="评委甲某"),
        Role.BUREAU: build_user(house, Role.BUREAU, login="juli", name="局里某"),
    }
    other_unit_user = build_user(house, Role.UNIT, login=OTHER.login, unit=units[1], name=OTHER.person)
    other_reviewer = build_user(house, Role.REVIEWER, login="pingwei-b", name="评委乙某")
    with open_work(house.database, actor=SYSTEM, now=now) as work:
        add_default_tags(work)
    picture_key = store(house, PICTURE, "image/png")
    essays = {
        state: _add_essay(house, contest, units[0], OWN, state, picture_key, now, number)
        for number, state in enumerate(EssayState)
    }
    foreign = _add_essay(house, contest, units[1], OTHER, EssayState.ACCEPTED, "", now, len(essays))
    unread = _add_essay(house, contest, units[1], OTHER, EssayState.ACCEPTED, "", now, len(essays) + 1)
    accepted = essays[EssayState.ACCEPTED]
    reviewer = users[Role.REVIEWER]
    world = World(
        house=house,
        contest=contest,
        units=units,
        users=users,
        other_unit_user=other_unit_user,
        other_reviewer=other_reviewer,
        essays=essays,
        foreign_essay=foreign,
        review=build_review(house, accepted, reviewer, position=1),
        submitted_review=build_review(house, foreign, reviewer, state="submitted", sheet=SheetOf(), position=2),
        foreign_review=build_review(house, unread, other_reviewer, state="submitted", sheet=SheetOf()),
        picture_key=picture_key,
    )
    build_review(house, accepted, other_reviewer, state="submitted", sheet=SheetOf(theme=21))
    _add_the_rest(world, now)
    return world


def _add_unit(house: Resources, contest: Contest, code: str, who: Identity) -> Unit:
    unit = build_unit(house, contest, code=code, name=who.unit)
    with open_work(house.database, actor=SYSTEM, now=contest.opens_at) as work:
        row = work.session.get_one(Unit, unit.id)
        row.short_name, row.contact, row.phone = who.short_name, who.contact, who.phone
    return unit


def _add_essay(
    house: Resources,
    contest: Contest,
    unit: Unit,
    who: Identity,
    state: EssayState,
    picture_key: str,
    now: datetime,
    ordinal: int,
) -> Essay:
    essay = build_essay(
        house,
        contest,
        unit,
        title=f"第{ordinal}本来访登记簿",
        authors=(who.author,),
        state=state,
        original_name=who.original_name,
        submitted_at=now - timedelta(days=3, minutes=ordinal),
    )
    picture = (Picture(picture_key, 40, 30, caption="夜里的接访大厅", photographer=who.author),) if picture_key else ()
    manuscript = Manuscript(
        title=essay.title, blocks=(Paragraph((Run(f"第{ordinal}盏灯下，她把热茶递到老人手中。"),)), *picture)
    )
    with open_work(house.database, actor=SYSTEM, now=now) as work:
        row = work.session.get_one(Essay, essay.id)
        row.post, row.phone, row.subject, row.genre = who.post, who.phone, who.subject, "g-feature"
        if state is EssayState.RETURNED:
            row.correction_due_at = now + timedelta(days=5)
    key = store(house, dump_manuscript(manuscript), "application/json")
    original = store(house, f"original by {who.author} of {who.unit}, {ordinal}".encode(), "text/plain")
    with open_work(house.database, actor=SYSTEM, now=now) as work:
        version = work.session.get_one(EssayVersion, essay.latest_version_id)
        version.manuscript_key, version.original_key = key, original
        version.picture_keys = [picture_key] if picture_key else []
        version.byline = {"authors": [who.author], "unit": who.unit, "post": who.post, "phone": who.phone}
        version.dropped = [{"kind": "header", "place": "页眉", "excerpt": who.dropped}]
    return essay


def _add_the_rest(world: World, now: datetime) -> None:
    house, accepted = world.house, world.essays[EssayState.ACCEPTED]
    with house.database.read() as session:
        tags = session.query(Tag).order_by(Tag.position).limit(3).all()
        level_id = session.query(AwardLevel.id).order_by(AwardLevel.position).limit(1).scalar()
        version = session.get_one(EssayVersion, accepted.latest_version_id)
        original_key = version.original_key
    world.tag_ids = [tag.id for tag in tags]
    returned = world.essays[EssayState.RETURNED]
    add(
        house,
        Receipt(
            essay_id=accepted.id,
            version_id=accepted.latest_version_id,
            number="HZ-0001-2020",
            issued_at=now,
            is_late=False,
            title=accepted.title,
            authors=[OWN.author],
            original_key=original_key,
            digest="b" * 64,
        ),
        FormalCheck(
            essay_id=returned.id, version_id=returned.latest_version_id, decision="returned", reasons=["R01"],
            note="请补充", at=now - timedelta(days=1), by="局里某",
        ),
        FormalCheck(
            essay_id=accepted.id, version_id=accepted.latest_version_id, decision="accepted", at=now, by="局里某"
        ),
        DeadlineChange(
            contest_id=world.contest.id, field="closes_at", old_at=now, new_at=now + timedelta(days=10),
            reason="应各单位要求", changed_at=now - timedelta(days=2), changed_by="局里某",
        ),
        TieDecision(essay_id=accepted.id, position=1, reason="事迹更典型", at=now, by="局里某"),
        EssayTag(essay_id=accepted.id, tag_id=world.tag_ids[0], user_id=world.users[Role.UNIT].id, at=now),
        EssayTag(essay_id=accepted.id, tag_id=world.tag_ids[1], user_id=world.other_reviewer.id, at=now),
    )  # fmt: skip
    anthology = Anthology(
        contest_id=world.contest.id, title="最美信访干部", organiser="清源县信访局", dated_on=now.date()
    )
    job = Job(kind="build-anthology", object_id=1, state="done", created_at=now, finished_at=now)
    add(house, anthology, job)
    add(house, AnthologyItem(anthology_id=anthology.id, essay_id=accepted.id, section="一等奖作品", position=1))
    entry = WorkEntry(accepted.number or "", version.manuscript_key, OWN.author)
    manifest = Manifest("最美信访干部", "清源县信访局", now.date(), (Section("一等奖作品", (entry,)),))
    build = AnthologyBuild(
        anthology_id=anthology.id,
        ordinal=1,
        manifest_key=store(house, dump_manifest(manifest), "application/json"),
        document_key=store(house, DOCUMENT, "application/zip"),
        job_id=job.id,
        report={
            "title": "最美信访干部",
            "works": 1,
            "pictures": 1,
            "pages": 8,
            "page_source": "model",
            "size_bytes": len(DOCUMENT),
            "sha256": hashlib.sha256(DOCUMENT).hexdigest(),
            "problems": [],
        },
        created_at=now,
        created_by="局里某",
    )
    add(house, build)
    with open_work(house.database, actor=SYSTEM, now=now) as work:
        work.session.get_one(Essay, accepted.id).award_level_id = level_id
        record(work, "essay.upload", object_kind="essay", object_id=accepted.id, file=OWN.original_name)
    world.anthology_id, world.build_id, world.job_id = anthology.id, build.id, job.id


def add_rendering(house: Resources, world: World) -> None:
    """Let the built anthology have been set by LibreOffice."""
    report = {
        "page_source": "rendered",
        "pages": 9,
        "corrected": 2,
        "size_bytes": len(CHECKED),
        "problems": [],
        "pdf_bytes": len(PDF),
    }
    document, pdf = house.files.put(CHECKED), house.files.put(PDF)
    with open_work(house.database, actor=SYSTEM, now=NOW) as work:
        builds.keep_rendering(work, build_id=world.build_id, document=document, pdf=pdf, report=report)


def add_pair(house: Resources, world: World) -> None:
    """Let two essays of different units have been found alike, and a text be listed that anybody may use."""
    ends = sorted((world.essays[EssayState.ACCEPTED], world.foreign_essay), key=lambda essay: essay.id)
    pair = SimilarPair(
        essay_id=ends[0].id,
        other_id=ends[1].id,
        version_id=ends[0].latest_version_id,
        other_version_id=ends[1].latest_version_id,
        share=460,
        other_share=455,
        greatest_share=460,
        letters=13,
        passages=[[[4, 17, 4, 17]]],
        found_at=NOW,
    )
    known = KnownText(title="信访工作条例", text="第一条", letters=3, added_at=NOW, added_by="局里某")
    add(house, pair, known)
    world.pair_id, world.known_text_id = pair.id, known.id


def add_marks(house: Resources, world: World) -> None:
    """Let both reviewers and the bureau have marked passages of the accepted essay, and a case sheet be made of it."""
    accepted = world.essays[EssayState.ACCEPTED]
    by = (world.users[Role.REVIEWER], world.other_reviewer, world.users[Role.BUREAU])
    marks = [
        PassageMark(
            essay_id=accepted.id, user_id=user.id, ordinal=1, version_id=accepted.latest_version_id, kind="privacy",
            block=0, start=8, end=12, quote="热茶递到", before="，她把", after="老人手中。", note=f"{user.name}的批注", at=NOW,
        )
        for user in by
    ]  # fmt: skip
    add(house, *marks)
    world.mark_ids = [mark.id for mark in marks]
    add(house, CaseSheet(essay_id=accepted.id, cause="案由一段", updated_at=NOW, updated_by="局里某"))
