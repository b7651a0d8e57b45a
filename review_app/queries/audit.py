"""Reading the audit log and checking its chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from review_app.models import AuditEntry
from review_app.models.audit import GENESIS, chain_hash


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry as shown."""

    id: int
    at: datetime
    actor_name: str
    actor_role: str
    address: str
    act: str
    object_kind: str
    object_id: int | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChainReport:
    """The result of checking the chain: how many entries hold, and the id of the first that does not (None = all do).
    `missing_at_end` counts entries that once existed after the last one."""

    entries: int
    first_bad_id: int | None
    missing_at_end: int
    head_hash: str

    @property
    def is_sound(self) -> bool:
        """Whether nothing was changed, inserted or removed."""
        return self.first_bad_id is None and self.missing_at_end == 0


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are listed; "" and None = any."""

    act: str = ""
    object_kind: str = ""
    object_id: int | None = None


def list_audit(session: Session, *, offset: int, limit: int, only: AuditFilter = AuditFilter()) -> tuple[AuditRow, ...]:
    """Entries, latest first."""
    rows = session.scalars(
        select(AuditEntry).where(*_wanted(only)).order_by(AuditEntry.id.desc()).offset(offset).limit(limit)
    )
    return tuple(
        AuditRow(
            row.id,
            row.at,
            row.actor_name,
            row.actor_role,
            row.address,
            row.act,
            row.object_kind,
            row.object_id,
            row.facts,
        )
        for row in rows
    )


def count_audit(session: Session, *, only: AuditFilter = AuditFilter()) -> int:
    """How many entries there are."""
    return session.scalar(select(func.count()).select_from(AuditEntry).where(*_wanted(only))) or 0


def _wanted(only: AuditFilter) -> tuple[ColumnElement[bool], ...]:
    wanted = (
        (AuditEntry.act, only.act),
        (AuditEntry.object_kind, only.object_kind),
        (AuditEntry.object_id, only.object_id),
    )
    return tuple(column == value for column, value in wanted if value not in ("", None))


def verify_audit(session: Session) -> ChainReport:
    """Recompute the whole chain; an altered, inserted, reordered or deleted entry is found."""
    previous, count = GENESIS, 0
    one_by_one = select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1)
    entries = session.scalars(one_by_one)
    while True:
        try:
            entry = next(entries, None)
        except (ValueError, TypeError):  # a moment or facts that can no longer be read
            return ChainReport(count, count + 1, 0, previous)
        if entry is None:
            break
        if entry.id != count + 1 or entry.hash != chain_hash(previous, entry):
            return ChainReport(count, entry.id, 0, previous)
        previous, count = entry.hash, count + 1
    ever = session.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'audit_entry'")).scalar() or 0
    return ChainReport(count, None, max(0, ever - count), previous)
