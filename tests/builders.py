"""Plain functions that build a test world in a real database with real files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from compile.manuscript import Manuscript, Paragraph, Run, count_manuscript_words
from compile.manuscript_json import dump_manuscript
from review_app.config import Settings
from review_app.domain.actor import SYSTEM, Actor, Role
from review_app.domain.essay_state import EssayState
from review_app.models import (
    AwardLevel,
    Base,
    Contest,
    Criterion,
    Essay,
    EssayVersion,
    Review,
    Score,
    StoredFile,
    Unit,
    UnitClass,
    User,
)
from review_app.resources import Resources, open_resources
from review_app.services.passwords import hash_password
from review_app.work import open_work

NOW = datetime(2020, 10, 20, 4, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
_PASSWORD_HASH = hash_password(PASSWORD)

LONG_TEXT = "清晨的接访大厅里，她把热茶递到老人手中，听他从头说起。" * 40


def make_settings(folder: Path) -> Settings:
    """Settings of a fresh installation below `folder`."""
    return Settings(
        data_dir=folder,
        uploads_dir=folder / "uploads",
        secret_key="test" * 8,
        trusted_hosts=("localhost", "127.0.0.1"),
    )


def make_resources(folder: Path, *, sets_books: bool = False) -> Resources:
    """Opened resources with a migrated, empty database; without LibreOffice for built books, which takes seconds a
    book, unless it `sets_books`."""
    folder.mkdir(parents=True, exist_ok=True)
    opened = open_resources(make_settings(folder))
    return opened if sets_books else replace(opened, office=None)


def add(resources: Resources, *rows: Base) -> None:
    """Insert rows in one Work of the system."""
    with open_work(resources.database, actor=SYSTEM, now=NOW) as work:
        work.session.add_all(rows)
        work.session.flush()


def build_contest(
    resources: Resources,
    *,
    now: datetime = NOW,
    late_days: int = 0,
    closes_in_days: float = 10,
) -> Contest:
    """A contest that opened a hundred days before `now`, with rubric, classes and award levels."""
    closes_at = now + timedelta(days=closes_in_days)
    contest = Contest(
        year=2020,
        name_zh="最美信访干部征文",
        name_en="Most Beautiful Petition Cadre Essay Contest",
        organiser="清源县信访局",
        opens_at=now - timedelta(days=100),
        closes_at=closes_at,
        late_until=closes_at + timedelta(days=late_days) if late_days else None,
        review_closes_at=closes_at + timedelta(days=late_days + 20),
        ends_at=closes_at + timedelta(days=late_days + 60),
    )
    add(resources, contest)
    add(
        resources,
        *(
            Criterion(contest_id=contest.id, key=key, name_zh=zh, name_en=en, max_points=points, position=position)
            for position, (key, zh, en, points) in enumerate(
                (
                    ("theme", "主题立意与政治导向", "Theme", 25),
                    ("real", "事迹真实性与典型性", "Truth", 25),
                    ("value", "做法成效与推广价值", "Value", 20),
                    ("lang", "语言表达与感染力", "Language", 20),
                    ("form", "结构与格式规范", "Form", 10),
                )
            )
        ),
        *(
            UnitClass(contest_id=contest.id, key=key, name_zh=zh, name_en=en, quota=1, position=position)
            for position, (key, zh, en) in enumerate(
                (("township", "乡镇", "Township"), ("zone", "开发区", "Zone"), ("county", "县直单位", "Department"))
            )
        ),
        *(
            AwardLevel(
                contest_id=contest.id, key=key, name_zh=zh, name_en=en, quota=quota, floor_tenths=700, position=position
            )
            for position, (key, zh, en, quota) in enumerate(
                (
                    ("first", "一等奖", "First prize", 1),
                    ("second", "二等奖", "Second prize", 2),
                    ("third", "三等奖", "Third prize", 3),
                    ("merit", "优秀奖", "Merit award", 4),
                )
            )
        ),
    )
    return contest


def build_unit(
    resources: Resources, contest: Contest, *, code: str = "XZ01", name: str = "", key: str = "township"
) -> Unit:
    """A unit of the class `key`."""
    with resources.database.read() as session:
        class_id = session.query(UnitClass.id).filter_by(contest_id=contest.id, key=key).scalar()
        position = session.query(Unit).count()
    unit = Unit(
        contest_id=contest.id, class_id=class_id, code=code, name=name or f"{code}镇人民政府", position=position
    )
    add(resources, unit)
    return unit


def build_user(
    resources: Resources,
    role: Role,
    *,
    login: str = "",
    unit: Unit | None = None,
    name: str = "",
    must_change: bool = False,
) -> User:
    """An account whose password is PASSWORD."""
    user = User(
        login=login or role.value,
        name=name or f"{role.value}某",
        role=role.value,
        unit_id=unit.id if unit else None,
        password_hash=_PASSWORD_HASH,
        must_change_password=must_change,
        created_at=NOW,
    )
    add(resources, user)
    return user


def actor_of(user: User) -> Actor:
    """The actor a user is."""
    return Actor(role=Role(user.role), name=user.name, user_id=user.id, unit_id=user.unit_id)


def store(resources: Resources, data: bytes, media_type: str) -> str:
    """Keep bytes and their row; returns the key."""
    stored = resources.files.put(data)
    with resources.database.read() as session:
        is_known = session.get(StoredFile, stored.key) is not None
    if not is_known:
        add(
            resources,
            StoredFile(key=stored.key, size_bytes=len(data), media_type=media_type, created_at=NOW),
        )
    return stored.key


def build_essay(
    resources: Resources,
    contest: Contest,
    unit: Unit,
    *,
    title: str = "灯下的来访登记簿",
    text: str = LONG_TEXT,
    authors: tuple[str, ...] = ("周明",),
    state: EssayState = EssayState.SUBMITTED,
    original_name: str = "征文终稿.docx",
    submitted_at: datetime = NOW - timedelta(days=3),
    is_late: bool = False,
) -> Essay:
    """An essay with one version; numbered and submitted unless it is a draft."""
    manuscript = Manuscript(title=title, blocks=tuple(Paragraph((Run(line),)) for line in text.split("\n")))
    manuscript_key = store(resources, dump_manuscript(manuscript), "application/json")
    original_key = store(resources, f"original of {title} by {authors} in {unit.name}".encode(), "text/plain")
    is_draft = state is EssayState.DRAFT
    with resources.database.read() as session:
        ordinal = session.query(Essay).count() + 1
    essay = Essay(
        contest_id=contest.id,
        unit_id=unit.id,
        number=None if is_draft else f"{contest.year}-{unit.code}-{ordinal:03d}",
        blind_number=None if is_draft else _blind(ordinal),
        state=state.value,
        title=title,
        authors=list(authors),
        post="信访专干",
        phone="0550-0000-001",
        genre="feature",
        is_original=True,
        is_cleared=True,
        is_late=is_late,
        first_submitted_at=None if is_draft else submitted_at,
        submitted_at=None if is_draft else submitted_at,
        created_at=submitted_at,
        updated_at=submitted_at,
    )
    add(resources, essay)
    version = EssayVersion(
        essay_id=essay.id,
        ordinal=1,
        original_key=original_key,
        original_name=original_name,
        kind="docx",
        manuscript_key=manuscript_key,
        words=count_manuscript_words(manuscript),
        created_at=submitted_at,
    )
    add(resources, version)
    with open_work(resources.database, actor=SYSTEM, now=NOW) as work:
        row = work.session.get(Essay, essay.id)
        assert row is not None
        row.latest_version_id = version.id
    essay.latest_version_id = version.id
    return essay


def _blind(ordinal: int) -> str:
    return str(1000 + int(hashlib.sha256(str(ordinal).encode()).hexdigest(), 16) % 8999)


@dataclass(frozen=True)
class SheetOf:
    """Points by criterion key, in points."""

    theme: float = 20
    real: float = 20
    value: float = 16
    lang: float = 16
    form: float = 8


def build_review(
    resources: Resources,
    essay: Essay,
    reviewer: User,
    *,
    state: str = "assigned",
    sheet: SheetOf | None = None,
    position: int = 1,
) -> Review:
    """An assigned review; with a sheet, its scores."""
    review = Review(
        code=f"code-{essay.id}-{reviewer.id}",
        essay_id=essay.id,
        reviewer_id=reviewer.id,
        position=position,
        state=state,
        assigned_at=NOW,
        saved_at=NOW if sheet else None,
        submitted_at=NOW if state == "submitted" else None,
    )
    add(resources, review)
    if sheet:
        with resources.database.read() as session:
            criteria = {row.key: row.id for row in session.query(Criterion).filter_by(contest_id=essay.contest_id)}
        add(
            resources,
            *(
                Score(review_id=review.id, criterion_id=criteria[key], points_tenths=round(getattr(sheet, key) * 10))
                for key in criteria
            ),
        )
    return review
