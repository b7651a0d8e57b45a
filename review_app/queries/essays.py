"""Essays as their unit sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from review_app.domain.errors import NotFound
from review_app.domain.essay_state import EssayState
from review_app.models import Essay, EssayTag, EssayVersion, FormalCheck, Receipt, StoredFile, Tag


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
    """One essay with everything its unit may see and change. `version` guards against two windows."""

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
        select(Tag.slug).join(EssayTag, EssayTag.tag_id == Tag.id).where(EssayTag.essay_id == essay.id)
        .order_by(Tag.position)
    )  # fmt: skip
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
