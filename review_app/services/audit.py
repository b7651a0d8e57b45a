"""Writing the audit log: one hash-chained entry per act, in the act's own transaction."""

from __future__ import annotations

import json

from sqlalchemy import select

from review_app.models import AuditEntry
from review_app.models.audit import GENESIS, chain_hash
from review_app.work import Work


def record(work: Work, act: str, *, object_kind: str, object_id: int | None = None, **facts: object) -> int:
    """Append one entry and return its id. `facts` must be JSON values and never hold a secret; they are hashed as they are
    stored."""
    last = work.session.execute(select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)).first()
    entry = AuditEntry(
        id=(last.id if last else 0) + 1,
        at=work.now,
        actor_id=work.actor.user_id,
        actor_name=work.actor.name,
        actor_role=work.actor.role.value,
        address=work.address,
        act=act,
        object_kind=object_kind,
        object_id=object_id,
        facts=json.loads(json.dumps(facts)),
    )
    entry.hash = chain_hash(last.hash if last else GENESIS, entry)
    work.session.add(entry)
    work.session.flush()
    return entry.id
