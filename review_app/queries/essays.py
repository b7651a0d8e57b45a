"""Essays as their unit sees them, and as the bureau does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from review_app.domain.actor import Role
from review_app.domain.errors import NotFound
from review_app.domain.essay_state import EssayState
from review_app.models import (
    Essay,
    EssayTag,
    EssayVersion,
    FormalCheck,
    Receipt,
    StoredFile,
    Tag,
    Unit,
    UnitClass,
    User,
)
from review_app.queries.tags import EssayTagRow, list_essay_tags


@dataclass(frozen=True, slots=True)
class UnitEssayRow:
    """One line of a unit's list of essays."""

    id: int
    number: str | None
    title: str
    authors: tuple[str, ...]
    state: EssayState
    is_late: bool
    words: int
    submitted_at: datetime | None
    updated_at: datetime
    correction_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One decision of the formal check, as the unit reads it."""

    decision: str
    reasons: tuple[str, ...]
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UnitEssay:
    """One essay with everything its unit may see and change. `version` guards against two windows; `read_key` is the
    manuscript as read from the file, `manuscript_key` the one confirmed since."""

    row: UnitEssayRow
    version: int
    subtitle: str
    post: str
    phone: str
    subject: str
    genre: str
    tags: tuple[str, ...]
    is_original: bool
    is_cleared: bool
    original_name: str
    original_key: str
    kind: str
    read_key: str
    manuscript_key: str
    picture_keys: tuple[str, ...]
    byline: Mapping[str, Any]
    dropped: Sequence[Mapping[str, str]]
    version_ordinal: int
    uploaded_at: datetime
    last_check: CheckRow | None


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt as printed. `digest` covers number, title, authors, file, manuscript and time."""

    number: str
    essay_id: int
    entry_number: str
    title: str
    authors: tuple[str, ...]
    issued_at: datetime
    is_late: bool
    original_name: str
    original_key: str
    size_bytes: int
    digest: str


def list_unit_essays(session: Session, *, unit_id: int, contest_id: int) -> tuple[UnitEssayRow, ...]:
    """The unit's essays, those that wait for it first, then the latest."""
    rows = session.execute(
        _with_version()
        .where(Essay.unit_id == unit_id, Essay.contest_id == contest_id)
        .order_by(Essay.updated_at.desc())
    ).all()
    order = (EssayState.RETURNED, EssayState.DRAFT)
    found = [_row(essay, version) for essay, version in rows]
    return tuple(sorted(found, key=lambda row: order.index(row.state) if row.state in order else len(order)))


def get_unit_essay(session: Session, *, essay_id: int, unit_id: int | None) -> UnitEssay:
    """One essay of the unit; raises NotFound for any other."""
    found = session.execute(_with_version().where(Essay.id == essay_id, Essay.unit_id == unit_id)).first()
    if found is None:
        raise NotFound
    essay, version = found
    tags = session.scalars(
        select(Tag.slug)
        .join(EssayTag, EssayTag.tag_id == Tag.id)
        .join(User, User.id == EssayTag.user_id)
        .where(EssayTag.essay_id == essay.id, User.unit_id == essay.unit_id, User.role == Role.UNIT.value)
        .order_by(Tag.position)
    )
    check = session.scalar(
        select(FormalCheck).where(FormalCheck.essay_id == essay.id).order_by(FormalCheck.id.desc()).limit(1)
    )
    return UnitEssay(
        row=_row(essay, version),
        version=essay.version,
        subtitle=essay.subtitle,
        post=essay.post,
        phone=essay.phone,
        subject=essay.subject,
        genre=essay.genre,
        tags=tuple(dict.fromkeys(tags)),
        is_original=essay.is_original,
        is_cleared=essay.is_cleared,
        original_name=version.original_name,
        original_key=version.original_key,
        kind=version.kind,
        read_key=version.read_key or version.manuscript_key,
        manuscript_key=version.manuscript_key,
        picture_keys=tuple(version.picture_keys),
        byline=version.byline,
        dropped=version.dropped,
        version_ordinal=version.ordinal,
        uploaded_at=version.created_at,
        last_check=CheckRow(check.decision, tuple(check.reasons), check.note, check.at) if check else None,
    )


def get_latest_receipt(session: Session, *, essay_id: int, unit_id: int | None) -> ReceiptRow:
    """The newest receipt of the unit's essay; raises NotFound before the first submission."""
    found = session.execute(
        select(Receipt, Essay.number, EssayVersion.original_name, StoredFile.size_bytes)
        .join(Essay, Essay.id == Receipt.essay_id)
        .join(EssayVersion, EssayVersion.id == Receipt.version_id)
        .join(StoredFile, StoredFile.key == Receipt.original_key)
        .where(Essay.id == essay_id, Essay.unit_id == unit_id)
        .order_by(Receipt.id.desc())
        .limit(1)
    ).first()
    if found is None:
        raise NotFound
    receipt, entry_number, original_name, size_bytes = found
    return ReceiptRow(
        number=receipt.number,
        essay_id=receipt.essay_id,
        entry_number=entry_number or "",
        title=receipt.title,
        authors=tuple(receipt.authors),
        issued_at=receipt.issued_at,
        is_late=receipt.is_late,
        original_name=original_name,
        original_key=receipt.original_key,
        size_bytes=size_bytes,
        digest=receipt.digest,
    )


def _with_version() -> Select[Essay, EssayVersion]:
    return select(Essay, EssayVersion).join(EssayVersion, EssayVersion.id == Essay.latest_version_id)


def _row(essay: Essay, version: EssayVersion) -> UnitEssayRow:
    return UnitEssayRow(
        id=essay.id,
        number=essay.number,
        title=essay.title,
        authors=tuple(essay.authors),
        state=EssayState(essay.state),
        is_late=essay.is_late,
        words=version.words,
        submitted_at=essay.submitted_at,
        updated_at=essay.updated_at,
        correction_due_at=essay.correction_due_at,
    )


@dataclass(frozen=True, slots=True)
class EssayFilter:
    """Which essays the bureau lists; None = any."""

    state: EssayState | None = None
    class_key: str | None = None
    is_late: bool | None = None
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class BureauEssayRow:
    """One line of the bureau's list. `left_out` counts what the reader left out of the file, `returned` how often the
    work was sent back."""

    id: int
    number: str
    blind_number: str
    title: str
    genre: str
    unit_id: int
    unit_name: str
    class_key: str
    authors: tuple[str, ...]
    post: str
    phone: str
    subject: str
    words: int
    pictures: int
    state: EssayState
    is_late: bool
    left_out: int
    returned: int
    submitted_at: datetime | None
    correction_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One uploaded file of an essay."""

    ordinal: int
    original_name: str
    original_key: str
    kind: str
    size_bytes: int
    words: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BureauReceiptRow:
    """One receipt given for an essay."""

    number: str
    issued_at: datetime
    is_late: bool
    digest: str


@dataclass(frozen=True, slots=True)
class BureauCheckRow:
    """One decision of the formal check, and who took it."""

    decision: str
    reasons: tuple[str, ...]
    note: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class BureauEssay:
    """One essay with everything the bureau may see of it. `version` guards a decision against a change meanwhile."""

    row: BureauEssayRow
    version: int
    subtitle: str
    is_original: bool
    is_cleared: bool
    has_award: bool
    tags: tuple[EssayTagRow, ...]
    manuscript_key: str
    picture_keys: tuple[str, ...]
    dropped: Sequence[Mapping[str, str]]
    versions: tuple[VersionRow, ...]
    receipts: tuple[BureauReceiptRow, ...]
    checks: tuple[BureauCheckRow, ...]


def list_bureau_essays(
    session: Session, *, contest_id: int, only: EssayFilter, offset: int = 0, limit: int | None = None
) -> tuple[BureauEssayRow, ...]:
    """The essays the bureau has received, the last submitted first. One statement."""
    rows = session.execute(
        _received(contest_id, only).order_by(Essay.submitted_at.desc(), Essay.id.desc()).offset(offset).limit(limit)
    )
    return tuple(_bureau_row(*row) for row in rows)


def count_bureau_essays(session: Session, *, contest_id: int) -> dict[tuple[EssayState, str, bool], int]:
    """How many received essays there are of each state, class of unit and lateness."""
    rows = session.execute(
        select(Essay.state, UnitClass.key, Essay.is_late, func.count())
        .join(Unit, Unit.id == Essay.unit_id)
        .join(UnitClass, UnitClass.id == Unit.class_id)
        .where(Essay.contest_id == contest_id, *_is_received())
        .group_by(Essay.state, UnitClass.key, Essay.is_late)
    )
    return {(EssayState(state), class_key, is_late): count for state, class_key, is_late, count in rows}


def count_waiting_checks(session: Session, *, contest_id: int) -> int:
    """How many essays wait for the formal check."""
    return (
        session.scalar(select(func.count()).where(Essay.contest_id == contest_id, Essay.state == EssayState.SUBMITTED))
        or 0
    )


def find_next_check(session: Session, *, contest_id: int, after_id: int = 0) -> int | None:
    """The essay that waits longest for the formal check, another than `after_id`; None when none waits."""
    return session.scalar(
        select(Essay.id)
        .where(Essay.contest_id == contest_id, Essay.state == EssayState.SUBMITTED, Essay.id != after_id)
        .order_by(Essay.submitted_at, Essay.id)
        .limit(1)
    )


def get_bureau_essay(session: Session, *, essay_id: int) -> BureauEssay:
    """One essay the bureau has received; raises NotFound for drafts and what was never sent."""
    found = session.execute(_received(None, EssayFilter()).where(Essay.id == essay_id)).first()
    if found is None:
        raise NotFound
    essay, version = found[0], found[1]
    versions = session.execute(
        select(EssayVersion, StoredFile.size_bytes)
        .join(StoredFile, StoredFile.key == EssayVersion.original_key)
        .where(EssayVersion.essay_id == essay_id)
        .order_by(EssayVersion.ordinal.desc())
    )
    receipts = session.scalars(select(Receipt).where(Receipt.essay_id == essay_id).order_by(Receipt.id.desc()))
    checks = session.scalars(
        select(FormalCheck).where(FormalCheck.essay_id == essay_id).order_by(FormalCheck.id.desc())
    )
    return BureauEssay(
        row=_bureau_row(*found),
        version=essay.version,
        subtitle=essay.subtitle,
        is_original=essay.is_original,
        is_cleared=essay.is_cleared,
        has_award=essay.award_level_id is not None,
        tags=list_essay_tags(session, [essay_id]).get(essay_id, ()),
        manuscript_key=version.manuscript_key,
        picture_keys=tuple(version.picture_keys),
        dropped=version.dropped,
        versions=tuple(
            VersionRow(
                ordinal=row.ordinal,
                original_name=row.original_name,
                original_key=row.original_key,
                kind=row.kind,
                size_bytes=size_bytes,
                words=row.words,
                created_at=row.created_at,
            )
            for row, size_bytes in versions
        ),
        receipts=tuple(BureauReceiptRow(row.number, row.issued_at, row.is_late, row.digest) for row in receipts),
        checks=tuple(BureauCheckRow(row.decision, tuple(row.reasons), row.note, row.at, row.by) for row in checks),
    )


def _is_received() -> tuple[ColumnElement[bool], ...]:
    """A draft is the unit's own, one it reopened too."""
    return (Essay.first_submitted_at.is_not(None), Essay.state != EssayState.DRAFT)


def _received(contest_id: int | None, only: EssayFilter) -> Select[Essay, EssayVersion, Unit, str, int]:
    returned = (
        select(FormalCheck.essay_id, func.count().label("times"))
        .where(FormalCheck.decision == "returned")
        .group_by(FormalCheck.essay_id)
        .subquery()
    )
    wanted = (
        (Essay.contest_id, contest_id),
        (Essay.state, only.state),
        (UnitClass.key, only.class_key),
        (Essay.is_late, only.is_late),
        (Essay.unit_id, only.unit_id),
    )
    return (
        select(Essay, EssayVersion, Unit, UnitClass.key, func.coalesce(returned.c.times, 0))
        .join(EssayVersion, EssayVersion.id == Essay.latest_version_id)
        .join(Unit, Unit.id == Essay.unit_id)
        .join(UnitClass, UnitClass.id == Unit.class_id)
        .outerjoin(returned, returned.c.essay_id == Essay.id)
        .where(*_is_received(), *(column == value for column, value in wanted if value is not None))
    )


def _bureau_row(essay: Essay, version: EssayVersion, unit: Unit, class_key: str, returned: int) -> BureauEssayRow:
    return BureauEssayRow(
        id=essay.id,
        number=essay.number or "",
        blind_number=essay.blind_number or "",
        title=essay.title,
        genre=essay.genre,
        unit_id=unit.id,
        unit_name=unit.short_name or unit.name,
        class_key=class_key,
        authors=tuple(essay.authors),
        post=essay.post,
        phone=essay.phone,
        subject=essay.subject,
        words=version.words,
        pictures=len(version.picture_keys),
        state=EssayState(essay.state),
        is_late=essay.is_late,
        left_out=len(version.dropped),
        returned=returned,
        submitted_at=essay.submitted_at,
        correction_due_at=essay.correction_due_at,
    )
