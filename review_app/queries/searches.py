"""The searches a person keeps, and those the bureau shares."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from review_app.domain.actor import Actor
from review_app.domain.permissions import Permission, is_allowed
from review_app.models import SavedSearch, User


@dataclass(frozen=True, slots=True)
class SavedSearchRow:
    """A kept search; `owner` is whose it is."""

    id: int
    name: str
    query: str
    sort: str
    is_own: bool
    is_shared: bool
    owner: str


def list_saved_searches(session: Session, *, actor: Actor) -> tuple[SavedSearchRow, ...]:
    """The person's own searches, then those of others that are shared with him, by name. One statement."""
    own = SavedSearch.user_id == actor.user_id
    is_reachable = or_(own, SavedSearch.is_shared) if is_allowed(actor, Permission.SHARE_SEARCHES) else own
    rows = session.execute(
        select(SavedSearch, User.name)
        .join(User, User.id == SavedSearch.user_id)
        .where(is_reachable)
        .order_by(own.desc(), SavedSearch.name, SavedSearch.id)
    )
    return tuple(
        SavedSearchRow(
            id=row.id,
            name=row.name,
            query=row.query,
            sort=row.sort,
            is_own=row.user_id == actor.user_id,
            is_shared=row.is_shared,
            owner=owner,
        )
        for row, owner in rows
    )
