"""The audit log: append-only and hash-chained; the database itself refuses to change or delete a row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import DDL, JSON, String, event
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Base, Moment

GENESIS: Final = "0" * 64


class AuditEntry(Base):
    """Who did what to which object, when and from where. `hash` covers the row and the hash of the row before."""

    __tablename__ = "audit_entry"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012  (SQLAlchemy reads this plain dict)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(64))
    actor_role: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(String(48), index=True)
    object_kind: Mapped[str] = mapped_column(String(24))
    object_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(64))


GUARDS: Final = tuple(
    f"CREATE TRIGGER audit_entry_no_{verb.lower()} BEFORE {verb} ON audit_entry "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)

for _guard in GUARDS:
    event.listen(AuditEntry.__table__, "after_create", DDL(_guard))  # type: ignore[no-untyped-call]  # untyped there


def chain_hash(previous: str, entry: AuditEntry) -> str:
    """SHA-256 hex over the previous hash and every field of `entry` in a canonical form."""
    moment: datetime = entry.at.astimezone(UTC)
    fields: Mapping[str, object] = {
        "id": entry.id,
        "at": moment.isoformat(timespec="microseconds"),
        "actor": [entry.actor_id, entry.actor_name, entry.actor_role],
        "address": entry.address,
        "act": entry.act,
        "object": [entry.object_kind, entry.object_id],
        "facts": entry.facts,
    }
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
